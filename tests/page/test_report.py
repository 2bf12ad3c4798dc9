"""The report's making: which photos it shows, what is in it, and what is not.

What a reader sees of it is tested in a real browser, in tests/browser/.
"""

import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reports import Training, digits, images, photos
from stacks import model_of

import tinycnn.commands.train_messages as words
import tinycnn.page.facts as page_content
from tinycnn import text
from tinycnn.commands import output_folder
from tinycnn.datasets.dataset import open_dataset
from tinycnn.datasets.drawings import write_dataset
from tinycnn.layers import Conv2D, Dense, Flatten
from tinycnn.metrics import Result
from tinycnn.models import Sequential
from tinycnn.networks import RECIPES, deep_network
from tinycnn.page.html import SCRIPTS as VIEW_SCRIPTS
from tinycnn.page.html import STYLES as VIEW_STYLES
from tinycnn.page.report import photo_choice
from tinycnn.page.report.html import FOLDER, SCRIPTS, STYLES, document
from tinycnn.page.report.photo_choice import (
    THUMBNAILS,
    THUMBNAILS_IN_CELL,
    cells,
    explained_photos,
    thumbnails,
    worst_photos,
)
from tinycnn.page.report.run_facts import RunFacts, about


def data_of(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def result_of(truth, answers, certainty=None):
    truth, answers = np.array(truth), np.array(answers)
    if certainty is None:
        certainty = np.random.default_rng(0).uniform(0.5, 1, len(truth))
    right = int((truth == answers).sum())
    return Result(
        truth, answers, np.array(certainty), right, len(truth), 0, 1, 0.5, 0.5
    )


# -- which photos -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "title", "shown"),
    [
        ([0, 0, 0], "No mistakes on 3 test photos; the least certain answers", [2, 0]),
        ([0, 1, 1], "All mistakes: 2 of 3 test photos", [1, 2]),
        ([1, 1, 1], "The worst of 3 mistakes on 3 test photos", [1, 0]),
    ],
)
def test_the_worst_mistakes_are_shown_or_the_least_certain_photos(
    labels, title, shown, monkeypatch
):
    monkeypatch.setattr(photo_choice, "PHOTOS_SHOWN", 2)
    certainty = np.array([0.8, 0.9, 0.6])
    answers = np.zeros(3, int)
    assert worst_photos(labels, answers, certainty) == (title, shown)


def test_each_photo_stands_in_its_cell_the_most_telling_first():
    found = cells(
        result_of([0, 0, 0, 1, 1, 0], [0, 1, 1, 1, 0, 0], [0.9, 0.6, 0.8, 0.7, 1, 0.5])
    )
    assert found == {(0, 1): [2, 1], (1, 0): [4], (0, 0): [5, 0], (1, 1): [3]}
    assert list(found) == [(0, 1), (1, 0), (0, 0), (1, 1)]  # mistakes, fullest first


def test_cells_take_turns_until_the_page_is_full():
    counts = {(0, 1): 500, (1, 0): 2, (0, 0): 9000, (1, 1): 30}
    found, number = {}, 0
    for place, count in counts.items():
        found[place] = list(range(number, number + count))
        number += count
    shown = thumbnails(found)
    assert {place: len(ns) for place, ns in shown.items()} == {
        (0, 1): THUMBNAILS_IN_CELL,
        (1, 0): 2,
        (0, 0): THUMBNAILS_IN_CELL,
        (1, 1): THUMBNAILS_IN_CELL,
    }
    assert all(found[place][: len(ns)] == ns for place, ns in shown.items())
    many = thumbnails({(n, n + 1): [n] for n in range(THUMBNAILS + 50)})
    assert sum(map(len, many.values())) == THUMBNAILS


@pytest.mark.parametrize(
    ("wrong", "right", "classes"),
    [(20, 40, 2), (3, 3, 2), (2, 2, 2), (0, 9, 3), (9, 0, 3), (1, 1, 2), (50, 50, 10)],
)
def test_right_and_wrong_answers_are_explained(wrong, right, classes):
    truth = np.arange(wrong + right) % classes
    answers = np.where(np.arange(wrong + right) < wrong, (truth + 1) % classes, truth)
    result = result_of(truth, answers)
    chosen = explained_photos(result)
    numbers = [number for number, _ in chosen]
    assert len(set(numbers)) == len(numbers)
    assert min(4, wrong + right) <= len(numbers) <= 6
    is_wrong = [n < wrong for n in numbers]
    assert sum(is_wrong) >= min(2, wrong)
    assert len(numbers) - sum(is_wrong) >= min(2, right)
    assert is_wrong == sorted(is_wrong, reverse=True)  # mistakes first
    if wrong:
        worst = max(range(wrong), key=lambda n: result.certainty[n])
        assert chosen[0] == (worst, "the most certain mistake")
    if right:
        unsure = min(range(wrong, wrong + right), key=lambda n: result.certainty[n])
        assert (unsure, "the least certain right answer") in chosen
    assert explained_photos(result) == chosen


# -- what is in it ------------------------------------------------------------------


def test_its_figures_are_those_of_the_training():
    training = digits()
    told = training.facts()["report"]
    for name, values in told["history"].items():
        assert values == [row[name] for row in training.rows]
    assert set(told["history"]) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    matrix = Counter(
        zip(
            training.result.truth.tolist(), training.result.answers.tolist(),
            strict=True,
        )
    )  # fmt: skip
    assert {
        (cell["truth"], cell["answer"]): cell["count"] for cell in told["cells"]
    } == matrix
    for cell in told["cells"]:
        assert 0 < len(cell["photos"]) <= cell["count"]
        for n in cell["photos"]:
            photo = told["photos"][n]
            assert (photo["truth"], photo["answer"]) == (cell["truth"], cell["answer"])
    y_pred = training.model.predict(training.data.test)
    for photo in told["photos"]:
        number = int(photo["name"].removeprefix("test image "))
        assert photo["probability"] == pytest.approx(y_pred[number].max())
        assert photo["answer"] == y_pred[number].argmax()
    assert [told["result"][key] for key in ("right", "total")] == [
        int((y_pred.argmax(axis=1) == training.data.test.classes).sum()),
        120,
    ]
    assert training.progress[0] == "the photos"
    assert training.progress[-1] == f"explanation {len(told['explained'])} of 6"


def test_explanations_know_the_truth_and_are_those_of_the_cards():
    content = digits().facts()
    told = content["report"]
    assert 4 <= len(content["photos"]) == len(told["explained"]) <= 6
    for explanation, card in zip(content["photos"], told["explained"], strict=True):
        photo = told["photos"][card["photo"]]
        assert explanation["name"] == photo["name"]
        assert explanation["truth"] == photo["truth"]
        assert int(np.argmax(explanation["logits"])) == photo["answer"]


def test_the_report_of_the_tutorials_network_is_below_three_megabytes(heroes):
    page = photos(heroes).page()
    assert len(page.encode()) < 3 * 10**6
    data = data_of(page)
    assert len(data["photos"]) >= 4
    assert {len(photo["leading"]) for photo in data["photos"]} == {1}
    assert all(
        photo["picture"].startswith("data:image/jpeg")
        for photo in data["report"]["worst"]["pictures"]
    )


def test_a_model_that_no_page_can_explain_gets_a_report_without(monkeypatch):
    monkeypatch.setattr(page_content, "MOST_KERNELS", 10)
    content = digits().facts()
    assert content["model"] is None and content["photos"] == []
    assert "have 486 weights, too many for a page" in content["report"]["missing"]
    assert content["report"]["cells"]


def test_a_photo_that_is_gone_is_left_out_of_the_explanations(tmp_path):
    write_dataset(tmp_path / "Dataset", train_count=4, test_count=6, size=32)
    training = photos(tmp_path / "Dataset")
    (first, _), *_ = explained_photos(training.result)
    Path(training.data.test.filepaths[first]).unlink()
    content = training.facts()
    told = content["report"]
    assert len(content["photos"]) == len(told["explained"]) >= 3
    gone = training.data.test.filenames[first]
    explained = [told["photos"][card["photo"]]["name"] for card in told["explained"]]
    assert gone not in explained
    assert gone in {photo["name"] for photo in told["photos"]}  # what the network saw
    pictures = {
        told["photos"][one["photo"]]["name"]: one["picture"]
        for one in told["worst"]["pictures"]
    }
    assert pictures[gone] is None


def test_too_many_classes_are_told_by_their_most_frequent_mistakes():
    layers = [Conv2D(3, 3, input_shape=(8, 8, 1)), Flatten(), Dense(40, "softmax")]
    training = Training(Sequential(layers), images(40, side=8, count=200))
    told = training.facts()["report"]
    assert not told["isWhole"]
    assert 0 < len(told["cells"]) <= 30
    counts = [cell["count"] for cell in told["cells"]]
    assert counts == sorted(counts, reverse=True)
    assert all(cell["truth"] != cell["answer"] for cell in told["cells"])


def test_what_was_left_out_is_told_without_the_folder(tmp_path):
    for part in ("train", "test"):
        for label, colour in (("a", "red"), ("b", "blue")):
            folder = tmp_path / "set" / part / label
            folder.mkdir(parents=True)
            for n in range(2):
                Image.new("RGB", (9, 9), colour).save(folder / f"{n}.png")
    (tmp_path / "set" / "test" / "a" / "broken.jpg").write_bytes(b"no photo")
    (tmp_path / "set" / "train" / "b" / "notes.txt").write_text("mine")
    data = open_dataset(tmp_path / "set", image_size=8)
    run = RunFacts()
    run.data, run.versions = data, {}
    run.settings = {"steps_per_epoch": None, "epochs": 3, "learning_rate": 0.001}
    run.model = Sequential()
    run.duplicates = ["the same pixels twice: test/a/0.png and train/a/0.png"]
    told = about(run)
    assert told["notes"] == [
        "1 file not taken for a photo: notes.txt",
        "Left out test/a/broken.jpg: it is not a photo in a supported format "
        "(JPEG, PNG, WEBP, GIF, BMP, ...)",
        "The same pixels twice: test/a/0.png and train/a/0.png",
    ]
    assert [
        "augmentation",
        "zoomed by 0.8 to 1.2, sheared by 0.2 degrees, mirrored",
    ] in (told["options"])
    assert ["steps per epoch", "1"] in told["options"]
    assert ["learning rate", "0.001"] in told["options"]


def test_it_names_every_change_of_the_photos_and_a_rate_that_falls(tmp_path):
    for part in ("train", "test"):
        for label in ("a", "b"):
            folder = tmp_path / part / label
            folder.mkdir(parents=True)
            for n in range(12):
                colour = (n, 9 * len(part), 200 if label == "a" else 20)
                Image.new("RGB", (9, 9), colour).save(folder / f"{n}.png")
    run = RunFacts()
    run.data = open_dataset(tmp_path, image_size=8, recipe=RECIPES["deep"])
    run.versions, run.duplicates = {}, []
    run.settings = {"steps_per_epoch": None, "learning_rate": 0.002}
    run.model = deep_network((8, 8, 3), steps=10)
    options = dict(about(run)["options"])
    assert options["learning rate"] == "0.002, falling to 0"
    assert options["augmentation"] == (
        "rotated by up to 10 degrees, shifted by up to 10% across and 10% down, "
        "zoomed by 0.8 to 1.2, mirrored"
    )


# -- what is not --------------------------------------------------------------------


@pytest.mark.parametrize("name", [*SCRIPTS, *STYLES, "report.html"])
def test_its_files_are_readable(name):
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    code = [n for n in lines if n.strip() and not n.lstrip().startswith(("//", "/*"))]
    assert len(code) <= 200
    assert max(map(len, lines)) <= 150 or name.endswith("html")  # there, sentences
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|eval\(|document\.write", "".join(lines)
    )


def test_every_file_is_in_the_page_and_none_is_asked_for():
    assert set(SCRIPTS) == {path.name for path in FOLDER.glob("*.js")}
    assert set(STYLES) == {path.name for path in FOLDER.glob("*.css")}
    page = digits().page()
    assert not re.search(
        r"[a-z]:\s*//|url\(|@import|xmlns|//\w+\.\w", page, re.IGNORECASE
    )
    head = page[: page.index("Content-Security-Policy")]
    assert re.findall(r"<(\w+)", head) == ["html", "meta", "meta"]
    policy = re.search(r'Policy" content="(.*?)"', page)[1]
    assert policy.startswith("default-src 'none'; img-src data:; ")
    files = (*SCRIPTS, *STYLES, *VIEW_SCRIPTS, *VIEW_STYLES)
    assert "unsafe" not in policy and policy.count("'sha256-") == len(files)


def test_names_of_strangers_cannot_leave_the_data():
    hostile = [
        "</script><script>alert(1)</script>",
        "<!--<img src=x>\u202e\n",
    ]
    data = images(2, side=9, count=20, channels=3, names=hostile)
    data.test.filenames = [f"{hostile[n % 2]}/<b>{n}\u202e.jpg" for n in range(20)]
    layers = [Conv2D(3, 3, input_shape=(9, 9, 3)), Flatten(), Dense(1, "sigmoid")]
    page = Training(Sequential(layers), data).page()
    assert page.count("<script") == len(SCRIPTS) + len(VIEW_SCRIPTS) + 1
    assert page.count("</title>") == 1 and "\u202e" not in page
    told = data_of(page)["report"]
    assert told["names"] == [hostile[0], "<!--<img src=x>\\u202e\\n"]
    assert all("<b>" in photo["name"] for photo in told["photos"])


# -- the command --------------------------------------------------------------------


def test_the_same_training_gives_the_same_bytes_wherever_it_is(
    heroes, call, tmp_path, monkeypatch
):
    monkeypatch.setattr(output_folder, "write_pictures", lambda *arguments: [])
    pages = []
    for name in ("here", "there"):
        folder = tmp_path / name
        folder.mkdir()
        run = call("train", heroes, "--image-size", 8, "--epochs", 1,
                   "--output", folder / name, cwd=folder)  # fmt: skip
        assert run.returncode == 0, run.stderr
        pages.append((folder / name / "report.html").read_bytes())
    assert pages[0] == pages[1]
    assert str(tmp_path).encode() not in pages[0]
    assert str(heroes.parent).encode() not in pages[0]
    *_, wrote, last = run.stdout.splitlines()
    assert re.search(r", report\.html \(.* KiB\)$", wrote)
    assert last.startswith("next: python -m tinycnn.predict ")


def test_report_and_explanation_do_not_replace_each_other(
    trained, heroes, call, tmp_path
):
    _, output = trained
    before = (output / "report.html").read_bytes()
    photo = next((heroes / "test" / "Pikachu").iterdir())
    run = call(
        "explain", output / "model.safetensors", photo, "--output",
        output / "report.html", cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 2 and "is not a page written by tinycnn" in run.stderr
    assert (output / "report.html").read_bytes() == before
    (tmp_path / "out").mkdir()
    run = call(
        "explain", output / "model.safetensors", photo, "--output", "out/report.html",
        cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0
    run = call("train", heroes, "--output", "out", cwd=tmp_path)
    assert run.returncode == 2
    assert "report.html was not written by tinycnn" in run.stderr.replace("out/", "")


def test_the_work_is_shown_in_a_line_that_is_wiped(monkeypatch, capsys):
    monkeypatch.setattr(text, "can_overwrite", lambda: True)
    tell = words.ProgressLine(verbose=1)
    tell("explanation 1 of 6")
    tell("photos")
    tell.wipe()
    out = capsys.readouterr().out
    assert "\n" not in out
    screen = ""
    for line in out.split("\r"):  # what a terminal shows: later signs over earlier
        screen = line + screen[len(line) :]
    assert "explanation 1 of 6" in out and screen.strip() == ""
    monkeypatch.setattr(text, "can_overwrite", lambda: False)
    words.ProgressLine(verbose=1)("photos")
    assert capsys.readouterr().out == "making the pictures and the report\n"
    words.ProgressLine(verbose=0)("photos")
    assert capsys.readouterr().out == ""


def test_a_page_of_one_epoch_and_a_model_of_another_stack_can_be_made():
    assert len(digits(epochs=1).facts()["report"]["history"]["loss"]) == 1
    training = Training(model_of("large hidden sigmoid"), images(2, 18, 30, 3))
    assert document(training.facts())
