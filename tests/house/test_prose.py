"""The prose: words that were translated into English do not come back."""

import ast
import io
import json
import re
import tokenize
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
WEB = (".js", ".css", ".html")
PAGES = [
    PROJECT / "README.md",
    *sorted((PROJECT / "docs").rglob("*.md")),
    *sorted((PROJECT / "walkthrough").rglob("*.md")),
]
CODE = sorted((PROJECT / "tinycnn").rglob("*.py"))
CODE += [p for p in sorted((PROJECT / "tinycnn").rglob("*")) if p.suffix in WEB]
NOTEBOOKS = sorted((PROJECT / "walkthrough").glob("*.ipynb"))
FILES = [
    path
    for path in [*PAGES, *CODE, *NOTEBOOKS]
    if ".ipynb_checkpoints" not in path.parts
]

# What may follow "a training": there, the word describes another noun.
NOUNS = (
    "batch|class|curve|data|drawing|epoch|example|image|label|loop|loss|accuracy|mode"
    "|part|photo|picture|process|program|row|run|sample|session|set|step|time"
)
# word: what to write instead. A space stands for any white space.
WORDS = {
    rf"(?:a|an|another|each|every|one|this) training\b(?! (?:{NOUNS}))": "a "
    "training run",
    r"trainings": "training runs",
    r"signs?": "character (the sign of a number is in RIGHT)",
    r"(?<!there )(?:is|are|was|were) no\b(?! (?:longer|more|better|worse|larger"
    r"|smaller|faster|slower|different)\b)": "is not a",
    r"behind": "after, in, below",
    r"otherwise than": "differs from, unlike",
    r"by trying": "numerical, numerically",
    r"by chance": "at random",
    r"(?:some|no|every|any)body": "the thing in the code as the subject",
    r"whoever": "if",
    r"told(?! apart)": "set, passed, reported",
    r"of before": "earlier, previous",
    r"gone on|go(?:es)? on (?:with|from)": "continued, resumed",
    r"judg(?:e|es|ed|ing)": "evaluate",
}
# Where a word of the table is the right one.
RIGHT = (
    r"signs? (?:of|bit|slipped|flips?|or a winner|and winners)",
    r"sign softsign",  # functions of Keras's backend
    r"(?:as|both|by its|either|keeps?|keeps? the|opposite|order and|other|ReLU's"
    r"|size and|whose|wrong) signs?",
    r"sign test",
    r"(?:changes?|keep) (?:its|their) signs?",
    r"only the \*sign\*|a \*\*sign|size and a sign",
    r"from behind the hero",  # in a drawing
)


def matcher(pattern):
    return re.compile(pattern.replace(" ", r"\s"), re.IGNORECASE)


WRONG = {matcher(rf"\b(?:{words})\b"): way for words, way in WORDS.items()}
ALLOWED = matcher(rf"\b(?:{'|'.join(RIGHT)})")


def comments(source):
    """(line, text) of each comment; those on lines of their own are joined."""
    lines = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            lines[token.start[0]] = token.string.lstrip("#")
    while lines:
        first = line = min(lines)
        text = lines.pop(first)
        while line + 1 in lines:
            line += 1
            text += "\n" + lines.pop(line)
        yield first, text


def strings(source):
    """(line, text) of each docstring and message; what an f-string fills in is {}."""
    pieces = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            pieces.update(map(id, node.values))
            yield (
                node.lineno,
                "".join(
                    value.value if isinstance(value, ast.Constant) else "{}"
                    for value in node.values
                ),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A single word is a key or a name: the code's, not the reader's.
            if id(node) not in pieces and " " in node.value:
                yield node.lineno, node.value


SCRIPT = re.compile(
    r"""//(?P<line>[^\n]*(?:\n[ ]*//[^\n]*)*)|/\*(?P<block>.*?)\*/"""
    r"""|"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>(?:[^'\\\n]|\\.)*)'"""
    r"""|`(?P<template>(?:[^`\\]|\\.)*)`""",
    re.DOTALL,
)


def script(source):
    """(line, text) of each comment and message of a JavaScript file."""
    for match in SCRIPT.finditer(source):
        text = match[match.lastgroup]
        if match.lastgroup == "line":
            text = text.replace("//", "")
        elif match.lastgroup == "block":
            if text.startswith("* @"):  # types, not prose
                continue
        elif " " not in text:
            continue
        yield source.count("\n", 0, match.start()) + 1, text


CODE_IN = {
    ".md": r"`[^`\s]+`",
    ".html": r"<[^!>][^>]*>",
    ".css": r"(?:^|\*/).*?(?:/\*|\Z)",
}


def blank(match):
    return "\n" * match[0].count("\n")


def passages(path):
    """(line, text) of everything in a file that is written to be read."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        return [(n, text) for n, cell in enumerate(json.loads(source)["cells"])
                for text in cell_passages(cell)]  # fmt: skip
    if path.suffix == ".py":
        return [*comments(source), *strings(source)]
    if path.suffix == ".js":
        return list(script(source))
    # Names in code are not prose: a class in CSS, a tag in HTML, a `word` in a page.
    return [(1, re.sub(CODE_IN[path.suffix], blank, source, flags=re.DOTALL))]


def cell_passages(cell):
    """Return what is written to be read in a cell of a notebook."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return [re.sub(CODE_IN[".md"], "", source)]
    python = re.sub(r"^%.*$", "", source, flags=re.M)
    return [text for _, text in (*comments(python), *strings(python))]


def found_in(path):
    """One line for each word that should not be there: where, what, and instead."""
    found = []
    for start, passage in passages(path):
        text = re.sub(r"\n\s*", lambda m: "\n" * m[0].count("\n"), passage)
        right = [match.span() for match in ALLOWED.finditer(text)]
        for pattern, instead in WRONG.items():
            for match in pattern.finditer(text):
                if any(a <= match.start() and match.end() <= b for a, b in right):
                    continue
                line = start + text.count("\n", 0, match.start())
                words = " ".join(match[0].split())
                found.append((line, f"{path.name}:{line}: {words!r} -> {instead}"))
    return [words for _, words in sorted(found)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PROJECT)))
def test_what_is_written_was_not_translated(path):
    found = found_in(path)
    assert not found, "\n".join(["", *found])


def test_the_words_are_found_wherever_they_are_read(tmp_path):
    python, web, page = (tmp_path / f"a.{kind}" for kind in ("py", "js", "md"))
    python.write_text(
        '"""Read what nobody\n    means."""\n\n'
        "told = 1  # the first comment, of\n"
        "# before\n"
        'keys = {"behind": told}\n'
        'message = f"{keys} is no photo, " "or a training"\n'
        'right = "there is no sign of the gradient in a training run"\n',
        encoding="utf-8",
    )
    assert [words.split(" ->")[0] for words in found_in(python)] == [
        "a.py:1: 'nobody'",
        "a.py:4: 'of before'",
        "a.py:7: 'a training'",
        "a.py:7: 'is no'",
    ]
    web.write_text(
        "// by\n// chance\nlet told = `each ${sign} sign`; /* behind */\n",
        encoding="utf-8",
    )
    assert len(found_in(web)) == 4
    page.write_text("The photo is\nno photo. Two trainings.\n", encoding="utf-8")
    assert [words.split(" ->")[0] for words in found_in(page)] == [
        "a.md:1: 'is no'",
        "a.md:2: 'trainings'",
    ]
