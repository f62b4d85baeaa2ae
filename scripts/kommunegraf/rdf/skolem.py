"""Blank nodes replaced by stable IRIs (RDF 1.1 Concepts, section 3.5), so that a store can be brought up to date.

A store renames blank nodes on each load: the same file loaded twice adds them twice. An IRI made of what is said of the node stays the
same from version to version.
"""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

import pyoxigraph as ox

from kommunegraf.namespaces import BASE

GENID = BASE + ".well-known/genid/"
"""Where the IRIs of blank nodes begin, as RFC 5785 and RDF 1.1 have it."""
Subject = ox.NamedNode | ox.BlankNode | ox.Triple


def skolemized(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """The quads with an IRI in the place of each blank node.

    The IRI is a digest of the way to the node from the resources that lead to it, and of all that is said of it. Nodes that lead to
    each other in a circle are told apart by their canonical labels (RDFC-1.0) alone.
    """
    every = list(quads)
    if not any(isinstance(term, ox.BlankNode) for quad in every for term in (quad.subject, quad.object)):
        return set(every)
    names = _Names(every)
    return {ox.Quad(names.of(quad.subject), quad.predicate, names.of(quad.object), quad.graph_name) for quad in every}


class _Names:
    """The IRI of each blank node of some quads."""

    def __init__(self, quads: list[ox.Quad]) -> None:
        self._about: dict[Subject, list[ox.Quad]] = defaultdict(list)
        self._into: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
        for quad in quads:
            self._about[quad.subject].append(quad)
            if isinstance(quad.object, ox.BlankNode):
                self._into[quad.object].append(quad)
        self._content: dict[ox.BlankNode, str] = {}
        self._name: dict[ox.BlankNode, ox.NamedNode] = {}

    def of(self, term: Any) -> Any:
        """The term itself, or the IRI of a blank node."""
        return self._named(term, ()) if isinstance(term, ox.BlankNode) else term

    def _named(self, node: ox.BlankNode, way: tuple[ox.BlankNode, ...]) -> ox.NamedNode:
        if node not in self._name:
            if node in way:
                return ox.NamedNode(GENID + node.value)
            leading = sorted(
                f"{self._named(q.subject, (*way, node)) if isinstance(q.subject, ox.BlankNode) else q.subject} {q.predicate}"
                for q in self._into[node]
            )
            digest = sha256("\n".join([*leading, self._said(node, ())]).encode()).hexdigest()[:20]
            self._name[node] = ox.NamedNode(GENID + digest)
        return self._name[node]

    def _said(self, node: ox.BlankNode, way: tuple[ox.BlankNode, ...]) -> str:
        """What is said of a node, as text that is the same for every labelling."""
        if node in way:
            return node.value
        if node not in self._content:
            lines = []
            for quad in self._about.get(node, []):
                value = self._said(quad.object, (*way, node)) if isinstance(quad.object, ox.BlankNode) else str(quad.object)
                lines.append(f"{quad.predicate} {sha256(value.encode()).hexdigest()} {quad.graph_name}")
            self._content[node] = "\n".join(sorted(lines))
        return self._content[node]
