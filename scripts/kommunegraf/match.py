"""Whom a kommune could work with: who shares its initiatives, who has what it plans, and what its neighbours have.

Counts of shared initiatives are plain overlap, without a null model; every claim carries the evidence that it rests on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import networkx as nx

from kommunegraf.engines import Engine
from kommunegraf.names import UnknownName
from kommunegraf.network import MUNICIPALITY, Claim, Register, Resource, claim, network, read, resource

__all__ = ["Match", "Neighbour", "Partner", "Peer", "Plan", "Shared", "as_text", "match", "match_in", "network"]


@dataclass(frozen=True)
class Shared:
    """An initiative that two kommuner have, each with its own status. `adopters` counts all kommuner that have it."""

    initiative: Resource
    adopters: int
    own: Claim
    other: Claim


@dataclass(frozen=True)
class Partner:
    """A kommune and what it shares with the one that is matched: what fewest have comes first."""

    municipality: Resource
    shared: tuple[Shared, ...]


@dataclass(frozen=True)
class Peer:
    """A kommune where an initiative is active; `neighbour` tells whether it is a neighbour of the one that plans it."""

    neighbour: bool
    claim: Claim


@dataclass(frozen=True)
class Plan:
    """An initiative that the kommune plans, and who has it active: neighbours first, then by kommunekode; perhaps nobody."""

    own: Claim
    peers: tuple[Peer, ...]


@dataclass(frozen=True)
class Neighbour:
    """A neighbour by `borders`, `fixedLinkTo` or both; what both have; what is active there and in no evidence about the kommune."""

    municipality: Resource
    relations: tuple[str, ...]
    shared: tuple[Shared, ...]
    ahead: tuple[Claim, ...]


@dataclass(frozen=True)
class Match:
    """What the evidence says about a kommune and whom it could work with.

    `adoptions` are its own. `uncounted` is what evidence of low confidence alone says of it; empty when `low` lets it count.
    `shares` ranks by the number of shared initiatives, then by how few kommuner have them on average, then by kommunekode;
    so does `neighbours`.
    """

    municipality: Resource
    low: bool
    caveat: str
    adoptions: tuple[Claim, ...]
    uncounted: tuple[Claim, ...]
    shares: tuple[Partner, ...]
    learn_from: tuple[Plan, ...]
    neighbours: tuple[Neighbour, ...]

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, all the way down, for JSON."""
        return asdict(self)


def match(engine: Engine, municipality: str, lang: str = "da", low: bool = False) -> Match:
    """Match a kommune, given by its IRI, with all others. With `low`, evidence of low confidence counts too.

    Raises UnknownName for an IRI that is no kommune, BadArgument for an unknown language, and EngineError.
    """
    return match_in(read(engine, lang), municipality, low)


def match_in(register: Register, municipality: str, low: bool = False) -> Match:
    """The same as `match`, for many kommuner of a graph that has been read once. Raises UnknownName."""
    graph, everything = register.networks[low], register.networks[True]
    if graph.nodes.get(municipality, {}).get("bipartite") != MUNICIPALITY:
        raise UnknownName("municipality", municipality, [])
    near = register.neighbours.get(municipality, {})
    return Match(
        municipality=resource(graph, municipality),
        low=low,
        caveat=f"{_CAVEAT[register.lang]} {_COUNTED[register.lang][low]}",
        adoptions=_claims(graph, municipality, graph[municipality]),
        uncounted=_claims(everything, municipality, everything[municipality].keys() - graph[municipality].keys()),
        shares=_shares(graph, municipality),
        learn_from=tuple(_plans(graph, municipality, near)),
        neighbours=_neighbours(graph, municipality, near, everything[municipality]),
    )


def _claims(graph: nx.Graph, municipality: str, initiatives: Iterable[str]) -> tuple[Claim, ...]:
    return tuple(claim(graph, municipality, initiative) for initiative in sorted(initiatives))


def _shared(graph: nx.Graph, municipality: str, other: str) -> tuple[Shared, ...]:
    common = sorted(nx.common_neighbors(graph, municipality, other), key=lambda i: (graph.degree[i], i))
    return tuple(Shared(resource(graph, i), graph.degree[i], claim(graph, municipality, i), claim(graph, other, i)) for i in common)


def _rank(found: Partner | Neighbour) -> tuple[int, int, str]:
    """Between equal counts, the sum of adopters orders as their mean does."""
    return -len(found.shared), sum(s.adopters for s in found.shared), found.municipality.iri


def _shares(graph: nx.Graph, municipality: str) -> tuple[Partner, ...]:
    others = {other for initiative in graph[municipality] for other in graph[initiative]} - {municipality}
    return tuple(sorted((Partner(resource(graph, other), _shared(graph, municipality, other)) for other in others), key=_rank))


def _plans(graph: nx.Graph, municipality: str, near: Iterable[str]) -> Iterator[Plan]:
    for own in _claims(graph, municipality, graph[municipality]):
        if own.status.name == "planned":
            having = (claim(graph, other, own.initiative.iri) for other in graph[own.initiative.iri])
            active = [Peer(c.municipality.iri in near, c) for c in having if c.status.name == "active"]
            yield Plan(own, tuple(sorted(active, key=lambda peer: (not peer.neighbour, peer.claim.municipality.iri))))


def _neighbours(graph: nx.Graph, municipality: str, near: dict[str, tuple[str, ...]], mentioned: Iterable[str]) -> tuple[Neighbour, ...]:
    found = []
    for other, relations in near.items():
        unmentioned = _claims(graph, other, set(graph[other]).difference(mentioned))
        ahead = tuple(c for c in unmentioned if c.status.name == "active")
        found.append(Neighbour(resource(graph, other), relations, _shared(graph, municipality, other), ahead))
    return tuple(sorted(found, key=_rank))


def as_text(found: Match, lang: str = "da", most: int = 5) -> str:
    """A match to read: of each list the first `most` kommuner, of each claim the evidence that decides its status."""
    return "\n".join(_lines(found, _WORDS[lang], most))


def _lines(found: Match, words: dict[str, str], most: int) -> Iterator[str]:
    yield from (found.municipality.label, "", found.caveat, "", words["adoptions"])
    yield from _cited(found.adoptions, words)
    if found.uncounted:
        yield from ("", words["uncounted"])
        yield from _cited(found.uncounted, words)
    yield from ("", words["shares"].format(len(found.shares)))
    for partner in found.shares[:most]:
        yield f"  {partner.municipality.label}: {len(partner.shared)}"
        yield from _cited((s.other for s in partner.shared), words)
    yield from _more(found.shares, words, most, "  ")
    yield from ("", words["learn_from"])
    yield from _more(found.learn_from, words, len(found.learn_from), "  ")
    for plan in found.learn_from:
        yield f"  {plan.own.initiative.label}"
        for peer in plan.peers[:most]:
            near = f" ({words['neighbour']})" if peer.neighbour else ""
            yield f"    {peer.claim.municipality.label}{near}: {_cite(peer.claim, words)}"
        yield from _more(plan.peers, words, most, "    ")
    yield from ("", words["neighbours"].format(len(found.neighbours)))
    for neighbour in found.neighbours[:most]:
        link = f" ({words['fixedLinkTo']})" if "fixedLinkTo" in neighbour.relations else ""
        both = ", ".join(s.initiative.label for s in neighbour.shared) or words["none"]
        yield f"  {neighbour.municipality.label}{link}; {words['both']}: {both}; {words['ahead']}:"
        yield from _cited(neighbour.ahead, words)
    yield from _more(found.neighbours, words, most, "  ")


def _cited(claims: Iterable[Claim], words: dict[str, str]) -> list[str]:
    return [f"    {c.initiative.label}: {_cite(c, words)}" for c in claims] or [f"    {words['none']}"]


def _cite(stated: Claim, words: dict[str, str]) -> str:
    first, *others = stated.evidence
    source = ", ".join(str(part) for part in (first.source.label, first.year) if part)
    more = words["evidence"].format(len(others)) if others else ""
    return " ".join(part for part in (f"{stated.status.label}. {first.title} – {source}.", first.address, more) if part)


def _more(items: tuple[Any, ...], words: dict[str, str], most: int, indent: str) -> list[str]:
    if not items:
        return [indent + words["none"]]
    return [indent + words["more"].format(len(items) - most)] if len(items) > most else []


_CAVEAT = {
    "da": (
        "At der mangler belæg, viser ikke, at initiativet mangler. Antallet af fælles initiativer følger også af, hvor meget der "
        "blev fundet på nettet om hver kommune, og er ikke i sig selv et resultat."
    ),
    "en": (
        "Missing evidence does not show that the initiative is missing. The number of shared initiatives also follows how much was "
        "found on the web about each municipality, and is not a finding by itself."
    ),
}
_COUNTED = {
    "da": ("Belæg med høj og middel sikkerhed tæller.", "Alle belæg tæller, også dem med lav sikkerhed."),
    "en": ("Evidence of high and medium confidence counts.", "All evidence counts, that of low confidence too."),
}
_WORDS = {
    "da": {
        "adoptions": "Kommunens initiativer",
        "uncounted": "Kun belæg med lav sikkerhed (tæller ikke med)",
        "shares": "Kommuner med fælles initiativer ({})",
        "learn_from": "I gang andre steder, planlagt her",
        "neighbours": "Naboer ({})",
        "neighbour": "nabo",
        "fixedLinkTo": "fast forbindelse",
        "both": "begge har",
        "ahead": "i gang dér, intet belæg her",
        "none": "ingen kendt",
        "more": "og {} til",
        "evidence": "(belæg: +{})",
    },
    "en": {
        "adoptions": "Initiatives of the municipality",
        "uncounted": "Evidence of low confidence only (not counted)",
        "shares": "Municipalities with shared initiatives ({})",
        "learn_from": "Active elsewhere, planned here",
        "neighbours": "Neighbours ({})",
        "neighbour": "neighbour",
        "fixedLinkTo": "fixed link",
        "both": "both have",
        "ahead": "active there, no evidence here",
        "none": "none known",
        "more": "and {} more",
        "evidence": "(evidence: +{})",
    },
}
