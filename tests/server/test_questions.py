"""The question library over HTTP: typed parameters, formats, pages, paging, and refusals that say what would be right."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import openpyxl
import pandas
import pyoxigraph as ox
import pytest
from tests.helpers import calls
from tests.helpers.calls import LIBRARY
from tests.helpers.pages import parse_page
from tests.helpers.serving import Served, serving
from tests.helpers.tables import cells

from kommunegraf.rdf.encode import encode
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import GRAPHS

ADOPTERS = "/questions/adopters-of-initiative"
HOSTILE = """
@prefix kg: <https://w3id.org/kommunegraf/ontology/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix geo: <http://www.opengis.net/ont/geosparql#> .
<https://w3id.org/kommunegraf/region/1> a kg:Region ; skos:prefLabel "<b>Region</b>"@da, "<b>Region</b>"@en .
<https://w3id.org/kommunegraf/municipality/0001> a kg:Municipality ; dcterms:identifier "0001" ;
  kg:region <https://w3id.org/kommunegraf/region/1> ; geo:hasDefaultGeometry [ geo:asWKT "POINT(1 1)" ] ;
  skos:prefLabel "</table><script>alert(1)</script>"@da, "=cmd|' /C calc'!A0"@en ; kg:population 1 ; kg:populationDate "2016-01-01" ;
  kg:nuts3 "<img src=x onerror=alert(1)>" .
"""


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    """A client of the real server over the real graph."""
    with httpx.Client(base_url=served.base, timeout=60) as web:
        yield web


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server whose data has markup in its names."""
    file = tmp_path_factory.mktemp("hostile") / "hostile.ttl"
    file.write_text(HOSTILE, "utf-8")
    with serving(file) as served, httpx.Client(base_url=served.base, timeout=60) as web:
        yield web


def rows(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    records: list[dict[str, Any]] = answer.json()
    return records


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_every_question_answers_over_http_as_on_this_machine(client: httpx.Client, engine: Embedded, name: str) -> None:
    question = LIBRARY[name]
    answer = calls.ask(engine, question)
    form = "ntriples" if answer.is_graph else "rows"
    got = client.get(f"/questions/{name}", params={**calls.arguments(question), "format": form})
    if answer.is_graph:
        assert got.content == encode(answer.result, "ntriples")
    else:
        assert rows(got) == json.loads(json.dumps(answer.rows()))


@pytest.mark.parametrize("name", sorted(LIBRARY))
@pytest.mark.parametrize("lang", ["da", "en"])
def test_every_question_has_a_page(client: httpx.Client, name: str, lang: str) -> None:
    answer = client.get(f"/questions/{name}", params={"lang": lang}, headers={"Accept": "text/html"})
    page = parse_page(answer.text)
    assert answer.status_code == 200 and page.get("lang") == lang
    heading = page.findtext(".//h1")
    assert "{" not in heading and page.findtext(".//title").startswith(heading) and page.xpath("//table/tbody/tr")
    assert heading == LIBRARY[name].title[lang] or LIBRARY[name].heading


@pytest.mark.parametrize("name", ["kommune", "Kommune", "municipality", "MUNICIPALITY"])
@pytest.mark.parametrize("value", ["Århus", "aarhus", "0751", "751", "Aarhus Kommune", "https://w3id.org/kommunegraf/municipality/0751"])
def test_parameters_and_names_are_understood_as_people_write_them(client: httpx.Client, name: str, value: str) -> None:
    by_name = rows(client.get("/questions/municipality", params={name: value, "format": "rows"}))
    assert by_name == rows(client.get("/questions/municipality", params={"municipality": "0751", "format": "rows"}))


@pytest.mark.parametrize(
    ("form", "media"),
    [("csv", "text/csv; charset=utf-8; header=present"), ("tsv", "text/tab-separated-values; charset=utf-8"),
     ("json", "application/sparql-results+json"), ("xml", "application/sparql-results+xml"), ("rows", "application/json"),
     ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ("html", "text/html; charset=utf-8")],
)
def test_rows_come_in_each_format_by_name_and_by_accept(client: httpx.Client, form: str, media: str) -> None:
    named = client.get(ADOPTERS, params={"format": form, "lang": "en"}, headers={"Accept": "image/png"})
    answer = client.get(ADOPTERS, params={"lang": "en"}, headers={"Accept": media.split(";")[0]})
    assert named.headers["content-type"] == answer.headers["content-type"] == media
    if form != "html":
        assert named.content == answer.content


@pytest.mark.parametrize("form", [form.name for form in GRAPHS])
def test_graphs_come_in_each_format(client: httpx.Client, form: str) -> None:
    answer = client.get("/questions/neighbour-graph", params={"format": form})
    media = answer.headers["content-type"].split(";")[0]
    assert media == next(known.media for known in GRAPHS if known.name == form)
    lines = client.get("/questions/neighbour-graph?format=ntriples").text.splitlines()
    assert len(set(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media)))) == len(lines) > 400


def test_csv_is_read_by_pandas(client: httpx.Client) -> None:
    frame = pandas.read_csv(str(client.base_url) + "/questions/municipalities?lang=da&format=csv", dtype={"code": str})
    assert len(frame) == 98 and "København" in set(frame["municipalityLabel"])


def test_a_workbook_opens_with_its_rows(client: httpx.Client) -> None:
    answer = client.get("/questions/municipalities", params={"format": "xlsx"})
    assert answer.headers["content-disposition"] == 'attachment; filename="municipalities.xlsx"'
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    assert sheet is not None and sheet.max_row == 99


def test_csv_for_danish_excel_has_mark_semicolons_and_decimal_commas(client: httpx.Client) -> None:
    body = client.get("/questions/prevalence", params={"format": "csv", "bom": "1", "separator": "semicolon", "lang": "da"}).content
    plain = client.get("/questions/prevalence", params={"format": "csv", "lang": "da"}).content
    assert body.startswith(b"\xef\xbb\xbf")
    excel = cells(body, ";")
    assert [len(row) for row in excel] == [len(row) for row in cells(plain)]


def test_csv_for_people_has_headings_in_their_language_and_iris_last(client: httpx.Client) -> None:
    choices = {"format": "csv", "bom": "1", "separator": "semicolon", "headings": "labels", "lang": "da"}
    head, *body = cells(client.get(ADOPTERS, params=choices).content, ";")
    assert head[:3] == ["Kommune", "Status", "Status pr. år"] and head[-1].endswith(", IRI")
    plain = rows(client.get(ADOPTERS, params={"format": "rows", "lang": "da"}))
    assert [row[0] for row in body] == [row["municipalityLabel"] for row in plain]
    assert client.get(ADOPTERS, params={"headings": "none"}).json()["type"].endswith("wrong-choice")


def test_pages_of_rows_follow_their_links_to_the_whole_answer(client: httpx.Client) -> None:
    whole_answer = rows(client.get(ADOPTERS, params={"format": "rows", "lang": "da"}))
    records, address = [], f"{ADOPTERS}?format=rows&lang=da&limit=7"
    while address:
        answer = client.get(address)
        records += rows(answer)
        address = str(answer.url.join(answer.links["next"]["url"])) if "next" in answer.links else ""
        assert len(records) < 1000
    assert records == whole_answer and len(records) % 7


def test_a_page_that_ends_with_the_answer_has_no_next(client: httpx.Client) -> None:
    count = len(rows(client.get(ADOPTERS, params={"format": "rows"})))
    links = client.get(ADOPTERS, params={"limit": count - 2, "offset": 2}).links
    assert set(links) == {"first", "prev"}
    assert "next" in client.get(ADOPTERS, params={"limit": count - 3, "offset": 2}).links


def test_links_keep_what_was_asked(client: httpx.Client) -> None:
    links = client.get(ADOPTERS, params={"initiativ": "open data", "lang": "en", "limit": 2, "format": "csv"}).links
    assert httpx.URL(links["next"]["url"]).params.multi_items() == [
        ("initiativ", "open data"), ("limit", "2"), ("format", "csv"), ("lang", "en"), ("offset", "2")]


@pytest.mark.parametrize(
    ("path", "status", "kind", "suggestion"),
    [
        ("/questions/adopters-of-initiativ", 404, "unknown-question", "adopters-of-initiative"),
        (f"{ADOPTERS}?initiativve=wifi", 400, "unknown-parameter", "initiative"),
        (f"{ADOPTERS}?initiative=wifi&Initiativ=wifi", 400, "doubled-parameter", None),
        (f"{ADOPTERS}?limit=1&limit=2", 400, "doubled-parameter", None),
        ("/questions/municipality?kommune=Århuss", 404, "unknown-name", "Aarhus"),
        (f"{ADOPTERS}?lang=dk", 400, "wrong-choice", "da"),
        (f"{ADOPTERS}?format=cvs", 400, "wrong-choice", "csv"),
        (f"{ADOPTERS}?format=turtle", 400, "wrong-choice", None),
        (f"{ADOPTERS}?bom=yes", 400, "wrong-choice", None),
        (f"{ADOPTERS}?limit=0", 400, "wrong-range", None),
        (f"{ADOPTERS}?offset=-1", 400, "wrong-range", None),
        ("/questions/describe?resource=open-data", 400, "wrong-iri", None),
        ("/questions/describe?resource=http://a/%3E%20UNION", 400, "wrong-iri", None),
        ("/questions/neighbour-graph?limit=5", 400, "not-pageable", None),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_would_be_right(
    client: httpx.Client, path: str, status: int, kind: str, suggestion: str | None
) -> None:
    problems = {}
    for lang in ("da", "en"):
        answer = client.get(path, headers={"Accept-Language": lang})
        problems[lang] = answer.json()
        assert answer.status_code == problems[lang]["status"] == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        home = "sparql" if kind == "doubled-parameter" else "questions"  # one that is not of questions alone
        assert problems[lang]["type"] == f"https://w3id.org/kommunegraf/{home}#problem-{kind}"
        assert suggestion is None or suggestion in problems[lang]["suggestions"]
    assert problems["da"]["title"] != problems["en"]["title"] and problems["da"]["detail"] != problems["en"]["detail"]
    page = client.get(path, headers={"Accept": "text/html", "Accept-Language": "da"})
    assert page.status_code == status and parse_page(page.text).findtext(".//h1") == problems["da"]["title"]


def test_each_type_of_problem_is_explained_on_the_page_of_questions(client: httpx.Client) -> None:
    page = parse_page(client.get("/questions", headers={"Accept": "text/html"}).text)
    for kind in ("unknown-name", "not-pageable", "wrong-integer"):
        assert page.get_element_by_id(f"problem-{kind}") is not None


def test_a_suggestion_in_a_page_leads_to_the_answer(client: httpx.Client) -> None:
    page = client.get("/questions/municipality?kommune=Århuss&lang=da", headers={"Accept": "text/html"})
    href = next(a.get("href") for a in parse_page(page.text).iter("a") if a.text == "Aarhus")
    assert rows(client.get(str(page.url.join(href)), headers={"Accept": "application/json"}))[0]["code"] == "0751"


def test_no_format_that_there_is_means_406_with_those_that_there_are(client: httpx.Client) -> None:
    answer = client.get(ADOPTERS, headers={"Accept": "image/png"})
    assert answer.status_code == 406 and "text/csv" in answer.json()["detail"]


@pytest.mark.parametrize("value", ['x" } UNION { ?a ?b ?c', "x\\", 'x"', "\x00", "}", "?initiative", "\U0001f600", "a\nb"])
def test_text_stays_text_whatever_is_in_it(client: httpx.Client, value: str) -> None:
    assert rows(client.get("/questions/find-word", params={"word": value + "zzz", "format": "rows"})) == []


def test_an_answer_that_the_client_has_is_not_sent_again(client: httpx.Client) -> None:
    tags = set()
    for form, lang in (("csv", "da"), ("csv", "en"), ("tsv", "en"), ("html", "en")):
        params = {"format": form, "lang": lang}
        first = client.get(ADOPTERS, params=params)
        tags.add(first.headers["etag"])
        again = client.get(ADOPTERS, params=params, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304 and not again.content and again.headers["etag"] == first.headers["etag"]
        assert first.headers["vary"] == "Accept, Accept-Language, Accept-Encoding"
    assert len(tags) == 4


def test_head_and_other_methods(client: httpx.Client) -> None:
    got, head = client.get(ADOPTERS), client.head(ADOPTERS)
    assert head.status_code == 200 and not head.content and head.headers["etag"] == got.headers["etag"]
    assert client.post(ADOPTERS).status_code == 405 and "GET" in client.post(ADOPTERS).headers["allow"]
    assert got.headers["access-control-allow-origin"] == "*"


def test_the_language_of_the_client_decides_where_none_is_named(client: httpx.Client) -> None:
    english = client.get("/questions/regions", headers={"Accept-Language": "en-GB, da;q=0.5", "Accept": "application/json"})
    assert english.headers["content-language"] == "en" and "Capital Region of Denmark" in english.text
    assert "Region Hovedstaden" in client.get("/questions/regions", params={"lang": "da", "format": "rows"}).text


def test_a_page_has_a_form_downloads_and_the_sparql_behind_it(client: httpx.Client) -> None:
    answer = client.get("/questions/municipality?kommune=aarhus&lang=da", headers={"Accept": "text/html"})
    page = parse_page(answer.text)
    form = page.xpath("//form[@class='ask']")[0]
    assert form.method == "GET" and dict(form.form_values())["municipality"] == "0751"
    assert len(form.inputs["municipality"].value_options) == 98
    offered = page.xpath("//head/link[@rel='alternate'][contains(@href, 'format=')]")
    assert {link.get("href") for link in offered} == set(page.xpath("//p[@class='files']//a/@href"))
    for link in offered:
        got = client.get(str(answer.url.join(link.get("href"))))
        assert got.headers["content-type"].startswith(link.get("type"))
    assert page.findtext(".//h1") == "Hvad ved vi om Aarhus?"
    editor = next(a.get("href") for a in page.xpath("//details//a") if "sparql" in a.get("href"))
    assert "municipality/0751" in client.get(str(answer.url.join(editor)), headers={"Accept": "text/html"}).text


def test_every_link_of_the_page_of_questions_leads_somewhere(client: httpx.Client) -> None:
    for lang in ("da", "en"):
        answer = client.get("/questions", params={"lang": lang}, headers={"Accept": "text/html"})
        page = parse_page(answer.text)
        links = {a.get("href") for a in page.xpath("//main//a") if "questions/" in a.get("href", "")}
        assert len(links) == len(LIBRARY)
        assert len(page.xpath("//ul[@class='questions']/li")) == len(LIBRARY)
        static = parse_page(client.get(f"/query/index{'' if lang == 'da' else '.en'}.html").text)
        listed = {str(answer.url.join("/query/" + a.get("href"))) for a in static.xpath("//main//a") if "questions/" in a.get("href", "")}
        assert listed == {str(answer.url.join(link)) for link in links}


def test_markup_in_names_is_shown_and_not_run(hostile: httpx.Client) -> None:
    answer = hostile.get("/questions/municipalities?lang=da", headers={"Accept": "text/html"})
    page = parse_page(answer.text)
    assert not page.xpath("//main//script | //main//img | //main//b") and "onerror=alert" in page.text_content()
    assert "</table><script>alert(1)</script>" in page.xpath("//tbody/tr")[0].text_content()
    chosen = parse_page(hostile.get("/questions/municipality?lang=da&kommune=0001", headers={"Accept": "text/html"}).text)
    assert not chosen.xpath("//main//script")


def test_a_name_that_is_a_formula_is_text_in_files_for_excel(hostile: httpx.Client) -> None:
    formula = "=cmd|' /C calc'!A0"
    excel = hostile.get("/questions/municipalities?lang=en&format=csv&bom=1").content.decode("utf-8-sig")
    assert "'" + formula in cells(excel)[1]
    book = openpyxl.load_workbook(BytesIO(hostile.get("/questions/municipalities?lang=en&format=xlsx").content)).active
    assert book is not None and formula in [cell.value for cell in book[2]] and not [cell for cell in book[2] if cell.data_type == "f"]
    assert formula in cells(hostile.get("/questions/municipalities?lang=en&format=csv").text)[1]


def test_markup_in_what_is_asked_is_shown_and_not_run(client: httpx.Client) -> None:
    for path in ("/questions/<script>alert(1)<", "/questions/municipality?kommune=<script>alert(1)</script>", f"{ADOPTERS}?<script>=1",
                 f'{ADOPTERS}?lang=da&format=html&limit=2&offset=0&initiative="><script>alert(1)</script>'):
        page = parse_page(client.get(path, headers={"Accept": "text/html"}).text)
        assert not page.xpath("//script[not(@src)]")
