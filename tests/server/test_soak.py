"""An hour of a busy day in two minutes: memory stays flat, and hostile clients take nothing from normal ones. The server is the program."""

import itertools
import os
import random
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx
import pytest
from tests.bench.processes import MIB, family, resident
from tests.helpers.program import Running, running

pytestmark = pytest.mark.slow
HOUR = 20_000
"""Requests of an hour of a busy day: more than five a second."""
SECONDS = 100
"""In which they are made at most; on a slow machine fewer are made, and never fewer than the half."""
FLAT = 8
"""MiB that memory may differ between the end of the first third and the last third."""
STATEMENTS = "SELECT ?p ?o WHERE {{ <https://w3id.org/kommunegraf/municipality/{code}> ?p ?o }} # {number}"
ABOUT = "CONSTRUCT WHERE {{ ?a ?b <https://w3id.org/kommunegraf/municipality/{code}> }} # {number}"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?a != ?i) }} # {number}"
GREEDY = "SELECT DISTINCT ?a ?d ?g WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} ORDER BY ?i # {number}"
DATA = "application/sparql-results+json", "text/csv", "text/turtle"


def codes(built: Path) -> list[str]:
    """The codes of all kommuner."""
    return sorted(set(re.findall(r"(?m)^<\S+/kommunegraf/municipality/(\d{4})> ", (built / "kommunegraf.nq").read_text("utf-8"))))


def requests(codes: list[str], seed: int) -> Iterator[Callable[[httpx.Client], httpx.Response]]:
    """The requests of a day: redirects, pages and data most, then queries new and repeated, a question, something that is not there."""
    dice = random.Random(seed)
    for number in itertools.count():
        code = dice.choice(codes)
        chance = dice.random()
        if chance < 0.2:
            yield lambda c, code=code: c.get(f"/municipality/{code}", headers={"Accept": "text/turtle, text/html;q=0.5"})  # type: ignore[misc]
        elif chance < 0.5:
            ending = dice.choice((".html", ".en.html", ".ttl", ".jsonld", ".nt", ".rdf"))
            yield lambda c, path=f"/municipality/{code}{ending}": c.get(path)  # type: ignore[misc]
        elif chance < 0.9:
            text = dice.choice((STATEMENTS, ABOUT)).format(code=code, number=dice.choice((0, f"{seed} {number}")))
            yield lambda c, text=text: c.post("/sparql", data={"query": text}, headers={"Accept": ", ".join(DATA)})  # type: ignore[misc]
        elif chance < 0.95:
            choices = {"municipality": code, "format": dice.choice(("csv", "json"))}
            yield lambda c, choices=choices: c.get("/questions/initiatives-of-municipality", params=choices)  # type: ignore[misc]
        else:
            yield lambda c: c.get("/initiative/")


class Crowd:
    """Clients, each in a thread with one connection, that make requests until told to stop. `failed` has every answer that is none."""

    def __init__(self, base: str, addresses: list[str], codes: list[str]) -> None:
        self.count = 0
        self.failed: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(base, address, codes, seed)) for seed, address in enumerate(addresses)]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _work(self, base: str, address: str, codes: list[str], seed: int) -> None:
        with httpx.Client(base_url=base, headers={"X-Forwarded-For": address}, timeout=30) as client:
            for ask in requests(codes, seed):
                if self._stop.is_set():
                    return
                try:
                    answer = ask(client)
                    if answer.status_code not in (200, 303, 308):
                        self.failed.append(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:200]}")
                except httpx.HTTPError as error:
                    self.failed.append(f"{error.request.url}: {error!r}")
                self.count += 1


def held(server: Running) -> list[int]:
    """The bytes in memory of the first process and of the one that holds the graph, and of their workers together."""
    samples = []
    for pid in family(server.process.pid):
        try:
            samples.append(resident(pid))
        except (FileNotFoundError, ProcessLookupError):
            samples.append(0)
    return [samples[0], samples[1], sum(samples[2:])]


def warm(server: Running, codes: list[str]) -> None:
    """Every document of the kommuner once, as kept documents are no growth."""
    with httpx.Client(base_url=server.base, timeout=60) as client:
        for code, ending in itertools.product(codes, (".html", ".en.html", ".ttl", ".jsonld", ".nt", ".rdf")):
            client.get(f"/municipality/{code}{ending}").raise_for_status()


def test_an_hour_of_mixed_requests_leaves_memory_as_it_was(built: Path, tmp_path: Path) -> None:
    everyone = codes(built)
    with running(tmp_path, "--graph", str(built), "--quiet", KOMMUNEGRAF_CACHED_ANSWERS_MEGABYTES="2") as server:
        warm(server, everyone)
        samples, ending = [], time.monotonic() + SECONDS
        with Crowd(server.base, [f"192.0.2.{number}" for number in range(4)], everyone) as crowd:
            while crowd.count < HOUR and time.monotonic() < ending:
                time.sleep(0.5)
                samples.append((crowd.count, held(server)))
        assert not crowd.failed, crowd.failed[:3]
        assert crowd.count > HOUR / 2
    grown = growth(samples)
    assert max(grown) <= FLAT, f"MiB more in front, holder and workers: {grown}"


def growth(samples: list[tuple[int, list[int]]]) -> list[float]:
    """MiB by which the last third lies above the end of the first, by requests; of samples that are a count of requests and sizes."""
    last = samples[-1][0]
    early = [sizes for count, sizes in samples if last / 4 < count <= last / 3]
    late = [sizes for count, sizes in samples if count > last * 2 / 3]
    return [(median(after) - median(before)) / MIB for before, after in zip(zip(*early), zip(*late))]


def test_two_kibibytes_that_each_request_leaves_behind_would_be_seen() -> None:
    leaking = [(count, [100 * MIB + 2048 * count, 40 * MIB]) for count in range(100, HOUR, 100)]
    assert growth(leaking)[0] > FLAT and growth(leaking)[1] == 0


def runaway(base: str, number: int) -> int:
    """A query without end."""
    return httpx.post(f"{base}/sparql", data={"query": RUNAWAY.format(number=number)}, headers=_from(number), timeout=30).status_code


def greedy(base: str, number: int) -> int:
    """A query that wants all memory."""
    return httpx.post(f"{base}/sparql", data={"query": GREEDY.format(number=number)}, headers=_from(number), timeout=30).status_code


def flood(base: str, number: int) -> int:
    """More queries at once than one client may have."""
    with httpx.Client(headers=_from(0), timeout=30, limits=httpx.Limits(max_connections=60)) as client:
        texts = [STATEMENTS.format(code="0751", number=f"flood {number} {part}") for part in range(60)]
        threads = [threading.Thread(target=client.get, args=(f"{base}/sparql",), kwargs={"params": {"query": text}}) for text in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return 0


def heavy(base: str, number: int) -> int:
    """A body of 4 MiB, an update, and a query that asks another server."""
    forms = {"update": "CLEAR ALL"}, {"query": "SELECT * { SERVICE <http://127.0.0.1:1/> {} }"}
    statuses = [httpx.post(f"{base}/sparql", headers=_from(number), timeout=30, data=form).status_code for form in forms]
    large = {**_from(number), "Content-Type": "application/sparql-query"}
    return max(*statuses, httpx.post(f"{base}/sparql", headers=large, timeout=30, content=b"x" * (4 << 20)).status_code)


def rude(base: str, number: int) -> int:
    """Noise, half a request, and a large answer that is not read; each connection broken off."""
    host, port = base.removeprefix("http://").split(":")
    large = b"GET /sparql?query=SELECT+*+%7BGRAPH+?g+%7B?s+?p+?o%7D%7D HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.9\r\n\r\n"
    for sent in (os.urandom(2000), b"GET /municipality/0751.html HTTP/1.1\r\nHost: ", large):
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(sent)
            time.sleep(0.3)
    return 0


def _from(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"198.51.100.{number % 4}"}


@contextmanager
def hostile(base: str, statuses: set[int], lost: list[str]) -> Iterator[None]:
    """Clients that mean harm, until the end. `told` takes the statuses that they get, `lost` the requests that got none."""
    stop = threading.Event()

    def work(attack: Callable[[str, int], int]) -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            try:
                statuses.add(attack(base, number))
            except (httpx.HTTPError, OSError) as error:
                lost.append(f"{attack.__name__}: {error!r}")

    threads = [threading.Thread(target=work, args=(attack,)) for attack in (runaway, runaway, runaway, greedy, greedy, flood, heavy, rude)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


def test_no_normal_request_fails_beside_hostile_clients(built: Path, tmp_path: Path) -> None:
    statuses: set[int] = set()
    lost: list[str] = []
    with running(tmp_path, "--graph", str(built), "--quiet", KOMMUNEGRAF_QUERY_MEGABYTES="256", KOMMUNEGRAF_QUERY_SECONDS="5") as server:
        with hostile(server.base, statuses, lost), Crowd(server.base, [f"192.0.2.{number}" for number in range(3)], codes(built)) as crowd:
            time.sleep(40)
        assert not crowd.failed, crowd.failed[:3]
        assert crowd.count > 100
        assert httpx.get(f"{server.base}/ready").status_code == 200
    assert statuses - {0} <= {403, 413, 429, 503, 504} and {504, 503} & statuses, statuses
    assert not [one for one in lost if not one.startswith("rude")], lost[:3]
    assert "Traceback" not in server.log.read_text("utf-8")
