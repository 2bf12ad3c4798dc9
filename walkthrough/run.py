"""Run the notebooks of the walkthrough from clean; a cell that raises fails the run.

    python walkthrough/run.py [--write | --clear FOLDER] [NAME ...]

NAME is a notebook or how its name begins ("03"); without one, all run. Each runs in an
empty temporary folder, with a fresh kernel of this Python. What comes out is not
compared with what is stored: figures differ in bits from machine to machine, and the
checks at a notebook's end say whether its lesson holds. With --write the outputs are
stored. With --clear nothing runs: the notebooks are copied into FOLDER without their
outputs, which give away what the reader should guess first, with three dots in place
of the guesses and of the code in cells that begin with "# Your turn", and with the
exercises to which they link; what is there already is never overwritten. Needs
`pip install '.[notebooks]'`.
"""

import argparse
import ast
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

# Before a kernel starts: two programs whose BLAS threads wait for each other are slow,
# and one thread always adds in the same order.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")

try:
    import nbclient
    import nbformat
except ImportError as error:
    sys.exit(f"error: {error.name} is not installed: pip install '.[notebooks]'")

FOLDER = Path(__file__).parent
SECONDS = 300  # for one cell, on a slow machine
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# guess("nine ones", 5)  # a whole number
GUESS = re.compile(r'^(guess\("[^"]*", ).*?(\)(?:  #.*)?)$', re.MULTILINE)
TURN = "# Your turn ("  # how a cell begins that a student is to write
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# A line of progress, which the next one overwrites; on a fast machine there is none.
OVERWRITTEN = re.compile(r"[^\r\n]*\r(?!\n)")
LINK = re.compile(r"\[([^]]+)\]\(([^)#:\n]+)\)")  # a colon: on the web
# For developers: they do not belong to a reader's copy.
NOT_COPIED = shutil.ignore_patterns("make.py", "__pycache__", ".*")


def chosen(names: list[str]) -> list[Path]:
    """Return the notebooks whose names begin so, in order; all if none is named."""
    notebooks = sorted(FOLDER.glob("[0-9]*.ipynb"))
    stems = [Path(name).name for name in names]
    for stem in stems:
        if not any(path.name.startswith(stem) for path in notebooks):
            raise ValueError(f"no notebook here begins with {stem!r}")
    return [p for p in notebooks if not stems or p.name.startswith(tuple(stems))]


def executed(path: Path) -> nbformat.NotebookNode:
    """Return the notebook with the outputs of a run in an empty folder.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises.
    """
    notebook = nbformat.read(path, as_version=4)
    # Left behind if the kernel still holds a file: Windows deletes no open files.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        # Nobody's own start-up files take part.
        os.environ["IPYTHONDIR"] = str(Path(folder, "ipython"))
        work = Path(folder, "work")
        work.mkdir()
        nbclient.NotebookClient(
            notebook,
            timeout=SECONDS,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(work)}},
        ).execute()
    return notebook


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Take out what differs from run to run and from machine to machine."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        # Words for a figure that cannot be seen; nbconvert's classic template has them.
        alt = {"alt": cell.metadata.alt} if "alt" in cell.metadata else {}
        cell.metadata = nbformat.from_dict(alt)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.text = OVERWRITTEN.sub("", output.text)


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Return the outputs with printed lines in one piece, however they arrived."""
    result: list[nbformat.NotebookNode] = []
    for output in outputs:
        last = result[-1] if result else None
        if (
            last is not None
            and output.output_type == last.output_type == "stream"
            and output.name == last.name
        ):
            last.text += output.text
        else:
            result.append(output)
    return result


def copy_cleared(notebooks: list[Path], folder: Path) -> None:
    """Copy notebooks without outputs and guesses into a folder, made if need be.

    Links do not die: a folder to which a notebook links is copied with it (unless it is
    there already), and a link that leaves the walkthrough becomes words.

    Raises
    ------
    FileExistsError
        If one of the notebooks is there already; then nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in folder.iterdir()}
    for path in notebooks:
        if path.name in there:
            raise FileExistsError(f"{path.name} is there already: nothing was copied")
    linked = set()
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                cell.source = GUESS.sub(r"\1...\2", cell.source)
                if cell.source.startswith(TURN):
                    cell.source = unwritten(cell.source)
            elif cell.cell_type == "markdown":
                cell.source = LINK.sub(without_way_out, cell.source)
                targets = [Path(target) for _, target in LINK.findall(cell.source)]
                linked.update(
                    target.parts[0] for target in targets if target.parent.name
                )
        with Path(folder, path.name).open("x", encoding="utf-8") as file:
            nbformat.write(notebook, file)
    for name in sorted(linked - there):
        shutil.copytree(FOLDER / name, folder / name, ignore=NOT_COPIED)


def unwritten(source: str) -> str:
    """Return a cell with three dots in place of the code of each function."""
    lines = source.splitlines()
    top = ast.parse(source).body
    classes = [node for node in top if isinstance(node, ast.ClassDef)]
    nodes = [*top, *(node for cls in classes for node in cls.body)]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    for function in sorted(functions, key=lambda node: -node.lineno):
        first, margin = function.body[0], function.col_offset
        is_docstring = ast.get_docstring(function) is not None
        start = (first.end_lineno or 0) if is_docstring else first.lineno - 1
        end = function.end_lineno or start
        while end < len(lines) and lines[end][: margin + 1].isspace():
            end += 1  # comments below the last line of code
        lines[start:end] = [" " * (margin + 4) + "..."]
    return "\n".join(lines)


def without_way_out(link: re.Match[str]) -> str:
    """Return a link as it is, or in words if it leads out of the walkthrough."""
    words, target = link.groups()
    if not target.startswith("../"):
        return link[0]
    return f"{words} (`{target.removeprefix('../')}` in the project's folder)"


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the notebooks from clean.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="how a name begins")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--write", action="store_true", help="store the outputs")
    choice.add_argument(
        "--clear",
        type=Path,
        metavar="FOLDER",
        help="run nothing: copy the notebooks without outputs into this folder",
    )
    arguments = parser.parse_args()
    try:
        notebooks = chosen(arguments.names)
        if arguments.clear:
            copy_cleared(notebooks, arguments.clear)
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        what = error.strerror or error
        print(f"error: {arguments.clear}: {what}", file=sys.stderr)
        return 2
    if arguments.clear:
        print(f"{len(notebooks)} without outputs in {arguments.clear}")
        return 0
    failed = 0
    for path in notebooks:
        started = time.perf_counter()
        try:
            notebook = executed(path)
        except nbclient.exceptions.CellExecutionError as error:
            failed += 1
            print(f"{path.name}: FAILED\n{COLOURS.sub('', str(error))}", flush=True)
            continue
        print(f"{path.name}: {time.perf_counter() - started:.0f} s", flush=True)
        if arguments.write:
            tidy(notebook)
            nbformat.write(notebook, path)
    what = "notebook" if len(notebooks) == 1 else "notebooks"
    print(f"{len(notebooks)} {what} run, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
