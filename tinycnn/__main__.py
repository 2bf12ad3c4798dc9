"""List the commands: tinycnn, or python -m tinycnn; tinycnn NAME runs one."""

import runpy
import sys
from difflib import get_close_matches
from typing import NoReturn

import tinycnn
from tinycnn.commands.arguments import DONE, CommandError
from tinycnn.commands.process import Signals, run
from tinycnn.keras.names import COMMANDS as NAMES
from tinycnn.text import display_name, say

COMMANDS = f"""\
tinycnn {tinycnn.__version__}: a convolutional network written from scratch on NumPy

  python -m tinycnn.train [DATASET]           train on a folder of photos
  python -m tinycnn.predict MODEL PHOTO ...   who is it? answers for photos
  python -m tinycnn.explain MODEL PHOTO ...   why? a page that explains the answer
  python -m tinycnn.export MODEL --to NAME    the same network in Keras, PyTorch, ONNX
  python -m tinycnn.check                     check every layer's gradient
  python -m tinycnn.lessons FOLDER            write the notebooks of the course there

Each has --help. Begin with: python -m tinycnn.train (it draws its own photos).
Where pip's programs are on the PATH, tinycnn train does the same, and so on."""


def main(arguments: list[str], signals: Signals) -> int:
    """Print the list of commands, or the version; return the exit status."""
    if arguments == ["--version"]:
        say(f"tinycnn {tinycnn.__version__}")
    elif arguments and arguments not in (["--help"], ["-h"]):
        name = display_name(arguments[0])
        hint = "python -m tinycnn lists them"
        if near := get_close_matches(name, NAMES, 1):
            hint = f"did you mean {near[0]}?"
        raise CommandError(f"there is no command {name!r}; {hint}")
    else:
        say(COMMANDS)
    return DONE


def script() -> NoReturn:
    """Run ``tinycnn train ...`` as ``python -m tinycnn.train ...``, and so for all."""
    if sys.argv[1:2] and sys.argv[1] in NAMES:
        name = sys.argv.pop(1)
        runpy.run_module(f"tinycnn.{name}", run_name="__main__")  # ends the program
    run(main)


if __name__ == "__main__":
    script()
