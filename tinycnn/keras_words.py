"""Keras's arguments that tinycnn does not have, and what to do instead.

A tutorial found on the web may use any of them. Each is refused by name, with a way
out, since an argument that is taken and ignored is a lie.
"""

LAYER_WORDS = {
    "activity_regularizer": "there is no regulariser; Dropout(rate) and augmentation "
    "work against over-fitting",
    "batch_input_shape": "give input_shape without the batch axis",
    "bias_initializer": "every bias starts at zero",
    "data_format": "arrays are always (N, rows, columns, channels), channels last",
    "dilation_rate": "windows have no gaps; stack two convolutions to see further",
    "dtype": "networks are float32; gradient checks build theirs in float64",
    "groups": "every kernel sees every channel",
    "input_dim": "write input_shape=(input_dim,)",
    "kernel_regularizer": "there is no regulariser; Dropout(rate) and augmentation "
    "work against over-fitting",
    "name": "layers are named by their place, as in '0.kernel'",
    "use_bias": "the bias is always there",
}
FIT_WORDS = {
    "generator": "hand the generator to fit as its first argument, x",
    "max_queue_size": "batches are made when they are needed",
    "nb_epoch": "its name is epochs",
    "sample_weight": "class_weight weighs whole classes",
    "samples_per_epoch": "its name is steps_per_epoch, and it counts batches",
    "use_multiprocessing": "batches are made in this process",
    "validation_batch_size": "it is batch_size",
    "validation_freq": "validation follows every epoch",
    "workers": "batches are made in this process",
}
COMPILE_WORDS = {
    "loss_weights": "a Sequential has one output and so one loss",
    "run_eagerly": "every line always runs as it is written",
    "sample_weight_mode": "class_weight in fit weighs whole classes",
    "weighted_metrics": "metrics are not weighted",
}
OPTIMIZER_WORDS = {
    "amsgrad": "Adam is the plain one",
    "clipnorm": "lower learning_rate instead",
    "clipvalue": "lower learning_rate instead",
    "decay": "the learning rate stays the same",
    "lr": "its name is learning_rate",
    "nesterov": "momentum is the plain one",
}
GENERATOR_WORDS = {
    "brightness_range": "the light of a photo is not changed",
    "channel_shift_range": "the colours of a photo are not changed",
    "cval": "fill_mode is 'nearest', 'reflect', 'wrap' or 'constant' with zeros",
    "data_format": "arrays are always (N, rows, columns, channels), channels last",
    "featurewise_center": "use rescale",
    "featurewise_std_normalization": "use rescale",
    "preprocessing_function": "use rescale: the model file must be able to keep what "
    "was done to the photos, and a function cannot be kept",
    "samplewise_center": "use rescale",
    "samplewise_std_normalization": "use rescale",
    "zca_whitening": "use rescale",
}
FLOW_WORDS = {
    "classes": "the folders' names are the classes, in sorted order",
    "follow_links": "links to photos and to folders are followed, never in circles",
    "keep_aspect_ratio": "photos are stretched to target_size, as in the tutorial",
    "sample_weight": "class_weight in fit weighs whole classes",
    "save_to_dir": "figures.augmentation_preview shows what augmentation does",
}


def refuse(where: str, keywords: dict[str, object], words: dict[str, str]) -> None:
    """Do nothing for no keywords; else name the first and what to do instead.

    Raises
    ------
    TypeError
        If there is any keyword, as Python itself would.
    """
    for keyword in keywords:
        hint = words.get(keyword, f"help({where}) lists the arguments it has")
        raise TypeError(f"{where} has no argument {keyword!r}: {hint}")
