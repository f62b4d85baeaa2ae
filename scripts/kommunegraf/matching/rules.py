"""The rules by which opportunities are found, one for each kind.

Only what is fresh or ageing counts (`adoption.FRESHNESS`), only what is not one undertaking already (`together.separate`),
only solutions of one kind are compared, and only work on the same subject. A short true list is better than a long one.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations

import networkx as nx

from kommunegraf.matching import together
from kommunegraf.matching.network import INITIATIVE, Claim, resource
from kommunegraf.matching.opportunities import (
    COMPARED,
    FRESH,
    KINDS,
    LARGEST_GROUP,
    LIKE_SIZE,
    MEMBERS_NEAR,
    NEAR,
    OWN_CONTENT,
    PARTNERS,
    SPARES,
    SURE,
    Opportunity,
)
from kommunegraf.matching.register import Register, Resource
from kommunegraf.matching.standing import Standing
from kommunegraf.matching.subjects import Subjects, different, place_names
from kommunegraf.matching.together import Vehicle


def opportunities(register: Register, graph: nx.Graph, near: nx.Graph, vehicles: Iterable[Vehicle]) -> list[Opportunity]:
    """All opportunities, best first, of the network that counts, the neighbourhoods, and what kommuner do together already."""
    finder = _Rules(register, graph, near, vehicles)
    each = [*finder.learn(), *finder.buy_together(), *finder.join(), *finder.one_solution(), *finder.ask(), *finder.look()]
    return sorted(each, key=_order)


def _order(one: Opportunity) -> tuple[int, int, int, str, str, str]:
    about = one.initiative.iri if one.initiative else one.vehicle.resource.iri if one.vehicle else ""
    return -one.total, KINDS.index(one.kind), -(one.as_of or 0), about, one.audience[0].iri, one.partners[0].iri if one.partners else ""


class _Rules:
    def __init__(self, register: Register, graph: nx.Graph, near: nx.Graph, vehicles: Iterable[Vehicle]) -> None:
        self.register, self.graph, self.near, self.vehicles = register, graph, near, vehicles
        self.standing = Standing(register, graph)
        self.initiatives = sorted(n for n, mode in graph.nodes(data="bipartite") if mode == INITIATIVE)
        self.subjects = Subjects(register.evidence, register.texts)
        self.places = place_names(register)
        self.alone = [iri for iri in register.places if not near[iri]]
        """The kommuner without neighbours."""

    def relation(self, one: str, other: str) -> str:
        """How near two kommuner are: one of `NEAR`, or empty."""
        if self.near.has_edge(one, other):
            return "neighbour"
        here, there = self.register.places[one], self.register.places[other]
        if here.region is not None and here.region == there.region:
            return "region"
        alike = here.population and there.population and LIKE_SIZE[0] <= here.population / there.population <= LIKE_SIZE[1]
        return "size" if alike else ""

    def learn(self) -> Iterator[Opportunity]:
        """A current plan beside those near by, or of like size, that have it running by themselves."""
        for initiative in self.initiatives:
            running = self.standing.running(initiative)
            for plans in _undertakings(self.standing.current(initiative)):
                apart = [c for c in running if all(together.separate(plan, c) and self._alike(plan, c) for plan in plans)]
                near = [(self._nearest(plans, c), c) for c in apart]
                best = sorted((pair for pair in near if pair[0]), key=lambda pair: _teaching(*pair))[:PARTNERS]
                if best:
                    used = (*plans, *(claim for _, claim in best))
                    points = _points("learn", best[0][0], used[: len(plans) + 1])
                    yield _opportunity("learn", plans, [c for _, c in best], best[0][0], used, points)

    def _alike(self, one: Claim, other: Claim) -> bool:
        return self.subjects.alike(one.adoption.deciding, other.adoption.deciding)

    def _nearest(self, plans: list[Claim], claim: Claim) -> str:
        """How near a kommune is to the nearest of those that plan."""
        each = {self.relation(plan.municipality.iri, claim.municipality.iri) for plan in plans}
        return next((how for how in NEAR if how in each), "")

    def buy_together(self) -> Iterator[Opportunity]:
        """Two to six connected kommuner with current plans of their own."""
        for initiative in self.initiatives:
            plans = {c.municipality.iri: c for c in self.standing.current(initiative)}
            for area in sorted(nx.connected_components(self.near.subgraph(plans)), key=min):
                members = [plans[iri] for iri in sorted(area)]
                alike = all(self._alike(a, b) for a, b in combinations(members, 2))
                if 2 <= len(members) <= LARGEST_GROUP and together.all_separate(members) and alike:
                    points = _points("buy-together", "neighbour", members)
                    yield _opportunity("buy-together", members, [], "neighbour", tuple(members), points)

    def join(self) -> Iterator[Opportunity]:
        """An organisation in which two or more neighbours are, and the kommune is not known to be."""
        for vehicle in self.vehicles:
            if not self._open(vehicle):
                continue
            gone = {m.municipality for m in self.register.memberships if m.organisation == vehicle.resource.iri}
            gone |= {one.municipality for one in self.register.evidence if vehicle.resource.iri in self.register.partners.get(one.iri, ())}
            gone |= self._outside(vehicle)
            beside = {iri: [n for n in self.near[iri] if n in vehicle.codes] for iri in sorted(set(self.near) - gone)}
            seen = sorted((iri for iri, inside in beside.items() if len(inside) >= MEMBERS_NEAR), key=lambda iri: (-len(beside[iri]), iri))
            if seen:
                audience = tuple(self.register.places[iri].municipality for iri in seen)
                partners = tuple(self.register.places[iri].municipality for iri in sorted({n for iri in seen for n in beside[iri]}))
                points = {"distance": NEAR["neighbour"], "freshness": FRESH[vehicle.freshness], "confidence": SURE["medium"]}
                yield Opportunity(
                    "join", None, audience, partners, "neighbour", (), points | {"spares": SPARES["join"]}, vehicle.year, vehicle
                )

    def _outside(self, vehicle: Vehicle) -> set[str]:
        """The kommuner of other regions, where all members are of one."""
        regions = {self.register.places[iri].region for iri in vehicle.codes}
        return {iri for iri, place in self.register.places.items() if place.region not in regions} if len(regions) == 1 else set()

    def _open(self, vehicle: Vehicle) -> bool:
        """Whether one could join, by a fresh list of its members: who is not in an old list may have joined since."""
        return vehicle.kind in together.BODIES and vehicle.listed and vehicle.freshness == "fresh"

    def one_solution(self) -> Iterator[Opportunity]:
        """Neighbours in which different solutions of one kind run for the same initiative, area by area."""
        for initiative in self.initiatives:
            if resource(self.graph, initiative).name in OWN_CONTENT:
                continue
            running = {c.municipality.iri: c for c in self.standing.running(initiative)}
            for kind in COMPARED:
                using = {iri: self._used(c, kind) for iri, c in running.items() if self._used(c, kind)}
                edges = [(a, b) for a, b in self.near.subgraph(using).edges if different(using[a], using[b], self.places)]
                for area in sorted(nx.connected_components(nx.Graph(edges)), key=min):
                    members = [running[iri] for iri in sorted(area)]
                    points = _points("one-solution", "neighbour", members)
                    yield _opportunity("one-solution", members, [], "neighbour", tuple(members), points)

    def _used(self, claim: Claim, kind: str) -> frozenset[Resource]:
        return frozenset(s for s in claim.solutions if self.register.kinds.get(s.iri) == kind)

    def ask(self) -> Iterator[Opportunity]:
        """Plans of which nobody has told what came of them; plans of one undertaking are one question."""
        for initiative in self.initiatives:
            for plans in _undertakings(self.standing.unanswered(initiative)):
                own = {c.municipality.iri for c in plans}
                if any(n not in own for iri in own for n in self.near[iri]):
                    points = _points("ask", "neighbour", plans)
                    yield _opportunity("ask", plans, [], "neighbour", tuple(plans), points)

    def look(self) -> Iterator[Opportunity]:
        """Fresh, well documented work beside kommuner of which nothing is known; one for each initiative and kommune that runs it.

        A kommune without neighbours is told of its region, else of those of like size. The nearest are named first.
        """
        for initiative in self.initiatives:
            for claim in filter(self.standing.is_news, self.standing.running(initiative)):
                here = claim.municipality.iri
                near = [(iri, self.relation(iri, here)) for iri in (*sorted(self.near[here]), *self.alone) if iri != here]
                unknown = [(iri, how) for iri, how in near if how and (iri, initiative) not in self.register.mentioned]
                reached = sorted(unknown, key=lambda pair: -NEAR[pair[1]])
                if reached:
                    audience, how = tuple(self.register.places[iri].municipality for iri, _ in reached), reached[0][1]
                    points = _points("look", how, [claim])
                    yield Opportunity("look", claim.initiative, audience, (claim.municipality,), how, (claim,), points, claim.as_of)


def _undertakings(plans: list[Claim]) -> list[list[Claim]]:
    """Plans that are one undertaking together, each list by kommunekode."""
    same = nx.Graph()
    same.add_nodes_from(range(len(plans)))
    same.add_edges_from((i, j) for i in range(len(plans)) for j in range(i) if together.one_plan(plans[i], plans[j]))
    return [[plans[i] for i in sorted(one)] for one in sorted(nx.connected_components(same), key=min)]


def _opportunity(
    kind: str, audience: Iterable[Claim], partners: Iterable[Claim], relation: str, used: tuple[Claim, ...], points: dict[str, int]
) -> Opportunity:
    years = [c.as_of for c in used if c.as_of]
    own, others = tuple(c.municipality for c in audience), tuple(c.municipality for c in partners)
    return Opportunity(kind, used[0].initiative, own, others, relation, used, points, min(years, default=None))


def _points(kind: str, relation: str, used: Iterable[Claim]) -> dict[str, int]:
    """Points by reason: the weakest of what it rests on counts."""
    used = list(used)
    freshness, confidence = min(FRESH[c.freshness] for c in used), min(SURE[c.confidence] for c in used)
    return {"distance": NEAR[relation], "freshness": freshness, "confidence": confidence, "spares": SPARES[kind]}


def _teaching(relation: str, claim: Claim) -> tuple[int, int, int, int, str]:
    return -NEAR[relation], -FRESH[claim.freshness], -SURE[claim.confidence], claim.since or 9999, claim.municipality.iri
