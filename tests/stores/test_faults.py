"""`kommunegraf load` when things go wrong on real stores: killed clients and servers, full disks, bad networks."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.helpers import ROOT, oxigraph, proxy, stores, virtuoso
from tests.helpers.proxy import Deed

from kommunegraf.namespaces import GRAPH
from kommunegraf.stores import kinds, load
from kommunegraf.stores.client import Credentials, Store, StoreError
from kommunegraf.stores.state import State

DBA = Credentials("dba", "dba")
SMALL = {GRAPH + name: State(frozenset(f'<http://e/{n}> <http://e/{name}> "{n}"' for n in range(1500))) for name in ("a", "b", "c")}
NEWER = {
    graph: State(frozenset(sorted(content.statements)[700:]) | {'<http://e/new> <http://e/p> "æ"@da'}) for graph, content in SMALL.items()
}


LARGER = {GRAPH + name: State(frozenset(f'<http://e/{n}> <http://e/{name}> "{name * 9} {n}"' for n in range(3000))) for name in "abcde"}
"""Enough for many requests, and for more than the disk of a test."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as N-Quads."""
    path = tmp_path_factory.mktemp("larger") / "larger.nq"
    path.write_text("".join(f"{line} <{graph}> .\n" for graph, content in LARGER.items() for line in content.statements), "utf-8")
    return path


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without long waits."""
    monkeypatch.setattr("kommunegraf.stores.client._WAIT_SECONDS", 0.01)


def loaded(store: Store, graphs: dict[str, State], version: str = "1") -> None:
    changes = load.plan(store, graphs, version)
    load.apply(store, changes)
    load.prove(store, changes)


def is_complete(store: Store, graphs: dict[str, State], version: str = "1") -> bool:
    return load.plan(store, graphs, version) == []


@contextmanager
def running(name: str, folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A store of that name over a folder: its address, and how it is killed."""
    folder.mkdir(exist_ok=True)
    if name == "virtuoso":
        with virtuoso.running(folder, 10_000) as server:
            yield server.address, server.process.kill
        return
    with oxigraph.started("serve", folder, union=False) as (address, process):
        yield address, process.kill


ENGINES = ["oxigraph", "virtuoso"]
LOADER = (
    "import sys; from pathlib import Path; from kommunegraf.stores import client, kinds, load, state\n"
    "kinds.kinds = lambda: ()\n"  # a store of which nothing is known is sent many small requests
    "store = client.Store(sys.argv[1], sys.argv[2], client.Credentials.read())\n"
    "graphs = state.read(Path(sys.argv[3])); changes = load.plan(store, graphs, '1'); print('planned', flush=True)\n"
    "sent = 0\n"
    "def told(size):\n"
    "    global sent; sent += size; print(sent, flush=True)\n"
    "load.apply(store, changes, told)\n"
)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENGINES)
def test_a_run_after_a_killed_client_completes_the_load(name: str, file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, running(name, Path(folder)) as (address, _):
        update = address.replace("/query", "/update").replace("/sparql", "/sparql-auth")
        password = {"KOMMUNEGRAF_STORE_USER": DBA.user, "KOMMUNEGRAF_STORE_PASSWORD": DBA.password}
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), **password}
        command = [sys.executable, "-c", LOADER, address, update, str(file)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as client:
            assert client.stdout
            while (line := client.stdout.readline().strip()) and (line == "planned" or int(line) < 5000):
                pass
            client.send_signal(signal.SIGKILL)
        with Store(address, credentials=DBA) as store:
            assert not is_complete(store, LARGER), "it was killed in the middle"
            loaded(store, LARGER)
            assert is_complete(store, LARGER)


@pytest.mark.slow
@pytest.mark.parametrize("name", ENGINES)
def test_a_run_after_a_killed_server_completes_the_load(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with running(name, Path(folder)) as (address, kill), Store(address, credentials=DBA, retries=1) as store:
            store._kind = kinds.Kind(**{**vars(store.kind), "statements": 1000})
            changes = load.plan(store, LARGER, "1")
            sent: list[int] = []

            def count(size: int) -> None:
                sent.append(size)
                if len(sent) == 8:
                    kill()

            with pytest.raises(StoreError, match="did not answer after 2 attempts"):
                load.apply(store, changes, count)
        with running(name, Path(folder)) as (address, _), Store(address, credentials=DBA) as store:
            assert not is_complete(store, LARGER)
            loaded(store, LARGER)
            assert is_complete(store, LARGER)


@pytest.mark.slow
def test_a_full_disk_is_told_of_and_a_run_with_room_completes_the_load(tmp_path: Path) -> None:
    with (
        oxigraph.running("serve", tmp_path / "store", False, file_kilobytes=512) as address, Store(address, retries=1) as store,
        pytest.raises(StoreError, match=r"/update (answered with status 5|did not answer)"),
    ):
        loaded(store, LARGER)
    with oxigraph.running("serve", tmp_path / "store", False) as address, Store(address) as store:
        loaded(store, LARGER)
        assert is_complete(store, LARGER)


def bad_days(seed: int) -> Callable[[int, bytes], Deed]:
    """Three requests in ten go wrong, each in some way."""
    chance = random.Random(seed)
    deeds: list[Deed] = ["drop", "lose", "cut", "twice", "late", "busy"]
    return lambda number, body: chance.choice(deeds) if chance.random() < 0.3 else "pass"


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("parts", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["one request", "many"])
def test_a_bad_network_delays_the_load_and_changes_nothing_in_it(seed: int, parts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if parts:
        monkeypatch.setattr(kinds, "kinds", lambda: ())
    with stores.oxigraph() as address, proxy.before(address, bad_days(seed)) as through:
        for version, graphs in (("1", SMALL), ("2", NEWER), ("3", SMALL)):
            with Store(through, through.replace("/query", "/update"), retries=20) as store:
                loaded(store, graphs, version)
            with Store(address) as store:
                assert is_complete(store, graphs, version)


def is_update(body: bytes) -> bool:
    return b"INSERT DATA" in body


@pytest.mark.parametrize(("deed", "message"), [
    ("page", "has 0 statements instead of"), ("busy", "did not answer after 3 attempts: status 503"),
    ("drop", "did not answer after 3 attempts"),
])
def test_an_update_that_never_comes_through_is_told_of(deed: Deed, message: str) -> None:
    """A page with status 200, as of a portal that wants a sign-in, is found by the proof."""
    with stores.oxigraph() as address, proxy.before(address, lambda number, body: deed if is_update(body) else "pass") as through:
        with Store(through, retries=2) as store, pytest.raises(StoreError, match=message):
            loaded(store, SMALL)
        with Store(address) as store:
            loaded(store, SMALL)


def test_a_wrong_answer_to_a_query_is_told_of_and_nothing_is_sent() -> None:
    with stores.oxigraph() as address, Store(address) as store:
        loaded(store, SMALL)
        sent: list[bytes] = []

        def deed(number: int, body: bytes) -> Deed:
            sent.append(body)
            return "page" if number > 1 else "pass"

        with proxy.before(address, deed) as through, Store(through) as wrong, pytest.raises(StoreError, match="cannot be read|counts"):
            loaded(wrong, NEWER, "2")
        assert not any(map(is_update, sent)) and is_complete(store, SMALL)


@pytest.mark.slow
def test_readers_of_a_slow_network_are_not_kept_out() -> None:
    """While a load waits for a late answer, another client reads."""
    with (
        stores.oxigraph() as address, proxy.before(address, lambda number, body: "late") as through,
        Store(through) as slow, Store(address) as reader,
    ):
        work = threading.Thread(target=lambda: loaded(slow, SMALL))
        work.start()
        while work.is_alive():
            assert load.read(reader, GRAPH + "a").count in (0, 1500)
        work.join()
        assert is_complete(reader, SMALL)


def test_a_graph_that_another_client_writes_to_is_read_again() -> None:
    graph = GRAPH + "a"
    with stores.oxigraph() as address, Store(address) as other:
        loaded(other, SMALL)

        def written(number: int, body: bytes) -> Deed:
            """Between the count and the reading, as a load of another client may be."""
            if number == 1:
                load.apply(other, load.plan(other, {graph: NEWER[graph]}, "2"))
            return "pass"

        with proxy.before(address, written) as through, Store(through) as reader:
            assert load.read(reader, graph).statements == NEWER[graph].statements


def test_a_graph_that_never_rests_is_told_as_such() -> None:
    graph, numbers = GRAPH + "a", iter(range(1000))
    with stores.oxigraph() as address, Store(address) as other:
        loaded(other, SMALL)

        def grown(number: int, body: bytes) -> Deed:
            other.update(f'INSERT DATA {{ GRAPH <{graph}> {{ <http://e/s> <http://e/p> "{next(numbers)}" }} }}')
            return "pass"

        with proxy.before(address, grown) as through, Store(through) as reader, pytest.raises(StoreError, match="changes while it is read"):
            load.read(reader, graph)
