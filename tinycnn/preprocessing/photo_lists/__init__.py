"""Lists of photos and their labels: what a list is, and how a table becomes one."""
