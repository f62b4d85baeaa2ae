"""The networks for other programs: GraphML, GEXF, node-link JSON, CSV, RDF, and the opportunities as a map layer."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import networkx as nx

from kommunegraf import paths
from kommunegraf.matching import answers, layers
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.network import base, claim
from kommunegraf.namespaces import GRAPH, KG, RDF
from kommunegraf.rdf.terms import iri

NODE = ("id", "Label", "kind", "code", "bipartite", "region", "municipalityType", "population", "longitude", "latitude")
"""The columns of `nodes.csv`, of which Gephi knows `id` and `Label`."""
EDGE = (
    "source", "target", "Label", "Weight", "layer", "sourceCode", "targetCode", "status", "confidence", "freshness", "since", "until",
    "asOf", "solutions", "relation", "expected", "surprise", "p", "q", "evidence",
)
"""The columns of `edges.csv`. `source` is a kommune; Gephi knows `source`, `target`, `Label` and `Weight`."""


def graphs(matcher: Matcher) -> dict[str, str]:
    """The text of each file by name; equal networks give equal text. A file has one layer, or says in `layer` which."""
    each = {
        "adoptions": layers.adoptions(matcher), "neighbours": layers.neighbours(matcher), "partners": layers.partners(matcher),
        "solutions": layers.solutions(matcher), "organisations": layers.organisations(matcher),
    }
    return {
        **{f"{name}.graphml": graphml(layer) for name, layer in each.items()},
        "adoptions.gexf": gexf(each["adoptions"]),
        "adoptions.json": json.dumps(nx.node_link_data(each["adoptions"], edges="edges"), ensure_ascii=False, indent=1) + "\n",
        "nodes.csv": answers.as_csv(list(_nodes(each)), NODE),
        "edges.csv": answers.as_csv(list(_edges(each)), EDGE),
        "adoptions.nq": "".join(f"{line}\n" for line in sorted(set(adoptions(matcher)))),
    }


def graphml(graph: nx.Graph) -> str:
    """A graph as GraphML, whose keys have the names of the attributes."""
    return "\n".join(nx.generate_graphml(graph, named_key_ids=True)) + "\n"


def gexf(graph: nx.Graph) -> str:
    """A graph as GEXF in which an edge has a spell: the years for which it is known to hold, from `since` to `until`, else to `asOf`."""
    timed = graph.copy()
    timed.graph["mode"] = "dynamic"
    for *_, data in timed.edges(data=True):
        years = [data[key] for key in ("since", "asOf", "until") if key in data]
        if years:
            data["spells"] = [(years[0], max(years[0], years[-1]))]
    output = BytesIO()
    nx.write_gexf(timed, output)
    text = re.sub(r' lastmodifieddate="[^"]*"', "", output.getvalue().decode("utf-8")) + "\n"
    return text.replace('timeformat="long"', 'timeformat="integer"')  # GEXF 1.2 knows no long


def _nodes(each: dict[str, nx.Graph]) -> Iterator[dict[str, Any]]:
    """The nodes of all layers, each once: kommuner, then initiatives, solutions and organisations."""
    nodes = {node: data for layer in ("adoptions", "solutions", "organisations") for node, data in each[layer].nodes(data=True)}
    for node, data in nodes.items():
        yield {column: data.get(column) for column in NODE} | {"id": node, "Label": data["label"]}


def _edges(each: dict[str, nx.Graph]) -> Iterator[dict[str, Any]]:
    """The edges of all layers, by layer."""
    for layer, graph in each.items():
        for one, other, data in graph.edges(data=True):
            label = " – ".join(graph.nodes[node]["label"] for node in (one, other))
            yield {column: data.get(column) for column in EDGE} | {
                "source": one, "target": other, "Label": label, "Weight": data["weight"], "layer": layer,
                "sourceCode": graph.nodes[one]["code"], "targetCode": graph.nodes[other]["code"],
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
        with paths.named(folder / name):
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in files]
