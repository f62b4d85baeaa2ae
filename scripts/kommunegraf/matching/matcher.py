"""Whom a kommune could work with: answers made of evidence, under stated choices and a null model.

>>> import kommunegraf
>>> match = kommunegraf.match(kommunegraf.open_graph("build/kommunegraf.nq"), "Kalundborg")
"""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import networkx as nx

from kommunegraf import memory
from kommunegraf.matching import network, peers, register, rules, together
from kommunegraf.matching.network import Claim
from kommunegraf.matching.opportunities import Opportunity
from kommunegraf.matching.peers import Plan
from kommunegraf.matching.register import Choices, Register
from kommunegraf.matching.results import Between, Counts, Match, Neighbour, Next, Partner, Power, Shared
from kommunegraf.matching.together import Vehicle
from kommunegraf.names import UnknownName
from kommunegraf.questions.ask import BadArgument
from kommunegraf.rdf.engines import Engine

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from kommunegraf.matching.similarity import Similarity

class Matcher:
    """A graph that has been read, under some choices. What it computes for all kommuner it computes once.

    numpy is loaded with what is computed of the matrix: likeness, its power, and what fits next.

    Raises BadArgument when the choices leave no evidence.
    """

    def __init__(self, read: Register, choices: Choices | None = None) -> None:
        self.register, self.choices = read, choices or Choices()
        self.graph = network.of(read, self.choices)
        self.near = network.neighbourhood(read)
        if not self.graph.number_of_edges():
            raise BadArgument(f"no evidence is left to match by ({self.choices.text('en')})")
        self.running = network.running(self.graph)
        self.rows, self.columns = network.modes(self.graph)

    @classmethod
    def open(cls, engine: Engine, lang: str = "da", choices: Choices | None = None) -> "Matcher":
        """Read the graph of an engine. Raises as `register.read` and the class."""
        return cls(register.read(engine, lang), choices)

    @cached_property
    def matrix(self) -> "npt.NDArray[np.float64]":
        """Ones where a kommune and an initiative are joined, in the order of `rows` and `columns`."""
        return network.matrix(self.running, self.rows, self.columns)

    @cached_property
    def similarity(self) -> "Similarity":
        """The kommuner under the null model, in the order of `rows`. Raises MemoryError."""
        memory.require(memory.NUMPY)
        from kommunegraf.matching.similarity import Similarity

        return Similarity(self.matrix)

    @cached_property
    def everything(self) -> nx.Graph:
        """The network in which all evidence counts."""
        return network.of(self.register, Choices("low"))

    @cached_property
    def counts(self) -> dict[str, Counts]:
        """How many kommuner have each initiative in each status."""
        return {initiative: Counts.of(c.status.name for c in network.claims(self.graph, initiative)) for initiative in self.columns}

    @cached_property
    def vehicles(self) -> list[Vehicle]:
        """All that kommuner do together already, the newest first."""
        return together.vehicles(self.register, self.graph)

    @cached_property
    def opportunities(self) -> list[Opportunity]:
        """The shortlist of the whole country, best first."""
        return rules.opportunities(self.register, self.graph, self.near, self.vehicles)

    def already(self, municipality: str) -> tuple[Vehicle, ...]:
        """What a kommune does together with others, those with most neighbours first."""
        near = set(self.near[municipality])
        own = [v for v in self.vehicles if municipality in v.codes]
        return tuple(sorted(own, key=lambda v: (-len(near & v.codes), -(v.year or 0), v.resource.iri)))

    def opportunities_of(self, municipality: str) -> tuple[Opportunity, ...]:
        """The opportunities that a kommune is in, best first."""
        own = (one for one in self.opportunities if one.concerns(municipality))
        return tuple(one for one in own if one.kind != "join" or any(r.iri == municipality for r in one.audience))

    def concerning(self, region: str = "", municipality: str = "", initiative: str = "") -> list[Opportunity]:
        """The opportunities for kommuner of a region, with a kommune in them, about an initiative, each named by its IRI; best first."""
        each = self.opportunities
        if region:
            inside = {iri for iri, place in self.register.places.items() if place.region is not None and place.region.iri == region}
            each = [one for one in each if any(r.iri in inside for r in one.audience)]
        if municipality:
            each = [one for one in each if one.concerns(municipality)]
        return [one for one in each if one.initiative and one.initiative.iri == initiative] if initiative else each

    @cached_property
    def power(self) -> Power:
        """What the test of pairs could find at all."""
        from kommunegraf.matching import power

        return power.power(self.similarity)

    @cached_property
    def significant(self) -> int:
        """The number of pairs with q of at most 0.05; often 0."""
        return len(self.similarity.significant())

    @cached_property
    def stability(self) -> "npt.NDArray[np.float64]":
        """The share of each kommune's five best partners that stay when a tenth of all links is left out at random."""
        from kommunegraf.matching import evaluate

        return evaluate.stability(self.matrix)

    @cached_property
    def _scores(self) -> dict[str, Any]:
        from kommunegraf.matching import ranking

        return {name: method(self.matrix) for name, method in ranking.METHODS.items() if name != "chance"}

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
        """The initiatives that two kommuner share, what fewest have first; what has ended in one of them is not shared."""
        graph = self.graph
        common = sorted(nx.common_neighbors(self.running, municipality, other), key=lambda i: (self.running.degree[i], i))
        pairs = ((i, network.claim(graph, municipality, i), network.claim(graph, other, i)) for i in common)
        return tuple(Shared(network.resource(graph, i), self.counts[i], own, theirs) for i, own, theirs in pairs)

    def learn_from(self, municipality: str, initiatives: Iterable[str] | None = None) -> tuple[Plan, ...]:
        """*Learn from*: who has each initiative; those that the kommune plans, unless others are named. Raises UnknownName."""
        self._row(municipality)
        planned = (c.initiative.iri for c in self._claims(self.graph, municipality) if c.status.name in ("planned", "open-plan"))
        chosen = list(planned if initiatives is None else initiatives)
        if unknown := sorted(set(chosen) - set(self.columns)):
            raise UnknownName("initiative", unknown[0], [])
        return tuple(peers.learn_from(self.graph, self.near, municipality, i) for i in chosen)

    def next(self, municipality: str) -> tuple[Next, ...]:
        """*Next*: the initiatives that others have, by `ranking.DEFAULT`, with the places that other methods give them."""
        import numpy as np

        from kommunegraf.matching import ranking

        row = self._row(municipality)
        free = np.flatnonzero(self.matrix[row] == 0)
        telling = {name: scores[row] for name, scores in self._scores.items() if scores[row].any()}
        orders = {name: free[np.argsort(-scores[free], kind="stable")] for name, scores in telling.items()}
        places = {name: {int(c): place for place, c in enumerate(order, 1)} for name, order in orders.items()}
        ranked = [self.rows[other] for other in self.similarity.best(row, len(self.rows))]
        columns = [int(c) for c in orders.get(ranking.DEFAULT, ())]
        return tuple(self._next(municipality, c, {name: place[c] for name, place in places.items()}, ranked) for c in columns)

    def _next(self, municipality: str, column: int, places: dict[str, int], ranked: list[str]) -> Next:
        initiative = self.columns[column]
        alike = [network.claim(self.graph, other, initiative) for other in ranked if self.running.has_edge(other, initiative)]
        mentioned = (municipality, initiative) in self.register.mentioned
        return Next(network.resource(self.graph, initiative), self.counts[initiative], places, tuple(alike[:3]), mentioned)

    def match(self, municipality: str, likeness: bool = True) -> Match:
        """All answers about one kommune; without `likeness`, `alike` and `next` are empty and `power` is None.

        Raises UnknownName for an IRI that is no kommune of the graph.
        """
        self._row(municipality)
        own = self._claims(self.graph, municipality)
        return Match(
            place=self.register.places[municipality],
            bordered=bool(self.near[municipality]),
            choices=self.choices,
            adoptions=own,
            uncounted=network.uncounted(self.register, self.graph, municipality),
            already=self.already(municipality),
            opportunities=self.opportunities_of(municipality),
            neighbours=self.neighbours(municipality),
            alike=self.alike(municipality) if likeness else (),
            significant=self.significant if likeness else 0,
            learn_from=self.learn_from(municipality),
            power=self.power if likeness else None,
            next=self.next(municipality) if likeness else (),
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
            power=self.power,
            significant=self.significant,
            teaches=tuple(s.other for s in partner.shared if s.other.active and not s.own.active),
            learns=tuple(s.own for s in partner.shared if s.own.active and not s.other.active),
            only_here=self._unmentioned(municipality, other),
            only_there=self._unmentioned(other, municipality),
            already=tuple(v for v in self.vehicles if both <= v.codes),
            opportunities=tuple(one for one in self.opportunities_of(municipality) if one.concerns(other)),
        )

    def neighbours(self, municipality: str) -> tuple[Neighbour, ...]:
        """The neighbours, those with most that is fresh and not known here first. Raises UnknownName.

        A kommune without neighbours has the nearest of its region and those of like size instead.
        """
        self._row(municipality)
        near = {other: how["relations"] for other, how in self.near[municipality].items()} or peers.beside(self.register, municipality)
        each = []
        for other, how in near.items():
            running = sorted((c for c in self._claims(self.graph, other) if c.active), key=lambda c: (-(c.as_of or 0), c.initiative.iri))
            ahead = tuple(c for c in running if (municipality, c.initiative.iri) not in self.register.mentioned)
            shared = self.shared(municipality, other)
            each.append(Neighbour(network.resource(self.graph, other), how, shared, tuple(running), ahead))
        return tuple(sorted(each, key=lambda n: (-sum(c.freshness == "fresh" for c in n.ahead), -len(n.ahead), n.municipality.iri)))

    def _unmentioned(self, having: str, other: str) -> tuple[Claim, ...]:
        """What is active in one kommune and in no evidence about another, of whatever confidence."""
        active = (c for c in self._claims(self.graph, having) if c.active)
        return tuple(c for c in active if (other, c.initiative.iri) not in self.register.mentioned)

    def _claims(self, graph: nx.Graph, municipality: str) -> tuple[Claim, ...]:
        return tuple(network.claim(graph, municipality, initiative) for initiative in sorted(graph[municipality]))

    def _row(self, municipality: str) -> int:
        if municipality not in self.register.places:
            raise UnknownName("municipality", municipality, [])
        return self.rows.index(municipality)
