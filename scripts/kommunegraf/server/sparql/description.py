"""How the endpoint describes itself (SPARQL 1.1 Service Description)."""

from collections.abc import Iterator
from itertools import count
from urllib.parse import parse_qsl, urljoin

import pyoxigraph as ox

from kommunegraf.namespaces import DCT, PREFIXES, RDF, expand
from kommunegraf.rdf.formats import GRAPHS, TABLES, with_charset
from kommunegraf.rdf.negotiation import choose
from kommunegraf.server.context import Context
from kommunegraf.server.http.answers import Answer, entity_tag
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.sparql import media

SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_BESIDE = (".well-known/void", "questions", "openapi.json")
"""What else there is to read, relative to the endpoint's address; of data that is not ours the first."""


def answer(context: Context, address: str, accept: str | None, query_string: bytes) -> Answer:
    """The description of the endpoint at an address, in a format that the client takes. Raises Problem if it takes none."""
    names = [value for name, value in parse_qsl(query_string.decode("latin-1")) if name in ("format", "output")]
    formats = media.named(names[-1]) if names else None
    kind = formats[1] if formats else choose(accept, media.offered(rows=False))
    if not kind:
        raise Problem("missing-query" if formats is None and choose(accept, media.offered(rows=True)) else "not-acceptable",
                      formats=", ".join(media.offered(rows=False)))
    body = encode(list(describe(context, address)), kind)
    return Answer(body, with_charset(kind), headers={"Vary": "Accept", "Cache-Control": "no-cache"}, tag=entity_tag(body))


def encode(triples: list[ox.Triple], kind: str) -> bytes:
    """The triples in a media type."""
    form = ox.RdfFormat.from_media_type(kind) or ox.RdfFormat.TURTLE
    prefixes = {"sd": SD, **{name: PREFIXES[name] for name in ("dcterms", "rdfs", "void")}}
    return ox.serialize(triples, format=form, prefixes=prefixes) or b""


def describe(context: Context, address: str) -> Iterator[ox.Triple]:
    """The triples, in a fixed order."""
    service, dataset, default = ox.NamedNode(address), ox.BlankNode("dataset"), ox.BlankNode("default")
    yield _typed(service, "Service")
    yield ox.Triple(service, _sd("endpoint"), service)
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for format in (*TABLES, *GRAPHS):
        if format.w3c:
            yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(_FORMATS + format.w3c))
    for path in _BESIDE[:1] if context.is_foreign else _BESIDE:
        yield ox.Triple(service, ox.NamedNode(expand("rdfs:seeAlso")), ox.NamedNode(urljoin(address, path)))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield _typed(dataset, "Dataset")
    yield ox.Triple(dataset, _sd("defaultGraph"), default)
    yield _typed(default, "Graph")
    numbers = count(1)
    for graph, triples in context.state.graphs.items():
        yield from _named(context.store, dataset, graph, triples, next(numbers))


def _named(store: ox.Store, dataset: ox.BlankNode, graph: str, triples: int, number: int) -> Iterator[ox.Triple]:
    """A named graph of the dataset: its name, its title, and how many triples it has."""
    entry, content, name = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}"), ox.NamedNode(graph)
    yield ox.Triple(dataset, _sd("namedGraph"), entry)
    yield _typed(entry, "NamedGraph")
    yield ox.Triple(entry, _sd("name"), name)
    yield ox.Triple(entry, _sd("graph"), content)
    yield _typed(content, "Graph")
    yield ox.Triple(content, ox.NamedNode(expand("void:triples")), ox.Literal(triples))
    titles = {quad.object for quad in store.quads_for_pattern(name, ox.NamedNode(DCT + "title"), None, None)}
    for title in sorted(titles, key=str):
        yield ox.Triple(content, ox.NamedNode(DCT + "title"), title)


def _typed(subject: ox.NamedNode | ox.BlankNode, name: str) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(RDF + "type"), _sd(name))


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)
