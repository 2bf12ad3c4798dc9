"""Parallel work: threads on several cores, and what they need of NumPy's BLAS."""
