"""Pages of initiatives and main areas: who, since when, with what, and what the survey printed beside what was found."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from kommunegraf.namespaces import BASE
from kommunegraf.site.pages import claims, maps, printed, survey
from kommunegraf.site.pages.printed import Printed
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View

Shares = list[tuple[str, list[Printed]]]
"""Values as people write them, each with the figures that print it."""
Row = tuple[str, list[tuple[str, int]], int, Shares]
"""An initiative, its adoptions by status, how many there are, and the shares that are printed."""


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
    shares: list[tuple[str, list[Printed]]]
    planned: Shares
    charts: list[printed.Chart]
    groups: list[tuple[str, list[claims.Claim]]]
    counts: list[tuple[str, int]]
    active: int
    all: int
    elsewhere: int
    uncounted: list[claims.Statement]
    solutions: list[tuple[str, list[str]]]
    told: Told
    map: Markup


@dataclass(frozen=True)
class MainArea:
    """What `main-area.html` shows."""

    rows: list[tuple[str, list[tuple[str, int]], int, list[tuple[str, list[Printed]]]]]
    sections: list[str]
    figures: list[Printed]
    charts: list[printed.Chart]
    told: Told


@dataclass(frozen=True)
class Initiatives:
    """What `initiatives.html` shows."""

    title: str
    areas: list[tuple[str, list[tuple[str, list[tuple[str, int]], int, list[tuple[str, list[Printed]]]]]]]
    total: int
    beyond: int


def initiative(page: Page, iri: str) -> InitiativePage:
    """An initiative: what was found, where, with which solutions, and what the report says of it."""
    view = page.view
    found = claims.claims(view, iri, "kg:initiative")
    said = claims.statements(view, iri, "kg:initiative")
    figures = printed.about(view, iri, "kg:item")
    areas, sections = view.things(iri, "kg:mainArea"), survey.in_order(view, view.things(iri, "kg:section"))
    return InitiativePage(
        areas=areas, sections=sections, figures=figures,
        shares=shares(page, figures, "share"), planned=shares(page, figures, "planned-share"),
        charts=printed.charts(page, "chart", figures, "question"),
        groups=claims.by_status(found), counts=claims.counts(a.status for a in found),
        active=sum(a.status.endswith("/active") for a in found),
        all=len(everybody := view.of_type("kg:Municipality")), elsewhere=len(everybody) - len({a.municipality for a in found}),
        uncounted=[s for s in said if s.low], solutions=solutions(view, found),
        told=told(view, iri, sections),
        map=maps.status(page, page.w.map_of.format(view.label(iri)), {a.municipality: a.status for a in found}),
    )


def solutions(view: View, found: list[claims.Claim]) -> list[tuple[str, list[str]]]:
    """The solutions of some adoptions, most used first, each with its kommuner; an empty IRI for those whose solution is unknown."""
    used = defaultdict(set)
    for one in found:
        for solution in one.solutions or ("",):
            used[solution].add(one.municipality)
    order = sorted(used.items(), key=lambda item: (not item[0], -len(item[1]), view.label(item[0]) if item[0] else "", item[0]))
    return [(solution, view.by_label(places)) for solution, places in order]


def told(view: View, iri: str, sections: Iterable[str] = ()) -> Told:
    """What the report tells of an initiative or main area beside figures: statements, places in rankings, cases."""
    places = [(view.thing(p, "kg:placeIn"), view.plain(p, "kg:position"), p) for p in view.references(iri, "rdf:first")]
    return Told(
        statements=[(s, view.things(s, "kg:section")) for s in claims.of_kind(view.references(iri, "dcterms:subject"), "statement")],
        rankings=sorted((view.label(r), r, n, p) for r, n, p in places if r),
        cases=claims.of_kind(view.references(iri, "kg:initiative", "kg:mainArea"), "case"),
        gaps=view.by_label({g for s in sections for g in claims.of_kind(view.references(s, "kg:section"), "gap")}),
    )


def shares(page: Page, figures: list[Printed], statistic: str) -> Shares:
    """The values of one statistic among all who answered, the one that most sections print first."""
    found = defaultdict(list)
    for one in figures:
        if (one.statistic, one.group) == (f"{BASE}statistic/{statistic}", f"{BASE}population-group/all"):
            found[printed.told(page, one)].append(one)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def main_area(page: Page, iri: str) -> MainArea:
    """A main area: its initiatives with counts, and what the report says of it."""
    view = page.view
    members = view.references(iri, "kg:mainArea")
    figures = printed.about(view, iri, "kg:item")
    return MainArea(
        rows=rows(page, claims.of_kind(members, "initiative"), claims.states(view)), sections=view.things(iri, "kg:section"),
        figures=figures, charts=printed.charts(page, "chart", figures, "question"), told=told(view, iri),
    )


def rows(page: Page, initiatives: list[str], states: claims.States) -> list[Row]:
    """For a table of initiatives, of what `claims.states` gives of all."""
    found: dict[str, Counter[str]] = {i: Counter() for i in initiatives}
    for (_, name), (status, _) in states.items():
        if name in found:
            found[name][status] += 1
    printed_of = {i: shares(page, printed.about(page.view, i, "kg:item"), "share") for i in initiatives}
    return [(i, claims.counts(found[i].elements()), found[i].total(), printed_of[i]) for i in initiatives]


def by_area(view: View) -> list[tuple[str, list[str]]]:
    """All initiatives by main area; an empty IRI for those beyond the survey, last."""
    grouped = defaultdict(list)
    for one in view.of_type("kg:Initiative"):
        for area in view.things(one, "kg:mainArea") or [""]:
            grouped[area].append(one)
    return [(area, grouped[area]) for area in [*view.by_label(a for a in grouped if a), *([""] if "" in grouped else [])]]


def every(page: Page, iri: str) -> Initiatives:
    """The list of all initiatives, by main area."""
    areas, states = by_area(page.view), claims.states(page.view)
    beyond = sum(len(found) for area, found in areas if not area)
    total = len(page.view.of_type("kg:Initiative"))
    tables = [(area, rows(page, found, states)) for area, found in areas]
    return Initiatives(title=page.w.kinds_initiative, areas=tables, total=total, beyond=beyond)


RESOURCES: dict[str, Model] = {"initiative": ("initiative.html", initiative), "main-area": ("main-area.html", main_area)}
DOCUMENTS: dict[str, Model] = {"initiative/index": ("initiatives.html", every)}
