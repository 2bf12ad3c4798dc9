"""Fashion-MNIST: 70,000 small photos of clothes, made to take MNIST's place.

Each is an article's photo in the shop of Zalando, in grey and shrunk to MNIST's size.
The copyright is Zalando SE's; the licence is the MIT licence.
"""

import os

from tinycnn.datasets.download import Mirror
from tinycnn.datasets.named import IdxDataset, Part, idx_files

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
# The SHA-256 of keras/src/datasets/fashion_mnist.py, which are those of
# tensorflow_datasets/url_checksums/fashion_mnist.txt.
IDX = idx_files(
    (26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
    (29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
    (4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
    (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
)
FASHION_MNIST = IdxDataset(
    name="Fashion-MNIST",
    image_shape=(28, 28),
    label_shape=(),
    counts=(60000, 10000),
    files=("fashion_mnist.npz", "fashion-mnist.npz"),
    folders=("fashion-mnist", "fashion_mnist", "FashionMNIST/raw", "FashionMNIST"),
    pickles=(),
    mirrors=tuple(
        Mirror(url, IDX, "fashion-mnist")
        for url in (
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/"
            "data/fashion/",
        )
    ),
)


def load_data(path: str | os.PathLike[str] | None = None) -> tuple[Part, Part]:
    """Return the clothes as ((x_train, y_train), (x_test, y_test)), as Keras does.

    The files are taken from `path`, else from the cache (``datasets`` in the folder of
    the environment variable TINYCNN_HOME, by default ``~/.tinycnn``; then Keras's own),
    else they are downloaded into the cache, once.

    Parameters
    ----------
    path : str or Path, optional
        A folder with the four idx files, or an .npz file with x_train, y_train, x_test
        and y_test.

    Returns
    -------
    x : ndarray of uint8, shape (60000, 28, 28) and (10000, 28, 28)
        0 for the background to 255.
    y : ndarray of uint8, shape (60000,) and (10000,)
        The place of the class in `CLASS_NAMES`, 0 to 9.

    Raises
    ------
    DatasetError
        If a file is damaged or something else, or the clothes are neither found nor can
        be downloaded; the message says what to put where. It is a `ValueError`.

    Notes
    -----
    A smaller set of the same kind is returned as it is, and one line tells its size.

    References
    ----------
    .. [1] Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for
       benchmarking machine learning algorithms", arXiv:1708.07747, 2017.
    """
    return FASHION_MNIST.load(path)
