"""Sequential: a network with compile, fit, evaluate, predict and save; `load_model`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tinycnn import batches, losses, metrics, optimizers
from tinycnn.callbacks import (
    Callback,
    History,
    Logs,
    as_callbacks,
    figures_text,
    with_model,
)
from tinycnn.keras.arrays import ready
from tinycnn.keras.inputs import say_if_cut_apart, say_what_is_frozen
from tinycnn.keras.words import ANSWER_WORDS, COMPILE_WORDS, FIT_WORDS, spelled
from tinycnn.layers import KINDS
from tinycnn.layers.more.function import check_order
from tinycnn.layers.more.naming import name_layers
from tinycnn.metrics import Metric, as_metrics
from tinycnn.models import loop, step
from tinycnn.models.inputs import (
    blocks_of,
    check_alike,
    check_outputs,
    photos_of,
    warn_of_preprocessing,
    warn_of_range,
)
from tinycnn.models.model_file import (
    ModelContent,
    read_model_file,
)
from tinycnn.models.network import Network
from tinycnn.models.older_names import OlderNames
from tinycnn.models.saving import Saved, read_written
from tinycnn.preprocessing.photos import Preprocessing
from tinycnn.shapes import Array, whole_number
from tinycnn.text import display_name, say


class Sequential(Saved, OlderNames, Network):
    """A network of layers in a row: the output of each is the input of the next.

    Parameters
    ----------
    layers : list of Layer, optional
        The same as calling `add` for each.
    name : str, optional
    seed : int, optional
        First weights, order of the photos and Dropout are functions of it: the same
        seed gives the same model. By default 0, or what `utils.set_random_seed` set.

    Attributes
    ----------
    layers : list of Layer
        Activations are layers of their own here.
    classes : list of str or None
        Class names by label; set by fitting from a folder, kept in the file.
    preprocessing : Preprocessing or None
        How photos become arrays; set by fitting from a folder, kept in the file.
    threshold : float
        With one output: above it the answer is class 1. Kept in the file.
    input_range : (float, float) or None
        The smallest and the largest number learnt from. Kept in the file.
    optimizer, loss : Optimizer and Loss, or None before `compile`
    stop_training : bool
        A callback sets it to end `fit` early.

    Examples
    --------
    >>> from tinycnn.layers import Conv2D, Dense, Flatten, MaxPooling2D
    >>> classifier = Sequential()
    >>> classifier.add(Conv2D(32, (3, 3), input_shape=(64, 64, 3), activation="relu"))
    >>> classifier.add(MaxPooling2D(pool_size=(2, 2)))
    >>> classifier.add(Flatten())
    >>> classifier.add(Dense(units=128, activation="relu"))
    >>> classifier.add(Dense(units=1, activation="sigmoid"))
    >>> classifier.count_params()
    3937409
    """

    def __init__(
        self,
        layers: Iterable[Any] | None = None,
        name: str | None = None,
        *,
        seed: int | None = None,
    ) -> None:
        super().__init__(layers, seed=seed)
        say_if_cut_apart(self.layers)
        self.name = name
        self.classes: list[str] | None = None
        self.preprocessing: Preprocessing | None = None
        self.threshold: float = 0.5
        self.optimizer: optimizers.Optimizer | None = None
        self.loss: losses.Loss | None = None
        self.metrics: list[Metric] = []
        self.history: History | None = None

    # -- learning ---------------------------------------------------------------

    @spelled(COMPILE_WORDS)
    def compile(
        self,
        optimizer: Any = "adam",
        loss: Any = None,
        metrics: Any = None,
    ) -> None:
        """Choose how to learn.

        Parameters
        ----------
        optimizer : str or Optimizer, default "adam"
            "adam", "sgd", or an object such as ``Adam(learning_rate=0.0005)``.
        loss : str or Loss
            "binary_crossentropy", "categorical_crossentropy" (labels as numbers or
            one-hot), "sparse_categorical_crossentropy", "mean_squared_error" or
            "mean_absolute_error"; an object such as
            ``BinaryCrossentropy(from_logits=True)`` if the model ends without sigmoid
            or softmax.
        metrics : list of str, Metric or function, optional
            Such as ["accuracy"]; the history has them under the names given here.

        Raises
        ------
        ValueError
            If a name is unknown, or the loss does not go with the last layer.
        TypeError
            For Keras's arguments that are not there.
        """
        optimizer, loss = optimizers.get(optimizer), losses.get(loss)
        if self.layers:
            step.say_if_unusual(self.layers, loss)
        self.optimizer, self.loss = optimizer, loss
        self.metrics = as_metrics(metrics)

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns."""
        return ["loss", *(metric.name for metric in self.metrics)]

    def _compiled(self) -> step.Compiled:
        if self.optimizer is None or self.loss is None:
            raise RuntimeError(
                "the model is not compiled: call compile(optimizer='adam', "
                "loss='binary_crossentropy', metrics=['accuracy']) first"
            )
        check_order(self.layers)
        loss = step.loss_after(self.layers, self.loss)
        return step.Compiled(self.optimizer, loss, self.metrics, self.threshold)

    @spelled(FIT_WORDS)
    def fit(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: list[Callback] | Callback | None = None,
        validation_split: float = 0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: dict[int, float] | None = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
    ) -> History:
        """Learn from photos.

        Parameters
        ----------
        x : ndarray of shape (N, H, W, C), or a source of batches
            A source is what ``flow_from_directory`` and ``flow`` return, a generator
            that yields (x, y), or a list of such pairs.
        y : array-like of shape (N,) or (N, K)
            The right answers, if x is an array.
        batch_size : int, default 32
            Photos per update, if x is an array.
        epochs : int, default 1
            Number of the last epoch, counted from 1.
        verbose : {0, 1, 2}, default 1
            Silent, a progress bar, or one line per epoch.
        callbacks : list of Callback, optional
        validation_split : float, default 0
            This share of the arrays, their last part, is used for validation, not for
            training (unless there is validation_data, as in Keras).
        validation_data : (x, y) or a source of batches, optional
            Evaluated after each epoch, in file order and never augmented.
        shuffle : bool, default True
            Shuffle arrays for each pass.
        class_weight : dict of int to float, optional
            Factor of the loss for photos of a class.
        initial_epoch : int, default 0
            The epoch to start at; the photos come as in a run that was never stopped.
        steps_per_epoch : int, optional
            Batches (not photos) in an epoch; by default one pass. With more than a
            pass the data start again; with fewer the next epoch continues after them.
        validation_steps : int, optional
            Batches to evaluate; by default all, once.
        validation_batch_size : int, optional
            Photos at a time in the validation of arrays; by default `batch_size`.

        Returns
        -------
        History

        Raises
        ------
        ValueError
            If x, y and the model do not fit together.
        DivergedError
            If the loss is not finite any more.
        """
        compiled = self._compiled()
        if validation_split and validation_data is None:
            (x, y), validation_data = batches.split_arrays(x, y, validation_split)
        source = batches.as_source(
            x, y, batch_size, shuffle, self.seed, "steps_per_epoch", steps_per_epoch
        )
        validation = None
        if validation_data is not None:
            size = validation_batch_size or batch_size
            words = (size, False, self.seed, "validation_steps", validation_steps)
            validation = batches.as_source(validation_data, None, *words)
        self._learn_names(source, validation)
        say_what_is_frozen(self.layers, verbose)
        self.history = loop.fit(
            self,
            compiled,
            source,
            epochs=epochs,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation=validation,
            validation_steps=validation_steps,
            callbacks=as_callbacks(callbacks),
            class_weight=class_weight,
            verbose=verbose,
        )
        return self.history

    def _learn_names(self, source: Any, validation: Any) -> None:
        """Copy class names and preprocessing from a folder, after checks."""
        indices = getattr(source, "class_indices", None)
        if indices is None:
            return
        check_alike(validation, indices, source.preprocessing)
        photo_shape = source.preprocessing.shape
        if self.input_shape is None:
            self.build(photo_shape)
        if self.input_shape != photo_shape:
            raise ValueError(
                f"the model wants photos of shape {self.input_shape} and the folder's "
                f"are {photo_shape}: give flow_from_directory target_size and "
                "color_mode to match"
            )
        check_outputs(source, (self.output_shape or (0,))[-1])
        self.preprocessing = source.preprocessing
        self.classes = [display_name(name) for name in indices]

    def train_on_batch(
        self,
        x: Any,
        y: Any,
        class_weight: dict[int, float] | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Make one update; return the loss, or [loss, metrics], or both as a dict."""
        batch = np.asarray(x), np.asarray(y)
        logs = step.train_on(self, self._compiled(), batch, class_weight)
        return dict(logs) if return_dict else _as_keras(logs)

    # -- evaluating and answering --------------------------------------------------

    @spelled(ANSWER_WORDS)
    def evaluate(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        verbose: int = 1,
        steps: int | None = None,
        callbacks: list[Callback] | Callback | None = None,
        return_dict: bool = False,
    ) -> Any:
        """Return the loss, or [loss, metrics], of photos and their right answers.

        Parameters are those of `fit`. Photos are never augmented here. With
        `return_dict` the figures come under their names.
        """
        source = batches.as_source(x, y, batch_size, False, self.seed, steps=steps)
        check_alike(source, self.classes, self.preprocessing)
        if steps is not None:
            steps = whole_number(steps, "steps")
        watching = with_model(as_callbacks(callbacks), self, {"steps": steps})
        logs = loop.evaluate_source(self, self._compiled(), source, steps, watching)
        if verbose:
            photos = getattr(source, "samples", None)  # a generator has no length
            say(f"{f'{photos} - ' if photos else ''}{figures_text(logs)}")
        return dict(logs) if return_dict else _as_keras(logs)

    @spelled(ANSWER_WORDS)
    def predict(
        self,
        x: Any,
        batch_size: int = 32,
        verbose: int = 0,
        steps: int | None = None,
        callbacks: list[Callback] | Callback | None = None,
    ) -> Array:
        """Return the model's answers, float32 of shape (N, K).

        Parameters
        ----------
        x : ndarray, photo, list of photos, or what flow_from_directory returns
            An array (N, H, W, C) is taken as it is, with a warning if its numbers look
            like 0..255 and the model learnt on 0..1. Photos are paths or Pillow images;
            they are prepared as the training's were. Folders come in file order, with
            a warning if they are prepared differently. A generator yields x or (x, y).
        batch_size : int, default 32
            Photos at a time; the memory needed grows with it, not with N.
        verbose : int, default 0
            Accepted for compatibility; has no effect.
        steps : int, optional
            Batches to answer for; by default all, once.
        callbacks : list of Callback, optional
            Their ``on_predict_...`` methods are called.

        Raises
        ------
        ValueError
            If the shape is not the model's.
        PhotoError
            If a photo cannot be read.
        """
        photos = photos_of(x, steps)
        if photos is None:
            photos = self.as_input(x)
        warn_of_preprocessing(photos, self.preprocessing)
        size = whole_number(batch_size, "batch_size")
        if steps is not None:
            steps = whole_number(steps, "steps")
        watching = with_model(as_callbacks(callbacks), self, {"steps": steps})
        loop.tell(watching, "on_predict_begin", {})
        answers: list[Array] = []
        blocks = blocks_of(photos, size, self.preprocessing, steps)
        for place, block in enumerate(blocks):
            loop.tell(watching, "on_predict_batch_begin", place, {})
            if not place:
                warn_of_range(self.as_input(block), self)
            answers.append(self.forward(block, keep=False))
            loop.tell(watching, "on_predict_batch_end", place, {})
        loop.tell(watching, "on_predict_end", {})
        return ready(np.concatenate(answers))

    def classify(self, photo: Any) -> tuple[str, float]:
        """Return (class name, its probability) of one photo: "who is it?".

        Parameters
        ----------
        photo : str, Path, PIL.Image.Image or ndarray of shape (1, H, W, C)

        Raises
        ------
        ValueError
            If the model does not know its classes.
        """
        if self.classes is None:
            raise ValueError(
                "this model does not know its classes: set model.classes = [name of "
                "class 0, name of class 1]"
            )
        y_pred = self.predict(photo)
        if len(y_pred) != 1:
            raise ValueError(
                f"classify answers for one photo, got {len(y_pred)}; predict takes many"
            )
        y_pred = step.as_probabilities(self, self.loss, y_pred)
        labels = metrics.predicted_labels(y_pred, self.threshold)
        probability = metrics.answer_probabilities(y_pred, labels)[0]
        return self.classes[labels[0]], float(probability)


def load_model(
    filepath: str | Path,
    custom_objects: dict[str, object] | None = None,
    compile: bool = True,
) -> Sequential:
    """Return the model in a file that `Sequential.save` wrote, whatever its name.

    Parameters
    ----------
    filepath : str or Path
        If the name is a folder or a file of another kind, and `save` wrote
        ``NAME.safetensors`` beside it, that is read.
    custom_objects : dict, optional
        Keras's word; a file never names code that is not the library's own.
    compile : bool, default True
        Whether the model is compiled as it was when it was saved.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, made by a newer tinycnn, or something else.
        Of a file of Keras's or PyTorch's the message says how to convert it.
    """
    content = read_written(filepath, read_model_file)
    if not compile:
        content.compiled = None
    return model_of(content)


def model_of(content: ModelContent) -> Sequential:
    """Return the model that a file, checked, describes."""
    model = Sequential(seed=content.seed)
    for layer in content.layers:
        layer.initializers = {}  # the weights come from the file: draw none
        model.layers.append(layer)
    name_layers(model.layers, content.names, KINDS)
    for place in content.frozen:
        model.layers[place].trainable = False
    model.build(content.input_shape)
    for place, layer in enumerate(model.layers):
        for arrays in (layer.params, layer.state):
            arrays |= {name: content.weights[f"{place}.{name}"] for name in arrays}
    for name in ("classes", "preprocessing", "threshold", "input_range"):
        setattr(model, name, getattr(content, name))
    if content.compiled is not None:
        for name, choice in content.compiled.items():
            setattr(model, name, choice)
    return model


def _as_keras(logs: Logs) -> Any:
    """Return the figures as Keras does: a number, or a list of several."""
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
