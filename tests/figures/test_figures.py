"""The figures: their texts, what is drawn, and that the data is not changed."""

import math
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import program
from PIL import Image

from tinycnn import Sequential, explanation, figures
from tinycnn.explanation import Patch
from tinycnn.layers import Conv2D, Dense, Flatten, Sigmoid, SumPooling2D
from tinycnn.lessons.kernels import KERNELS, feature_map

HISTORY = {
    "loss": [0.9, 0.5, 0.3],
    "accuracy": [0.5, 0.7, 0.9],
    "val_loss": [0.8, 0.6, 0.55],
    "val_accuracy": [0.55, 0.65, 0.75],
}
NASTY = (
    r"$\frac{1}$ and more",  # invalid formulas for matplotlib
    r"$\no$",
    "line\nbreak",
    "\x1b[31mred",
    "<script>alert(1)</script>",
    "a name that is much too long for any figure at all " * 3,
    "皮卡丘与钢铁侠的非常非常长的文件夹名字很长",
    "🐝 bee",
    "\udcff bytes",
    "",
)
RNG = np.random.default_rng(0)
ROOT = Path(__file__).parents[2]
HERE = {**os.environ, "PYTHONPATH": str(ROOT)}  # whether tinycnn is installed or not


def texts(figure):
    """Return every text of a figure that is not blank."""
    from matplotlib.text import Text

    return [text for text in figure.findobj(Text) if text.get_text().strip()]


def written(figure):
    return [text.get_text() for text in texts(figure)]


def photo(rows=6, columns=5, channels=3):
    return RNG.random((rows, columns, channels))


def assert_rim_is_empty(path):
    """Check that nothing runs over the edge of the image."""
    with Image.open(path) as image:
        grey = np.asarray(image.convert("L"))
    for rim in (grey[:4], grey[-4:], grey[:, :4], grey[:, -4:]):
        assert (rim == 255).all()


def saved(figure, folder):
    path = folder / "figure.png"
    figures.save_figure(figure, path)
    return path


# Learning curves ---------------------------------------------------------------------


@pytest.mark.parametrize("what", ["accuracy", "loss"])
def test_curves_are_the_history(what):
    ax = figures.learning_curves(HISTORY, what=what)
    training, validation = ax.get_lines()
    assert training.get_xdata().tolist() == [1, 2, 3]
    assert training.get_ydata().tolist() == HISTORY[what]
    assert validation.get_ydata().tolist() == HISTORY[f"val_{what}"]
    assert training.get_color() != validation.get_color()
    assert training.get_linestyle() != validation.get_linestyle()  # without colours too
    assert ax.get_xlabel() == "epoch"
    assert what in ax.get_ylabel()
    assert ax.get_xticks().tolist() == [1, 2, 3]
    ends = {text.get_text().strip(): text.get_color() for text in ax.texts}
    assert ends == {
        f"training {HISTORY[what][-1]:.2f}": training.get_color(),
        f"validation {HISTORY['val_' + what][-1]:.2f}": validation.get_color(),
    }


def test_names_at_the_ends_do_not_overlap_if_the_lines_meet(tmp_path):
    ax = figures.learning_curves({"loss": [1, 0.5], "val_loss": [2, 0.5]}, what="loss")
    saved(ax.figure, tmp_path)
    first, second = (text.get_window_extent() for text in ax.texts)
    assert first.y0 >= second.y1 or second.y0 >= first.y1


@pytest.mark.parametrize("validation", [0.001, 0.02, 0.6])
def test_the_name_of_a_line_that_ends_at_0_does_not_lie_on_the_epochs(
    validation, tmp_path
):
    history = {"loss": [1, 0.001], "val_loss": [1, validation]}
    ax = figures.learning_curves(history, what="loss")
    saved(ax.figure, tmp_path)
    first, second = (text.get_window_extent() for text in ax.texts)
    assert min(first.y0, second.y0) >= ax.get_window_extent().y0 - 1
    assert first.y0 >= second.y1 or second.y0 >= first.y1


@pytest.mark.parametrize("epochs", [1, 2, 12, 13, 24, 100, 1000])
def test_epochs_are_whole_numbers_from_1(epochs):
    line = np.linspace(0.5, 1, epochs).tolist()
    ticks = figures.learning_curves({"accuracy": line}).get_xticks()
    assert ticks[0] == 1
    assert ticks[-1] <= epochs
    assert all(tick == int(tick) for tick in ticks)
    assert len(ticks) <= 14


@pytest.mark.parametrize("epochs", [12, 24, 60, 100, 1000])
def test_both_kinds_fit_a_page_and_their_numbers_do_not_touch(epochs, tmp_path):
    line = np.linspace(0.5, 1, epochs).tolist()
    history = dict.fromkeys(["accuracy", "val_accuracy", "loss", "val_loss"], line)
    figure = figures.learning_curves_figure(history)
    assert figure.get_figwidth() <= 10
    saved(figure, tmp_path)
    for ax in figure.axes:
        boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
        assert all(left.x1 + 4 < right.x0 for left, right in pairwise(boxes))


def test_the_validation_line_can_be_called_test():
    figure = figures.learning_curves_figure(HISTORY, validation_name="test")
    assert [text.strip() for text in written(figure) if "test" in text] == [
        "test 0.75",
        "test 0.55",
    ]


def test_the_figure_has_a_panel_for_each_kind_there_is():
    assert len(figures.learning_curves_figure(HISTORY).axes) == 2
    only_loss = {"loss": [0.5], "accuracy": [], "val_loss": []}
    (ax,) = figures.learning_curves_figure(only_loss).axes
    assert ax.get_ylabel().startswith("loss")
    assert [text.get_text().strip() for text in ax.texts] == ["training 0.50"]


@pytest.mark.parametrize("line", [[0.5, math.nan], [math.nan], [0.5, math.inf]])
def test_a_diverged_training_run_can_be_drawn(line, tmp_path):
    saved(figures.learning_curves_figure({"loss": line, "val_loss": line}), tmp_path)


def test_a_history_without_the_metric_is_refused():
    with pytest.raises(ValueError, match=r"what should be .*'loss'\], got 'accuracy'"):
        figures.learning_curves({"loss": [1.0]})
    with pytest.raises(ValueError, match=r"one of \['loss'\], got 'seconds'"):
        figures.learning_curves({"loss": [1.0]}, what="seconds")
    with pytest.raises(ValueError, match=r"one of \[\], got"):
        figures.learning_curves_figure({})


# Confusion matrix --------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 10, 13])
def test_every_count_is_in_its_cell(count):
    matrix = RNG.integers(0, 5000, (count, count))
    ax = figures.confusion_matrix(matrix, [f"class {n}" for n in range(count)])
    cells = {text.get_position()[::-1]: text.get_text() for text in ax.texts}
    assert cells == {place: f"{n:,}" for place, n in np.ndenumerate(matrix)}
    names = [f"class {n}" for n in range(count)]
    assert [label.get_text() for label in ax.get_xticklabels()] == names
    assert [label.get_text() for label in ax.get_yticklabels()] == names
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("answer", "true class")


def test_colours_are_shares_of_the_row_and_a_class_may_be_empty():
    ax = figures.confusion_matrix([[3, 1], [0, 0]], ["ant", "bee"])
    assert ax.images[0].get_array().tolist() == [[0.75, 0.25], [0, 0]]
    assert any("share" in text for text in written(ax.figure))


def test_counts_are_readable_on_every_colour():
    """The contrast is at least the 4.5 of WCAG for every share."""
    from matplotlib.colors import to_rgb

    def luminance(colour):
        c = np.array(to_rgb(colour))
        linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    for right in range(0, 1001, 50):
        ax = figures.confusion_matrix([[right, 1000 - right], [0, 1]], ["a", "b"])
        image = ax.images[0]
        for text in ax.texts:
            column, row = text.get_position()
            cell = image.cmap(image.norm(image.get_array()[row, column]))
            dark, light = sorted([luminance(cell), luminance(text.get_color())])
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (right, text.get_text())


def test_names_of_classes_do_not_run_together(tmp_path):
    for names in (["Iron Man", "Pikachu"], [f"a longer name {n}" for n in range(10)]):
        ax = figures.confusion_matrix(np.eye(len(names), dtype=int), names)
        saved(ax.figure, tmp_path)
        boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
        for left, right in pairwise(boxes):
            assert left.x1 < right.x0


def test_a_matrix_of_other_classes_is_refused():
    with pytest.raises(ValueError, match=r"have shape \(3, 3\).*, got \(2, 2\)"):
        figures.confusion_matrix(np.eye(2), ["a", "b", "c"])
    with pytest.raises(ValueError, match=r"have shape \(0, 0\)"):
        figures.confusion_matrix(np.zeros((0, 0)), [])


# Photos ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 4, 5, 12])
def test_mistakes_show_each_photo_with_its_texts(count):
    photos = [photo(5 + n, 4) for n in range(count)]
    figure = figures.mistakes(
        photos,
        [f"true {n}" for n in range(count)],
        [f"answer {n}" for n in range(count)],
        [0.874] * count,
        file_names=[f"file {n}.jpg" for n in range(count)],
        title="The test photos",
    )
    assert len(figure.axes) == count
    for n, ax in enumerate(figure.axes):
        np.testing.assert_array_equal(ax.images[0].get_array(), photos[n])
        assert ax.get_title() == f"true {n}\n→ answer {n} (87%)"
        assert ax.get_xlabel() == f"file {n}.jpg"
    assert "The test photos" in figure.get_suptitle()
    assert "true class → answer" in " ".join(figure.get_suptitle().split())


def test_grey_photos_and_bytes_are_drawn_on_the_whole_scale():
    grey = np.array([[0, 128], [255, 51]], np.uint8)[..., np.newaxis]
    colour = np.full((2, 2, 3), 255, np.uint8)
    figure = figures.mistakes([grey, colour, grey[..., 0]], "abc", "bca", [1, 1, 1])
    first, second, third = (ax.images[0] for ax in figure.axes)
    np.testing.assert_allclose(first.get_array(), [[0, 128 / 255], [1, 0.2]])
    np.testing.assert_array_equal(third.get_array(), first.get_array())
    assert first.get_clim() == (0, 1)  # a dark photo stays dark
    assert first.get_cmap().name == "gray"
    assert second.get_array().min() == 1


def test_photos_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"numbers 0..1 or uint8.* numbers up to 255"):
        figures.augmentation_preview(np.full((3, 3, 3), 255.0), [])
    with pytest.raises(ValueError, match=r"got \(2, 3, 3, 3\)"):
        figures.augmentation_preview(np.zeros((2, 3, 3, 3)), [])
    with pytest.raises(ValueError, match=r"at least one picture.*none"):
        figures.mistakes([], [], [], [])
    with pytest.raises(ValueError, match=r"for 1 photo, got \[1, 2\]"):
        figures.mistakes([photo()], ["a", "b"], ["b"], [0.5])


def test_a_preview_shows_the_photo_first():
    one, variants = photo(), np.stack([photo(), photo()])
    figure = figures.augmentation_preview(one, variants, columns=2)
    assert [ax.get_title() for ax in figure.axes] == [
        "the photo",
        "variant 1",
        "variant 2",
    ]
    drawn = [ax.images[0].get_array() for ax in figure.axes]
    np.testing.assert_array_equal(drawn, [one, *variants])
    left, right, below = (ax.get_subplotspec() for ax in figure.axes)
    assert left.rowspan == right.rowspan != below.rowspan


@pytest.mark.parametrize("white", [1, 255])
def test_the_gallery_clips_to_black_and_white(white):
    one = photo() if white == 1 else (255 * photo()).astype(np.uint8)
    results = {n: feature_map(one, KERNELS[n]) for n in ("sharpen", "box blur")}
    results["my own"] = np.array([[-3.0, 0.5 * white, 2.0 * white]])
    figure = figures.kernel_gallery(one, results)
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["the photo", "sharpen", "box blur", "my own"]
    below = [ax.get_xlabel() for ax in figure.axes]
    assert below[1:] == [" 0 -1  0\n-1  5 -1\n 0 -1  0", "1 1 1\n1 1 1  / 9\n1 1 1", ""]
    own = figure.axes[3].images[0].get_array()
    assert own.tolist() == [[0, 0.5, 1]]


@pytest.mark.parametrize("shape", [(8, 12, 3), (10, 10, 3), (24, 10, 3)])
def test_the_numbers_below_the_gallery_are_not_cut_off(shape, tmp_path):
    one = photo(*shape)
    figure = figures.kernel_gallery(one, {"sharpen": one, "box blur": one})
    assert_rim_is_empty(saved(figure, tmp_path))


# Filters and feature maps ------------------------------------------------------------


def test_grey_filters_are_their_weights_on_one_scale_about_0():
    kernel = RNG.normal(size=(2, 3, 1, 5))
    *panels, bar = figures.filters(kernel, columns=3).axes
    limit = np.abs(kernel).max()
    for number, ax in enumerate(panels):
        image = ax.images[0]
        np.testing.assert_array_equal(image.get_array(), kernel[:, :, 0, number])
        assert image.get_clim() == (-limit, limit)
        assert ax.get_title() == str(number)
    assert len(panels) == 5
    assert bar.get_ylabel() == "weight (no unit)"


def test_colour_filters_are_pictures_around_grey():
    kernel = np.zeros((1, 1, 3, 3))
    kernel[0, 0, 0] = [2, -1, 0]  # on red: full, a quarter, none
    figure = figures.filters(kernel)
    drawn = [ax.images[0].get_array().ravel().tolist() for ax in figure.axes]
    assert drawn == [[1, 0.5, 0.5], [0.25, 0.5, 0.5], [0.5, 0.5, 0.5]]
    heading = " ".join(figure.get_suptitle().split())
    assert "3 filters of 1x1 on red, green and blue" in heading
    assert "mid-grey: weight 0" in heading
    assert "+2.00" in heading


def test_the_heading_says_that_filters_are_left_out():
    figure = figures.filters(RNG.normal(size=(1, 1, 3, 65)))
    assert len(figure.axes) == 64
    assert "65 filters" in figure.get_suptitle()
    assert "(here the first 64)" in " ".join(figure.get_suptitle().split())


def test_filters_of_a_later_layer_are_refused():
    with pytest.raises(ValueError, match=r"first layer's, got \(3, 3, 32, 8\)"):
        figures.filters(np.zeros((3, 3, 32, 8)))


@pytest.mark.parametrize(
    ("low", "limits", "colours"),
    [(-1.0, (-4, 4), "RdBu_r"), (0.0, (0, 4), "cividis")],
)
def test_feature_maps_share_one_scale(low, limits, colours):
    maps = np.full((3, 4, 2), low)
    maps[0, 0, 1] = 4
    figure = figures.feature_maps(maps, title="after the first layer")
    *panels, bar = figure.axes
    for number, ax in enumerate(panels):
        np.testing.assert_array_equal(ax.images[0].get_array(), maps[..., number])
        assert ax.images[0].get_clim() == limits
        assert ax.images[0].get_cmap().name == colours
    assert bar.get_ylabel() == "value (no unit)"
    assert figure.get_suptitle() == "after the first layer"


def test_dead_maps_and_filters_can_be_drawn(tmp_path):
    saved(figures.feature_maps(np.zeros((2, 2, 1))), tmp_path)
    saved(figures.filters(np.zeros((2, 2, 1, 1))), tmp_path)


def test_a_batch_of_maps_is_refused():
    with pytest.raises(ValueError, match=r"of a batch take y\[0\]; got \(1, 2, 2, 3\)"):
        figures.feature_maps(np.zeros((1, 2, 2, 3)))


# Explanations ------------------------------------------------------------------------


def explained(class_name="bee", rows=6, columns=9):
    """Return (photo, small random model, votes for the class of this name)."""
    rng = np.random.default_rng(3)
    conv = Conv2D(3, (2, 3), input_shape=(rows, columns, 3), activation="relu")
    model = Sequential([conv, SumPooling2D((2, 2)), Flatten(), Dense(1), Sigmoid()])
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    model.classes = ["ant", class_name]
    one = rng.random((rows, columns, 3))
    return one, model, explanation.votes(model, one, class_index=1)


def test_votes_are_drawn_where_they_belong_on_one_scale_about_0():
    one, model, found = explained()
    ax = figures.votes(one, found)
    below, above = ax.images
    np.testing.assert_allclose(below.get_array(), 0.45 + 0.5 * one.mean(axis=2))
    np.testing.assert_array_equal(above.get_array(), found.votes.sum(axis=2))
    assert above.get_extent() == [
        0.5,
        6.5,
        4.0,
        0.0,
    ]  # 2x3 cells of 3x4 pixels, 2 apart
    limit = np.abs(found.per_cell).max()
    assert above.get_clim() == (-limit, limit)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-0.5, 8.5), (5.5, -0.5))
    heading, total = ax.get_title().split("\n")
    assert heading == "Votes for and against bee"
    logit, votes, biases = (float(n) for n in re.findall(r"[+-][0-9.]+", total))
    assert logit == pytest.approx(votes + biases, abs=2e-3)
    assert logit == round(found.logit, 3)
    assert any("vote of a cell" in text for text in written(ax.figure))
    pixels = explanation.votes(model, one, "input")
    written_there = written(figures.votes(one, pixels).figure)
    assert any("vote of a pixel" in text for text in written_there)


def test_votes_that_are_an_approximation_are_marked_as_such():
    one, model, _ = explained()
    conv = Conv2D(2, 3, input_shape=one.shape, activation="sigmoid")
    bent = Sequential([conv, Flatten(), Dense(1)])
    ax = figures.votes(one, explanation.votes(bent, one, layer="input"))
    assert "≈" in ax.get_title() and "biases" not in ax.get_title()
    flat = explanation.votes(model, one, layer=3)
    with pytest.raises(ValueError, match=r"feature maps .* those of layer 3 \(Flatten"):
        figures.votes(one, flat)


@pytest.mark.parametrize("what", ["saliency", "grad_cam", "occlusion"])
def test_a_heat_map_has_no_colour_at_0(what):
    one, model, _ = explained()
    label = 0 if what == "grad_cam" else 1  # for 1 it is 0 everywhere here
    heat = getattr(explanation, what)(model, one, label)
    ax = figures.heat_map(one, heat, what=what, class_name="bee")
    image = ax.images[1]
    np.testing.assert_array_equal(image.get_array(), heat)
    low, high = image.get_clim()
    assert high == np.abs(heat).max()
    assert low == (-high if heat.min() < 0 else 0)
    *_, alpha_of_0 = image.cmap(image.norm(0.0))
    assert alpha_of_0 < 0.1
    red, _, blue, alpha = image.cmap(image.norm(high))
    assert red > 2 * blue and alpha > 0.9
    assert ax.get_title().split("\n")[0].endswith("of bee")


def test_the_label_shows_whether_a_saliency_is_signed():
    one, model, _ = explained()
    absolute, signed = (
        explanation.saliency(model, one, signed=s) for s in (False, True)
    )
    assert "|d logit / d pixel|" in written(figures.heat_map(one, absolute).figure)
    assert "d logit / d pixel" in written(figures.heat_map(one, signed).figure)


def test_the_title_says_that_a_map_is_0_everywhere():
    one, model, _ = explained()
    empty = explanation.grad_cam(model, one, 1)
    ax = figures.heat_map(one, empty, what="grad_cam")
    assert "0 everywhere" in ax.get_title()
    assert ax.images[1].get_clim() == (0, 1)


def test_maps_of_another_size_or_name_are_refused():
    one, _, _ = explained()
    with pytest.raises(ValueError, match=r"have shape \(6, 9\), got \(9, 6\)"):
        figures.heat_map(one, np.zeros((9, 6)))
    with pytest.raises(ValueError, match="saliency, grad_cam, occlusion, got 'lime'"):
        figures.heat_map(one, np.zeros((6, 9)), what="lime")


def test_patches_show_what_where_and_how_much():
    patches = [Patch(2.0, "a/b/one.jpg", 3, 4, (6, 9, 8, 12), photo(3, 4)),
               Patch(0.123456, "photo 7", 0, 0, (0, 2, 0, 1), photo(2, 1))]  # fmt: skip
    figure = figures.top_patches(patches)
    for patch, ax in zip(patches, figure.axes, strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), patch.pixels)
    assert [ax.get_title() for ax in figure.axes] == ["2.00", "0.123"]
    below = [ax.get_xlabel() for ax in figure.axes]
    assert below == ["one.jpg\nrow 6, column 8", "photo 7\nrow 0, column 0"]
    with pytest.raises(ValueError, match="at least one picture"):
        figures.top_patches([])


# All figures -----------------------------------------------------------------------


def figure_of(kind):
    """Return a figure of this kind, with nasty names wherever it shows names."""
    rng, count = np.random.default_rng(0), len(NASTY)
    photos = rng.random((count, 6, 5, 3))
    kernel = rng.normal(size=(3, 3, 3, 9))
    match kind:
        case "curves":
            return figures.learning_curves_figure(HISTORY, validation_name=NASTY[0])
        case "matrix":
            return figures.confusion_matrix(np.eye(count, dtype=int), NASTY).figure
        case "mistakes":
            return figures.mistakes(
                photos,
                NASTY,
                NASTY[::-1],
                [0.5] * count,
                file_names=NASTY,
                title=NASTY[0],
            )
        case "filters":
            return figures.filters(kernel[:, :, :1])
        case "colour filters":
            return figures.filters(kernel)
        case "maps":
            return figures.feature_maps(photos[0], title=NASTY[1])
        case "preview":
            return figures.augmentation_preview(photos[0], photos[1:3])
        case "votes":
            one, _, found = explained(NASTY[5])
            return figures.votes(one, found).figure
        case "heat":
            return figures.heat_map(
                photos[0], rng.normal(size=(6, 5)), class_name=NASTY[0]
            ).figure
        case "explanation":
            one, model, found = explained("$no$ name that is long")
            kinds = ("saliency", "grad_cam", "occlusion")
            maps = {kind: getattr(explanation, kind)(model, one) for kind in kinds}
            return figures.explanation_figure(one, found, maps)
        case "tall explanation":
            one, _, found = explained(rows=16, columns=6)
            return figures.explanation_figure(one, found, {"saliency": one[..., 0]})
        case "patches":
            patches = [
                Patch(1, name, 0, 0, (0, 6, 0, 5), one)
                for name, one in zip(NASTY, photos, strict=True)
            ]
            return figures.top_patches(patches, title=NASTY[0])
        case _:
            named = dict(zip(NASTY, photos, strict=True))
            return figures.kernel_gallery(photos[0], {**named, "sharpen": photos[0]})


KINDS = ("curves", "matrix", "mistakes", "filters", "colour filters", "maps")
REASONS = ("votes", "heat", "explanation", "tall explanation", "patches")


@pytest.mark.parametrize("kind", [*KINDS, *REASONS, "preview", "gallery"])
def test_every_figure_is_saved_whole_reproducibly_and_without_formulas(kind, tmp_path):
    first = figure_of(kind)
    path = saved(first, tmp_path)
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert image.info["Software"] == "tinycnn"
        assert set(image.info) == {"Software", "dpi"}
    assert_rim_is_empty(path)
    for text in texts(first):
        shown = text.get_text()
        assert not any(character in shown for character in ("\x1b", "\udcff"))
        if "$" in shown or text.get_parse_math() is False:
            assert text._preprocess_math(shown)[1] is False, shown
        longest = max(len(line) for line in shown.split("\n"))
        assert longest <= 120, shown
    before = path.read_bytes()
    assert saved(figure_of(kind), tmp_path).read_bytes() == before


@pytest.mark.parametrize("draw", ["curves", "matrix"])
def test_given_axes_are_drawn_on_and_returned(draw):
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()
    if draw == "curves":
        assert figures.learning_curves(HISTORY, ax) is ax
    else:
        assert figures.confusion_matrix(np.eye(2, dtype=int), ["a", "b"], ax) is ax
    assert ax.lines or ax.images


def test_a_long_name_keeps_both_ends():
    ax = figures.confusion_matrix(np.eye(2), ["x" * 40 + " one", "x" * 40 + " two"])
    one, two = (label.get_text() for label in ax.get_yticklabels())
    assert one != two
    assert "..." in one
    assert len(one) <= 24


def test_the_data_is_not_changed():
    kernel, maps, one = RNG.normal(size=(2, 2, 3, 2)), photo(), photo()
    copies = [kernel.copy(), maps.copy(), one.copy()]
    figures.filters(kernel)
    figures.feature_maps(maps)
    figures.mistakes([one], ["a"], ["b"], [0.5])
    for array, copy in zip((kernel, maps, one), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_a_missing_folder_is_named(tmp_path):
    figure = figures.augmentation_preview(photo(), [])
    with pytest.raises(OSError, match=r"could not write .*no.*a\.png .*KiB"):
        figures.save_figure(figure, tmp_path / "no" / "a.png")


def test_importing_loads_no_matplotlib_and_drawing_no_pyplot():
    program = (
        "import sys\n"
        "from tinycnn import figures\n"
        "assert 'matplotlib' not in sys.modules\n"
        "ax = figures.learning_curves({'accuracy': [0.5, 1]})\n"
        "import io; ax.figure.savefig(io.BytesIO())\n"
        "assert 'matplotlib' in sys.modules\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env=HERE)


# The walkthrough's script ------------------------------------------------------------

SCRIPT = ROOT / "walkthrough" / "pictures_in_numbers.py"


def run_script(*arguments):
    return subprocess.run(
        program(str(SCRIPT), *arguments),
        capture_output=True, encoding="utf-8", timeout=60, env=HERE,
    )  # fmt: skip


def test_the_script_prints_the_example_and_writes_the_gallery(tmp_path):
    done = run_script("--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "1*1 + 1*0 + 1*1 + 0*0 + 1*1 + 1*0 + 0*1 + 0*0 + 1*1 = 4" in done.stdout
    assert "4 3 4\n2 4 3\n2 3 4\n" in done.stdout
    with Image.open(tmp_path / "out" / "kernels.png") as image:
        assert image.format == "PNG"
    assert "kernels.png" in done.stdout.splitlines()[-1]
    assert not done.stderr


def test_the_script_takes_a_photo_and_refuses_other_files(tmp_path):
    Image.new("RGB", (600, 400), "red").save(tmp_path / "red.jpg")
    done = run_script(tmp_path / "red.jpg", "--output", tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "no.jpg").write_text("no photo")
    for name, reason in (
        ("no.jpg", "not a photo in a supp"),
        ("gone.jpg", "No such file"),
    ):
        done = run_script(tmp_path / name, "--output", tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith("error: ")
        assert reason in done.stderr
        assert done.stderr.count("\n") == 1
    done = run_script("--output", tmp_path / "no.jpg")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
