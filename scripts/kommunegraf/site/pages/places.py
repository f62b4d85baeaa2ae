"""Pages of places: each kommune's profile, regions, the list of kommuner, and the table of kommuner and initiatives."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from markupsafe import Markup

from kommunegraf.graph.adoption import STATUS, Adoption, Evidence
from kommunegraf.namespaces import SHARED
from kommunegraf.site.parts import claims, maps, partners, printed, rows
from kommunegraf.site.parts.memberships import Membership, memberships
from kommunegraf.site.parts.rows import MunicipalityRow
from kommunegraf.site.pictures import years
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
    websites: list[str]
    summary: str
    counts: list[tuple[str, int]]
    areas: list[tuple[str, list[Adoption], list[str]]]
    timeline: Markup
    undated: list[Adoption]
    weak: list[Evidence]
    denied: list[tuple[Evidence, Adoption | None]]
    sources: list[str]
    survey: Survey
    cases: list[str]
    bodies: list[str]
    anchorings: list[str]
    about: list[str]
    partner_of: list[Evidence]
    named_partners: list[tuple[str, int]]
    member_of: list[Membership]
    published: int
    suggestions: partners.Suggestions | None


@dataclass(frozen=True)
class Region:
    """What `region.html` shows."""

    rows: list[MunicipalityRow]
    code: str
    facts_from: list[str]
    having: list[tuple[str, int, list[tuple[str, int]]]]


@dataclass(frozen=True)
class Municipalities:
    """What `municipalities.html` shows."""

    title: str
    rows: list[MunicipalityRow]
    total: int


def municipality(page: Page, iri: str) -> MunicipalityPage:
    """A kommune: facts, initiatives with their evidence, neighbours, partners, what the survey printed for its like, cases, sources."""
    view = page.view
    adoptions, weak = claims.adoptions(page, iri), claims.weak_signs(page, iri)
    sources = {one.source.iri for one in claims.statements(page, iri)}
    dated = [one for one in adoptions if one.as_of or one.since]
    denied, by_initiative = denials(page, iri), {one.initiative: one for one in adoptions}
    return MunicipalityPage(
        facts=facts(page, iri), same=view.things(iri, "skos:exactMatch"), websites=view.things(iri, "foaf:homepage"),
        summary=summary(page, iri, adoptions),
        counts=claims.counts([*(one.status for one in adoptions), *claims.signs(weak)]), areas=by_area(page, adoptions, [*weak, *denied]),
        timeline=timeline(page, iri, dated), undated=[one for one in adoptions if one not in dated],
        weak=weak, denied=[(one, by_initiative.get(one.initiative)) for one in denied],
        sources=view.by_label(sources), survey=context(page, iri),
        cases=claims.of_kind(view.references(iri, "kg:municipality"), "case"),
        bodies=view.references(iri, "org:unitOf"), anchorings=claims.of_kind(view.references(iri, "kg:municipality"), "anchoring"),
        about=view.references(iri, "dcterms:subject"), partner_of=claims.named(page, iri, "kg:partner"),
        named_partners=partner_counts(page, iri),
        member_of=memberships(page, iri, "org:member", "org:organization"),
        published=len(claims.of_kind(view.references(iri, "dcterms:publisher"), "source")), suggestions=partners.suggestions(page, iri),
    )


def partner_counts(page: Page, iri: str) -> list[tuple[str, int]]:
    """Those whom sources name as partners in a kommune's initiatives, each with in how many statements, the most named first."""
    number = Counter(partner for one in claims.statements(page, iri) for partner in page.view.things(one.iri, "kg:partner"))
    return [(one, number[one]) for one in sorted(page.view.by_label(number), key=lambda one: -number[one]) if one != iri]


def summary(page: Page, iri: str, adoptions: list[Adoption]) -> str:
    """What was found of a kommune, in a sentence or two; empty where nothing was."""
    number = Counter(one.status for one in adoptions)
    parts = [page.w[f"sum_{'one_' * (number[status] == 1)}{status}"].format(number[status]) for status in STATUS if number[status]]
    listed = f" {page.w.sum_and} ".join([*([", ".join(parts[:-1])] if parts[1:] else []), *parts[-1:]])
    newest = max((one.as_of for one in adoptions if one.as_of), default=None)
    told = page.w.sum_found.format(maps.short(page, iri), listed) if parts else ""
    return f"{told} {page.w.sum_newest.format(newest)}" if told and newest else told


def timeline(page: Page, iri: str, adoptions: list[Adoption]) -> Markup:
    """The picture of a kommune's dated initiatives through the years; empty without any."""
    spans = [_span(page, one) for one in adoptions]
    title = page.w.timeline_title.format(maps.short(page, iri))
    last = page.site.claims.limits.reference
    return years.timeline("timeline", title, page.w.timeline_text, spans, last) if spans else Markup("")


def _span(page: Page, one: Adoption) -> years.Span:
    """An adoption from the first to the last year that is known of it; a source can be older than the beginning that it tells of."""
    first = one.since or one.as_of or 0
    told = f"{maps.status_label(page, one.status)}{page.when(one)}"
    return years.Span(
        page.view.label(one.initiative), one.status, first, max(first, one.until or one.as_of or 0), told, page.href(one.iri) or "",
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


def denials(page: Page, iri: str) -> list[Evidence]:
    """What a kommune says that it does not have, by name."""
    return claims.labelled(page, (said for (place, _), said in page.site.claims.denials.items() if place == iri))


def by_area(page: Page, adoptions: list[Adoption], weak: list[Evidence]) -> list[tuple[str, list[Adoption], list[str]]]:
    """The initiatives by main area, last those beyond the survey: what was found in each, and of which nothing was."""
    own = {one.initiative: one for one in adoptions}
    signs = {one.initiative for one in weak}
    areas = []
    for area, members in rows.by_area(page.view):
        areas.append((area, [own[i] for i in members if i in own], [i for i in members if i not in own and i not in signs]))
    return areas


def context(page: Page, iri: str) -> Survey:
    """What the survey printed for kommuner of this type and size; of the kommune itself it says nothing, its answers are anonymous."""
    view = page.view
    kind, population = view.thing(iri, "kg:municipalityType"), view.number(iri, "kg:population")
    size = f"{SHARED}population-class/above-67500" if population is not None and population > _LARGE else ""
    figures = [f for item in (kind, size) if item for f in printed.about(view, item, "kg:item")]
    return Survey(figures=[(f, printed.told(page, f)) for f in figures], size=size if size and view.described(size) else "")


def region(page: Page, iri: str) -> Region:
    """A region: its kommuner with what was found in each, and its initiatives."""
    view = page.view
    members = view.references(iri, "kg:region")
    states, having = claims.states(page.site), defaultdict(list)
    for (place, initiative), status in states.items():
        if place in members:
            having[initiative].append(status)
    order = sorted(having, key=lambda one: (-having[one].count("active"), view.label(one), one))
    return Region(
        rows=rows.municipalities(page, members, states), code=view.plain(iri, "dcterms:identifier"),
        facts_from=view.things(iri, "dcterms:source"),
        having=[(one, having[one].count("active"), claims.counts(having[one])) for one in order],
    )


def every(page: Page, iri: str) -> Municipalities:
    """The list of kommuner, by name."""
    listed = rows.municipalities(page, page.view.of_type("kg:Municipality"), claims.states(page.site))
    return Municipalities(title=page.w.kinds_municipality, rows=listed, total=len(listed))


RESOURCES: dict[str, Model] = {"municipality": ("municipality.html", municipality), "region": ("region.html", region)}
DOCUMENTS: dict[str, Model] = {"municipality/index": ("municipalities.html", every)}
