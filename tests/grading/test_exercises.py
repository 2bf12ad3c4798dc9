"""The exercises: templates, solutions, bugs to find; and what the grader reports."""

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
from tinycnn.grading import Grade, grader
from tinycnn.grading.cases import load, parts_of
from tinycnn.grading.grader import grade_part

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
def grade_of(tmp_path, monkeypatch):
    """Return the grade of one part of a file with this text, in this process."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return lambda text, part: make.grade_of(text, part, tmp_path)


# -- templates and solutions ----------------------------------------------------------


def test_the_committed_files_are_those_that_make_writes():
    texts = make.files()
    for name, text in texts.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, (
            f"run make.py: {name}"
        )
    bugs = {path.name for path in (FOLDER / "find_the_bug").glob("*.py")}
    assert {f"find_the_bug/{name}" for name in bugs} | {make.TEMPLATES} == set(texts)


def test_the_answer_key_is_current_and_outside_of_the_students_folder():
    assert make.KEY.read_text(encoding="utf-8") == make.answer_key(), "run make.py"
    assert not make.KEY.is_relative_to(FOLDER)
    assert set(hunt.KEY) == {name for name, *_ in hunt.HUNT}
    diff, method = make.difference(make.bug(1), make.bug(1, fixed=True))
    assert method == "forward"
    assert [line[0] for line in diff.splitlines()] == ["-", "+"]


def test_every_template_is_not_written_and_none_contains_a_solution(grade_of):
    text = make.exercises()
    for title in TITLES:
        grade = grade_of(text, title)
        assert grade.verdict == "not written", grade
        assert grade.lines[0].startswith("Not written yet (")
    for line in ("dy * is_positive", "y * (1 - y)", "cols.T @ dy", "p - y", "+="):
        assert line not in text.split("class MyReLU")[1]


def test_every_solution_is_right_and_not_borrowed(grade_of, tmp_path):
    text = make.exercises(solved=True)
    for title in TITLES:
        grade = grade_of(text, title)
        assert (grade.verdict, grade.lines, grade.borrowed) == ("right", [], [])
    assert list(parts_of(load(next(tmp_path.glob("*.py"))))) == TITLES


def test_edited_files_are_never_overwritten(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make, "HERE", tmp_path)
    monkeypatch.setattr(make, "KEY", tmp_path / "answers.md")
    monkeypatch.setattr(sys, "argv", ["make.py"])
    assert make.main() == 0
    file = tmp_path / make.TEMPLATES
    edited = file.read_text(encoding="utf-8").replace(
        "raise NotImpl", "return x  # ", 1
    )
    file.write_text(edited, encoding="utf-8")
    capsys.readouterr()
    assert make.main() == 2
    assert capsys.readouterr().err == (
        "error: my_exercises.py has been edited; move it away first\n"
    )
    assert file.read_text(encoding="utf-8") == edited


# -- the grader on the museum's bugs ---------------------------------------------------


def causes_of_museum():
    """Return the cause of each bug of the museum, by the name of its class."""
    exhibits = [*layers.EXHIBITS, *losses.EXHIBITS, *optimizers.EXHIBITS]
    return {type(exhibit[0]).__name__: exhibit[-1] for exhibit in exhibits}


@pytest.mark.slow
def test_every_bug_of_the_museum_is_found_with_its_cause(grade_of):
    causes = causes_of_museum()
    # These two are found before backward is diagnosed: by comparing forward with the
    # reference, and by an exception, since here the kernel is not square.
    causes |= {"FlippedForward": "kernel_flipped", "NotTransposed": "shapes_do_not_fit"}
    files = make.museum_files()
    grades = {name: grade_of(text, part) for part, name, text in files}
    assert set(grades) == set(causes)
    for name, grade in grades.items():
        assert grade.verdict == "WRONG", f"{name}: {grade}"
        assert causes[name] in grade.causes, f"{name}: {grade}"
        assert grade.lines


@pytest.mark.parametrize("number", NUMBERS)
def test_a_bug_to_find_is_wrong_for_its_cause_and_right_when_fixed(grade_of, number):
    name, part, _, cause = hunt.HUNT[number - 1]
    title = next(p.title for p in make.PARTS if p.name == part)
    text, fixed = make.bug(number), make.bug(number, fixed=True)
    grade = grade_of(text, title)
    assert (grade.verdict, set(grade.causes)) == ("WRONG", {cause})
    assert grade_of(fixed, title).cell == "right"  # and not borrowed
    changed = [
        line
        for line in difflib.ndiff(fixed.splitlines(), text.splitlines())
        if line[0] in "-+"
    ]
    assert len(changed) <= 10  # a single change
    assert name not in text
    assert cause not in text


def test_a_forward_that_keeps_the_wrong_array_is_named(grade_of):
    grade = grade_of(make.bug(1), "MyReLU")
    assert "(MyReLU.forward, line " in grade.lines[0]
    assert "check what your forward keeps for it." in grade.lines[0]
    grade = grade_of(make.bug(3), "MyDense")
    assert "(MyDense.backward, line " in grade.lines[0]


def test_a_class_that_does_not_use_kept_is_not_referred_to_it(grade_of):
    grade = grade_of(
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
    assert grade.causes == ["stale"]
    assert grade.lines == [
        "dx from a second call uses values kept by the first call. forward should "
        "replace the values kept for backward in every call. (MyReLU.forward, line 9)"
    ]


def test_the_bugs_to_find_hold_nothing_of_options_and_speed():
    """make.py takes the library's lines out by their wording, which may change."""
    for number in NUMBERS:
        text = make.bug(number)
        for words in ("skip_dx", "nesterov", "use_bias", "_prepared", "parallel_rows"):
            assert words not in text, number
        assert "# In blocks" not in text, number
        assert "# col2im" not in text, number


def test_the_bugs_to_find_are_the_museums():
    causes = causes_of_museum()
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
# (the file, the verdict or the cause, how the first line begins)
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
        "not_an_array",
        "The return value of forward is a tuple; it should be a NumPy array.",
    ),
    "forgets the return of backward": (
        DENSE + "        dx = dy @ self.params['kernel'].T\n",
        "nothing_returned",
        "backward returns nothing (None).",
    ),
    "grads in a list": (
        DENSE + "        self.grads = [self.x.T @ dy, dy.sum(0)]\n        return dy\n",
        "not_a_dict",
        "self.grads is a list; it should be a dict of arrays.",
    ),
    "no .T": (
        DENSE + "        return self.x @ dy\n",
        "shapes_do_not_fit",
        "Two shapes do not fit together (size 5 is different from 4): self.x (5, 4) @ "
        "dy (5, 3); self.x.T @ dy would give (4, 3).",
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
        "wrong: misspelt",
        'There is no "kernal": you wrote "kernal" for "kernel". Use the same name '
        "everywhere. (forward, line 10)",
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
        "__init__ does not set up what Layer needs (such as self.params).",
    ),
    "one number for the batch": (
        """
        class MyBinaryCrossentropy(BinaryCrossentropy):
            def per_photo(self, y, y_pred):
                loss, dz = super().per_photo(y, y_pred)
                return loss.mean(), dz
        """,
        "loss_of_the_batch",
        "per_photo returns one number for the whole batch; it should return one for "
        "each photo.",
    ),
    "no gradient": (
        """
        class MyBinaryCrossentropy(BinaryCrossentropy):
            def per_photo(self, y, y_pred):
                return super().per_photo(y, y_pred)[0]
        """,
        "not_a_pair",
        "per_photo returns one value; it should return two arrays.",
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
        "update does not change the arrays in params.",
    ),
    "a list of rows": (
        """
        def my_im2col(padded, window, strides):
            return list(windows.im2col(padded, window, strides))
        """,
        "not_an_array",
        "The return value of my_im2col is a list; it should be a NumPy array.",
    ),
    "whole numbers": (
        """
        def my_col2im(cols, padded_shape, window, strides):
            padded = np.zeros(padded_shape, int)
            padded += cols.sum()
            return padded
        """,
        "whole_numbers",
        "Fractions are stored in an array of integers.",
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


@pytest.mark.parametrize("name", FILES)
def test_the_grade_of_a_students_file(grade_of, name):
    text, verdict, line = FILES[name]
    text = textwrap.dedent(text)
    words = text.replace("(", " ").split()
    part = next(word for word in words if word.lower().startswith("my"))
    grade = grade_of(f"{HEAD}\n{text}", part)
    assert grade.cell == (f"wrong: {verdict}" if verdict in CAUSES else verdict)
    assert (grade.lines or [""])[0].startswith(line)
    assert all("\n" not in line and "Traceback" not in line for line in grade.lines)


def test_the_shapes_at_an_error_are_shown(grade_of):
    grade = grade_of(f"{HEAD}\n{FILES['no .T'][0]}", "MyDense")
    assert grade.lines[1] == (
        'The shapes there: dy (5, 3), params["kernel"] (4, 3), params["bias"] (3,), '
        "self.x (5, 4)."
    )


def test_the_causes_of_earlier_cases_stay_when_a_later_one_fails(grade_of):
    grade = grade_of(
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
    assert (grade.verdict, grade.causes) == ("WRONG", ["constant_factor"])
    assert grade.lines[1].startswith("ZeroDivisionError: mine (backward, line 10)")


# One change in a solution: (the part, the code, its replacement, the cause, how the
# first line begins). A second line can only be the shapes.
CHANGED = {
    "a mask for a gradient": (
        "MyReLU",
        "return dy * is_positive",
        "return is_positive",
        "mask_returned",
        "The return value of backward is an array of True and False; it should be "
        "numbers. A mask only says where: multiply by it (dy * mask). "
        "(MyReLU.backward,",
    ),
    "x written in forward": (
        "MyReLU",
        "y = np.maximum(x, 0)",
        "x[x < 0] = 0\n        y = x * 1",
        "x_written",
        "The layer modified x, its input. Make a new array instead of changing x in "
        "place (x[...] = , x -= 1, out=x): np.where(...), or x = x.copy() before. "
        "(MyReLU.forward, line ",
    ),
    "0 counts as positive": (
        "MyReLU",
        "(x > 0,)",
        "(x >= 0,)",
        "slope_at_zero",
        "dx uses slope 1 where x is exactly 0; it should be 0 there. 0 is not "
        "positive: compare x > 0, not x >= 0. (MyReLU.forward, line",
    ),
    "the last of equals": (
        "MyMaxPooling2D",
        "(cell > y)",
        "(cell >= y)",
        "not_the_first_of_equals",
        "Where several cells share the maximum, dx goes to the last; it should go to "
        "the first. Replace the maximum so far only by a larger cell (>, not >=), in "
        "row order. After a ReLU, often all cells of a window are equal. (MyMax",
    ),
    "float64 in backward": (
        "MyMaxPooling2D",
        "np.zeros(padded_shape, dy.dtype)",
        "np.zeros(padded_shape)",
        "wrong_dtype",
        "dx is float64 for float32 input. Create arrays with the dtype of the input, "
        "np.zeros(shape, x.dtype) or dy.dtype. Note that np.sqrt(2) is a float64; "
        "math.sqrt(2) is not. (MyMaxPooling2D.backward, line ",
    ),
    "a border that does not depend on the step": (
        "MyConv2D",
        "padded = pad(x, borders)",
        "borders = tuple(\n"
        "            ((n - 1) // 2, n // 2) if self.padding == 'same' else (0, 0)\n"
        "            for n in self.kernel_size\n"
        "        )\n"
        "        padded = pad(x, borders)",
        "index_rules",
        "y is not right: for y[n, i, j, f] and kernel[a, b, c, f], the column of the "
        "pixel is 3 * j + b - 2 (it should be 3 * j + b - 1).",
    ),
    "a border of 0": (
        "MyMaxPooling2D",
        "fill=-np.inf",
        "fill=0.0",
        "border_wins",
        'y treats the border as real cells: with padding="same", y is 0 where all real '
        "cells are below 0. Fill the border with -np.inf, not with 0, so that it is "
        "never the maximum. (MyMaxPooling2D.forward, line ",
    ),
    "the border counted": (
        "MyAveragePooling2D",
        "/ self._cells\n",
        "/ (self.pool_size[0] * self.pool_size[1])\n",
        "border_counted",
        'y counts the border too: with padding="same", the sum is divided by all cells '
        "of the window. Divide by the number of real cells in each window. (MyAverage",
    ),
    "one factor, not two sentences": (
        "MyAveragePooling2D",
        "/ self._cells\n",
        "/ (self._cells * 0 + 4)\n",
        "y_factor",
        "y is 1.5 times the correct output, everywhere: the sum of 6 cells is divided "
        "by 4 = either KH**2 or OH * OW. Is the sum divided by the number of cells, ",
    ),
    "grads added to nothing": (
        "MyDense",
        'self.grads = {"kernel": times(x.T, dy)',
        'self.grads["kernel"] += x.T @ dy\n        self.grads = {"kernel": x.T @ dy',
        "grads_not_made",
        'self.grads has no "kernel" yet: it is empty at first. Assign it anew in '
        "backward, self.grads = dict(kernel=..., bias=...); do not add to old "
        "gradients (+=). (",
    ),
    "the loss of a clipped z": (
        "MyBinaryCrossentropy",
        "z, e = y_pred, ",
        "z, e = np.clip(y_pred, -16, 16), ",
        "loss_capped",
        "The loss stops growing: where all logits are 20 and wrong, it is 16; it "
        "should be 20. Do not clip z or p: write log(p) in terms of z, and nothing "
        "overflows.",
    ),
    "a naive loss": (
        "MyBinaryCrossentropy",
        "loss = np.maximum(z, 0) - z * y + np.log1p(e)",
        "loss = np.log(1 + np.exp(z)) - z * y",
        "loss_overflows",
        "At a logit of 1000 the loss fails (overflow encountered in exp). Avoid exp of "
        "a large number and log of 0: exp(-abs(z)) is never above 1. For a softmax, ",
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_the_grade_of_a_solution_with_one_mistake(grade_of, name):
    part, right, wrong, cause, line = CHANGED[name]
    before, head, mine = make.exercises(solved=True).partition(f"class {part}(")
    assert right in mine
    grade = grade_of(f"{before}{head}{mine.replace(right, wrong, 1)}", part)
    assert (grade.verdict, set(grade.causes)) == ("WRONG", {cause})
    assert grade.lines[0].startswith(line), grade.lines
    assert len(grade.lines) == 1 or grade.lines[1].startswith("The shapes there")


def test_the_part_it_depends_on_is_blamed(grade_of):
    """A wrong my_im2col is not a mistake of MyConv2D, nor a wrong sum of the mean."""
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
        assert grade_of(text, below).verdict == "WRONG"
        grade = grade_of(text, part)
        assert (grade.verdict, grade.causes) == ("WRONG", ["part_not_right"])
        assert grade.lines == [
            f"{below} is not right yet, and {part} depends on it. Fix that one first, "
            "then check again."
        ]
        assert grade_of(text, "MyDense").verdict == "right"


def test_a_mistake_of_its_own_is_not_blamed_on_a_dependency(grade_of):
    text = make.exercises(solved=True).replace("dy / self._cells", "dy")
    grade = grade_of(text, "MyAveragePooling2D")
    assert grade.causes[0] == "not_divided_by_window"


def test_a_mistake_in_some_cases_only_is_reported_with_the_case(grade_of):
    text = make.exercises(solved=True).replace(
        "y = matmul(cols, K)",
        "y = matmul(cols, K)\n        y = y + np.sin(9 * y) * (self.padding == 'same')",
    )
    grade = grade_of(text, "MyConv2D")
    assert grade.causes == ["y_differs"]
    assert grade.lines[1] == (
        "This is for MyConv2D(filters=2, kernel_size=(2, 3), padding='same'); the "
        "cases before it are right."
    )


def test_every_wrong_part_has_a_line(grade_of, monkeypatch):
    monkeypatch.setattr(grader, "diagnose", lambda *case, training: [])
    text = f"{HEAD}\n{DENSE}        return dy @ self.params['kernel'].T\n"
    grade = grade_of(text, "MyDense")
    assert (grade.verdict, grade.cell) == ("WRONG", "wrong: unexplained")
    assert grade.causes == ["unexplained"]
    assert grade.lines[0].startswith("dx, dkernel, dbias: differs from the numerical")


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
        (  # the library's update calls it
            "import numpy as np\nfrom tinycnn.optimizers import RMSprop\n"
            "class MyRMSprop(RMSprop):\n    def step(self, param, grad, v):\n"
            "        v += (1 - self.rho) * (grad**2 - v)\n"
            "        param -= self.learning_rate * grad / np.sqrt(v + self.epsilon)",
            "MyRMSprop",
            [],
        ),
        (
            "from tinycnn.optimizers import RMSprop\n"
            "class MyRMSprop(RMSprop):\n    def step(self, param, grad, v):\n"
            "        super().step(param, grad, v)",
            "MyRMSprop",
            ["update"],
        ),
    ],
)
def test_borrowed_work_is_right_and_marked(grade_of, text, part, borrowed):
    text = text.replace("return super().backward", "self.kept = (self.x,)\n"
                        "        return super().backward")  # fmt: skip
    grade = grade_of(f"{HEAD}\n{text}\n", part)
    assert (grade.verdict, grade.borrowed) == ("right", borrowed)
    assert grade.cell == ("right (borrowed)" if borrowed else "right")
    assert len(grade.lines) == bool(borrowed)


# -- exercises written for the version before ------------------------------------------

# There, a layer kept its arrays in `_cache`, and `_remembered(dy)` returned them.
BEFORE = {
    "right": (
        """
        class MyDense(Dense):
            def forward(self, x, training=False):
                x = self.check_input(x)
                self._cache = (x,)
                return x @ self.params["kernel"] + self.params["bias"]
            def backward(self, dy):
                (x,) = self._remembered(dy)
                self.grads = {"kernel": x.T @ dy, "bias": dy.sum(axis=0)}
                return dy @ self.params["kernel"].T
        """,
        [],
        "",
    ),
    "wrong in backward": (
        """
        class MyDense(Dense):
            def forward(self, x, training=False):
                self._cache = (x,)
                return x @ self.params["kernel"] + self.params["bias"]
            def backward(self, dy):
                (x,) = self._remembered(dy)
                self.grads = {"kernel": x.T @ dy, "bias": dy.mean(axis=0)}
                return dy @ self.params["kernel"].T
        """,
        ["divided_by_batch"],
        "(MyDense.backward, line 14)",
    ),
    "wrong in what forward keeps": (
        """
        class MyReLU(ReLU):
            def forward(self, x, training=False):
                self._cache = (x < 0,)
                return np.maximum(x, 0)
            def backward(self, dy):
                (mask,) = self._remembered(dy)
                return dy * mask
        """,
        ["slope_on_wrong_side"],
        "check what your forward keeps for it. (MyReLU.forward, line 9)",
    ),
    "kept once": (
        """
        class MySigmoid(Sigmoid):
            def forward(self, x, training=False):
                y = 0.5 * (1 + np.tanh(x / 2))
                if self._cache is None:
                    self._cache = (y,)
                return y
            def backward(self, dy):
                (y,) = self._remembered(dy)
                return dy * y * (1 - y)
        """,
        ["stale"],
        "(MySigmoid.forward, line 9)",
    ),
}


@pytest.mark.parametrize("name", BEFORE)
def test_exercises_of_the_version_before_are_graded_as_then(grade_of, name):
    text, causes, end = BEFORE[name]
    text = f"{HEAD}\n{textwrap.dedent(text)}"
    part = text.split("class ")[1].split("(")[0]
    for version in (
        text,
        text.replace("_cache", "kept").replace("_remembered", "kept_for"),
    ):
        grade = grade_of(version, part)
        assert grade.verdict == ("WRONG" if causes else "right"), grade
        assert grade.causes == causes
        assert "".join(grade.lines[:1]).endswith(end)


@pytest.mark.parametrize("kept", ["x > 0", "[x > 0]", "{'mask': x > 0}"])
def test_a_layer_may_keep_anything_in_kept(grade_of, kept):
    mask = {"x": "self.kept", "[": "self.kept[0]", "{": "self.kept['mask']"}[kept[0]]
    text = f"""
class MyReLU(ReLU):
    def forward(self, x, training=False):
        self.kept = {kept}
        return np.maximum(x, 0)
    def backward(self, dy):
        return dy * {mask}
"""
    assert grade_of(HEAD + text, "MyReLU").cell == "right"
    wrong = text.replace(f"dy * {mask}", f"2 * dy * {mask}")
    assert grade_of(HEAD + wrong, "MyReLU").causes == ["constant_factor"]


# -- a network of own layers ----------------------------------------------------------


def test_own_layers_learn_what_the_mean_colour_does_not_show(
    tmp_path, monkeypatch, capsys
):
    training = script("train_with_mine")
    file = tmp_path / "mine.py"
    file.write_text(make.exercises(solved=True), encoding="utf-8")
    grades = [Grade(title) for title in TITLES]
    monkeypatch.setattr(
        training, "grade_files", lambda paths, limit: [(paths[0], grades)]
    )
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert training.main([str(file)], None) == 0
    *_, mine, without = capsys.readouterr().out.splitlines()
    share, colour = (float(line.split("%")[0].split()[-1]) for line in (mine, without))
    assert share >= 90 > float(without.split()[-1].rstrip("%"))
    assert colour == 50


def test_the_folder_works_anywhere_and_names_what_is_missing(tmp_path):
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
    assert last == "To see what is wrong: python -m tinycnn.check my_exercises.py"
    grade = grade_part(tmp_path / "bug_03.py", "MyDense")
    assert grade.causes[0] == "divided_by_batch"
    assert np.isfinite(list(grade.errors.values())).all()
