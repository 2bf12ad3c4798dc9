"""Write docs/side-by-side.md, the tutorial's program in Keras and in tinycnn.

python docs/make_side_by_side.py

The program is that of tests/helpers/tutorial_listing.py, which the tests run.
"""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[1]
LISTING = PROJECT / "tests" / "helpers" / "tutorial_listing.py"
PAGE = Path(__file__).with_name("side-by-side.md")
SLIPS = next((PROJECT / "walkthrough").glob("[0-9]*slips*.ipynb")).name
# How a step of the program begins: its heading here, and what to read about it.
STEPS = {
    "import os": (
        "The imports: one word",
        """The names are Keras's, and so are the modules that they come from. In the
library, `Sequential` is in `models/sequential.py`, each layer in a file of
`layers/`.""",
    ),
    "# Sequential NN": (
        "A network without layers",
        """Layers are added one by one. The shapes are worked out with each `add`, so a
layer that does not fit is refused at its own line.""",
    ),
    "# Convolution": (
        "Convolution",
        """32 kernels of 3 x 3 pixels and 3 colours, and a bias for each: 896 numbers to
learn. 64 x 64 pixels become 62 x 62 cells on 32 maps. See
[the derivation](backpropagation.md#conv2d).""",
    ),
    "# Pooling": (
        "Pooling",
        """Of each 2 x 2 cells the largest is kept: 31 x 31 cells. Nothing is learnt.
See [the derivation](backpropagation.md#maxpooling2d).""",
    ),
    "# Flatten": (
        "Flattening",
        """31 x 31 x 32 = 30,752 numbers in a row. See
[the derivation](backpropagation.md#flatten).""",
    ),
    "# Fully connected": (
        "Full connection",
        """Every one of the 30,752 numbers is connected to every one of 128 units:
3,936,384 numbers to learn, nearly all of the network. See
[the derivation](backpropagation.md#dense).""",
    ),
    "# Output layer": (
        "The answer",
        """One unit is enough for two classes. Its number is the probability of the
second class in alphabetical order; 1 minus it is that of the first.""",
    ),
    "# Model compilation": (
        "How it is to learn",
        """The optimiser, the loss that it makes smaller, and what is reported. See
[the slope of the loss](backpropagation.md#binarycrossentropy).""",
    ),
    "# Image preprocessing": (
        "Photos from folders",
        """The name of a folder is the name of its class. Training photos are sheared,
zoomed and mirrored at random, differently in each epoch; test photos never are.""",
    ),
    "# Model fitting": (
        "Learning",
        """24 times through the photos, in batches of 32, evaluated on the test photos
after each epoch.""",
    ),
    "# Who is it?": (
        "Asking the network",
        """A photo has to be prepared as in training: the same size, divided by 255. (In
tinycnn `classifier.classify("photo.jpg")` does all of this function.)""",
    ),
    "# Prediction on every": (
        "Asking for every photo of a folder",
        """`classifier.predict("Dataset/test")` does the same in tinycnn, in the order
of the files.""",
    ),
}
# As printed in the tutorial; here; why.
CHANGES = [
    (
        "the line `classifier.add(Flatten())` is lost",
        "restored",
        "`Dense` takes rows, not maps",
    ),
    ("`shear_range = 0.2`", "`shear_range=10`", "it is in degrees: 0.2 moves no pixel"),
    (
        "`steps_per_epoch = 109`, `epochs = 6`",
        "`epochs=24`",
        "a step is a batch of 32, not a photo: 109 are 27 times through the photos",
    ),
    ("`validation_steps = 36`", "left out", "the same 36 photos, again and again"),
    (
        "`img_to_array(test_image)`",
        "`img_to_array(test_image) / 255`",
        "the network has learnt from numbers up to 1, not up to 255",
    ),
    (
        "`result[0][0] == 1`",
        "`result[0][0] > 0.5`",
        "a probability is hardly ever exactly 1",
    ),
    (
        "`'Pikachu'`, `'Iron Man '`",
        "`names[...]`, from `class_indices`",
        "the folders decide which class is 1",
    ),
    (
        "`if '.jpg' in file`",
        "`file_name.lower().endswith(...)`",
        "photos may be named `.JPG`, `.jpeg` or `.png`",
    ),
]
OPENING = """\
# The tutorial, side by side

The tutorial's program in Keras on the left, in tinycnn on the right. It is the same
program: **the word `keras` in four import lines becomes `tinycnn`**. The tests run it
as it stands here.

"""
DIFFERENCE = """\
This is the whole difference:

```diff
{lines}
```

"""
CLOSING = """\
## What is not as in the tutorial

The tutorial's text has lost some lines, and some of what is left does not do what the
tutorial says. The program above has these changes, in Keras and in tinycnn alike:

{table}

Each of them is a trap to run in
[the notebook on the slips](../walkthrough/{slips}).
Other words of Keras scripts are in [keras.md](keras.md).

This page is written by `python docs/make_side_by_side.py`.
"""
PAIR = """\
<table class="pair">
<tr><th>Keras</th><th>tinycnn</th></tr>
<tr><td>

```python
{keras}
```

</td><td>

```python
{tinycnn}
```

</td></tr>
</table>

"""


def steps() -> list[str]:
    """Return the program's steps, as many as `STEPS` has, without the file's header."""
    text = LISTING.read_text(encoding="utf-8")
    starts = [re.search(rf"^{re.escape(first)}", text, re.M) for first in STEPS]
    places = [start.start() for start in starts if start]
    if len(places) != len(STEPS) or places != sorted(places):
        raise ValueError(f"{LISTING.name} has no longer the steps of this page")
    ends = [*places[1:], len(text)]
    return [text[a:b].rstrip() for a, b in zip(places, ends, strict=True)]


def in_tinycnn(step: str) -> str:
    """Return a step with the word replaced in its import lines."""
    return re.sub(r"^from keras", "from tinycnn", step, flags=re.MULTILINE)


def page() -> str:
    """Return the whole page."""
    text = OPENING
    for step, (heading, words) in zip(steps(), STEPS.values(), strict=True):
        other = in_tinycnn(step)
        text += f"## {heading}\n\n{words}\n\n"
        text += PAIR.format(keras=step, tinycnn=other)
        if step != other:
            pairs = zip(step.splitlines(), other.splitlines(), strict=True)
            lines = [f"-{old}\n+{new}" for old, new in pairs if old != new]
            text += DIFFERENCE.format(lines="\n".join(lines))
    rows = [("in the tutorial", "here", "because"), ("---",) * 3, *CHANGES]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return text + CLOSING.format(table=table, slips=SLIPS)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"wrote docs/{PAGE.name}")
