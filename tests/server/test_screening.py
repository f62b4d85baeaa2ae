"""Which queries may run, by their text alone; and that Oxigraph reads them no other way."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import process_time

import pyoxigraph as ox
import pytest

from kommunegraf.server.engine.screening import screen
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

LEVELS = Settings().query_levels
HIDDEN = [
    "SELECT * { SERVICE <URL> { ?a ?b ?c } }",
    "SELECT * { SERVICE SILENT <URL> { ?a ?b ?c } }",
    "SELECT * { service <URL> { ?a ?b ?c } }",
    "SELECT*{SeRvIcE<URL>{}}",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE <URL> {} } } } }",
    "SELECT * { # SERVICE\n SERVICE # {\n <URL> {} }",
    "SELECT * { VALUES ?s { <URL> } SERVICE ?s {} }",
    "SELECT * { ?s ?p true SERVICE <URL> {} }",
    "PREFIX : <URL> SELECT * { SERVICE : {} }",
    "PREFIX : <URL> SELECT * {SERVICE:{}}",
    "PREFIX : <URL>\nSELECT * {SERVICE : # x\n{}}",
    "SELECT * { FILTER(1<2)SERVICE#>\n<URL>{} }",
    "SELECT * { FILTER('a' != \"'\") SERVICE <URL> {} }",
    "SELECT * { BIND('''it's''' AS ?x) SERVICE <URL> {} }",
    "SELECT * { BIND(\"\"\"\"a\"\\\"\"\"\" AS ?x) SERVICE <URL> {} }",
    "SELECT * { BIND('\\\\' AS ?x) SERVICE <URL> {} BIND('' AS ?y) }",
    "SELECT * { BIND('#' AS ?x) SERVICE <URL> {} }",
    "SELECT * { ?s <http://e/#'> ?o SERVICE <URL> {} }",
    "PREFIX e: <http://e/> SELECT * { ?s e:a\\'b ?o SERVICE <URL> {} }",
    "PREFIX e: <http://e/> SELECT * { ?s e:a\\#b ?o SERVICE <URL> {} }",
    "ASK { FILTER EXISTS { SERVICE <URL> {} } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <URL> { ?s ?p ?o } }",
]
"""Queries that Oxigraph answers by asking the address that stands for URL."""


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A web server on loopback, and the requests that it got."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            body = b'{"head":{"vars":["a"]},"results":{"bindings":[]}}'
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", heard
    finally:
        server.shutdown()
        server.server_close()


def refusal(query: str) -> str:
    """The name of the problem for which a query is refused."""
    with pytest.raises(Problem) as raised:
        screen(query, LEVELS)
    return raised.value.name


@pytest.mark.parametrize("query", HIDDEN)
def test_service_is_refused_however_it_is_written(query: str) -> None:
    assert refusal(query.replace("URL", "http://127.0.0.1/")) == "service-refused"


def test_these_are_queries_by_which_oxigraph_asks_another_server() -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(True)))
    with listening() as (url, heard):
        for query in HIDDEN[:5]:
            before = len(heard)
            list(store.query(query.replace("URL", url)))  # type: ignore[arg-type]
            assert len(heard) > before, query


@pytest.mark.parametrize("query", HIDDEN)
def test_the_hidden_ones_are_sparql_to_oxigraph(query: str) -> None:
    ox.Store().query(query.replace("URL", "nowhere:"))


@pytest.mark.parametrize("query", [
    "SELECT * { SERVIC\\u0045 <http://e/> {} }",
    "SELECT * { \\U00000053ERVICE <http://e/> {} }",
    "SELECT ('\\u0027 } SERVICE <http://e/> {} #' AS ?x) {}",
    "SELECT * { ?s ?p trueSERVICE<http://e/>{} }",
    "SELECT * { ?s ?p 1e5SERVICE <http://e/> {} }",
])
def test_service_is_refused_as_other_engines_may_read_it(query: str) -> None:
    assert refusal(query) == "service-refused"


@pytest.mark.parametrize("query", [
    "PREFIX service: <http://e/service#> SELECT ?service { ?service service:service service:x }",
    "SELECT * { ?s ?p 'SERVICE <http://e/> {}' }",
    "SELECT * { ?s ?p '''a 'SERVICE' b''' , \"it's SERVICE\" , \"x\"@service }",
    "SELECT * { ?s a <http://e/SERVICE/(x)> } # SERVICE <http://e/> {}",
    "PREFIX service: <http://e/> SELECT * { GRAPH service:a { ?s ?p ?o } }",
    "PREFIX service: <http://e/> SELECT * FROM service:a { ?s ?p ?o }",
    "PREFIX service: <http://e/> SELECT * FROM NAMED service:a { ?s ?p ?o }",
    "SELECT * { _:service ?p $service }",
])
def test_a_query_that_only_names_a_service_may_run(query: str) -> None:
    assert screen(query, LEVELS).form == "SELECT"
    ox.Store().query(query)


@pytest.mark.parametrize("query", [
    "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "DELETE WHERE { ?s ?p ?o }", "LOAD <http://127.0.0.1/>", "LOAD SILENT <file:///etc/passwd>",
    "CLEAR ALL", "DROP ALL", "CREATE GRAPH <urn:g>", "ADD <urn:a> TO <urn:b>", "MOVE <urn:a> TO <urn:b>", "COPY <urn:a> TO <urn:b>",
    "PREFIX a: <urn:a> WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "# SELECT\ninsert data {}", "BASE <urn:SELECT> DROP ALL",
])
def test_an_update_is_told_that_the_graph_is_read_only(query: str) -> None:
    assert refusal(query) == "read-only"


@pytest.mark.parametrize("query", [
    "", " ", "# SELECT", "hello", "DEFINE get:soft 'replace' SELECT * {}", "SELECT * { ?s ?p 'open }",
    "'''SELECT",
])
def test_what_is_no_query_is_refused(query: str) -> None:
    assert refusal(query) == "malformed-query"


@pytest.mark.parametrize(("query", "form", "dataset", "repeatable"), [
    ("SELECT * {}", "SELECT", False, True),
    ("PREFIX ASK: <urn:from> BASE <urn:x> # FROM\nconstruct WHERE { ?from ?p 'FROM' }", "CONSTRUCT", False, True),
    ("ASK FROM <urn:g> {}", "ASK", True, True),
    ("SELECT*FROM NAMED<urn:g>{}", "SELECT", True, True),
    ("DESCRIBE <urn:now>", "DESCRIBE", False, True),
    ("SELECT (now() AS ?t) {}", "SELECT", False, False),
    ("SELECT (STRUUID() AS ?t) {}", "SELECT", False, False),
    ("SELECT ?s { ?s ?p ?o } ORDER BY RAND()", "SELECT", False, False),
])
def test_what_a_query_is(query: str, form: str, dataset: bool, repeatable: bool) -> None:
    screened = screen(query, LEVELS)
    assert (screened.form, screened.names_dataset, screened.repeatable) == (form, dataset, repeatable)


def test_brackets_without_end_are_refused() -> None:
    assert refusal("SELECT * " + "{" * 100_000) == "too-deep"
    assert refusal("SELECT (" + "(" * 5000 + "1" + ")" * 5000 + " AS ?x) {}") == "too-deep"


@pytest.mark.parametrize("piece", [
    '\\"', "a.", '"""', "'''\"\"\"", "<a", "<a)SERVICE", "?", "a:", '\\"""', "1.", "%", "'\"", "é", "@a-", "\\u0027",
])
def test_a_long_text_takes_time_in_proportion(piece: str) -> None:
    def cost(length: int) -> float:
        started = process_time()
        with suppress(Problem):
            screen("SELECT " + piece * (length // len(piece)), LEVELS)
        return process_time() - started

    assert cost(400_000) < 30 * max(cost(40_000), 0.01)  # a square would be a hundred times
