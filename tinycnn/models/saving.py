"""Where `save` writes, whatever the name: what was learnt is never lost.

A file is always tinycnn's own safe format (see `tinycnn.files`), under the name that is
wanted. What tinycnn did not write is never replaced: NAME.safetensors stands beside it.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from tinycnn.files import ModelFileError
from tinycnn.files.safetensors import read_file, write_file
from tinycnn.keras.words import Words, refuse
from tinycnn.layers import KINDS, Layer
from tinycnn.layers.more.naming import name_layers
from tinycnn.models import model_file
from tinycnn.shapes import Array
from tinycnn.text import display_name, say, warn

Result = TypeVar("Result")
FORMAT = "tinycnn weights"
VERSION = 1
SUFFIX = ".safetensors"
OUR_START = b'{"__metadata__": {"tinycnn":'
HDF5_START = b"\x89HDF\r\n\x1a\n"
# The framework whose files have this ending, and its name for tinycnn.export.
ELSEWHERE = {
    ".keras": ("a Keras", "keras"),
    ".h5": ("a Keras", "keras"),
    ".hdf5": ("a Keras", "keras"),
    ".pt": ("a PyTorch", "torch"),
    ".pth": ("a PyTorch", "torch"),
    ".onnx": ("an ONNX", "onnx"),
}
FROM_KERAS = (
    "to convert it write, in a Python with Keras and tinycnn, model = "
    "tinycnn.export.from_keras({loaded}) and then model.save({saved!r})"
)
FROM_OTHERS = {
    ".onnx": "an ONNX file, and there is no way back from ONNX: read the file that "
    "it was exported from",
    ".pt": "a PyTorch file: to convert it write, in a Python with PyTorch and tinycnn, "
    "model = tinycnn.export.from_torch(network, input_shape), where network is the "
    "torch.nn.Sequential with these weights and input_shape is (H, W, C), and then "
    "model.save({saved!r})",
}
FROM_OTHERS[".pth"] = FROM_OTHERS[".pt"]


_said: set[tuple[str, str]] = set()  # a line that holds for every epoch comes once


def is_ours(path: Path) -> bool:
    """Return whether tinycnn wrote this file; it may be cut off, but is not empty."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            start = file.read(8 + len(OUR_START))
    except OSError:
        return False
    return start[8:] == OUR_START


def free_place(wanted: Path, overwrite: bool = True) -> Path:
    """Return the wanted path, or one beside it if what is there should stay."""
    for place in _places(wanted):
        if not os.path.lexists(place) or (overwrite and is_ours(place)):
            return place
    raise FileExistsError(f"no free name beside {display_name(wanted)}")


def _places(wanted: Path) -> Iterator[Path]:
    """Yield where a file of this name may stand, the first choice first."""
    wanted = wanted if wanted.name else wanted / "model"
    yield wanted
    yield wanted.with_name(wanted.name + SUFFIX)
    for number in range(2, 10_000):
        yield wanted.with_name(f"{wanted.name}-{number}{SUFFIX}")


def write_safely(
    filepath: str | Path,
    write: Callable[[Path], object],
    reader: str,
    overwrite: bool = True,
) -> Path:
    """Write under the name that is wanted, or as near to it as possible.

    Parameters
    ----------
    filepath : str or Path
        The name that is wanted; missing folders are made.
    write : callable
        Writes the file that it is given the path of, or raises OSError.
    reader : str
        What reads the file, for the line that is printed.
    overwrite : bool, default True
        Whether an earlier file of tinycnn's may be replaced.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OSError
        If nothing can be written there, in the working folder or the temporary one.
    """
    wanted = next(_places(Path(filepath)))
    try:
        path = _write(free_place(wanted, overwrite), write)
    except OSError as error:
        path = _write_elsewhere(wanted, write, error)
        warn(
            f"{error.strerror or error}: {display_name(wanted)} could not be written; "
            f"the file is {display_name(path)}"
        )
        return path
    name = display_name(path)
    if path != wanted:
        say(
            f"{display_name(wanted)} already exists and is not replaced: the file is "
            f"{name}, for {reader}"
        )
    elif path.suffix != SUFFIX and (path.suffix, reader) not in _said:
        _said.add((path.suffix, reader))
        how = _export_of(path) if reader == "load_model" else ""
        say(f"{name} is in tinycnn's own safe format, for {reader}{how}")
    return path


def _export_of(path: Path) -> str:
    """Return how the file that the name promises is made, or ""."""
    if path.suffix not in ELSEWHERE:
        return ""
    kind, framework = ELSEWHERE[path.suffix]
    command = f"python -m tinycnn.export {display_name(path)} --to {framework}"
    return f"; for {kind} file: {command}"


def _write(path: Path, write: Callable[[Path], object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path)
    return path


def _write_elsewhere(
    wanted: Path, write: Callable[[Path], object], error: OSError
) -> Path:
    """Write into the working folder, else into the temporary one."""
    import tempfile  # here, as it loads slowly

    name = wanted.name if wanted.suffix == SUFFIX else wanted.name + SUFFIX
    for folder in (Path.cwd(), Path(tempfile.gettempdir())):
        if folder.resolve() == wanted.parent.resolve():
            continue
        try:
            return _write(free_place(folder / name[-100:]), write)
        except OSError:
            continue
    raise error


def read_written(filepath: str | Path, read: Callable[[Path], Result]) -> Result:
    """Return what `read` makes of a file, or of what `save` put beside that name.

    The file is opened once, so what is checked is what is read.

    Raises
    ------
    ModelFileError
        If neither can be read. Of a file of another framework's the message says
        how to convert it.
    """
    wanted = Path(filepath)
    try:
        return read(wanted)
    except ModelFileError as error:
        if path := _beside(wanted):
            say(f"{display_name(wanted)}: reading {display_name(path)}")
            return read(path)
        if kind := keras_kind(wanted, error.start):
            raise ModelFileError(
                f"{display_name(wanted)} is not a tinycnn file but {kind}: "
                + _from_keras(wanted)
            ) from None
        if (advice := FROM_OTHERS.get(wanted.suffix.lower())) and error.start:
            saved = display_name(wanted.with_suffix(SUFFIX))
            raise ModelFileError(
                f"{display_name(wanted)} is not a tinycnn file but "
                + advice.format(saved=saved)
            ) from None
        raise


def _beside(wanted: Path) -> Path | None:
    """Return the file that `save` wrote in the place of this one, if there is one."""
    here = next(_places(wanted)).name
    elsewhere = _places(Path.cwd() / (here + SUFFIX)[-100:])
    for places in (_places(wanted), elsewhere):
        for number, place in enumerate(places):
            if place != wanted and is_ours(place):
                return place
            if number > 1 and not os.path.lexists(place):
                break  # `save` takes the first free number
    return None


def _from_keras(path: Path) -> str:
    """Return the lines that convert a file of Keras's."""
    name = display_name(path)
    loaded = f"keras.models.load_model({name!r})"
    if name.endswith(".weights.h5"):
        loaded = f"keras_model) after keras_model.load_weights({name!r}"
    saved = display_name(path.with_suffix(SUFFIX)) if path.suffix else name + SUFFIX
    return FROM_KERAS.format(loaded=loaded, saved=saved)


def keras_kind(path: Path, start: bytes) -> str | None:
    """Return what a file of Keras's is, from how it begins; None for others."""
    if path.is_dir():
        return "a SavedModel folder" if (path / "saved_model.pb").is_file() else None
    if start == HDF5_START:
        return "a Keras HDF5 file"
    if start.startswith(b"PK") and path.suffix == ".keras":
        return "a .keras file"
    return None


def write_weights(model: Any, path: Path) -> None:
    """Write a model's arrays alone, in their order."""
    names = [type(layer).__name__ for layer in model.layers]
    config = {"format": FORMAT, "version": VERSION, "layers": names}
    write_file(path, model.arrays, config)


def read_weights(model: Any, filepath: str | Path) -> None:
    """Give a model the arrays of a file of weights, or of a whole model.

    Raises
    ------
    ModelFileError
        If the file is not usable, or its arrays do not fit the model.
    """
    path = Path(filepath)
    config, arrays = read_written(path, read_file)
    kind = config.get("format") if isinstance(config, dict) else None
    if kind not in (FORMAT, model_file.FORMAT):
        raise ModelFileError(f"{display_name(path)} holds no weights of a model")
    if model.output_shape is None:
        raise ModelFileError(
            "the model has no shape yet, so no weights fit it: give its first layer "
            "input_shape"
        )
    for name, array in arrays.items():
        model_file.refuse_infinite(path, name, array)
    try:
        model.set_weights(list(arrays.values()))
    except ValueError as error:
        raise ModelFileError(f"{display_name(path)}: {error}") from None


def save_model(model: Any, filepath: str | Path, *args: Any, **keywords: Any) -> None:
    """Call ``model.save(filepath, ...)``: the function that Keras has for it."""
    model.save(filepath, *args, **keywords)


class Saved:
    """What `Sequential` can do to be kept: as a file, as weights, as JSON."""

    layers: list[Layer]
    arrays: dict[str, Array]

    def export(self, filepath: str | Path, *_: object, **__: object) -> None:
        """Write the model, as `save`: Keras's word for a file that only answers."""
        self.save(filepath, include_optimizer=False)

    def save(
        self,
        filepath: str | Path,
        overwrite: bool = True,
        include_optimizer: bool = True,
        save_format: str | None = None,
        **others: object,
    ) -> None:
        """Write the model into one file: layers, weights, classes, preprocessing.

        Parameters
        ----------
        filepath : str or Path
            Any name; the format is tinycnn's own, ``.safetensors``, and a line says so
            if the name ends otherwise. A missing folder is made. A file there that
            tinycnn wrote is replaced when the new one is complete; another file (an
            empty one, too) or a folder stays, and ``NAME.safetensors`` is written
            beside it, where `load_model` finds it by the same name. The
            optimiser's state (Adam's m and v) is not kept.
        overwrite : bool, default True
            If False an earlier model stays as well.
        include_optimizer : bool, default True
            If False the loaded model is to be compiled again.
        save_format : str, optional
            Keras's word for the format; it changes nothing here.

        Raises
        ------
        ValueError
            If the model is not built.
        OSError
            If the file cannot be written, here or in the working folder.

        Notes
        -----
        If a layer is not the library's own, the file holds the weights alone, and a
        warning says so: `load_weights` reads them.
        """
        if unknown := model_file.unknown_layers(self.layers):
            warn(
                f"a model file may only name the library's own layers, not layer "
                f"{', '.join(unknown)}: {display_name(filepath)} holds the weights "
                "alone; make the same layers again and call model.load_weights"
            )
            self.save_weights(filepath, overwrite)
            return
        config = model_file.model_config(self)
        if not include_optimizer:
            config["compiled"] = None
        write_safely(
            filepath,
            lambda path: write_file(path, self.arrays, config),
            "load_model",
            overwrite,
        )
        self._warn_of_words("save", others)

    def save_weights(
        self,
        filepath: str | Path,
        overwrite: bool = True,
        save_format: str | None = None,
        **others: object,
    ) -> None:
        """Write the weights alone, for `load_weights`; see `save` on the name.

        Raises
        ------
        ValueError
            If the model is not built.
        OSError
            If the file cannot be written.
        """
        if not self.layers or self.layers[-1].output_shape is None:
            raise ValueError("the model has no shape yet: give input_shape, or fit it")
        write_safely(
            filepath,
            lambda path: write_weights(self, path),
            "model.load_weights",
            overwrite,
        )
        self._warn_of_words("save_weights", others)

    @staticmethod
    def _warn_of_words(method: str, words: dict[str, object]) -> None:
        """Warn of arguments that ask for something; what was learnt is saved first."""
        for word, value in words.items():
            if value is not None:
                warn(f"{method} has no argument {word!r}: it changed nothing")

    def load_weights(
        self, filepath: str | Path, by_name: bool = False, **unsupported: object
    ) -> None:
        """Take over the weights of a file from `save_weights` or `save`.

        Parameters
        ----------
        filepath : str or Path
        by_name : bool, default False
            Should be False: weights go by their order.

        Raises
        ------
        ModelFileError
            If the file is missing, damaged, Keras's own, or does not fit the layers.
        """
        if by_name:
            raise ValueError(
                "by_name=True is not here: weights go by their order; for some of the "
                "layers call layer.set_weights(other.layers[0].get_weights())"
            )
        refuse(Saved.load_weights, unsupported, Words())
        read_weights(self, filepath)

    def get_config(self) -> dict[str, Any]:
        """Return the layers with their arguments as plain data, without weights.

        Raises
        ------
        ValueError
            If a layer is not the library's own.
        """
        return model_file.layers_config(self)

    @classmethod
    def from_config(
        cls, config: Any, custom_objects: dict[str, object] | None = None
    ) -> Any:
        """Return a model with the layers of `get_config`; its weights are new.

        Raises
        ------
        ValueError
            If the layers are not the library's own or do not follow one another.
        """
        try:
            shape, layers = model_file.layers_of(
                config["input_shape"], config["layers"]
            )
            kind: Any = cls
            model = kind(layers, seed=config["seed"])
            names = model_file.names_of(config.get("names", {}), layers)
            name_layers(model.layers, names, KINDS)
        except (TypeError, KeyError, OverflowError) as error:
            reason = f"no {error}" if isinstance(error, KeyError) else str(error)
            raise ValueError(f"this is not get_config of a model: {reason}") from None
        if shape is not None:
            model.build(shape)
        return model

    def to_json(self, **keywords: Any) -> str:
        """Return `get_config` as JSON, for `models.model_from_json`.

        Parameters
        ----------
        **keywords
            Of ``json.dumps``, such as ``indent=2``.
        """
        entry = {"class_name": "Sequential", "config": model_file.layers_config(self)}
        return json.dumps({"tinycnn": model_file.VERSION, **entry}, **keywords)
