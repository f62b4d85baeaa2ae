"""The networks of matching as networkx graphs with plain attributes, which every format of networkx can write.

A node has `label`, `kind` (`municipality`, `initiative`, `solution`), `code` (the last part of its IRI) and, where known, `region`,
`municipalityType`, `population`, `longitude`, `latitude`. No attribute is called `type`, which igraph keeps for itself. Unknown
values are absent. Each graph carries the choices as its attribute `choices`.
"""

from typing import Any

import networkx as nx

from kommunegraf.matching import network
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.network import INITIATIVE, MUNICIPALITY


def adoptions(matcher: Matcher) -> nx.Graph:
    """Kommuner and initiatives, bipartite: node attribute `bipartite` 0 for a kommune, 1 for an initiative.

    An edge is an adoption: `status`, `freshness`, `confidence`, `solutions` and `evidence` (IRIs, by blanks), the years `since`,
    `until` and `asOf`, and `weight` 1.
    """
    graph = _empty(matcher)
    graph.add_nodes_from((iri, _place(matcher, iri) | {"bipartite": MUNICIPALITY}) for iri in matcher.rows)
    for iri in matcher.columns:
        resource = network.resource(matcher.graph, iri)
        graph.add_node(iri, label=resource.label, kind="initiative", code=resource.name, bipartite=INITIATIVE)
    for municipality in matcher.rows:
        for initiative in sorted(matcher.graph[municipality]):
            claim = network.claim(matcher.graph, municipality, initiative)
            told = {
                "weight": 1, "status": claim.status.name, "freshness": claim.freshness, "confidence": claim.confidence,
                "since": claim.adoption.since, "until": claim.adoption.until, "asOf": claim.as_of,
                "solutions": "; ".join(s.label for s in claim.solutions) or None, "evidence": " ".join(e.iri for e in claim.evidence),
            }
            graph.add_edge(municipality, initiative, **_known(told))
    return graph


def neighbours(matcher: Matcher) -> nx.Graph:
    """Kommuner joined by a land border or a fixed link: edge attributes `relation` and `weight` 1."""
    graph = _empty(matcher)
    graph.add_nodes_from((iri, _place(matcher, iri)) for iri in matcher.rows)
    edges = sorted((min(pair), max(pair), matcher.near.edges[pair]["relations"]) for pair in matcher.near.edges)
    graph.add_edges_from((one, other, {"relation": "+".join(how), "weight": 1}) for one, other, how in edges)
    return graph


def partners(matcher: Matcher, level: float | None = None) -> nx.Graph:
    """Kommuner joined by the initiatives that run or are planned in both: the projection of `adoptions`, without what has ended.

    `weight` is their number, `expected` what chance gives, `surprise` -log10 p, and `p` and `q` those of `similarity.Pair`. With a
    `level` only the backbone is left, the pairs with q at or below it: perhaps none.
    """
    graph = _empty(matcher)
    graph.add_nodes_from((iri, _place(matcher, iri)) for iri in matcher.rows)
    for row, municipality in enumerate(matcher.rows):
        for other in matcher.similarity.best(row, len(matcher.rows)).tolist():
            if row < other:
                pair = matcher.similarity.pair(row, other)
                if level is None or pair.q <= level:
                    told = {"weight": pair.overlap, "expected": pair.expected, "surprise": pair.surprise, "p": pair.p, "q": pair.q}
                    graph.add_edge(municipality, matcher.rows[other], **told)
    return graph


def solutions(matcher: Matcher) -> nx.Graph:
    """Kommuner and the solutions that they have in use, bipartite as `adoptions`; `weight` counts the initiatives."""
    graph = _empty(matcher)
    graph.add_nodes_from((iri, _place(matcher, iri) | {"bipartite": MUNICIPALITY}) for iri in matcher.rows)
    for municipality, initiative in matcher.running.edges(matcher.rows):
        claim = network.claim(matcher.graph, municipality, initiative)
        for solution in claim.solutions if claim.active else ():
            graph.add_node(solution.iri, label=solution.label, kind="solution", code=solution.name, bipartite=INITIATIVE)
            before = graph.get_edge_data(municipality, solution.iri, {}).get("weight", 0)
            graph.add_edge(municipality, solution.iri, weight=before + 1)
    return graph


def _empty(matcher: Matcher) -> nx.Graph:
    return nx.Graph(choices=matcher.choices.text(matcher.register.lang))


def _place(matcher: Matcher, iri: str) -> dict[str, Any]:
    place = matcher.register.places[iri]
    region, kind = (r.label if r else None for r in (place.region, place.kind))
    longitude, latitude = place.point or (None, None)
    own = {"label": place.municipality.label, "kind": "municipality", "code": place.municipality.name}
    return _known(own | {
        "region": region, "municipalityType": kind, "population": place.population, "longitude": longitude, "latitude": latitude,
    })


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
