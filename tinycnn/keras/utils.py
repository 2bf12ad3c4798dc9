"""Keras's `utils`: one-hot labels, photos, seeds."""

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from tinycnn.keras.names import found, other_names, starred
from tinycnn.preprocessing.photos import array_to_img, img_to_array, load_img
from tinycnn.randomness import set_default_seed
from tinycnn.text import display_name

__all__ = [
    "array_to_img",
    "get_file",
    "img_to_array",
    "load_img",
    "normalize",
    "plot_model",
    "save_img",
    "set_random_seed",
    "to_categorical",
]


def to_categorical(
    y: ArrayLike, num_classes: int | None = None, dtype: DTypeLike = "float32"
) -> NDArray[Any]:
    """Return class numbers as one-hot rows.

    Parameters
    ----------
    y : array-like of int, of shape (N,) or (N, 1)
    num_classes : int, optional
        By default the largest number and one.
    dtype : dtype, default float32

    Returns
    -------
    ndarray of shape (N, num_classes)

    Raises
    ------
    ValueError
        If a number is not from 0 to below num_classes.

    Examples
    --------
    >>> to_categorical([0, 2, 1]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    given = np.asarray(y)
    if given.dtype.kind not in "iufb" or (given != np.floor(given)).any():
        raise ValueError(
            "to_categorical should be given class numbers 0, 1, 2, ..., got "
            f"{given.ravel()[:3].tolist()}...; np.unique(y, return_inverse=True) "
            "numbers the classes"
        )
    labels = given.astype(np.intp)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    classes = num_classes or (int(labels.max()) + 1 if labels.size else 0)
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"class numbers should be from 0 to {classes - 1} for "
            f"num_classes={classes}, got {labels.min()} to {labels.max()}"
        )
    return np.eye(classes, dtype=dtype)[labels]


def normalize(x: ArrayLike, axis: int = -1, order: int = 2) -> NDArray[Any]:
    """Return x divided by its norm along an axis; what is all zeros stays.

    Examples
    --------
    >>> normalize([[3.0, 4.0]]).tolist()
    [[0.6, 0.8]]
    """
    x = np.asarray(x)
    norm = np.atleast_1d(np.linalg.norm(x, order, axis))
    norm[norm == 0] = 1
    return x / np.expand_dims(norm, axis)


def save_img(
    path: str | Path,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
) -> None:
    """Write an array (H, W, C) as a photo; the name's ending is the format.

    Raises
    ------
    ValueError
        If data_format is "channels_first", or x is not a photo.
    """
    if data_format not in (None, "channels_last"):
        raise ValueError("save_img takes arrays (rows, columns, channels) only")
    array_to_img(x, scale=scale).save(path, format=file_format)


def plot_model(
    model: Any,
    to_file: str | Path = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    **others: object,
) -> None:
    """Write a picture of the layers: one box for each, the first one on top.

    Parameters
    ----------
    model : Sequential
    to_file : str or Path, default "model.png"
        Another ending than .png, such as .pdf or .svg, is a picture of that kind.
    show_shapes, show_layer_names, show_trainable : bool
        What stands in a box beside the layer's kind.
    show_dtype, rankdir, expand_nested, dpi, show_layer_activations
        Keras's words, without effect: an activation has a box of its own.

    Raises
    ------
    ValueError
        If the model has no layers.
    """
    draw = found("tinycnn.figures.diagram:network_diagram")
    figure = draw(model, show_shapes, show_layer_names, show_trainable)
    path = Path(to_file)
    if path.suffix.lower() in ("", ".png"):
        found("tinycnn.figures:save_figure")(figure, path)
    else:
        figure.savefig(path, bbox_inches="tight")


def get_file(
    fname: str | Path | None = None,
    origin: str | None = None,
    untar: bool = False,
    *args: object,
    cache_subdir: str | Path = "datasets",
    extract: bool = False,
    cache_dir: str | Path | None = None,
    **others: object,
) -> str:
    """Return where a file, or the folder in an archive, is in the cache.

    Nothing is downloaded here: what a script names has no known checksum.

    Parameters
    ----------
    fname : str, optional
        The name in the cache; by default the last part of `origin`.
    origin : str, optional
        Where the file is on the network.
    untar, extract : bool, default False
        Return the folder of that name, if it is there.
    cache_subdir, cache_dir : str, optional
        Where to look; by default ``datasets`` in the folder that the environment
        variable TINYCNN_HOME names (by default ``~/.tinycnn``), then in ``~/.keras``.

    Raises
    ------
    FileNotFoundError
        If it is not there, with the place to put it.
    """
    name = str(fname or str(origin or "").rstrip("/").rpartition("/")[2])
    if not name:
        raise ValueError("get_file should be given the name of a file, or its origin")
    homes = [Path(cache_dir)] if cache_dir else []
    tinycnn_home = Path(os.environ.get("TINYCNN_HOME") or Path.home() / ".tinycnn")
    homes += [tinycnn_home, Path.home() / ".keras"]
    stem = name
    for ending in (".tar.gz", ".tgz", ".tar.bz2", ".zip", ".tar"):
        stem = stem.removesuffix(ending)
    for home in homes:
        folder = home / cache_subdir
        if (untar or extract) and (folder / f"{stem}_extracted").is_dir():
            return str(folder / f"{stem}_extracted")  # as Keras 3 unpacks
        if (untar or extract) and (folder / stem).is_dir():
            return str(folder / (stem if untar else name))
        if (folder / name).exists():
            return str(folder / name)
    kind = "unpack it as" if untar or extract else "put it at"
    wanted = homes[0] / cache_subdir / (stem if untar or extract else name)
    raise FileNotFoundError(
        f"get_file: {name} is not in the cache: download {origin or 'it'} and {kind} "
        f"{display_name(wanted)}, or give the folder's own path to "
        "image_dataset_from_directory or flow_from_directory"
    )


def set_random_seed(seed: int) -> None:
    """Seed Python's random and NumPy, and let models made from here on take the seed.

    A model's first weights, the order of its photos and its Dropout are functions of
    its own seed: ``Sequential(seed=...)`` says the same for one model.
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - as in Keras, for scripts that use it
    set_default_seed(seed)


def disable_interactive_logging() -> None:
    """Do nothing: `verbose` of each call decides what is printed."""


def enable_interactive_logging() -> None:
    """Do nothing: `verbose` of each call decides what is printed."""


if not TYPE_CHECKING:
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
