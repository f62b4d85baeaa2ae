"""What kommuner do together already: common memberships, common services, and undertakings that one source tells of."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from kommunegraf.graph.adoption import Evidence, Source
from kommunegraf.matching.network import Claim, claims
from kommunegraf.matching.register import Register, Resource

if TYPE_CHECKING:
    import networkx as nx

BODIES = ("network", "association", "joint-project")
"""Kinds of organisation that kommuner work together in."""
SERVICES = ("shared-service", "network")
"""Kinds of solution that several run as one; whoever uses the same product only does not work together by that."""
LIST = 10
"""A source that names at least so many members, and most of those known, is a list of members."""
LARGEST = 20
"""A source that names more kommuner for one thing is a list of members or customers, not an undertaking."""


@dataclass(frozen=True)
class Vehicle:
    """A way in which kommuner work together. `kind` is that of the organisation or solution, or `undertaking`.

    `resource` is the organisation or the solution; of an undertaking it is the initiative, and `title` is its title.
    `year` is the newest that a source tells of it, `freshness` how old that is; `source` tells it. `listed` says that this
    source lists its members (`LIST`), so that who is not named is worth asking.
    """

    kind: str
    resource: Resource
    title: str
    members: tuple[Resource, ...]
    year: int | None
    freshness: str
    source: Source
    listed: bool = False

    @property
    def codes(self) -> frozenset[str]:
        """The IRIs of its members."""
        return frozenset(member.iri for member in self.members)


def vehicles(register: Register, graph: "nx.Graph") -> list[Vehicle]:
    """All of them, each once, the newest first, then the largest. What has ended, by membership or status, is left out."""
    bodies, services = list(_bodies(register)), list(_services(register, graph))
    services = [one for one in services if not any(_is_of(one, body) for body in bodies)]
    others = (one for one in _undertakings(register, graph) if not any(_is_of(one, way) for way in (*bodies, *services)))
    return sorted((*bodies, *services, *others), key=lambda v: (-(v.year or 0), -len(v.members), v.resource.iri, v.title))


def _is_of(one: Vehicle, body: Vehicle) -> bool:
    """Whether a service or an undertaking is what a body of all its members does: it bears its name, or one source tells of both."""
    same = one.title.casefold().startswith(body.title.casefold()) or one.kind == "undertaking" and one.source.iri == body.source.iri
    return same and one.codes <= body.codes


def _bodies(register: Register) -> Iterable[Vehicle]:
    members = defaultdict(list)
    for one in register.memberships:
        ended = one.end is not None and one.end < register.limits.reference
        if register.kinds.get(one.organisation) in BODIES and one.municipality in register.places and not ended:
            members[one.organisation].append(one)
    for organisation, joined in members.items():
        tellers = Counter(one.source.iri for one in joined)
        teller, count = max(tellers.items(), key=lambda item: (item[1], item[0]))
        listed = count >= LIST and count > len(joined) / 2
        telling = [one for one in joined if one.source.iri == teller] if listed else joined
        newest = max(telling, key=lambda one: (one.year or 0, one.iri))
        named = _places(register, (one.municipality for one in joined))
        if len(named) > 1:
            resource = register.resource(organisation)
            freshness = register.limits.freshness(newest.year)
            yield Vehicle(register.kinds[organisation], resource, resource.label, named, newest.year, freshness, newest.source, listed)


def _services(register: Register, graph: "nx.Graph") -> Iterable[Vehicle]:
    users = defaultdict(list)
    for claim in _active(graph):
        for solution in claim.solutions:
            if register.kinds.get(solution.iri) in SERVICES:
                users[solution].append(claim)
    for solution, using in users.items():
        newest = max(using, key=lambda c: (c.as_of or 0, c.municipality.iri))
        named = _places(register, (c.municipality.iri for c in using))
        if len(named) > 1:
            kind = register.kinds[solution.iri]
            yield Vehicle(kind, solution, solution.label, named, newest.as_of, newest.freshness, newest.adoption.deciding.source)


def _undertakings(register: Register, graph: "nx.Graph") -> Iterable[Vehicle]:
    """One source, one initiative, one title and no product: two to twenty kommuner in one undertaking that goes on in each."""
    statements: dict[tuple[str, str, str], list[Evidence]] = defaultdict(list)
    for claim in _active(graph):
        for one in claim.evidence:
            if one.title and one.status == "active" and all(register.kinds.get(s) in SERVICES for s in one.solutions):
                statements[one.source.iri, one.initiative, one.title.casefold()].append(one)
    for members in statements.values():
        named = _places(register, (one.municipality for one in members))
        if 2 <= len(named) <= LARGEST:
            first = members[0]
            freshness = register.limits.freshness(first.year)
            yield Vehicle("undertaking", register.resource(first.initiative), first.title, named, first.year, freshness, first.source)


def _active(graph: "nx.Graph") -> Iterable[Claim]:
    for initiative in sorted(n for n, mode in graph.nodes(data="bipartite") if mode == 1):
        yield from (claim for claim in claims(graph, initiative) if claim.active)


def _places(register: Register, municipalities: Iterable[str]) -> tuple[Resource, ...]:
    return tuple(register.places[iri].municipality for iri in sorted(set(municipalities)))


def separate(one: Claim, other: Claim) -> bool:
    """Whether two claims to one initiative are two undertakings: no source, no solution and no title of theirs is the same."""
    return not any(mine & theirs for mine, theirs in zip(_marks(one), _marks(other)))


def one_plan(one: Claim, other: Claim) -> bool:
    """Whether two plans are one undertaking: a source or a title is the same. The same product alone does not make them one."""
    (source, _, title), (other_source, _, other_title) = _marks(one), _marks(other)
    return bool(source & other_source or title & other_title)


def all_separate(claims_: Iterable[Claim]) -> bool:
    """Whether every two of some claims are."""
    return all(separate(a, b) for a, b in combinations(claims_, 2))


def _marks(claim: Claim) -> tuple[set[str], set[str], set[str]]:
    evidence = claim.evidence
    titles = {e.title.casefold() for e in evidence if e.title}
    return {e.source.iri for e in evidence}, {s for e in evidence for s in e.solutions}, titles
