"""The notebooks of the walkthrough as they are stored; its run.py runs them."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from notebook_cells import (
    DOCS,
    FOLDER,
    NOTEBOOKS,
    cells_of,
    code_of,
    links_in,
    play,
    source_of,
    texts_of,
)

MOST_BYTES = 1_000_000
# The beginnings of paths on somebody's machine.
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(tmp|home|root|Users|usr|var|work|opt|private|mnt)/|\b[A-Z]:[\\/]"
)


def outputs_of(path):
    return [
        output
        for cell in cells_of(path)
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
    ]


def text_of(output):
    return "".join(output.get("text", [])) + "".join(
        "".join(content)
        for kind, content in output.get("data", {}).items()
        if kind.startswith("text/")
    )


every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def test_the_numbers_have_no_gaps_and_every_notebook_leads_to_the_next():
    numbers = [int(path.name[:2]) for path in NOTEBOOKS]
    assert numbers == list(range(1, len(numbers) + 1))
    for path, following in zip(NOTEBOOKS, [*NOTEBOOKS[1:], NOTEBOOKS[0]], strict=True):
        assert f"]({following.name})" in source_of(cells_of(path)[-1])
        title = source_of(cells_of(path)[0]).splitlines()[0]
        assert title.startswith(f"# {int(path.name[:2])} · ")


@every_notebook
def test_a_notebook_opens_and_closes_as_all_do(path):
    cells = cells_of(path)
    opening, last_code = (
        source_of(cells[0]),
        [cell for cell in cells if cell["cell_type"] == "code"][-1],
    )
    for word in ("**You will see**", "**Time**", "**You should know**"):
        assert word in opening
    text = "\n".join(source_of(c) for c in cells if c["cell_type"] == "markdown")
    assert "## What to remember" in text
    assert "**Guess before" in text or "**A game.**" in text
    before = source_of(cells[cells.index(last_code) - 1])
    assert before.rstrip().split("## ")[-1].startswith("Checks")
    assert source_of(last_code).count("assert ") >= 2
    for link in links_in(text):
        assert (FOLDER / link).exists(), link


@every_notebook
def test_a_notebook_is_stored_as_a_clean_run_leaves_it(path):
    code = [cell for cell in cells_of(path) if cell["cell_type"] == "code"]
    counts = [cell["execution_count"] for cell in code]
    assert counts == list(range(1, len(code) + 1))
    assert all(set(cell["metadata"]) <= {"alt"} for cell in cells_of(path))
    outputs = outputs_of(path)
    assert {output["output_type"] for output in outputs} <= {
        "stream",
        "display_data",
        "execute_result",
    }
    assert all(output.get("name") != "stderr" for output in outputs)
    # By these words the classroom's runner knows that it is at the end.
    last = text_of(outputs[-1]).splitlines()[-1]
    assert last.startswith("All checks passed.")


@every_notebook
def test_a_notebook_is_small_and_knows_no_machine(path):
    assert path.stat().st_size < MOST_BYTES
    for text in [*map(text_of, outputs_of(path)), *map(source_of, cells_of(path))]:
        assert not MACHINE_PATH.search(text), MACHINE_PATH.search(text)
        assert not re.search(r"object at 0x", text)


@every_notebook
def test_every_figure_has_words_for_those_who_cannot_see_it(path):
    for cell in cells_of(path):
        figures = [
            o for o in cell.get("outputs", []) if "image/png" in o.get("data", {})
        ]
        alt = cell["metadata"].get("alt", "")
        assert len(figures) == (1 if alt else 0), source_of(cell)[:200]
        if alt:
            assert 40 <= len(alt) <= 320 and alt.endswith("."), alt


def test_a_page_made_from_a_notebook_has_these_words():
    nbconvert = pytest.importorskip("nbconvert", reason="comes with jupyterlab")
    page, _ = nbconvert.HTMLExporter(template_name="classic").from_filename(
        str(NOTEBOOKS[2])
    )
    alts = [c["metadata"]["alt"] for c in cells_of(NOTEBOOKS[2]) if c["metadata"]]
    assert len(alts) == 2
    assert sorted(re.findall(r'alt="([^"]+)"', page)) == sorted(alts)


@every_notebook
def test_a_notebook_explains_its_code(path):
    kinds = "".join(cell["cell_type"][0] for cell in cells_of(path))
    assert kinds.startswith("m") and kinds.endswith("m")
    assert "ccc" not in kinds  # never three cells of code without a word


def test_the_list_of_notebooks_is_that_of_the_folder():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| \[[^]]+\]\(([^)]+)\) \| (\d+) \|", text, re.M)
    teachers = (DOCS / "for-teachers.md").read_text(encoding="utf-8")
    plan = dict(re.findall(r"^\| (\d+) [^|]+ \| (\d+) \|", teachers, re.M))
    assert [name for _, name, _ in rows] == [path.name for path in NOTEBOOKS]
    for number, name, minutes in rows:
        opening = source_of(cells_of(FOLDER / name)[0])
        assert f"**Time**: {minutes} minutes" in opening
        assert plan[number] == minutes


@pytest.fixture(scope="module")
def minutes():
    path = FOLDER / "minutes.py"
    spec = importlib.util.spec_from_file_location("minutes", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_words_lines_and_guesses_are_counted(minutes, tmp_path):
    path = tmp_path / "01-short.ipynb"
    turn = "# Your turn (**): add\ndef f(x):\n    return x + 1\n\n\nyour_turn(f)"
    write_notebook(path, "import os\n\nx = f(\n    1,\n)", turn, "assert x == 1")
    content = json.loads(path.read_text(encoding="utf-8"))
    words = "**Guess before you run.** " + "It's 7. word " * 200
    content["cells"].append({"cell_type": "markdown", "source": [words]})
    path.write_text(json.dumps(content), encoding="utf-8")
    counts = minutes.counted(path)
    assert counts == (4 + 3 * 200, 2, 1, 2)
    exact = 604 / 110 + 2 / 15 + 1.25 + 2 * 3
    assert 10 < exact < 15 and counts.minutes == 15


@every_notebook
def test_the_stated_minutes_are_the_computed_ones(path, minutes):
    stated = re.search(r"\*\*Time\*\*: (\d+) minutes", source_of(cells_of(path)[0]))
    assert int(stated[1]) == minutes.counted(path).minutes, "run walkthrough/minutes.py"


def test_minutes_go_to_the_table_of_notebooks_and_to_no_other(minutes):
    readme = (
        "| 1 | [A photo](01.ipynb) | 15 | rows |\n| 11 | [B](11.ipynb) | 15 | x |\n"
    )
    teachers = "| 1 A photo | 15 | variables |\n\n| week | |\n| 1 | 1 | each group |\n"
    written = minutes.with_minutes(readme + teachers, 1, 20)
    assert written == (readme + teachers).replace(
        "01.ipynb) | 15", "01.ipynb) | 20"
    ).replace("photo | 15", "photo | 20")


def test_the_readme_states_the_pace(minutes):
    text = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
    pace = f"{minutes.WORDS_A_MINUTE} words and {minutes.LINES_A_MINUTE} lines of code"
    assert pace in text and minutes.MINUTES_A_GUESS == 1.25
    assert "three minutes for each star" in text and minutes.MINUTES_A_STAR == 3


def test_the_sections_that_teachers_are_sent_to_exist():
    teachers = (DOCS / "for-teachers.md").read_text(encoding="utf-8")
    sections = re.findall(r'\[(\d+), "([^"]+)"\]\(\.\./walkthrough/([^)]+)\)', teachers)
    assert len(sections) >= 20
    for number, section, name in sections:
        assert int(name[:2]) == int(number)
        text = "\n".join(map(source_of, cells_of(FOLDER / name)))
        assert f"## {section}\n" in text, (name, section)


@pytest.fixture(scope="module")
def runner():
    """Run walkthrough/run.py with a folder of notebooks of its own."""
    pytest.importorskip("nbclient", reason="needs pip install '.[notebooks]'")

    def run(folder, *arguments):
        script = folder / "run.py"
        script.write_bytes((FOLDER / "run.py").read_bytes())
        return subprocess.run(
            [sys.executable, str(script), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    return run


def test_every_link_in_the_copies_leads_somewhere(tmp_path):
    pytest.importorskip("nbformat", reason="needs pip install '.[notebooks]'")
    copies = tmp_path / "copies"
    command = [sys.executable, str(FOLDER / "run.py"), "--clear", str(copies)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)

    pages = {path: "\n".join(texts_of(path)) for path in sorted(copies.glob("*.ipynb"))}
    assert [path.name for path in pages] == [path.name for path in NOTEBOOKS]
    for path in copies.rglob("*.md"):
        pages[path] = path.read_text(encoding="utf-8")
    links = [(path, link) for path, text in pages.items() for link in links_in(text)]
    assert len(links) > len(NOTEBOOKS)
    for path, link in links:
        assert Path(path.parent, link).resolve().is_relative_to(copies.resolve()), link
        assert Path(path.parent, link).exists(), f"{path.name}: {link}"
    copied = {path.name for path in (copies / "exercises").iterdir()}
    assert {"README.md", "hints.md", "my_exercises.py", "find_the_bug"} <= copied
    assert not copied & {"make.py", "__pycache__"}


@pytest.mark.parametrize("number, cells", [(12, 6), (16, 2)])
def test_a_notebook_leaves_what_it_did_not_make(number, cells, tmp_path, monkeypatch):
    """The README names runs/walkthrough as the folder for a student's copies."""
    monkeypatch.chdir(tmp_path)
    mine = [
        Path("runs", folder, "work.ipynb")
        for folder in ("walkthrough", "drawn-photos", "messy-photos", "mine")
    ]
    for path in mine:
        path.parent.mkdir(parents=True)
        path.write_text("a student's work", encoding="utf-8")
    play(monkeypatch, *code_of(NOTEBOOKS[number - 1])[:cells])
    for path in mine:
        assert path.read_text(encoding="utf-8") == "a student's work"
        assert [other.name for other in path.parent.iterdir()] == ["work.ipynb"]
    written = {path.name for path in Path("runs").iterdir()}
    written -= {path.parent.name for path in mine}
    assert (
        written
        >= {
            12: {"drawn-photos-2", "messy-photos-2"},
            16: {"who-is-it", "hero.safetensors"},
        }[number]
    )


def test_no_notebook_can_delete():
    for path in NOTEBOOKS:
        for cell in code_of(path):
            assert not re.search(r"rmtree|unlink\(|os\.remove|rmdir\(", cell), path.name


CHANGES = [
    (1, "slice(28, 36), slice(26, 34)", "slice(0, 6), slice(50, 64)"),
    (5, "H, W, C = 2, 3, 2", "H, W, C = 3, 4, 4"),
    (7, "((2.2, 1), (2.2, 0), (-1.0, 1))", "((40.0, 0), (30.0, 0), (-2.0, 1))"),
]


@pytest.mark.parametrize("number, old, new", CHANGES)
def test_a_student_may_change_these_numbers(
    number, old, new, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    cells = code_of(NOTEBOOKS[number - 1])
    assert sum(old in cell for cell in cells) == 1
    with np.errstate(divide="ignore", invalid="ignore"):  # in Jupyter a warning
        _, figures = play(monkeypatch, *[cell.replace(old, new) for cell in cells])
    assert "All checks passed." in capsys.readouterr().out
    if number == 1:
        (left, _) = next(f for f in figures if len(f.axes) == 2).axes
        assert [t.get_text() for t in left.get_yticklabels()] == list("012345")
        assert left.get_xticklabels()[-1].get_text() == "63"
    if number == 5:
        titles = [ax.get_title() for figure in figures for ax in figure.axes]
        assert any(
            title.endswith("light blue: channel 3; row 0 is at the top")
            for title in titles
        )


def write_notebook(path, *sources):
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{n}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for n, source in enumerate(sources)
    ]
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.slow
def test_the_runner_fails_where_a_cell_raises_and_writes_only_what_ran(
    runner, tmp_path
):
    good, bad = tmp_path / "01-good.ipynb", tmp_path / "02-bad.ipynb"
    listing = "import os\nprint('reading: 1 of 2\\r' + ' ' * 15 + '\\r', end='')\n"
    write_notebook(good, listing + "print(os.listdir())", "1 + 1")
    write_notebook(bad, "lesson = 2 + 2", "assert lesson == 5, 'the lesson broke'")
    before = bad.read_bytes()

    run = runner(tmp_path, "--write")

    assert run.returncode == 1
    assert "02-bad.ipynb: FAILED" in run.stdout
    assert "the lesson broke" in run.stdout
    assert "2 notebooks run, 1 failed" in run.stdout
    assert bad.read_bytes() == before
    first, second = outputs_of(good)
    assert text_of(first) == "[]\n"  # an empty folder of its own
    assert text_of(second) == "2"
    assert all(cell["metadata"] == {} for cell in cells_of(good))

    again = good.read_bytes()
    run = runner(tmp_path, "--write", "01")
    assert run.returncode == 0, run.stdout + run.stderr
    assert good.read_bytes() == again

    run = runner(tmp_path, "7")
    assert run.returncode == 2
    assert run.stderr == "error: no notebook here begins with '7'\n"


def test_copies_without_outputs_overwrite_nothing(runner, tmp_path):
    course, mine = tmp_path / "course", tmp_path / "new" / "mine"
    course.mkdir()
    names = ["01-seen.ipynb", "02-also.ipynb"]
    for name in names:
        write_notebook(course / name, "print(6 * 7)")
    content = json.loads((course / names[0]).read_text(encoding="utf-8"))
    printed = {"output_type": "stream", "name": "stdout", "text": "42\n"}
    content["cells"][0].update(execution_count=1, outputs=[printed])
    (course / names[0]).write_text(json.dumps(content), encoding="utf-8")
    originals = [(course / name).read_bytes() for name in names]

    run = runner(course, "--clear", str(mine))

    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout == f"2 without outputs in {mine}\n"
    for name in names:
        (cell,) = cells_of(mine / name)
        assert cell["outputs"] == [] and cell["execution_count"] is None
        assert source_of(cell) == "print(6 * 7)"

    (mine / names[0]).unlink()
    (mine / names[1]).write_text("a student's work", encoding="utf-8")
    for folder, what in ((mine, f"{names[1]} is there"), (course, f"{names[0]} is")):
        run = runner(course, "--clear", str(folder))
        assert run.returncode == 2
        assert run.stderr.startswith(f"error: {folder}: {what}")
    assert [path.name for path in mine.iterdir()] == [names[1]]
    assert (mine / names[1]).read_text(encoding="utf-8") == "a student's work"
    assert [(course / name).read_bytes() for name in names] == originals

    run = runner(course, "--clear", str(course / names[0]))
    assert run.returncode == 2 and run.stderr.startswith("error: ")
    assert runner(course, "--clear", str(mine), "01").returncode == 0
    assert sorted(path.name for path in mine.iterdir()) == names
