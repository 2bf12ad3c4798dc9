"""Mutants of a Python file: the same source with one small thing changed, each.

Not changed is what no result depends on: docstrings, annotations, `__all__`, and words
for people, which are all that stands in a ``raise``, the text of f-strings, and strings
with a space in them.
"""

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

# What each operator becomes; x @ y becomes y @ x.
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
# The neighbour first, which differs only where both sides are equal; then the opposite.
COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
WORDS = [("valid", "same"), ("kernel", "bias"), ("sigmoid", "softmax")]
WORD = {a: b for pair in WORDS for a, b in (pair, pair[::-1])}  # others become "word?"
NOT_LOOKED_AT = {"annotation", "returns", "decorator_list"}


class Mutant(NamedTuple):
    line: int
    where: str  # the class and function, such as "Conv2D.forward"
    before: str  # the statement (of a compound one, its first line)
    after: str
    source: str  # of the whole file


class Place(NamedTuple):
    """Where a node hangs: ``getattr(holder, field)``, of a list the item `index`."""

    holder: ast.AST
    field: str
    index: int | None
    node: Any

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.index] = node


def mutants(source: str) -> Iterator[Mutant]:
    """Yield all mutants of a file, in the order of its lines."""
    tree = ast.parse(source)
    times: Counter[tuple[str, str, str]] = Counter()
    for where, statement in _statements(tree, ""):
        before, found = _head(statement.node), set()
        for place, node in _changes(statement):
            place.put(node)
            # put() may have hung a new statement where the old one was
            after = _head(getattr(statement.holder, statement.field)[statement.index])
            if after != before and after not in found:
                found.add(after)
                times[where, before, after] += 1
                time = times[where, before, after]  # of statements that read the same
                name = where + (f" #{time}" if time > 1 else "")
                text = ast.unparse(tree)
                yield Mutant(statement.node.lineno, name, before, after, text)
            place.put(place.node)


def _head(statement: ast.stmt) -> str:
    text = ast.unparse(statement)
    return text.partition("\n")[0] if hasattr(statement, "body") else text


def _children(node: ast.AST) -> Iterator[Place]:
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield Place(node, field, index, item)
        elif isinstance(value, ast.AST):
            yield Place(node, field, None, value)


def _statements(node: ast.AST, where: str) -> Iterator[tuple[str, Place]]:
    """Yield (where, place) of every statement that does something, inner ones too."""
    for place in _children(node):
        child = place.node
        if isinstance(child, (ast.stmt, ast.excepthandler)):
            is_named = isinstance(child, (ast.ClassDef, ast.FunctionDef))
            inside = f"{where}.{child.name}".lstrip(".") if is_named else where
            if isinstance(child, ast.stmt) and not _is_words(child):
                yield inside, place
            yield from _statements(child, inside)


def _is_words(statement: ast.stmt) -> bool:
    """Return whether this is a docstring, `__all__`, an import or a class's head."""
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.ClassDef():
            return True
    return False


def _changes(statement: Place) -> Iterator[tuple[Place, ast.AST]]:
    """Yield (place, node to put there) for the statement and its own expressions."""
    for node in _other_statements(statement.node):
        yield statement, ast.copy_location(node, statement.node)
    if not isinstance(statement.node, ast.Raise):
        for place in _expressions(statement.node):
            for node in _other_expressions(place):
                yield place, ast.copy_location(node, place.node)


def _expressions(node: ast.AST) -> Iterator[Place]:
    for place in _children(node):
        child = place.node
        is_text = isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)
        is_statement = isinstance(child, (ast.stmt, ast.excepthandler))
        if not (is_text or is_statement or place.field in NOT_LOOKED_AT):
            yield place
            yield from _expressions(child)


def _other_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            yield ast.Pass()
            yield ast.Assign([target], value)
            yield ast.AugAssign(target, ARITHMETIC[type(op)](), value)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.AnnAssign(target=ast.Attribute()) | ast.Expr() | ast.Raise():
            yield ast.Pass()
        case ast.Return(value=ast.expr()):
            yield ast.Return(ast.Constant(None))


def _other_expressions(place: Place) -> Iterator[ast.AST]:
    node = place.node
    if place.field in ("test", "ifs"):
        yield ast.Constant(True)
        yield ast.Constant(False)
    match node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            yield ast.BinOp(right, ast.MatMult(), left)
        case ast.BinOp(left=left, op=op, right=right):
            yield ast.BinOp(left, ARITHMETIC[type(op)](), right)
        case ast.Compare(ops=ops):
            for k, op in enumerate(ops):
                for other in COMPARISONS[type(op)]:
                    yield _with(node, ops=[*ops[:k], other(), *ops[k + 1 :]])
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield _with(node, op=other())
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Slice():
            for bound in ("lower", "upper", "step"):
                yield _with(node, **{bound: None})
        case ast.Constant(value=value):
            yield from map(ast.Constant, _other_values(value))
        case ast.Call(func=func, args=args, keywords=keywords):
            for k in range(len(keywords)):
                yield _with(node, keywords=[*keywords[:k], *keywords[k + 1 :]])
            if len(args) == 1 and not keywords:
                yield args[0]  # abs(x) -> x
            if not args and not keywords and isinstance(func, ast.Attribute):
                yield func.value  # x.copy() -> x


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _other_values(value: object) -> list[Any]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1]
        case float():
            return [value * 2 or 1.0]
        case str() if " " not in value:
            return [WORD.get(value, value + "?")]
    return []
