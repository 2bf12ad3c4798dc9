"""Photos that are in a data set twice."""

from pathlib import Path

from tinycnn.preprocessing.directory_iterator import DirectoryIterator


def twins(
    train: DirectoryIterator, test: DirectoryIterator, most: int = 5
) -> tuple[int, list[tuple[str, str]]]:
    """Return (how many, the first few pairs of names) of photos with the same pixels.

    Compared are photos to learn from with photos to judge by, and photos of different
    classes; resized as the model sees them.
    """
    seen: dict[bytes, tuple[str, tuple[bool, int]]] = {}
    pairs = []
    for part in (train, test):  # both of one folder, if it held only class folders
        folder = Path(part.directory).name
        for number in range(part.samples):
            place = (part is test, int(part.classes[number]))
            name = f"{folder}/{part.filenames[number]}"
            first, first_place = seen.setdefault(
                part.pixels(number).tobytes(), (name, place)
            )
            if first_place != place:
                pairs.append((first, name))
    return len(pairs), pairs[:most]
