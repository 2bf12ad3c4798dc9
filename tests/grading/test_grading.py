"""python -m tinycnn.check FILE: the grades of files that other people wrote."""
# ruff: noqa: NPY002 - students use np.random.rand

import csv
import dataclasses
import io
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from tinycnn.grading import Grade, Status, grade_files, grade_parts, summary, table
from tinycnn.grading.grader import grade_part
from tinycnn.grading.marks import file_checks
from tinycnn.text import LiveLine

HEAD = """\
import numpy as np
from tinycnn.layers import Conv2D, Dense, Layer
from tinycnn.losses import BinaryCrossentropy
from tinycnn.optimizers import SGD, Adam, Optimizer
"""


@pytest.fixture
def grades_of(tmp_path):
    """Return the grades of a file with this text, by name of the class."""

    def grades_of(text, limit=60, name="my_layers.py"):
        file = tmp_path / name
        file.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
        ((path, grades),) = grade_files([file], limit)
        assert path == file
        return {grade.name: grade for grade in grades}

    return grades_of


# Each: the file, the verdict on its class, and how the first line begins.
FILES = [
    (
        """
        class MyDense(Dense):
            def backward(self, dy):
                return super().backward(dy / len(dy))
        """,
        "WRONG",
        "dx is divided by the number of photos once too often. The loss already "
        "divides by N; a layer only sums. (MyDense.backward, line 8)",
    ),
    (
        """
        class Square(Layer):
            def forward(self, x, training=False):
                self.x = x
                return x * x
            def backward(self, dy):
                return 2 * self.x * dy
        """,
        "right",
        None,
    ),
    (
        """
        class Scale(Layer):
            def __init__(self, gain):
                super().__init__()
                self.gain = gain
            def forward(self, x, training=False):
                return self.gain * x
            def backward(self, dy):
                return self.gain * dy
        """,
        "not checked",
        "Scale needs gain: add a line CASES = [(Scale(gain=...), (5, 6, 2))] at the "
        "end of the file, the layer and the shape of one input",
    ),
    (
        """
        class Scale(Layer):
            def __init__(self, gain):
                super().__init__()
                self.gain = gain
            def forward(self, x, training=False):
                return self.gain * x
            def backward(self, dy):
                return dy
        CASES = [(Scale(2.0), (5,)), (Scale(1.0), (4, 3, 2))]
        """,
        "WRONG",
        "dx equals dy: the slope of the activation is missing.",
    ),
    (
        """
        class Scale(Layer):
            pass
        CASES = [Scale()]
        """,
        "not checked",
        "CASES should be a list of (layer, shape of one input), such as",
    ),
    (
        """
        class Conv2D(Conv2D):
            def forward(self, x, training=False):
                kernel = self.params["kernel"]
                self.params["kernel"] = kernel[::-1, ::-1]
                y = super().forward(x)
                self.params["kernel"] = kernel
                return y
        """,
        "WRONG",
        "y is computed with the kernel rotated by 180 degrees.",
    ),
    (
        """
        class Shell(Layer):
            def forward(self, x, training=False):
                raise NotImplementedError("write forward here")
        """,
        "not written",
        "Not written yet (forward, line 8): write forward here",
    ),
    (
        """
        class Half(Layer):
            def forward(self, x, training=False):
                return x
        """,
        "not written",
        "Not written yet: Half should define backward",
    ),
    (
        """
        class Falls(Layer):
            def forward(self, x, training=False):
                return x[9, 9, 9, 9]
        """,
        "failed",
        "IndexError: index 9 is out of bounds for axis 0 with size 5 (forward, line 8)",
    ),
    (
        """
        class Leaves(Layer):
            def forward(self, x, training=False):
                raise SystemExit(3)
        """,
        "failed",
        "SystemExit: 3",
    ),
    (
        """
        import os
        class Crashes(Layer):
            def forward(self, x, training=False):
                os._exit(7)
        """,
        "failed",
        "It ended the Python process (exit status 7).",
    ),
    (
        """
        class Plain:
            def forward(self, x):
                return x
            def backward(self, dy):
                return dy
        """,
        "not checked",
        "Plain has a forward and a backward, but is not a Layer: write "
        "`from tinycnn.layers import Layer` and `class Plain(Layer):`",
    ),
    (
        """
        class MyAdam(Adam):
            def update(self, params, grads):
                self.t = 0
                super().update(params, grads)
        """,
        "WRONG",
        "The bias correction lacks the power: it has 1 - beta, not 1 - beta**t. Use t, "
        "the number of the update, counted from 1. (MyAdam.update, line 7)",
    ),
    (
        """
        class Surprise(BinaryCrossentropy):
            def per_photo(self, y, y_pred):
                loss, gradient = super().per_photo(y, y_pred)
                return loss, -gradient
        """,
        "WRONG",
        "dy_pred has the wrong sign. Look for a missing or extra minus (p - y, not "
        "y - p). (Surprise.per_photo, line 9)",
    ),
    (
        """
        class Log(Layer):
            def forward(self, x, training=False):
                self.x = x
                return np.log(x)
            def backward(self, dy):
                return dy / self.x
        """,
        "WRONG",
        "y is infinite or not a number for some inputs between -",
    ),
    (
        """
        class Loss(BinaryCrossentropy):
            def per_photo(self, y, y_pred):
                loss, gradient = super().per_photo(y, y_pred)
                return loss, gradient * y.shape[1]
        """,
        "WRONG",
        "dy_pred is not divided by the number of outputs K (3 times too large with 3).",
    ),
    (
        """
        class Wide(Dense):
            def __init__(self, neurons, colour, **options):
                super().__init__(neurons, **options)
        """,
        "not checked",
        "Wide needs neurons, colour: add a line "
        "CASES = [(Wide(neurons=..., colour=...), (4,))] at the end of the file, ",
    ),
    (
        """
        class Step(SGD):
            def __init__(self, lr):
                super().__init__(lr)
        CASES = []
        """,
        "not checked",
        "Step needs lr: add Step(lr=...) to CASES",
    ),
    (
        """
        class Step(Optimizer):
            def __init__(self, lr):
                super().__init__(lr)
            def update(self, params, grads):
                for name, param in params.items():
                    param -= self.learning_rate * grads[name]
        CASES = [Step(lr=0.1)]
        """,
        "right",
        None,
    ),
    (
        """
        class Twice(Layer):
            def __init__(self):
                self.factor = 2
            def forward(self, x, training=False):
                return self.factor * x
            def backward(self, dy):
                return self.factor * dy
        """,
        "WRONG",
        "__init__ does not set up what Layer needs (such as self.params). Start it "
        "with super().__init__() - in an optimiser, with "
        "super().__init__(learning_rate). (Twice.__init__, line 7)",
    ),
    (
        """
        class Named(Layer):
            def __init__(self):
                self.params["bias"] = np.zeros(3)
        """,
        "WRONG",
        "__init__ does not set up what Layer needs (such as self.params). Start it",
    ),
    (
        """
        class Bias(Layer):
            def build(self, input_shape, rng):
                return super().build(input_shape, rng)
        """,
        "WRONG",
        "build cannot be called as build(input_shape, rng, dtype): too many positional "
        "arguments. The library has def build(self, input_shape, rng, dtype=...). "
        "Use the same arguments. (Bias.build, line 7)",
    ),
    (
        """
        class Half:
            def forward(self, x):
                return x
        """,
        "not checked",
        "Half has a forward, but is not a Layer: write",
    ),
    (
        """
        class Step:
            def update(self, params, grads):
                pass
        """,
        "not checked",
        "Step has an update, but is not an Optimizer: write `from tinycnn.optimizers "
        "import Optimizer` and `class Step(Optimizer):`",
    ),
    (
        """
        class Settings(dict):
            pass
        """,
        "not checked",
        "The file has no class that can be checked: write",
    ),
    ("", "not checked", "The file has no class that can be checked: write"),
    ("import nothing_of_that_name", "failed", "ModuleNotFoundError: No module named"),
    ("class Open(", "failed", "SyntaxError: '(' was never closed (line 5)"),
    ("raise SystemExit", "failed", "SystemExit (line 5)"),
]


@pytest.mark.parametrize(
    ("text", "verdict", "line"), FILES, ids=[str(n) for n in range(len(FILES))]
)
def test_the_grade_of_a_file(grades_of, text, verdict, line):
    (grade,) = grades_of(text).values()
    assert grade.verdict == verdict, grade
    assert grade.lines[0].startswith(line) if line else grade.lines == []


def test_a_class_that_never_ends_does_not_affect_the_others(grades_of):
    grades = grades_of(
        """
        class First(Dense):
            pass
        class Endless(Layer):
            def forward(self, x, training=False):
                while True:
                    pass
        class Last(Dense):
            def forward(self, x, training=False):
                print("noise")
                return super().forward(x)
        """,
        limit=4,
    )
    assert {name: grade.verdict for name, grade in grades.items()} == {
        "First": "right", "Endless": "too slow", "Last": "right",
    }  # fmt: skip
    assert grades["Endless"].lines == [
        "It did not end within 4 seconds: an endless loop?"
    ]


def test_a_file_named_like_a_module_of_python_is_checked_and_leaves_no_files(
    grades_of, tmp_path
):
    text = "class Mine(Dense):\n    pass"
    assert grades_of(text, name="random.py")["Mine"].verdict == "right"
    assert [path.name for path in tmp_path.iterdir()] == ["random.py"]


def test_every_gradient_is_reported_and_the_cases_are_counted(grades_of):
    grade = grades_of("class MyConv2D(Conv2D):\n    pass")["MyConv2D"]
    assert (grade.verdict, grade.cases, set(grade.errors)) == (
        "right", 6, {"x", "kernel", "bias"},
    )  # fmt: skip
    assert 0 < max(grade.errors.values()) < 1e-9


def test_the_command_prints_a_table_of_files_and_classes(call, tmp_path):
    right = "class MyDense(Dense):\n    pass\nclass Own(Dense):\n    pass\n"
    (tmp_path / "good.py").write_text(HEAD + right, encoding="utf-8")
    (tmp_path / "broken.py").write_text(f"{HEAD}def", encoding="utf-8")
    wrong = FILES[0][0]
    (tmp_path / "half.py").write_text(HEAD + textwrap.dedent(wrong), encoding="utf-8")
    names = ["good.py", "half.py", "broken.py"]
    run = call("check", *names, "--format", "csv", cwd=tmp_path)
    assert list(csv.reader(io.StringIO(run.stdout))) == [
        ["file", "MyDense", "Own", "right of 2"],
        ["good", "right (borrowed)", "right (borrowed)", "0"],
        ["half", "wrong: divided_by_batch", "missing", "0"],
        ["broken", *["failed: SyntaxError line 5"] * 2, "0"],
    ]
    assert (run.returncode, run.stderr) == (1, "")

    stars = call("check", "*.py", "--format", "csv", cwd=tmp_path)  # as on Windows
    assert sorted(stars.stdout.splitlines()) == sorted(run.stdout.splitlines())

    run = call("check", "good.py", cwd=tmp_path)
    first, part, *_, last = run.stdout.splitlines()
    assert (run.returncode, first, last) == (
        0, "good.py", "1 file, 2 parts: all right",
    )  # fmt: skip
    assert part == "  MyDense  right (borrowed)  (2 cases)"


def test_files_of_one_name_are_listed_with_folders_and_right_parts_are_counted():
    right, borrowed = Grade("A"), Grade("B", borrowed=["forward"])
    slow = Grade("B", "too slow", lines=["..."])
    failed = Grade("A", "failed", reason="KeyError line 3")
    assert table(
        {Path("a/zoë.py"): [right, slow], Path("b/ben.py"): [right, borrowed]}
    ) == [
        ["file", "A", "B", "right of 2"],
        ["zoë", "right", "too slow", "1"],
        ["ben", "right", "right (borrowed)", "1"],
    ]
    paths = Path("a") / "mine.py", Path("b") / "Mine.py"
    assert table({paths[0]: [right], paths[1]: [failed]}) == [
        ["file", "A", "right of 1"],
        [str(paths[0]), "right", "1"],
        [str(paths[1]), "failed: KeyError line 3", "0"],
    ]


def test_a_terminal_shows_what_is_being_checked_and_a_pipe_does_not(capsys):
    status = Status(3, 12, Path("students/cem.py"), "Endless", 7.4)
    for is_terminal in (True, False):
        live = LiveLine(is_terminal, sys.stderr)
        file_checks._show_status(live, dataclasses.replace(status, seconds=1.0))
        assert capsys.readouterr().err == ""
        file_checks._show_status(live, status)
        out, err = capsys.readouterr()
        line = "\r3 of 12 parts done; checking cem.py, Endless, 7 s"
        assert (out, err) == ("", line if is_terminal else "")
        live.wipe()
        assert capsys.readouterr().err.strip() == ""


def test_on_wait_is_called_with_how_far_the_check_is(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(f"{HEAD}class First(Dense):\n    pass\n", encoding="utf-8")
    statuses = []
    assert len(list(grade_parts([file], 600, on_wait=statuses.append))) == 1
    assert {(status.name, status.known) for status in statuses} == {
        ("", 1),
        ("First", 1),
    }
    assert all(s.path == file and s.done == 0 <= s.seconds for s in statuses)


def test_each_grade_is_yielded_before_the_next_part_has_ended(tmp_path):
    text = """
        class First(Dense):
            pass
        class Endless(Layer):
            def forward(self, x, training=False):
                while True:
                    pass
        """
    file = tmp_path / "mine.py"
    file.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
    grades = grade_parts([file], 600)
    path, names, grade = next(grades)
    assert (path, names, grade.verdict) == (file, ["First", "Endless"], "right")
    grades.close()


@pytest.mark.parametrize(
    ("verdicts", "text"),
    [
        (["right", "right"], "all right"),
        (["not written"] * 3, "3 not written"),
        (["right", "not written"], "1 right, 1 not written"),
        (["right", "WRONG", "failed", "not written"], "2 not right, 1 not written"),
    ],
)
def test_the_last_line_counts(verdicts, text):
    assert summary([Grade("A", verdict) for verdict in verdicts]) == text


def test_a_missing_file_is_named_before_anything_runs(call, tmp_path):
    run = call("check", "nowhere.py", cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr == (
        "error: FILE should be a Python file or a notebook, got nowhere.py: there "
        "is no such file\n"
    )


def test_a_pattern_that_matches_no_file_is_named(call, tmp_path):
    run = call("check", "none*.py", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (2, "error: no file matches none*.py\n")


def test_a_function_without_complex_numbers_is_not_an_array_of_integers(tmp_path):
    path = tmp_path / "heaviside.py"
    path.write_text(
        "import numpy as np\nfrom tinycnn.layers import ReLU\n\n\n"
        "class MyReLU(ReLU):\n"
        "    def forward(self, x, training=False):\n"
        "        self.kept = x\n"
        "        return np.maximum(x, 0)\n\n"
        "    def backward(self, dy):\n"
        "        return dy * np.heaviside(self.kept * 1j, 0)\n",
        encoding="utf-8",
    )
    grade = grade_part(path, "MyReLU")
    assert grade.verdict != "right"
    assert "whole_numbers" not in grade.causes
    assert "heaviside" in grade.lines[0]


def test_two_gradings_say_the_same_of_a_part_that_draws_random_numbers(tmp_path):
    file = tmp_path / "my_layers.py"
    text = """
    import random
    from tinycnn.layers import Layer
    RNG = np.random.default_rng()
    class Noisy(Layer):
        own = np.random.default_rng()
        def __init__(self):
            super().__init__()
            self.rng = np.random.default_rng()
        def forward(self, x, training=False):
            one, other = np.random.default_rng(), np.random.default_rng()
            assert one.random() != other.random()
            drawn = [np.random.rand(), random.random(), RNG.random()]
            drawn += [self.own.random(), self.rng.random(), one.random()]
            raise ValueError(f"drawn {drawn}")
    """
    file.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
    np.random.seed(3)
    expected = np.random.RandomState(3).rand()
    first, second = (grade_part(file, "Noisy") for _ in range(2))
    assert "drawn [" in first.lines[0]
    assert first.lines == second.lines
    assert np.random.rand() == expected
