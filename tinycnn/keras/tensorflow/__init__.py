"""What scripts write with `tf.` before it, beside `tf.keras`: seeds, devices, math."""

import logging as levels
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from tinycnn.batches import Pipeline
from tinycnn.keras import activations
from tinycnn.keras.arrays import FUNCTIONS, as_ready
from tinycnn.keras.tensorflow.image import FUNCTIONS as ON_PHOTOS
from tinycnn.keras.tensorflow.image import read_file
from tinycnn.keras.tensorflow.lite import Interpreter, TFLiteConverter
from tinycnn.keras.words import say_once
from tinycnn.models import load_model
from tinycnn.optimizers import SGD, Adam
from tinycnn.randomness import set_default_seed


class Namespace(SimpleNamespace):
    """A part of TensorFlow's names; the others are refused by name."""

    def __init__(self, tf_name: str, **names: Any) -> None:
        super().__init__(**names)
        self._name = tf_name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(
            f"tinycnn has no tf.{self._name}.{name}: it computes with NumPy arrays on "
            "the processor"
        )


def set_seed(seed: int) -> None:
    """Let models made from here on take this seed, unless they are given one."""
    set_default_seed(seed)


def list_physical_devices(device_type: str | None = None) -> list[str]:
    """Return the processor, and no GPU."""
    return [] if device_type not in (None, "CPU") else ["CPU"]


def set_memory_growth(device: Any, enable: bool) -> None:
    """Do nothing: there is no GPU whose memory could grow."""


def is_gpu_available(*args: Any, **keywords: Any) -> bool:
    """Return False: tinycnn computes on the processor."""
    return False


def gpu_device_name() -> str:
    """Return "": there is no GPU."""
    return ""


def get_logger() -> levels.Logger:
    """Return tinycnn's logger."""
    return levels.getLogger("tinycnn")


def _nothing(*args: Any, **keywords: Any) -> None:
    """Set a switch that nothing here reads."""


AUTOTUNE = -1
_devices: dict[str, Any] = {
    "list_physical_devices": list_physical_devices,
    "list_logical_devices": list_physical_devices,
    "set_memory_growth": set_memory_growth,
}
# Which devices, threads and graphs compute: nothing here reads it.
_devices |= dict.fromkeys(
    (
        "LogicalDeviceConfiguration VirtualDeviceConfiguration "
        "enable_op_determinism enable_tensor_float_32_execution "
        "run_functions_eagerly set_logical_device_configuration "
        "set_soft_device_placement set_virtual_device_configuration "
        "set_visible_devices"
    ).split(),
    _nothing,
)
_threads = dict.fromkeys(
    ("set_inter_op_parallelism_threads", "set_intra_op_parallelism_threads"), _nothing
)
config: Namespace = Namespace(
    "config",
    experimental=Namespace("config.experimental", **_devices),
    experimental_run_functions_eagerly=_nothing,
    optimizer=Namespace("config.optimizer", set_jit=_nothing),
    threading=Namespace("config.threading", **_threads),
    **_devices,
)
autograph: Namespace = Namespace("autograph", set_verbosity=_nothing)
debugging: Namespace = Namespace("debugging", set_log_device_placement=_nothing)
test: Namespace = Namespace(
    "test",
    gpu_device_name=gpu_device_name,
    is_built_with_cuda=is_gpu_available,
    is_built_with_gpu_support=is_gpu_available,
    is_gpu_available=is_gpu_available,
)
random: Namespace = Namespace("random", set_seed=set_seed, set_random_seed=set_seed)
data: Namespace = Namespace(
    "data",
    AUTOTUNE=AUTOTUNE,
    Dataset=Pipeline,
    INFINITE_CARDINALITY=-1,
    UNKNOWN_CARDINALITY=-2,
    experimental=Namespace(
        "data.experimental",
        AUTOTUNE=AUTOTUNE,
        cardinality=lambda dataset: dataset.cardinality(),
    ),
)
image: Namespace = Namespace(
    "image",
    ResizeMethod=SimpleNamespace(BILINEAR="bilinear", NEAREST_NEIGHBOR="nearest"),
    **ON_PHOTOS,
)
io: Namespace = Namespace(
    "io",
    read_file=read_file,
    **{name: ON_PHOTOS[name] for name in ON_PHOTOS if name.startswith("decode_")},
)
VERSION = sys.modules["tinycnn"].__version__
version: Namespace = Namespace("version", VERSION=VERSION, GIT_VERSION=VERSION)
_levels = {
    name: getattr(levels, name) for name in ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")
}
logging: Namespace = Namespace("logging", set_verbosity=_nothing, **_levels)
math: Namespace = Namespace("math", **FUNCTIONS)
# Keras 3's ops have NumPy's names and its argmax, over all numbers.
_of_numpy = ("argmax", "argmin", "append", "split", "moveaxis", "flip", "unique")
ops: Namespace = Namespace(
    "ops",
    **{
        **FUNCTIONS,
        **activations.FUNCTIONS,
        **{name: as_ready(getattr(np, name)) for name in _of_numpy},
    },
    convert_to_numpy=np.asarray,
)


def _once(old: str, today: str) -> None:
    say_once(f"tf.train.{old} is optimizers.{today} today")


def AdamOptimizer(
    learning_rate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    use_locking: bool = False,
    name: str = "Adam",
) -> Adam:
    """Return Adam, with the smaller epsilon that is the default in TensorFlow 1."""
    _once("AdamOptimizer", "Adam(learning_rate, beta_1, beta_2, epsilon=1e-08)")
    return Adam(learning_rate, beta1, beta2, epsilon)


def GradientDescentOptimizer(
    learning_rate: float, use_locking: bool = False, name: str = "GradientDescent"
) -> SGD:
    """Return SGD without momentum."""
    _once("GradientDescentOptimizer", "SGD(learning_rate)")
    return SGD(learning_rate)


def MomentumOptimizer(
    learning_rate: float,
    momentum: float,
    use_locking: bool = False,
    name: str = "Momentum",
    use_nesterov: bool = False,
) -> SGD:
    """Return SGD with momentum: the same numbers at a constant learning rate."""
    _once("MomentumOptimizer", "SGD(learning_rate, momentum, nesterov)")
    return SGD(learning_rate, momentum, use_nesterov)


def _save(obj: Any, export_dir: str | Path, *_: Any, **__: Any) -> None:
    """Write a model, as its own `save`."""
    obj.save(export_dir)


saved_model: Namespace = Namespace("saved_model", save=_save, load=load_model)
lite: Namespace = Namespace(
    "lite",
    Interpreter=Interpreter,
    TFLiteConverter=TFLiteConverter,
    OpsSet=SimpleNamespace(
        TFLITE_BUILTINS="", TFLITE_BUILTINS_INT8="", SELECT_TF_OPS=""
    ),
    Optimize=SimpleNamespace(DEFAULT="", OPTIMIZE_FOR_SIZE="", OPTIMIZE_FOR_LATENCY=""),
)
device_lib: Namespace = Namespace(
    "python.client.device_lib", list_local_devices=list_physical_devices
)


class Settings:
    """Settings of sessions, graphs and graphics cards: nothing here reads them.

    It takes every attribute and every call, and is a context for ``with``.
    """

    def __init__(self, *_: Any, **__: Any) -> None:
        say_once(
            "tinycnn computes on the processor, without sessions, graphs or graphics "
            "cards: their settings change nothing"
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        setattr(self, name, Settings())
        return vars(self)[name]

    def __call__(self, *_: Any, **__: Any) -> "Settings":
        """Return settings, of which nothing is read either."""
        return Settings()

    def __enter__(self) -> "Settings":
        return self

    def __exit__(self, *_: object) -> None:
        """End the context: there is nothing to close."""


class Session(Settings):
    """A session of TensorFlow 1, which has nothing to run here."""

    def run(self, fetches: Any, *_: Any, **__: Any) -> None:
        """Run settings, such as the initialiser of variables: nothing happens.

        Raises
        ------
        RuntimeError
            For anything else: arrays are computed at once.
        """
        if not isinstance(fetches, Settings):
            raise RuntimeError(
                "tinycnn computes at once, without sessions: model.predict(x) and "
                "model.evaluate(x, y) return numbers"
            )


class Strategy(Settings):
    """A strategy for several devices; there is one, the processor."""

    num_replicas_in_sync = 1


def function(func: Any = None, **_: Any) -> Any:
    """Return the function itself: it is computed at once."""
    return (lambda of_script: of_script) if func is None else func


def set_global_policy(policy: Any) -> None:
    """Accept a policy of numbers; networks are float32 with every one."""
    if getattr(policy, "name", policy) != "float32":
        say_once(f"mixed_precision: networks are float32, also with {policy!r}")


def executing_eagerly() -> bool:
    """Return True: arrays are computed at once."""
    return True


def switch(*_: Any, **__: Any) -> None:
    """Switch TensorFlow 1 or 2 on or off: nothing here reads it."""


def no_tpu(*_: Any, **__: Any) -> None:
    """Raise ValueError, as TensorFlow does where there is no TPU."""
    raise ValueError("there is no TPU: tinycnn computes on the processor")


distribute: Namespace = Namespace(
    "distribute",
    cluster_resolver=Namespace("cluster_resolver", TPUClusterResolver=no_tpu),
    get_strategy=Strategy,
    **{
        name: Strategy
        for name in (
            "CentralStorageStrategy",
            "MirroredStrategy",
            "MultiWorkerMirroredStrategy",
            "OneDeviceStrategy",
            "TPUStrategy",
        )
    },
)
mixed_precision: Namespace = Namespace(
    "mixed_precision",
    Policy=lambda name: SimpleNamespace(name=name),
    set_global_policy=set_global_policy,
    set_policy=set_global_policy,
)
