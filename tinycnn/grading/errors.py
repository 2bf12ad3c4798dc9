"""An exception raised by a student's code: which, where, and the shapes there."""

import re
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.grading.grade import FAILED, WRONG, Grade
from tinycnn.grading.notebooks import Notebook, is_in, later_cell, place_of
from tinycnn.grading.spelling import nearest
from tinycnn.grading.where.operands import (
    fitting_shape,
    letters_at,
    none_at,
    operands_at,
)
from tinycnn.layers import Layer
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer
from tinycnn.text import display_name

NO_KEYBOARD = (
    "A check has no keyboard, so input() fails: call it only below "
    'if __name__ == "__main__":.'
)
# What NumPy's messages mean, for a reader who is new to arrays.
ARRAYS = {
    "truth value of an array": "Python's `if`, `and`, `max` and `min` need one number, "
    "and this is a whole array. Number by number: np.where, np.maximum, np.minimum. "
    "The largest of all: x.max().",
    "can be converted to Python scalars": "A function of math takes one number; that "
    "of NumPy (np.log, np.exp) takes a whole array.",
}
# Other messages name a casting rule, too: that of a function without complex numbers.
INTEGER_TARGET = re.compile(
    r"Cannot cast ufunc .* from dtype\('float\d+'\) to dtype\('u?int"
)
SHAPE_ERROR = re.compile(
    "matmul|not aligned|could not be broadcast|could not broadcast|cannot reshape"
)


def add_error(grade: Grade, error: BaseException, path: Path) -> None:
    """Add an exception to the grade: its message, its line and the shapes there."""
    location = location_of(error, path)
    notes = getattr(error, "__notes__", [])
    lines = "".join(traceback.format_exception_only(error)).strip().splitlines()
    message = lines[-1 - len(notes)]
    line = re.sub(r"^(\w+\.)+_?", "", f"{message}{location}")
    if (found := _usual_cause(error, message, path)) is not None:
        grade.causes.append(found.cause)
        stop = f"Python stops with {type(error).__name__}{location}."
        line = f"{found}{location}"
        steps = [stop, f"{found.sentence}{location}"]
        grade.earlier[display_name(line)] = [display_name(step) for step in steps]
    number = re.search(r"(code cell \d+, )?line \d+", location)
    grade.reason = " ".join([type(error).__name__, *([number[0]] if number else [])])
    # Causes found in earlier cases stay.
    grade.verdict = WRONG if grade.causes else FAILED
    grade.lines += [display_name(line), *map(display_name, notes)]
    if isinstance(error, EOFError):
        grade.lines.append(NO_KEYBOARD)
    grade.lines += [meaning for words, meaning in ARRAYS.items() if words in message]
    if arrays := _arrays_at(error, path):
        grade.lines.append(f"The shapes there: {arrays}.")


def add_notebook_error(grade: Grade, notebook: Notebook, path: Path) -> None:
    """Add the first exception of a notebook's cells to the grade of the file."""
    error = notebook.error
    if error is None:
        return
    add_error(grade, error, path)
    cell = re.search(r"code cell (\d+)", grade.lines[0])
    if isinstance(error, NameError) and error.name and cell:
        number = int(cell[1])
        if later := later_cell(notebook, error.name, number):
            grade.lines.append(
                f"Code cell {later} defines {display_name(error.name)}, which is too "
                f"late for code cell {number}: cells run from the top. Move it up; in "
                "Jupyter, Restart and Run All shows the same error."
            )


def _usual_cause(error: BaseException, message: str, path: Path) -> Finding | None:
    """Return the finding of an exception that a usual mistake leads to.

    A KeyError has one of many reasons; it is "grads_not_made" if the failing line reads
    `grads` and the key is the name of a param, as in backward::

        self.grads["kernel"] += x.T @ dy    # KeyError: 'kernel'
    """
    frames = _frames(error, path)
    if isinstance(error, AttributeError) and isinstance(error.obj, (Layer, Optimizer)):
        if found := super_not_called(error.obj):
            return found
    if not frames:
        return None
    is_backward = frames[-1].f_code.co_name == "backward"
    if is_backward and isinstance(error, (TypeError, AttributeError)):
        if name := none_at(error, path):
            return finding("kept_none", name=name)
    if isinstance(error, (AttributeError, NameError)):
        return _not_kept(error, frames[-1])
    if isinstance(error, ZeroDivisionError):
        optimizer = frames[-1].f_locals.get("self")
        if isinstance(optimizer, Optimizer) and optimizer.t == 0:
            return finding("counts_from_zero")
    if isinstance(error, ValueError) and "zero-size array to reduction" in message:
        return finding("empty_window")
    if isinstance(error, ValueError) and "inhomogeneous" in message:
        return finding("sizes_differ")
    if isinstance(error, TypeError) and INTEGER_TARGET.search(message):
        return finding("whole_numbers")
    if isinstance(error, ValueError) and "remapped shapes" in message:
        if letters := letters_at(error, path):
            return finding("einsum_letters", what=letters)
    if isinstance(error, ValueError) and SHAPE_ERROR.search(message):
        sizes = re.findall(r"size \d+ is different from \d+|\(\d*,.*", message)
        what, name = sizes[0] if sizes else error, operands_at(error, path)
        if count := re.search(r"array of size (\d+) into", message):
            what = f"{count[1]} numbers do not go into {what}"
        if "would give" not in name:
            name += fitting_shape(message)
        return finding("shapes_do_not_fit", error=what, name=name)
    if isinstance(error, KeyError):
        layer, name = frames[-1].f_locals.get("self"), error.args[0]
        if isinstance(layer, Layer) and name in set(layer.params) - set(layer.grads):
            line = traceback.extract_tb(error.__traceback__)[-1].line or ""
            if "grads[" in line:
                return finding("grads_not_made", name=name)
        return _misspelt(str(name), frames[-1])
    return None


def _not_kept(error: AttributeError | NameError, frame: FrameType) -> Finding | None:
    """Return why a name is missing: forward does not keep it, or it is misspelt.

    ``self.mask`` in backward where forward has a variable `mask`, or nothing of that
    name; ``mask`` alone, which is gone when forward ends.
    """
    layer, method = frame.f_locals.get("self"), frame.f_code.co_name
    name = error.name or ""
    if isinstance(error, AttributeError):
        if error.obj is not layer or not isinstance(layer, (Layer, Optimizer)):
            return None
        near = nearest(name, [k for k in vars(layer) if len(k) > 1])
        if near is not None:
            wrong, right = f"self.{name}", f"self.{near}"
            return finding("misspelt", wrong=wrong, right=right)
    if method != "backward" or not isinstance(layer, Layer):
        return None
    code = getattr(type(layer).forward, "__code__", None)
    local = set(code.co_varnames) - {"self", "x", "training"} if code else set()
    if isinstance(error, AttributeError) or name in {*local, "x"}:
        is_local = name in {*local, "x"}
        cause = "kept_in_local" if is_local else "not_kept"
        return finding(cause, name=name)
    return None


def _misspelt(key: str, frame: FrameType) -> Finding | None:
    """Return "misspelt" if a dict on the failing line has a key like this one."""
    values = [*frame.f_locals.values()]
    owners = [v for v in values if isinstance(v, (Layer, Optimizer))]
    values += [value for owner in owners for value in vars(owner).values()]
    keys = {k for v in values if isinstance(v, dict) for k in v if isinstance(k, str)}
    near = nearest(key, sorted(keys))
    return finding("misspelt", wrong=f'"{key}"', right=f'"{near}"') if near else None


def super_not_called(instance: Any) -> Finding | None:
    """Return a finding if an object has not what super().__init__() would have set."""
    base = next(kind for kind in (Layer, Loss, Optimizer) if isinstance(instance, kind))
    names = {Layer: vars(Layer()), Loss: (), Optimizer: ("t", "learning_rate")}[base]
    missing = next((name for name in names if not hasattr(instance, name)), None)
    if missing is None:
        return None
    return finding("super_not_called", base=base.__name__, missing=missing)


def location_of(error: BaseException, path: Path) -> str:
    """Return " (function, line)" of the innermost call in the file, or ""."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f" ({place_of(error.filename or '', error.lineno)})"
    frames = traceback.extract_tb(error.__traceback__)
    calls = [f for f in frames if is_in(f.filename, path)]
    if not calls:
        return ""
    name, place = calls[-1].name, place_of(calls[-1].filename, calls[-1].lineno)
    return f" ({place})" if name == "<module>" else f" ({name}, {place})"


def _frames(error: BaseException, path: Path) -> list[FrameType]:
    """Return the stack frames in the file, innermost last."""
    return [
        frame
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if isinstance(error, Exception) and is_in(frame.f_code.co_filename, path)
    ]


def _arrays_at(error: BaseException, path: Path) -> str:
    """Return the names and shapes of the arrays where an exception was raised."""
    frames = _frames(error, path)
    values = dict(frames[-1].f_locals) if frames else {}
    if frames and frames[-1].f_code.co_name == "<module>":
        return ""
    layer = values.pop("self", None)
    attributes = vars(layer) if isinstance(layer, Layer) else {}
    for name, param in attributes.get("params", {}).items():
        values[f'params["{name}"]'] = param
    for name, value in attributes.items():
        values[f"self.{name}"] = value
    return ", ".join(
        f"{name} {value.shape}"
        for name, value in values.items()
        if isinstance(value, np.ndarray)
    )
