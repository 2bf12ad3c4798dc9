"""The page in a real browser: it asks for nothing, says nothing wrong, and every number
on it is NumPy's."""

import base64
import copy
import json
import re
import subprocess
import sys

import numpy as np
import pytest
from browsers import unfold
from stacks import STACKS, model_of, photo_for

from tinycnn.datasets.drawings import draw_heroes
from tinycnn.layers import (
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    Reshape,
    Resizing,
    SeparableConv2D,
    ZeroPadding2D,
)
from tinycnn.models import Sequential
from tinycnn.page.facts import Explained
from tinycnn.page.html import document
from tinycnn.preprocessing.photos import Preprocessing, array_to_img

EXPLORERS = {"convolution", "pooling", "units"}


@pytest.fixture(scope="module")
def hero():
    """The tutorial's network, and a drawing as a photo."""
    model = model_of("tutorial")
    model.preprocessing = Preprocessing((64, 64), rescale=1 / 255)
    model.classes = ["Iron Man", "Pikachu"]
    return model, array_to_img(draw_heroes(2, seed=3, size=128)[0][1], scale=False)


def page_of(model, *photos, names=("photo.jpg", "other.jpg", "third.jpg")):
    explained = Explained(model, "runs/model.safetensors")
    told = [explained.photo(p, n) for p, n in zip(photos, names, strict=False)]
    return document(explained.content(), told)


def numpy_says(model, photo):
    """(layers in float64, the photo and each layer's output)."""
    layers = copy.deepcopy(model.layers)
    activations = [photo[np.newaxis].astype(np.float64)]
    for layer in layers:
        layer.params = {k: v.astype(np.float64) for k, v in layer.params.items()}
        layer.state = {k: v.astype(np.float64) for k, v in layer.state.items()}
        activations.append(layer.forward(activations[-1]))
    return layers, activations


def gradients(layers, end, dy):
    found = [dy]
    for layer in reversed(layers[:end]):
        found.insert(0, layer.backward(found[0]))
    return found


def numbers(page, expression):
    """Arrays of doubles out of the page; as base64, for JSON takes far longer."""
    texts = page.evaluate(
        f"""({expression}).map((array) => {{
          let text = "";
          for (const byte of new Uint8Array(new Float64Array(array).buffer)) {{
            text += String.fromCharCode(byte);
          }}
          return btoa(text);
        }})"""
    )
    return [np.frombuffer(base64.b64decode(text)) for text in texts]


# -- the numbers ------------------------------------------------------------------


@pytest.mark.parametrize("name", [*STACKS, "tutorial"])
def test_every_number_is_numpys(name, visit):
    model = model_of(name)
    photo = photo_for(model)
    layers, activations = numpy_says(model, photo)
    page = visit(page_of(model, photo))
    told = page.evaluate(
        "({end: page.model.logits, known: page.explanation.known, answer: "
        "page.model.answer, large: [...page.explanation.large.keys()]})"
    )
    end, known = told["end"], told["known"]
    exact = dict(rtol=1e-9, atol=1e-11)
    nearly = dict(rtol=1e-6, atol=1e-7) if told["large"] else exact  # G is float32

    # every map of every layer, and the answer
    shown = numbers(page, "page.explanation.activations")
    assert len(shown) == len(activations)
    for place, (here, there) in enumerate(zip(shown, activations, strict=True)):
        tolerance = nearly if place >= end else exact
        np.testing.assert_allclose(here, there.ravel(), **tolerance)

    # votes of all layers, for every output the page knows
    logits = activations[end].ravel()
    is_bent = any(not layer.is_straight for layer in layers[:end])
    for output in known[:3]:
        one = np.zeros(activations[end].shape)
        one.ravel()[output] = 1
        found = gradients(layers, end, one)
        for place in range(end):
            poll = f"page.explanation.votes({output}, {place})"
            votes = (activations[place] * found[place]).ravel()
            here = numbers(page, f"[{poll}.votes]")[0]
            np.testing.assert_allclose(here, votes, rtol=1e-6, atol=1e-7)
            poll = page.evaluate(f"(({{votes, gradient, ...sums}}) => sums)({poll})")
            total = poll["inFavour"] + poll["against"] + poll["remainder"]
            assert abs(total - logits[output]) <= 1e-5 * max(1, abs(logits[output]))
            assert poll["remainder"] == pytest.approx(
                logits[output] - votes.sum(), abs=1e-5
            )
    assert is_bent == ("sigmoid" in name or "bends" in name)

    # the way back, with each of two answers told to be true
    p = activations[-1]
    labels = (
        [0, 1]
        if logits.size == 1 and told["answer"] != "number"
        else [*known[:2], known[-1]]
    )
    for label in labels:
        if told["answer"] == "number":
            dy = np.zeros(p.shape)
            dy.ravel()[label] = 1
        elif logits.size == 1:
            dy = p - label
        else:
            dy = np.zeros(p.shape)
            group = slice(label - label % p.shape[-1], None)
            group = slice(group.start, group.start + p.shape[-1])
            dy.ravel()[group] = p.ravel()[group]
            dy.ravel()[label] -= 1
        shown = numbers(
            page,
            f"page.explanation.gradients(page.explanation.seedFor({label}))",
        )
        for here, there in zip(shown, gradients(layers, end, dy), strict=True):
            np.testing.assert_allclose(here, there.ravel(), rtol=1e-5, atol=1e-7)

    # the check line
    lines = page.locator("#check tbody tr").all_inner_texts()
    assert len(lines) == min(20, len(known))
    assert all("✓ agree" in line for line in lines)
    browser_logits = page.evaluate("[...page.explanation.logits]")
    for n in known:
        allowed = 1e-5 * max(1, abs(logits[n]))
        assert abs(browser_logits[n] - logits[n]) <= allowed


def minus(text):
    return text.replace("\N{MINUS SIGN} ", "-").replace("\N{MINUS SIGN}", "-")


def results(page, view):
    """The numbers of a view's first sum: its terms and, last, its result."""
    terms = page.locator(f"#{view} .sum").first.locator(".term .number")
    return [float(re.sub("[=+ ]", "", minus(t))) for t in terms.all_inner_texts()]


def test_hovering_and_stepping_show_the_cell_s_own_sum(visit):
    model = model_of("strides and same")
    photo = photo_for(model)
    _, activations = numpy_says(model, photo)
    page = visit(page_of(model, photo))
    page.select_option("#convolution select >> nth=0", label="0 Conv2D")
    page.select_option("#convolution select >> nth=1", "2")
    maps = activations[1][0, :, :, 2]  # 7 x 6
    stage = page.locator("#convolution .explorer")
    stage.evaluate("stage => stage.scrollIntoView({block: 'center'})")
    box = stage.bounding_box()
    for row, column in ((0, 0), (6, 5), (3, 2)):
        page.mouse.move(
            box["x"] + box["width"] * (column + 0.5) / 6,
            box["y"] + box["height"] * (row + 0.5) / 7,
        )
        *terms, result = results(page, "convolution")
        assert result == pytest.approx(maps[row, column], abs=1e-6)
        assert sum(terms) == pytest.approx(result, abs=3e-6)
        assert len(terms) == 4  # three channels and the bias
    page.mouse.click(box["x"] + 2, box["y"] + 2)
    page.mouse.move(0, 0)
    stage.press("ArrowDown")
    stage.press("ArrowRight")
    stage.press("ArrowRight")
    assert results(page, "convolution")[-1] == pytest.approx(maps[1, 2], abs=1e-6)


def test_the_copied_python_gives_the_number_on_the_page(visit):
    model = model_of("digits")
    photo = photo_for(model)
    _, activations = numpy_says(model, photo)
    page = visit(page_of(model, photo))
    unfold(page.locator("#convolution summary", has_text="as Python"))
    page.locator("#convolution .explorer").press("ArrowDown")
    page.locator("#convolution .explorer").press("ArrowLeft")
    code = page.locator("#convolution .code code").last.inner_text()
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    cell = page.evaluate("page.chosen.get(page.shown.convolution + 1)")
    status = minus(page.locator("#convolution [role=status]").first.inner_text())
    there = activations[4][0, cell["row"], cell["column"], cell["channel"]]
    assert status == f"row {cell['row']}, column {cell['column']}: {there:.6f}"
    first, after = run.stdout.split()
    assert float(first) == pytest.approx(there, rel=1e-12)
    assert float(after) == pytest.approx(max(there, 0), rel=1e-12)
    unfold(page.locator("#convolution summary", has_text="all digits"))
    digits = page.locator("#convolution .code code").first.inner_text()
    products = [float(x) for x in re.findall(r"= (\S+)$", digits, re.MULTILINE)]
    bias = float(re.search(r"bias (\S+)", digits)[1])
    assert len(products) == 3 * 3 * 6
    assert sum(products) + bias == pytest.approx(there, rel=1e-12)


def test_a_number_is_followed_back_from_its_vote_to_the_pixels(visit, hero):
    model, photo = hero
    x = model.preprocessing([photo])[0]
    _, activations = numpy_says(model, x)
    page = visit(page_of(model, photo))
    link = page.locator("#votes .link").first
    place = link.inner_text()
    channel, row, column = map(int, re.findall(r"\d+", place))
    link.click()
    pooled = activations[3][0, row, column, channel]
    shown = minus(page.locator("#pooling .details p").inner_text())
    assert f"{pooled:.6f}" in shown
    winner = tuple(map(int, re.findall(r"row (\d+), column (\d+)", shown)[0]))
    window = activations[2][0, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
    a, b = np.unravel_index(window[:, :, channel].argmax(), (2, 2))
    assert winner == (2 * row + a, 2 * column + b)
    page.locator("#pooling button", has_text="convolution").click()
    conv = activations[1][0, *winner, channel]
    assert results(page, "convolution")[-1] == pytest.approx(conv, abs=1e-6)
    k = (row * 31 + column) * 32 + channel
    assert int(page.locator("#flatten input").last.input_value()) == k
    page.locator("#flatten input").last.fill("5")
    assert page.locator("#flatten input").nth(2).input_value() == "5"


LAYERS_BETWEEN = {
    "more maps than before": SeparableConv2D(6, 3),
    "three maps of each": DepthwiseConv2D(3, depth_multiplier=3),
    "larger": Resizing(16, 18),
    "smaller": Resizing(3, 4, "nearest"),
    "another shape": Reshape((12, 8, 1)),
    "a border": ZeroPadding2D(2),
}


@pytest.mark.parametrize("kind", LAYERS_BETWEEN)
def test_a_cell_is_followed_through_a_layer_of_every_kind(kind, visit):
    layer = copy.deepcopy(LAYERS_BETWEEN[kind])
    first = Conv2D(2, 3, input_shape=(8, 10, 3))
    model = Sequential(
        [first, layer, Conv2D(2, 2), Flatten(), Dense(2, activation="softmax")], seed=3
    )
    photo = photo_for(model)
    layers, activations = numpy_says(model, photo)
    page = visit(page_of(model, photo))  # an error of the page would be noticed
    shown = page.evaluate(
        """() => Array.from(page.explanation.activations[2], (_, place) => {
            page.choose(2, cellOf(page.explanation.shapeAt(2), place));
            const { row, column, channel } = page.chosen.get(1);
            return [row, column, channel];
        })"""
    )
    x = activations[1]
    for place, below in enumerate(shown):
        dy = np.zeros(activations[2].shape)
        dy.flat[place] = 1
        layers[1].forward(x)
        shares = np.abs(x * layers[1].backward(dy))[0]
        if shares.any():  # not in a border
            assert shares[tuple(below)] == pytest.approx(shares.max(), rel=1e-9)


def test_the_votes_are_painted_where_a_resized_photo_was(visit):
    model = Sequential(
        [
            Resizing(6, 4, input_shape=(12, 20, 1)),
            Conv2D(1, (3, 2), strides=(2, 1)),
            Flatten(),
            Dense(2, activation="softmax"),
        ]
    )
    model.layers[1].params["kernel"][...] = 1  # so the middle is the mean place
    photo = photo_for(model)
    layers, activations = numpy_says(model, photo)
    page = visit(page_of(model, photo))
    field = page.evaluate("receptiveField(page.model.layers, 2)")
    cell = np.array([1, 1])
    dy = np.zeros(activations[2].shape)
    dy[0, *cell, 0] = 1
    dx = gradients(layers, 2, dy)[0][0, :, :, 0]
    places = np.indices(dx.shape)
    middle = (places * dx).sum((1, 2)) / dx.sum()
    start, size, jump = (np.array(field[name]) for name in ("start", "size", "jump"))
    np.testing.assert_allclose(start + cell * jump + (size - 1) / 2, middle, rtol=1e-6)
    np.testing.assert_allclose(jump, [4, 5])


def test_a_layer_of_many_maps_keeps_its_tab_stop(visit):
    layers = [Conv2D(80, 1, input_shape=(3, 3, 1)), Flatten(), Dense(1)]
    model = Sequential(layers)
    page = visit(page_of(model, photo_for(model)))
    for channel in (79, 3):
        page.select_option("#convolution select", str(channel))
        stops = page.locator('#strip [data-at="1"] [tabindex="0"]')
        assert stops.count() == 1
        assert "and 16 more" in page.locator("#strip").inner_text()
        checked = page.locator('#strip [data-at="1"] [aria-checked="true"]').count()
        assert checked == (channel < 64)


def test_the_true_answer_can_be_told(visit, hero):
    model, photo = hero
    page = visit(page_of(model, photo))
    p = page.evaluate("page.explanation.answers[0]")
    for label, name in enumerate(model.classes):
        page.get_by_role("radio", name=name).click()
        assert result_of_backward(page) == pytest.approx(p - label, abs=1e-6)


def result_of_backward(page):
    text = page.locator("#backward .term.result .number").inner_text()
    return float(re.sub("[=+ ]", "", minus(text)))


def test_each_photo_has_its_own_explanation(visit, hero):
    model, _ = hero
    photos = [array_to_img(p, scale=False) for p in draw_heroes(3, seed=5, size=64)[0]]
    page = visit(page_of(model, *photos))
    logits = [
        model.part(stop=-1).forward(model.preprocessing([p])).item() for p in photos
    ]
    for n, logit in enumerate(logits):
        page.locator("#photos button").nth(n).click()
        assert page.evaluate("page.explanation.logits[0]") == pytest.approx(
            logit, abs=1e-4
        )
        assert "✓ agree" in page.locator("#check").inner_text()


# -- everybody can read it --------------------------------------------------------


def test_the_keyboard_alone_reaches_everything(visit, hero):
    model, photo = hero
    page = visit(page_of(model, photo, photo))
    wanted = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll(
            "a[href], button, select, input, summary, .explorer, pre, .scroll")];
          return all.filter((e) => e.tabIndex >= 0 && e.checkVisibility()).length;
        }"""
    )
    reached, views = 0, set()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
              const e = document.activeElement;
              const outline = getComputedStyle(e).outlineStyle;
              return e === document.body ? null : [outline !== "none",
                e.matches(".explorer") && e.closest("[data-view]").dataset.view];
            }"""
        )
        if at is None:
            break
        reached += 1
        assert at[0], "the focus cannot be seen"
        views.add(at[1])
    assert reached >= wanted
    assert views >= EXPLORERS
    # roving focus: one stop for a whole layer of maps, arrow keys within
    thumb = page.locator('#strip [data-at="1"] [tabindex="0"]')
    thumb.focus()
    before = page.evaluate("page.chosen.get(1).channel")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("page.chosen.get(1).channel") == (before + 1) % 32
    assert (
        f"map {(before + 1) % 32}"
        in page.locator("#convolution figcaption").nth(1).inner_text()
    )


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("tutorial", "light"), ("digits", "dark"), ("no flatten", "light")],
)
def test_axe_finds_no_serious_fault(name, scheme, visit, serious_faults):
    model = model_of(name)
    page = visit(
        page_of(model, photo_for(model), photo_for(model, seed=2)), scheme=scheme
    )
    for summary in page.locator("summary").all():
        unfold(summary)
    assert serious_faults(page) == []


@pytest.mark.parametrize(
    "name", ["tutorial", "digits", "average and same", "hidden sigmoid", "no flatten"]
)
def test_a_narrow_screen_needs_no_scrolling_to_the_side(name, visit):
    model = model_of(name)
    model.classes = None
    page = visit(page_of(model, photo_for(model)), width=390)
    for summary in page.locator("summary").all():
        unfold(summary)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_narrow_screen_squeezes_nothing(visit, hero):
    model, photo = hero
    page = visit(page_of(model, photo), width=390)
    boxes = page.evaluate(
        """() => {
          const all = (selector) => [...document.querySelectorAll(selector)];
          const boxes = (selector) => all(selector).map((e) => {
            const {left, right, top, bottom} = e.getBoundingClientRect();
            const text = document.createRange();
            text.selectNodeContents(e);
            return {left, right, top, bottom, width: right - left, height: bottom - top,
              text: e.innerText, needs: text.getBoundingClientRect().width};
          });
          return {
            rows: boxes("#votes tbody tr"),
            cells: boxes("#votes tbody td").filter((cell) => cell.text),
            bars: boxes("#votes td .fill"),
            links: boxes("#views a"),
            squares: boxes("#convolution .square"),
            neighbours: boxes(".row-cells li"),
            signs: boxes("#flatten .sign, .card .sign"),
            behind: boxes("#flatten .sign + *, .card .sign + *"),
          };
        }"""
    )
    assert len(boxes["rows"]) > 24  # three tables of eight, and what is left over
    assert max(row["height"] for row in boxes["rows"]) <= 120
    assert min(cell["width"] for cell in boxes["cells"]) >= 60
    assert max(bar["width"] for bar in boxes["bars"]) > 100
    assert all(0 <= link["left"] and link["right"] <= 390 for link in boxes["links"])
    assert len(boxes["squares"]) == 3 * 3 * 9
    assert all(square["needs"] < square["width"] for square in boxes["squares"])
    places = [neighbour["top"] for neighbour in boxes["neighbours"]]
    assert [places.count(top) for top in sorted(set(places))] == [4, 3]
    for sign, behind in zip(boxes["signs"], boxes["behind"], strict=True):
        assert sign["right"] <= behind["left"]  # not alone at a line's end
        assert behind["top"] <= (sign["top"] + sign["bottom"]) / 2 <= behind["bottom"]


def test_names_from_strangers_stay_text(visit, hero):
    model, photo = hero
    hostile = [
        "<script>hacked = 1</script>",
        "\"'><img src=x onerror=hacked=1> </script> \u202egnp.exe\n&amp; ${data}",
    ]
    model = copy.copy(model)
    model.classes = hostile
    name = "<b>it</b>\"'\n</script><script>hacked = 1</script>\u202e.jpg"
    page = visit(page_of(model, photo, photo, names=[name, name + "2"]), width=390)
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("b, img[src=x]").count() == 0
    text = page.locator("body").inner_text()
    assert hostile[0] in text
    assert "<img src=x onerror=hacked=1>" in text
    assert "\u202e" not in text and "\\u202egnp.exe\\n&amp; ${data}" in text
    assert "<b>it</b>" in text
    assert "</script><script>hacked" in page.title() or "<b>" in page.title()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# The same loop of multiplications before each measurement: how fast this browser is on
# this machine, now.
LOOP = """() => {
  const numbers = new Float64Array(4096).fill(1 / 3);
  const loop = () => {
    const start = performance.now();
    let sum = 0;
    for (let n = 0; n < 60e6; n++) sum += numbers[n & 4095] * numbers[(7 * n) & 4095];
    return sum > 0 ? performance.now() - start : NaN;
  };
  loop();
  return loop;
}"""


def test_it_opens_and_answers_quickly(visit, hero):
    model, photo = hero
    html = page_of(model, photo)
    opens, hovers = [], []
    for _ in range(5):
        page = visit(html)
        opened, pairs = page.evaluate(
            """([loopOf]) => {
              const loop = eval(loopOf)();
              const opened = performance.getEntriesByType("navigation")[0].loadEventEnd;
              const stage = document.querySelector("#convolution .explorer");
              const box = stage.getBoundingClientRect();
              const hover = () => {
                const start = performance.now();
                for (let n = 0; n < 10; n++) {
                  const place = {clientX: box.left + 20 * n, clientY: box.top + 15 * n};
                  stage.dispatchEvent(new PointerEvent("pointermove", place));
                }
                return (performance.now() - start) / 10;
              };
              hover();
              const pairs = Array.from({length: 9}, () => [hover(), loop()]);
              return [opened / loop(), pairs.map(([hover, loop]) => hover / loop)];
            }""",
            [LOOP],
        )
        opens.append(opened)
        hovers += pairs
    # Measured: 12 loops of some 90 ms, and 0.09 of one, also with six other programs
    # on two cores. A hover that does its work twice is caught, a slow day is not.
    assert np.median(opens) < 24
    assert np.median(hovers) < 0.18


def test_a_notebook_shows_it_in_a_frame_of_its_own(visit, hero):
    from tinycnn.page import show

    model, photo = hero
    page = visit(
        f'<meta charset="utf-8"><h1>notebook</h1>{show(model, photo)._repr_html_()}'
    )
    frame = page.frame_locator("iframe")
    assert "✓ agree" in frame.locator("#check").inner_text()
    assert (
        json.loads(frame.locator("#data").text_content())["model"]["names"]
        == model.classes
    )
