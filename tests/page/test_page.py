"""The page: what it contains, what it must not contain, and the command `explain`.

Its numbers are tested in a browser, in tests/browser/.
"""

import html
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from stacks import STACKS, model_of, photo_for

from tinycnn.datasets.drawings import draw_heroes
from tinycnn.layers import LAYERS, Conv2D, Dense, Flatten, ReLU
from tinycnn.layers.more.function import Lambda
from tinycnn.models import Sequential
from tinycnn.networks import tutorial_network
from tinycnn.page import facts, show
from tinycnn.page.facts import Explained, PageError
from tinycnn.page.html import FOLDER, SCRIPTS, START, STYLES, document, is_page
from tinycnn.page.packing import packed, to_int16
from tinycnn.preprocessing.photos import Preprocessing, array_to_img
from tinycnn.preprocessing.previews import jpeg_preview


def data_of(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def drawing(size=128):
    return array_to_img(draw_heroes(2, seed=3, size=size)[0][1], scale=False)


# -- the page ---------------------------------------------------------------------


FILES = (*SCRIPTS, START, *STYLES)


@pytest.mark.parametrize("name", [*FILES, "page.html", "views.html"])
def test_its_files_are_short_and_build_no_markup(name):
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    code = [n for n in lines if n.strip() and not n.lstrip().startswith(("//", "/*"))]
    assert len(code) <= 200
    assert max(map(len, lines)) <= 150 or name.endswith("html")  # which has sentences
    # text never becomes markup or code
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|eval\(|document\.write", "".join(lines)
    )


def test_every_script_is_in_the_page():
    assert {*SCRIPTS, START} == {path.name for path in FOLDER.glob("*.js")}
    assert set(STYLES) == {path.name for path in FOLDER.glob("*.css")}


def test_every_layer_is_in_a_model_that_the_browser_tests_open():
    opened = {type(layer) for name in STACKS for layer in model_of(name).layers}
    assert opened == set(LAYERS.values())


def test_it_contains_no_address_and_allows_none():
    model = model_of("digits")
    page = show(model, photo_for(model)).html
    assert not re.search(
        r"[a-z]:\s*//|url\(|@import|xmlns|//\w+\.\w", page, re.IGNORECASE
    )
    assert page.index('<meta charset="utf-8">') < page.index("Content-Security-Policy")
    head = page[: page.index("Content-Security-Policy")]
    assert re.findall(r"<(\w+)", head) == ["html", "meta", "meta"]
    policy = re.search(r'Policy" content="(.*?)"', page)[1]
    assert policy.startswith("default-src 'none'; img-src data:; ")
    assert "unsafe" not in policy and policy.count("'sha256-") == len(FILES)


@pytest.mark.parametrize("classes", [2, 10])
def test_the_tutorials_page_for_one_photo_is_below_a_megabyte(classes):
    model = tutorial_network((64, 64, 3), classes=classes)
    model.preprocessing = Preprocessing((64, 64), rescale=1 / 255)
    page = show(model, drawing(512)).html
    assert len(page.encode()) < 10**6
    (photo,) = data_of(page)["photos"]
    assert len(photo["leading"]) == (1 if classes == 2 else facts.LEADING)


def test_the_data_cannot_end_its_element():
    model = model_of("digits")
    model.classes = ["</script><script>alert(1)</script>", *map(str, range(9))]
    explained = Explained(model, "<!--<script>")
    photo = explained.photo(photo_for(model), "</title><img src=x>\n\u202e")
    page = document(explained.content(), [photo])
    assert page.count("<script") == len((*SCRIPTS, START)) + 1
    assert page.count("</title>") == 1
    data = data_of(page)
    assert data["model"]["names"][0] == model.classes[0]
    assert data["photos"][0]["name"] == "</title><img src=x>\\n\\u202e"


def test_a_preview_is_a_new_image_without_the_metadata(tmp_path):
    photo = drawing()
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated
    exif[0x010F] = "SECRETCAMERA"
    path = tmp_path / "photo.jpg"
    photo.resize((600, 300)).save(path, exif=exif, comment=b"SECRETCOMMENT")
    assert b"SECRETCAMERA" in path.read_bytes()
    preview = jpeg_preview(path, longest=200)
    assert b"SECRET" not in preview
    with Image.open(io.BytesIO(preview)) as image:
        assert image.size == (100, 200)  # upright
        assert not image.getexif()


def test_the_model_is_not_changed():
    model = model_of("large, ten classes")
    before = [param.copy() for param in model.params.values()]
    show(model, photo_for(model))
    for param, old in zip(model.params.values(), before, strict=True):
        assert param.dtype == np.float32
        np.testing.assert_array_equal(param, old)
    assert all(layer.kept is None for layer in model.layers)
    assert not model.grads


def test_many_kernels_are_rounded_and_the_page_shows_the_error(monkeypatch):
    model = model_of("digits")
    x = photo_for(model)
    exact = Explained(model).photo(x)
    monkeypatch.setattr(facts, "EXACT_KERNELS", 10)
    explained = Explained(model)
    rounded = explained.photo(x)
    assert exact["notes"] == []
    (note,) = rounded["notes"]
    # the oracle: the same model with its kernels rounded here
    for layer in model.layers:
        if isinstance(layer, Conv2D):
            numbers, scale = to_int16(layer.params["kernel"])
            layer.params["kernel"] = np.float32(numbers * scale)
    error = np.abs(
        Explained(model).photo(x)["logits"] - np.array(exact["logits"])
    ).max()
    shown = float(re.search(r"by up to (\S+)\.$", note)[1])
    assert 0 < shown < 1e-3
    assert shown == pytest.approx(error, rel=0.2)
    assert set(explained.content()["layers"][0]["kernel"]) == {"int16", "scale"}


def test_rounding_to_int16_is_as_precise_as_16_bits_allow():
    x = np.random.default_rng(0).normal(size=1000)
    numbers, scale = to_int16(x)
    assert np.abs(numbers * scale - x).max() <= scale / 2 * (1 + 1e-12)
    assert to_int16(np.zeros(3))[0].tolist() == [0, 0, 0]
    assert packed([1.0], "float32") == {"float32": "AACAPw=="}


@pytest.mark.parametrize(
    ("layer", "name"),
    [(Lambda(lambda x: x / 2, input_shape=(8, 8, 3)), "0, Lambda"),
     (type("Mine", (ReLU,), {})(input_shape=(8, 8, 3)), "0, Mine")],
)  # fmt: skip
def test_a_layer_whose_arithmetic_the_page_does_not_hold_is_refused(layer, name):
    model = Sequential([layer, Conv2D(2, 3), Flatten(), Dense(2, activation="softmax")])
    with pytest.raises(PageError, match=f"cannot compute layer {name}: it holds"):
        Explained(model)


def test_models_that_cannot_be_explained_are_refused_in_one_line(monkeypatch):
    with pytest.raises(PageError, match=r"input_shape should be .* got \(4,\)"):
        show(Sequential([Dense(2, input_shape=(4,))]), np.zeros(4))
    with pytest.raises(PageError, match="got None"):
        show(Sequential([Flatten()]), np.zeros((2, 2, 1)))
    model = model_of("digits")
    with pytest.raises(PageError, match=r"of shape \(14, 14, 1\) .* got \(3, 3, 1\)"):
        show(model, np.zeros((3, 3, 1)))
    with pytest.raises(PageError, match="finite"):
        show(model, np.full((14, 14, 1), np.nan))
    with pytest.raises(PageError, match="how a photo becomes an array"):
        show(model, drawing())
    model.layers[-2].params["bias"][:] = np.inf
    with pytest.raises(PageError, match="the answer is not a finite number"):
        show(model, photo_for(model))
    monkeypatch.setattr(facts, "MOST_KERNELS", 10)
    with pytest.raises(PageError, match="have 486 weights, too many for a page"):
        show(model, photo_for(model))


def test_a_notebook_gets_an_iframe_that_the_page_cannot_end():
    model = model_of("digits")
    shown = show(model, photo_for(model)[np.newaxis])
    frame = shown._repr_html_()
    assert frame.count('"') == 12  # six attributes, none of the page's quotes
    source = re.search(r'srcdoc="([^"]*)"', frame)[1]
    assert html.unescape(source) == shown.html
    assert 'sandbox="allow-scripts"' in frame
    assert len(repr(shown)) < 100


# -- the command ------------------------------------------------------------------


@pytest.fixture
def model_file(trained):
    return trained[1] / "model.safetensors"


@pytest.fixture
def photos(heroes):
    return sorted((heroes / "test" / "Pikachu").iterdir())


def one_error_line(run):
    lines = run.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("error: "), run.stderr
    return lines[0]


def test_it_writes_one_page_for_all_photos(model_file, photos, heroes, call, tmp_path):
    run = call(
        "explain", model_file, photos[0], heroes / "test" / "Iron Man", cwd=tmp_path
    )
    assert run.returncode == 0, run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["explanation.html"]
    path = tmp_path / "explanation.html"
    assert is_page(path)
    data = data_of(path.read_text(encoding="utf-8"))
    assert len(data["photos"]) == 5
    assert data["model"]["names"] == ["Iron Man", "Pikachu"]
    assert data["model"]["file"] == "out/model.safetensors"
    assert str(tmp_path) not in path.read_text(encoding="utf-8")
    assert re.fullmatch(
        r"wrote explanation.html \(.* KiB\): 5 photos; .*\n", run.stdout
    )
    # a second run replaces its own page
    again = call("explain", model_file, photos[0], cwd=tmp_path)
    assert again.returncode == 0
    assert len(data_of(path.read_text(encoding="utf-8"))["photos"]) == 1


def test_it_agrees_with_predict(model_file, photos, call, tmp_path):
    call("explain", model_file, *photos, cwd=tmp_path)
    run = call("predict", model_file, *photos, "--format", "json", cwd=tmp_path)
    page = (tmp_path / "explanation.html").read_text(encoding="utf-8")
    explained = data_of(page)["photos"]
    for photo, answer in zip(explained, json.loads(run.stdout), strict=True):
        p = 1 / (1 + np.exp(-photo["logits"][0]))
        assert answer["probabilities"]["Pikachu"] == pytest.approx(p, abs=2e-6)
        assert photo["name"] == Path(answer["path"]).name


def test_a_bad_photo_is_named_and_the_others_are_explained(
    model_file, photos, call, tmp_path
):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no photo")
    run = call(
        "explain", model_file, bad, photos[0], tmp_path / "none.jpg", cwd=tmp_path
    )
    assert run.returncode == 1
    first, second = sorted(run.stderr.splitlines())
    assert "bad.jpg: it is not a photo" in first and "none.jpg: there is no" in second
    page = (tmp_path / "explanation.html").read_text(encoding="utf-8")
    assert [p["name"] for p in data_of(page)["photos"]] == [photos[0].name]


def test_without_a_readable_photo_nothing_is_written(model_file, call, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no photo")
    run = call("explain", model_file, "bad.jpg", cwd=tmp_path)
    assert run.returncode == 1
    one_error_line(run)
    (tmp_path / "empty").mkdir()
    run = call("explain", model_file, "empty", cwd=tmp_path)
    assert run.returncode == 1
    assert "there is no photo in empty" in one_error_line(run)
    assert not (tmp_path / "explanation.html").exists()


def test_for_a_folder_as_output_a_file_in_it_is_suggested(
    model_file, photos, call, tmp_path
):
    run = call("explain", model_file, photos[0], "--output", tmp_path, cwd=tmp_path)
    assert run.returncode == 2
    suggestion = f"such as {tmp_path / 'explanation.html'}"
    assert one_error_line(run).endswith(suggestion)
    assert "is a folder; name the page's file" in run.stderr


@pytest.mark.parametrize("name", ["other", "photo", "model"])
def test_a_file_that_is_not_such_a_page_is_never_replaced(
    name, model_file, photos, call, tmp_path
):
    other = tmp_path / "notes.html"
    other.write_text("<!DOCTYPE html>mine", encoding="utf-8")
    path = {"other": other, "photo": photos[0], "model": model_file}[name]
    before = path.read_bytes()
    run = call("explain", model_file, photos[0], "--output", path, cwd=tmp_path)
    assert run.returncode == 2
    assert "is not a page written by tinycnn" in one_error_line(run)
    assert path.read_bytes() == before


def test_errors_before_the_start_are_one_line(model_file, photos, call, tmp_path):
    run = call("explain", tmp_path / "none.safetensors", photos[0], cwd=tmp_path)
    assert run.returncode == 2
    one_error_line(run)
    run = call(
        "explain", model_file, photos[0], "--output", "no/page.html", cwd=tmp_path
    )
    assert run.returncode == 2
    assert "there is no folder no" in one_error_line(run)
    run = call("explain", model_file, *[photos[0]] * 25, cwd=tmp_path)
    assert run.returncode == 2
    assert "at most 24 photos, got 25" in one_error_line(run)
    model_of("digits").save(tmp_path / "digits.safetensors")
    run = call("explain", "digits.safetensors", photos[0], cwd=tmp_path)
    assert run.returncode == 2
    assert "does not say how photos are prepared" in one_error_line(run)
    assert not (tmp_path / "explanation.html").exists()
