"""What the commands share: their arguments, error lines and exit statuses."""

import argparse
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from tinycnn.preprocessing.class_folders import walk
from tinycnn.preprocessing.photos import is_photo_name
from tinycnn.text import count_of, display_name, quoted, say

DONE, PARTLY, NOT_STARTED = 0, 1, 2
MOST_WORDS = 12  # of a path with spaces: a pattern may stand for thousands of photos
CLOSE = 0.75  # of two words' letters: --validation is not a wrong --augmentation


class CommandError(Exception):
    """Why a command cannot do its work: one line, and the exit status."""

    def __init__(self, message: str, status: int = NOT_STARTED) -> None:
        super().__init__(message)
        self.status = status


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, and whose --help keeps its line breaks."""

    _positional = ""  # the last argument that is not an option

    def __init__(self, prog: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Raise CommandError in place of printing the usage block."""
        hint = self._nearest(message.removeprefix("unrecognized arguments: "))
        raise CommandError(f"{message}{hint}; {self.prog} --help lists the options")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """Refuse an empty argument: an empty path would mean the current folder."""
        if "" in arg_strings:
            named = action.metavar or action.dest
            name = action.option_strings[0] if action.option_strings else named
            raise CommandError(
                f'{name} is empty (""); {self.prog} --help lists the options'
            )
        if arg_strings and not action.option_strings:
            self._positional = arg_strings[-1]
        return super()._get_values(action, arg_strings)

    def _nearest(self, unknown: str) -> str:
        """Return what may be meant by arguments that are not known, or ""."""
        word = unknown.split("=")[0].split()[0]
        if word.startswith("-"):
            names = [name for name in self._option_string_actions if name[:2] == "--"]
            part = word.strip("-")
            near = get_close_matches(word, names, 1, CLOSE) or [
                name for name in names if part in name.strip("-").split("-")
            ]
            return f"; did you mean {' or '.join(near)}?" if near else ""
        hint = "; a path with spaces needs quotes" if exists(Path(word)) else ""
        return with_spaces([self._positional, *unknown.split(" ")]) or hint


def add_model_and_photos(parser: Parser) -> None:
    """Add the arguments that `predict` and `explain` begin with."""
    parser.add_argument("model", metavar="MODEL", help="a file that train wrote")
    parser.add_argument(
        "photos", metavar="PHOTO_OR_FOLDER", nargs="+", help="what to look at"
    )


def refuse_photo_first(model: str, photos: list[str]) -> None:
    """Raise CommandError if the photo was named first, or the model without quotes."""
    if not exists(Path(model)) and (hint := with_spaces([model, *photos])):
        raise CommandError(f"{display_name(model)}: there is no such file{hint}")
    models = [name for name in photos if name.endswith(".safetensors")]
    if models and is_photo_name(Path(model)):
        raise CommandError(
            f"MODEL comes first, then the photos: {display_name(models[0])} "
            f"{display_name(model)}"
        )


def refuse_undescribed(model: Any, name: str, needs_classes: bool = False) -> None:
    """Raise CommandError if a model file lacks what answering for photos takes."""
    lacks = {
        "preprocessing": "how photos are prepared",
        **({"classes": "what its classes are called"} if needs_classes else {}),
    }
    missing = [word for word in lacks if getattr(model, word) is None]
    if missing:
        raise CommandError(
            f"{display_name(name)} does not say "
            f"{' or '.join(lacks[word] for word in missing)}; train it with python -m "
            "tinycnn.train or fit it on flow_from_directory, or before model.save set "
            f"{' and '.join(f'model.{word}' for word in missing)} (from_keras and "
            f"from_torch take {' and '.join(f'{word}=' for word in missing)})"
        )


def whole(least: int) -> Callable[[str], int]:
    """Return a function that parses whole numbers of at least `least`."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(
                f"should be a whole number of at least {least}, "
                f"got {display_name(text)!r}"
            )
        return number

    return parse


def complain(message: str) -> None:
    """Print one line to stderr."""
    say(display_name(message), sys.stderr)


def photo_paths(names: list[str]) -> tuple[list[Path], int]:
    """Return (the files named and the photos in folders named, how many errors).

    The errors are printed to stderr: missing names, or that there is no photo at all.
    So is how many files of a folder are not named like a photo.
    """
    paths: list[Path] = []
    errors = 0
    for place, name in enumerate(names):
        path = Path(name)
        if not exists(path):
            reason = f"there is no such file or folder{with_spaces(names[place:])}"
            complain(f"error: {display_name(name)}: {reason}")
            errors += 1
        elif path.is_dir():
            files = list(walk(path))
            photos = [path for path in files if is_photo_name(path)]
            paths += photos
            if len(files) > len(photos):
                others = count_of(len(files) - len(photos), "file")
                complain(f"{display_name(name)}: {others} not named like a photo")
        else:
            paths.append(path)
    if not paths and not errors:
        complain(f"error: there is no photo in {', '.join(map(display_name, names))}")
        errors = 1
    return paths, errors


def with_spaces(words: list[str]) -> str:
    """Return a hint if the first of these words are one path with spaces, or ""."""
    for count in range(2, min(len(words), MOST_WORDS) + 1):
        if exists(Path(whole := " ".join(words[:count]))):
            return f"; a path with spaces needs quotes: {quoted(whole)}"
    return ""


def exists(path: Path) -> bool:
    """Return whether there is such a file or folder."""
    try:
        return path.exists()
    except OSError:  # the name is longer than the system allows
        return False
