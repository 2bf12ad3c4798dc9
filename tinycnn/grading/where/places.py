"""Where a mistake is: the method, and the line that makes the wrong array."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from tinycnn.diagnosis.finding import Finding
from tinycnn.grading.notebooks import place_of
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer

# Mistakes in backward that come from what forward keeps for it.
IN_FORWARD = ("slope_at_zero", "not_the_first_of_equals", "stale", "moment_becomes")
HINT_KEPT = (
    "backward is right with what the library's forward keeps: check what your forward "
    "keeps for it."
)
# Mistakes that are not in the line that makes the array.
ELSEWHERE = {
    "wrong_arguments", "super_not_called", "x_written", "dy_written", "params_changed",
    "y_written", "state_changed", "arguments_written", "running_moves_outside",
    "shared_state", "draws_random", "backward_draws", "other_params",
    "missing_gradient", "other_grads", "nothing_returned", "not_a_pair", *IN_FORWARD,
}  # fmt: skip


def place_in(part: Any, found: Finding) -> str:
    """Return "MyDense.backward, line 31" of a finding, or ""."""
    if inspect.isfunction(part):
        return f"{part.__name__}, {_line_of(part, found)}"
    names: tuple[str, ...] = ("backward", "forward")
    if found.array == "y" or found.hint == HINT_KEPT or found.cause in IN_FORWARD:
        names = ("forward", "backward")
    if found.cause == "wrong_arguments":
        names = (found.sentence.split()[0],)
    if issubclass(part, Loss):
        names = ("per_photo", "__call__")
    if issubclass(part, Optimizer):
        names = ("update", "step")
    if found.cause == "super_not_called":
        names = ("__init__",)
    for name in names:
        method = vars(part).get(name)
        if inspect.isfunction(method):
            line = _line_of(inspect.unwrap(method), found)
            return f"{part.__name__}.{name}, {line}"
    return ""


def _line_of(function: Any, found: Finding) -> str:
    """Return "line 7" or "code cell 3, line 7".

    That is the line that makes the array, if it can be read from the code; else the
    first line of the function.
    """
    code = function.__code__
    line = code.co_firstlineno
    if found.cause not in ELSEWHERE and found.hint != HINT_KEPT:
        line += _lines_down(function, found.array)
    return place_of(code.co_filename, line)


def _lines_down(function: Any, array: str) -> int:
    """Return how many lines below its first a function makes an array, or 0."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
        method = ast.parse(source).body[0]
    except (OSError, TypeError, SyntaxError, ValueError, IndexError):
        return 0
    node = _source_of(method, array)
    return 0 if node is None else node.lineno - 1


def _source_of(method: ast.AST, array: str) -> ast.expr | ast.stmt | None:
    """Return the piece of code that makes an array: of its last line, or its value.

    y and dx are what is returned, a param's gradient is what self.grads gets, and the
    gradient of a loss is the second of the pair that is returned.
    """
    returned = [
        node.value
        for node in ast.walk(method)
        if isinstance(node, ast.Return) and node.value is not None
    ]
    if array in ("x", "y", "cols", "padded"):
        values = returned
    elif array in ("y_pred", ""):
        at = 1 if array else 0
        pairs = [v.elts for v in returned if isinstance(v, ast.Tuple)]
        values = [pair[at] for pair in pairs if len(pair) == 2]
    else:
        values = list(_values_for(method, array))
    if len(values) != 1:
        return None
    (value,) = values
    if isinstance(value, ast.Name):
        return _last_write(method, value.id)
    return value


def _values_for(method: ast.AST, key: str) -> Iterator[ast.expr]:
    """Yield what is stored under a key: {"bias": ...}, grads["bias"] = ..., bias=..."""
    for node in ast.walk(method):
        if isinstance(node, ast.Dict):
            for name, value in zip(node.keys, node.values, strict=True):
                if isinstance(name, ast.Constant) and name.value == key:
                    yield value
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if (
                isinstance(target, ast.Subscript)
                and isinstance(target.slice, ast.Constant)
                and target.slice.value == key
            ):
                yield node.value
        elif isinstance(node, ast.Call):
            is_dict = isinstance(node.func, ast.Name) and node.func.id == "dict"
            found = [word.value for word in node.keywords if word.arg == key]
            yield from found if is_dict else []


def _last_write(method: ast.AST, name: str) -> ast.stmt | None:
    """Return the last statement that gives a variable its value, or a part of it."""
    writes = [
        node
        for node in ast.walk(method)
        if isinstance(node, (ast.Assign, ast.AugAssign)) and name in set(_targets(node))
    ]
    return max(writes, key=lambda node: node.lineno, default=None)


def _targets(node: ast.Assign | ast.AugAssign) -> Iterator[str]:
    """Yield the names that an assignment writes to."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        inner: ast.expr = target
        while isinstance(inner, (ast.Subscript, ast.Starred)):
            inner = inner.value
        names = inner.elts if isinstance(inner, (ast.Tuple, ast.List)) else [inner]
        yield from (one.id for one in names if isinstance(one, ast.Name))
