"""Data sets: drawings made on the spot, and MNIST-style idx files."""
