"""The notebooks ask before they show: every question, its cell, and its answer."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from notebook_cells import (
    DOCS,
    FOLDER,
    NOTEBOOKS,
    cells_of,
    code_of,
    play,
    source_of,
    unwritten,
)

from tinycnn.lessons import guessing, turns
from tinycnn.lessons.question import Between
from tinycnn.lessons.questions import QUESTIONS
from tinycnn.lessons.sheet import guesses_in, sheet
from tinycnn.lessons.tasks import TASKS

sys.path.append(str(DOCS))

import make_guesses

MARK = "**Guess before you run.**"
DETAILS = re.compile(r"<details><summary>(.*?)</summary>(.*?)</details>", re.S)
CHOICE = re.compile(r"^\* \*\*[a-d]\*\*: .*\n?", re.M)  # what can be chosen

# Reviewed: for each question, phrases that would give its answer away. None may stand
# where a reader sees it before the guess: in the text outside of <details> and above
# "What to remember". That they find anything is seen where the answer is.
GIVES_AWAY = {
    "dark channel": r"dark in blue|blue (channel|numbers) (is|are)|only the blue",
    "four changes": r"Columns backwards|: a mirror\b|: a negative",
    "200 + 100": r"\b44\b|300 . 256",
    "next number": r"number is 3\b|next number: 3|three of the",
    "nine ones": r"^The same\.|also (gives )?5\b|only the kernel's five",
    "even colour": r"this is 0|becomes? black|: black\b",
    "emboss": r"numbers add up to 1\b|keeps its brightness",
    "direction": r"finds vertical|compares right with left",
    "32 kernels": r"stays as it is|one more column",
    "nine messages": r"\*\*sum\*\*|must \*?add|adds? all rows|\*all nine\*",
    "there and back": r"multiplied by its count|\*not\* the inverse",
    "four averages": r"4, 1, 3|4\.0, 1\.0|divided by 4",
    "half of 29": r"\b14\b|fourteen|round down",
    "shift": r"by \*\*one\*\* pixel|very small shifts",
    "message": r"winner (gets|takes)|a quarter for each\.",
    "second number": r"channel runs fastest|last axis, the channel",
    "two places": r"place 10\b|at place 10",
    "another order": r"any order is fine|weights moved as well",
    "mixed photos": r"^Neither|does not know which|no idea|mixed set",
    "who wins": r"0\.43|\bPikachu wins|strong vote",
    "in the kernels": r"\b896\b|\b864\b",
    "two layers": r"again one matrix|are one\b|collapse",
    "even middle": r"Nearly as many|mean colour is enough|\b96 ?%",
    "without colours": r"Much worse|\b86 ?%",
    "counting": r"is not adding|same answer every|\b99 of 200|Iron Man every time",
    "two sigmoids": r"\*between\* 0 and 1|0\.88|z = 0 gives",
    "surprise": r"Sure and right|twenty times",
    "seven digits": r"exactly 1\b|From 17 on|is infinite",
    "weight of a zero": r"no input, no slope|slope is 0\b|0 times the weight",
    "stopped message": r"the last one stops|below 0 \(-4\)",
    "one step": r"Smaller, not 0|not how far",
    "smaller h": r"only rounding|\*both\* too|near 0\.00001",
    "wrong layer": r"nearly as good|learns alone|, and still|can learn although",
    "valley": r"sets the limit|east suffers|flat one suffers",
    "momentum": r"ten times as long|nearly cancel",
    "first step": r"Always the learning rate|the \*sign\*",
    "sixty steps": r"Both end",
    "no correction": r"3\.16|three times too long",
    "downhill": r"All of them go|All five|even \*lower\*",
    "third class": r"clear error|needs two classes",
    "not mirrored": r"Letters and digits|b is a d",
    "steps in an epoch": r"\b4 (steps|batches)|has 4\b",
    "validation loss": r"\bturns?\b.{0,12}\brises?|then it \*turns\*",
    "wrong labels": r"learns even|100 % right|\b100%",
    "ten times the photos": r"nine points|81 ?%",
    "true accuracy": r"\b97(\.1)? ?%|78(\.2)? ?%|79 ?%",
    "mean colour": r"\b72(\.2)? ?%|\b64(\.3)? ?%",
    "two networks": r"hardly luck|wins all ten|0\.2 ?%",
    "changed photos": r"no better than a coin; mixed|\b65 ?%",
    "what is lost": r"takes \*nothing\*|can be undone|really gone",
    "the mark": r"learnt \*the mark\*|\b52 ?%",
    "leak": r"mean of 100 %|that is memory|learnt +9\d ?%",
    "not divided": r"doubt is lost|loses all doubt|exactly 0 or 1",
    "equal to 1": r"hide each other|== 1` works|hardly ever",
    "sure answers": r"too careful|\*\*overconfident|five in six",
    "something else": r"always answers with one|no word for",
    "cover": r"places on the hero|those beside it",
    "four maps": r"None and all|All of them, and none|different questions",
    "corner": r"15 of (the )?20|may be taken for a mark",
    "capital letters": r"Capital letters come|'iron man': 1",
    "hero anywhere": r"weight of its own for each",
    "field of the third": r"= 18\b|see a whole ear",
    "mean of one photo": r"running mean|does not depend on the photos",
    "after eight layers": r"\b1/16|0\.0625|halved eight",
    "four networks": r"convolution matters|\*\*cannot\*\* decide",
}

# Where the cells below a guess print the right answer, in words that need no figure.
SHOWN = {
    "200 + 100": r"200 \+ 100 = 44",
    "next number": r"next number: 3\.0",
    "nine ones": r"nine ones: +5\.0",
    "emboss": r"my kernel: the numbers add up to 1\n",
    "32 kernels": r"\(9, 9\) @ \(9, 32\) -> \(9, 32\)",
    "nine messages": r"(-0\.6970)\n(.|\n)*sum \1",
    "there and back": r"there and back:\n \[\[1\. 2\. 3\.",
    "four averages": r"average +\[\[4\.0, 1\.0\], \[3\.0, 3\.0\]\]",
    "shift": r"\n +1 +1\.26 +0\.45 .*\n +2 +1\.38 +0\.80 .*\n +4 +1\.47 +0\.96",
    "half of 29": r"pool 2, 29 x 29 -> \(14, 14\)",
    "second number": r"\[  0   1  10",
    "two places": r"place 10 (.|\n)*row 0, column 1, channel 1",
    "another order": r"\[(94\.381)\](.|\n)*same weights: +\[63(.|\n)*\[\1\]",
    "mixed photos": r"\n8 +(0\.\d+) +\1",
    "who wins": r"sum +\+0\.43",
    "in the kernels": r"Conv2D +62 x 62 x 32 +896",
    "two layers": r"two layers: (\[.*\])\none layer:  \1",
    "even middle": r"even middle: 9\d%\nright with shapes, .* colour: [78]\d%",
    "without colours": r"8\d%",
    "counting": r"differ on (9\d|10\d) of 200",
    "two sigmoids": r"\+0 +p = 0\.5000\n.*\+2 +p = 0\.88",
    "surprise": r"0\.9 +0\.11(.|\n)*\n0\.1 +2\.30",
    "seven digits": r"z = 17   p = 1\.00000000   loss .*: inf",
    "weight of a zero": r"dweights \[1\.1244 0\.5622 1\.1244 0\. ",
    "stopped message": r"\[ 0\. +0\.1405  0\.      0\. +\]",
    "one step": r"0\.8259 -> 0\.4691",
    "momentum": r"the end -9\.98\n.*the end 0\.53",
    "first step": r" 5: first step -0\.001000\n.* 5000: first step -0\.001000",
    "sixty steps": r"momentum 0\.9: ends 0\.\d+ (.|\n)*Adam, rate 0\.3: ends 0\.",
    "no correction": r"right +1\.00(.|\n)*no correction +3\.16",
    "downhill": r"is 82\.0(.|\n)*(  [a-z ]+ +[0-5]\.\d\d\n){5}",
    "third class": r"needs two classes, got 3",
    "not mirrored": r"###\.\n(.|\n)*\.###",
    "steps in an epoch": r"batches in one pass: 4\n",
    "validation loss": r"lowest: 0\.5\d in epoch \d\d(.|\n)*: 0\.6\d in epoch 100",
    "wrong labels": r"training: +100% right",
    "ten times the photos": r"mean 7\d\.\d%\n(.|\n)*mean 8\d\.\d%",
    "true accuracy": r"33 of   36 =  91\.7%   interval  78\.2% to  97\.1%",
    "mean colour": r"mean colour: 72\.2% .*\nmean colour: 64\.\d% of 300",
    "two networks": r"fair coin is as uneven in 0\.2%",
    "what is lost": r"mixed alike, .*: 9\d%(.|\n)*\neach mixed, .*: 8\d%",
    "the mark": r": 9\d% right\n.*: 5\d% right\n.*: \d% right",
    "leak": r"300 new photos +7\d% .*\n.* learnt +9\d%(.|\n)*new alone +8\d%",
    "wrong layer": r"only +.*mean 9\d%\nfrozen .*mean (89|90|91)%",
    "sure answers": r" 100% right\nthe same(.|\n)* 98% sure, 8\d% right",
    "not divided": r"exactly 0 or 1: 36 of 36",
    "equal to 1": r"== 1`,  right input: +0\n.*== 1`,  input 0\.\.255: +17",
    "something else": r"noise  .* \d+%\nyellow Pikachu +(9\d|100)%\n",
    "corner": r"cheat  Iron Man .*: 1\d of 20(.|\n)*honest Iron Man .*:  \d of 20",
    "capital letters": r"'iron man': 1",
    "hero anywhere": r"one convolution: right, of 400: \[(2[5-9]|3[0-3])\d",
    "field of the third": r"7 Conv2D .* 18 pixels",
    "mean of one photo": r"a photo alone: (0\.\d+), among 31 others: \1",
    "after eight layers": r"glorot_normal  typical size at the end: 0\.0[56]",
    "four networks": r"as it is         \| average pooling .* [1-9]\d\.\d\d%",
}

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)


def questions_of(path):
    return [q for q in QUESTIONS.values() if q.notebook == int(path.name[:2])]


def visible(path):
    """What a reader sees of a notebook's text before committing to any guess."""
    texts = [source_of(c) for c in cells_of(path) if c["cell_type"] == "markdown"]
    text = "\n\n".join(texts).partition("## What to remember")[0]
    return CHOICE.sub("", DETAILS.sub("", text))


def printed(cell):
    return "".join("".join(o.get("text", [])) for o in cell.get("outputs", []))


def inside(answer):
    return (answer.low + answer.high) / 2 if isinstance(answer, Between) else answer


@every_notebook
def test_each_question_has_its_cell_before_the_cell_that_answers_it(path):
    cells, questions = cells_of(path), questions_of(path)
    places = [
        place
        for place, cell in enumerate(cells)
        if cell["cell_type"] == "markdown" and MARK in source_of(cell)
    ]
    assert len(places) == len(questions)
    heading = ""
    for place, cell in enumerate(cells):
        text = source_of(cell)
        if cell["cell_type"] == "markdown":
            heading = [heading, *re.findall("^## (.*)$", text, re.M)][-1]
        if place not in places:
            continue
        question = questions[places.index(place)]
        assert text.count(MARK) == 1
        assert question.section == heading
        line, answer = cells[place + 1], cells[place + 2]
        assert line["cell_type"] == answer["cell_type"] == "code"
        assert source_of(line) == question.line(question.right)
        assert "guess(" not in source_of(answer)
        asked = text.partition(MARK)[2]
        assert "?" in asked or "Then type" in asked
        for choice in question.choices:
            letter = f"* **{choice}**: "
            assert letter in asked if len(choice) == 1 else choice in asked
    lines = [cell for cell in code_of(path) if "guess(" in cell]
    assert lines == [question.line(question.right) for question in questions]


@every_notebook
def test_every_kept_guess_is_right_and_the_checks_count_them(path):
    cells = [c for c in cells_of(path) if c["cell_type"] == "code"]
    said = [
        " ".join(printed(cell).split())
        for cell in cells
        if source_of(cell).startswith("guess(")
    ]
    assert said == [f"Right: {question.why}" for question in questions_of(path)]
    count = len(said)
    last = cells[-1]
    assert source_of(last).startswith("guesses()\n")
    assert printed(last).startswith(f"{count} of {count} guesses were right.\n")


def test_the_list_of_what_gives_answers_away_is_complete():
    assert list(GIVES_AWAY) == list(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_answer_is_in_sight_before_the_guess(name):
    question = QUESTIONS[name]
    path = NOTEBOOKS[question.notebook - 1]
    pattern = re.compile(GIVES_AWAY[name], re.M)
    found = pattern.search(visible(path))
    assert not found, f"{path.name}: {found}"


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_answer_is_folded_away_above_its_guess(name):
    """What is folded there belongs to an earlier question, and is opened before."""
    question = QUESTIONS[name]
    above = ""
    for cell in cells_of(NOTEBOOKS[question.notebook - 1]):
        if source_of(cell) == question.line(question.right):
            break
        if cell["cell_type"] == "markdown":
            above += CHOICE.sub("", source_of(cell)) + "\n\n"
    found = re.search(GIVES_AWAY[name], above, re.M)
    assert not found, f"notebook {question.notebook}: {found}"


@pytest.mark.parametrize("name", SHOWN)
def test_the_cells_below_a_guess_print_what_is_right(name):
    question = QUESTIONS[name]
    cells = cells_of(NOTEBOOKS[question.notebook - 1])
    (place,) = (
        place
        for place, cell in enumerate(cells)
        if source_of(cell) == question.line(question.right)
    )
    below = ""
    for cell in cells[place + 1 :]:
        if source_of(cell).startswith("guess"):
            break
        below += printed(cell) + "\n"
    assert re.search(SHOWN[name], below), below


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_gives_an_answer_away_would_be_found(name):
    question = QUESTIONS[name]
    path = NOTEBOOKS[question.notebook - 1]
    folded = "\n".join(
        text.strip()
        for c in cells_of(path)
        for _, text in DETAILS.findall(source_of(c))
    )
    outputs = "\n".join(printed(c) for c in cells_of(path))
    remembered = "\n".join(map(source_of, cells_of(path))).partition("## What to rem")[
        2
    ]
    text = "\n".join([folded, outputs, remembered, question.why])
    assert re.search(GIVES_AWAY[name], text, re.M)


@every_notebook
def test_an_answer_is_folded_and_not_lost(path):
    for cell in cells_of(path):
        text = source_of(cell)
        assert text.count("<details>") == text.count("</details>")
        assert text.count("<details>") == len(DETAILS.findall(text))
        for _, folded in DETAILS.findall(text):
            assert folded.startswith("\n\n") and folded.endswith("\n\n")
            assert folded.strip() and "\n#" not in folded


# -- a copy without guesses ----------------------------------------------------------


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """The notebooks as `run.py --clear` copies them for students."""
    pytest.importorskip("nbclient", reason="needs pip install '.[notebooks]'")
    folder = tmp_path_factory.mktemp("copies")
    command = [sys.executable, str(FOLDER / "run.py"), "--clear", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder


def test_a_copy_has_three_dots_in_place_of_every_guess(copies):
    for path in NOTEBOOKS:
        lines = [cell for cell in code_of(copies / path.name) if "guess(" in cell]
        assert lines == [
            f'guess("{question.name}", ...)  # {question.can_be_typed}'
            for question in questions_of(path)
        ]


def executed(path, count, folder):
    """Run the first cells of a notebook in Jupyter, errors or not; return its cells."""
    import nbclient
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.cells = notebook.cells[:count]
    nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return notebook.cells


@pytest.mark.parametrize("number", [1, 4])
def test_a_copy_stops_kindly_at_the_first_guess(number, copies, tmp_path, monkeypatch):
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    path = copies / NOTEBOOKS[number - 1].name
    place = [source_of(c).startswith("guess(") for c in cells_of(path)].index(True)
    *above, cell = executed(path, place + 1, tmp_path)
    for other in above:
        assert all(o.output_type != "error" for o in other.get("outputs", []))
    (stop,) = cell.outputs
    question = questions_of(path)[0]
    line = f"Your guess first: replace the three dots by {question.can_be_typed}."
    assert (stop.output_type, stop.ename) == ("error", "NoGuess")
    assert stop.evalue == line and stop.traceback == [line]


def all_wrong(path):
    """The code of a notebook, with the first wrong answer of each question."""
    wrong = {
        q.line(q.right): q.line(inside(q.wrong[0].answer)) for q in questions_of(path)
    }
    return [wrong.get(cell, cell) for cell in code_of(path)]


QUICK = (1, 2, 3, 4, 7, 8)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            path,
            marks=[] if int(path.name[:2]) in QUICK else pytest.mark.slow,
            id=path.stem,
        )
        for path in NOTEBOOKS
    ],
)
def test_with_every_guess_wrong_and_nothing_written_a_notebook_runs_to_its_end(
    path, monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(guessing, "_was_right", {})
    monkeypatch.setattr(turns, "_was_right", {})
    cells = [
        unwritten(cell) if cell.startswith("# Your turn (") else cell
        for cell in all_wrong(path)
    ]
    # As in Jupyter: notebook 7 takes the logarithm of 0 on purpose.
    with np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
        play(monkeypatch, *cells)
    said = " ".join(capsys.readouterr().out.split())
    questions = questions_of(path)
    for question in questions:
        assert question.wrong[0].what in said
        assert question.wrong[0].where in said
    names = ", ".join(f'"{question.name}"' for question in questions)
    assert f"0 of {len(questions)} guesses were right; look again at: {names}. " in said
    assert said.rpartition("guesses were right")[2].count("checks passed") == 1
    tasks = [task for task in TASKS.values() if task.notebook == int(path.name[:2])]
    for task in tasks:
        assert f"To write: {task.what}." in said
    if tasks:
        open_tasks = ", ".join(task.name for task in tasks)
        assert re.search(rf"0 of {len(tasks)} tasks? right; still to do: ", said)
        assert f"still to do: {open_tasks}." in said


def test_a_class_of_notebooks_becomes_a_sheet_of_their_mistakes():
    """One student has every guess wrong, one every guess right, one has none."""
    dots = [
        re.sub(r", .*\)  #", ", ...)  #", c) for p in NOTEBOOKS for c in all_wrong(p)
    ]
    assert guesses_in(dots) == {}
    students = [
        guesses_in(cell for path in NOTEBOOKS for cell in cells(path))
        for cells in (all_wrong, code_of)
    ]
    rows = sheet(students)
    assert {row.question.name for row in rows} == set(QUESTIONS)
    for row in rows:
        assert (row.count, row.right) == (2, 1)
        assert row.mistakes == {row.question.wrong[0].what: 1}


# -- the key -------------------------------------------------------------------------


def test_the_key_is_current():
    text = make_guesses.PAGE.read_text(encoding="utf-8")
    assert text == make_guesses.page(), "run docs/make_guesses.py"


def test_the_key_has_every_question_with_its_wrong_answers():
    text = make_guesses.PAGE.read_text(encoding="utf-8")
    for question in QUESTIONS.values():
        assert f"### {question.name}\n" in text
        assert question.why in text
        for wrong in question.wrong:
            assert f"| {wrong.what} | {wrong.belief} |" in text
    questions = json.dumps([source_of(c) for p in NOTEBOOKS for c in cells_of(p)])
    assert questions.count(MARK) == len(QUESTIONS) == text.count("**Answer**: ")


def test_teachers_are_told_how_many_questions_there_are():
    teachers = (DOCS / "for-teachers.md").read_text(encoding="utf-8")
    (count,) = re.findall(r"Each of the (\d+) questions", teachers)
    assert int(count) == len(QUESTIONS)
