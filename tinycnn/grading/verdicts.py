"""Check one part of somebody's file, here and now: is it right, and if not, why."""

import inspect
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from tinycnn.diagnosis import (
    Finding,
    diagnose,
    diagnose_forward,
    diagnose_loss,
    diagnose_optimizer,
)
from tinycnn.diagnosis.losses import CASES
from tinycnn.gradient_check import Report, check_layer, check_loss
from tinycnn.grading.answer import FAILED, UNCHECKED, UNWRITTEN, WRONG, Answer
from tinycnn.grading.cases import CannotConstruct, cases_of, load, parts_of
from tinycnn.layers import Layer
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer
from tinycnn.text import display_name

NOTHING = (
    "It holds no class that can be checked: write `from tinycnn.layers import Layer` "
    "and `class MyLayer(Layer):` (or a Loss, or an Optimizer)"
)


def answer_for(path: Path, part: str) -> Answer:
    """Return what is to be said of one part of a file; of the file, if `part` is "".

    Parameters
    ----------
    path : Path
        The file. Its code is run.
    part : str
        The name of a class in it.
    """
    answer, path = Answer(part), path.resolve()
    try:
        module = load(path)
        if part:
            _check(module, part, answer)
        else:
            answer.parts = list(parts_of(module))
            if not answer.parts:
                raise CannotConstruct(NOTHING)
    except CannotConstruct as error:
        answer.verdict, answer.lines = UNCHECKED, [str(error)]
    except NotImplementedError as error:
        answer.verdict = UNWRITTEN
        answer.lines = [f"Not written yet{_where(error, path)}: {error}"]
    except (
        BaseException
    ) as error:  # a stranger's code may raise anything, SystemExit too
        answer.verdict = FAILED
        what = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        answer.lines = [display_name(f"{what}{_where(error, path)}")]
    return answer


def _check(module: ModuleType, part: str, answer: Answer) -> None:
    """Write into the answer what is wrong with a part, over all its cases."""
    kind = parts_of(module)[part]
    seen = set()
    for thing, shape in cases_of(module, kind):
        answer.cases += 1
        if isinstance(thing, Layer) and shape is not None:
            # First forward: a backward is right or wrong next to its own forward.
            found = diagnose_forward(thing, shape) or diagnose(thing, shape)
            _note(answer, check_layer(thing, shape))
        elif isinstance(thing, Loss):
            found = diagnose_loss(thing)
            _note(answer, check_loss(thing, *CASES[thing.last_activation]))
        else:
            found = diagnose_optimizer(thing)
        for one in found:
            if (one.array, one.cause) in seen:
                continue
            seen.add((one.array, one.cause))
            answer.verdict = WRONG
            is_known = one.cause in answer.causes
            answer.causes.append(one.cause)
            # The same cause in another array: its hint has been given.
            line = one.sentence if is_known else f"{one}{_place(kind, one)}"
            answer.lines.append(line)


def _note(answer: Answer, report: Report) -> None:
    """Keep the worst error of each gradient; a wrong one that nobody explains, too."""
    for name, error in report.errors.items():
        answer.errors[name] = max(error, answer.errors.get(name, 0.0))
    answer.skipped += report.skipped
    if not report.is_right:
        answer.verdict = WRONG


def _place(kind: type, found: Finding) -> str:
    """Return where the method that is to blame is written, or nothing."""
    names = ("forward",) if found.array == "y" else ("backward", "forward")
    if issubclass(kind, Loss):
        names = ("per_photo", "__call__")
    if issubclass(kind, Optimizer):
        names = ("update",)
    for name in names:
        method = vars(kind).get(name)
        if inspect.isfunction(method):
            line = method.__code__.co_firstlineno
            return f" ({kind.__name__}.{name}, line {line})"
    return ""


def _where(error: BaseException, path: Path) -> str:
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
