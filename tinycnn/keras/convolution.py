"""Convolution2D: Keras 1's name, whose last numbers are the kernel."""

from typing import Any

from tinycnn.keras.words import say_once
from tinycnn.layers import Conv2D


def Convolution2D(*args: Any, **keywords: Any) -> Conv2D:
    """Return the Conv2D that ``Convolution2D(filters, rows, columns)`` means.

    Two numbers after the filters are the rows and columns of the kernel, as in Keras 1
    (in Conv2D the second one is the stride).

    Examples
    --------
    >>> Convolution2D(32, (3, 3), padding="same")
    Conv2D(filters=32, kernel_size=(3, 3), padding='same')
    """
    sizes = args[1:3]
    if len(sizes) == 2 and all(isinstance(size, int) for size in sizes):
        args = (args[0], sizes, *args[3:])
        if len(args) > 2:
            raise TypeError(
                "Convolution2D takes filters, rows and columns of the kernel; write "
                "the other arguments with their names, as in activation='relu'"
            )
        say_once(
            "Convolution2D(filters, rows, columns) is Conv2D(filters, (rows, columns)) "
            "today"
        )
    return Conv2D(*args, **keywords)
