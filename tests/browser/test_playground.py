"""The playground's Python without a browser: it is the program that its page shows."""

import json
import subprocess
import sys

import numpy as np
import pytest
from conftest import PROJECT, environment
from PIL import Image

sys.path.append(str(PROJECT / "docs" / "playground"))
import playground

from tinycnn import load_model
from tinycnn.preprocessing import photos


class Page:
    """Calls the playground as the worker does."""

    def __init__(self, folder):
        self.folder = folder
        self.playground = playground.Playground(folder / "playground")

    def __call__(self, method, *arguments):
        text = playground.call(self.playground, method, json.dumps(arguments))
        answer = json.loads(text)
        assert len(answer) == 1
        return answer.get("value", answer.get("error"))

    def train(self, names, size, epochs, most=None):
        """Train; return what the page is informed of after each epoch."""
        self.run = self("begin", names, size, epochs)
        looks, step = [], {"step": 0, "of": 1}
        while step["step"] < (most or step["of"]):
            step = self("step")
            if step["ends_epoch"]:
                looks.append(self("look"))
        return looks

    def photo(self, name, seed=0):
        path = self.folder / "incoming"
        pixels = np.random.default_rng(seed).integers(0, 256, (21, 34, 3), np.uint8)
        Image.fromarray(pixels).save(path, "PNG")
        return name, str(path)


@pytest.fixture
def page(tmp_path):
    return Page(tmp_path)


def run_program(text, folder):
    """Run the program that the page gives, in a folder; return its model."""
    (folder / "program.py").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return (folder / "model.safetensors").read_bytes()


def test_twelve_lines_of_python_do_the_same_with_the_drawn_heroes(page, tmp_path):
    page("take_heroes")
    looks = page.train(["", ""], 24, 2)
    assert [look["epoch"] for look in looks] == [1, 2]
    text = page("script")
    assert len([line for line in text.splitlines() if line]) == 12
    with open(page("save"), "rb") as file:  # noqa: PTH123 - a name as the page gets it
        assert run_program(text, tmp_path) == file.read()


def test_and_with_three_boxes_of_photos(page, tmp_path):
    names = ["it's", "train", 'z "quoted"']
    for box in range(3):
        for number in range(11):
            page("add_photo", box, *page.photo(f"{number}.png", 100 * box + number))
    page.train(names, 16, 2)
    assert page.run["photos"] == 27
    assert [photo["truth"] for photo in page.run["test"]] == [0, 0, 1, 1, 2, 2]
    model = load_model(page("save"))
    assert model.classes == names
    (tmp_path / "playground" / "photos").rename(tmp_path / "photos")
    assert (
        run_program(page("script"), tmp_path)
        == (tmp_path / "playground" / "model.safetensors").read_bytes()
    )


def test_the_figures_of_an_epoch_are_those_of_fit(page, tmp_path):
    page("take_heroes")
    looks = page.train(["", ""], 16, 2)
    text = page("script").replace("model.fit", "history = model.fit")
    text += "import json\nprint('HISTORY', json.dumps(history.history))\n"
    (tmp_path / "program.py").write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "program.py"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    history = json.loads(run.stdout.split("HISTORY")[1])
    assert sorted(history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    for name, values in history.items():
        assert [look[name] for look in looks] == pytest.approx(values, rel=1e-12)


def test_a_photo_is_answered_as_the_network_of_each_epoch_did(page, monkeypatch):
    page("take_heroes")
    monkeypatch.setattr(playground, "KEPT_BYTES", 1)
    page.train(["", ""], 16, 3)
    added = page("ask", *page.photo("who.png"))
    # Only the last one is kept where there is no room for more.
    assert [one["epoch"] for one in added["over"]] == [3]
    monkeypatch.undo()
    page.train(["", ""], 16, 3)
    answers = []
    for epochs in (1, 2, 3):
        page.train(["", ""], 16, epochs)
        added = page("ask", *page.photo("who.png"))
        answers.append(added["probabilities"])
        assert [one["epoch"] for one in added["over"]] == [*range(1, epochs + 1)]
    over = [one["probabilities"] for one in added["over"]]
    np.testing.assert_allclose(over, answers, rtol=1e-6)
    assert len({tuple(row) for row in over}) == 3


def test_a_photo_is_read_once_for_all_epochs(page, monkeypatch):
    page("take_heroes")
    page.train(["", ""], 16, 3)
    opened = []
    decoded = photos.decoded
    monkeypatch.setattr(
        photos, "decoded", lambda *given: opened.append(given) or decoded(*given)
    )
    page("ask", *page.photo("who.png"))
    assert len(opened) == 2  # for its preview, and for the network


def test_a_photo_in_two_boxes_is_noticed_until_one_is_emptied(page):
    twins = [page("add_photo", box, *page.photo("a.png"))["twin"] for box in (0, 0, 1)]
    assert twins == [None, None, 0]
    assert page("add_photo", 1, *page.photo("b.png", 1))["twin"] is None
    page("empty_box", 0)
    assert page("add_photo", 1, *page.photo("a.png"))["twin"] is None
    assert page("add_photo", 2, *page.photo("a.png"))["twin"] == 1
    page("start_again")
    assert page("add_photo", 0, *page.photo("a.png"))["twin"] is None


def test_photos_of_one_name_are_both_kept(page):
    first = page("add_photo", 0, *page.photo("a.png", 1))
    second = page("add_photo", 0, *page.photo("a.png", 2))
    assert first["name"] == second["name"] == "a.png"
    assert first["path"] != second["path"]
    assert first["preview"] != second["preview"]


@pytest.mark.parametrize(
    ("method", "arguments", "line"),
    [
        ("ask", ("a.png", "nowhere"), "train the network first: it has not learnt"),
        ("begin", (["one"], 16, 1), "there should be two boxes or more"),
        ("begin", (["one", ""], 16, 1), "one has 0 photos: put at least 5"),
    ],
)
def test_a_mistake_is_one_line(method, arguments, line, page):
    assert page(method, *arguments).startswith(line)


def test_a_box_without_name_and_photos_is_left_out(page):
    for box in (0, 2):
        for number in range(5):
            page("add_photo", box, *page.photo(f"{number}.png", 10 * box + number))
    page.train(["one", " ", "two", ""], 16, 1)
    assert page.run["classes"] == ["one", "two"]
    page("empty_box", 2)
    assert page("begin", ["one", "", "two", ""], 16, 1).startswith("two has 0 photos")
    page("add_photo", 1, *page.photo("a.png"))
    for names in (["one", "", "two"], ["one", "", ""]):
        assert page("begin", names, 16, 1).startswith("box 2 has no name")


def test_a_mistake_in_the_names_leaves_the_last_run_as_it_is(page):
    page("take_heroes")
    page.train(["", ""], 16, 1)
    page.playground.has_heroes = False
    assert "no name" in page("begin", ["", ""], 32, 5)
    assert len(page("ask", *page.photo("who.png"))["probabilities"]) == 2
    assert "epochs=1" in page("script")


def test_a_loss_that_is_not_finite_is_one_line(page):
    page("take_heroes")
    page("begin", ["", ""], 16, 1)
    page.playground.model.optimizer.learning_rate = 1e30
    lines = [page("step") for _ in range(3)]
    said = [line for line in lines if isinstance(line, str)]
    assert said and "\n" not in said[0] and "finite" in said[0]
