"""The layers, each with its forward and its backward side by side."""

from tinycnn.layers.activations import ReLU, Sigmoid, Softmax
from tinycnn.layers.base import Layer
from tinycnn.layers.batch_normalization import BatchNormalization
from tinycnn.layers.conv import Conv2D
from tinycnn.layers.dense import Dense
from tinycnn.layers.dropout import Dropout
from tinycnn.layers.flatten import Flatten
from tinycnn.layers.maps import (
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    ZeroPadding2D,
)
from tinycnn.layers.more_activations import (
    ACTIVATIONS,
    ELU,
    Activation,
    Identity,
    LeakyReLU,
    Softplus,
    Swish,
    Tanh,
)
from tinycnn.layers.pooling import AveragePooling2D, MaxPooling2D, SumPooling2D

# The fixed table by which a model file may name a layer: nothing else is ever made.
LAYERS: dict[str, type[Layer]] = {
    layer.__name__: layer
    for layer in (
        Conv2D,
        MaxPooling2D,
        AveragePooling2D,
        SumPooling2D,
        Flatten,
        Dense,
        ReLU,
        Sigmoid,
        Softmax,
        Dropout,
        BatchNormalization,
        ZeroPadding2D,
        GlobalAveragePooling2D,
        GlobalMaxPooling2D,
        LeakyReLU,
        ELU,
        Tanh,
        Softplus,
        Swish,
        Identity,
    )
}

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "LAYERS",
    "Activation",
    "AveragePooling2D",
    "BatchNormalization",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "Identity",
    "Layer",
    "LeakyReLU",
    "MaxPooling2D",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "SumPooling2D",
    "Swish",
    "Tanh",
    "ZeroPadding2D",
]
