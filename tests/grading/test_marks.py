"""The same marks everywhere: text, CSV, Gradescope, GitHub Classroom, notebooks."""

import csv
import doctest
import io
import json
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from types import ModuleType

import pytest
import students
from conftest import PROJECT, environment
from mistakes.measure import notebook_of
from students import DENSE, PARTS, RELU, SGD

from tinycnn import check
from tinycnn.commands.arguments import CommandError
from tinycnn.commands.process import Signals
from tinycnn.grading import Grade, require
from tinycnn.grading.grader import grade_part
from tinycnn.grading.marks import Assignment, file_checks, files_for, marks_of
from tinycnn.grading.processes import _missing

HEAD = f'"""Three parts.\n\nTo write.\n"""\n\n{students.HEAD}\n'
POINTS = {"MyReLU": 1, "MyDense": 1, "MySGD": 1}
EMPTY = 'raise NotImplementedError("return y")'
# What a student hands in, and the points.
STUDENTS = {
    "right": ({}, 3),
    "one_wrong": ({"MyReLU": RELU.replace("dy * self", "-dy * self")}, 2),
    "borrowed": ({"MyDense": "class MyDense(Dense):\n    pass\n"}, 2),
    "unwritten": ({"MySGD": SGD.replace("self.t += 1", EMPTY)}, 2),
    "fails": ({"MyDense": DENSE.replace("dy.sum(axis=0)", "dy.summe(axis=0)")}, 2),
    "missing": ({"MySGD": "", "MyReLU": RELU.replace("x > 0", "x < 0")}, 1),
    # Jupyter's own exit does not raise; this one of the parts is not right anywhere.
    **{
        f"part_calls_{name}": (
            {"MyReLU": RELU.replace("return np", f"{call}; return np")}, 2
        )
        for name, call in (
            ("quit", "quit(1)"), ("input", "input('x')"), ("raise", "raise SystemExit"),
        )
    },
    # After a part, for itself: what is written is written.
    **{
        f"cell_calls_{name}": ({"MyDense": f"{DENSE}\n{call}\n"}, 3)
        for name, call in (
            ("exit", "exit()"), ("sys_exit", "import sys\nsys.exit()"),
        )
    },
}  # fmt: skip


def template():
    texts = []
    for text in PARTS.values():
        methods = re.sub(r"(    def .*\n)(        .*\n|\n(?=        ))+",
                         rf"\1        {EMPTY}\n", text)  # fmt: skip
        texts.append(methods)
    return HEAD + "\n".join(texts)


def text_of(name):
    changed, _ = STUDENTS[name]
    return HEAD + "\n".join({**PARTS, **changed}.values())


@pytest.fixture(autouse=True)
def _own_path(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@cache
def graded(path, name, content):
    return grade_part(path, name).to_json()


@pytest.fixture
def handed_in(tmp_path, monkeypatch):
    """Return the folder with what a student hands in; the grader works in this process.

    Its own processes are tested in test_grading.py, and below with one file.
    """

    def grade_parts(paths, limit, on_wait, only):
        for path in paths:
            content = path.read_text(encoding="utf-8")
            names = re.findall(r"class (\w+)", content)
            wanted = [*only] or names
            for name in wanted:
                is_there = name in names
                grade = _missing(name, names)
                if is_there:
                    grade = Grade.from_json(graded(path, name, content))
                yield path, wanted, grade

    monkeypatch.setattr(file_checks, "grade_parts", grade_parts)

    def handed_in(student):
        folder = tmp_path / student
        folder.mkdir()
        file = folder / "my_exercises.py"
        file.write_text(text_of(student), encoding="utf-8")
        return folder

    return handed_in


def assignment(**options):
    return Assignment("my_exercises", template(), list(PARTS), **options)


def cells_of(text):
    return [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]


def about_cell(cell):
    return cell["metadata"].get("nbgrader", {})


def forbidden(*arguments):
    pytest.fail("the kernel would end, and with it the check of every other cell")


def executed(sources, names):
    """Run cells in one namespace, as a notebook; an error does not stop the others."""
    failed = []
    for number, source in enumerate(sources):
        try:
            exec(compile(source, f"cell {number}", "exec"), names)
        except (Exception, SystemExit):
            failed.append(number)
    return failed


def test_the_template_is_empty_and_python(tmp_path):
    text = template()
    assert text.count(EMPTY) == 5
    compile(text, "template", "exec")


@pytest.mark.parametrize("student", STUDENTS)
def test_every_way_gives_the_same_marks(student, handed_in, monkeypatch, capsys):
    folder = handed_in(student)
    file = str(folder / "my_exercises.py")
    expected = STUDENTS[student][1]
    is_right = student == "right"
    texts = files_for("gradescope", assignment())

    def run(*arguments):
        status = check.main([*arguments], Signals())
        return status, capsys.readouterr().out

    status, text = run(file)
    are_right = is_right or student == "borrowed" or "cell_calls" in student
    assert status == (0 if are_right else 1)
    assert len(re.findall(r"^  \w+ +right(?! \()", text, re.MULTILINE)) == expected
    _, table = run(file, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(table))
    assert [int(value) for key, value in row.items() if "right of" in key] == [expected]
    script = texts["run_autograder"].replace("\\\n", "")
    command = re.search(r"-m tinycnn.check \. (.*) > ", script)[1]
    _, text = run(str(folder), *shlex.split(command))
    tests = json.loads(text)["tests"]
    assert [t["name"] for t in tests] == list(PARTS)
    assert sum(t["score"] for t in tests) == expected
    assert sum(t["max_score"] for t in tests) == 3
    # GitHub Classroom: a command for each part, whose exit status decides.
    monkeypatch.chdir(folder)
    workflow = files_for("classroom", assignment())[".github/workflows/classroom.yml"]
    steps = re.findall(r"command: python -m tinycnn.check (.*)\n.*\n.*max-score: (.*)",
                       workflow)  # fmt: skip
    assert len(steps) == 3
    assert expected == sum(
        int(most) for words, most in steps if run(*shlex.split(words))[0] == 0
    )


@pytest.mark.parametrize("student", STUDENTS)
def test_the_test_cells_of_notebooks_give_the_same_marks(student):
    expected = STUDENTS[student][1]
    text = files_for("nbgrader", assignment())
    cells = cells_of(text["source/my_exercises/my_exercises.ipynb"])
    changed = {**PARTS, **STUDENTS[student][0]}
    # The student fills in the cells for solutions; the test cells are locked.
    sources = [
        changed.get(about_cell(cell).get("grade_id"), cell["source"]) for cell in cells
    ]
    # Jupyter's exit and quit do nothing at once, and end the kernel after the cell.
    names = {"__name__": "__main__", "exit": forbidden, "quit": forbidden}
    failed = executed(sources, names)
    points = [
        about_cell(cell)["points"] if number not in failed else 0
        for number, cell in enumerate(cells)
        if about_cell(cell).get("grade")
    ]
    assert len(points) == 3
    assert sum(points) == expected
    # Otter runs the doctests of a file for each part in the same namespace.
    passed = 0
    for name in PARTS:
        scope = {}
        exec(files_for("otter", assignment())[f"tests/{name}.py"], scope)
        (case,) = scope["test"]["suites"][0]["cases"]
        example = doctest.DocTestParser().get_doctest(case["code"], names, name, "", 0)
        runner = doctest.DocTestRunner(verbose=False)
        passed += runner.run(example, out=lambda _: None).failed == 0
    assert passed == expected


def test_results_json_has_the_documented_fields_and_no_others(handed_in, capsys):
    folder = handed_in("one_wrong")
    options = ["--format", "gradescope", "--visibility", "after_due_date",
               "--hint", "1", "--points", "MyDense=2.5"]  # fmt: skip
    assert check.main([str(folder), *options], Signals()) == 1
    content = json.loads(capsys.readouterr().out)
    assert set(content) == {"output", "execution_time", "tests"}
    assert content["output"] == "3.5 of 4.5 points."
    relu, dense, _ = content["tests"]
    fields = {"name", "score", "max_score", "output", "visibility"}
    assert [set(test) for test in content["tests"]] == [fields] * 3
    assert relu == {
        "name": "MyReLU", "score": 0, "max_score": 1, "visibility": "after_due_date",
        "output": "WRONG\ndx is not right: look at MyReLU.backward, line 19.",
    }  # fmt: skip
    assert (dense["score"], dense["output"]) == (2.5, "right")


def test_a_submission_without_files_says_so_where_the_student_reads_it(
    tmp_path, capsys
):
    with pytest.raises(CommandError, match=r"no file in .* ends in \.py or \.ipynb"):
        check.main([str(tmp_path), "--format", "gradescope"], Signals())
    content = json.loads(capsys.readouterr().out)
    assert content["score"] == 0
    assert content["output"].startswith("error: no file in")


def test_a_part_in_two_files_counts_once_and_a_file_that_fails_says_why(tmp_path):
    one, two = tmp_path / "a.py", tmp_path / "b.py"
    grades = {
        one: [Grade("MyReLU", "WRONG")],
        two: [Grade("MyReLU"), Grade("MyDense")],
    }
    marks = marks_of(grades, ["MyDense", "MyReLU", "MySGD"])
    assert [(m.grade.name, m.points) for m in marks] == [
        ("MyDense", 1), ("MyReLU", 0), ("MySGD", 0),
    ]  # fmt: skip
    broken = {one: [Grade("", "failed", lines=["SyntaxError (line 1)"])]}
    (mark,) = marks_of(broken, ["MyReLU"])
    assert mark.points == 0
    assert mark.grade.lines == ["a.py: SyntaxError (line 1)"]
    (mark,) = marks_of(broken)
    assert (mark.points, mark.grade.name) == (0, "")


def test_the_grader_prints_results_json_from_its_own_processes(tmp_path):
    file = tmp_path / "anna.py"
    file.write_text(text_of("one_wrong"), encoding="utf-8")
    before = file.read_bytes()
    command = [sys.executable, "-m", "tinycnn.check", str(file)]
    ended = subprocess.run(
        [*command, "--format", "gradescope", "--only", "MyReLU", "--only", "MySGD"],
        capture_output=True, text=True, env=environment(), cwd=tmp_path,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, "")
    tests = json.loads(ended.stdout)["tests"]
    assert [test["score"] for test in tests] == [0, 1]
    assert [path.name for path in tmp_path.iterdir()] == ["anna.py"]
    assert file.read_bytes() == before


def test_assignments_are_written_once_and_with_their_points(tmp_path, capsys):
    file = tmp_path / "homework.py"
    file.write_text(template(), encoding="utf-8")
    out = tmp_path / "out"
    arguments = [str(file), "--assignment", "classroom", "--output", str(out)]
    assert check.main([*arguments, "--points", "MySGD=2"], Signals()) == 0
    assert capsys.readouterr().out.count("\n") == 1
    text = (out / ".github" / "workflows" / "classroom.yml").read_text("utf-8")
    assert re.findall(r"max-score: (\d+)", text) == ["1", "1", "2"]
    assert "homework.py --only MySGD --own-work" in text
    assert re.findall(r"steps\.(\w+)\.", text) == re.findall(r" id: (\w+)", text)
    with pytest.raises(CommandError, match=r"new or an empty folder.*left as it is"):
        check.main(arguments, Signals())
    assert file.read_text(encoding="utf-8") == template()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--points", "MyReLU=1"], "--points needs a FILE"),
        (["--own-work"], "--own-work needs a FILE"),
        (["--format", "gradescope"], "--format gradescope needs a FILE"),
        (["--assignment", "otter"], "--assignment needs a FILE"),
        (["x.py", "--output", "y"], "--output needs --assignment"),
        (["FILE", "--assignment", "otter"], "needs --output FOLDER"),
        (["FILE", "FILE", "--assignment", "otter"], "needs one FILE"),
        (["FILE", "--points", "MyReLU"], "should be NAME=N, such as MyDense=2"),
        (["FILE", "--points", "MyReLU=-1"], "should be NAME=N, such as MyDense=2"),
        (["FILE", "--points", "MyReLU=nan"], "should be NAME=N, such as MyDense=2"),
        (["FILE", "--points", "A=1", "--only", "B"], "--only does not name that part"),
        (["FILE", "--hint", "4"], "--hint: invalid choice: 4"),
        (["FILE", "--visibility", "now"], "--visibility: invalid choice"),
        (["x.ipynb", "--assignment", "otter", "--output", "y"], "one Python file"),
        (["x.py", "--assignment", "otter", "--output", "y"], "cannot be read: No such"),
        (["FILE", "--only", "MyRelu", "--assignment", "otter", "--output", "y"],
         "has no MyRelu: it has MyReLU, MyDense, MySGD"),
        (["", "--format", "csv"], 'FILE is empty \\(""\\)'),
        (["FILE", "--only", ""], '--only is empty \\(""\\)'),
    ],
)  # fmt: skip
def test_bad_arguments_are_refused_in_one_line(
    tmp_path, monkeypatch, arguments, message
):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "mine.py"
    file.write_text(template(), encoding="utf-8")
    words = [str(file) if word == "FILE" else word for word in arguments]
    with pytest.raises(CommandError, match=message) as caught:
        check.main(words, Signals())
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


ENDINGS = {
    "exit": "exit()", "sys_exit": "import sys\nsys.exit(1)", "input": "input()",
    "error": "raise ValueError", "nothing": "x = 3",
}  # fmt: skip


@pytest.mark.parametrize(
    ("ending", "place"), [*((one, "between") for one in ENDINGS), ("exit", "before")]
)
def test_a_file_and_a_notebook_have_the_same_marks(ending, place, tmp_path):
    texts = [students.HEAD, RELU, DENSE]
    texts.insert({"before": 1, "between": 2}[place], ENDINGS[ending])
    file, notebook = tmp_path / "anna.py", tmp_path / "anna.ipynb"
    file.write_text("\n".join(texts), encoding="utf-8")
    notebook.write_text(notebook_of(texts), encoding="utf-8")
    for path in (file, notebook):
        whole = grade_part(path, "")
        assert whole.part_names == ["MyReLU", "MyDense"]
        assert whole.verdict == ("right" if ending == "nothing" else "failed")
        assert grade_part(path, "MyDense").counts


def test_an_endless_loop_at_the_end_costs_no_part_its_points(tmp_path):
    texts = [students.HEAD, RELU, "while True:\n    pass\n"]
    for name, text in (("a.py", "\n".join(texts)), ("a.ipynb", notebook_of(texts))):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        assert grade_part(path, "MyReLU").counts


@pytest.mark.parametrize("can_ring", [True, False])
def test_a_part_that_never_ends_is_stopped_in_a_cell_too(can_ring, monkeypatch):
    if not can_ring:  # as on Windows
        monkeypatch.delattr("signal.setitimer", raising=False)
    module = ModuleType("student")
    monkeypatch.setitem(sys.modules, "student", module)
    loop = "while True:\n            pass\n        return np"
    text = students.HEAD + RELU.replace("return np", loop)
    exec(compile(text, "cell", "exec"), module.__dict__)
    before = sys.stdin, os._exit, sys.gettrace()  # a run with coverage has a trace
    with pytest.raises(AssertionError, match="MyReLU: too slow\nIt did not end within"):
        require(module.MyReLU, limit=0.3)
    assert (sys.stdin, os._exit, sys.gettrace()) == before
    assert "exit" not in module.__dict__
    text = students.HEAD + RELU.replace("return np", "os._exit(3); return np")
    exec(compile(f"import os\n{text}", "cell", "exec"), module.__dict__)
    with pytest.raises(AssertionError, match="MyReLU: failed\nSystemExit: 3"):
        require(module.MyReLU)


def test_require_says_what_a_student_reads():
    from tinycnn.layers import ReLU

    class MyReLU(ReLU):
        def forward(self, x, training=False):
            self.mask = x > 0
            return x * self.mask

        def backward(self, dy):
            return -dy * self.mask

    with pytest.raises(AssertionError, match="MyReLU: WRONG\ndx has the wrong sign"):
        require(MyReLU)
    with pytest.raises(AssertionError, match="dx is not right: look at MyReLU"):
        require(MyReLU, hint=1)


def test_hints_go_from_where_to_what_to_do(tmp_path, capsys, handed_in):
    file = str(handed_in("one_wrong") / "my_exercises.py")
    where = "dx is not right: look at MyReLU.backward, line 19."
    what = "dx has the wrong sign. (MyReLU.backward, line 19)"
    to_do = (
        "dx has the wrong sign. Look for a missing or extra minus (p - y, not y - p). "
        "(MyReLU.backward, line 19)"
    )
    for level, line in enumerate((where, what, to_do), start=1):
        check.main([file, "--only", "MyReLU", "--hint", str(level)], Signals())
        printed = capsys.readouterr().out.splitlines()
        assert printed[2] == f"      {line}"
        more = f"More: --hint {level + 1}"
        assert (printed[-1] == more) == (level < 3)
    check.main([file, "--only", "MyReLU"], Signals())
    assert capsys.readouterr().out.splitlines()[2] == f"      {to_do}"


@pytest.mark.parametrize("system", ["nbgrader", "otter"])
def test_a_notebook_says_how_its_own_parts_are_checked(system):
    source = (PROJECT / "walkthrough/exercises/my_exercises.py").read_text("utf-8")
    files = files_for(system, Assignment("my_exercises", source, ["MyReLU"]))
    (text,) = (text for name, text in files.items() if name.endswith(".ipynb"))
    (said,) = (c for c in json.loads(text)["cells"] if c["cell_type"] == "markdown")
    assert "part by part, and check it: run the cell below it." in said["source"]
    assert "tinycnn.check" not in said["source"]
    if system == "otter":
        first = json.loads(text)["cells"][0]["source"]
        assert first.startswith("# Run this cell first: ")
