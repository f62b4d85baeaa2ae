"""Adoptions and evidence as pages show them: what is said of a kommune, since when, with what, and who says so."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kommunegraf.graph.adoption import STATUS
from kommunegraf.namespaces import BASE, expand
from kommunegraf.site.view import View, node

States = dict[tuple[str, str], tuple[str, str]]
"""By kommune and initiative: the status of their adoption, and its IRI."""


@dataclass(frozen=True)
class Statement:
    """One piece of evidence. `year` is its source's, `start` and `end` are the years it speaks of; empty where unknown."""

    iri: str
    municipality: str
    initiative: str
    status: str
    confidence: str
    source: str
    publisher: str
    year: str
    start: str
    end: str
    solutions: tuple[str, ...]

    @property
    def low(self) -> bool:
        """Whether it is too uncertain to make an adoption."""
        return self.confidence == f"{BASE}confidence/low"


@dataclass(frozen=True)
class Claim:
    """One adoption, with the evidence that decides its status first."""

    iri: str
    municipality: str
    initiative: str
    status: str
    evidence: tuple[Statement, ...]
    solutions: tuple[str, ...]

    @property
    def start(self) -> str:
        """The earliest year in which the evidence says that it began or is to begin; empty where none says so."""
        return min((s.start for s in self.evidence if s.start), default="")

    @property
    def year(self) -> str:
        """The earliest year of a source that tells of it; empty where none is dated."""
        return min((s.year for s in self.evidence if s.year), default="")


def statement(view: View, iri: str) -> Statement:
    """What a resource of the class kg:Evidence says."""
    said = _values(view, iri)
    source = _first(said, "dcterms:source")
    of_source = _values(view, source) if source else {}
    return Statement(
        iri=iri, municipality=_first(said, "kg:adopter"), initiative=_first(said, "kg:initiative"), status=_first(said, "kg:status"),
        confidence=_first(said, "kg:confidence"), source=source, publisher=_first(of_source, "dcterms:publisher"),
        year=_first(of_source, "kg:year"), start=_first(said, "kg:startYear"), end=_first(said, "kg:endYear"),
        solutions=tuple(view.by_label(said.get(expand("kg:solution"), ()))),
    )


def claim(view: View, iri: str) -> Claim:
    """What a resource of the class kg:Adoption says."""
    said = _values(view, iri)
    deciding = _first(said, "kg:statusFrom")
    support = sorted(view.by_label(said.get(expand("kg:supportedBy"), ())), key=lambda e: e != deciding)
    return Claim(
        iri=iri, municipality=_first(said, "kg:adopter"), initiative=_first(said, "kg:initiative"), status=_first(said, "kg:status"),
        evidence=tuple(statement(view, e) for e in support), solutions=tuple(view.by_label(said.get(expand("kg:solution"), ()))),
    )


def _values(view: View, iri: str) -> dict[str, set[str]]:
    """Everything that is stated of a resource, in one look-up: the values of each property, by its IRI."""
    found = defaultdict(set)
    for quad in view.store.quads_for_pattern(ox.NamedNode(iri), None, None, None):
        if isinstance(quad.object, ox.NamedNode | ox.Literal):
            found[quad.predicate.value].add(quad.object.value)
    return found


def _first(said: dict[str, set[str]], name: str) -> str:
    return min(said.get(expand(name), ()), default="")


def of_kind(iris: Iterable[str], kind: str) -> list[str]:
    """Those of some IRIs whose path begins with a kind, such as `adoption`."""
    return [iri for iri in iris if iri.startswith(f"{BASE}{kind}/")]


def claims(view: View, iri: str, name: str) -> list[Claim]:
    """The adoptions that have a resource as a value of a property, by their labels."""
    return [claim(view, a) for a in of_kind(view.references(iri, name), "adoption")]


def statements(view: View, iri: str, name: str) -> list[Statement]:
    """The pieces of evidence that have a resource as a value of a property, by their labels."""
    return [statement(view, e) for e in of_kind(view.references(iri, name), "evidence")]


def between(view: View, municipality: str, initiative: str) -> list[Statement]:
    """The pieces of evidence about one kommune and one initiative, by their labels."""
    found = _subjects(view, "kg:adopter", municipality) & _subjects(view, "kg:initiative", initiative)
    return [statement(view, e) for e in view.by_label(of_kind(found, "evidence"))]


def _subjects(view: View, name: str, iri: str) -> set[str]:
    quads = view.store.quads_for_pattern(None, node(name), ox.NamedNode(iri), None) if iri else ()
    return {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)}


def by_status(found: Iterable[Claim]) -> list[tuple[str, list[Claim]]]:
    """Adoptions by status, in the order of `STATUS`; a status without any is left out."""
    grouped = defaultdict(list)
    for one in found:
        grouped[one.status].append(one)
    order = [BASE + "status/" + name for name in STATUS]
    return sorted(grouped.items(), key=lambda item: (order.index(item[0]) if item[0] in order else len(order), item[0]))


def counts(statuses: Iterable[str]) -> list[tuple[str, int]]:
    """How often each status stands among some, in the order of `STATUS`, the rest after."""
    found = Counter(statuses)
    order = [BASE + "status/" + name for name in STATUS]
    return [(s, found[s]) for s in sorted(found, key=lambda s: (order.index(s) if s in order else len(order), s))]


def states(view: View) -> States:
    """The status of every kommune and initiative that a complete adoption joins, and the adoption's IRI; in order of its IRI."""
    found: States = {}
    for iri in sorted(_subjects(view, "rdf:type", expand("kg:Adoption"))):
        said = _values(view, iri)
        place, initiative, status = (_first(said, name) for name in ("kg:adopter", "kg:initiative", "kg:status"))
        if place and initiative and status:
            found[place, initiative] = status, iri
    return found
