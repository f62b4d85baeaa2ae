"""What readers do with pages in a real browser: tables sorted, filtered and downloaded, kommuner compared, and long pages on a phone."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.site.test_browser import files, samples

from kommunegraf.publish.documents import Documents
from kommunegraf.site import addresses

pytestmark = pytest.mark.slow

TALLEST = 12_000
"""Pixels that a page may be high on a screen of 320, with nothing unfolded."""


def shown(page: Any) -> list[str]:
    """The first cells of the rows that can be seen."""
    found: list[str] = page.eval_on_selector_all("main .scroll tbody tr:not([hidden]) th[scope=row]", "all => all.map(th => th.innerText)")
    return found


def downloaded(page: Any, button: str) -> bytes:
    with page.expect_download() as started:
        page.click(f".tools button:text-is('{button}')")
    return Path(started.value.path()).read_bytes()


def test_a_table_is_sorted_and_filtered_and_its_view_has_an_address(site: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto((site / "municipality" / "index.html").as_uri())
    names = shown(page)
    assert len(names) == 98 and names[-1] == "Aarhus"  # Aa is Å
    page.click(".tools summary")
    page.fill(".tools input", "syddanmark")
    page.click("thead button:text-is('Indbyggere')")
    page.click("thead button:text-is('Indbyggere')")
    assert shown(page)[:2] == ["Odense", "Esbjerg"] and len(shown(page)) == 22
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "descending" and "22 af 98" in page.inner_text(".tools")
    again = browser.new_page()
    again.goto(page.url)
    assert shown(again) == shown(page)
    again.select_option(".tools select", "1")
    again.fill(".tools input", "")
    assert shown(again) == names


def test_what_is_shown_is_downloaded_as_a_workbook_and_as_csv(site: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto((site / "municipality" / "index.html").as_uri() + "#filter1=syddanmark&sort1=-3")
    rows = [list(row) for row in load_workbook(BytesIO(downloaded(page, "Excel"))).active.iter_rows(values_only=True)]
    assert len(rows) == 23 and rows[0][:3] == ["Kommune", "Region", "Indbyggere"] and rows[1][:3] == ["Odense", "Region Syddanmark", 200917]
    danish = downloaded(page, "CSV til dansk Excel")
    assert danish.startswith(b"\xef\xbb\xbf") and list(csv.reader(StringIO(danish.decode("utf-8-sig")), delimiter=";"))[1][0] == "Odense"
    assert list(csv.reader(StringIO(downloaded(page, "CSV").decode())))[1][:3] == ["Odense", "Region Syddanmark", "200.917"]


def test_a_grouped_table_keeps_its_groups_until_it_is_sorted(site: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto((site / "municipality" / "0101.html").as_uri())
    groups = "main table.grouped th[scope=rowgroup]"
    assert page.is_visible(groups)
    page.click("table.grouped thead button >> nth=1")
    assert not page.is_visible(groups)
    page.goto((site / "municipality" / "0101.html").as_uri() + "#filter1=belysning")
    assert "Intelligent gadebelysning" in shown(page)
    assert len(page.query_selector_all(f"{groups}:visible")) == 1


def test_tables_stand_whole_without_javascript(site: Path, browser: Any) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((site / "municipality" / "index.html").as_uri())
    assert len(shown(page)) == 98 and not page.query_selector(".tools")


def test_nothing_moves_when_the_tools_come(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for path in ("municipality/index", "municipality/0461", "initiative/index", "query/regions"):
        page.goto((site / f"{path}.html").as_uri())
        page.wait_for_timeout(200)
        moved = page.evaluate("""() => new Promise(done => new PerformanceObserver(list => done(
            list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: 'layout-shift', buffered: true})
            || setTimeout(() => done(0), 100))""")
        assert moved < 0.01, path


def test_two_kommuner_are_compared_without_a_server(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto((site / "compare.html").as_uri())
    page.select_option("#municipality", "0630")
    page.select_option("#other", "0621")
    page.click("#compare button")
    assert page.inner_text("#compared h2") == "Vejle og Kolding" and len(shown_compared(page)) > 10
    again = browser.new_page()
    again.goto(page.url)
    assert shown_compared(again) == shown_compared(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def shown_compared(page: Any) -> list[str]:
    found: list[str] = page.eval_on_selector_all("#compared tbody tr", "all => all.map(row => row.textContent)")
    return found


def test_no_page_is_longer_than_a_reader_scrolls_on_a_phone(site: Path, documents: Documents, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    longest = sorted((site / "municipality").glob("0???.html"), key=lambda file: -file.stat().st_size)[:8]
    every = {*files(site, documents), *longest, *(site / "initiative").glob("*.html"), *site.glob("*/index.html")}
    heights = {}
    for file in sorted(every):
        page.goto(file.as_uri())
        heights[file.relative_to(site).as_posix()] = page.evaluate("document.documentElement.scrollHeight")
    assert {path: height for path, height in heights.items() if height > TALLEST} == {}
    assert len(heights) > 250


def test_a_link_to_a_folded_part_opens_it(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto((site / "municipality" / "0461.html").as_uri())
    assert not page.is_visible("#sources li")
    page.click(".onpage a[href='#sources']")
    assert page.is_visible("#sources li")


def test_wide_screens_show_what_phones_fold(site: Path, documents: Documents, browser: Any) -> None:
    assert "municipality/index" in samples(documents)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((site / addresses.page("municipality/0461", "en")).as_uri())
    assert page.is_visible("#sources li")
