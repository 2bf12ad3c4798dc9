"""Write the page that reads what was computed by hand: python docs/make_pencil.py.

The numbers are those of the print sheet, the right answers the library's, and the wrong
ones those of the usual mistakes (`pencil/mistakes.py`). The page compares; it computes
only what follows from a student's own numbers (`pencil/follow.js`).
"""

import argparse
from pathlib import Path
from string import Template

import make_print_sheet as sheet
import numpy as np
from pencil import mistakes

from tinycnn.lessons.kernels import FILTER_3X3, IMAGE_5X5
from tinycnn.optimizers import Adam
from tinycnn.page.html import as_json, hash_of, source

HERE = Path(__file__).parent / "pencil"
PAGE = HERE.parent / "pencil.html"
STYLE, TEMPLATE = HERE / "pencil.css", HERE / "pencil.template.html"
SCRIPTS = (HERE / "follow.js", HERE / "diagnose.js", HERE / "page.js")
DIGITS = 10


def plain(numbers: object) -> list:
    """Return numbers as rows of rounded floats: a number as one row of one."""
    return (np.atleast_2d(np.asarray(numbers, float)).round(DIGITS) + 0.0).tolist()


def step(name, right, found, needs=(), given=()):
    """Return what the page knows of one array that is filled in."""
    right = plain(right)
    kept: list[dict[str, object]] = []
    for mistake in found:
        numbers = plain(mistake.numbers)
        if numbers != right:  # else these numbers cannot show it
            kept.append({**vars(mistake), "numbers": numbers})
    return {
        "name": name,
        "right": right,
        "mistakes": kept,
        "needs": list(needs),
        "given": [{"name": name, "numbers": plain(table)} for name, table in given],
    }


def parts() -> list[dict[str, object]]:
    """Return the five parts of the sheet with their arrays."""
    net = sheet.network()
    feature_map = mistakes.square(mistakes.windows(IMAGE_5X5) @ FILTER_3X3.ravel())
    dbiases = mistakes.of_dbiases(net["dlogit"], net["dconvolution"], net["dReLU"])
    steps = {
        "feature map": step(
            "feature map",
            feature_map,
            mistakes.of_feature_map(),
            given=[("picture", IMAGE_5X5), ("kernel", FILTER_3X3)],
        ),
        **{
            kind: step(
                kind,
                pool(mistakes.squares(sheet.SIXTEEN), axis=2),
                mistakes.of_pooling(kind, sheet.SIXTEEN),
                given=[("numbers", sheet.SIXTEEN)] if kind == "max" else [],
            )
            for kind, pool in mistakes.POOLING.items()
        },
        "convolution": step(
            "convolution",
            net["convolution"],
            mistakes.of_convolution(),
            given=[
                ("photo", sheet.PHOTO),
                ("kernel", sheet.KERNEL),
                ("bias", sheet.BIAS),
            ],
        ),
        "ReLU": step(
            "ReLU", net["ReLU"], mistakes.of_relu(net["convolution"]), ["convolution"]
        ),
        "pooled": step(
            "pooled",
            net["pooled"],
            mistakes.of_pooled(net["ReLU"], net["convolution"]),
            ["ReLU"],
        ),
        "logit": step(
            "logit",
            net["logit"],
            mistakes.of_logit(net["pooled"]),
            ["pooled"],
            [("weights", sheet.WEIGHTS), ("bias", sheet.BIAS)],
        ),
        "p": step("p", net["p"], mistakes.of_p(net["logit"]), ["logit"]),
        "loss": step("loss", net["loss"], mistakes.of_loss(net["p"]), ["p"]),
        "dlogit": step("dlogit", net["dlogit"], mistakes.of_dlogit(net["p"]), ["p"]),
        "dweights": step(
            "dweights",
            net["dweights"],
            mistakes.of_dweights(net["pooled"], net["dlogit"]),
            ["pooled", "dlogit"],
        ),
        "dbias of the weights": step(
            "dbias of the weights",
            net["dbias of the weights"],
            dbiases["dbias of the weights"],
            ["dlogit"],
        ),
        "dpooled": step(
            "dpooled",
            net["dpooled"],
            mistakes.of_dpooled(net["pooled"], net["dlogit"]),
            ["dlogit"],
            [("weights", sheet.WEIGHTS)],
        ),
        "dReLU": step(
            "dReLU",
            net["dReLU"],
            mistakes.of_drelu(net["ReLU"], net["dpooled"]),
            ["ReLU", "dpooled"],
        ),
        "dconvolution": step(
            "dconvolution",
            net["dconvolution"],
            mistakes.of_dconvolution(net["convolution"], net["dReLU"]),
            ["convolution", "dReLU"],
        ),
        "dkernel": step(
            "dkernel",
            net["dkernel"],
            mistakes.of_dkernel(net["dconvolution"], net["dReLU"]),
            ["dconvolution"],
            [("photo", sheet.PHOTO)],
        ),
        "dbias of the kernel": step(
            "dbias of the kernel",
            net["dbias of the kernel"],
            dbiases["dbias of the kernel"],
            ["dconvolution"],
        ),
        "m": step(
            "m", mistakes.steps_of(Adam(), "m"), mistakes.of_m(),
            given=[("slope", sheet.SLOPES)],
        ),
        "v": step("v", mistakes.steps_of(Adam(), "v"), mistakes.of_v()),
        "step": step(
            "step", mistakes.steps_of(Adam(), "step"), mistakes.of_step(), ["m", "v"]
        ),
    }  # fmt: skip
    titles = {
        "1. Convolution": ("feature map",),
        "2. Pooling": ("max", "average", "sum"),
        "3. A whole network: forward": (
            "convolution", "ReLU", "pooled", "logit", "p", "loss",
        ),
        "4. And backward": (
            "dlogit", "dweights", "dbias of the weights", "dpooled", "dReLU",
            "dconvolution", "dkernel", "dbias of the kernel",
        ),
        "5. Adam": ("m", "v", "step"),
    }  # fmt: skip
    return [
        {"title": title, "steps": [steps[name] for name in names]}
        for title, names in titles.items()
    ]


def page() -> str:
    """Return the whole page: it loads nothing, and runs no script but its own."""
    style = STYLE.read_text(encoding="utf-8")
    script = "\n".join(map(source, SCRIPTS))
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        policy=f"default-src 'none'; style-src {hash_of(style)}; "
        f"script-src {hash_of(script)}; base-uri 'none'; form-action 'none'",
        style=style,
        script=script,
        data=as_json(parts()),
    )


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
