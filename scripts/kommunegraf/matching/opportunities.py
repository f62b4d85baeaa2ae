"""An opportunity to work together, and what its points and its rules (`rules`) go by."""

from dataclasses import asdict, dataclass
from typing import Any

from kommunegraf.graph.adoption import Source
from kommunegraf.matching.network import Claim
from kommunegraf.matching.register import Resource
from kommunegraf.matching.together import Vehicle

KINDS = ("learn", "buy-together", "join", "one-solution", "ask", "look")
"""The kinds of opportunity, in the order in which equal points are listed."""
NEAR = {"neighbour": 3, "region": 2, "size": 1}
"""Points for distance: a neighbour, a kommune of the same region, or one of like size."""
FRESH = {"fresh": 3, "ageing": 1}
"""Points for freshness; what is old or undated gives no opportunity."""
SURE = {"high": 2, "medium": 1, "low": 0}
"""Points for the weakest confidence that it rests on."""
SPARES = {"buy-together": 3, "learn": 3, "join": 2, "one-solution": 2, "ask": 1, "look": 0}
"""Points for what it would spare: a tender each, a first attempt, a network of one's own, a second system, work told of in vain."""
LIKE_SIZE = (2 / 3, 3 / 2)
"""Inhabitants for each of the other's between which two kommuner are of like size."""
MEMBERS_NEAR = 2
"""So many neighbours must be members before a kommune is told of an organisation."""
LARGEST_GROUP = 6
"""The most kommuner that buy together."""
PARTNERS = 3
"""The most teachers that are named."""
COMPARED = ("app", "software")
"""Kinds of solution of which one could stand in for another. A platform may be for anything, a device or a website belongs to its place."""
OWN_CONTENT = ("interactive-tour-guides", "events-activities-app")
"""Initiatives, by the last part of their IRI, whose apps are the content of one place and no alternatives."""
ALIKE = 0.75
"""Names that are so alike (difflib's ratio), apart from the names of places, may be one solution under two names."""
DUE = 1
"""A plan that should have begun or ended more years before the reference year is not current: one asks what came of it."""
ASKED = 5
"""A plan told of more years before the reference year is not asked about."""
WIDESPREAD = 1 / 4
"""A solution in use in so large a share of all kommuner is no news to a neighbour."""
PAPERS = ("budget", "kvalitetsstandard", "politik", "redegørelse", "serviceniveau", "status", "strategi")
"""How words begin that name a paper about much, or the standard of a service that every kommune must offer, and no work of its own."""


@dataclass(frozen=True)
class Opportunity:
    """`audience` are the kommuner that it is for, `partners` those that have, run or are what it is about, best first.

    `relation` is how near they are (`NEAR`); `vehicle` an organisation to join; `points` by reason. `as_of` is the oldest year
    that it rests on.
    """

    kind: str
    initiative: Resource | None
    audience: tuple[Resource, ...]
    partners: tuple[Resource, ...]
    relation: str
    claims: tuple[Claim, ...]
    points: dict[str, int]
    as_of: int | None
    vehicle: Vehicle | None = None

    @property
    def total(self) -> int:
        """The sum of its points."""
        return sum(self.points.values())

    @property
    def sources(self) -> tuple[Source, ...]:
        """What it rests on, each once."""
        each = [claim.adoption.deciding.source for claim in self.claims] + ([self.vehicle.source] if self.vehicle else [])
        return tuple(dict.fromkeys(each))

    @property
    def private(self) -> bool:
        """Whether it rests on a plan that was laid over the graph for this run."""
        return any(claim.private for claim in self.claims)

    def concerns(self, municipality: str) -> bool:
        """Whether a kommune is in it."""
        return any(r.iri == municipality for r in (*self.audience, *self.partners))

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, all the way down, with the total of the points."""
        return asdict(self) | {"total": self.total, "private": self.private}
