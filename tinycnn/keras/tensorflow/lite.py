"""tf.lite: what scripts convert a model with, and read it back with.

The bytes are a model file of tinycnn's own, and its model answers.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from tinycnn.keras.words import say_once
from tinycnn.models import load_model


class TFLiteConverter:
    """TensorFlow Lite's converter: its bytes are a model file of tinycnn's.

    What was learnt is not lost in a script that keeps a model in no other way.
    """

    def __init__(self, model: Any) -> None:
        self.model = model
        self.target_spec: SimpleNamespace = SimpleNamespace()

    @classmethod
    def from_keras_model(cls, model: Any) -> "TFLiteConverter":
        """Return the converter of a model."""
        return cls(model)

    @classmethod
    def from_saved_model(cls, filepath: str | Path, **_: Any) -> "TFLiteConverter":
        """Return the converter of the model in a file."""
        return cls(load_model(filepath))

    from_keras_model_file = from_saved_model

    def convert(self) -> bytes:
        """Return the content of a model file, for `load_model`."""
        say_once(
            "TFLiteConverter: the bytes are a model file of tinycnn's, for load_model; "
            "for TensorFlow Lite convert tinycnn.export.to_keras(model) with TensorFlow"
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.safetensors"
            self.model.save(path)
            return path.read_bytes()


class Interpreter:
    """TensorFlow Lite's interpreter, for the bytes of `TFLiteConverter`.

    Parameters
    ----------
    model_path : str or Path, optional
    model_content : bytes, optional
        One of the two: a file that holds the bytes, or the bytes.

    Raises
    ------
    ValueError
        If neither is given.
    ModelFileError
        If it is not a model file of tinycnn's; TensorFlow Lite's are not read.
    """

    INPUT, OUTPUT = 0, 1

    def __init__(
        self,
        model_path: str | Path | None = None,
        model_content: bytes | None = None,
        **_: Any,
    ) -> None:
        if model_path is None and model_content is None:
            raise ValueError("Interpreter should be given model_path or model_content")
        if model_content is None:
            self._model: Any = load_model(str(model_path))
        else:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "model.safetensors"
                path.write_bytes(model_content)
                self._model = load_model(path)
        self._arrays: dict[int, Any] = {}

    def allocate_tensors(self) -> None:
        """Do nothing: arrays are made when they are needed."""

    def _details(self, name: str, index: int, shape: Any) -> list[dict[str, Any]]:
        whole = np.array([1, *shape], np.int32)
        return [
            {
                "name": name,
                "index": index,
                "shape": whole,
                "shape_signature": np.array([-1, *shape], np.int32),
                "dtype": np.float32,
                "quantization": (0.0, 0),
            }
        ]

    def get_input_details(self) -> list[dict[str, Any]]:
        """Return the index and the shape of the input."""
        return self._details("input", self.INPUT, self._model.input_shape)

    def get_output_details(self) -> list[dict[str, Any]]:
        """Return the index and the shape of the output."""
        return self._details("output", self.OUTPUT, self._model.output_shape)

    def resize_tensor_input(self, *_: Any, **__: Any) -> None:
        """Do nothing: a batch may be of any size."""

    def set_tensor(self, tensor_index: int, value: Any) -> None:
        """Take the input."""
        self._arrays[tensor_index] = np.asarray(value)

    def invoke(self) -> None:
        """Compute the output.

        Raises
        ------
        RuntimeError
            If `set_tensor` has not given the input.
        """
        if self.INPUT not in self._arrays:
            raise RuntimeError("invoke needs an input: call set_tensor first")
        answers = self._model.predict(self._arrays[self.INPUT])
        self._arrays[self.OUTPUT] = np.asarray(answers)

    def get_tensor(self, tensor_index: int) -> Any:
        """Return the output."""
        if tensor_index not in self._arrays:
            raise RuntimeError("there is no output yet: call invoke first")
        return self._arrays[tensor_index].copy()

    def tensor(self, tensor_index: int) -> Callable[[], Any]:
        """Return a function that returns the output, or the input to write to."""
        if tensor_index == self.INPUT and tensor_index not in self._arrays:
            shape = (1, *self._model.input_shape)
            self._arrays[tensor_index] = np.zeros(shape, np.float32)
        return lambda: self._arrays[tensor_index]

    def get_signature_list(self) -> dict[str, Any]:
        """Return the names of the model's functions; there is one."""
        return {"serving_default": {"inputs": ["input"], "outputs": ["output"]}}

    def get_signature_runner(self, signature_key: str | None = None) -> "Runner":
        """Return the model as a function of its input, under whatever name."""
        return Runner(self)


class Outputs(dict[str, Any]):
    """The one output of a model, whatever name a script knows it by."""

    def __missing__(self, name: str) -> Any:
        return self["output"]


class Runner:
    """A model as a function: input by a name, output under any name."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def get_input_details(self) -> dict[str, Any]:
        """Return the shape of the input."""
        return {"input": self._interpreter.get_input_details()[0]}

    def get_output_details(self) -> dict[str, Any]:
        """Return the shape of the output."""
        return {"output": self._interpreter.get_output_details()[0]}

    def __call__(self, **inputs: Any) -> Outputs:
        """Return the answers for one input."""
        (x,) = inputs.values()
        self._interpreter.set_tensor(Interpreter.INPUT, x)
        self._interpreter.invoke()
        return Outputs(output=self._interpreter.get_tensor(Interpreter.OUTPUT))
