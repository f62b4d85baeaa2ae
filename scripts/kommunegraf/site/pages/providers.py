"""Pages of those who stand behind the register's facts: organisations, their solutions, and the sources."""

from collections import defaultdict
from dataclasses import dataclass

from markupsafe import Markup

from kommunegraf.graph.adoption import STATUS, Adoption, Evidence
from kommunegraf.site.parts import claims, maps
from kommunegraf.site.parts.memberships import Membership, memberships
from kommunegraf.site.render import Model, Page


@dataclass(frozen=True)
class Organisation:
    """What `organisation.html` shows."""

    kinds: list[str]
    members: list[Membership]
    made: list[tuple[str, int]]
    partner_in: list[Evidence]
    roles: list[tuple[str, str, list[str]]]
    published: list[str]
    known_from: list[str]


@dataclass(frozen=True)
class Solution:
    """What `solution.html` shows."""

    kinds: list[str]
    makers: list[str]
    known_from: list[str]
    initiatives: list[str]
    adoptions: list[Adoption]
    users: int
    weak_users: int
    uncounted: list[Evidence]
    map: Markup


@dataclass(frozen=True)
class SourcePage:
    """What `source.html` shows."""

    publishers: list[str]
    year: str
    addresses: list[str]
    said: list[Evidence]
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
        kinds=view.things(iri, "org:classification"),
        members=memberships(page, iri, "org:organization", "org:member"),
        made=made,
        partner_in=claims.named(page, iri, "kg:partner"),
        roles=roles,
        published=claims.of_kind(view.references(iri, "dcterms:publisher"), "source"),
        known_from=view.things(iri, "dcterms:source"),
    )


def _users(page: Page, solution: str) -> int:
    """In how many kommuner a solution was found, not counting where only weak signs name it."""
    return len({one.municipality for one in claims.adoptions(page, solution)})


def solution(page: Page, iri: str) -> Solution:
    """A solution: who makes it, for what it is used, and where."""
    view = page.view
    adoptions = claims.adoptions(page, iri)
    weak = [one for one in claims.statements(page, iri) if one.confidence == "low"]
    places = {one.municipality for one in adoptions}
    return Solution(
        kinds=view.things(iri, "kg:solutionKind"),
        makers=view.things(iri, "kg:maker"),
        known_from=view.things(iri, "dcterms:source"),
        initiatives=view.by_label({one.initiative for one in adoptions} | {one.initiative for one in weak}),
        adoptions=sorted(adoptions, key=lambda one: STATUS.index(one.status)),
        users=len(places),
        weak_users=len({one.municipality for one in weak} - places),
        uncounted=weak,
        map=maps.status(page, page.w.map_of.format(view.label(iri)), adoptions, weak),
    )


def source(page: Page, iri: str) -> SourcePage:
    """A source: where it is, and every fact that rests on it."""
    view = page.view
    rests = defaultdict(list)
    for one in view.references(iri, "dcterms:source", "prov:hadPrimarySource", "prov:wasDerivedFrom"):
        rests[view.kind(one)].append(one)
    rests.pop("evidence", None)
    said = claims.statements(page, iri)
    sections = claims.of_kind(view.references(iri, "dcterms:isPartOf"), "report-section")
    other = sorted((kind, iris) for kind, iris in rests.items() if kind != "geometry")
    return SourcePage(
        publishers=view.things(iri, "dcterms:publisher"),
        year=view.plain(iri, "kg:year"),
        addresses=view.things(iri, "foaf:page"),
        said=said,
        statuses=claims.counts(one.status for one in said),
        reach=len({one.municipality for one in said}),
        sections=view.in_order(sections),
        rests=other,
    )


RESOURCES: dict[str, Model] = {
    "organisation": ("organisation.html", organisation), "solution": ("solution.html", solution), "source": ("source.html", source),
}
DOCUMENTS: dict[str, Model] = {}
