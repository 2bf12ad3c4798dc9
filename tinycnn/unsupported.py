"""Keras's arguments that tinycnn does not have, and what to do instead.

Tutorials on the web use many of them. Each is refused by name, with an alternative: an
argument that was accepted and ignored would mislead.
"""

from collections.abc import Callable
from difflib import get_close_matches
from inspect import signature
from typing import Any

LAYER_WORDS = {
    "activity_regularizer": "there is no regulariser; Dropout(rate) and augmentation "
    "reduce over-fitting",
    "batch_input_shape": "give input_shape without the batch axis",
    "bias_initializer": "every bias starts at zero",
    "data_format": "arrays are always (N, rows, columns, channels), channels last",
    "border_mode": "its name is padding",
    "dilation_rate": "windows have no gaps; two convolutions in a row see further",
    "dtype": "networks are float32; gradient checks build theirs in float64",
    "groups": "every kernel sees every channel",
    "input_dim": "write input_shape=(input_dim,)",
    "kernel_regularizer": "there is no regulariser; Dropout(rate) and augmentation "
    "reduce over-fitting",
    "nb_filter": "its name is filters",
    "name": "layers are named by their index, as in '0.kernel'",
    "output_dim": "its name is units",
    "subsample": "its name is strides",
    "use_bias": "the bias is always used",
}
FIT_WORDS = {
    "generator": "pass the generator to fit as its first argument, x",
    "max_queue_size": "batches are made when they are needed",
    "nb_epoch": "its name is epochs",
    "sample_weight": "class_weight weights whole classes",
    "samples_per_epoch": "its name is steps_per_epoch, and it counts batches",
    "use_multiprocessing": "batches are made in this process",
    "validation_batch_size": "validation uses batch_size",
    "validation_freq": "validation follows every epoch",
    "workers": "batches are made in this process",
}
COMPILE_WORDS = {
    "loss_weights": "a Sequential has one output and so one loss",
    "run_eagerly": "every line always runs as it is written",
    "sample_weight_mode": "class_weight in fit weights whole classes",
    "weighted_metrics": "metrics are not weighted",
}
OPTIMIZER_WORDS = {
    "amsgrad": "Adam has no AMSGrad variant",
    "clipnorm": "lower learning_rate instead",
    "clipvalue": "lower learning_rate instead",
    "decay": "the learning rate is constant",
    "lr": "its name is learning_rate",
    "nesterov": "momentum is the classical one",
}
GENERATOR_WORDS = {
    "brightness_range": "the brightness of a photo is not changed",
    "channel_shift_range": "the colours of a photo are not changed",
    "cval": "fill_mode is 'nearest', 'reflect', 'wrap' or 'constant' with zeros",
    "data_format": "arrays are always (N, rows, columns, channels), channels last",
    "featurewise_center": "use rescale",
    "featurewise_std_normalization": "use rescale",
    "preprocessing_function": "use rescale: the model file records how photos are "
    "prepared, and cannot record a function",
    "samplewise_center": "use rescale",
    "samplewise_std_normalization": "use rescale",
    "zca_whitening": "use rescale",
}
FLOW_WORDS = {
    "classes": "the folders' names are the classes, in sorted order",
    "follow_links": "links to photos and to folders are followed, but never in circles",
    "keep_aspect_ratio": "photos are stretched to target_size, as in the tutorial",
    "sample_weight": "class_weight in fit weights whole classes",
    "save_to_dir": "figures.augmentation_preview shows what augmentation does",
}


METHOD_WORDS = {
    "get_layer": "use its index: model.layers[0]",
    "pop": "make a new Sequential of model.layers[:-1]",
    "to_yaml": "to_json writes the layers, and models.model_from_json reads them",
}
CALLBACK_WORDS = {
    "baseline": "the first epoch sets the value to improve on",
    "options": "the file is always written as a whole",
    "start_from_epoch": "raise patience instead",
}


def refuse(
    where: Callable[..., Any], keywords: dict[str, object], words: dict[str, str]
) -> None:
    """Raise TypeError for the first keyword, saying what to do instead.

    Parameters
    ----------
    where : callable
        The class or function that got the keywords.
    keywords : dict
        The unknown keyword arguments; often there are none.
    words : dict of str to str
        Keyword -> what to do instead. For others the closest argument is suggested.

    Raises
    ------
    TypeError
        If there is any keyword, as in Python itself.
    """
    for keyword in keywords:
        known = [name for name in signature(where).parameters if name != "self"]
        close = get_close_matches(keyword, known, 1)
        hint = words.get(keyword) or (
            f"did you mean {close[0]!r}?"
            if close
            else f"help({where.__qualname__}) lists its arguments"
        )
        raise TypeError(f"{where.__name__} has no argument {keyword!r}: {hint}")
