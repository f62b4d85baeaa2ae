"""The network for other programs: GraphML, GEXF, node-link JSON, a CSV edge list, RDF, and the boundaries as a map layer."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import networkx as nx

from kommunegraf.matching import answers
from kommunegraf.matching.advice import Area, Boundary
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.network import claim
from kommunegraf.namespaces import BASE, GRAPH, KG, RDF
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
            told |= {"region": region, "type": kind, "population": place.population, "longitude": longitude, "latitude": latitude}
        graph.add_node(node, **{key: value for key, value in told.items() if value is not None})
    for municipality in matcher.rows:
        for initiative in sorted(matcher.graph[municipality]):
            stated = claim(matcher.graph, municipality, initiative)
            years = [year for e in stated.evidence for year in (e.year,) if year]
            told = {
                "layer": "adoption", "status": stated.status.name, "confidence": stated.confidence, "since": stated.since,
                "until": max((e.end for e in stated.evidence if e.end), default=None), "latestSource": max(years, default=None),
                "solutions": "; ".join(s.label for s in stated.solutions) or None, "evidence": " ".join(e.iri for e in stated.evidence),
            }
            graph.add_edge(municipality, initiative, **{key: value for key, value in told.items() if value is not None})
    for one, other, data in sorted(matcher.near.edges(data=True)):
        graph.add_edge(one, other, layer="neighbour", relation="+".join(data["relations"]))
    return graph


_EDGE = ("source", "target", "layer", "status", "confidence", "since", "until", "latestSource", "solutions", "relation", "evidence")


def graphs(matcher: Matcher) -> dict[str, str]:
    """The text of each file by name; equal networks give equal text."""
    graph = flat(matcher)
    graphml, gexf = BytesIO(), BytesIO()
    nx.write_graphml_xml(graph, graphml, named_key_ids=True)
    nx.write_gexf(graph, gexf)
    node_link = json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1)
    edges = [dict.fromkeys(_EDGE) | {"source": a, "target": b} | data for a, b, data in graph.edges(data=True)]
    return {
        "network.graphml": graphml.getvalue().decode("utf-8") + "\n",
        "network.gexf": re.sub(r' lastmodifieddate="[^"]*"', "", gexf.getvalue().decode("utf-8")) + "\n",
        "network.json": node_link + "\n",
        "edges.csv": answers.as_csv(edges),
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
            subject = iri(f"{BASE}adoption/{stated.municipality.name}-{stated.initiative.name}")
            yield from (f"{subject} {iri(property_)} {iri(value)} {graph} ." for property_, value in objects)


def map_layer(matcher: Matcher) -> str:
    """GeoJSON (RFC 7946): a line for each boundary and points for each area; kommuner without a known point are left out."""
    found = (*(_line(matcher, b) for b in matcher.boundaries), *(_points(matcher, a) for a in matcher.areas))
    layer = {"type": "FeatureCollection", "features": [feature for feature in found if feature]}
    return json.dumps(layer, ensure_ascii=False, indent=1) + "\n"


def _line(matcher: Matcher, boundary: Boundary) -> dict[str, Any] | None:
    sides = (boundary.one, boundary.other)
    ends = [matcher.register.places[c.municipality.iri].point for c in sides]
    if None in ends:
        return None
    told = {"kind": "boundary", "initiative": boundary.initiative.label, "relation": "+".join(boundary.relations)}
    for name, side in zip(("one", "other"), sides):
        told |= {name: side.municipality.label, f"{name}Solution": "; ".join(s.label for s in side.solutions)}
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": ends}, "properties": told}


def _points(matcher: Matcher, area: Area) -> dict[str, Any] | None:
    points = [point for c in area.members if (point := matcher.register.places[c.municipality.iri].point)]
    if not points:
        return None
    told = {"kind": "area", **answers.areas([area])[0]}
    return {"type": "Feature", "geometry": {"type": "MultiPoint", "coordinates": points}, "properties": told}


def write(files: dict[str, str], folder: Path) -> list[Path]:
    """Write texts as UTF-8 files into a folder, made if needed. Returns the files. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in files]
