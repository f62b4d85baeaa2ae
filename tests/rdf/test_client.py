"""Endpoints as they are: they redirect, answer in XML only, refuse parameters, cut answers, or put a mark before them."""

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from tests.helpers.endpoints import peculiar

from kommunegraf.rdf import client
from kommunegraf.rdf.engines import Embedded, Endpoint, EngineError, is_update

QUERY = "SELECT ?a { ?a ?b ?c }"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with peculiar() as address:
        yield address


class Plain(Endpoint):
    """An endpoint whose default graph sees all graphs."""

    graphs = ()


def values(base: str, kind: str) -> list[str]:
    rows = Plain(f"{base}/{kind}", timeout=5).query(QUERY)
    assert isinstance(rows, ox.QuerySolutions)
    return [row["a"].value for row in rows]


@pytest.mark.parametrize("kind", ["plain", "301", "302", "303", "307", "308", "xml", "nameless", "marked", "marked-xml", "strict"])
def test_an_endpoint_with_ways_of_its_own_is_understood(base: str, kind: str) -> None:
    assert values(base, kind) == ["1"]


@pytest.mark.parametrize(("kind", "message"), [
    ("partial", "a part of its answer"), ("cut", "a part of its answer"), ("late", "a part of its answer"), ("page", "cannot be read"),
    ("endless", "400"),
])
def test_what_is_no_whole_answer_is_an_error_that_names_the_address(base: str, kind: str, message: str) -> None:
    with pytest.raises(EngineError, match=f"{base}/{kind} .*{message}"):
        values(base, kind)


@pytest.mark.parametrize(("address", "remedy"), [
    ("http://127.0.0.1:1/sparql", "start the store"), ("http://no.such.host.invalid/sparql", "correct the address"),
])
def test_an_endpoint_that_is_not_there_says_what_to_do(address: str, remedy: str) -> None:
    with pytest.raises(EngineError, match=f"{address} did not answer: .*{remedy}"):
        Plain(address, timeout=5).query(QUERY)


UPDATES = [
    "INSERT DATA { <http://e/a> <http://e/b> 1 }", "# a note\nPREFIX e: <http://e/>\nDELETE WHERE { ?a e:b ?c }", "clear all", "DROP GRAPH <http://e/g>",
    "LOAD <http://e/f>", "BASE <http://e/> WITH <g> DELETE { ?a ?b ?c } WHERE { ?a ?b ?c }",
]


@pytest.mark.parametrize("text", UPDATES)
def test_an_update_that_is_sent_as_a_query_is_told_as_such(base: str, text: str) -> None:
    for engine in (Embedded(ox.Store()), Plain(f"{base}/plain", timeout=5)):
        with pytest.raises(EngineError, match="this is an update, and the graph is only read; write a query"):
            engine.query(text)
    assert not is_update(f"SELECT * {{ ?a ?b \"{text[:6]}\" }}") and not is_update("PREFIX insert: <http://e/> ASK { ?a insert:x ?b }")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://e/x", "javascript:1", "", "data:,x"])
def test_a_redirect_leads_to_web_addresses_only(location: str) -> None:
    assert client.redirected("http://e/sparql", location) == ""
    assert client.redirected("http://e/sparql", "/other") == "http://e/other"
    assert client.redirected("http://e/sparql", "https://e/sparql") == "https://e/sparql"


@pytest.mark.parametrize(("text", "graph"), [
    ("SELECT * {}", False), ("construct { } where { }", True), ("# SELECT\nDESCRIBE <http://e/a>", True), ("ASK {}", False),
    ("PREFIX construct: <http://e/DESCRIBE> SELECT ?describe { ?a construct:describe ?b }", False), ("nonsense", False),
    ("BASE <http://e/#ASK> CONSTRUCT WHERE { ?select ?b ?c }", True),
])
def test_the_form_of_a_query_is_seen(text: str, graph: bool) -> None:
    assert client.is_graph(text) is graph
