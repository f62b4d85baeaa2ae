"""What readers do with pages in a real browser: tables sorted, filtered and downloaded, kommuner compared, and long pages on a phone."""

import csv
import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.site.test_browser import samples

from kommunegraf.publish.documents import Documents
from kommunegraf.site import addresses

pytestmark = pytest.mark.slow

def shown(page: Any) -> list[str]:
    """The first cells of the rows that can be seen."""
    names: list[str] = page.eval_on_selector_all("main .scroll tbody tr:not([hidden]) th[scope=row]", "all => all.map(th => th.innerText)")
    return names


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
    """The least of three times: what the tools move is moved each time, what a busy machine draws in pieces is not."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for path in ("municipality/index", "municipality/0461", "initiative/index", "query/regions"):
        assert min(moved(page, (site / f"{path}.html").as_uri()) for _ in range(3)) < 0.01, path


def moved(page: Any, address: str) -> float:
    """How much of a page moves while it is loaded (Layout Instability, score)."""
    page.goto(address)
    page.wait_for_timeout(200)
    score: float = page.evaluate("""() => new Promise(done => new PerformanceObserver(list => done(
        list.getEntries().reduce((sum, entry) => sum + entry.value, 0))).observe({type: 'layout-shift', buffered: true})
        || setTimeout(() => done(0), 100))""")
    return score


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
    lines: list[str] = page.eval_on_selector_all("#compared tbody tr", "all => all.map(row => row.textContent)")
    return lines


def test_a_link_to_a_folded_part_opens_it(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto((site / "municipality" / "0461.html").as_uri())
    assert not page.is_visible("#sources li")
    page.click(".onpage a[href='#sources']")
    assert page.is_visible("#sources li")


def test_wide_screens_show_what_phones_fold(site: Path, documents: Documents, browser: Any) -> None:
    assert "municipality/index" in samples(site, documents)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((site / addresses.page("municipality/0461", "en")).as_uri())
    assert page.is_visible("#sources li")


def test_the_key_of_a_map_hides_a_status_without_javascript(site: Path, browser: Any) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((site / "initiative" / "intelligent-street-lighting.html").as_uri())
    assert page.is_visible("a.spot.active") and page.is_visible("a.spot.ended, a.spot.open-plan, a.spot.planned")
    page.uncheck(".key input[value=active]")
    assert not page.is_visible("a.spot.active") and page.is_visible(".key .spot.active .area")


def test_a_map_leaves_out_what_older_sources_say(site: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto((site / "initiative" / "open-data.html").as_uri())
    before = len(page.query_selector_all("a.spot:visible"))
    years = page.eval_on_selector_all(".since option", "all => all.map(one => one.value).filter(Boolean)")
    page.select_option(".since select", years[0])
    left = page.query_selector_all("a.spot:visible")
    assert 0 < len([one for one in left if one.get_attribute("data-year")]) < before
    assert {one.get_attribute("data-year") for one in left} <= {years[0], None}


def test_what_a_map_shows_has_an_address_and_holds_on_the_way_to_another_map(site: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto((site / "initiative" / "open-data.html").as_uri())
    year = page.eval_on_selector_all(".since option", "all => all[1].value")
    page.uncheck(".key input[value=active]")
    page.uncheck(".key input[value=unknown]")
    page.select_option(".since select", year)
    assert page.url.endswith(f"#hide=active,unknown&since={year}")
    shared, other = page.url, page.eval_on_selector("a.same-view", "link => link.href")
    again = browser.new_page()
    again.goto(shared)
    assert not again.is_checked(".key input[value=active]") and not again.is_visible("a.spot.active")
    assert again.input_value(".since select") == year
    again.goto(other)
    assert "open-data" not in again.url and not again.is_checked(".key input[value=active]")
    again.goto(shared.partition("#")[0] + "#hide=nothing&since=1")
    assert again.is_checked(".key input[value=active]") and again.is_visible("a.spot.active"), "what means nothing hides nothing"


def test_the_smallest_circle_of_a_map_can_be_hit_with_a_finger(site: Path, browser: Any) -> None:
    """At the edge of a target of 24 pixels is a kommune: its own, or one that lies nearer there."""
    page = browser.new_page(viewport={"width": 320, "height": 900})
    page.goto((site / "initiative" / "waste-app.html").as_uri())
    page.locator("svg.cartogram").scroll_into_view_if_needed()
    missed = page.evaluate("""() => [...document.querySelectorAll('a.target')].filter(target => {
        const box = target.querySelector('circle').getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
        return [[11, 0], [-11, 0], [0, 11], [0, -11]].some(([dx, dy]) => {
            const hit = document.elementFromPoint(x + dx, y + dy);
            return !hit || !hit.closest('.spot, .target');
        });
    }).length""")
    assert missed == 0 and len(page.query_selector_all("a.target")) > 50


def test_search_suggests_while_one_types_and_the_arrows_lead_there(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto((site / "initiative" / "index.html").as_uri())
    page.click("#q")
    page.keyboard.type("wifi")
    page.wait_for_selector(".suggestions a")
    assert "Trådløst netværk" in page.inner_text(".suggestions li >> nth=0") and "Initiativ" in page.inner_text(".suggestions li >> nth=0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/initiative/public-wifi.html")
    page.click("#q")
    page.keyboard.type("odnese")
    page.wait_for_selector(".suggestions a:text-is('Odense')")
    page.keyboard.press("Escape")
    assert not page.is_visible(".suggestions")


def test_a_kommune_is_printed_on_two_sheets_with_nothing_folded_away(site: Path, browser: Any) -> None:
    page = browser.new_page()
    for name in ("0101", "0101.en", "0751", "0751.en", "0461", "0175", "0825"):
        page.goto((site / "municipality" / f"{name}.html").as_uri())
        printed = page.pdf(format="A4", prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2, name
    page.emulate_media(media="print")
    page.goto((site / "municipality" / "0461.html").as_uri())
    assert page.is_visible("#sources li") and page.is_visible("#opportunities") and page.is_visible(".printed")
    assert "https://w3id.org/kommunegraf/municipality/0461" in page.inner_text(".printed") and "2026" in page.inner_text(".printed")


def test_no_head_of_the_matrix_is_cut(site: Path, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto((site / "matrix.html").as_uri())
    cut = page.evaluate("""() => [...document.querySelectorAll('.matrix thead th a')].filter(
        head => head.scrollHeight > head.clientHeight + 1 || head.scrollWidth > head.clientWidth + 1).map(head => head.textContent)""")
    assert cut == []
