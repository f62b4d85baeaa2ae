"""From the graph to three findings, with networkx; `python docs/matching/analysis.py` after `kommunegraf build`."""

import sys

import networkx as nx

import kommunegraf
from kommunegraf.matching import layers, power
from kommunegraf.matching.matcher import Matcher


def findings(matcher: Matcher) -> dict[str, str]:
    """Three findings about the network, each in a sentence that its figures make."""
    adoptions, organisations = layers.adoptions(matcher), layers.organisations(matcher)
    kommuner = [node for node, kind in adoptions.nodes(data="kind") if kind == "municipality"]
    name = nx.get_node_attributes(adoptions, "label")

    # 1. Few initiatives carry the network: how many links the five commonest have of all.
    degrees = sorted((adoptions.degree[n] for n in adoptions if n not in set(kommuner)), reverse=True)
    share = sum(degrees[:5]) / adoptions.number_of_edges()
    first = f"The five commonest of {len(degrees)} initiatives have {share:.0%} of the links."

    # 2. Likeness is no ground for pairs: what the test could find, and what is left of the projection at q 0.05.
    backbone = layers.partners(matcher, level=0.05)
    able = power.power(matcher.similarity).able
    second = f"{able} pairs of kommuner could pass the test of likeness, and {backbone.number_of_edges()} do."

    # 3. Kommuner are held together by organisations: how many of them lie in one part, with those of a single kommune left out.
    shared = [n for n, kind in organisations.nodes(data="kind") if kind != "municipality" and organisations.degree[n] > 1]
    joined = organisations.subgraph([*kommuner, *shared])
    part = max(nx.connected_components(joined), key=len)
    bridge, degree = max(((n, joined.degree[n]) for n in shared), key=lambda pair: (pair[1], pair[0]))
    largest = organisations.nodes[bridge]["label"]
    third = f"{len(part & set(kommuner))} kommuner are joined by {len(shared)} organisations; {largest} joins {degree}."

    return {"initiatives": first, "likeness": second, "organisations": third, "bridge": name[next(iter(layers.bridging(matcher)))]}


if __name__ == "__main__":
    graph = kommunegraf.open_graph(sys.argv[1] if len(sys.argv) > 1 else "build/kommunegraf.nq")
    for finding in findings(Matcher.open(graph, "en")).values():
        print(finding)
