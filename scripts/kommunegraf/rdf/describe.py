"""The concise bounded description of one resource, and its bytes in each format."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kommunegraf.namespaces import GRAPH, KG, PREFIXES, RDF, XSD
from kommunegraf.rdf.formats import DATA, DATASETS, Format, WrongFormat

_FORMATS = {format.name: ox.RdfFormat.from_media_type(format.media) for format in (*DATA, *DATASETS)}
_TYPE = ox.NamedNode(RDF + "type")
_ONTOLOGY = ox.NamedNode(KG)
_PLAIN = {RDF + "langString", *(XSD + name for name in ("string", "boolean", "integer", "decimal", "double"))}
"""Datatypes that Turtle does not spell out."""
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    "\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_XML_NAME = re.compile(f"[{_START}][{_START}0-9.\u00b7\u0300-\u036f\u203f-\u2040-]*\\Z")
"""The end of an IRI that is a name without colon (Namespaces in XML 1.0, section 4)."""
_RESERVED = {RDF + name for name in (
    "RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "li", "Description", "aboutEach", "aboutEachPrefix", "bagID",
)}
"""Names that RDF/XML keeps for its own syntax (RDF 1.1 XML Syntax, section 5.1)."""
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
"""Characters that XML cannot carry, escaped or not (XML 1.0, section 2.2); with U+FFFE and U+FFFF."""


def description(store: ox.Store, iri: str) -> list[ox.Quad]:
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


def _with_blank_nodes(store: ox.Store, quads: list[ox.Quad]) -> Iterable[ox.Quad]:
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
    write, as those of `description` do. Raises WrongFormat for what RDF/XML cannot write: a predicate or class whose end is no XML
    name, and a text with a character that XML does not have.
    """
    rows = list(quads)
    prefixes = None
    if format.name == "rdfxml":
        prefixes = _declared(_xml_prefix(iri) for iri in _elements(rows))
    elif format.name in ("turtle", "trig"):
        prefixes = _declared(_prefix(iri) for iri in _named(rows))
    statements: Any = rows if format in DATASETS else dict.fromkeys(quad.triple for quad in rows)
    body: bytes = ox.serialize(statements, format=_FORMATS[format.name], prefixes=prefixes) or b""
    if format.name == "rdfxml":
        if not _is_xml(body):
            raise WrongFormat(f"RDF/XML cannot write a text of {_unwritable(rows)}: it has a control character")
        body = body.replace(b"\r", b"&#xD;")  # an XML parser would read a bare one as a line end
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
    if iri in _RESERVED:
        raise WrongFormat(f"RDF/XML cannot write <{iri}>: its syntax needs the name for itself")
    if not _XML_NAME.search(iri):
        raise WrongFormat(f"RDF/XML cannot write the predicate or class <{iri}>: it does not end in a name, a letter or _ first")
    return _prefix(iri)


def _is_xml(text: bytes) -> bool:
    return len(text.translate(None, _CONTROLS)) == len(text) and b"\xef\xbf\xbe" not in text and b"\xef\xbf\xbf" not in text


def _unwritable(quads: list[ox.Quad]) -> ox.NamedNode:
    return next(q.predicate for q in quads if isinstance(q.object, ox.Literal) and not _is_xml(q.object.value.encode()))
