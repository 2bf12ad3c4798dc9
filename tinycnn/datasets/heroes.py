"""Two cartoon heroes made of simple shapes: an electric mouse, a red-and-gold armour.

A hero is a list of ovals and smooth outlines in coordinates of its own: (0, 0) is its
centre, x points right, y down, and one unit is about half its height. A ``Pen`` maps
these to the picture: moved, turned, mirrored, scaled. ``rng`` determines whatever
varies from one drawing to the next (arms, ears, tilt of the head).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from PIL import Image

Points = NDArray[np.floating[Any]]
Colour = tuple[int, ...]

INK = (38, 24, 30)
WHITE = (255, 255, 255)
CIRCLE = np.array([(np.cos(t), np.sin(t)) for t in np.arange(28) * np.pi / 14])


class Pen:
    """Draws shapes onto an RGB picture, from coordinates of its own.

    A point p of the figure lands on ``matrix @ p + origin``, (x, y) in pixels.
    """

    def __init__(self, image: Image.Image, matrix: Points, origin: Points) -> None:
        from PIL import ImageDraw

        self.image = image
        self.matrix: Points = matrix
        self.origin: Points = origin
        self.ink_width: int = max(1, round(image.width / 110))
        self._draw = ImageDraw.Draw(image, "RGBA")  # RGBA: fills may be translucent

    def at(self, x: float, y: float, degrees: float = 0, scale: float = 1) -> Pen:
        """Return a pen with its (0, 0) at this pen's (x, y), turned clockwise."""
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        turn = scale * np.array([[cos, -sin], [sin, cos]])
        return Pen(self.image, self.matrix @ turn, self._pixels((x, y)))

    def facing(self, side: float) -> Pen:
        """Return a pen that mirrors left and right if `side` is -1, not if it is 1."""
        return Pen(self.image, self.matrix * (side, 1), self.origin)

    def shape(
        self, outline: ArrayLike, fill: Colour, *, ink: bool = True, shade: float = 0.86
    ) -> None:
        """Fill a closed outline of shape (n, 2), darker on the side away from light.

        The light part is a smaller copy moved to the upper left, which suits round
        shapes; ``shade=1`` or ``ink=False`` (no contour) leaves the fill flat.
        """
        points = self._pixels(outline)
        self._polygon(points, darker(fill, shade) if ink else fill)
        if not ink:
            return
        if shade < 1:
            middle = (points.min(axis=0) + points.max(axis=0)) / 2
            towards_light = 0.05 * np.ptp(points, axis=0)
            self._polygon(middle + 0.86 * (points - middle) - towards_light, fill)
        # The first two points are repeated for a round joint at the end.
        self._stroke(np.concatenate([points, points[:2]]), INK, self.ink_width)

    def oval(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Colour,
        ink: bool = True,
    ) -> None:
        """Fill the oval around (x, y); `width` and `height` are those of its half."""
        self.shape((x, y) + CIRCLE * (width, height), fill, ink=ink)

    def line(self, points: ArrayLike, width: float, colour: Colour = INK) -> None:
        """Draw a line through points (n, 2), `width` times as wide as a contour."""
        pixels = max(1, round(width * self.ink_width))
        self._stroke(self._pixels(points), colour, pixels)

    def glow(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Draw a halo around (x, y), stronger towards its centre."""
        for factor in (1.0, 0.8, 0.62, 0.46):
            r = factor * radius
            self.oval(x, y, r, r, (*colour, 60), ink=False)

    def _pixels(self, points: ArrayLike) -> Points:
        return np.asarray(points, dtype=float) @ self.matrix.T + self.origin

    def _polygon(self, pixels: Points, fill: Colour) -> None:
        self._draw.polygon(pixels.ravel().tolist(), fill=fill)

    def _stroke(self, pixels: Points, colour: Colour, width: int) -> None:
        self._draw.line(pixels.ravel().tolist(), colour, width, joint="curve")


def curve(points: ArrayLike) -> Points:
    """Return a smooth closed curve through points (Catmull-Rom): (n, 2) -> (6*n, 2)."""
    p1 = np.asarray(points, dtype=float)
    p0, p2, p3 = (np.roll(p1, shift, axis=0) for shift in (1, -1, -2))
    t = np.arange(6).reshape(-1, 1, 1) / 6
    bend = 2 * p0 - 5 * p1 + 4 * p2 - p3
    twist = 3 * (p1 - p2) + p3 - p0
    smooth = p1 + ((p2 - p0) * t + bend * t**2 + twist * t**3) / 2
    return smooth.transpose(1, 0, 2).reshape(-1, 2)


def both_sides(right: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a symmetric outline, from its right half in order from top to bottom."""
    return [*right, *((-x, y) for x, y in reversed(right) if x != 0)]


def darker(colour: Colour, factor: float) -> Colour:
    """Return the colour with its red, green and blue times ``factor``."""
    return tuple(min(255, round(factor * channel)) for channel in colour)


# The electric mouse ------------------------------------------------------------------

# fmt: off
MOUSE_BODY = curve(both_sides([
    (0, -0.12), (0.21, -0.06), (0.32, 0.22), (0.40, 0.52), (0.31, 0.80), (0, 0.88)]))
MOUSE_HEAD = curve(both_sides([
    (0, -0.38), (0.22, -0.34), (0.39, -0.16), (0.46, 0.08), (0.34, 0.28), (0, 0.36)]))
MOUSE_EAR = curve([
    (-0.09, 0.08), (-0.13, -0.28), (0, -0.68), (0.13, -0.28), (0.09, 0.08)])
MOUSE_PAW = curve([(-0.08, -0.05), (-0.09, 0.2), (0, 0.34), (0.09, 0.2), (0.08, -0.05)])
MOUSE_TAIL = [
    (0.20, 0.66), (0.47, 0.52), (0.40, 0.38), (0.70, 0.20), (0.58, -0.02),
    (0.98, -0.34), (1.18, -0.02), (0.86, 0.16), (0.94, 0.34), (0.61, 0.48),
    (0.67, 0.63), (0.27, 0.82)]
BOLT = [(-0.09, 0.6), (0.07, 0.62), (0.0, 0.82), (0.1, 0.84), (-0.07, 1.2),
        (-0.04, 0.96), (-0.13, 0.94)]
LAUGH = curve([(-0.11, 0.12), (0, 0.14), (0.11, 0.12), (0.07, 0.25), (-0.07, 0.25)])
LIP: list[tuple[float, float]] = [
    (-0.15, 0.09), (-0.12, 0.13), (-0.05, 0.14), (0, 0.1), (0.05, 0.14), (0.12, 0.13),
    (0.15, 0.09),
]
# fmt: on
EYE_BLACK = (32, 26, 30)
CHEEK_RED = (226, 52, 42)


def draw_mouse(pen: Pen, rng: np.random.Generator) -> None:
    """Draw the yellow mouse, 2 units high, its head around (0, -0.4)."""
    yellow = (255, int(rng.integers(200, 222)), int(rng.integers(30, 75)))
    brown = (142, 84, 38)
    if rng.random() < 0.35:
        for side in (-1, 1):
            bolt = pen.at(0, -0.4, side * rng.uniform(75, 115))
            bolt.shape(BOLT, (255, 240, 110), shade=1)
    tail = pen.at(0.2, 0.7, rng.uniform(-18, 14)).at(-0.2, -0.7)
    tail.shape(MOUSE_TAIL, yellow, shade=1)
    tail.shape([*MOUSE_TAIL[:2], *MOUSE_TAIL[-2:]], brown, shade=1)
    for side in (-1, 1):
        pen.oval(side * 0.22, 0.86, 0.19, 0.10, yellow)
    pen.shape(MOUSE_BODY, yellow)
    for side in (-1, 1):
        raised = rng.uniform(15, 60) if rng.random() < 0.6 else rng.uniform(100, 140)
        pen.at(side * 0.25, 0.14, -side * raised).shape(MOUSE_PAW, yellow)
    draw_mouse_head(pen.at(0, -0.38, rng.uniform(-12, 12)), rng, yellow)


def draw_mouse_head(head: Pen, rng: np.random.Generator, yellow: Colour) -> None:
    """Draw ears, head and face around the pen's (0, 0)."""
    for side in (-1, 1):
        ear = head.at(side * 0.25, -0.24, side * rng.uniform(8, 62))
        outline = MOUSE_EAR.copy()
        outline[:, 0] += rng.uniform(-0.25, 0.25) * outline[:, 1] ** 2
        ear.shape(outline, yellow, shade=1)
        ear.shape(outline[outline[:, 1] < -0.38], EYE_BLACK, shade=1)
    head.shape(MOUSE_HEAD, yellow)
    face = head.at(rng.uniform(-0.05, 0.05), 0)
    for side in (-1, 1):
        face.oval(side * 0.34, 0.13, 0.09, 0.085, CHEEK_RED, ink=False)
    shut_count = rng.choice([0, 0, 0, 1, 2])
    for side in (-1, 1):
        eye = face.at(side * 0.19, -0.06)
        if shut_count > (side + 1) // 2:
            eye.line([(-0.08, 0.02), (-0.03, -0.03), (0.03, -0.03), (0.08, 0.02)], 1.6)
        else:
            eye.oval(0, 0, 0.075, 0.085, EYE_BLACK, ink=False)
            eye.oval(-0.02, -0.035, 0.03, 0.032, WHITE, ink=False)
    face.shape([(-0.025, 0.035), (0.025, 0.035), (0, 0.06)], INK)
    if rng.random() < 0.55:
        face.shape(LAUGH, (150, 32, 40), shade=1)
        face.oval(0, 0.225, 0.05, 0.035, (244, 128, 128), ink=False)
    face.line(LIP, 1.2)


# The armour --------------------------------------------------------------------------

# fmt: off
HELMET = curve(both_sides([
    (0, -0.44), (0.22, -0.40), (0.36, -0.20), (0.38, 0.06), (0.31, 0.29), (0.17, 0.41),
    (0, 0.43)]))
FACE_PLATE = both_sides([
    (0, -0.20), (0.07, -0.29), (0.20, -0.29), (0.29, -0.12), (0.25, -0.03),
    (0.29, 0.06), (0.26, 0.22), (0.15, 0.37), (0, 0.38)])
EYE_SLIT = [(0.05, 0.01), (0.09, -0.05), (0.24, -0.08), (0.25, -0.02), (0.20, 0.03)]
TORSO = curve(both_sides([
    (0, -0.08), (0.25, -0.04), (0.37, 0.12), (0.31, 0.34), (0.21, 0.50), (0, 0.54)]))
BELLY_PLATE = [(0.10, 0.36), (0.27, 0.26), (0.20, 0.47), (0.08, 0.50)]
THIGH = curve([(-0.11, -0.08), (0.11, -0.08), (0.10, 0.2), (-0.10, 0.2)])
BOOT = curve([
    (-0.10, 0.12), (0.10, 0.12), (0.13, 0.34), (0.17, 0.42), (-0.15, 0.42),
    (-0.13, 0.34)])
UPPER_ARM = curve([(-0.07, 0), (0.07, 0), (0.07, 0.22), (-0.07, 0.22)])
GAUNTLET = curve([(-0.08, 0.17), (0.08, 0.17), (0.11, 0.38), (0, 0.41), (-0.11, 0.38)])
FLAME = curve([(-0.09, 0.4), (0.09, 0.4), (0.06, 0.6), (0, 0.78), (-0.06, 0.6)])
# fmt: on
ICE = (206, 246, 255)
HALO = (120, 220, 255)
STEEL = (150, 156, 170)


def draw_armour(pen: Pen, rng: np.random.Generator) -> None:
    """Draw the red-and-gold armour, 2 units high, its helmet around (0, -0.4)."""
    red = (int(rng.integers(176, 216)), int(rng.integers(22, 44)), 36)
    gold = (int(rng.integers(236, 255)), int(rng.integers(182, 206)), 62)
    is_flying = rng.random() < 0.35
    for side in (-1, 1):
        leg = pen.at(side * 0.15, 0.53, -side * rng.uniform(0, 18))
        if is_flying:
            leg.glow(0, 0.5, 0.22, HALO)
            leg.shape(FLAME, (255, 190, 70), ink=False)
            leg.shape(0.6 * FLAME + (0, 0.17), ICE, ink=False)
        leg.shape(THIGH, gold)
        leg.facing(side).shape(BOOT, red, shade=1)
    lowered = rng.uniform(8, 50, 2)
    arms = [(-1, lowered[0]), (1, lowered[1] + rng.choice([0, 65, 95]))]
    for side, raised in arms:
        arm = pen.at(side * 0.37, 0.08, -side * raised)
        arm.shape(UPPER_ARM, gold)
        arm.oval(0, 0.46, 0.09, 0.085, red)
        arm.shape(GAUNTLET, red)
        if raised > 60:  # the open palm shines
            arm.glow(0, 0.48, 0.22, HALO)
            arm.oval(0, 0.47, 0.05, 0.05, ICE)
    pen.shape(TORSO, red)
    for side in (-1, 1):
        pen.facing(side).shape(BELLY_PLATE, gold)
        pen.oval(side * 0.36, 0.07, 0.15, 0.14, red)
    pen.glow(0, 0.17, 0.17, HALO)
    pen.oval(0, 0.17, 0.09, 0.09, STEEL)
    pen.oval(0, 0.17, 0.06, 0.06, ICE)
    head = pen.at(0, -0.42, rng.uniform(-12, 12))
    draw_helmet(head, red, gold, rng.uniform(-0.05, 0.05))


def draw_helmet(head: Pen, red: Colour, gold: Colour, look: float) -> None:
    """Draw the helmet around the pen's (0, 0); the gold face looks to one side."""
    for side in (-1, 1):
        head.oval(side * 0.37, 0.02, 0.07, 0.12, darker(red, 0.8))
    head.shape(HELMET, red, shade=0.78)
    face = head.at(look, 0)
    face.shape(FACE_PLATE, gold, shade=1)
    for side in (-1, 1):
        half = face.facing(side)
        half.glow(0.15, -0.02, 0.13, HALO)
        half.shape(EYE_SLIT, ICE, shade=1)
        half.line([(0.27, 0.1), (0.17, 0.2), (0.13, 0.37)], 1, darker(gold, 0.6))
    face.line([(-0.1, 0.24), (0.1, 0.24)], 1.4)
