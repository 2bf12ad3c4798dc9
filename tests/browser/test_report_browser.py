"""The report in a real browser: its figures are the training's, and all can read it."""

import re

import numpy as np
import pytest
from browsers import in_scheme, unfold
from reports import Training, digits, images, photos

from tinycnn.layers import Conv2D, Dense, Flatten
from tinycnn.models import Sequential

ARROWS = {"R": "ArrowRight", "D": "ArrowDown", "L": "ArrowLeft"}


@pytest.fixture(scope="module")
def trainings(heroes):
    return {"photos": photos(heroes), "digits": digits()}


@pytest.fixture(scope="module")
def pages(trainings):
    return {name: training.page() for name, training in trainings.items()}


def per_cent(text):
    return float(re.search(r"([\d.]+)%", text)[1]) / 100


def accuracy(training):
    return training.result.right / training.result.total


@pytest.mark.parametrize("name", ["photos", "digits"])
def test_the_result_is_the_trainings(name, trainings, pages, visit):
    page, training = visit(pages[name]), trainings[name]
    result = training.result
    headline = page.locator("#headline").inner_text()
    assert f"{result.right} of {result.total}" in headline
    shown = page.locator("#result tbody tr td.number").all_inner_texts()
    wanted = [accuracy(training), result.mean_colour, result.majority]
    assert list(map(per_cent, shown)) == pytest.approx(wanted, abs=0.0005)
    sentence = page.locator("#result .note").inner_text()
    low, high = re.search(r"([\d.]+)% to ([\d.]+)%", sentence).groups()
    assert float(low) / 100 == pytest.approx(result.low, abs=0.0005)
    assert float(high) / 100 == pytest.approx(result.high, abs=0.0005)


def test_every_point_of_the_curves_is_the_trainings(trainings, pages, visit):
    page, rows = visit(pages["digits"]), trainings["digits"].rows
    top = {
        "accuracy": 1.0,
        "loss": 1.05 * max(max(r["loss"], r["val_loss"]) for r in rows),
    }
    for place, name in enumerate(("accuracy", "loss")):
        plot = page.locator("#curves .plot").nth(place)
        rules = plot.locator(".rule").evaluate_all(
            "rules => rules.map((rule) => Number(rule.getAttribute('y1')))"
        )
        low, height = rules[0], rules[0] - 12
        for kind, prefix in (("training", ""), ("watched", "val_")):
            points = plot.locator(f"polyline.{kind}").get_attribute("points")
            drawn = [tuple(map(float, p.split(","))) for p in points.split()]
            wanted = [row[prefix + name] for row in rows]
            values = [(low - y) / height * top[name] for _, y in drawn]
            assert values == pytest.approx(wanted, abs=top[name] / 200)
            steps = np.diff([x for x, _ in drawn])
            assert len(drawn) == 5 and np.ptp(steps) < 0.1
    unfold(page.locator("#curves summary"))
    table = page.locator("#curves tbody tr").all()
    assert len(table) == len(rows)
    for line, row in zip(table, rows, strict=True):
        cells = line.locator("td").all_inner_texts()
        wanted = [row[n] for n in ("accuracy", "val_accuracy")]
        assert list(map(per_cent, cells[:2])) == pytest.approx(wanted, abs=0.0005)
        wanted = [row[n] for n in ("loss", "val_loss")]
        assert list(map(float, cells[2:])) == pytest.approx(wanted, abs=5e-5)


def test_the_curves_are_read_by_keyboard_and_by_pointing(trainings, pages, visit):
    page, rows = visit(pages["digits"]), trainings["digits"].rows
    slider = page.locator("#curves").get_by_role("slider")
    slider.focus()
    for key, epoch in (("Home", 1), ("ArrowRight", 2), ("End", 5), ("ArrowLeft", 4)):
        page.keyboard.press(key)
        text = slider.get_attribute("aria-valuetext")
        assert text.startswith(f"epoch {epoch}: accuracy ")
        assert per_cent(text) == pytest.approx(rows[epoch - 1]["accuracy"], abs=0.0005)
        assert page.locator("#curves .reading").inner_text() == text
    plot = page.locator("#curves .plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + 46, box["y"] + 80)
    assert page.locator("#curves .reading").inner_text().startswith("epoch 1: ")
    page.mouse.move(0, 0)
    assert page.locator("#curves .reading").inner_text().startswith("epoch 4: ")


@pytest.mark.parametrize("name", ["photos", "digits"])
def test_every_cell_of_the_confusion_matrix_holds_its_photos(
    name, trainings, pages, visit
):
    page, training = visit(pages[name]), trainings[name]
    result, count = training.result, len(training.data.class_names)
    names = training.data.class_names
    cells = page.locator("#confusion .cell")
    assert cells.count() == count**2
    files = getattr(training.data.test, "filenames", None)
    for place in range(count**2):
        truth, answer = divmod(place, count)
        in_cell = np.flatnonzero((result.truth == truth) & (result.answers == answer))
        cell = cells.nth(place)
        assert int(cell.locator("span").inner_text()) == len(in_cell)
        label = cell.get_attribute("aria-label")
        assert label.startswith(
            f"true {names[truth]}, predicted {names[answer]}: {len(in_cell)}"
        )
        cell.click()
        status = page.locator("#confusion [role=status]").inner_text()
        assert status.startswith(f"{len(in_cell)} ") and names[truth] in status
        shown = page.locator("#confusion .cell-photos small").evaluate_all(
            "all => all.map((one) => one.title)"
        )
        known = {files[n] if files else f"test image {n}" for n in in_cell}
        assert set(shown) <= known and len(shown) == min(len(in_cell), 24)
        page.locator("#confusion .cell-photos img").evaluate_all(
            "all => Promise.all(all.map((one) => one.decode()))"  # fails if it cannot
        )


def test_the_matrix_is_walked_by_arrow_keys(pages, visit):
    page = visit(pages["digits"])
    start = page.locator('#confusion .cell[tabindex="0"]')
    assert start.count() == 1 and start.get_attribute("aria-selected") == "true"
    start.focus()
    for key in ("Home", *["ArrowUp"] * 9):
        page.keyboard.press(key)
    for keys, truth, answer in (("", 0, 0), ("R", 0, 1), ("DD", 2, 1), ("L", 2, 0)):
        for key in keys:
            page.keyboard.press(
                {"R": "ArrowRight", "D": "ArrowDown", "L": "ArrowLeft"}[key]
            )
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert label.startswith(f"true kind {truth}, predicted kind {answer}: ")
        status = page.locator("#confusion [role=status]").inner_text()
        assert f"of kind {truth}" in status


def test_the_slider_goes_back_to_each_epochs_filters_and_answers(
    trainings, pages, visit
):
    training, page = trainings["photos"], visit(pages["photos"])
    recorder, data = training.recorder, training.data
    slider, names = page.locator("#epochs input"), data.class_names
    canvas = page.locator("#epochs canvas").first
    rows, columns = training.model.layers[0].kernel_size
    limit = np.abs(recorder.kernels).max()
    for epoch in reversed(range(len(recorder.kernels))):
        kernel, y = recorder.kernels[epoch], recorder.answers[epoch][:, 0]
        labels = (y > training.model.threshold).astype(int)
        right = int((labels == data.test.classes[recorder.photos]).sum())
        when = f"after epoch {epoch}" if epoch else "before training"
        reading = page.locator("#epochs .reading").inner_text()
        assert reading == f"{when}: {right} of these 6 photos right"
        assert slider.get_attribute("aria-valuetext") == reading
        verdicts = page.locator("#epochs .verdict").all_inner_texts()
        for verdict, label, p in zip(verdicts, labels, y, strict=True):
            assert names[label] in verdict
            assert per_cent(verdict) == pytest.approx(p if label else 1 - p, abs=5e-4)
        painted = canvas.evaluate(
            """(canvas) => {
              const {width, height} = canvas;
              return [width, height, [...canvas.getContext("2d")
                .getImageData(0, 0, width, height).data]];
            }"""
        )
        width, height, pixels = painted
        image = np.reshape(pixels, (height, width, 4))[..., :3]
        cells = image[height // rows // 2 :: height // rows]
        cells = cells[:rows, width // columns // 2 :: width // columns][:, :columns]
        expected = (0.5 + kernel[..., 0] / (2 * limit)) * 255
        assert np.abs(cells - expected).max() <= 1
        slider.press("ArrowLeft")


def test_a_filters_numbers_are_the_kernels(trainings, pages, visit):
    page = visit(pages["photos"])
    kernel = trainings["photos"].model.layers[0].params["kernel"]
    page.get_by_role("radio", name="filter 5", exact=True).click()
    shown = page.locator("#filters .square").all_inner_texts()
    numbers = [float(text.replace("\N{MINUS SIGN}", "-")) for text in shown]
    wanted = kernel[:, :, :, 5].transpose(2, 0, 1).ravel()
    assert numbers == pytest.approx(wanted, abs=0.0005)


@pytest.mark.parametrize("name", ["photos", "digits"])
def test_each_explanation_opens_and_leads_back(name, trainings, pages, visit):
    page, training = visit(pages[name]), trainings[name]
    links = page.locator("#why a")
    assert links.count() >= 4
    assert page.evaluate("page.explanations.length") == 0  # not before it is asked for
    y_pred = training.model.predict(training.data.test)
    for n in range(links.count()):
        link = links.nth(n)
        title = page.locator("#why small").nth(n).get_attribute("title")
        link.focus()
        page.keyboard.press("Enter")
        page.locator("#explanation").wait_for(state="visible")
        assert not page.locator("#report").is_visible()
        assert "✓ agree" in page.locator("#check").inner_text()
        lead = page.locator("#probability").inner_text()
        assert lead.startswith(title.split("/")[-1] + ": ")
        files = getattr(training.data.test, "filenames", None)
        number = files.index(title) if files else int(title.split()[-1])
        is_right = training.result.answers[number] == training.result.truth[number]
        assert ("That is right." in lead) == is_right
        assert ("The true class is" in lead) != is_right
        given = page.evaluate("[...page.explanation.answers]")
        assert given == pytest.approx(y_pred[number].tolist(), abs=1e-5)
        truth = training.data.class_names[training.result.truth[number]]
        told = page.locator("#backward .pill[aria-checked=true]").inner_text()
        assert told == truth
        page.locator(".back a").press("Enter")
        page.locator("#explanation").wait_for(state="hidden")
        focused = page.evaluate("document.activeElement.getAttribute('href')")
        assert focused == f"#why-{n + 1}"
    page.go_back()
    page.locator("#explanation").wait_for(state="visible")
    page.locator("#photos button").first.click()
    assert page.evaluate("page.current") == 0


def test_the_keyboard_alone_reaches_everything(pages, visit):
    page = visit(pages["digits"])
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
              const e = document.activeElement;
              return e === document.body ? null :
                [e.closest("section")?.id ?? "nav", getComputedStyle(e).outlineStyle];
            }"""
        )
        if at is None:
            break
        assert at[1] != "none", "the focus cannot be seen"
        reached.add(at[0])
    assert reached >= {"nav", "curves", "confusion", "worst", "filters", "why"}


@pytest.mark.parametrize(
    ("name", "scheme"), [("photos", "light"), ("digits", "dark"), ("photos", "dark")]
)
def test_axe_finds_no_serious_fault(name, scheme, pages, visit, serious_faults):
    page = visit(pages[name], scheme=scheme)
    unfold(page.locator("#curves summary"))
    assert serious_faults(page) == []
    page.locator("#why a").first.click()
    page.locator("#explanation").wait_for(state="visible")
    assert serious_faults(page) == []


@pytest.mark.parametrize("name", ["photos", "digits"])
def test_a_narrow_screen_needs_no_scrolling_to_the_side(name, pages, visit):
    page = visit(pages[name], width=390)
    unfold(page.locator("#curves summary"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#why a").first.click()
    page.locator("#explanation").wait_for(state="visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_colours_follow_the_readers_scheme(pages, visit):
    page = visit(pages["photos"], scheme="light")
    colour = "getComputedStyle(document.querySelector('.cell')).backgroundColor"
    light = page.evaluate(colour)
    in_scheme(page, "dark")
    assert page.evaluate(colour) != light


def test_names_from_strangers_stay_text(visit):
    hostile = ["<script>hacked = 1</script>", "\"'><img src=x onerror=hacked=1>\u202e"]
    data = images(2, side=9, count=20, channels=3, names=hostile)
    data.test.filenames = [f"{n}/<b>{n}</b>\u202e.jpg" for n in range(20)]
    layers = [Conv2D(3, 3, input_shape=(9, 9, 3)), Flatten(), Dense(1, "sigmoid")]
    page = visit(Training(Sequential(layers), data).page(), width=390)
    page.locator("#confusion .cell").first.click()
    page.locator("#why a").first.click()
    page.locator("#explanation").wait_for(state="visible")
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("b, img[src=x]").count() == 0
    page.locator(".back a").click()
    page.locator("#report").wait_for(state="visible")
    text = page.locator("#report").inner_text()
    assert hostile[0] in text and "<img src=x onerror=hacked=1>\\u202e" in text
    assert "</b>" in text and "\u202e" not in text
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_reports_without_mistakes_explanations_or_a_whole_matrix(visit, monkeypatch):
    monkeypatch.setattr("tinycnn.page.facts.MOST_KERNELS", 10)
    layers = [Conv2D(3, 3, input_shape=(8, 8, 1)), Flatten(), Dense(40, "softmax")]
    training = Training(Sequential(layers), images(40, 8, 80), epochs=1)
    page = visit(training.page())
    assert "no explanations in this report" in page.locator("#why").inner_text()
    assert page.locator("#confusion .cell").count() == 0
    page.locator("#confusion [role=radio]").nth(1).click()
    assert "taken for" in page.locator("#confusion [role=status]").inner_text()
    assert page.locator("#curves circle").count() == 4
    right = Training(training.model, training.data)
    right.data.test.classes = right.data.test.y = right.result.answers
    page = visit(Training(right.model, right.data).page())
    assert "No mistakes on 80" in page.locator("#worst").inner_text()
    assert "There are none." in page.locator("#confusion").inner_text()
