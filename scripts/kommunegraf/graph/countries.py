"""What holds in each country of a register (`data/countries.csv`, `data/provinces.csv`): codes, languages, and where it lies.

The patterns of codes are held when tables are read. The queries of `queries/verify/` hold the rest; for them the two tables are
laid beside the graph while it is checked, each cell with the property that CSVW gives it by default.
"""

import re
from collections.abc import Iterator, Mapping

from kommunegraf.findings import Finding
from kommunegraf.graph.metadata import Column, Table
from kommunegraf.graph.rows import resources
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE
from kommunegraf.rdf.terms import iri, literal

COUNTRIES = "countries.csv"
CHECKED = (COUNTRIES, "provinces.csv")
"""The tables that rows and graphs are checked by."""
_PATTERNS = {
    ("municipalities.csv", "code"): "municipality_pattern",
    ("municipalities.csv", "nuts3"): "nuts3_pattern",
    ("regions.csv", "code"): "region_pattern",
}
"""The columns whose cells a pattern of some country fits."""


def languages(tables: Mapping[str, Table]) -> tuple[str, ...]:
    """The languages that names and texts may be in beside Danish and English, sorted."""
    cells = tables[COUNTRIES].cells["languages"] if COUNTRIES in tables else ()
    return tuple(sorted({language for cell in cells for language in cell.split()} - set(LANGUAGES)))


def persons(tables: Mapping[str, Table]) -> re.Pattern[str]:
    """What finds the number of a person in a text, as the countries of the register write it."""
    return re.compile(rf"(?<![0-9])(?:{'|'.join(tables[COUNTRIES].cells['person_pattern'])})(?![0-9])")


def findings(tables: Mapping[str, Table]) -> list[Finding]:
    """Patterns that are no regular expressions, and codes that no pattern of a country fits."""
    table = tables.get(COUNTRIES)
    if table is None or not table.rows:
        return []
    wrong = [
        Finding("violation", "cell", f"{cell!r} is no regular expression: {fault}", column.description, str(table.path), line, column.name)
        for column in table.columns if column.name.endswith("_pattern")
        for cell, line in zip(table.cells[column.name], table.lines)
        if (fault := _fault(cell))
    ]
    if wrong:
        return wrong
    return [finding for (name, column), pattern in _PATTERNS.items() if name in tables
            for finding in _unfit(tables[name], column, table.cells[pattern])]


def _fault(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


def _unfit(table: Table, column: str, patterns: tuple[str, ...]) -> Iterator[Finding]:
    """A finding for each cell of a column that none of some patterns fits."""
    fits = re.compile("|".join(f"(?:{pattern})" for pattern in patterns)).fullmatch
    description = next(c.description for c in table.columns if c.name == column)
    for cell, line in zip(table.cells[column], table.lines):
        if not fits(cell):
            yield Finding("violation", "cell", f"{cell!r} is not a valid {column}", description, str(table.path), line, column)


def quads(tables: Mapping[str, Table]) -> Iterator[str]:
    """The two tables as N-Quads lines, for the verify queries: a row is about what its `aboutUrl` says."""
    for name in CHECKED:
        if name not in tables or not tables[name].rows:
            continue
        table, graph = tables[name], f"{BASE}dump/tables/{name}"
        subjects = [iri(subject) for subject in resources(table, table.columns[0].about)]
        for column in table.columns:
            property = iri(f"{graph}#{column.name}")
            for subject, cell in zip(subjects, table.cells[column.name]):
                for value in _values(column, cell):
                    yield f"{subject} {property} {value} {iri(graph)} ."


def _values(column: Column, cell: str) -> list[str]:
    """The literals of a cell; each of its languages is one, and an empty cell is none."""
    if not cell:
        return []
    if column.name == "languages":
        return [literal(language) for language in cell.split()]
    datatype = column.datatype if column.datatype and column.datatype.endswith("decimal") else None
    return [literal(cell, column.language, datatype)]
