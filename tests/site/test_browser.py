"""The site in a real browser and under the checkers of the trade: every kind of page, in both languages."""

import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest
from tests.helpers import sampling
from tests.helpers.browsing import tool

from kommunegraf.publish.documents import Documents
from kommunegraf.site import addresses, registry

pytestmark = pytest.mark.slow

TALLEST = 12_000
"""Pixels that a page may be high on a screen of 320, with nothing unfolded."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


def samples(site: Path, documents: Documents) -> list[str]:
    """A path of each kind of page: every document, some plain lists, and of the resources with one template the one with most statements.

    Where a run tries all, the one with most statements of each kind of resource.
    """
    longest: dict[str, tuple[int, str]] = {}
    view = documents.pages.site.views["da"]
    for path, iri in documents.pages.resources.items():
        kind, data = view.kind(iri), site / f"{path}.nt"
        template = path.rpartition("/")[0] if sampling.ALL else kind if kind in registry.RESOURCES else ""
        size = data.stat().st_size if data.exists() else 0
        longest[template] = max(longest.get(template, (0, "")), (size, path))
    return sorted({*registry.DOCUMENTS, *sorted(documents.pages.folders)[::20], *(path for _, path in longest.values())})


def files(site: Path, documents: Documents) -> list[Path]:
    return [site / addresses.page(path, lang) for path in samples(site, documents) for lang in ("da", "en")]


def largest(pages: Iterable[Path], count: int) -> list[Path]:
    """The pages with most bytes; all pages where a run tries all."""
    return sorted(pages, key=lambda page: (-page.stat().st_size, page))[: None if sampling.ALL else count]


@dataclass
class Noise:
    """What a page of the browser asks for and says: schemes of addresses, messages of the console and errors."""

    schemes: set[str] = field(default_factory=set)
    messages: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, page: Any) -> Self:
        noise = cls()
        page.on("request", lambda request: noise.schemes.add(request.url.split(":", 1)[0]))
        page.on("console", lambda message: noise.messages.append((page.url, message.text)))
        page.on("pageerror", lambda error: noise.messages.append((page.url, str(error))))
        return noise


@dataclass
class Phone:
    """What a screen of 320 pixels shows: the height of each page with nothing unfolded, its width with all unfolded, and the noise."""

    noise: Noise
    heights: dict[str, int] = field(default_factory=dict)
    widths: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def phone(site: Path, documents: Documents, browser: Any) -> Phone:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    phone = Phone(Noise.of(page))
    long = [*(site / "municipality").glob("0???.html")], [*(site / "initiative").glob("*.html")], [*site.glob("*/index.html")]
    for file in sorted({*files(site, documents), *(page for pages in long for page in largest(pages, 8))}):
        name = file.relative_to(site).as_posix()
        page.goto(file.as_uri())
        phone.heights[name] = page.evaluate("document.documentElement.scrollHeight")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        phone.widths[name] = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    return phone


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
    """Danish pages in light colours, English ones in dark; on a wide screen they ask no other host and say nothing either."""
    axe = tool("axe-core/axe.min.js").read_text("utf-8")
    violations = []
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    noise = Noise.of(page)
    for file in files(site, documents)[start::2]:
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(axe)
        result = page.evaluate(f"axe.run({{preload: false, runOnly: {json.dumps(RULES)}, resultTypes: ['violations']}})")
        violations += [(file.relative_to(site).as_posix(), v["id"], v["nodes"][0]["html"][:150]) for v in result["violations"]]
    page.close()
    assert not violations, violations[:20]
    assert noise.schemes == {"file"} and not noise.messages


def test_no_page_scrolls_sideways_on_a_phone(phone: Phone) -> None:
    assert {name: width for name, width in phone.widths.items() if width > 320} == {}


def test_no_page_is_longer_than_a_reader_scrolls_on_a_phone(phone: Phone) -> None:
    assert {name: height for name, height in phone.heights.items() if height > TALLEST} == {}
    assert len(phone.heights) > 120


def test_a_page_asks_no_other_host_and_its_console_is_quiet(phone: Phone) -> None:
    assert phone.noise.schemes == {"file"} and not phone.noise.messages


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
