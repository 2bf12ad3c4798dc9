"""Checkpoints: all that a training run needs to continue as if never interrupted.

One .safetensors file (see `tinycnn.files`) holds the model, what its optimiser keeps
from step to step (Adam's m, v and t), the metrics of every finished epoch, and the
state of the callbacks. Order and augmentation of the photos are functions of
(seed, epoch, photo), so there is nothing else to keep. Like a model file it may come
from a stranger, and is checked before anything is made of it.
"""

import importlib.metadata
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import tinycnn
from tinycnn.callbacks import Callback, Logs
from tinycnn.files import ModelFileError
from tinycnn.files.safetensors import AnyArray, read_file, write_file
from tinycnn.models import Sequential
from tinycnn.models.model_file import content_of, model_config
from tinycnn.models.sequential import model_of
from tinycnn.models.step import DivergedError
from tinycnn.optimizers import Optimizer
from tinycnn.parallel import blas
from tinycnn.shapes import whole_number
from tinycnn.text import display_name

FORMAT = "tinycnn checkpoint"
VERSION = 2
ENTRIES: dict[str, type] = {
    "format": str, "version": int, "model": dict, "epoch": int, "step": int,
    "figures": list, "callbacks": list, "notes": dict, "versions": dict,
    "is_finished": bool, "is_stopped": bool,
}  # fmt: skip
MAX_STEP = 2**53  # beyond it a float cannot count steps
NUMBERS = (int, float, type(None))  # in the state of a callback
Arrays = dict[str, AnyArray]


def versions() -> dict[str, str]:
    """Return what a model's bits depend on beside the photos and the options."""
    return {
        "tinycnn": tinycnn.__version__,
        "NumPy": np.__version__,
        "Pillow": importlib.metadata.version("pillow"),
        "Python": platform.python_version(),
        "BLAS threads": str(1 if blas.openblas() else blas.thread_count()),
        "machine": f"{platform.system()} {platform.machine()}",
    }


@dataclass
class Checkpoint:
    """A training run after some epoch.

    Attributes
    ----------
    model : Sequential
        With its optimiser, which keeps what it knows of earlier steps.
    rows : list of dict
        The metrics of each finished epoch, the same names in all of them.
    callbacks : list of Callback
        EarlyStopping and the like; their `state` is kept.
    notes : dict
        What the run began with, as JSON; up to the caller.
    is_finished : bool
        All epochs are done and everything is written.
    is_stopped : bool
        A callback ended the run in this epoch. Call `fit` with ``epochs=epoch``: it
        learns nothing more and lets the callbacks end the run.
    versions : dict of str to str
        Those of the process that wrote the file.
    """

    model: Sequential
    rows: list[Logs]
    callbacks: Sequence[Callback] = ()
    notes: dict[str, Any] = field(default_factory=dict)
    is_finished: bool = False
    is_stopped: bool = False
    versions: dict[str, str] = field(default_factory=versions)

    @property
    def epoch(self) -> int:
        """How many epochs are finished."""
        return len(self.rows)

    def save(self, path: str | Path) -> None:
        """Write everything into one file, all of it or nothing.

        A number that is not finite raises DivergedError: training could not resume
        from it.
        """
        model, optimizer = self.model, _optimizer_of(self.model)
        names = list(self.rows[0])
        arrays: Arrays = {**model.arrays}
        for kind, moments in optimizer.memory().items():
            arrays |= {f"{kind}.{name}": array for name, array in moments.items()}
        states = []
        for place, callback in enumerate(self.callbacks):
            numbers, kept = callback.state()
            states.append([type(callback).__name__, numbers])
            arrays |= {f"callback {place}.{name}": a for name, a in kept.items()}
        arrays["figures"] = np.array([[row[n] for n in names] for row in self.rows])
        if (name := _not_finite(arrays)) is not None:
            raise DivergedError(
                f"epoch {self.epoch}: after it the numbers {name} are not all finite; "
                f"try a smaller learning_rate than {optimizer.learning_rate:g}",
                self.epoch,
            )
        config = {
            "format": FORMAT,
            "version": VERSION,
            "model": model_config(model),
            "epoch": self.epoch,
            "step": optimizer.t,
            "figures": names,
            "callbacks": states,
            "notes": self.notes,
            "versions": self.versions,
            "is_finished": self.is_finished,
            "is_stopped": self.is_stopped,
        }
        write_file(path, arrays, config)


def mark_finished(path: Path) -> None:
    """Write into a checkpoint that its training run is finished."""
    config, arrays = read_file(path)
    write_file(path, arrays, {**config, "is_finished": True})


def load_checkpoint(
    path: str | Path, callbacks: Sequence[Callback] | None = None
) -> Checkpoint:
    """Return the training run in a file that `Checkpoint.save` wrote.

    Continue with ``model.fit(..., initial_epoch=checkpoint.epoch, callbacks=...)``. The
    callbacks must be of the classes that were saved; their state is restored. Where
    only the model matters, leave them out. A file that is missing, damaged, made by a
    newer tinycnn, or something else raises ModelFileError.
    """
    config, arrays = read_file(path)
    try:
        return _checked(config, arrays, callbacks)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise ModelFileError(
            f"{display_name(path)} is not a checkpoint that can be resumed: "
            f"{display_name(reason)}"
        ) from None


def _checked(
    config: Any, arrays: Arrays, callbacks: Sequence[Callback] | None
) -> Checkpoint:
    """Return the training run, or raise a ValueError with the reason."""
    if not isinstance(config, dict) or config.get("format") != FORMAT:
        raise ValueError("it does not hold a checkpoint")
    version = config["version"]
    if type(version) is not int or version not in (1, VERSION):
        raise ValueError(
            f"it has format version {version!r} and this tinycnn reads "
            f"versions 1 to {VERSION}; it was made by a newer tinycnn"
        )
    if version == 1:
        config, arrays = _from_version_1(config, arrays)
    if set(config) != set(ENTRIES):
        raise ValueError("its entries should be " + ", ".join(sorted(ENTRIES)))
    for name, kind in ENTRIES.items():
        if type(config[name]) is not kind:
            raise ValueError(f"{name} should be of type {kind.__name__}")
    rows = _rows(config["figures"], arrays.get("figures"), config["epoch"])
    if (bad := _not_finite(arrays)) is not None:
        raise ValueError(f"the numbers {bad} are not all finite")
    header = {name: (array.dtype, array.shape) for name, array in arrays.items()}
    weights = {name: got for name, got in header.items() if name[:1].isdigit()}
    content = content_of(config["model"], weights)
    content.weights = arrays
    model = model_of(content)
    optimizer = _optimizer_of(model)
    optimizer.t = whole_number(config["step"], "step")
    if optimizer.t > MAX_STEP:
        raise ValueError(f"step should be at most {MAX_STEP:,}")
    moments = {
        f"{kind}.{name}": (named, name)
        for kind, named in optimizer.memory().items()
        for name in model.params
    }
    expected = {**weights, "figures": header["figures"]}
    expected |= {place: weights[name] for place, (_, name) in moments.items()}
    if callbacks is None:
        header = {n: got for n, got in header.items() if not n.startswith("callback ")}
    else:
        for name in _restore(callbacks, config["callbacks"], arrays, model):
            del header[name]
    for name in [*expected, *header]:
        if header.get(name) != expected.get(name):
            raise ValueError(
                f"the array {name!r} should be {expected.get(name)}, "
                f"got {header.get(name)}"
            )
    for place, (named, name) in moments.items():
        named[name] = np.require(arrays[place], requirements="W")
    for letter in optimizer.never_negative:
        if any((array < 0).any() for array in optimizer.memory()[letter].values()):
            name = type(optimizer).__name__
            raise ValueError(f"{name}'s {letter}, means of squares, are negative")
    return Checkpoint(
        model,
        rows,
        callbacks or (),
        **{n: config[n] for n in ("notes", "is_finished", "is_stopped", "versions")},
    )


def _from_version_1(config: dict[str, Any], arrays: Arrays) -> tuple[Any, Arrays]:
    """Return the content of a file of format version 1 in the words of version 2."""
    config = {**config, "callbacks": config["monitors"], "is_stopped": False}
    for kind, numbers in config.pop("monitors"):
        if kind == "EarlyStopping":
            numbers["stopped_epoch"] = None
    return config, {
        re.sub(r"^best (?=\d+\.)", "callback ", name): array
        for name, array in arrays.items()
    }


def _restore(
    callbacks: Sequence[Callback], states: Any, arrays: Arrays, model: Sequential
) -> list[str]:
    """Give each callback its state; return the names of the arrays used for it."""
    got = [kind for kind, _ in states]
    callbacks = [
        one for one in callbacks if type(one).__name__ in got or not one.is_optional
    ]
    expected = [type(callback).__name__ for callback in callbacks]
    if got != expected:
        raise ValueError(f"it was made with the callbacks {got}, not with {expected}")
    used = []
    for place, (callback, (kind, numbers)) in enumerate(
        zip(callbacks, states, strict=True)
    ):
        names = set(callback.state()[0])
        if not isinstance(numbers, dict) or set(numbers) != names:
            raise ValueError(f"{kind} should have {', '.join(sorted(names))}")
        if not all(type(value) in NUMBERS for value in numbers.values()):
            raise ValueError(f"the state of {kind} should be numbers")
        prefix = f"callback {place}."
        kept = {n[len(prefix) :]: a for n, a in arrays.items() if n.startswith(prefix)}
        callback.model = model
        callback.restore(numbers, kept)
        if set(callback.state()[1]) != set(kept):
            raise ValueError(f"{kind} has no arrays {', '.join(sorted(kept))}")
        used += [prefix + name for name in kept]
    return used


def _optimizer_of(model: Sequential) -> Optimizer:
    if model.optimizer is None:
        raise ValueError("the model is not compiled")
    return model.optimizer


def _not_finite(arrays: dict[str, AnyArray]) -> str | None:
    """Return the name of the first array with a number that is not finite."""
    return next((n for n, a in arrays.items() if not np.isfinite(a).all()), None)


def _rows(names: list[Any], figures: AnyArray | None, epoch: int) -> list[Logs]:
    """Return the metrics of each epoch."""
    shape = (whole_number(epoch, "epoch"), len({n for n in names if type(n) is str}))
    if (
        figures is None
        or (figures.dtype, figures.shape) != (np.dtype("<f8"), shape)
        or shape[1] != len(names)
    ):
        raise ValueError(
            f"the metrics should be {len(names)} for each of {epoch} epochs"
        )
    return [dict(zip(names, row, strict=True)) for row in figures.tolist()]
