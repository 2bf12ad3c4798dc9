"""Draw photos to work on: python draw.py FOLDER TRAIN_COUNT TEST_COUNT SIZE [ROWS].

With ROWS, the JPEGs are enlarged to so many rows and 4/3 as many columns.

A program of its own, since a process begins with its parent's peak memory: the one that
starts all others should not have loaded anything large.
"""

import sys
from pathlib import Path

from PIL import Image

from tinycnn.datasets.drawings import write_dataset

folder, train_count, test_count, size, *rows = sys.argv[1:]
write_dataset(
    folder, train_count=int(train_count), test_count=int(test_count), size=int(size)
)
for path in Path(folder).rglob("*.jpg") if rows else ():
    height = int(rows[0])
    with Image.open(path) as small:
        large = small.resize((height * 4 // 3, height))
    large.save(path, quality=90)
