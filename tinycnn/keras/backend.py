"""Keras's `backend`: what scripts ask of it. Arrays are NumPy's, channels last."""

from typing import TYPE_CHECKING, Any

from tinycnn.keras import arrays
from tinycnn.keras.names import other_names

CHANNELS_FIRST = (
    "arrays are always (N, rows, columns, channels), channels last; "
    "np.moveaxis(x, 1, -1) turns them"
)


def backend() -> str:
    """Return "numpy"."""
    return "numpy"


def image_data_format() -> str:
    """Return "channels_last": arrays are (N, rows, columns, channels)."""
    return "channels_last"


def set_image_data_format(data_format: str) -> None:
    """Accept "channels_last".

    Raises
    ------
    ValueError
        For "channels_first".
    """
    if data_format != "channels_last":
        raise ValueError(
            f"data_format should be 'channels_last', got {data_format!r}: "
            f"{CHANNELS_FIRST}"
        )


def image_dim_ordering() -> str:
    """Return "tf", Keras 1's name of "channels_last"."""
    return "tf"


def set_image_dim_ordering(dim_ordering: str) -> None:
    """Accept "tf".

    Raises
    ------
    ValueError
        For "th".
    """
    if dim_ordering != "tf":
        raise ValueError(
            f"dim_ordering should be 'tf', got {dim_ordering!r}: {CHANNELS_FIRST}"
        )


def set_learning_phase(value: int) -> None:
    """Accept 0: outside `fit` layers work as for answers.

    Raises
    ------
    ValueError
        For 1; ``model(x, training=True)`` runs layers as in training.
    """
    if value:
        raise ValueError(
            "learning_phase should be 0, got 1: fit runs the layers as in training by "
            "itself, and so does model(x, training=True)"
        )


def clear_session() -> None:
    """Do nothing: models share no state, and one that is not named is freed."""


def epsilon() -> float:
    """Return 1e-7, the small number of Keras's denominators."""
    return 1e-7


def floatx() -> str:
    """Return "float32", the dtype of networks."""
    return "float32"


def set_floatx(dtype: str) -> None:
    """Accept "float32".

    Raises
    ------
    ValueError
        For another dtype.
    """
    if dtype != "float32":
        raise ValueError(f"dtype should be 'float32', got {dtype!r}")


def cast_to_floatx(x: Any) -> Any:
    """Return x as float32."""
    return arrays.cast(x, "float32")


def set_value(x: Any, value: Any) -> None:
    """Set `optimizer.lr`, the one variable that scripts set in this way.

    Raises
    ------
    TypeError
        For anything else, which is an array or a number here.
    """
    if not isinstance(x, arrays.Rate):
        raise TypeError(
            "K.set_value takes model.optimizer.lr; write model.optimizer.learning_rate "
            f"= value, or array[...] = value, got {type(x).__name__}"
        )
    x.assign(value)


def get_value(x: Any) -> Any:
    """Return x: arrays and numbers have their values."""
    return x


def argmax(x: Any, axis: int = -1) -> Any:
    """Return the index of the largest number, by default along the last axis."""
    return arrays.argmax(x, axis)


def argmin(x: Any, axis: int = -1) -> Any:
    """Return the index of the smallest number, by default along the last axis."""
    return arrays.argmin(x, axis)


if not TYPE_CHECKING:
    __getattr__ = other_names(__name__)
