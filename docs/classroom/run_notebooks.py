"""Run notebooks in the built classroom, in a real browser.

    python docs/classroom/run_notebooks.py SITE [NAME ...] [--slow TIMES]
    python docs/classroom/run_notebooks.py SITE [NAME ...] [--throttle TIMES]

NAME is how a notebook's name begins ("03"); without one, all run: about ten minutes.
``--slow 4`` gives the browser a quarter of each second, page and Python alike;
``--throttle 4`` is the browser's own, which slows the page but not Python's worker.
The notebooks run as they are kept, with guesses and solutions, for a cleared one stops
at its first question. Only SITE is served; a request to anywhere else fails the run.
Needs `pip install '.[browser]'` and Chromium.
"""

import argparse
import contextlib
import functools
import json
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import slow_browser

WALKTHROUGH = Path(__file__).parents[2] / "walkthrough"
BROWSERS = ("chromium", "google-chrome", "chromium-browser")
SECONDS = 600  # for one notebook, on a slow machine
PASSED = "All checks passed."
# What runs in the page: JupyterLab's own commands and models.
SAVE = """async ([path, content]) => {
  await jupyterapp.serviceManager.contents.save(
    path, {type: "notebook", format: "json", content});
}"""
OPEN = """async (path) => {
  const panel = await jupyterapp.commands.execute(
    "docmanager:open", {path, factory: "Notebook", kernel: {name: "python"}});
  await panel.context.ready;
  await panel.sessionContext.ready;
  window.panel = panel;
}"""
RUN = "() => { jupyterapp.commands.execute('notebook:run-all-cells'); }"
STATE = """() => {
  const cells = panel.content.model.sharedModel.toJSON().cells;
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  const text = (value) => Array.isArray(value) ? value.join("") : String(value ?? "");
  return {
    printed: outputs.filter((o) => o.output_type === "stream")
      .map((o) => text(o.text)).join(""),
    error: outputs.filter((o) => o.output_type === "error")
      .map((o) => `${o.ename}: ${o.evalue}`)[0] ?? "",
    first: outputs.length > 0,
    figures: outputs.filter((o) => o.data?.["image/png"]).length,
  };
}"""
CLOSE = """async () => {
  await panel.sessionContext.shutdown();
  await panel.context.save();
  panel.dispose();
}"""


class Quiet(SimpleHTTPRequestHandler):
    """A server that does not log each request."""

    def log_message(self, *arguments: object) -> None:
        """Do nothing."""


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder on this computer alone, and give its address."""
    handler = functools.partial(Quiet, directory=str(site))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def classroom(
    browser: Any, address: str, throttle: float = 1
) -> Iterator[tuple[Any, list[str]]]:
    """Open the classroom; give the page and the requests that went elsewhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    elsewhere: list[str] = []

    def sort(route: Any) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", sort)
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    page.goto(f"{address}lab/index.html")
    page.wait_for_function("window.jupyterapp && jupyterapp.restored")
    page.evaluate("async () => { await jupyterapp.restored; }")
    try:
        yield page, elsewhere
    finally:
        context.close()


def run_notebook(page: Any, path: Path, offline_after_start: bool = False) -> dict:
    """Run a notebook from the top in a kernel of its own; return what came out.

    "seconds", "first" and "figure" (until the first output and the first figure, None
    if there was none), "error" ("" if none), "printed".
    With `offline_after_start` the browser is cut off the server after the first output:
    then Python, the packages and the page are all there.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    start, first, figure = time.monotonic(), None, None
    page.evaluate(SAVE, [f"run-{path.name}", content])
    page.evaluate(OPEN, f"run-{path.name}")
    page.evaluate(RUN)
    while True:
        state = page.evaluate(STATE)
        seconds = time.monotonic() - start
        if first is None and state["first"]:
            first = seconds
            if offline_after_start:
                page.context.set_offline(True)
        if figure is None and state["figures"]:
            figure = seconds
        done = PASSED in state["printed"] or state["error"]
        if done or seconds > SECONDS:
            break
        page.wait_for_timeout(500)
    page.context.set_offline(False)
    page.evaluate(CLOSE)
    if not done:
        state["error"] = f"it did not end within {SECONDS} seconds"
    return {**state, "seconds": seconds, "first": first, "figure": figure}


def main() -> int:
    """Run the notebooks and print a line for each; return the exit status."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description="Run the classroom's notebooks.")
    parser.add_argument("site", type=Path, metavar="SITE")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--slow", type=float, default=1, metavar="TIMES")
    parser.add_argument("--throttle", type=float, default=1, metavar="TIMES")
    options = parser.parse_intermixed_args()
    names = tuple(options.names)
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    paths = sorted(WALKTHROUGH.glob("[0-9]*.ipynb"))
    failed = 0
    with served(options.site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"]
        )
        start = time.monotonic()
        with (
            slow_browser.slowed(options.slow),
            classroom(browser, address, options.throttle) as (page, elsewhere),
        ):
            print(f"the page opened in {time.monotonic() - start:.0f} s", flush=True)
            for path in paths:
                if names and not path.name.startswith(names):
                    continue
                result = run_notebook(page, path)
                failed += bool(result["error"])
                said = result["error"] or "all checks passed"
                figure = result["figure"]
                if figure is not None:
                    said += f", first figure after {figure:.0f} s"
                print(f"{path.name}: {result['seconds']:.0f} s, {said}", flush=True)
        for address in elsewhere:
            print(f"requested {address}")
        browser.close()
    return 1 if failed or elsewhere else 0


if __name__ == "__main__":
    sys.exit(main())
