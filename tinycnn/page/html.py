"""One HTML page that explains answers of a model, assembled from the files in `web/`.

The page works offline and loads nothing: it contains its styles, scripts and numbers,
and its Content-Security-Policy allows no others (it lists the hashes of its own).
"""

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from tinycnn.models import Sequential
from tinycnn.page.facts import Explained, Json
from tinycnn.text import display_name

FOLDER = Path(__file__).parent / "web"
STYLES = ("page.css", "views.css")
# Each script uses those before it; the views are in the order of the page.
SCRIPTS = (
    "numbers.js", "activations.js", "whole_maps.js", "scales.js", "separable.js",
    "network.js", "explanation.js", "colours.js", "elements.js", "maps.js", "strip.js",
    "products.js", "convolution.js", "pooling.js", "flatten.js", "overlay.js",
    "votes.js", "units.js", "answer.js", "backward.js", "check.js", "page.js",
)  # fmt: skip
START = "start.js"
# A line of types: for the checks of the scripts (tests/javascript), not for the page.
TYPES = re.compile(r"^ */\*\* @.*\*/\n", re.MULTILINE)
MARK = b'<meta name="generator" content="tinycnn">'
MARK_WITHIN = 4096
HEIGHT = 860


def filled(
    template: Path,
    title: str,
    data: Json,
    styles: Sequence[Path] = (),
    scripts: Sequence[Path] = (),
) -> str:
    """Return a page with explanations as HTML.

    Parameters
    ----------
    template : Path
        Has places for the policy, the elements, the title and the data.
    title : str
    data : dict
        What the scripts fill the views from.
    styles, scripts : sequence of Path
        The page's own, added after those of the explanations. One of the scripts must
        call ``page.start``.
    """
    elements, hashes = parts(styles, scripts)
    return Template(template.read_text(encoding="utf-8")).substitute(
        policy=f"default-src 'none'; img-src data:; style-src {hashes['style']}; "
        f"script-src {hashes['script']}; base-uri 'none'; form-action 'none'",
        views=(FOLDER / "views.html").read_text(encoding="utf-8"),
        style=elements["style"],
        scripts=elements["script"],
        title=html.escape(title),
        data=as_json(data),
    )


class Parts(NamedTuple):
    """What a page is made of: by "style" and "script", its elements and their hashes.

    A page in a frame is held to the policy of the page around it, too: that one must
    list these hashes.
    """

    elements: dict[str, str]
    hashes: dict[str, str]


def parts(
    styles: Sequence[Path] = (), scripts: Sequence[Path] = (FOLDER / START,)
) -> Parts:
    """Return the styles and scripts of a page; by default of `document`'s."""
    elements, hashes = {}, {}
    for tag, names, own in (("style", STYLES, styles), ("script", SCRIPTS, scripts)):
        paths = [*(FOLDER / name for name in names), *own]
        texts = [f"\n{source(path)}" for path in paths]
        elements[tag] = "\n".join(f"<{tag}>{text}</{tag}>" for text in texts)
        hashes[tag] = " ".join(map(hash_of, texts))
    return Parts(elements, hashes)


def source(path: Path) -> str:
    """Return a style or script as it goes into a page, without its lines of types."""
    return TYPES.sub("", path.read_text(encoding="utf-8"))


def hash_of(text: str) -> str:
    """Return the hash of a script or style in the notation of the policy."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def document(model: Json, photos: list[Json]) -> str:
    """Return the page as HTML, from what `facts.Explained` returns."""
    title = f"Why did the network say so? {', '.join(p['name'] for p in photos[:3])}"
    data = {"model": model, "photos": photos}
    return filled(FOLDER / "page.html", title, data, scripts=[FOLDER / START])


def as_json(data: Json) -> str:
    """Return JSON for a script element: it has no `<`, which could end the element."""
    return json.dumps(data, allow_nan=False).replace("<", "\\u003c")


def is_page(path: Path, mark: bytes = MARK) -> bool:
    """Return whether a file is a page written by tinycnn, by a mark in its content."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return mark in file.read(MARK_WITHIN)


class NotebookPage:
    """A page for a notebook to show; `html` is the whole of it, for a file."""

    def __init__(self, page: str) -> None:
        self.html = page

    def _repr_html_(self) -> str:
        # An iframe keeps the styles and scripts of page and notebook apart.
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" sandbox="allow-scripts" '
            f'title="Why did the network say so?" width="100%" height="{HEIGHT}" '
            'style="border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<a page of {len(self.html):,} characters; a notebook shows it>"


def show(model: Sequential, photo: Any, *more: Any) -> NotebookPage:
    """Return the page that explains the model's answer, for a notebook to show.

    Parameters
    ----------
    model : Sequential
    photo, *more : str, Path, PIL.Image.Image or ndarray of shape (H, W, C)
        Photos are prepared as in training; arrays are used as they are.

    Raises
    ------
    PhotoError
        If a photo cannot be read.
    PageError
        If the model does not take photos, is too large, or an array does not fit it.
    """
    explained = Explained(model, "this notebook's model")
    photos = [
        explained.photo(source, _name_of(source, number))
        for number, source in enumerate((photo, *more), start=1)
    ]
    return NotebookPage(document(explained.content(), photos))


def _name_of(photo: Any, number: int) -> str:
    if isinstance(photo, (str, Path)):
        return display_name(Path(photo).name)
    return f"photo {number}"
