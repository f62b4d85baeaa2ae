"""A proxy in front of a store that does what bad networks do: it cuts, loses, repeats, delays and changes what passes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

Deed = Literal["pass", "drop", "lose", "cut", "twice", "late", "busy", "page", "bare"]
"""What is done to a request.

`drop`: not sent on, no answer. `lose`: sent on, no answer. `cut`: half the answer. `twice`: sent on twice. `late`: after a while.
`busy`: 503. `page`: a page in place of the answer. `bare`: without the data set that it names.
"""


@contextmanager
def before(address: str, deed: Callable[[int, bytes], Deed]) -> Iterator[str]:
    """The address of a proxy before an address for queries. `deed` says what to do with the request of that number, with that body."""
    top, client = urlsplit(address), httpx.Client(timeout=60)
    lock, numbers = Lock(), iter(range(1_000_000))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                chosen = deed(next(numbers), body)
            if chosen == "drop":
                return
            if chosen in ("busy", "page"):
                return self.reply(503 if chosen == "busy" else 200, {"Content-Type": "text/html"}, b"<p>hello", 8)
            if chosen == "bare":
                pairs = [pair for pair in parse_qsl(body.decode()) if not pair[0].endswith("-graph-uri")]
                body = urlencode(pairs).encode()
            if chosen == "late":
                time.sleep(0.5)
            for _ in range(2 if chosen == "twice" else 1):
                answer = self.forward(body)
            if chosen == "lose":
                return
            content = answer.content[: len(answer.content) // 2] if chosen == "cut" else answer.content
            self.reply(answer.status_code, dict(answer.headers), content, len(answer.content))

        def forward(self, body: bytes) -> httpx.Response:
            own = ("host", "content-length", "accept-encoding")
            headers = {name: value for name, value in self.headers.items() if name.lower() not in own}
            return client.post(f"{top.scheme}://{top.netloc}{self.path}", content=body, headers=headers)

        def reply(self, status: int, headers: dict[str, str], content: bytes, length: int) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "content-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(length))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Nothing: a client that goes away is no fault of the proxy."""

    server = Quiet(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{top.path}"
    finally:
        server.shutdown()
        server.server_close()
        client.close()
