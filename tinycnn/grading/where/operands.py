"""The operands that do not fit: of a product, of an einsum, or one that is None."""

import ast
import linecache
import re
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from tinycnn.grading.notebooks import is_in

# Looked up again: names, attributes, items and their transposes; never a call.
PLAIN = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Load, ast.Tuple,
    ast.Slice, ast.UnaryOp, ast.USub,
)  # fmt: skip


def operands_at(error: BaseException, path: Path) -> str:
    """Return ": x (5, 4) @ kernel (3, 4); x @ kernel.T would give (5, 3)", or ""."""
    step = _last_step(error, path)
    if step is None or (node := _product_at(step)) is None:
        return ""
    frame = step.tb_frame
    left, right = _value(node.left, frame), _value(node.right, frame)
    if not isinstance(left, np.ndarray) or not isinstance(right, np.ndarray):
        return ""
    a, b = ast.unparse(node.left), ast.unparse(node.right)
    sign = "@" if isinstance(node.op, ast.MatMult) else "*"
    text = f": {a} {left.shape} {sign} {b} {right.shape}"
    if left.ndim != 2 or right.ndim != 2:
        return text
    fits = [
        f"{one} @ {other} would give {(m.shape[0], n.shape[1])}"
        for one, m in ((a, left), (_turned(node.left, a), left.T))
        for other, n in ((b, right), (_turned(node.right, b), right.T))
        if m.shape[1] == n.shape[0]
    ]
    return f"{text}; {' and '.join(fits[:2])}" if fits else text


def fitting_shape(message: str) -> str:
    """Return the shape that would fit, of two that cannot be broadcast; or "".

    Examples
    --------
    >>> fitting_shape("could not be broadcast together with shapes (5,4) (5,) ")
    '; (5,) would fit as (5, 1): a sum or mean with keepdims=True keeps that axis'
    """
    if match := re.search(r"from shape (\(.*\)) into shape (\(.*\))", message):
        piece, place = (ast.literal_eval(one) for one in match.groups())
        is_smaller = all(a <= b for a, b in zip(piece, place, strict=False))
        if len(piece) == len(place) and is_smaller:
            return "; a slice that reaches beyond the end of an array is cut off there"
        return ""
    found = re.findall(r"\((\d+(?:,\d+)*),?\)", message.partition("shapes")[2])
    if len(found) != 2:
        return ""
    shapes = [tuple(map(int, one.split(","))) for one in found]
    for small, large in (shapes, shapes[::-1]):
        count = len(large) - len(small)
        if count > 0 and small == large[:-count]:
            if count == 1:
                return (
                    f"; {small} would fit as {(*small, 1)}: a sum or mean with "
                    "keepdims=True keeps that axis"
                )
            return f"; {small} lacks the last {count} axes of {large}"
        if len(small) == 2 and small[1] == 1 < small[0] == large[-1] != large[-2]:
            return f"; {small} would fit as one row, {small[:1]}"
    return ""


def letters_at(error: BaseException, path: Path) -> str:
    """Return which letters of an einsum stand for axes of two sizes; or ""."""
    step = _last_step(error, path)
    call = None if step is None else _expression_at(step)
    if step is None or not isinstance(call, ast.Call) or len(call.args) < 2:
        return ""
    first, *arrays = call.args
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return ""
    groups = first.value.replace(" ", "").partition("->")[0].split(",")
    values = [_value(node, step.tb_frame) for node in arrays]
    sizes: dict[str, list[tuple[int, str]]] = {}
    for group, node, value in zip(groups, arrays, values, strict=False):
        if not isinstance(value, np.ndarray) or len(group) != value.ndim:
            return ""
        for letter, size in zip(group, value.shape, strict=True):
            sizes.setdefault(letter, []).append((size, ast.unparse(node)))
    return ", ".join(
        f"{letter} for " + " and for ".join(f"{size} in {name}" for size, name in of)
        for letter, of in sizes.items()
        if len({size for size, _ in of}) > 1
    )


def none_at(error: BaseException, path: Path) -> str:
    """Return the first self.NAME in the failing expression that is None, or ""."""
    step = _last_step(error, path)
    node = None if step is None else _expression_at(step)
    if step is None or node is None:
        return ""
    for part in ast.walk(node):
        if (
            isinstance(part, ast.Attribute)
            and isinstance(part.value, ast.Name)
            and part.value.id == "self"
            and getattr(step.tb_frame.f_locals.get("self"), part.attr, error) is None
        ):
            return part.attr
    return ""


def _turned(node: ast.expr, text: str) -> str:
    is_turned = isinstance(node, ast.Attribute) and node.attr == "T"
    return text.removesuffix(".T") if is_turned else f"{text}.T"


def _last_step(error: BaseException, path: Path) -> TracebackType | None:
    """Return the innermost step of the traceback that is in the file."""
    step, found = error.__traceback__, None
    while step is not None:
        if is_in(step.tb_frame.f_code.co_filename, path):
            found = step
        step = step.tb_next
    return found


def _product_at(step: TracebackType) -> ast.BinOp | None:
    """Return the product that failed."""
    tree = _expression_at(step)
    products = (ast.MatMult, ast.Mult)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, products):
        return tree
    return None


def _expression_at(step: TracebackType) -> ast.expr | None:
    """Return the expression that failed, from its place in the line."""
    code = step.tb_frame.f_code
    line, last, start, end = list(code.co_positions())[step.tb_lasti // 2]
    if line is None or line != last or start is None or end is None:
        return None
    text = linecache.getline(code.co_filename, line)
    source = text.encode()[start:end].decode(errors="replace")
    try:
        return ast.parse(source.strip(), mode="eval").body
    except SyntaxError:
        return None


def _value(node: ast.expr, frame: FrameType) -> Any:
    """Return the value of a plain expression in a frame; None for any other."""
    if not all(isinstance(part, PLAIN) for part in ast.walk(node)):
        return None
    code = compile(ast.Expression(node), "operand", "eval")
    try:
        return eval(code, frame.f_globals, frame.f_locals)
    except Exception:
        return None
