"""The tutorial's pictures in numbers: a kernel over an image, then over a photo.

    python walkthrough/pictures_in_numbers.py [PHOTO] [--output FOLDER]

Without a photo it draws one.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from tinycnn.datasets.drawings import draw_hero
from tinycnn.figures import kernel_gallery, save_figure
from tinycnn.lessons.kernels import (
    FILTER_3X3,
    IMAGE_5X5,
    KERNELS,
    feature_map,
    kernel_text,
)
from tinycnn.preprocessing.photos import PhotoError, img_to_array, load_img
from tinycnn.text import display_name, say

SHOWN = ("edge detection", "sharpen", "box blur")
MOST_PIXELS = 256  # of a side: in a larger photo, 3x3 pixels are too little to see


def tell_the_example() -> None:
    """Print the 5x5 image, the 3x3 filter, one window's products, the feature map."""
    say(f"The image, 5x5:\n{kernel_text(IMAGE_5X5)}\n")
    say(f"The filter (a kernel), 3x3:\n{kernel_text(FILTER_3X3)}\n")
    products = [
        f"{image:.0f}*{weight:.0f}"
        for image, weight in zip(IMAGE_5X5[:3, :3].flat, FILTER_3X3.flat, strict=True)
    ]
    total = np.sum(IMAGE_5X5[:3, :3] * FILTER_3X3)
    say("The filter over the first window (rows 1-3, columns 1-3), nine products:")
    say(f"{' + '.join(products)} = {total:.0f}\n")
    y = kernel_text(feature_map(IMAGE_5X5, FILTER_3X3))
    say(f"One pixel further for each next number: the feature map, 3x3:\n{y}\n")


def read_photo(path: str | None) -> np.ndarray:
    """Return a photo (H, W, 3) in 0..1, from a file or drawn on the spot."""
    if path is None:
        image = draw_hero("Pikachu", np.random.default_rng(3), size=128)
    else:
        image = load_img(path)
        image.thumbnail((MOST_PIXELS, MOST_PIXELS))
    return img_to_array(image) / 255


def main() -> int:
    parser = argparse.ArgumentParser(description="A kernel over an image, in numbers.")
    parser.add_argument("photo", nargs="?", help="a photo of yours; else one is drawn")
    parser.add_argument(
        "--output",
        default="runs/pictures_in_numbers",
        help="folder for the picture (default: %(default)s)",
    )
    arguments = parser.parse_args()
    folder = Path(arguments.output)
    try:
        photo = read_photo(arguments.photo)
        tell_the_example()
        results = {name: feature_map(photo, KERNELS[name]) for name in SHOWN}
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "kernels.png"
        save_figure(kernel_gallery(photo, results), path)
    except PhotoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        where = f"{display_name(folder)}: " if error.filename else ""
        print(f"error: {where}{error.strerror}", file=sys.stderr)
        return 2
    what = "the photo" if arguments.photo else "a drawing"
    say(f"Wrote {display_name(path)}: {what} with {', '.join(SHOWN)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
