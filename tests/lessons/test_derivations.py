"""What an exercise asks students to derive, a notebook has taught: where, and how."""

import re

import pytest
from notebook_cells import FOLDER, NOTEBOOKS, cells_of, source_of

EXERCISES = FOLDER / "exercises"
LINK = re.compile(r"\[[^]]*\]\([^)]*\.ipynb\)")
TO_DERIVE = re.compile(r"To (?:derive|find): (.*?)\"\"\"", re.S)

# (part, what its docstring asks): (notebook, section, words and formulas in it).
TAUGHT = {
    ("MyReLU", "the slope of y on each side of 0"): (
        8,
        "Step 4: ReLU",
        (r"positive, ReLU let it pass, so the message passes", r"At x = 0 itself"),
    ),
    ("MyReLU", "how dx follows from it and dy"): (
        8,
        "Forward",
        (r"multiplied by the slope of this step: that is the \*\*chain rule\*\*",),
    ),
    ("MySigmoid", "the slope of y"): (
        7,
        "The slope is p - y",
        (r"chain rule", r"its slope is y \* \(1 - y\)", r"only its own output"),
    ),
    ("MyDense", "dx, and self.grads"): (
        8,
        "From one number to a matrix",
        (
            r"y\[n, u\] = bias\[u\] \+ sum over i of x\[n, i\] \* kernel\[i, u\]",
            r"dkernel = x\.T @ dy \(inputs, N\) @ \(N, units\) -> \(inputs, units\)",
            r"dbias = dy\.sum\(axis=0\)",
            r"dx = dy @ kernel\.T",
        ),
    ),
    ("MyDense", "the shapes decide what is transposed"): (
        8,
        "From one number to a matrix",
        (r"a slope has the shape of its array", r"only one product"),
    ),
    ("MyDense", "Do not divide by N"): (
        7,
        "The slope is p - y",
        (r"\(p\[n\] - y\[n\]\) / N", r"No other layer divides by N again"),
    ),
    ("MyMaxPooling2D", "which cell gets dy[n, i, j, c]"): (
        8,
        "Step 3: flattening and pooling",
        (
            r"the largest number of each square gets the whole message",
            r"first one wins",
        ),
    ),
    ("MyMaxPooling2D", "the maximum of two windows"): (
        8,
        "Step 3: flattening and pooling",
        (r"two windows\W.* added up",),
    ),
    ("MyMaxPooling2D", "Fill the border with -np.inf"): (
        4,
        "Does it always halve?",
        (
            r"In max pooling -∞",
            r"OH = H / stride, rounded up",
            r"\(OH - 1\) x stride \+ KH - H rows",
            r"half of them above \(rounded down\), the rest below",
        ),
    ),
    ("MySumPooling2D", "the slope of a sum"): (
        4,
        "A look ahead: who gets the blame?",
        (r"Sum: each input gets the whole message", r"in two windows .* added up"),
    ),
    ("MyAveragePooling2D", "the slope of a mean"): (
        4,
        "A look ahead: who gets the blame?",
        (r"Average: each input gets a quarter",),
    ),
    ("my_im2col", "in the order n, i, j"): (
        3,
        "One row per window",
        (r"windows of all photos are below each other", r"rows, columns, channels"),
    ),
    ("my_col2im", "a pixel in several windows"): (
        3,
        "The way back",
        (
            r"all nine\* windows change with the pixel, and their effects add up",
            r"sum\(im2col\(x\) \* c\) == sum\(x \* col2im\(c\)\)",
            r"an entry of the windows \*is\* a pixel",
        ),
    ),
    ("MyConv2D", "dx, and self.grads"): (
        8,
        "Step 5: the convolution",
        (r"dkernel = cols\.T @ dy", r"dcols = dy @ kernel\.T", r"`col2im` adds up"),
    ),
    ("MyConv2D", "the whole sum is one product"): (
        3,
        "One row per window",
        (r"\(N\*OH\*OW, KH\*KW\*C\) @ \(KH\*KW\*C, F\) -> \(N\*OH\*OW, F\)",),
    ),
    ("MyBinaryCrossentropy", "dz, the derivative of loss[n] by z"): (
        7,
        "The slope is p - y",
        (
            r"\(d loss / d p\) \* \(d p / d z\)",
            r"\(p - y\) / \(p \* \(1 - p\)\)",
            r"p \* \(1 - p\) cancels, and p - y is left",
        ),
    ),
    ("MyBinaryCrossentropy", "a form of the loss that is finite for every z"): (
        7,
        "Why logits",
        (
            r"1 - p = exp\(-z\) / \(1 \+ exp\(-z\)\) = 1 / \(1 \+ exp\(z\)\)",
            r"log\(1 \+ exp\(z\)\) = z \+ log\(1 \+ exp\(-z\)\)",
            r"loss = max\(z, 0\) - z \* y \+ log\(1 \+ exp\(-\|z\|\)\)",
        ),
    ),
}

# What the exercises take for known, each in the section that explains it.
WORDS = [
    (2, "At the border", r"\*\*padding\*\*"),
    (2, "A kernel can be learnt", r"\*\*mean squared error\*\*"),
    (2, "Colours, and the library", r"\*\*weight sharing\*\*"),
    (3, "The way back", r"`np\.zeros\(padded_shape, cols\.dtype\)`"),
    (4, "Does it always halve?", r"\*\*stride\*\*"),
    (6, "Where do the weights start?", r"Not all the same: symmetry"),
    (
        6,
        "Where do the weights start?",
        r"partly cancel\. That is why .* about √n times",
    ),
    (6, "Where do the weights start?", r"s = √\(2 / n\)"),
    (7, "The slope is p - y", r"\*\*chain rule\*\*"),
    (7, "More than two classes", r"d loss / d z\[k\] = p\[k\] - y\[k\]"),
    (8, "Forward", r"\*\*chain rule\*\*"),
]

# Words of the course, each with what explains it in the notebook that has it first.
EXPLAINED = {
    "batch": r"several photos at once: a \*\*batch\*\*",
    "KH": r"KH and KW: \*kernel height\*",
    "OH": r"OH rows and OW columns; O is for \*output\*",
    "F": r"called \*filters\*, so their number is F",
    "bias": r"the \*\*bias\*\*, which is added",
    "loss": r"loss is one number for how wrong",
    "message": r"called a \*message\*",
    "self": r"`self` is the layer itself",
    "epoch": r"an epoch is once through all photos",
    "label": r"A label says which hero",
    "logit": r"The sum is called the \*\*logit\*\*",
    "gradient": r"The \*gradient\* of an array holds one slope for each",
    "seed": r"a number that is called the \*seed\*",
    "SGD": r"called \*stochastic\* gradient descent, \*\*SGD\*\*",
}


def section(number, heading):
    """Return the text of a notebook's section, without its code."""
    text = "\n".join(
        source_of(cell)
        for cell in cells_of(NOTEBOOKS[number - 1])
        if cell["cell_type"] == "markdown"
    )
    text = text.replace("\N{MINUS SIGN}", "-").replace("\N{MULTIPLICATION SIGN}", "x")
    _, _, rest = f"\n{text}".partition(f"\n## {heading}\n")
    assert rest, f"notebook {number} has no section {heading!r}"
    return " ".join(re.split(r"^## ", rest, maxsplit=1, flags=re.M)[0].split())


def docstrings():
    """Return the text of each part of my_exercises.py."""
    text = (EXERCISES / "my_exercises.py").read_text(encoding="utf-8")
    parts = re.split(r"^(?:class|def) (\w+)", text, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def named_notebooks():
    """Return the notebooks that the exercises' table names for each part."""
    table = (EXERCISES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \| ([^|]+) \| \d+ \| ([^|]+) \|", table, re.M)
    return {
        part: [int(number) for number in numbers.split(", ")]
        for parts, numbers in rows
        for part in parts.split(", ")
    }


def test_every_derivation_of_the_exercises_is_in_the_table():
    asked = {part for part, text in docstrings().items() if TO_DERIVE.search(text)}
    assert len(asked) >= 8
    assert asked <= {part for part, _ in TAUGHT}
    for part, text in docstrings().items():
        for derivation in TO_DERIVE.findall(text):
            inside = " ".join(derivation.split())
            assert any(p == part and what in inside for p, what in TAUGHT), inside


@pytest.mark.parametrize(("part", "what"), TAUGHT)
def test_what_is_to_be_derived_was_taught_before(part, what):
    number, heading, patterns = TAUGHT[part, what]
    assert what in " ".join(docstrings()[part].split()), "the exercise asks otherwise"
    assert number <= max(named_notebooks()[part])
    text = section(number, heading)
    for pattern in patterns:
        assert re.search(pattern, text), pattern


@pytest.mark.parametrize(("number", "heading", "pattern"), WORDS)
def test_what_the_exercises_take_for_known_is_explained(number, heading, pattern):
    assert re.search(pattern, section(number, heading))


@pytest.mark.parametrize("word", EXPLAINED)
def test_a_word_is_explained_in_the_first_notebook_that_has_it(word):
    texts = (
        "\n".join(source_of(c) for c in cells_of(path) if c["cell_type"] == "markdown")
        for path in NOTEBOOKS
    )
    read = (LINK.sub("", text) for text in texts)  # the titles of other notebooks
    first = next(text for text in read if re.search(rf"\b{word}\b", text))
    assert re.search(EXPLAINED[word], first)
