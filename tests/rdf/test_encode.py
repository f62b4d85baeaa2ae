"""Answers as files: JSON that is JSON, CSV that Excel opens right, and no text that becomes a formula."""

import json
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pyoxigraph as ox
import pytest
import rdflib
from tests.helpers.tables import cells

from kommunegraf.rdf.encode import Layout, encode
from kommunegraf.rdf.formats import WrongFormat

DOUBLE = "http://www.w3.org/2001/XMLSchema#double"
DECIMAL = "http://www.w3.org/2001/XMLSchema#decimal"


def results(**cells: Any) -> bytes:
    """One row as SPARQL 1.1 results in JSON: text, or a pair of text and datatype."""
    pairs = {name: (cell, None) if isinstance(cell, str) else cell for name, cell in cells.items()}
    terms = {name: {"type": "literal", "value": text, **({"datatype": kind} if kind else {})} for name, (text, kind) in pairs.items()}
    return json.dumps({"head": {"vars": list(cells)}, "results": {"bindings": [terms]}}).encode()


def rows(body: bytes, name: str, layout: Layout) -> bytes:
    return encode(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON), name, layout)


HARMFUL = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("text", HARMFUL)
def test_text_is_no_formula_in_csv_for_excel(text: str) -> None:
    for layout in (Layout(bom=True), Layout(semicolon=True)):
        assert cells(rows(results(a=text), "csv", layout), ";" if layout.semicolon else ",")[1] == ["'" + text]


@pytest.mark.parametrize("text", HARMFUL[:4])
def test_text_is_no_formula_in_a_workbook(text: str) -> None:
    sheet = openpyxl.load_workbook(BytesIO(rows(results(a=text), "xlsx", Layout()))).active
    assert sheet is not None and sheet["A2"].value == text and sheet["A2"].data_type != "f"


@pytest.mark.parametrize("text", HARMFUL)
def test_plain_csv_keeps_every_text_as_it_is(text: str) -> None:
    assert cells(rows(results(a=text), "csv", Layout()), ",")[1] == [text]


def test_negative_numbers_stay_numbers_in_csv_for_excel() -> None:
    assert cells(rows(results(a=("-13", DECIMAL)), "csv", Layout(bom=True)), ",")[1] == ["-13"]


def test_danish_csv_has_semicolons_and_decimal_commas_in_numbers_only() -> None:
    body = rows(results(a=("33.5", DECIMAL), b="version 2.0", c="a;b"), "csv", Layout(semicolon=True))
    assert cells(body, ";")[1] == ["33,5", "version 2.0", "a;b"]


def test_the_mark_of_utf8_comes_first_where_it_is_asked_for() -> None:
    assert rows(results(a="å"), "csv", Layout(bom=True)).startswith(b"\xef\xbb\xbfa\r\n")
    assert rows(results(a="å"), "csv", Layout()).startswith(b"a\r\n")


@pytest.mark.parametrize("value", ["NaN", "INF", "-INF"])
def test_what_json_cannot_say_stays_text(value: str) -> None:
    assert json.loads(rows(results(a=(value, DOUBLE)), "rows", Layout()), parse_constant=pytest.fail) == [{"a": value}]


def test_rows_have_types() -> None:
    body = rows(results(a=("7.5", DECIMAL), b="x", c=("true", "http://www.w3.org/2001/XMLSchema#boolean")), "rows", Layout())
    assert json.loads(body) == [{"a": 7.5, "b": "x", "c": True}]


def test_a_field_that_is_not_bound_is_null() -> None:
    body = b'{"head": {"vars": ["a", "b"]}, "results": {"bindings": [{"b": {"type": "literal", "value": "x"}}]}}'
    assert json.loads(rows(body, "rows", Layout())) == [{"a": None, "b": "x"}]


INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


def answer(query: str, name: str, *triples: ox.Triple) -> bytes:
    """The answer of the embedded store, with some triples in it, in a format."""
    store = ox.Store()
    store.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    result = store.query(query)
    return encode(list(result) if isinstance(result, ox.QueryTriples) else result, name)


@pytest.mark.parametrize("escape", ["\\u0001", "\\u000B", "\\u001F", "\\uFFFE", "\\uFFFF"])
def test_what_xml_does_not_have_is_refused_in_xml_alone(escape: str) -> None:
    rows = f'SELECT ("{"x" * 70_000}{escape}" AS ?a) {{}}'
    graph = f'CONSTRUCT {{ <http://e/a> <http://e/b> "{escape}" }} {{}}'
    for query, name in ((rows, "xml"), (graph, "rdfxml")):
        with pytest.raises(WrongFormat, match="control character"):
            answer(query, name)
    for query, name in ((rows, "json"), (rows, "tsv"), (rows, "csv"), (graph, "turtle"), (graph, "jsonld"), (graph, "ntriples")):
        assert answer(query, name)


def test_a_carriage_return_stays_one_in_xml() -> None:
    rows = answer('SELECT ("a\\rb" AS ?a) {}', "xml")
    assert ElementTree.fromstring(rows).findtext(".//{*}literal") == "a\rb"
    graph = answer('CONSTRUCT { <http://e/a> <http://e/b> "a\\rb" } {}', "rdfxml")
    assert next(iter(rdflib.Graph().parse(data=graph, format="xml").objects())) == rdflib.Literal("a\rb")


@pytest.mark.parametrize("iri", ["http://e/1", "http://e/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#li"])
def test_a_predicate_or_class_without_a_name_is_refused_in_rdf_xml_alone(iri: str) -> None:
    for query in (f"CONSTRUCT {{ <http://e/a> <{iri}> 1 }} {{}}", f"CONSTRUCT {{ <http://e/a> a <{iri}> }} {{}}"):
        with pytest.raises(WrongFormat, match="RDF/XML cannot write"):
            answer(query, "rdfxml")
        assert answer(query, "turtle") and answer(query, "jsonld")


def test_a_triple_as_a_term_is_refused_where_the_format_has_none() -> None:
    inner = ox.Triple(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/b"), ox.Literal("c"))
    outer = ox.Triple(ox.NamedNode("http://e/a"), ox.NamedNode("http://e/b"), inner)
    with pytest.raises(WrongFormat, match="triple as a term"):
        answer("CONSTRUCT WHERE { ?a ?b ?c }", "jsonld", outer)
    assert answer("CONSTRUCT WHERE { ?a ?b ?c }", "turtle", outer)


@pytest.mark.parametrize(("text", "datatype"), [
    ("1234567890123456", INTEGER), ("-98765432109876543210", INTEGER), ("0.12345678901234567", DECIMAL), ("INF", DOUBLE), ("-INF", DOUBLE),
    ("NaN", DOUBLE),
])
def test_a_number_that_a_sheet_would_round_or_does_not_have_stays_text(text: str, datatype: str) -> None:
    sheet = openpyxl.load_workbook(BytesIO(rows(results(a=(text, datatype)), "xlsx", Layout()))).active
    assert sheet is not None and sheet["A2"].value == text and sheet["A2"].data_type == "s"


@pytest.mark.parametrize(("text", "datatype", "value"), [
    ("123456789012345", INTEGER, 123456789012345), ("1000", INTEGER, 1000), ("0.1", DECIMAL, 0.1), ("1e300", DOUBLE, 1e300),
])
def test_a_number_that_a_sheet_holds_is_a_number(text: str, datatype: str, value: float) -> None:
    sheet = openpyxl.load_workbook(BytesIO(rows(results(a=(text, datatype)), "xlsx", Layout()))).active
    assert sheet is not None and sheet["A2"].value == value and sheet["A2"].data_type == "n"


def test_a_text_that_a_cell_cannot_hold_whole_is_refused() -> None:
    assert rows(results(a="x" * 32_767), "xlsx", Layout())
    with pytest.raises(WrongFormat, match="32,767 characters"):
        rows(results(a="x" * 32_768), "xlsx", Layout())


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "xml"])
def test_lexical_forms_stay_as_an_engine_gives_them(name: str) -> None:
    body = rows(results(a=("01", INTEGER), b=("1.50", DECIMAL), c=("1.0E1", DOUBLE)), name, Layout())
    assert all(form in body for form in (b"01", b"1.50", b"1.0E1"))
