"""The house: files are small, arrows go one way, and fences hold."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from code_lines import code_lines

PACKAGE = Path(__file__).parents[2] / "tinycnn"
FILES = sorted(PACKAGE.rglob("*.py"))
# From the ground up; a file may import what stands in a row above its own, or in its
# own row where that makes no circle.
LEVELS = [
    ["shapes", "text", "parallel"],
    ["words"],
    ["files", "randomness", "initializers", "regularizers", "constraints"],
    ["batches"],
    ["preprocessing"],
    ["layers", "losses", "metrics", "optimizers", "callbacks"],
    ["models"],
    ["keras"],
    ["__init__"],
    ["networks", "datasets", "gradient_check", "explanation"],
    ["diagnosis", "page"],
    ["grading", "lessons", "figures", "commands"],
    ["train", "predict", "explain", "check", "export", "__main__"],
]
COMMANDS = {"train", "predict", "explain", "check", "export", "__main__"}
# Modules that load slowly and that few programs need: imported where they are used.
LATE = {"tinycnn.datasets.drawings", "html", "tempfile"}
PRINTERS = {"text.py"}
# Tables are read row by row, so their length does not matter.
TABLES = {"causes.py", "choices.py", "words.py", "names.py", "questions.py"}
TABLES |= {"tasks.py", "later_tasks.py"}
# The wing of Keras's spellings: its tables are below the layers, which read them, and
# what is made of layers is above.
WORDS = ("__init__", "words", "names", "finder", "inputs", "arrays")


def room_of(path):
    """The top-level name a file belongs to: layers/conv.py -> layers.

    The command of a room (python -m tinycnn.lessons) stands above it, with the others.
    """
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    if parts[-1] == "__main__" and parts[0] not in COMMANDS:
        return "__main__"
    return "words" if parts[0] == "keras" and parts[1] in WORDS else parts[0]


def level_of(room):
    return next(place for place, rooms in enumerate(LEVELS) if room in rooms)


def imports(tree):
    """(module, is inside a function, is only for types) of each import."""
    for_types = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    in_functions = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
            if node.module == "tinycnn":
                names = [f"tinycnn.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield name, id(node) in in_functions, id(node) in for_types


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def names_in(folder):
    """The files and folders of a room, as `ls` shows them."""
    return {path.name for path in folder.iterdir() if path.name != "__pycache__"}


def test_the_doorstep_has_at_most_35_names():
    assert len(names_in(PACKAGE)) <= 35


@pytest.mark.parametrize("room", sorted({p.parent for p in FILES} - {PACKAGE}), ids=str)
def test_a_room_has_at_most_12_files_of_python(room):
    assert len([name for name in names_in(room) if name.endswith(".py")]) <= 12


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_is_one_idea_of_at_most_300_lines_of_code(path):
    if path.name not in TABLES:
        assert code_lines(path) <= 300


def test_every_line_of_a_string_counts_but_those_of_docstrings(tmp_path):
    path = tmp_path / "lines.py"
    path.write_text(
        '''"""A docstring,
of two lines."""

def message(name):  # 1
    """A docstring."""
    # a comment
    return (  # 2
        "a string on a line of its own"
        f"{name} in a string"
        f"""{name}

in a string of three lines"""
    )  # 8
''',
        encoding="utf-8",
    )
    assert code_lines(path) == 8


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_arrows_go_one_way(path):
    room = room_of(path)
    for name, _, _ in imports(tree_of(path)):
        if name.split(".")[0] != "tinycnn":
            continue
        target = room_of(PACKAGE / "/".join([*name.split("."), "__init__"][1:3]))
        assert level_of(target) <= level_of(room), f"{path.name} imports {name}"
        if target in COMMANDS:
            assert room == target, f"{path.name} imports the command {name}"


def test_there_are_no_circles():
    graph = {
        ".".join(("tinycnn", *path.relative_to(PACKAGE).with_suffix("").parts)): {
            name
            for name, _, for_types in imports(tree_of(path))
            if name.startswith("tinycnn.") and not for_types
        }
        for path in FILES
    }
    done, open_names = set(), []

    def visit(name):
        assert name not in open_names, " -> ".join([*open_names, name])
        if name in done or name not in graph:
            return
        open_names.append(name)
        for target in sorted(graph[name]):
            visit(target)
        open_names.pop()
        done.add(name)

    for name in sorted(graph):
        visit(name)
    assert len(done) == len(FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_pillow_and_matplotlib_stay_behind_their_fences(path):
    for name, in_function, for_types in imports(tree_of(path)):
        package = name.split(".")[0]
        if package == "PIL":
            assert room_of(path) in ("preprocessing", "datasets")
        elif package == "matplotlib":
            assert room_of(path) == "figures"
        else:
            is_ours = package in ("tinycnn", "numpy", *sys.stdlib_module_names)
            assert is_ours, f"{path.name} imports {name}"
            may_wait = name in LATE
            assert not in_function or for_types or may_wait, f"{path.name}: {name}"
            continue
        assert in_function or for_types, f"{path.name} loads {name} when imported"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_say_prints(path):
    calls = [
        node
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not calls or path.name in PRINTERS


def test_importing_needs_numpy_only():
    code = (
        "import sys, tinycnn, tinycnn.layers, tinycnn.models, tinycnn.figures, "
        "tinycnn.preprocessing.image; "
        "print([m for m in ('PIL', 'matplotlib', 'scipy') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_names_of_the_api_card_are_there():
    import tinycnn
    from tinycnn import callbacks, layers, losses, metrics, models, optimizers

    for module, names in (
        (tinycnn, "Sequential load_model ModelFileError History DivergedError"),
        (
            layers,
            "Conv2D MaxPooling2D AveragePooling2D SumPooling2D Flatten Dense "
            "Dropout ReLU Sigmoid Softmax Activation Layer",
        ),
        (models, "Sequential load_model"),
        (optimizers, "SGD Adam"),
        (losses, "BinaryCrossentropy CategoricalCrossentropy MeanSquaredError"),
        (metrics, "accuracy confusion_matrix wilson_interval"),
        (callbacks, "Callback ProgressBar EarlyStopping ModelCheckpoint"),
    ):
        for name in names.split():
            assert hasattr(module, name), f"{module.__name__}.{name}"


def test_no_two_test_files_have_one_name():
    """pytest imports a test file under its name alone."""
    names = [path.name for path in (PACKAGE.parent / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
