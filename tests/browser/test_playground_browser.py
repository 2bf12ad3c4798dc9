"""The playground in a real browser: a network learns from photos, in the page alone."""

import contextlib
import csv
import io
import os
import re
import shutil
import sys

import numpy as np
import pytest
from browsers import BROWSERS, drop, in_scheme, resize
from conftest import PROJECT
from PIL import Image

sys.path += [str(PROJECT / "docs"), str(PROJECT / "docs" / "classroom")]
import make_playground
import run_notebooks
from classroom.pyodide_folder import NotToBeHad

from tinycnn import load_model
from tinycnn.datasets.drawings import draw_heroes

pytestmark = pytest.mark.slow
SECONDS = 300_000  # milliseconds: how long a slow machine may take for one thing
# Half the rows and columns of the page's own choice: a quarter of the time.
SIZE, EPOCHS = 32, 24
TRAINED_STEPS = 4 * EPOCHS
HOSTILE = "<img src=x onerror=alert(1)>"
BACKWARDS = "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe.jpg"
# Notes how long the curves are each time that the worker tells of an epoch.
NOTE_CURVES = """() => {
  const inform = onEvent.look;
  window.lengths = [];
  onEvent.look = (data) => {
    inform(data);
    const lines = [...document.querySelectorAll("#epochs polyline")];
    lengths.push(lines.map((line) => line.getAttribute("points").split(" ").length));
  };
}"""

# In the worker: notes when each step begins. Its clock is the page's.
NOTE_STEPS = """() => {
  const { call } = globalThis;
  globalThis.begun = [];
  globalThis.call = (method, ...args) => {
    if (method === "step") begun.push(performance.timeOrigin + performance.now());
    return call(method, ...args);
  };
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The playground, built by its command."""
    if not (os.environ.get("CI") or make_playground.CACHE.is_dir()):
        pytest.skip("the playground needs 85 MB: python docs/make_playground.py FOLDER")
    folder = tmp_path_factory.mktemp("playground") / "site"
    try:
        make_playground.build(folder)
    except NotToBeHad as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    return folder


@pytest.fixture(scope="module")
def address(site):
    with run_notebooks.served(site) as address:
        yield address


@contextlib.contextmanager
def opened(browser, address, **settings):
    """A page whose Python is ready; at its end it must have been silent."""
    noise = []
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, accept_downloads=True, **settings
    )
    context.on(
        "request",
        lambda request: (
            request.url.startswith((address, "data:", f"blob:{address}"))
            or noise.append(request.url)
        ),
    )
    page = context.new_page()
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("dialog", lambda dialog: noise.append(dialog.message))
    page.set_default_timeout(SECONDS)
    page.goto(address)
    page.locator("html[data-ready]").wait_for()
    try:
        yield page
    finally:
        context.close()
    assert noise == []


@pytest.fixture(scope="module")
def trained(browser, address):
    """The page after the drawn heroes were learnt."""
    with opened(browser, address) as page:
        page.context.set_offline(True)  # all that it needs is there
        page.get_by_role("button", name="Take the drawn heroes").click()
        page.get_by_text("Drawn by tinycnn itself").wait_for()
        page.get_by_label("photos of").select_option(str(SIZE))
        page.get_by_role("spinbutton", name="epochs").fill(str(EPOCHS))
        page.evaluate(NOTE_CURVES)
        page.get_by_role("button", name="Train", exact=True).click()
        page.get_by_text("Done: ").wait_for()
        yield page


@pytest.fixture(scope="module")
def own(browser, address):
    """A page for photos of one's own, on a computer with a camera."""
    fake = [f"--use-fake-{thing}-for-media-stream" for thing in ("device", "ui")]
    with_camera = browser.browser_type.launch(
        executable_path=next(filter(None, map(shutil.which, BROWSERS)), None),
        args=["--no-sandbox", *fake],
    )
    with (
        contextlib.closing(with_camera),
        opened(with_camera, address, permissions=["camera"]) as page,
    ):
        yield page


@pytest.fixture(scope="module")
def model_file(trained, tmp_path_factory):
    """The model file that the page saves."""
    with trained.expect_download() as download:
        trained.get_by_role("button", name="Save the model").click()
    path = tmp_path_factory.mktemp("saved") / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "model.safetensors"
    return path


def photo(colour, size=(20, 24), kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def files(names, content):
    return [
        {"name": name, "mimeType": "image/png", "buffer": content} for name in names
    ]


def ask(page, path):
    """Ask about a photo; return the probabilities of the page's answer."""
    page.evaluate("asking.result.hidden = true")  # it may answer for the same photo
    page.get_by_label("Choose a photo", exact=True).set_input_files(path)
    page.locator(".verdict-line bdi").get_by_text(path.name).wait_for()
    return page.evaluate("asking.asked.probabilities")


@pytest.fixture(scope="module")
def portraits(tmp_path_factory):
    """Files of drawings that the network has not seen."""
    folder = tmp_path_factory.mktemp("portraits")
    images, _ = draw_heroes(4, seed=77, size=90)
    paths = [folder / f"portrait {n}.png" for n in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        Image.fromarray(image).save(path)
    return paths


def test_the_drawn_heroes_are_learnt_and_the_curves_show_every_epoch(trained):
    status = trained.get_by_text("Done: ").inner_text()
    right, total = map(int, re.search(r"(\d+) of (\d+) test photos", status).groups())
    assert total == 36
    assert right >= 34
    assert trained.locator("#epochs .verdict").count() == total
    assert trained.locator("#epochs .is-wrong").count() == total - right
    assert trained.evaluate("lengths") == [[n] * 4 for n in range(1, EPOCHS + 1)]
    for name in ("loss", "val_loss"):
        values = trained.evaluate(f"training.looks.map((look) => look.{name})")
        assert len(set(values)) == EPOCHS
    assert f"step {TRAINED_STEPS} of {TRAINED_STEPS}" in (
        trained.locator("#training .reading").inner_text()
    )


def test_the_saved_model_gives_the_pages_answers(
    trained, model_file, portraits, call, tmp_path
):
    shown = [ask(trained, path) for path in portraits]
    run = call("predict", model_file, *portraits, "--format", "csv", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    for row, path, pair in zip(rows, portraits, shown, strict=True):
        assert row["path"].endswith(path.name)
        assert float(row["Pikachu"]) == pytest.approx(pair[1], abs=1e-5)
    answers = load_model(model_file).predict(portraits)[:, 0]
    assert answers == pytest.approx([pair[1] for pair in shown], abs=1e-5)
    # Pyodide's Pillow decodes JPEG by another library, whose pixels differ a little.
    jpegs = [tmp_path / f"{path.stem}.jpg" for path in portraits]
    for path, jpeg in zip(portraits, jpegs, strict=True):
        Image.open(path).save(jpeg, quality=90)
    shown = [ask(trained, path)[1] for path in jpegs]
    answers = load_model(model_file).predict(jpegs)[:, 0]
    assert answers == pytest.approx(shown, abs=0.05)


def test_the_explaining_page_opens_in_a_frame_and_agrees(trained, portraits):
    ask(trained, portraits[0])
    trained.get_by_role("button", name="Explain this answer").click()
    frame = trained.frame_locator("iframe.explaining")
    frame.get_by_text("✓ agree").first.wait_for()
    assert frame.get_by_text("✗").count() == 0
    assert frame.get_by_text(portraits[0].name).count()


def test_the_slider_shows_kernels_and_answers_as_they_were(
    trained, model_file, portraits
):
    ask(trained, portraits[1])
    slider = trained.get_by_role("slider", name="epoch", exact=True)
    seen = {}
    for key, epoch in (("Home", 1), ("ArrowRight", 2), ("End", EPOCHS)):
        slider.focus()
        trained.keyboard.press(key)
        text = slider.get_attribute("aria-valuetext")
        assert text.startswith(f"after epoch {epoch}: ")
        right = int(re.search(r"(\d+) of 36", text)[1])
        assert trained.locator("#epochs .is-wrong").count() == 36 - right
        kernels = trained.locator(".filter-list canvas").evaluate_all(
            "all => all.map((canvas) => canvas.toDataURL())"
        )
        share = trained.locator(".shares .number").last.inner_text()
        when = trained.get_by_text(" answer after epoch ").inner_text()
        assert f"after epoch {epoch};" in when
        seen[epoch] = (tuple(kernels), share)
    assert len(seen[1][0]) == 32
    assert len({kernels for kernels, _ in seen.values()}) == 3
    assert seen[1][1] != seen[EPOCHS][1]
    for key, epoch in (("Home", 1), ("End", EPOCHS)):
        trained.get_by_role("slider", name="epoch of the answer").focus()
        trained.keyboard.press(key)
        assert slider.get_attribute("aria-valuetext").startswith(
            f"after epoch {epoch}:"
        )
        assert trained.locator(".shares .number").last.inner_text() == seen[epoch][1]
    shown = trained.evaluate("[...numbersOf(lookingBack.looks.at(-1).kernel)]")
    kernel = load_model(model_file).layers[0].params["kernel"]
    np.testing.assert_array_equal(np.float32(shown), kernel.ravel())


def test_the_program_is_the_one_of_twelve_lines(trained, tmp_path):
    with trained.expect_download() as download:
        trained.get_by_role("button", name="Download the program").click()
    assert download.value.suggested_filename == "train_the_same.py"
    path = tmp_path / "program.py"
    download.value.save_as(path)
    text = path.read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line]) == 12
    assert f"epochs={EPOCHS}" in text and f"({SIZE}, {SIZE}, 3)" in text
    shown = trained.locator("#keeping pre").inner_text()
    assert shown.strip() == text.strip()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme, trained, portraits, serious_faults):
    ask(trained, portraits[2])
    in_scheme(trained, scheme)
    assert serious_faults(trained) == []


def test_it_fits_a_screen_of_360_pixels(trained, portraits):
    ask(trained, portraits[3])
    resize(trained, 360, 740)
    try:
        wide = trained.evaluate(
            """() => [...document.querySelectorAll("body *")]
              .filter((one) => one.getBoundingClientRect().right > innerWidth + 1
                && !one.closest(".scroll, pre, .previews"))
              .map((one) => one.outerHTML.slice(0, 100))"""
        )
        assert wide == []
        assert trained.evaluate("document.documentElement.scrollWidth") <= 360
    finally:
        resize(trained, 1280, 900)


def fresh(page):
    """Empty all boxes, and undo what the test before set: they share the page."""
    page.evaluate("() => { if (window.inform) onEvent.step = inform; }")
    page.get_by_label("photos of").select_option("64")
    page.get_by_role("spinbutton", name="epochs").fill("24")
    page.get_by_role("button", name="Empty all boxes").click()
    page.get_by_text("All boxes are empty.").wait_for()


def fill(page, number, name, colour, count=5):
    box = page.get_by_role("group", name=f"box {number}")
    box.get_by_role("textbox").fill(name)
    names = [f"{name[:5]} {n}.png" for n in range(count)]
    box.get_by_label("Choose photos").set_input_files(files(names, photo(colour)))
    box.get_by_text(f"{count} photos").wait_for()
    return box


def after_step(page, number, action):
    """Do this once in the page, when the worker reports the step."""
    page.evaluate(
        f"""() => {{
          window.inform = onEvent.step;
          onEvent.step = (data) => {{
            inform(data);
            if (data.step.step !== {number}) return;
            onEvent.step = inform;
            {action};
          }};
        }}"""
    )


def at_text(place, text, action):
    """Do this once in the page, at the moment when it shows the text there.

    Such a text may stay for a few milliseconds: a look from outside can miss it.
    """
    place.evaluate(
        f"""(place, text) => {{
          const watch = new MutationObserver(() => {{
            if (!place.textContent.startsWith(text)) return;
            watch.disconnect();
            {action};
          }});
          watch.observe(place, {{childList: true, characterData: true, subtree: true}});
        }}""",
        text,
    )


@pytest.fixture
def on_disk(tmp_path):
    """Write a file; return its path."""

    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


def test_dropped_photos_are_taken_and_all_else_gets_one_line(own, on_disk, tmp_path):
    fresh(own)
    box = own.get_by_role("group", name="box 2")
    whole = photo("red", (90, 90), "JPEG")
    (tmp_path / "album").mkdir()
    drop(
        own,
        box,
        on_disk(f"{HOSTILE}.png", photo("blue")),
        on_disk("shopping.txt", b"milk"),
        on_disk("cut off.jpg", whole[: len(whole) // 2]),
        tmp_path / "album",
        on_disk("whole.jpg", whole),
    )
    box.get_by_text("2 photos").wait_for()
    lines = box.locator("li.fault").all_inner_texts()
    assert len(lines) == 3
    assert lines[0].startswith("shopping.txt: it is not a photo")
    assert "cut off" in lines[1]
    assert lines[2] == "album: it cannot be read; is it a folder without photos?"
    titles = box.locator(".previews img").evaluate_all("all => all.map((i) => i.title)")
    assert titles == [f"{HOSTILE}.png", "whole.jpg"]
    link = {"mimeType": "text/uri-list", "data": "http://127.0.0.1/photo.jpg"}
    drop(own, box, items=[link])
    box.get_by_text("what was dropped is not a file").wait_for()


def test_a_folder_is_dropped_with_the_folders_in_it(own, tmp_path):
    fresh(own)
    album = tmp_path / "album"
    for name in ("10.png", "9.png", "b/.hidden.png", "b/1.png", "b/c/2.png"):
        path = album / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo("red"))
    (album / "Thumbs.db").write_bytes(b"the system's")
    (album / "b" / "list.txt").write_text("milk")
    box = own.get_by_role("group", name="box 1")
    drop(own, box, album)
    box.get_by_text("4 photos").wait_for()
    titles = box.locator(".previews img").evaluate_all("all => all.map((i) => i.title)")
    assert titles == ["9.png", "10.png", "1.png", "2.png"]
    said, text = box.locator("li.fault").all_inner_texts()
    assert said.startswith("photos of 3 folders are in this box now")
    assert text.startswith("list.txt: it is not a photo")


def test_a_photo_that_misses_the_boxes_does_not_replace_the_page(own, on_disk):
    fresh(own)
    box = fill(own, 1, "one", "red")
    path, address = on_disk("photo.png", photo("blue")), own.url
    for place in (own.locator("h1"), own.locator("progress"), own.locator("footer")):
        drop(own, place, path)
        drop(own, place, items=[{"mimeType": "text/uri-list", "data": address}])
    own.get_by_role("button", name="Another box").click()
    assert own.url == address
    assert box.locator(".count").inner_text() == "5 photos"


def test_another_photo_is_asked_about_by_dropping_it(trained, portraits):
    drop(trained, trained.locator("#asking .box"), portraits[2])
    trained.locator(".verdict-line bdi").get_by_text(portraits[2].name).wait_for()


def test_names_of_strangers_stay_text_and_bad_photos_get_one_line(own):
    fresh(own)
    box = own.get_by_role("group", name="box 1")
    whole = photo("red", (90, 90), "JPEG")
    bad = [
        *files([f"{HOSTILE}.jpg", BACKWARDS], b"no photo at all"),
        *files(["empty.jpg"], b""),
        *files(["cut off.jpg"], whole[: len(whole) // 2]),
        *files([f"{HOSTILE}.png", "../../good"], photo("blue")),
    ]
    box.get_by_label("Choose photos").set_input_files(bad)
    box.get_by_text("2 photos").wait_for()
    lines = box.locator("li.fault").all_inner_texts()
    assert len(lines) == 4
    assert not any("\n" in line for line in lines)
    assert lines[0].startswith(f"{HOSTILE}.jpg: it is not a photo")
    assert lines[1].startswith("\\u202egpj.exe.jpg: it is not a photo")
    assert lines[2] == "empty.jpg: the file is empty"
    assert "cut off" in lines[3]
    titles = box.locator(".previews img").evaluate_all("all => all.map((i) => i.title)")
    assert titles == [f"{HOSTILE}.png", "../../good"]
    assert own.locator("img[src=x]").count() == 0


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("", "two"), "box 1 has no name"),
        (("one", " one"), "two boxes are called one"),
        (("one", "../two"), "cannot be the name of a folder"),
        (("one", "two"), "two has 4 photos: put at least 5 into each box"),
    ],
)
def test_what_is_missing_is_said_in_a_line(names, said, own):
    fresh(own)
    fill(own, 1, names[0], "red")
    fill(own, 2, names[1], "blue", count=4 if names[1] == "two" and names[0] else 5)
    own.get_by_role("button", name="Train", exact=True).click()
    own.locator("#training .fault").get_by_text(said).wait_for()
    assert own.get_by_role("button", name="Train", exact=True).is_enabled()


def test_stop_is_obeyed_within_a_step_and_three_classes_are_answered(own, tmp_path):
    fresh(own)
    fill(own, 1, HOSTILE, "red")
    own.get_by_role("button", name="Another box").click()
    fill(own, 2, "train", "blue")
    fill(own, 3, "test", "green", count=110)  # so that an epoch has three steps
    own.get_by_label("photos of").select_option("32")
    own.get_by_role("spinbutton", name="epochs").fill("50")
    (worker,) = own.workers
    worker.evaluate(NOTE_STEPS)
    now = "window.clicked = performance.timeOrigin + performance.now()"
    after_step(own, 4, f"{now}; training.halt.click()")
    own.get_by_role("button", name="Train", exact=True).click()
    own.get_by_text("Stopped ").wait_for()
    # A slow page hears of step 4 when the worker has made more of them.
    begun, clicked = worker.evaluate("begun"), own.evaluate("clicked")
    assert len([moment for moment in begun if moment > clicked]) <= 1
    assert int(own.locator("progress").evaluate("bar => bar.value")) == len(begun)
    path = tmp_path / "asked.png"
    path.write_bytes(photo("red"))
    shares = ask(own, path)
    assert len(shares) == 3
    assert sum(shares) == pytest.approx(1, abs=1e-6)
    assert HOSTILE in own.locator(".shares").inner_text()
    own.get_by_role("button", name="Explain this answer").click()
    own.frame_locator("iframe").get_by_text("✓ agree").first.wait_for()


def test_emptying_the_boxes_ends_a_run_without_a_fault(own):
    fresh(own)
    fill(own, 1, "one", "red")
    fill(own, 2, "two", "green", count=110)
    own.get_by_label("photos of").select_option("32")
    # In the middle of the second epoch: a last look at the network is still due.
    after_step(own, 4, "void boxes.startAgain()")
    own.get_by_role("button", name="Train", exact=True).click()
    own.get_by_text("All boxes are empty.").wait_for()
    own.get_by_role("group", name="box 2").get_by_text("no photos yet").wait_for()
    own.get_by_role("button", name="Train", exact=True).click()
    own.locator("#training .fault").get_by_text("box 1 has no name").wait_for()


def test_a_run_stays_until_the_next_one_can_begin_and_an_empty_box_is_left_out(own):
    fresh(own)
    fill(own, 1, "one", "red")
    fill(own, 2, "two", "blue")
    go = own.get_by_role("button", name="Train", exact=True)
    own.get_by_role("spinbutton", name="epochs").fill("2")
    own.get_by_role("button", name="Another box").click()
    go.click()
    own.get_by_text("Done: ").wait_for()
    own.get_by_role("group", name="box 3").get_by_role("textbox").fill("three")
    go.click()
    own.locator("#training .fault").get_by_text("three has 0 photos").wait_for()
    assert own.get_by_text("Done: ").is_visible()
    assert own.locator(".filter-list canvas").count() == 32
    assert own.get_by_role("button", name="Save the model").is_enabled()


@pytest.mark.parametrize("name", ["Empty all boxes", "empty box 1"])
def test_photos_still_to_be_read_do_not_come_into_an_emptied_box(name, own):
    fresh(own)
    box = own.get_by_role("group", name="box 1")
    press = own.get_by_role("button", name=name).element_handle()
    own.evaluate("(press) => { window.press = press; }", press)
    at_text(box.locator(".count"), "reading photo 2 of 110", "press.click()")
    photos = files([f"{n}.png" for n in range(110)], photo("green"))
    box.get_by_label("Choose photos").set_input_files(photos)
    box.get_by_text("no photos yet").wait_for()
    fill(own, 1, "one", "red")
    fill(own, 2, "two", "blue")
    own.get_by_role("spinbutton", name="epochs").fill("1")
    own.get_by_role("button", name="Train", exact=True).click()
    own.get_by_text("Done: ").wait_for()
    assert own.evaluate("training.run.photos") == 8


def test_training_begins_with_all_photos_that_were_chosen(own):
    fresh(own)
    fill(own, 2, "two", "blue")
    box = own.get_by_role("group", name="box 1")
    box.get_by_role("textbox").fill("one")
    for count in (40, 10):  # the second time, the first are being read
        photos = files([f"{n}.png" for n in range(count)], photo("red"))
        box.get_by_label("Choose photos").set_input_files(photos)
    own.get_by_role("spinbutton", name="epochs").fill("1")
    own.get_by_role("button", name="Train", exact=True).click()
    own.get_by_text("Done: ").wait_for()
    assert own.evaluate("training.run.photos") == 44
    assert box.locator(".count").inner_text() == "50 photos"


def test_a_photo_in_two_boxes_gets_a_line(own):
    fresh(own)
    fill(own, 1, "one", "red")
    box = fill(own, 2, "two", "blue")
    box.get_by_label("Choose photos").set_input_files(files(["a.png"], photo("red")))
    box.locator("li.fault").get_by_text("a.png: it is in box 1, too").wait_for()
    box.get_by_text("6 photos").wait_for()


def halves(path, kind, **options):
    """A photo, red on the left and blue on the right."""
    image = Image.new("RGB", (60, 40), "blue")
    image.paste("red", (0, 0, 30, 40))
    image.save(path, kind, **options)
    return path


def test_photos_of_phones_are_answered_as_on_the_terminal(own, tmp_path):
    fresh(own)
    fill(own, 1, "one", "red")
    fill(own, 2, "two", "blue", count=110)
    own.get_by_label("photos of").select_option("32")
    own.get_by_role("spinbutton", name="epochs").fill("3")
    own.get_by_role("button", name="Train", exact=True).click()
    save = own.get_by_role("button", name="Save the model")
    saved = []
    for number in range(3):  # twice in a row while it trains, and at the end
        if number == 2:
            own.get_by_text("Done: ").wait_for()
        with own.expect_download() as download:
            save.click()
        saved.append(tmp_path / f"{number}.safetensors")
        download.value.save_as(saved[-1])
        assert load_model(saved[-1]).classes == ["one", "two"]
    turned = Image.Exif()
    turned[0x0112] = 6
    large = np.random.default_rng(0).integers(0, 256, (8, 12, 3), np.uint8)
    large = Image.fromarray(large).resize((6000, 4000), Image.Resampling.BICUBIC)
    large.save(tmp_path / "large.jpg", quality=90)
    second = Image.new("RGB", (60, 40), "green")
    paths = [
        halves(tmp_path / "upright.png", "PNG"),
        halves(tmp_path / "turned.png", "PNG", exif=turned),
        halves(tmp_path / "moving.gif", "GIF", save_all=True, append_images=[second]),
        tmp_path / "large.jpg",
    ]
    shown = [ask(own, path)[1] for path in paths]
    answers = load_model(saved[-1]).predict(paths)[:, 0]
    assert answers[:3] == pytest.approx(shown[:3], abs=1e-5)
    assert answers[3] == pytest.approx(shown[3], abs=0.05)  # a JPEG
    assert abs(shown[0] - shown[1]) > 1e-3
    assert abs(shown[0] - shown[2]) < abs(shown[0] - shown[1])  # its first picture
    phones = tmp_path / "IMG_1.HEIC"
    phones.write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    own.get_by_label("Choose a photo", exact=True).set_input_files(phones)
    said = "IMG_1.HEIC: it is a HEIC photo, as phones take them, and Pillow cannot"
    own.locator("#asking .fault").get_by_text(said).wait_for()
    assert own.get_by_text("Drop a photo here, or choose it.").is_visible()


def test_no_photo_comes_into_a_box_that_is_about_to_go(own):
    fresh(own)
    fill(own, 1, "one", "red")
    emptying = own.evaluate(
        """() => {
          [...document.querySelectorAll("button")]
            .find((one) => one.textContent === "Empty all boxes").click();
          return [boxes.grid.inert, boxes.status.textContent];
        }"""
    )
    assert emptying == [True, "Emptying all boxes …"]
    own.get_by_text("All boxes are empty.").wait_for()
    assert not own.evaluate("boxes.grid.inert")
    fill(own, 1, "two", "blue")


@pytest.fixture
def choosing(own):
    """A page whose choice of files is caught: a slow one is late in beginning so."""

    def caught(chooser):
        """Do nothing: `expect_file_chooser` finds the page prepared."""

    own.on("filechooser", caught)
    yield own
    own.remove_listener("filechooser", caught)


def test_all_is_done_by_keyboard_alone(choosing):
    own = choosing
    fresh(own)
    own.evaluate("scrollTo(0, 0); document.activeElement.blur()")

    def tab_to(name):
        for _ in range(60):
            own.keyboard.press("Tab")
            if name == own.evaluate(
                """() => document.activeElement.getAttribute("aria-label")
                  ?? document.activeElement.textContent"""
            ):
                return
        raise AssertionError(f"the Tab key does not lead to {name}")

    for number, (name, colour) in enumerate((("one", "red"), ("two", "blue")), start=1):
        tab_to(f"name of the class in box {number}")
        own.keyboard.type(name)
        tab_to("Choose photos")
        with own.expect_file_chooser() as chooser:
            own.keyboard.press("Space")
        chooser.value.set_files(files([f"{n}.png" for n in range(5)], photo(colour)))
        box = own.get_by_role("group", name=f"box {number}")
        box.get_by_text("5 photos").wait_for()
    tab_to("Train")
    for key in ("Tab", "3", "Tab", "Control+A", "2", "Shift+Tab", "Shift+Tab", "Enter"):
        own.keyboard.press(key)
    own.get_by_text("Done: ").wait_for()
    assert own.evaluate("[training.run.size, training.run.epochs]") == [32, 2]
    tab_to("epoch")
    own.keyboard.press("ArrowLeft")
    own.get_by_text("after epoch 1: ").wait_for()
    tab_to("Choose a photo")
    with own.expect_file_chooser() as chooser:
        own.keyboard.press("Space")
    chooser.value.set_files(files(["asked.png"], photo("blue")))
    own.locator(".verdict-line").wait_for()
    tab_to("Explain this answer")
    own.keyboard.press("Enter")
    own.frame_locator("iframe").get_by_text("✓ agree").first.wait_for()
    tab_to("Save the model")
    with own.expect_download():
        own.keyboard.press("Enter")


def test_photos_and_network_are_gone_when_the_page_is_loaded_again(own):
    fresh(own)
    box = fill(own, 1, "one", "red")
    own.reload()
    assert box.locator(".count").inner_text() == "no photos yet"
    own.locator("html[data-ready]").wait_for()
    assert own.get_by_role("button", name="Save the model").is_disabled()
    kept = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert own.evaluate(kept) == [0, 0, ""]
    assert own.evaluate("indexedDB.databases()") == []


def test_photos_may_come_before_python_is_ready(own):
    own.reload()
    fill(own, 1, "early", "red")
    own.locator("html[data-ready]").wait_for()


def test_a_page_opened_from_a_file_says_that_it_needs_a_server(browser, site):
    with contextlib.closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto((site / "index.html").as_uri())
        page.get_by_text("the page was opened from a file").wait_for()


def test_the_webcam_is_there_where_there_is_one(own, browser, address):
    fresh(own)
    box = own.get_by_role("group", name="box 2")
    box.get_by_role("button", name="Webcam for box 2").click()
    for count in ("1 photo", "2 photos"):
        box.get_by_role("button", name="Take a photo").click()
        box.get_by_text(count).wait_for()
    box.get_by_role("button", name="Switch off").click()
    assert box.locator("video").is_hidden()
    streams = "[...document.querySelectorAll('video')].filter((one) => one.srcObject)"
    assert own.evaluate(f"{streams}.length") == 0
    with contextlib.closing(browser.new_context()) as context:
        page = context.new_page()
        page.add_init_script("delete Navigator.prototype.mediaDevices")
        page.goto(address)
        page.get_by_role("button", name="Empty all boxes").wait_for()
        assert page.get_by_text("Webcam").count() == 0


def test_the_policy_lets_neither_page_nor_worker_reach_another_server(
    browser, address, tmp_path
):
    context = browser.new_context()
    with run_notebooks.served(tmp_path) as other, contextlib.closing(context):
        page = context.new_page()
        reached = []
        page.on("response", lambda response: reached.append(response.url))
        with page.expect_worker(timeout=SECONDS) as started:
            page.goto(address)
        policy = page.locator("meta[http-equiv]").get_attribute("content")
        assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
        send = f"fetch('{other}').then(() => 'sent', () => 'refused')"
        assert page.evaluate(send) == "refused"
        assert started.value.evaluate(send) == "refused"
        assert not [url for url in reached if url.startswith(other)]
