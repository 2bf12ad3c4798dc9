"""The page that reads what was computed by hand, in a real browser."""

import sys

import numpy as np
import pytest
from conftest import PROJECT

sys.path.append(str(PROJECT / "docs"))

import make_pencil
import make_print_sheet as sheet
from pencil import mistakes

from tinycnn.layers import MaxPooling2D, ReLU

STEPS = {s["name"]: s for part in make_pencil.parts() for s in part["steps"]}
DIAGNOSE = """([name, texts]) => {
  const box = (text) => ({ text, number: readNumber(text) });
  const rows = texts.map((row) => row.map(box));
  const { kind, isFull, causes } = diagnose(STEPS.get(name), rows, null);
  return [kind, isFull, causes.map(({ what }) => what)];
}"""
PAGE = make_pencil.page()


def as_written(numbers, digits=4):
    """Numbers as a student would write them, rounded."""
    return [[f"{number:.{digits}f}" for number in row] for row in numbers]


def digits_for(name):
    return 6 if name in ("v", "step") else 4


def fill(page, name, texts):
    boxes = page.locator(f"#{name.replace(' ', '-')} input")
    for place, text in enumerate(text for row in texts for text in row):
        boxes.nth(place).fill(text)
    page.get_by_label(f"Check {name}", exact=True).click()
    return page.locator(f"#{name.replace(' ', '-')} .message").inner_text()


def test_the_numbers_of_each_mistake_name_it_and_the_right_ones_none(visit):
    page = visit(PAGE)
    for name, step in STEPS.items():
        digits = digits_for(name)
        right = page.evaluate(DIAGNOSE, [name, as_written(step["right"], digits)])
        assert right == ["right", True, []], name
        for mistake in step["mistakes"]:
            texts = as_written(mistake["numbers"], digits)
            kind, _, causes = page.evaluate(DIAGNOSE, [name, texts])
            assert kind == "cause", (name, mistake["what"])
            assert mistake["what"] in causes


def test_a_slip_in_one_number_is_no_mistake_of_a_kind(visit):
    page = visit(PAGE)
    for name, step in STEPS.items():
        right = np.array(step["right"])
        if right.size < 4:
            continue
        for place in range(right.size):
            slipped = right.copy()
            slipped.flat[place] += 1.37 if right.any() else 1
            texts = as_written(slipped, digits_for(name))
            assert page.evaluate(DIAGNOSE, [name, texts]) == ["unknown", True, []]


def test_random_numbers_get_no_name(visit):
    page, rng = visit(PAGE), np.random.default_rng(0)
    for name, step in STEPS.items():
        scale = np.abs(step["right"]).max()
        for _ in range(50):
            numbers = rng.uniform(-2 * scale, 2 * scale, np.shape(step["right"]))
            texts = as_written(numbers, 7)
            assert page.evaluate(DIAGNOSE, [name, texts]) == ["unknown", True, []]


@pytest.mark.parametrize(
    ("text", "exact", "agrees"),
    [
        ("0,25", 0.25, True),
        ("1/4", 0.25, True),
        ("\N{MINUS SIGN}3", -3, True),
        ("2.5e-2", 0.025, True),
        ("0.56", 0.5622, True),
        ("0.57", 0.5622, True),  # made of numbers that were rounded
        ("0.6", 0.5622, True),
        ("0.5", 0.5622, False),
        ("0.58", 0.5622, False),
        ("1", 0.5622, False),
        ("0", 0.0004, False),
        ("-0.0", 0, True),
        ("4.4", 4, False),
        (".5", 0.5, True),
        ("5.", 5, True),
        ("56%", 0.5622, True),
        ("56,2 %", 0.5622, True),
        ("56", 0.5622, False),
        ("50%", 0.5622, False),
    ],
)
def test_numbers_are_read_as_students_write_them(text, exact, agrees, visit):
    page = visit(PAGE)
    found = page.evaluate("([t, e]) => agrees(readNumber(t), e)", [text, exact])
    assert found is agrees


@pytest.mark.parametrize(
    "text", ["abc", "1 2", "1/0", "--1", "1e999", "", "0x10", "½", "%", "5%%"]
)
def test_other_text_is_not_a_number(text, visit):
    assert visit(PAGE).evaluate("(text) => readNumber(text)", text) is None


def test_what_follows_from_other_numbers_is_the_librarys(visit):
    page, rng = visit(PAGE), np.random.default_rng(1)
    conv = rng.integers(-4, 5, (4, 4)).astype(float)  # with ties
    relu, pool = ReLU(), MaxPooling2D()
    y = {"convolution": conv, "ReLU": mistakes.by_layer(relu, conv)}
    y["pooled"] = mistakes.by_layer(pool, y["ReLU"])
    dpooled = rng.standard_normal((1, 4))
    y["dReLU"] = mistakes.back(pool, y["ReLU"], dpooled.reshape(2, 2))
    y["dconvolution"] = mistakes.back(relu, conv, y["dReLU"])
    y["dkernel"] = mistakes.dkernel_of(sheet.PHOTO, y["dconvolution"])
    y["dbias of the kernel"] = [[y["dconvolution"].sum()]]
    given = {k: np.asarray(v).tolist() for k, v in {**y, "dpooled": dpooled}.items()}
    for name in y:
        if name == "convolution":
            continue
        script = "([name, given]) => FOLLOW[name]({ ...GIVEN, ...given })"
        found = page.evaluate(script, [name, given])
        np.testing.assert_allclose(found, y[name], atol=1e-12, err_msg=name)
    for name in ("logit", "p", "loss", "dlogit", "dweights", "dpooled", "step"):
        right = {n: STEPS[n]["right"] for n in STEPS[name]["needs"]}
        found = page.evaluate(
            "([name, given]) => FOLLOW[name]({ ...GIVEN, ...given })", [name, right]
        )
        np.testing.assert_allclose(found, STEPS[name]["right"], atol=1e-9, err_msg=name)


def test_a_slip_further_up_is_not_a_slip_here(visit):
    page = visit(PAGE)
    slipped = np.array(STEPS["convolution"]["right"])
    slipped[2, 1] = 3
    said = fill(page, "convolution", as_written(slipped))
    assert "15 of 16 are right" in said and "row 3, column 2" in said
    relu = np.maximum(slipped, 0)
    said = fill(page, "ReLU", as_written(relu))
    assert "This step is right" in said and "further up" in said
    relu[0, 0] = 7
    said = fill(page, "ReLU", as_written(relu))
    assert "further up is not right yet" in said and "row 1, column 1" in said
    assert "row 3, column 2" not in said


def test_with_the_keyboard_alone(visit):
    page = visit(PAGE)
    page.keyboard.press("Tab")
    for text in (
        "0,44",
        "0,33",
        "0,44",
        "0,22",
        "0,44",
        "0,33",
        "0,22",
        "0,33",
        "0,44",
    ):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    status = page.locator("#feature-map [role=status]")
    assert "you took the mean of the nine products" in status.inner_text()
    first = page.get_by_label("feature map, row 1, column 1")
    assert first.get_attribute("aria-invalid") == "true"
    first.focus()
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "feature map, row 2, column 1"


def test_pasted_numbers_fill_the_boxes(visit):
    page = visit(PAGE)
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text", "4 3 4 / 2 4 3\\n2\\t3\\t4");
          const event = new ClipboardEvent("paste", { clipboardData: data });
          inputs.get("feature map")[0][0].dispatchEvent(event);
        }"""
    )
    page.get_by_label("Check feature map", exact=True).click()
    assert page.locator("#feature-map .message").inner_text() == "Right."


def test_what_is_written_stays_text(visit):
    page = visit(PAGE)
    said = fill(page, "loss", [["<img src=x onerror=1>"[:20]]])
    assert "not a number" in said
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(scheme, visit, serious_faults):
    page = visit(PAGE, scheme=scheme)
    fill(page, "dReLU", as_written(STEPS["dReLU"]["mistakes"][0]["numbers"]))
    fill(page, "p", [["0.56"]])
    fill(page, "loss", [["x"]])
    assert serious_faults(page) == []


def test_a_narrow_screen_needs_no_scrolling_to_the_side(visit):
    page = visit(PAGE, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_adams_numbers_are_seen_to_the_last_digit(visit):
    page = visit(PAGE)
    fits = "(boxes) => boxes.every((box) => box.scrollWidth <= box.clientWidth)"
    for name, text in (("m", "+0.5000"), ("v", "0.049975"), ("step", "-0.000462")):
        fill(page, name, [[text] * 5])
        assert page.locator(f"#{name} input").evaluate_all(fits), name


def test_an_exercise_is_printed_on_one_page(visit):
    page = visit(PAGE)
    page.emulate_media(media="print")
    style = "(parts) => parts.map((part) => getComputedStyle(part)"
    inside = page.locator(".exercise").evaluate_all(f"{style}.breakInside)")
    assert set(inside) == {"avoid"}
    after = page.locator("h2").evaluate_all(f"{style}.breakAfter)")
    assert set(after) == {"avoid"}
