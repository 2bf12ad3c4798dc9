"""The lesson of 90 minutes, given as docs/for-teachers.md plans it."""

import re

import pytest
from notebook_cells import DOCS, NOTEBOOKS, cells_until, code_of, play

from tinycnn.lessons.kernels import KERNELS
from tinycnn.metrics import wilson_interval


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


def test_the_exit_ticket_has_the_right_answers(teachers):
    ticket = section(teachers, "## The exit ticket")
    assert "answers are" not in ticket  # it is printed for the students
    answers = section(teachers, "## The answers to the exit ticket")
    assert answers.strip().startswith("The answers are b, b and c.")
    kernel = KERNELS["edge detection"]
    assert sorted(kernel.ravel()) == [-1] * 8 + [8] and kernel.sum() == 0  # 1 b
    votes = [float(number) for number in re.findall(r"[+-]\d\.\d", ticket)]
    assert votes[:4] == [0.1, 0.2, 0.1, -0.9]
    assert round(sum(votes[:4]), 9) == votes[4] == -0.5  # 2 b
    low, high = wilson_interval(33, 36)  # 3 c
    assert f"{low:.0%}, {high:.0%}" == "78%, 97%"
