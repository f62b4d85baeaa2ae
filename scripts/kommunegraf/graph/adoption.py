"""From evidence to adoption: which kommune has which initiative, with which status, as of when. The rule alone, version 2.

1. Evidence of `low` confidence makes no adoption; alone it is a weak sign. Nor does a kommune's own word that it has nothing (`denials`).
2. Statements about one kommune and one initiative that name the same solution speak of the same thing. So do those that name
   none and have the same title. A statement that names several solutions speaks of several things.
3. Within one thing, a plan never undoes what is in use. The newest dated of the statements `active` and `ended` decides; of the
   same year, or where none is dated, what the kommune itself says goes first, then the later stage. A plan dated after an end is
   a plan again.
4. Across things: `active` if one is active; else `planned` if a plan is fresh; else `open-plan` if there is an older or undated
   plan, and nothing ended in a later year than the newest plan; else `ended`. So the end of one project never ends what another
   keeps running.
5. The adoption stands as of the newest year that supports its status: the printed year of the source, else the year that the
   source is not older than, else a year that the statement itself names. Its age at the reference year is its freshness.

`activity/adoption-rule-2` in the graph says this in words, `queries/verify/adoption-rule.rq` in SPARQL. The calendar decides
nothing: reference year and limits are data (`data/release.csv`).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kommunegraf.namespaces import BASE

RULE = BASE + "activity/adoption-rule-2"
CONFIDENCE = ("low", "medium", "high")
"""The last part of the IRI of each confidence, the lowest first."""
STAGE = ("planned", "active", "ended")
"""What evidence can say, by the last part of the IRI of the status, in the order of time."""
NONE = "none"
"""What a kommune says of itself where it has nothing and had nothing: no stage, and no adoption."""
STATUS = ("active", "planned", "open-plan", "ended")
"""What an adoption can be, in the order in which lists show it."""
FRESHNESS = ("fresh", "ageing", "old", "undated")
"""How old the support of a status is, the newest first."""


@dataclass(frozen=True)
class Limits:
    """What the rule measures age by. `fresh` and `ageing` are whole years before `reference`, the year of the release."""

    reference: int
    fresh: int
    ageing: int

    def freshness(self, year: int | None) -> str:
        """One of `FRESHNESS` for what stands as of a year, None where no year is known."""
        if year is None:
            return "undated"
        age = self.reference - year
        return "fresh" if age <= self.fresh else "ageing" if age <= self.ageing else "old"


@dataclass(frozen=True)
class Source:
    """Where a statement stands. `year` is printed there; `not_before` is a year that its text speaks of. None where unknown.

    `publisher` is an IRI, `address` a web address; both are empty where unknown.
    """

    iri: str
    title: str = ""
    year: int | None = None
    not_before: int | None = None
    publisher: str = ""
    address: str = ""


@dataclass(frozen=True)
class Evidence:
    """What one source says of one kommune and one initiative, in the source's own time.

    `municipality`, `initiative` and `solutions` are IRIs; `status` is one of `STAGE` or `NONE`, `confidence` one of `CONFIDENCE`.
    `start` and `end` are the years in which what it speaks of began and ended, None where it does not say.
    """

    iri: str
    municipality: str
    initiative: str
    status: str
    confidence: str
    source: Source
    title: str = ""
    start: int | None = None
    end: int | None = None
    solutions: tuple[str, ...] = ()

    @property
    def year(self) -> int | None:
        """The year that it speaks for (clause 5), None where nothing tells."""
        return self.source.year or self.source.not_before or self._period

    @property
    def own(self) -> bool:
        """Whether the kommune says it of itself: it published the source, or gave the answer that is the source."""
        return self.source.publisher == self.municipality

    @property
    def basis(self) -> str:
        """What tells the year: `published`, `not-before`, `period`, or empty."""
        return "published" if self.source.year else "not-before" if self.source.not_before else "period" if self._period else ""

    @property
    def _period(self) -> int | None:
        return (self.end or self.start) if self.status == "ended" else self.start

    @property
    def things(self) -> tuple[str, ...]:
        """What it speaks of (clause 2): IRIs of solutions, else its title in lower case."""
        return self.solutions or (self.title.lower(),)


@dataclass(frozen=True)
class Adoption:
    """One kommune's work with one initiative, as its evidence has it.

    `status` is one of `STATUS`, `freshness` one of `FRESHNESS`. `as_of` is the year that the status stands for, `since` the
    year in which what is active or ended began, `until` the year in which it ended; None where no statement tells.
    `evidence` is everything that it rests on, the deciding statement first, then the newest; `against` is the part of it that
    disagrees: it tells of a later stage, such as an end, is not known to be older, and does not name another solution.
    """

    iri: str
    municipality: str
    initiative: str
    status: str
    freshness: str
    evidence: tuple[Evidence, ...]
    as_of: int | None = None
    since: int | None = None
    until: int | None = None
    against: tuple[Evidence, ...] = ()

    @property
    def deciding(self) -> Evidence:
        """The statement from which status and year come."""
        return self.evidence[0]

    @property
    def confidence(self) -> str:
        """The highest confidence of its evidence."""
        return max((e.confidence for e in self.evidence), key=CONFIDENCE.index)

    @property
    def solutions(self) -> tuple[str, ...]:
        """The IRIs of the solutions that its evidence names, sorted."""
        return tuple(sorted({s for e in self.evidence for s in e.solutions}))


Pair = tuple[str, str]
"""The IRIs of a kommune and of an initiative."""


def adoptions(evidence: Iterable[Evidence], limits: Limits, low: bool = False) -> dict[Pair, Adoption]:
    """The adoption of every kommune and initiative that evidence joins; `low` lets evidence of low confidence count too."""
    joined: dict[Pair, list[Evidence]] = defaultdict(list)
    for one in evidence:
        if one.status != NONE and (low or one.confidence != "low"):
            joined[one.municipality, one.initiative].append(one)
    return {pair: adoption(support, limits) for pair, support in joined.items()}


def weak_signs(evidence: Iterable[Evidence]) -> dict[Pair, tuple[Evidence, ...]]:
    """The evidence of each kommune and initiative of which everything that is said has low confidence (clause 1)."""
    joined: dict[Pair, tuple[Evidence, ...]] = defaultdict(tuple)
    for one in evidence:
        joined[one.municipality, one.initiative] += (one,)
    return {pair: said for pair, said in joined.items() if all(e.confidence == "low" for e in said)}


def denials(evidence: Iterable[Evidence]) -> dict[Pair, Evidence]:
    """By the IRIs of kommune and initiative: the kommune's newest word, where that is that it has nothing of the kind."""
    own = {(one.municipality, one.initiative): one for one in sorted((e for e in evidence if e.own), key=newest, reverse=True)}
    return {pair: one for pair, one in own.items() if one.status == NONE}


def adoption(support: Iterable[Evidence], limits: Limits) -> Adoption:
    """What some evidence about one kommune and one initiative, at least one piece, makes (clauses 2 to 5)."""
    support = sorted(support, key=newest)
    things: dict[str, list[Evidence]] = defaultdict(list)
    for one in support:
        for thing in one.things:
            things[thing].append(one)
    deciding = {thing: _deciding(said) for thing, said in things.items()}
    first = _first(deciding.values(), limits)
    stage = first.status
    bearing = {one for thing, said in things.items() if deciding[thing].status == stage for one in said}
    freshness = limits.freshness(first.year)
    begun = [one.start for one in bearing if one.start and stage != "planned" and one.status != "planned"]
    ended = [one.end for one in bearing if one.end and stage == one.status == "ended"]
    iri = f"{BASE}adoption/{_last(first.municipality)}-{_last(first.initiative)}"
    return Adoption(
        iri, first.municipality, first.initiative, "open-plan" if stage == "planned" and freshness != "fresh" else stage, freshness,
        evidence=(first, *(one for one in support if one != first)), as_of=first.year, since=min(begun, default=None),
        until=max(ended, default=None), against=tuple(one for one in support if _against(one, first)),
    )


def _first(deciding: Iterable[Evidence], limits: Limits) -> Evidence:
    """The statement that decides across things (clause 4), of those that decide each of them."""
    last = {one.status: one for one in sorted(deciding, key=newest, reverse=True)}
    plan, end = last.get("planned"), last.get("ended")
    over = plan and plan.year and end and (end.year or 0) > plan.year and limits.freshness(plan.year) != "fresh"
    return last.get("active") or (end if over or not plan else plan) or last["ended"]


def _deciding(said: list[Evidence]) -> Evidence:
    """The statement that decides how far one thing has come (clause 3)."""
    begun = [one for one in said if one.status != "planned"]
    plans = [one for one in said if one.status == "planned"]
    if not begun:
        return min(plans, key=newest)
    last = min(begun, key=lambda one: (-(one.year or 0), not one.own, -STAGE.index(one.status), newest(one)))
    again = [one for one in plans if last.status == "ended" and last.year and (one.year or 0) > last.year]
    return min(again, key=newest) if again else last


def newest(one: Evidence) -> tuple[int, bool, int, str]:
    """A key that sorts statements of one stage: the newest first, then the kommune's own, then the highest confidence, then by IRI."""
    return -(one.year or 0), not one.own, -CONFIDENCE.index(one.confidence), one.iri


def _against(one: Evidence, first: Evidence) -> bool:
    """Whether a statement disagrees with the deciding one: it tells of a later stage, is not older, and names no other solution."""
    later = STAGE.index(one.status) > STAGE.index(first.status)
    older = bool(one.year and first.year and one.year < first.year)
    apart = bool(one.solutions and first.solutions) and not set(one.solutions) & set(first.solutions)
    return later and not older and not apart


def known_by(evidence: Iterable[Evidence], year: int) -> list[Evidence]:
    """What evidence tells of the state of things at the end of a year; what tells nothing of it is left out.

    A statement of that year or before stands as it is. A later or undated one tells that something was active, if it says
    that it began by then: it began, and had not ended or ended later.
    """
    statements = []
    for one in (one for one in evidence if one.status != NONE):
        if one.basis != "period" and one.year and one.year <= year:
            statements.append(one)
        elif one.status != "planned" and one.start and one.start <= year:
            gone = one.status == "ended" and one.end is not None and one.end <= year
            if gone or one.status == "active" or one.end:
                then = replace(one.source, year=one.end if gone else year, not_before=None)
                statements.append(replace(one, status="ended" if gone else "active", source=then))
    return statements


def _last(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]
