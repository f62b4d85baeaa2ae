"""SPARQL endpoints as they are, for tests: they redirect, answer in XML only, refuse parameters, cut answers, break off, or never end."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

ROWS = b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal", "value": "1"}}]}}'
XML = (b'<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/></head><results>'
       b'<result><binding name="a"><literal>1</literal></binding></result></results></sparql>')
BOM = b"\xef\xbb\xbf"
JSON_MEDIA, XML_MEDIA = "application/sparql-results+json", "application/sparql-results+xml"
KINDS: dict[str, tuple[int, str, bytes]] = {
    "plain": (200, JSON_MEDIA, ROWS), "xml": (200, XML_MEDIA, XML), "nameless": (200, "text/plain", XML),
    "marked": (200, JSON_MEDIA, BOM + ROWS), "marked-xml": (200, XML_MEDIA, BOM + XML), "strict": (200, JSON_MEDIA, ROWS),
    "cut": (200, JSON_MEDIA, ROWS), "late": (200, JSON_MEDIA, ROWS), "partial": (206, JSON_MEDIA, ROWS),
    "page": (200, "text/html", b"<html>hello</html>"), "nothing": (200, JSON_MEDIA, b""), "broken": (200, JSON_MEDIA, ROWS[:60]),
    "broken-xml": (200, XML_MEDIA, XML[:80]), "triples": (200, "text/turtle", b"<http://e/a> <http://e/b> 1 ."),
    "broken-triples": (200, "application/n-triples", b"<http://e/a> <http://e/b"),
}
"""Status, media type and body by the address; besides these there is a redirect for a number, `away`, `endless` and `slow`."""
_HEADERS = {"cut": {"X-SPARQL-MaxRows": "10"}, "late": {"X-SQL-State": "S1TAT"}}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        kind = self.path.rpartition("/")[2]
        if kind.isdecimal():
            return self._send(int(kind), "text/plain", b"", Location="/plain")
        if kind == "away":
            return self._send(302, "text/plain", b"", Location="file:///etc/passwd")
        if kind in ("endless", "slow"):
            return self._unending(kind)
        status, media, body = KINDS[kind]
        if "query" not in fields or (kind == "strict" and set(fields) != {"query"}):
            status, body = 400, b"unknown parameter"
        self._send(status, media, body, **_HEADERS.get(kind, {}))

    def _send(self, status: int, media: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": media, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _unending(self, kind: str) -> None:
        self.send_response(400 if kind == "endless" else 200)
        self.send_header("Content-Type", JSON_MEDIA)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(b"" if kind == "endless" else ROWS[:60])
            while kind == "endless":
                self.wfile.write(b"x" * 65536)
            for _ in range(100):
                time.sleep(0.1)
                self.wfile.write(b" ")

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def peculiar() -> Iterator[str]:
    """The address below which there is an endpoint of each kind."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
