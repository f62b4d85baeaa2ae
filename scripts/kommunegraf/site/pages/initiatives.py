"""Pages of initiatives and main areas: who, since when, with what, and what the survey printed beside what was found."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from kommunegraf.graph.adoption import Adoption, Evidence
from kommunegraf.site.parts import claims, maps, printed, rows
from kommunegraf.site.parts.printed import Printed
from kommunegraf.site.parts.rows import InitiativeRow
from kommunegraf.site.pictures import years
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View

GROUPS = ("active", "planned", "open-plan", "ended")
"""The parts of the list of kommuner on an initiative's page: who has it, plans it, once planned it, stopped."""


@dataclass(frozen=True)
class Told:
    """What the report tells of an initiative or main area beside figures."""

    statements: list[tuple[str, list[str]]]
    rankings: list[tuple[str, str, str, str]]
    cases: list[str]
    gaps: list[str]


@dataclass(frozen=True)
class InitiativePage:
    """What `initiative.html` shows."""

    areas: list[str]
    sections: list[str]
    figures: list[Printed]
    shares: rows.Shares
    planned: rows.Shares
    charts: list[printed.Chart]
    groups: list[tuple[str, list[tuple[Adoption, str]]]]
    spread: Markup
    undated: int
    counts: list[tuple[str, int]]
    active: int
    all: int
    elsewhere: int
    disputed: int
    weak: list[Evidence]
    solutions: list[tuple[str, list[str], list[str]]]
    told: Told
    map: Markup
    others: list[str]


@dataclass(frozen=True)
class MainArea:
    """What `main-area.html` shows."""

    rows: list[InitiativeRow]
    sections: list[str]
    figures: list[Printed]
    charts: list[printed.Chart]
    told: Told


@dataclass(frozen=True)
class Initiatives:
    """What `initiatives.html` shows."""

    title: str
    areas: list[tuple[str, list[InitiativeRow]]]
    total: int
    beyond: int


def initiative(page: Page, iri: str) -> InitiativePage:
    """An initiative: what was found, where, with which solutions, and what the report says of it."""
    view = page.view
    adoptions, weak = claims.adoptions(page, iri), claims.weak_signs(page, iri)
    figures = printed.about(view, iri, "kg:item")
    areas, sections = view.things(iri, "kg:mainArea"), view.in_order(view.things(iri, "kg:section"))
    everybody = view.of_type("kg:Municipality")
    return InitiativePage(
        areas=areas, sections=sections, figures=figures,
        shares=rows.shares(page, figures, "active-share"), planned=rows.shares(page, figures, "planned-share"),
        charts=printed.charts(page, "chart", figures, "question"),
        groups=groups(page, adoptions), counts=claims.counts([*(one.status for one in adoptions), *claims.signs(weak)]),
        active=sum(one.status == "active" for one in adoptions), spread=spread(page, iri),
        undated=sum(one.status == "active" and one.as_of is None and one.since is None for one in adoptions),
        all=len(everybody), elsewhere=len(everybody) - len({one.municipality for one in adoptions} | {one.municipality for one in weak}),
        disputed=sum(bool(one.against) for one in adoptions), weak=weak,
        solutions=solutions(view, [one for one in claims.statements(page, iri) if one.solutions]), told=told(view, iri, sections),
        map=maps.status(page, page.w.map_of.format(view.label(iri)), adoptions, weak),
        others=[one for area in areas for one in claims.of_kind(view.references(area, "kg:mainArea"), "initiative") if one != iri],
    )


def groups(page: Page, adoptions: list[Adoption]) -> list[tuple[str, list[tuple[Adoption, str]]]]:
    """Adoptions by status in the order of `GROUPS`, each with the region of its kommune; a status without any is left out."""
    grouped = defaultdict(list)
    for one in adoptions:
        grouped[one.status].append((one, page.view.thing(one.municipality, "kg:region")))
    return [(status, grouped[status]) for status in GROUPS if status in grouped]


def spread(page: Page, iri: str) -> Markup:
    """The picture of how an initiative spread; empty where nobody is known to have it in any year."""
    curve = claims.spread(page.site).get(iri, [])
    if not any(number for _, number in curve):
        return Markup("")
    told = ", ".join(f"{year}: {number}" for year, number in curve if year % 5 == 0 or year == curve[-1][0])
    return years.columns("spread", page.w.spread_title.format(page.view.label(iri)), page.w.spread_text.format(told), curve, page.lang)


def solutions(view: View, evidence: list[Evidence]) -> list[tuple[str, list[str], list[str]]]:
    """The solutions that some evidence names, the most used first: its kommuner, and those where only weak signs name it."""
    firm: dict[str, set[str]] = defaultdict(set)
    weak: dict[str, set[str]] = defaultdict(set)
    for one in evidence:
        for solution in one.solutions:
            (weak if one.confidence == "low" else firm)[solution].add(one.municipality)
    order = sorted({*firm, *weak}, key=lambda iri: (-len(firm[iri]), -len(weak[iri]), view.label(iri), iri))
    return [(iri, view.by_label(firm[iri]), view.by_label(weak[iri] - firm[iri])) for iri in order]


def told(view: View, iri: str, sections: Iterable[str] = ()) -> Told:
    """What the report tells of an initiative or main area beside figures: statements, places in rankings, cases."""
    places = [(view.thing(p, "kg:placeIn"), view.plain(p, "kg:position"), p) for p in view.references(iri, "rdf:first")]
    return Told(
        statements=[(s, view.things(s, "kg:section")) for s in claims.of_kind(view.references(iri, "dcterms:subject"), "statement")],
        rankings=sorted((view.label(r), r, n, p) for r, n, p in places if r),
        cases=claims.of_kind(view.references(iri, "kg:initiative", "kg:mainArea"), "case"),
        gaps=view.by_label({g for s in sections for g in claims.of_kind(view.references(s, "kg:section"), "gap")}),
    )


def main_area(page: Page, iri: str) -> MainArea:
    """A main area: its initiatives with counts, and what the report says of it."""
    view = page.view
    members = view.references(iri, "kg:mainArea")
    figures = printed.about(view, iri, "kg:item")
    return MainArea(
        rows=rows.initiatives(page, claims.of_kind(members, "initiative"), claims.states(page.site)),
        sections=view.things(iri, "kg:section"), figures=figures, charts=printed.charts(page, "chart", figures, "question"),
        told=told(view, iri),
    )


def every(page: Page, iri: str) -> Initiatives:
    """The list of all initiatives, by main area."""
    areas, states = rows.by_area(page.view), claims.states(page.site)
    beyond = sum(len(groups) for area, groups in areas if not area)
    total = len(page.view.of_type("kg:Initiative"))
    tables = [(area, rows.initiatives(page, groups, states)) for area, groups in areas]
    return Initiatives(title=page.w.kinds_initiative, areas=tables, total=total, beyond=beyond)


RESOURCES: dict[str, Model] = {"initiative": ("initiative.html", initiative), "main-area": ("main-area.html", main_area)}
DOCUMENTS: dict[str, Model] = {"initiative/index": ("initiatives.html", every)}
