"""Whom a kommune could work with: five answers, each made of evidence, under stated choices and a null model.

>>> import kommunegraf
>>> match = kommunegraf.match(kommunegraf.open_graph("build/kommunegraf.nq"), "Kalundborg")
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from kommunegraf.matching import advice, evaluate, network, recommend, register
from kommunegraf.matching.advice import Area, Boundary, Group, Plan
from kommunegraf.matching.network import Claim
from kommunegraf.matching.register import Choices, Register
from kommunegraf.matching.results import Between, Match, Neighbour, Next, Partner, Shared
from kommunegraf.matching.similarity import Similarity
from kommunegraf.names import UnknownName
from kommunegraf.questions.ask import BadArgument
from kommunegraf.rdf.engines import Engine


class Matcher:
    """A graph that has been read, under some choices. What it computes for all kommuner it computes once.

    Raises BadArgument when the choices leave no evidence.
    """

    def __init__(self, read: Register, choices: Choices | None = None) -> None:
        self.register, self.choices = read, choices or Choices()
        self.graph = network.of(read, self.choices)
        self.near = network.neighbourhood(read)
        if not self.graph.number_of_edges():
            raise BadArgument(f"no evidence is left to match by ({self.choices.text('en')})")
        self.rows, self.columns = network.modes(self.graph)
        self.matrix = nx.bipartite.biadjacency_matrix(self.graph, self.rows, self.columns, weight=None).toarray().astype(float)

    @classmethod
    def open(cls, engine: Engine, lang: str = "da", choices: Choices | None = None) -> "Matcher":
        """Read the graph of an engine. Raises as `register.read` and the class."""
        return cls(register.read(engine, lang), choices)

    @cached_property
    def similarity(self) -> Similarity:
        """The kommuner under the null model, in the order of `rows`."""
        return Similarity(self.matrix)

    @cached_property
    def everything(self) -> nx.Graph:
        """The network in which all evidence counts."""
        return network.of(self.register, Choices("low"))

    @cached_property
    def groups(self) -> list[Group]:
        """*Build together*: every group."""
        return advice.together(self.graph, self.near)

    @cached_property
    def boundaries(self) -> list[Boundary]:
        """*Boundaries*: every pair of neighbours with different solutions."""
        return advice.boundaries(self.graph, self.near)

    @cached_property
    def areas(self) -> list[Area]:
        """*Boundaries*: every connected area that one solution could serve."""
        return advice.areas(self.graph, self.near)

    @cached_property
    def significant(self) -> int:
        """The number of pairs with q of at most 0.05; often 0."""
        return len(self.similarity.significant())

    @cached_property
    def stability(self) -> npt.NDArray[np.float64]:
        """The share of each kommune's five best partners that stay when a tenth of all links is left out at random."""
        return evaluate.stability(self.matrix)

    @cached_property
    def _scores(self) -> dict[str, Any]:
        return {name: method(self.matrix) for name, method in recommend.METHODS.items() if name != "chance"}

    def alike(self, municipality: str, most: int | None = None) -> tuple[Partner, ...]:
        """*Alike*: the kommuner that share initiatives, the least likely overlap first."""
        row = self._row(municipality)
        best = self.similarity.best(row, len(self.rows) if most is None else most)
        return tuple(self.partner(municipality, self.rows[other]) for other in best)

    def partner(self, municipality: str, other: str) -> Partner:
        """All that joins two kommuner, if anything does. Raises UnknownName."""
        score = self.similarity.pair(self._row(municipality), self._row(other))
        relations = self.near.get_edge_data(municipality, other, {}).get("relations", ())
        return Partner(network.resource(self.graph, other), relations, self.shared(municipality, other), score)

    def shared(self, municipality: str, other: str) -> tuple[Shared, ...]:
        """The initiatives that two kommuner share, what fewest have first."""
        graph = self.graph
        common = sorted(nx.common_neighbors(graph, municipality, other), key=lambda i: (graph.degree[i], i))
        pairs = ((i, network.claim(graph, municipality, i), network.claim(graph, other, i)) for i in common)
        return tuple(Shared(network.resource(graph, i), graph.degree[i], own, theirs) for i, own, theirs in pairs)

    def learn_from(self, municipality: str, initiatives: Iterable[str] | None = None) -> tuple[Plan, ...]:
        """*Learn from*: who has each initiative; those that the kommune plans, unless others are named. Raises UnknownName."""
        self._row(municipality)
        planned = (c.initiative.iri for c in self._claims(self.graph, municipality) if c.status.name == "planned")
        chosen = list(planned if initiatives is None else initiatives)
        if unknown := sorted(set(chosen) - set(self.columns)):
            raise UnknownName("initiative", unknown[0], [])
        return tuple(advice.learn_from(self.graph, self.near, municipality, i) for i in chosen)

    def next(self, municipality: str) -> tuple[Next, ...]:
        """*Next*: the initiatives that others have, by `recommend.DEFAULT`, with the places that other methods give them."""
        row = self._row(municipality)
        free = np.flatnonzero(self.matrix[row] == 0)
        telling = {name: scores[row] for name, scores in self._scores.items() if scores[row].any()}
        orders = {name: free[np.argsort(-scores[free], kind="stable")] for name, scores in telling.items()}
        places = {name: {int(c): place for place, c in enumerate(order, 1)} for name, order in orders.items()}
        ranked = [self.rows[other] for other in self.similarity.best(row, len(self.rows))]
        return tuple(self._next(municipality, int(c), {n: p[int(c)] for n, p in places.items()}, ranked) for c in orders[recommend.DEFAULT])

    def _next(self, municipality: str, column: int, places: dict[str, int], ranked: list[str]) -> Next:
        initiative = self.columns[column]
        peers = [network.claim(self.graph, other, initiative) for other in ranked if self.graph.has_edge(other, initiative)]
        mentioned = self.everything.has_edge(municipality, initiative)
        return Next(network.resource(self.graph, initiative), self.graph.degree[initiative], places, tuple(peers[:3]), mentioned)

    def match(self, municipality: str) -> Match:
        """All answers about one kommune. Raises UnknownName for an IRI that is no kommune of the graph."""
        self._row(municipality)
        own = self._claims(self.graph, municipality)
        mentioned = {c.initiative.iri for c in own}
        return Match(
            municipality=network.resource(self.graph, municipality),
            choices=self.choices,
            adoptions=own,
            uncounted=tuple(c for c in self._claims(self.everything, municipality) if c.initiative.iri not in mentioned),
            alike=self.alike(municipality),
            tested=self.similarity.tested,
            significant=self.significant,
            stability=None if np.isnan(kept := self.stability[self._row(municipality)]) else float(kept),
            learn_from=self.learn_from(municipality),
            together=tuple(g for g in self.groups if any(c.municipality.iri == municipality for c in g.members)),
            boundaries=tuple(b for b in self.boundaries if municipality in (b.one.municipality.iri, b.other.municipality.iri)),
            areas=tuple(a for a in self.areas if any(c.municipality.iri == municipality for c in a.members)),
            next=self.next(municipality),
            neighbours=self.neighbours(municipality),
        )

    def between(self, municipality: str, other: str) -> Between:
        """Everything between two kommuner. Raises UnknownName, and BadArgument when they are one."""
        if municipality == other:
            raise BadArgument("to explain a match, name another kommune than the one that is matched")
        partner = self.partner(municipality, other)
        both = {municipality, other}
        return Between(
            municipality=network.resource(self.graph, municipality),
            choices=self.choices,
            partner=partner,
            tested=self.similarity.tested,
            significant=self.significant,
            teaches=tuple(s.other for s in partner.shared if (s.other.status.name, s.own.status.name) == ("active", "planned")),
            learns=tuple(s.own for s in partner.shared if (s.own.status.name, s.other.status.name) == ("active", "planned")),
            only_here=self._unmentioned(municipality, other),
            only_there=self._unmentioned(other, municipality),
            together=tuple(g for g in self.groups if both <= {c.municipality.iri for c in g.members}),
            boundaries=tuple(b for b in self.boundaries if both == {b.one.municipality.iri, b.other.municipality.iri}),
        )

    def neighbours(self, municipality: str) -> tuple[Neighbour, ...]:
        """The neighbours: those who share most first, then by how few have what is shared, then by kommunekode. Raises UnknownName."""
        self._row(municipality)
        found = []
        for other, how in self.near[municipality].items():
            both, ahead = self.shared(municipality, other), self._unmentioned(other, municipality)
            found.append(Neighbour(network.resource(self.graph, other), how["relations"], both, ahead))
        return tuple(sorted(found, key=lambda n: (-len(n.shared), sum(s.adopters for s in n.shared), n.municipality.iri)))

    def _unmentioned(self, having: str, other: str) -> tuple[Claim, ...]:
        """What is active in one kommune and in no evidence about another, of whatever confidence."""
        active = (c for c in self._claims(self.graph, having) if c.status.name == "active")
        return tuple(c for c in active if not self.everything.has_edge(other, c.initiative.iri))

    def _claims(self, graph: nx.Graph, municipality: str) -> tuple[Claim, ...]:
        return tuple(network.claim(graph, municipality, initiative) for initiative in sorted(graph[municipality]))

    def _row(self, municipality: str) -> int:
        if municipality not in self.register.places:
            raise UnknownName("municipality", municipality, [])
        return self.rows.index(municipality)
