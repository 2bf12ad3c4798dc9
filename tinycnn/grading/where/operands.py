"""The two operands of a product whose shapes do not fit, and what would fit."""

import ast
import linecache
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
    """Return the product that failed, from its place in the line."""
    code = step.tb_frame.f_code
    line, last, start, end = list(code.co_positions())[step.tb_lasti // 2]
    if line is None or line != last or start is None or end is None:
        return None
    text = linecache.getline(code.co_filename, line)
    source = text.encode()[start:end].decode(errors="replace")
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except SyntaxError:
        return None
    products = (ast.MatMult, ast.Mult)
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, products):
        return tree
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
