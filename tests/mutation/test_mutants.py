"""The mutants that tests/mutation/run.py tries: each kind of change, and what stays."""

import ast

from mutants import mutants


def changes(source):
    return [(mutant.before, mutant.after) for mutant in mutants(source)]


def test_every_kind_of_change_is_made():
    made = {
        "y = a + b": ["y = a - b"],
        "y = a @ b": ["y = b @ a"],
        "y = a < b": ["y = a <= b", "y = a >= b"],
        "y = a and b": ["y = a or b"],
        "y = not a": ["y = a"],
        "y = -a": ["y = a"],
        "y = 0": ["y = 1"],
        "y = 0.0, 0.5": ["y = (1.0, 0.5)", "y = (0.0, 1.0)"],
        "y = True": ["y = False"],
        "y = 'valid', 'adam'": ["y = ('same', 'adam')", "y = ('valid', 'adam?')"],
        "y = a[b:]": ["y = a[:]"],
        "y = f(a, axis=b)": ["y = f(a)"],
        "y = abs(a)": ["y = a"],
        "y = a.copy()": ["y = a"],
        "y = a if b else c": ["y = a if True else c", "y = a if False else c"],
        "y = [a for a in b if a]": [
            "y = [a for a in b if True]",
            "y = [a for a in b if False]",
        ],
        "y += a": ["pass", "y = a", "y -= a"],
        "y.t = a": ["pass"],
        "f(a, b)": ["pass"],
    }
    for source, after in made.items():
        before = ast.unparse(ast.parse(source))
        assert changes(source) == [(before, other) for other in after], source


def test_what_no_result_depends_on_is_left_alone():
    source = '''
"""A docstring."""
import os
__all__ = ["a"]
Pair = tuple[int, int]
class A:
    """Another."""
    x: "Pair"
    def f(self, x: Literal["a"]) -> Literal["b"]:
        """A third."""
        y = f"{x} words"
        z = "more words"
'''
    assert changes(source) == []
    assert changes("raise ValueError('x', 1 + 2)") == [
        ("raise ValueError('x', 1 + 2)", "pass")
    ]


def test_a_mutant_knows_its_place_and_is_otherwise_the_same_file():
    source = "class A:\n    def f(self, x):\n        if x:\n            return x\n"
    found = list(mutants(source + "        x += 1\n        x += 1\n"))
    assert [(m.line, m.where, m.before, m.after) for m in found] == [
        (3, "A.f", "if x:", "if True:"),
        (3, "A.f", "if x:", "if False:"),
        (4, "A.f", "return x", "return None"),
        (5, "A.f", "x += 1", "pass"),
        (5, "A.f", "x += 1", "x = 1"),
        (5, "A.f", "x += 1", "x -= 1"),
        (5, "A.f", "x += 1", "x += 2"),
        (6, "A.f #2", "x += 1", "pass"),
        (6, "A.f #2", "x += 1", "x = 1"),
        (6, "A.f #2", "x += 1", "x -= 1"),
        (6, "A.f #2", "x += 1", "x += 2"),
    ]
    assert found[0].source.splitlines()[-4:] == [
        "        if True:",
        "            return x",
        "        x += 1",
        "        x += 1",
    ]
