"""The lessons: python -m tinycnn.lessons FOLDER writes them, --sheet reads guesses."""

from importlib.util import find_spec
from pathlib import Path

from tinycnn.commands.arguments import DONE, PARTLY, CommandError, Parser, complain
from tinycnn.commands.process import Signals, run
from tinycnn.grading.notebooks import SUFFIX, NotANotebook, python_of, read_notebook
from tinycnn.lessons.copies import write_lessons
from tinycnn.lessons.sheet import Row, guesses_in, sheet, unread_in
from tinycnn.text import count_of, csv_text, display_name, quoted, say, shortened

DESCRIPTION = """\
Write the notebooks of the course, without their outputs and answers, and its exercises
into FOLDER. Nothing that is there already is overwritten.

With --sheet: read the guesses in the students' notebooks in FOLDER, at any depth, and
print for each question how many were right and which mistakes the others made; the
worst question comes first. No notebook is run: only the lines guess("...", ...) are
read.
"""
EPILOG = """\
--format csv has the header notebook,question,guesses,answer,count with a row for
"right" and for each mistake.

Exit status: 0 all notebooks were written or read, 1 some could not be read (they are
named), 2 could not start.
"""


def read_folder(folder: Path) -> tuple[list[dict[str, object]], int]:
    """Return the guesses of each notebook that has any, and how many cannot be read."""
    if not folder.is_dir():
        what = "that is a file" if folder.exists() else "there is no such folder"
        raise CommandError(
            "FOLDER should be a folder of notebooks, got "
            f"{display_name(folder)}: {what}"
        )
    inside = []
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        *above, name = path.relative_to(folder).parts
        if not path.is_file() or any(part.startswith(".") for part in above):
            continue
        if name.startswith("."):
            complain(f"note: {display_name(path)}: left out, as its name begins with .")
        else:
            inside.append(path)
    if not inside:
        raise CommandError(f"no file in {display_name(folder)} ends in {SUFFIX}")
    found, unread = [], 0
    for path in inside:
        try:
            cells = read_notebook(path).cells
        except NotANotebook as error:
            unread += 1
            complain(f"error: {display_name(path)}: {error}")
        except OSError as error:
            unread += 1
            complain(f"error: {display_name(path)}: {error.strerror or error}")
        else:
            lines = [python_of(cell)[0] for cell in cells if "guess" in cell]
            if lost := unread_in(lines):
                complain(
                    f"note: {display_name(path)}: {count_of(len(lost), 'guess')} could "
                    f"not be read: {shortened(lost[0], 60)}"
                )
            if answers := guesses_in(lines):
                found.append(answers)
    return found, unread


def text_lines(row: Row) -> list[str]:
    """Return the lines of a question: how many were right, and who did what."""
    question, of_all = row.question, f"of {row.count}"
    head = f'notebook {question.notebook}, "{question.name}" ({question.section})'
    mistakes = row.mistakes.most_common()
    return [
        f"{head}: {row.right} {of_all} right",
        *(f"  {count} {of_all} {what}" for what, count in mistakes),
    ]


def write(folder: Path) -> None:
    """Write the lessons into a folder that has no notebooks yet."""
    shown = display_name(folder)
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"FOLDER should be a new folder, got {shown}: a file")
    # Until 0.1 this command line printed the sheet.
    if folder.is_dir() and next(folder.rglob(f"*{SUFFIX}"), None):
        raise CommandError(
            f"{shown} has notebooks already, and nothing is ever overwritten: name a "
            "new folder; the guesses in these are read by python -m tinycnn.lessons "
            f"--sheet {quoted(folder)}"
        )
    try:
        names = write_lessons(folder)
    except FileExistsError as error:
        raise CommandError(
            f"{shown} has {error} already, and nothing is ever overwritten: name a "
            "new folder; nothing was written"
        ) from None
    except OSError as error:
        raise CommandError(
            f"could not write the lessons into {shown}: {error.strerror or error}"
        ) from None
    notebooks = [name for name in names if name.endswith(SUFFIX)]
    say(f"wrote {count_of(len(notebooks), 'notebook')} and the exercises into {shown}")
    if find_spec("jupyterlab") is None:
        say("first install JupyterLab: python -m pip install jupyterlab")
    say(f"to open them: python -m jupyter lab {quoted(folder)}")


def main(arguments: list[str], signals: Signals) -> int:
    """Write the lessons, or print the sheet of a folder; return the exit status."""
    parser = Parser("python -m tinycnn.lessons", DESCRIPTION, EPILOG)
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, help="a new folder; or students' work"
    )
    parser.add_argument(
        "--sheet", action="store_true", help="read the guesses in FOLDER, write nothing"
    )
    parser.add_argument(
        "--format",
        choices=("table", "csv"),
        help="how the sheet is printed (default table)",
    )
    options = parser.parse_args(arguments)
    if options.sheet:
        return print_sheet(options.folder, options.format == "csv")
    if options.format:
        raise CommandError("--format is for the sheet: add --sheet")
    write(options.folder)
    return DONE


def print_sheet(folder: Path, as_csv: bool) -> int:
    """Print the sheet of a folder; return the exit status."""
    students, unread = read_folder(folder)
    rows = sheet(students)
    if as_csv:
        table: list[tuple[object, ...]] = [
            ("notebook", "question", "guesses", "answer", "count")
        ]
        for row in rows:
            names = (row.question.notebook, row.question.name, row.count)
            for answer, count in [("right", row.right), *row.mistakes.most_common()]:
                table.append((*names, answer, count))
        say(csv_text(table))
    else:
        for line in (line for row in rows for line in text_lines(row)):
            say(line)
        counts = count_of(len(students), "notebook"), count_of(len(rows), "question")
        say(f"{counts[0]} with guesses, {counts[1]}")
    return PARTLY if unread else DONE


if __name__ == "__main__":
    run(main)
