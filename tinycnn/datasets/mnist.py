"""MNIST: 70,000 handwritten digits, the field's first example since 1998.

LeCun, Cortes and Burges made it out of forms that NIST had collected from employees of
the Census Bureau and from high-school students. The copyright is Yann LeCun's and
Corinna Cortes's; the licence is Creative Commons Attribution-Share Alike 3.0.
"""

import os
from pathlib import Path

from tinycnn.datasets.download import Mirror, RemoteFile
from tinycnn.datasets.named import IdxDataset, Part, idx_files
from tinycnn.text import display_name, say

CLASS_NAMES = tuple("0123456789")
KERAS_NAME = "mnist.npz"
# The SHA-256 of keras/src/datasets/mnist.py.
NPZ = (
    RemoteFile(
        "mnist.npz",
        11490434,
        "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    ),
)
# Those of tensorflow_datasets/url_checksums/mnist.txt.
IDX = idx_files(
    (9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
    (28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    (1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
    (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
)
MNIST = IdxDataset(
    name="MNIST",
    image_shape=(28, 28),
    label_shape=(),
    counts=(60000, 10000),
    files=("mnist.npz",),
    folders=("mnist", "MNIST/raw", "MNIST"),
    pickles=("mnist.pkl", "mnist.pkl.gz"),
    mirrors=(
        Mirror("https://storage.googleapis.com/tensorflow/tf-keras-datasets/", NPZ),
        Mirror("https://ossci-datasets.s3.amazonaws.com/mnist/", IDX, "mnist"),
        Mirror("https://storage.googleapis.com/cvdf-datasets/mnist/", IDX, "mnist"),
    ),
)


def load_data(path: str | os.PathLike[str] | None = KERAS_NAME) -> tuple[Part, Part]:
    """Return the digits as ((x_train, y_train), (x_test, y_test)), as Keras does.

    The files are taken from `path`, else from the cache (``datasets`` in the folder of
    the environment variable TINYCNN_HOME, by default ``~/.tinycnn``; then Keras's own),
    else they are downloaded into the cache, once.

    Parameters
    ----------
    path : str or Path, optional
        A folder with the four idx files or mnist.npz, or an .npz file with x_train,
        y_train, x_test and y_test. A file that is not there is Keras's name for the
        copy in its cache, and here the cache is used.

    Returns
    -------
    x : ndarray of uint8, shape (60000, 28, 28) and (10000, 28, 28)
        0 for the paper to 255 for the ink.
    y : ndarray of uint8, shape (60000,) and (10000,)
        The digit, 0 to 9.

    Raises
    ------
    DatasetError
        If a file is damaged or something else, or the digits are neither found nor can
        be downloaded; the message says what to put where. It is a `ValueError`.

    Notes
    -----
    A smaller set of the same kind is returned as it is, and one line tells its size.

    References
    ----------
    .. [1] LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to
       document recognition", Proceedings of the IEEE 86 (11), 1998.
    """
    if path is not None and not os.path.lexists(path):
        place = Path(path)
        if place.suffix:
            if place.parent != Path():
                say(f"there is no {display_name(place)}; MNIST comes from the cache")
            path = None
    return MNIST.load(path)
