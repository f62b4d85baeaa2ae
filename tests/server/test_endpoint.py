"""The server in front of an organisation's own endpoint: the same behaviour, the queries run there. The endpoint is the Oxigraph server."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pyoxigraph as ox
import pytest
from tests.helpers import oxigraph
from tests.helpers.serving import Served, serving
from tests.server.test_screening import HIDDEN, listening
from tests.server.test_sparql import ask, problem, values

from kommunegraf.graph.build import NQUADS
from kommunegraf.namespaces import BASE, GRAPH
from kommunegraf.rdf.formats import TABLES, Format
from kommunegraf.server.context import Context
from kommunegraf.server.engine.remote import Endpoint
from kommunegraf.server.engine.screening import clauses
from kommunegraf.server.settings import BadSetting, Settings

JSON = "application/sparql-results+json"
PLACE = f"SELECT ?o {{ <{BASE}municipality/0751> ?p ?o }} ORDER BY ?o"


@pytest.fixture(scope="module")
def served(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with oxigraph.serving(built / NQUADS, tmp_path_factory.mktemp("store")) as url, serving(endpoint=url, query_seconds=4.0) as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.base, timeout=30) as http:
        yield http


def test_the_same_queries_have_the_same_answers(client: httpx.Client, built: Path) -> None:
    with serving(built / NQUADS) as embedded, httpx.Client(base_url=embedded.base) as other:
        graph = {"default-graph-uri": f"{GRAPH}reference"}
        by_from = f"SELECT ?o FROM <{GRAPH}reference> {PLACE[10:]}"
        no_default = f"SELECT ?o FROM NAMED <{GRAPH}reference> {PLACE[10:]}"
        for query, parameters in ((PLACE, {}), (PLACE, graph), (by_from, {}), (by_from, graph), (no_default, {}), ("ASK {}", {})):
            here, there = ask(client, query, JSON, **parameters), ask(other, query, JSON, **parameters)
            assert here.status_code == 200
            assert here.json() == there.json()


@pytest.mark.parametrize("media", [JSON, "application/sparql-results+xml", "text/csv", "text/tab-separated-values"])
def test_rows_come_in_every_format(client: httpx.Client, media: str) -> None:
    answer = ask(client, PLACE, media)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)


@pytest.mark.parametrize("form", TABLES, ids=lambda form: form.name)
def test_rows_come_in_every_format_by_its_name(client: httpx.Client, form: Format) -> None:
    answer = client.get("/sparql", params={"query": PLACE, "format": form.name})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, form.media)
    assert client.get("/sparql", params={"query": "ASK {}", "format": form.name}).status_code == (200 if form.w3c else 406)


@pytest.mark.parametrize("media", ["text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"])
def test_graphs_come_in_every_format(client: httpx.Client, media: str) -> None:
    answer = ask(client, f"DESCRIBE <{BASE}municipality/0751>", media)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)
    assert len(list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media)))) > 10


def test_relative_iris_are_relative_to_this_server(client: httpx.Client, served: Served) -> None:
    assert values(ask(client, "SELECT (<x> AS ?x) {}")) == [f"{served.base}/x"]


@pytest.mark.parametrize(("query", "status", "name"), [
    ("SELECT * {", 400, "malformed-query"), ("CLEAR ALL", 403, "read-only"),
    ("SELECT * { SERVICE <http://e/> {} }", 403, "service-refused"),
])
def test_what_is_wrong_is_told(client: httpx.Client, query: str, status: int, name: str) -> None:
    answer = ask(client, query)
    assert (answer.status_code, problem(answer)) == (status, name)
    assert ask(client, PLACE, "image/png").status_code == 406


def test_the_endpoint_is_not_made_to_ask_others(client: httpx.Client) -> None:
    with listening() as (url, heard):
        for query in HIDDEN:
            ask(client, query.replace("URL", url))
        assert heard == []


def test_a_large_answer_is_streamed(client: httpx.Client) -> None:
    answer = ask(client, "SELECT * { ?s ?p ?o } LIMIT 12000", "text/csv")
    assert answer.headers["transfer-encoding"] == "chunked" and len(answer.content) > 1 << 20


def test_documents_come_from_the_graph_as_it_stands_there(served: Served, built: Path) -> None:
    store = ox.Store()
    store.bulk_load(path=built / NQUADS)
    assert len(served.context.store) == len(store)
    before = served.context.version
    served.run(served.context.reload())
    assert served.context.version == before or any(isinstance(q.object, ox.BlankNode) for q in store)
    assert httpx.get(f"{served.base}/ready").json() == {"status": "ready"}


@pytest.fixture
def broken() -> Iterator[tuple[str, list[int]]]:
    """An endpoint that answers every query with a page, and the status that it does it with."""
    status = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status[0])
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sparql", status
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("status", "ours"), [(200, 502), (302, 502), (401, 502), (500, 502), (503, 503), (429, 503), (400, 400)])
def test_an_endpoint_that_fails_is_told_of(
    client: httpx.Client, served: Served, broken: tuple[str, list[int]], status: int, ours: int
) -> None:
    url, answers = broken
    answers[0] = status
    source = served.context.state.source
    assert isinstance(source, Endpoint)
    usual, source.url = source.url, url
    try:
        answer = ask(client, PLACE)
        assert answer.status_code == ours and problem(answer)
        source.url = "http://127.0.0.1:1/"
        assert (ask(client, PLACE).status_code, httpx.get(f"{served.base}/ready").status_code) == (502, 503)
    finally:
        source.url = usual


@pytest.mark.parametrize(("query", "default", "named"), [
    ("SELECT * {}", (), ()),
    ("SELECT * FROM <http://e/a> FROM NAMED <http://e/b> FROM <c> {}", ("http://e/a", "http://base/c"), ("http://e/b",)),
    ("BASE <http://e/> PREFIX p: <x#> PREFIX : <y/> ASK FROM p:a FROM NAMED :b FROM <z> {}", ("http://e/x#a", "http://e/z"), ("http://e/y/b",)),
    ("PREFIX p: <http://e/> ASK FROM p:a\\,b {}", ("http://e/a,b",), ()),
    ("ASK FROM unknown:a { ?s ?p 'FROM <http://e/>' } # FROM <http://e/>", (), ()),
])
def test_the_graphs_that_a_query_names_are_found(query: str, default: tuple[str, ...], named: tuple[str, ...]) -> None:
    assert clauses(query, "http://base/sparql") == (default, named)


def test_an_endpoint_has_a_web_address() -> None:
    with pytest.raises(BadSetting, match="endpoint is an http or https address"):
        Context(Settings(endpoint="file:///etc/passwd"))


def test_a_runaway_query_ends_in_time(client: httpx.Client) -> None:
    """The last of this file: the store goes on with the query until it is ended."""
    started = time.monotonic()
    answer = ask(client, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    assert (answer.status_code, problem(answer)) == (504, "time-limit")
    assert time.monotonic() - started < 4 + 8
