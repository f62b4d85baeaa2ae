"""One question, three engines, one answer: embedded Oxigraph, rdflib, and a real SPARQL endpoint over HTTP."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import rdflib
from openpyxl import load_workbook
from tests.helpers.calls import LIBRARY
from tests.helpers.oxigraph import serving

from kommunegraf.graph import build
from kommunegraf.matching.matcher import Matcher
from kommunegraf.questions import ask
from kommunegraf.rdf.encode import encode
from kommunegraf.rdf.engines import Embedded, Endpoint, Engine, EngineError, Rdflib
from kommunegraf.rdf.formats import GRAPHS, TABLES, TRUTHS, Format, WrongFormat

NAMES = sorted(LIBRARY)
SOME = [name if number % 3 == 0 else pytest.param(name, marks=pytest.mark.slow) for number, name in enumerate(NAMES)]


@pytest.fixture(scope="module")
def rdflib_engine(built: Path) -> Rdflib:
    graph = rdflib.Dataset(default_union=True)
    graph.parse(built / build.NQUADS, format="nquads")
    return Rdflib(graph)


@pytest.fixture(scope="module", params=[pytest.param(True, marks=pytest.mark.slow), False], ids=["union", "no-union"])
def endpoint(built: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Endpoint]:
    """The Oxigraph server with the built graph, whose default graph is the union of the named ones, or empty."""
    with serving(built / build.NQUADS, tmp_path_factory.mktemp("oxigraph"), request.param) as url:
        yield Endpoint(url, timeout=20)


@pytest.mark.parametrize("name", ["adopters-of-initiative", "municipality", "contents", "initiatives-of-municipality"])
def test_rdflib_answers_as_the_embedded_store_does(engine: Engine, rdflib_engine: Engine, name: str) -> None:
    assert ask.run(rdflib_engine, name).rows() == ask.run(engine, name).rows() != []


@pytest.mark.parametrize("name", SOME)
def test_an_endpoint_answers_every_question_as_the_embedded_store_does(engine: Engine, endpoint: Engine, name: str) -> None:
    here, there = ask.run(engine, name), ask.run(endpoint, name)
    if here.is_graph:
        assert set(here.result) == set(there.result) != set()
    else:
        assert here.rows() == there.rows()


@pytest.mark.slow
def test_an_endpoint_answers_what_the_tools_ask_as_the_embedded_store_does(engine: Engine, endpoint: Engine) -> None:
    for folder in ("internal", "pages"):
        for name, query in ask.folder(folder).items():
            if name in ("union-missing", "quads"):  # about the store itself, and all statements with their blank nodes
                continue
            here, there = (ask.ask(one, query) for one in (engine, endpoint))
            if here.is_graph:
                assert set(here.result) == set(there.result), name
            elif here.columns:
                assert Counter(map(repr, here.rows())) == Counter(map(repr, there.rows())), name
            else:
                assert bool(here.result) == bool(there.result), name


@pytest.mark.slow
def test_matching_finds_the_same_at_an_endpoint(engine: Engine, endpoint: Engine) -> None:
    here, there = (Matcher.open(one, "en") for one in (engine, endpoint))
    assert here.opportunities == there.opportunities != []
    assert here.match(here.rows[0]) == there.match(there.rows[0])


def test_a_dataset_that_would_hide_its_graphs_is_refused() -> None:
    with pytest.raises(EngineError, match="default_union=True"):
        Rdflib(rdflib.Dataset())


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x.dk/", "nonsense"])
def test_an_endpoint_is_a_web_address(url: str) -> None:
    with pytest.raises(EngineError, match="http or https"):
        Endpoint(url)


def test_names_are_found_through_an_endpoint(endpoint: Engine) -> None:
    (row,) = ask.run(endpoint, "municipality", kommune="Århus").rows()
    assert row["code"] == "0751"


@pytest.mark.parametrize("text", ["nonsense", "SELECT ?s { ?s ?p", "SELECT * { ?s nope:p ?o }", "DELETE WHERE { ?s ?p ?o }"])
def test_what_is_not_a_query_is_a_clear_error_everywhere(engine: Engine, rdflib_engine: Engine, endpoint: Engine, text: str) -> None:
    for one in (engine, rdflib_engine, endpoint):
        with pytest.raises(EngineError):
            one.query(text)


def test_an_endpoint_that_is_not_there_is_named() -> None:
    with pytest.raises(EngineError, match=r"http://127\.0\.0\.1:9/query did not answer"):
        Endpoint("http://127.0.0.1:9/query", timeout=2).query("ASK {}")


def test_an_endpoint_that_answers_with_a_web_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<html>hello</html>", "utf-8")
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL) as server:
        assert server.stdout
        port = server.stdout.readline().split("port ")[1].split(" ")[0]
        try:
            with pytest.raises(EngineError, match=f"127.0.0.1:{port}"):
                Endpoint(f"http://127.0.0.1:{port}/", timeout=5).query("ASK {}")
        finally:
            server.terminate()


def test_rows_and_graphs_have_their_own_formats(engine: Embedded) -> None:
    rows, graph = engine.query("SELECT ?s { ?s ?p ?o } LIMIT 1"), engine.query("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3")
    with pytest.raises(WrongFormat, match="csv, tsv, json, xml"):
        encode(rows, "turtle")
    with pytest.raises(WrongFormat, match="turtle, jsonld, ntriples, rdfxml, trig, nquads"):
        encode(graph, "csv")


@pytest.mark.parametrize("form", TABLES, ids=lambda form: form.name)
def test_a_yes_or_no_and_rows_encode_in_every_row_format(engine: Embedded, form: Format) -> None:
    yes = engine.query("ASK { ?s ?p ?o }")
    if form in TRUTHS:
        assert b"true" in encode(yes, form.name)
    else:
        with pytest.raises(WrongFormat, match="json, xml"):
            encode(yes, form.name)
    body = encode(engine.query("SELECT (1 AS ?n) {}"), form.name)
    assert body.endswith(b"\n") or form.kind == "workbook"


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.name)
def test_a_graph_is_the_same_in_every_format(engine: Embedded, form: Format) -> None:
    text = "CONSTRUCT { ?s ?p ?o } WHERE { VALUES ?s { <https://w3id.org/kommunegraf/municipality/0751> } ?s ?p ?o }"
    parsed = rdflib.Dataset(default_union=True).parse(data=encode(engine.query(text), form.name), format=form.media)
    expected = rdflib.Graph().parse(data=encode(engine.query(text), "ntriples"), format="nt")
    assert {quad[:3] for quad in parsed} == set(expected) and len(expected) > 10


def test_a_workbook_holds_numbers_as_numbers_and_formulas_as_text(engine: Embedded) -> None:
    text = 'SELECT ?name ?n WHERE { VALUES (?name ?n) { ("=1+1" 98) ("Ærø" 7) } } ORDER BY ?n'
    first, second = (encode(engine.query(text), "xlsx") for _ in range(2))
    sheet: Any = load_workbook(BytesIO(first)).active
    assert first == second
    assert [[cell.value for cell in row] for row in sheet.rows] == [["name", "n"], ["Ærø", 7], ["=1+1", 98]]
    assert sheet["A3"].data_type == "s"
