"""Draw photos to work on: python draw.py FOLDER TRAIN_COUNT TEST_COUNT SIZE.

A program of its own, since a process begins with its parent's peak memory: the one that
starts all others should not have loaded anything large.
"""

import sys

from tinycnn.datasets.drawings import write_dataset

folder, train_count, test_count, size = sys.argv[1:]
write_dataset(
    folder, train_count=int(train_count), test_count=int(test_count), size=int(size)
)
