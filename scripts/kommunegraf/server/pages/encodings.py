"""Answers of questions as bytes: the W3C's formats, plain JSON rows, workbooks, and CSV as Excel reads it."""

import csv
import json
import math
import re
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pyoxigraph as ox

from kommunegraf.namespaces import XSD
from kommunegraf.rdf import formats
from kommunegraf.rdf.engines import python_value
from kommunegraf.rdf.negotiation import DATA, HTML, Format, with_charset
from kommunegraf.server.sparql import media

_TABLES = {form.name: form for form in media.ROWS}
CSV = _TABLES["csv"]
ROWS = (
    CSV, _TABLES["tsv"], _TABLES["json"], _TABLES["xml"],
    Format("rows", "application/json", ".json"),
    Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
)
"""Formats of answers that are rows."""
GRAPHS = DATA
"""Formats of answers that are graphs."""
SAVED = ("csv", "tsv", "xlsx")
"""Formats that a browser saves as a file; it shows the others."""
_FORMULA = re.compile(r"[=+\-@\t\r]")
_DECIMALS = {XSD + kind for kind in ("decimal", "double", "float")}
_NUMBERS = _DECIMALS | {XSD + kind for kind in ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger")}


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out. As it stands it is the W3C's; with either option it is one for Excel.

    `bom` puts a byte order mark first, by which Excel knows UTF-8. `semicolon` separates by semicolons and writes decimal
    commas, as Excel expects where the comma is the decimal sign, as in Danish.
    """

    bom: bool = False
    semicolon: bool = False


def is_graph(form: str) -> bool:
    """Whether a question of a form (`SELECT`, `CONSTRUCT` ...) answers with triples."""
    return form in ("CONSTRUCT", "DESCRIBE")


def of_form(form: str) -> tuple[Format, ...]:
    """The formats that a question of a form answers in; the first is the one for who names none."""
    return (*GRAPHS, HTML) if is_graph(form) else (*ROWS, HTML)


def content_type(form: Format) -> str:
    """The media type with its parameters (RFC 4180, RFC 7111)."""
    if form == CSV:
        return "text/csv; charset=utf-8; header=present"
    return with_charset(form.media)


def rows(results: bytes, name: str, layout: Layout) -> bytes:
    """Rows, from SPARQL 1.1 results in JSON, in the format of that name. Raises WrongFormat or ValueError."""
    solutions = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if name == "rows" and isinstance(solutions, ox.QuerySolutions):
        return _objects(solutions)
    if name == "csv" and layout != Layout() and isinstance(solutions, ox.QuerySolutions):
        return _for_excel(solutions, layout)
    return formats.encode(solutions, name)


def graph(triples: list[ox.Triple], name: str) -> bytes:
    """Triples in the format of that name, sorted. Raises WrongFormat."""
    return formats.encode(triples, name)


def _objects(solutions: ox.QuerySolutions) -> bytes:
    """A list of objects: column to number, text, true, false or null. JSON has no infinity and no NaN (RFC 8259); they stay text."""
    columns = [variable.value for variable in solutions.variables]
    listed = [{column: _finite(term) for column, term in zip(columns, solution)} for solution in solutions]
    return json.dumps(listed, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _finite(term: Any) -> Any:
    value = python_value(term)
    return value if not isinstance(value, float) or math.isfinite(value) else term.value


def _for_excel(solutions: ox.QuerySolutions, layout: Layout) -> bytes:
    """CSV that Excel opens right, in which no text is a formula."""
    output = StringIO()
    writer = csv.writer(output, delimiter=";" if layout.semicolon else ",")
    writer.writerow([variable.value for variable in solutions.variables])
    writer.writerows([_cell(term, layout) for term in solution] for solution in solutions)
    return output.getvalue().encode("utf-8-sig" if layout.bom else "utf-8")


def _cell(term: Any, layout: Layout) -> str:
    """A value as a cell. Text that Excel would take for a formula begins with an apostrophe (OWASP, CSV injection)."""
    text = getattr(term, "value", "" if term is None else str(term))
    if isinstance(term, ox.Literal) and term.datatype.value in _NUMBERS and not isinstance(python_value(term), str):
        return text.replace(".", ",") if layout.semicolon and term.datatype.value in _DECIMALS else text
    return f"'{text}" if _FORMULA.match(text) else text
