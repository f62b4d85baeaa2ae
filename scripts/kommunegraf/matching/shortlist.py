"""The rules by which opportunities are found, one for each kind.

Only what is fresh or ageing counts (`adoption.FRESHNESS`), only what is not one undertaking already (`together.separate`),
only solutions of one kind are compared, and only work on the same subject. A short true list is better than a long one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cached_property
from itertools import combinations

import networkx as nx

from kommunegraf.matching import together
from kommunegraf.matching.network import INITIATIVE, Claim, claims, resource
from kommunegraf.matching.opportunities import (
    ALIKE,
    ASKED,
    COMPARED,
    DUE,
    FRESH,
    KINDS,
    LARGEST_GROUP,
    LIKE_SIZE,
    MEMBERS_NEAR,
    NEAR,
    OWN_CONTENT,
    PAPERS,
    PARTNERS,
    SPARES,
    SURE,
    WIDESPREAD,
    Opportunity,
)
from kommunegraf.matching.register import Register, Resource
from kommunegraf.matching.subjects import Subjects
from kommunegraf.matching.together import Vehicle
from kommunegraf.names import plain


def opportunities(register: Register, graph: nx.Graph, near: nx.Graph, everything: nx.Graph) -> list[Opportunity]:
    """All opportunities, best first. `graph` is the network that counts, `everything` that in which all evidence does."""
    finder = _Rules(register, graph, near, everything)
    each = [*finder.learn(), *finder.buy_together(), *finder.join(), *finder.one_solution(), *finder.ask(), *finder.look()]
    return sorted(each, key=_order)


def _order(one: Opportunity) -> tuple[int, int, int, str, str, str]:
    about = one.initiative.iri if one.initiative else one.vehicle.resource.iri if one.vehicle else ""
    return -one.total, KINDS.index(one.kind), -(one.as_of or 0), about, one.audience[0].iri, one.partners[0].iri if one.partners else ""


class _Rules:
    def __init__(self, register: Register, graph: nx.Graph, near: nx.Graph, everything: nx.Graph) -> None:
        self.register, self.graph, self.near, self.everything = register, graph, near, everything
        self.reference = register.limits.reference
        self.initiatives = sorted(n for n, mode in graph.nodes(data="bipartite") if mode == INITIATIVE)
        self.subjects = Subjects(register.evidence, register.texts)
        names = {plain(label) for iri in register.places for label in register.labels.get(iri, {}).values()}
        self.places = {name.split()[0] for name in names if name}

    def relation(self, one: str, other: str) -> str:
        """How near two kommuner are: one of `NEAR`, or empty."""
        if self.near.has_edge(one, other):
            return "neighbour"
        here, there = self.register.places[one], self.register.places[other]
        if here.region is not None and here.region == there.region:
            return "region"
        alike = here.population and there.population and LIKE_SIZE[0] <= here.population / there.population <= LIKE_SIZE[1]
        return "size" if alike else ""

    def standing(self, initiative: str, *statuses: str) -> list[Claim]:
        """The claims to an initiative with one of some statuses that are fresh or ageing."""
        return [c for c in claims(self.graph, initiative) if c.status.name in statuses and c.freshness in FRESH]

    def running(self, initiative: str) -> list[Claim]:
        """What is active, and not by its own period over."""
        return [c for c in self.standing(initiative, "active") if (c.adoption.deciding.end or self.reference) >= self.reference]

    def current(self, initiative: str) -> list[Claim]:
        """Plans of which nothing should have come yet."""
        return [c for c in self.standing(initiative, "planned") if not self._due(c)]

    def unanswered(self, initiative: str) -> list[Claim]:
        """Plans of which something should have come by now, told of in the last `ASKED` years."""
        plans = self.standing(initiative, "planned", "open-plan")
        late = (c for c in plans if c.status.name == "open-plan" or self._due(c))
        return [c for c in late if c.as_of and c.as_of >= self.reference - ASKED]

    def _due(self, plan: Claim) -> bool:
        stated = plan.adoption.deciding.end or plan.adoption.deciding.start
        return stated is not None and stated < self.reference - DUE

    def learn(self) -> Iterator[Opportunity]:
        """A current plan beside those near by, or of like size, that have it running by themselves."""
        for initiative in self.initiatives:
            running = self.running(initiative)
            for plans in _undertakings(self.current(initiative)):
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
            plans = {c.municipality.iri: c for c in self.current(initiative)}
            for area in sorted(nx.connected_components(self.near.subgraph(plans)), key=min):
                members = [plans[iri] for iri in sorted(area)]
                alike = all(self._alike(a, b) for a, b in combinations(members, 2))
                if 2 <= len(members) <= LARGEST_GROUP and together.all_separate(members) and alike:
                    points = _points("buy-together", "neighbour", members)
                    yield _opportunity("buy-together", members, [], "neighbour", tuple(members), points)

    def join(self) -> Iterator[Opportunity]:
        """An organisation in which two or more neighbours are, and the kommune is not known to be."""
        for vehicle in together.vehicles(self.register, self.graph):
            if not self._open(vehicle):
                continue
            gone = {m.municipality for m in self.register.memberships if m.organisation == vehicle.resource.iri}
            gone |= {municipality for municipality, partner in self.register.partners if partner == vehicle.resource.iri}
            gone |= self._outside(vehicle)
            beside = {iri: [n for n in self.near[iri] if n in vehicle.codes] for iri in sorted(set(self.near) - gone)}
            asked = sorted((iri for iri, inside in beside.items() if len(inside) >= MEMBERS_NEAR), key=lambda iri: (-len(beside[iri]), iri))
            if asked:
                audience = tuple(self.register.places[iri].municipality for iri in asked)
                partners = tuple(self.register.places[iri].municipality for iri in sorted({n for iri in asked for n in beside[iri]}))
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
            running = {c.municipality.iri: c for c in self.running(initiative)}
            for kind in COMPARED:
                using = {iri: self._used(c, kind) for iri, c in running.items() if self._used(c, kind)}
                edges = [(a, b) for a, b in self.near.subgraph(using).edges if self._different(using[a], using[b])]
                for area in sorted(nx.connected_components(nx.Graph(edges)), key=min):
                    members = [running[iri] for iri in sorted(area)]
                    points = _points("one-solution", "neighbour", members)
                    yield _opportunity("one-solution", members, [], "neighbour", tuple(members), points)

    def _used(self, claim: Claim, kind: str) -> frozenset[Resource]:
        return frozenset(s for s in claim.solutions if self.register.kinds.get(s.iri) == kind)

    def ask(self) -> Iterator[Opportunity]:
        """Plans of which nobody has told what came of them; plans of one undertaking are one question."""
        for initiative in self.initiatives:
            for plans in _undertakings(self.unanswered(initiative)):
                own = {c.municipality.iri for c in plans}
                if any(n not in own for iri in own for n in self.near[iri]):
                    points = _points("ask", "neighbour", plans)
                    yield _opportunity("ask", plans, [], "neighbour", tuple(plans), points)

    def look(self) -> Iterator[Opportunity]:
        """Fresh, well documented work beside kommuner of which nothing is known; one for each initiative and kommune that runs it.

        A kommune without neighbours is told of its region, else of those of like size.
        """
        for initiative in self.initiatives:
            for claim in self.running(initiative):
                if claim.freshness == "fresh" and self._documented(claim) and not self._known(claim):
                    here = claim.municipality.iri
                    alone = [iri for iri in self.register.places if not self.near[iri] and iri != here]
                    beside = {how: [iri for iri in alone if self.relation(iri, here) == how] for how in ("region", "size")}
                    beside["neighbour"] = sorted(self.near[here])
                    for how, near in beside.items():
                        unknown = [iri for iri in near if not self.everything.has_edge(iri, initiative)]
                        if unknown:
                            audience = tuple(self.register.places[iri].municipality for iri in unknown)
                            points = _points("look", how, [claim])
                            yield Opportunity("look", claim.initiative, audience, (claim.municipality,), how, (claim,), points, claim.as_of)

    def _documented(self, claim: Claim) -> bool:
        """Whether the work is the kommune's own and told well: by the kommune itself or by two sources, with an address.

        What one source tells of several kommuner, and a service that several share, is no work of one kommune; nor is a paper.
        """
        first = claim.adoption.deciding
        alone = self.register.reach.get((first.source.iri, first.initiative), 1) == 1
        shared = any(self.register.kinds.get(s.iri) in together.SERVICES for s in claim.solutions)
        sources = {e.source.iri for e in claim.evidence if e.status == "active"}
        documented = first.source.publisher == claim.municipality.iri or len(sources) > 1
        words = re.findall(r"\w+", f"{first.title} {first.source.title}".casefold())
        paper = any(word.startswith(PAPERS) for word in words)
        return alone and not shared and not paper and documented and first.confidence == "high" and bool(first.source.address)

    def _known(self, claim: Claim) -> bool:
        """Whether all solutions that it names are in use in many kommuner."""
        solutions = claim.adoption.deciding.solutions
        return bool(solutions) and all(self.users[s] >= WIDESPREAD * len(self.register.places) for s in solutions)

    @cached_property
    def users(self) -> Counter[str]:
        """In how many kommuner each solution is in use."""
        each = {(c.municipality.iri, s.iri) for i in self.initiatives for c in claims(self.graph, i) if c.active for s in c.solutions}
        return Counter(solution for _, solution in each)

    def _different(self, one: frozenset[Resource], other: frozenset[Resource]) -> bool:
        """Whether solutions differ, and not by spelling or by the name of a place alone."""
        names = [(self._name(a), self._name(b)) for a in one for b in other]
        return not one & other and not any(SequenceMatcher(None, a, b).ratio() >= ALIKE or a in b or b in a for a, b in names)

    def _name(self, solution: Resource) -> str:
        words = plain(solution.label).split()
        return " ".join(word for word in words if word not in self.places) or " ".join(words)


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
