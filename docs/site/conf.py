"""How Sphinx makes the site; `docs/make_site.py` gathers the pages and calls it."""

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx import addnodes

sys.path.insert(0, str(Path(__file__).parents[2]))

import tinycnn

project = "tinycnn"
release = version = tinycnn.__version__
author = "The tinycnn founders"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "numpydoc",
]
default_role = "obj"
nitpicky = True
# A name in single quotes that is not in the reference, such as an argument, stays code.
nitpick_ignore_regex = [("py:obj", ".*")]

# The notebooks stand as they are stored: .ci/run executes them.
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "tinycnn"
html_static_path = ["static"]
html_favicon = "static/icon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_math_renderer = "mathml"
html_theme_options = {"navigation_with_keys": True}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def formula(visitor: Any, node: Any, display: str) -> None:
    """Write a formula as MathML, which browsers draw without a script."""
    visitor.body.append(convert(node.astext(), display=display))
    raise nodes.SkipNode


def inline_formula(visitor: Any, node: Any) -> None:
    formula(visitor, node, "inline")


def block_formula(visitor: Any, node: Any) -> None:
    visitor.body.append('<div class="formula">')
    try:
        formula(visitor, node, "block")
    finally:
        visitor.body.append("</div>")


def whole_pages(app: Any, doctree: Any) -> None:
    """Lead to a page that the site holds as it is, in place of a download of it."""
    for node in list(doctree.findall(addnodes.download_reference)):
        target = node["reftarget"]
        if target.endswith(".html"):
            reference = nodes.reference("", "", refuri=target)
            reference += node.children
            node.replace_self(reference)


def name_in_code(app: Any, env: Any, node: Any, contnode: Any) -> Any:
    """Find `Conv2D` wherever it is described, if it is described in one place."""
    if node.get("refdomain") != "py" or not re.fullmatch(
        r"[A-Za-z_][\w.]*", node["reftarget"]
    ):
        return None
    domain = env.domains.python_domain
    found = [
        (name, entry)
        for name, entry in domain.objects.items()
        if name.endswith(f".{node['reftarget']}") and entry.objtype != "attribute"
    ]
    if len(found) != 1:
        return None
    name, entry = found[0]
    uri = app.builder.get_relative_uri(node["refdoc"], entry.docname)
    target = nodes.reference("", "", refuri=f"{uri}#{entry.node_id}", internal=True)
    target["reftitle"] = name
    target += contnode
    return target


def setup(app: Any) -> dict[str, bool]:
    """Register what is above."""
    app.add_html_math_renderer("mathml", (inline_formula, None), (block_formula, None))
    app.connect("doctree-read", whole_pages)
    app.connect("missing-reference", name_in_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
