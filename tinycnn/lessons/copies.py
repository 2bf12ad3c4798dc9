"""The lessons for a reader: the notebooks without answers, and the exercises.

They are in walkthrough.json, {path: lines}, which `walkthrough/pack.py` writes.
"""

import json
from pathlib import Path

PACK = Path(__file__).with_name("walkthrough.json")


def lessons() -> dict[str, str]:
    """Return the text of each file, by its path with slashes."""
    packed: dict[str, list[str]] = json.loads(PACK.read_text(encoding="utf-8"))
    return {name: "".join(lines) for name, lines in packed.items()}


def write_lessons(folder: Path) -> list[str]:
    """Write the lessons into a folder, made if need be; return the paths in it.

    Raises
    ------
    FileExistsError
        If one of the files is there already; then nothing is written.
    OSError
        If the folder cannot be written to.
    """
    texts = lessons()
    for name in texts:
        if (folder / name).exists():
            raise FileExistsError(name)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    return list(texts)
