"""One run of `train`: everything known of it, from its options to its result."""

from argparse import Namespace
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinycnn.callbacks import Callback
from tinycnn.commands.checkpoint import Checkpoint
from tinycnn.commands.process import Signals
from tinycnn.page.report.run_facts import RunFacts

DRAWINGS = Path("runs/drawings/Dataset")


@dataclass
class TrainingRun(RunFacts):
    """A run of `train`; what is not known yet has no value.

    Attributes
    ----------
    options : Namespace
        Those of the command line, and of the checkpoint if the run is resumed.
    signals : Signals
    dataset, folder : Path
        Where the photos are, and where files are written.
    resumed : Checkpoint or None
        The checkpoint that --resume continues from.
    callbacks : list of Callback
        Those whose state belongs into a checkpoint.
    photos : dict
        What identifies the photos; see `resume.fingerprints`.
    has_earlier : bool
        Whether the folder holds another run, of which nothing is replaced yet.
    has_begun : bool
        Whether `fit` has begun.
    """

    options: Namespace
    signals: Signals
    dataset: Path = field(init=False)
    folder: Path = field(init=False)
    resumed: Checkpoint | None = field(init=False, default=None)
    callbacks: list[Callback] = field(init=False, default_factory=list)
    photos: dict[str, Any] = field(init=False)
    has_earlier: bool = field(init=False, default=False)
    has_begun: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.callbacks = [self.recorder]
        name = self.options.dataset
        self.dataset = DRAWINGS if name is None else Path(name)
        named_after = DRAWINGS.parent if name is None else self.dataset.resolve()
        self.folder = self.options.output or Path("runs") / named_after.name

    @property
    def epochs(self) -> int:
        """Number of the last epoch; the one before, if a callback stopped there."""
        is_stopped = self.resumed is not None and self.resumed.is_stopped
        return len(self.rows) if is_stopped else int(self.options.epochs)

    def checkpoint(self, is_stopped: bool) -> Checkpoint:
        """Return the run after its last finished epoch."""
        notes = {"options": self.settings, "photos": self.photos}
        return Checkpoint(
            self.model, self.rows, self.callbacks, notes, is_stopped=is_stopped
        )
