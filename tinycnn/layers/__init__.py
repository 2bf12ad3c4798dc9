"""The layers, each with its forward and its backward side by side."""

from typing import TYPE_CHECKING

from tinycnn.keras.names import other_names, starred
from tinycnn.layers import pooling
from tinycnn.layers.activations import ReLU, Sigmoid, Softmax
from tinycnn.layers.base import Layer
from tinycnn.layers.batch_normalization import BatchNormalization
from tinycnn.layers.conv import Conv2D
from tinycnn.layers.dense import Dense
from tinycnn.layers.dropout import Dropout
from tinycnn.layers.flatten import Flatten
from tinycnn.layers.more.activations import (
    ACTIVATIONS,
    ELU,
    KINDS,
    SELU,
    Activation,
    Identity,
    LeakyReLU,
    Softplus,
    Swish,
    Tanh,
)
from tinycnn.layers.more.function import Lambda
from tinycnn.layers.more.light import RandomBrightness, RandomContrast
from tinycnn.layers.more.maps import (
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    ZeroPadding2D,
)
from tinycnn.layers.more.reshape import Reshape
from tinycnn.layers.more.resizing import Resizing
from tinycnn.layers.more.separable import DepthwiseConv2D, SeparableConv2D
from tinycnn.layers.more.spatial_dropout import SpatialDropout2D
from tinycnn.layers.pooling import AveragePooling2D, MaxPooling2D, SumPooling2D
from tinycnn.layers.preparation import (
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    RandomZoom,
    Rescaling,
)

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
        SELU,
        Tanh,
        Softplus,
        Swish,
        Identity,
        Reshape,
        Resizing,
        DepthwiseConv2D,
        SeparableConv2D,
        SpatialDropout2D,
        Rescaling,
        RandomFlip,
        RandomRotation,
        RandomZoom,
        RandomTranslation,
        RandomBrightness,
        RandomContrast,
    )
}

__all__ = [
    "ACTIVATIONS", "ELU", "KINDS", "LAYERS", "SELU", "Activation", "AveragePooling2D",
    "BatchNormalization", "Conv2D", "Dense", "DepthwiseConv2D", "Dropout", "Flatten",
    "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Identity", "Lambda", "Layer",
    "LeakyReLU", "MaxPooling2D", "RandomBrightness", "RandomContrast", "RandomFlip",
    "RandomRotation", "RandomTranslation", "RandomZoom", "ReLU", "Rescaling", "Reshape",
    "Resizing", "SeparableConv2D", "Sigmoid", "Softmax", "Softplus", "SpatialDropout2D",
    "SumPooling2D", "Swish", "Tanh", "ZeroPadding2D",
]  # fmt: skip

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
    pooling.__getattr__ = other_names(pooling.__name__)  # a module of Keras's, too
