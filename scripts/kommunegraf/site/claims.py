"""Adoptions and evidence as pages show them: what is said of a kommune, since when, with what, and who says so."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kommunegraf.namespaces import BASE
from kommunegraf.site.view import View, node

STATUS = ("active", "planned", "ended")
"""The last part of the IRI of each status, in the order in which pages list them."""


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
    source = view.thing(iri, "dcterms:source")
    return Statement(
        iri, view.thing(iri, "kg:adopter"), view.thing(iri, "kg:initiative"), view.thing(iri, "kg:status"),
        view.thing(iri, "kg:confidence"), source, view.thing(source, "dcterms:publisher") if source else "",
        view.plain(source, "kg:year") if source else "", view.plain(iri, "kg:startYear"), view.plain(iri, "kg:endYear"),
        tuple(view.things(iri, "kg:solution")),
    )


def claim(view: View, iri: str) -> Claim:
    """What a resource of the class kg:Adoption says."""
    deciding = view.thing(iri, "kg:statusFrom")
    support = sorted(view.things(iri, "kg:supportedBy"), key=lambda e: e != deciding)
    return Claim(
        iri, view.thing(iri, "kg:adopter"), view.thing(iri, "kg:initiative"), view.thing(iri, "kg:status"),
        tuple(statement(view, e) for e in support), tuple(view.things(iri, "kg:solution")),
    )


def of_kind(iris: Iterable[str], kind: str) -> list[str]:
    """Those of some IRIs whose path begins with a kind, such as `adoption`."""
    return [iri for iri in iris if iri.startswith(f"{BASE}{kind}/")]


def claims(view: View, iri: str, name: str) -> list[Claim]:
    """The adoptions that have a resource as a value of a property, by their labels."""
    return [claim(view, a) for a in of_kind(view.references(iri, name), "adoption")]


def statements(view: View, iri: str, name: str) -> list[Statement]:
    """The pieces of evidence that have a resource as a value of a property, by their labels."""
    return [statement(view, e) for e in of_kind(view.references(iri, name), "evidence")]


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


def states(view: View) -> dict[tuple[str, str], tuple[str, str]]:
    """The status of every kommune and initiative that an adoption joins, and the adoption's IRI; in order of its IRI."""
    found = {}
    adoptions = sorted(q.subject.value for q in view.store.quads_for_pattern(None, node("rdf:type"), node("kg:Adoption"), None)
                       if isinstance(q.subject, ox.NamedNode))
    for iri in adoptions:
        found[view.thing(iri, "kg:adopter"), view.thing(iri, "kg:initiative")] = view.thing(iri, "kg:status"), iri
    return found
