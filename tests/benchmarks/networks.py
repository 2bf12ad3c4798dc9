"""The four networks, in Keras's words: the same lines make them for both libraries."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spec:
    shape: tuple[int, int, int]
    classes: int
    loss: str


SPECS = {
    "tutorial": Spec((64, 64, 3), 2, "binary_crossentropy"),
    "mnist": Spec((28, 28, 1), 10, "sparse_categorical_crossentropy"),
    "deep": Spec((64, 64, 3), 2, "binary_crossentropy"),
    "cifar": Spec((32, 32, 3), 10, "sparse_categorical_crossentropy"),
}


def layers_of(network, words, filters=32):
    """New layers; `words` is the module tinycnn.layers or keras.layers."""
    Conv2D, MaxPooling2D, Dense = words.Conv2D, words.MaxPooling2D, words.Dense
    if network == "tutorial":
        return [
            Conv2D(filters, (3, 3), activation="relu"),
            MaxPooling2D((2, 2)),
            words.Flatten(),
            Dense(128, activation="relu"),
            Dense(1, activation="sigmoid"),
        ]
    if network == "mnist":
        return [
            Conv2D(32, (3, 3), activation="relu"),
            MaxPooling2D((2, 2)),
            Conv2D(64, (3, 3), activation="relu"),
            MaxPooling2D((2, 2)),
            words.Flatten(),
            words.Dropout(0.5),
            Dense(10, activation="softmax"),
        ]
    if network == "deep":  # tinycnn/networks/deep.py, for photos of this size
        blocks = [
            [
                Conv2D(f, (3, 3)),
                words.BatchNormalization(momentum=0.9),
                words.ReLU(),
                MaxPooling2D((2, 2)),
            ]
            for f in (32, 64, 128, 128)
        ]
        return [
            *(layer for block in blocks for layer in block),
            words.Flatten(),
            Dense(1, activation="sigmoid"),
        ]
    return [
        Conv2D(32, (3, 3), padding="same", activation="relu"),
        Conv2D(32, (3, 3), padding="same", activation="relu"),
        MaxPooling2D((2, 2)),
        Conv2D(64, (3, 3), padding="same", activation="relu"),
        Conv2D(64, (3, 3), padding="same", activation="relu"),
        MaxPooling2D((2, 2)),
        words.Flatten(),
        Dense(512, activation="relu"),
        Dense(10, activation="softmax"),
    ]


def photos_of(network, count, shape=None):
    """Random photos in 0..1 and labels; the time of a step does not depend on them."""
    rng = np.random.default_rng(0)
    spec = SPECS[network]
    x = rng.random((count, *(shape or spec.shape)), np.float32)
    return x, rng.integers(spec.classes, size=count).astype(np.int32)
