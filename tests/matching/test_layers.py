"""Each layer is a plain graph of networkx, written as it is, and read again as it was."""

import io
import json
import runpy
from dataclasses import replace
from pathlib import Path

import igraph
import lxml.etree
import networkx as nx
import pandas as pd
import pytest
from tests.helpers import ROOT

from kommunegraf.matching import exports, layers, power
from kommunegraf.matching.matcher import Matcher
from kommunegraf.rdf.engines import Embedded


@pytest.fixture(scope="module")
def matcher(engine: Embedded) -> Matcher:
    return Matcher.open(engine, "en")


def test_each_file_read_again_is_its_layer(matcher: Matcher) -> None:
    files = exports.graphs(matcher)
    made = {
        "adoptions": layers.adoptions(matcher), "neighbours": layers.neighbours(matcher), "partners": layers.partners(matcher),
        "solutions": layers.solutions(matcher), "organisations": layers.organisations(matcher),
    }
    for name, graph in made.items():
        again = nx.parse_graphml(files[f"{name}.graphml"])
        assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
        assert {frozenset(edge) for edge in again.edges} == {frozenset(edge) for edge in graph.edges} and graph.number_of_edges() > 100
        assert all("type" not in data for _, data in again.nodes(data=True)) and json.dumps(nx.node_link_data(graph, edges="edges"))
    assert nx.is_bipartite(made["adoptions"]) and not nx.is_bipartite(made["neighbours"])
    nodes = pd.read_csv(io.StringIO(files["nodes.csv"]), dtype={"code": str})
    assert set(nodes["id"]) == set().union(*made.values()) and list(nodes[nodes["bipartite"] == 0]["code"].str.len().unique()) == [4]


def test_partners_are_the_projection_with_its_chances(matcher: Matcher) -> None:
    graph = layers.partners(matcher)
    projected = nx.bipartite.weighted_projected_graph(matcher.running, matcher.rows)
    weights = [{frozenset(e): d["weight"] for *e, d in one.edges(data=True)} for one in (graph, projected)]
    assert weights[0] == weights[1]
    assert all(0 < data["p"] <= data["q"] <= 1 and data["expected"] > 0 for *_, data in graph.edges(data=True))
    assert layers.partners(matcher, 0.05).number_of_edges() == matcher.significant


def test_the_layers_of_solutions_and_organisations_have_what_is_in_use(matcher: Matcher) -> None:
    solutions, organisations = layers.solutions(matcher), layers.organisations(matcher)
    for graph in (solutions, organisations):
        second = {data["kind"] for _, data in graph.nodes(data=True) if data["bipartite"] == 1}
        assert nx.is_bipartite(graph) and graph.number_of_edges() > 100 and "municipality" not in second and len(second) > 3
    member = next(one for one in matcher.register.memberships if one.organisation.endswith("/os2") and one.end is None)
    assert organisations.has_edge(member.municipality, member.organisation)
    ended = tuple(replace(one, end=2000) for one in matcher.register.memberships)
    assert not layers.organisations(Matcher(replace(matcher.register, memberships=ended, partners={}))).edges


def test_all_layers_in_one_graph_say_which(matcher: Matcher) -> None:
    graph = layers.multilayer(matcher)
    kinds = nx.get_edge_attributes(graph, "layer")
    assert nx.is_bipartite(graph) and set(kinds.values()) == {"initiative", "solution", "organisation"}
    assert sum(kind == "initiative" for kind in kinds.values()) == matcher.running.number_of_edges()


def test_the_wide_projection_counts_all_layers_and_states_its_own_power(matcher: Matcher) -> None:
    wide, graph = layers.wide_similarity(matcher), layers.multilayer(matcher)
    able = power.power(wide)
    assert able.pairs == matcher.power.pairs and able.able > matcher.power.able == 0
    assert wide.degrees.sum() == graph.number_of_edges()
    projected = layers.partners(matcher, wide=True)
    one, other, data = max(projected.edges(data=True), key=lambda edge: edge[2]["weight"])
    assert data["weight"] == len(set(graph[one]) & set(graph[other])) > 5
    assert layers.partners(matcher, 0.05, wide=True).number_of_edges() == len(wide.significant()) <= able.able


def test_a_slice_of_time_an_ego_network_bridges_and_stability(matcher: Matcher) -> None:
    assert layers.as_of(matcher, 2014).number_of_edges() < layers.as_of(matcher, 2019).number_of_edges() < matcher.graph.number_of_edges()
    here = matcher.rows[0]
    assert set(layers.ego(matcher, here)) == {here, *layers.partners(matcher)[here]}
    scores = layers.bridging(matcher)
    assert list(scores) == sorted(scores, key=lambda row: (-scores[row], row)) and set(scores) == set(matcher.rows)
    stability = layers.stability(matcher)
    assert stability and all(0 <= share <= 1 for share in stability.values())


def test_gexf_has_spells_of_the_years_that_are_known(matcher: Matcher) -> None:
    graph = layers.adoptions(matcher)
    tree = lxml.etree.fromstring(exports.gexf(graph).encode("utf-8"))
    edges = {(e.get("source"), e.get("target")): e for e in tree.iter("{*}edge")}
    for one, other, data in graph.edges(data=True):
        spells = [(int(s.get("start")), int(s.get("end"))) for s in edges[one, other].iter("{*}spell")]
        first, last = data.get("since", data.get("asOf", data.get("until"))), data.get("until", data.get("asOf", data.get("since")))
        assert spells == ([(first, max(first, last))] if first else [])
    assert tree.find("{*}graph").get("timeformat") == "integer"


def test_igraph_reads_the_file_and_projects_it(matcher: Matcher, tmp_path: Path) -> None:
    file = tmp_path / "adoptions.graphml"
    file.write_text(exports.graphml(layers.adoptions(matcher)), "utf-8")
    graph = igraph.Graph.Read_GraphML(str(file))
    kommuner, initiatives = graph.bipartite_projection(types=[bool(mode) for mode in graph.vs["bipartite"]])
    everyone = nx.bipartite.projected_graph(matcher.graph, matcher.rows)
    assert (kommuner.vcount(), kommuner.ecount(), initiatives.vcount()) == (98, everyone.number_of_edges(), len(matcher.columns))


def test_the_worked_analysis_finds_what_it_says(matcher: Matcher) -> None:
    analysis = runpy.run_path(str(ROOT / "docs" / "matching" / "analysis.py"))
    findings = analysis["findings"](matcher)
    degrees = sorted((matcher.graph.degree[c] for c in matcher.columns), reverse=True)
    assert f"{sum(degrees[:5]) / sum(degrees):.0%}" in findings["initiatives"]
    assert findings["likeness"].startswith(f"{matcher.power.able} pairs") and "98 kommuner" in findings["organisations"]
    assert len((ROOT / "docs" / "matching" / "analysis.py").read_text("utf-8").splitlines()) <= 45
