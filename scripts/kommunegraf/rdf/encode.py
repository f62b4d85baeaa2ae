"""Answers as bytes, in the formats of the table."""

import csv
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from itertools import chain
from typing import Any, Protocol

import pyoxigraph as ox

from kommunegraf.namespaces import PREFIXES, RDF, XSD
from kommunegraf.rdf import xml
from kommunegraf.rdf.engines import python_value
from kommunegraf.rdf.formats import CSV, GRAPHS, RDFXML, ROWS, TABLES, TRUTHS, TURTLE, XLSX, XML, Format, WrongFormat, named, writable

_TYPE = ox.NamedNode(RDF + "type")
EPOCH = datetime(2000, 1, 1)
"""When every workbook was made, so that equal answers give equal bytes."""
WORKBOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""The options of every workbook: text stays text, whatever it begins with."""
_DIGITS = 15
"""As many as a cell of a sheet holds of a number."""
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_DECIMALS = {XSD + kind for kind in ("decimal", "double", "float")}
_NUMBERS = _DECIMALS | {XSD + kind for kind in ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger")}
class Output(Protocol):
    """A file to write bytes to."""

    def write(self, data: bytes, /) -> int:
        """Write all of some bytes."""


Serializable = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out. As it stands it is the W3C's; with either option it is one for Excel.

    `bom` puts a byte order mark first, by which Excel knows UTF-8. `semicolon` separates by semicolons and writes decimal
    commas, as Excel expects where the comma is the decimal sign, as in Danish. `columns` are pairs of a column and its heading, in
    the order in which they are to stand; empty for all columns under their own names.
    """

    bom: bool = False
    semicolon: bool = False
    columns: tuple[tuple[str, str], ...] = ()


_W3C = Layout()


def encode(result: Any, name: str, layout: Layout = _W3C) -> bytes:
    """An engine's result in the format of that name, ending in a line end. `layout` is for CSV.

    Triples are sorted, so that equal graphs give equal bytes. Raises WrongFormat for a format that this answer does not have.
    """
    offered, kind = _offered(result)
    if name not in (form.name for form in offered):
        names = ", ".join(form.name for form in offered)
        raise WrongFormat(f"this question answers with {kind}; its formats are {names}, not {name!r}")
    form = named(name)
    output = BytesIO()
    if isinstance(result, list):
        _write_triples(sorted(set(result), key=str), form, output)
    else:
        write(result, form, output, layout)
    body = output.getvalue()
    return body if form == XLSX or body.endswith(b"\n") else body + b"\n"


def write(result: Serializable, form: Format, output: Output, layout: Layout = _W3C) -> None:
    """Write a result of the embedded store to a file, row by row but for a workbook. Raises WrongFormat."""
    if isinstance(result, ox.QuerySolutions):
        if form == XLSX:
            output.write(workbook(_columns(result), ([_exact(term) for term in solution] for solution in result)))
            return
        if form == ROWS:
            for piece in _objects(result):
                output.write(piece)
            return
        if form == CSV and layout != _W3C:
            output.write(_for_excel(result, layout))
            return
    elif form in (ROWS, XLSX):
        raise WrongFormat(f"this query does not answer with rows, which {form.name} is for")
    if isinstance(result, ox.QueryTriples):
        if form == RDFXML:
            _write_triples(list(result), form, output)
            return
        with writable(form):
            result.serialize(output, ox.RdfFormat.from_media_type(form.media))  # type: ignore[arg-type]
        return
    native = ox.QueryResultsFormat.from_media_type(form.media)
    if form != XML:
        result.serialize(output, native)  # type: ignore[arg-type]
        return
    checked = xml.SoundOutput(output)
    result.serialize(checked, native)  # type: ignore[arg-type]
    checked.finish()


def _write_triples(triples: list[ox.Triple], form: Format, output: Output) -> None:
    if form == RDFXML:
        for triple in triples:
            xml.check_element(triple.predicate.value)
            if triple.predicate == _TYPE and isinstance(triple.object, ox.NamedNode):
                xml.check_element(triple.object.value)
    prefixes = PREFIXES if form == TURTLE else None
    with writable(form):
        body = ox.serialize(triples, format=ox.RdfFormat.from_media_type(form.media), prefixes=prefixes) or b""
    output.write(xml.sound(body) if form == RDFXML else body)


def _offered(result: Any) -> tuple[tuple[Format, ...], str]:
    if isinstance(result, list):
        return GRAPHS, "a graph"
    return (TABLES, "rows") if isinstance(result, ox.QuerySolutions) else (TRUTHS, "yes or no")


def _columns(solutions: ox.QuerySolutions) -> list[str]:
    return [variable.value for variable in solutions.variables]


def _objects(solutions: ox.QuerySolutions) -> Iterator[bytes]:
    """A JSON list of objects: column to number, text, true, false or null."""
    columns = _columns(solutions)
    start = "["
    for solution in solutions:
        row = {column: _finite(term) for column, term in zip(columns, solution)}
        yield (start + json.dumps(row, ensure_ascii=False, allow_nan=False)).encode()
        start = ", "
    yield b"[]\n" if start == "[" else b"]\n"


def _finite(term: Any) -> Any:
    """A term as a plain value. JSON has no infinity and no NaN (RFC 8259); they stay text."""
    value = python_value(term)
    return value if not isinstance(value, float) or math.isfinite(value) else term.value


def _for_excel(solutions: ox.QuerySolutions, layout: Layout) -> bytes:
    """CSV that Excel opens right, in which no text is a formula."""
    output = StringIO()
    writer = csv.writer(output, delimiter=";" if layout.semicolon else ",")
    columns = layout.columns or tuple((name, name) for name in _columns(solutions))
    writer.writerow([heading for _, heading in columns])
    writer.writerows([_cell(solution[name], layout) for name, _ in columns] for solution in solutions)
    return output.getvalue().encode("utf-8-sig" if layout.bom else "utf-8")


def _cell(term: Any, layout: Layout) -> str:
    """A value as a cell of CSV for Excel."""
    text = getattr(term, "value", "" if term is None else str(term))
    if isinstance(term, ox.Literal) and term.datatype.value in _NUMBERS and not isinstance(python_value(term), str):
        return text.replace(".", ",") if layout.semicolon and term.datatype.value in _DECIMALS else text
    return harmless(text)


def harmless(text: str) -> str:
    """Text for a cell of CSV: what Excel would take for a formula begins with an apostrophe (OWASP, CSV injection)."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_written(cell: str) -> str:
    """A cell of CSV as its text was before `harmless`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def _exact(term: Any) -> Any:
    """A term as a cell of a sheet. What a sheet would round, or has no number for, stays text: over 15 digits, infinity, NaN."""
    value = _finite(term)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    digits = re.sub(r"[eE].*|[^0-9]", "", term.value).strip("0") if isinstance(value, float) else str(abs(value))
    return value if len(digits) <= _DIGITS else term.value


def workbook(columns: list[str], rows: Iterable[list[Any]]) -> bytes:
    """A sheet with a head row. Text stays text, whatever it begins with. Raises WrongFormat for what a sheet cannot hold whole."""
    from xlsxwriter import Workbook

    output = BytesIO()
    with Workbook(output, {**WORKBOOK, "nan_inf_to_errors": True}) as book:
        book.set_properties({"created": EPOCH})
        sheet = book.add_worksheet("Kommunegraf")
        for number, row in enumerate(chain([columns], rows)):
            fault = sheet.write_row(number, 0, row)
            if fault:  # the library would go on with what fits
                raise WrongFormat("a workbook holds 1,048,576 rows, 16,384 columns and 32,767 characters in a cell, and this is more")
    return output.getvalue()
