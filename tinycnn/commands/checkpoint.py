"""Checkpoints: all that a training needs to go on as if it had never been stopped.

One .safetensors file (see `tinycnn.files`) holds the model, what its optimiser keeps
from step to step (Adam's m, v and t), the figures of every finished epoch, and the
counters of callbacks that wait for a better one. Order and augmentation of the photos
are functions of (seed, epoch, photo), so there is nothing else to keep. Like a model
file it may come from a stranger, and is checked before anything in it is believed.
"""

import importlib.metadata
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import tinycnn
from tinycnn.callbacks import Logs, Monitor
from tinycnn.files import ModelFileError
from tinycnn.files.safetensors import AnyArray, Header, read_file, write_file
from tinycnn.models import Sequential
from tinycnn.models.model_file import content_of, model_config
from tinycnn.models.sequential import model_of
from tinycnn.models.step import DivergedError
from tinycnn.optimizers import Optimizer
from tinycnn.parallel import blas
from tinycnn.shapes import whole_number
from tinycnn.text import display_name

FORMAT = "tinycnn checkpoint"
VERSION = 1
ENTRIES = {
    "format", "version", "model", "epoch", "step", "figures", "monitors", "notes",
    "versions", "is_finished",
}  # fmt: skip
MAX_STEP = 2**53  # beyond it a float counts no steps
NUMBERS = (int, float, type(None))  # of which a monitor's counters are


def versions() -> dict[str, str]:
    """Return what the bits of a training depend on beside the photos and the seed."""
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
    """A training after some epoch.

    Attributes
    ----------
    model : Sequential
        With its optimiser, which remembers its steps.
    rows : list of dict
        The figures of each finished epoch, the same in all of them.
    monitors : list of Monitor
        EarlyStopping and the like: best so far, epochs waited.
    notes : dict
        What the training was begun with, as JSON; the caller's own.
    is_finished : bool
        All epochs are done and everything is written.
    versions : dict of str to str
        Those of the process that wrote the file.
    """

    model: Sequential
    rows: list[Logs]
    monitors: list[Monitor] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    is_finished: bool = False
    versions: dict[str, str] = field(default_factory=versions)

    @property
    def epoch(self) -> int:
        """How many epochs are finished."""
        return len(self.rows)

    def save(self, path: str | Path) -> None:
        """Write everything into one file, all of it or nothing.

        Raises
        ------
        DivergedError
            If a number in it is not finite any more: it could not be gone on with.
        OSError
            If the file cannot be written.
        """
        model, optimizer = self.model, _optimizer_of(self.model)
        figures = list(self.rows[0])
        arrays: dict[str, AnyArray] = {**model.weights}
        for kind, named in optimizer.memory().items():
            arrays |= {f"{kind}.{name}": array for name, array in named.items()}
        for place, monitor in enumerate(self.monitors):
            if monitor.best_weights is not None:
                named = dict(zip(model.weights, monitor.best_weights, strict=True))
                arrays |= {f"best {place}.{name}": a for name, a in named.items()}
        arrays["figures"] = np.array([[r[n] for n in figures] for r in self.rows])
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
            "figures": figures,
            "monitors": [[type(m).__name__, m.counters()] for m in self.monitors],
            "notes": self.notes,
            "versions": self.versions,
            "is_finished": self.is_finished,
        }
        write_file(path, arrays, config)


def load_checkpoint(
    path: str | Path, monitors: list[Monitor] | None = None
) -> Checkpoint:
    """Return the training in a file that `Checkpoint.save` wrote.

    Go on with ``model.fit(..., initial_epoch=checkpoint.epoch, callbacks=monitors)``.

    Parameters
    ----------
    path : str or Path
    monitors : list of Monitor, optional
        As many and of the same classes as were saved; they are given their counters.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, made by a newer tinycnn, or something else.
    """
    config, arrays = read_file(path)
    try:
        return _checked(config, arrays, monitors or [])
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise ModelFileError(
            f"{display_name(path)} is not a checkpoint that can be continued: "
            f"{display_name(reason)}"
        ) from None


def _checked(
    config: Any, arrays: dict[str, AnyArray], monitors: list[Monitor]
) -> Checkpoint:
    """Return the training, or say in a ValueError what is wrong with it."""
    if not isinstance(config, dict) or config.get("format") != FORMAT:
        raise ValueError("it holds no checkpoint")
    if type(config["version"]) is not int or config["version"] != VERSION:
        raise ValueError(
            f"it has format version {config['version']!r} and this tinycnn reads "
            f"version {VERSION}; it was made by a newer tinycnn"
        )
    if set(config) != ENTRIES:
        raise ValueError("its entries should be " + ", ".join(sorted(ENTRIES)))
    epoch = whole_number(config["epoch"], "epoch")
    rows = _rows(config["figures"], arrays.get("figures"), epoch)
    if (name := _not_finite(arrays)) is not None:
        raise ValueError(f"the numbers {name} are not all finite")
    header = {name: (array.dtype, array.shape) for name, array in arrays.items()}
    weights = {name: got for name, got in header.items() if name[:1].isdigit()}
    content = content_of(config["model"], weights)
    content.weights = arrays
    model = model_of(content)
    optimizer = _optimizer_of(model)
    optimizer.t = whole_number(config["step"], "step")
    if optimizer.t > MAX_STEP:
        raise ValueError(f"step should be at most {MAX_STEP:,}")
    kinds = list(optimizer.memory())
    states = _monitor_states(config["monitors"], monitors)
    bests = [f"best {place}" for place in range(len(states))]
    bests = [best for best in bests if any(n.startswith(f"{best}.") for n in header)]
    learnt = {name: weights[name] for name in model.params}
    _check_names(
        header,
        weights,
        dict.fromkeys(kinds, learnt) | dict.fromkeys(bests, weights),
    )
    for kind, named in optimizer.memory().items():
        for name in learnt:
            named[name] = np.require(arrays[f"{kind}.{name}"], requirements="W")
    for kind in optimizer.never_negative:
        if any((array < 0).any() for array in optimizer.memory()[kind].values()):
            name = type(optimizer).__name__
            raise ValueError(f"{name}'s {kind}, means of squares, are negative")
    for place, (monitor, counters) in enumerate(states):
        best = None
        if f"best {place}" in bests:
            best = [arrays[f"best {place}.{name}"] for name in weights]
        monitor.recall(counters, best)
    return Checkpoint(
        model,
        rows,
        monitors,
        _dict_of(object, config["notes"], "notes"),
        _flag(config["is_finished"]),
        _dict_of(str, config["versions"], "versions"),
    )


def _optimizer_of(model: Sequential) -> Optimizer:
    if model.optimizer is None:
        raise ValueError("the model is not compiled")
    return model.optimizer


def _not_finite(arrays: dict[str, AnyArray]) -> str | None:
    """Return the name of the first array with a number that is not finite."""
    found = (n for n, array in arrays.items() if not np.isfinite(array).all())
    return next(found, None)


def _rows(names: Any, figures: AnyArray | None, epoch: int) -> list[Logs]:
    """Return the figures of each epoch."""
    if not isinstance(names, list) or not all(type(name) is str for name in names):
        raise ValueError("the figures should have names")
    if (
        figures is None
        or figures.dtype != np.dtype("<f8")
        or figures.shape != (epoch, len(set(names)))
        or len(set(names)) != len(names)
    ):
        raise ValueError(
            f"the figures should be {len(names)} for each of {epoch} epochs"
        )
    return [dict(zip(names, row, strict=True)) for row in figures.tolist()]


def _monitor_states(
    entries: Any, monitors: list[Monitor]
) -> list[tuple[Monitor, dict[str, Any]]]:
    """Return each monitor with the counters that are kept for it."""
    wanted = [type(monitor).__name__ for monitor in monitors]
    got = [name for name, _ in entries] if isinstance(entries, list) else None
    if got != wanted:
        raise ValueError(f"it was made with the callbacks {got}, not with {wanted}")
    states = []
    for monitor, (name, counters) in zip(monitors, entries, strict=True):
        if not isinstance(counters, dict) or set(counters) != set(monitor.COUNTERS):
            raise ValueError(f"{name} should have {', '.join(monitor.COUNTERS)}")
        if not all(type(value) in NUMBERS for value in counters.values()):
            raise ValueError(f"the counters of {name} should be numbers")
        states.append((monitor, counters))
    return states


def _check_names(header: Header, weights: Header, others: dict[str, Header]) -> None:
    """Raise unless there is each weight, the others by prefix, and nothing else."""
    wanted = {
        **weights,
        **{
            f"{prefix}.{name}": got
            for prefix, named in others.items()
            for name, got in named.items()
        },
        "figures": header["figures"],
    }
    for name in [*wanted, *header]:
        if header.get(name) != wanted.get(name):
            raise ValueError(
                f"the array {name!r} should be {wanted.get(name)}, "
                f"got {header.get(name)}"
            )


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(f"true or false expected, got {value!r}")
    return value


def _dict_of(kind: type, value: Any, name: str) -> dict[str, Any]:
    """Return the value, if it is a dict whose values are of that class."""
    if isinstance(value, dict) and all(isinstance(v, kind) for v in value.values()):
        return dict(value)
    raise ValueError(f"{name} should be a dict")
