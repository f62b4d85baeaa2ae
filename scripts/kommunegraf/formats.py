"""Answers as bytes in the formats that people and programs ask for."""

from io import BytesIO
from typing import Any

import pyoxigraph as ox

from kommunegraf.namespaces import PREFIXES

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


class WrongFormat(ValueError):
    """A format that this kind of answer does not have. The message names those that it has."""


def encode(result: Any, name: str) -> bytes:
    """An engine's result in a format, ending in a line end. Triples are sorted, so that equal graphs give equal bytes.

    Raises WrongFormat.
    """
    known = GRAPHS if isinstance(result, list) else ROWS
    if name not in known:
        kind = "a graph" if known is GRAPHS else "rows"
        raise WrongFormat(f"this question answers with {kind}; its formats are {', '.join(known)}, not {name!r}")
    output = BytesIO()
    if isinstance(result, list):
        ox.serialize(sorted(set(result), key=str), output, format=GRAPHS[name], prefixes=PREFIXES if name == "turtle" else None)
    else:
        result.serialize(output, ROWS[name])
    body = output.getvalue()
    return body if body.endswith(b"\n") else body + b"\n"
