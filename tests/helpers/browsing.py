"""A real browser and the checkers of pages, for tests; they skip with a reason where a tool is missing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import ROOT

MODULES = ROOT / "tests" / "tools" / "node_modules"
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync"]


def tool(name: str) -> Path:
    """A file of tests/tools/node_modules. Skips where it was not installed."""
    path = MODULES / name
    if not path.exists():
        pytest.skip(f"{name} is not installed: npm ci --prefix tests/tools")
    return path


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright. Skips where either is missing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra 'browser'")
    binary = shutil.which("chromium")
    if binary is None:
        pytest.skip("needs Debian's package chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=binary, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
