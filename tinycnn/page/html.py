"""One HTML page that explains answers of a model: put together from its files here.

The page opens offline and loads nothing: styles, scripts and numbers are in it, and its
Content-Security-Policy allows no others - scripts and styles by their hashes only.
"""

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from tinycnn.models import Sequential
from tinycnn.page.facts import Explained, Json
from tinycnn.text import display_name

FOLDER = Path(__file__).parent / "web"
STYLES = ("page.css", "views.css")
# In the order in which they build on each other; the views in the page's.
SCRIPTS = (
    "numbers.js",
    "activations.js",
    "whole_maps.js",
    "network.js",
    "explanation.js",
    "colours.js",
    "elements.js",
    "maps.js",
    "strip.js",
    "products.js",
    "convolution.js",
    "pooling.js",
    "flatten.js",
    "overlay.js",
    "votes.js",
    "units.js",
    "answer.js",
    "backward.js",
    "check.js",
    "page.js",
)
START = "start.js"
MARK = b'<meta name="generator" content="tinycnn">'
MARK_WITHIN = 4096
HEIGHT = 860


@dataclass(frozen=True)
class Parts:
    """What a page that holds explanations is made of.

    Attributes
    ----------
    views : str
        The head and the views, still empty: the scripts fill them from the data.
    style, scripts : str
        Elements with the styles and scripts in them.
    hashes : dict of str to list of str
        For the Content-Security-Policy: the hashes of "style" and "script".
    """

    views: str
    style: str
    scripts: str
    hashes: dict[str, list[str]]

    @property
    def policy(self) -> str:
        """The Content-Security-Policy: nothing from anywhere but what is here."""
        style, script = (" ".join(self.hashes[kind]) for kind in ("style", "script"))
        return (
            f"default-src 'none'; img-src data:; style-src {style}; "
            f"script-src {script}; base-uri 'none'; form-action 'none'"
        )


def parts(styles: Sequence[Path] = (), scripts: Sequence[Path] = ()) -> Parts:
    """Return what a page needs to hold explanations, the data left out.

    Parameters
    ----------
    styles, scripts : sequence of Path
        The page's own, which come after those of the explanations. One of the scripts
        has to call ``page.start``.
    """
    elements: dict[str, list[str]] = {}
    hashes: dict[str, list[str]] = {}
    for tag, names, more in (("style", STYLES, styles), ("script", SCRIPTS, scripts)):
        paths = [*(FOLDER / name for name in names), *more]
        texts = [f"\n{path.read_text(encoding='utf-8')}" for path in paths]
        elements[tag] = [f"<{tag}>{text}</{tag}>" for text in texts]
        hashes[tag] = [_hash(text) for text in texts]
    views = (FOLDER / "views.html").read_text(encoding="utf-8")
    style, script = ("\n".join(elements[tag]) for tag in ("style", "script"))
    return Parts(views, style, script, hashes)


def _hash(text: str) -> str:
    """Return the hash of a script or style as the policy wants it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def document(model: Json, photos: list[Json]) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    model, photos
        What `content.Explained` tells of the model and of each photo.
    """
    made = parts(scripts=[FOLDER / START])
    names = ", ".join(photo["name"] for photo in photos[:3])
    template = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        policy=made.policy,
        views=made.views,
        style=made.style,
        scripts=made.scripts,
        title=html.escape(f"Why did the network say so? {names}"),
        data=as_json({"model": model, "photos": photos}),
    )


def as_json(data: Json) -> str:
    """Return JSON that may stand inside a script element: no `<` ends it."""
    return json.dumps(data, allow_nan=False).replace("<", "\\u003c")


def is_page(path: Path, mark: bytes = MARK) -> bool:
    """Return whether a file is a page that was made here: its content says so."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return mark in file.read(MARK_WITHIN)


class Shown:
    """A page to be shown in a notebook, or to be written to a file.

    Attributes
    ----------
    html : str
        The whole page.
    """

    def __init__(self, page: str) -> None:
        self.html = page

    def _repr_html_(self) -> str:
        # A frame of its own: the notebook's styles stay out, and its scripts apart.
        return (
            f'<iframe srcdoc="{html.escape(self.html)}" sandbox="allow-scripts" '
            f'title="Why did the network say so?" width="100%" height="{HEIGHT}" '
            'style="border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<a page of {len(self.html):,} characters; a notebook shows it>"


def show(model: Sequential, photo: Any, *more: Any) -> Shown:
    """Return the page that explains the model's answer, for a notebook to show.

    Parameters
    ----------
    model : Sequential
    photo, *more : str, Path, PIL.Image.Image or ndarray of shape (H, W, C)
        Photos are prepared as the model's training prepared them; arrays are taken as
        they are.

    Raises
    ------
    PhotoError
        If a photo cannot be read.
    PageError
        If the model is not made for photos, is too large, or an array does not fit it.
    """
    explained = Explained(model, "this notebook's model")
    photos = [
        explained.photo(each, _name_of(each, number))
        for number, each in enumerate((photo, *more), start=1)
    ]
    return Shown(document(explained.content(), photos))


def _name_of(photo: Any, number: int) -> str:
    if isinstance(photo, (str, Path)):
        return display_name(Path(photo).name)
    return f"photo {number}"
