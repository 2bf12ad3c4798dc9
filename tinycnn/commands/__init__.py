"""What the four commands share; the commands themselves stand on the doorstep."""
