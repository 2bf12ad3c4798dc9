"""What `predict` accepts (arrays, photos, folders), and whether it fits the model."""

from collections.abc import Iterator, Sequence
from itertools import chain, count, islice
from typing import Any

import numpy as np

from tinycnn.batches import Batches, BatchStream, Pipeline, stream_of
from tinycnn.keras.words import say_once
from tinycnn.parallel.threads import pieces
from tinycnn.preprocessing.photos import PhotoError, Preprocessing, is_photo
from tinycnn.preprocessing.reading import read_photos
from tinycnn.shapes import Array
from tinycnn.text import count_of, display_name, warn

Range = tuple[float, float]


def blocks_of(
    x: Any, size: int, preprocessing: Preprocessing | None, steps: int | None = None
) -> Iterator[Array]:
    """Yield `size` photos at a time, as arrays (N, H, W, C).

    Parameters
    ----------
    x : ndarray, list of photos, or Batches
        Arrays are taken as they are; paths and Pillow images are prepared as in the
        training; sources of batches come in file order and never augmented.
    size : int
    preprocessing : Preprocessing or None
    steps : int, optional
        Blocks to yield; a source that has fewer starts again.
    """
    if isinstance(x, BatchStream):
        yield from (photos for photos, _ in x.epoch(steps))
        return
    if isinstance(x, Batches):
        passes: Any = x.in_order(size)
        if steps is not None:
            again = chain.from_iterable(x.in_order() for _ in count())
            passes = islice(again, steps)
        yield from (photos for photos, _ in passes)
        return
    if steps is not None:
        yield from islice(blocks_of(x, size, preprocessing), steps)
        return
    if isinstance(x, np.ndarray):
        yield from (x[start : start + size] for start in range(0, len(x) or 1, size))
        return
    for _, block, errors in readable_blocks(x, size, preprocessing):
        if errors:
            raise errors[0]
        yield block


def readable_blocks(
    photos: Sequence[Any], size: int, preprocessing: Preprocessing | None
) -> Iterator[tuple[list[Any], Array, list[PhotoError]]]:
    """Yield (photos, array, errors) for `size` photos at a time.

    Of a photo that cannot be read there is only the error; the array (N, H, W, C) holds
    the others.
    """
    if preprocessing is None:
        raise ValueError(
            "this model did not learn from a folder, so it does not know how a photo "
            "becomes an array: hand it an array, or set model.preprocessing = "
            "tinycnn.preprocessing.photos.Preprocessing(target_size=(rows, columns), "
            "rescale=1/255)"
        )
    answers = read_photos(photos, preprocessing)
    for piece in pieces(len(photos), size):
        read, errors = [], []
        for photo, answer in zip(photos[piece], answers, strict=False):
            if isinstance(answer, PhotoError):
                errors.append(answer)
            else:
                read.append((photo, answer))
        pixels = [answer for _, answer in read]
        x = np.stack(pixels) if pixels else np.empty((0, *preprocessing.shape))
        yield [photo for photo, _ in read], preprocessing.scaled(x), errors


def photos_of(x: Any, steps: int | None = None) -> Any:
    """Return a source of batches or a list of photos; None for an array."""
    if isinstance(x, Batches):
        return x
    if isinstance(x, (Iterator, Pipeline)):
        return stream_of(x, steps, "steps", is_answered=True)
    photos = list(x) if isinstance(x, (list, tuple)) else [x]
    return photos if photos and all(map(is_photo, photos)) else None


def warn_of_range(x: Array, model: Any) -> None:
    """Warn if the numbers look like 0..255 and the model learnt on 0..1."""
    learnt: Range | None = model.input_range
    if learnt is None or not x.size:
        return
    largest_learnt, largest = max(map(abs, learnt)), float(np.abs(x).max())
    if largest > 10 * max(1.0, largest_learnt):
        about = np.exp2(np.ceil(np.log2(largest)))  # one line for photo after photo
        warn(
            f"the numbers of x go up to about {about:g}, those of the training photos "
            f"went up to {largest_learnt:g}: divide by 255, or give the photo's path",
            before=model.warned,
        )


def warn_of_preprocessing(source: Any, learnt: Preprocessing | None) -> None:
    """Warn if a folder's photos are prepared differently from the training's."""
    theirs = getattr(source, "preprocessing", None)
    if theirs is not None and learnt is not None and learnt.is_like(theirs):
        if theirs != learnt:
            say_once(
                f"these photos are resized with interpolation={theirs.interpolation!r},"
                f" the training photos with {learnt.interpolation!r}"
            )
    elif learnt is not None and theirs is not None and theirs != learnt:
        warn(
            "these photos are prepared differently from the training photos, so the "
            f"answers mean little: {theirs.unlike(learnt)}; give ImageDataGenerator "
            "the training's rescale, and flow_from_directory its target_size"
        )


def widened(learnt: Range | None, x: Array) -> Range | None:
    """Return the range of numbers learnt from, this batch included."""
    if not x.size or not np.isfinite(x).all():
        return learnt
    low, high = learnt or (np.inf, -np.inf)
    return min(low, float(x.min())), max(high, float(x.max()))


def check_alike(source: Any, class_names: Any, preprocessing: Any) -> None:
    """Raise unless the source has the training's classes and preprocessing.

    Only a folder knows its classes and preprocessing; other sources pass.
    """
    if getattr(source, "class_indices", None) is None:
        return
    classes = [display_name(name) for name in source.class_indices]
    learnt = [display_name(name) for name in class_names or classes]
    if classes != learnt:
        raise ValueError(
            f"the validation photos have the classes {', '.join(classes)} and the "
            f"training photos {', '.join(learnt)}; they should be the same"
        )
    if preprocessing is None or source.preprocessing == preprocessing:
        return
    if not preprocessing.is_like(source.preprocessing):
        raise ValueError(
            "the validation photos should be prepared like the training photos: "
            f"{source.preprocessing.unlike(preprocessing)}"
        )
    warn_of_preprocessing(source, preprocessing)


def check_outputs(source: Any, units: int) -> None:
    """Raise unless a model with so many outputs can answer for a folder's classes."""
    count = len(source.class_indices)
    if count == 1 and hasattr(source, "one_class"):
        raise ValueError(source.one_class)
    if units != count and (units, count) != (1, 2):
        raise ValueError(
            f"{count_of(count, 'class')} need Dense({count}, activation='softmax') at "
            "the end"
            + (" or Dense(1, activation='sigmoid')" if count == 2 else "")
            + f", got {count_of(units, 'output')}"
        )
    if units == 1 and getattr(source, "class_mode", None) == "categorical":
        raise ValueError("Dense(1, 'sigmoid') needs photos with class_mode='binary'")
