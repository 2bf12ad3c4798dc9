"""Make the exercises from the library: templates to fill in, and bugs to find.

    python walkthrough/exercises/make.py            write my_exercises.py, find_the_bug/
                                                    and the key, docs/answers.md
    python walkthrough/exercises/make.py --table    grade the museum's bugs

For developers of tinycnn: it needs the whole checkout. The library itself is the only
copy of the solutions: a template is the library's class without the bodies of its
methods, a bug to find is the library's method with one change (tests/museum/hunt.py).
"""

import argparse
import ast
import dataclasses
import difflib
import hashlib
import importlib
import inspect
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tinycnn import losses
from tinycnn.diagnosis.reference import REFERENCES
from tinycnn.grading import RIGHT, Grade
from tinycnn.grading.grader import grade_part
from tinycnn.layers import activations, conv, dense, pooling, windows
from tinycnn.optimizers import descent
from tinycnn.text import display_name, say

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent.parent / "tests"
KEY = HERE.parent.parent / "docs" / "answers.md"
TEMPLATES = "my_exercises.py"
MARK = "# (For make.py, which never overwrites your work: made as "
ARRAY_TYPES = re.compile(
    r"^( *(?:self\.)?\w+): (?:Array|Arrays|Any|Kept|Named) = ", re.MULTILINE
)
NAMED_RESULT = re.compile(r"^(\w+) = (.*)\nreturn \1$", re.MULTILINE)
FUSED = re.compile(r"product_col2im\((\w+), ([\w.]+), ")


def _dict_of_both(match: re.Match[str]) -> str:
    """Return the gradients of kernel and bias as one dict, in ruff's format."""
    kernel, bias = match.groups()
    line = f'self.grads = {{{kernel}, "bias": {bias}}}'
    if len(line) <= 80:
        return line
    return f'self.grads = {{\n    {kernel},\n    "bias": {bias},\n}}'


# The exercises have none of these options: use_bias=False, Nesterov's momentum, and
# what `Optimizer._prepared` does for a schedule, a limit of the gradients or weight
# decay. The sigmoid is written out.
OPTIONS = (
    (r"^if self\.use_bias:\n(?: +#.*\n)?    (.*)$", r"\1"),
    (r'^self\.grads = \{(.*)\}\nself\.grads\["bias"\] = (.*)$', _dict_of_both),
    (
        r"^y = sigmoid\(self\.check_input\(x\)\)$",
        "x = self.check_input(x)\ne = np.exp(-np.abs(x))\n"
        "y = np.where(x >= 0, np.ones_like(e), e) / (1 + e)",
    ),
    (r"^grads = self\._prepared\(params, grads\)\n", ""),
    (r"self\._nesterov_step\(v, grads\[name\]\) if self\.nesterov else v", "v"),
)
SKIPS_DX = re.compile(r"^ *if self\.skip_dx:.*\n.*\n", re.MULTILINE)

HEADER = '''\
"""The exercises: write the parts of a convolutional network yourself.

The docstring of each part gives its input, its output and the formula. Replace the
lines `raise NotImplementedError(...)` with your own code, part by part, and check it:

    python -m tinycnn.check my_exercises.py

The arguments (filters, pool_size ...), the shapes and the initial weights are inherited
from tinycnn's class of that name; you write only the methods that are empty here.

The letters: N photos in a batch; H, W, C rows, columns, channels of the input;
KH, KW rows and columns of a kernel or window; OH, OW rows and columns of the output;
F filters. dy is d loss / d y and has the shape of y; dx and dkernel likewise.

Helpers that you may use:

    (OH, OW), borders = self._grid(x.shape[1:])   how often the window fits; the border
    padded = pad(x, borders, fill=0.0)            x with its border ("same" padding)
    x = crop(padded, borders)                     the inverse: x without the border
    OH, OW = grid_of(padded.shape, window, strides)
    for cell in window_cells(padded, window, strides):
        a view (N, OH, OW, C) of padded: the top left cell of every window, then its
        right neighbour, and so on; cell += ... changes padded
    self.kept = (x, y)                            in forward: keep what backward needs
    x, y = self.kept_for(dy)                      in backward: get it back
"""
'''
IMPORTS = {
    "tinycnn.layers": ("Conv2D Dense MaxPooling2D ReLU Sigmoid SumPooling2D"),
    "tinycnn.layers.windows": "crop grid_of pad window_cells",
    "tinycnn.losses": "BinaryCrossentropy",
    "tinycnn.optimizers": "SGD Adam",
}
SAME_SHAPES = ("y, of the shape of x", "dx, of the shape of x")
POOLED = ("y, of shape (N, OH, OW, C)", "dx, of shape (N, H, W, C)")


@dataclass(frozen=True)
class Part:
    """One part to be written.

    Attributes
    ----------
    name : str
        The library's name: "Dense", "im2col".
    module : module
        Where the library has it.
    contracts : dict of str to (str, str)
        The docstring of each empty method, and what it should return.
    base : str
        The base of the student's class; the library's class by default.
    complete : tuple of str
        Methods that are not for the student to write.
    """

    name: str
    module: object
    contracts: dict[str, tuple[str, str]]
    base: str = ""
    complete: tuple[str, ...] = field(default=())

    @property
    def title(self) -> str:
        """The student's name for it: MyDense, my_im2col."""
        return f"My{self.name}" if self.name in REFERENCES else f"my_{self.name}"


def layer(forward: str, backward: str, results: tuple[str, str]) -> dict:
    """Return the contracts of a layer."""
    return {"forward": (forward, results[0]), "backward": (backward, results[1])}


PARTS = [
    Part(
        "ReLU",
        activations,
        layer(
            "x of any shape -> y of the same shape::\n\n    y = max(x, 0)\n\n"
            "Keep, for backward, the places where x is above 0. Do not change x in "
            "place.",
            "dy (shape of y) -> dx (shape of x).\n\n"
            "To derive: the slope of y on each side of 0 (at 0 itself it is defined as "
            "0), and how dx follows from it and dy. Do not change dy in place.",
            SAME_SHAPES,
        ),
    ),
    Part(
        "Sigmoid",
        activations,
        layer(
            "x of any shape -> y of the same shape, in 0..1::\n\n"
            "    y = 1 / (1 + exp(-x))\n\n"
            "x may be -1000 or 1000, and exp of a large number overflows: find a form "
            "that never takes exp of a number above 0.",
            "dy (shape of y) -> dx (shape of x).\n\n"
            "To derive: the slope of y. It can be computed from y alone; so keep y.",
            SAME_SHAPES,
        ),
    ),
    Part(
        "Dense",
        dense,
        layer(
            "x (N, inputs) -> y (N, units)::\n\n"
            "    y[n, u] = bias[u] + sum over i of x[n, i] * kernel[i, u]\n\n"
            'self.params["kernel"] is (inputs, units), self.params["bias"] (units,). '
            "Keep x for backward.",
            "dy (N, units) -> dx (N, inputs); self.grads written anew.\n\n"
            'To derive: dx, and self.grads = {"kernel": (inputs, units), "bias": '
            "(units,)}. Each is the derivative of the formula above, times dy, summed; "
            "the shapes decide what is transposed. Do not divide by N: the loss does.",
            ("y, of shape (N, units)", "dx, of shape (N, inputs)"),
        ),
    ),
    Part(
        "MaxPooling2D",
        pooling,
        layer(
            "x (N, H, W, C) -> y (N, OH, OW, C)::\n\n"
            "    y[n, i, j, c] = max over a, b of\n"
            "                    padded[n, i * strides[0] + a, j * strides[1] + b, c]"
            "\n\n"
            "a runs over the KH rows and b over the KW columns of self.pool_size; "
            "self.strides is (down, across). Fill the border with -np.inf, so that it "
            "is never the maximum. Keep, for backward, which cell of each window is "
            "the maximum; of several equal ones, the first in row order.",
            "dy (N, OH, OW, C) -> dx (N, H, W, C).\n\n"
            "To derive: which cell gets dy[n, i, j, c]? A cell that is the maximum of "
            "two windows gets the sum.",
            POOLED,
        ),
    ),
    Part(
        "SumPooling2D",
        pooling,
        layer(
            "x (N, H, W, C) -> y (N, OH, OW, C)::\n\n"
            "    y[n, i, j, c] = sum over a, b of\n"
            "                    padded[n, i * strides[0] + a, j * strides[1] + b, c]"
            "\n\nThe border is 0. Keep the shapes that backward needs.",
            "dy (N, OH, OW, C) -> dx (N, H, W, C).\n\n"
            "To derive: the slope of a sum, for each cell of the window. A cell in two "
            "windows gets the sum of both gradients.",
            POOLED,
        ),
    ),
    Part(
        "AveragePooling2D",
        pooling,
        layer(
            "x (N, H, W, C) -> y (N, OH, OW, C): the mean of each window.\n\n"
            "Only real cells count, not the border: self._cells (1, OH, OW, 1) is "
            "their number in each window. You may use super().forward, which here is "
            "your own MySumPooling2D.",
            "dy (N, OH, OW, C) -> dx (N, H, W, C).\n\n"
            "To derive: the slope of a mean, for each cell of the window.",
            POOLED,
        ),
        base="MySumPooling2D",
        complete=("_cells",),
    ),
    Part(
        "im2col",
        windows,
        {
            "": (
                "padded (N, H, W, C) -> cols (N*OH*OW, KH*KW*C).\n\n"
                "window is (KH, KW), strides (down, across). One row for each window, "
                "in the order n, i, j (photo, down, across); the numbers of a row are "
                "in the order a, b, c (rows, columns, channels of the window)::\n\n"
                "    padded[n, i * strides[0] + a, j * strides[1] + b, c]",
                "cols, of shape (N*OH*OW, KH*KW*C)",
            )
        },
    ),
    Part(
        "col2im",
        windows,
        {
            "": (
                "cols (N*OH*OW, KH*KW*C) -> padded (N, H, W, C).\n\n"
                "padded_shape is (N, H, W, C). Each number of cols goes back to the "
                "pixel that im2col copied it from. To derive: what is the result for a "
                "pixel in several windows? For every x and cols, this law holds::\n\n"
                "    sum(im2col(x) * cols) == sum(x * col2im(cols))",
                "padded, of shape padded_shape",
            )
        },
    ),
    Part(
        "Conv2D",
        conv,
        layer(
            "x (N, H, W, C) -> y (N, OH, OW, F)::\n\n"
            "    y[n, i, j, f] = bias[f] + sum over a, b, c of kernel[a, b, c, f] *\n"
            "                    padded[n, i * strides[0] + a, j * strides[1] + b, c]"
            "\n\n"
            'self.params["kernel"] is (KH, KW, C, F), self.params["bias"] (F,). With '
            "your my_im2col the windows are rows of a matrix, and the whole sum is one "
            "product, as in Dense. Keep what backward needs.",
            "dy (N, OH, OW, F) -> dx (N, H, W, C); self.grads written anew.\n\n"
            'To derive: dx, and self.grads = {"kernel": (KH, KW, C, F), "bias": (F,)}. '
            "It is Dense again, with cols instead of x; your my_col2im adds dcols to "
            "the pixels.",
            ("y, of shape (N, OH, OW, F)", "dx, of shape (N, H, W, C)"),
        ),
    ),
    Part(
        "BinaryCrossentropy",
        losses,
        {
            "per_photo": (
                "y (N, K) in 0..1, logits z = y_pred (N, K) -> loss (N,), dz (N, K)."
                "\n\nA label may be any number from 0 to 1. With p = 1 / (1 + "
                "exp(-z))::\n\n"
                "    loss[n] = mean over k of -y log(p) - (1 - y) log(1 - p)\n\n"
                "To derive: dz, the derivative of loss[n] by z (a very simple "
                "formula), and a form of the loss that is finite for every z, even for "
                "1e38. The mean over the photos is not taken here.",
                "loss, dz, of shapes (N,) and (N, K)",
            )
        },
    ),
    Part(
        "SGD",
        descent,
        {
            "update": (
                "Change each param in place, against its gradient.\n\n"
                "params and grads are dicts of arrays with the same names. With "
                "momentum, each step contains a fraction of the previous one, like a "
                "rolling ball: the velocity v. It starts at 0 for each param; keep it "
                "in self.v, a dict::\n\n"
                "    v = self.momentum * v - self.learning_rate * grad\n"
                "    param = param + v\n\n"
                "In place: the layer's own array must change. Do not change grads. "
                "Count the updates in self.t. self.learning_rate may change from one "
                "update to the next.",
                "change the params in place",
            )
        },
    ),
    Part(
        "Adam",
        descent,
        {
            "update": (
                "Change each param in place, against its gradient.\n\n"
                "m and v of each param start at 0 (keep them in self.m and self.v, "
                "which are dicts); self.t counts the updates from 1::\n\n"
                "    m = beta_1 * m + (1 - beta_1) * grad\n"
                "    v = beta_2 * v + (1 - beta_2) * grad**2\n"
                "    rate = learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)\n"
                "    param = param - rate * m / (sqrt(v) + epsilon)\n\n"
                "beta_1, beta_2, epsilon and learning_rate are in self; learning_rate "
                "may change from one update to the next. Do not change grads.",
                "change the params in place",
            )
        },
    ),
]


# -- the library's source --------------------------------------------------------------


def node_of(tree: ast.AST, name: str) -> ast.AST:
    """Return the class or function of that name."""
    kinds = (ast.ClassDef, ast.FunctionDef)
    return next(n for n in ast.walk(tree) if isinstance(n, kinds) and n.name == name)


def body_of(module: object, node: ast.FunctionDef) -> str:
    """Return the source of a body without its docstring, not indented."""
    lines = inspect.getsource(module).splitlines()
    first = node.body[1 if ast.get_docstring(node) else 0]
    text = textwrap.dedent("\n".join(lines[first.lineno - 1 : node.end_lineno]))
    text = ARRAY_TYPES.sub(r"\1 = ", text)
    text = FUSED.sub(r"col2im(\1 @ \2, ", text)  # simple instead of fast
    for option, simple in OPTIONS:
        text = re.sub(option, simple, text, flags=re.MULTILINE)
    return NAMED_RESULT.sub(r"return \2", text)


def signature_of(node: ast.FunctionDef) -> str:
    """Return the def line of a method, without annotations."""
    arguments = ast.parse(ast.unparse(node.args).join(("def f(", "): pass"))).body[0]
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return f"def {node.name}({ast.unparse(arguments.args)}):"


def summary_of(node: ast.AST) -> str:
    """Return a docstring up to its first heading."""
    return re.split(r"\n\n[A-Z]\w+\n---", ast.get_docstring(node))[0]


def filled(text: str, indent: str) -> str:
    """Return a docstring, its paragraphs wrapped at 88 characters; not formulas."""
    blocks = [
        block
        if block.startswith("    ")
        else textwrap.fill(" ".join(block.split()), 88 - len(indent))
        for block in text.split("\n\n")
    ]
    end = "\n" if len(blocks) > 1 or "\n" in blocks[0] else ""
    quoted = textwrap.indent('"""' + "\n\n".join(blocks) + end, indent).lstrip(" ")
    return f'{quoted}{indent if end else ""}"""'


def imports_of(names: dict[str, list[str]]) -> str:
    """Return the import lines, in ruff's format."""
    lines = []
    for module in sorted(names):
        imported = sorted(set(names[module]), key=_order)
        line = f"from {module} import {', '.join(imported)}"
        if len(line) > 88:
            line = f"from {module} import (\n    " + ",\n    ".join(imported) + ",\n)"
        lines.append(line)
    return "\n".join(lines)


def _order(name: str) -> tuple[int, str]:
    """Return a sort key: constants, then classes, then functions."""
    group = 0 if name.isupper() else 1 if name.lstrip("_")[0].isupper() else 2
    return group, name


def needed(part: Part, text: str, known: set[str]) -> dict[str, list[str]]:
    """Return the names that a text uses from the library, by module; not `known`."""
    used = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    found: dict[str, list[str]] = {}
    scope = {**vars(windows), **vars(part.module)}
    for name in sorted(used & set(scope) - known - {"np"}):
        value = scope[name]
        module = getattr(value, "__module__", None) or part.module.__name__
        is_ours = module.startswith("tinycnn.") and not name.startswith("_")
        is_given = name in IMPORTS.get(module.rpartition(".")[0], "").split()
        module = module.rpartition(".")[0] if is_given else module
        where = module if is_ours or is_given else part.module.__name__
        found.setdefault(where, []).append(name)
    return found


# -- templates and solutions ----------------------------------------------------------


def source_of(part: Part, *, solved: bool, contracts: bool = True) -> str:
    """Return the source of one part: empty, or with the library's own bodies."""
    node = node_of(ast.parse(inspect.getsource(part.module)), part.name)
    summary = summary_of(node)
    if isinstance(node, ast.FunctionDef):
        contract, result = part.contracts[""]
        doc = filled(f"{summary}\n\n{contract}" if contracts else summary, "    ")
        body = body_of(part.module, node) if solved else _empty(result)
        head = signature_of(node).replace(part.name, part.title)
        return f"{head}\n    {doc}\n{textwrap.indent(body, '    ')}\n"
    text = f"class {part.title}({part.base or part.name}):\n    "
    text += f"{filled(summary, '    ')}\n"
    for name in (*part.complete, *part.contracts):
        text += "\n" + _method(part, node, name, solved, contracts)
    if solved and part.name == "Adam":
        text += "\n" + _method(part, node, "step", solved, contracts)
    if contracts and part.name == "Conv2D":
        text = re.sub(r"\b(im2col|col2im)\(", r"my_\1(", text)
    return text


def _method(part: Part, node: ast.AST, name: str, solved: bool, contracts: bool) -> str:
    """Return the source of one method, indented."""
    method = node_of(node, name)
    marks = [f"    @{ast.unparse(mark)}\n" for mark in method.decorator_list]
    text = "".join(marks) + f"    {signature_of(method)}\n"
    body = body_of(part.module, method)
    if name in part.contracts:
        contract, result = part.contracts[name]
        if contracts:
            text += f"        {filled(contract, ' ' * 8)}\n"
        if not solved:
            body = _empty(result)
    return text + textwrap.indent(body, " " * 8) + "\n"


def _empty(result: str) -> str:
    task = result if result.startswith("change") else f"return {result}"
    return f'raise NotImplementedError("{task}")'


def exercises(*, solved: bool = False) -> str:
    """Return the file of all exercises: the templates, or the solutions."""
    known = {word for words in IMPORTS.values() for word in words.split()}
    known |= {part.title for part in PARTS}
    names = {module: words.split() for module, words in IMPORTS.items()}
    texts = [source_of(part, solved=solved) for part in PARTS]
    for part, text in zip(PARTS, texts, strict=True):
        for module, words in needed(part, text, known).items():
            names[module] = [*names.get(module, []), *words]
    head = f"{HEADER}\nimport numpy as np\n\n{imports_of(names)}\n"
    return "\n\n".join([head, *texts])


# -- bugs to find ---------------------------------------------------------------------

BUG_HEADER = '''\
"""Find bug number {number}: {title} is not right.

What it should compute is described in my_exercises.py, how to search in README.md. When
you have fixed it, check it:

    python -m tinycnn.check {file}
"""
'''


def museum(name: str) -> tuple[object, ast.AST]:
    """Return a module of the museum as (module, syntax tree)."""
    if str(TESTS) not in sys.path:
        sys.path.append(str(TESTS))
    module = importlib.import_module(f"museum.{name}")
    return module, ast.parse(inspect.getsource(module))


def bug(number: int, *, fixed: bool = False) -> str:
    """Return the file of one bug, counted from 1; without the bug if `fixed`."""
    hunt, _ = museum("hunt")
    _, name, changes, _ = hunt.HUNT[number - 1]
    part = next(part for part in PARTS if part.name == name)
    if part.base:
        part = dataclasses.replace(part, base=part.base.removeprefix("My"))
    text = SKIPS_DX.sub("", source_of(part, solved=True, contracts=False))
    for old, new in [*hunt.PLAIN.get(name, []), *([] if fixed else changes)]:
        if text.count(old) != 1:
            raise ValueError(f"bug {number}: {old!r} should occur once in\n{text}")
        text = text.replace(old, new)
    names = needed(part, text, {part.title})
    modules = ["import math"] if "math." in text else []
    for words in names.values():
        words[:] = [word for word in words if word != "math"]
    head = BUG_HEADER.format(number=number, title=part.title, file=file_of(number))
    lines = [*modules, "\n" * bool(modules) + "import numpy as np"]
    if "np." not in text:
        lines = modules
    imports = imports_of({module: words for module, words in names.items() if words})
    blocks = [head, *(["\n".join(lines) + "\n"] if lines else []), imports + "\n"]
    return "\n".join(blocks) + f"\n\n{text}"


def file_of(number: int) -> str:
    """Return the name of one bug's file."""
    return f"bug_{number:02}.py"


KEY_HEADER = """\
# Find the bug: the answers

For teachers. For each file of `walkthrough/exercises/find_the_bug/`: what is wrong, in
which method, and what the grader reports; a question for students who are stuck, which
does not give the bug away; and the answer to the exercise's last question, when the bug
goes unnoticed. Lines with `-` are in the file; lines with `+` fix it.

This page is written by `python walkthrough/exercises/make.py`, from
`tests/museum/hunt.py`. Some of the bugs were found in published programs, the others
are common among students ([museum.md](museum.md) describes each).
"""


def answer_key() -> str:
    """Return the answers to all bugs, for teachers."""
    hunt, _ = museum("hunt")
    pages = [KEY_HEADER]
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, part, _, _) in enumerate(hunt.HUNT, start=1):
            title = next(p.title for p in PARTS if p.name == part)
            text, fixed = bug(number), bug(number, fixed=True)
            changes, method = difference(text, fixed)
            line = grade_of(text, title, Path(folder)).lines[0]
            question, unnoticed = hunt.KEY[name]
            where = f", in `{method}`" if method != title else ""
            pages.append(
                f"## {file_of(number).removesuffix('.py')}: {title}{where}\n\n"
                f"```diff\n{changes}\n```\n\n"
                f"* The grader: {re.sub(r' [(][^()]* line [0-9]+[)]$', '', line)}\n"
                f"* A question: {question}\n* Unnoticed: {unnoticed}\n"
            )
    return "\n".join(pages)


def difference(text: str, fixed: str) -> tuple[str, str]:
    """Return (the lines that differ, as a diff; the method they are in)."""
    old, new = text.splitlines(), fixed.splitlines()
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    lines: list[str] = []
    before: list[str] = []
    for tag, a, b, c, d in steps:
        if tag != "equal" and "def " in "\n".join(old[:a]):  # not the imports
            before = before or old[:a]
            lines += [f"- {line}" for line in old[a:b]]
            lines += [f"+ {line}" for line in new[c:d]]
    return "\n".join(lines), re.findall(r"def (\w+)\(", "\n".join(before))[-1]


# -- the grader on the museum's bugs ---------------------------------------------------


def museum_files() -> Iterator[tuple[str, str, str]]:
    """Yield (part, bug, file text) for every bug of the museum.

    The file holds the solutions and then the museum's class, which derives from the
    right one and replaces it.
    """
    solutions = exercises(solved=True)
    for kind in ("layers", "losses", "optimizers"):
        module, tree = museum(kind)
        lines = inspect.getsource(module).splitlines()
        imports = [
            "\n".join(lines[node.lineno - 1 : node.end_lineno])
            for node in tree.body
            if isinstance(node, (ast.Import, ast.ImportFrom))
        ]
        for exhibit, *_ in module.EXHIBITS:
            classes = type(exhibit).__mro__
            right = next(k for k in classes if k.__module__.startswith("tinycnn."))
            title = f"My{right.__name__}"
            base = title if f"class {title}(" in solutions else right.__name__
            text = ""
            for cls in reversed(classes[: classes.index(right)]):
                node = node_of(tree, cls.__name__)
                own = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                head, _, rest = own.partition("\n")
                head = head.replace(f"({right.__name__})", f"({base})")
                text += f"\n\n{head}\n{rest}\n"
            name = type(exhibit).__name__
            text = text.replace(f"class {name}(", f"class {title}(")
            if kind == "optimizers":  # with its options, such as Nesterov's momentum
                text += f"\n\nCASES = [{title}(**{exhibit.config()!r})]\n"
            yield title, name, "\n".join([solutions, *imports, text])


def grade_of(text: str, part: str, folder: Path) -> Grade:
    """Return the grade of one part of a file with this text."""
    path = folder / f"{part}_{hashlib.sha256(text.encode()).hexdigest()[:12]}.py"
    path.write_text(text, encoding="utf-8")
    return grade_part(path, part)


def print_table() -> int:
    """Print the grade of every bug of the museum; return how many are not found."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for part, name, text in museum_files():
            grade = grade_of(text, part, Path(folder))
            missed += grade.verdict == RIGHT
            causes = ", ".join(dict.fromkeys(grade.causes)) or grade.lines[0]
            say(f"{part:<26}{name:<26}{grade.verdict:<8}{causes}")
    say(f"{missed} not found")
    return missed


# -- files ----------------------------------------------------------------------------


def marked(text: str) -> str:
    """Return the text with a last line that shows whether it was changed later."""
    return f"{text}\n\n{MARK}{hashlib.sha256(text.encode()).hexdigest()[:16]})\n"


def is_untouched(path: Path) -> bool:
    """Return whether a file is unchanged, so that no work is lost with it."""
    if not path.exists():
        return True
    text, mark, _ = path.read_text(encoding="utf-8").rpartition(f"\n\n{MARK}")
    return bool(mark) and marked(text) == path.read_text(encoding="utf-8")


def files() -> dict[str, str]:
    """Return the text of each file, by its name in this folder."""
    hunt, _ = museum("hunt")
    numbers = range(1, len(hunt.HUNT) + 1)
    bugs = {f"find_the_bug/{file_of(n)}": marked(bug(n)) for n in numbers}
    return {TEMPLATES: marked(exercises()), **bugs}


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the exercises.")
    parser.add_argument(
        "--table", action="store_true", help="grade the museum's bugs instead"
    )
    if not (TESTS / "museum").is_dir():
        print(
            "error: make.py needs the checkout of tinycnn, with tests/museum; the "
            "exercises work without it: see README.md",
            file=sys.stderr,
        )
        return 2
    if parser.parse_args().table:
        return 1 if print_table() else 0
    texts = files()
    for name in texts:
        if not is_untouched(HERE / name):
            print(
                f"error: {display_name(name)} has been edited; move it away first",
                file=sys.stderr,
            )
            return 2
    for name, text in texts.items():
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_text(text, encoding="utf-8", newline="\n")
    KEY.write_text(answer_key(), encoding="utf-8", newline="\n")
    say(f"Wrote {TEMPLATES}, {len(texts) - 1} bugs to find, and {KEY.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
