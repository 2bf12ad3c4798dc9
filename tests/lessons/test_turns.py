"""Your turn: what students write in a notebook, and what the grader says about it."""

import ast
import inspect
import math
import re
import subprocess
import sys
import time

import numpy as np
import pytest
from notebook_cells import (
    FOLDER,
    NOTEBOOKS,
    cells_of,
    code_of,
    play,
    source_of,
    unwritten,
)
from students import class_of

from tinycnn.layers import MaxPooling2D
from tinycnn.lessons import turns as turns_module
from tinycnn.lessons.task import Mistake, Task
from tinycnn.lessons.tasks import TASKS
from tinycnn.lessons.turns import turns, your_turn
from tinycnn.randomness import rng_for

MARK = "**Your turn "
FIRST = "# Your turn ("
SECONDS = 0.5  # of the processor, where others work too; alone it takes below 0.2

with_mistakes = pytest.mark.parametrize(
    ("name", "place"),
    [(name, n) for name, task in TASKS.items() for n in range(len(task.mistakes))],
)
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


@pytest.fixture(autouse=True)
def nothing_written(monkeypatch):
    monkeypatch.setattr(turns_module, "_was_right", {})


@pytest.fixture
def said(capsys):
    """Return what your_turn prints about a part, as one line."""

    def verdict(part):
        capsys.readouterr()
        your_turn(part)
        return " ".join(capsys.readouterr().out.split())

    return verdict


def tasks_of(path):
    return [task for task in TASKS.values() if task.notebook == int(path.name[:2])]


def cell_of(task):
    """The notebook's cell of a task, as it is kept: with a solution."""
    path = NOTEBOOKS[task.notebook - 1]
    (cell,) = (c for c in code_of(path) if f"\nyour_turn({task.name})" in c)
    return cell


def part_in(cell, name, monkeypatch):
    """Define what a cell defines, after the notebook's imports; return one name."""
    imports = code_of(NOTEBOOKS[TASKS[name].notebook - 1])[0]
    code = cell.replace(f"your_turn({name})", "")
    names, _ = play(monkeypatch, imports, code)
    return names[name]


# -- the cells -----------------------------------------------------------------------


@every_notebook
def test_each_task_has_its_cell_below_its_text(path):
    cells, tasks = cells_of(path), tasks_of(path)
    heading, found = "", []
    for place, cell in enumerate(cells):
        text = source_of(cell)
        if cell["cell_type"] == "markdown":
            heading = [heading, *re.findall("^## (.*)$", text, re.M)][-1]
            assert text.count(MARK) <= 1
        if FIRST not in text and MARK not in text.partition("*How to read")[0]:
            continue
        if cell["cell_type"] == "code":
            task = tasks[len(found)]
            found.append(task.name)
            assert text.startswith(f"{task.first_line}\n")
            assert text.endswith(f"\n\n\nyour_turn({task.name})")
            assert task.section == heading
            above = source_of(cells[place - 1])
            assert f"{MARK}{'★' * task.stars}.**" in above
            assert all(len(line) <= 88 for line in text.splitlines())
        else:
            assert source_of(cells[place + 1]).startswith(FIRST)
    assert found == [task.name for task in tasks]
    if tasks:
        assert 1 <= len(tasks) <= 3
        assert code_of(path)[-1].startswith("guesses()\nturns()\n")


@pytest.mark.parametrize("name", TASKS)
def test_every_kept_solution_is_right(name):
    cells = cells_of(NOTEBOOKS[TASKS[name].notebook - 1])
    (cell,) = (c for c in cells if f"\nyour_turn({name})" in source_of(c))
    printed = "".join("".join(o.get("text", [])) for o in cell["outputs"])
    assert " ".join(printed.split()) == f"Right: {TASKS[name].why}"


@pytest.mark.parametrize("name", TASKS)
def test_every_kept_solution_is_right_today_and_checked_quickly(
    name, monkeypatch, said
):
    part = part_in(cell_of(TASKS[name]), name, monkeypatch)
    started = time.process_time()
    verdict = said(part)
    assert time.process_time() - started < SECONDS
    assert verdict == f"Right: {TASKS[name].why}"


@pytest.mark.parametrize("name", TASKS)
def test_a_cleared_cell_says_what_is_to_be_written(name, monkeypatch, said):
    cell = unwritten(cell_of(TASKS[name]))
    part = part_in(cell, name, monkeypatch)
    assert said(part) == f"To write: {TASKS[name].what}."


@with_mistakes
def test_each_named_mistake_gets_its_sentence(name, place, said, monkeypatch):
    task = TASKS[name]
    mistake = task.mistakes[place]
    wrong = mistake.made

    def renamed(*arguments):
        return wrong(*arguments)

    renamed.__name__ = name
    if verdict_changes_input(task, wrong):
        pytest.fail("a mistake in the table should not change its arguments")
    assert said(renamed) == f"Not yet: {' '.join(mistake.sentence.split())}"


def verdict_changes_input(task, wrong):
    arguments = task.arguments(rng_for(0, "check"))
    before = [np.array(a, copy=True) for a in arguments if isinstance(a, np.ndarray)]
    wrong(*arguments)
    after = [a for a in arguments if isinstance(a, np.ndarray)]
    return not all(map(np.array_equal, before, after))


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_described(name):
    task = TASKS[name]
    assert 1 <= task.stars <= 3
    assert not task.what.endswith(".") and task.what[0].islower()
    assert task.why.endswith(".")
    assert len(task.first_line) <= 88
    assert (task.right is None) == (task.arguments is None) == (not task.mistakes)
    if task.right is not None:
        assert len(task.mistakes) >= 2
        assert task.look.endswith((".", "?"))


# -- a copy without solutions --------------------------------------------------------


@every_notebook
def test_what_a_text_or_a_hint_proposes_is_imported(path):
    """`math.ceil` in a hint, and no `import math` above: the student gets NameError."""
    proposed = [task.look for task in tasks_of(path)]
    proposed += [
        source_of(cell).partition(MARK)[2]
        for cell in cells_of(path)
        if cell["cell_type"] == "markdown"
    ]
    modules = set(re.findall(r"\b(math|np|itertools|plt)\.\w", "\n".join(proposed)))
    names = {}
    for cell in code_of(path):
        lines = [x for x in cell.splitlines() if re.match(r"import \w", x)]
        exec("\n".join(lines), names)
    assert modules <= set(names), f"not imported: {modules - set(names)}"


def test_copies_have_no_line_of_a_solution(tmp_path):
    pytest.importorskip("nbclient", reason="needs pip install '.[notebooks]'")
    command = [sys.executable, str(FOLDER / "run.py"), "--clear", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    compared = 0
    for path in NOTEBOOKS:
        kept = [c for c in code_of(path) if FIRST in c]
        cleared = [c for c in code_of(tmp_path / path.name) if FIRST in c]
        assert len(kept) == len(cleared)
        for one, other in zip(kept, cleared, strict=True):
            tree = ast.parse(one)
            nodes = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
            body = {
                line.strip()
                for node in nodes
                for statement in node.body[ast.get_docstring(node) is not None :]
                for line in ast.get_source_segment(one, statement).splitlines()
                if line.strip()
            }
            assert body and not body & {line.strip() for line in other.splitlines()}
            assert other.count("...") >= len(nodes)
            assert "#" not in other[1:]  # a comment of the solution
            names = {n.name for n in ast.walk(ast.parse(other)) if hasattr(n, "name")}
            assert names >= {n.name for n in nodes}
            compared += 1
    assert compared == len(TASKS)


CELL = '''# Your turn (*): add
def f(x):
    """x (H, W) -> y.

    Two lines.
    """
    # how it is done
    y = """a
b"""

    def inside(z):
        w = z
        return w

    return inside(y)
    # the end


class A(B):
    """A class."""

    kept = 1

    def forward(self, x):
        """x -> y."""
        return x

    def backward(self, dy):
        return dy


your_turn(f)'''
EMPTIED = '''# Your turn (*): add
def f(x):
    """x (H, W) -> y.

    Two lines.
    """
    ...


class A(B):
    """A class."""

    kept = 1

    def forward(self, x):
        """x -> y."""
        ...

    def backward(self, dy):
        ...


your_turn(f)'''


def test_three_dots_replace_the_body_of_each_function():
    assert unwritten(CELL) == EMPTIED


# -- what is said --------------------------------------------------------------------


def test_a_result_that_is_wrong_in_no_known_way(said):
    def crop_the_tail(photo):
        return photo[24:46, 7:28]

    assert said(crop_the_tail) == (
        "Not yet: The result has the shape (22, 21, 3), and should have (22, 20, 3). "
        "A slice for the rows, a comma, a slice for the columns: photo[..., ...]."
    )

    def brighter(photo):
        return np.minimum(photo.astype(int) + 61, 255).astype(np.uint8)

    assert re.match(
        r"Not yet: The number at \[0, 0, 0\] should be \d+, got \d+\. Three",
        said(brighter),
    )


@pytest.mark.parametrize(
    "body, sentence",
    [
        ("photo = photo + 1", "It returns nothing: is the last line a return?"),
        ("return foto", "NameError: name 'foto' is not defined (brighter, line 2)."),
        ("photo += 1\n    return photo", "It changes an array that it is given."),
        ("return 'bright'", "It should return numbers, got "),
        ("raise SystemExit(1)", "SystemExit: 1 (brighter, line 2)."),
        ("print('no'); return 1 / 0", "ZeroDivisionError: division by zero"),
    ],
)
def test_code_that_does_not_work(body, sentence, said):
    names = {}
    code = compile(f"def brighter(photo):\n    {body}", "a cell", "exec")
    exec(code, names)
    text = said(names["brighter"])
    assert text.startswith(f"Not yet: {sentence}") or sentence in text
    assert text.startswith("Not yet: ") and "Traceback" not in text


@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("brighter", "return photo if photo > 195 else photo + 60", "np.where"),
        ("max_pool", "return [[max(x[:KH, :KW])]]", "The largest of all: x.max()"),
        ("my_cross_entropy", "return -y * math.log(p)", "np.log"),
        ("my_cross_entropy", "return p if y == 1 else 1 - p", "one number"),
        ("one_number", "return (image[i:i+3, j:j+3] * kernel).sum()", "do not fit"),
        ("my_dense", "return x * kernel + bias", "do not fit together"),
    ],
)
def test_an_error_is_explained_and_followed_by_what_the_task_needs(
    name, body, sentence, said
):
    names = {"math": math}
    arguments = ", ".join(inspect.signature(TASKS[name].right).parameters)
    exec(f"def {name}({arguments}):\n    {body}", names)
    text = said(names[name])
    assert text.startswith("Not yet: ") and sentence in text
    assert text.endswith(TASKS[name].look)


def test_other_arguments_than_the_notebooks(said):
    def brighter(photo, by):
        return photo + by

    assert said(brighter) == (
        "Not yet: It is called as brighter(photo): missing a required argument: 'by'."
    )


def test_an_unknown_name(said):
    def brigther(photo):
        return photo

    assert said(brigther) == (
        'There is no task "brigther": the task here is "brighter".'
    )
    assert said("brighter") == "Without quotes, please: your_turn(brighter)."
    assert said(7) == 'There is no task "7".'


def test_turns_counts_what_is_right(capsys, said):
    turns()
    assert capsys.readouterr().out == "Nothing is written yet.\n"

    def crop_the_tail(photo):
        return photo[24:46, 7:27]

    def brighter(photo):
        """Not yet."""
        ...

    said(crop_the_tail)
    said(brighter)
    turns()
    assert capsys.readouterr().out == (
        "1 of 3 tasks right; still to do: swap_green_and_blue, brighter.\n"
    )


# -- parts of the exercises ----------------------------------------------------------


@pytest.fixture
def part(monkeypatch):
    """A task for a part that the grader knows, whatever the notebooks have."""

    def make(name):
        task = Task(name, 1, "", 2, "write it", "it is right.")
        monkeypatch.setitem(TASKS, name, task)

    return make


def test_a_part_is_checked_as_an_exercise_is(part, said):
    part("MyReLU")

    MyReLU = class_of("MyReLU", __file__)
    assert said(MyReLU) == "Right: it is right."
    MyReLU.backward = lambda self, dy: dy
    assert said(MyReLU).startswith(
        "Not yet: dx equals dy: the slope of the activation is"
    )
    MyReLU.backward = lambda self, dy: dy * self.maks
    assert said(MyReLU).startswith("Not yet: There is no self.maks")

    def backward(self, dy):
        """Still to be done."""
        ...

    MyReLU.backward = backward
    assert said(MyReLU) == "forward is right. To write: write it."
    assert MyReLU.backward is backward


def test_the_librarys_own_work_is_not_a_students(part, said):
    part("MyMaxPooling2D")

    class MyMaxPooling2D(MaxPooling2D):
        def forward(self, x, training=False):
            return super().forward(x, training)

        def backward(self, dy):
            return super().backward(dy)

    text = said(MyMaxPooling2D)
    assert text.startswith("Not yet: the library does the work of forward")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("return a.sum(), a.max()", "Right: it is right."),
        ("return a.sum()", "Not yet: It should return 2 results, got 1. Look."),
        (
            "return a.sum(), a",
            "Not yet: Result 2: The result has the shape (2, 3), and should have (). "
            "Look.",
        ),
        (
            "return a.sum(), 'a'",
            "Not yet: Result 2: It should return numbers, got a. Look.",
        ),
        ("return a.max(), a.sum()", "Not yet: They are exchanged."),
    ],
)
def test_a_task_with_two_results(body, sentence, said, monkeypatch):
    exchanged = Mistake(lambda a: (np.max(a), np.sum(a)), "They are exchanged.")
    task = Task(
        "both", 1, "", 1, "return two", "it is right.",
        lambda a: (np.sum(a), np.max(a)), lambda rng: (rng.standard_normal((2, 3)),),
        (exchanged,), "Look.",
    )  # fmt: skip
    monkeypatch.setitem(TASKS, "both", task)
    names = {}
    exec(f"def both(a):\n    {body}", names)
    assert said(names["both"]) == sentence


def test_the_right_numbers_of_another_dtype(said):
    def swap_green_and_blue(photo):
        return photo[:, :, [0, 2, 1]].astype(float)

    assert said(swap_green_and_blue).startswith(
        "Not yet: The numbers are right, but the dtype is float64, and not uint8."
    )
