"""The command-line options of `train`."""

import argparse
import math
from pathlib import Path

from tinycnn.commands.arguments import CommandError, Parser, whole
from tinycnn.networks import RECIPES
from tinycnn.networks.tutorial import POOLINGS
from tinycnn.text import display_name

DESCRIPTION = """\
Train the tutorial's network - convolution, pooling, full connection - or a deeper one
on a folder of photos, and measure its accuracy on photos it has not seen.

DATASET is one of
  a folder with train/ and test/, each with one folder of photos per class:
      Dataset/train/Iron Man/*.jpg   Dataset/train/Pikachu/*.jpg
      Dataset/test/Iron Man/*.jpg    Dataset/test/Pikachu/*.jpg
      (also training_set, Test_Data, val ...; with val/ as well, it is evaluated after
      each epoch and test/ only at the end)
  a folder with one folder of photos per class (a fifth becomes the test part)
  a folder of MNIST-style files (train-images-idx3-ubyte.gz ...)
Without it, two heroes are drawn into runs/drawings/Dataset: nothing is downloaded.
"""
EPILOG = """\
Written into the output folder: model.safetensors (the last epoch's model), history.csv,
curves.png, confusion_matrix.png, mistakes.png, filters.png, report.html (all of it in
one page, with the test photos, for a browser), and after each epoch
checkpoint.safetensors, from which --resume continues. Your photos are only read.

Exit status: 0 done, 1 training diverged or a file could not be written, 2 could not
start, 130 after Ctrl-C (the last finished epoch is kept; --resume continues).

Examples:
  python -m tinycnn.train
  python -m tinycnn.train Dataset --epochs 12 --output runs/first
  python -m tinycnn.train Dataset --output runs/first --resume
  python -m tinycnn.train Dataset --network deep --output runs/deep
"""


def train_parser() -> Parser:
    """Return the command's arguments."""
    parser = Parser("python -m tinycnn.train", DESCRIPTION, EPILOG)
    add = parser.add_argument
    add("dataset", nargs="?", metavar="DATASET", help="folder of photos, see above")
    add("--network", choices=RECIPES, default="tutorial",
        help="deep: up to four blocks of convolution, normalisation and pooling, which "
        "learn more and take longer; a tenth of the training photos is set aside for "
        "validation, and test is evaluated only at the end "
        "(default tutorial)")  # fmt: skip
    add("--epochs", type=whole(1), metavar="N",
        help="passes over the photos (default 24; deep: {} to {}, the more the fewer "
        "photos there are)".format(*RECIPES["deep"].epochs))  # fmt: skip
    add("--steps-per-epoch", type=whole(1), metavar="N",
        help="batches in an epoch (default: one pass over the photos)")  # fmt: skip
    add("--batch-size", type=whole(1), metavar="N",
        help="photos in a batch (default {})".format(
            _defaults("batch_size")))  # fmt: skip
    add("--image-size", type=whole(1), metavar="PIXELS",
        help="rows and columns that photos are resized to (default {}; "
        "idx files: their own)".format(_defaults("image_size")))  # fmt: skip
    add("--learning-rate", type=_learning_rate, metavar="RATE",
        help="Adam's step length (default 0.001; deep: {:g}, from where it falls to "
        "0)".format(RECIPES["deep"].learning_rate))  # fmt: skip
    add("--pooling", choices=POOLINGS, default="max",
        help="how the tutorial's network pools a 2x2 window (default max)")  # fmt: skip
    add("--augmentation", action=argparse.BooleanOptionalAction,
        help="zoom and mirror the training photos at random; deep: shift and rotate, "
        "too (default: yes, for idx files no)")  # fmt: skip
    add("--seed", type=whole(0), default=0, metavar="N",
        help="the same seed gives the same model again (default 0)")  # fmt: skip
    add("--output", type=Path, metavar="FOLDER",
        help="where files are written (default runs/<name of DATASET>)")  # fmt: skip
    add("--resume", action="store_true",
        help="continue the interrupted run in the output folder; name DATASET again, "
        "the other options need not be repeated")  # fmt: skip
    add("--verbose", type=int, choices=(0, 1, 2), default=1,
        help="0 result only, 1 live line per epoch, 2 plain line per epoch "
        "(default 1)")  # fmt: skip
    return parser


def _defaults(name: str) -> str:
    """Return the default of the tutorial's network, and the deep one's if unlike."""
    first, deep = (getattr(RECIPES[network], name) for network in ("tutorial", "deep"))
    return f"{first}" if deep == first else f"{first}; deep: {deep}"


def fill(options: argparse.Namespace) -> None:
    """Set what the command line left to the network's recipe, but for the epochs.

    Raises
    ------
    CommandError
        If an option is not for this network.
    """
    recipe = RECIPES[options.network]
    for name in ("batch_size", "learning_rate"):
        if getattr(options, name) is None:
            setattr(options, name, getattr(recipe, name))
    if options.network == "deep" and options.pooling != "max":
        raise CommandError(
            f"--pooling {options.pooling} is for the tutorial's network; the deep one "
            "pools by the largest value: leave --pooling or --network out"
        )


def _learning_rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate < math.inf:
        raise argparse.ArgumentTypeError(
            f"should be a number above 0, got {display_name(text)!r}"
        )
    return rate
