"""What hostile clients cannot do to the server and to other clients: real processes, real sockets, real floods."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.helpers.serving import Served, serving
from tests.server.test_screening import HIDDEN, listening

from kommunegraf.graph import build

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g"
QUICK = "SELECT * { <http://e/s1> ?p ?o } # "
LIMITS: dict[str, Any] = {
    "query_seconds": 3.0, "quick_seconds": 0.3, "quick_queries": 2, "slow_queries": 2, "query_megabytes": 256, "answer_megabytes": 4,
}
PROCESSES = 4
"""The process that holds the data, two quick workers, and one for the question whether the server is ready."""


def triples(path: Path, count: int) -> Path:
    """A file of that many triples."""
    with path.open("w", encoding="ascii") as file:
        for number in range(count):
            file.write(f"<http://e/s{number}> <http://e/p{number % 10}> <http://e/o{number % 1000}> .\n")
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return triples(tmp_path_factory.mktemp("data") / "data.nt", 20_000)


@pytest.fixture
def served(data: Path) -> Iterator[Served]:
    with serving(data, **LIMITS) as server:
        yield server


def ask(served: Served, query: str, local: str = "127.0.0.1", **options: Any) -> httpx.Response:
    """A query from one of this machine's addresses, as from a client of its own."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=local, verify=False), timeout=30) as client:
        return client.get(served.sparql, params={"query": query}, **options)


def name(answer: httpx.Response) -> str:
    """The name of the problem that an answer tells of."""
    return str(answer.json()["type"]).rpartition("#problem-")[2]


_STANDING: set[int] = set()
"""The processes of a server that stood before a file of tests."""


@pytest.fixture(scope="module", autouse=True)
def standing() -> None:
    """Other servers of this process are not counted."""
    _STANDING.clear()
    _STANDING.update(workers())


def workers() -> list[int]:
    """The processes of this server: the one that holds the data, and those that it forked."""
    own = {os.getpid()}
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
    for _ in range(3):
        own |= {pid for pid, parent in parents.items() if parent in own}
    return [pid for pid in own - _STANDING if _is_worker(pid)]


def _is_worker(pid: int) -> bool:
    try:
        return b"kommunegraf.server.engine.process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def eventually(holds: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether something becomes true within some seconds."""
    for _ in range(int(seconds * 20)):
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def processor(pids: list[int]) -> float:
    """The processor time of some processes, in seconds."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return total / os.sysconf("SC_CLK_TCK")


def test_a_runaway_query_is_stopped_and_its_work_too(served: Served) -> None:
    started = time.monotonic()
    answer = ask(served, RUNAWAY)
    assert (answer.status_code, name(answer)) == (504, "time-limit")
    assert time.monotonic() - started < 3 + 8
    time.sleep(0.2)
    before = processor(workers())
    time.sleep(0.5)
    assert processor(workers()) - before < 0.2


def test_others_are_answered_while_queries_run_away(served: Served) -> None:
    with ThreadPoolExecutor(8) as pool:
        runaway = [pool.submit(ask, served, f"{RUNAWAY} # {n}", f"127.0.0.{n + 2}") for n in range(4)]
        time.sleep(0.5)
        quick = [ask(served, f"{QUICK}{n}") for n in range(10)]
        assert [answer.status_code for answer in quick] == [200] * 10
        assert not all(future.done() for future in runaway)
        assert {future.result().status_code for future in runaway} <= {503, 504}


@pytest.mark.faults
def test_a_flood_of_one_client_harms_no_other(served: Served) -> None:
    stop = threading.Event()
    refused: list[int] = []

    def flood(query: str) -> None:
        while not stop.is_set():
            with suppress(httpx.RemoteProtocolError):  # an endless answer is broken off
                refused.append(ask(served, query, "127.0.0.2").status_code)

    threads = [threading.Thread(target=flood, args=(query,)) for query in [RUNAWAY, GREEDY, ENDLESS, "SELECT * {"] * 10]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.5)
        normal = [ask(served, f"{QUICK}{n}") for n in range(20)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [answer.status_code for answer in normal] == [200] * 20
    assert {429, 503, 504} & set(refused)


def test_a_client_has_no_more_queries_under_way_than_is_its_due(data: Path) -> None:
    with serving(data, **{**LIMITS, "client_queries": 3, "quick_seconds": 2.9}) as served, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: ask(served, f"{RUNAWAY} # {n}"), range(8)))
        assert [a.status_code for a in answers].count(429) == 5
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert name(refused) == "too-many-requests" and int(refused.headers["retry-after"]) > 0


@pytest.mark.faults
def test_many_who_ask_whether_it_is_ready_are_told_so(data: Path) -> None:
    with serving(data, **{**LIMITS, "client_queries": 2}) as served, ThreadPoolExecutor(30) as pool:
        assert {answer.status_code for answer in pool.map(lambda _: httpx.get(f"{served.base}/ready", timeout=30), range(60))} == {200}


def test_too_many_queries_of_all_together_are_told_to_come_back(data: Path) -> None:
    with serving(data, **{**LIMITS, "total_queries": 3}) as served, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: ask(served, f"{RUNAWAY} # {n}", f"127.0.0.{n + 2}"), range(8)))
        busy = [answer for answer in answers if answer.status_code == 503 and name(answer) == "busy"]
        assert len(busy) == 5 and all(int(answer.headers["retry-after"]) > 0 for answer in busy)


def test_a_long_query_gives_way_when_others_wait(data: Path) -> None:
    with serving(data, **{**LIMITS, "quick_queries": 1, "slow_queries": 1}) as served, ThreadPoolExecutor(8) as pool:
        long = [pool.submit(ask, served, f"{RUNAWAY} # {n}", f"127.0.0.{n + 2}") for n in range(3)]
        time.sleep(0.2)
        assert ask(served, QUICK).status_code == 200
        names = sorted(name(future.result()) for future in long)
        assert names == ["slow-lane-full", "time-limit", "time-limit"] or names == ["slow-lane-full", "slow-lane-full", "time-limit"]


def test_a_query_that_needs_much_memory_ends_alone(served: Served) -> None:
    answer = ask(served, GREEDY)
    assert (answer.status_code, name(answer)) in [(503, "memory-limit"), (504, "time-limit")]
    assert ask(served, QUICK).status_code == 200


def test_a_mistake_of_the_engine_is_not_told_as_want_of_memory(built: Path) -> None:
    """Oxigraph's order of values has circles, on which Rust's sorting ends the process. When it no longer does, so may this test."""
    with serving(built / build.NQUADS, **LIMITS) as served:
        answer = ask(served, "SELECT ?value { ?s ?p ?value } ORDER BY ?value")
        assert (answer.status_code, name(answer)) == (500, "engine-failed") and "STR(?x)" in answer.json()["detail"]
        assert ask(served, "SELECT ?value { ?s ?p ?value } ORDER BY STR(?value) LIMIT 3").status_code == 200


def test_the_memory_of_a_query_is_bounded(data: Path) -> None:
    with serving(data, **{**LIMITS, "query_megabytes": 64, "query_seconds": 20.0}) as served:
        answer = ask(served, GREEDY)
        assert (answer.status_code, name(answer)) == (503, "memory-limit")
        assert "64 MiB" in answer.json()["detail"]


def test_a_query_nested_without_end_ends_alone(served: Served) -> None:
    deep = "ASK { FILTER(" + "!" * 60_000 + "true) }"
    with httpx.Client(timeout=30) as client:
        answer = client.post(served.sparql, data={"query": deep})
    assert answer.status_code in (200, 400)
    assert ask(served, QUICK).status_code == 200


def test_a_large_answer_breaks_off_so_that_the_client_sees_it(served: Served) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        ask(served, ENDLESS)
    assert ask(served, QUICK).status_code == 200


def test_a_large_answer_that_has_not_begun_is_refused(data: Path) -> None:
    with serving(data, **{**LIMITS, "answer_megabytes": 1}) as served:
        answer = ask(served, "SELECT (GROUP_CONCAT(?t) AS ?x) { ?s ?p ?o BIND(CONCAT(STR(?s), STR(?p), STR(?o), STR(?s), STR(?s)) AS ?t) }")
        assert (answer.status_code, name(answer)) == (413, "result-too-large")


def test_one_value_that_is_larger_than_an_answer_may_be_is_no_burden(data: Path) -> None:
    doubling = "SELECT ?f { BIND(REPLACE(STR(<http://e/>), '.', '0123456789abcdef0123456789abcdef') AS ?a) " + "".join(
        f"BIND(CONCAT({', '.join([f'?{one}'] * 16)}) AS ?{other}) " for one, other in ("ab", "bc", "cd", "df")) + "}"
    with serving(data, **LIMITS) as served:
        ask(served, QUICK)
        before, peak, done = _resident(), 0, threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.is_set():
                peak = max(peak, _resident() - before)
                time.sleep(0.005)

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            with pytest.raises(httpx.RemoteProtocolError):
                ask(served, doubling, headers={"Accept": "application/sparql-results+xml"})
        finally:
            done.set()
            watching.join()
        assert peak < 12_000_000


def test_a_large_answer_streams_with_stable_memory(data: Path) -> None:
    with serving(data, **{**LIMITS, "answer_megabytes": 256, "query_seconds": 20.0}) as served, httpx.Client(timeout=30) as client:
        query = {"query": "SELECT * { ?a <http://e/p1> ?c . ?d <http://e/p2> ?f } LIMIT 400000"}
        peak, size = 0, 0
        with client.stream("GET", served.sparql, params=query, headers={"Accept": "text/csv"}) as answer:
            before = _resident()
            for piece in answer.iter_bytes():
                size += len(piece)
                peak = max(peak, _resident() - before)
        assert size > 20_000_000 and peak < 8_000_000


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_client_that_goes_away_frees_its_worker(data: Path) -> None:
    with serving(data, **{**LIMITS, "query_seconds": 30.0}) as served:
        idle = set(workers())
        with httpx.Client(timeout=1) as client, pytest.raises(httpx.ReadTimeout):
            client.get(served.sparql, params={"query": RUNAWAY})
        assert eventually(lambda: len(workers()) == len(idle) and processor_rests(workers()), 10)
        assert ask(served, QUICK).status_code == 200


def test_a_client_that_goes_away_after_a_long_request_frees_its_worker(data: Path) -> None:
    with serving(data, **{**LIMITS, "query_seconds": 30.0}) as served:
        idle = set(workers())
        with httpx.Client(timeout=1) as client, pytest.raises(httpx.ReadTimeout):
            client.post(served.sparql, data={"query": f"{RUNAWAY} # {'x' * 200_000}"})
        assert eventually(lambda: len(workers()) == len(idle) and processor_rests(workers()), 10)


def processor_rests(pids: list[int]) -> bool:
    """Whether some processes do nothing for a moment."""
    before = processor(pids)
    time.sleep(0.3)
    return processor(pids) - before < 0.1


def test_a_client_that_does_not_read_keeps_no_worker(served: Served) -> None:
    host, port = served.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.sendall(b"GET /sparql?query=" + ENDLESS.replace(" ", "%20").encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert eventually(lambda: len(workers()) > PROCESSES)  # the slow one, and the quick ones
        assert eventually(lambda: len(workers()) == PROCESSES, 6)


def test_no_query_reaches_the_network_or_a_file(served: Served) -> None:
    with listening() as (url, heard), httpx.Client(timeout=30) as client:
        for query in (
            *HIDDEN, "SELECT * FROM <URL> { ?s ?p ?o }", "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }", "LOAD <URL>",
            "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "DESCRIBE <URL>", "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
            "LOAD <file:///etc/passwd>", "LOAD SILENT <URL> INTO GRAPH <urn:g>",
        ):
            for answer in (
                client.get(served.sparql, params={"query": query.replace("URL", url)}),
                client.post(served.sparql, data={"query": query.replace("URL", url)}),
                client.post(served.sparql, data={"update": query.replace("URL", url)}),
            ):
                assert "root:" not in answer.text
        client.get(served.sparql, params={"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": url, "named-graph-uri": url})
        assert heard == []


def test_a_worker_cannot_open_a_connection_even_when_the_screening_is_passed(data: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import kommunegraf.server.engine.screening as s\ns._asks_service = lambda tokens: False\n", "utf-8"
    )
    old = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{old}"
    try:
        with listening() as (url, heard), serving(data, **LIMITS) as served:
            answer = ask(served, f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}")
            assert (answer.status_code, name(answer)) == (400, "not-answerable")
            assert "files" in answer.json()["detail"]  # too many open files: there is no descriptor for it
            assert ask(served, f"SELECT * {{ SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}").status_code == 200
            assert heard == []
    finally:
        os.environ["PYTHONPATH"] = old


def raw(served: Served, data: bytes, seconds: float = 5) -> bytes:
    """What the server answers to some bytes, until it closes or is silent."""
    host, port = served.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        answer = b""
        try:
            connection.sendall(data)
            while piece := connection.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionError):
            pass
        return answer


NO_REQUESTS = [
    (b"GET /sparql?query=" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n", b"414"),
    (b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(200)) + b"\r\n", b"431"),
    (b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000, b"431"),
    (b"\x00\xff\x00\xff\r\n\r\n", b"400"),
    (b"GET /\xc3\xa6 HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
    (b"GET /sparql?query=\xc3\xa6 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"400"),
    (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
    (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", b"400"),
    (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n", b"413"),
    (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: \xff\x01\r\n\r\n", b"400"),
    (b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
    (b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\"b<>\r\nConnection: close\r\n\r\n", b"400"),
    (b"GET /%00%ff%0d%0a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"404"),
    (b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"404"),
]


def test_bytes_that_are_no_request_are_refused(served: Served) -> None:
    for sent, status in NO_REQUESTS:
        answer = raw(served, sent)
        assert answer.startswith(b"HTTP/1.1 " + status), (sent[:100], answer[:200])
        assert ask(served, QUICK).status_code == 200, sent[:100]


def test_a_client_that_asks_whether_to_go_on_is_told_at_once(served: Served) -> None:
    host, port = served.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 5\r\n"
        connection.sendall(head + b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ASK{}")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(b"}")


def test_a_request_that_does_not_come_to_its_end_is_not_waited_for(data: Path) -> None:
    with serving(data, **{**LIMITS, "head_seconds": 1.0}) as served:
        started = time.monotonic()
        assert raw(served, b"GET / HTTP/1.1\r\nX: ", 10) == b""
        assert 0.9 < time.monotonic() - started < 9


def test_the_data_is_exchanged_without_a_failed_request(tmp_path: Path) -> None:
    file = tmp_path / "data.nt"
    query = "SELECT ?o { <http://e/s> ?p ?o }"

    def write(value: int) -> None:
        new = tmp_path / "new.nt"
        new.write_text(f'<http://e/s> <http://e/p> "{value}" .\n' + triples(tmp_path / "rest.nt", 5000).read_text(), "utf-8")
        new.rename(file)

    write(0)
    with serving(file, **{**LIMITS, "query_seconds": 60.0}) as served, ThreadPoolExecutor(4) as pool:
        stop = threading.Event()

        def keep_asking(number: int) -> list[httpx.Response]:
            answers: list[httpx.Response] = []
            with httpx.Client(timeout=30) as client:
                while not stop.is_set():
                    answers.append(client.get(served.sparql, params={"query": f"{query} # {number % 2 or len(answers)}"}))
            return answers

        asking = [pool.submit(keep_asking, number) for number in range(3)]
        long = pool.submit(ask, served, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?b ?e }")
        versions = {served.context.version}
        for value in (1, 2, 3):
            write(value)
            served.run(served.context.reload())
            versions.add(served.context.version)
            answer = ask(served, query)
            assert answer.json()["results"]["bindings"][0]["o"]["value"] == str(value)
        stop.set()
        answers = [answer for future in asking for answer in future.result()]
        assert {answer.status_code for answer in answers} == {200}
        assert long.result().status_code == 200
        assert len(versions) == 4
        assert eventually(lambda: len(workers()) == PROCESSES)


def test_a_file_that_cannot_be_loaded_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "data.nt"
    file.write_text('<http://e/s> <http://e/p> "1" .\n', "utf-8")
    with serving(file, **LIMITS) as served:
        file.write_text("this is not N-Triples", "utf-8")
        with pytest.raises(ValueError, match="data.nt"):
            served.run(served.context.reload())
        assert ask(served, "SELECT ?o { ?s ?p ?o }").json()["results"]["bindings"][0]["o"]["value"] == "1"
        assert httpx.get(f"{served.base}/ready").status_code == 200


def test_the_server_mends_itself_when_its_processes_are_ended(served: Served) -> None:
    for pid in workers():
        os.kill(pid, 9)
    assert eventually(lambda: ask(served, QUICK).status_code == 200, 10)
    assert eventually(lambda: len(workers()) == PROCESSES)


def test_nothing_is_left_when_the_server_stops(data: Path) -> None:
    with serving(data, **LIMITS) as served, ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(ask, served, RUNAWAY)
        time.sleep(0.5)
        assert workers()
    assert under_way.result().status_code == 504
    assert not workers()


@pytest.mark.slow
def test_a_cross_product_over_a_million_triples_is_stopped(tmp_path: Path) -> None:
    million = triples(tmp_path / "million.nt", 1_000_000)
    with serving(million, **{**LIMITS, "query_seconds": 5.0, "query_megabytes": 4096}) as served, ThreadPoolExecutor(4) as pool:
        started = time.monotonic()
        runaway = [pool.submit(ask, served, f"{query} # {n}", "127.0.0.2") for n, query in enumerate((RUNAWAY, RUNAWAY, GREEDY))]
        time.sleep(1)
        assert [ask(served, f"{QUICK}{n}").status_code for n in range(50)] == [200] * 50
        answers = [future.result() for future in runaway]
        assert time.monotonic() - started < 5 + 8
        assert {answer.status_code for answer in answers} <= {503, 504} and 504 in {answer.status_code for answer in answers}
