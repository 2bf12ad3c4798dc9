"""The methods of `Sequential` under names that Keras had for them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinycnn import metrics
from tinycnn.keras.arrays import ready
from tinycnn.keras.inputs import LayerOutput, NetworkInput
from tinycnn.keras.words import in_fit_generators_order
from tinycnn.models.step import as_probabilities
from tinycnn.shapes import Array


class OlderNames:
    """Old names for `evaluate` and `predict`; each is a line that calls today's."""

    predict: Any
    evaluate: Any
    fit: Any
    loss: Any
    threshold: float
    layers: Any
    weights: Any
    trainable_weights: Any
    non_trainable_weights: Any

    @property
    def variables(self) -> list[Array]:
        """`weights`, under another of Keras's names."""
        return list(self.weights)

    @property
    def trainable_variables(self) -> list[Array]:
        """`trainable_weights`, under another of Keras's names."""
        return list(self.trainable_weights)

    @property
    def non_trainable_variables(self) -> list[Array]:
        """`non_trainable_weights`, under another of Keras's names."""
        return list(self.non_trainable_weights)

    @property
    def input(self) -> NetworkInput:
        """Where ``Model(model.input, layer.output)`` begins."""
        return NetworkInput(self)

    @property
    def inputs(self) -> list[NetworkInput]:
        """`input`, in a list."""
        return [self.input]

    @property
    def output(self) -> LayerOutput:
        """The output of the last layer, where such a `Model` may end."""
        return LayerOutput(self.layers[-1])

    @property
    def outputs(self) -> list[LayerOutput]:
        """`output`, in a list."""
        return [self.output]

    def fit_generator(self, *args: Any, **keywords: Any) -> Any:
        """Call `fit`: the name it had in the Keras of older tutorials."""
        return self.fit(**in_fit_generators_order(args), **keywords)

    def evaluate_generator(
        self, generator: Any, steps: int | None = None, **others: Any
    ) -> Any:
        """Call `evaluate`: the name it had for generators."""
        return self.evaluate(generator, steps=steps, **{"verbose": 0, **others})

    def predict_generator(
        self, generator: Any, steps: int | None = None, **others: Any
    ) -> Array:
        """Call `predict`: the name it had for generators."""
        return ready(self.predict(generator, steps=steps, **others))

    def predict_proba(self, x: Any, **others: Any) -> Array:
        """Call `predict`: an old name for it."""
        return ready(self.predict(x, **others))

    def predict_classes(self, x: Any, **others: Any) -> NDArray[np.intp]:
        """Return the predicted labels: (N,), or (N, 1) with a single output, as Keras.

        Parameters are those of `predict`.
        """
        model: Any = self
        y_pred = as_probabilities(model, self.loss, self.predict(x, **others))
        labels = metrics.predicted_labels(y_pred, self.threshold)
        return ready(labels[:, np.newaxis] if y_pred.shape[-1] == 1 else labels)

    def predict_on_batch(self, x: Any) -> Array:
        """Return the answers for one batch; see `predict`."""
        return ready(self.predict(x, batch_size=max(1, len(x))))

    def test_on_batch(self, x: Any, y: Any, return_dict: bool = False) -> Any:
        """Return the loss, or [loss, metrics], of one batch; see `evaluate`."""
        size = max(1, len(x))
        return self.evaluate(x, y, batch_size=size, verbose=0, return_dict=return_dict)
