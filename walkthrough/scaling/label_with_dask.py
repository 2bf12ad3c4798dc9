"""Label many photos on several processes or machines: Dask.

pip install '.[scaling]'
python walkthrough/scaling/label_with_dask.py MODEL FOLDER ANSWERS.csv

Each process takes one block of photos after the other, loads the model from its file
and predicts the classes of the block. On a cluster whose machines see the same files,
write `dask.distributed.Client("scheduler:8786")` before `compute` and leave
`scheduler=` out.
"""

import argparse
import csv
from pathlib import Path

import dask.bag

from tinycnn.metrics import predicted_labels
from tinycnn.models import load_model
from tinycnn.models.inputs import readable_blocks
from tinycnn.models.step import as_probabilities
from tinycnn.preprocessing.class_folders import walk
from tinycnn.preprocessing.photos import is_photo_name

READ_AT_ONCE = 32


def predictions(paths, model_path):
    """Return (path, class, probabilities ...) of each photo in a block, and errors."""
    model = load_model(model_path)
    rows = []
    for readable, x, errors in readable_blocks(
        list(paths), READ_AT_ONCE, model.preprocessing
    ):
        rows += [("error", str(error)) for error in errors]
        if not readable:
            continue
        y_pred = as_probabilities(model, model.loss, model.predict(x))
        labels = [model.classes[n] for n in predicted_labels(y_pred, model.threshold)]
        for path, label, row in zip(readable, labels, y_pred.tolist(), strict=True):
            probabilities = [1 - row[0], row[0]] if len(row) == 1 else row
            rows.append((path, label, *(f"{p:.6f}" for p in probabilities)))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("answers", type=Path, help="the CSV file to write")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--block", type=int, default=256, help="photos in a block")
    options = parser.parse_args()
    paths = [str(path) for path in walk(options.folder) if is_photo_name(path)]
    blocks = dask.bag.from_sequence(paths, partition_size=options.block)
    rows = blocks.map_partitions(predictions, str(options.model)).compute(
        scheduler="processes", num_workers=options.processes
    )
    with options.answers.open("w", encoding="utf-8", newline="") as file:
        header = ["path", "label", *load_model(options.model).classes]
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    print(f"{len(rows)} photos in {blocks.npartitions} blocks: {options.answers}")


if __name__ == "__main__":  # each process imports this file
    main()
