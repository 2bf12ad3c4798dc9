"""Photos with their predictions or augmented, filters, feature maps and kernels."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from tinycnn.figures.canvas import AnyArray, panels, to_picture
from tinycnn.lessons.kernels import KERNELS, kernel_text
from tinycnn.text import count_of, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def mistakes(
    photos: Sequence[AnyArray] | AnyArray,
    true_names: Sequence[str],
    answer_names: Sequence[str],
    probabilities: Sequence[float] | AnyArray,
    *,
    file_names: Sequence[str] | None = None,
    title: str | None = None,
    columns: int = 4,
) -> "Figure":
    """Return a figure of photos, each with its true class, its answer and probability.

    Parameters
    ----------
    photos : sequence of ndarray, each (H, W), (H, W, 1) or (H, W, 3)
        Values 0..1, or uint8. At most 64 are drawn.
    true_names, answer_names : sequence of str
        The names of the classes, one for each photo.
    probabilities : sequence of float
        Of the answer, 0..1.
    file_names : sequence of str, optional
        Shown below the photos in small letters.
    title : str, optional
        By default "Mistakes".
    columns : int, default 4
        Photos in a row.

    Raises
    ------
    ValueError
        If there are no photos, or not one of each argument per photo.
    """
    files = [""] * len(photos) if file_names is None else file_names
    columns_of_text = (true_names, answer_names, probabilities, files)
    if (lengths := {len(column) for column in columns_of_text}) != {len(photos)}:
        expected = f"names, answers, probabilities for {count_of(len(photos), 'photo')}"
        raise ValueError(f"mistakes should get {expected}, got {sorted(lengths)}")
    answers = [
        f"{shortened(true)}\n→ {shortened(answer)} ({100 * probability:.0f}%)"
        for true, answer, probability, _ in zip(*columns_of_text, strict=True)
    ]
    heading = f"{title or 'Mistakes'}\ntrue class → answer and its probability"
    pictures = [to_picture(photo) for photo in photos]
    below = [shortened(file, 32) for file in files]
    return panels(pictures, answers, heading, columns, 2.3, below=below)


def filters(kernel: ArrayLike, columns: int = 8) -> "Figure":
    """Return a figure of the first layer's filters, all on one scale about 0.

    Filters of one channel are drawn in blue (below 0), white (0) and red (above 0).
    Filters of red, green and blue are drawn as colour pictures around grey: mid-grey is
    0 in all three, a reddish cell has a larger weight on red than on the others.

    Parameters
    ----------
    kernel : array-like of shape (KH, KW, C, F)
        ``model.layers[0].params["kernel"]``, with C 1 or 3. At most 64 are drawn.
    columns : int, default 8
        Filters in a row.

    Raises
    ------
    ValueError
        If the shape is not that of a first layer's kernel.
    """
    kernel = np.asarray(kernel, np.float64)
    if kernel.ndim != 4 or kernel.shape[2] not in (1, 3):
        expected = "(KH, KW, 1 or 3, F), as the first layer's"
        raise ValueError(f"kernel should be {expected}, got {kernel.shape}")
    rows, cells, channels, count = kernel.shape
    limit = float(np.abs(kernel).max(initial=0)) or 1.0
    heading = f"{count_of(count, 'filter')} of {rows}x{cells}"
    filters = np.moveaxis(kernel, 3, 0)  # F, KH, KW, C
    if channels == 1:
        pictures, scale = filters[..., 0], (-limit, limit)
        return panels(pictures, (), heading, columns, 0.8, scale, "weight (no unit)")
    heading += " on red, green and blue\nmid-grey: weight 0 in all three; full colour: "
    heading += f"+{limit:.2f}; none of it: -{limit:.2f}"
    pictures = np.clip(0.5 + filters / (2 * limit), 0, 1)
    return panels(pictures, (), heading, columns, 0.8)


def feature_maps(
    maps: ArrayLike, columns: int = 8, title: str | None = None
) -> "Figure":
    """Return a figure of one photo's feature maps, all on one scale.

    Maps with numbers below 0 are drawn in blue (below 0), white (0) and red (above 0);
    maps without, as after a ReLU, from dark (0) to light.

    Parameters
    ----------
    maps : array-like of shape (OH, OW, F)
        One photo's output of a layer. At most 64 are drawn.
    columns : int, default 8
        Maps in a row.
    title : str, optional
        By default the number and size of the maps.

    Raises
    ------
    ValueError
        If the shape is not that of one photo's maps.
    """
    maps = np.asarray(maps, np.float64)
    if maps.ndim != 3 or not maps.size:
        expected = "(OH, OW, F), one photo's; of a batch take y[0]"
        raise ValueError(f"maps should have shape {expected}; got {maps.shape}")
    rows, cells, count = maps.shape
    heading = title or f"{count_of(count, 'feature map')} of {rows}x{cells}"
    limit = float(np.abs(maps).max()) or 1.0
    scale = (-limit if maps.min() < 0 else 0.0, limit)
    pictures = np.moveaxis(maps, 2, 0)  # F, OH, OW
    return panels(pictures, (), heading, columns, 1.2, scale, "value (no unit)")


def augmentation_preview(
    photo: AnyArray, variants: Sequence[AnyArray] | AnyArray, columns: int = 4
) -> "Figure":
    """Return a figure of a photo and its augmented variants.

    Parameters
    ----------
    photo : ndarray of shape (H, W), (H, W, 1) or (H, W, 3)
        Values 0..1, or uint8.
    variants : sequence of ndarray, shaped like the photo
    columns : int, default 4
    """
    pictures = [to_picture(image) for image in (photo, *variants)]
    names = ["the photo", *(f"variant {n}" for n in range(1, len(pictures)))]
    return panels(pictures, names, "One photo, augmented", columns, 2.0)


def kernel_gallery(photo: AnyArray, results: Mapping[str, AnyArray]) -> "Figure":
    """Return a figure of a photo and its convolutions, with the kernels' weights.

    Parameters
    ----------
    photo : ndarray of shape (H, W), (H, W, 1) or (H, W, 3)
        Values 0..1, or uint8.
    results : dict of str to ndarray
        For each kernel's name the result of `kernels.feature_map`. Values below 0 are
        drawn black, values above white are drawn white. The kernel's weights are below
        the picture if it is one of `KERNELS`.
    """
    white = 255 if np.asarray(photo).dtype == np.uint8 else 1
    drawn = [np.clip(y / white, 0, 1) for y in results.values()]
    pictures = [to_picture(image) for image in (photo, *drawn)]
    names = ["the photo", *map(shortened, results)]
    below = ["", *(kernel_text(KERNELS[n]) if n in KERNELS else "" for n in results)]
    heading = "A photo and what kernels make of it\ndrawn black below 0, white above 1"
    return panels(pictures, names, heading, 4, 2.3, below=below)
