"""A slower computer, for the measurements: page and worker are slowed alike."""

import sys
import time

import pytest
from conftest import PROJECT

sys.path.append(str(PROJECT / "docs" / "classroom"))
import slow_browser

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not slow_browser.PROC.is_dir(),
        reason="the processes are found in Linux's /proc",
    ),
]
SECONDS = 3
# A worker that computes without a pause.
BUSY = """(seconds) => new Promise((tell) => {
  const source = `const end = Date.now() + ${1000 * seconds};
    while (Date.now() < end);
    postMessage(0)`;
  new Worker(URL.createObjectURL(new Blob([source]))).onmessage = tell;
}).then(() => 0)"""


def test_a_worker_gets_a_quarter_of_each_second(browser):
    page = browser.new_page()
    with slow_browser.slowed(4):
        start, before = time.monotonic(), slow_browser.cpu_seconds()
        page.evaluate(BUSY, SECONDS)
        used = slow_browser.cpu_seconds() - before
        passed = time.monotonic() - start
    page.close()
    assert 0 < used < 0.5 * passed  # the page and the browser need some as well
