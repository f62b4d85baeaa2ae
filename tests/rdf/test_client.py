"""Endpoints as they are: they redirect, answer in XML only, refuse parameters, cut answers, or put a mark before them."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from kommunegraf.rdf import client
from kommunegraf.rdf.engines import Endpoint, EngineError

ROWS = b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal", "value": "1"}}]}}'
XML = (b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/></head><results>'
       b'<result><binding name="a"><literal>1</literal></binding></result></results></sparql>')
QUERY = "SELECT ?a { ?a ?b ?c }"


class Peculiar(BaseHTTPRequestHandler):
    """An endpoint that answers as the address says."""

    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        kind = self.path.strip("/")
        status, media, body = 200, "application/sparql-results+json", ROWS
        if kind.isdecimal():
            return self._send(int(kind), media, b"", Location="/plain")
        if kind == "xml":
            media, body = "application/sparql-results+xml", XML
        if kind == "nameless":
            media, body = "text/plain", XML
        if kind == "marked":
            body = b"\xef\xbb\xbf" + ROWS
        if kind == "strict" and set(fields) != {"query"}:
            status, body = 400, b"unknown parameter"
        if kind == "partial":
            status = 206
        if kind == "page":
            media, body = "text/html", b"<html>hello</html>"
        if kind == "endless":
            return self._endless()
        if "query" not in fields:
            status, body = 400, b"no query"
        headers = {"X-SPARQL-MaxRows": "10"} if kind == "cut" else {"X-SQL-State": "S1TAT"} if kind == "late" else {}
        self._send(status, media, body, **headers)

    def _send(self, status: int, media: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _endless(self) -> None:
        self.send_response(400)
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(b"x" * 65536)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Peculiar)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Plain(Endpoint):
    """An endpoint whose default graph sees all graphs."""

    graphs = ()


def values(base: str, kind: str) -> list[str]:
    rows = Plain(f"{base}/{kind}", timeout=5).query(QUERY)
    assert isinstance(rows, ox.QuerySolutions)
    return [row["a"].value for row in rows]


@pytest.mark.parametrize("kind", ["plain", "301", "302", "303", "307", "308", "xml", "nameless", "marked", "strict"])
def test_an_endpoint_with_ways_of_its_own_is_understood(base: str, kind: str) -> None:
    assert values(base, kind) == ["1"]


@pytest.mark.parametrize(("kind", "message"), [
    ("partial", "a part of its answer"), ("cut", "a part of its answer"), ("late", "a part of its answer"), ("page", "cannot be read"),
    ("endless", "400"),
])
def test_what_is_no_whole_answer_is_an_error_that_names_the_address(base: str, kind: str, message: str) -> None:
    with pytest.raises(EngineError, match=f"{base}/{kind} .*{message}"):
        values(base, kind)


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
