"""Clients that others wrote talk to the real server, over its own data and in front of other stores."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import httpx
import pandas
import pyoxigraph as ox
import pytest
import rdflib
import SPARQLWrapper as wrappers
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from tests.helpers import ROOT, oxigraph, virtuoso
from tests.helpers.browsing import tool
from tests.helpers.serving import Served, serving
from tests.helpers.tables import cells

from kommunegraf.namespaces import BASE, KG
from kommunegraf.rdf.engines import Embedded
from kommunegraf.stores.client import StoreError

LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
KOMMUNER = f"SELECT ?m ?label WHERE {{ ?m a <{KG}Municipality> ; {LABEL} ?label FILTER(LANG(?label) = 'da') }}"
REGION = f"CONSTRUCT {{ ?m <{KG}region> ?r }} WHERE {{ ?m <{KG}region> ?r }}"
AARHUS = rdflib.URIRef(f"{BASE}municipality/0751")


def wrapped(served: Served, query: str, form: str, method: str = wrappers.GET, way: str = wrappers.URLENCODED) -> Any:
    """What SPARQLWrapper makes of the answer to a query."""
    client = wrappers.SPARQLWrapper(served.sparql)
    client.setMethod(method)
    client.setRequestMethod(way)
    client.setQuery(query)
    client.setReturnFormat(form)
    return client.queryAndConvert()


@pytest.mark.parametrize(("method", "way"), [(wrappers.GET, wrappers.URLENCODED), (wrappers.POST, wrappers.URLENCODED),
                                             (wrappers.POST, wrappers.POSTDIRECTLY)])
def test_sparqlwrapper_asks(served: Served, method: str, way: str) -> None:
    assert len(wrapped(served, KOMMUNER, wrappers.JSON, method, way)["results"]["bindings"]) == 98
    assert len(wrapped(served, KOMMUNER, wrappers.XML, method, way).getElementsByTagName("result")) == 98
    assert len(wrapped(served, KOMMUNER, wrappers.CSV, method, way).decode().splitlines()) == 99
    assert len(wrapped(served, KOMMUNER, wrappers.TSV, method, way).decode().splitlines()) == 99
    assert wrapped(served, f"ASK {{ <{AARHUS}> a <{KG}Municipality> }}", wrappers.JSON, method, way)["boolean"] is True


@pytest.mark.parametrize("form", [wrappers.TURTLE, wrappers.XML, wrappers.RDFXML, wrappers.JSONLD, wrappers.N3])
def test_sparqlwrapper_gets_graphs(served: Served, form: str) -> None:
    content = wrapped(served, REGION, form)
    graph = content if isinstance(content, rdflib.Graph) else rdflib.Graph().parse(data=content, format="turtle")
    assert len(graph) == 98


def test_sparqlwrapper_is_told_what_is_wrong_with_a_query(served: Served) -> None:
    client = wrappers.SPARQLWrapper(served.sparql)
    client.setQuery("SELECT * WHERE { ?s ?p }")
    with pytest.raises(wrappers.SPARQLExceptions.QueryBadFormed, match="sparql#problem-malformed-query"):
        client.query()
    client.setMethod(wrappers.POST)
    client.setQuery("INSERT DATA { <a:a> <a:a> <a:a> }")
    with pytest.raises(HTTPError, match="403"):
        client.query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_the_endpoint_is_a_graph_of_rdflib(served: Served, method: Any) -> None:
    graph = rdflib.Graph(store=SPARQLStore(served.sparql, method=method))
    assert (AARHUS, rdflib.RDF.type, rdflib.URIRef(f"{KG}Municipality")) in graph
    assert {str(label) for label in graph.objects(AARHUS, rdflib.SKOS.prefLabel)} == {"Aarhus", "Aarhus Municipality"}
    assert len(list(graph.query(KOMMUNER))) == 98
    assert len(graph.query(REGION).graph or ()) == 98


def test_named_graphs_are_those_of_rdflib(served: Served, engine: Embedded) -> None:
    data = rdflib.Dataset(store=SPARQLStore(served.sparql))
    names = {graph.value for graph in engine.store.named_graphs() if isinstance(graph, ox.NamedNode)}
    assert {str(name) for name in data.store.contexts()} == names
    part = rdflib.Graph(store=SPARQLStore(served.sparql), identifier=rdflib.URIRef(f"{BASE}graph/reference"))
    assert len(part) == len(list(engine.store.quads_for_pattern(None, None, None, ox.NamedNode(f"{BASE}graph/reference"))))


def test_rdflib_dereferences(served: Served) -> None:
    graph = rdflib.Graph().parse(f"{served.base}/municipality/0751")
    assert (AARHUS, rdflib.RDF.type, rdflib.URIRef(f"{KG}Municipality")) in graph


def comunica(source: str, query: str, media: str = "application/sparql-results+json") -> str:
    program = tool(".bin/comunica-sparql")
    done = subprocess.run([str(program), source, "-q", query, "-t", media], capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_comunica_asks(served: Served) -> None:
    for source in (f"sparql@{served.sparql}", served.sparql):  # told that it is an endpoint, and finding that out from its description
        assert len(json.loads(comunica(source, KOMMUNER))["results"]["bindings"]) == 98
        ask = f"ASK {{ <{AARHUS}> <{KG}region> <{BASE}region/1082> }}"
        assert json.loads(comunica(source, ask))["boolean"] is True
        assert len(rdflib.Graph().parse(data=comunica(source, REGION, "text/turtle"), format="turtle")) == 98


@pytest.mark.slow
def test_comunica_dereferences(served: Served) -> None:
    query = f"SELECT ?label WHERE {{ <{AARHUS}> {LABEL} ?label }}"
    for path in ("municipality/0751", "municipality/0751.ttl", "municipality/0751.jsonld"):
        rows = json.loads(comunica(f"{served.base}/{path}", query))["results"]["bindings"]
        assert {row["label"]["value"] for row in rows} == {"Aarhus", "Aarhus Municipality"}, path


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_asks_and_follows(served: Served) -> None:
    def curl(*arguments: str) -> str:
        return subprocess.run(["curl", "-sSf", *arguments], capture_output=True, text=True, encoding="utf-8", check=True).stdout

    assert curl("-L", "-H", "Accept: text/turtle", f"{served.base}/municipality/0751").count("Municipality") > 1
    assert curl("--compressed", "-L", f"{served.base}/municipality/0751").startswith("<!DOCTYPE html>")
    assert curl("-H", "Accept: text/csv", "--data-urlencode", f"query={KOMMUNER}", served.sparql).count("\n") == 99
    assert curl("-G", "-H", "Accept: text/csv", "--data-urlencode", f"query={KOMMUNER}", served.sparql).count("\n") == 99
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", KOMMUNER)
    assert curl("-H", "Accept: text/csv", *direct, served.sparql).count("\n") == 99
    assert curl("-I", f"{served.base}/municipality/0751.ttl").startswith("HTTP/1.1 200")


def test_pandas_reads_a_question(served: Served) -> None:
    address = f"{served.base}/questions/initiatives-of-municipality?municipality=Aarhus&lang=da&format=csv"
    frame = pandas.read_csv(address)
    assert {"initiative", "initiativeLabel"} <= set(frame.columns) and len(frame) > 10
    assert frame["initiative"].str.startswith(f"{BASE}initiative/").all()
    danish = pandas.read_csv(address + "&separator=semicolon&bom=1", sep=";", encoding="utf-8-sig")
    assert list(danish.columns) == list(frame.columns) and danish["initiativeLabel"].tolist() == frame["initiativeLabel"].tolist()
    assert httpx.get(address + "&bom=1").content.startswith(b"\xef\xbb\xbf")
    assert frame["initiativeLabel"].str.contains("[æøå]").any()


def test_pandas_reads_the_endpoint(served: Served) -> None:
    frame = pandas.read_csv(served.sparql + "?" + urlencode({"query": KOMMUNER, "format": "csv"}))
    assert frame.shape == (98, 2) and "Aarhus" in set(frame["label"])


def test_the_command_asks_the_endpoint(served: Served, built: Path) -> None:
    def run(*arguments: str) -> str:
        question = ("initiatives-of-municipality", "--param", "municipality=Aarhus")
        command = [sys.executable, "-m", "kommunegraf", "query", "run", *question, *arguments]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT).stdout

    assert run("--endpoint", served.sparql) == run("--graph", str(built))


@pytest.mark.slow
def test_a_browser_opens_the_pages_without_complaint(served: Served, browser: Any) -> None:
    page = browser.new_context(locale="da-DK").new_page()
    complaints: list[str] = []
    foreign: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith((served.base, "data:", "blob:")) else foreign.append(request.url))
    page.on("response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    for path in ("/", "/municipality/0751", "/municipality/0751.en.html", "/sparql", "/questions", "/search.html?q=Aarhus",
                 "/questions/initiatives-of-municipality?municipality=Aarhus", "/sparql?" + urlencode({"query": KOMMUNER})):
        page.goto(served.base + path, wait_until="networkidle")
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("document.styleSheets.length") > 0, path
        assert (complaints, foreign) == ([], []), path
    page.goto(served.base + "/")
    page.get_by_role("link", name=re.compile("kommuner", re.I)).first.click()
    assert page.url.startswith(served.base) and page.locator("h1").count() == 1


PAGES = ("/municipality/0751.ttl", "/source/index.html", "/initiative/index.en.html", "/ontology/index.ttl", "/ontology/index.html",
         "/ranking/index.html", "/query/initiatives-of-municipality.html")
MAPS = ("/index.html", "/municipality/0751.html", "/municipality/0751.en.html", "/initiative/open-data.html")
QUESTIONS = ("initiatives-of-municipality?municipality=Aarhus&lang=da", "neighbours?municipality=Aarhus&lang=en",
             "adopters-of-initiative?initiative=open-data", "municipality?municipality=Aarhus", "regions?lang=en")


def rows(answer: httpx.Response) -> list[str]:
    """The rows of a CSV answer in an order of their own."""
    assert answer.status_code == 200, answer.text
    return sorted(answer.text.splitlines())


def the_same_in_front_of(endpoint: str, served: Served, pages: tuple[str, ...]) -> None:
    """Pages, data, questions and queries are the same over an endpoint as over the server's own store."""
    with serving(endpoint=endpoint, query_seconds=5.0) as other:
        for path in pages:
            assert httpx.get(other.base + path).content == httpx.get(served.base + path).content, path
        for question in QUESTIONS:
            path = f"/questions/{question}&format=csv"
            assert rows(httpx.get(other.base + path, timeout=30)) == rows(httpx.get(served.base + path, timeout=30)), path
        kommuner = [wrapped(server, KOMMUNER, wrappers.JSON)["results"]["bindings"] for server in (other, served)]
        assert [{row["label"]["value"] for row in rows} for rows in kommuner][0] == {row["label"]["value"] for row in kommuner[1]}
        assert len(rdflib.Graph().parse(data=wrapped(other, REGION, wrappers.TURTLE), format="turtle")) == 98
        for query, status in (("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 403), ("CLEAR ALL", 403), ("SELECT * {", 400)):
            assert httpx.post(other.sparql, data={"query": query}).status_code == status
        assert httpx.get(f"{other.base}/ready").status_code == 200


@pytest.mark.slow
def test_the_server_stands_in_front_of_oxigraph(served: Served, built: Path, tmp_path: Path) -> None:
    with oxigraph.serving(built / "kommunegraf.nq", tmp_path / "store") as endpoint:
        the_same_in_front_of(endpoint, served, PAGES + MAPS)


@pytest.mark.slow
def test_the_server_stands_in_front_of_virtuoso(served: Served, built: Path) -> None:
    """Pages with maps differ in the sixth digit: Virtuoso keeps points as floats of 32 bits, with a datatype of its own."""
    with virtuoso.serving(built / "kommunegraf.nq", 1_000_000) as endpoint:
        the_same_in_front_of(endpoint, served, PAGES)


@pytest.mark.slow
def test_an_answer_that_virtuoso_cuts_is_not_given_as_whole(served: Served, built: Path) -> None:
    with (virtuoso.serving(built / "kommunegraf.nq", 40_000) as endpoint, serving(endpoint=endpoint, query_seconds=5.0) as other,
          httpx.Client(base_url=other.base, timeout=30) as client):
        few = client.post("/sparql", data={"query": "SELECT * { ?s ?p ?o } LIMIT 1000", "format": "csv"})
        assert few.status_code == 200 and len(cells(few.text)) > 1000
        many = client.post("/sparql", data={"query": "SELECT * { { ?s ?p ?o } UNION { ?s ?p ?o } UNION { ?s ?p ?o } }", "format": "csv"})
        assert (many.status_code, many.json()["type"].partition("#")[2]) == (502, "problem-endpoint-partial")


@pytest.mark.slow
def test_an_endpoint_that_keeps_rows_back_is_read_in_parts(served: Served, built: Path) -> None:
    with virtuoso.serving(built / "kommunegraf.nq", 10_000) as endpoint, serving(endpoint=endpoint) as other:
        assert httpx.get(f"{other.base}/municipality/0751.html").content == httpx.get(f"{served.base}/municipality/0751.html").content


def test_an_endpoint_without_the_graphs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.nq").write_text("<a:a> <a:b> <a:c> <a:d> .\n", "utf-8")
    with (oxigraph.serving(tmp_path / "other.nq", tmp_path / "store") as endpoint,
          pytest.raises(StoreError, match="no graph whose name begins with"), serving(endpoint=endpoint)):
        pass
