"""Before all else a store is asked whether it can answer: every verb says what to load or to set, and none answers with nothing."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.helpers import oxigraph, proxy, stores
from tests.helpers.command import bad, good, run
from tests.helpers.serving import serving

import kommunegraf
from kommunegraf.graph.build import NQUADS
from kommunegraf.rdf.engines import Embedded, Endpoint, EngineError
from kommunegraf.stores import fit
from kommunegraf.stores.client import Store
from kommunegraf.stores.kinds import UNKNOWN, kind_of, kinds


@pytest.fixture(scope="module")
def without_union(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Oxigraph server as it starts by itself: its default graph does not see the named ones."""
    with oxigraph.serving(built / NQUADS, tmp_path_factory.mktemp("store"), union=False) as url:
        yield url


@pytest.fixture
def bare(without_union: str) -> Iterator[str]:
    """The same store behind something that takes the data set out of each query, as an engine that takes none."""
    with proxy.before(without_union, lambda number, body: "bare") as url:
        yield url


def test_a_store_whose_default_graph_is_empty_answers_all_the_same(without_union: str, built: Path, engine: Embedded) -> None:
    assert fit.check(Endpoint(without_union)) == kommunegraf.__version__
    here = good("query", "run", "regions", "--format", "csv", "--graph", str(built))
    assert good("query", "run", "regions", "--format", "csv", "--endpoint", without_union) == here
    with serving(endpoint=without_union) as server:
        assert httpx.get(f"{server.base}/questions/regions?format=csv&lang=da").text == here
        counted = httpx.get(server.sparql, params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "format": "csv"}).text
        assert int(counted.split()[1]) == len({(quad.subject, quad.predicate, quad.object) for quad in engine.store})
        one = "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/kommunegraf/graph/cases> { ?s ?p ?o }"
        assert int(httpx.get(server.sparql, params={"query": one, "format": "csv"}).text.split()[1]) < int(counted.split()[1])


@pytest.mark.parametrize("call", [("query", "run", "regions"), ("match", "Vejle")], ids=str)
def test_a_store_that_takes_no_data_set_is_refused_with_what_to_set(call: tuple[str, ...], bare: str) -> None:
    message = bad(*call, "--endpoint", bare)
    assert "does not see its named graphs" in message and "start it with --union-default-graph" in message


@pytest.mark.slow
def test_the_server_and_python_refuse_it_too(bare: str) -> None:
    with pytest.raises(EngineError, match="does not see its named graphs"), serving(endpoint=bare):
        pass
    with pytest.raises(EngineError, match="does not see its named graphs"):
        kommunegraf.open_graph(bare)


@pytest.mark.parametrize("verb", [("query", "run", "regions"), ("match", "Vejle"), ("validate",), ("publish", "--output", "site")], ids=str)
def test_an_empty_store_is_refused_with_what_to_load(verb: tuple[str, ...], tmp_path: Path) -> None:
    with stores.oxigraph() as address:
        assert f"run 'kommunegraf load --endpoint {address}'" in bad(*verb, "--endpoint", address, cwd=tmp_path)
        assert not list(tmp_path.iterdir())


def test_a_query_of_ones_own_may_ask_any_store(tmp_path: Path) -> None:
    (tmp_path / "own.rq").write_text("SELECT (1 AS ?one) {}", "utf-8")
    with stores.oxigraph() as address:
        assert good("query", "run", "--file", "own.rq", "--format", "csv", "--endpoint", address, cwd=tmp_path).split() == ["one", "1"]


def test_a_store_of_another_version_is_told_of(built: Path, tmp_path: Path) -> None:
    older = tmp_path / "older.nq"
    text = (built / NQUADS).read_text("utf-8")
    older.write_text(text.replace(f'versionInfo> "{kommunegraf.__version__}"', 'versionInfo> "0.0.9"'), "utf-8")
    with oxigraph.serving(older, tmp_path / "store") as url:
        done = run("query", "run", "regions", "--endpoint", url)
    assert done.returncode == 0 and "Region" in done.stdout
    assert f"holds version 0.0.9, the questions are of {kommunegraf.__version__}; run 'kommunegraf load" in done.stderr


def test_a_store_is_known_by_its_header_or_its_address() -> None:
    by_header = {"Oxigraph/0.5.1": "oxigraph", "Virtuoso/07.20.3229 (Linux)": "virtuoso", "Apache Jena Fuseki (5.1.0)": "fuseki"}
    assert {header: kind_of(header, "http://h/x").name for header in by_header} == by_header
    by_address = {"http://h/repositories/r": "graphdb", "https://c.eu-north-1.neptune.amazonaws.com:8182/sparql": "neptune"}
    assert {address: kind_of("", address).name for address in by_address} == by_address
    assert kind_of("nginx", "http://h/x") is UNKNOWN and all(kind.union and kind.bulk for kind in kinds())


def test_the_address_for_updates_follows_from_that_for_queries() -> None:
    for query, update in {
        "http://h/query": "http://h/update", "http://h/sparql": "http://h/sparql-auth",
        "http://h/repositories/r": "http://h/repositories/r/statements",
    }.items():
        with Store(query) as store:
            store._kind = kind_of("", query)
            assert store.update_address == update
    with Store("http://h/x") as store, pytest.raises(Exception, match="name it with --update"):
        store._kind = UNKNOWN
        assert store.update_address
