"""Mistakes in students' files, split once: a working half, and one that is held out.

The museum is what the causes of the diagnosis were written from. These were not.
"""
