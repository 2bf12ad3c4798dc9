"""Who takes part: tinycnn, and whichever of Keras and PyTorch are installed."""

import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Contender:
    """One library in one setting; each runs in processes of its own.

    `peer` is its file in peers/, `needs` are the packages without which it is left
    out, `reads_folders` says whether it brings a reader of photo folders. `jobs` are
    the keys of those that it takes part in, all if there are none; `steps` is how many
    steps of training it is given at most, where one takes seconds.
    """

    name: str
    peer: str
    needs: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    reads_folders: bool = True
    imports: str = ""
    jobs: tuple[str, ...] = ()
    steps: int | None = None

    @property
    def is_installed(self):
        return all(find_spec(package) for package in self.needs)

    @property
    def is_ours(self):
        return self.peer == "tinycnn_peer"

    def variables(self):
        """The environment of its processes: this one's, without a graphics card."""
        path = os.pathsep.join(
            filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")])
        )
        return {
            **os.environ,
            "PYTHONPATH": path,
            "PYTHONUTF8": "1",
            "CUDA_VISIBLE_DEVICES": "-1",
            **self.environment,
        }


def keras_on(name, package, reads_folders=False, **environment):
    return Contender(
        f"Keras on {name}",
        "keras_peer",
        ("keras", package),
        {"KERAS_BACKEND": package, **environment},
        reads_folders,
        "from keras.layers import Conv2D; from keras.models import Sequential",
    )


OUR_IMPORTS = "from tinycnn.layers import Conv2D; from tinycnn.models import Sequential"
TINYCNN = Contender("tinycnn", "tinycnn_peer", (), imports=OUR_IMPORTS)
# As the commands start it: the BLAS's threads are never created. In the other row they
# exist, and are set to one during a step.
EARLY = Contender(
    "tinycnn, one BLAS thread",
    "tinycnn_peer",
    (),
    {"OPENBLAS_NUM_THREADS": "1", "TINYCNN_NUM_THREADS": str(os.cpu_count() or 1)},
    imports=OUR_IMPORTS,
)
TENSORFLOW = keras_on("TensorFlow", "tensorflow", True, TF_CPP_MIN_LOG_LEVEL="3")
PYTORCH = Contender(
    "PyTorch", "torch_peer", ("torch",), {}, False, "import torch; from torch import nn"
)
CONTENDERS = [
    TINYCNN,
    EARLY,
    TENSORFLOW,
    PYTORCH,
    keras_on("PyTorch", "torch"),
    keras_on("JAX", "jax", JAX_PLATFORMS="cpu"),
    Contender(
        "DeZero",
        "dezero_peer",
        ("dezero",),
        reads_folders=False,
        jobs=("tutorial step", "mnist step", "cifar step", "predict one"),
        steps=2,
    ),
    Contender(
        "numpy-ml",
        "numpy_ml_peer",
        ("numpy_ml",),
        reads_folders=False,
        jobs=("tutorial step",),
        steps=1,
    ),
]
