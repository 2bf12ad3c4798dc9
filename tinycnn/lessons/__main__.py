"""What a class has guessed, from its notebooks: python -m tinycnn.lessons FOLDER."""

from pathlib import Path

from tinycnn.commands.arguments import DONE, PARTLY, CommandError, Parser, complain
from tinycnn.commands.process import Signals, run
from tinycnn.grading.notebooks import SUFFIX, NotANotebook, python_of, read_notebook
from tinycnn.lessons.sheet import Row, guesses_in, sheet
from tinycnn.text import count_of, csv_text, display_name, say

DESCRIPTION = """\
Read the guesses in the notebooks of FOLDER, at any depth, and print for each question
how many were right and which mistakes the others made; the worst question comes first.
No notebook is run: only the lines guess("...", ...) are read.
"""
EPILOG = """\
--format csv has the header notebook,question,guesses,answer,count with a row for
"right" and for each mistake.

Exit status: 0 all notebooks were read, 1 some were not (they are named), 2 could not
start.
"""


def read_folder(folder: Path) -> tuple[list[dict[str, object]], int]:
    """Return the guesses of each notebook that has any, and how many cannot be read."""
    if not folder.is_dir():
        what = "that is a file" if folder.exists() else "there is no such folder"
        raise CommandError(
            "FOLDER should be a folder of notebooks, got "
            f"{display_name(folder)}: {what}"
        )
    inside = [
        path
        for path in sorted(folder.rglob(f"*{SUFFIX}"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
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
            lines = (python_of(cell)[0] for cell in cells if "guess" in cell)
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


def main(arguments: list[str], signals: Signals) -> int:
    """Print the sheet of a folder; return the exit status."""
    parser = Parser("python -m tinycnn.lessons", DESCRIPTION, EPILOG)
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, help="students' notebooks"
    )
    parser.add_argument(
        "--format",
        choices=("table", "csv"),
        default="table",
        help="how the sheet is printed (default table)",
    )
    options = parser.parse_args(arguments)
    students, unread = read_folder(options.folder)
    rows = sheet(students)
    if options.format == "csv":
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
