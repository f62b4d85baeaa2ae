"""The two-mode network of kommuner and initiatives, joined where the adoption rule makes an adoption of the evidence that counts."""

import re
from dataclasses import dataclass, replace
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

from kommunegraf.graph import adoption
from kommunegraf.graph.adoption import Adoption, Evidence
from kommunegraf.matching.register import Choices, Place, Register, Resource, read
from kommunegraf.namespaces import BASE, SHARED
from kommunegraf.rdf.engines import Engine

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    import numpy.typing as npt

MUNICIPALITY, INITIATIVE = 0, 1
"""The two modes: the node attribute `bipartite`, as networkx has it."""


@dataclass(frozen=True)
class Claim:
    """One kommune's work with one initiative, with labels: what the adoption rule makes of the evidence that counts."""

    municipality: Resource
    initiative: Resource
    status: Resource
    solutions: tuple[Resource, ...]
    adoption: Adoption
    private: bool = False

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What it rests on, the deciding statement first."""
        return self.adoption.evidence

    @property
    def since(self) -> int | None:
        """The year in which it began; for a plan the year that it stands for. None where nothing tells."""
        return self.adoption.since or (self.adoption.as_of if self.status.name in ("planned", "open-plan") else None)

    @property
    def as_of(self) -> int | None:
        """The year that the status stands for."""
        return self.adoption.as_of

    @property
    def confidence(self) -> str:
        """The highest confidence of the evidence: `high`, `medium`, `low`."""
        return self.adoption.confidence

    @property
    def freshness(self) -> str:
        """One of `adoption.FRESHNESS`."""
        return self.adoption.freshness

    @property
    def active(self) -> bool:
        """Whether it is in use: only then a kommune *has* it."""
        return self.status.name == "active"


def network(engine: Engine, lang: str = "da", choices: Choices | None = None) -> "nx.Graph":
    """The network (a networkx Graph): a node for every kommune and initiative, an edge for each adoption.

    Nodes are IRIs with `label` and `bipartite` (0 for a kommune, 1 for an initiative); a kommune has `place` too. Edges
    have `adoption` (what the rule makes of the evidence), `status` and `solutions` (with labels) and `private` (laid over the graph).
    Raises BadArgument for a language that the graph does not have, BadInput for a graph that lacks something, EngineError.
    """
    return of(read(engine, lang), choices or Choices())


def of(register: Register, choices: Choices) -> "nx.Graph":
    """The same as `network`, of a graph that has been read."""
    import networkx as nx

    graph = nx.Graph()
    for iri, place in register.places.items():
        graph.add_node(iri, label=place.municipality.label, bipartite=MUNICIPALITY, place=place)
    graph.add_nodes_from((iri, {"label": r.label, "bipartite": INITIATIVE}) for iri, r in register.initiatives.items())
    adoptions = adoption.adoptions(register.counted(choices), register.limits_of(choices), low=True)
    for (municipality, initiative), adopted in adoptions.items():
        status = register.resource(f"{SHARED}status/{adopted.status}")
        solutions = tuple(register.resource(iri) for iri in adopted.solutions)
        private = any(one.iri in register.private for one in adopted.evidence)
        graph.add_edge(municipality, initiative, status=status, solutions=solutions, adoption=adopted, private=private)
    return graph


def neighbourhood(register: Register) -> "nx.Graph":
    """The second layer: kommuner joined by a land border, a fixed link or both (edge attribute `relations`)."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(register.places)
    graph.add_edges_from((a, b, {"relations": how}) for a, near in register.neighbours.items() for b, how in near.items())
    return graph


def resource(graph: "nx.Graph", iri: str) -> Resource:
    """A node of the network, with its label."""
    return Resource(iri, graph.nodes[iri]["label"])


def claim(graph: "nx.Graph", municipality: str, initiative: str) -> Claim:
    """What an edge of the network states."""
    edge = graph.edges[municipality, initiative]
    return Claim(
        resource(graph, municipality), resource(graph, initiative), edge["status"], edge["solutions"], edge["adoption"], edge["private"]
    )


def claims(graph: "nx.Graph", initiative: str) -> list[Claim]:
    """What every kommune that has an initiative, in any status, has of it, by kommunekode."""
    return [claim(graph, municipality, initiative) for municipality in sorted(graph[initiative])]


def modes(graph: "nx.Graph") -> tuple[list[str], list[str]]:
    """The kommuner and the initiatives that somebody has, both sorted: rows and columns of the matrix."""
    rows = sorted(n for n, mode in graph.nodes(data="bipartite") if mode == MUNICIPALITY)
    return rows, sorted(n for n, mode in graph.nodes(data="bipartite") if mode == INITIATIVE and graph.degree[n])


def running(graph: "nx.Graph") -> "nx.Graph":
    """The network without what has ended: what kommuner can share."""
    ended = [(a, b) for a, b, status in graph.edges(data="status") if status.name == "ended"]
    rest = graph.copy()
    rest.remove_edges_from(ended)
    return rest


def matrix(graph: "nx.Graph", rows: list[str], columns: list[str]) -> "npt.NDArray[np.float64]":
    """Ones where a row and a column are joined, zeros elsewhere. The same as networkx's biadjacency_matrix, without scipy."""
    import numpy as np

    at = {column: number for number, column in enumerate(columns)}
    cells = np.zeros((len(rows), len(columns)))
    for number, row in enumerate(rows):
        cells[number, [at[column] for column in graph[row]]] = 1
    return cells


def distance(one: Place, other: Place) -> float:
    """Kilometres between two places, on a sphere; infinite where a point is unknown."""
    if one.point is None or other.point is None:
        return float("inf")
    (east, north), (there_east, there_north) = (map(radians, place.point) for place in (one, other) if place.point)
    chord = sin((there_north - north) / 2) ** 2 + cos(north) * cos(there_north) * sin((there_east - east) / 2) ** 2
    return 2 * 6371 * asin(sqrt(chord))


def base(iri: str) -> str:
    """Where an IRI begins that is minted about a resource: in our namespace about ours, else at its own host."""
    return BASE if iri.startswith(BASE) else re.sub(r"(://[^/]*/).*", r"\1", iri)


def uncounted(register: Register, graph: "nx.Graph", municipality: str) -> tuple[Claim, ...]:
    """What only evidence that does not count in a network says of a kommune."""
    own = tuple(one for one in register.evidence if one.municipality == municipality)
    whole = of(replace(register, evidence=own), Choices("low"))
    return tuple(claim(whole, municipality, i) for i in sorted(whole[municipality]) if not graph.has_edge(municipality, i))
