"""Pages of places: each kommune's profile, regions, the list of kommuner, and the table of kommuner and initiatives."""

from collections import defaultdict
from dataclasses import dataclass

from markupsafe import Markup

from kommunegraf.graph.adoption import STATUS
from kommunegraf.namespaces import BASE
from kommunegraf.site.pages import claims, initiatives, maps, partners, printed
from kommunegraf.site.pages.claims import Claim
from kommunegraf.site.render import Model, Page

_LARGE = 67_500
"""The only limit between classes of population that the report prints."""


@dataclass(frozen=True)
class Facts:
    """What the graph says of a kommune as a place."""

    code: str
    region: str
    population: float | None
    population_date: str
    type: str
    nuts: str
    within: str
    facts_from: list[str]
    sections: list[str]
    near: list[str]
    map: Markup


@dataclass(frozen=True)
class Survey:
    """What the survey printed of kommuner of the same type and size."""

    figures: list[tuple[printed.Printed, str]]
    size: str


@dataclass(frozen=True)
class MunicipalityPage:
    """What `municipality.html` shows."""

    facts: Facts
    same: list[str]
    counts: list[tuple[str, int]]
    total: int
    areas: list[tuple[str, list[Claim], list[str]]]
    uncounted: list[claims.Statement]
    sources: list[str]
    survey: Survey
    cases: list[str]
    bodies: list[str]
    anchorings: list[str]
    about: list[str]
    partner_of: list[claims.Statement]
    published: int
    suggestions: partners.Suggestions | None


@dataclass(frozen=True)
class Region:
    """What `region.html` shows."""

    rows: list[tuple[str, float | None, int, list[tuple[str, int]]]]
    code: str
    facts_from: list[str]
    having: list[tuple[str, int, list[tuple[str, int]]]]


@dataclass(frozen=True)
class Municipalities:
    """What `municipalities.html` shows."""

    title: str
    regions: list[tuple[str, list[tuple[str, float | None, int, list[tuple[str, int]]]]]]
    total: int


@dataclass(frozen=True)
class Matrix:
    """What `matrix-page.html` shows."""

    title: str
    rows: list[tuple[str, str | None, list[tuple[str, str, str]]]]
    columns: list[tuple[str, str | None, list[tuple[str, str, str]]]]
    cells: dict[tuple[str, str], tuple[str, str, str | None]]
    key: list[tuple[str, str]]


def municipality(page: Page, iri: str) -> MunicipalityPage:
    """A kommune: facts, initiatives with their evidence, neighbours, partners, what the survey printed for its like, cases, sources."""
    view = page.view
    found = claims.claims(view, iri, "kg:adopter")
    said = claims.statements(view, iri, "kg:adopter")
    return MunicipalityPage(
        facts=facts(page, iri), same=view.things(iri, "skos:exactMatch"),
        counts=claims.counts(a.status for a in found), total=len(found), areas=by_area(page, found),
        uncounted=[s for s in said if s.low], sources=view.by_label({s.source for s in said if s.source}), survey=context(page, iri),
        cases=claims.of_kind(view.references(iri, "kg:municipality"), "case"),
        bodies=view.references(iri, "org:unitOf"), anchorings=claims.of_kind(view.references(iri, "kg:municipality"), "anchoring"),
        about=view.references(iri, "dcterms:subject"), partner_of=claims.statements(view, iri, "kg:partner"),
        published=len(claims.of_kind(view.references(iri, "dcterms:publisher"), "source")), suggestions=partners.suggestions(page, iri),
    )


def facts(page: Page, iri: str) -> Facts:
    """What the graph says of the place itself."""
    view = page.view
    near = view.things(iri, "kg:borders", "kg:fixedLinkTo")
    return Facts(
        code=view.plain(iri, "dcterms:identifier"), region=view.thing(iri, "kg:region"),
        population=view.number(iri, "kg:population"), population_date=view.plain(iri, "kg:populationDate"),
        type=view.thing(iri, "kg:municipalityType"), nuts=view.plain(iri, "kg:nuts3"), within=view.thing(iri, "geo:sfWithin"),
        facts_from=view.things(iri, "dcterms:source"), sections=view.things(iri, "kg:section"),
        near=near, map=maps.around(page, iri, near),
    )


def by_area(page: Page, found: list[Claim]) -> list[tuple[str, list[Claim], list[str]]]:
    """The initiatives by main area, last those beyond the survey: what was found in each, and of which nothing was found."""
    own = {a.initiative: a for a in found}
    areas = []
    for area, members in initiatives.by_area(page.view):
        areas.append((area, [own[i] for i in members if i in own], [i for i in members if i not in own]))
    return areas


def context(page: Page, iri: str) -> Survey:
    """What the survey printed for kommuner of this type and size; of the kommune itself it says nothing, its answers are anonymous."""
    view = page.view
    kind, population = view.thing(iri, "kg:municipalityType"), view.number(iri, "kg:population")
    size = f"{BASE}population-class/above-67500" if population is not None and population > _LARGE else ""
    figures = [f for item in (kind, size) if item for f in printed.about(view, item, "kg:item")]
    return Survey(figures=[(f, printed.told(page, f)) for f in figures], size=size if size and view.described(size) else "")


def region(page: Page, iri: str) -> Region:
    """A region: its kommuner with what was found in each, and its initiatives."""
    view = page.view
    members = view.references(iri, "kg:region")
    states, having = claims.states(view), defaultdict(list)
    for (place, initiative), (status, _) in states.items():
        if place in members:
            having[initiative].append(status)
    order = sorted(having, key=lambda i: (-len(having[i]), view.label(i), i))
    return Region(
        rows=place_rows(page, members, states), code=view.plain(iri, "dcterms:identifier"),
        facts_from=view.things(iri, "dcterms:source"),
        having=[(i, len(having[i]), claims.counts(having[i])) for i in order],
    )


def place_rows(page: Page, members: list[str], states: claims.States) -> list[tuple[str, float | None, int, list[tuple[str, int]]]]:
    """For a table of kommuner: each with its inhabitants and its adoptions by status."""
    found = defaultdict(list)
    for (place, _), (status, _) in states.items():
        found[place].append(status)
    return [(m, page.view.number(m, "kg:population"), len(found[m]), claims.counts(found[m])) for m in members]


def every(page: Page, iri: str) -> Municipalities:
    """The list of kommuner, by region; those whose region is not known last."""
    states = claims.states(page.view)
    regions = [(r, place_rows(page, members, states)) for r, members in by_region(page)]
    return Municipalities(title=page.w.kinds_municipality, regions=regions, total=sum(len(rows) for _, rows in regions))


def by_region(page: Page) -> list[tuple[str, list[str]]]:
    """All kommuner by region; an empty IRI for those whose region is not known, last."""
    view, grouped = page.view, defaultdict(list)
    for one in view.of_type("kg:Municipality"):
        grouped[view.thing(one, "kg:region")].append(one)
    return [(r, grouped[r]) for r in [*view.by_label(r for r in grouped if r), *([""] if "" in grouped else [])]]


def matrix(page: Page, iri: str) -> Matrix:
    """The table of kommuner, by region, and initiatives, by main area. Nothing found leaves a cell empty."""
    view = page.view
    regions, areas = by_region(page), initiatives.by_area(view)
    columns = [(view.label(a) if a else page.w.beyond_survey, page.href(a) if a else "", _heads(page, found)) for a, found in areas]
    rows = [(view.label(r) if r else page.w.region_unknown, page.href(r) if r else "", _heads(page, found)) for r, found in regions]
    cells = {}
    for (place, initiative), (status, adoption) in claims.states(view).items():
        told = f"{view.label(place)}: {view.label(initiative)}: {view.label(status)}"
        cells[place, initiative] = (status.rpartition("/")[2], told, page.href(adoption))
    statuses = [(status.rpartition("/")[2], view.label(status)) for status in view.of_type("kg:Status")]
    key = sorted(statuses, key=lambda s: STATUS.index(s[0]) if s[0] in STATUS else len(STATUS))
    return Matrix(title=page.w.matrix_title, rows=rows, columns=columns, cells=cells, key=key)


def _heads(page: Page, iris: list[str]) -> list[tuple[str, str, str]]:
    return [(maps.short(page, i), page.href(i) or "", i) for i in iris]


RESOURCES: dict[str, Model] = {"municipality": ("municipality.html", municipality), "region": ("region.html", region)}
DOCUMENTS: dict[str, Model] = {"municipality/index": ("municipalities.html", every), "matrix": ("matrix-page.html", matrix)}
