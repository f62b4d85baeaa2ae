"""The formats in which a resource can be had, and which of them a request asks for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Format:
    """A format: `name` as people write it in a command, its media type, the ending of its files."""

    name: str
    media: str
    suffix: str


HTML = Format("html", "text/html", ".html")
TURTLE = Format("turtle", "text/turtle", ".ttl")
DATA = (
    TURTLE,
    Format("jsonld", "application/ld+json", ".jsonld"),
    Format("ntriples", "application/n-triples", ".nt"),
    Format("rdfxml", "application/rdf+xml", ".rdf"),
)
"""Formats of one graph: every resource has all of them."""
DATASETS = (Format("trig", "application/trig", ".trig"), Format("nquads", "application/n-quads", ".nq"))
"""Formats that keep named graphs apart."""
LANGUAGES = ("da", "en")
"""Languages of pages, the first of them where a request names none."""
