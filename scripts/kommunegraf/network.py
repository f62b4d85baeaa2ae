"""The two-mode network of kommuner and initiatives, joined where the adoption rule makes an adoption of the graph's evidence."""

from collections import defaultdict
from dataclasses import dataclass

import networkx as nx

from kommunegraf import adoption, queries
from kommunegraf.engines import Engine
from kommunegraf.namespaces import BASE

MUNICIPALITY, INITIATIVE = 0, 1
"""The two modes: the node attribute `bipartite`, as networkx has it."""


@dataclass(frozen=True)
class Resource:
    """A resource of the graph, with its label in the language that was asked for."""

    iri: str
    label: str

    @property
    def name(self) -> str:
        """The last part of the IRI: a kommunekode, an initiative's id, `active`."""
        return _name(self.iri)


@dataclass(frozen=True)
class Evidence:
    """One source's statement. `source` is labelled by its title; `address` and `year` are the source's, None where unknown."""

    iri: str
    title: str
    status: Resource
    confidence: Resource
    source: Resource
    address: str | None
    year: int | None


@dataclass(frozen=True)
class Claim:
    """One kommune's work with one initiative. Of the evidence behind it, that which decides the status comes first."""

    municipality: Resource
    initiative: Resource
    status: Resource
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Register:
    """What was read of a graph, in one language.

    `networks[low]` is the network in which evidence of low confidence counts or does not. `neighbours` has, for each
    kommune that has any, the IRIs of its neighbours with the names of the relations: `borders`, `fixedLinkTo`.
    """

    lang: str
    networks: tuple[nx.Graph, nx.Graph]
    neighbours: dict[str, dict[str, tuple[str, ...]]]


def network(engine: Engine, lang: str = "da", low: bool = False) -> nx.Graph:
    """The network (a networkx Graph): a node for every kommune and initiative, an edge for each adoption.

    Nodes are IRIs with `label` and `bipartite` (0 for a kommune, 1 for an initiative). Edges have `status` (Resource)
    and `evidence` (a tuple of Evidence, the deciding one first). With `low`, evidence of low confidence counts too.
    Raises BadArgument for a language that the graph does not have, and EngineError.
    """
    return read(engine, lang).networks[low]


def read(engine: Engine, lang: str = "da") -> Register:
    """Read the evidence and the neighbours that a graph states. Raises BadArgument for an unknown language, and EngineError."""
    labels = queries.internal(engine, "labels", lang=lang).rows()
    resources = {row["resource"]: Resource(row["resource"], row["label"]) for row in labels}
    evidence = {}
    for row in queries.internal(engine, "statements").rows():
        municipality, initiative, status, confidence = (
            resources.setdefault(row[c], Resource(row[c], _name(row[c]))) for c in ("municipality", "initiative", "status", "confidence")
        )
        number = int(row["evidence"].rsplit("-", 1)[1])
        statement = adoption.Statement(municipality.name, initiative.name, number, status.name, row["year"], confidence.name)
        source = Resource(row["source"], row["sourceTitle"])
        evidence[statement] = Evidence(row["evidence"], row["title"], status, confidence, source, row["address"], row["year"])
    neighbours: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in queries.internal(engine, "neighbours").rows():
        near = neighbours[row["municipality"]]
        near[row["neighbour"]] = (*near.get(row["neighbour"], ()), _name(row["relation"]))
    return Register(lang, (_network(resources, evidence, low=False), _network(resources, evidence, low=True)), dict(neighbours))


def _network(resources: dict[str, Resource], evidence: dict[adoption.Statement, Evidence], low: bool) -> nx.Graph:
    graph = nx.Graph()
    for kind, mode in (("municipality", MUNICIPALITY), ("initiative", INITIATIVE)):
        start = f"{BASE}{kind}/"
        graph.add_nodes_from((r.iri, {"label": r.label, "bipartite": mode}) for r in resources.values() if r.iri.startswith(start))
    for (municipality, initiative), support in adoption.adoptions(evidence, low).items():
        decided = adoption.deciding(support)
        behind = sorted(support, key=lambda s: (s != decided, s.number))
        ends = f"{BASE}municipality/{municipality}", f"{BASE}initiative/{initiative}"
        graph.add_edge(*ends, status=evidence[decided].status, evidence=tuple(evidence[s] for s in behind))
    return graph


def resource(graph: nx.Graph, iri: str) -> Resource:
    """A node of the network, with its label."""
    return Resource(iri, graph.nodes[iri]["label"])


def claim(graph: nx.Graph, municipality: str, initiative: str) -> Claim:
    """What an edge of the network states."""
    edge = graph.edges[municipality, initiative]
    return Claim(resource(graph, municipality), resource(graph, initiative), edge["status"], edge["evidence"])


def _name(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
