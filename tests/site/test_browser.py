"""The site in a real browser and under the checkers of the trade: every kind of page, in both languages."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.helpers.browsing import tool

from kommunegraf.publish.documents import Documents
from kommunegraf.site import addresses, registry

pytestmark = pytest.mark.slow

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def samples(documents: Documents) -> list[str]:
    """A path of each kind of page: every document, some plain lists, and of each kind of resource the one with most statements."""
    longest: dict[str, tuple[int, str]] = {}
    for path in documents.pages.resources:
        kind = path.rpartition("/")[0]
        size = len(documents.read(f"{path}.nt") or b"")
        longest[kind] = max(longest.get(kind, (0, "")), (size, path))
    return sorted({*registry.DOCUMENTS, *sorted(documents.pages.folders)[::20], *(path for _, path in longest.values())})


def files(site: Path, documents: Documents) -> list[Path]:
    return [site / addresses.page(path, lang) for path in samples(documents) for lang in ("da", "en")]


def test_every_kind_of_page_is_valid_html(site: Path, documents: Documents) -> None:
    jar = tool("vnu-jar/build/dist/vnu.jar")
    checked = files(site, documents)
    assert len(checked) > 100
    command = ["java", "-jar", str(jar), "--format", "json", "--stdout", "--exit-zero-always", *map(str, checked)]
    messages = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["messages"]
    assert not [(m["url"].rsplit("/site/", 1)[-1], m.get("lastLine"), m["message"]) for m in messages if m["type"] != "info"][:20]


@pytest.mark.parametrize(("scheme", "start"), [("light", 0), ("dark", 1)])
def test_no_kind_of_page_violates_the_accessibility_guidelines(
    site: Path, documents: Documents, browser: Any, scheme: str, start: int
) -> None:
    """Danish pages in light colours, English ones in dark."""
    axe = tool("axe-core/axe.min.js").read_text("utf-8")
    violations = []
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    for file in files(site, documents)[start::2]:
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(axe)
        result = page.evaluate(f"axe.run({{runOnly: {json.dumps(RULES)}, resultTypes: ['violations']}})")
        violations += [(file.relative_to(site).as_posix(), v["id"], v["nodes"][0]["html"][:150]) for v in result["violations"]]
    page.close()
    assert not violations, violations[:20]


def test_no_page_scrolls_sideways_on_a_phone(site: Path, documents: Documents, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 600})
    wide = []
    for file in files(site, documents):
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(file.relative_to(site).as_posix())
    assert not wide


def test_a_page_asks_no_other_host_and_its_console_is_quiet(site: Path, documents: Documents, browser: Any) -> None:
    page = browser.new_page()
    schemes, complaints = set(), []
    page.on("request", lambda request: schemes.add(request.url.split(":", 1)[0]))
    page.on("console", lambda message: complaints.append((page.url, message.text)))
    page.on("pageerror", lambda error: complaints.append((page.url, str(error))))
    for file in files(site, documents):
        page.goto(file.as_uri())
    assert schemes == {"file"} and not complaints


def test_a_reader_with_a_keyboard_alone_gets_from_the_front_page_to_a_kommune(site: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "municipality/index.html":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/municipality/index.html")
    for _ in range(200):
        page.keyboard.press("Tab")
        if "0751" in (page.evaluate("document.activeElement.getAttribute('href')") or ""):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/0751.html")


FOUND = [("da", "aarhus", "Aarhus"), ("da", "åbne da", "Åbne data"), ("en", "Kalundborg", "Kalundborg")]


@pytest.mark.parametrize(("lang", "typed", "first"), FOUND)
def test_the_search_finds_what_people_type_from_disk(site: Path, browser: Any, lang: str, typed: str, first: str) -> None:
    page = browser.new_page()
    page.goto((site / addresses.page("index", lang)).as_uri())
    page.fill("#q", typed)
    page.press("#q", "Enter")
    page.wait_for_selector("main li a")
    assert first in page.inner_text("main li a >> nth=0")


def test_without_javascript_the_search_leads_to_the_list_of_everything(site: Path, browser: Any) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((site / "search.html").as_uri() + "?q=aarhus")
    assert page.query_selector("main a[href='all.html']")
