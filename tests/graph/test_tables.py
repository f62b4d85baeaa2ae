"""The tables are what their metadata says, and each way of breaking one is found in the right row and column."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import csvw
import pytest
from tests.helpers import ROOT
from tests.helpers.tables import cells_of

from kommunegraf.findings import Finding
from kommunegraf.graph import tables
from kommunegraf.graph.metadata import METADATA, Table

DATA = ROOT / "data"
NAMES = sorted(path.name for path in DATA.glob("*.csv"))


@pytest.fixture(scope="module")
def whole() -> dict[str, Table]:
    """The tables as they stand."""
    return tables.read(DATA)[0]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tables, to break."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def write(folder: Path, name: str, content: list[list[str]]) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(content)


def findings(folder: Path) -> list[Finding]:
    return tables.read(folder)[1]


def set_cell(folder: Path, name: str, line: int, column: str, value: str) -> None:
    content = cells_of(folder / name)
    content[line - 1][content[0].index(column)] = value
    write(folder, name, content)


def test_the_tables_are_without_findings() -> None:
    assert findings(DATA) == []


def test_every_csv_file_is_described_and_every_described_file_is_there() -> None:
    assert sorted(tables.read(DATA)[0]) == NAMES


def test_every_table_that_states_facts_names_a_source_or_a_section() -> None:
    joined = {f"evidence-{name}.csv" for name in ("addresses", "partners", "municipal-partners", "solutions")}
    joined |= {"survey-rankings.csv", "contradiction-observations.csv", "survey-round-figures.csv"}
    for table in tables.read(DATA)[0].values():
        if table.name not in joined | {"sources.csv", "sections.csv", "release.csv"}:
            assert {"source", "section"} & set(table.cells), f"{table.name} has neither a source nor a section column"


def test_evidence_from_the_report_says_its_section() -> None:
    for source, section, *key in tables.read(DATA)[0]["evidence.csv"].keys(("source", "section", "municipality", "initiative")):
        assert (source == "cedi-2014") == bool(section), key


Break = Callable[[Path], tuple[str, int, str]]


def encoding(folder: Path) -> tuple[str, int, str]:
    path = folder / "municipalities.csv"
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))
    return "municipalities.csv", 2, ""


def byte_order_mark(folder: Path) -> tuple[str, int, str]:
    path = folder / "municipalities.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    return "municipalities.csv", 1, ""


def semicolons(folder: Path) -> tuple[str, int, str]:
    path = folder / "regions.csv"
    path.write_text(path.read_text("utf-8").replace(",", ";"), "utf-8")
    return "regions.csv", 1, ""


def missing_column(folder: Path) -> tuple[str, int, str]:
    write(folder, "evidence.csv", [row[:-1] for row in cells_of(folder / "evidence.csv")])
    return "evidence.csv", 1, "confidence"


def extra_column(folder: Path) -> tuple[str, int, str]:
    write(folder, "regions.csv", [[*row, "x"] for row in cells_of(folder / "regions.csv")])
    return "regions.csv", 1, "x"


def short_row(folder: Path) -> tuple[str, int, str]:
    content = cells_of(folder / "regions.csv")
    write(folder, "regions.csv", [*content[:3], content[3][:-1], *content[4:]])
    return "regions.csv", 4, ""


def duplicate_key(folder: Path) -> tuple[str, int, str]:
    content = cells_of(folder / "municipalities.csv")
    write(folder, "municipalities.csv", [*content[:5], content[4], *content[5:]])
    return "municipalities.csv", 6, "code"


def unsorted_rows(folder: Path) -> tuple[str, int, str]:
    content = cells_of(folder / "municipalities.csv")
    write(folder, "municipalities.csv", [content[0], content[2], content[1], *content[3:]])
    return "municipalities.csv", 3, "code"


def unknown_municipality(folder: Path) -> tuple[str, int, str]:
    set_cell(folder, "evidence.csv", 751, "municipality", "0999")
    return "evidence.csv", 751, "municipality"


def unknown_initiative(folder: Path) -> tuple[str, int, str]:
    set_cell(folder, "case-initiatives.csv", 2, "initiative", "digital-local-plan-hearings")
    return "case-initiatives.csv", 2, "initiative"


def impossible_year(folder: Path) -> tuple[str, int, str]:
    set_cell(folder, "evidence.csv", 2, "year_from", "20x9")
    return "evidence.csv", 2, "year_from"


def year_out_of_bounds(folder: Path) -> tuple[str, int, str]:
    set_cell(folder, "evidence.csv", 2, "year_from", "201")
    return "evidence.csv", 2, "year_from"


def empty_source(folder: Path) -> tuple[str, int, str]:
    set_cell(folder, "evidence.csv", 3, "source", "")
    return "evidence.csv", 3, "source"


def blanks_around(folder: Path) -> tuple[str, int, str]:
    set_cell(folder, "organisations.csv", 7, "name_da", " KL")
    return "organisations.csv", 7, "name_da"


def control_character(folder: Path) -> tuple[str, int, str]:
    set_cell(folder, "organisations.csv", 7, "name_da", "K\x07L")
    return "organisations.csv", 7, "name_da"


def unknown_status(folder: Path) -> tuple[str, int, str]:
    set_cell(folder, "evidence.csv", 4, "status", "running")
    return "evidence.csv", 4, "status"


def open_quote(folder: Path) -> tuple[str, int, str]:
    path = folder / "regions.csv"
    path.write_text(path.read_text("utf-8") + '"1086,Region', "utf-8")
    return "regions.csv", 7, ""


LEXICAL = [
    (name, line, column, value) for name, column, values in (
        ("evidence.csv", "year_from", ("1_999", "２０１４", "2014.0", "INF", "2014-01")),
        ("municipality-populations.csv", "date", ("2016-10-01Z", "2016-10-01T00:00:00", "2016-13-01")),
        ("survey-observations.csv", "value", ("NaN", "INF", "1_0", "1e3", "36,5")),
        ("sources.csv", "url", ("www.kk.dk/x", "https://x.dk/100%", "https://x.dk/a[1]", "https://x.dk/a b", "ftp://x.dk")),
    ) for line, value in enumerate(values, 2)
]
"""Cells with a value that Python would read and XML Schema does not know, or an address that is none; each in a row of its own."""


def header_only(folder: Path) -> tuple[str, int, str]:
    write(folder, "regions.csv", cells_of(folder / "regions.csv")[:1])
    return "municipalities.csv", 2, "region"


def line_separator_in_a_cell(folder: Path) -> tuple[str, int, str]:
    set_cell(folder, "cases.csv", 2, "summary_en", "One\u2028line")
    set_cell(folder, "cases.csv", 3, "municipality", "x")
    return "cases.csv", 3, "municipality"


def missing_file(folder: Path) -> tuple[str, int, str]:
    (folder / "regions.csv").unlink()
    return "regions.csv", 0, ""


BREAKS: list[Break] = [
    encoding, byte_order_mark, semicolons, missing_column, extra_column, short_row, duplicate_key, unsorted_rows,
    unknown_municipality, unknown_initiative, impossible_year, year_out_of_bounds, empty_source, blanks_around,
    control_character, unknown_status, open_quote, missing_file, header_only, line_separator_in_a_cell,
]


@pytest.mark.parametrize("break_", BREAKS, ids=lambda b: b.__name__)
def test_broken_tables_are_found_in_their_place(break_: Break, copy: Path) -> None:
    name, line, column = break_(copy)
    every = findings(copy)
    assert (str(copy / name), line, column) in {(f.file, f.line, f.column) for f in every}
    assert all(f.message and f.repair and f.severity == "violation" for f in every)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[tuple[str, int, str]]]:
    """By its value, where each cell of LEXICAL is found when all stand in one copy of the tables."""
    folder = Path(shutil.copytree(DATA, tmp_path_factory.mktemp("lexical") / "data"))
    for cell in LEXICAL:
        set_cell(folder, *cell)
    every = findings(folder)
    return {value: {(Path(f.file).name, f.line, f.column) for f in every if repr(value)[1:-1] in f.message} for *_, value in LEXICAL}


@pytest.mark.parametrize(("name", "line", "column", "value"), LEXICAL, ids=[value for *_, value in LEXICAL])
def test_a_value_that_is_none_in_xml_schema_is_found_in_its_cell(
    places: dict[str, set[tuple[str, int, str]]], name: str, line: int, column: str, value: str
) -> None:
    assert (name, line, column) in places[value]


def required(table: Table) -> str:
    """The first column of a table that must have a value in each row."""
    return next(column.name for column in table.columns if column.required and not column.virtual)


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, int, str]]:
    """Where something is found when a required cell in the last row of every table is empty."""
    folder = Path(shutil.copytree(DATA, tmp_path_factory.mktemp("emptied") / "data"))
    for name, table in tables.read(DATA)[0].items():
        set_cell(folder, name, len(table.rows) + 1, required(table), "")
    return {(Path(f.file).name, f.line, f.column) for f in findings(folder)}


@pytest.mark.parametrize("name", NAMES)
def test_an_emptied_required_cell_of_any_table_is_found_in_its_row_and_column(
    whole: dict[str, Table], emptied: set[tuple[str, int, str]], name: str
) -> None:
    assert (name, len(whole[name].rows) + 1, required(whole[name])) in emptied


def test_a_suggestion_comes_with_a_wrong_reference(copy: Path) -> None:
    unknown_initiative(copy)
    assert any("digital-local-plans-hearings" in f.repair for f in findings(copy))


def test_the_line_is_the_files_line_after_a_cell_with_line_breaks(copy: Path) -> None:
    set_cell(copy, "cases.csv", 2, "summary_en", "First line\nsecond line")
    set_cell(copy, "cases.csv", 3, "municipality", "X")
    assert [f.line for f in findings(copy) if f.rule == "cell"] == [4]


def library_accepts(folder: Path) -> bool:
    """Whether csvw finds every cell, primary key and reference in order (references may be null)."""
    try:
        group = csvw.TableGroup.from_file(folder / METADATA)
        group.read()
        return all(table.check_primary_key() for table in group.tables) and bool(group.check_referential_integrity())
    except ValueError:
        return False


SEEN_BY_CSVW = [None, missing_column, duplicate_key, unknown_municipality, impossible_year, empty_source, unknown_status]


@pytest.mark.parametrize("break_", [
    *SEEN_BY_CSVW[:2], *(pytest.param(break_, marks=pytest.mark.slow) for break_ in SEEN_BY_CSVW[2:]),
], ids=lambda b: b.__name__ if b else "whole")
def test_the_csvw_library_comes_to_the_same_verdict(break_: Break | None, copy: Path) -> None:
    if break_:
        break_(copy)
    assert library_accepts(copy) == (break_ is None) == (findings(copy) == [])


@pytest.mark.parametrize("text", ["", "{", '{"tables": 3}', "[]", '"tables"'])
def test_broken_metadata_is_one_clear_finding(text: str, copy: Path) -> None:
    (copy / METADATA).write_text(text, "utf-8")
    every = findings(copy)
    assert [f.rule for f in every] == ["metadata"] and every[0].file.endswith(METADATA)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ('"https://w3id.org/kommunegraf/ontology/graph": {"@id": "https://w3id.org/kommunegraf/graph/sources"},', "", "sources.csv: "),
        ('"primaryKey": ["id"],', "", "primaryKey"),
        ('"aboutUrl": "https://w3id.org/kommunegraf/source/{id}",', "", "aboutUrl"),
        ('"propertyUrl": "dcterms:title"', '"propertyUrl": "dcterms:title", "separator": ";"', "sources.csv, column title: separator"),
        (', "propertyUrl": "dcterms:title"', "", "sources.csv, column title: a column has a name, and a propertyUrl"),
        ("organisation/{publisher}", "organisation/{editor}", "names the column editor"),
        ('"resource": "organisations.csv", "columnReference": ["id"]', '"resource": "people.csv", "columnReference": ["id"]', "people.csv"),
        ('"primaryKey": ["id"]', '"primaryKey": ["code"]', "names the column code"),
        ('["http://www.w3.org/ns/csvw", {"@language": "en"}]', '"https://example.org/context"', "https://example.org/context"),
        ('["http://www.w3.org/ns/csvw", {"@language": "en"}]', "[]", "its @context is []"),
        ('{"@language": "en"}]', '"https://example.org/context"]', "names no other"),
        ('"lang": "da"', '"lang": "dk"', "Invalid language tag"),
        ('"base": "decimal", "minimum": "-180"', '"base": "decimal", "format": {"pattern": "x"}', "Invalid number pattern"),
    ],
)
def test_metadata_that_is_not_understood_is_refused_by_table_and_column(old: str, new: str, hint: str, copy: Path) -> None:
    path = copy / METADATA
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    (finding,) = findings(copy)
    assert finding.rule == "metadata" and hint in finding.message
