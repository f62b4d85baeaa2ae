"""`kommunegraf load` on real triple stores: what is there afterwards, what readers see meanwhile, what interruptions leave behind."""

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from tests.helpers import ROOT, stores

from kommunegraf.cli import console
from kommunegraf.namespaces import GRAPH
from kommunegraf.publish import patch
from kommunegraf.publish.documents import Documents
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.skolem import GENID, skolemized
from kommunegraf.stores import load, state
from kommunegraf.stores.client import Credentials, Store, StoreError
from kommunegraf.stores.snapshot import snapshot
from kommunegraf.stores.state import State

VIRTUOSO = Credentials("dba", "dba")
OTHER = "http://example.org/theirs"


@pytest.fixture(scope="module")
def graphs(built: Path) -> dict[str, State]:
    return state.read(built / "kommunegraf.nq")


@contextmanager
def engine(name: str) -> Iterator[Store]:
    """A real store of that name, with a graph of somebody else in it."""
    start: AbstractContextManager[str] = stores.oxigraph() if name == "oxigraph" else stores.empty_virtuoso()
    with start as address, Store(address, credentials=VIRTUOSO if name == "virtuoso" else None) as store:
        store.update(f"INSERT DATA {{ GRAPH <{OTHER}> {{ <{OTHER}> <{OTHER}> 1 }} }}")
        yield store


def held(store: Store, graph: str = "") -> int:
    """How many statements a graph of the store has; all without a name."""
    where = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else f"GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{GRAPH}'))"
    answer = store.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {where} }}")
    assert isinstance(answer, ox.QuerySolutions)
    return int(next(answer)["n"].value)


def loaded(store: Store, graphs: dict[str, State], version: str = "1") -> list[load.Change]:
    changes = load.plan(store, graphs, version)
    load.apply(store, changes)
    load.prove(store, changes)
    return changes


@pytest.mark.slow
@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"])
def test_a_store_is_loaded_brought_up_to_date_and_cleared(name: str, graphs: dict[str, State]) -> None:
    with engine(name) as store:
        assert sum(change.size for change in loaded(store, graphs)) == sum(g.count for g in graphs.values()) + 3 * len(graphs)
        assert load.plan(store, graphs, "1") == [], "a second run has nothing to do"

        evidence, reference = GRAPH + "evidence", GRAPH + "reference"
        point = next(line for line in graphs[reference].statements if '"POINT(' in line)
        remaining = graphs[evidence].statements - set(sorted(graphs[evidence].statements)[:3])
        newer = dict(graphs) | {
            evidence: State(remaining | {'<http://e/a> <http://e/b> "ny"@da'}),
            reference: State(graphs[reference].statements - {point} | {point.replace("POINT(", "POINT(1")}),
        }
        changes = {change.graph: change for change in loaded(store, newer, "2")}
        assert (len(changes[evidence].added), len(changes[evidence].removed)) == (1, 3)
        assert (len(changes[reference].added), len(changes[reference].removed)) == (1, 1)
        assert set(changes) == {evidence, reference, state.MANIFEST}

        gone = {graph: content for graph, content in newer.items() if graph != evidence}
        loaded(store, gone, "3")
        assert held(store, evidence) == 0, "a graph that the version lacks is emptied"
        removal = load.removal(store)
        load.apply(store, removal)
        load.prove(store, removal)
        assert (held(store), held(store, OTHER)) == (0, 1), "what is not ours is never touched"


@pytest.mark.parametrize("name", ["oxigraph", pytest.param("virtuoso", marks=pytest.mark.slow)])
def test_the_published_difference_leads_a_store_from_one_version_to_the_next(name: str, built: Path) -> None:
    """The update that a site publishes, sent as it stands to a store that holds the old version."""
    old = (built / "kommunegraf.nq").read_text("utf-8").splitlines()
    old = [line for line in old if f"<{GRAPH}cases>" in line or f"<{GRAPH}shapes>" in line]
    new = sorted([*old[40:], f'<http://e/a> <http://e/b> "ny \\"æ\\""@da <{GRAPH}cases> .'])
    before, after = (state.by_graph(skolemized(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))) for lines in (old, new))
    with engine(name) as store:
        loaded(store, before)
        store.update(patch.files("changes/1-2", old, new)["changes/1-2.ru"].decode("utf-8"))
        differing = [change.graph for change in load.plan(store, after, "2")]
        assert differing == [state.MANIFEST], "all but what the manifest says of it"
        assert held(store, OTHER) == 1


@pytest.mark.slow
def test_a_store_that_was_filled_from_the_file_is_put_right(built: Path, graphs: dict[str, State]) -> None:
    """The file has blank nodes, which an update cannot name: their graphs are emptied and filled again."""
    with engine("oxigraph") as store:
        body = (built / "kommunegraf.nq").read_bytes()
        filled = store.address.replace("/query", "/store")
        httpx.post(filled, content=body, headers={"Content-Type": "application/n-quads"}).raise_for_status()
        assert {change.graph for change in loaded(store, graphs)} >= {GRAPH + "ontology", GRAPH + "shapes"}
        assert load.plan(store, graphs, "1") == []


@pytest.mark.slow
def test_one_graph_alone_is_loaded(graphs: dict[str, State]) -> None:
    with engine("oxigraph") as store:
        load.apply(store, load.plan(store, graphs, "1", only=[GRAPH + "cases"]))
        assert (held(store, GRAPH + "cases"), held(store, GRAPH + "evidence")) == (graphs[GRAPH + "cases"].count, 0)
        assert load.plan(store, graphs, "1", only=[GRAPH + "cases"]) == []


@pytest.mark.slow
def test_the_proof_finds_a_statement_that_is_missing(graphs: dict[str, State]) -> None:
    with engine("oxigraph") as store:
        changes = load.plan(store, graphs, "1")
        load.apply(store, changes)
        line = next(iter(graphs[GRAPH + "cases"].statements))
        store.update(f"DELETE DATA {{ GRAPH <{GRAPH}cases> {{ {line} }} }}")
        with pytest.raises(StoreError, match=r"graph/cases has \d+ statements instead of \d+"):
            load.prove(store, changes)


@pytest.mark.slow
def test_readers_of_a_store_with_transactions_see_the_old_version_or_the_new(graphs: dict[str, State]) -> None:
    """Each reader counts two graphs in one query while versions are exchanged; the sums of two versions are all that they may see."""
    few = {GRAPH + name: State(frozenset(f'<http://e/{n}> <http://e/{name}> "{n}"' for n in range(2000))) for name in ("a", "b")}
    many = {graph: State(frozenset(line.replace("/e/", "/f/") for line in content.statements) | content.statements)
            for graph, content in few.items()}
    with engine("oxigraph") as store:
        loaded(store, few)
        sums: set[int] = set()
        stop = threading.Event()

        def count() -> None:
            text = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g IN (<{GRAPH}a>, <{GRAPH}b>)) }}"
            while not stop.is_set():
                answer = httpx.post(store.address, data={"query": text}, headers={"Accept": "application/sparql-results+json"}).json()
                sums.add(int(answer["results"]["bindings"][0]["n"]["value"]))

        reader = threading.Thread(target=count)
        reader.start()
        for version, content in enumerate((many, few, many, few), 2):
            loaded(store, content, str(version))
        stop.set()
        reader.join()
    assert sums == {4000, 8000}


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "COLUMNS": "200", **environment}
    line = [sys.executable, "-m", "kommunegraf", "load", *arguments]
    return subprocess.run(line, capture_output=True, text=True, env=variables, check=False)


@pytest.mark.slow
def test_the_command_loads_tells_and_takes_out(built: Path) -> None:
    with stores.oxigraph() as address:
        dry = command("--endpoint", address, "--graph", str(built), "--dry-run")
        assert dry.returncode == 0 and "evidence" in dry.stdout and "read back" not in dry.stdout
        done = command("--endpoint", address, "--graph", str(built))
        assert done.returncode == 0 and "are equal in number and digest" in done.stdout
        assert command("--endpoint", address, "--graph", str(built)).stdout == "The store holds this version already.\n"
        assert "is taken out of" in command("--endpoint", address, "--remove", "--graph", str(built)).stdout
        unknown = command("--endpoint", address, "--graph", str(built), "--only", "evidens")
        assert unknown.returncode == 1 and "there is no graph 'evidens'; there is analysis" in unknown.stderr
    assert "ld_dir" in command("--print").stdout


def test_a_terminal_shows_how_far_the_load_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar with the statements that are sent; nothing when the output is a pipe."""
    with console.bar("Sending", 10) as advance:
        advance(4)
    output = io.StringIO()
    monkeypatch.setattr(sys, "stderr", output)
    monkeypatch.setattr(output, "isatty", lambda: True)
    with console.bar("Sending", 10) as advance:
        advance(4)
        advance(6)
    assert "Sending" in output.getvalue() and "10/10" in output.getvalue()


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [("dba:dba", 0o644, "others can read this file; run 'chmod 600"), ("dba", 0o600, "write USER:PASSWORD on one line")],
)
def test_a_file_with_a_password_is_read_only_where_it_is_safe(text: str, mode: int, message: str, tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    with pytest.raises(StoreError, match=message):
        Credentials.read(path)


def test_a_store_that_is_not_there_is_told_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kommunegraf.stores.client._WAIT_SECONDS", 0)
    nobody = "http://127.0.0.1:9/query"
    with Store(nobody, nobody) as store, pytest.raises(StoreError, match=f"{nobody} did not answer"):
        store.update("CLEAR ALL")


def test_iris_of_blank_nodes_stay_the_same_whatever_their_labels_and_order() -> None:
    text = '<http://e/a> <http://e/p> {0} . {0} <http://e/q> {1} . {1} <http://e/r> "x" . '
    text += '<http://e/b> <http://e/p> {2} . {2} <http://e/q> "y" .'
    one = skolemized(ox.parse(text.format("_:a", "_:b", "_:c"), format=ox.RdfFormat.TURTLE))
    other = skolemized(reversed(list(ox.parse(text.format("_:x", "_:a", "_:b"), format=ox.RdfFormat.TURTLE))))
    assert one == other
    assert len({quad.object for quad in one if str(quad.object).startswith(f"<{GENID}")}) == 3


def test_no_blank_node_leaves_the_house(graphs: dict[str, State]) -> None:
    assert not [line for content in graphs.values() for line in content.statements if " _:" in line or line.startswith("_:")]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"])
def test_what_a_store_holds_is_read_back_checked_and_published(name: str, built: Path, graphs: dict[str, State], tmp_path: Path) -> None:
    """Blank nodes are blank nodes again and points are points, so shapes, rules and pages find what they find in the built graph."""
    with engine(name) as store:
        loaded(store, graphs)
        copy, digest = snapshot(store.address)
        assert digest == snapshot(store.address)[1]
        assert len(copy) == sum(content.count for content in graphs.values())
        line = [sys.executable, "-m", "kommunegraf", "validate", "--endpoint", store.address]
        variables = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
        done = subprocess.run(line, capture_output=True, text=True, env=variables, check=False)
        assert (done.returncode, done.stderr) == (0, "") and "0 violations, 0 warnings" in done.stdout
        page = Documents(copy, "1").read("municipality/0751.html")
    assert page == Documents(Embedded.open(built / "kommunegraf.nq").store, "1").read("municipality/0751.html")
