"""Is one part of a student's file right, and if not, why? Checked in this process."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tinycnn.diagnosis import (
    Finding,
    diagnose,
    diagnose_batches,
    diagnose_forward,
    diagnose_kinks,
    diagnose_loss,
    diagnose_optimizer,
    diagnose_options,
    diagnose_randomness,
    diagnose_rate,
    diagnose_return_values,
    diagnose_situations,
    diagnose_size,
    diagnose_steps,
    diagnose_training,
    diagnose_windows,
    is_backward_right,
    is_only_for_training,
    reference_of,
    repeatable,
)
from tinycnn.diagnosis.calls import same_luck
from tinycnn.diagnosis.finding import NOT_GRADIENTS, finding
from tinycnn.diagnosis.losses import CASES
from tinycnn.diagnosis.training import moves_outside
from tinycnn.diagnosis.windows import CASES as WINDOWS
from tinycnn.gradient_check import Report, check_layer, check_loss
from tinycnn.grading.borrowing import borrowed, dependencies, wrong_signatures
from tinycnn.grading.cases import (
    NOTEBOOKS,
    CannotConstruct,
    Case,
    cases_of,
    load,
    parts_of,
    run_the_rest,
)
from tinycnn.grading.errors import (
    add_error,
    add_notebook_error,
    location_of,
    super_not_called,
)
from tinycnn.grading.grade import (
    FAILED,
    RIGHT,
    SLOW,
    UNCHECKED,
    UNWRITTEN,
    WRONG,
    Grade,
)
from tinycnn.grading.notebooks import NotANotebook
from tinycnn.grading.where.places import HINT_KEPT, place_in
from tinycnn.layers import BatchNormalization, Dropout, Layer
from tinycnn.losses import Loss
from tinycnn.optimizers import Optimizer
from tinycnn.shapes import Shape
from tinycnn.text import display_name

# Return values without a gradient to measure.
UNUSABLE = (
    "nothing_returned",
    "not_a_pair",
    "pair_exchanged",
    "loss_per_photo",
    "loss_of_the_batch",
    "loss_of_each_output",
    "loss_over_the_photos",
)
# Causes whose own hint is more precise than HINT_KEPT.
SPECIFIC = ("wrong_dtype", "x_written", "dy_written", "y_written", "state_changed")
# (array, cause) that says little: not added once the array has another cause.
VAGUE = {("y", "y_differs"), ("x", "unknown"), ("kernel", "unknown")}
NO_PARTS = (
    "The file has no class that can be checked: write `from tinycnn.layers import "
    "Layer` and `class MyLayer(Layer):` (or a Loss, or an Optimizer)"
)
EMPTY = "The notebook has no code cell with code in it: was it saved?"
NOTE_ON_DTYPE = (
    "Note: with training=True, y is float64 for float32 input, which makes the layers "
    "above slower; mask.astype(x.dtype) keeps it float32."
)
Reported = set[tuple[str, str]]  # (array, cause) of the findings so far


def grade_part(
    path: Path, name: str, save: Callable[[Grade], None] = lambda grade: None
) -> Grade:
    """Return the grade of one part of a file, or of loading the file if `name` is "".

    Parameters
    ----------
    path : Path
        The file. Its code is run.
    name : str
        The name of a class or function in it.
    save : callable, optional
        Called with the grade of a notebook as a whole, before the cells at its end run:
        its parts are known then, whatever those cells do.
    """
    path = path.resolve()
    grade = _grade_alone(path, name, save)
    if name and grade.verdict in (WRONG, FAILED):
        parts = parts_of(load(path))
        for other in dependencies(parts[name], parts) if name in parts else ():
            if _grade_alone(path, other).verdict in (WRONG, FAILED):
                found = finding("part_not_right", name=other, part=name)
                causes, lines = [found.cause], [str(found)]
                return Grade(name, WRONG, grade.cases, causes=causes, lines=lines)
    return grade


def grade_object(part: Any) -> Grade:
    """Return the grade of a class or function that is here, in a notebook's cell.

    It is checked like one of a file, but in this process: for a student's own notebook,
    and for browsers, which have no other.
    """
    module = ModuleType(part.__module__)
    setattr(module, part.__name__, part)
    functions = filter(inspect.isfunction, [part, *vars(part).values()])
    names = (inspect.unwrap(function).__code__.co_filename for function in functions)
    return _grade_alone(Path(next(names, "")), part.__name__, loaded=module)


def _grade_alone(
    path: Path,
    name: str,
    save: Callable[[Grade], None] = lambda grade: None,
    loaded: ModuleType | None = None,
) -> Grade:
    """Return the grade of one part, whatever the parts it depends on."""
    grade = Grade(name)
    try:
        module = load(path) if loaded is None else loaded
        if name:
            # Two gradings of one file say the same.
            with same_luck(parts_of(module)[name], each_generator=False):
                _check(module, grade)
        else:
            _load_all(path, module, grade, save)
    except (CannotConstruct, NotANotebook) as error:
        grade.verdict, grade.lines = UNCHECKED, [str(error)]
    except NotImplementedError as error:
        grade.verdict, methods = UNWRITTEN, grade.right_methods
        right = f"{' and '.join(methods)} is right. " if methods else ""
        grade.lines = [f"{right}Not written yet{location_of(error, path)}: {error}"]
    except BaseException as error:  # any exception, SystemExit too: it is not our code
        add_error(grade, error, path)
    return grade


def _load_all(
    path: Path, module: ModuleType, grade: Grade, save: Callable[[Grade], None]
) -> None:
    """Find the parts of a file, and run the rest of it."""
    grade.part_names = list(parts_of(module))
    if (first := NOTEBOOKS.get(path)) is not None:
        grade.notes = [first.note] if first.note else []
        if grade.part_names:
            save(replace(grade, verdict=SLOW))  # in case the rest never ends
    notebook = run_the_rest(path, module)
    grade.part_names = list(parts_of(module))
    if notebook is not None and notebook.error is not None:
        add_notebook_error(grade, notebook, path)
    elif not grade.part_names:
        is_empty = notebook is not None and not any(map(str.strip, notebook.cells))
        raise CannotConstruct(EMPTY if is_empty else NO_PARTS)


def _check(module: ModuleType, grade: Grade) -> None:
    """Check a part in all its cases and add the findings to its grade."""
    part = parts_of(module)[grade.name]
    reported: Reported = set()
    grade.borrowed = borrowed(part)
    if found := list(wrong_signatures(part)):
        _add(grade, part, found, reported)
    elif inspect.isfunction(part):
        grade.cases = len(WINDOWS)
        _add(grade, part, diagnose_windows(grade.name, part), reported)
    else:
        _check_cases(cases_of(module, part), part, grade, reported)
    if grade.verdict == WRONG and not grade.lines:
        names = ", ".join(f"d{name}" for name in grade.errors) or "A gradient"
        _add(grade, part, [finding("unexplained", names=names)], reported)
    if grade.borrowed and grade.verdict == RIGHT:
        names = " and ".join(grade.borrowed)
        grade.lines.append(
            f"Note: the library does the work of {names} (inherited, or called by its "
            "name or super()): no code of yours was checked there."
        )


def _check_cases(
    cases: list[Case], part: Any, grade: Grade, reported: Reported
) -> None:
    """Check all cases: forward in each of them first, then the rest."""
    wrong_forward = []
    for place, (instance, shape) in enumerate(cases):
        grade.cases += 1
        if isinstance(instance, Layer) and shape is not None:
            try:
                found = _missing(instance) or _of_forward(instance, shape)
            except Exception as error:
                if isinstance(error, NotImplementedError) or not reported - VAGUE:
                    raise
                wrong_forward.append(place)
                continue  # the mistake that is named already, in another case
            if found:
                wrong_forward.append(place)
                _add_case(found, instance, place, part, grade, reported)
    for place, (instance, shape) in enumerate(cases):
        if place not in wrong_forward:
            if not wrong_forward and reference_of(instance) is not None:
                grade.right_methods = ["forward"] if isinstance(instance, Layer) else []
            if reported and isinstance(instance, Optimizer):
                return  # without momentum, the same mistake looks like another
            found = _findings(grade, instance, shape)
            _add_case(found, instance, place, part, grade, reported)
    for place, (instance, shape) in enumerate(cases):
        if not reported:
            found = _in_other_cases(instance, shape)
            _add_case(found, instance, place, part, grade, reported)


def _add_case(
    found: list[Finding],
    instance: Any,
    place: int,
    part: Any,
    grade: Grade,
    reported: Reported,
) -> None:
    """Add the findings of one case, and the case itself if they say little."""
    was_right, before = not reported, {array for array, _ in reported if array}
    # The first case that is wrong names the mistake; another name for it would confuse.
    _add(grade, part, [f for f in found if f.array not in before], reported)
    if was_right and place and reported & VAGUE:
        grade.lines.append(
            f"This is for {display_name(repr(instance))}; the cases before it are "
            "right."
        )


def _in_other_cases(instance: Any, shape: Shape | None) -> list[Finding]:
    """Return what is wrong although all cases are right."""
    if isinstance(instance, Layer) and shape is not None:
        return diagnose_size(instance, shape)
    if isinstance(instance, Optimizer):
        return diagnose_rate(instance) or diagnose_options(instance)
    return diagnose_options(instance) if isinstance(instance, Loss) else []


def _missing(instance: Any) -> list[Finding]:
    """Return "super_not_called" if an attribute of the library's class is missing."""
    found = super_not_called(instance)
    return [] if found is None else [found]


def _findings(grade: Grade, instance: Any, shape: Shape | None) -> list[Finding]:
    """Return what is wrong with a layer, a loss or an optimiser."""
    if found := _missing(instance):
        return found
    if isinstance(instance, Layer) and shape is not None:
        return _of_layer(grade, instance, shape)
    if isinstance(instance, Loss):
        return _of_loss(grade, instance)
    return diagnose_optimizer(instance) or diagnose_steps(instance)


def _of_forward(layer: Layer, shape: Shape) -> list[Finding]:
    """Return what is wrong with a layer's forward outside training."""
    is_dropout = isinstance(reference_of(layer), Dropout)
    return (
        diagnose_return_values(layer, shape, backward=False)
        or ([] if is_dropout else diagnose_randomness(layer, shape))
        or moves_outside(layer, shape)
        or _by_reference(layer, shape)
        or diagnose_batches(layer, shape, backward=False)
    )


def _by_reference(layer: Layer, shape: Shape) -> list[Finding]:
    """Return how y differs from the library's; a dropout's is looked at by itself."""
    if isinstance(reference_of(layer), Dropout):
        return []
    return diagnose_forward(layer, shape)


def _of_layer(grade: Grade, layer: Layer, shape: Shape) -> list[Finding]:
    """Return what is wrong with a layer whose forward is right outside training."""
    reference = reference_of(layer)
    if isinstance(reference, (Dropout, BatchNormalization)):
        grade.right_methods = []
        if found := diagnose_training(layer, shape):
            return found
    training = isinstance(reference, Dropout) or is_only_for_training(layer, shape)
    if training:
        layer = repeatable(layer)
    if found := diagnose_return_values(layer, shape, backward=True, training=training):
        return found
    found = diagnose(layer, shape, training=training)
    if training and any(f.cause == "wrong_dtype" for f in found):
        # A mask in float64 makes the whole network slower, but no result wrong.
        found = [f for f in found if f.cause != "wrong_dtype"]
        grade.lines = list(dict.fromkeys([*grade.lines, NOTE_ON_DTYPE]))
    if not found:
        found = [] if training else diagnose_kinks(layer, shape)
    elif any(f.array == "x" for f in found) and is_backward_right(layer, shape):
        found = [
            f if f.cause in SPECIFIC else replace(f, hint=HINT_KEPT) for f in found
        ]
    if not found:
        found = diagnose_batches(layer, shape, backward=True, training=training)
    if not found and not training:
        found = diagnose_training(layer, shape) or diagnose_situations(layer, shape)
    _add_errors(grade, check_layer(layer, shape, training=training))
    return found


def _of_loss(grade: Grade, loss: Loss) -> list[Finding]:
    """Return what is wrong with a loss."""
    found = diagnose_loss(loss)
    if not any(f.cause in UNUSABLE for f in found):
        for y_true, shape in CASES[loss.last_activation]:
            _add_errors(grade, check_loss(loss, y_true, shape))
    return found


def _add(grade: Grade, part: Any, found: list[Finding], reported: Reported) -> None:
    """Add findings to the grade, each once."""
    for f in found:
        explained = {array for array, cause in reported if cause != "wrong_dtype"}
        is_vague = (f.array, f.cause) in VAGUE and f.array in explained
        if (f.array, f.cause) in reported or is_vague:
            continue
        reported.add((f.array, f.cause))
        grade.verdict = WRONG
        # A cause that is already known for another array is added without its hint.
        is_known = f.cause in grade.causes
        grade.causes.append(f.cause)
        place = place_in(part, f)
        line = f.sentence if is_known else f"{f}{place and f' ({place})'}"
        grade.lines.append(line)
        grade.earlier[line] = [_where(f, place), line.replace(f" {f.hint}", "")]


def _add_errors(grade: Grade, report: Report) -> None:
    """Keep the largest error of each gradient; too large an error is WRONG."""
    for name, error in report.errors.items():
        grade.errors[name] = max(error, grade.errors.get(name, 0.0))
    grade.skipped += report.skipped
    if not report.is_right:
        grade.verdict = WRONG


def _where(found: Finding, place: str) -> str:
    """Return the first hint: which array is not right, and where it is made."""
    d = found.array if found.array in NOT_GRADIENTS else f"d{found.array}"
    look = f"look at {place}." if place else "look at its methods one by one."
    return f"{d} is not right: {look}" if d else look.capitalize()
