"""Whom to learn from on the web: a page for each initiative and region, and a form on the server, tell what matching answers."""

from collections.abc import Iterator

import httpx
import pytest
from tests.helpers.pages import parse_page, read, words
from tests.helpers.serving import Served

from kommunegraf.matching.matcher import Matcher
from kommunegraf.namespaces import BASE
from kommunegraf.rdf.engines import Embedded
from kommunegraf.site.registry import Pages

VIDEO = BASE + "initiative/virtual-home-care"


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.base, timeout=60) as web:
        yield web


def test_the_list_leads_to_a_page_of_each_initiative_and_region(pages: Pages) -> None:
    links = read(pages, "learn", "en").xpath("//main//a[contains(@href, 'learn/')]/@href")
    paths = {path for path in pages.paths if path.startswith("learn/")}
    assert {link.removesuffix(".en.html") for link in links} == paths and len(paths) == 5 * len(pages.site.matcher["en"].columns)
    assert read(pages, "matching", "da").xpath("//main//a[@href='learn.html']")


@pytest.mark.parametrize("lang", ["da", "en"])
def test_a_region_s_page_names_the_teachers_that_matching_names(pages: Pages, engine: Embedded, lang: str) -> None:
    matcher = Matcher.open(engine, lang)
    rows = {row.xpath("string(th)"): row for row in read(pages, "learn/virtual-home-care/1083", lang).xpath("//main//tbody/tr")}
    inside = {iri: place for iri, place in matcher.register.places.items() if place.region and place.region.name == "1083"}
    assert set(rows) == {place.municipality.label for place in inside.values()}
    for iri, place in inside.items():
        (plan,) = matcher.learn_from(iri, [VIDEO])
        linked = rows[place.municipality.label].xpath("td//a[contains(@href, 'municipality/')]")
        expected = [] if plan.own and plan.own.active else plan.peers[:3]
        assert [a.text_content() for a in linked] == [peer.claim.municipality.label for peer in expected]
    text = words(read(pages, "learn/virtual-home-care/1083", "en"))
    assert "not found" in text and "unknown, not no" in text


def test_the_form_answers_without_javascript(client: httpx.Client, engine: Embedded) -> None:
    form = parse_page(client.get("/learn?lang=en").text)
    assert form.xpath("//form[@method='get']") and not form.xpath("//main//script")
    assert len(form.xpath("//select[@name='municipality']/option")) == 98
    page = parse_page(client.get("/learn", params={"municipality": "Assens", "initiative": "virtual-home-care", "lang": "en"}).text)
    (plan,) = Matcher.open(engine, "en").learn_from(BASE + "municipality/0420", [VIDEO])
    assert [th.text_content() for th in page.xpath("//main//tbody//th")] == [peer.claim.municipality.label for peer in plan.peers]
    assert page.xpath("//option[@selected]/@value") == ["0420", "virtual-home-care"]


def test_the_form_refuses_what_nobody_is_called(client: httpx.Client) -> None:
    wrong = client.get("/learn", params={"municipality": "Atlantis", "initiative": "virtual-home-care"})
    assert wrong.status_code == 404 and "Atlantis" in wrong.text
    assert client.get("/learn?town=Vejle").status_code == 400
