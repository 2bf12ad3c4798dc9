"""An error that somebody's code ended with: which, where, and the shapes there."""

import re
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.grading.answer import FAILED, WRONG, Answer
from tinycnn.layers import Layer
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer
from tinycnn.text import display_name

DO_NOT_FIT = re.compile("matmul|not aligned|could not be broadcast|cannot reshape")


def explain(answer: Answer, error: BaseException, path: Path) -> None:
    """Write into the answer which error has stopped it, where, and the shapes there."""
    place = where(error, path)
    what = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    line = re.sub(r"^(\w+\.)+_?", "", f"{what}{place}")
    if (found := _usual(error, what, path)) is not None:
        answer.causes.append(found.cause)
        line = f"{found}{place}"
    number = re.search(r"line \d+", place)
    answer.reason = " ".join([type(error).__name__, *([number[0]] if number else [])])
    # What an earlier case has shown stays said.
    answer.verdict = WRONG if answer.causes else FAILED
    answer.lines.append(display_name(line))
    if arrays := _arrays_at(error, path):
        answer.lines.append(f"The shapes there: {arrays}.")


def _usual(error: BaseException, what: str, path: Path) -> Finding | None:
    """Return the finding of an error that one of the usual mistakes leads to."""
    frames = _frames(error, path)
    if isinstance(error, AttributeError) and isinstance(error.obj, (Layer, Optimizer)):
        if missing := missing_in(error.obj):
            base = type(error.obj).__mro__[-2].__name__
            return finding("super_not_called", base=base, missing=missing)
    if not frames:
        return None
    if isinstance(error, TypeError) and "casting rule" in what:
        return finding("whole_numbers")
    if isinstance(error, ValueError) and DO_NOT_FIT.search(what):
        sizes = re.findall(r"size \d+ is different from \d+|\(\d*,.*", what)
        return finding("shapes_do_not_fit", error=sizes[0] if sizes else error)
    if isinstance(error, KeyError):
        layer, name = frames[-1].f_locals.get("self"), error.args[0]
        if isinstance(layer, Layer) and name in set(layer.params) - set(layer.grads):
            text = traceback.extract_tb(error.__traceback__)[-1].line or ""
            if "grads[" in text:
                return finding("grads_not_made", name=name)
    return None


def missing_in(thing: Any) -> str:
    """Return what a thing lacks because super().__init__() was not called, or ""."""
    wanted: Any = [] if isinstance(thing, Loss) else ["t", "learning_rate"]
    wanted = vars(Layer()) if isinstance(thing, Layer) else wanted
    return next((name for name in wanted if not hasattr(thing, name)), "")


def where(error: BaseException, path: Path) -> str:
    """Return the last line of the file that an error came through, or nothing."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f" (line {error.lineno})"
    frames = traceback.extract_tb(error.__traceback__)
    lines: list[Any] = [
        (frame.name, frame.lineno) for frame in frames if Path(frame.filename) == path
    ]
    if not lines:
        return ""
    name, number = lines[-1]
    return f" (line {number})" if name == "<module>" else f" ({name}, line {number})"


def _frames(error: BaseException, path: Path) -> list[FrameType]:
    """Return the frames of the file that an error came through, the last one last."""
    return [
        frame
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if isinstance(error, Exception) and Path(frame.f_code.co_filename) == path
    ]


def _arrays_at(error: BaseException, path: Path) -> str:
    """Return the arrays and their shapes in the line that an error came through."""
    frames = _frames(error, path)
    known = dict(frames[-1].f_locals) if frames else {}
    layer = known.pop("self", None)
    own = vars(layer) if isinstance(layer, Layer) else {}
    for name, param in own.get("params", {}).items():
        known[f'params["{name}"]'] = param
    for name, value in own.items():
        known[f"self.{name}"] = value
    return ", ".join(
        f"{name} {value.shape}"
        for name, value in known.items()
        if isinstance(value, np.ndarray)
    )
