"""What every layer promises, written once.

A layer has four moments: ``__init__`` keeps the arguments, ``build`` learns the input
shape and makes the arrays, ``forward`` turns x into y, ``backward`` turns d loss / d y
into d loss / d x and leaves d loss / d param in `grads`. All shapes in ``build`` are
without the batch axis N; all arrays in ``forward`` and ``backward`` are with it.

What other rooms need to know of a layer, the layer states itself: `window`,
`is_by_photo`, `is_straight`, `state`, `kept`. So a new layer is one file.
"""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from tinycnn import initializers
from tinycnn.initializers import Initializer
from tinycnn.keras.words import LAYER_WORDS, spell, spelled
from tinycnn.layers.more.inside import Inside, shape_hint
from tinycnn.regularizers import L1L2
from tinycnn.shapes import Array, Borders, Pair, Shape, whole_number

Arrays = dict[str, Array]
Kept = tuple[Any, ...] | None


class Layer(Inside):
    """The promise that `Sequential`, the optimisers and the gradient check rely on.

    Parameters
    ----------
    input_shape : tuple of int, optional
        Shape of one photo, (H, W, C); the first layer of a model needs it.

    Attributes
    ----------
    params : dict of str to ndarray
        The arrays that are learnt: ``{"kernel": ..., "bias": ...}``, or ``{}``.
    grads : dict of str to ndarray
        d loss / d param: the same names and shapes, written anew by `backward`.
    state : dict of str to ndarray
        Arrays that are saved with the params but not learnt by gradients, such as the
        running means of a batch normalisation; ``{}`` for most layers.
    initializers : dict of str to str or Initializer
        How params and state start, by name; zeros if not named.
    regularizers : dict of str to L1L2
        The penalty on large numbers in a param, by name; none if not named.
    kept : tuple or None
        What `forward` keeps for `backward`; see `kept_for`.
    input_shape, output_shape : tuple of int or None
        Shapes without the batch axis, known after `build`.
    step : int
        Number of updates so far, set by the model. Random numbers (Dropout) are a
        function of the seed and this number.
    skip_dx : bool
        Whether `backward` may return an empty array in place of dx. True during
        training in the first layer with params: the photo's gradient has no use there.
    reads_grads_once : bool
        Whether `backward` may leave a gradient as a `parallel.products.Product`, which
        is computed where it is read. True during a step of training.
    trainable : bool
        Whether learning changes `params` (and a batch normalisation's `state`); may be
        set to False at any time.
    is_joined, has_joined : bool
        Whether it was the `activation` argument of the layer before it, or had one.
    window : (int, int) or None
        Rows and columns of the input cells that one output cell is computed from, with
        `strides` and `padding`; (1, 1) if each cell is computed by itself, None if the
        output has no such cells.
    is_by_photo : bool
        Whether each photo's output depends on that photo alone, so that a batch may be
        computed a few photos at a time (`models.tiles`).
    is_straight : bool
        Whether the output, outside training, is a piecewise linear function of the
        input, so that values times gradients add up to the output (`explanation`).
    makes_probabilities : str or None
        The loss's word, "sigmoid" or "softmax", if the input are logits and the output
        probabilities.
    is_identity : bool
        Whether the output, outside training, is the input.
    commutes_with_max, takes_max : bool
        A layer of the first kind and one of the second after it may change places
        without changing a bit of the result (`models.tiles`).

    Raises
    ------
    ValueError
        If an argument of the layer is out of range.
    """

    option_words: ClassVar[tuple[str, ...]] = ("name", "trainable")
    trainable: bool = True
    is_joined = has_joined = False
    window: Pair | None = None
    strides: Pair = (1, 1)
    padding: str | Borders = "valid"
    makes_probabilities: str | None = None
    is_identity: ClassVar[bool] = False
    is_by_photo: ClassVar[bool] = False
    is_straight: ClassVar[bool] = False
    commutes_with_max: ClassVar[bool] = False
    takes_max: ClassVar[bool] = False

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Take the facts back: a subclass may compute something else."""
        super().__init_subclass__(**keywords)
        for fact in ("is_by_photo", "is_straight", "commutes_with_max", "takes_max"):
            setattr(cls, fact, vars(cls).get(fact, False))
        spell(cls, LAYER_WORDS)

    @spelled(LAYER_WORDS)
    def __init__(
        self,
        input_shape: Shape | None = None,
        **options: object,
    ) -> None:
        if input_shape is not None:
            if not isinstance(input_shape, (tuple, list)):
                input_shape = (input_shape,)
            input_shape = tuple(whole_number(n, "input_shape") for n in input_shape)
        self.params: Arrays = {}
        self.grads: Arrays = {}
        self.state: Arrays = {}
        self.initializers: dict[str, str | Initializer] = {}
        self.regularizers: dict[str, L1L2] = {}
        self.input_shape: Shape | None = input_shape
        self.output_shape: Shape | None = None
        self.activation: str | Layer | None = None
        self.step = 0
        self.skip_dx = self.reads_grads_once = False
        self.kept: Kept = None
        self.name: Any = options.get("name")
        self.trainable = bool(options.get("trainable", True))

    def infer_shapes(self, input_shape: Shape) -> tuple[Shape, dict[str, Shape]]:
        """Return (output shape, shapes of the params); raises as `build` does."""
        return input_shape, {}

    def state_shapes(self, input_shape: Shape) -> dict[str, Shape]:
        """Return the shapes of `state`, as `infer_shapes` does for the params."""
        return {}

    def build(
        self,
        input_shape: Shape,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> Shape:
        """Learn the input shape, make the arrays, and return the output shape.

        Parameters
        ----------
        input_shape : tuple of int
            Shape of one input, without the batch axis.
        rng : numpy.random.Generator
            Where random first weights come from.
        dtype : dtype, default float32
            Of `params`; float64 for gradient checks.

        Raises
        ------
        ValueError
            If the layer cannot work on such an input.
        """
        self.input_shape = tuple(input_shape)
        self.output_shape, param_shapes = self.infer_shapes(self.input_shape)
        self.params, self.state = (
            {
                name: initializers.get(self.initializers.get(name, "zeros"))(
                    shape, rng, dtype
                )
                for name, shape in shapes.items()
            }
            for shapes in (param_shapes, self.state_shapes(self.input_shape))
        )
        return self.output_shape

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return y for x, and keep what `backward` will need.

        Parameters
        ----------
        x : ndarray of shape ``(N, *input_shape)``
            Never written to.
        training : bool, default False
            Switches what happens only while learning (Dropout), nothing else.

        Raises
        ------
        ValueError
            If x has another shape than the layer was built for.
        RuntimeError
            If the layer is not built.
        """
        raise NotImplementedError(f"{type(self).__name__} should define forward")

    def backward(self, dy: Array) -> Array:
        """Return dx for dy and write `grads`; each ``d...`` is d loss / d that name.

        Parameters
        ----------
        dy : ndarray of shape ``(N, *output_shape)``
            Never written to.

        Raises
        ------
        ValueError
            If dy has another shape than the output.
        RuntimeError
            If there was no `forward` to go back from.
        """
        raise NotImplementedError(f"{type(self).__name__} should define backward")

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON.

        Left out are `input_shape`, which belongs to the model, and `activation`, which
        a model makes a layer of its own.
        """
        return {}

    def multiply_adds(self) -> int:
        """Return the number of multiplications that `forward` needs for one photo."""
        return 0

    def forget(self) -> None:
        """Let go of what `forward` kept for `backward`."""
        self.kept = None

    def check_input(self, x: Array) -> Array:
        """Return x as an array of floats, after a check of its shape."""
        name = type(self).__name__
        if self.activation is not None:
            raise RuntimeError(
                f"{name}(activation={self.activation!r}) gets its activation from "
                f"Sequential.add, as a layer of its own; used alone, write {name} "
                "without activation and a ReLU(), Sigmoid() or Softmax() after it"
            )
        if self.output_shape is None or self.input_shape is None:
            raise RuntimeError(
                f"{name} is not built: call build(input_shape, rng) first, "
                "or add it to a Sequential"
            )
        x = np.asarray(x)
        if x.shape[1:] != self.input_shape:
            expected = ", ".join(map(str, ("N", *self.input_shape)))
            raise ValueError(
                f"{name} should be given an array of shape ({expected}), "
                f"got {x.shape}{shape_hint(x.shape, self.input_shape)}"
            )
        return x if x.dtype.kind == "f" else x.astype(np.float32)

    def offset(self) -> Array | float:
        """Return what a layer that is straight adds to each output, such as a bias."""
        return self.params.get("bias", 0.0)

    def kept_for(self, dy: Array) -> tuple[Any, ...]:
        """Return what `forward` kept, if dy has the shape of its output."""
        if self.kept is None:
            raise RuntimeError(
                f"{type(self).__name__}.backward needs a forward before it"
            )
        if dy.shape[1:] != self.output_shape:
            expected = ", ".join(map(str, ("N", *(self.output_shape or ()))))
            raise ValueError(
                f"{type(self).__name__}.backward should be given dy of the output's "
                f"shape ({expected}), got {dy.shape}"
            )
        return self.kept
