"""Rankings as ordered SKOS collections: the list links between their places, which no table row can state alone."""

from collections import defaultdict
from collections.abc import Iterator

from kommunegraf.graph.metadata import Table
from kommunegraf.namespaces import BASE, GRAPH, RDF, SKOS
from kommunegraf.rdf.terms import iri


def quads(tables: dict[str, Table]) -> Iterator[str]:
    """N-Quads lines that chain the places of each ranking into its `skos:memberList`, in order of position."""
    places: dict[str, list[int]] = defaultdict(list)
    for ranking, position in tables["survey-rankings.csv"].keys(("ranking", "position")):
        places[ranking].append(int(position))
    graph = iri(GRAPH + "survey")
    for ranking, positions in places.items():
        collection = f"{BASE}ranking/{ranking}"
        nodes = [f"{collection}/{position}" for position in sorted(positions)]
        yield f"{iri(collection)} {iri(SKOS + 'memberList')} {iri(nodes[0])} {graph} ."
        for node, rest in zip(nodes, [*nodes[1:], RDF + "nil"]):
            yield f"{iri(node)} {iri(RDF + 'rest')} {iri(rest)} {graph} ."
