"""What the five answers about a kommune are made of. Every claim in them carries its evidence."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from kommunegraf.matching.network import Claim
from kommunegraf.matching.opportunities import Opportunity
from kommunegraf.matching.peers import Plan
from kommunegraf.matching.register import Choices, Place, Resource
from kommunegraf.matching.together import Vehicle


@dataclass(frozen=True)
class Pair:
    """Two rows. `p` is the chance of this overlap or more, `q` the same after Benjamini and Hochberg (1995) over all tested pairs.

    `surprise` is -log10(p); `jaccard` and `resource_allocation` (Zhou, Lü and Zhang 2009) stand beside for comparison.
    """

    row: int
    overlap: int
    expected: float
    surprise: float
    p: float
    q: float
    jaccard: float
    resource_allocation: float


@dataclass(frozen=True)
class Power:
    """The test of all pairs. `least` is the smallest p that any pair could reach: that of one row's columns all in another's.

    `needed` is what a single rejection needs at the level 0.05 over all `pairs` (Benjamini and Hochberg's first step), and
    `able` the number of pairs that could reach it. With none the test cannot find anything, whatever is alike.
    """

    pairs: int
    least: float
    needed: float
    able: int


@dataclass(frozen=True)
class Counts:
    """How many kommuner have an initiative active, plan it by a current or an open plan, or have ended it."""

    active: int = 0
    planned: int = 0
    open_plan: int = 0
    ended: int = 0

    @classmethod
    def of(cls, statuses: Iterable[str]) -> "Counts":
        """The counts of statuses, named by the last part of their IRI."""
        return cls(**{status.replace("-", "_"): count for status, count in Counter(statuses).items()})

    @property
    def all(self) -> int:
        """All of them."""
        return self.active + self.planned + self.open_plan + self.ended


@dataclass(frozen=True)
class Shared:
    """An initiative that runs or is planned in two kommuner, each with its own status, and in how many others."""

    initiative: Resource
    adopters: Counts
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
    """A neighbour by `borders`, `fixedLinkTo` or both, or, where there is none, a kommune of the same `region` or of like `size`.

    `shared` is what runs or is planned in both, `running` what is active there, the newest first, `ahead` the part of it of
    which no evidence about the kommune speaks.
    """

    municipality: Resource
    relations: tuple[str, ...]
    shared: tuple[Shared, ...]
    running: tuple[Claim, ...]
    ahead: tuple[Claim, ...]


@dataclass(frozen=True)
class Next:
    """An initiative that the kommune has no counted evidence of. `places` ranks it by each method that tells anything, 1 being first.

    `peers` are the most alike kommuner in which it runs or is planned. `mentioned`: evidence that does not count speaks of it.
    """

    initiative: Resource
    adopters: Counts
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
    power: Power
    significant: int
    teaches: tuple[Claim, ...]
    learns: tuple[Claim, ...]
    only_here: tuple[Claim, ...]
    only_there: tuple[Claim, ...]
    already: tuple[Vehicle, ...]
    opportunities: tuple[Opportunity, ...]

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, all the way down, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Match:
    """What the evidence says about a kommune and whom it could work with. `bordered` says that it has neighbours.

    `adoptions` are its own, `uncounted` what only evidence that does not count says of it, `already` what it does together with
    others, `opportunities` what it could. `power` says what the test of likeness could find at all, None where likeness was left out.
    `alike` has every kommune that shares an initiative, the least likely overlap first; `significant` counts the pairs of the whole
    network with q of at most 0.05.
    """

    place: Place
    bordered: bool
    choices: Choices
    adoptions: tuple[Claim, ...]
    uncounted: tuple[Claim, ...]
    already: tuple[Vehicle, ...]
    opportunities: tuple[Opportunity, ...]
    neighbours: tuple[Neighbour, ...]
    alike: tuple[Partner, ...]
    significant: int
    power: Power | None
    learn_from: tuple[Plan, ...]
    next: tuple[Next, ...]

    @property
    def municipality(self) -> Resource:
        """The kommune."""
        return self.place.municipality

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, all the way down, for JSON."""
        return asdict(self)
