"""The report as HTML: its own files, and the views of `page/`."""

import html
from pathlib import Path
from string import Template

from tinycnn.page.facts import Json
from tinycnn.page.html import as_json, assets

FOLDER = Path(__file__).parent / "web"
STYLES = ("report.css",)
SCRIPTS = ("charts.js", "pictures.js", "matrix.js", "sections.js", "report.js")
MARK = b'<meta name="generator" content="tinycnn.train">'


def document(facts: Json) -> str:
    """Return the page as HTML, from what `report_facts` returns."""
    made = assets(
        [FOLDER / name for name in STYLES], [FOLDER / name for name in SCRIPTS]
    )
    names = ", ".join(facts["report"]["names"][:4])
    template = Template((FOLDER / "report.html").read_text(encoding="utf-8"))
    return template.substitute(
        policy=made.policy,
        views=made.views,
        style=made.style,
        scripts=made.scripts,
        title=html.escape(f"How good is the network? {names}"),
        data=as_json(facts),
    )
