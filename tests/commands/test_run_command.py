"""A command out of a notebook: the same as a program and in this process."""

import signal
import sys

import pytest

from tinycnn.commands.run_command import run_command
from tinycnn.parallel import threads

RIGHT = "from tinycnn.layers import Dense\n\n\nclass MyDense(Dense):\n    pass\n"


@pytest.fixture(params=["a program", "this process"])
def where(request, monkeypatch):
    monkeypatch.setattr(threads, "CAN_START", request.param == "a program")
    return request.param


def test_it_runs_in_the_folder_and_keeps_what_is_printed(where, tmp_path, capsys):
    (tmp_path / "mine.py").write_text(RIGHT, encoding="utf-8")
    before = signal.getsignal(signal.SIGINT), sys.argv
    result = run_command("check", "mine.py", cwd=tmp_path)
    assert result.returncode == 0
    assert result.stdout.startswith("mine.py\n")
    assert result.stdout.endswith("1 file, 1 part: all right\n")
    assert result.stderr == ""
    assert capsys.readouterr() == ("", "")
    assert (signal.getsignal(signal.SIGINT), sys.argv) == before


def test_an_error_is_a_status_and_one_line(where, tmp_path):
    result = run_command("predict", "gone.safetensors", "photo.png", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("option, status", [("--help", 0), ("--no-such", 2)])
def test_what_ends_a_program_ends_only_the_command(where, option, status):
    assert run_command("check", option).returncode == status
