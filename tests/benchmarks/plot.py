"""The benchmark as one picture: what takes how long, and how the cost grows."""

import matplotlib

matplotlib.use("Agg")

from contenders import CONTENDERS, EARLY, TINYCNN
from matplotlib import pyplot
from tables import WORDS

# Okabe and Ito's colours: distinct to colour-blind eyes, and in their lightness.
COLOURS = {
    "tinycnn_peer": "#0072B2",
    "keras_peer": "#E69F00",
    "torch_peer": "#009E73",
}
PANELS = [
    ("tutorial step", "step", "Training step,\nthe tutorial's network"),
    ("mnist step", "step", "Training step,\nMNIST convnet"),
    ("cifar step", "step", "Training step,\nCIFAR VGG-6"),
    ("deep step", "step", "Training step,\nthe deep network"),
    ("predict many", "predict", "predict() for\n1,000 photos"),
    ("folder", "later", "Photo from a folder, augmented,\nlater passes"),
    ("whole job", "whole", "The tutorial's whole job,\n654 steps"),
    ("import", "whole", "Import,\nas a whole process"),
    ("predict cold", "whole", "Who is it?\nProcess start to answer"),
]
GROWTH = [
    ("batch", "photos in a batch"),
    ("image", "rows and columns of a photo"),
    ("filters", "filters"),
    ("photos", "photos in the folder (kept in 64x64)"),
]


def draw(results, growth, path):
    """Draw the panels that were measured into a PNG file."""
    shown = [panel for panel in PANELS if panel[0] in results]
    grown = [panel for panel in GROWTH if any(p.what == panel[0] for p in growth)]
    rows = -(-len(shown) // 2) + -(-len(grown) // 2)
    figure, axes = pyplot.subplots(
        rows, 2, figsize=(9.5, 2.5 * rows), layout="constrained", squeeze=False
    )
    places = list(axes.flat)
    for place, (job, what, title) in zip(places, shown, strict=False):
        _bars(place, results[job], what, title)
    start = 2 * -(-len(shown) // 2)
    for place, (what, label) in zip(places[start:], grown, strict=False):
        _curve(place, [p for p in growth if p.what == what], what, label)
    for place in [*places[len(shown) : start], *places[start + len(grown) :]]:
        place.set_axis_off()
    figure.savefig(path, dpi=110, metadata={"Software": None})
    pyplot.close(figure)


def _bars(axes, measured, figure, title):
    # The bars of those that take twenty times as long would hide the others.
    shown = [c for c in CONTENDERS if c.peer in COLOURS]
    contenders = [c for c in shown if c.name in measured.seconds]
    factor, unit = (1, "s") if measured.job.unit == "s" else (1e3, "ms")
    values = [measured.median(c.name, figure) * factor for c in contenders]
    bars = axes.barh(
        ["one BLAS thread" if c == EARLY else c.name for c in contenders],
        values,
        color=[COLOURS[c.peer] for c in contenders],
        hatch=["//" if c == EARLY else "" for c in contenders],
        edgecolor="white",
    )
    axes.bar_label(bars, [f"{value:.3g} {unit}" for value in values], padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.22)
    axes.set_xlim(left=0)
    axes.set_title(title, fontsize=10)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def _curve(axes, points, what, label):
    points = [p for p in points if what != "photos" or p.image == points[0].image]
    values = [point.value for point in points]
    colour = COLOURS[TINYCNN.peer]
    for name, mark in zip(points[0].seconds, ("o-", "s--"), strict=False):
        times = [point.seconds[name] * 1e3 for point in points]
        axes.plot(values, times, mark, color=colour, label=WORDS[name])
    axes.set_xscale("log", base=10 if what == "photos" else 2)
    axes.set_xticks(values, [f"{value:,}" for value in values], fontsize=7)
    axes.minorticks_off()
    axes.set_ylim(0, 1.12 * axes.get_ylim()[1])
    axes.set_xlabel(f"tinycnn: {label}", fontsize=9)
    axes.set_ylabel("ms per photo", color=colour)
    axes.spines["top"].set_visible(False)
    if all(point.peak for point in points):
        memory = axes.twinx()
        peaks = [point.peak / 2**20 for point in points]
        memory.plot(values, peaks, "^:", color="#D55E00")
        memory.set_ylabel("peak memory, MiB", color="#D55E00")
        memory.set_ylim(0, 1.12 * memory.get_ylim()[1])
        memory.spines["top"].set_visible(False)
    if len(points[0].seconds) > 1:
        axes.legend(fontsize=8, frameon=False, loc="center left")
