"""Two columns of a table: the names of photos, and their labels.

The table is a data frame, a dict of columns or the path of a CSV file. A data frame is
whatever gives a column for ``table[name]``, so that pandas is not needed.
"""

import codecs
import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from numbers import Number
from pathlib import Path
from typing import Any, TextIO

from tinycnn.preprocessing.photo_lists.photo_list import FolderError
from tinycnn.preprocessing.photos import is_photo_name
from tinycnn.text import count_of, display_name

Column = str | int
SEPARATORS = ",;\t"
MAX_HEADER = 2**16  # characters in which a separator is looked for
NAMES_SHOWN = 10
WORDS = "{'filename': ['a.jpg', 'b.jpg'], 'class': ['ant', 'bee']}"


@dataclass
class Columns:
    """The names of photos and their labels, row by row.

    Attributes
    ----------
    names : list of str
    labels : list of str or None
        None if no column of labels was wanted.
    source : str
        What the table is called in messages.
    folder : Path
        Where names without a folder are looked for: beside a file.
    """

    names: list[str]
    labels: list[str] | None
    source: str
    folder: Path


def columns_of(table: Any, x_col: Column, y_col: Column | None) -> Columns:
    """Return a table's column of names, and that of labels unless it is None.

    Parameters
    ----------
    table : data frame, dict of columns, str or Path
        A path is that of a text file with a row in each line, separated by commas,
        semicolons or tabs. Its first line names the columns.
    x_col, y_col : str or int
        The columns' names. In a file without a line of names, their numbers from 0.

    Raises
    ------
    FolderError
        If there is no such file, table or column, or a name or label is missing.
    TypeError
        If the table is of another kind, or a name or label is not text.

    Examples
    --------
    >>> table = {"filename": ["a.jpg", "b.jpg"], "class": ["ant", "bee"]}
    >>> columns = columns_of(table, "filename", "class")
    >>> columns.names, columns.labels
    (['a.jpg', 'b.jpg'], ['ant', 'bee'])
    """
    if isinstance(table, (str, os.PathLike)):
        return _of_file(Path(table), x_col, y_col)
    try:
        found = list(table)
    except TypeError:
        found = []
    if isinstance(table, (list, tuple, bytes)) or not hasattr(table, "__getitem__"):
        raise TypeError(
            "dataframe should be a data frame, a dict of columns or the path of a .csv "
            f"file, got {type(table).__name__}: a dict is written {WORDS}"
        )
    names = [
        os.fspath(name) if isinstance(name, os.PathLike) else name
        for name in _column(table, x_col, "x_col", found)
    ]
    _refuse_other_than_text(names, x_col, "x_col")
    if y_col is None:
        return Columns(names, None, "the table", Path())
    labels = _column(table, y_col, "y_col", found)
    _refuse_other_than_text(labels, y_col, "y_col")
    if len(names) != len(labels):
        raise FolderError(
            f"the columns {x_col!r} and {y_col!r} should have the same length, got "
            f"{len(names):,} and {len(labels):,}"
        )
    return Columns(names, labels, "the table", Path())


def _column(table: Any, name: Column, word: str, found: list[Any]) -> list[Any]:
    try:
        column = table[name]
    except (KeyError, IndexError, ValueError, TypeError):
        raise FolderError(_no_column("the table", name, word, found)) from None
    if isinstance(column, (str, bytes)) or not hasattr(column, "__iter__"):
        raise TypeError(
            f"the column {name!r} should be a list, got {type(column).__name__}: a "
            f"dict is written {WORDS}"
        )
    return list(column)


def _no_column(source: str, name: Any, word: str, found: list[Any]) -> str:
    """Return that a column is missing, and which ones there are."""
    names = ", ".join(repr(display_name(one)) for one in found[:NAMES_SHOWN])
    more = ", ..." if len(found) > NAMES_SHOWN else ""
    return f"{source} has no column {name!r} ({word}); it has {names or 'none'}{more}"


def _refuse_other_than_text(values: list[Any], name: Column, word: str) -> None:
    """Raise TypeError for the first value that is not text."""
    row = next((i for i, v in enumerate(values) if not isinstance(v, str)), None)
    if row is None:
        return
    value = values[row]
    if isinstance(value, (list, tuple)):
        advice = "several classes of one photo are not here: give each photo one"
    elif isinstance(value, Number) and value == value:  # not NaN
        advice = f"table[{name!r}] = table[{name!r}].astype(str) makes text of it"
    else:
        advice = "leave out the rows without a value: table.dropna()"
    raise TypeError(
        f"the column {name!r} ({word}) should hold text, got {display_name(value)} "
        f"({type(value).__name__}) in row {row:,}, counted from 0; {advice}"
    )


def _of_file(path: Path, x_col: Column, y_col: Column | None) -> Columns:
    source = display_name(path)
    if path.is_dir():
        raise FolderError(f"{source} is a folder: use flow_from_directory")
    if not path.is_file():
        raise FolderError(f"there is no file {source}")
    try:
        with path.open("rb") as file:
            is_utf16 = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        encoding = "utf-16" if is_utf16 else "utf-8-sig"
        with path.open(encoding=encoding, newline="") as text:
            names, labels = _read(text, source, x_col, y_col)
    except UnicodeError as error:
        raise FolderError(
            f"{source} is not text in UTF-8: save the table as CSV UTF-8"
        ) from error
    except OSError as error:
        raise FolderError(f"{source}: {error.strerror}") from error
    return Columns(names, labels, source, path.parent)


def _read(
    text: TextIO, source: str, x_col: Column, y_col: Column | None
) -> tuple[list[str], list[str] | None]:
    """Return the columns of a file of comma-separated values."""
    header = text.readline(MAX_HEADER)
    text.seek(0)
    reader = csv.reader(text, delimiter=max(SEPARATORS, key=header.count), strict=True)
    rows = _numbered(reader, source)
    _, first = next(rows, (0, []))
    if not first:
        raise FolderError(f"{source} is empty")
    places = [_place(first, x_col, "x_col", source)]
    if y_col is not None:
        places.append(_place(first, y_col, "y_col", source))
    if isinstance(x_col, int):
        rows = chain([(1, first)], rows)
    columns: list[list[str]] = [[] for _ in places]
    for number, cells in rows:
        if len(cells) != len(first):
            raise FolderError(
                f"line {number:,} of {source} should have "
                f"{count_of(len(first), 'cell')} as the first line, it has {len(cells)}"
            )
        for column, place in zip(columns, places, strict=True):
            if not cells[place]:
                what = "name" if column is columns[0] else "label"
                raise FolderError(f"line {number:,} of {source} has no {what}")
            column.append(cells[place])
    return columns[0], columns[1] if y_col is not None else None


def _numbered(reader: Any, source: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of its line, cells) of each row that is not blank."""
    try:
        yield from ((reader.line_num, cells) for cells in reader if cells)
    except csv.Error as error:
        line = f"line {reader.line_num:,} of {source}"
        raise FolderError(f"{line} is not CSV: {error}") from error


def _place(first: list[str], name: Column, word: str, source: str) -> int:
    """Return the index of a column: its number, or that of its name."""
    if isinstance(name, int):
        if not 0 <= name < len(first):
            raise FolderError(
                f"{word} should be one of the {count_of(len(first), 'column')} of "
                f"{source}, counted from 0, got {name}"
            )
        return name
    header = [cell.strip() for cell in first]
    if name in header:
        return header.index(name)
    message = _no_column(source, name, word, first)
    if any(is_photo_name(Path(cell)) for cell in first):
        message += (
            "; if its first line is that of a photo already, columns are numbered: "
            "x_col=0, y_col=1"
        )
    raise FolderError(message)
