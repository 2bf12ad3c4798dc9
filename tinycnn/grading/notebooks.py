"""The code of a notebook, cell by cell; nothing else in the file is used.

A notebook is JSON that anyone can write, so it is read like any file from a stranger:
with a limit of its size and by strict rules. Outputs are not looked at. Lines that only
Jupyter understands (``%matplotlib inline``, ``!pip install``) are left out. Whatever
Python reports is reported as "code cell 3, line 7".
"""

import ast
import contextlib
import linecache
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from tinycnn.diagnosis.windows import FUNCTIONS
from tinycnn.files.strict_json import strict_json
from tinycnn.text import count_of, shortened, size_of

SUFFIX = ".ipynb"
MAX_BYTES = 2**26
MAX_DEPTH = 64  # outputs and metadata may be nested more deeply than a model file
SAVE_AGAIN = "Open it in Jupyter, and save it again."
CELL = ", code cell "
# %%time: the rest of the cell is Python; of any other cell magic it is something else.
PYTHON_MAGICS = ("time", "timeit", "capture", "prun", "python", "python3")
# %matplotlib inline, !pip install, ?np.sum; files = !ls; np.sum?
JUPYTER = re.compile(r"\s*([%!?]|[\w.,\s]+=\s*[%!]|[\w.]+\?{1,2}\s*$)")


class NotANotebook(ValueError):
    """One line: why the file is not a notebook that can be checked."""


@dataclass
class Notebook:
    """A notebook's code.

    Attributes
    ----------
    cells, sources : list of str
        Each code cell as it is written, and as Python that can run.
    needed : int
        The number of cells up to the last one that the parts may need.
    left_out : list of int
        Numbers of the code cells (from 1) with lines that only Jupyter understands.
    lines_left_out : int
        How many such lines.
    error : BaseException or None
        The first exception; the cells after it still run.
    """

    cells: list[str]
    sources: list[str] = field(default_factory=list)
    needed: int = 0
    left_out: list[int] = field(default_factory=list)
    lines_left_out: int = 0
    error: BaseException | None = None

    @property
    def note(self) -> str:
        """One line on what is left out, or ""."""
        if not self.left_out:
            return ""
        cells = ", ".join(map(str, self.left_out[:8]))
        more = f" and {rest} more" if (rest := len(self.left_out) - 8) > 0 else ""
        lines = count_of(self.lines_left_out, "line")
        cell = "code cells" if len(self.left_out) > 1 else "code cell"
        return f"Left out: {lines} for Jupyter (% or !) in {cell} {cells}{more}."


def read_notebook(path: Path) -> Notebook:
    """Return the code cells of a notebook.

    Raises
    ------
    NotANotebook
        If it is too large, not JSON, not a notebook, or not for Python.
    """
    if (size := path.stat().st_size) > MAX_BYTES:
        raise NotANotebook(
            f"The notebook has {size_of(size)}; at most {size_of(MAX_BYTES)} are read. "
            "Clear its outputs and save it again."
        )
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        content = strict_json(text, "the file", depth=MAX_DEPTH)
    except ValueError as error:
        raise NotANotebook(
            f"The file is not a notebook: {error}. {SAVE_AGAIN}"
        ) from None
    return Notebook(list(_code_cells(content)))


def _code_cells(content: Any) -> Iterator[str]:
    """Yield the source of each code cell."""
    if isinstance(content, dict) and isinstance(content.get("worksheets"), list):
        raise NotANotebook(f"The notebook has the format of 2014. {SAVE_AGAIN}")
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise NotANotebook('The file is JSON, but not a notebook: it has no "cells".')
    if (language := _language(content)).lower() not in ("", "python"):
        raise NotANotebook(f"The notebook is for {language}, not for Python.")
    for place, cell in enumerate(cells, start=1):
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        source = cell.get("source") if isinstance(cell, dict) else None
        lines: list[Any] = source if isinstance(source, list) else [source]
        if not (isinstance(kind, str) and all(isinstance(x, str) for x in lines)):
            raise NotANotebook(
                f"The file is JSON, but not a notebook: its cell {place} has no type "
                "or no text."
            )
        if kind == "code":
            yield "".join(lines)


def _language(content: dict[str, Any]) -> str:
    """Return the name of the notebook's language, or ""."""
    values: Any = content.get("metadata")
    for names in (("language_info", "name"), ("kernelspec", "language")):
        value = values
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str):
            return shortened(value)
    return ""


def python_of(cell: str) -> tuple[str, int]:
    r"""Return (the cell without lines that only Jupyter understands, their number).

    Only lines at which Python finds a syntax error are looked at: a line of a text that
    begins with % stays. Each is replaced by ``pass``, so that the lines keep their
    numbers.

    Examples
    --------
    >>> python_of("%matplotlib inline\nx = 1")
    ('pass\nx = 1', 1)
    """
    lines, count = cell.splitlines(), 0
    first = next((line for line in lines if line.strip()), "")
    if magic := re.match(r"%%(\w+)", first):
        if magic[1] not in PYTHON_MAGICS:
            return "", sum(bool(line.strip()) for line in lines)
        lines[lines.index(first)], count = "pass", 1
    while (number := _line_of_error("\n".join(lines))) and number <= len(lines):
        at = number - 1
        if not JUPYTER.match(lines[at]):
            break
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        is_continued, lines[at] = lines[at].endswith("\\"), f"{indent}pass"
        count += 1
        while is_continued and (at := at + 1) < len(lines):
            is_continued, lines[at] = lines[at].endswith("\\"), ""
            count += 1
    return ("\n".join(lines), count) if count else (cell, 0)


def _line_of_error(source: str) -> int:
    """Return the number of the line at which Python cannot read a source, or 0."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error.lineno or 0
    except (ValueError, RecursionError, MemoryError):
        pass
    return 0


def prepare(notebook: Notebook, path: Path, module: ModuleType) -> None:
    """Leave out what only Jupyter understands, and define what Jupyter defines."""
    vars(module).update(_jupyter_names(), __file__=str(path))
    for number, cell in enumerate(notebook.cells, start=1):
        source, count = python_of(cell)
        notebook.sources.append(source)
        notebook.lines_left_out += count
        notebook.left_out += [number] if count else []
    notebook.needed = needed_of(notebook.sources)


def run_cells(notebook: Notebook, path: Path, module: ModuleType, cells: range) -> None:
    """Run these code cells (from 1) in order, in the namespace of `module`.

    An exception in one does not stop the others, as the parts may be in them; the first
    is kept in ``notebook.error``.
    """
    for number in cells:
        source, name = notebook.sources[number - 1], f"{path}{CELL}{number}"
        lines = source.splitlines(keepends=True)
        linecache.cache[name] = (len(source), None, lines, name)
        try:
            exec(compile(source, name, "exec", dont_inherit=True), vars(module))
        except BaseException as error:  # SystemExit, too: it is not our code
            notebook.error = notebook.error or error


def _jupyter_names() -> dict[str, Any]:
    """Return what Jupyter defines for every notebook, without effect here."""

    class Shell:
        """``get_ipython()``: accepts every call."""

        def __getattr__(self, name: str) -> Any:
            return lambda *arguments, **keywords: None

    return {
        "display": lambda *arguments, **keywords: None,
        "get_ipython": lambda: Shell(),
    }


def needed_of(sources: list[str]) -> int:
    """Return the number of cells up to the last one that the parts may need.

    Needed is a cell that defines a class, changes an attribute, or gives a value to a
    name that a function reads. The cells after it train and draw.
    """
    read = {"CASES", *FUNCTIONS}
    for source in sources:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            read |= set(_global_reads(symtable.symtable(source, "cell", "exec")))
    for count in range(len(sources), 0, -1):
        try:
            tree = ast.parse(sources[count - 1])
        except (SyntaxError, ValueError, RecursionError):
            return count
        if any(_is_needed(node, read) for node in ast.walk(tree)):
            return count
    return 0


def _is_needed(node: ast.AST, read: set[str]) -> bool:
    """Return whether a piece of code defines a class or a name that is read."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        names = {(a.asname or a.name).partition(".")[0] for a in node.names}
        return bool(names & (read | {"*"}))
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node.name in read
    if isinstance(getattr(node, "ctx", None), ast.Store):
        return isinstance(node, ast.Attribute) or getattr(node, "id", None) in read
    return isinstance(node, ast.ClassDef)


def _global_reads(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the global names that the functions of a source read."""
    for child in table.get_children():
        if child.get_type() == "function":
            yield from (s.get_name() for s in child.get_symbols() if s.is_global())
        yield from _global_reads(child)


def later_cell(notebook: Notebook, name: str, after: int) -> int:
    """Return the number of the first cell after this one that defines a name, or 0."""
    for number, source in enumerate(notebook.sources[after:], start=after + 1):
        with contextlib.suppress(SyntaxError, ValueError, RecursionError):
            if any(
                _is_needed(node, {name}) and not isinstance(node, ast.Attribute)
                for node in ast.walk(ast.parse(source))
                if getattr(node, "name", name) == name
            ):
                return number
    return 0


def place_of(filename: str, line: int | None) -> str:
    """Return "line 7", or "code cell 3, line 7" in a notebook."""
    _, is_cell, number = filename.rpartition(CELL)
    return f"code cell {number}, line {line}" if is_cell else f"line {line}"


def is_in(filename: str, path: Path) -> bool:
    """Return whether code was compiled from a file, or from a cell of it."""
    return Path(filename.rpartition(CELL)[0] or filename) == path
