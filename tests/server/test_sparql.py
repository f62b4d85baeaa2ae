"""The SPARQL endpoint as its clients see it: SPARQL 1.1 Protocol and Service Description, by a real HTTP client on a real socket."""

import json
import logging
import socket
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.helpers.serving import Served, serving

A, B = "http://e/a", "http://e/b"
ALL = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"
NAMED = "SELECT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
GRAPH = "CONSTRUCT WHERE { ?s ?p ?o }"
DATA = f"""
<http://e/s> <http://e/p> "none" .
<{A}> {{ <http://e/s> <http://e/p> "a" . <{A}> <http://purl.org/dc/terms/title> "Første"@da . }}
<{B}> {{ <http://e/s> <http://e/p> "b" , "æøå, \\"og\\" \\n mere" . }}
"""
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("data") / "data.trig"
    file.write_text(DATA, "utf-8")
    with serving(file) as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.base, timeout=30) as http:
        yield http


def ask(client: httpx.Client, query: str, accept: str = "*/*", **parameters: object) -> httpx.Response:
    """A query by GET."""
    return client.get("/sparql", params={"query": query, **parameters}, headers={"Accept": accept})  # type: ignore[dict-item]


def values(answer: httpx.Response) -> list[str]:
    """The values of the rows of a JSON answer with one column."""
    assert answer.status_code == 200, answer.text
    return [term["value"] for row in answer.json()["results"]["bindings"] for term in row.values()]


def problem(answer: httpx.Response) -> str:
    """The name of the problem that an answer tells of, when it is told as it should be."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code and problem["title"] and problem["detail"]
    return str(problem["type"]).rpartition("#problem-")[2]


def logged(caplog: pytest.LogCaptureFixture, count: int) -> list[dict[str, object]]:
    """The first lines of the access log, which come a moment after their answers."""
    for _ in range(500):
        lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        if len(lines) >= count:
            break
        time.sleep(0.01)
    return lines


def test_a_query_is_answered_by_get_and_both_kinds_of_post(client: httpx.Client) -> None:
    by_get = ask(client, ALL)
    by_form = client.post("/sparql", data={"query": ALL})
    direct = client.post("/sparql", content=ALL, headers={"Content-Type": "application/sparql-query; charset=UTF-8"})
    assert values(by_get) == values(by_form) == values(direct)
    assert "a" in values(by_get)


def test_the_default_graph_is_all_graphs_together(client: httpx.Client) -> None:
    assert {"none", "a", "b"} <= set(values(ask(client, ALL)))
    assert values(ask(client, f"SELECT DISTINCT {NAMED[7:]}")) == [A, B]


def test_a_query_names_its_dataset(client: httpx.Client) -> None:
    assert values(ask(client, f"SELECT ?o FROM <{A}> {{ <http://e/s> ?p ?o }}")) == ["a"]
    assert values(ask(client, f"SELECT ?o FROM NAMED <{A}> {{ ?s ?p ?o }}")) == []
    assert values(ask(client, f"SELECT DISTINCT ?g FROM NAMED <{B}> {{ GRAPH ?g {{ ?s ?p ?o }} }}")) == [B]


def test_the_dataset_of_a_request_goes_before_that_of_its_query(client: httpx.Client) -> None:
    query = f"SELECT ?o FROM <{B}> {{ <http://e/s> ?p ?o }} ORDER BY ?o"
    assert values(ask(client, query, **{"default-graph-uri": A})) == ["a"]
    assert values(client.post("/sparql", data={"query": query, "default-graph-uri": [A, B]}))[:2] == ["a", "b"]
    direct = client.post("/sparql", params={"default-graph-uri": A}, content=query, headers={"Content-Type": "application/sparql-query"})
    assert values(direct) == ["a"]


def test_a_dataset_has_no_more_graphs_than_a_request_names(client: httpx.Client) -> None:
    assert values(ask(client, NAMED, **{"default-graph-uri": A})) == []
    assert values(ask(client, ALL, **{"named-graph-uri": A})) == []
    assert values(ask(client, f"SELECT DISTINCT {NAMED[7:]}", **{"named-graph-uri": B})) == [B]
    assert values(ask(client, ALL, **{"default-graph-uri": "http://e/none"})) == []


@pytest.mark.parametrize(("accept", "media"), [
    ("*/*", JSON), (JSON, JSON), ("application/json", JSON), ("application/sparql-results+xml", "application/sparql-results+xml"),
    ("text/csv", "text/csv; charset=utf-8"), ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ("text/csv;q=0.2, application/sparql-results+xml;q=0.9, image/png", "application/sparql-results+xml"),
])
@pytest.mark.parametrize("query", [ALL, "ASK { ?s ?p 'a' }"])
def test_rows_and_truth_come_in_every_format(client: httpx.Client, accept: str, media: str, query: str) -> None:
    answer = ask(client, query, accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media)
    assert "Accept" in answer.headers["vary"]
    form = ox.QueryResultsFormat.from_media_type(media)
    if form != ox.QueryResultsFormat.CSV:
        read = ox.parse_query_results(answer.content, format=form)
        assert bool(read) if isinstance(read, ox.QueryBoolean) else len(list(read)) == 5
    else:
        assert "a" in answer.text or answer.text == "true"


@pytest.mark.parametrize("media", [
    "text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml", "application/trig", "application/n-quads",
])
@pytest.mark.parametrize("query", [GRAPH, "DESCRIBE <http://e/s>"])
def test_graphs_come_in_every_format(client: httpx.Client, media: str, query: str) -> None:
    answer = ask(client, query, media)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)
    triples = {str(q.object) for q in ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media))}
    assert {'"none"', '"a"', '"b"'} <= triples


@pytest.mark.parametrize(("name", "media"), [
    ("csv", "text/csv"), ("json", JSON), ("tsv", "text/tab-separated-values"), ("xml", "application/sparql-results+xml"),
    ("text/csv", "text/csv"),
])
@pytest.mark.parametrize("parameter", ["format", "output"])
def test_a_format_can_be_named_in_the_address(client: httpx.Client, parameter: str, name: str, media: str) -> None:
    answer = ask(client, ALL, "text/html", **{parameter: name})
    assert answer.headers["content-type"].startswith(media)


def test_rows_come_as_plain_json_and_as_a_workbook_too(client: httpx.Client) -> None:
    query = "SELECT ?a ?b { VALUES (?a ?b) { (1 'x') (2 '=1+1') } } ORDER BY ?a"
    assert ask(client, query, format="rows").json() == [{"a": 1, "b": "x"}, {"a": 2, "b": "=1+1"}]
    answer = ask(client, query, format="xlsx")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None and [cell.value for cell in sheet[3]] == [2, "=1+1"] and sheet["B3"].data_type == "s"
    assert answer.headers["content-disposition"].endswith('"answer.xlsx"')


@pytest.mark.parametrize("form", ["rows", "xlsx"])
def test_what_no_workbook_can_hold_is_406_and_not_cut(client: httpx.Client, form: str) -> None:
    assert (lambda answer: (answer.status_code, problem(answer)))(ask(client, "ASK {}", format=form)) == (406, "not-acceptable")
    long = 'SELECT (CONCAT(?a, ?a, ?a) AS ?b) { VALUES ?a { "%s" } }' % ("x" * 12_000)
    assert client.post("/sparql", data={"query": long, "format": form}).status_code == (406 if form == "xlsx" else 200)


def test_what_there_is_not_is_406_with_what_there_is(client: httpx.Client) -> None:
    by_accept = (ask(client, ALL, "image/png"), ask(client, ALL, "text/turtle"))
    by_name = (ask(client, ALL, format="turtle"), ask(client, ALL, format="docx"))
    for answer in by_accept + by_name:
        assert (answer.status_code, problem(answer)) == (406, "not-acceptable")
    assert JSON in ask(client, ALL, "image/png").json()["detail"]
    assert "text/turtle" in ask(client, GRAPH, "text/csv").json()["detail"]


@pytest.mark.parametrize(("status", "name", "request_"), [
    (400, "malformed-query", {"params": {"query": "SELECT * {"}}),
    (400, "malformed-query", {"params": {"query": ""}}),
    (400, "malformed-query", {"params": {"query": "hello"}}),
    (400, "missing-query", {"params": {"default-graph-uri": A}}),
    (400, "doubled-parameter", {"params": {"query": [ALL, ALL]}}),
    (400, "doubled-parameter", {"params": {"query": ALL, "format": ["csv", "json"]}}),
    (400, "query-and-update", {"params": {"query": ALL, "update": "CLEAR ALL"}}),
    (403, "read-only", {"params": {"update": "CLEAR ALL"}}),
    (403, "read-only", {"params": {"query": "CLEAR ALL"}}),
    (403, "read-only", {"method": "POST", "data": {"update": "CLEAR ALL"}}),
    (403, "read-only", {"method": "POST", "content": "CLEAR ALL", "headers": {"Content-Type": "application/sparql-update"}}),
    (403, "service-refused", {"params": {"query": "SELECT * { SERVICE <http://e/> {} }"}}),
    (400, "wrong-graph", {"params": {"query": ALL, "default-graph-uri": "relative"}}),
    (400, "wrong-graph", {"params": {"query": ALL, "named-graph-uri": "http://e/ a"}}),
    (400, "wrong-encoding", {"url": "/sparql?query=%FF%FE"}),
    (400, "wrong-encoding", {"method": "POST", "content": b"\xff\xfe", "headers": {"Content-Type": "application/sparql-query"}}),
    (400, "wrong-parameters", {"url": "/sparql?" + "a=1&" * 1001}),
    (400, "missing-query", {"method": "POST", "data": {"format": "csv"}}),
    (400, "missing-query", {"headers": {"Accept": JSON}}),
    (415, "wrong-media-type", {"method": "POST", "content": ALL, "headers": {"Content-Type": "text/plain"}}),
    (415, "wrong-media-type", {"method": "POST", "content": ALL}),
    (415, "wrong-media-type", {"method": "POST", "content": ALL, "headers": {"Content-Type": "application/sparql-query; charset=utf-16"}}),
    (405, "wrong-method", {"method": "PUT", "params": {"query": ALL}}),
    (405, "wrong-method", {"method": "DELETE"}),
    (413, "request-too-large", {"method": "POST", "content": b"#" * 1_100_000, "headers": {"Content-Type": "application/sparql-query"}}),
    (400, "too-deep", {"params": {"query": "SELECT * " + "{" * 1000}}),
    (400, "not-answerable", {"params": {"query": "SELECT (<http://e/f>(1) AS ?x) {}"}}),
    (404, "not-found", {"url": "/nothing"}),
])
def test_what_is_wrong_is_told(client: httpx.Client, status: int, name: str, request_: dict[str, object]) -> None:
    answer = client.request(**{"method": "GET", "url": "/sparql", **request_})  # type: ignore[arg-type]
    assert (answer.status_code, problem(answer)) == (status, name)


def test_a_problem_is_told_in_both_languages(client: httpx.Client) -> None:
    danish = client.get("/sparql?update=x")
    english = client.get("/sparql?update=x", headers={"Accept-Language": "en"})
    assert (danish.json()["title"], english.json()["title"]) == ("Kun læsning", "Read-only")
    assert (danish.headers["content-language"], english.headers["content-language"]) == ("da", "en")


def test_a_method_that_there_is_not_names_those_that_there_are(client: httpx.Client) -> None:
    assert client.put("/sparql").headers["allow"] == client.options("/sparql").headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_content_that_never_ends_is_refused(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b"#" * 65_536

    try:
        answer = client.post("/sparql", content=endless(), headers={"Content-Type": "application/sparql-query"})
    except httpx.WriteError:  # the server closes without reading the rest
        return
    assert answer.status_code == 413


def test_relative_iris_are_relative_to_the_endpoint(client: httpx.Client, served: Served) -> None:
    assert values(ask(client, "SELECT (<x> AS ?x) {}")) == [f"{served.base}/x"]
    assert values(ask(client, "BASE <http://e/> SELECT (<x> AS ?x) {}")) == ["http://e/x"]


def test_a_kept_answer_keeps_the_scheme_of_its_request(client: httpx.Client, served: Served) -> None:
    fields = {"query": "SELECT (<scheme> AS ?x) {}"}
    secure = client.get("/sparql", params=fields, headers={"X-Forwarded-Proto": "https"})
    assert values(secure) == [f"{served.base}/scheme".replace("http:", "https:")]
    assert values(client.get("/sparql", params=fields)) == [f"{served.base}/scheme"]


def test_a_body_that_does_not_come_is_waited_for_no_longer_than_the_setting_says(tmp_path: Path) -> None:
    (tmp_path / "data.ttl").write_text("<http://e/s> <http://e/p> 1 .", "utf-8")
    with serving(tmp_path / "data.ttl", body_seconds=0.5) as served, \
            socket.create_connection(("127.0.0.1", httpx.URL(served.base).port or 0), timeout=20) as late:
        late.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK")
        answer = late.makefile("rb").read()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ") and b"connection: close" in head.lower()
    assert json.loads(body)["type"].endswith("#problem-request-late")


def test_an_answer_is_sent_once_to_who_has_it(client: httpx.Client) -> None:
    first = ask(client, ALL)
    again = client.get("/sparql", params={"query": ALL}, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = ask(client, ALL, "text/csv")
    assert other.headers["etag"] != first.headers["etag"]
    assert client.get("/sparql", params={"query": ALL}, headers={"If-None-Match": other.headers["etag"]}).status_code == 200


@pytest.mark.parametrize("query", ["SELECT (NOW() AS ?x) {}", "SELECT (STRUUID() AS ?x) {}", "SELECT (RAND() AS ?x) {}"])
def test_what_changes_each_time_is_not_kept(client: httpx.Client, query: str) -> None:
    first, second = ask(client, query), ask(client, query)
    assert values(first) != values(second)
    assert "etag" not in first.headers and first.headers["cache-control"] == "no-store"


def test_head_is_get_without_content(client: httpx.Client) -> None:
    got = ask(client, ALL)
    head = client.head("/sparql", params={"query": ALL}, headers={"Accept": "*/*"})
    assert head.content == b""
    assert {k: v for k, v in head.headers.items() if k != "date"} == {k: v for k, v in got.headers.items() if k != "date"}


def test_pages_of_other_sites_may_ask(client: httpx.Client) -> None:
    asking = {"Origin": "https://e.org", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    preflight = client.options("/sparql", headers=asking)
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "Content-Type" in preflight.headers["access-control-allow-headers"]
    for answer in (preflight, ask(client, ALL), ask(client, "x"), client.get("/nothing")):
        assert answer.headers["access-control-allow-origin"] == "*"


def test_every_answer_is_safe_in_a_browser_and_says_nothing_of_the_software(client: httpx.Client) -> None:
    for answer in (ask(client, ALL), ask(client, "x"), client.get("/nothing"), client.get("/health")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "server" not in answer.headers and "x-powered-by" not in answer.headers


def test_the_endpoint_describes_itself(client: httpx.Client, served: Served) -> None:
    sd = "http://www.w3.org/ns/sparql-service-description#"
    for media in ("text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"):
        answer = client.get("/sparql", headers={"Accept": media})
        assert answer.headers["content-type"].startswith(media)
        triples = list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media)))
        service = ox.NamedNode(served.sparql)
        statements = {(t.predicate.value, getattr(t.object, "value", "")) for t in triples if t.subject == service}
        assert (f"{sd}endpoint", served.sparql) in statements
        assert (f"{sd}feature", f"{sd}UnionDefaultGraph") in statements
        assert ("http://www.w3.org/2000/01/rdf-schema#seeAlso", f"{served.base}/.well-known/void") in statements
        assert {t.object.value for t in triples if t.predicate.value == f"{sd}name"} == {A, B}
        counts = [int(t.object.value) for t in triples if t.predicate.value.endswith("void#triples")]
        assert sorted(counts) == [2, 2]
        assert any(t.object == ox.Literal("Første", language="da") for t in triples)


def test_the_description_comes_in_the_format_that_is_named(client: httpx.Client) -> None:
    for query, accept, media in (
        ("x=1&format=jsonld", "*/*", "application/ld+json"), ("format=text%2Fturtle", "application/rdf+xml", "text/turtle"),
        ("lang=nt", "*/*", "text/turtle"),
    ):
        answer = client.get(f"/sparql?{query}", headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media), query


def test_every_format_of_the_description_is_one_that_there_is(client: httpx.Client) -> None:
    lines = client.get("/sparql", headers={"Accept": "application/n-triples"}).text.splitlines()
    named = {line.rsplit("/", 1)[1].split(">")[0] for line in lines if "resultFormat" in line}
    rows = (ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML, ox.QueryResultsFormat.CSV, ox.QueryResultsFormat.TSV)
    graphs = (
        ox.RdfFormat.TURTLE, ox.RdfFormat.JSON_LD, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.RDF_XML, ox.RdfFormat.TRIG, ox.RdfFormat.N_QUADS,
    )
    names = {form.iri.rsplit("/", 1)[1] for form in (*rows, *graphs)}
    assert named == names


def test_the_log_tells_of_a_request_and_not_what_was_asked(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "kommunegraf.access"):
        ask(client, f"{ALL} # secret", "text/csv")
        ask(client, f"{ALL} # secret", "text/csv")
        ask(client, "secret")
        lines = logged(caplog, 3)
    assert [line["status"] for line in lines] == [200, 200, 400]
    assert lines[0]["query"] == lines[1]["query"] != lines[2]["query"] and len(str(lines[0]["query"])) == 16
    assert lines[0]["client"] == "127.0.0.1" and lines[0]["path"] == "/sparql" and lines[0]["bytes"] == 49
    assert "secret" not in caplog.text


def test_the_states_of_the_server(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "up"}
    assert (client.get("/ready").status_code, client.get("/ready").json()) == (200, {"status": "ready"})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60), kind=st.sampled_from(["application/sparql-query", "application/x-www-form-urlencoded", "x", ""]),
       form=st.sampled_from([b"", b"query=", b"SELECT * {", b"query=ASK{}&format="]), accept=st.binary(max_size=30))
def test_no_bytes_break_it(client: httpx.Client, content: bytes, kind: str, form: bytes, accept: bytes) -> None:
    clean = bytes(byte for byte in accept if byte > 32 and byte != 127)
    answer = client.post("/sparql", content=form + content, headers={b"Content-Type": kind.encode(), b"Accept": clean})
    assert answer.status_code < 500, answer.text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(alphabet="SELECT*ASK{}()?ab:<>\"'\\.;,=#^/@_ \n12FILTERæ", max_size=80))
def test_no_text_breaks_it(client: httpx.Client, query: str) -> None:
    answer = client.post("/sparql", data={"query": f"SELECT * {{ {query}"})
    assert answer.status_code < 500, answer.text


def test_files_are_served_whatever_their_format(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<http://e/s> <http://e/p> 1 .", "utf-8")
    (tmp_path / "b.nq").write_text("<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n", "utf-8")
    with serving(tmp_path / "a.ttl", tmp_path / "b.nq") as two, httpx.Client(base_url=two.base) as client:
        assert len(values(ask(client, ALL))) == 2


def test_addresses_as_people_copy_them_from_other_endpoints(client: httpx.Client) -> None:
    rows = {"query": "SELECT ?a { VALUES ?a { 1 } }"}
    assert values(ask(client, rows["query"], **{"default-graph-uri": "", "named-graph-uri": ""})) == ["1"]
    unencoded = client.get("/sparql?format=application/sparql-results+json&query=ASK%7B%7D", headers={"Accept": "text/html"})
    assert unencoded.headers["content-type"] == "application/sparql-results+json"
    page = client.get("/sparql", params={**rows, "format": "text/html"}, headers={"Accept": "*/*"})
    assert page.headers["content-type"] == "text/html; charset=utf-8" and "<table" in page.text
    slash = client.get("/sparql/", params=rows, headers={"Accept": "text/csv"}, follow_redirects=True)
    assert slash.status_code == 200 and slash.text.split() == ["a", "1"]
    posted = client.post("/sparql/", data=rows, headers={"Accept": "text/csv"}, follow_redirects=True)
    assert posted.status_code == 200 and posted.text.split() == ["a", "1"]


def test_a_general_type_means_the_special_one_where_it_can_mean_no_other(client: httpx.Client) -> None:
    graph = "CONSTRUCT WHERE { ?s ?p ?o }"
    assert ask(client, graph, "application/json").headers["content-type"] == "application/ld+json"
    assert ask(client, graph, "application/xml").headers["content-type"] == "application/rdf+xml"
    assert ask(client, "ASK {}", "application/json").headers["content-type"] == "application/sparql-results+json"
