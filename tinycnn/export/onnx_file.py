"""A model as an ONNX file: its graph, its classes, and how its photos are prepared."""

import json
from pathlib import Path
from typing import Any

import numpy as np

import tinycnn
from tinycnn.export.onnx_graph import OPSET, graph_of
from tinycnn.export.proof import (
    Answer,
    ExportError,
    built,
    framework,
    prove,
)
from tinycnn.export.wire import field, fields
from tinycnn.files.sealed import LENGTH, check_place, seal, write
from tinycnn.files.settings import kept_settings
from tinycnn.models import Sequential
from tinycnn.models.network import Network
from tinycnn.models.step import gives_logits
from tinycnn.shapes import Array
from tinycnn.text import say, size_of

IR_VERSION = 8  # of ONNX 1.10, which brought operator set 15
MAX_BYTES = 2**31 - 1  # of a protocol buffer
NOT_COMPARED = "not compared: ONNX Runtime is not installed (pip install onnxruntime)"


def to_onnx(
    model: Any,
    filepath: str | Path | None = None,
    include_rescale: bool = False,
    photos: Array | None = None,
) -> bytes:
    """Return a model as an ONNX file, and write it if a path is given.

    If ONNX Runtime is installed, it answers random photos before anything is written,
    and a line gives the largest difference; without it a line says so.

    Parameters
    ----------
    model : Sequential
    filepath : str or Path, optional
        What is there is replaced only if `to_onnx` wrote it.
    include_rescale : bool, default False
        Whether the rescaling of photos, such as 1/255, becomes part of the graph, so
        that it takes photos of 0..255.
    photos : ndarray of shape (N, H, W, C), optional
        Photos to compare the answers for, besides the random ones.

    Returns
    -------
    bytes
        The graph takes ``photos``, float32 of shape (N, H, W, C) as in tinycnn, and
        returns ``answers``. Its metadata has ``classes``, ``preprocessing``,
        ``threshold`` and ``answers`` ("probabilities" or "logits") as JSON.

    Raises
    ------
    ExportError
        If a layer has no counterpart.
    NotEqualError
        If the answers differ.
    PlaceError
        If the file cannot be written.
    """
    network = built(model, include_rescale)
    if filepath is not None:
        check_place(Path(filepath))
    content = _model_proto(network, _metadata(model, include_rescale))
    try:
        runtime = framework("onnxruntime", "ONNX Runtime", "onnxruntime")
    except ExportError:
        say(NOT_COMPARED)
    else:

        def convert(part: Network) -> Answer:
            whole = content if part is network else _model_proto(part, {})
            return _answer(runtime, whole)

        say(str(prove(network, convert, "ONNX Runtime", photos)))
    if filepath is not None:
        write(Path(filepath), content)
    return content


def _model_proto(network: Network, metadata: dict[str, str]) -> bytes:
    """Return the file, which is one ModelProto; its last entry is the seal."""
    count = sum(array.nbytes for array in network.weights)
    if count > MAX_BYTES:
        raise ExportError(
            f"the weights are {size_of(count)}, and an ONNX file may hold "
            f"{size_of(MAX_BYTES)}"
        )
    content = (
        field(1, IR_VERSION)
        + field(2, "tinycnn")
        + field(3, tinycnn.__version__)
        + field(7, graph_of(network))
        + field(8, field(2, OPSET))
        + fields(14, (field(1, key) + field(2, metadata[key]) for key in metadata))
    )
    entry = field(1, "seal") + field(2, bytes(LENGTH))
    content += field(14, entry)[:-LENGTH]
    return content + seal(content)


def _metadata(model: Any, include_rescale: bool) -> dict[str, str]:
    """Return what a program needs to know besides the graph, as JSON."""
    kept = kept_settings(model) if isinstance(model, Sequential) else {}
    config = kept.get("preprocessing")
    if config and include_rescale:
        config = {**config, "rescale": None}
    return {
        "classes": json.dumps(kept.get("classes")),
        "preprocessing": json.dumps(config),
        "threshold": json.dumps(kept.get("threshold")),
        "answers": json.dumps(answers_are(model)),
        "layout": json.dumps("NHWC"),
    }


def answers_are(model: Any) -> str:
    """Return "logits" if the model's loss expects no sigmoid or softmax at its end."""
    loss = getattr(model, "loss", None)
    is_logits = loss is not None and gives_logits(model, loss)
    return "logits" if is_logits else "probabilities"


def _answer(runtime: Any, content: bytes) -> Answer:
    """Return the function that ONNX Runtime makes of a file."""
    try:
        session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors are of many types
        reason = " ".join(str(error).split())
        raise ExportError(f"ONNX Runtime cannot run the graph: {reason:.300}") from None

    def answer(x: Array) -> Array:
        (answers,) = session.run(None, {"photos": x.astype(np.float32)})
        return np.asarray(answers)

    return answer
