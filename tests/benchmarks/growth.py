"""How tinycnn's cost grows with the batch, the photo, the filters and the folder."""

import shutil
from dataclasses import dataclass
from statistics import median

from contenders import TINYCNN
from workers import Worker, draw

BATCH, IMAGE, FILTERS = 32, 64, 32
STEP_POINTS = {
    "batch": (1, 4, 16, 32, 64, 128, 256),
    "image": (32, 64, 128, 256),
    "filters": (8, 32, 128),
}
# (photos in the folder, rows and columns they are kept in)
FOLDER_POINTS = (
    *((100, 64), (1000, 64), (5000, 64), (20000, 64)),
    *((100, 128), (20000, 128)),
)
REPEATS = 3


@dataclass(frozen=True)
class Point:
    """Seconds per photo by what was timed, and the peak memory of the process."""

    what: str
    value: int
    image: int
    seconds: dict[str, float]
    peak: int | None


def points(folder, quick, say):
    """Measure all points, each in a process of its own."""
    for what, values in STEP_POINTS.items():
        for value in values[:2] if quick else values:
            sizes = {"batch": BATCH, "image": IMAGE, "filters": FILTERS, what: value}
            yield _step_point(what, value, sizes, quick)
        say(f"  {what}: done")
    drawn = folder / "small"
    draw(drawn, 4 if quick else 100, 0, 128)
    for count, size in FOLDER_POINTS[:1] if quick else FOLDER_POINTS:
        copies = _copies(drawn / "train", folder / f"photos-{count}", count)
        yield _folder_point(count, size, copies)
        say(f"  {count:,} photos, kept in {size}x{size}: done")


def _step_point(what, value, sizes, quick):
    batch = sizes["batch"]
    steps = 1 if quick else max(2, 256 // batch) if sizes["image"] <= IMAGE else 2
    shape = (sizes["image"], sizes["image"], 3)
    seconds, peak = _measured(
        "training",
        {
            "network": "tutorial",
            "batch": batch,
            "steps": steps,
            "shape": shape,
            "filters": sizes["filters"],
        },
    )
    per_photo = {"step": seconds["step"] / batch}
    return Point(what, value, sizes["image"], per_photo, peak)


def _folder_point(count, size, copies):
    seconds, peak = _measured("folder", {"path": str(copies), "size": size}, 1)
    return Point("photos", count, size, seconds, peak)


def _measured(prepare, arguments, repeats=REPEATS):
    worker = Worker(TINYCNN, prepare, arguments)
    try:
        worker.prepare()
        rounds = [worker.repeat() for _ in range(repeats)]
        peak = worker.peak_bytes()
    finally:
        worker.close()
    return {name: median(r[name] for r in rounds) for name in rounds[0]}, peak


def _copies(drawn, folder, count):
    """A folder of so many photos: copies of the drawn ones, class by class."""
    if folder.exists():
        return folder
    classes = sorted(drawn.iterdir())
    for class_folder in classes:
        (folder / class_folder.name).mkdir(parents=True)
        photos = sorted(class_folder.iterdir())
        for number in range(count // len(classes)):
            copy = folder / class_folder.name / f"{number:05}.jpg"
            shutil.copyfile(photos[number % len(photos)], copy)
    return folder
