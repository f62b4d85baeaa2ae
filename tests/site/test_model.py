"""The site as a whole: every resource has its page and its data, every link leads somewhere, and nothing leaves the house."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin

import lxml.html
import pyoxigraph as ox
import pytest
from lxml import etree
from tests.helpers.pages import parse_page

from kommunegraf.namespaces import BASE
from kommunegraf.publish.documents import Documents
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import DATA
from kommunegraf.site import addresses

TOP = "http://site.test/"
HOSTILE = """
<https://w3id.org/kommunegraf/thing/markup> <http://www.w3.org/2004/02/skos/core#prefLabel> "<script>alert(1)</script> & \\"'"@da .
<https://w3id.org/kommunegraf/thing/markup> <https://example.org/p> <javascript:alert(1)> .
<https://w3id.org/kommunegraf/thing/markup> <https://example.org/p> "</script><script>alert(2)</script>" .
<https://w3id.org/kommunegraf/thing/right-to-left> <http://www.w3.org/2004/02/skos/core#prefLabel> "\u202e\u05e9\u05dc\u05d5\u05dd"@he .
<https://w3id.org/kommunegraf/thing/nameless> <https://example.org/p> "x" .
<https://w3id.org/kommunegraf/../../etc/passwd> <https://example.org/p> "x" .
<https://w3id.org/kommunegraf/thing/a%0Ab> <https://example.org/p> "x" .
"""


Pages = dict[str, lxml.html.HtmlElement]
Links = dict[str, set[str]]


def sample(names: Iterable[str]) -> list[str]:
    """Some pages of each kind, in both languages: the first and the last of it, and all that stand alone."""
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(f"{name.rpartition('/')[0]} {addresses.parse(name)[2]}", []).append(name)
    return [name for group in kinds.values() for name in dict.fromkeys(group[:1] + group[-1:])]


@pytest.fixture(scope="module", params=["some of each kind", pytest.param("all", marks=pytest.mark.slow)])
def pages(documents: Documents, request: pytest.FixtureRequest) -> Pages:
    """Pages of the real site, parsed: a sample of them, and in the slow run all, as they are published."""
    names = [name for name in documents.names() if name.endswith(".html")]
    if request.param == "all":
        site: Path = request.getfixturevalue("site")
        return {name: parse_page((site / name).read_bytes()) for name in names}
    return {name: parse_page(documents.read(name) or b"") for name in sample(names)}


LINKS = etree.XPath(".//@href | .//@src | .//@action")


@cache
def joined(folder: str, link: str) -> str:
    """The address of a link on the pages of a folder."""
    return urljoin(folder, link)


def targets(name: str, page: lxml.html.HtmlElement) -> set[str]:
    """The addresses that a page, or a part of it, leads to or loads, made absolute; those of forms and pictures too."""
    here = TOP + name
    folder = here[: here.rindex("/") + 1]
    return {here + link if link.startswith("#") else joined(folder, link) if link else here for link in map(str, LINKS(page))}


@pytest.fixture(scope="module")
def links(pages: Pages) -> Links:
    """The addresses that each page leads to or loads."""
    return {name: targets(name, page) for name, page in pages.items()}


@pytest.fixture(scope="module")
def hostile() -> Documents:
    store = ox.Store()
    store.load(HOSTILE, format=ox.RdfFormat.N_TRIPLES, lenient=True)
    return Documents(store, "0.1.0")


def test_every_minted_resource_has_a_page_in_both_languages_and_data_in_every_format(documents: Documents, engine: Embedded) -> None:
    names = set(documents.names())
    minted = {q.subject.value for q in engine.store if isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(BASE)}
    assert len(minted) > 3000
    for iri in minted:
        path = addresses.path(iri)
        assert path is not None
        assert {f"{path}.html", f"{path}.en.html", *(path + format.suffix for format in DATA)} <= names


def test_no_internal_link_is_dead(documents: Documents, links: Links) -> None:
    names = set(documents.names())
    dead = {
        (name, link) for name, addresses_of in links.items() for link in addresses_of
        if link.startswith(TOP) and unquote(link[len(TOP):].partition("#")[0].partition("?")[0]) not in names
    }
    assert not dead, sorted(dead)[:20]


def test_every_link_to_a_part_of_a_page_finds_it(documents: Documents, pages: Pages, links: Links) -> None:
    @cache
    def anchors(name: str) -> set[str]:
        page = pages[name] if name in pages else parse_page(documents.read(name) or b"")
        return set(page.xpath("//@id"))

    lost = []
    for name, addresses_of in links.items():
        for link in addresses_of:
            address, _, part = link.partition("#")
            if not part or not link.startswith(TOP):
                continue
            target = unquote(address.removeprefix(TOP).partition("?")[0])
            if target.endswith(".html") and unquote(part) not in anchors(target):
                lost.append((name, link))
    assert not lost, sorted(lost)[:20]


def unlinked(links: Links) -> set[str]:
    """The pages that no other page leads to; the one for missing addresses needs no link."""
    others = {link for name, addresses_of in links.items() for link in addresses_of if link.startswith(TOP) and link != TOP + name}
    linked = {unquote(link[len(TOP):].partition("#")[0].partition("?")[0]) for link in others}
    return {name for name in links if name not in linked and addresses.parse(name)[0] != "404"}


@pytest.mark.parametrize("pages", [pytest.param("all", marks=pytest.mark.slow)], indirect=True)
def test_every_page_is_linked_from_another(pages: Pages) -> None:
    assert not unlinked({name: targets(name, page.find(".//main")) for name, page in pages.items()})


def test_a_page_that_none_leads_to_is_seen() -> None:
    texts = {"index.html": "<a href='a.html'>a</a>", "a.html": "<a href='index.html'>up</a>", "b.html": "<a href='b.html'>self</a>"}
    assert unlinked({name: targets(name, parse_page(text)) for name, text in texts.items()}) == {"b.html"}


def test_no_page_loads_anything_from_another_host(pages: Pages) -> None:
    loading = ("link", "script", "img", "iframe", "image", "use", "source", "object", "embed")
    for name, page in pages.items():
        for element in page.iter(*loading):
            if element.get("rel") not in ("canonical", "license"):
                assert not [value for key, value in element.items() if key not in ("alt", "title") and "://" in value], name


def test_no_page_needs_a_looser_policy_than_its_own_files(pages: Pages) -> None:
    for name, page in pages.items():
        assert not page.xpath("//@style | //style"), name
        assert not page.xpath("//script[not(@src) and not(@type='application/ld+json')]"), name
        assert not page.xpath("//@*[starts-with(name(), 'on')]"), name


def test_every_page_says_its_language_and_leads_to_the_other(pages: Pages) -> None:
    for name, page in pages.items():
        path, _, lang = addresses.parse(name)
        assert page.get("lang") == lang, name
        if path == "404":  # shown at any address, so it cannot link to itself
            continue
        (switch,) = page.xpath("//a[@class='language']")
        other = "en" if lang == "da" else "da"
        assert switch.get("hreflang") == other and urljoin(TOP + name, switch.get("href")) == TOP + addresses.page(path, other), name


def test_every_page_has_one_heading_and_an_order_of_headings(pages: Pages) -> None:
    for name, page in pages.items():
        levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert levels.count(1) == 1, name
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:])), (name, levels)


def test_no_id_stands_twice_on_a_page(pages: Pages) -> None:
    for name, page in pages.items():
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), (name, sorted(i for i in ids if ids.count(i) > 1)[:5])


def test_no_page_shows_a_bare_code_where_a_name_belongs(pages: Pages) -> None:
    for name, page in pages.items():
        title = page.xpath("//h1")[0].text_content().strip()
        assert title and not title.startswith(("http://", "https://", "kg:")), (name, title)


def test_every_page_is_in_the_sitemap(documents: Documents) -> None:
    pages = {name for name in documents.names() if name.endswith(".html")}
    listed = re.findall(r"<loc>([^<]*)</loc>", (documents.read("sitemap.xml") or b"").decode())
    assert {unquote(address.removeprefix(BASE)) for address in listed} == pages - {"404.html", "404.en.html"}


def test_markup_in_a_text_is_shown_and_not_run(hostile: Documents) -> None:
    body = (hostile.read("thing/markup.html") or b"").decode()
    page = parse_page(body)
    assert page.xpath("//h1")[0].text_content().startswith("<script>alert(1)</script>")
    assert "<script>alert" not in body and not page.xpath("//a[starts-with(@href, 'javascript')]")


def test_a_text_of_another_language_says_so(hostile: Documents) -> None:
    page = parse_page(hostile.read("thing/right-to-left.html") or b"")
    assert page.xpath("//h1//@lang") == ["he"]


def test_a_hostile_address_and_a_missing_name_are_reported_and_no_crash(hostile: Documents) -> None:
    findings = {(f.severity, f.resource) for f in hostile.findings()}
    assert ("violation", f"{BASE}../../etc/passwd") in findings and ("violation", f"{BASE}thing/a%0Ab") in findings
    assert ("warning", f"{BASE}thing/nameless") in findings
    assert not [name for name in hostile.names() if ".." in name or "\n" in name]
    assert hostile.read("thing/nameless.html")
