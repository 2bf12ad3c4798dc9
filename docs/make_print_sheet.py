"""Write the sheet for pencil and paper, as a page and for the printer.

python docs/make_print_sheet.py writes print-sheet.md and print-sheet-a4.html, which has
the exit ticket of for-teachers.md as well.

The numbers are those of notebooks 2, 4, 8 and 11. What is to be filled in is left
empty, and computed by the library for the teacher's page at the end.
"""

import argparse
import math
import re
from pathlib import Path

import numpy as np
from markdown_it import MarkdownIt

from tinycnn.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    MaxPooling2D,
    ReLU,
    SumPooling2D,
)
from tinycnn.lessons.kernels import FILTER_3X3, IMAGE_5X5
from tinycnn.losses import BinaryCrossentropy
from tinycnn.optimizers import Adam

SHEET = Path(__file__).parent / "print-sheet.md"
PRINTED = SHEET.with_name("print-sheet-a4.html")
TEACHERS = SHEET.with_name("for-teachers.md")
STYLE = """\
@page { size: A4; margin: 14mm; }
body { max-width: 182mm; margin: 0 auto; font: 10pt/1.35 sans-serif; }
h2.new { break-before: page; }
h2 { break-after: avoid; }
pre { margin: 2mm 0; font: 9.5pt/1.65 monospace; break-inside: avoid; }
td, th { padding: 1mm 2mm; border: 1px solid; text-align: left; }
table { border-collapse: collapse; }
"""
# The sections that begin a page. The results are page 5: with both sides printed, they
# share a sheet with the exit ticket alone, page 6.
NEW_PAGE = ("3.", "4.", "5.", "Results", "The exit ticket")
SIXTEEN = np.array([[1.0, 3, 2, 0], [5, 7, 0, 2], [4, 4, 9, 1], [0, 4, 1, 1]])
PHOTO = np.array(
    [
        [0.0, 0, 1, 1, 0, 0],
        [0, 1, 2, 2, 1, 0],
        [1, 2, 0, 0, 2, 1],
        [1, 2, 0, 0, 2, 1],
        [0, 1, 2, 2, 1, 0],
        [0, 0, 1, 0, 0, 2],
    ]
)
KERNEL = np.array([[1.0, 0, -1], [1, 0, -1], [1, 0, -1]])
WEIGHTS = np.array([0.5, -0.25, 0.25, 0.75])
BIAS = -1.0  # of the kernel, and of the weights
SLOPES = (5.0, 5.0, -3.0, 4.0, 0.0)
WIDTH = 7  # letters of a cell

PAGE = """\
# Pencil and paper

The numbers of notebooks 2, 4, 8 and 11, with room for yours. To print, take
[print-sheet-a4.html](print-sheet-a4.html), one for each pair (open it in a browser).
The lesson of 90 minutes needs only its first page, sections 1 and 2, and its last one,
the exit ticket. The results are the teacher's.
Made by `python docs/make_print_sheet.py`.

## 1. Convolution

Lay the kernel over the upper left corner of the picture. Multiply each number by the
number that lies on it, add up the nine products, and write the sum into the first box.
Then one column to the right, and so on.

```
{convolution}
```

Where is the feature map largest, and why there?

## 2. Pooling

Cut the sixteen numbers into four squares of 2 x 2. Which of the three ways keeps what?

```
{pooling}
```

## 3. A whole network: forward

The kernel goes over the photo (sum of the nine products, plus the bias {bias:g}). ReLU
makes what is below 0 to 0. Max pooling keeps the largest of each square.

```
{forward}
```

```
pooled, in a row  [     ] [     ] [     ] [     ]
weights           [{weights}]      bias {bias:g}

logit = each number times its weight, added up, plus the bias   = ________
p     = 1 / (1 + exp(-logit))                                   = ________
loss  = -log(1 - p), natural logarithm; the right answer is 0   = ________
```

## 4. And backward

`d` before a name: by how much does the loss grow, if this number grows a little?

```
dlogit = p - 0                                                  = ________
dbias of the weights = dlogit                                   = ________
dweights = pooled * dlogit    [        ] [        ] [        ] [        ]
dpooled  = weights * dlogit   [        ] [        ] [        ] [        ]
```

The winner of each square gets its number of dpooled, the other three get 0 (of equal
ones the first wins). Where ReLU has cut off, the message stops.

```
{backward}
```

Each number of dconvolution, times the nine pixels that its window has seen: add them up
over all windows.

```
{dkernel}

dbias of the kernel = all numbers of dconvolution, added up     = ________
```

Fifteen slopes: four weights and a bias, nine numbers of the kernel and a bias. The page
[pencil.html](pencil.html) reads your numbers, and says which mistake gives exactly
these (your teacher has it; it opens in a browser and works offline).

## 5. Adam

m = 0.9 m + 0.1 slope, v = 0.999 v + 0.001 slope * slope, both from 0. The step is
-0.001 * sqrt(1 - 0.999^t) / (1 - 0.9^t) * m / sqrt(v). Why is the first one so round?

```
{adam}
```

## The letters

| letter | meaning | in the tutorial's network |
|---|---|---|
| N | photos in a batch | 32 |
| H, W, C | rows, columns, channels of a photo or map | 64, 64, 3 |
| KH, KW | rows, columns of a kernel or a pooling window | 3, 3 or 2, 2 |
| OH, OW | rows, columns of the result: OH = (H - KH) / stride + 1 | 62, 62; 31, 31 |
| F | filters: kernels, and so feature maps | 32 |
| x, y | what a layer is given, and what it gives | |
| dx, dy | d loss / d x, d loss / d y: shapes as x and y | |
| z, p | logit, any number; probability, between 0 and 1: p = 1 / (1 + exp(-z)) | |

## Results, for the teacher

{results}
"""


def boxes(*tables: tuple[str, np.ndarray | tuple[int, int]]) -> str:
    """Return tables side by side; of a shape only, the boxes to fill in."""
    height = max(len(t) if isinstance(t, np.ndarray) else t[0] for _, t in tables)
    columns = []
    for title, table in tables:
        is_given = isinstance(table, np.ndarray)
        rows, width = table.shape if is_given else table
        lines = [title.ljust(width * WIDTH)]
        for row in range(height):
            cells = [" " * WIDTH] * width
            if row < rows:
                cells = ["[    ]".ljust(WIDTH)] * width
                if is_given:
                    cells = [f"{number:4g}".ljust(WIDTH) for number in table[row]]
            lines.append("".join(cells))
        columns.append(lines)
    return "\n".join("   ".join(row).rstrip() for row in zip(*columns, strict=True))


def applied(layer: Layer, image: np.ndarray) -> np.ndarray:
    """Return what a layer makes of one map of one channel."""
    layer.build((*image.shape, 1), np.random.default_rng(0), np.float64)
    return layer.forward(image.reshape(1, *image.shape, 1))[0, :, :, 0]


def network() -> dict[str, np.ndarray | float]:
    """Return all that is to be filled in for the small network, by name."""
    conv, relu, pool, flat = Conv2D(1, 3), ReLU(), MaxPooling2D(), Flatten()
    dense, shape = Dense(1), (6, 6, 1)
    for layer in (conv, relu, pool, flat, dense):
        shape = layer.build(shape, np.random.default_rng(0), np.float64)
    conv.params = {"kernel": KERNEL.reshape(3, 3, 1, 1), "bias": np.array([BIAS])}
    dense.params = {"kernel": WEIGHTS.reshape(4, 1), "bias": np.array([BIAS])}
    found: dict[str, np.ndarray | float] = {}
    x = PHOTO.reshape(1, 6, 6, 1)
    for name, layer in (("convolution", conv), ("ReLU", relu), ("pooled", pool)):
        x = layer.forward(x)
        found[name] = x[0, :, :, 0]
    logit = dense.forward(flat.forward(x))
    loss, dlogit = BinaryCrossentropy()([0], logit)
    found |= {"logit": logit.item(), "p": 1 / (1 + math.exp(-logit.item()))}
    found |= {"loss": loss, "dlogit": dlogit.item()}
    d = dense.backward(dlogit)
    found["dbias of the weights"] = dense.grads["bias"].item()
    found |= {"dweights": dense.grads["kernel"].ravel(), "dpooled": d[0]}
    for name, layer in (("dReLU", pool), ("dconvolution", relu)):
        d = layer.backward(flat.backward(d) if layer is pool else d)
        found[name] = d[0, :, :, 0]
    conv.backward(d)
    found["dkernel"] = conv.grads["kernel"][:, :, 0, 0]
    return {**found, "dbias of the kernel": conv.grads["bias"].item()}


def adam() -> list[tuple[float, float, float]]:
    """Return (m, v, step) after each slope."""
    optimizer, rows = Adam(), []
    w = np.zeros(1)
    for slope in SLOPES:
        before = w.copy()
        optimizer.update({"w": w}, {"w": np.array([slope])})
        m, v = optimizer.m["w"].item(), optimizer.v["w"].item()
        rows.append((m, v, (w - before).item()))
    return rows


def row(numbers: object) -> str:
    """Return numbers in one line, as the page shows them."""
    array = np.asarray(numbers).round(4) + 0.0  # no -0
    lines = [" ".join(f"{n:g}" for n in line) for line in np.atleast_2d(array)]
    return " / ".join(lines)


def page() -> str:
    """Return the whole page."""
    pools = {"max": MaxPooling2D, "average": AveragePooling2D, "sum": SumPooling2D}
    one = Conv2D(1, 3)
    one.build((5, 5, 1), np.random.default_rng(0), np.float64)
    one.params = {"kernel": FILTER_3X3.reshape(3, 3, 1, 1), "bias": np.zeros(1)}
    feature_map = one.forward(IMAGE_5X5.reshape(1, 5, 5, 1))[0, :, :, 0]
    results = {"1. Feature map": row(feature_map)}
    for name, kind in pools.items():
        results[f"2. {name}"] = row(applied(kind(), SIXTEEN))
    for name, numbers in network().items():
        part = "4." if name.startswith("d") else "3."
        results[f"{part} {name}"] = row(numbers)
    steps = adam()
    for t, (m, v, step) in enumerate(steps, start=1):
        results[f"5. t = {t}"] = f"m {m:+.4f}, v {v:.6f}, step {step:+.6f}"
    empty = "   ".join(["_" * 9] * 3)
    table = [f"{'t':>2}  {'slope':>5}   {'m':<9}   {'v':<9}   {'step':<9}".rstrip()]
    table += [f"{t:2}  {slope:+5.1f}   {empty}" for t, slope in enumerate(SLOPES, 1)]
    return PAGE.format(
        bias=BIAS,
        weights="] [".join(f"{weight:5g}" for weight in WEIGHTS),
        convolution=boxes(
            ("picture", IMAGE_5X5), ("kernel", FILTER_3X3), ("feature map", (3, 3))
        ),
        pooling=boxes(
            ("numbers", SIXTEEN),
            *((name, (2, 2)) for name in pools),
        ),
        forward=boxes(("photo", PHOTO), ("kernel", KERNEL))
        + "\n\n"
        + boxes(("convolution", (4, 4)), ("ReLU", (4, 4)), ("pooled", (2, 2))),
        backward=boxes(("dReLU", (4, 4)), ("dconvolution", (4, 4))),
        dkernel=boxes(("dkernel", (3, 3))),
        adam="\n".join(table),
        results="\n".join(
            f"* {name.replace('.', chr(92) + '.')}: `{text}`"
            for name, text in results.items()
        ),
    )


def exit_ticket() -> str:
    """Return the section of that name of for-teachers.md, with its heading."""
    text = TEACHERS.read_text(encoding="utf-8")
    start = text.index("## The exit ticket")
    return text[start : text.index("\n## ", start)]


def printed() -> str:
    """Return the page for the printer, with a new sheet where the next part begins."""
    text = MarkdownIt().enable("table").render(f"{page()}\n{exit_ticket()}")
    text = re.sub("</?a[^>]*>", "", text)  # paper has no links
    begin = "|".join(map(re.escape, NEW_PAGE))
    text = re.sub(f"<h2>(?={begin})", '<h2 class="new">', text)
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f"<title>Pencil and paper</title>\n<style>\n{STYLE}</style>\n{text}</html>\n"
    )


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    PRINTED.write_text(printed(), encoding="utf-8", newline="\n")
    SHEET.write_text(page(), encoding="utf-8", newline="\n")
