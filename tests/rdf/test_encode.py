"""Answers as files: JSON that is JSON, CSV that Excel opens right, and no text that becomes a formula."""

import json
from io import BytesIO
from typing import Any

import openpyxl
import pyoxigraph as ox
import pytest
from tests.helpers.tables import cells

from kommunegraf.rdf.encode import Layout, encode

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
