"""What is said to the reader: one place for printing, and for names made by others."""

import sys
import unicodedata
from typing import TextIO

BYTES_PER_KIB = 1024
PLURALS = {"axis": "axes", "batch": "batches"}
# Format signs that Persian, Hindi and emoji are written with.
JOINERS = ("\u200c", "\u200d")


def say(text: str = "") -> None:
    """Print one line now; the library says everything through here.

    A closed pipe (``| head``) is left to the commands, which end quietly.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    # A terminal that cannot show a sign gets "?" in its place, never a traceback.
    printable = text.encode(encoding, errors="replace").decode(encoding)
    print(printable, flush=True)  # noqa: T201 - the library's one print


def can_overwrite() -> bool:
    """Return whether the output is one where a line can change: terminal, notebook."""
    return sys.stdout.isatty() or "ipykernel" in sys.modules


class LiveLine:
    """One line that is written again and again, where the output can do that.

    Parameters
    ----------
    is_live : bool, optional
        Whether to write at all; by default what `can_overwrite` says.
    stream : file, optional
        Where to; by default the output.
    """

    def __init__(
        self, is_live: bool | None = None, stream: TextIO | None = None
    ) -> None:
        self.is_live = can_overwrite() if is_live is None else is_live
        self._stream = stream
        self._width = 0

    def write(self, line: str) -> None:
        """Put this in place of what the line said before."""
        if self.is_live:
            # Blanks wipe what is left of a longer line before.
            stream = self._stream or sys.stdout
            stream.write("\r" + line.ljust(self._width))
            stream.flush()
            self._width = len(line)

    def leave(self) -> None:
        """Let what is written stay, and go on below it."""
        if self.is_live:
            stream = self._stream or sys.stdout
            stream.write("\n")
            stream.flush()
            self._width = 0

    def wipe(self) -> None:
        """Leave the line as if nothing had stood there."""
        if self._width:
            self.write("")
            self.write("")


def display_name(name: object) -> str:
    r"""Return a file or class name that is safe to show: one line, no escapes.

    Names come from other people's disks. Control characters (line breaks, terminal
    escapes), bidirectional marks and bytes that are no text become ``\x..`` or
    ``\u....`` escapes; all other signs stay as they are.

    Examples
    --------
    >>> display_name("Iron Man/photo 1.jpg")
    'Iron Man/photo 1.jpg'
    >>> display_name("evil" + chr(27) + "[31m" + chr(10) + ".jpg")
    'evil\\x1b[31m\\n.jpg'
    """
    return "".join(
        sign.encode("unicode_escape").decode("ascii")
        if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and sign not in JOINERS
        else sign
        for sign in str(name)
    )


def count_of(count: int, noun: str) -> str:
    """Return the count with its noun, in the plural where it belongs.

    Examples
    --------
    >>> count_of(1, "photo"), count_of(1200, "photo"), count_of(2, "class")
    ('1 photo', '1,200 photos', '2 classes')
    """
    plural = PLURALS.get(noun, noun + ("es" if noun[-1] == "s" else "s"))
    return f"{count:,} {noun if count == 1 else plural}"


def size_of(byte_count: int) -> str:
    """Return a number of bytes as people write it.

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
    """Return how wide a text is, in narrow signs: Chinese ones count twice."""
    return sum(2 if unicodedata.east_asian_width(s) in "WF" else 1 for s in text)


def shortened(name: object, most: int = 24) -> str:
    """Return a stranger's name for show; a long one loses its middle."""
    text = display_name(name)
    if width_of(text) > most:
        half = (int(most * len(text) / width_of(text)) - 3) // 2
        text = f"{text[:half]}...{text[-half:]}"
    return text
