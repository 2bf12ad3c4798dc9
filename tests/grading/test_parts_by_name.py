"""A name that is wrong or missing: of a part, of an array, of what forward keeps."""

import pytest
from students import DENSE, HEAD, RELU

from tinycnn import check
from tinycnn.commands.arguments import CommandError
from tinycnn.commands.process import Signals
from tinycnn.grading.grader import grade_part
from tinycnn.grading.spelling import nearest


@pytest.fixture
def first_line(tmp_path, monkeypatch):
    """Return the first line of the grade of a part, with one change in its text."""
    monkeypatch.setattr("sys.path", [*__import__("sys").path])

    def first_line(text, old, new):
        assert text.count(old) == 1
        file = tmp_path / f"changed_{abs(hash((old, new)))}.py"
        file.write_text(HEAD + text.replace(old, new), encoding="utf-8")
        name = "MyReLU" if text is RELU else "MyDense"
        return grade_part(file, name).lines[0]

    return first_line


def test_the_causes_of_a_missing_name_are_in_the_table(tmp_path):
    lines = {
        "misspelt": ("self.mask\n", "self.maks\n"),
        "not_kept": ("        mask = x > 0\n        self.mask = mask\n", ""),
        "kept_in_local": ("        self.mask = mask\n", ""),
    }
    for place, (cause, (old, new)) in enumerate(lines.items()):
        file = tmp_path / f"cause_{place}.py"
        file.write_text(HEAD + RELU.replace(old, new), encoding="utf-8")
        assert grade_part(file, "MyReLU").causes == [cause]
    file.write_text(HEAD + DENSE.replace('{"kernel"', '{"dkernel"'), encoding="utf-8")
    assert grade_part(file, "MyDense").causes == ["other_grads"]
    file.write_text(
        "from tinycnn.optimizers import Adam\n"
        "class MyAdam(Adam):\n"
        "    def update(self, params, grads):\n"
        "        rate = 1 / (1 - self.beta_1**self.t)\n",
        encoding="utf-8",
    )
    assert grade_part(file, "MyAdam").causes == ["counts_from_zero"]


@pytest.mark.parametrize(
    ("text", "old", "new", "line"),
    [
        (RELU, "        self.mask = mask\n", "",
         "backward needs mask, which is a variable of forward and is gone when forward "
         "ends: write self.mask = mask there, and read self.mask."),
        (RELU, "dy * self.mask", "dy * mask",
         "backward needs mask, which is a variable of forward"),
        (RELU, "        mask = x > 0\n        self.mask = mask\n", "",
         "backward needs self.mask, and forward does not keep it: write self.mask = "
         "... there. forward must keep in self what backward needs."),
        (RELU, "dy * self.mask", "dy * self.maks",
         "There is no self.maks: you wrote self.maks for self.mask."),
        (DENSE, '+ self.params["bias"]', '+ self.params["biases"]',
         'There is no "biases": you wrote "biases" for "bias".'),
        (DENSE, 'x @ self.params["kernel"]', 'x @ self.params["W"]',
         'There is no "W": you wrote "W" for "kernel".'),
        (DENSE, '{"kernel"', '{"weights"',
         "self.grads has the names bias, weights; it should have bias, kernel."),
        # Nothing like it: only what Python says.
        (DENSE, 'x @ self.params["kernel"]', 'x @ self.params["xyz"]', "KeyError"),
        (DENSE, "self.x = x", "self.x = self.zzz", "AttributeError"),
        (DENSE, "self.x = x", "self.x = zzz", "NameError"),
    ],
)  # fmt: skip
def test_a_missing_name_is_explained(first_line, text, old, new, line):
    assert first_line(text, old, new).startswith(line)


def test_the_nearest_name():
    assert nearest("b", ["kernel", "bias"]) == "bias"
    assert nearest("B", ["bias"]) == "bias"
    assert nearest("kernal", ["bias", "kernel"]) == "kernel"
    assert nearest("epsilon", ["kernel", "bias"]) is None


def test_only_the_named_parts_are_checked(tmp_path, capsys):
    file = tmp_path / "mine.py"
    file.write_text(HEAD + RELU + DENSE.replace("+ self", "- self"), encoding="utf-8")
    run = [str(file), "--only"]
    assert check.main([*run, "MyReLU"], Signals()) == 0
    out = capsys.readouterr().out
    assert "MyReLU" in out
    assert "MyDense" not in out
    assert "1 file, 1 part: all right" in out
    assert check.main([*run, "MyDense", "--only", "MyReLU"], Signals()) == 1
    out = capsys.readouterr().out
    assert out.index("MyDense") < out.index("MyReLU")


def test_only_a_name_that_is_not_there_is_not_a_success(tmp_path, capsys):
    file = tmp_path / "mine.py"
    file.write_text(HEAD + RELU, encoding="utf-8")
    arguments = [str(file), "--only", "myrelu", "--only", "Sigmoid"]
    assert check.main(arguments, Signals()) == 1
    out = capsys.readouterr().out
    assert "The file has no myrelu: did you mean MyReLU?" in out
    assert "The file has no Sigmoid; it has MyReLU." in out
    with pytest.raises(CommandError, match="--only needs a FILE"):
        check.main(["--only", "MyReLU"], Signals())
