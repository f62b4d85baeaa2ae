"""The catalogue beside the graph is read as one store with it, and its numbers are counted when somebody reads one of them."""

from itertools import product
from typing import Any

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT

from kommunegraf.graph import catalog, void
from kommunegraf.namespaces import BASE, KG, RDF
from kommunegraf.publish.documents import Documents
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.layers import Layers
from kommunegraf.site.model import Site

NAMES = ("adoption-evidence", "adoptions", "evidence-texts", "kinds", "labels", "memberships", "names", "neighbours", "partners", "places",
         "rule-years", "solutions", "sources", "statements")
"""The internal queries that pages ask of the graph alone."""


class Watched(void.Counted):
    """Counts that say whether they were made."""

    made = False

    def quads(self) -> list[ox.Quad]:
        self.made = True
        return super().quads()


@pytest.fixture(scope="module")
def layers(documents: Documents) -> Layers:
    """What pages read."""
    assert isinstance(documents.site.store, Layers)
    return documents.site.store


@pytest.fixture
def fresh(engine: Embedded) -> tuple[Documents, Watched]:
    """Documents that nobody has read, and the counts of their catalogue."""
    documents, watched = Documents(engine.store, "0.1.0", ROOT / "data"), Watched(engine.store)
    documents.site.store.late = watched  # type: ignore[union-attr]
    return documents, watched


def patterns(quad: ox.Quad) -> list[list[Any]]:
    terms = quad.subject, quad.predicate, quad.object, quad.graph_name
    return [[term if shown else None for term, shown in zip(terms, mask)] for mask in product((False, True), repeat=4)]


def test_a_pattern_finds_the_same_as_in_one_store(layers: Layers) -> None:
    whole = layers.whole()
    assert set(layers) == set(whole) and sum(1 for _ in layers) == len(whole)
    beside = [quad for quad in whole if quad not in layers.base]
    assert len(beside) > 2000
    for quad in beside[::41]:
        for pattern in patterns(quad)[1:]:
            assert set(layers.quads_for_pattern(*pattern)) == set(whole.quads_for_pattern(*pattern)), pattern


def test_no_pattern_misses_what_is_counted(engine: Embedded) -> None:
    counted = void.Counted(engine.store)
    quads = counted.quads()
    assert len(quads) > 1000
    missed = [pattern for quad in quads for pattern in patterns(quad) if not counted.may_have(*pattern)]
    assert not missed
    subjects = {quad.subject for quad in quads}
    assert {one for one in subjects if not str(one).startswith(f"<{BASE}{catalog.VOID}#")} <= set(counted.subjects())


def test_nobody_counts_for_a_page_without_numbers(fresh: tuple[Documents, Watched]) -> None:
    documents, watched = fresh
    for name in ("municipality/0751.html", "municipality/0101.en.html", "municipality/0751.ttl", "initiative/smart-grid.html"):
        assert documents.read(name), name
    assert not watched.made
    body = documents.read("dataset/kommunegraf.nt")
    assert watched.made and body and b"http://rdfs.org/ns/void#triples" in body


@pytest.mark.parametrize("name", ["dataset/kommunegraf.html", "graph/evidence.ttl", "ontology/index.html", ".well-known/void"])
def test_who_reads_a_number_gets_it(fresh: tuple[Documents, Watched], documents: Documents, name: str) -> None:
    assert fresh[0].read(name) == documents.read(name)


def test_the_graph_alone_answers_what_pages_ask_of_it(documents: Documents) -> None:
    site = documents.site
    for name in NAMES:
        alone, beside = (ask.internal(engine, name).rows() for engine in (site.graph, site.engine))
        assert sorted(map(repr, alone)) == sorted(map(repr, beside)), name


@pytest.mark.parametrize("end", ["a%20b", "a%41b", "ø/x", "x/index", "x?y"])
def test_a_resource_has_its_page_however_its_iri_is_written(end: str) -> None:
    store, thing = ox.Store(), ox.NamedNode(BASE + end)
    store.add(ox.Quad(thing, ox.NamedNode(RDF + "type"), ox.NamedNode(KG + "Gap"), ox.NamedNode(BASE + "graph/x")))
    site = Site(store, "1")
    assert {path: site.resource(path) for path in site.by_path} == site.by_path


def test_each_resource_is_found_at_its_path_and_nothing_else_is(documents: Documents) -> None:
    site = documents.site
    assert len(site.by_path) > 3000
    assert all(site.resource(path) == iri for path, iri in site.by_path.items())
    for path in ("municipality/9999", "municipality/", "static/site.css", ".well-known/void", "catalog", "a//b", "\ud800", "", "x" * 9000):
        assert site.resource(path) == site.by_path.get(path), path


def test_each_page_about_no_resource_is_found_at_its_path(documents: Documents) -> None:
    pages = documents.pages
    assert len(pages.documents) > 50
    assert all(pages.document(path) == model for path, model in pages.documents.items())
    assert pages.document("learn/nothing/1084") is pages.document("municipality/index-9") is pages.document("matrix/x") is None
