"""Answers as bytes in the formats that people and programs ask for."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pyoxigraph as ox

from kommunegraf.errors import KommunegrafError
from kommunegraf.namespaces import PREFIXES
from kommunegraf.rdf.engines import python_value

ROWS = {
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}
"""SPARQL 1.1 result formats, for SELECT and ASK."""

GRAPHS = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
"""RDF formats, for CONSTRUCT and DESCRIBE."""


_EPOCH = datetime(2000, 1, 1)
SPREADSHEET = "xlsx"
"""An Excel workbook, for SELECT."""


class WrongFormat(KommunegrafError, ValueError):
    """A format that this kind of answer does not have. The message names those that it has."""


def encode(result: Any, name: str) -> bytes:
    """An engine's result in a format, ending in a line end. Triples are sorted, so that equal graphs give equal bytes.

    Raises WrongFormat.
    """
    known, kind = _known(result)
    if name not in known:
        raise WrongFormat(f"this question answers with {kind}; its formats are {', '.join(known)}, not {name!r}")
    output = BytesIO()
    if isinstance(result, list):
        ox.serialize(sorted(set(result), key=str), output, format=GRAPHS[name], prefixes=PREFIXES if name == "turtle" else None)
    elif name == SPREADSHEET:
        return _workbook(result)
    else:
        result.serialize(output, ROWS[name])
    body = output.getvalue()
    return body if body.endswith(b"\n") else body + b"\n"


def _known(result: Any) -> tuple[list[str], str]:
    if isinstance(result, list):
        return list(GRAPHS), "a graph"
    return ([*ROWS, SPREADSHEET], "rows") if isinstance(result, ox.QuerySolutions) else (["json", "xml"], "yes or no")


def _workbook(solutions: ox.QuerySolutions) -> bytes:
    """A sheet with a head row. Text stays text, whatever it begins with; the time of making is fixed, so that bytes repeat."""
    from xlsxwriter import Workbook

    output = BytesIO()
    with Workbook(output, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}) as book:
        book.set_properties({"created": _EPOCH})
        sheet = book.add_worksheet("Kommunegraf")
        sheet.write_row(0, 0, [variable.value for variable in solutions.variables])
        for number, solution in enumerate(solutions, 1):
            sheet.write_row(number, 0, [python_value(term) for term in solution])
    return output.getvalue()
