"""VoID about the graph: what it is, its parts, its dumps, and the numbers of each.

See W3C *Describing Linked Datasets with the VoID Vocabulary*. Numbers take long in a large graph, so they are counted when somebody reads
one (`Counted`, `rdf.layers`).
"""

from collections.abc import Iterable
from functools import cached_property

import pyoxigraph as ox

from kommunegraf.graph.catalog import CATALOG, VOID, WHOLE, File, asked, datasets, triple
from kommunegraf.namespaces import BASE, GRAPH, PREFIXES, RDF, expand, own_path
from kommunegraf.rdf.layers import Graph, Term

PUBLISHED = ox.NamedNode(BASE + CATALOG)
"""The graph in which a published store holds the catalogue and VoID."""
_TYPE = ox.NamedNode(RDF + "type")
_SAID = {RDF + "type", *(expand(name) for name in ("dcterms:title", "foaf:homepage"))}
"""What `counted` says of its parts beside the properties of VoID."""


def void(store: ox.Store, files: Iterable[File], sparql: str | None = None) -> list[ox.Triple]:
    """The VoID description, each triple once: counts of the union of the named graphs, partitions, linksets and dumps.

    `files` and `sparql` are as for `catalog`. See W3C *Describing Linked Datasets with the VoID Vocabulary*.
    """
    return list(dict.fromkeys((*described(store, files, sparql), *counted(store))))


def described(store: ox.Store, files: Iterable[File], sparql: str | None = None) -> list[ox.Triple]:
    """The part of `void` that nothing is counted for, which takes long in a large graph."""
    triples = [t for part in ("dataset", "examples") for t in asked(store, f"void-{part}")]
    for file in files:
        wholes = (of for of in datasets(file.path) if of == WHOLE or of.startswith(GRAPH))
        triples += (triple(of, "void:dataDump", BASE + file.path) for of in wholes)
    if sparql:
        triples.append(triple(WHOLE, "void:sparqlEndpoint", sparql))
    return list(dict.fromkeys(triples))


def counted(store: ox.Store) -> list[ox.Triple]:
    """The rest of `void`: the numbers of the whole, of its parts and of its links."""
    return list(dict.fromkeys([*(t for part in ("graphs", "linksets") for t in asked(store, f"void-{part}")), *counts(store)]))


def quads(triples: Iterable[ox.Triple]) -> list[ox.Quad]:
    """Triples of the catalogue or of VoID as they stand beside a graph that is published."""
    return [ox.Quad(t.subject, t.predicate, t.object, PUBLISHED) for t in triples]


class Counted:
    """`counted` of a store, as quads that are worked out late: see `rdf.layers.Late`."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    @cached_property
    def triples(self) -> list[ox.Triple]:
        """What `counted` says, worked out once."""
        return counted(self._store)

    def quads(self) -> list[ox.Quad]:
        """The same as it stands beside the graph."""
        return quads(self.triples)

    def subjects(self) -> list[ox.NamedNode]:
        """The data set and the named graphs: the rest stands below the description's own address."""
        return [ox.NamedNode(WHOLE), *(graph for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode))]

    def may_have(self, subject: Term | None, predicate: ox.NamedNode | None, object: Term | None, graph: Graph | None) -> bool:
        """Whether one of the quads could fit a pattern: by what the queries for them construct in each place."""
        if graph not in (None, PUBLISHED) or isinstance(object, ox.BlankNode):
            return False
        if subject is not None and not (isinstance(subject, ox.NamedNode) and self._is_counted(subject)):
            return False
        is_part = subject is None or isinstance(subject, ox.NamedNode) and subject.value.startswith(BASE + VOID)
        if predicate is not None and not predicate.value.startswith(PREFIXES["void"]) and not (is_part and predicate.value in _SAID):
            return False
        if predicate == _TYPE and object is not None:
            return isinstance(object, ox.NamedNode) and object.value.startswith(PREFIXES["void"])
        return not isinstance(object, ox.NamedNode) or self._is_counted(object) or self._is_term(object)

    def _is_counted(self, node: ox.NamedNode) -> bool:
        """Whether it is the data set, a named graph, or a part of the description."""
        return node.value == WHOLE or node.value.startswith(BASE + VOID) or self._store.contains_named_graph(node)

    def _is_term(self, node: ox.NamedNode) -> bool:
        """Whether it is used as a class or a property, or is no resource of ours, as vocabularies are not and the homes of data sets."""
        used = (self._store.quads_for_pattern(None, _TYPE, node, None), self._store.quads_for_pattern(None, node, None, None))
        return own_path(node.value) is None or node.value.endswith(("/", "#")) or any(True for quads in used for _ in quads)


def counts(store: ox.Store, dataset: str = WHOLE, document: str = BASE + VOID, space: str = BASE) -> list[ox.Triple]:
    """What VoID counts of a data set: its totals, its classes and properties with theirs, and its vocabularies.

    `document` is the address of the description, below which the parts have their IRIs. The entities are the resources whose IRI begins
    with `space`.
    """
    return [
        *asked(store, "void-totals", dataset=dataset, space=space),
        *(t for part in ("classes", "properties") for t in asked(store, f"void-{part}", dataset=dataset, document=document)),
        *asked(store, "void-vocabularies", dataset=dataset),
    ]
