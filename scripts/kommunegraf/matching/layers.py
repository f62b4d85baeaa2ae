"""The networks of matching as networkx graphs with plain attributes, which every format of networkx can write.

A node has `label`, `kind` (`municipality`, `initiative`, or the kind of the solution or organisation), `code` (the last part of its
IRI) and, where known, `region`, `municipalityType`, `population`, `longitude`, `latitude`. No attribute is called `type`, which igraph
keeps for itself. Unknown values are absent. Each graph carries the choices as its attribute `choices`.
"""

from dataclasses import replace
from typing import Any

import networkx as nx

from kommunegraf.matching import network
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.network import INITIATIVE, MUNICIPALITY
from kommunegraf.matching.register import Resource
from kommunegraf.matching.results import Pair
from kommunegraf.matching.similarity import Similarity


def adoptions(matcher: Matcher) -> nx.Graph:
    """Kommuner and initiatives, bipartite: node attribute `bipartite` 0 for a kommune, 1 for an initiative.

    An edge is an adoption: `status`, `freshness`, `confidence`, `solutions` and `evidence` (IRIs, by blanks), the years `since`,
    `until` and `asOf`, and `weight` 1.
    """
    graph = _kommuner(matcher)
    for iri in matcher.columns:
        resource = network.resource(matcher.graph, iri)
        graph.add_node(iri, label=resource.label, kind="initiative", code=resource.name, bipartite=INITIATIVE)
    for municipality in matcher.rows:
        for initiative in sorted(matcher.graph[municipality]):
            claim = network.claim(matcher.graph, municipality, initiative)
            attributes = {
                "weight": 1, "status": claim.status.name, "freshness": claim.freshness, "confidence": claim.confidence,
                "since": claim.adoption.since, "until": claim.adoption.until, "asOf": claim.as_of,
                "solutions": "; ".join(s.label for s in claim.solutions) or None, "evidence": " ".join(e.iri for e in claim.evidence),
            }
            graph.add_edge(municipality, initiative, **_known(attributes))
    return graph


def neighbours(matcher: Matcher) -> nx.Graph:
    """Kommuner joined by a land border or a fixed link: edge attributes `relation` and `weight` 1."""
    graph = _empty(matcher)
    graph.add_nodes_from((iri, _place(matcher, iri)) for iri in matcher.rows)
    edges = sorted((min(pair), max(pair), matcher.near.edges[pair]["relations"]) for pair in matcher.near.edges)
    graph.add_edges_from((one, other, {"relation": "+".join(how), "weight": 1}) for one, other, how in edges)
    return graph


def partners(matcher: Matcher, level: float | None = None, wide: bool = False) -> nx.Graph:
    """Kommuner joined by the initiatives that run or are planned in both: the projection of `adoptions`, without what has ended.

    `weight` is their number, `expected` what chance gives, `surprise` -log10 p, and `p` and `q` those of `similarity.Pair`. With a
    `level` only the backbone is left, the pairs with q at or below it: perhaps none. `wide` projects `multilayer`: solutions and
    organisations count beside initiatives. One statement may then make several columns, so that p and q are too small.
    """
    similarity = wide_similarity(matcher) if wide else matcher.similarity
    graph = _empty(matcher)
    graph.add_nodes_from((iri, _place(matcher, iri)) for iri in matcher.rows)
    for row, municipality in enumerate(matcher.rows):
        for other in similarity.best(row, len(matcher.rows)).tolist():
            if row < other:
                pair = similarity.pair(row, other)
                if level is None or pair.q <= level:
                    attributes = {"weight": pair.overlap, "expected": pair.expected, "surprise": pair.surprise, "p": pair.p, "q": pair.q}
                    graph.add_edge(municipality, matcher.rows[other], **attributes)
    return graph


def solutions(matcher: Matcher) -> nx.Graph:
    """Kommuner and the solutions that they have in use, bipartite as `adoptions`; `weight` counts the initiatives."""
    graph = _kommuner(matcher)
    for municipality, initiative in matcher.running.edges(matcher.rows):
        claim = network.claim(matcher.graph, municipality, initiative)
        for solution in claim.solutions if claim.active else ():
            _join(graph, matcher, municipality, solution)
    return graph


def organisations(matcher: Matcher) -> nx.Graph:
    """Kommuner and the organisations that they are members of, or that evidence which counts names as partners; bipartite.

    `weight` counts the memberships and the initiatives. What has ended is left out.
    """
    register, graph = matcher.register, _kommuner(matcher)
    for one in register.memberships:
        if one.municipality in register.places and (one.end is None or one.end >= register.limits_of(matcher.choices).reference):
            _join(graph, matcher, one.municipality, register.resource(one.organisation))
    for municipality, initiative in matcher.running.edges(matcher.rows):
        evidence = network.claim(matcher.graph, municipality, initiative).evidence
        partners = {iri for one in evidence for iri in register.partners.get(one.iri, ()) if iri not in register.places}
        for iri in sorted(partners):
            _join(graph, matcher, municipality, register.resource(iri))
    return graph


def multilayer(matcher: Matcher) -> nx.Graph:
    """Kommuner with their initiatives, solutions and organisations in one graph; bipartite, with `layer` on each edge."""
    graph = _empty(matcher)
    layers = {"initiative": adoptions(matcher), "solution": solutions(matcher), "organisation": organisations(matcher)}
    for name, layer in layers.items():
        graph.add_nodes_from(layer.nodes(data=True))
        ended = ((a, b) for a, b, status in layer.edges(data="status") if status == "ended")
        layer.remove_edges_from(list(ended))
        graph.add_edges_from((one, other, {"layer": name, "weight": data["weight"]}) for one, other, data in layer.edges(data=True))
    return graph


def wide_similarity(matcher: Matcher) -> Similarity:
    """The kommuner under the null model of `multilayer`, in the order of `rows`; `power.power` of it says what its test could find."""
    graph = multilayer(matcher)
    columns = sorted(node for node, mode in graph.nodes(data="bipartite") if mode == INITIATIVE and graph.degree[node])
    return Similarity(network.matrix(graph, matcher.rows, columns))


def alike(matcher: Matcher, municipality: str) -> list[tuple[Resource, Pair, tuple[str, ...]]]:
    """The kommuner that share something with one in `multilayer`, the least likely overlap first.

    Each comes with its figures and the labels of what is shared, what fewest have first. p and q are too small, as in `partners`.
    """
    graph, similarity, row = multilayer(matcher), wide_similarity(matcher), matcher.rows.index(municipality)
    each = []
    for other in similarity.best(row, len(matcher.rows)).tolist():
        shared = sorted(nx.common_neighbors(graph, municipality, matcher.rows[other]), key=lambda node: (graph.degree[node], node))
        resource = network.resource(matcher.graph, matcher.rows[other])
        each.append((resource, similarity.pair(row, other), tuple(graph.nodes[node]["label"] for node in shared)))
    return each


def as_of(matcher: Matcher, year: int) -> nx.Graph:
    """The layer `adoptions` as it stood at the end of a year, as far as today's evidence tells."""
    return adoptions(Matcher(matcher.register, replace(matcher.choices, as_of=year)))


def ego(matcher: Matcher, municipality: str, radius: int = 1) -> nx.Graph:
    """The part of `partners` around a kommune (`networkx.ego_graph`). Raises NodeNotFound."""
    return nx.ego_graph(partners(matcher), municipality, radius)


def bridging(matcher: Matcher) -> dict[str, float]:
    """The betweenness of each kommune in `adoptions` without what has ended: how much it joins those that share little else."""
    scores = nx.betweenness_centrality(matcher.running)
    return dict(sorted(((row, scores[row]) for row in matcher.rows), key=lambda pair: (-pair[1], pair[0])))


def stability(matcher: Matcher) -> dict[str, float]:
    """The share of each kommune's five best partners that stay when a tenth of the links is left out; without those that have none.

    Beside it stand those of random networks, `power.baseline`: on this data the shares are alike.
    """
    return {row: float(kept) for row, kept in zip(matcher.rows, matcher.stability) if kept == kept}


def _kommuner(matcher: Matcher) -> nx.Graph:
    """A graph with the kommuner as its first mode, and without edges."""
    graph = _empty(matcher)
    graph.add_nodes_from((iri, _place(matcher, iri) | {"bipartite": MUNICIPALITY}) for iri in matcher.rows)
    return graph


def _join(graph: nx.Graph, matcher: Matcher, municipality: str, other: Resource) -> None:
    """An edge between a kommune and something of the second mode, or one more to its weight."""
    kind = matcher.register.kinds.get(other.iri, "other")
    graph.add_node(other.iri, label=other.label, kind=kind, code=other.name, bipartite=INITIATIVE)
    before = graph.get_edge_data(municipality, other.iri, {}).get("weight", 0)
    graph.add_edge(municipality, other.iri, weight=before + 1)


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
