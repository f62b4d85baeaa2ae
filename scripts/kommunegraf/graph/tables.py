"""The tables of `data/`, read as their metadata describes them and checked cell by cell, key by key.

Cells are checked once for each distinct value of a column and keys as sets, so that reading stays linear and cheap;
`tests/graph/test_tables.py` holds that the `csvw` library's own validation comes to the same verdict.
"""

import csv
import io
import re
from codecs import BOM_UTF8
from collections import Counter
from pathlib import Path

from kommunegraf.findings import Finding, nearest
from kommunegraf.graph import countries, journal, texts
from kommunegraf.graph.metadata import METADATA, BadMetadata, Column, Key, Table, describe, shared, translated
from kommunegraf.namespaces import XSD

NEEDED = (
    "countries.csv", "evidence.csv", "initiatives.csv", "municipalities.csv", "provinces.csv", "regions.csv", "release.csv", "sources.csv",
)
"""The tables that a folder without metadata of its own has at least; the others may be left out, and are empty then."""


def read(folder: Path) -> tuple[dict[str, Table], list[Finding]]:
    """Read every table that the metadata of `folder` describes, by file name.

    What is wrong is returned as findings and not raised; a table that cannot be read at all is returned empty. A text may stand in
    another language of the countries of the register too, in a column of its own such as `name_sv`.
    """
    journal.settle(folder)
    try:
        tables = describe(folder)
    except BadMetadata as error:
        repair = "name a folder of CSV tables; csv-metadata.json describes them (https://www.w3.org/TR/tabular-metadata/)"
        return {}, [_violation("metadata", str(error), repair, folder / METADATA)]
    findings: list[Finding] = []
    unread: set[str] = set()
    if shared(folder):
        absent = [name for name in tables if not tables[name].path.exists()]
        findings = [_missing(tables[name]) for name in absent if name in NEEDED]
        unread.update(absent if findings else ())
    else:
        absent = []
    ordered = sorted(tables.values(), key=lambda table: table.name != countries.COUNTRIES)  # which tells the languages of the others
    for table in ordered:
        if table.name in absent:
            continue
        if broken := _read_rows(table, countries.languages(tables) if table.name != countries.COUNTRIES else ()):
            unread.add(table.name)
        findings += broken or _check_rows(table)
    for table in tables.values():
        findings += _check_references(table, tables, unread)
    return tables, findings + countries.findings({name: table for name, table in tables.items() if name not in unread})


def _head(table: Table) -> tuple[list[str], str]:
    """The columns of a table's file, and a sentence that says so."""
    header = [c.name for c in table.columns if not c.virtual]
    return header, "the first row is: " + ",".join(header)


def _missing(table: Table) -> Finding:
    return _violation("file", "is missing", f"a folder of tables has it; {_head(table)[1]}", table.path)


def _read_rows(table: Table, languages: tuple[str, ...]) -> list[Finding]:
    """Fill the table from its file. Findings here mean that the cells could not be told apart.

    `languages` are those that texts may be in beside Danish and English.
    """
    path = table.path
    header, want = _head(table)
    try:
        data = path.read_bytes()
    except OSError as error:
        return [_violation("file", f"cannot be read: {error.strerror}", "the metadata names this table", path)]
    if data.startswith(BOM_UTF8):
        return [_violation("bom", "starts with a byte order mark", "save as UTF-8 without BOM", path, 1)]
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {data[error.start]:#04x} is not UTF-8"
        return [_violation("encoding", message, "save as UTF-8, not as Windows or Mac text", path, line)]
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8", newline=""), strict=True)
    cells: dict[str, str] = {}
    try:
        head = next(reader, [])
        if head != header:
            table.columns = translated(table, head, languages)
            header, want = _head(table)
        if head != header:
            return [_header_finding(path, head, header, want)]
        for row in reader:
            if len(row) != len(header):
                hint = f"{len(header)} cells: " + ",".join(header)
                return [_violation("row", f"has {len(row)} cells", hint, path, reader.line_num)]
            table.rows.append([cells.setdefault(cell, cell) for cell in row])  # most cells repeat: one text for all that are equal
            table.lines.append(reader.line_num - sum(cell.count("\n") for cell in row))
    except csv.Error as error:
        return [_violation("csv", f"not CSV: {error}", "quote a cell that holds a comma, a quote or a line break", path, reader.line_num)]
    return []


def _header_finding(path: Path, columns: list[str], header: list[str], want: str) -> Finding:
    if len(columns) == 1 and ";" in columns[0]:
        return _violation("separator", "cells are separated by semicolons", "separate cells by commas (RFC 4180)", path, 1)
    missing = [name for name in header if name not in columns]
    extra = [name for name in columns if name not in header]
    if missing:
        return _violation("header", f"column {', '.join(missing)} is missing", want, path, 1, missing[0])
    if extra:
        return _violation("header", f"column {', '.join(extra)} is not described", want, path, 1, extra[0])
    return _violation("header", "columns are in another order or twice", want, path, 1)


def _check_rows(table: Table) -> list[Finding]:
    findings = []
    for column in table.columns:
        if not column.virtual:
            findings += _check_cells(table, column)
    keys = table.keys(table.primary_key)
    if len(set(keys)) < len(keys):
        findings += _repeated_keys(table, keys)
    elif keys != sorted(keys):
        index = next(i for i in range(1, len(keys)) if keys[i] < keys[i - 1])
        message = f"{_words(table.primary_key, keys[index])} stands after {_words(table.primary_key, keys[index - 1])}"
        repair = f"sort the rows by {', '.join(table.primary_key)}"
        findings.append(_violation("order", message, repair, table.path, table.lines[index], table.primary_key[0]))
    return findings


def _check_cells(table: Table, column: Column) -> list[Finding]:
    cells = table.cells[column.name]
    wrong = {value: message for value in set(cells) if (message := _cell_error(column, value))}
    if not wrong:
        return []
    return [
        _violation("cell", wrong[value], column.description or "see csv-metadata.json", table.path, line, column.name)
        for value, line in zip(cells, table.lines)
        if value in wrong
    ]


_LEXICAL = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    XSD + "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    XSD + "anyURI": re.compile(r"https?://(?:[^\s<>\"{}|\\^`\[\]%]|%[0-9A-Fa-f]{2})+"),
}
"""Lexical forms where Python's readers take more than XML Schema does; addresses are absolute web addresses."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def _cell_error(column: Column, value: str) -> str | None:
    if not value:
        return f"{column.name} is empty" if column.required else None
    if value != value.strip():
        return f"{value!r} has blanks around it"
    if _CONTROL.search(value):
        return f"{value!r} holds a control character"
    if column.datatype != XSD + "anyURI" and (fault := texts.fault(value)):
        return f"{value!r} {fault}"
    if (lexical := _LEXICAL.get(column.datatype or "")) and not lexical.fullmatch(value):
        return f"{value!r} is not a valid {column.name}"
    try:
        column.check(value)
    except (ValueError, OverflowError):
        return f"{value!r} is not a valid {column.name}"
    return None


def _repeated_keys(table: Table, keys: list[Key]) -> list[Finding]:
    count = Counter(keys)
    first: dict[Key, int] = {}
    findings = []
    for key, line in zip(keys, table.lines):
        if count[key] > 1 and first.setdefault(key, line) != line:
            message = f"{_words(table.primary_key, key)} already stands on line {first[key]}"
            findings.append(_violation("duplicate", message, "each key stands once", table.path, line, table.primary_key[0]))
    return findings


def _check_references(table: Table, tables: dict[str, Table], unread: set[str]) -> list[Finding]:
    findings = []
    for key in table.foreign_keys:
        target = tables[key.target]
        if not table.rows or target.name in unread:
            continue
        keys = set(target.keys(key.target_columns))
        values = table.keys(key.columns)
        for value in sorted(v for v in set(values) - keys if all(v)):
            near = nearest(value[-1], {k[-1] for k in keys if k[:-1] == value[:-1]})
            repair = f"a value of {key.target}" + (f", such as {', '.join(near)}" if near else "")
            message = f"{_words(key.columns, value)} is not in {key.target}"
            findings += [
                _violation("reference", message, repair, table.path, line, key.columns[-1])
                for v, line in zip(values, table.lines)
                if v == value
            ]
    return findings


def _words(columns: Key, key: Key) -> str:
    return ", ".join(f"{column} '{value}'" for column, value in zip(columns, key))


def _violation(rule: str, message: str, repair: str, path: Path, line: int = 0, column: str = "") -> Finding:
    return Finding("violation", rule, message, repair, str(path), line, column)
