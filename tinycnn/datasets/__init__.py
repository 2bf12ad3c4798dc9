"""Data sets: class folders, MNIST-style idx files, and generated drawings."""
