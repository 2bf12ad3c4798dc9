"""Small sets in the manner of MNIST and CIFAR-10, drawn with numbers of chance."""

import gzip
import io
import pickle
import struct
import tarfile

import numpy as np

IDX_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def drawn(shape, seed, most=256):
    return np.random.default_rng(seed).integers(0, most, shape, dtype=np.uint8)


def digits(counts=(6, 3), shape=(28, 28)):
    """((x_train, y_train), (x_test, y_test))."""
    train, test = counts
    return (
        (drawn((train, *shape), 0), np.arange(train, dtype=np.uint8) % 10),
        (drawn((test, *shape), 1), np.arange(test, dtype=np.uint8) % 10),
    )


def idx(x):
    """An array as the bytes of an idx file."""
    x = np.asarray(x, np.uint8)
    return struct.pack(f">4B{x.ndim}I", 0, 0, 8, x.ndim, *x.shape) + x.tobytes()


def idx_files(parts):
    """File name -> content of the four files, compressed."""
    arrays = [array for part in parts for array in part]
    return {
        f"{name}.gz": gzip.compress(idx(array), mtime=0)
        for name, array in zip(IDX_NAMES, arrays, strict=True)
    }


def npz(parts, **others):
    """A set as the bytes of an .npz file, as Keras's mnist.npz."""
    (x_train, y_train), (x_test, y_test) = parts
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test}
    file = io.BytesIO()
    np.savez_compressed(file, **{**arrays, "y_test": y_test, **others})
    return file.getvalue()


def cifar_files(count=2):
    """File name -> content of CIFAR-10's six binary files."""
    names = [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]
    files = {}
    for seed, name in enumerate(names):
        records = drawn((count, 3073), seed)
        records[:, 0] %= 10
        files[name] = records.tobytes()
    return files


def tar_gz(files, folder="cifar-10-batches-bin/"):
    """Files as the bytes of a .tar.gz."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(folder + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


class Trap:
    """Its pickle makes a file when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def trap(path):
    """A pickle that makes the file `path` when it is read."""
    return pickle.dumps(Trap(path), protocol=2)
