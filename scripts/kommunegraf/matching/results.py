"""What the five answers about a kommune are made of. Every claim in them carries its evidence."""

from dataclasses import asdict, dataclass
from typing import Any

from kommunegraf.matching.advice import Area, Boundary, Group, Plan
from kommunegraf.matching.network import Claim
from kommunegraf.matching.register import Choices, Resource
from kommunegraf.matching.similarity import Pair


@dataclass(frozen=True)
class Shared:
    """An initiative that two kommuner have, each with its own status. `adopters` counts all kommuner that have it."""

    initiative: Resource
    adopters: int
    own: Claim
    other: Claim


@dataclass(frozen=True)
class Partner:
    """A kommune and what it shares with the one that is matched, what fewest have first, and how much chance would give."""

    municipality: Resource
    relations: tuple[str, ...]
    shared: tuple[Shared, ...]
    score: Pair


@dataclass(frozen=True)
class Neighbour:
    """A neighbour by `borders`, `fixedLinkTo` or both; what both have; what is active there and in no evidence about the kommune."""

    municipality: Resource
    relations: tuple[str, ...]
    shared: tuple[Shared, ...]
    ahead: tuple[Claim, ...]


@dataclass(frozen=True)
class Next:
    """An initiative that the kommune has no counted evidence of. `places` ranks it by each method that tells anything, 1 being first.

    `peers` are the most alike kommuner that have it. `mentioned`: evidence that does not count speaks of it.
    """

    initiative: Resource
    adopters: int
    places: dict[str, int]
    peers: tuple[Claim, ...]
    mentioned: bool


@dataclass(frozen=True)
class Between:
    """Everything between two kommuner. `teaches` is active in the other and planned here, `learns` the reverse.

    `only_here` and `only_there` are active in one and in no evidence about the other.
    """

    municipality: Resource
    choices: Choices
    partner: Partner
    tested: int
    significant: int
    teaches: tuple[Claim, ...]
    learns: tuple[Claim, ...]
    only_here: tuple[Claim, ...]
    only_there: tuple[Claim, ...]
    together: tuple[Group, ...]
    boundaries: tuple[Boundary, ...]

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, all the way down, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Match:
    """What the evidence says about a kommune and whom it could work with.

    `adoptions` are its own, `uncounted` what only evidence that does not count says of it. `alike` has every kommune that
    shares an initiative, the least likely overlap first; `significant` counts the pairs of the whole network with q of at
    most 0.05, of `tested`.
    """

    municipality: Resource
    choices: Choices
    adoptions: tuple[Claim, ...]
    uncounted: tuple[Claim, ...]
    alike: tuple[Partner, ...]
    tested: int
    significant: int
    stability: float | None
    learn_from: tuple[Plan, ...]
    together: tuple[Group, ...]
    boundaries: tuple[Boundary, ...]
    areas: tuple[Area, ...]
    next: tuple[Next, ...]
    neighbours: tuple[Neighbour, ...]

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, all the way down, for JSON."""
        return asdict(self)
