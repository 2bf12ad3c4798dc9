"""Lines of code of a Python file: without docstrings, comments and blank lines."""

import io
import tokenize
from pathlib import Path

QUIET = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT}
QUIET |= {tokenize.DEDENT, tokenize.ENDMARKER}


def code_lines(path: Path) -> int:
    lines: set[int] = set()
    before = tokenize.NEWLINE
    text = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_docstring = token.type == tokenize.STRING and before in QUIET
        if token.type not in QUIET and not is_docstring:
            lines.update(range(token.start[0], token.end[0] + 1))
        before = token.type
    return len(lines)
