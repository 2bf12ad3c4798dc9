"""Guesses: what is right, what is known, what stops, and a class's sheet."""

import csv
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from notebook_cells import DOCS

from tinycnn.lessons import __main__ as lessons_command
from tinycnn.lessons import guess, guesses, guessing
from tinycnn.lessons.question import Between, Question, Wrong
from tinycnn.lessons.questions import QUESTIONS
from tinycnn.lessons.sheet import ANOTHER, guesses_in, sheet, unread_in


@pytest.fixture(autouse=True)
def first_guess(monkeypatch):
    """Begin each test as a notebook that was just opened."""
    monkeypatch.setattr(guessing, "_was_right", {})


def inside(answer):
    """An answer that a student can type, for one of the table's."""
    return (answer.low + answer.high) / 2 if isinstance(answer, Between) else answer


def line_of(text):
    """A text without the line breaks that make it fit on a page."""
    return " ".join(text.split())


PAST = re.compile(
    r"([a-z]+ed|forgot|found|gave|left|let|made|put|read|thought|took|went) "
)
every_question = pytest.mark.parametrize("name", QUESTIONS)


# -- the table ----------------------------------------------------------------------


@every_question
def test_the_right_answer_is_right_and_every_wrong_one_gets_its_own_sentence(name):
    question = QUESTIONS[name]
    right = question.verdict_on(question.right)
    assert right.is_right and right.text == f"Right: {question.why}"
    assert len(question.wrong) >= 2
    for wrong in question.wrong:
        verdict = question.verdict_on(inside(wrong.answer))
        assert verdict.is_right is False
        assert verdict.mistake is wrong
        assert wrong.what in verdict.text and wrong.where in verdict.text
    assert len({wrong.what for wrong in question.wrong}) == len(question.wrong)


@every_question
def test_a_question_can_be_answered_from_what_its_line_says(name):
    question = QUESTIONS[name]
    line = question.line(question.right)
    assert len(line) <= 88
    assert line.startswith(f'guess("{name}", ')
    for choice in question.choices:
        assert choice in line.partition("#")[2]
    answers = guesses_in([line])
    assert question.verdict_on(answers[name]).is_right
    for wrong in question.wrong:
        line = question.line(inside(wrong.answer))
        assert question.verdict_on(guesses_in([line])[name]).mistake is wrong


@every_question
def test_the_sentences_are_sentences(name):
    question = QUESTIONS[name]
    for text in (question.why, question.look, *(w.where for w in question.wrong)):
        assert re.search(r"[.?!]$", text), text
        assert "  " not in text
    for wrong in question.wrong:
        # "17 of 30 took the mean", "You took the mean."
        assert PAST.match(wrong.what), wrong.what
        assert not wrong.what.endswith(".")


def test_every_belief_is_a_row_of_the_misconceptions():
    page = (DOCS / "for-teachers.md").read_text(encoding="utf-8")
    table = page.partition("## Misconceptions")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]*) \| \[\d+, ", table, re.M)
    said = {
        text.rstrip(",") for cell in cells for text in re.findall(r'"([^"]+)"', cell)
    }
    beliefs = {wrong.belief for q in QUESTIONS.values() for wrong in q.wrong}
    assert not beliefs - said
    assert len(cells) >= 25
    # and what students say is heard in a guess, except where none can show it
    silent = {
        text
        for cell in cells
        if not (found := re.findall(r'"([^"]+)"', cell))
        or not beliefs & {t.rstrip(",") for t in found}
        for text in found
    }
    assert len(silent) <= 12, silent


# -- what can be typed ---------------------------------------------------------------


@pytest.mark.parametrize(
    "name, answer",
    [
        ("dark channel", " 'Blue' "),
        ("dark channel", '"BLUE".'),
        ("who wins", "pikachu"),
        ("there and back", "c)"),
        ("four changes", "b, d, a, c"),
        ("four changes", ["b", "d", "a", "c"]),
        ("next number", "3"),
        ("next number", "3,0"),
        ("next number", np.int64(3)),
        ("next number", [3]),
        ("half of 29", "28/2"),
        ("even middle", "96 %"),
        ("even middle", 0.96),
        ("even middle", "0,96"),
        ("four averages", [[4, 1], [3, 3]]),
        ("four averages", np.array([[4.0, 1], [3, 3]])),
        ("four averages", "4 1 3 3"),
        ("four averages", "4, 1, 3, 3"),
        ("four averages", "4;1;3;3"),
        ("four averages", "(4,1,3,3)"),
        ("stopped message", 0.42),
        ("two sigmoids", "0,5; 0,88"),
        ("two sigmoids", ("1/2", "0,88")),
    ],
)
def test_a_right_answer_may_be_written_in_many_ways(name, answer):
    assert QUESTIONS[name].verdict_on(answer).is_right


@pytest.mark.parametrize(
    "name, answer",
    [
        ("dark channel", "yellow"),
        ("dark channel", 2),
        ("dark channel", None),
        ("four changes", "abcc"),
        ("four changes", ["a", 1]),
        ("next number", "three"),
        ("next number", ""),
        ("next number", True),
        ("next number", 3j),
        ("next number", float("nan")),
        ("next number", 10**400),
        ("next number", "1e999999999"),
        ("next number", "1/0"),
        ("next number", (3, 3)),
        ("four averages", 4),
        ("four averages", "4 1 3"),
        ("four averages", [4, 1, 3, "x"]),
        ("four averages", np.zeros((1000, 1000))),
        ("four averages", {4: 1}),
    ],
)
def test_an_answer_of_another_kind_says_what_can_be_typed(name, answer, capsys):
    guess(name, answer)
    said = line_of(capsys.readouterr().out)
    assert said.startswith(f"Please type {QUESTIONS[name].can_be_typed}; this was ")
    assert len(said) < 200
    assert guessing._was_right == {}  # neither right nor wrong


def test_numbers_are_compared_within_the_tolerance():
    question = Question(
        "a", 1, "b", 96.0, "c.", (Wrong(Between(40, 60), "d", "e.", "f"),), "Look.",
        tolerance=4, is_percentage=True,
    )  # fmt: skip
    said = {
        answer: question.verdict_on(answer).text for answer in (92, 91, 40, 0.6, 61)
    }
    assert said == {
        92: "Right: c.",
        91: "Not quite. Look.",
        40: "Not quite. Perhaps you d. e.",
        0.6: "Not quite. Perhaps you d. e.",
        61: "Not quite. Look.",
    }


# -- in a notebook -------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(...,), (), ("...",), ("\u2026",)])
def test_three_dots_stop_with_one_line(arguments):
    with pytest.raises(guessing.NoGuess) as stop:
        guess("dark channel", *arguments)
    line = 'Your guess first: replace the three dots by "red", "green" or "blue".'
    assert stop.value._render_traceback_() == [line]


def test_a_wrong_guess_prints_and_goes_on(capsys):
    guess("dark channel", "red")
    guess("dark channel", "blue")
    guess("dark chanel", "blue")
    guess("next number", 3)
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 84 for line in lines)
    said = line_of("\n".join(lines))
    assert said.startswith("Not quite. You took the red channel for the dark one. ")
    assert " Right: yellow light is red and green light" in said
    assert 'no question "dark chanel": the question here is "dark channel".' in said


@pytest.mark.parametrize(
    "answers, text",
    [
        (("four averages", 4, 1, 3, 3), "Right: each is the sum"),
        (("four averages", 16, 4, 12, 12), "Not quite. Perhaps you took the sums."),
        (("four averages", 4, 1), "Please type four numbers"),
        (("four changes", "b", "d", "a", "c"), "Right: "),
        (("even colour", 0, 7), "Please type one number, with a decimal point: 0.7."),
        (("even colour", 1, 2, 3), "Please type one number, with a decimal point."),
        (("even colour", 0, -7), "Please type one number, with a decimal point."),
    ],
)
def test_several_values_need_no_parentheses(answers, text, capsys):
    guess(*answers)
    assert line_of(capsys.readouterr().out).startswith(text)


@pytest.mark.parametrize(
    "name", [n for n, q in QUESTIONS.items() if "percentages" in q.typed]
)
def test_several_percentages_may_be_shares(name):
    question = QUESTIONS[name]
    shares = tuple(number / 100 for number in question.right)
    assert question.verdict_on(shares).is_right
    wrong = next(w for w in question.wrong if max(w.answer) > 1)
    verdict = question.verdict_on(tuple(number / 100 for number in wrong.answer))
    assert verdict.mistake is wrong
    assert question.verdict_on((1.0,) * len(shares)).is_right is False


def test_the_sheet_reads_what_a_guess_takes():
    cells = [
        'guess("four changes", "b", "d", "a", "c")',
        'guess("four averages", 4, 1, 3, 3)',
        'guess("even colour", 0, 7)',
    ]
    assert guesses_in(cells) == {
        "four changes": ("b", "d", "a", "c"),
        "four averages": (4, 1, 3, 3),
    }
    assert unread_in(cells) == cells[2:]


def test_a_name_that_is_like_none(capsys):
    guess("x" * 500, 3)
    guess(["a list"], 3)
    assert capsys.readouterr().out.splitlines() == [
        f'There is no question "{"x" * 10}...{"x" * 10}".',
        "There is no question \"['a list']\".",
    ]


def test_the_end_says_what_to_look_at_again(capsys):
    guesses()
    guess("four averages", "4 1 3 3")
    guess("half of 29", 15)
    guess("half of 29", 14.5)
    guesses()
    guess("half of 29", 14)
    guess("message", "b")
    guess("message", "a")
    guess("shift", 1)
    guesses()
    said = line_of(capsys.readouterr().out)
    assert said.startswith("There is no guess yet. Right: ")
    assert (
        '1 of 4 guesses were right; look again at: "half of 29"; no guess yet: '
        '"shift", "message". Right: '
    ) in said
    assert said.endswith(" 4 of 4 guesses were right.")


# -- a class -------------------------------------------------------------------------


def test_guesses_are_read_and_nothing_is_run(tmp_path):
    trace = tmp_path / "trace"
    cells = [
        f'open({str(trace)!r}, "w")\nguess("next number", 7)',
        'guess("next number", 3)\nguess("dark channel", red)',
        'guess("half of 29", ...)\nguess("nine ones", open("x"))',
        'guess("four averages", answer=[[4, 1], [3, 3]])\nother("emboss", "a")',
        'guess("no such", 3)\nguess()\nguess("emboss")\nguess(name, 3)',
        'other.guess("emboss", "a")',
        'guess("emboss" 3)',
        "guess(" + "(" * 5000,
        "guess(" + "-" * 9000 + "1)",
        'guess("emboss", 1' + "0" * 5000 + ")",
        'guess("emboss", "b")' + "#" * 20_000,
    ]  # fmt: skip
    assert guesses_in(cells) == {
        "next number": 3,
        "dark channel": "red",
        "nine ones": None,
        "four averages": [[4, 1], [3, 3]],
    }
    assert not trace.exists()


def test_several_numbers_are_read_without_parentheses():
    assert guesses_in(['guess("changed photos", 50, 65)']) == {
        "changed photos": (50, 65)
    }


def test_guesses_that_cannot_be_read_are_named(students):
    lines = 'guess("even colour", 0,7)', 'guess("nine ones", khong biet)'
    assert guesses_in(lines) == {}
    (students / "lan.ipynb").write_text(notebook(*lines), encoding="utf-8")
    hidden = students / ".nam.ipynb"
    hidden.write_text(notebook('guess("32 kernels", "b")'), encoding="utf-8")
    run = command(students)
    assert run.returncode == 0
    assert run.stderr.splitlines() == [
        f"note: {hidden}: left out, as its name begins with .",
        f"note: {students / 'lan.ipynb'}: 2 guesses could not be read: {lines[0]}",
    ]
    assert "3 notebooks with guesses" in run.stdout


def test_the_worst_question_comes_first():
    students = [{"nine messages": "mean", "32 kernels": "b"}] * 17
    students += [{"nine messages": "sum"}] * 11 + [{"nine messages": 5}] * 2
    worst, other = sheet(students)
    assert (worst.question.name, worst.count, worst.right) == ("nine messages", 30, 11)
    assert worst.mistakes == {"took the mean": 17, ANOTHER: 2}
    assert (other.question.name, other.count, other.right) == ("32 kernels", 17, 17)


def notebook(*sources):
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4})


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "tinycnn.lessons", "--sheet", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def students(tmp_path):
    folder = tmp_path / "students"
    hidden = folder / "anna" / ".ipynb_checkpoints"
    hidden.mkdir(parents=True)
    lines = {
        "anna/03.ipynb": 'guess("nine messages", "mean")',
        "ben.ipynb": '%matplotlib inline\nguess("nine messages", "mean")',
        "zoë.ipynb": 'guess("nine messages", "sum")\nguess("32 kernels", "b")',
        "none.ipynb": 'guess("nine messages", ...)',
        "anna/.ipynb_checkpoints/03.ipynb": 'guess("nine messages", "first")',
    }
    for name, line in lines.items():
        (folder / name).write_text(notebook("x = 1", line), encoding="utf-8")
    return folder


def test_a_folder_becomes_a_sheet(students):
    run = command(students)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == [
        'notebook 3, "nine messages" (The way back): 1 of 3 right',
        "  2 of 3 took the mean",
        'notebook 3, "32 kernels" (One row per window): 1 of 1 right',
        "3 notebooks with guesses, 2 questions",
    ]
    rows = list(csv.reader(command(students, "--format", "csv").stdout.splitlines()))
    assert rows == [
        ["notebook", "question", "guesses", "answer", "count"],
        ["3", "nine messages", "3", "right", "1"],
        ["3", "nine messages", "3", "took the mean", "2"],
        ["3", "32 kernels", "1", "right", "1"],
    ]


def test_files_from_strangers_get_one_line_each(students):
    bad = {
        "a.ipynb": b"no JSON",
        "b.ipynb": b'{"cells": 3}',
        "c.ipynb": b"[" * 100_000,
        "d.ipynb": b"\xff\xfe",
        "e\x1b[31m.ipynb": b'{"cells": [{"cell_type": "code", "source": [1]}]}',
    }
    for name, content in bad.items():
        (students / name).write_bytes(content)
    run = command(students)
    assert run.returncode == 1
    assert "2 of 3 took the mean" in run.stdout
    lines = run.stderr.splitlines()
    assert len(lines) == len(bad)
    assert all(line.startswith("error: ") and ".ipynb: The " in line for line in lines)
    assert "\x1b" not in run.stderr


def test_a_file_that_the_system_refuses_gets_one_line(students, monkeypatch, capsys):
    read = lessons_command.read_notebook

    def refuse(path):
        if path.name == "ben.ipynb":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(lessons_command, "read_notebook", refuse)
    found, unread = lessons_command.read_folder(students)
    assert (len(found), unread) == (2, 1)
    line = f"error: {students / 'ben.ipynb'}: Permission denied\n"
    assert capsys.readouterr().err == line


def test_a_folder_that_cannot_be_read(tmp_path, students):
    file = students / "ben.ipynb"
    empty = tmp_path / "empty"
    empty.mkdir()
    for path, what in (
        (tmp_path / "nowhere", "there is no such folder"),
        (file, "that is a file"),
        (empty, "ends in .ipynb"),
    ):
        run = command(path)
        assert run.returncode == 2 and run.stdout == ""
        assert run.stderr.startswith("error: ") and what in run.stderr
        assert len(run.stderr.splitlines()) == 1
