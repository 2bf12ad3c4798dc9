"""Make the exercises out of the library: shells to fill in, and bugs to find.

    python walkthrough/exercises/make.py            write my_exercises.py, find_the_bug/
                                                    and the key, docs/answers.md
    python walkthrough/exercises/make.py --table    grade the museum: part x bug

For those who work on tinycnn: it needs the whole checkout. The solutions exist once, in
the library; a shell is the library's class without the bodies of its methods, a bug to
find is the library's method with one thing changed (tests/museum/hunt.py).
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

from tinycnn import losses, optimizers
from tinycnn.diagnosis.reference import TWINS
from tinycnn.grading import RIGHT, Answer
from tinycnn.grading.verdicts import answer_for
from tinycnn.layers import activations, conv, dense, pooling, windows
from tinycnn.text import display_name, say

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent.parent / "tests"
ANSWERS = HERE.parent.parent / "docs" / "answers.md"
SHELLS = "my_exercises.py"
MARK = "# (For make.py, which never overwrites your work: made as "
ARRAY_TYPES = re.compile(r"^( *\w+): (?:Array|Any|Named) = ", re.MULTILINE)
NAMED_RESULT = re.compile(r"^(\w+) = (.*)\nreturn \1$", re.MULTILINE)
FUSED = re.compile(r"product_col2im\((\w+), ([\w.]+), ")
SKIPS_DX = re.compile(r"^ *if self\.skip_dx:\n.*\n", re.MULTILINE)

HEADER = '''\
"""The exercises: write the parts of a convolutional network yourself.

Each part tells what it is given and what it should give back. Replace each line
`raise NotImplementedError(...)` by your own code, one part after the other, and ask

    python -m tinycnn.check my_exercises.py

The arguments (filters, pool_size ...), the shapes and the first weights are inherited
from tinycnn's layer of that name; only what is empty here is yours to write.

The letters: N photos in a batch; H, W, C rows, columns, channels of the input;
KH, KW rows and columns of a kernel or window; OH, OW rows and columns of the output;
F filters. dy is d loss / d y, in the shape of y; dx and all others likewise.

Given, if you like to use them:

    (OH, OW), borders = self._grid(x.shape[1:])   how often the window fits; the border
    padded = pad(x, borders, fill=0.0)            x with its border (of "same" padding)
    x = crop(padded, borders)                     the way back: the border cut off
    OH, OW = grid_of(padded.shape, window, strides)
    for cell in window_cells(padded, window, strides):
        a view (N, OH, OW, C) of padded: the top left cell of every window, then the
        one right of it, and so on; writing into it (cell += ...) writes into padded

What `forward` should keep for `backward` goes into self, under a name of yours.
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
        What the docstring of each empty method says, and what it should return.
    base : str
        What the student's class derives from; the library's by default.
    given : tuple of str
        Methods that stay as they are.
    """

    name: str
    module: object
    contracts: dict[str, tuple[str, str]]
    base: str = ""
    given: tuple[str, ...] = field(default=())

    @property
    def title(self) -> str:
        """The student's name for it: MyDense, my_im2col."""
        return f"My{self.name}" if self.name in TWINS else f"my_{self.name}"


def layer(forward: str, backward: str, back: tuple[str, str]) -> dict:
    """Return the contracts of a layer."""
    return {"forward": (forward, back[0]), "backward": (backward, back[1])}


PARTS = [
    Part(
        "ReLU",
        activations,
        layer(
            "x of any shape -> y of the same shape::\n\n    y = max(x, 0)\n\n"
            "Keep for backward where x was above 0. Do not write into x.",
            "dy (shape of y) -> dx (shape of x).\n\n"
            "To find: the slope of y on each side of 0 (at 0 itself take 0), and what "
            "it has to do with dy. Do not write into dy.",
            SAME_SHAPES,
        ),
    ),
    Part(
        "Sigmoid",
        activations,
        layer(
            "x of any shape -> y of the same shape, in 0..1::\n\n"
            "    y = 1 / (1 + exp(-x))\n\n"
            "x may be -1000 or 1000: exp of a large number overflows, so look for a "
            "form of it whose exp never gets a number above 0.",
            "dy (shape of y) -> dx (shape of x).\n\n"
            "To find: the slope of y. It can be told from y alone; so keep y.",
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
            'To find: dx, and self.grads = {"kernel": (inputs, units), "bias": '
            "(units,)}. Each is the derivative of the formula above, times dy, added "
            "up; the shapes tell which way round. Only add up: the loss divides by N.",
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
            "self.strides is (down, across). Let the border be -np.inf, so that it "
            "never wins. Keep for backward which cell of each window has won; of "
            "several equal ones the first in row order.",
            "dy (N, OH, OW, C) -> dx (N, H, W, C).\n\n"
            "To find: who gets dy[n, i, j, c]? A cell that has won in two windows gets "
            "the sum.",
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
            "\n\nThe border is 0. Keep the shapes that backward will need.",
            "dy (N, OH, OW, C) -> dx (N, H, W, C).\n\n"
            "To find: the slope of a sum, for each cell of the window. A cell in two "
            "windows gets the sum.",
            POOLED,
        ),
    ),
    Part(
        "AveragePooling2D",
        pooling,
        layer(
            "x (N, H, W, C) -> y (N, OH, OW, C): the mean of each window.\n\n"
            "Only real cells count, not the border: self._cells (1, OH, OW, 1) says "
            "how many each window has. You may use super().forward, which here is your "
            "own MySumPooling2D.",
            "dy (N, OH, OW, C) -> dx (N, H, W, C).\n\n"
            "To find: the slope of a mean, for each cell of the window.",
            POOLED,
        ),
        base="MySumPooling2D",
        given=("_cells",),
    ),
    Part(
        "im2col",
        windows,
        {
            "": (
                "padded (N, H, W, C) -> cols (N*OH*OW, KH*KW*C).\n\n"
                "window is (KH, KW), strides (down, across). A row for each window, in "
                "the order n, i, j (the photo, then down, then across); in a row its "
                "numbers in the order a, b, c (the window's rows, columns, channels)::"
                "\n\n"
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
                "pixel im2col took it from. To find: what happens to a pixel that "
                "several windows have seen? For every x and cols this law holds::\n\n"
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
            "your my_im2col the windows are rows of a matrix, and all this is one "
            "product, as in Dense. Keep what backward will need.",
            "dy (N, OH, OW, F) -> dx (N, H, W, C); self.grads written anew.\n\n"
            'To find: dx, and self.grads = {"kernel": (KH, KW, C, F), "bias": (F,)}. '
            "It is Dense once more, with cols in the place of x; your my_col2im brings "
            "dcols back to the pixels.",
            ("y, of shape (N, OH, OW, F)", "dx, of shape (N, H, W, C)"),
        ),
    ),
    Part(
        "BinaryCrossentropy",
        losses,
        {
            "per_photo": (
                "y (N, K) in 0..1, logits z = y_pred (N, K) -> loss (N,), dz (N, K)."
                "\n\nWith p = 1 / (1 + exp(-z))::\n\n"
                "    loss[n] = mean over k of -y log(p) - (1 - y) log(1 - p)\n\n"
                "To find: dz, the derivative of loss[n] (it becomes very simple); and "
                "a form of the loss that is finite for every z, be it 80 or 1e38. The "
                "mean over the photos is not taken here.",
                "loss, dz, of shapes (N,) and (N, K)",
            )
        },
    ),
    Part(
        "SGD",
        optimizers,
        {
            "update": (
                "Change each param in place, against its gradient.\n\n"
                "params and grads are dicts of arrays with the same names. With "
                "momentum a share of the last step is made again, as a ball rolls on: "
                "that is the velocity v. For each param it starts at 0, and self.v is "
                "a dict to keep it in::\n\n"
                "    v = self.momentum * v - self.learning_rate * grad\n"
                "    param = param + v\n\n"
                "In place: whoever holds the array must see it change. Do not write "
                "into grads. Count the updates in self.t.",
                "change the params in place",
            )
        },
    ),
    Part(
        "Adam",
        optimizers,
        {
            "update": (
                "Change each param in place, against its gradient.\n\n"
                "m and v of each param start at 0 (self.m and self.v are dicts to keep "
                "them in); self.t counts the updates from 1::\n\n"
                "    m = beta_1 * m + (1 - beta_1) * grad\n"
                "    v = beta_2 * v + (1 - beta_2) * grad**2\n"
                "    rate = learning_rate * sqrt(1 - beta_2**t) / (1 - beta_1**t)\n"
                "    param = param - rate * m / (sqrt(v) + epsilon)\n\n"
                "beta_1, beta_2, epsilon and learning_rate are in self. Do not write "
                "into grads.",
                "change the params in place",
            )
        },
    ),
]


# -- the library's text ---------------------------------------------------------------


def node_of(tree: ast.AST, name: str) -> ast.AST:
    """Return the class or function of that name."""
    kinds = (ast.ClassDef, ast.FunctionDef)
    return next(n for n in ast.walk(tree) if isinstance(n, kinds) and n.name == name)


def body_of(module: object, node: ast.FunctionDef) -> str:
    """Return the text of a body without its docstring, indented by nothing."""
    lines = inspect.getsource(module).splitlines()
    first = node.body[1 if ast.get_docstring(node) else 0]
    text = textwrap.dedent("\n".join(lines[first.lineno - 1 : node.end_lineno]))
    text = FUSED.sub(r"col2im(\1 @ \2, ", text)  # what is plain, for what is quick
    return NAMED_RESULT.sub(r"return \2", ARRAY_TYPES.sub(r"\1 = ", text))


def signature_of(node: ast.FunctionDef) -> str:
    """Return the line that begins a method, without its types."""
    arguments = ast.parse(ast.unparse(node.args).join(("def f(", "): pass"))).body[0]
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return f"def {node.name}({ast.unparse(arguments.args)}):"


def summary_of(node: ast.AST) -> str:
    """Return the beginning of a docstring, before its first heading."""
    return re.split(r"\n\n[A-Z]\w+\n---", ast.get_docstring(node))[0]


def filled(text: str, indent: str) -> str:
    """Return a docstring of paragraphs, filled to 88 signs; formulas stay."""
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
    """Return the import lines, as ruff would lay them out."""
    lines = []
    for module in sorted(names):
        wanted = sorted(set(names[module]), key=_order)
        line = f"from {module} import {', '.join(wanted)}"
        if len(line) > 88:
            line = f"from {module} import (\n    " + ",\n    ".join(wanted) + ",\n)"
        lines.append(line)
    return "\n".join(lines)


def _order(name: str) -> tuple[int, str]:
    """Constants, classes, functions: the order of sorted imports."""
    kind = 0 if name.isupper() else 1 if name.lstrip("_")[0].isupper() else 2
    return kind, name


def needed(part: Part, text: str, known: set[str]) -> dict[str, list[str]]:
    """Return what a text needs from the library, by module, that is not known yet."""
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


# -- shells and solutions -------------------------------------------------------------


def written(part: Part, *, solved: bool, contracts: bool = True) -> str:
    """Return one part as text: empty, or with the library's own bodies."""
    node = node_of(ast.parse(inspect.getsource(part.module)), part.name)
    summary = summary_of(node)
    if isinstance(node, ast.FunctionDef):
        contract, back = part.contracts[""]
        doc = filled(f"{summary}\n\n{contract}" if contracts else summary, "    ")
        body = body_of(part.module, node) if solved else _empty(back)
        head = signature_of(node).replace(part.name, part.title)
        return f"{head}\n    {doc}\n{textwrap.indent(body, '    ')}\n"
    text = f"class {part.title}({part.base or part.name}):\n    "
    text += f"{filled(summary, '    ')}\n"
    for name in (*part.given, *part.contracts):
        text += "\n" + _method(part, node, name, solved, contracts)
    if solved and part.name == "Adam":
        text += "\n" + _method(part, node, "_step", solved, contracts)
    if contracts and part.name == "Conv2D":
        text = re.sub(r"\b(im2col|col2im)\(", r"my_\1(", text)
    return text


def _method(part: Part, node: ast.AST, name: str, solved: bool, contracts: bool) -> str:
    """Return one method as text, indented."""
    method = node_of(node, name)
    marks = [f"    @{ast.unparse(mark)}\n" for mark in method.decorator_list]
    text = "".join(marks) + f"    {signature_of(method)}\n"
    body = body_of(part.module, method)
    if name in part.contracts:
        contract, back = part.contracts[name]
        if contracts:
            text += f"        {filled(contract, ' ' * 8)}\n"
        if not solved:
            body = _empty(back)
    return text + textwrap.indent(body, " " * 8) + "\n"


def _empty(back: str) -> str:
    what = back if back.startswith("change") else f"return {back}"
    return f'raise NotImplementedError("{what}")'


def exercises(*, solved: bool = False) -> str:
    """Return the file of all exercises: the shells, or the solutions."""
    known = {word for words in IMPORTS.values() for word in words.split()}
    known |= {part.title for part in PARTS}
    names = {module: words.split() for module, words in IMPORTS.items()}
    texts = [written(part, solved=solved) for part in PARTS]
    for part, text in zip(PARTS, texts, strict=True):
        for module, words in needed(part, text, known).items():
            names[module] = [*names.get(module, []), *words]
    head = f"{HEADER}\nimport numpy as np\n\n{imports_of(names)}\n"
    return "\n\n".join([head, *texts])


# -- bugs to find ---------------------------------------------------------------------

BUG_HEADER = '''\
"""Find the bug number {number}: {title} is not right.

What it should do stands in my_exercises.py, and how to hunt in README.md. Ask

    python -m tinycnn.check {file}
"""
'''


def museum(room: str) -> tuple[object, ast.AST]:
    """Return a room of the museum as (module, its text as a tree)."""
    if str(TESTS) not in sys.path:
        sys.path.append(str(TESTS))
    module = importlib.import_module(f"museum.{room}")
    return module, ast.parse(inspect.getsource(module))


def bug(number: int, *, mended: bool = False) -> str:
    """Return the file of one bug to find, counted from 1."""
    hunt, _ = museum("hunt")
    _, name, changes, _ = hunt.HUNT[number - 1]
    part = next(part for part in PARTS if part.name == name)
    if part.base:
        part = dataclasses.replace(part, base=part.base.removeprefix("My"))
    text = SKIPS_DX.sub("", written(part, solved=True, contracts=False))
    for old, new in [*hunt.PLAIN.get(name, []), *([] if mended else changes)]:
        if text.count(old) != 1:
            raise ValueError(f"bug {number}: {old!r} should stand once in\n{text}")
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

For teachers. What is wrong in each file of `walkthrough/exercises/find_the_bug/`, in
which method, how the grader names it, and two things to say: a question for those who
are stuck, which does not give the bug away, and the answer to the exercise's own last
question, when nobody would have noticed it. Lines with `-` stand in the file, lines
with `+` mend it.

This page is written by `python walkthrough/exercises/make.py`, from
`tests/museum/hunt.py`. Some of the mistakes were read in published programs, the others
are usual ([museum.md](museum.md) says which).
"""


def answers() -> str:
    """Return the answer key of all bugs to find, for teachers."""
    hunt, _ = museum("hunt")
    pages = [KEY_HEADER]
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, part, _, _) in enumerate(hunt.HUNT, start=1):
            title = next(one.title for one in PARTS if one.name == part)
            text, mended = bug(number), bug(number, mended=True)
            changes, method = changed(text, mended)
            said = graded(text, title, Path(folder)).lines[0]
            stuck, unseen = hunt.SAID[name]
            where = f", in `{method}`" if method != title else ""
            pages.append(
                f"## {file_of(number).removesuffix('.py')}: {title}{where}\n\n"
                f"```diff\n{changes}\n```\n\n"
                f"* The grader: {re.sub(r' [(][^()]* line [0-9]+[)]$', '', said)}\n"
                f"* To ask: {stuck}\n* Not noticed: {unseen}\n"
            )
    return "\n".join(pages)


def changed(text: str, mended: str) -> tuple[str, str]:
    """Return (the lines that are changed, as a diff; the method they stand in)."""
    old, new = text.splitlines(), mended.splitlines()
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    lines: list[str] = []
    before: list[str] = []
    for kind, a, b, c, d in steps:
        if kind != "equal" and "def " in "\n".join(old[:a]):  # not the imports
            before = before or old[:a]
            lines += [f"- {line}" for line in old[a:b]]
            lines += [f"+ {line}" for line in new[c:d]]
    return "\n".join(lines), re.findall(r"def (\w+)\(", "\n".join(before))[-1]


# -- the grader, graded ---------------------------------------------------------------


def spoiled() -> Iterator[tuple[str, str, str]]:
    """Yield (part, bug, file text) for every piece of the museum.

    The file holds the solutions, and behind them the museum's class in the place of
    the right one, derived from it.
    """
    solutions = exercises(solved=True)
    for room in ("layers", "losses", "optimizers"):
        module, tree = museum(room)
        lines = inspect.getsource(module).splitlines()
        imports = [
            "\n".join(lines[node.lineno - 1 : node.end_lineno])
            for node in tree.body
            if isinstance(node, (ast.Import, ast.ImportFrom))
        ]
        for exhibit, *_ in module.EXHIBITS:
            kinds = type(exhibit).__mro__
            right = next(k for k in kinds if k.__module__.startswith("tinycnn."))
            title = f"My{right.__name__}"
            base = title if f"class {title}(" in solutions else right.__name__
            text = ""
            for kind in reversed(kinds[: kinds.index(right)]):
                node = node_of(tree, kind.__name__)
                own = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                head, _, rest = own.partition("\n")
                head = head.replace(f"({right.__name__})", f"({base})")
                text += f"\n\n{head}\n{rest}\n"
            name = type(exhibit).__name__
            text = text.replace(f"class {name}(", f"class {title}(")
            yield title, name, "\n".join([solutions, *imports, text])


def graded(text: str, part: str, folder: Path) -> Answer:
    """Return what the check says of a part of a file with this text."""
    path = folder / f"{part}_{hashlib.sha256(text.encode()).hexdigest()[:12]}.py"
    path.write_text(text, encoding="utf-8")
    return answer_for(path, part)


def tell_the_table() -> int:
    """Print for every piece of the museum what the check says; return those missed."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for part, name, text in spoiled():
            answer = graded(text, part, Path(folder))
            missed += answer.verdict == RIGHT
            said = ", ".join(dict.fromkeys(answer.causes)) or answer.lines[0]
            say(f"{part:<26}{name:<26}{answer.verdict:<8}{said}")
    say(f"{missed} not refused")
    return missed


# -- files ----------------------------------------------------------------------------


def marked(text: str) -> str:
    """Return the text with a last line by which a changed file can be told."""
    return f"{text}\n\n{MARK}{hashlib.sha256(text.encode()).hexdigest()[:16]})\n"


def is_untouched(path: Path) -> bool:
    """Return whether a file is as it was made: nobody's work would be lost."""
    if not path.exists():
        return True
    text, mark, _ = path.read_text(encoding="utf-8").rpartition(f"\n\n{MARK}")
    return bool(mark) and marked(text) == path.read_text(encoding="utf-8")


def files() -> dict[str, str]:
    """Return all that is made, by its name in this folder."""
    hunt, _ = museum("hunt")
    numbers = range(1, len(hunt.HUNT) + 1)
    bugs = {f"find_the_bug/{file_of(n)}": marked(bug(n)) for n in numbers}
    return {SHELLS: marked(exercises()), **bugs}


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the exercises.")
    parser.add_argument(
        "--table", action="store_true", help="grade the museum's bugs instead"
    )
    if not (TESTS / "museum").is_dir():
        print(
            "error: make.py needs the checkout of tinycnn, with tests/museum; to work "
            "on the exercises nobody needs it: read README.md",
            file=sys.stderr,
        )
        return 2
    if parser.parse_args().table:
        return 1 if tell_the_table() else 0
    made = files()
    for name in made:
        if not is_untouched(HERE / name):
            print(
                f"error: {display_name(name)} has been worked on; move it away first",
                file=sys.stderr,
            )
            return 2
    for name, text in made.items():
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_text(text, encoding="utf-8", newline="\n")
    ANSWERS.write_text(answers(), encoding="utf-8", newline="\n")
    say(f"Wrote {SHELLS}, {len(made) - 1} bugs to find, and {ANSWERS.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
