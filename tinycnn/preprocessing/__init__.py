"""Photos to arrays: read, look through a folder, augment."""
