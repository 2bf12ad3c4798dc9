"""A file of exercises as a notebook: a cell for each part, and one that checks it."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from tinycnn.grading.grade import HINTS

# What a student replaces: nbgrader puts its own line in its place.
EMPTY = re.compile(
    r"^(?P<indent> *)raise NotImplementedError\((?P<what>.*)\)$", re.MULTILINE
)
# The command for a file, which the reader of a notebook does not have.
COMMAND = re.compile(r":\n\n +python -m tinycnn\.check \S+\.py$", re.MULTILINE)
# Jupyter's exit() ends the kernel, and with it the check of every other cell.
NO_EXIT = "from tinycnn.grading import stop\n\nexit = quit = stop"


def nbgrader_notebook(source: str, points: dict[str, float], hint: int) -> str:
    """Return the source version of an nbgrader assignment.

    Each part has a cell for the solution, and a locked test cell with its points.
    ``nbgrader generate_assignment`` makes the students' version of it.
    """
    cells = [_code(NO_EXIT, nbgrader=_locked("no_exit"))]
    for name, text in _cells(source, list(points)):
        if name not in points:
            cells.append(_code(text) if name != "markdown" else _markdown(text))
            continue
        marked = EMPTY.sub(_as_solution, text)
        cells.append(_code(marked, nbgrader=_nbgrader(name, solution=True)))
        level = "" if hint == HINTS else f", hint={hint}"
        test = f"from tinycnn.grading import require\n\nrequire({name}{level})"
        meta = _nbgrader(f"test_{name}", solution=False) | {"points": points[name]}
        cells.append(_code(test, nbgrader=meta))
    return _notebook(cells)


def otter_notebook(source: str, parts: Sequence[str]) -> str:
    """Return the notebook of an Otter assignment: each part, and a cell to check it."""
    start = (
        "# Run this cell first: it sets up the checks below each part.\nimport otter"
    )
    cells = [_code(f"{start}\n\ngrader = otter.Notebook()\n\n{NO_EXIT}")]
    for name, text in _cells(source, parts):
        cells.append(_markdown(text) if name == "markdown" else _code(text))
        if name in parts:
            cells.append(_code(f'grader.check("{name}")'))
    return _notebook(cells)


def _as_solution(match: re.Match[str]) -> str:
    """Return the line to replace, between the marks that nbgrader looks for."""
    indent, what = match["indent"], match["what"].strip("\"'")
    note = f"{indent}# {what}\n" if what else ""
    return f"{note}{indent}### BEGIN SOLUTION\n{match[0]}\n{indent}### END SOLUTION"


def _cells(source: str, parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (name of a part, "markdown" or "", text) for each cell of a file."""
    lines = source.splitlines()
    body = ast.parse(source).body
    start = 0
    if (
        body
        and isinstance(body[0], ast.Expr)
        and (doc := ast.get_docstring(_all(body)))
    ):
        yield "markdown", COMMAND.sub(": run the cell below it.", doc)
        start = body.pop(0).end_lineno or 0
    for node in body:
        name = getattr(node, "name", "")
        if name in parts and isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
            if before := "\n".join(lines[start:first]).strip("\n"):
                yield "", before
            start = node.end_lineno or first
            yield name, "\n".join(lines[first:start])
    if rest := "\n".join(lines[start:]).strip("\n"):
        yield "", rest


def _all(body: list[ast.stmt]) -> ast.Module:
    return ast.Module(body, [])


def _nbgrader(name: str, solution: bool) -> dict[str, Any]:
    return {
        "grade": not solution, "grade_id": name, "locked": not solution,
        "schema_version": 3, "solution": solution, "task": False,
    }  # fmt: skip


def _locked(name: str) -> dict[str, Any]:
    """Return the marks of a cell that nbgrader restores, and that has no points."""
    return {**_nbgrader(name, solution=False), "grade": False}


def _markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(text: str, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code", "execution_count": None, "metadata": metadata,
        "outputs": [], "source": text,
    }  # fmt: skip


def _notebook(cells: list[dict[str, Any]]) -> str:
    """Return the text of a notebook with these cells."""
    numbered = [{"id": f"cell-{n}", **cell} for n, cell in enumerate(cells, start=1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    content = {
        "cells": numbered,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
