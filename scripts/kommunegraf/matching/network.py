"""The two-mode network of kommuner and initiatives, joined where the adoption rule makes an adoption of the evidence that counts."""

from dataclasses import dataclass

import networkx as nx

from kommunegraf.graph import adoption
from kommunegraf.matching.register import Choices, Evidence, Register, Resource, read
from kommunegraf.rdf.engines import Engine

MUNICIPALITY, INITIATIVE = 0, 1
"""The two modes: the node attribute `bipartite`, as networkx has it."""


@dataclass(frozen=True)
class Claim:
    """One kommune's work with one initiative. Of the evidence behind it, that which decides the status comes first."""

    municipality: Resource
    initiative: Resource
    status: Resource
    evidence: tuple[Evidence, ...]

    @property
    def solutions(self) -> tuple[Resource, ...]:
        """What the evidence names, in order of IRI."""
        return tuple(sorted({s for e in self.evidence for s in e.solutions}, key=lambda s: s.iri))

    @property
    def since(self) -> int | None:
        """The earliest year that the evidence speaks of, else the earliest of its sources; None where neither is dated."""
        return min((e.start for e in self.evidence if e.start), default=min((e.year for e in self.evidence if e.year), default=None))

    @property
    def confidence(self) -> str:
        """The highest confidence of the evidence: `high`, `medium`, `low`."""
        return max((e.confidence.name for e in self.evidence), key=adoption.CONFIDENCE.index)


def network(engine: Engine, lang: str = "da", choices: Choices | None = None) -> nx.Graph:
    """The network (a networkx Graph): a node for every kommune and initiative, an edge for each adoption.

    Nodes are IRIs with `label` and `bipartite` (0 for a kommune, 1 for an initiative); a kommune has `place` too. Edges
    have `adoption` (what the rule makes of the evidence that counts), `evidence` (the same statements with labels, the deciding
    one first) and `status` (a Resource: what the deciding one says, so that an open plan is still a plan).
    Raises BadArgument for a language that the graph does not have, BadInput for a graph that lacks something, EngineError.
    """
    return of(read(engine, lang), choices or Choices())


def of(register: Register, choices: Choices) -> nx.Graph:
    """The same as `network`, of a graph that has been read."""
    graph = nx.Graph()
    for iri, place in register.places.items():
        graph.add_node(iri, label=place.municipality.label, bipartite=MUNICIPALITY, place=place)
    graph.add_nodes_from((iri, {"label": r.label, "bipartite": INITIATIVE}) for iri, r in register.initiatives.items())
    for (municipality, initiative), adopted in adoption.adoptions(register.counted(choices), register.limits, low=True).items():
        if initiative not in graph:
            graph.add_node(initiative, label=register.resources[initiative].label, bipartite=INITIATIVE)
        evidence = tuple(register.statements[one] for one in adopted.evidence)
        graph.add_edge(municipality, initiative, status=evidence[0].status, evidence=evidence, adoption=adopted)
    return graph


def neighbourhood(register: Register) -> nx.Graph:
    """The second layer: kommuner joined by a land border, a fixed link or both (edge attribute `relations`)."""
    graph = nx.Graph()
    graph.add_nodes_from(register.places)
    graph.add_edges_from((a, b, {"relations": how}) for a, near in register.neighbours.items() for b, how in near.items())
    return graph


def resource(graph: nx.Graph, iri: str) -> Resource:
    """A node of the network, with its label."""
    return Resource(iri, graph.nodes[iri]["label"])


def claim(graph: nx.Graph, municipality: str, initiative: str) -> Claim:
    """What an edge of the network states."""
    edge = graph.edges[municipality, initiative]
    return Claim(resource(graph, municipality), resource(graph, initiative), edge["status"], edge["evidence"])


def claims(graph: nx.Graph, initiative: str) -> list[Claim]:
    """What every kommune that has an initiative, in any status, has of it, by kommunekode."""
    return [claim(graph, municipality, initiative) for municipality in sorted(graph[initiative])]


def modes(graph: nx.Graph) -> tuple[list[str], list[str]]:
    """The kommuner and the initiatives that somebody has, both sorted: rows and columns of the matrix."""
    rows = sorted(n for n, mode in graph.nodes(data="bipartite") if mode == MUNICIPALITY)
    return rows, sorted(n for n, mode in graph.nodes(data="bipartite") if mode == INITIATIVE and graph.degree[n])
