"""Make the pictures of README and docs anew: python docs/make_pictures.py (a minute).

The pictures of the two pages need a browser: pip install -e ".[browser]".

Only the library and its own drawings are used, so the pictures show what it does. The
curves are those of README's first command.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from tinycnn import Sequential, explanation, figures, load_model
from tinycnn.datasets.drawings import draw_heroes
from tinycnn.preprocessing.photos import array_to_img

PROJECT = Path(__file__).parent.parent
IMAGES = PROJECT / "docs" / "images"
COLUMNS, ROWS, SIZE = 8, 2, 112


def heroes_sheet() -> Image.Image:
    """Return a sheet of drawings."""
    photos, _ = draw_heroes(COLUMNS * ROWS, seed=4, size=SIZE)
    rows = photos.reshape(ROWS, COLUMNS, SIZE, SIZE, 3)
    sheet = rows.transpose(0, 2, 1, 3, 4).reshape(ROWS * SIZE, COLUMNS * SIZE, 3)
    return Image.fromarray(sheet)


def feature_maps(model: Sequential) -> None:
    """Save what sixteen of the first layer's kernels see in one drawing."""
    drawings, _ = draw_heroes(2, seed=1)
    photo = model.preprocessing.scaled(drawings[1:])
    maps = Sequential(model.layers[:2]).predict(photo)[0]
    title = "A drawing of Pikachu after the first convolution and ReLU"
    figure = figures.feature_maps(maps[..., :16], title=title)
    figures.save_figure(figure, IMAGES / "feature_maps.png")


def explanations(model: Sequential, test: Path) -> None:
    """Save why the model answers as it does, for one drawing that it has not seen."""
    photo = model.preprocessing([test / "Iron Man" / "Iron Man.001.jpg"])[0]
    found = explanation.votes(model, photo)
    print(found)
    maps = {
        "saliency": explanation.saliency(model, photo),
        "grad_cam": explanation.grad_cam(model, photo),
        "occlusion": explanation.occlusion(model, photo),
    }
    figure = figures.explanation_figure(photo, found, maps)
    figures.save_figure(figure, IMAGES / "explanation.png")
    patches = explanation.top_patches(model, test, layer=2, filter=7, count=5)
    figure = figures.top_patches(patches, title="What filter 7 answers strongest to")
    figures.save_figure(figure, IMAGES / "top_patches.png")


def pages(model: Path, environment: dict[str, str]) -> None:
    """Save what the explaining page shows of one drawing, and a part of the report."""
    from playwright.sync_api import sync_playwright

    folder = model.parent
    drawings, _ = draw_heroes(2, seed=1, size=256)
    array_to_img(drawings[1], scale=False).save(folder / "drawing.png")
    explain = [sys.executable, "-m", "tinycnn.explain", model.name, "drawing.png"]
    subprocess.run(explain, cwd=folder, env=environment, check=True)
    # After five epochs there still are mistakes to be shown.
    train = [sys.executable, "-m", "tinycnn.train", "Dataset", "--epochs", "5"]
    command = [*train, "--output", "early"]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": 1280, "height": 920})
        page.goto((folder / "explanation.html").as_uri())
        page.screenshot(path=folder / "page.png")
        page.goto((folder / "early" / "report.html").as_uri())
        page.locator("#confusion").evaluate("section => section.scrollIntoView()")
        page.screenshot(path=folder / "report.png")
        browser.close()
    for name in ("page.png", "report.png"):
        with Image.open(folder / name) as image:  # a third of the size
            image.convert("RGB").quantize(256).save(IMAGES / name, optimize=True)


def main() -> None:
    """Train once, as README says, and save the pictures."""
    IMAGES.mkdir(exist_ok=True)
    heroes_sheet().save(IMAGES / "heroes.png", optimize=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tinycnn.train"]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        subprocess.run(command, cwd=folder, env=environment, check=True)
        output = Path(folder, "runs", "drawings")
        shutil.copy(output / "curves.png", IMAGES)
        model = load_model(output / "model.safetensors")
        feature_maps(model)
        explanations(model, output / "Dataset" / "test")
        pages(output / "model.safetensors", environment)


if __name__ == "__main__":
    main()
