"""Pages of the report's cases: what was done where, who took part in which role, how it is anchored, and each single fact."""

from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from kommunegraf.languages import alphabetical
from kommunegraf.site.parts.claims import of_kind
from kommunegraf.site.parts.printed import label
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View


@dataclass(frozen=True)
class Case:
    """What the report tells of a case: where, about what, and when."""

    case: str
    municipalities: list[str]
    initiatives: list[str]
    main_areas: list[str]
    motivations: list[str]
    years: list[str]
    sections: list[str]


@dataclass(frozen=True)
class Fact:
    """One fact of a case. `date` and `year` are empty, and `value` None, where the report does not say."""

    iri: str
    nature: str
    number: str
    date: str
    year: str
    value: float | None
    unit: str
    precision: str
    sections: list[str]


@dataclass(frozen=True)
class Anchoring:
    """How the work of a case is anchored."""

    iri: str
    kinds: list[str]
    body: str
    case: str
    municipality: str
    sections: list[str]


@dataclass(frozen=True)
class Participation:
    """Who takes part in a case, and in which role."""

    iri: str
    participant: str
    role: str
    case: str
    section: str


@dataclass(frozen=True)
class CasePage:
    """What `case.html` shows."""

    summary: Case
    roles: list[Participation]
    anchorings: list[Anchoring]
    bodies: list[str]
    facts: list[tuple[str, list[Fact]]]
    primary: list[str]
    source: list[str]


@dataclass(frozen=True)
class CaseRow:
    """A case in the list of cases."""

    summary: Case
    text: ox.Literal | None
    facts: int


@dataclass(frozen=True)
class Cases:
    """What `cases.html` shows."""

    cases: list[CaseRow]
    bodies: list[str]
    facts: int
    participants: list[str]


@dataclass(frozen=True)
class FactPage:
    """What `fact.html` shows."""

    fact: Fact
    case: str
    alike: list[str]


@dataclass(frozen=True)
class Facts:
    """What `facts.html` shows."""

    owners: list[tuple[str, list[Fact]]]


@dataclass(frozen=True)
class ParticipationPage:
    """What `participation.html` shows."""

    row: Participation
    others: list[Participation]


@dataclass(frozen=True)
class AnchoringPage:
    """What `anchoring.html` shows."""

    row: Anchoring


@dataclass(frozen=True)
class Body:
    """What `body.html` shows."""

    municipality: str
    nature: str
    basis: ox.Literal | None
    sections: list[str]
    anchorings: list[Anchoring]
    cases: list[str]


def case(page: Page, iri: str) -> CasePage:
    """A case with everything that is told of it."""
    view = page.view
    kinds = defaultdict(list)
    for one in view.references(iri, "kg:factOf"):
        kinds[view.thing(one, "kg:factKind")].append(_fact(view, one))
    return CasePage(
        summary=_summary(view, iri), roles=_roles(view, view.references(iri, "kg:participationIn")),
        anchorings=[_anchoring(view, a) for a in view.references(iri, "kg:anchoringOf")], bodies=view.things(iri, "kg:involvesBody"),
        facts=[(kind, sorted(kinds[kind], key=lambda f: f.number))
                  for kind in sorted(kinds, key=lambda kind: (not kind, alphabetical(label(view, kind))))],
        primary=view.things(iri, "prov:hadPrimarySource"), source=view.things(iri, "dcterms:source"),
    )


def _summary(view: View, iri: str) -> Case:
    years = [view.plain(iri, "kg:startYear"), view.plain(iri, "kg:endYear")]
    return Case(
        case=iri, municipalities=view.things(iri, "kg:municipality"), initiatives=view.things(iri, "kg:initiative"),
        main_areas=view.things(iri, "kg:mainArea"), motivations=view.things(iri, "kg:motivation"), years=years,
        sections=view.in_order(view.things(iri, "kg:section")),
    )


def _fact(view: View, iri: str) -> Fact:
    return Fact(
        iri=iri, nature=view.thing(iri, "kg:factKind"), number=view.plain(iri, "dcterms:identifier"), date=view.plain(iri, "dcterms:date"),
        year=view.plain(iri, "kg:factYear"), value=view.number(iri, "kg:value"),
        unit=view.thing(iri, "sdmx-attribute:unitMeasure"), precision=view.thing(iri, "kg:precision"),
        sections=view.in_order(view.things(iri, "kg:section")),
    )


def _roles(view: View, participations: list[str]) -> list[Participation]:
    rows = [Participation(iri=p, participant=view.thing(p, "kg:participant"), role=view.thing(p, "kg:role"),
             case=view.thing(p, "kg:participationIn"), section=view.thing(p, "kg:section")) for p in participations]
    return sorted(rows, key=lambda r: (label(view, r.role), label(view, r.participant), r.iri))


def _anchoring(view: View, iri: str) -> Anchoring:
    kinds = [t for t in view.things(iri, "rdf:type") if view.described(t)]
    return Anchoring(iri=iri, kinds=kinds, body=view.thing(iri, "kg:body"), case=view.thing(iri, "kg:anchoringOf"),
            municipality=view.thing(iri, "kg:municipality"), sections=view.in_order(view.things(iri, "kg:section")))


def cases(page: Page, iri: str) -> Cases:
    """The cases that the report tells."""
    view = page.view
    rows = [
        CaseRow(summary=_summary(view, c), text=view.definition(c), facts=len(view.references(c, "kg:factOf")))
        for c in view.of_type("kg:CaseExample")
    ]
    participants = {view.thing(p, "kg:participant") for p in view.of_type("kg:Participation")} - {""}
    return Cases(
        cases=rows, bodies=view.of_type("kg:Body"), facts=sum(c.facts for c in rows), participants=view.by_label(participants),
    )


def fact(page: Page, iri: str) -> FactPage:
    """One fact of a case."""
    view = page.view
    owner, kind = view.thing(iri, "kg:factOf"), view.thing(iri, "kg:factKind")
    alike = [f for f in view.references(owner, "kg:factOf") if f != iri and view.thing(f, "kg:factKind") == kind] if owner else []
    return FactPage(fact=_fact(view, iri), case=owner, alike=alike)


def facts(page: Page, iri: str) -> Facts:
    """All facts, by case and in the order of the report."""
    view = page.view
    owners = []
    for owner in view.of_type("kg:CaseExample"):
        rows = [_fact(view, f) for f in view.references(owner, "kg:factOf")]
        owners.append((owner, sorted(rows, key=lambda f: f.number)))
    return Facts(owners=owners)


def participation(page: Page, iri: str) -> ParticipationPage:
    """Who takes part in a case, and in which role; beside it the others of the case."""
    view = page.view
    row = _roles(view, [iri])[0]
    others = [r for r in _roles(view, view.references(row.case, "kg:participationIn")) if r.iri != iri] if row.case else []
    return ParticipationPage(row=row, others=others)


def anchoring(page: Page, iri: str) -> AnchoringPage:
    """How the work of a case is anchored."""
    return AnchoringPage(row=_anchoring(page.view, iri))


def body(page: Page, iri: str) -> Body:
    """A committee, network or secretariat that the report names."""
    view = page.view
    return Body(
        municipality=view.thing(iri, "org:unitOf"), nature=view.thing(iri, "kg:bodyKind"),
        basis=view.text(iri, "kg:statutoryBasis"),
        sections=view.in_order(view.things(iri, "kg:section")),
        anchorings=[_anchoring(view, a) for a in of_kind(view.references(iri, "kg:body"), "anchoring")],
        cases=view.references(iri, "kg:involvesBody"),
    )


RESOURCES: dict[str, Model] = {
    "case": ("case.html", case), "fact": ("fact.html", fact), "participation": ("participation.html", participation),
    "anchoring": ("anchoring.html", anchoring), "body": ("body.html", body),
}
DOCUMENTS: dict[str, Model] = {"case/index": ("cases.html", cases), "fact/index": ("facts.html", facts)}
