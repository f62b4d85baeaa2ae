"""The network for other programs: GraphML, GEXF, node-link JSON, a CSV edge list, RDF, and the opportunities as a map layer."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import networkx as nx

from kommunegraf.matching import answers, layers
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.network import base, claim
from kommunegraf.namespaces import GRAPH, KG, RDF
from kommunegraf.rdf.terms import iri


def flat(matcher: Matcher) -> nx.Graph:
    """Both layers in one graph with plain attributes: edges of `layer` adoption and of `layer` neighbour; unknown ones are absent.

    The graph carries the choices as its attribute `choices`.
    """
    graph = nx.Graph(choices=matcher.choices.text(matcher.register.lang))
    for node, data in sorted(matcher.graph.nodes(data=True)):
        place = data.get("place")
        told: dict[str, Any] = {"label": data["label"], "bipartite": data["bipartite"]}
        if place:
            region, kind = (r.label if r else None for r in (place.region, place.kind))
            longitude, latitude = place.point or (None, None)
            told |= {"region": region, "municipalityType": kind, "population": place.population}
            told |= {"longitude": longitude, "latitude": latitude}
        graph.add_node(node, **{key: value for key, value in told.items() if value is not None})
    for municipality in matcher.rows:
        for initiative in sorted(matcher.graph[municipality]):
            stated = claim(matcher.graph, municipality, initiative)
            told = {
                "layer": "adoption", "status": stated.status.name, "confidence": stated.confidence, "freshness": stated.freshness,
                "since": stated.adoption.since, "until": stated.adoption.until, "asOf": stated.as_of,
                "solutions": "; ".join(s.label for s in stated.solutions) or None, "evidence": " ".join(e.iri for e in stated.evidence),
            }
            graph.add_edge(municipality, initiative, **{key: value for key, value in told.items() if value is not None})
    for one, other, data in sorted(matcher.near.edges(data=True)):
        graph.add_edge(one, other, layer="neighbour", relation="+".join(data["relations"]))
    return graph


_EDGE = ("source", "target", "layer", "status", "confidence", "freshness", "since", "until", "asOf", "solutions", "relation", "evidence")

_NODE = ("id", "label", "kind", "code", "bipartite", "region", "municipalityType", "population", "longitude", "latitude")


def graphs(matcher: Matcher) -> dict[str, str]:
    """The text of each file by name; equal networks give equal text."""
    graph = flat(matcher)
    graphml, gexf = BytesIO(), BytesIO()
    nx.write_graphml_xml(graph, graphml, named_key_ids=True)
    nx.write_gexf(graph, gexf)
    node_link = json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1)
    nodes = [dict.fromkeys(_NODE) | {"id": node} | data for node, data in layers.adoptions(matcher).nodes(data=True)]
    apart = {"adoptions": layers.adoptions(matcher), "neighbours": layers.neighbours(matcher), "partners": layers.partners(matcher)}
    edges = [dict.fromkeys(_EDGE) | {"source": a, "target": b} | data for a, b, data in graph.edges(data=True)]
    return {
        **{f"{name}.graphml": "\n".join(nx.generate_graphml(layer, named_key_ids=True)) + "\n" for name, layer in apart.items()},
        "nodes.csv": answers.as_csv(nodes, _NODE),
        "network.graphml": graphml.getvalue().decode("utf-8") + "\n",
        "network.gexf": re.sub(r' lastmodifieddate="[^"]*"', "", gexf.getvalue().decode("utf-8")) + "\n",
        "network.json": node_link + "\n",
        "edges.csv": answers.as_csv(edges, _EDGE),
        "adoptions.nq": "".join(f"{line}\n" for line in sorted(set(adoptions(matcher)))),
    }


def adoptions(matcher: Matcher) -> Iterator[str]:
    """N-Quads lines: the adoptions of this network, under its choices, as the graph's own terms say them."""
    graph = iri(GRAPH + "analysis")
    for municipality in matcher.rows:
        for initiative in matcher.graph[municipality]:
            stated = claim(matcher.graph, municipality, initiative)
            objects = [
                (RDF + "type", KG + "Adoption"), (KG + "adopter", municipality), (KG + "initiative", initiative),
                (KG + "status", stated.status.iri), (KG + "statusFrom", stated.evidence[0].iri),
                *((KG + "supportedBy", e.iri) for e in stated.evidence), *((KG + "solution", s.iri) for s in stated.solutions),
            ]
            subject = iri(f"{base(municipality)}adoption/{stated.municipality.name}-{stated.initiative.name}")
            yield from (f"{subject} {iri(property_)} {iri(value)} {graph} ." for property_, value in objects)


def map_layer(matcher: Matcher) -> str:
    """GeoJSON (RFC 7946): the points of the kommuner in each opportunity; those without a known point are left out."""
    rows = answers.shortlist(matcher.opportunities, matcher.register.lang)
    features = []
    for one, row in zip(matcher.opportunities, rows):
        places = (matcher.register.places[r.iri] for r in (*one.audience, *one.partners))
        points = [place.point for place in places if place.point]
        if points and not one.private:
            features.append({"type": "Feature", "geometry": {"type": "MultiPoint", "coordinates": points}, "properties": row})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1) + "\n"


def write(files: dict[str, str], folder: Path) -> list[Path]:
    """Write texts as UTF-8 files into a folder, made if needed. Returns the files. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in files]
