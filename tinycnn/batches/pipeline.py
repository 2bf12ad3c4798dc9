"""Pipeline: elements, and the steps that make batches of them, as `tf.data` has them.

The words are those of TensorFlow's `tf.data.Dataset`. A pipeline is not a list but a
recipe: each pass over it runs the steps again, so `shuffle` gives another order and a
random `map` other photos. Everything is computed when it is needed, in this process.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from glob import iglob
from itertools import chain, islice
from operator import itemgetter
from typing import Any

import numpy as np

from tinycnn.keras.arrays import BatchArray, ready
from tinycnn.randomness import default_seed, rng_for
from tinycnn.shapes import whole_number

INFINITE, UNKNOWN = -1, -2
Passes = Callable[[int], Iterator[Any]]


class Pipeline:
    """A recipe for elements: arrays, or tuples or dicts of arrays.

    Parameters
    ----------
    passes : callable
        Returns an iterator over the elements of the pass of that number.
    count : int
        How many elements there are: -1 for no end, -2 if it is not known.
    is_batched : bool or None
        Whether an element is a batch; None if it is not known.

    Examples
    --------
    >>> numbers = Pipeline.from_tensor_slices(np.arange(5)).map(lambda x: 10 * x)
    >>> [batch.tolist() for batch in numbers.batch(2)]
    [[0, 10], [20, 30], [40]]
    """

    def __init__(
        self, passes: Passes, count: int = UNKNOWN, is_batched: bool | None = None
    ) -> None:
        self.passes: Passes = passes
        self.count: int = count
        self.is_batched: bool | None = is_batched
        self._pass = 0

    # -- where elements come from --------------------------------------------------

    @classmethod
    def from_tensor_slices(cls, tensors: Any, name: str | None = None) -> "Pipeline":
        """Return the rows of arrays: element i is row i of each.

        Raises
        ------
        ValueError
            If the arrays differ in length.
        """
        tensors = _each(np.asarray, tensors)
        lengths = {len(array) if array.ndim else 0 for array in _arrays(tensors)}
        if len(lengths) != 1 or 0 in lengths:
            raise ValueError(
                "from_tensor_slices should be given arrays of one length, of at least "
                f"one row, got the shapes {[a.shape for a in _arrays(tensors)]}"
            )
        (length,) = lengths

        def passes(_: int) -> Iterator[Any]:
            return (_each(itemgetter(place), tensors) for place in range(length))

        return cls(passes, length, is_batched=False)

    @classmethod
    def from_tensors(cls, tensors: Any, name: str | None = None) -> "Pipeline":
        """Return one element: the arrays themselves."""
        element = _each(np.asarray, tensors)
        return cls(lambda _: iter([element]), 1)

    @classmethod
    def from_generator(
        cls, generator: Callable[..., Iterable[Any]], *_: Any, args: Any = (), **__: Any
    ) -> "Pipeline":
        """Return what a function yields; it is called again for each pass."""
        return cls(lambda _: (_each(np.asarray, e) for e in generator(*args)))

    @classmethod
    def of_batches(cls, batches: Any) -> "Pipeline":
        """Return the batches of a source that can be iterated over again and again."""
        return cls(lambda _: iter(batches), len(batches), is_batched=True)

    @classmethod
    def range(cls, *limits: int, **_: Any) -> "Pipeline":
        """Return whole numbers, as Python's `range`."""
        return cls.from_tensor_slices(np.arange(*limits))

    @classmethod
    def list_files(
        cls, file_pattern: Any, shuffle: bool = True, seed: int | None = None
    ) -> "Pipeline":
        """Return the paths that match a pattern, or one of several."""
        patterns = np.atleast_1d(np.asarray(file_pattern, str)).tolist()
        paths = sorted({path for one in patterns for path in iglob(one)})  # noqa: PTH207 - patterns may be absolute
        if not paths:
            raise ValueError(f"list_files: no file matches {file_pattern}")
        found = cls.from_tensor_slices(np.array(paths))
        return found.shuffle(len(paths), seed) if shuffle else found

    @classmethod
    def zip(cls, *datasets: Any, name: str | None = None) -> "Pipeline":
        """Return tuples of one element of each data set, until one of them ends."""
        parts = datasets[0] if isinstance(datasets[0], (tuple, list)) else datasets
        sets = [_as_pipeline(part) for part in parts]
        known = [one.count for one in sets if one.count != INFINITE]
        count = INFINITE if not known else UNKNOWN if UNKNOWN in known else min(known)

        def passes(number: int) -> Iterator[Any]:
            return zip(*(one.passes(number) for one in sets), strict=False)

        return cls(passes, count, sets[0].is_batched)

    # -- steps ---------------------------------------------------------------------

    def batch(
        self, batch_size: Any, drop_remainder: bool = False, *_: Any, **__: Any
    ) -> "Pipeline":
        """Return batches of so many elements; the last one may be smaller."""
        size = whole_number(int(batch_size), "batch_size")

        def passes(number: int) -> Iterator[Any]:
            elements = self.passes(number)
            while rows := list(islice(elements, size)):
                if len(rows) == size or not drop_remainder:
                    yield _stacked(rows)

        whole = math.floor if drop_remainder else math.ceil
        count = whole(self.count / size) if self.count >= 0 else self.count
        return Pipeline(passes, count, is_batched=True)

    def unbatch(self) -> "Pipeline":
        """Return the rows of each batch as elements."""

        def passes(number: int) -> Iterator[Any]:
            for batch in self.passes(number):
                for row in range(len(_arrays(batch)[0])):
                    yield _each(itemgetter(row), batch)

        return Pipeline(passes, UNKNOWN, is_batched=False)

    def map(self, map_func: Callable[..., Any], *_: Any, **__: Any) -> "Pipeline":
        """Return each element changed by a function: of x, or of x and y."""

        def passes(number: int) -> Iterator[Any]:
            return (_called(map_func, element) for element in self.passes(number))

        return Pipeline(passes, self.count, self.is_batched)

    def filter(self, predicate: Callable[..., Any], **_: Any) -> "Pipeline":
        """Return the elements for which a function returns True."""

        def passes(number: int) -> Iterator[Any]:
            return (e for e in self.passes(number) if _called(predicate, e))

        return Pipeline(passes, UNKNOWN, self.is_batched)

    def shuffle(
        self,
        buffer_size: Any,
        seed: int | None = None,
        reshuffle_each_iteration: bool | None = True,
        **_: Any,
    ) -> "Pipeline":
        """Return the elements in a random order, another one for each pass.

        So many elements wait in a buffer; the next one is any of these. A buffer as
        large as the data set gives every order the same chance.
        """
        size = whole_number(int(buffer_size), "buffer_size")
        seed = default_seed() if seed is None else int(seed)

        def passes(number: int) -> Iterator[Any]:
            rng = rng_for(seed, "order", number if reshuffle_each_iteration else 0)
            elements = self.passes(number)
            buffer = list(islice(elements, size))
            for element in elements:
                place = int(rng.integers(size))
                buffer[place], element = element, buffer[place]
                yield element
            for place in rng.permutation(len(buffer)):
                yield buffer[place]

        return Pipeline(passes, self.count, self.is_batched)

    def repeat(self, count: int | None = None, **_: Any) -> "Pipeline":
        """Return the data set so many times in a row; for None or -1 without end."""
        times = None if count is None or count < 0 else int(count)

        def passes(number: int) -> Iterator[Any]:
            done = 0
            while times is None or done < times:
                is_empty = True
                for element in self.passes(number * (times or 1_000_003) + done):
                    is_empty = False
                    yield element
                if is_empty:
                    return
                done += 1

        if times is None:
            return Pipeline(passes, INFINITE, self.is_batched)
        known = self.count * times if self.count >= 0 else self.count
        return Pipeline(passes, known, self.is_batched)

    def take(self, count: int, **_: Any) -> "Pipeline":
        """Return the first elements; all of them for -1."""
        if count < 0:
            return self
        known = count if self.count == INFINITE else min(count, self.count)
        return Pipeline(lambda n: islice(self.passes(n), count), known, self.is_batched)

    def skip(self, count: int, **_: Any) -> "Pipeline":
        """Return the elements after the first ones."""
        known = max(self.count - count, 0) if self.count >= 0 else self.count
        return Pipeline(
            lambda n: islice(self.passes(n), count, None), known, self.is_batched
        )

    def shard(self, num_shards: int, index: int, **_: Any) -> "Pipeline":
        """Return every `num_shards`-th element, from number `index` on."""
        known = len(range(index, max(self.count, 0), num_shards))
        return Pipeline(
            lambda n: islice(self.passes(n), index, None, num_shards),
            known if self.count >= 0 else self.count,
            self.is_batched,
        )

    def concatenate(self, dataset: Any, **_: Any) -> "Pipeline":
        """Return the elements of this data set, then those of another one."""
        other = _as_pipeline(dataset)
        both = (self.count, other.count)
        return Pipeline(
            lambda n: chain(self.passes(n), other.passes(n)),
            sum(both) if min(both) >= 0 else min(both),
            self.is_batched,
        )

    def enumerate(self, start: int = 0, **_: Any) -> "Pipeline":
        """Return pairs of a number and an element."""
        return Pipeline(
            lambda n: enumerate(self.passes(n), start), self.count, self.is_batched
        )

    def cache(self, *_: Any, **__: Any) -> "Pipeline":
        """Return a data set that keeps the elements of its first whole pass."""
        kept: list[list[Any]] = []

        def passes(number: int) -> Iterator[Any]:
            if kept:
                yield from kept[0]
                return
            elements = []
            for element in self.passes(number):
                elements.append(element)
                yield element
            kept[:] = [elements]

        return Pipeline(passes, self.count, self.is_batched)

    def prefetch(self, *_: Any, **__: Any) -> "Pipeline":
        """Return the data set itself: elements are made when they are needed."""
        return self

    with_options = prefetch

    def apply(self, transformation_func: Callable[..., Any]) -> Any:
        """Return what a function makes of the data set."""
        return transformation_func(self)

    # -- going through it ----------------------------------------------------------

    def __iter__(self) -> Iterator[Any]:
        """Yield the elements of one pass; the next pass is a new one."""
        self._pass += 1
        return (_each(_viewed, element) for element in self.passes(self._pass - 1))

    def as_numpy_iterator(self) -> Iterator[Any]:
        """Yield the elements of one pass as plain arrays."""
        return (_each(lambda a: np.asarray(a)[()], element) for element in self)

    def cardinality(self) -> Any:
        """Return the number of elements: -1 for no end, -2 if it is not known."""
        return ready(np.int64(self.count))

    def __len__(self) -> int:
        """Return the number of elements.

        Raises
        ------
        TypeError
            If there is no end, or the number is not known.
        """
        if self.count < 0:
            why = "has no end" if self.count == INFINITE else "is known after a pass"
            raise TypeError(f"the length of this data set {why}")
        return self.count

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        unit = "batches" if self.is_batched else "elements"
        number = {INFINITE: "endless", UNKNOWN: "some"}.get(self.count, self.count)
        return f"Pipeline({number} {unit})"


def _as_pipeline(source: Any) -> Pipeline:
    return source if isinstance(source, Pipeline) else Pipeline.of_batches(source)


def _each(function: Callable[[Any], Any], element: Any) -> Any:
    """Return the element with each of its arrays changed by a function."""
    if isinstance(element, tuple):
        return tuple(_each(function, part) for part in element)
    if isinstance(element, dict):
        return {key: _each(function, part) for key, part in element.items()}
    return function(element)


def _arrays(element: Any) -> list[Any]:
    """Return the arrays of an element in a row."""
    parts = element.values() if isinstance(element, dict) else element
    if isinstance(element, (tuple, dict)):
        return [array for part in parts for array in _arrays(part)]
    return [element]


def _stacked(rows: list[Any]) -> Any:
    """Return elements of one structure as one, with an axis more in front."""
    first = rows[0]
    if isinstance(first, tuple):
        return tuple(_stacked(list(parts)) for parts in zip(*rows, strict=True))
    if isinstance(first, dict):
        return {key: _stacked([row[key] for row in rows]) for key in first}
    shapes = sorted({np.shape(row) for row in rows})
    if len(shapes) > 1:
        raise ValueError(
            f"batch should be given elements of one shape, got {shapes[0]} and "
            f"{shapes[1]}: map(lambda x, y: (tf.image.resize(x, (64, 64)), y)) first"
        )
    return np.stack([np.asarray(row) for row in rows])


def _viewed(array: Any) -> Any:
    array = np.asarray(array)
    return array[()] if array.dtype.kind in "US" and not array.ndim else _view(array)


def _view(array: Any) -> Any:
    return array.view(BatchArray)


def _called(function: Callable[..., Any], element: Any) -> Any:
    """Return a function's value: it is given the parts of a tuple one by one."""
    element = _each(_viewed, element)
    answer = function(*element) if isinstance(element, tuple) else function(element)
    return tuple(answer) if isinstance(answer, list) else answer
