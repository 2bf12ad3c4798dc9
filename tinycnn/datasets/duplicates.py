"""Photos that a data set holds twice."""

from pathlib import Path

from tinycnn.preprocessing.directory_iterator import DirectoryIterator


def duplicates(
    train: DirectoryIterator, test: DirectoryIterator, most: int = 5
) -> list[str]:
    """Return a sentence for each pair of photos with the same pixels, `most` at most.

    Training photos are compared with test photos, and photos of different classes with
    each other, resized as the model sees them. Further pairs are counted in a sentence.
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
                pairs.append(f"the same pixels twice: {first} and {name}")
    if len(pairs) > most:
        pairs[most:] = [f"{len(pairs) - most} more pairs with the same pixels"]
    return pairs
