"""The exercises: shells, solutions, bugs to find - and the grader, graded."""

import difflib
import importlib.util
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT, environment
from museum import hunt, layers, losses, optimizers

from tinycnn.diagnosis.causes import CAUSES
from tinycnn.grading import Answer, verdicts
from tinycnn.grading.cases import load, parts_of
from tinycnn.grading.verdicts import answer_for

FOLDER = PROJECT / "walkthrough" / "exercises"
NUMBERS = range(1, len(hunt.HUNT) + 1)


def script(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make = script("make")
TITLES = [part.title for part in make.PARTS]


@pytest.fixture
def say_of(tmp_path, monkeypatch):
    """Return the answer for one part of a file with this text, in this process."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return lambda text, part: make.graded(text, part, tmp_path)


# -- shells and solutions -------------------------------------------------------------


def test_the_committed_files_are_what_the_library_gives():
    made = make.files()
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, (
            f"run make.py: {name}"
        )
    bugs = {path.name for path in (FOLDER / "find_the_bug").glob("*.py")}
    assert {f"find_the_bug/{name}" for name in bugs} | {make.SHELLS} == set(made)


def test_the_answer_key_is_current_and_lies_outside_of_the_students_folder():
    assert make.ANSWERS.read_text(encoding="utf-8") == make.answers(), "run make.py"
    assert not make.ANSWERS.is_relative_to(FOLDER)
    assert set(hunt.SAID) == {name for name, *_ in hunt.HUNT}
    diff, method = make.changed(make.bug(1), make.bug(1, mended=True))
    assert method == "forward"
    assert [line[0] for line in diff.splitlines()] == ["-", "+"]


def test_every_shell_is_not_written_and_none_holds_a_solution(say_of):
    text = make.exercises()
    for title in TITLES:
        answer = say_of(text, title)
        assert answer.verdict == "not written", answer
        assert answer.lines[0].startswith("Not written yet (")
    for line in ("dy * is_positive", "y * (1 - y)", "cols.T @ dy", "p - y", "+="):
        assert line not in text.split("class MyReLU")[1]


def test_every_solution_is_right_and_nobodys_else(say_of, tmp_path):
    text = make.exercises(solved=True)
    for title in TITLES:
        answer = say_of(text, title)
        assert (answer.verdict, answer.lines, answer.borrowed) == ("right", [], [])
    assert list(parts_of(load(next(tmp_path.glob("*.py"))))) == TITLES


def test_work_is_never_overwritten(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make, "HERE", tmp_path)
    monkeypatch.setattr(make, "ANSWERS", tmp_path / "answers.md")
    monkeypatch.setattr(sys, "argv", ["make.py"])
    assert make.main() == 0
    file = tmp_path / make.SHELLS
    mine = file.read_text(encoding="utf-8").replace("raise NotImpl", "return x  # ", 1)
    file.write_text(mine, encoding="utf-8")
    capsys.readouterr()
    assert make.main() == 2
    assert capsys.readouterr().err == (
        "error: my_exercises.py has been worked on; move it away first\n"
    )
    assert file.read_text(encoding="utf-8") == mine


# -- the grader, graded ---------------------------------------------------------------


def test_every_piece_of_the_museum_is_refused_with_its_cause(say_of):
    rooms = (layers.EXHIBITS, losses.EXHIBITS, optimizers.EXHIBITS)
    causes = {type(piece[0]).__name__: piece[-1] for room in rooms for piece in room}
    # Refused otherwise than by the diagnosis of backward: by the forward of the
    # library, and by an error, since here the kernel is not square.
    causes |= {"FlippedForward": "kernel_flipped", "NotTransposed": "shapes_do_not_fit"}
    found = {name: say_of(text, part) for part, name, text in make.spoiled()}
    assert set(found) == set(causes)
    for name, answer in found.items():
        assert answer.verdict == "WRONG", f"{name}: {answer}"
        assert causes[name] in answer.causes, f"{name}: {answer}"
        assert answer.lines


@pytest.mark.parametrize("number", NUMBERS)
def test_a_bug_to_find_is_refused_for_its_cause_and_right_when_mended(say_of, number):
    name, part, _, cause = hunt.HUNT[number - 1]
    title = next(one.title for one in make.PARTS if one.name == part)
    text, mended = make.bug(number), make.bug(number, mended=True)
    answer = say_of(text, title)
    assert (answer.verdict, set(answer.causes)) == ("WRONG", {cause})
    assert say_of(mended, title).cell == "right"  # nobody else's work
    changed = [
        line
        for line in difflib.ndiff(mended.splitlines(), text.splitlines())
        if line[0] in "-+"
    ]
    assert len(changed) <= 10  # it is one thing
    assert name not in text
    assert cause not in text


def test_a_forward_that_keeps_the_wrong_thing_is_pointed_at(say_of):
    answer = say_of(make.bug(1), "MyReLU")
    assert "(MyReLU.forward, line " in answer.lines[0]
    assert "look at what this one keeps in self._cache" in answer.lines[0]
    answer = say_of(make.bug(3), "MyDense")
    assert "(MyDense.backward, line " in answer.lines[0]


def test_of_a_cache_that_a_class_never_uses_nothing_is_said(say_of):
    answer = say_of(
        HEAD
        + textwrap.dedent(
            """
            class MyReLU(ReLU):
                mask = None
                def forward(self, x, training=False):
                    self.mask = x > 0 if self.mask is None else self.mask
                    return np.maximum(x, 0)
                def backward(self, dy):
                    return dy * self.mask
            """
        ),
        "MyReLU",
    )
    assert answer.causes == ["stale"]
    assert answer.lines == [
        "dx of a second call is computed from what the first call kept. forward should "
        "keep what backward needs anew in every call. (MyReLU.forward, line 9)"
    ]


def test_the_bugs_to_find_are_the_museums():
    rooms = (layers.EXHIBITS, losses.EXHIBITS, optimizers.EXHIBITS)
    causes = {type(piece[0]).__name__: piece[-1] for room in rooms for piece in room}
    assert len(NUMBERS) >= 12
    for name, _, _, cause in hunt.HUNT:
        assert causes[name] == cause


# -- what students do -----------------------------------------------------------------

HEAD = """\
import numpy as np
from tinycnn.layers import Conv2D, Dense, ReLU, Sigmoid, SumPooling2D
from tinycnn.layers import windows
from tinycnn.losses import BinaryCrossentropy
from tinycnn.optimizers import SGD
"""
DENSE = """\
class MyDense(Dense):
    def forward(self, x, training=False):
        self.x = x
        return x @ self.params["kernel"] + self.params["bias"]
    def backward(self, dy):
"""
# (the file, the verdict or the cause, how the first line of the answer begins)
FILES = {
    "prints": (
        """
        class MyReLU(ReLU):
            def forward(self, x, training=False):
                print("x", x.shape)
                self.mask = x > 0
                return np.maximum(x, 0)
            def backward(self, dy):
                print("dy", dy.shape)
                return dy * self.mask
        """,
        "right",
        "",
    ),
    "forgets the return": (
        """
        class MyReLU(ReLU):
            def forward(self, x, training=False):
                y = np.maximum(x, 0)
        """,
        "nothing_returned",
        "forward returns nothing (None). Is the last line a return? (MyReLU.forward, ",
    ),
    "a comma makes a tuple": (
        """
        class MyReLU(ReLU):
            def forward(self, x, training=False):
                return np.maximum(x, 0),
        """,
        "no_array",
        "What forward returns is a tuple; it should be a NumPy array.",
    ),
    "forgets the return of backward": (
        DENSE + "        dx = dy @ self.params['kernel'].T\n",
        "nothing_returned",
        "backward returns nothing (None).",
    ),
    "grads in a list": (
        DENSE + "        self.grads = [self.x.T @ dy, dy.sum(0)]\n        return dy\n",
        "no_dict",
        "self.grads is a list; it should be a dict of arrays.",
    ),
    "no .T": (
        DENSE + "        return self.x @ dy\n",
        "shapes_do_not_fit",
        "Two shapes do not fit together (size 5 is different from 4).",
    ),
    "half done": (
        DENSE + "        raise NotImplementedError('return dx')\n",
        "not written",
        "forward is right. Not written yet (backward, line 12): return dx",
    ),
    "a misspelt name": (
        """
        class MyDense(Dense):
            def forward(self, x, training=False):
                return x @ self.params["kernal"]
        """,
        "failed: KeyError line 10",
        "KeyError: 'kernal' (forward, line 10)",
    ),
    "float32 and nothing in it": (
        """
        class MySumPooling2D(SumPooling2D):
            def forward(self, x, training=False):
                return np.zeros((len(x), *self.output_shape), np.float32)
        """,
        "zero",
        "y is 0 everywhere.",
    ),
    "exp of a large number": (
        """
        class MySigmoid(Sigmoid):
            def forward(self, x, training=False):
                return 1 / (1 + np.exp(-x))
        """,
        "y_overflows",
        "At x = -1000 forward fails (overflow encountered in exp).",
    ),
    "no self": (
        """
        class MyReLU(ReLU):
            def forward(x, training=False):
                return np.maximum(x, 0)
        """,
        "wrong_arguments",
        "forward cannot be called as forward(x, training): too many positional ",
    ),
    "no numbers for half of the inputs": (
        """
        class MyReLU(ReLU):
            def forward(self, x, training=False):
                with np.errstate(invalid="ignore"):
                    return np.sqrt(x)
        """,
        "y_not_finite",
        "y is infinite or not a number for some inputs between -",
    ),
    "no super": (
        """
        class MyReLU(ReLU):
            def __init__(self):
                self.mask = None
        """,
        "super_not_called",
        "__init__ leaves out what Layer sets up (such as self.params).",
    ),
    "one number for the batch": (
        """
        class MyBinaryCrossentropy(BinaryCrossentropy):
            def per_photo(self, y, y_pred):
                loss, dz = super().per_photo(y, y_pred)
                return loss.mean(), dz
        """,
        "loss_per_photo",
        "The loss of per_photo has shape (); it should have (5,).",
    ),
    "no gradient": (
        """
        class MyBinaryCrossentropy(BinaryCrossentropy):
            def per_photo(self, y, y_pred):
                return super().per_photo(y, y_pred)[0]
        """,
        "no_pair",
        "per_photo returns one thing; it should return two arrays.",
    ),
    "no return of the loss": (
        """
        class MyBinaryCrossentropy(BinaryCrossentropy):
            def per_photo(self, y, y_pred):
                pass
        """,
        "nothing_returned",
        "per_photo returns nothing (None).",
    ),
    "a new array in the dict": (
        """
        class MySGD(SGD):
            def update(self, params, grads):
                for name in params:
                    params[name] = params[name] - self.learning_rate * grads[name]
        """,
        "not_in_place",
        "update leaves the arrays it was given as they were.",
    ),
    "a list of rows": (
        """
        def my_im2col(padded, window, strides):
            return list(windows.im2col(padded, window, strides))
        """,
        "no_array",
        "What my_im2col returns is a list; it should be a NumPy array.",
    ),
    "whole numbers": (
        """
        def my_col2im(cols, padded_shape, window, strides):
            padded = np.zeros(padded_shape, int)
            padded += cols.sum()
            return padded
        """,
        "whole_numbers",
        "Numbers with a fraction are put into an array of whole numbers.",
    ),
    "other arguments": (
        """
        def my_im2col(x, size):
            return x
        """,
        "wrong_arguments",
        "my_im2col cannot be called as my_im2col(padded, window, strides): too many",
    ),
}


@pytest.mark.parametrize("what", FILES)
def test_what_is_said_of_a_students_file(say_of, what):
    text, verdict, line = FILES[what]
    text = textwrap.dedent(text)
    words = text.replace("(", " ").split()
    part = next(word for word in words if word.lower().startswith("my"))
    answer = say_of(f"{HEAD}\n{text}", part)
    assert answer.cell == (f"wrong: {verdict}" if verdict in CAUSES else verdict)
    assert (answer.lines or [""])[0].startswith(line)
    assert all("\n" not in said and "Traceback" not in said for said in answer.lines)


def test_the_shapes_are_told_where_an_error_stopped_it(say_of):
    answer = say_of(f"{HEAD}\n{FILES['no .T'][0]}", "MyDense")
    assert answer.lines[1] == (
        'The shapes there: dy (5, 3), params["kernel"] (4, 3), params["bias"] (3,), '
        "self.x (5, 4)."
    )


def test_what_an_earlier_case_has_shown_stays_said(say_of):
    answer = say_of(
        HEAD
        + textwrap.dedent(
            """
            class MySumPooling2D(SumPooling2D):
                def backward(self, dy):
                    if self.strides == (1, 1):
                        raise ZeroDivisionError("mine")
                    return 2 * super().backward(dy)
            """
        ),
        "MySumPooling2D",
    )
    assert (answer.verdict, answer.causes) == ("WRONG", ["constant_factor"])
    assert answer.lines[1].startswith("ZeroDivisionError: mine (backward, line 10)")


# What misled: (the solution's method, what it was changed to, the cause,
# and how the first line begins; there is no second but for the shapes).
SOLVED = {
    "a mask for a gradient": (
        "MyReLU",
        "return dy * is_positive",
        "return is_positive",
        "mask_returned",
        "What backward returns is True and False; it should be numbers. A mask says "
        "where, not how much: multiply by it (dy * mask). (MyReLU.backward, line ",
    ),
    "x written in forward": (
        "MyReLU",
        "y = np.maximum(x, 0)",
        "x[x < 0] = 0\n        y = x * 1",
        "x_written",
        "The layer wrote into the x it was given. Make a new array (np.maximum(x, 0)) "
        "instead of changing x in place (x[x < 0] = 0). (MyReLU.forward, line ",
    ),
    "0 counts as positive": (
        "MyReLU",
        "(x > 0,)",
        "(x >= 0,)",
        "slope_at_zero",
        "dx has the slope 1 where x is exactly 0; it should be 0 there. Is 0 counted "
        "as positive? Ask x > 0, not x >= 0. (MyReLU.forward, line ",
    ),
    "the last of equals": (
        "MyMaxPooling2D",
        "(cell > y)",
        "(cell >= y)",
        "not_the_first_of_equals",
        "dx goes to the last of several equal largest cells; it should go to the first."
        " Does a cell win that is only as large as the best so far? Ask for larger, in "
        "row order. After a ReLU whole windows are equal. (MyMaxPooling2D.forward, ",
    ),
    "float64 in backward": (
        "MyMaxPooling2D",
        "np.zeros(padded_shape, dy.dtype)",
        "np.zeros(padded_shape)",
        "wrong_dtype",
        "dx is float64, given float32. Make arrays with the dtype of what comes in, "
        "np.zeros(shape, dy.dtype); np.sqrt(2) is a float64, too, math.sqrt(2) is not. "
        "(MyMaxPooling2D.backward, line ",
    ),
    "a border of 0": (
        "MyMaxPooling2D",
        "fill=-np.inf",
        "fill=0.0",
        "border_wins",
        'y takes the border for a cell: with padding="same" it is 0 where all real '
        "cells are below 0. The border must never win: fill it with -np.inf, not with "
        "0. (MyMaxPooling2D.forward, line ",
    ),
    "the border counted": (
        "MyAveragePooling2D",
        "/ self._cells\n",
        "/ (self.pool_size[0] * self.pool_size[1])\n",
        "border_counted",
        'y counts the border, too: with padding="same" the sum is divided by all cells '
        "of the window. Divide by the real cells of each window only. (MyAverage",
    ),
    "one factor, not two sentences": (
        "MyAveragePooling2D",
        "/ self._cells\n",
        "/ (self._cells * 0 + 4)\n",
        "y_factor",
        "y is 1.5 times what it should be, everywhere. Is the sum divided by the "
        "number of cells, and by how many? (MyAveragePooling2D.forward, line ",
    ),
    "grads added to nothing": (
        "MyDense",
        'self.grads = {"kernel": product(x.T, dy)',
        'self.grads["kernel"] += x.T @ dy\n        self.grads = {"kernel": x.T @ dy',
        "grads_not_made",
        'self.grads has no "kernel" yet: it is empty at first. Make it anew in '
        "backward, self.grads = dict(kernel=..., bias=...); never add to an old one "
        "(+=). (",
    ),
    "the loss of a clipped z": (
        "MyBinaryCrossentropy",
        "z, e = y_pred, ",
        "z, e = np.clip(y_pred, -16, 16), ",
        "loss_capped",
        "The loss stops growing: for logits of 20, all on the wrong side, it is 16; it "
        "should be 20. Clip neither z nor p: write log(p) out with z, and nothing ",
    ),
    "a naive loss": (
        "MyBinaryCrossentropy",
        "loss = np.maximum(z, 0) - z * y + np.log1p(e)",
        "loss = np.log(1 + np.exp(z)) - z * y",
        "loss_overflows",
        "At a logit of 1000 the loss fails (overflow encountered in exp). Never take "
        "exp of a large number or log of 0: exp(-abs(z)) is always at most 1. With a ",
    ),
}


@pytest.mark.parametrize("what", SOLVED)
def test_what_is_said_of_one_slip_in_a_solution(say_of, what):
    part, right, wrong, cause, line = SOLVED[what]
    before, head, mine = make.exercises(solved=True).partition(f"class {part}(")
    assert right in mine
    answer = say_of(f"{before}{head}{mine.replace(right, wrong, 1)}", part)
    assert (answer.verdict, set(answer.causes)) == ("WRONG", {cause})
    assert answer.lines[0].startswith(line), answer.lines
    assert len(answer.lines) == 1 or answer.lines[1].startswith("The shapes there")


def test_the_part_below_is_to_blame(say_of):
    """A wrong my_im2col is not MyConv2D's mistake, nor a wrong sum the mean's."""
    solved = make.exercises(solved=True).replace(
        "product_col2im(dy, K.T, ", "my_col2im(dy @ K.T, "
    )
    for below, right, wrong, part in (
        ("my_col2im", "np.zeros(padded_shape, cols.dtype)", "np.zeros(padded_shape)",
         "MyConv2D"),
        ("my_im2col", "transpose(0, 1, 2, 4, 5, 3)", "transpose(0, 1, 2, 3, 4, 5)",
         "MyConv2D"),
        ("MySumPooling2D", "dcell += dy", "pass", "MyAveragePooling2D"),
    ):  # fmt: skip
        kind = "def" if below.islower() else "class"
        before, head, mine = solved.partition(f"{kind} {below}(")
        assert right in mine, below
        text = f"{before}{head}{mine.replace(right, wrong, 1)}"
        assert say_of(text, below).verdict == "WRONG"
        answer = say_of(text, part)
        assert (answer.verdict, answer.causes) == ("WRONG", ["part_not_right"])
        assert answer.lines == [
            f"{below} is not right yet, and {part} does its work with it. Mend that "
            "one first, and ask again."
        ]
        assert say_of(text, "MyDense").verdict == "right"


def test_a_class_s_own_mistake_is_its_own(say_of):
    text = make.exercises(solved=True).replace("dy / self._cells", "dy")
    answer = say_of(text, "MyAveragePooling2D")
    assert answer.causes[0] == "not_divided_by_window"


def test_of_a_mistake_that_only_some_cases_show_the_case_is_told(say_of):
    text = make.exercises(solved=True).replace(
        "y = cols @ kernel", "y = 1.0 * (self.padding == 'same') + cols @ kernel"
    )
    answer = say_of(text, "MyConv2D")
    assert answer.causes == ["y_differs"]
    assert answer.lines[1] == (
        "That is so in the case of MyConv2D(filters=2, kernel_size=(2, 3), "
        "padding='same'); those before it are right."
    )


def test_no_verdict_of_wrong_is_without_a_line(say_of, monkeypatch):
    monkeypatch.setattr(verdicts, "diagnose", lambda layer, shape: [])
    text = f"{HEAD}\n{DENSE}        return dy @ self.params['kernel'].T\n"
    answer = say_of(text, "MyDense")
    assert (answer.verdict, answer.cell) == ("WRONG", "wrong: unexplained")
    assert answer.causes == ["unexplained"]
    assert answer.lines[0].startswith("dx, dkernel, dbias: not the derivative found by")


@pytest.mark.parametrize(
    ("text", "part", "borrowed"),
    [
        ("class MyDense(Dense):\n    pass", "MyDense", ["forward", "backward"]),
        (
            DENSE + "        return super().backward(dy)",
            "MyDense",
            ["backward"],
        ),
        (
            "class MyReLU(ReLU):\n    def backward(self, dy):\n"
            "        return ReLU.backward(self, dy)",
            "MyReLU",
            ["forward", "backward"],
        ),
        (
            "from tinycnn.layers.windows import im2col as quick\n"
            "def my_im2col(padded, window, strides):\n"
            "    return quick(padded, window, strides)",
            "my_im2col",
            ["my_im2col"],
        ),
        ("class Own(Dense):\n    pass", "Own", ["forward", "backward"]),
        (
            "from tinycnn.losses import MeanSquaredError\n"
            "class SquareLoss(MeanSquaredError):\n    pass",
            "SquareLoss",
            ["per_photo"],
        ),
        (
            "class Own(Dense):\n    def forward(self, x, training=False):\n"
            "        return super().forward(x)",
            "Own",
            [],
        ),
    ],
)
def test_borrowed_work_is_right_and_said_to_be_borrowed(say_of, text, part, borrowed):
    text = text.replace("return super().backward", "self._cache = (self.x,)\n"
                        "        return super().backward")  # fmt: skip
    answer = say_of(f"{HEAD}\n{text}\n", part)
    assert (answer.verdict, answer.borrowed) == ("right", borrowed)
    assert answer.cell == ("right (borrowed)" if borrowed else "right")
    assert len(answer.lines) == bool(borrowed)


# -- a network of one's own -----------------------------------------------------------


def test_own_layers_learn_what_the_mean_colour_cannot_tell(
    tmp_path, monkeypatch, capsys
):
    training = script("train_with_mine")
    file = tmp_path / "mine.py"
    file.write_text(make.exercises(solved=True), encoding="utf-8")
    right = [Answer(title) for title in TITLES]
    monkeypatch.setattr(training, "answers", lambda paths, limit: [(paths[0], right)])
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert training.main([str(file)], None) == 0
    *_, mine, without = capsys.readouterr().out.splitlines()
    share, colour = (float(line.split("%")[0].split()[-1]) for line in (mine, without))
    assert share >= 90 > float(without.split()[-1].rstrip("%"))
    assert colour == 50


def test_the_folder_works_anywhere_and_says_what_is_missing(tmp_path):
    for name in ("train_with_mine.py", "find_the_bug/bug_03.py"):
        (tmp_path / Path(name).name).write_bytes((FOLDER / name).read_bytes())
    mine = f"{HEAD}\n{textwrap.dedent(FILES['prints'][0])}"
    mine += (
        "class MySigmoid(Sigmoid):\n    def backward(self, dy):\n"
        "        return dy * self.x * (1 - self.x)\n"
        "    def forward(self, x, training=False):\n        self.x = x\n"
        "        e = np.exp(-np.abs(x))\n"
        "        return np.where(x >= 0, 1, e) / (1 + e)\n"
    )
    (tmp_path / "my_exercises.py").write_text(mine, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "train_with_mine.py"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert (run.returncode, run.stderr) == (1, "")
    first, *lines, last = run.stdout.splitlines()
    assert first == "Not right yet:"
    assert "  MyDense: missing" in lines
    wrong = next(line for line in lines if "MySigmoid" in line)
    assert wrong.startswith("  MySigmoid: dx is computed as x * (1 - x). The formula")
    assert not any("MyReLU" in line for line in lines)
    assert last == "Ask what is wrong with: python -m tinycnn.check my_exercises.py"
    answer = answer_for(tmp_path / "bug_03.py", "MyDense")
    assert answer.causes[0] == "divided_by_batch"
    assert np.isfinite(list(answer.errors.values())).all()
