"""Text for people: printing, tables, counts and sizes, and names from other disks."""

import csv
import io
import re
import sys
import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from typing import TextIO

BYTES_PER_KIB = 1024
PLURALS = {"axis": "axes", "batch": "batches"}
# Format characters that Persian, Hindi and emoji are written with.
JOINERS = ("\u200c", "\u200d")


def say(text: str = "", stream: TextIO | None = None) -> None:
    """Print one line and flush; everything that the library prints goes through here.

    A closed pipe (``| head``) raises, and the commands end quietly.
    """
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    # A terminal that cannot show a character gets "?" in its place, not a traceback.
    printable = text.encode(encoding, errors="replace").decode(encoding)
    print(printable, file=stream, flush=True)  # the library's one print


def warn(
    line: str,
    category: type[Warning] = UserWarning,
    before: set[tuple[str, str, int]] | None = None,
) -> None:
    """Warn in one line, placed at the line of the caller outside the library.

    With `before`, the lines said before and their places, each is said once in a place.
    Python's own memory for that is lost with every photo, which is read while other
    warnings are in force.
    """
    depth, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("tinycnn."):
        depth, frame = depth + 1, frame.f_back
    said = (line, frame.f_code.co_filename, frame.f_lineno)
    if before is None or said not in before:
        warnings.warn(line, category, stacklevel=depth)
    if before is not None:
        before.add(said)  # not if the warning was raised: it should be raised again


def can_overwrite() -> bool:
    """Return whether stdout can overwrite a line: a terminal or a notebook."""
    return sys.stdout.isatty() or "ipykernel" in sys.modules


class LiveLine:
    """One line that is overwritten again and again, where the output can do that.

    Where it cannot (`can_overwrite`, unless `is_live` decides), nothing is written.
    """

    def __init__(
        self, is_live: bool | None = None, stream: TextIO | None = None
    ) -> None:
        self.is_live: bool = can_overwrite() if is_live is None else is_live
        self._stream = stream
        self._width = 0

    def write(self, line: str) -> None:
        """Overwrite the line."""
        if self.is_live:
            # Blanks cover the rest of a longer line before.
            self._put("\r" + line.ljust(self._width))
            self._width = len(line)

    def leave(self) -> None:
        """Keep the line, and continue below it."""
        if self.is_live:
            self._put("\n")
            self._width = 0

    def wipe(self) -> None:
        """Leave the line empty."""
        if self._width:
            self.write("")
            self.write("")

    def _put(self, text: str) -> None:
        stream = self._stream or sys.stdout
        stream.write(text)
        stream.flush()


def text_table(rows: Sequence[Sequence[str]], align: str) -> list[str]:
    """Return rows of cells as lines of text, with a rule below the headings.

    `align` has "<" or ">" for each column; the last one holds for all further columns.

    Examples
    --------
    >>> text_table([("layer", "weights"), ("0 Conv2D", "896"), ("1 ReLU", "")], "<>")
    ['layer     weights', '-----------------', '0 Conv2D      896', '1 ReLU']
    """
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    sides = align.ljust(len(widths), align[-1])
    lines = []
    for row in rows:
        cells = []
        for cell, width, side in zip(row, widths, sides, strict=True):
            blanks = " " * (width - width_of(cell))
            cells.append(cell + blanks if side == "<" else blanks + cell)
        lines.append("  ".join(cells).rstrip())
    rule = "-" * max(map(width_of, lines))
    return [lines[0], rule, *lines[1:]]


def csv_text(rows: Iterable[Iterable[object]], separator: str = ",") -> str:
    r"""Return rows of cells as CSV, without a line break at the end.

    Examples
    --------
    >>> csv_text([("path", "label"), ("a, b.jpg", "Pikachu")])
    'path,label\n"a, b.jpg",Pikachu'
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", delimiter=separator).writerows(rows)
    return text.getvalue().removesuffix("\n")


def display_name(name: object) -> str:
    r"""Return a file or class name that is safe to print: one line, no control codes.

    Names come from other people's disks. Control characters (line breaks, terminal
    escapes), bidirectional marks and bytes that are not text become ``\x..`` or
    ``\u....`` escapes; all other characters stay as they are.

    Examples
    --------
    >>> display_name("Iron Man/photo 1.jpg")
    'Iron Man/photo 1.jpg'
    >>> display_name("evil" + chr(27) + "[31m" + chr(10) + ".jpg")
    'evil\\x1b[31m\\n.jpg'
    """
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and char not in JOINERS
        else char
        for char in str(name)
    )


def quoted(path: object) -> str:
    r"""Return a path as a command line takes it, `display_name` in quotes if need be.

    Examples
    --------
    >>> quoted("runs/drawings/model.safetensors"), quoted("my photos")
    ('runs/drawings/model.safetensors', '"my photos"')
    """
    text = display_name(path)
    return text if re.fullmatch(r"[\w./\\:+-]*", text) else f'"{text}"'


def is_name(text: str) -> bool:
    """Return whether a text can be a name: not empty, and shown in one line."""
    return bool(text) and all(
        unicodedata.category(character) not in ("Cc", "Cs") for character in text
    )


def count_of(count: int, noun: str) -> str:
    """Return the count with its noun, in the plural unless it is one.

    Examples
    --------
    >>> count_of(1, "photo"), count_of(1200, "photo"), count_of(2, "class")
    ('1 photo', '1,200 photos', '2 classes')
    """
    plural = PLURALS.get(noun, noun + ("es" if noun[-1] == "s" else "s"))
    return f"{count:,} {noun if count == 1 else plural}"


def size_of(byte_count: int) -> str:
    """Return a number of bytes in the largest unit that fits.

    Examples
    --------
    >>> size_of(15749636)
    '15.0 MiB'
    """
    size, units = float(byte_count), ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while size >= BYTES_PER_KIB and len(units) > 1:
        size, units = size / BYTES_PER_KIB, units[1:]
    return f"{size:.0f} bytes" if units[0] == "bytes" else f"{size:.1f} {units[0]}"


def width_of(text: str) -> int:
    """Return the width of a text in narrow characters: Chinese ones count twice."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def shortened(name: object, most: int = 24) -> str:
    """Return a name as `display_name` does; a long one loses its middle."""
    text = display_name(name)
    if width_of(text) > most:
        half = (int(most * len(text) / width_of(text)) - 3) // 2
        text = f"{text[:half]}...{text[-half:]}"
    return text
