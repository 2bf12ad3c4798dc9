"""Check one part of somebody's file, here and now: is it right, and if not, why."""

import inspect
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tinycnn.diagnosis import (
    Finding,
    diagnose,
    diagnose_forward,
    diagnose_kinks,
    diagnose_loss,
    diagnose_optimizer,
    diagnose_returned,
    diagnose_windows,
    goes_back_rightly,
    twin_of,
)
from tinycnn.diagnosis.finding import finding
from tinycnn.diagnosis.losses import CASES
from tinycnn.diagnosis.windows import CASES as WINDOWS
from tinycnn.gradient_check import Report, check_layer, check_loss
from tinycnn.grading.answer import FAILED, RIGHT, UNCHECKED, UNWRITTEN, WRONG, Answer
from tinycnn.grading.borrowing import borrowed, leans_on, misfits
from tinycnn.grading.cases import CannotConstruct, cases_of, load, parts_of
from tinycnn.grading.errors import explain, missing_in, where
from tinycnn.layers import Layer
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer
from tinycnn.shapes import Shape
from tinycnn.text import display_name

UNUSABLE = ("nothing_returned", "no_pair", "loss_per_photo")  # nothing to measure
TELLING = ("wrong_dtype", "x_written", "dy_written")  # their own hint is better
VAGUE = {("y", "y_differs"), ("x", "unknown"), ("kernel", "unknown")}
# What is wrong in backward because of what forward keeps for it.
KEPT = ("slope_at_zero", "not_the_first_of_equals", "stale")
Said = set[tuple[str, str]]  # (array, cause) of what has been said
MEMORY = (
    "backward is right with what the library's forward keeps: look at what this one "
    "keeps in self._cache."
)
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
    path = path.resolve()
    answer = _answered(path, part)
    if part and answer.verdict in (WRONG, FAILED):
        parts = parts_of(load(path))
        for name in leans_on(parts[part], parts) if part in parts else ():
            if _answered(path, name).verdict in (WRONG, FAILED):
                found = finding("part_not_right", name=name, part=part)
                causes, lines = [found.cause], [str(found)]
                return Answer(part, WRONG, answer.cases, causes=causes, lines=lines)
    return answer


def _answered(path: Path, part: str) -> Answer:
    """Return what is to be said of one part, taken by itself."""
    answer = Answer(part)
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
        done = f"{' and '.join(answer.done)} is right. " if answer.done else ""
        answer.lines = [f"{done}Not written yet{where(error, path)}: {error}"]
    except (
        BaseException
    ) as error:  # a stranger's code may raise anything, SystemExit too
        explain(answer, error, path)
    return answer


def _check(module: ModuleType, part: str, answer: Answer) -> None:
    """Write into the answer what is wrong with a part, over all its cases."""
    kind = parts_of(module)[part]
    said: Said = set()
    answer.borrowed = borrowed(kind)
    if found := list(misfits(kind)):
        _blame(answer, kind, found, said)
    elif inspect.isfunction(kind):
        answer.cases = len(WINDOWS)
        _blame(answer, kind, diagnose_windows(part, kind), said)
    else:
        for thing, shape in cases_of(module, kind):
            answer.cases, was_right = answer.cases + 1, answer.verdict == RIGHT
            if missing := missing_in(thing):
                words = {"base": kind.__mro__[-2].__name__, "missing": missing}
                one = finding("super_not_called", **words)
                _blame(answer, kind, [one], said)
            elif isinstance(thing, Layer) and shape is not None:
                _blame(answer, kind, _of_layer(answer, thing, shape), said)
            elif isinstance(thing, Loss):
                _blame(answer, kind, _of_loss(answer, thing), said)
            else:
                _blame(answer, kind, diagnose_optimizer(thing), said)
            if was_right and answer.cases > 1 and said & VAGUE:
                answer.lines.append(
                    "That is so in the case of "
                    f"{display_name(repr(thing))}; those before it are right."
                )
    if answer.verdict == WRONG and not answer.lines:
        names = ", ".join(f"d{name}" for name in answer.errors) or "A gradient"
        _blame(answer, kind, [finding("unexplained", names=names)], said)
    if answer.borrowed and answer.verdict == RIGHT:
        names = " and ".join(answer.borrowed)
        answer.lines.append(
            f"Note: the library does the work of {names} (inherited, or called by its "
            "name or super()): nothing of yours was checked there."
        )


def _of_layer(answer: Answer, layer: Layer, shape: Shape) -> list[Finding]:
    """Return what is wrong with a layer: first forward, then backward next to it."""
    forward = diagnose_returned(layer, shape, backward=False)
    if found := forward or diagnose_forward(layer, shape):
        return found
    answer.done = ["forward"] if twin_of(layer) is not None else []
    if found := diagnose_returned(layer, shape, backward=True):
        return found
    found = diagnose(layer, shape)
    if not found:
        found = diagnose_kinks(layer, shape)
    elif any(one.array == "x" for one in found) and goes_back_rightly(layer, shape):
        found = [
            one if one.cause in TELLING else replace(one, hint=MEMORY) for one in found
        ]
    _note(answer, check_layer(layer, shape))
    return found


def _of_loss(answer: Answer, loss: Loss) -> list[Finding]:
    """Return what is wrong with a loss."""
    found = diagnose_loss(loss)
    if not any(one.cause in UNUSABLE for one in found):
        for y_true, shape in CASES[loss.last_activation]:
            _note(answer, check_loss(loss, y_true, shape))
    return found


def _blame(answer: Answer, kind: Any, found: list[Finding], said: Said) -> None:
    """Write findings into the answer; what has been said is not said again."""
    for one in found:
        explained = {array for array, cause in said if cause != "wrong_dtype"}
        is_vague = (one.array, one.cause) in VAGUE and one.array in explained
        if (one.array, one.cause) in said or is_vague:
            continue
        said.add((one.array, one.cause))
        answer.verdict = WRONG
        is_known = one.cause in answer.causes
        answer.causes.append(one.cause)
        # The same cause in another array: its hint has been given.
        answer.lines.append(one.sentence if is_known else f"{one}{_place(kind, one)}")


def _note(answer: Answer, report: Report) -> None:
    """Keep the worst error of each gradient; a wrong one that nobody explains, too."""
    for name, error in report.errors.items():
        answer.errors[name] = max(error, answer.errors.get(name, 0.0))
    answer.skipped += report.skipped
    if not report.is_right:
        answer.verdict = WRONG


def _place(kind: Any, found: Finding) -> str:
    """Return where the method that is to blame is written, or nothing."""
    if inspect.isfunction(kind):
        return f" ({kind.__name__}, line {kind.__code__.co_firstlineno})"
    names: tuple[str, ...] = ("backward", "forward")
    if found.array == "y" or found.hint == MEMORY or found.cause in KEPT:
        names = ("forward", "backward")
    if found.cause == "wrong_arguments":
        names = (found.sentence.split()[0],)
    if issubclass(kind, Loss):
        names = ("per_photo", "__call__")
    if issubclass(kind, Optimizer):
        names = ("update",)
    if found.cause == "super_not_called":
        names = ("__init__",)
    for name in names:
        method = vars(kind).get(name)
        if inspect.isfunction(method):
            line = method.__code__.co_firstlineno
            return f" ({kind.__name__}.{name}, line {line})"
    return ""
