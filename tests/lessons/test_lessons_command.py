"""tinycnn lessons FOLDER: notebooks without answers, and exercises, out of a wheel."""

import json
import subprocess
import sys

import pytest
from conftest import PROJECT
from notebook_cells import NOTEBOOKS, code_of

from tinycnn.commands.process import Signals
from tinycnn.lessons import __main__ as lessons_command
from tinycnn.lessons.copies import PACK, lessons, write_lessons


def run(*arguments):
    return lessons_command.main([str(one) for one in arguments], Signals())


def files_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes()
            for p in folder.rglob("*") if p.is_file()}  # fmt: skip


def test_the_lessons_are_written_without_answers(tmp_path, capsys):
    folder = tmp_path / "a class" / "lessons"
    assert run(folder) == 0
    out = capsys.readouterr().out
    assert f"wrote {len(NOTEBOOKS)} notebooks and the exercises into {folder}" in out
    written = files_of(folder)
    assert {path.name for path in NOTEBOOKS} <= set(written)
    exercises = PROJECT / "walkthrough" / "exercises"
    for name in ("my_exercises.py", "hints.md", "train_with_mine.py"):
        assert written[f"exercises/{name}"] == (exercises / name).read_bytes()
    assert len([name for name in written if "find_the_bug" in name]) == 21
    for path in NOTEBOOKS:
        cells = json.loads(written[path.name])["cells"]
        assert not any(cell.get("outputs") for cell in cells)
        code = "\n".join(code_of(folder / path.name))
        assert code.count("guess(") == "\n".join(code_of(path)).count("guess(")
    code = "\n".join(code_of(folder / NOTEBOOKS[1].name))
    assert 'guess("nine ones", ...)' in code


@pytest.mark.parametrize("is_installed", [True, False])
def test_what_is_installed_is_not_to_be_installed(
    is_installed, tmp_path, monkeypatch, capsys
):
    found = object() if is_installed else None
    monkeypatch.setattr(lessons_command, "find_spec", lambda name: found)
    folder = tmp_path / "my lessons"
    assert run(folder) == 0
    *_, last = lines = capsys.readouterr().out.splitlines()
    assert last == f'to open them: python -m jupyter lab "{folder}"'
    wanted = "first install JupyterLab: python -m pip install jupyterlab"
    assert (wanted in lines) is not is_installed


def test_nothing_is_overwritten(tmp_path, capsys):
    with pytest.raises(lessons_command.CommandError) as first:
        (tmp_path / "mine.ipynb").write_text("a student's work", encoding="utf-8")
        run(tmp_path)
    # What this command line did in version 0.1 has another spelling now.
    assert f"python -m tinycnn.lessons --sheet {tmp_path}" in str(first.value)
    assert files_of(tmp_path) == {"mine.ipynb": b"a student's work"}

    other = tmp_path / "other"
    (other / "exercises").mkdir(parents=True)
    (other / "exercises" / "hints.md").write_text("mine", encoding="utf-8")
    with pytest.raises(lessons_command.CommandError, match=r"has exercises/hints\.md"):
        run(other)
    assert files_of(other) == {"exercises/hints.md": b"mine"}
    assert capsys.readouterr().out == ""


def test_a_folder_that_cannot_be_written(tmp_path):
    file = tmp_path / "a file"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(lessons_command.CommandError, match="should be a new folder"):
        run(file)
    with pytest.raises(lessons_command.CommandError, match="could not write") as error:
        run(file / "inside")
    assert "\n" not in str(error.value)
    assert file.read_text(encoding="utf-8") == "mine"


def test_the_format_is_for_the_sheet(tmp_path):
    with pytest.raises(lessons_command.CommandError, match="add --sheet"):
        run(tmp_path / "new", "--format", "csv")
    assert not (tmp_path / "new").exists()


def test_what_was_written_can_be_read_as_a_class(tmp_path, capsys):
    write_lessons(tmp_path / "anna")
    path = tmp_path / "anna" / NOTEBOOKS[1].name
    text = path.read_text(encoding="utf-8")
    answered = text.replace(r"guess(\"nine ones\", ...)", r"guess(\"nine ones\", 5)")
    assert answered != text
    path.write_text(answered, encoding="utf-8")
    assert run("--sheet", tmp_path) == 0
    assert '"nine ones"' in capsys.readouterr().out


def test_the_pack_is_that_of_the_walkthrough(tmp_path):
    pytest.importorskip("nbclient", reason="needs pip install '.[notebooks]'")
    copies = tmp_path / "copies"
    command = [sys.executable, str(PROJECT / "walkthrough" / "run.py")]
    subprocess.run(
        [*command, "--clear", str(copies)], check=True, capture_output=True, timeout=300
    )
    assert lessons() == {
        name: content.decode("utf-8") for name, content in files_of(copies).items()
    }, "run walkthrough/pack.py"


def test_the_pack_is_small():
    assert PACK.stat().st_size < 700_000
