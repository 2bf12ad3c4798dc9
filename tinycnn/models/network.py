"""Network: layers in a row - their shapes, their weights, forward and backward."""

import copy
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from tinycnn.keras.arrays import ready, with_channel
from tinycnn.keras.inputs import InputLayer, leave_out_shape
from tinycnn.keras.words import METHOD_WORDS
from tinycnn.layers import ACTIVATIONS, Layer
from tinycnn.layers.more.naming import free_name
from tinycnn.layers.preparation import draw_anew
from tinycnn.models import summary
from tinycnn.models.tiles import in_tiles
from tinycnn.parallel import blas
from tinycnn.randomness import default_seed, rng_for
from tinycnn.shapes import Array, Shape, whole_number
from tinycnn.text import count_of, say


class Network:
    """A row of layers: the output of each is the input of the next.

    The base of `Sequential`, which adds `fit`, `predict` and `save`, and describes the
    parameters and attributes of both.
    """

    def __init__(
        self, layers: Iterable[Any] | None = None, *, seed: int | None = None
    ) -> None:
        seed = default_seed() if seed is None else seed
        self.seed: int = whole_number(seed, "seed", least=0)
        self.given_shape: Shape | None = None
        self.layers: list[Layer] = []
        self.input_range: tuple[float, float] | None = None
        self.warned: set[tuple[str, str, int]] = set()  # see `text.warn`
        self.stop_training = False
        self.stages: list[Layer] = self.layers  # as they ran in the last `forward`
        for layer in layers or []:
            self.add(layer)

    def add(self, layer: Any) -> None:
        """Put a layer at the end; its activation becomes a layer of its own.

        An `Input` before the first layer is the shape of the photos. The layers of a
        network are added one by one; they are not copied.

        Raises
        ------
        TypeError
            If it is not a layer.
        ValueError
            If it cannot follow the layers so far; the message says where and why.
        """
        if isinstance(layer, InputLayer):
            if self.layers:
                raise ValueError(f"{layer!r} should stand before the first layer")
            self.given_shape = layer.shape
            return
        if isinstance(layer, Network):
            if not self.layers and self.given_shape is None:
                self.given_shape = layer.given_shape
            for one in layer.layers:
                self.add(one)
            return
        if not isinstance(layer, Layer):
            hint = "; write it with ()" if isinstance(layer, type) else ""
            raise TypeError(f"add should be given a layer, got {layer!r}{hint}")
        if any(layer is other for other in self.layers):
            raise ValueError(
                f"{layer!r} is in this model already; make a new one for each place"
            )
        # The activation runs as a layer of its own, so it is taken from this one.
        activation, layer.activation = layer.activation, None
        if isinstance(activation, str):
            activation = ACTIVATIONS[activation]()
        if activation:
            activation.is_joined = layer.has_joined = True
        for new in [layer, activation] if activation else [layer]:
            if self.layers:
                shape = self.layers[-1].output_shape
                leave_out_shape(new, shape, len(self.layers))
            else:
                shape = self.given_shape or new.input_shape
            if shape is not None:
                self._build_layer(len(self.layers), new, shape)
            new.name = free_name(new, self.layers)
            self.layers.append(new)
        self.stages = self.layers

    def build(self, input_shape: Shape) -> None:
        """Make the arrays of all layers for photos of this shape (H, W, C)."""
        shape: Any = tuple(input_shape)
        if shape[:1] == (None,) or len(shape) == 4:  # Keras's batch axis
            shape = shape[1:]
        for place, layer in enumerate(self.layers):
            shape = self._build_layer(place, layer, shape)

    def _build_layer(self, place: int, layer: Layer, shape: Shape) -> Shape:
        """Build a layer unless that was done before for the same shape."""
        where = f"layer {place} ({type(layer).__name__}), given {shape}"
        if layer.input_shape not in (None, shape):
            raise ValueError(f"{where}: it was made for {layer.input_shape}")
        if layer.output_shape is not None:
            return layer.output_shape
        try:
            return layer.build(shape, rng_for(self.seed, "build", place))
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None

    @property
    def input_shape(self) -> Shape | None:
        """Shape of one photo, (H, W, C), if it is known."""
        return self.layers[0].input_shape if self.layers else self.given_shape

    @property
    def output_shape(self) -> Shape | None:
        """Shape of one answer, if it is known."""
        return self.layers[-1].output_shape if self.layers else None

    @property
    def params(self) -> dict[str, Array]:
        """All learnt arrays under their names, as in "0.kernel"."""
        return self._named("params")

    @property
    def grads(self) -> dict[str, Array]:
        """All gradients d loss / d param under the same names, after `backward`."""
        return self._named("grads")

    @property
    def weights(self) -> list[Array]:
        """All arrays that a file holds, layer by layer: params, then state."""
        return [*self.arrays.values()]

    @property
    def arrays(self) -> dict[str, Array]:
        """The `weights` under their names, as in "0.kernel"."""
        return {
            f"{place}.{name}": array
            for place, layer in enumerate(self.layers)
            for name, array in {**layer.params, **layer.state}.items()
        }

    def _named(self, what: str) -> dict[str, Array]:
        return {
            f"{place}.{name}": array
            for place, layer in enumerate(self.layers)
            for name, array in getattr(layer, what).items()
        }

    def penalty(self) -> float:
        """Return the penalty of the weights that learn, by their regularisers."""
        return sum(
            regularizer(layer.params[name])
            for layer in self.layers
            if layer.trainable
            for name, regularizer in layer.regularizers.items()
        )

    def add_penalty_gradients(self) -> None:
        """Add d penalty / d param to the grads that `backward` left."""
        for layer in self.layers:
            if not layer.trainable:
                continue
            for name, regularizer in layer.regularizers.items():
                slope = regularizer.gradient(layer.params[name])
                layer.grads[name] = layer.grads[name] + slope

    def constrain(self) -> None:
        """Change the params that a constraint does not allow, after an update."""
        for layer in self.layers:
            for name, rule in layer.constraints.items() if layer.trainable else ():
                layer.params[name][...] = rule(layer.params[name])

    def count_params(self) -> int:
        """Return how many numbers the weights are, learnt or kept as state."""
        return sum(array.size for array in self.weights)

    def get_weights(self) -> list[Array]:
        """Return copies of all weights, layer by layer: kernel, bias, ..."""
        return [array.copy() for array in self.weights]

    def set_weights(self, weights: list[Array]) -> None:
        """Take over arrays such as `get_weights` returned.

        Raises
        ------
        ValueError
            If their number or a shape is not the model's.
        """
        arrays = self.arrays
        if len(weights) != len(arrays):
            raise ValueError(
                f"the model has {count_of(len(arrays), 'weight array')}, "
                f"got {len(weights)}"
            )
        for (name, array), weight in zip(arrays.items(), weights, strict=True):
            if np.shape(weight) != array.shape:
                raise ValueError(
                    f"the weights {name} should have shape {array.shape}, "
                    f"got {np.shape(weight)}"
                )
        for array, weight in zip(arrays.values(), weights, strict=True):
            array[...] = weight

    def trainable_arrays(self) -> tuple[dict[str, Array], dict[str, Array]]:
        """Return (params, grads) of the layers that are `trainable`."""
        params, grads = self.params, self.grads
        for place, layer in enumerate(self.layers):
            if not layer.trainable:
                for name in layer.params:
                    del params[f"{place}.{name}"], grads[f"{place}.{name}"]
        return params, grads

    # -- to look inside, under Keras's names ---------------------------------------

    @property
    def trainable(self) -> bool:
        """Whether any layer learns; setting it sets it for all layers."""
        return any(layer.trainable for layer in self.layers) or not self.layers

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self.layers:
            layer.trainable = bool(value)

    @property
    def trainable_weights(self) -> list[Array]:
        """The arrays that learning changes."""
        return [a for layer in self.layers for a in layer.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Array]:
        """The other arrays."""
        return [a for layer in self.layers for a in layer.non_trainable_weights]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name, such as "conv2d_1", or by its index.

        Raises
        ------
        ValueError
            If there is none; the message names them all.
        """
        names = [layer.name for layer in self.layers]
        if index is None and name in names:
            return self.layers[names.index(name)]
        if index is not None and -len(names) <= index < len(names):
            return self.layers[index]
        wanted = repr(name) if index is None else index
        raise ValueError(f"the layers are {', '.join(map(str, names))}, got {wanted}")

    def pop(self) -> None:
        """Take the last layer away, with the activation that was its argument.

        Raises
        ------
        TypeError
            If there is no layer.
        """
        if not self.layers:
            raise TypeError("there is no layer to take away")
        if self.layers.pop().is_joined:
            self.layers.pop()

    def __call__(self, x: Any, training: bool | None = None) -> Any:
        """Return the output for a batch, as `forward`, or join a row of layers.

        Layers that do nothing but augment do so, as in Keras; others answer.
        """
        if hasattr(x, "followed_by"):
            return x.followed_by(self)
        if training is None:
            training = draw_anew(self.layers)
        return ready(self.forward(x, training, keep=training))

    def summary(
        self,
        line_length: int | None = None,
        positions: object = None,
        print_fn: Callable[[str], object] | None = None,
        **others: object,
    ) -> None:
        """Print output shapes, parameters, bytes and multiply-adds, layer by layer.

        Parameters
        ----------
        line_length, positions, **others
            Keras's words for the layout; the table is as wide as it needs to be.
        print_fn : callable, optional
            Is given each line, in place of printing it.
        """
        text = summary.text(self.layers, self.input_shape)
        if print_fn is None:
            say(text)
            return
        for line in text.splitlines():
            print_fn(line)

    if not TYPE_CHECKING:  # else every misspelt name would look right to mypy

        def __getattr__(self, name: str) -> Any:
            hint = METHOD_WORDS.get(name, "help(Sequential) lists what there is")
            raise AttributeError(f"{type(self).__name__} has no {name!r}: {hint}")

    def __repr__(self) -> str:
        return summary.one_line(self.layers, self.input_shape)

    def _repr_html_(self) -> str:
        return summary.as_html(self.layers, self.input_shape)

    # -- forward and backward ---------------------------------------------------

    # The library's own threads share the work; those of BLAS would compete with them.
    @blas.one_thread
    def forward(self, x: Array, training: bool = False, keep: bool = True) -> Array:
        """Return the output for a batch; every layer keeps what backward needs.

        Parameters
        ----------
        x : ndarray of shape (N, H, W, C)
        training : bool, default False
            Whether the network is learning: Dropout drops, and batch normalisation
            uses the batch's own mean.
        keep : bool, default True
            Whether `backward` may follow; if not, memory is freed layer by layer.
        """
        x = self.as_input(x)
        # A large batch runs through its first layers a few photos at a time: see
        # `tiles.py`. `backward` goes back through the same stages.
        self.stages = in_tiles(self, len(x), keep, training)
        for layer in self.stages:
            x = layer.forward(x, training)
            if not keep:
                layer.forget()
        return x

    @blas.one_thread
    def backward(self, dy: Array, skip_dx: bool = False) -> Array:
        """Return dx for dy = d loss / d output; every layer writes its grads.

        Parameters
        ----------
        dy : ndarray of shape ``(N, *output_shape)``
        skip_dx : bool, default False
            Stop at the first layer with params, and leave out its dx: the photo's own
            gradient has no use in training.
        """
        with_params = (layer for layer in self.stages if layer.params)
        first = next(with_params, None) if skip_dx else None
        for layer in reversed(self.stages):
            layer.skip_dx = layer is first
            # The photos of a first Dense are the caller's, who may change them.
            layer.reads_grads_once = skip_dx and layer is not first
            try:
                dy = layer.backward(dy)
            finally:  # a layer used alone returns dx and arrays
                layer.skip_dx = layer.reads_grads_once = False
            if layer is first:
                break
        return dy

    def forget(self) -> None:
        """Let go of what forward kept for backward."""
        for layer in (*self.stages, *self.layers):
            layer.forget()

    def activations(self, x: Array, training: bool = False) -> list[Array]:
        """Return x and the output of every layer, in order: `forward`, looked into."""
        outputs = [self.as_input(x)]
        self.stages = self.layers
        for layer in self.layers:
            outputs.append(layer.forward(outputs[-1], training))
        return outputs

    def gradients(self, dy: Array) -> list[Array]:
        """Return d loss / d each of the `activations`, in the same order."""
        gradients = [dy]
        for layer in reversed(self.layers):
            gradients.insert(0, layer.backward(gradients[0]))
        return gradients

    def part(self, start: int = 0, stop: int | None = None) -> "Network":
        """Return some of the layers as a network; the layers are the same objects."""
        part = Network(seed=self.seed)
        part.layers = part.stages = self.layers[start:stop]
        return part

    def in_float64(self) -> "Network":
        """Return a copy that computes in float64; this network is not touched."""
        double = Network(seed=self.seed)
        for layer in self.layers:
            bare = copy.copy(layer)  # gradients and kept arrays may outweigh the model
            bare.grads, bare.kept, bare.skip_dx = {}, None, False
            bare = copy.deepcopy(bare)
            for arrays in (bare.params, bare.state):
                arrays |= {name: a.astype(np.float64) for name, a in arrays.items()}
            double.layers.append(bare)
        return double

    def as_input(self, x: Any) -> Array:
        """Return x as floats of the shape that the first layer wants."""
        if not self.layers:
            raise RuntimeError("the model has no layers yet: add some")
        array = np.asarray(x)
        if array.dtype.kind not in "fiub":
            raise ValueError(
                f"x should be an array of numbers, got dtype {array.dtype}"
            )
        if self.output_shape is None:
            self.build(array.shape[1:])
        return self.layers[0].check_input(with_channel(array, self.input_shape))
