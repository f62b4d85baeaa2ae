"""What matching suggests for one kommune, for its page: partners and why, whom to learn from, what to build together."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kommunegraf.languages import words
from kommunegraf.namespaces import BASE
from kommunegraf.site.render import Page

if TYPE_CHECKING:
    from kommunegraf.matching.advice import Boundary, Group, Plan
    from kommunegraf.matching.network import Claim
    from kommunegraf.matching.register import Resource
    from kommunegraf.matching.results import Neighbour, Partner

PARTNERS, PEERS = 5, 3
"""How many partners, and how many teachers of each plan, a page names."""


@dataclass(frozen=True)
class Suggestions:
    """The answers of matching about one kommune."""

    said: dict[str, str]
    caveat: str
    choices: str
    significance: str
    stability: int | None
    partners: "list[tuple[Partner, list[tuple[str, str]]]]"
    plans: "tuple[Plan, ...]"
    peers: int
    groups: "list[Group]"
    boundaries: "list[tuple[Resource, Claim, Claim]]"
    neighbours: "list[Near]"


def suggestions(page: Page, iri: str) -> Suggestions | None:
    """The answers of matching about a kommune; empty where the store has nothing to match by."""
    from kommunegraf.matching.text import significance  # here, so that other pages load no matrices

    matcher = page.site.matcher.get(page.lang)
    if matcher is None or iri not in matcher.register.places:
        return None
    said, graph = words(page.lang, "matching"), matcher.graph
    planning = {n for n in graph[iri] if graph.edges[iri, n]["status"].name == "planned"}
    return Suggestions(
        said=said, caveat=said.caveat, choices=matcher.choices.text(page.lang),
        significance=significance(matcher.significant, matcher.similarity.tested, page.lang), stability=_stability(page, iri),
        partners=[(p, [_lead(s.other) for s in p.shared]) for p in matcher.alike(iri, PARTNERS)],
        plans=matcher.learn_from(iri), peers=PEERS,
        groups=[g for g in matcher.groups if any(c.municipality.iri == iri for c in g.members)],
        boundaries=[_facing(b, iri) for b in matcher.boundaries if iri in (b.one.municipality.iri, b.other.municipality.iri)],
        neighbours=[Near(n, planning) for n in matcher.neighbours(iri)],
    )


class Near:
    """A neighbour, what is active there and was not found here, and what is active there and planned here."""

    def __init__(self, neighbour: "Neighbour", planning: set[str]) -> None:
        self.iri, self.relations = neighbour.municipality.iri, neighbour.relations
        self.shared = len(neighbour.shared)
        self.ahead = [_lead(c) for c in neighbour.ahead]
        self.planned = [_lead(s.other) for s in neighbour.shared if s.initiative.iri in planning and s.other.status.name == "active"]


def _lead(claim: "Claim") -> tuple[str, str]:
    """The adoption that a claim of matching is, where its evidence stands, and the name of its initiative."""
    return f"{BASE}adoption/{claim.municipality.name}-{claim.initiative.name}", claim.initiative.label


def _facing(boundary: "Boundary", iri: str) -> "tuple[Resource, Claim, Claim]":
    """A boundary as seen from one side: the initiative, its own claim, the neighbour's."""
    own, other = (boundary.one, boundary.other) if boundary.one.municipality.iri == iri else (boundary.other, boundary.one)
    return boundary.initiative, own, other


def _stability(page: Page, iri: str) -> int | None:
    """The share in per cent of its five best partners that stay when a tenth of all links is left out; the same in each language."""
    matcher = page.site.matcher["da"]
    kept = matcher.stability[matcher.rows.index(iri)]
    return None if np.isnan(kept) else round(100 * float(kept))
