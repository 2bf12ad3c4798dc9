"""What else happens while a model learns: stopping, saving, logs, learning rates."""

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
    LambdaCallback,
    RemoteMonitor,
    TensorBoard,
)
from tinycnn.callbacks.schedules import (
    LearningRateScheduler,
    ReduceLROnPlateau,
    TerminateOnNaN,
)

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "EarlyStopping",
    "Figures",
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
