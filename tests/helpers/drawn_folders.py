"""Photos and digits drawn for the scripts: a letter for each class, no two alike.

A script finds what its time would have put there: a folder of photos for each class, or
one of the published sets of digits, clothes and small photos in the cache.
"""

import gzip
import string
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SYMBOLS = string.ascii_uppercase + string.ascii_lowercase


def drawing(label, rng, size=(40, 40), mode="RGB"):
    """Return a photo of class `label`: its letter somewhere before a background."""
    width, height = size
    noise = rng.normal(rng.uniform(20, 110, 3), 12, (height, width, 3))
    photo = Image.fromarray(noise.clip(0, 255).astype(np.uint8))
    font = ImageFont.load_default(rng.uniform(0.6, 0.9) * min(size))
    ink = tuple(int(value) for value in rng.integers(140, 256, 3))
    at = (rng.uniform(0.1, 0.35) * width, rng.uniform(0, 0.2) * height)
    ImageDraw.Draw(photo).text(at, SYMBOLS[label], ink, font)
    return photo.convert(mode)


def write_photos(folder, classes, count, name="{name}.{number}.jpg", **how):
    """Write folder/<class>/... for each class, `count` photos of its letter each.

    `name` may say {name} for the class, {number} for the photo and {label} for the
    class's number.
    """
    rng = np.random.default_rng(len(str(folder)))
    for label, each in enumerate(classes):
        for number in range(count):
            path = (
                Path(folder) / each / name.format(name=each, number=number, label=label)
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            drawing(label, rng, **how).save(path)


def write_loose_photos(folder, classes, count, name="{name}.{number}.jpg", **how):
    """Write the photos of all classes side by side into one folder."""
    rng = np.random.default_rng(len(str(folder)))
    Path(folder).mkdir(parents=True, exist_ok=True)
    for label, each in enumerate(classes):
        for number in range(count):
            path = Path(folder) / name.format(name=each, number=number, label=label)
            drawing(label, rng, **how).save(path)


def write_table(path, count, classes=24, size=28, has_labels=True):
    """Write a table of grey photos: a line for each, its class and then its pixels."""
    rng = np.random.default_rng(count)
    lines = [",".join(["label"] * has_labels + [f"pixel{n}" for n in range(size**2)])]
    for number in range(count):
        label = number % classes
        pixels = np.asarray(drawing(label, rng, (size, size), "L"))
        lines.append(",".join(map(str, [label] * has_labels + pixels.ravel().tolist())))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def arrays(seed, count, size, mode, classes=10):
    """Return (photos, labels) of a published set's kind, both uint8."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % classes).astype(np.uint8)
    rng.shuffle(labels)
    photos = [np.asarray(drawing(label, rng, (size, size), mode)) for label in labels]
    return np.stack(photos), labels


def write_idx_set(folder, train=240, test=60):
    """Write digits (or clothes) as the four files in which they are published."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (part, count) in enumerate((("train", train), ("t10k", test))):
        photos, labels = arrays(seed, count, 28, "L")
        for name, values in (
            (f"{part}-images-idx3-ubyte.gz", photos),
            (f"{part}-labels-idx1-ubyte.gz", labels),
        ):
            head = bytes((0, 0, 8, values.ndim))
            sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
            data = gzip.compress(head + sizes + values.tobytes(), mtime=0)
            (folder / name).write_bytes(data)


def write_cifar10(folder, train=200, test=50):
    """Write small colour photos as the published binary files: label, then planes."""
    folder = Path(folder) / "cifar-10-batches-bin"
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"data_batch_{number + 1}.bin" for number in range(5)]
    parts = [(name, train // 5) for name in names] + [("test_batch.bin", test)]
    for seed, (name, count) in enumerate(parts):
        photos, labels = arrays(seed, count, 32, "RGB")
        planes = photos.transpose(0, 3, 1, 2).reshape(count, -1)
        (folder / name).write_bytes(np.hstack([labels[:, None], planes]).tobytes())


def write_published_sets(home):
    """Write all three sets where the cache has them."""
    write_idx_set(Path(home) / "datasets" / "mnist")
    write_idx_set(Path(home) / "datasets" / "fashion_mnist")
    write_cifar10(Path(home) / "datasets" / "cifar10")
