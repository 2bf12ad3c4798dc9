"""Drawings of two cartoon heroes: a data set that needs no download.

Every drawing is a function of (seed, split, class, index), except for a few edge pixels
that other versions of Pillow may round differently. The heroes are drawn in front of
random scenes, in random light, among objects of both heroes' colours, so that the mean
colour of a drawing does not reveal its hero.
"""

from __future__ import annotations

import colorsys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tinycnn.datasets.heroes import Colour, Pen, darker, draw_armour, draw_mouse
from tinycnn.shapes import Array

if TYPE_CHECKING:
    from PIL import Image

CLASS_NAMES = ("Iron Man", "Pikachu")
SPLITS = ("train", "test", "further")
FIGURES = (draw_armour, draw_mouse)
# Probabilities of day (any colour), golden evening and blue night. The golden mouse is
# drawn more often at night, the dark armour in the evening: with equal probabilities
# the mean colour of a drawing would reveal its hero.
HOURS = ((0.65, 0.2, 0.15), (0.6, 0.1, 0.3))


def draw_hero(
    class_name: str, rng: np.random.Generator, size: int = 128
) -> Image.Image:
    """Return one drawing of a hero, an RGB image.

    Parameters
    ----------
    class_name : {"Iron Man", "Pikachu"}
        The hero.
    rng : numpy.random.Generator
        Determines scene, pose and light; the same state gives the same drawing.
    size : int, default 128
        Width and height of the picture, in pixels.

    Raises
    ------
    ValueError
        If the hero is unknown, or ``size`` is not positive.
    """
    from PIL import Image

    if class_name not in CLASS_NAMES:
        raise ValueError(
            f"class_name should be one of {CLASS_NAMES}, got {class_name!r}"
        )
    if size < 1:
        raise ValueError(f"size should be at least 1 pixel, got {size}")
    canvas_size = max(2 * size, 192)  # drawn large and reduced, for smooth edges
    label = CLASS_NAMES.index(class_name)
    theme = Theme(rng, HOURS[label])
    corners = np.array([[theme.sky() for _ in range(2)] for _ in range(2)])
    canvas = Image.fromarray(corners.astype(np.uint8)).resize(
        (canvas_size, canvas_size), Image.Resampling.BILINEAR
    )
    half = canvas_size / 2
    page = Pen(canvas, half * np.eye(2), np.array([half, half]))  # corners at -1 and 1
    SCENES[rng.integers(len(SCENES))](page, rng, theme)
    for _ in range(rng.integers(1, 6)):
        draw_thing(page, rng, rng.uniform(-1, 1), rng.uniform(-1, 1))
    FIGURES[label](pose(page, rng), rng)
    for _ in range(rng.integers(0, 3)):  # objects in front stay near the border
        x, y = rng.uniform(-1, 1), rng.choice([-1, 1]) * rng.uniform(0.8, 1)
        draw_thing(page, rng, x, y)
    return light(canvas.resize((size, size), Image.Resampling.BOX), rng)


def pose(page: Pen, rng: np.random.Generator) -> Pen:
    """Return a pen for the hero, with random size, position and tilt."""
    is_bust = rng.random() < 0.35
    scale = rng.uniform(1.05, 1.55) if is_bust else rng.uniform(0.62, 0.98)
    room = 0.08 + 0.4 * max(0, 1 - scale)  # small heroes may be further from the centre
    x, y = rng.uniform(-room, room, 2)
    degrees = rng.uniform(-14, 14) * rng.choice([1, 1, 2.5])
    figure = page.at(x, y + 0.4 * scale * is_bust, degrees, scale)
    return figure.facing(rng.choice([-1, 1]))


def light(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Return the picture in random light: brightness, colour cast, shading, grain."""
    from PIL import Image

    rows = np.linspace(-1, 1, image.height)[:, None, None]
    columns = np.linspace(-1, 1, image.width)[None, :, None]
    brightness = rng.uniform(0.88, 1.2)
    cast = rng.uniform(0.9, 1.08, 3)
    slope = 1 + rng.uniform(-0.15, 0.15) * rows + rng.uniform(-0.15, 0.15) * columns
    vignette = 1 - rng.uniform(0, 0.22) * (rows**2 + columns**2)
    grain = rng.normal(0, rng.uniform(0, 5), (image.height, image.width, 1))
    pixels = np.asarray(image) * (brightness * cast) * slope * vignette + grain
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


# Scenes: the corners of the page are at -1 and 1 -------------------------------------


def random_colour(
    rng: np.random.Generator, hue: float | None = None, value: float = 0.6
) -> Colour:
    """Return a random (red, green, blue) in 0..255, of any hue or near `hue`."""
    hue = rng.random() if hue is None else (hue + rng.uniform(-0.04, 0.04)) % 1
    saturation, value = rng.uniform(0.3, 0.8), rng.uniform(value, min(1, value + 0.4))
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


class Theme:
    """The colours of one scene: the hues of sky and land, and their brightness."""

    def __init__(self, rng: np.random.Generator, hours: tuple[float, ...]) -> None:
        self.rng = rng
        self.hues: Array = rng.random(2)
        hour = rng.choice(3, p=hours)
        self.value: float = (0.65, 0.65, 0.3)[hour]
        if hour > 0:
            self.hues[0] = rng.uniform(*((0.1, 0.17), (0.55, 0.72))[hour - 1])

    def sky(self) -> Colour:
        """Return a colour of the first hue, for the background."""
        return random_colour(self.rng, self.hues[0], self.value)

    def land(self) -> Colour:
        """Return a colour of the second hue, for the objects in front of it."""
        return random_colour(self.rng, self.hues[1], self.value)


def draw_hills(page: Pen, rng: np.random.Generator, theme: Theme) -> None:
    """Draw a sun or moon over three ranges of hills."""
    sun = random_colour(rng, 0.13, 0.8)
    page.oval(rng.uniform(-0.8, 0.8), -0.65, 0.2, 0.2, sun, ink=False)
    x = np.linspace(-1, 1, 25)
    for depth in range(3):
        wave = np.sin(x * rng.uniform(2, 5) + rng.uniform(0, 6))
        ridge = np.stack([x, 0.1 + 0.3 * depth + 0.14 * wave], axis=1)
        outline = [*ridge, (1, 1), (-1, 1)]
        page.shape(outline, theme.land(), ink=False)


def draw_room(page: Pen, rng: np.random.Generator, theme: Theme) -> None:
    """Draw a striped wall with a picture on it, and a floor."""
    wall = theme.sky()
    draw_box(page, -1, -1, 2, 2, wall)
    for x in np.arange(-1, 1, rng.uniform(0.2, 0.5)):
        draw_box(page, x, -1, 0.1, 2, darker(wall, 0.9))
    draw_box(page, -1, rng.uniform(0.3, 0.6), 2, 2, theme.land())
    x, y = rng.choice([-0.9, 0.3]), rng.uniform(-0.9, -0.5)
    draw_box(page, x, y, 0.6, 0.7, darker(theme.land(), 0.7))
    draw_box(page, x + 0.06, y + 0.06, 0.48, 0.58, random_colour(rng))


def draw_city(page: Pen, rng: np.random.Generator, theme: Theme) -> None:
    """Draw a row of houses with lit windows."""
    lamp = random_colour(rng, value=0.8)
    for x in np.arange(-1.1, 1, 0.36):
        top, is_lit = rng.uniform(-0.6, 0.4), rng.random((2, 8)) < 0.7
        draw_box(page, x, top, 0.34, 2, darker(theme.land(), 0.8))
        for column, floor in np.argwhere(is_lit):
            left, upper = x + 0.06 + 0.14 * column, top + 0.08 + 0.2 * floor
            draw_box(page, left, upper, 0.08, 0.1, lamp)


def draw_rays(page: Pen, rng: np.random.Generator, theme: Theme) -> None:
    """Draw beams that radiate from the centre."""
    beam, count = (*theme.land(), 190), int(rng.integers(6, 13))
    for start in rng.random() + np.arange(count) * 2 * np.pi / count:
        angles = (start, start + np.pi / count)
        rim = [(2 * np.cos(angle), 2 * np.sin(angle)) for angle in angles]
        page.shape([(0, 0), *rim], beam, ink=False)


def draw_pattern(page: Pen, rng: np.random.Generator, theme: Theme) -> None:
    """Draw wallpaper: dots or checks on a slanting grid."""
    colour, step = theme.land(), rng.uniform(0.3, 0.5)
    grid, is_dotted = page.at(0, 0, rng.uniform(0, 90)), rng.random() < 0.5
    for row, y in enumerate(np.arange(-1.5, 1.5, step)):
        for x in np.arange(-1.5, 1.5, 2 * step) + step * (row % 2):
            if is_dotted:
                grid.oval(x, y, step * 0.4, step * 0.4, colour, ink=False)
            else:
                draw_box(grid, x, y, step, step, colour)


SCENES = (draw_hills, draw_room, draw_city, draw_rays, draw_pattern)


def draw_box(
    page: Pen, x: float, y: float, width: float, height: float, fill: Colour
) -> None:
    """Draw a plain rectangle with its upper left corner at (x, y)."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    page.shape(corners, fill, ink=False)


def draw_thing(page: Pen, rng: np.random.Generator, x: float, y: float) -> None:
    """Draw a ball, a box or a star, often in the heroes' colours."""
    hue = rng.choice([0.0, 0.13, rng.random()])
    fill = random_colour(rng, hue, 0.7)
    thing = page.at(x, y, rng.uniform(0, 90), rng.uniform(0.1, 0.26))
    kind = rng.integers(3)
    if kind == 0:
        thing.oval(0, 0, 1, 1, fill)
    elif kind == 1:
        square = [(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)]
        thing.shape(square, fill)
    else:
        angle = np.arange(10) * np.pi / 5
        radius = np.where(np.arange(10) % 2, 0.45, 1.1)
        star = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        thing.shape(star, fill)


# The data set ------------------------------------------------------------------------


def hero_rng(seed: int, split: str, label: int, index: int) -> np.random.Generator:
    """Return the random generator of one drawing, independent of all others."""
    return np.random.default_rng([seed, SPLITS.index(split), label, index])


def draw_heroes(
    count: int, *, seed: int, size: int = 64
) -> tuple[NDArray[np.uint8], NDArray[np.integer[Any]]]:
    """Return drawings as arrays, alternating the heroes; none is in the data set.

    Parameters
    ----------
    count : int
    seed : int
        Different seeds give different drawings; not negative.
    size : int, default 64
        Width and height of a drawing, in pixels.

    Returns
    -------
    images : ndarray of uint8, shape (count, size, size, 3)
        Red, green and blue in 0..255.
    labels : ndarray of int, shape (count,)
        0 for Iron Man, 1 for Pikachu.

    Raises
    ------
    ValueError
        If ``count`` or ``seed`` is negative, or ``size`` is not positive.

    Examples
    --------
    >>> images, labels = draw_heroes(4, seed=0, size=32)
    >>> images.shape, labels.tolist()
    ((4, 32, 32, 3), [0, 1, 0, 1])
    """
    if count < 0:
        raise ValueError(f"count should be 0 or more drawings, got {count}")
    images = np.empty((count, size, size, 3), dtype=np.uint8)
    labels = np.arange(count) % 2
    for index, label in enumerate(labels.tolist()):
        rng = hero_rng(seed, "further", label, index // 2)
        images[index] = np.asarray(draw_hero(CLASS_NAMES[label], rng, size))
    return images, labels


def write_dataset(
    folder: Path | str,
    *,
    train_count: int = 109,
    test_count: int = 36,
    seed: int = 0,
    size: int = 128,
) -> None:
    """Write folders of drawings: ``folder/train/<class>``, ``folder/test/<class>``.

    Both heroes get the same number of drawings (Iron Man the odd one), named like
    ``Pikachu.001.jpg``. They are written to a folder beside ``folder``, which is
    renamed at the end, so that an interrupted call leaves no incomplete data set.

    Parameters
    ----------
    folder : path
        The folder to write; must not exist yet. Its parents may be missing.
    train_count, test_count : int
        Numbers of drawings for training and test, 109 and 36 as in the tutorial.
    seed : int, default 0
        Different seeds give different drawings; not negative.
    size : int, default 128
        Width and height of the drawings, in pixels.

    Raises
    ------
    FileExistsError
        If ``folder`` exists already.
    ValueError
        If a count or ``seed`` is negative, or ``size`` is not positive.
    """
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(
            f"{folder} exists already: choose another folder or remove it"
        )
    counts = {"train": train_count, "test": test_count}
    for split, count in counts.items():
        if count < 0:
            raise ValueError(f"{split}_count should be 0 or more, got {count}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".drawing-", dir=folder.parent) as aside:
        unfinished = Path(aside) / folder.name
        for split, count in counts.items():
            for label, class_name in enumerate(CLASS_NAMES):
                class_folder = unfinished / split / class_name
                class_folder.mkdir(parents=True)
                for index in range((count + 1 - label) // 2):
                    rng = hero_rng(seed, split, label, index)
                    path = class_folder / f"{class_name}.{index + 1:03}.jpg"
                    draw_hero(class_name, rng, size).save(path, quality=90)
        unfinished.rename(folder)
