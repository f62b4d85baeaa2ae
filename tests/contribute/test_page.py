"""The page at /contribute checks a dropped file, shows what to correct, and keeps nothing; the site offers the forms."""

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.helpers import ROOT
from tests.helpers.forms import filled
from tests.helpers.serving import Served, serving

from kommunegraf.contribute import checking, reading, template
from kommunegraf.contribute.register import Register
from kommunegraf.graph import build
from kommunegraf.publish.documents import Documents
from kommunegraf.publish.forms import Forms

WRONG = {("Initiativer", "Åbne data til rådighed", "Status"): "i gnag"}


@pytest.fixture(scope="module")
def served(built: Path) -> Iterator[Served]:
    """The real server over the real graph and its tables."""
    with serving(built / build.NQUADS, data=ROOT / "data") as server:
        yield server


@pytest.fixture(scope="module")
def wrong(held: Register) -> bytes:
    """A form with one mistake."""
    return filled(template.make(held, "0751", "da"), WRONG)


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and "kommunegraf" not in str(path)}


@pytest.mark.slow
def test_a_file_is_checked_and_never_kept(served: Served, wrong: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    done = httpx.post(f"{served.base}/contribute?lang=da", files={"file": ("aarhus.xlsx", wrong)}, timeout=60)
    assert done.status_code == 200 and done.headers["cache-control"] == "no-store"
    assert "»i gnag« er ikke en status" in done.text and "række" in done.text and "1 ting skal rettes" in done.text
    assert not files(tmp_path)
    english = httpx.post(f"{served.base}/contribute?lang=en", files={"file": ("aarhus.xlsx", wrong)}, timeout=60)
    assert "is no status" in english.text and english.headers["content-language"] == "en"


@pytest.mark.slow
@pytest.mark.parametrize(
    "content, told",
    [(b"PK\x03\x04", "beskadiget"), (b"<script>alert(1)</script>;x\n1;2\n", "Jeg kan ikke finde"), (b"", "tom")],
)
def test_what_is_no_form_is_told_in_a_sentence(served: Served, content: bytes, told: str) -> None:
    done = httpx.post(f"{served.base}/contribute?lang=da", files={"file": ("<b>x</b>.csv", content)}, timeout=60)
    assert done.status_code == 200 and told in done.text
    assert "<script>alert" not in done.text and "<b>x</b>" not in done.text


@pytest.mark.slow
def test_a_request_without_a_file_is_refused(served: Served) -> None:
    other: list[dict[str, Any]] = [
        {"data": {"a": "b"}}, {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, {"files": {"other": ("x", b"y")}},
    ]  # fmt: skip
    for request in other:
        done = httpx.post(f"{served.base}/contribute", timeout=60, **request)
        assert done.status_code == 400
    assert httpx.put(f"{served.base}/contribute").status_code == 405
    assert httpx.post(f"{served.base}/contribute", files={"file": ("x.csv", b"a;b\n" * 600_000)}, timeout=60).status_code == 413


@pytest.mark.slow
def test_a_file_is_dropped_in_a_browser(served: Served, wrong: bytes, browser: Any) -> None:
    page = browser.new_page(locale="da-DK", java_script_enabled=False)
    page.goto(f"{served.base}/contribute?lang=da")
    page.set_input_files("#file", {"name": "aarhus.xlsx", "mimeType": "application/octet-stream", "buffer": wrong})
    page.click("button[type=submit]")
    page.wait_for_selector("dl.facts")
    assert "Mente du »i gang«?" in page.inner_text("dl.facts") and "1 ting skal rettes" in page.inner_text("[role=status]")
    page.close()


def test_the_site_offers_a_form_for_each_kommune(documents: Documents, held: Register) -> None:
    forms = Forms(ROOT / "data")
    assert len([*forms]) == len(forms) == 2 * len(held.codes) == 196
    content = documents.read("form/0751-da.xlsx")
    assert content == template.make(held, "0751", "da")
    assert documents.read("form/0000-da.xlsx") is None and documents.read("form/../x.xlsx") is None
    page = documents.read("municipality/0751.html") or documents.read("municipality/0751.da.html")
    assert page and b"form/0751-da.xlsx" in page
    ways_in = documents.read("contribute.html")
    assert ways_in and b"skema" in ways_in and b'href="municipality/index.html"' in ways_in
    given = checking.check(reading.sheets(content or b"", "x"), held, date(2026, 11, 28))
    assert [fault.code for fault in given.wrong] == ["missing-role", "missing-date"]
