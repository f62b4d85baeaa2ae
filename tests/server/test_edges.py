"""Each limit of the settings is reached at its edge: what is just within it passes, what is just beyond it does not.

A limit without a test of its name here fails in test_settings.py, so that none is stated and not held.
"""

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.helpers.coroutines import finish
from tests.helpers.serving import Served, serving
from tests.server.test_safety import GREEDY, RUNAWAY, name, raw, triples

from kommunegraf.graph import catalog
from kommunegraf.server.engine.pool import BadData, WorkerPool
from kommunegraf.server.engine.turns import Gate
from kommunegraf.server.http.answers import Answer
from kommunegraf.server.http.cache import Cache
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

pytestmark = pytest.mark.faults
KIB, MIB = 1 << 10, 1 << 20
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some triples, and one about our data set, so that our pages are served."""
    file = triples(tmp_path_factory.mktemp("data") / "data.nt", 3000)
    with file.open("a", encoding="ascii") as more:
        more.write(f'<{catalog.WHOLE}> <http://purl.org/dc/terms/title> "Kommunegraf" .\n')
    return file


@pytest.fixture(scope="module")
def served(data: Path) -> Iterator[Served]:
    """A server whose limits are small, so that they are reached quickly."""
    with serving(
        data, query_seconds=4.0, quick_queries=3, query_levels=12, head_kilobytes=4, head_seconds=1.0, body_seconds=1.0, body_megabytes=1,
        client_bodies_megabytes=2, total_bodies_megabytes=3, parameters=5, answer_megabytes=2, page_megabytes=1, page_rows=10,
        limit_rows=20, offset_rows=30, idle_seconds=1, write_seconds=1.0, cached_answer_kilobytes=4, query_megabytes=128,
    ) as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.base, timeout=30) as client:
        yield client


def ask(client: httpx.Client, query: str, **options: Any) -> httpx.Response:
    return client.get("/sparql", params={"query": query}, **options)


def connected(served: Served) -> socket.socket:
    host, port = served.base.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def closed_after(connection: socket.socket, most: float = 10) -> float:
    """Seconds until the other side closes a connection on which something may still come."""
    begin = time.monotonic()
    connection.settimeout(most)
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        pass
    return time.monotonic() - begin


def test_query_seconds(data: Path) -> None:
    with serving(data, query_seconds=1.0, quick_queries=2) as served, httpx.Client(base_url=served.base, timeout=30) as client:
        begin = time.monotonic()
        assert name(ask(client, RUNAWAY)) == "time-limit" and 0.9 < time.monotonic() - begin < 8


def test_quick_seconds(data: Path) -> None:
    limits: dict[str, Any] = {"quick_seconds": 0.2, "quick_queries": 1, "slow_queries": 1, "query_seconds": 3.0}
    with serving(data, **limits) as served, httpx.Client(base_url=served.base, timeout=30) as client, ThreadPoolExecutor(3) as pool:
        long = [pool.submit(ask, client, f"{RUNAWAY} # {number}") for number in range(3)]
        names = sorted(name(future.result()) for future in long)
    assert set(names) == {"slow-lane-full", "time-limit"}


def test_quick_queries() -> None:
    async def scene() -> None:
        gate = Gate(Settings(quick_queries=2))
        await gate.enter("a")
        await gate.enter("b")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(gate.enter("c"), 0.05)

    finish(scene())


def test_slow_queries() -> None:
    async def scene() -> None:
        gate = Gate(Settings(quick_queries=4, slow_queries=2))
        assert [(await gate.enter(client)).slow() for client in "abc"] == [True, True, False]

    finish(scene())


def test_client_queries() -> None:
    async def scene() -> None:
        gate = Gate(Settings(quick_queries=5, client_queries=3))
        for _ in range(3):
            await gate.enter("a")
        with pytest.raises(Problem, match="too-many-requests"):
            await gate.enter("a")
        await gate.enter("b")

    finish(scene())


def test_total_queries() -> None:
    async def scene() -> None:
        gate = Gate(Settings(quick_queries=5, total_queries=3))
        for client in "abc":
            await gate.enter(client)
        with pytest.raises(Problem, match="busy"):
            await gate.enter("d")

    finish(scene())


def test_query_megabytes(data: Path) -> None:
    with serving(data, query_megabytes=32, query_seconds=30.0) as served, httpx.Client(base_url=served.base, timeout=60) as client:
        assert ask(client, "SELECT * { ?s ?p ?o } LIMIT 10").status_code == 200
        answer = ask(client, GREEDY)
        assert name(answer) == "memory-limit" and "32 MiB" in answer.json()["detail"]


def test_query_levels(client: httpx.Client) -> None:
    def nested(levels: int) -> str:
        return "ASK " + "{" * levels + "}" * levels

    assert ask(client, nested(12)).status_code == 200
    assert name(ask(client, nested(13))) == "too-deep"


def test_connections(data: Path) -> None:
    with serving(data, connections=4, head_seconds=30.0) as served, ExitStack() as open_ones:
        idle = [open_ones.enter_context(connected(served)) for _ in range(5)]
        assert closed_after(idle[0], 2) < 1.5, "the one that has waited longest makes room"
        with pytest.raises(TimeoutError):
            closed_after(idle[-1], 0.3)
        assert httpx.get(f"{served.base}/health").status_code == 200


def test_client_connections(data: Path) -> None:
    with serving(data, client_connections=2, proxies="192.0.2.1") as served, ExitStack() as open_ones:
        for _ in range(2):
            open_ones.enter_context(connected(served))
        with connected(served) as third:
            assert third.recv(100).startswith(b"HTTP/1.1 429 ")
        other = httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2"))
        assert other.get(f"{served.base}/health").status_code == 200
        other.close()


def test_idle_seconds(served: Served) -> None:
    with connected(served) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert 0.5 < closed_after(connection) < 3


def test_head_kilobytes(served: Served) -> None:
    def head(size: int) -> bytes:
        return raw(served, b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: " + b"a" * (size - 40) + b"\r\n\r\n")

    assert head(4 * KIB - 100).startswith(b"HTTP/1.1 200 ") and head(4 * KIB + 100).startswith(b"HTTP/1.1 431 ")
    long = raw(served, b"GET /" + b"a" * (4 * KIB) + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert long.startswith(b"HTTP/1.1 414 ")


def test_head_seconds(served: Served) -> None:
    with connected(served) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert 0.5 < closed_after(connection) < 3


def post(served: Served, size: int, sent: int) -> socket.socket:
    """A connection on which a part of a body was sent."""
    connection = connected(served)
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: {size}\r\n\r\n"
    connection.sendall(head.encode() + b" " * sent)
    return connection


def test_body_seconds(served: Served) -> None:
    with post(served, 100, 10) as connection:
        begin = time.monotonic()
        assert connection.recv(100).startswith(b"HTTP/1.1 408 ") and 0.5 < time.monotonic() - begin < 8


def test_body_megabytes(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    query = b"ASK {}"
    assert client.post("/sparql", content=query + b" " * (MIB - len(query)), headers=headers).status_code == 200
    assert name(client.post("/sparql", content=query + b" " * (MIB - len(query) + 1), headers=headers)) == "request-too-large"
    assert client.post("/municipality/x", content=b" " * (MIB + 1)).status_code == 413


def test_client_bodies_megabytes(data: Path) -> None:
    with serving(data, client_bodies_megabytes=1, body_seconds=5.0) as served, post(served, MIB, MIB - 1000):
        time.sleep(0.5)
        with post(served, 2000, 1900) as second:
            assert second.recv(100).startswith(b"HTTP/1.1 429 ")


def test_total_bodies_megabytes(data: Path) -> None:
    with serving(data, total_bodies_megabytes=1, client_bodies_megabytes=4, body_seconds=5.0) as served, post(served, MIB, MIB - 1000):
        time.sleep(0.5)
        with post(served, 2000, 1900) as second:
            assert second.recv(100).startswith(b"HTTP/1.1 503 ")


def test_parameters(client: httpx.Client) -> None:
    for path, first in (("/sparql", "query=ASK{}"), ("/questions/regions", "lang=da"), ("/municipality/x", "a=b")):
        beyond = client.get(f"{path}?{first}" + "&x=1" * 5)
        assert (beyond.status_code, name(beyond)) == (400, "wrong-parameters"), path
    assert client.get("/sparql?query=ASK{}" + "&x=1" * 4).status_code == 200
    assert client.post("/sparql", data={"query": "ASK{}", **{f"x{number}": "1" for number in range(4)}}).status_code == 200
    assert client.post("/sparql", data={"query": "ASK{}", **{f"x{number}": "1" for number in range(5)}}).status_code == 400


def test_write_seconds(data: Path) -> None:
    with serving(data, write_seconds=1.0, query_seconds=20.0) as served:
        for query in (b"SELECT * { ?a ?b ?c . ?d ?e ?f }", b"SELECT * { ?a ?b ?c . ?d ?e ?f } # reads a little"):
            with connected(served) as lazy:
                lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                lazy.sendall(b"GET /sparql?query=" + query.replace(b" ", b"%20").replace(b"#", b"%23") + b" HTTP/1.1\r\nHost: x\r\n\r\n")
                port = lazy.getsockname()[1]
                begin = time.monotonic()
                while _open(port) and time.monotonic() - begin < 15:
                    time.sleep(0.2)
                    if query.endswith(b"little"):
                        lazy.recv(100)
                assert time.monotonic() - begin < 12


def _open(port: int) -> bool:
    """Whether this process, in which the server runs, still holds the other end of a connection from a port."""
    peers = []
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        _, _, remote, state, *_ = line.split()
        peers.append((int(remote.split(":")[1], 16), state))
    return (port, "01") in peers


def test_answer_megabytes(client: httpx.Client) -> None:
    def long(size: int) -> str:
        return f"SELECT (REPLACE('{'x' * 1000}', 'x', '{'y' * (size // 1000)}') AS ?a) {{}}"

    assert client.post("/sparql", data={"query": long(2 * MIB - 10 * KIB)}).status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/sparql", data={"query": long(2 * MIB + 10 * KIB)})


def test_page_megabytes(client: httpx.Client) -> None:
    rows = f"SELECT (REPLACE('xxxxxxxxxx', 'x', '{'y' * 1000}') AS ?a) {{ ?s ?p ?o }} LIMIT "
    assert "<table" in ask(client, rows + "90", headers=PAGE).text
    assert "<table" not in ask(client, rows + "110", headers=PAGE).text


def test_page_rows(client: httpx.Client) -> None:
    assert ask(client, "SELECT ?s { ?s ?p ?o } LIMIT 10", headers=PAGE).text.count("<tr>") == 11
    assert ask(client, "SELECT ?s { ?s ?p ?o } LIMIT 11", headers=PAGE).text.count("<tr>") == 11


def test_limit_rows(client: httpx.Client) -> None:
    assert client.get("/questions/regions?format=csv&limit=20").status_code == 200
    assert name(client.get("/questions/regions?format=csv&limit=21")) == "wrong-range"


def test_offset_rows(client: httpx.Client) -> None:
    assert client.get("/questions/regions?format=csv&offset=30").status_code == 200
    assert name(client.get("/questions/regions?format=csv&offset=31")) == "wrong-range"


def test_cached_answer_kilobytes(served: Served) -> None:
    served.context.state.answers.put("small", Answer(b"x" * 4 * KIB), 0)
    served.context.state.answers.put("large", Answer(b"x" * (4 * KIB + 1)), 0)
    assert served.context.state.answers.get("small") and not served.context.state.answers.get("large")


def test_cached_answers_megabytes(data: Path) -> None:
    with serving(data, cached_answers_megabytes=1) as served:
        assert last_kept(served.context.state.answers) == [5, 6, 7, 8, 9]


def test_cached_documents_megabytes(data: Path) -> None:
    with serving(data, cached_documents_megabytes=1) as served:
        assert last_kept(served.context.state.pages) == [5, 6, 7, 8, 9]


def last_kept(cache: Cache) -> list[int]:
    """Which of ten answers a cache still has; each takes 200 KiB with its compressed form."""
    for number in range(10):
        cache.put(number, Answer(b"x" * 100 * KIB), 0)
    return [number for number in range(10) if cache.get(number)]


def test_load_seconds(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never.nt")
    begin = time.monotonic()
    with pytest.raises(BadData, match="never.nt took longer than 1.0 seconds to load"), serving(tmp_path / "never.nt", load_seconds=1.0):
        pass
    assert time.monotonic() - begin < 15


def test_load_megabytes(tmp_path: Path) -> None:
    file = triples(tmp_path / "large.nt", 200_000)

    async def load(megabytes: int) -> None:
        pool = WorkerPool([file], Settings(load_megabytes=megabytes, quick_queries=1))
        try:
            await pool.start()
        finally:
            await pool.close()

    finish(load(2000))
    with pytest.raises(BadData, match="large.nt needs more than 100 MiB of memory to load"):
        finish(load(100))
