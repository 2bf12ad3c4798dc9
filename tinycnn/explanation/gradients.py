"""Explanations from the gradient of one class's logit: votes, saliency, Grad-CAM."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tinycnn.explanation.answers import Answer, check_maps, layer_text, place_of
from tinycnn.explanation.receptive_fields import centres
from tinycnn.layers import Layer
from tinycnn.models import Sequential
from tinycnn.shapes import Array


@dataclass(frozen=True, eq=False)
class Votes:
    """The terms of a logit: ``votes.sum() + remainder == logit``; `print` shows them.

    Attributes
    ----------
    values : ndarray
        The layer's output for this photo: (OH, OW, F), or (units,) of a flat layer.
    votes : ndarray, shaped like `values`
        Each value times d logit / d value: above 0 it speaks for the class.
    logit : float
        Of the class; sigmoid or softmax make it the probability.
    biases : float
        What the biases after the layer add to the logit.
    bent_by : tuple of str
        Layers after it that are not piecewise linear.
    class_index, class_name : int and str
    layer : str
        Whose output voted.
    extent : (float, float, float, float) or None
        Where the map lies on the photo, in pixels (left, right, bottom, top), as
        matplotlib's ``imshow`` takes it; None of a flat layer.
    """

    values: Array
    votes: Array
    logit: float
    biases: float
    bent_by: tuple[str, ...]
    class_index: int
    class_name: str
    layer: str
    extent: tuple[float, float, float, float] | None

    @property
    def remainder(self) -> float:
        """The logit without the votes: the biases' share, if `is_exact`."""
        return self.logit - float(self.votes.sum())

    @property
    def is_exact(self) -> bool:
        """Whether the remainder is the biases' share and nothing else."""
        return not self.bent_by

    @property
    def per_cell(self) -> Array:
        """The votes of each place, all channels together: (OH, OW, F) -> (OH, OW)."""
        return self.votes.sum(axis=-1) if self.votes.ndim == 3 else self.votes

    def __str__(self) -> str:
        positive = float(self.votes[self.votes > 0].sum())
        negative = float(self.votes[self.votes < 0].sum())
        text = (
            f"logit of {self.class_name} {self.logit:+.4f} = votes of {self.layer} for "
            f"it {positive:+.4f} and against it {negative:+.4f}, remainder "
            f"{self.remainder:+.4f}"
        )
        if self.is_exact:
            return f"{text} (the biases)"
        return (
            f"{text} (the biases {self.biases:+.4f}, unexplained "
            f"{self.remainder - self.biases:+.4f}: the votes are an approximation, "
            f"since {', '.join(self.bent_by)} after them is not piecewise linear)"
        )


def votes(
    model: Sequential, x: Any, layer: Any = None, class_index: Any = None
) -> Votes:
    """Return what each cell of a layer, or each pixel, adds to a class's logit.

    Parameters
    ----------
    model : Sequential
        Not touched.
    x : ndarray of shape (H, W, C) or (1, H, W, C), path or Pillow image
        One photo; an array as the model is fed, anything else is prepared as the
        training's photos were.
    layer : "input", int or Layer, optional
        Whose output votes: "input" for the pixels, else a layer or its number. By
        default the last one with feature maps, the input of Flatten.
    class_index : int or str, optional
        Number or name of the class; by default the one that the model answers. With
        a single output, class 0 has the votes of class 1 with the opposite sign.

    Raises
    ------
    ValueError
        If x is not one photo, or the class or layer does not exist, or the layer does
        not come before the logits.
    PhotoError
        If the photo cannot be read.

    Notes
    -----
    A network of convolutions, ReLUs, poolings and dense layers is piecewise linear:
    which ReLUs are open and which cells win a pooling depends on the photo, but for
    this one photo all that follows the layer is one weighted sum, and its weights are
    the derivatives [1]_::

        logit = sum of value * (d logit / d value) + biases' share
        biases' share = sum over the biases of bias * (d logit / d bias)

    This holds up to rounding. With a sigmoid or softmax in between, the votes are a
    first-order approximation, and the text says how much it leaves unexplained.

    References
    ----------
    .. [1] Ancona, Ceolini, Öztireli and Gross, "Towards better understanding of
       gradient-based attribution methods for deep neural networks", ICLR 2018: votes
       are called gradient * input there.

    Examples
    --------
    >>> from tinycnn.layers import Dense
    >>> model = Sequential([Dense(1, activation="sigmoid", input_shape=(3,))])
    >>> model.set_weights([np.array([[2.0], [-1.0], [0.5]]), np.array([0.25])])
    >>> found = votes(model, np.array([1.0, 1.0, 4.0]), layer="input")
    >>> found.votes.tolist(), found.remainder, found.logit
    ([2.0, -1.0, 2.0], 0.25, 3.25)
    """
    answer = Answer(model, x, class_index)
    shapes = [output.shape[1:] for output in answer.outputs]
    place = max((n for n, shape in enumerate(shapes) if len(shape) == 3), default=0)
    if layer is not None:
        place = place_of(model, layer)
    if place >= answer.logit_place:
        raise ValueError(
            "layer should be 'input' or come before the one that makes the logits, "
            f"{layer_text(answer.layers, answer.logit_place)}; "
            f"got {layer_text(answer.layers, place)}"
        )
    values, gradients = answer.outputs[place][0], answer.gradients(place)
    after = answer.layers[place : answer.logit_place]
    bent = [type(one) for one in after if not one.is_straight]
    return Votes(
        values=values,
        votes=values * gradients[0][0],
        logit=answer.logit,
        biases=sum(
            float(np.sum(dy * layer.offset()))
            for layer, dy in zip(after, gradients[1:], strict=True)
        ),
        bent_by=tuple(dict.fromkeys(kind.__name__ for kind in bent)),
        class_index=answer.class_index,
        class_name=answer.class_name,
        layer=layer_text(answer.layers, place),
        extent=_extent(answer.layers[:place], values) if values.ndim == 3 else None,
    )


def _extent(layers: list[Layer], maps: Array) -> tuple[float, float, float, float]:
    """Return where maps (OH, OW, F) lie on the photo: each cell around its centre."""
    ends = []
    for axis in (0, 1):
        middles = centres(layers, axis, maps.shape[axis] + 1)  # one more: for the pitch
        half = (middles[1] - middles[0]) / 2
        ends.append((float(middles[0] - half), float(middles[-2] + half)))
    (top, bottom), (left, right) = ends
    return left, right, bottom, top


def saliency(
    model: Sequential, x: Any, class_index: Any = None, signed: bool = False
) -> Array:
    """Return how much the logit changes with each pixel: (H, W).

    Parameters
    ----------
    model, x, class_index
        As in `votes`.
    signed : bool, default False
        Keep the sign: above 0, a larger number there makes the class more likely.

    Returns
    -------
    ndarray of float64, shape (H, W)
        ``|d logit / d pixel|``, of the channel where it is largest [1]_.

    Notes
    -----
    It shows where the answer is *sensitive*; a sensitive pixel need not have
    contributed to this answer. For what adds up to the logit, see `votes`.

    References
    ----------
    .. [1] Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks:
       visualising image classification models and saliency maps", 2013, section 3.
    """
    answer = Answer(model, x, class_index)
    check_maps(answer.layers, 0)
    gradient = answer.gradient(0)  # H, W, C
    strongest = np.abs(gradient).argmax(axis=2)[..., np.newaxis]
    slopes: Array = np.take_along_axis(gradient, strongest, axis=2)[..., 0]
    return slopes if signed else np.abs(slopes)


def grad_cam(
    model: Sequential, x: Any, class_index: Any = None, layer: Any = None
) -> Array:
    """Return where the feature maps that speak for a class are strong: (H, W).

    Parameters
    ----------
    model, x, class_index
        As in `votes`.
    layer : int or Layer, optional
        A layer with feature maps; by default the last convolution, with its
        activation.

    Returns
    -------
    ndarray of float64, shape (H, W)
        0 where nothing speaks for the class, else above 0. Only the proportions mean
        something: it is neither a share of the logit nor a probability.

    Raises
    ------
    ValueError
        As in `votes`; or if the layer has no maps, or the model no convolution.

    Notes
    -----
    With A the maps of the layer, and the mean over its cells (i, j) [1]_::

        weight[f] = mean over i, j of d logit / d A[i, j, f]
        map[i, j] = max(0, sum over f of weight[f] * A[i, j, f])

    A single sigmoid has a logit for both classes: that of class 0 is minus that of
    class 1. The map is laid on the photo with each cell at the centre of what it sees,
    and bilinear in between.

    The mean was made for networks that end in global average pooling. Where a Flatten
    and dense layers follow, as in the tutorial, a map may speak for the class at one
    place and against it at another; the mean cannot distinguish the two, `votes` can.

    References
    ----------
    .. [1] Selvaraju et al., "Grad-CAM: visual explanations from deep networks via
       gradient-based localization", ICCV 2017, equations 1 and 2.
    """
    answer = Answer(model, x, class_index)
    place = place_of(model, _last_map(model) if layer is None else layer)
    check_maps(answer.layers, place)
    maps, gradient = answer.outputs[place][0], answer.gradient(place)  # OH, OW, F
    weights = gradient.mean(axis=(0, 1))
    coarse = np.maximum(maps @ weights, 0)
    down, across = (
        _bilinear(centres(answer.layers[:place], axis, coarse.shape[axis]), length)
        for axis, length in enumerate(answer.outputs[0].shape[1:3])
    )
    return down @ coarse @ across.T


def _last_map(model: Sequential) -> int:
    """Return the number of the last convolution, or of the activation after it."""
    layers = model.layers
    numbers = [
        n
        for n, layer in enumerate(layers)
        if "kernel" in layer.params and len(layer.output_shape or ()) == 3
    ]
    if not numbers:
        raise ValueError("grad_cam needs a model with a convolution, got one without")
    last = numbers[-1]
    while (after := layers[last + 1]).window == (1, 1) and not after.is_identity:
        if after.output_shape != after.input_shape:
            break  # a border of zeros
        last += 1  # there is a layer after the maps, since the answer is flat
    return last


def _bilinear(middles: Array, length: int) -> Array:
    """Return weights (length, cells) with which cells at `middles` make pixels."""
    pixels = np.arange(length)
    cells = np.eye(len(middles))
    return np.stack([np.interp(pixels, middles, cell) for cell in cells], axis=1)
