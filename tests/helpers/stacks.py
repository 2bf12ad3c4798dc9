"""Small models of every kind of layer, with random weights, and pages made of them."""

import numpy as np

from tinycnn.layers import (
    ELU,
    Activation,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    LeakyReLU,
    MaxPooling2D,
    RandomBrightness,
    RandomContrast,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    ReLU,
    Rescaling,
    Reshape,
    Resizing,
    SeparableConv2D,
    Softmax,
    SpatialDropout2D,
    SumPooling2D,
    ZeroPadding2D,
)
from tinycnn.models import Sequential
from tinycnn.networks import tutorial_network


def digits():
    return [
        Conv2D(6, 3, activation="relu", input_shape=(14, 14, 1)),
        MaxPooling2D(),
        Conv2D(8, 3, activation="relu"),
        MaxPooling2D(2, padding="same"),
        Flatten(),
        Dropout(0.5),
        Dense(24, activation="relu"),
        Dense(10, activation="softmax"),
    ]


STACKS = {
    "digits": digits,
    "sum pooling": lambda: [
        Conv2D(4, (2, 3), activation="relu", input_shape=(11, 9, 3)),
        SumPooling2D((3, 2), strides=(2, 1)),
        Flatten(),
        Dense(5, activation="relu"),
        Dense(1, activation="sigmoid"),
    ],
    "strides and same": lambda: [
        Conv2D(5, 3, strides=(2, 3), padding="same", input_shape=(13, 16, 3)),
        ReLU(),
        Conv2D(4, (3, 2), strides=2, padding="same", activation="relu"),
        MaxPooling2D(3, strides=1, padding="same"),
        Flatten(),
        Dense(3, activation="softmax"),
    ],
    "average and same": lambda: [
        Conv2D(4, 3, activation="relu", input_shape=(9, 12, 3)),
        AveragePooling2D((2, 3), padding="same"),
        AveragePooling2D(3, strides=2, padding="same"),
        Flatten(),
        Dense(2, activation="softmax"),
    ],
    "hidden sigmoid": lambda: [
        Conv2D(3, 3, activation="sigmoid", input_shape=(8, 10, 3)),
        MaxPooling2D(),
        Flatten(),
        Dense(6, activation="sigmoid"),
        Dropout(0.2),
        Dense(4, activation="sigmoid"),
    ],
    "large hidden sigmoid": lambda: [
        Conv2D(16, 3, activation="relu", input_shape=(18, 18, 3)),
        Flatten(),
        Dense(12, activation="sigmoid"),
        Dense(1, activation="sigmoid"),
    ],
    "large, ten classes": lambda: [
        Conv2D(32, 3, activation="relu", input_shape=(40, 40, 3)),
        MaxPooling2D(),
        Flatten(),
        Dense(300, activation="relu"),
        Dense(200, activation="relu"),
        Dense(10, activation="softmax"),
    ],
    "batch normalisation": lambda: [
        Conv2D(4, 3, input_shape=(9, 12, 3)),
        BatchNormalization(epsilon=0.1),
        ReLU(),
        MaxPooling2D(),
        Flatten(),
        Dense(6),
        BatchNormalization(),
        ReLU(),
        Dense(3, activation="softmax"),
    ],
    "border, leaky, global mean": lambda: [
        ZeroPadding2D(((1, 2), (0, 3)), input_shape=(7, 9, 3)),
        Conv2D(5, 3, activation=LeakyReLU(0.1)),
        ZeroPadding2D(1),
        MaxPooling2D(),
        Conv2D(6, 2, activation="leaky_relu", use_bias=False),
        GlobalAveragePooling2D(),
        Dense(3, activation="softmax"),
    ],
    "round bends, global maximum": lambda: [
        Conv2D(4, 3, activation="tanh", input_shape=(9, 8, 3)),
        Conv2D(4, 2, activation=ELU(0.5)),
        Conv2D(5, 2, activation="swish"),
        GlobalMaxPooling2D(),
        Dense(6, activation="softplus", use_bias=False, kernel_regularizer="l2"),
        Dense(1),
        Activation("linear"),
    ],
    "prepared inside": lambda: [
        RandomFlip("horizontal", input_shape=(8, 9, 3)),
        Rescaling(2.5, offset=-0.5),
        Resizing(9, 7),
        Resizing(8, 8, "nearest"),
        RandomRotation(0.1),
        RandomZoom(0.2),
        RandomTranslation(0.1, 0.1),
        RandomContrast(0.2),
        RandomBrightness(0.1),
        Conv2D(4, 3, activation="relu"),
        SumPooling2D(),
        Flatten(),
        Dense(3, activation="softmax"),
    ],
    "in two parts, with bends": lambda: [
        DepthwiseConv2D(1, input_shape=(8, 9, 2)),
        Reshape((9, 8, -1)),
        SeparableConv2D(5, (3, 2), (2, 2), "same", 2, activation="selu"),
        SpatialDropout2D(0.3),
        DepthwiseConv2D(2, depth_multiplier=3, activation="relu"),
        SeparableConv2D(3, 1, use_bias=False),
        GlobalAveragePooling2D(),
        Dense(2, activation="softmax"),
    ],
    "no convolution": lambda: [
        Flatten(input_shape=(6, 5, 3)),
        Dense(4, activation="relu"),
        Dense(1),
    ],
    "no flatten": lambda: [
        Conv2D(3, (6, 5), activation="relu", input_shape=(7, 6, 3)),
        Conv2D(2, 2),
        Softmax(),
    ],
    "four channels, maps at the end": lambda: [
        Conv2D(7, 2, strides=2, activation="relu", input_shape=(6, 8, 4)),
        Conv2D(3, 1, activation="softmax"),
    ],
}


def model_of(name, seed=0):
    """A model with random biases too, which a new one has at zero."""
    if name == "tutorial":
        model = tutorial_network((64, 64, 3), classes=2)
    else:
        model = Sequential(STACKS[name](), seed=seed)
    rng = np.random.default_rng(seed)
    for key, param in model.params.items():
        if key.endswith("bias"):
            param[...] = rng.normal(scale=0.1, size=param.shape)
    for layer in model.layers:
        for array in (*layer.state.values(), layer.params.get("gamma", np.empty(0))):
            array[...] = rng.uniform(0.5, 2.0, array.shape)
    return model


def photo_for(model, seed=1):
    return np.random.default_rng(seed).random(model.input_shape, np.float32)
