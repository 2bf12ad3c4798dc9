"""python -m tinycnn.check hw.ipynb: the grades of notebooks and of folders."""

import csv
import io
import json
import sys

import pytest

from tinycnn.grading import grade_files, notebooks
from tinycnn.grading.notebooks import NotANotebook, python_of, read_notebook

IMPORTS = "import numpy as np\nfrom tinycnn.layers import Layer, ReLU\n"
MY_RELU = """\
class MyReLU(ReLU):
    def forward(self, x, training=False):
        self.is_positive = x > 0
        return x * self.is_positive
    def backward(self, dy):
        return dy * self.is_positive
"""


def written(path, *cells, **more):
    """Write a notebook; a cell that begins with # is a text cell."""
    content = {
        "cells": [
            {"cell_type": "markdown", "source": [cell]}
            if cell.startswith("#")
            else {"cell_type": "code", "source": cell.splitlines(keepends=True),
                  "outputs": [{"text": "All right"}], "execution_count": 7}
            for cell in cells
        ],
        "nbformat": 4,
        "nbformat_minor": 5,
        **more,
    }  # fmt: skip
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.fixture
def graded(tmp_path):
    """Return the grades of a notebook with these code cells, by name of the class."""

    def graded(*cells, limit=60):
        file = written(tmp_path / "hw.ipynb", *cells)
        ((_, grades),) = grade_files([file], limit)
        return {grade.name: grade for grade in grades}

    return graded


def test_a_class_in_a_notebook_is_graded_as_in_a_file(graded):
    wrong = MY_RELU.replace("dy *", "-dy *")
    grades = graded("# My homework", IMPORTS, wrong, "layer = MyReLU()\n")
    assert list(grades) == ["MyReLU"]
    assert grades["MyReLU"].causes == ["sign"]
    assert grades["MyReLU"].lines[0].endswith(" (MyReLU.backward, code cell 2, line 6)")
    assert grades["MyReLU"].notes == []
    # A class that is written once more further down counts as it is there.
    assert graded(IMPORTS, wrong, MY_RELU)["MyReLU"].verdict == "right"


def test_an_error_in_a_method_names_the_cell_and_the_line(graded):
    failing = MY_RELU.replace("x * self", "y * self")
    grade = graded(IMPORTS, "\n" + failing)["MyReLU"]
    assert grade.cell == "failed: NameError code cell 2, line 5"
    assert grade.lines[0] == (
        "NameError: name 'y' is not defined (forward, code cell 2, line 5)"
    )


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("a = 1\n1 / 0", "ZeroDivisionError: division by zero (code cell 3, line 2)"),
        ("a = 1\n\ndef f(:", "SyntaxError: invalid syntax (code cell 3, line 3)"),
        ("raise SystemExit", "SystemExit (code cell 3, line 1)"),
        ("input()", "EOFError: EOF when reading a line (code cell 3, line 1)"),
    ],
)
@pytest.mark.parametrize("place", [2, 3])
def test_a_cell_that_fails_is_named_and_the_classes_are_graded(
    graded, cell, line, place
):
    cells = [IMPORTS, MY_RELU, "a = 2"]
    cells.insert(place, cell)
    grades = graded(*cells)
    line = line.replace("cell 3", f"cell {place + 1}")
    assert grades["MyReLU"].verdict == "right"
    assert (grades[""].verdict, grades[""].lines[0]) == ("failed", line)
    assert grades[""].text_lines(6)[0] == "  (cells)  failed"


def test_a_name_that_a_later_cell_defines_is_named(graded):
    grades = graded(MY_RELU, "x = 1", IMPORTS)
    assert grades[""].lines == [
        "NameError: name 'ReLU' is not defined (code cell 1, line 1)",
        "Code cell 3 defines ReLU, which is too late for code cell 1: cells run from "
        "the top. Move it up; in Jupyter, Restart and Run All shows the same error.",
    ]
    (line,) = graded("y = undefined_name\nz = 1")[""].lines
    assert line.endswith("(code cell 1, line 1)")


def test_cells_after_the_last_class_do_not_cost_the_grades(graded):
    """Such as a training run that takes longer than the limit."""
    grades = graded(IMPORTS, MY_RELU, "while True:\n    pass", limit=8)
    assert {name: grade.verdict for name, grade in grades.items()} == {
        "": "too slow", "MyReLU": "right",
    }  # fmt: skip
    assert grades[""].lines == [
        "The cells after the last class did not end within 8 seconds: an endless loop?"
    ]
    grades = graded(IMPORTS, MY_RELU, "import os\nos._exit(5)")
    assert grades["MyReLU"].verdict == "right"
    assert grades[""].cell == "failed: exit status 5"


def test_a_later_cell_that_a_method_needs_is_run(graded):
    needs = MY_RELU.replace("x > 0", "above(x) & ok").replace("dy *", "scale * dy *")
    cells = [
        IMPORTS,
        needs,
        "def above(x):\n    return x > 0",
        "ok = True",
        "import math\nscale = 1",
        "MyReLU.colour = 'red'",
    ]
    grade = graded(*cells)["MyReLU"]
    assert (grade.verdict, grade.lines) == ("right", [])


@pytest.mark.parametrize(
    ("cells", "needed"),
    [
        ([MY_RELU, "x = 1", "print(x)"], 1),
        ([MY_RELU, "import numpy as np", "for _ in range(9): fit()"], 1),
        ([MY_RELU.replace("dy *", "np.sign(dy) *"), "import numpy as np", "x = 1"], 2),
        ([MY_RELU, "CASES = [(MyReLU(), (4,))]", "x = 1"], 2),
        ([MY_RELU, "def my_im2col(): pass", "x = 1"], 2),
        ([MY_RELU, "def plot(): pass", "x = 1"], 1),
        ([MY_RELU, "MyReLU.backward = f", "x = 1"], 2),
        ([MY_RELU, "from tools import *", "x = 1"], 2),
        ([MY_RELU, "def f(:", "x = 1"], 2),
        (["x = 1"], 0),
    ],
)
def test_which_cells_the_parts_need(cells, needed):
    assert notebooks.needed_of(cells) == needed


@pytest.mark.parametrize(
    ("cell", "python", "count"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1", 1),
        ("if x:\n    !pip install y\n    z", "if x:\n    pass\n    z", 1),
        ("!pip install a \\\n    b \\\n    c\nx = 1", "pass\n\n\nx = 1", 3),
        ("np.sum?\n?np.sum\nx", "pass\npass\nx", 2),
        ("files = !ls\na, b = %who\nx", "pass\npass\nx", 2),
        ("%%time\nx = 1", "pass\nx = 1", 1),
        ("\n%%bash\nls\ncd ..", "", 3),
        ("%%html\n<p>", "", 2),
        # No line of Jupyter's: nothing changes.
        ('text = """\n% of all\n! yes\n%%bash\n"""', None, 0),
        ("a = (b\n% c)", None, 0),
        ("def f(:\n% x", None, 0),
        ("x = 'open\n%pylab", None, 0),
        ("", None, 0),
    ],
)
def test_lines_for_jupyter_are_left_out_and_no_other(cell, python, count):
    assert python_of(cell) == (cell if python is None else python, count)


def test_what_is_left_out_is_said_in_one_line(graded, call, tmp_path):
    cells = [f"%matplotlib inline\n!ls\n{IMPORTS}", "x = 1", f"{MY_RELU}\n%who\n"]
    (grade,) = graded(*cells).values()
    note = "Left out: 3 lines for Jupyter (% or !) in code cells 1, 3."
    assert (grade.verdict, grade.notes) == ("right", [note])
    run = call("check", "hw.ipynb", cwd=tmp_path)
    assert run.stdout.splitlines()[:2] == ["hw.ipynb", f"  {note}"]
    assert (run.returncode, run.stderr) == (0, "")
    many = notebooks.Notebook([], left_out=[*range(1, 12)], lines_left_out=11)
    assert many.note.endswith(" in code cells 1, 2, 3, 4, 5, 6, 7, 8 and 3 more.")


def test_what_jupyter_defines_has_no_effect(graded):
    cell = (
        "display(3)\nshell = get_ipython()\n"
        "shell.run_line_magic('matplotlib', 'inline')\n"
        "assert 'google.colab' not in str(shell)\nassert __file__.endswith('.ipynb')\n"
    )
    assert list(graded(cell, IMPORTS, MY_RELU)) == ["MyReLU"]


def test_a_notebook_runs_in_its_folder_and_its_main_block_does_not(graded, tmp_path):
    (tmp_path / "helper.py").write_text("GAIN = 1\n")
    cell = (
        "import helper, os\nassert os.path.exists('helper.py')\n"
        "if __name__ == '__main__':\n    while True: pass\n"
    )
    assert graded(cell, IMPORTS, MY_RELU)["MyReLU"].verdict == "right"


def of_json(value):
    return json.dumps(value).encode()


CELL = {"cell_type": "code", "source": "x = 1"}
BAD = {
    "empty": (b"", "The file is not a notebook: the file is not JSON."),
    "cut off": (
        of_json({"cells": [CELL] * 9})[:200],
        "The file is not a notebook: the file is not JSON.",
    ),
    "Python": (b"x = 1\n", "The file is not a notebook: the file is not JSON."),
    "binary": (bytes(range(256)), "The file is not a notebook: the file is not UTF-8"),
    "deep": (b"[" * 100_000, "The file is not a notebook: the file is nested too deep"),
    "NaN": (b'{"cells": NaN}', "The file is not a notebook: the file holds the number"),
    "twice": (
        b'{"cells": [], "cells": []}',
        "The file is not a notebook: the file has a duplicate key.",
    ),
    "a dict": (of_json({"a": 1}), 'The file is JSON, but not a notebook: it has no "c'),
    "a list": (
        of_json([1]),
        'The file is JSON, but not a notebook: it has no "cells".',
    ),
    "a number for a cell": (
        of_json({"cells": [CELL, 3]}),
        "The file is JSON, but not a notebook: its cell 2 has no type or no text.",
    ),
    "no text": (
        of_json({"cells": [{"cell_type": "code"}]}),
        "The file is JSON, but not a notebook: its cell 1 has no type or no text.",
    ),
    "numbers for lines": (
        of_json({"cells": [{"cell_type": "code", "source": [1]}]}),
        "The file is JSON, but not a notebook: its cell 1 has no type or no text.",
    ),
    "R": (
        of_json({"cells": [CELL], "metadata": {"kernelspec": {"language": "R"}}}),
        "The notebook is for R, not for Python.",
    ),
    "2014": (
        of_json({"worksheets": [{"cells": []}], "nbformat": 3}),
        "The notebook has the format of 2014. Open it in Jupyter, and save it again.",
    ),
    "no cells": (
        of_json({"cells": []}),
        "The notebook has no code cell with code in it: was it saved?",
    ),
    "no classes": (of_json({"cells": [CELL]}), "The file has no class that can be ch"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_a_notebook_gives_one_clear_line(tmp_path, name):
    content, line = BAD[name]
    file = tmp_path / "hw.ipynb"
    file.write_bytes(content)
    ((_, (grade,)),) = grade_files([file], 60)
    assert (grade.name, grade.verdict, len(grade.lines)) == ("", "not checked", 1)
    assert grade.lines[0].startswith(line)


def test_a_huge_notebook_is_refused_unread_and_a_byte_order_mark_is_not(
    tmp_path, monkeypatch
):
    file = tmp_path / "hw.ipynb"
    file.write_bytes(b"\xef\xbb\xbf" + of_json({"cells": [CELL], "metadata": {}}))
    assert read_notebook(file).cells == ["x = 1"]
    monkeypatch.setattr(notebooks, "MAX_BYTES", 10)
    with pytest.raises(
        NotANotebook, match=r"^The notebook has \d+ bytes; at most 10 b"
    ):
        read_notebook(file)


def test_a_folder_stands_for_its_files_but_not_for_jupyters_copies(call, tmp_path):
    for folder in (".ipynb_checkpoints", "anna", "anna/__pycache__", "none"):
        (tmp_path / folder).mkdir()
    mine = IMPORTS + MY_RELU
    written(tmp_path / ".ipynb_checkpoints" / "hw-checkpoint.ipynb", mine)
    (tmp_path / "anna" / "__pycache__" / "hw.py").write_text("1 / 0")
    written(tmp_path / "anna" / "hw.ipynb", mine)
    (tmp_path / "ben.py").write_text(mine.replace("dy *", "-dy *"))
    (tmp_path / "notes.txt").write_text("1 / 0")
    expected = [
        ["file", "MyReLU", "right of 1"], ["hw", "right", "1"],
        ["ben", "wrong: sign", "0"],
    ]  # fmt: skip
    for name in (".", "**/*.*y*"):
        run = call("check", name, "--format", "csv", cwd=tmp_path)
        assert list(csv.reader(io.StringIO(run.stdout))) == expected
        assert (run.returncode, run.stderr) == (1, "")
    run = call("check", "none", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (
        2, "error: no file in none ends in .py or .ipynb\n",
    )  # fmt: skip


def test_the_modules_of_notebooks_can_hold_dataclasses(graded):
    cell = "from dataclasses import dataclass\n@dataclass\nclass A:\n    b: int = 1\n"
    assert graded(cell, IMPORTS, MY_RELU)["MyReLU"].verdict == "right"
    assert "_file_hw" not in sys.modules
