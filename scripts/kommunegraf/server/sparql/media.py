"""The media types of answers to queries, and the one that a client takes (SPARQL 1.1 Protocol, section 2.1.5)."""

from functools import lru_cache

from kommunegraf.rdf.formats import GRAPHS, JSON, TABLES, XML, Format, general
from kommunegraf.rdf.negotiation import choose

_ROWS = (JSON, XML, *(format for format in TABLES if format not in (JSON, XML)))
"""Formats of rows; the first is the default."""
_GENERAL, _GENERAL_GRAPHS = general(_ROWS), general(GRAPHS)
"""Plain JSON rows, whose own type is a general one, go by their name, `rows`."""


def offered(rows: bool) -> list[str]:
    """The media types of rows or of graphs."""
    return [format.media for format in (_ROWS if rows else GRAPHS)]


@lru_cache(maxsize=1024)
def accepted(accept: str | None) -> tuple[str, str]:
    """The media types that a client takes for rows and for graphs; empty if the client accepts none of the available types."""
    rows = choose(accept, list(dict.fromkeys([*offered(True), *_GENERAL]))) or ""
    graph = choose(accept, [*offered(False), *_GENERAL_GRAPHS]) or ""
    return _GENERAL.get(rows, rows), _GENERAL_GRAPHS.get(graph, graph)


def named(name: str) -> tuple[str, str] | None:
    """The same for a format by its name, its ending or its media type; None if there is no such format."""
    wanted = name.strip().lower().replace(" ", "+")  # a + that was not encoded in an address is read as a space
    rows = _media(_ROWS, _GENERAL.get(wanted, wanted))
    graph = _media(GRAPHS, wanted)
    return (rows, graph) if rows or graph else None


def _media(formats: tuple[Format, ...], name: str) -> str:
    return next((format.media for format in formats if name in (format.name, format.suffix.lstrip("."), format.media, *format.also)), "")
