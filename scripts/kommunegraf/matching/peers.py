"""Whom a kommune can learn an initiative from, by a stated order that a reader can check. Nothing here is statistics."""

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

from kommunegraf.graph.adoption import CONFIDENCE, FRESHNESS
from kommunegraf.matching.network import Claim, claim, claims, distance, resource
from kommunegraf.matching.register import Place, Register, Resource

if TYPE_CHECKING:
    import networkx as nx

BESIDE = 3
"""How many kommuner of the region and of like size stand for neighbours where there are none."""


@dataclass(frozen=True)
class Peer:
    """A kommune where an initiative is active. `near` is `neighbour`, `region` or `elsewhere`.

    `size` is its inhabitants for each of one's own; `since` the year in which it began. Both are None where unknown.
    """

    near: str
    size: float | None
    since: int | None
    claim: Claim


@dataclass(frozen=True)
class Plan:
    """An initiative, the kommune's own claim to it (None: nothing is known), and who has it active, best teachers first.

    Near before far (neighbours, then the region), fresh before old and undated, better evidence before weaker, longer before
    shorter, alike in size before unlike, and last by kommunekode. Perhaps nobody has it.
    """

    initiative: Resource
    own: Claim | None
    peers: tuple[Peer, ...]


def learn_from(graph: "nx.Graph", near: "nx.Graph", municipality: str, initiative: str) -> Plan:
    """Who could teach a kommune an initiative."""
    here: Place = graph.nodes[municipality]["place"]
    peers = []
    for one in claims(graph, initiative):
        if one.active and one.municipality.iri != municipality:
            there: Place = graph.nodes[one.municipality.iri]["place"]
            same = here.region is not None and here.region == there.region
            distance = "neighbour" if near.has_edge(municipality, one.municipality.iri) else "region" if same else "elsewhere"
            size = there.population / here.population if there.population and here.population else None
            peers.append(Peer(distance, size, one.since, one))
    own = claim(graph, municipality, initiative) if graph.has_edge(municipality, initiative) else None
    return Plan(resource(graph, initiative), own, tuple(sorted(peers, key=_teaching)))


def _teaching(peer: Peer) -> tuple[int, int, int, int, float, str]:
    distance = ("neighbour", "region", "elsewhere").index(peer.near)
    freshness, confidence = FRESHNESS.index(peer.claim.freshness), -CONFIDENCE.index(peer.claim.confidence)
    unlike = abs(log(peer.size)) if peer.size else float("inf")
    return distance, freshness, confidence, peer.since or 9999, unlike, peer.claim.municipality.iri


def beside(register: Register, municipality: str) -> dict[str, tuple[str, ...]]:
    """Three kommuner of the same region and three of like size, the nearest in kilometres and in inhabitants, by how they are near."""
    here = register.places[municipality]
    others = [place for iri, place in register.places.items() if iri != municipality]
    fellows = [place for place in others if here.region is not None and place.region == here.region]
    sized = [place for place in others if place.population and here.population]
    near = sorted(fellows, key=lambda place: (distance(here, place), place.municipality.iri))[:BESIDE]
    like = sorted(sized, key=lambda place: (_unlike(here, place), place.municipality.iri))[:BESIDE]
    how: dict[str, tuple[str, ...]] = {place.municipality.iri: ("region",) for place in near}
    return how | {place.municipality.iri: (*how.get(place.municipality.iri, ()), "size") for place in like}


def _unlike(one: Place, other: Place) -> float:
    """How far apart two numbers of inhabitants are, as the logarithm of their ratio."""
    return abs(log(other.population / one.population)) if one.population and other.population else float("inf")
