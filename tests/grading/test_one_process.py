"""The grader where no process can be started: the same grades, within a time limit."""

import sys
import textwrap

import pytest
from test_grading import FILES, HEAD

import tinycnn.check
from tinycnn.commands.process import Signals, exit_status
from tinycnn.grading import grade_files, one_process
from tinycnn.parallel import threads


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No process can be started, and an attempt fails."""

    def refuse(*arguments, **keywords):
        raise OSError(138, "Not supported")

    monkeypatch.setattr(threads, "CAN_START", False)
    monkeypatch.setattr("subprocess.Popen", refuse)


@pytest.fixture
def grades_of(tmp_path):
    def grades_of(text, limit=60, name="my_layers.py", head=HEAD):
        file = tmp_path / name
        file.write_text(head + textwrap.dedent(text), encoding="utf-8")
        ((path, grades),) = grade_files([file], limit)
        assert path == file
        return {grade.name: grade for grade in grades}

    return grades_of


@pytest.mark.parametrize("text, verdict, line", FILES)
def test_the_grades_are_those_of_a_process(text, verdict, line, grades_of):
    (grade,) = grades_of(text).values()
    assert grade.verdict == verdict
    if line is not None and "os._exit" not in text:  # that is SystemExit here
        assert grade.lines[0].startswith(line)


ENDLESS = """
    class MyDense(Dense):
        def forward(self, x, training=False):
            while True:
                pass


    class MyLast(Dense):
        pass
"""


def test_an_endless_loop_ends_at_the_limit_and_the_next_part_is_checked(grades_of):
    grades = grades_of(ENDLESS, limit=0.3)
    slow = grades["MyDense"]
    assert slow.verdict == "too slow"
    assert slow.lines == ["It did not end within 0.3 seconds: an endless loop?"]
    assert grades["MyLast"].verdict == "right"
    assert sys.gettrace() is None or "coverage" in str(sys.gettrace())


def test_an_endless_file_ends_at_the_limit_too(grades_of):
    (grade,) = grades_of("while True:\n    pass\n", limit=0.3).values()
    assert (grade.name, grade.verdict) == ("", "too slow")


def test_a_file_that_ends_python_ends_only_its_check(grades_of):
    (grade,) = grades_of("import sys\nsys.exit(3)\n").values()
    assert grade.verdict == "failed"


def test_a_corrected_file_is_read_again(grades_of):
    wrong = "class MyDense(Dense):\n    def forward(self, x, training=False):\n"
    first = grades_of(wrong + "        return 2 * super().forward(x)\n")
    second = grades_of("class MyDense(Dense):\n    pass\n")
    assert [g["MyDense"].verdict for g in (first, second)] == ["WRONG", "right"]


def test_what_a_file_prints_and_imports_does_not_stay(grades_of, tmp_path, capsys):
    (tmp_path / "beside.py").write_text("NUMBER = 1\n", encoding="utf-8")
    before = sys.path.copy()
    grades_of("import beside\nprint(beside.NUMBER)\nclass MyDense(Dense):\n    pass\n")
    assert capsys.readouterr() == ("", "")
    assert "beside" not in sys.modules
    assert sys.path == before


def test_the_command_notes_it_once(tmp_path, monkeypatch, capsys):
    file = tmp_path / "my_layers.py"
    file.write_text(HEAD + textwrap.dedent(ENDLESS), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["check", str(file), "--only", "MyLast"])
    assert exit_status(tinycnn.check.main, Signals()) == 0
    out, err = capsys.readouterr()
    assert out.count(one_process.NOTE) == 1
    assert "MyLast" in out
    assert err == ""
