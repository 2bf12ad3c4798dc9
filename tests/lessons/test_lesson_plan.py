"""The lesson of 90 minutes, given as docs/for-teachers.md plans it."""

import re
import subprocess
import sys

import pytest
from notebook_cells import (
    DOCS,
    NOTEBOOKS,
    cells_of,
    cells_until,
    code_of,
    play,
    source_of,
)

from tinycnn.commands.training_run import DRAWINGS
from tinycnn.lessons.kernels import KERNELS
from tinycnn.metrics import wilson_interval

sys.path.append(str(DOCS))

import make_pencil


def section(page, title):
    """Return a section of a page, up to the next heading of its level."""
    level, _, _ = title.partition(" ")
    rest = page.split(f"\n{title}\n", 1)[1]
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.M)[0]


@pytest.fixture(scope="module")
def teachers():
    return (DOCS / "for-teachers.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def plan(teachers):
    return section(teachers, "## One lesson of 90 minutes")


def test_the_notebooks_are_in_one_folder_on_every_page(teachers):
    """What the preparation writes is what minute 0 opens."""
    walkthrough = (DOCS.parent / "walkthrough" / "README.md").read_text("utf-8")
    for page in (teachers, walkthrough):
        commands = r"(?:tinycnn\.lessons|jupyter lab) ([\w/\\]+)"
        folders = {found.replace("\\", "/") for found in re.findall(commands, page)}
        assert folders == {"runs/walkthrough"}


def test_what_the_pairs_leave_out_is_not_needed(plan, monkeypatch):
    assert '"At the border"' in plan
    above, _ = cells_until(NOTEBOOKS[1], "Your own kernel")
    short = [cell for cell in above if not cell.startswith("# Your turn")]
    assert len(short) == len(above) - 2
    play(monkeypatch, *short)


def test_the_cards_of_the_votes_are_those_of_the_notebook(plan):
    (cell,) = (cell for cell in code_of(NOTEBOOKS[5]) if "pointed ears" in cell)
    names = {}
    exec("import numpy as np\n" + cell, names)
    cards = re.findall(r"(0\.\d) x \(?(-?[\d.]+)", plan)
    assert [float(x) for x, _ in cards] == list(names["x"])
    assert [float(weight) for _, weight in cards] == list(names["weights"])
    assert f"= {names['logit']:.2f}" in plan


def test_the_plan_fills_90_minutes_without_a_gap(plan):
    rows = re.findall(r"^\| (\d+)-(\d+) \| ([^|]+) \|", plan, re.M)
    starts, ends = ([int(row[place]) for row in rows] for place in (0, 1))
    assert starts == [0, *ends[:-1]]
    assert ends[-1] == 90
    assert rows[0][2] == "Start"
    assert rows[-1][2] == "To spare" and ends[-1] - starts[-1] >= 8


def test_a_pair_invents_a_kernel_and_gives_it_a_name(plan, monkeypatch, capsys):
    assert '"Your own kernel"' in plan and "`my_kernel`" in plan and "`mine`" in plan
    path = NOTEBOOKS[1]
    above, (guess, cell, *_) = cells_until(path, "Your own kernel")
    assert guess.startswith("guess(")
    _, _, rest = re.split(
        r"^(my_kernel = np.array\(\n.*?^\)\n)", cell, flags=re.M | re.S
    )
    one_more = rest.replace(
        '"my kernel": my_kernel', '"my kernel": my_kernel, "flat": np.ones((2, 5)) / 10'
    )
    assert rest != one_more
    below = code_of(path)[len(above) + 2 :]
    _, figures = play(
        monkeypatch, *above, "my_kernel = np.array([[0, 3, -2]])\n" + one_more, *below
    )

    assert "my kernel: the numbers add up to 1" in capsys.readouterr().out
    (drawn,) = [
        [ax.get_title() for ax in figure.axes]
        for figure in figures
        if any(ax.get_title().startswith("my kernel") for ax in figure.axes)
    ]
    assert drawn == ["the grey photo\n96 x 96", "my kernel\n96 x 94", "flat\n95 x 92"]


def test_a_pair_adds_a_known_kernel_to_the_names(monkeypatch, capsys):
    cells = code_of(NOTEBOOKS[1])
    (place,) = [n for n, cell in enumerate(cells) if "\nnames = [" in cell]
    cells[place] = re.sub(r"names = \[.*?\]", "names = list(KERNELS)", cells[place])
    cells[-1] = cells[-1].replace('"All checks', '"Still, all checks')
    _, figures = play(monkeypatch, *cells)
    assert "Still, all checks passed." in capsys.readouterr().out
    assert any(len(figure.axes) == 8 for figure in figures)


@pytest.mark.parametrize(
    "number, heading",
    [
        (1, "Look closely"),
        (2, "By hand"),
        (4, "Sixteen numbers become four"),
        (6, "One output, four inputs"),
        (14, "33 of 36"),
    ],
)
def test_what_the_plan_shows_runs_from_a_fresh_start(
    number, heading, monkeypatch, capsys
):
    """Each of these sections needs nothing but the cells above it, which are quick."""
    above, inside = cells_until(NOTEBOOKS[number - 1], heading)
    _, figures = play(monkeypatch, *above, *inside)
    out = capsys.readouterr().out
    if number == 1:
        assert len(figures) == 3  # the photo, eight by eight, the three channels
    if number == 6:
        assert "sum          +0.43" in out
    if number == 14:
        assert "33 of   36 =  91.7%   interval  78.2% to  97.1%" in out


def options_of(ticket):
    """Return (question, {letter: option}) of each question of the exit ticket."""
    for text in re.split(r"^\d\. ", ticket, flags=re.M)[1:]:
        question, *rest = re.split(r"\b([abc])\) ", " ".join(text.split()))
        pairs = zip(rest[::2], rest[1::2], strict=True)
        yield question, {letter: option.strip(" ;.") for letter, option in pairs}


def test_the_exit_ticket_has_the_right_answers(teachers):
    ticket = section(teachers, "## The exit ticket")
    assert "answers are" not in ticket  # it is printed for the students
    answers = section(teachers, "## The answers to the exit ticket").strip()
    letters = re.match(r"The answers are ([abc]), ([abc]) and ([abc])\.", answers)
    (_, one), (asked, two), (last, three) = options_of(ticket)
    chosen = zip(letters.groups(), (one, two, three), strict=True)
    right = [options[letter] for letter, options in chosen]

    kernel = KERNELS["edge detection"]
    assert sorted(kernel.ravel()) == [-1] * 8 + [8]
    assert "3 x 3 kernel has eight numbers -1 and, in the middle, 8." in " ".join(
        ticket.split()
    )
    assert right[0] == f"{kernel.sum():g}" == "0"
    assert sorted(one.values()) == ["0", "8 times the colour", "the colour itself"]

    votes = [float(number) for number in re.findall(r"[+-]\d\.\d", asked)]
    hero = "Pikachu" if sum(votes) > 0 else "Iron Man"
    assert len(votes) == 4 and "There is no bias" in asked
    assert right[1] == f"{hero}, because the sum is {sum(votes):.1f}"
    assert two["a"] == "Pikachu, 3 to 1"

    correct, count = map(int, re.match(r"(\d+) of (\d+) test photos", last).groups())
    low, high = wilson_interval(correct, count)
    between = f"for somewhere between {low:.0%} and {high:.0%}, if the other photos"
    assert right[2].startswith(between.replace("%", " %"))
    share = f"it is right for {correct / count:.0%} of all photos"
    assert three["a"] == share.replace("%", " %")
    for letter, options in zip(letters.groups(), (one, two, three), strict=True):
        wrong = [x for x in options if x != letter]
        assert len(options) == 3 and len(set(options.values())) == 3
        assert f"{wrong[0]})" in answers  # each wrong answer is explained


def test_the_interval_that_the_teacher_is_promised(plan):
    text = " ".join(plan.split())
    for correct, count in ((33, 36), (36, 36)):
        assert f"{correct} of {count}" in text
    low, high = wilson_interval(36, 36)
    assert f"36 of 36 means {low:.0%} to {high:.0%}".replace("%", " %") in text


def test_the_sum_of_the_votes_is_worked_out_in_the_plan(plan):
    cards = re.findall(r"(0\.\d) x \(?(-?[\d.]+)", plan)
    bias = float(re.search(r"a fifth the bias, (\d\.\d)", plan)[1])
    products = [float(x) * float(weight) for x, weight in cards] + [bias]
    added = re.search(r"([\d.]+(?: [+-] [\d.]+){4}) = (\d\.\d+)", plan)
    total, result = added.groups()
    terms = re.findall(r"(?:[+-] )?[\d.]+", total)
    assert [float(term.replace(" ", "")) for term in terms] == pytest.approx(products)
    assert float(result) == pytest.approx(sum(products))


SECTIONS = {
    2: ("Your own kernel", "At the border"), 15: ("Shortcuts",),
}  # fmt: skip


def test_the_sections_that_the_plan_names_are_in_those_notebooks(plan):
    named = set(re.findall(r'"([A-Z][a-z ]+)"', plan)) - {"Your turn"}
    assert named == {name for names in SECTIONS.values() for name in names}
    for number, names in SECTIONS.items():
        headings = [
            line
            for cell in cells_of(NOTEBOOKS[number - 1])
            for line in source_of(cell).splitlines()
        ]
        for name in names:
            assert f"## {name}" in headings


def test_what_is_typed_before_the_lesson_is_the_key(plan):
    """Notebook 15, above "Shortcuts": each guess there, and the right one."""
    above, _ = cells_until(NOTEBOOKS[14], "Shortcuts")
    lines = [cell for cell in above if cell.startswith("guess(")]
    answers = [line.partition(", ")[2].partition(")  #")[0] for line in lines]
    typed = re.search(r"type (`.+?`) in place", " ".join(plan.split()))[1]
    assert re.findall(r"`(.+?)`", typed) == answers


def test_the_folders_and_commands_of_the_page_are_those_of_the_code(teachers):
    """A model that is not there, and an option that is none, would cost the lesson."""
    folder = DRAWINGS.parent.as_posix()
    models = set(re.findall(r"runs/[\w/]+\.safetensors", teachers))
    assert models == {f"{folder}/model.safetensors"}
    commands = re.findall(r"python -m tinycnn\.(\w+)((?: [^`\n]*)?)", teachers)
    assert {name for name, _ in commands} == {"lessons", "check", "train", "predict"}
    helps = {
        name: subprocess.run(
            [sys.executable, "-m", f"tinycnn.{name}", "--help"],
            capture_output=True, text=True, check=True, timeout=120,
        ).stdout
        for name, _ in commands
    }  # fmt: skip
    for name, arguments in commands:
        for option in re.findall(r"--[a-z-]+", arguments):
            assert option in helps[name], f"{name} {option}"


def test_the_counts_that_teachers_are_told(teachers):
    text = " ".join(teachers.split())
    exercises = DOCS.parent / "walkthrough" / "exercises"
    source = (exercises / "my_exercises.py").read_text(encoding="utf-8")
    parts = re.findall(r"^(?:class|def) (My\w+|my_\w+)", source, re.M)
    assert len(parts) == 12 and "all twelve parts" in text
    hunts = list((exercises / "find_the_bug").glob("bug_*.py"))
    assert f"`find_the_bug/` has {len(hunts)} short hunts" in text
    assert f"All {NUMBERS[len(NOTEBOOKS)]} notebooks" in text
    steps = [step for part in make_pencil.parts() for step in part["steps"]]
    known = sum(len(step["mistakes"]) for step in steps)
    assert 100 < known < 200 and "It knows over a hundred" in text


NUMBERS = {20: "twenty"}
