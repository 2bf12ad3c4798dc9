"""Class folders: their classes, their photos, and what is wrong with a folder."""

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tinycnn.preprocessing.part_names import part_of, parts_among
from tinycnn.preprocessing.photo_lists.photo_list import FolderError, PhotoList
from tinycnn.preprocessing.photos import is_hidden, is_photo_name
from tinycnn.text import count_of, display_name

LISTS = {".csv", ".tsv", ".txt"}


class FolderPhotos(PhotoList):
    """The photos of class folders, which may be of another level than was meant."""

    def one_class(self) -> str:
        """Return what may be wrong with a folder that holds a single class folder."""
        folder, name = self.folder, self.class_names[0]
        message = super().one_class()
        if (folder / name).is_dir() and (level := _level_of_folders(folder / name)):
            return f"{message}: one level too high? {display_name(level)} holds folders"
        above = Path(os.path.realpath(folder)).parent
        if _has_other_classes(above, folder):
            return f"{message}: one level too low? try {display_name(above)}"
        return f"{message}: one level too high or too low?"


def list_photos(
    folder: str | Path,
    classes: Sequence[str] | None = None,
    may_be_flat: bool = False,
) -> PhotoList:
    """Return the photos in the class folders of a folder, without opening them.

    Each folder in `folder` is a class, sorted by name, unless its name begins with "."
    or is "__MACOSX". Photos in folders within a class folder belong to that class, too.
    A folder that holds only a folder of its own name is entered.

    Parameters
    ----------
    folder : str or Path
    classes : sequence of str, optional
        The class folders to read, in the order of their labels.
    may_be_flat : bool, default False
        Whether photos that are not in class folders may be taken if there are no
        class folders; all of them get the label 0.

    Raises
    ------
    FolderError
        If there is no such folder, or no class folder in it, or what it holds are not
        classes: the parts of a data set, or folders of classes.
    """
    folder, notes = entered(Path(folder)), []
    loose = _files(folder)
    if classes is not None:
        class_folders = _chosen_folders(folder, classes)
        names = list(class_folders)
    else:
        class_folders = _class_folders(folder)
        if not class_folders:
            if may_be_flat and any(is_photo_name(path) for path in loose):
                return _flat(folder, loose)
            raise FolderError(_no_classes(folder, loose))
        notes = check_level(folder, class_folders)
        names = sorted(class_folders)
    photos = FolderPhotos(folder, names, others=loose, notes=notes)
    for label, name in enumerate(photos.class_names):
        for path in walk(class_folders[name]):
            if is_photo_name(path):
                photos.paths.append(path)
                photos.labels.append(label)
            else:
                photos.others.append(path)
    return photos


def _files(folder: Path) -> list[Path]:
    """Return the files that lie directly in a folder, sorted."""
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.is_file() and not is_hidden(path.name)
        )
    except OSError as error:
        raise FolderError(f"{display_name(folder)}: {error.strerror}") from error


def _flat(folder: Path, files: list[Path]) -> PhotoList:
    """Return the photos of a folder without classes."""
    paths = [path for path in files if is_photo_name(path)]
    others = [path for path in files if not is_photo_name(path)]
    return FolderPhotos(folder, [], paths, [0] * len(paths), others)


def _chosen_folders(folder: Path, classes: Sequence[str]) -> dict[str, Path]:
    """Return class name -> folder for the requested classes, in their order."""
    if isinstance(classes, str) or not all(isinstance(name, str) for name in classes):
        raise ValueError(f"classes should be a list of folder names, got {classes!r}")
    there = {unicodedata.normalize("NFC", n): folder / n for n in subfolders(folder)}
    chosen = {}
    for name in classes:
        key = unicodedata.normalize("NFC", name)
        if key not in there and not (folder / name).is_dir():
            raise FolderError(
                f"{display_name(folder)} holds no class folder {name!r}; it holds "
                f"{', '.join(map(display_name, there)) or 'no folders'}"
            )
        chosen[key] = there.get(key, folder / name)
    if len(chosen) != len(classes):
        raise ValueError(f"classes should name each class once, got {list(classes)}")
    return chosen


def _no_classes(folder: Path, files: list[Path]) -> str:
    """Return what is wrong with a folder without class folders."""
    message = (
        f"{display_name(folder)} holds no class folders; it should hold one folder "
        "per class, named after it, with that class's photos inside"
    )
    count = sum(map(is_photo_name, files))
    above = Path(os.path.realpath(folder)).parent
    if count and _has_other_classes(above, folder):
        message += (
            f"; it holds {count_of(count, 'photo')}: is it a class folder itself? then "
            f"name the folder above it, {display_name(above)}"
        )
    elif count:
        message += (
            f"; it holds {count_of(count, 'photo')}: without classes they can only be "
            "predicted, by predict or with class_mode=None"
        )
    return message


def _has_other_classes(above: Path, folder: Path) -> bool:
    """Return whether there are other folders of photos beside a folder."""
    real = Path(os.path.realpath(folder))
    return not part_of(real.name) and any(
        any(map(is_photo_name, _files(above / name)))
        for name in class_like(above)[:50]
        if name != real.name
    )


def class_like(folder: Path) -> list[str]:
    """Return the names of the folders in a folder; none if it cannot be read."""
    try:
        return subfolders(folder)
    except FolderError:
        return []


def entered(folder: Path) -> Path:
    """Return the folder, or the one of the same name that is all it holds.

    Unpacking often leaves ``cell_images/cell_images/...``.
    """
    seen = set()
    while True:
        real = os.path.realpath(folder)
        names = subfolders(folder)
        is_alone = len(names) == 1 and not any(map(is_photo_name, _files(folder)))
        if not is_alone or names[0].casefold() != Path(real).name.casefold():
            return folder
        inner = folder / names[0]
        if real in seen or not class_like(inner):
            return folder
        seen.add(real)
        folder = inner


def part_folders(folder: Path) -> dict[str, Path]:
    """Return part -> folder for the parts of a data set: train, val, test, pred.

    Raises
    ------
    FolderError
        If two folders stand for the same part.
    """
    found = parts_among(subfolders(folder))
    if len(set(found.values()) - {"pred"}) == 1 and len(subfolders(folder)) > 2:
        # A class may have such a name: bus, car and train.
        found = {name: p for name, p in found.items() if class_like(folder / name)}
    parts: dict[str, Path] = {}
    for name, part in found.items():
        if part in parts and part != "pred":
            raise FolderError(
                f"{display_name(folder)} holds both {display_name(parts[part].name)} "
                f"and {display_name(name)}; rename one of them"
            )
        parts.setdefault(part, folder / name)
    return parts


def check_level(folder: Path, class_folders: dict[str, Path]) -> list[str]:
    """Raise if the folders in a folder are not classes; return lines about the others.

    A folder that repeats the classes beside it, and one of photos to be predicted, are
    removed from `class_folders`.

    Raises
    ------
    FolderError
        If they are parts of a data set or folders of classes; the right level is named.
    """
    notes = _without_copies(folder, class_folders)
    parts = parts_among(class_folders)
    kinds = set(parts.values())
    if ("train" in kinds and len(kinds) > 1) or kinds >= {"val", "test"}:
        raise FolderError(_parts_not_classes(folder, class_folders, parts))
    if len(class_folders) - len(parts) > 1:
        for name, part in parts.items():
            if part == "pred" and not class_like(class_folders[name]):
                class_folders.pop(name)
                notes.append(f"{display_name(name)} is not a class: left out")
    _refuse_folders_of_classes(folder, class_folders)
    _refuse_one_full_folder(class_folders)
    return notes


def _without_copies(folder: Path, class_folders: dict[str, Path]) -> list[str]:
    """Remove a folder that repeats the classes beside it; return a line about it."""
    notes = []
    for name, path in sorted(class_folders.items()):
        others = {n for n in class_folders if n != name}
        inner = {unicodedata.normalize("NFC", n) for n in class_like(path)}
        if len(others) < 2 or not others <= inner:
            continue
        if not all(_is_copy(class_folders[n], path / n) for n in others):
            where = display_name(path)
            raise FolderError(
                f"{display_name(folder)} holds classes and a folder {where} of the "
                "same classes with other photos: which of the two is the data set? "
                f"move {where} elsewhere, or name it instead of {display_name(folder)}"
            )
        class_folders.pop(name)
        notes.append(
            f"{display_name(name)} is not a class: it repeats the photos of "
            f"{', '.join(map(display_name, sorted(others)))}"
        )
    return notes


def _is_copy(first: Path, second: Path) -> bool:
    """Return whether two folders hold files of the same names and sizes."""
    return second.is_dir() and _names_and_sizes(first) == _names_and_sizes(second)


def _names_and_sizes(folder: Path) -> Counter[tuple[str, int]]:
    return Counter((path.name, path.stat().st_size) for path in walk(folder))


def _parts_not_classes(
    folder: Path, class_folders: dict[str, Path], parts: dict[str, str]
) -> str:
    """Return that the folders are parts of a data set, and which one to use."""
    train = next((n for n, part in parts.items() if part == "train"), min(parts))
    inside = entered(class_folders[train])
    return (
        f"{display_name(folder)} holds {_listed(sorted(parts))}, which are the parts "
        f"of a data set and not classes: one level too high; use {display_name(inside)}"
    )


def _refuse_folders_of_classes(folder: Path, class_folders: dict[str, Path]) -> None:
    """Raise if two of the folders hold folders of the same names and no photos."""
    seen: dict[str, set[str]] = {}
    for name, path in sorted(class_folders.items()):
        inner = set(class_like(path))
        if len(inner) < 2 or any(map(is_photo_name, _files(path))):
            continue
        for other, names in seen.items():
            if len(inner & names) < 2:
                continue
            raise FolderError(
                f"{display_name(other)} and {display_name(name)} in "
                f"{display_name(folder)} hold the same folders, "
                f"{_listed(sorted(inner & names))}: those look like the classes, one "
                f"level down; use {display_name(class_folders[other])} (or, if "
                f"{display_name(other)} and {display_name(name)} are the classes, put "
                "their photos into them directly)"
            )
        seen[name] = inner


def _refuse_one_full_folder(class_folders: dict[str, Path]) -> None:
    """Raise if only one of the folders holds photos, and they are in folders there."""
    full = [path for path in class_folders.values() if _has_photos(path)]
    if len(full) == 1 < len(class_folders) and (level := _level_of_folders(full[0])):
        raise FolderError(
            f"only {display_name(full[0])} holds photos, and in folders of its own: "
            f"one level too high? use {display_name(level)}"
        )


def _level_of_folders(folder: Path) -> Path | None:
    """Return the folder, or one below it, that parts its photos into folders."""
    while not any(map(is_photo_name, _files(folder))):
        full = [name for name in class_like(folder) if _has_photos(folder / name)]
        if len(full) != 1:
            return folder if full else None
        folder = folder / full[0]
    return None


def _has_photos(folder: Path) -> bool:
    return any(map(is_photo_name, walk(folder)))


def _listed(names: list[str]) -> str:
    """Return the names, at most five of them, with an "and"."""
    shown = [display_name(name) for name in names[:5]]
    if rest := len(names) - len(shown):
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)


def _class_folders(folder: Path) -> dict[str, Path]:
    """Return class name -> folder.

    Names are composed (NFC): macOS writes an e and an accent where other systems write
    one letter, and train and test may come from different systems.
    """
    parents = {Path(os.path.realpath(folder)), *Path(os.path.realpath(folder)).parents}
    class_folders: dict[str, Path] = {}
    for name in subfolders(folder):
        path = folder / name
        if Path(os.path.realpath(path)) in parents:
            raise FolderError(
                f"the class folder {display_name(path)} is a link to a folder that "
                "holds it; remove the link"
            )
        class_name = unicodedata.normalize("NFC", name)
        for other in class_folders:
            if display_name(other) == display_name(class_name):
                raise FolderError(
                    f"{display_name(folder)} holds two class folders whose names look "
                    f"the same: {class_folders[other].name!a} and {name!a}; rename "
                    "one of them"
                )
        class_folders[class_name] = path
    return class_folders


def subfolders(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, sorted, except hidden ones."""
    try:
        if not folder.exists():
            raise FolderError(f"there is no folder {display_name(folder)}")
        if not folder.is_dir():
            hint = ""
            if folder.suffix.lower() in LISTS:
                hint = "; photos in a list: ImageDataGenerator.flow_from_dataframe"
            raise FolderError(
                f"{display_name(folder)} should be a folder, not a file{hint}"
            )
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise FolderError(f"{display_name(folder)}: {error.strerror}") from error
    return [entry.name for entry in entries if _is_folder(entry)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir() and not is_hidden(entry.name)
    except OSError:  # a link to itself
        return False


def walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, sorted; links are followed, but not in circles.

    A folder that cannot be read raises FolderError: its photos would be missing
    silently.
    """

    def refuse(error: OSError) -> None:
        raise FolderError(f"{display_name(error.filename)}: {error.strerror}")

    seen = {os.path.realpath(folder)}
    for root, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        folders.sort()
        kept = []
        for name in folders:
            real = os.path.realpath(os.path.join(root, name))  # noqa: PTH118
            if real not in seen and not is_hidden(name):
                seen.add(real)
                kept.append(name)
        folders[:] = kept
        for name in sorted(files):
            if not is_hidden(name):
                yield Path(root, name)
