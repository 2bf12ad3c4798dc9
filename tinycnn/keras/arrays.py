"""Arrays as scripts for TensorFlow use them: `tf.expand_dims`, `K.mean`, `.numpy()`.

What TensorFlow and Keras's backend compute with tensors, NumPy computes with arrays.
The functions here have the names and the order of arguments of `tf`, `tf.math` and
`keras.backend`; each is a line of NumPy, and returns a `ReadyArray`.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

Axis = int | Sequence[int] | None


class ReadyArray(np.ndarray[Any, Any]):
    """An array with what scripts expect of an answer.

    It has TensorFlow's method `numpy`, and if it is a single number, of whatever shape,
    `float` and `int` return it, as with the NumPy of older scripts.

    Examples
    --------
    >>> answer = np.array([[0.75]]).view(ReadyArray)
    >>> float(answer), int(answer > 0.5)
    (0.75, 1)
    """

    def numpy(self) -> Any:
        """Return the plain array, or the number."""
        return np.asarray(self)[()]

    def __array_wrap__(
        self, array: Any, context: Any = None, return_scalar: bool = False
    ) -> Any:
        """Return a number where NumPy does, as for ``np.max``: it can be rounded."""
        if return_scalar:
            return np.asarray(array)[()]
        return super().__array_wrap__(array, context, return_scalar)

    def _number(self) -> Any:
        if self.size != 1:
            raise TypeError(
                f"float and int take a single number, got an array {self.shape}: "
                "choose one of its numbers, as in answer[0, 1]"
            )
        return np.asarray(self).item()

    def __float__(self) -> float:
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def __repr__(self) -> str:
        return repr(np.asarray(self))

    def __reduce__(self) -> Any:
        """Be written by pickle as a plain array."""
        return np.asarray(self).__reduce__()


class BatchArray(ReadyArray):
    """Photos or labels of a batch, each of which has the method `numpy`, too.

    Examples
    --------
    >>> labels = np.array([2, 0]).view(BatchArray)
    >>> labels[0].numpy(), ["ant", "bee", "cat"][labels[0]]
    (np.int64(2), 'cat')
    """

    def __getitem__(self, key: Any) -> Any:
        return np.asarray(super().__getitem__(key)).view(BatchArray)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(np.asarray(self)[()])

    def __round__(self, digits: int | None = None) -> Any:
        return round(np.asarray(self).item(), digits)


class LossAndGradient(tuple[float, Any]):
    """(loss, gradient), as a loss returns them; as one number, Keras's loss.

    Parameters
    ----------
    loss, gradient : float, ndarray
    as_keras : callable
        Returns the loss of the same arrays as Keras reads them: probabilities, unless
        the loss is one ``from_logits``.
    """

    as_keras: Callable[[], float]

    def __new__(cls, loss: float, gradient: Any, as_keras: Any) -> "LossAndGradient":
        """Return the pair."""
        pair = super().__new__(cls, (loss, gradient))
        pair.as_keras = as_keras
        return pair

    def numpy(self) -> float:
        """Return Keras's loss."""
        return self.as_keras()

    __float__ = numpy


class Rate(float):
    """`optimizer.learning_rate`: a number that `assign` and `K.set_value` can change.

    In a formula it is a plain float, which leaves an array of float32 one of float32.

    Parameters
    ----------
    optimizer : Optimizer
    value : float
        The rate that the optimiser has now.
    """

    def __new__(cls, optimizer: Any, value: float) -> "Rate":
        """Return the number."""
        rate = super().__new__(cls, value)
        rate.optimizer = optimizer
        return rate

    optimizer: Any

    def assign(self, value: Any) -> None:
        """Set the optimiser's learning rate."""
        self.optimizer.learning_rate = float(value)

    def numpy(self) -> float:
        """Return the plain number."""
        return float(self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kw: Any) -> Any:
        """Compute with the plain number."""
        plain = (float(one) if isinstance(one, Rate) else one for one in inputs)
        return getattr(ufunc, method)(*plain, **kw)

    def __reduce__(self) -> Any:
        """Be copied and written by pickle as a plain number."""
        return float, (float(self),)


def ready(value: Any) -> Any:
    """Return an array, or a number, with the method `numpy`."""
    return np.asarray(value).view(ReadyArray)


def with_channel(x: Any, input_shape: tuple[int, ...] | None) -> Any:
    """Return grey photos (N, H, W) as (N, H, W, 1) where a network wants those.

    The other way round an axis of length 1 at the end is left out, as Keras does.
    """
    if input_shape is None or x.shape[1:] == input_shape:
        return x
    if (*x.shape[1:], 1) == input_shape:
        return x[..., np.newaxis]
    if x.shape[1:] == (*input_shape, 1):
        return x[..., 0]
    return x


FUNCTIONS: dict[str, Callable[..., Any]] = {}
# Words for the first argument, which scripts seldom write.
_FIRST = (
    "input input_tensor tensor tensors a indices labels params value values".split()
)


def as_ready(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function on arrays that returns a `ReadyArray`."""

    @wraps(function)
    def call(*args: Any, **keywords: Any) -> Any:
        keywords.pop("name", None)  # of the operation, as TensorFlow's graphs have it
        first = next((word for word in _FIRST if word in keywords), None)
        if not args and first is not None:
            args = (keywords.pop(first),)
        return ready(function(*args, **keywords))

    return call


def _named(function: Callable[..., Any], name: str = "") -> Callable[..., Any]:
    """List a function on arrays under its name."""
    FUNCTIONS[name or function.__name__] = as_ready(function)
    return FUNCTIONS[name or function.__name__]


@_named
def expand_dims(x: Any, axis: int = -1) -> Any:
    """Return x with an axis of length 1 more."""
    return np.expand_dims(x, axis)


@_named
def squeeze(x: Any, axis: Axis = None) -> Any:
    """Return x without axes of length 1."""
    return np.squeeze(x, axis if axis is None else tuple(np.atleast_1d(axis)))


@_named
def reshape(x: Any, shape: Sequence[int]) -> Any:
    """Return x in another shape."""
    return np.reshape(x, tuple(shape))


@_named
def transpose(x: Any, perm: Sequence[int] | None = None) -> Any:
    """Return x with its axes in another order."""
    return np.transpose(x, perm)


@_named
def cast(x: Any, dtype: Any) -> Any:
    """Return x as numbers of another kind."""
    return np.asarray(x).astype(dtype)


@_named
def constant(value: Any, dtype: Any = None, shape: Any = None) -> Any:
    """Return an array: float32 or int32 unless `dtype` names another kind."""
    x = np.asarray(value)
    if dtype is None and not isinstance(value, (np.ndarray, np.generic)):
        dtype = {"f": np.float32, "i": np.int32}.get(x.dtype.kind)
    x = x if dtype is None else x.astype(dtype)
    return (
        x if shape is None else np.full(shape, x) if x.size == 1 else x.reshape(shape)
    )


@_named
def argmax(x: Any, axis: int | None = 0, output_type: Any = np.int64) -> Any:
    """Return the index of the largest number; in tf along the first axis."""
    return np.argmax(x, 0 if axis is None else axis).astype(output_type)


@_named
def argmin(x: Any, axis: int | None = 0, output_type: Any = np.int64) -> Any:
    """Return the index of the smallest number; in tf along the first axis."""
    return np.argmin(x, 0 if axis is None else axis).astype(output_type)


@_named
def one_hot(
    indices: Any,
    depth: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    axis: int = -1,
    dtype: Any = np.float32,
) -> Any:
    """Return rows with `on_value` at the index; an index beyond `depth` has none."""
    hot = np.asarray(indices)[..., None] == np.arange(depth)
    rows = np.where(hot, on_value, off_value).astype(dtype)
    return rows if axis == -1 else np.moveaxis(rows, -1, axis)


@_named
def concat(values: Sequence[Any], axis: int = -1) -> Any:
    """Return arrays joined along an axis."""
    return np.concatenate(values, axis)


@_named
def clip_by_value(x: Any, clip_value_min: Any, clip_value_max: Any) -> Any:
    """Return x with its numbers moved into a range."""
    return np.clip(x, clip_value_min, clip_value_max)


@_named
def gather(params: Any, indices: Any, axis: int = 0) -> Any:
    """Return the parts of an array at the indices."""
    return np.take(params, indices, axis)


@_named
def zeros(shape: Any, dtype: Any = np.float32) -> Any:
    """Return zeros."""
    return np.zeros(shape, dtype)


@_named
def ones(shape: Any, dtype: Any = np.float32) -> Any:
    """Return ones."""
    return np.ones(shape, dtype)


@_named
def fill(dims: Any, value: Any) -> Any:
    """Return an array of one value."""
    return constant(value, shape=tuple(dims))


@_named
def flatten(x: Any) -> Any:
    """Return x as one row."""
    return np.reshape(x, -1)


@_named
def confusion_matrix(
    labels: Any, predictions: Any, num_classes: int | None = None
) -> Any:
    """Return how often each class (a column) was the answer for each label (a row)."""
    y, answer = (np.asarray(a, np.intp).ravel() for a in (labels, predictions))
    count = num_classes or int(max(y.max(), answer.max())) + 1
    return np.bincount(y * count + answer, minlength=count**2).reshape(count, count)


def _reduced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of (x, axis, keepdims) in TensorFlow's order."""

    def reduce(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        along = tuple(axis) if isinstance(axis, (list, tuple)) else axis
        return function(np.asarray(x), axis=along, keepdims=keepdims)

    return reduce


# What has NumPy's name and order of arguments, and what has another name there.
for _word in (
    "abs add arange argsort ceil clip cos dot equal exp floor greater greater_equal "
    "less less_equal linspace log log1p logical_and logical_not logical_or matmul "
    "maximum minimum multiply not_equal ones_like power round sin sqrt square stack "
    "subtract tanh tile where zeros_like"
).split():
    _named(getattr(np, _word), _word)
_TODAY: dict[str, Callable[..., Any]] = {
    "divide": np.true_divide,
    "eval": np.asarray,
    "identity": np.array,
    "ndim": np.ndim,
    "pow": np.power,
    "range": np.arange,
    "rank": np.ndim,
    "size": np.size,
    "concatenate": concat,
    "convert_to_tensor": constant,
    "permute_dimensions": transpose,
}
for _word, _today in _TODAY.items():
    _named(_today, _word)
for _word in ("mean", "sum", "max", "min", "prod", "std", "var", "any", "all"):
    _named(_reduced(getattr(np, _word)), _word)
    FUNCTIONS[f"reduce_{_word}"] = FUNCTIONS[_word]
FUNCTIONS["shape"] = FUNCTIONS["int_shape"] = np.shape


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
