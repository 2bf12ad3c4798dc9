"""Duplicates: photos that occur twice in a data set."""

from pathlib import Path

from tinycnn.preprocessing.directory_iterator import DirectoryIterator


def duplicates(
    train: DirectoryIterator, test: DirectoryIterator, most: int = 5
) -> tuple[int, list[tuple[str, str]]]:
    """Return (count, the first few pairs of names) of photos with equal pixels.

    A pair counts if one photo is for training and the other for the test, or if their
    classes differ. Compared are the resized photos, as the model gets them.
    """
    # By digest: the photos themselves need not fit into memory.
    seen: dict[bytes, tuple[str, tuple[bool, int]]] = {}
    pairs = []
    for photos in (train, test):  # from one folder, if it held only class folders
        folder = Path(photos.directory).name
        for name, label, digest in zip(
            photos.filenames, photos.classes, photos.survey.digests(), strict=True
        ):
            name, group = f"{folder}/{name}", (photos is test, int(label))
            first, first_group = seen.setdefault(digest, (name, group))
            if first_group != group:
                pairs.append((first, name))
    return len(pairs), pairs[:most]
