"""Rows become the triples that their metadata says, whatever the cells hold."""

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers import ROOT

from kommunegraf.graph import rows, tables
from kommunegraf.graph.metadata import Column, Table
from kommunegraf.rdf.terms import iri, literal


def parsed(line: str) -> Any:
    (quad,) = ox.parse(line.encode("utf-8"), format=ox.RdfFormat.N_QUADS)
    return quad


@given(st.text())
def test_any_text_survives_as_a_literal(text: str) -> None:
    text = "".join(c for c in text if not 0xD800 <= ord(c) <= 0xDFFF)
    assert parsed(f"<x:s> <x:p> {literal(text, 'da')} .").object == ox.Literal(text, language="da")


@pytest.mark.parametrize("value", ["a b", "<x>", 'x"', "x\ny", "x{y}", "x|y", "x^y", "x`y", "x\\y", "\u0000"])
def test_what_no_iri_may_hold_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not an IRI"):
        iri(value)


def one_cell(cell: str, about: str, value_url: str | None) -> Table:
    column = Column("name", False, False, "", about, "x:p", value_url, None, None, str)
    return Table("t.csv", Path("t.csv"), "x:g", [column], ("name",), [], [[cell]], [2])


@given(st.text(min_size=1).filter(lambda t: t.isprintable()))
def test_any_cell_in_a_template_gives_a_whole_iri(cell: str) -> None:
    (line,) = rows.quads(one_cell(cell, "x:about/{name}", "x:value/{name}"))
    quad = parsed(line)
    assert quad.subject.value.startswith("x:about/") and quad.object.value.startswith("x:value/")
    assert "/" not in quad.object.value.removeprefix("x:value/")


def test_plus_keeps_an_address_and_encodes_other_letters() -> None:
    (line,) = rows.quads(one_cell("https://da.example/å?q=1&r=%20#x", "x:s", "{+name}"))
    assert parsed(line).object == ox.NamedNode("https://da.example/%C3%A5?q=1&r=%20#x")


def test_an_empty_cell_says_nothing() -> None:
    assert list(rows.quads(one_cell("", "x:s", None))) == []


def test_each_row_of_the_real_tables_says_what_its_cells_hold() -> None:
    table = tables.read(ROOT / "data")[0]["municipalities.csv"]
    quads = [parsed(line) for line in rows.quads(table)]
    labels = {(q.subject.value, q.object.value) for q in quads if q.predicate.value.endswith("prefLabel") and q.object.language == "da"}
    assert labels == {(f"https://w3id.org/kommunegraf/municipality/{code}", name) for code, name in table.keys(("code", "name_da"))}
    assert {q.graph_name.value for q in quads} == {"https://w3id.org/kommunegraf/graph/reference"}
