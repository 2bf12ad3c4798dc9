"""A real browser for the tests here: offline, and nothing it does goes unnoticed."""

import os
import shutil

import pytest

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
REMEDY = "install it with pip install -e '.[browser]' and chromium"


def missing(what):
    """Without a browser: a failure where it must be there, else a skip that says so."""
    message = f"{what}; {REMEDY}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Name the folder, not the test, so that one line tells of all that are skipped."""
    report = yield
    match report.longrepr:
        case (_, _, str(reason)) if reason.endswith(REMEDY):
            report.longrepr = (str(item.path.parent), None, reason)
    return report


@pytest.fixture(scope="module")
def browser():
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        missing("the page's browser tests need Playwright")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=found, args=["--no-sandbox"]
            )
        except Error as error:
            missing(f"no browser could be started: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


def drop(page, place, *paths, items=()):
    """Drop files in the middle of an element, as a hand does with the mouse."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    event = {
        "x": box["x"] + box["width"] / 2,
        "y": box["y"] + min(box["height"] / 2, 60),
        "data": {
            "items": list(items),
            "files": [str(path) for path in paths],
            "dragOperationsMask": 1,
        },
    }
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **event})
    session.detach()


def unfold(summary):
    """Click it and wait for the event on which the page fills the opened box."""
    waiting = summary.evaluate_handle(
        """(summary) => ({
          toggled: new Promise((done) => summary.parentElement.addEventListener(
            "toggle", () => done(true), {once: true})),
        })"""
    )
    summary.click()
    assert waiting.evaluate("({toggled}) => toggled")


def resize(page, width, height):
    """Make the window another size and wait until the page has drawn for it."""
    waiting = page.evaluate_handle(
        """() => ({
          resized: new Promise((done) => addEventListener(
            "resize", () => done(true), {once: true})),
        })"""
    )
    page.set_viewport_size({"width": width, "height": height})
    assert waiting.evaluate("({resized}) => resized")


def in_scheme(page, scheme):
    """Show a page light or dark and wait until it has painted its canvases so."""
    waiting = page.evaluate_handle(
        """(isDark) => {
          const darkness = matchMedia("(prefers-color-scheme: dark)");
          return {
            changed: darkness.matches === isDark || new Promise((done) =>
              darkness.addEventListener("change", () => done(true), {once: true})),
          };
        }""",
        scheme == "dark",
    )
    page.emulate_media(color_scheme=scheme)
    assert waiting.evaluate("({changed}) => changed")


@pytest.fixture
def visit(browser, tmp_path):
    """Open a page from a file; at the end it must have asked for and logged nothing."""
    noise, contexts = [], []

    def opened(html, width=1280, scheme="light"):
        path = tmp_path / "explanation.html"
        path.write_text(html, encoding="utf-8", newline="\n")
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: noise.append(message.text))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on(
            "request",
            lambda request: (
                request.url.startswith("data:")
                or request.url == path.as_uri()
                or noise.append(request.url)
            ),
        )
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert noise == []


@pytest.fixture
def serious_faults():
    """What axe-core finds on a page that keeps readers out."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        missing("the accessibility tests need axe-playwright-python")

    def found(page):
        return [
            (v["id"], v["impact"], [n["html"][:120] for n in v["nodes"][:3]])
            for v in Axe().run(page).response["violations"]
            if v["impact"] in ("serious", "critical")
        ]

    return found
