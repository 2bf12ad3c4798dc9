"""Which of an optimiser's arguments has no effect: a number is in the code instead.

With the default arguments ``0.9`` and ``self.beta_1`` are the same. Two tries tell them
apart: one with other arguments, and one in which the library's optimiser is given the
numbers that are usual in code.
"""

import copy
import inspect
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from tinycnn.diagnosis.finding import Finding, finding
from tinycnn.optimizers import Named, Optimizer

Numbers = dict[str, float]
# Usual in code, whatever the arguments say.
USUAL: dict[str, tuple[float, ...]] = {
    "learning_rate": (),  # another number here is a factor of each step
    "momentum": (0.9, 0.5, 0.99), "rho": (0.9, 0.95, 0.99),
    "beta_1": (0.9,), "beta_2": (0.999, 0.99),
    "epsilon": (1e-8, 1e-7, 1e-6, 1e-5, 1e-10, 1e-12, 1e-4, 1e-3),
    "initial_accumulator_value": (),
}  # fmt: skip


def number_in_code(
    reference: Optimizer, makes: Callable[[Optimizer], bool]
) -> Finding | None:
    """Return which arguments have no effect, and the numbers that are used; or None.

    Parameters
    ----------
    reference : Optimizer
        The library's, with the arguments that the student's has.
    makes : callable
        Whether an optimiser makes the student's steps.
    """
    given = numbers_of(reference)
    for used in _instead(given, type(reference)):
        other = copy.deepcopy(reference)
        for name, value in used.items():
            setattr(other, name, value)
        if "initial_accumulator_value" in used:
            other.starts = {"v": used["initial_accumulator_value"]}
        if makes(other):
            pairs = [f"{name} = {value:g}" for name, value in used.items()]
            here = [f"self.{name} is {given[name]:g}" for name in used]
            joined = " and ".join(pairs), " and ".join(here)
            return finding("number_in_code", used=joined[0], given=joined[1])
    return None


def numbers_of(optimizer: Any) -> Numbers:
    """Return the arguments of an optimiser that are numbers above 0, by name."""
    values = {name: getattr(optimizer, name, None) for name in USUAL}
    return {
        name: float(value)
        for name, value in values.items()
        if isinstance(value, (int, float)) and value
    }


def _instead(given: Numbers, kind: type) -> Iterator[Numbers]:
    """Yield other numbers: for one argument, then the defaults for several.

    A number that another argument has is left out: then the two may be exchanged.
    """
    parameters = inspect.signature(kind).parameters
    usual = {name: (parameters[name].default, *USUAL[name]) for name in given}
    free = {
        name: [n for n in dict.fromkeys(usual[name]) if n and n not in given.values()]
        for name in given
    }
    for name, numbers in free.items():
        yield from ({name: number} for number in numbers)
    names = [name for name, numbers in free.items() if numbers]
    for count in range(2, len(names) + 1):
        for chosen in combinations(names, count):
            yield {name: free[name][0] for name in chosen}


def settings_changed(
    optimizer: Optimizer, params: Named, grads: list[Named]
) -> Iterator[Finding]:
    """Yield "setting_changed" for each argument that updates change."""
    optimizer, before = copy.deepcopy(optimizer), numbers_of(optimizer)
    params = copy.deepcopy(params)
    for step_grads in grads[:2]:
        optimizer.update(params, copy.deepcopy(step_grads))
    after = numbers_of(optimizer)
    for name, value in before.items():
        if (new := after.get(name, 0.0)) != value:
            yield finding("setting_changed", what=name, before=value, after=new)
