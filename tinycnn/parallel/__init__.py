"""Speed: pieces of work side by side on the processor's cores."""
