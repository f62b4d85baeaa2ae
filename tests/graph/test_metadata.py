"""Metadata that is read without the csvw library is read as the library reads it, and what is not plain is left to the library."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.helpers import ROOT

from kommunegraf.graph import metadata, plain
from kommunegraf.graph.metadata import METADATA, Column, Table

CELLS = [
    "", "0", "-1", "+5", "007", "1.5", "-13", "1e5", "2014", "1959", "2051", "180.1", "-90", "1.", ".5", "x", "X", "ÆØÅ", "a-b", "a--b",
    "2014-02-28", "2016-02-29", "2015-02-29", "2014-1-1", "2014-13-01", "active", "activ", "evidence", "01", "0751", "DK", "a/b", "a b",
    "POINT(10.1 56.2)", "POINT(10 x)", "https://example.org/", "high", "adoption-rule-2", "active\n", "1\n", "9" * 30, "1" * 5000,
]  # fmt: skip


def verdict(check: Callable[[str], Any], cell: str) -> bool:
    try:
        check(cell)
    except (ValueError, OverflowError):
        return False
    return True


def verdicts(column: Column) -> list[bool]:
    return [verdict(column.check, cell) for cell in CELLS]


def bare(tables: dict[str, Table]) -> list[Table]:
    return [replace(table, columns=[replace(column, check=str) for column in table.columns]) for table in tables.values()]


def test_the_plain_reader_and_the_library_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(metadata, "_by_library", lambda path: pytest.fail("the project's metadata is not plain"))
        own = metadata.describe(ROOT / "data")
    monkeypatch.setattr(plain, "read", lambda content: None)
    library = metadata.describe(ROOT / "data")
    assert bare(own) == bare(library) and len(own) > 40
    columns = [pair for name in own for pair in zip(own[name].columns, library[name].columns)]
    assert not [one.name for one, other in columns if verdicts(one) != verdicts(other)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"lang": "da"', '"lang": "dk"'), ('"base": "integer"', '"base": "gYear"'), ('"required": true', '"required": "yes"'),
        ('"propertyUrl": "dcterms:title"', '"propertyUrl": "dcterms:title", "separator": ";"'), ('"primaryKey": ["id"],', ""),
        ('"format": "[a-z0-9]+', '"format": "[a-z0-9+'), ('"minimum": "1960"', '"minimum": "soon"'), ('"@language": "en"', '"@base": "x:"'),
        ('"url": "sources.csv"', '"url": "https://example.org/sources.csv"'), ('"name": "title_da"', '"name": "title_en"'),
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_library(old: str, new: str) -> None:
    text = (ROOT / "data" / METADATA).read_text("utf-8")
    assert old in text and plain.read(json.loads(text)) is not None
    assert plain.read(json.loads(text.replace(old, new, 1))) is None


def test_a_cell_that_is_not_surely_valid_is_judged_by_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = plain.Datatype({"base": "integer", "minimum": "1"})
    monkeypatch.setitem(whole.__dict__, "_library", lambda cell: pytest.fail(cell))
    whole.read("12")
    with pytest.raises(pytest.fail.Exception):
        whole.read("0")


def test_the_tables_of_sweden_are_read_with_the_same_metadata() -> None:
    assert Path(ROOT / "tests" / "sweden" / "data").is_dir()
    assert metadata.describe(ROOT / "tests" / "sweden" / "data").keys() == metadata.describe(ROOT / "data").keys()
