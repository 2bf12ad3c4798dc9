"""What else happens while a model learns: stopping, saving, logs, learning rates."""

from typing import TYPE_CHECKING

from tinycnn.callbacks.callback import (
    Callback,
    EarlyStopping,
    Figures,
    Logs,
    ModelCheckpoint,
    Monitor,
    ProgressBar,
    as_callbacks,
    call,
    figures_text,
    with_model,
)
from tinycnn.callbacks.records import (
    BackupAndRestore,
    CSVLogger,
    History,
    LambdaCallback,
    RemoteMonitor,
    TensorBoard,
)
from tinycnn.callbacks.schedules import (
    LearningRateScheduler,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from tinycnn.keras.names import other_names, starred

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "Figures",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "Logs",
    "ModelCheckpoint",
    "Monitor",
    "ProgressBar",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "TensorBoard",
    "TerminateOnNaN",
    "as_callbacks",
    "call",
    "figures_text",
    "with_model",
]

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
