"""Each layer is a plain graph of networkx, written as it is, and read again as it was."""

import io
import json

import networkx as nx
import pandas as pd
import pytest

from kommunegraf.matching import exports, layers
from kommunegraf.matching.matcher import Matcher
from kommunegraf.rdf.engines import Embedded


@pytest.fixture(scope="module")
def matcher(engine: Embedded) -> Matcher:
    return Matcher.open(engine, "en")


def test_each_file_read_again_is_its_layer(matcher: Matcher) -> None:
    files = exports.graphs(matcher)
    made = {"adoptions": layers.adoptions(matcher), "neighbours": layers.neighbours(matcher), "partners": layers.partners(matcher)}
    for name, graph in made.items():
        again = nx.parse_graphml(files[f"{name}.graphml"])
        assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
        assert {frozenset(edge) for edge in again.edges} == {frozenset(edge) for edge in graph.edges} and graph.number_of_edges() > 100
        assert all("type" not in data for _, data in again.nodes(data=True)) and json.dumps(nx.node_link_data(graph, edges="edges"))
    assert nx.is_bipartite(made["adoptions"]) and not nx.is_bipartite(made["neighbours"])
    nodes = pd.read_csv(io.StringIO(files["nodes.csv"]), dtype={"code": str})
    assert set(nodes["id"]) == set(made["adoptions"]) and list(nodes[nodes["bipartite"] == 0]["code"].str.len().unique()) == [4]


def test_partners_are_the_projection_with_its_chances(matcher: Matcher) -> None:
    graph = layers.partners(matcher)
    projected = nx.bipartite.weighted_projected_graph(matcher.running, matcher.rows)
    weights = [{frozenset(e): d["weight"] for *e, d in one.edges(data=True)} for one in (graph, projected)]
    assert weights[0] == weights[1]
    assert all(0 < data["p"] <= data["q"] <= 1 and data["expected"] > 0 for *_, data in graph.edges(data=True))
    assert layers.partners(matcher, 0.05).number_of_edges() == matcher.significant


def test_the_layer_of_solutions_has_what_is_in_use(matcher: Matcher) -> None:
    graph = layers.solutions(matcher)
    assert nx.is_bipartite(graph) and graph.number_of_edges() > 100
    assert {data["kind"] for _, data in graph.nodes(data=True)} == {"municipality", "solution"}
