"""Served data that is not ours: its pages say what it says of itself, lead nowhere that is not there, and show nothing of ours."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urldefrag, urlencode, urljoin

import httpx
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import DCTERMS, RDF, VOID
from tests.helpers.pages import parse_page, words
from tests.helpers.serving import Served, serving

from kommunegraf.namespaces import BASE
from kommunegraf.rdf.engines import Embedded
from kommunegraf.server.foreign.data import foreign


def package(name: str) -> Path:
    """Where an installed package lies."""
    spec = find_spec(name)
    assert spec and spec.origin
    return Path(spec.origin).parent


HERE = Path(__file__).parent / "foreign"
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"
FILES = {
    "trees": HERE / "trees.ttl", "catalogue": HERE / "catalogue.trig", "readings": HERE / "readings.nt",
    "shacl": package("pyshacl") / "assets" / "shacl.ttl", "dcterms": package("owlready2") / "ontos" / "dcterms.owl",
}
"""A concept scheme, a catalogue in named graphs, data that says nothing of itself, and two ontologies: of the W3C and of the DCMI."""
TITLES = {
    "trees": "Træer", "catalogue": "Åbne data fra havnen", "readings": "readings.nt",
    "shacl": "W3C Shapes Constraint Language (SHACL) Vocabulary", "dcterms": "DCMI metadata terms",
}
OURS = re.compile(r"kommunegraf|CC BY|creativecommons\.org/licenses/by/|smart city|municipalit|\bKL\b", re.IGNORECASE)
MOST = 100
"""Pages that a crawl reads at most."""


@pytest.fixture(scope="module", params=sorted(FILES))
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, Served]]:
    with serving(FILES[request.param], quick_queries=1, slow_queries=1) as running:
        yield request.param, running


def get(server: Served, path: str, **headers: str) -> httpx.Response:
    return httpx.get(urljoin(f"{server.base}/", path), headers={"Accept": "text/html", **headers}, timeout=60)


def crawled(server: Served) -> Iterator[tuple[str, httpx.Response]]:
    """Every address that the pages lead to on this server, each once, with its answer."""
    waiting, seen = [f"{server.base}/"], {f"{server.base}/"}
    with httpx.Client(headers={"Accept": "text/html, */*;q=0.5"}, timeout=60, follow_redirects=True) as client:
        for _ in range(MOST):
            if not waiting:
                break
            address = waiting.pop(0)
            answer = client.get(address)
            yield address, answer
            if "html" in answer.headers.get("content-type", ""):
                tree = parse_page(answer.text)
                links = {urldefrag(urljoin(address, link)).url for *_, link, _ in tree.iterlinks()}
                waiting += sorted(one for one in links - seen if one.startswith(f"{server.base}/"))
                seen |= links


def test_every_link_leads_somewhere_and_nothing_is_of_ours(served: tuple[str, Served]) -> None:
    name, server = served
    own = FILES[name].read_text("utf-8", "replace")
    elm = "https://w3id.org/kommunegraf/tree/elm"
    pages = 0
    for address, answer in crawled(server):
        assert answer.status_code == 200, address
        if "html" in answer.headers["content-type"] or address.endswith("void"):
            pages += 1
            claims = {claim for claim in OURS.findall(answer.text.replace(elm, "")) if claim not in own}
            assert not claims and 'href="javascript' not in answer.text, (address, claims)
    assert pages > 5


@pytest.mark.parametrize("path", [
    "about", "municipality/index", "matching", "questions", "questions/municipality", "cite", "contribute", "catalog", "openapi.json",
    "llms.txt", "mcp", "compare", "changes/feed.atom", "static/share.png", "static/search-da.js", "ontology/",
])
def test_what_is_ours_is_not_there(served: tuple[str, Served], path: str) -> None:
    answer = get(served[1], path)
    assert answer.status_code == 404 and not OURS.search(answer.text.replace("w3id.org/kommunegraf", ""))


def test_the_front_page_says_what_the_data_says_of_itself(served: tuple[str, Served]) -> None:
    name, server = served
    tree = parse_page(get(server, "/?lang=da").text)
    assert tree.xpath("string(//h1)") == TITLES[name] and tree.xpath("string(//title)").endswith(f"– {TITLES[name]}")
    facts = dict(zip((one.text_content() for one in tree.xpath("//dl/dt")), (one.text_content() for one in tree.xpath("//dl/dd"))))
    links = tree.xpath("//dl//a/@href")
    expected = {
        "trees": ({"Udgiver": "The Forest Office"}, CC0), "readings": ({}, ""), "dcterms": ({}, ""), "shacl": ({}, ""),
        "catalogue": ({"Udgiver": "Havnen", "Opdateret": "1. maj 2024"}, "http://publications.europa.eu/resource/authority/licence/CC0"),
    }[name]
    assert expected[0].items() <= facts.items() and (not expected[1] or expected[1] in links)
    assert name != "readings" or not facts
    if name == "trees":
        assert parse_page(get(server, "/?lang=en").text).xpath("string(//h1)") == "Trees"


def test_void_is_computed_from_the_data(served: tuple[str, Served]) -> None:
    name, server = served
    graph = rdflib.Graph().parse(f"{server.base}/.well-known/void", format="turtle")
    whole = next(graph.subjects(RDF.type, VOID.Dataset))
    store = server.context.state.store
    triples = {quad.triple for quad in store}

    def count(name: rdflib.URIRef) -> int:
        return int(str(graph.value(whole, name)))

    assert count(VOID.triples) == len(triples)
    assert count(VOID.distinctSubjects) == len({triple.subject for triple in triples})
    assert count(VOID.properties) == len({triple.predicate for triple in triples})
    types = {triple.object for triple in triples if triple.predicate.value == str(RDF.type) and isinstance(triple.object, ox.NamedNode)}
    assert {str(one) for one in graph.objects(None, VOID["class"])} == {one.value for one in types}
    assert TITLES[name] in {str(title) for title in graph.objects(whole, DCTERMS.title)}
    assert (str(graph.value(whole, DCTERMS.license)) == CC0) is (name == "trees")
    for dump in graph.objects(whole, VOID.dataDump):
        assert len(rdflib.Dataset().parse(str(dump).replace(server.context.public, f"{server.base}/"))) >= len(triples)


def test_every_iri_has_a_page_and_data() -> None:
    with serving(FILES["trees"], quick_queries=1, slow_queries=1, public="http://data.example.org") as server:
        for iri in ("http://data.example.org/trees/a:b*c", "http://data.example.org/trees#ash", "urn:tree:elm"):
            address = f"resource?{urlencode({'iri': iri})}"
            page = get(server, address)
            assert page.status_code == 200 and iri in words(parse_page(page.text)) and "<b>Ash" not in page.text
            data = get(server, address, Accept="text/turtle")
            assert rdflib.URIRef(iri) in set(rdflib.Graph().parse(data=data.text, format="turtle").subjects())
        redirect = get(server, "trees/a:b*c")
        assert redirect.status_code == 303 and get(server, redirect.headers["location"].removeprefix("../")).status_code == 200


@pytest.mark.parametrize("query", ["", "iri=", "iri=nothing", "iri=http%3A%2F%2Fe%2Fnone", "iri=%3Cx%3E", "iri=http%3A%2F%2Fe%2F%00"])
def test_a_resource_that_is_not_there_is_not_found(served: tuple[str, Served], query: str) -> None:
    assert get(served[1], f"resource?{query}").status_code == 404
    assert get(served[1], f"resources?class={query.partition('=')[2]}&page=99").status_code == 404


def test_what_is_written_in_a_format_that_cannot_say_it_is_not_acceptable(tmp_path: Path) -> None:
    file = tmp_path / "odd.ttl"
    file.write_text('<http://e/a> <http://e/1> "b" .', "utf-8")
    with serving(file, quick_queries=1, slow_queries=1) as server:
        for wanted, status in (("rdfxml", 406), ("turtle", 200), ("nonsense", 406)):
            assert get(server, f"resource?iri=http%3A%2F%2Fe%2Fa&format={wanted}", Accept="*/*").status_code == status


def test_our_own_graph_and_parts_of_it_keep_our_pages(engine: Embedded) -> None:
    part = ox.Store()
    part.extend(engine.store.quads_for_pattern(None, None, None, ox.NamedNode(f"{BASE}graph/reference")))
    annotated = ox.Store()
    annotated.load(path=FILES["trees"])
    annotated.update(f"INSERT DATA {{ <{BASE}municipality/0751> <http://www.w3.org/2004/02/skos/core#note> 'has trees' }}")
    whose = [foreign(store, "1", [Path("some.nq")], "http://e/") for store in (engine.store, part, annotated)]
    assert whose[:2] == [None, None] and whose[2]
