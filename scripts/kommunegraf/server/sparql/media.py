"""The media types of answers to queries, and the one that a client takes (SPARQL 1.1 Protocol, section 2.1.5)."""

from functools import lru_cache

from kommunegraf.rdf.negotiation import DATA, DATASETS, Format, choose

ROWS = (
    Format("json", "application/sparql-results+json", ".srj"),
    Format("xml", "application/sparql-results+xml", ".srx"),
    Format("csv", "text/csv", ".csv"),
    Format("tsv", "text/tab-separated-values", ".tsv"),
)
"""Formats of rows, and of yes and no."""
GRAPHS = (*DATA, *DATASETS)
"""Formats of graphs."""
_GENERAL = {"application/json": ROWS[0].media, "application/xml": ROWS[1].media}
"""General types by which clients ask for the special ones; the answer bears the special one's name."""
_ALSO = {"xml": "rdfxml", "rdf+xml": "rdfxml", "json": "jsonld", "json-ld": "jsonld", "n3": "turtle"}
"""Other names by which clients ask for formats of graphs, SPARQLWrapper among them."""


def offered(rows: bool) -> list[str]:
    """The media types of rows or of graphs."""
    return [format.media for format in (ROWS if rows else GRAPHS)]


@lru_cache(maxsize=1024)
def accepted(accept: str | None) -> tuple[str, str]:
    """The media types that a client takes for rows and for graphs; empty where it takes none that there is."""
    rows = choose(accept, [*offered(True), *_GENERAL]) or ""
    return _GENERAL.get(rows, rows), choose(accept, offered(False)) or ""


def named(name: str) -> tuple[str, str] | None:
    """The same for a format by its name, its ending or its media type; None where there is no such format."""
    wanted = name.strip().lower()
    rows, graph = (
        next((f.media for f in formats if name in (f.name, f.suffix.lstrip("."), f.media)), "")
        for formats, name in ((ROWS, wanted), (GRAPHS, _ALSO.get(wanted, wanted)))
    )
    return (rows, graph) if rows or graph else None
