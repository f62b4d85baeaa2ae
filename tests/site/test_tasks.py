"""What people come to do, done in a real browser on a phone without JavaScript: in at most two clicks, or one field."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.helpers import ROOT
from tests.helpers.serving import Served, serving

from kommunegraf.graph import build

pytestmark = pytest.mark.slow

MOST = 2


class Reader:
    """Someone with a phone who begins on the front page. Clicks are counted; choosing in a field and sending it is one."""

    def __init__(self, page: Any, base: str) -> None:
        self.page = page
        self.clicks = 0
        page.goto(f"{base}/index.html")

    def click(self, selector: str) -> None:
        self.clicks += 1
        self.page.click(selector)

    def text(self) -> str:
        """All that is on the page, folded parts too, in one line."""
        assert self.clicks <= MOST
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 360
        return " ".join(str(self.page.text_content("main")).split())


@pytest.fixture(scope="module")
def served(built: Path) -> Iterator[Served]:
    """The real server over the real graph and tables."""
    with serving(built / build.NQUADS, data=ROOT / "data") as running:
        yield running


@pytest.fixture
def reader(browser: Any, served: Served) -> Iterator[Reader]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}, accept_downloads=True, locale="da-DK")
    yield Reader(context.new_page(), served.base)
    context.close()


def test_whom_can_odense_learn_street_lighting_from(reader: Reader) -> None:
    reader.page.select_option("#initiative", "intelligent-street-lighting")
    reader.page.select_option("#municipality", "0461")
    reader.click("section[aria-labelledby=plan] button")
    assert reader.text()
    assert "Odense" in reader.page.inner_text("h1") and "ntelligent gadebelysning" in reader.page.inner_text("h1")
    teachers = reader.page.eval_on_selector_all("main tbody th", "all => all.map(th => th.innerText)")
    assert teachers[0] == "Nordfyns" and "København" in teachers, "the neighbour comes first"


def test_who_uses_renoweb(reader: Reader) -> None:
    reader.page.select_option("#solution", "renoweb")
    reader.click("form[action$='solution-users'] button")
    assert reader.page.inner_text("h1") == "Hvem bruger RenoWeb?" and "30 rækker" in reader.text()
    assert "Hvem bruger RenoWeb?" in reader.page.title()


def test_what_share_of_kommuner_with_smart_city_have_open_data_with_a_reference(reader: Reader) -> None:
    reader.click("section[aria-labelledby=figure] summary")
    reader.click("section[aria-labelledby=figure] a[href*='initiative-status']")
    text = reader.text()
    row = next(r for r in reader.page.query_selector_all("table.figures-table tr") if "Åbne data" in r.text_content()
               and "Kommuner med Smart City" in r.text_content())
    assert "48" in row.text_content() and "CEDI" in text and "2014" in text and "@" in text


def test_the_page_of_rødovre(reader: Reader) -> None:
    reader.click("section[aria-labelledby=mine] summary")
    reader.click("section[aria-labelledby=mine] a:text-is('Rødovre')")
    assert reader.page.inner_text("h1") == "Rødovre" and "0175" in reader.text()


def test_all_adoptions_as_excel(reader: Reader) -> None:
    reader.click("nav a:text-is('Hent data')")
    with reader.page.expect_download() as started:
        reader.click("a[href$='kommunegraf.xlsx']")
    sheet = load_workbook(BytesIO(Path(started.value.path()).read_bytes())).worksheets[0]
    assert sheet.title == "Registreringer" and sheet.max_row > 500 and reader.clicks == MOST


def test_vejle_beside_kolding(reader: Reader) -> None:
    reader.click("main a[href*='compare']")
    reader.page.select_option("#municipality", "0630")
    reader.page.select_option("#other", "0621")
    reader.click("#compare button")
    text = reader.text()
    assert reader.page.inner_text("h1") == "Vejle og Kolding" and "initiativer er i gang i begge kommuner" in text
    assert "municipality=0630" in reader.page.url and reader.page.query_selector("#compared a[download]")


def test_sparql_from_the_front_page(reader: Reader) -> None:
    reader.click("main a[href$='sparql']")
    reader.page.fill("#query", "SELECT (COUNT(*) AS ?n) { ?kommune a <https://w3id.org/kommunegraf/ontology/Municipality> }")
    reader.click("#form button")
    assert "98" in reader.text()


def test_an_error_is_corrected_from_any_page(reader: Reader) -> None:
    reader.click("footer a[href$='contribute.html']")
    text = reader.text()
    assert "Ret fejl" in reader.page.inner_text("h1") and reader.page.query_selector("main a[href]") and "fejl" in text
