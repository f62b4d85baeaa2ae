"""Pages of those who stand behind the register's facts: organisations, their solutions, and the sources."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from markupsafe import Markup

from kommunegraf.site.pages import claims, maps, survey
from kommunegraf.site.render import Model, Page


@dataclass(frozen=True)
class Organisation:
    """What `organisation.html` shows."""

    made: list[tuple[str, int]]
    partner_in: list[claims.Statement]
    roles: list[tuple[str, str, list[str]]]
    published: list[str]
    known_from: list[str]


@dataclass(frozen=True)
class Solution:
    """What `solution.html` shows."""

    makers: list[str]
    known_from: list[str]
    initiatives: list[str]
    groups: list[tuple[str, list[claims.Claim]]]
    users: int
    uncounted: list[claims.Statement]
    map: Markup


@dataclass(frozen=True)
class SourcePage:
    """What `source.html` shows."""

    publishers: list[str]
    year: str
    addresses: list[str]
    said: list[claims.Statement]
    statuses: list[tuple[str, int]]
    reach: int
    sections: list[str]
    rests: list[tuple[str, list[str]]]


def organisation(page: Page, iri: str) -> Organisation:
    """An organisation: its solutions, where it is a partner, its roles in cases, and what it published."""
    view = page.view
    made = [(s, _users(page, s)) for s in view.references(iri, "kg:maker")]
    roles = [(p, view.thing(p, "kg:participationIn"), view.things(p, "kg:role")) for p in view.references(iri, "kg:participant")]
    return Organisation(
        made=made,
        partner_in=claims.statements(view, iri, "kg:partner"),
        roles=roles,
        published=claims.of_kind(view.references(iri, "dcterms:publisher"), "source"),
        known_from=view.things(iri, "dcterms:source"),
    )


def _users(page: Page, solution: str) -> int:
    found = claims.of_kind(page.view.references(solution, "kg:solution"), "adoption")
    return len({page.view.thing(a, "kg:adopter") for a in found})


def solution(page: Page, iri: str) -> Solution:
    """A solution: who makes it, for what it is used, and where."""
    view = page.view
    found = claims.claims(view, iri, "kg:solution")
    where = {a.municipality: a.status for a in found}
    return Solution(
        makers=view.things(iri, "kg:maker"),
        known_from=view.things(iri, "dcterms:source"),
        initiatives=view.by_label({a.initiative for a in found if a.initiative}),
        groups=claims.by_status(found),
        users=len(where),
        uncounted=[s for s in claims.statements(view, iri, "kg:solution") if s.low],
        map=maps.status(page, page.w.map_of.format(view.label(iri)), where) if len(where) > 1 else Markup(""),
    )


def source(page: Page, iri: str) -> SourcePage:
    """A source: where it is, and every fact that rests on it."""
    view = page.view
    rests = defaultdict(list)
    for one in view.references(iri, "dcterms:source", "prov:hadPrimarySource", "prov:wasDerivedFrom"):
        rests[view.kind(one)].append(one)
    said = [claims.statement(view, e) for e in rests.pop("evidence", [])]
    sections = claims.of_kind(view.references(iri, "dcterms:isPartOf"), "report-section")
    other = sorted((kind, found) for kind, found in rests.items() if kind != "geometry")
    return SourcePage(
        publishers=view.things(iri, "dcterms:publisher"),
        year=view.plain(iri, "kg:year"),
        addresses=view.things(iri, "foaf:page"),
        said=said,
        statuses=claims.counts(s.status for s in said),
        reach=len(Counter(s.municipality for s in said)),
        sections=survey.in_order(view, sections),
        rests=other,
    )


RESOURCES: dict[str, Model] = {
    "organisation": ("organisation.html", organisation), "solution": ("solution.html", solution), "source": ("source.html", source),
}
DOCUMENTS: dict[str, Model] = {}
