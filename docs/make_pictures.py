"""Make README's pictures anew: python docs/make_pictures.py (half a minute).

Only the library and its own drawings are used, so the pictures show what it does.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from tinycnn import Sequential, figures
from tinycnn.datasets.drawings import CLASS_NAMES, draw_heroes
from tinycnn.preprocessing.image import ImageDataGenerator
from tinycnn.tutorial import tutorial_network

IMAGES = Path(__file__).parent / "images"
COLUMNS, ROWS, SIZE = 8, 2, 112


def heroes_sheet() -> Image.Image:
    """Return a sheet of drawings."""
    photos, _ = draw_heroes(COLUMNS * ROWS, seed=4, size=SIZE)
    rows = photos.reshape(ROWS, COLUMNS, SIZE, SIZE, 3)
    sheet = rows.transpose(0, 2, 1, 3, 4).reshape(ROWS * SIZE, COLUMNS * SIZE, 3)
    return Image.fromarray(sheet)


def main() -> None:
    """Train once and save the pictures."""
    IMAGES.mkdir(exist_ok=True)
    heroes_sheet().save(IMAGES / "heroes.png", optimize=True)
    train, train_labels = draw_heroes(109, seed=0)
    test, test_labels = draw_heroes(36, seed=1)
    generator = ImageDataGenerator(
        rescale=1 / 255, zoom_range=0.2, horizontal_flip=True
    )
    plain = ImageDataGenerator(rescale=1 / 255)
    model = tutorial_network((64, 64, 3))
    history = model.fit(
        generator.flow(train, train_labels),
        epochs=24,
        validation_data=plain.flow(test, test_labels),
        verbose=2,
    )
    curves = figures.learning_curves_figure(history.history)
    figures.save_figure(curves, IMAGES / "curves.png")
    photo = test[1:2] / np.float32(255)
    maps = Sequential(model.layers[:2]).predict(photo)[0]
    picture = figures.feature_maps(maps[..., :16], title=f"{CLASS_NAMES[1]} after ReLU")
    figures.save_figure(picture, IMAGES / "feature_maps.png")


if __name__ == "__main__":
    main()
