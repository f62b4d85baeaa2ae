"""The concise bounded description of one resource, and its bytes in each format."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kommunegraf.namespaces import GRAPH, KG, PREFIXES, RDF, XSD
from kommunegraf.rdf import xml
from kommunegraf.rdf.formats import DATA, DATASETS, Format, WrongFormat, writable
from kommunegraf.rdf.layers import Quads

_FORMATS = {format.name: ox.RdfFormat.from_media_type(format.media) for format in (*DATA, *DATASETS)}
_TYPE = ox.NamedNode(RDF + "type")
_ONTOLOGY = ox.NamedNode(KG)
_PLAIN = {RDF + "langString", *(XSD + name for name in ("string", "boolean", "integer", "decimal", "double"))}
"""Datatypes that Turtle does not spell out."""


def description(store: Quads, iri: str) -> list[ox.Quad]:
    """The concise bounded description of a resource (W3C Member Submission CBD, 2005), with the graph of each statement.

    These are all statements with the resource as subject, and those with a blank node among their values as subject, and so on. The
    description of the ontology holds all its terms. The order is fixed: the resource first, and of each subject the type first. Blank
    nodes have the canonical labels of the description (RDFC-1.0). Empty for an unknown resource. Raises ValueError for what is no IRI.
    """
    root = ox.NamedNode(iri)
    quads = list(store.quads_for_pattern(root, None, None, None))
    if root == _ONTOLOGY:
        quads = list({*quads, *store.quads_for_pattern(None, None, None, ox.NamedNode(GRAPH + "ontology"))})
    elif not any(isinstance(quad.object, ox.BlankNode) for quad in quads):
        return sorted(quads, key=lambda quad: (quad.predicate != _TYPE, str(quad)))
    closed = ox.Dataset(_with_blank_nodes(store, quads))
    closed.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(closed, key=lambda quad: (quad.subject != root, str(quad.subject), quad.predicate != _TYPE, str(quad)))


def _with_blank_nodes(store: Quads, quads: list[ox.Quad]) -> Iterable[ox.Quad]:
    """The quads and those that describe the blank nodes in them. Each blank node is followed once, so that circles end."""
    waiting = list(quads)
    seen = {quad.subject for quad in quads}
    while waiting:
        quad = waiting.pop()
        yield quad
        if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
            seen.add(quad.object)
            waiting += store.quads_for_pattern(quad.object, None, None, None)


def encode(quads: Iterable[ox.Quad], format: Format) -> bytes:
    """Quads in a format of formats.DATA or DATASETS, in the order given, as UTF-8 that ends in a line end.

    A format of one graph has each triple once, even if several graphs state it. Blank nodes must have labels that every format can
    write, as those of `description` do. Raises WrongFormat for what a format cannot write: RDF/XML a predicate or class whose end is
    no XML name, and a text with a character that XML does not have; JSON-LD a triple as a term.
    """
    rows = list(quads)
    prefixes = None
    if format.name == "rdfxml":
        prefixes = _declared(_xml_prefix(iri) for iri in _elements(rows))
    elif format.name in ("turtle", "trig"):
        prefixes = _declared(_prefix(iri) for iri in _named(rows))
    statements: Any = rows if format in DATASETS else dict.fromkeys(quad.triple for quad in rows)
    with writable(format):
        body: bytes = ox.serialize(statements, format=_FORMATS[format.name], prefixes=prefixes) or b""
    if format.name == "rdfxml":
        if not xml.is_sound(body):
            raise WrongFormat(f"RDF/XML cannot write a text of {_unwritable(rows)}: it has a control character")
        body = xml.sound(body)
    return body if body.endswith(b"\n") else body + b"\n"


def _declared(prefixes: Iterable[str]) -> dict[str, str]:
    return {prefix: PREFIXES[prefix] for prefix in set(prefixes) if prefix}


def _named(quads: list[ox.Quad]) -> Iterable[str]:
    """The IRIs that Turtle abbreviates if they have a prefix."""
    for quad in quads:
        for term in (quad.subject, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode):
                yield term.value
            elif isinstance(term, ox.Literal) and term.datatype.value not in _PLAIN:
                yield term.datatype.value
        if quad.predicate != _TYPE:
            yield quad.predicate.value


def _elements(quads: list[ox.Quad]) -> Iterable[str]:
    """The IRIs that RDF/XML writes as names of elements: predicates and classes."""
    for quad in quads:
        yield quad.predicate.value
        if quad.predicate == _TYPE and isinstance(quad.object, ox.NamedNode):
            yield quad.object.value


@lru_cache(maxsize=100_000)
def _prefix(iri: str) -> str:
    """The prefix of the longest namespace that an IRI begins with; empty if there is none."""
    fitting = [prefix for prefix, space in PREFIXES.items() if iri.startswith(space)]
    return max(fitting, key=lambda prefix: len(PREFIXES[prefix]), default="")


@lru_cache(maxsize=10_000)
def _xml_prefix(iri: str) -> str:
    """The prefix of the name of an element. Raises WrongFormat for an IRI that cannot be one."""
    xml.check_element(iri)
    return _prefix(iri)


def _unwritable(quads: list[ox.Quad]) -> ox.NamedNode:
    return next(q.predicate for q in quads if isinstance(q.object, ox.Literal) and not xml.is_sound(q.object.value.encode()))
