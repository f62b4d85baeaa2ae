"""What the evidence suggests by rules that a reader can check: whom to learn from, whom to build with, where borders run.

Nothing here is statistics; every suggestion is made of claims, and each claim carries its evidence.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log

import networkx as nx

from kommunegraf.matching.network import Claim, claim, claims, resource
from kommunegraf.matching.register import Place, Resource

LARGEST = 6
"""The most kommuner in a group that builds together."""


@dataclass(frozen=True)
class Peer:
    """A kommune where an initiative is active. `near` is `neighbour`, `region` or `elsewhere`.

    `size` is its inhabitants for each of one's own; `since` its earliest dated year. Both are None where unknown.
    """

    near: str
    size: float | None
    since: int | None
    claim: Claim


@dataclass(frozen=True)
class Plan:
    """An initiative, the kommune's own claim to it (None: nothing is known), and who has it active, best teachers first.

    Near before far (neighbours, then the region), better evidence before weaker, longer before shorter and undated, alike
    in size before unlike, and last by kommunekode. Perhaps nobody has it.
    """

    initiative: Resource
    own: Claim | None
    peers: tuple[Peer, ...]


@dataclass(frozen=True)
class Group:
    """Two to six kommuner that could build or buy one initiative together: at least one plans it, the others plan it or have it.

    `connected` is `neighbourhood` or `region`. The lead has it, with the best and longest evidence (`experience`), or has
    the most inhabitants where nobody has it yet (`size`): `why`.
    """

    initiative: Resource
    connected: str
    planning: tuple[Claim, ...]
    having: tuple[Claim, ...]
    lead: Resource
    why: str

    @property
    def members(self) -> tuple[Claim, ...]:
        """All, by kommunekode."""
        return tuple(sorted((*self.planning, *self.having), key=lambda c: c.municipality.iri))


@dataclass(frozen=True)
class Boundary:
    """Two neighbours whose sources name solutions for the same initiative, and none in common."""

    initiative: Resource
    relations: tuple[str, ...]
    one: Claim
    other: Claim


@dataclass(frozen=True)
class Area:
    """A connected area of kommuner with the same initiative and several solutions, none of them everywhere: one could serve it.

    `solutions` counts the kommuner of each, most first; `unknown` counts those whose solution no source names.
    """

    initiative: Resource
    members: tuple[Claim, ...]
    solutions: tuple[tuple[Resource, int], ...]
    unknown: int


def learn_from(graph: nx.Graph, near: nx.Graph, municipality: str, initiative: str) -> Plan:
    """Who could teach a kommune an initiative."""
    here: Place = graph.nodes[municipality]["place"]
    peers = []
    for found in claims(graph, initiative):
        if found.status.name == "active" and found.municipality.iri != municipality:
            there: Place = graph.nodes[found.municipality.iri]["place"]
            same = here.region is not None and here.region == there.region
            distance = "neighbour" if near.has_edge(municipality, found.municipality.iri) else "region" if same else "elsewhere"
            size = there.population / here.population if there.population and here.population else None
            peers.append(Peer(distance, size, found.since, found))
    own = claim(graph, municipality, initiative) if graph.has_edge(municipality, initiative) else None
    return Plan(resource(graph, initiative), own, tuple(sorted(peers, key=_teaching)))


def _teaching(peer: Peer) -> tuple[int, int, int, float, str]:
    distance = ("neighbour", "region", "elsewhere").index(peer.near)
    confidence = ("high", "medium", "low").index(peer.claim.confidence)
    unlike = abs(log(peer.size)) if peer.size else float("inf")
    return distance, confidence, peer.since or 9999, unlike, peer.claim.municipality.iri


def together(graph: nx.Graph, near: nx.Graph) -> list[Group]:
    """Every group that could build together, by initiative and first member."""
    found = []
    for initiative in sorted(n for n, mode in graph.nodes(data="bipartite") if mode == 1):
        status = {c.municipality.iri: c for c in claims(graph, initiative) if c.status.name in ("planned", "active")}
        planning = {m for m, c in status.items() if c.status.name == "planned"}
        groups = [("neighbourhood", members) for members in _connected(near.subgraph(status), planning, status)]
        left = planning - {m for _, members in groups for m in members}
        groups += [("region", members) for members in _regional(graph, left)]
        found += [_group(graph, initiative, how, [status[m] for m in sorted(members)]) for how, members in groups]
    return sorted(found, key=lambda g: (g.initiative.iri, g.members[0].municipality.iri))


def _connected(near: nx.Graph, planning: set[str], status: dict[str, Claim]) -> Iterator[set[str]]:
    """Whole connected areas of two to six; of larger ones the neighbours that plan, with the best of those beside them that have it."""
    for area in sorted(nx.connected_components(near), key=min):
        if len(area) <= LARGEST:
            parts = [set(area)] if area & planning else []
        else:
            parts = [part for core in sorted(nx.connected_components(near.subgraph(area & planning)), key=min) for part in _cut(near, core)]
        for part in parts:
            beside = {n for m in part for n in near[m]} - part - planning
            part |= set(sorted(beside, key=lambda m: _experience(status[m]))[: LARGEST - len(part)])
            if len(part) > 1:
                yield part


def _cut(near: nx.Graph, core: set[str]) -> Iterator[set[str]]:
    """Connected parts of at most six."""
    left = set(core)
    while left:
        graph = near.subgraph(left)
        first = min(left)
        order = [first, *(b for _, b in nx.bfs_edges(graph, first, sort_neighbors=sorted))]
        yield set(order[:LARGEST])
        left -= set(order[:LARGEST])


def _regional(graph: nx.Graph, planning: set[str]) -> Iterator[set[str]]:
    by_region: dict[str, list[str]] = {}
    for municipality in sorted(planning):
        region = graph.nodes[municipality]["place"].region
        if region:
            by_region.setdefault(region.iri, []).append(municipality)
    for _, members in sorted(by_region.items()):
        for start in range(0, len(members), LARGEST):
            if len(members[start : start + LARGEST]) > 1:
                yield set(members[start : start + LARGEST])


def _experience(found: Claim) -> tuple[int, int, str]:
    return ("high", "medium", "low").index(found.confidence), found.since or 9999, found.municipality.iri


def _group(graph: nx.Graph, initiative: str, how: str, members: list[Claim]) -> Group:
    planning = tuple(c for c in members if c.status.name == "planned")
    having = tuple(c for c in members if c.status.name == "active")
    if having:
        lead, why = min(having, key=_experience), "experience"
    else:
        largest = sorted(planning, key=lambda c: (-(graph.nodes[c.municipality.iri]["place"].population or 0), c.municipality.iri))
        lead, why = largest[0], "size"
    return Group(resource(graph, initiative), how, planning, having, lead.municipality, why)


def boundaries(graph: nx.Graph, near: nx.Graph) -> list[Boundary]:
    """Every pair of neighbours with different solutions, by initiative; work that has ended is left out."""
    found = []
    for initiative in sorted(n for n, mode in graph.nodes(data="bipartite") if mode == 1):
        named = {c.municipality.iri: c for c in _running(graph, initiative) if c.solutions}
        for one, other in sorted(tuple(sorted(pair)) for pair in near.subgraph(named).edges):
            if not set(named[one].solutions) & set(named[other].solutions):
                found.append(Boundary(resource(graph, initiative), near.edges[one, other]["relations"], named[one], named[other]))
    return found


def areas(graph: nx.Graph, near: nx.Graph) -> list[Area]:
    """Every connected area with one initiative and several solutions, the largest first."""
    found = []
    for initiative in sorted(n for n, mode in graph.nodes(data="bipartite") if mode == 1):
        running = {c.municipality.iri: c for c in _running(graph, initiative)}
        for area in sorted(nx.connected_components(near.subgraph(running)), key=min):
            members = tuple(running[m] for m in sorted(area))
            used, unknown = Counter(s for c in members for s in c.solutions), sum(not c.solutions for c in members)
            if used and max(used.values()) < len(members) - unknown:
                solutions = tuple(sorted(used.items(), key=lambda item: (-item[1], item[0].iri)))
                found.append(Area(resource(graph, initiative), members, solutions, unknown))
    return sorted(found, key=lambda a: (-len(a.members), a.initiative.iri, a.members[0].municipality.iri))


def _running(graph: nx.Graph, initiative: str) -> Iterable[Claim]:
    return (c for c in claims(graph, initiative) if c.status.name != "ended")
