"""Label many photos on several processes or machines: Dask.

pip install '.[scaling]'
python walkthrough/scaling/label_with_dask.py MODEL FOLDER ANSWERS.csv

Each process takes one block of photos after the other, loads the model from its file
and predicts the classes of the block. On a cluster whose machines see the same files,
write `dask.distributed.Client("scheduler:8786")` before `compute` and leave
`scheduler=` out.
"""

from pathlib import Path

import dask.bag

from tinycnn.commands.arguments import (
    DONE,
    PARTLY,
    CommandError,
    Parser,
    complain,
    photo_paths,
    refuse_undescribed,
    whole,
)
from tinycnn.commands.process import run
from tinycnn.files.atomic import write_aside
from tinycnn.metrics import class_probabilities, predicted_labels
from tinycnn.models import load_model
from tinycnn.models.inputs import readable_blocks
from tinycnn.models.step import as_probabilities
from tinycnn.text import count_of, csv_text, display_name, say

READ_AT_ONCE = 32


def predictions(paths, model_path):
    """Return [path, class, probabilities ...] of each photo in a block, and errors."""
    model = load_model(model_path)
    rows = []
    for readable, x, errors in readable_blocks(
        list(paths), READ_AT_ONCE, model.preprocessing
    ):
        rows += map(str, errors)
        if not readable:
            continue
        y_pred = as_probabilities(model, model.loss, model.predict(x))
        labels = [model.classes[n] for n in predicted_labels(y_pred, model.threshold)]
        for path, label, row in zip(
            readable, labels, class_probabilities(y_pred).tolist(), strict=True
        ):
            rows.append([display_name(path), label, *(f"{p:.6f}" for p in row)])
    return rows


def check_answers(path):
    """Raise CommandError unless a new file can be written there."""
    name = display_name(path)
    if path.is_dir():
        raise CommandError(f"{name} is a folder; name a file in it")
    if path.exists() or path.is_symlink():
        raise CommandError(f"{name} already exists; choose another name or delete it")
    if not path.parent.is_dir():
        raise CommandError(
            f"{name} cannot be written: there is no folder {display_name(path.parent)}"
        )


def main(arguments, signals):
    parser = Parser("label_with_dask.py", __doc__)
    parser.add_argument("model")
    parser.add_argument("folder", help="photos, those in folders within it, too")
    parser.add_argument("answers", type=Path, help="the CSV file to write")
    parser.add_argument("--processes", type=whole(1), default=2)
    parser.add_argument("--block", type=whole(1), default=256, help="photos in a block")
    options = parser.parse_args(arguments)
    model = load_model(options.model)
    refuse_undescribed(model, options.model, needs_classes=True)
    if Path(options.folder).is_file():
        raise CommandError(f"{display_name(options.folder)} is a file, not a folder")
    check_answers(options.answers)
    paths, _ = photo_paths([options.folder])
    if not paths:
        return PARTLY  # photo_paths has said why
    blocks = dask.bag.from_sequence(map(str, paths), partition_size=options.block)
    rows = blocks.map_partitions(predictions, options.model).compute(
        scheduler="processes", num_workers=options.processes
    )
    errors = [row for row in rows if isinstance(row, str)]
    answered = [row for row in rows if not isinstance(row, str)]
    for error in errors:
        complain(f"error: {error}")
    if answered:
        table = csv_text([["path", "label", *model.classes], *answered]) + "\n"
        try:
            write_aside(options.answers, [table.encode()])
        except OSError as error:
            raise CommandError(str(error)) from None
        photos, parts = len(answered), blocks.npartitions
        done = f"{count_of(photos, 'photo')} in {count_of(parts, 'block')}"
        say(f"{done}: {display_name(options.answers)}")
    return PARTLY if errors else DONE


if __name__ == "__main__":  # each process imports this file
    run(main)
