"""Write the key to the guesses of the notebooks: python docs/make_guesses.py.

The questions are read from the notebooks, the answers from the library's table.
"""

import json
from pathlib import Path

from tinycnn.lessons.question import Answer, Between, Question
from tinycnn.lessons.questions import QUESTIONS
from tinycnn.lessons.task import Task
from tinycnn.lessons.tasks import TASKS

PAGE = Path(__file__).with_name("guesses.md")
NOTEBOOKS = Path(__file__).parents[1] / "walkthrough"
MARK = "**Guess before you run.**"
HEAD = """\
# The guesses and tasks of the notebooks: a key for teachers

Written by `python docs/make_guesses.py` from the notebooks and from
`tinycnn/lessons/questions.py`. Each question stands here as the notebook asks it, with
the answer, the reason that the notebook prints, and the wrong answers that it knows.
The last column is what such a student might say: a row of the table of misconceptions
in [for-teachers.md](for-teachers.md), which names the section that dispels it.

The tasks are the cells that begin with "Your turn". The notebooks are stored with a
solution of each; here are the mistakes that they recognise.

What your class has guessed, from a folder of its notebooks:
`python -m tinycnn.lessons --sheet FOLDER`.
"""


def texts_before_guesses(path: Path) -> dict[str, str]:
    """Return what a notebook asks, by the line of code below it."""
    asked, text = {}, ""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            text = source.partition(MARK)[2].strip()
        elif source.startswith("guess("):
            asked[source] = text
    return asked


def written(answer: Answer | Between) -> str:
    """Return an answer as a student types it."""
    if isinstance(answer, Between):
        return f"{answer.low:g} to {answer.high:g}".replace("3.93741e+06", "3937409")
    if isinstance(answer, tuple):
        return ", ".join(f"{number:g}" for number in answer)
    return answer if isinstance(answer, str) else f"{answer:g}"


def of_question(question: Question, asked: str) -> list[str]:
    """Return the lines of a question."""
    near = ""
    if not question.choices and question.tolerance > 0.01:
        near = f" (± {question.tolerance:g})"
    return [
        f"### {question.name}",
        "",
        f'In "{question.section}". {asked}',
        "",
        f"**Answer**: {written(question.right)}{near}: {question.why}",
        "",
        "| wrong answer | a student who gives it | believes |",
        "| --- | --- | --- |",
        *(
            f"| {written(wrong.answer)} | {wrong.what} | {wrong.belief} |"
            for wrong in question.wrong
        ),
        "",
    ]


def of_task(task: Task) -> list[str]:
    """Return the lines of a task: what is to be written, and what can go wrong."""
    stars = "★" * task.stars
    if task.right is None:
        known = "The mistakes are those of the exercises: [museum.md](museum.md)."
    else:
        known = "\n".join(f"* {mistake.sentence}" for mistake in task.mistakes)
    return [
        f"### Your turn {stars}: `{task.name}`",
        "",
        f'In "{task.section}". To write: {task.what}.',
        "",
        known,
        "",
    ]


def page() -> str:
    """Return the page."""
    lines = [HEAD]
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        asked = texts_before_guesses(path)
        number = int(path.name[:2])
        title = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"][0]
        title = title.removeprefix("# ").strip()
        lines += [f"## [{title}](../walkthrough/{path.name})", ""]
        for question in QUESTIONS.values():
            if question.notebook == number:
                lines += of_question(question, asked[question.line(question.right)])
        for task in TASKS.values():
            if task.notebook == number:
                lines += of_task(task)
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE}")
