"""Export: the same network in Keras, PyTorch or ONNX, and back.

``to_keras``, ``to_torch`` and ``to_onnx`` return a model in another framework;
``from_keras`` and ``from_torch`` bring one here. Each compares the answers of both for
random photos first. The frameworks load when they are first used.
"""

from tinycnn.export.keras_model import to_keras
from tinycnn.export.keras_reader import from_keras
from tinycnn.export.onnx_file import to_onnx
from tinycnn.export.proof import ExportError, NotEqualError
from tinycnn.export.torch_network import from_torch, to_torch

__all__ = [
    "ExportError", "NotEqualError", "from_keras", "from_torch", "to_keras", "to_onnx",
    "to_torch",
]  # fmt: skip
