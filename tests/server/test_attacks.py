"""What fell once under attack, load and faults, each by its kind: stalled clients, sums of limits, hostile endpoints, lost processes."""

import asyncio
import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bench.processes import MIB, resident
from tests.helpers.endpoints import BOM, peculiar
from tests.helpers.program import Running, running
from tests.helpers.serving import Served, serving
from tests.server.test_safety import LIMITS, RUNAWAY, ask, eventually, name, raw, standing, triples, workers  # noqa: F401

from kommunegraf.server.engine.pool import BadData, WorkerPool
from kommunegraf.server.engine.remote import Endpoint
from kommunegraf.server.settings import Settings

pytestmark = pytest.mark.faults
RELOADS = int(os.environ.get("KOMMUNEGRAF_RELOADS", "24"))
"""How often the data is loaded again while processes are killed; 500 in a long run."""
ALL = "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return triples(tmp_path_factory.mktemp("data") / "data.nt", 40_000)


@pytest.fixture(scope="module")
def served(data: Path) -> Iterator[Served]:
    with serving(data, **LIMITS) as server:
        yield server


def open_to(base: str) -> socket.socket:
    host, port = base.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=10)


def test_clients_that_do_not_read_lock_nobody_out(data: Path, tmp_path: Path) -> None:
    limited = ("sh", "-c", 'ulimit -n 64; exec "$@"', "sh")
    with running(tmp_path, str(data), before=limited, KOMMUNEGRAF_WRITE_SECONDS="3", KOMMUNEGRAF_QUERY_SECONDS="30") as server, \
            ExitStack() as stack:
        for _ in range(45):
            lazy = stack.enter_context(open_to(server.base))
            lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            lazy.sendall(f"GET {ALL} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode())
        # Those whose query still waits for a worker keep their place: room is made when their answers have begun and are not read.
        assert eventually(lambda: httpx.get(f"{server.base}/health", timeout=3).status_code == 200, 30)
        for _ in range(5):
            assert httpx.get(f"{server.base}/health", timeout=3).status_code == 200
            time.sleep(0.2)


def test_bodies_that_wait_are_bounded_together(data: Path, tmp_path: Path) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 1000000\r\n\r\n"
    with running(tmp_path, str(data), KOMMUNEGRAF_TOTAL_BODIES_MEGABYTES="16") as server, ExitStack() as stack:
        before = resident(server.process.pid)
        for _ in range(250):
            one = stack.enter_context(open_to(server.base))
            with suppress(OSError):  # refused while it sends
                one.sendall(head + b" " * 999_000)
        time.sleep(0.5)
        assert resident(server.process.pid) - before < 90 * MIB
        assert httpx.get(f"{server.base}/health", timeout=5).status_code == 200


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    with peculiar() as address:
        yield address


@pytest.fixture
def fronting(served: Served, hostile: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts the hostile endpoint behind the server, in one of its kinds."""
    context = served.context
    endpoint = Endpoint(Settings(endpoint=hostile, query_seconds=5.0))
    before = context.state
    context._state = replace(before, source=endpoint, site=before.documents.site)  # as where the endpoint holds our graph
    monkeypatch.setattr(context, "settings", replace(context.settings, endpoint=hostile))

    def use(kind: str) -> None:
        endpoint.url = f"{hostile}/{kind}"

    yield use
    context._state = before


def test_an_endless_error_of_an_endpoint_is_not_read(served: Served, fronting: Callable[[str], None]) -> None:
    fronting("endless")
    before, begin = resident(os.getpid()), time.monotonic()
    answer = ask(served, "SELECT * {} # endless")
    assert (answer.status_code, name(answer)) == (400, "malformed-query") and len(answer.text) < 2000
    assert resident(os.getpid()) - before < 20 * MIB and time.monotonic() - begin < 4


@pytest.mark.parametrize("kind", ["broken", "broken-xml", "partial", "cut", "late", "page", "away", "nothing"])
def test_an_answer_that_cannot_be_read_is_the_endpoints_fault(served: Served, fronting: Callable[[str], None], kind: str) -> None:
    fronting(kind)
    for path in (f"/questions/regions?format=rows&offset={len(kind)}", f"/sparql?query=SELECT%20*%20%7B%7D%23{kind}"):
        answer = httpx.get(served.base + path, headers={"Accept": "text/html" if "sparql" in path else "*/*"}, timeout=20)
        assert answer.status_code == 502, path
    assert ask(served, f"SELECT * {{}} #{kind}").status_code == 502


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"])
@pytest.mark.parametrize("kind", ["xml", "nameless", "marked", "marked-xml", "plain"])
def test_an_endpoint_that_answers_in_its_own_way_is_understood(
    served: Served, fronting: Callable[[str], None], kind: str, accept: str,
) -> None:
    fronting(kind)
    answer = httpx.get(served.sparql, params={"query": f"SELECT ?a {{}} # {kind}"}, headers={"Accept": accept}, timeout=20)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(accept) and not answer.content.startswith(BOM)
    assert "1" in answer.text and ("<" in answer.text) is accept.endswith("xml")


@pytest.mark.parametrize("accept", ["application/n-triples", "text/turtle", "application/rdf+xml"])
def test_an_endpoints_graph_is_given_as_the_client_wants_it(served: Served, fronting: Callable[[str], None], accept: str) -> None:
    query = {"query": "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }"}
    for kind, status in (("triples", 200), ("broken-triples", 502)):
        fronting(kind)
        answer = httpx.get(served.sparql, params=query, headers={"Accept": accept}, timeout=20)
        assert answer.status_code == status and (status == 502 or "http://e/a" in answer.text)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_an_endpoint_is_followed_with_the_query(served: Served, fronting: Callable[[str], None], status: int) -> None:
    fronting(str(status))
    answer = ask(served, f"SELECT * {{}} # {status}")
    assert answer.status_code == 200 and len(answer.json()["results"]["bindings"]) == 1


def test_clients_that_leave_an_endpoints_answer_leave_no_complaint(
    served: Served, fronting: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    fronting("slow")
    for number in range(5):
        with suppress(httpx.HTTPError):
            httpx.get(served.sparql, params={"query": f"SELECT * {{}} # slow {number}"}, timeout=0.3)
    time.sleep(0.5)
    assert not [record for record in caplog.records if record.name == "asyncio" or "aclose" in record.getMessage()]


@pytest.mark.parametrize("module", ["pickle", "json", "pyoxigraph", "random"])
def test_no_process_takes_modules_from_the_working_folder(data: Path, tmp_path: Path, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / f"{module}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'a').close()\nraise ImportError", "utf-8")
    monkeypatch.chdir(place)
    with running(tmp_path, str(data)) as server:
        assert httpx.get(server.base + ALL + "%20LIMIT%201").status_code == 200
    assert not (tmp_path / "run").exists()


def test_reloads_and_lost_processes_fail_no_request_and_leak_no_descriptor(tmp_path: Path) -> None:
    file = triples(tmp_path / "data.nt", 200)
    dice = random.Random(1)
    with serving(file, **{**LIMITS, "query_seconds": 30.0}) as served:
        served.run(served.context.reload())
        time.sleep(0.5)
        before = set(os.listdir("/proc/self/fd"))
        stop, statuses = threading.Event(), list[int]()

        def keep_asking(number: int) -> None:
            with httpx.Client(timeout=40) as client:
                for count in range(100_000):
                    if stop.is_set():
                        return
                    answer = client.get(served.sparql, params={"query": f"SELECT * {{ <http://e/s1> ?p ?o }} # {number} {count}"})
                    statuses.append(answer.status_code)

        with ThreadPoolExecutor(3) as pool:
            asking = [pool.submit(keep_asking, number) for number in range(3)]
            for _ in range(RELOADS):
                served.run(served.context.reload())
                with suppress(ProcessLookupError):
                    os.kill(dice.choice(workers()), signal.SIGKILL)
                time.sleep(0.1)
            stop.set()
            for future in asking:
                future.result()
        assert len(statuses) > 30 and set(statuses) == {200}
        assert eventually(lambda: len(set(os.listdir("/proc/self/fd"))) <= len(before) + 2, 10)


def test_a_file_without_statements_is_refused(tmp_path: Path) -> None:
    for ending, text in ((".ttl", ""), (".nt", "# nothing\n"), (".jsonld", "[]")):
        file = tmp_path / f"empty{ending}"
        file.write_text(text, "utf-8")
        with pytest.raises(BadData, match=f"empty{ending}: it has no statements"), serving(file):
            pass


def test_a_load_that_hangs_neither_stops_the_server_nor_outlives_it(tmp_path: Path) -> None:
    file, others = triples(tmp_path / "data.nt", 100), set(workers())
    with serving(file, **{**LIMITS, "load_seconds": 6.0}) as served:
        file.unlink()
        os.mkfifo(file)
        with pytest.raises(BadData, match="longer than 6.0 seconds"):
            served.run(served.context.reload())
        assert ask(served, "ASK { ?s ?p ?o }").json()["boolean"] is True
        hanging = asyncio.run_coroutine_threadsafe(served.context.reload(), served.loop)
        time.sleep(0.3)
        begin = time.monotonic()
    assert time.monotonic() - begin < 15
    assert hanging.cancelled() or hanging.exception()
    assert set(workers()) <= others


def test_reloads_that_are_asked_for_while_one_runs_are_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[float] = []
    start = WorkerPool.start

    async def counted(self: WorkerPool) -> Any:
        starts.append(time.monotonic())
        return await start(self)

    with serving(triples(tmp_path / "data.nt", 100), **LIMITS) as served:
        monkeypatch.setattr(WorkerPool, "start", counted)
        reloads = [asyncio.run_coroutine_threadsafe(served.context.reload(), served.loop) for _ in range(30)]
        for one in reloads:
            one.result(60)
        assert 1 <= len(starts) <= 2


def test_the_watch_does_not_wait_behind_the_queries_of_clients(data: Path) -> None:
    with serving(data, **{**LIMITS, "quick_seconds": 2.9}) as served, ThreadPoolExecutor(40) as pool:
        crowd = [pool.submit(ask, served, f"{RUNAWAY} # {number}", f"127.0.1.{number + 1}") for number in range(40)]
        time.sleep(0.7)
        for _ in range(3):
            begin = time.monotonic()
            assert httpx.get(f"{served.base}/ready", timeout=10).status_code == 200
            assert time.monotonic() - begin < 2.5
        assert {future.result().status_code for future in crowd} <= {503, 504}


HEADERS = ("Host", "Accept", "Accept-Language", "Accept-Encoding", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since",
           "Range", "Content-Type", "Content-Length", "Transfer-Encoding", "X-Forwarded-For", "X-Forwarded-Proto", "Connection", "Expect",
           "Upgrade", "Cookie", "Origin", "Access-Control-Request-Method", "Forwarded")
VALUES = st.one_of(
    st.binary(max_size=60), st.sampled_from([b"[[[::", b"Thu, 01 Jan 99999999999999 00:00:00 GMT", b"gzip;q=x", b"*/*;q=9", b"W/", b"-1",
                                             b"chunked", b"websocket", b"100-continue", b"1e999", b"::1", b'"' * 50, b",,,,", b"\xff\xfe"]))
PATHS = (b"/", b"/sparql?query=ASK%7B%7D", b"/questions/regions?format=json", b"/thing/a", b"/ready", b"/health", b"/assets/server.css",
         b"/openapi.json", b"/%00", b"//", b"/sparql", b"*")


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(method=st.sampled_from([b"GET", b"HEAD", b"POST", b"OPTIONS", b"PUT", b"TRACE"]), path=st.sampled_from(PATHS),
       headers=st.lists(st.tuples(st.sampled_from(HEADERS), VALUES), max_size=4))
def test_no_header_makes_an_error_of_the_server(served: Served, method: bytes, path: bytes, headers: list[tuple[str, bytes]]) -> None:
    lines = [f"{name}: ".encode() + value.replace(b"\r", b"").replace(b"\n", b"") for name, value in headers]
    host = [] if any(name == "Host" for name, _ in headers) else [b"Host: x"]
    sent = b"\r\n".join([method + b" " + path + b" HTTP/1.1", *host, *lines, b"Connection: close", b"", b""])
    assert not raw(served, sent, 0.7).startswith(b"HTTP/1.1 5")


@pytest.mark.parametrize("hosts", [[], ["a", "b"], ["[[[::"], ["a b"], ["a/b"], ["a@b"], ["[::1"], ["a:b"]])
def test_a_missing_doubled_or_wrong_host_is_refused(served: Served, hosts: list[str]) -> None:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    assert raw(served, f"GET /health HTTP/1.1\r\n{lines}Connection: close\r\n\r\n".encode()).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("host", ["localhost:8000", "[::1]:80", "æ".encode().decode("latin-1"), "data.example.org", "127.0.0.1"])
def test_a_host_is_taken(served: Served, host: str) -> None:
    status = b"400" if not host.isascii() else b"200"
    assert raw(served, f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode("latin-1")).split()[1] == status


def test_every_line_of_the_log_is_json(data: Path, tmp_path: Path) -> None:
    with running(tmp_path, str(data)) as server:
        host, port = server.base.removeprefix("http://").split(":")
        for sent in (b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
                     b"GET /sparql?query=SELECT HTTP/1.1\r\nHost: x\r\n\r\n"):
            with socket.create_connection((host, int(port)), timeout=5) as client:
                client.sendall(sent)
                client.recv(1000)
        server.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: "the data was reloaded" in server.log.read_text("utf-8"), 20)
        for pid in _children(server):
            os.kill(pid, signal.SIGKILL)
        httpx.get(server.base + ALL + "%20LIMIT%202", timeout=30)
        lines = [json.loads(line) for line in server.log.read_text("utf-8").splitlines()]
    assert all(line["time"] for line in lines) and {"status", "message"} <= {key for line in lines for key in line}
    assert "pip install" not in server.log.read_text("utf-8")


def _children(server: Running) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()]
