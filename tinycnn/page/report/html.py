"""The report as HTML: its own files, and the views of `page/`."""

from pathlib import Path

from tinycnn.page.facts import Json
from tinycnn.page.html import filled

FOLDER = Path(__file__).parent / "web"
STYLES = ("report.css",)
SCRIPTS = (
    "charts.js", "pictures.js", "matrix.js", "filters.js", "epochs.js", "sections.js",
    "report.js",
)  # fmt: skip
MARK = b'<meta name="generator" content="tinycnn.train">'


def document(facts: Json) -> str:
    """Return the page as HTML, from what `report_facts` returns."""
    title = f"How good is the network? {', '.join(facts['report']['names'][:4])}"
    styles, scripts = ([FOLDER / name for name in own] for own in (STYLES, SCRIPTS))
    return filled(FOLDER / "report.html", title, facts, styles, scripts)
