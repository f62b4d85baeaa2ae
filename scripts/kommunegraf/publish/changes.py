"""What changed from one release to the next, by resource: as values, and as RDF."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import pyoxigraph as ox

from kommunegraf.findings import BadInput, Finding
from kommunegraf.languages import texts
from kommunegraf.namespaces import BASE, DCT, PROV, expand

_MODIFIED, _WHOLE = ox.NamedNode(DCT + "modified"), BASE + "dataset/kommunegraf"
_REPLACES = ox.NamedNode(DCT + "replaces")
Node = ox.NamedNode | ox.BlankNode
Statements = frozenset[ox.Quad]


@dataclass(frozen=True)
class Change:
    """A resource whose description differs, with the statements that were added and removed, sorted."""

    iri: str
    added: list[ox.Quad]
    removed: list[ox.Quad]


@dataclass(frozen=True)
class Changes:
    """What changed from version `old` to version `new`: resources added, removed, and described differently, sorted by IRI.

    `replacements` has, for each that is gone, those that the new version says replace it (dcterms:replaces). `described` has all
    resources of the new version. `issued` is the date of the new version, where it says one.
    """

    old: str
    new: str
    added: list[Change]
    removed: list[Change]
    changed: list[Change]
    replacements: dict[str, list[str]]
    described: frozenset[str]
    issued: tuple[ox.Literal, ...] = ()

    @property
    def path(self) -> str:
        """The path of the description of these changes."""
        return f"changes/{self.old}-{self.new}"

    @property
    def statements(self) -> tuple[int, int]:
        """How many statements were added and removed."""
        every = [*self.added, *self.removed, *self.changed]
        return sum(len(change.added) for change in every), sum(len(change.removed) for change in every)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compare(old: str, before: Iterable[str], new: str, after: Iterable[str]) -> Changes:
    """What changed between the N-Quads lines of two versions, whose numbers are `old` and `new`.

    A blank node belongs to the resource that it helps to describe, as in a concise bounded description, and is identified by its own
    description: another label is no change. A statement that moves to another graph counts as removed and added. Raises BadInput for
    lines that are not N-Quads.
    """
    was, now = _by_resource(before, old), _by_resource(after, new)
    changed = [Change(iri, _sorted(now[iri] - was[iri]), _sorted(was[iri] - now[iri])) for iri in sorted(was.keys() & now.keys())]
    gone = sorted(was.keys() - now.keys())
    replacements: dict[str, list[str]] = {iri: [] for iri in gone}
    for iri in sorted(now):
        for quad in now[iri]:
            if quad.predicate == _REPLACES and isinstance(quad.object, ox.NamedNode) and quad.object.value in replacements:
                replacements[quad.object.value].append(iri)
    return Changes(
        old, new, [Change(iri, _sorted(now[iri]), []) for iri in sorted(now.keys() - was.keys())],
        [Change(iri, [], _sorted(was[iri])) for iri in gone], [change for change in changed if change.added or change.removed],
        replacements, frozenset(now), _issued(now),
    )


def _issued(version: dict[str, Statements]) -> tuple[ox.Literal, ...]:
    """The date of a version, as its data set says it (dcterms:modified)."""
    dates = (quad.object for quad in version.get(_WHOLE, ()) if quad.predicate == _MODIFIED)
    return tuple(date for date in dates if isinstance(date, ox.Literal))


def _sorted(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    return sorted(quads, key=str)


def _by_resource(lines: Iterable[str], version: str) -> dict[str, Statements]:
    """The description of each resource, with blank node labels that depend on that description alone."""
    own: dict[Node, list[ox.Quad]] = defaultdict(list)
    try:
        for quad in ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS):
            if isinstance(quad.subject, ox.NamedNode | ox.BlankNode):
                own[quad.subject].append(quad)
    except SyntaxError as error:
        repair = "see https://www.w3.org/TR/n-quads/"
        raise BadInput([Finding("violation", "nquads", f"not N-Quads: {error.args[0]}", repair, f"version {version}")]) from error
    return {subject.value: _described(subject, own) for subject in list(own) if isinstance(subject, ox.NamedNode)}


def _described(subject: ox.NamedNode, own: dict[Node, list[ox.Quad]]) -> Statements:
    quads = list(own[subject])
    if not any(isinstance(quad.object, ox.BlankNode) for quad in quads):
        return frozenset(quads)
    seen: set[ox.BlankNode] = set()
    for quad in quads:  # the list grows during the loop, by what describes the blank nodes in it
        if isinstance(quad.object, ox.BlankNode) and quad.object not in seen:
            seen.add(quad.object)
            quads += own.get(quad.object, [])
    labels: dict[Node, str] = {}
    if all(_label(node, own, labels, ()) for node in seen) and len(set(labels.values())) == len(seen):
        return _relabelled(subject, quads, labels)
    closed = ox.Dataset(quads)  # blank nodes in a circle, or with equal descriptions: only canonicalisation tells them apart
    closed.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return _relabelled(subject, closed, {})


def _label(node: ox.BlankNode, own: dict[Node, list[ox.Quad]], labels: dict[Node, str], way: tuple[ox.BlankNode, ...]) -> str:
    """A label made from the description of a blank node, stored in `labels`; empty if the description leads back to the node."""
    if node in way:
        return ""
    if node not in labels:
        parts = []
        for quad in own.get(node, []):
            value = _label(quad.object, own, labels, (*way, node)) if isinstance(quad.object, ox.BlankNode) else str(quad.object)
            if not value:
                return ""
            parts.append(f"{quad.predicate} {value} {quad.graph_name}")
        labels[node] = sha256("\n".join(sorted(parts)).encode()).hexdigest()
    return labels[node]


def _relabelled(subject: ox.NamedNode, quads: Iterable[ox.Quad], labels: dict[Node, str]) -> Statements:
    """The quads, with labels that the blank nodes of no other resource have."""
    def new(node: ox.BlankNode) -> ox.BlankNode:
        return ox.BlankNode("b" + sha256(f"{subject} {labels.get(node, node.value)}".encode()).hexdigest()[:16])

    return frozenset(
        ox.Quad(new(q.subject) if isinstance(q.subject, ox.BlankNode) else q.subject, q.predicate,
                new(q.object) if isinstance(q.object, ox.BlankNode) else q.object, q.graph_name) for q in quads)


def description(changes: Changes) -> list[ox.Quad]:
    """A description of the changes: an activity that led from the old version to the new, and the graphs of `dataset` with their sizes.

    prov:generated names each added resource, prov:invalidated each removed one, prov:influenced each that is described differently.
    """
    about, old, new = BASE + changes.path, changes.old, changes.new
    counts = {"added": len(changes.added), "removed": len(changes.removed), "changed": len(changes.changed)}
    rows: list[tuple[str, str, Node | ox.Literal]] = [
        (about, "rdf:type", ox.NamedNode(PROV + "Activity")),
        *((about, "dcterms:title", text) for text in literals("title", old=old, new=new)),
        *((about, "dcterms:description", text) for text in literals("counts", **counts)),
        (about, "prov:used", ox.NamedNode(f"{BASE}version/{old}/")),
        (about, "prov:generated", ox.NamedNode(f"{BASE}version/{new}/")),
        *((about, "dcterms:issued", date) for date in changes.issued),
    ]
    for name, listed in (("generated", changes.added), ("invalidated", changes.removed), ("influenced", changes.changed)):
        rows += [(about, "prov:" + name, ox.NamedNode(change.iri)) for change in listed]
    for part, count in zip(("added", "removed"), changes.statements):
        rows += [
            (about, "dcterms:hasPart", ox.NamedNode(f"{about}#{part}")),
            (f"{about}#{part}", "rdf:type", ox.NamedNode(expand("void:Dataset"))),
            *((f"{about}#{part}", "dcterms:title", text) for text in literals(part)),
            (f"{about}#{part}", "void:triples", ox.Literal(count)),
        ]
    return [ox.Quad(ox.NamedNode(subject), ox.NamedNode(expand(name)), value) for subject, name, value in rows]


def literals(name: str, **values: object) -> list[ox.Literal]:
    """A text about changes of `words/publish.yaml` in each language, filled in."""
    return [ox.Literal(text.format(**values), language=lang) for lang, text in texts("publish")["changes"][name].items()]


def dataset(changes: Changes) -> list[ox.Quad]:
    """The description in the default graph; the statements that were added and removed in the graphs `#added` and `#removed`."""
    sizes = description(changes)
    every = [*changes.added, *changes.removed, *changes.changed]
    for part, listed in (("#added", [change.added for change in every]), ("#removed", [change.removed for change in every])):
        graph = ox.NamedNode(BASE + changes.path + part)
        sizes += [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quads in listed for quad in quads]
    return sizes
