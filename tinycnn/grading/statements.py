"""The code of a file, statement by statement, so that it is graded as a notebook is.

In a notebook a cell that fails, or that ends with ``exit()``, does not take the parts
in other cells with it; here it is the same for the statements of a file. What comes
after the last part runs last: an endless loop there costs no part its points.
"""

import ast
import importlib.machinery
from pathlib import Path
from types import CodeType, ModuleType

from tinycnn.grading.notebooks import Notebook, needed_of

FUTURE = "__future__"


def read_statements(path: Path, module: ModuleType) -> "Script":
    """Return the statements of a file.

    Raises
    ------
    SyntaxError, UnicodeDecodeError
        As Python would when it imports the file.
    """
    loader = importlib.machinery.SourceFileLoader(module.__name__, str(path))
    source = loader.get_source(module.__name__) or ""
    body = ast.parse(source, str(path)).body
    vars(module)["__file__"] = str(path)
    texts = [ast.unparse(node) for node in body]
    script = Script(texts, texts, needed_of(texts))
    futures: list[ast.stmt] = [
        node
        for node in body
        if isinstance(node, ast.ImportFrom) and node.module == FUTURE
    ]  # they count for every statement
    for node in body:
        alone = [node] if node in futures else [*futures, node]
        code = compile(ast.Module(alone, []), str(path), "exec", dont_inherit=True)
        script.codes.append(code)
    return script


class Script(Notebook):
    """A file's statements, each as a cell of a notebook would be."""

    def __init__(self, cells: list[str], sources: list[str], needed: int) -> None:
        super().__init__(cells, sources, needed)
        self.codes: list[CodeType] = []

    def run(self, module: ModuleType, numbers: range) -> None:
        """Run these statements (from 1); the first exception is kept in `error`."""
        for number in numbers:
            try:
                exec(self.codes[number - 1], vars(module))
            except BaseException as error:  # SystemExit, too: it is not our code
                self.error: BaseException | None = self.error or error
