"""What matching suggests for one kommune, for its page: what it does with others, what it could, its neighbours, and whom it is like."""

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from kommunegraf.languages import words
from kommunegraf.matching import text
from kommunegraf.namespaces import BASE
from kommunegraf.site.model import Site
from kommunegraf.site.render import Page

if TYPE_CHECKING:
    from kommunegraf.matching.evaluate import Stability
    from kommunegraf.matching.network import Claim
    from kommunegraf.matching.opportunities import Opportunity
    from kommunegraf.matching.peers import Plan
    from kommunegraf.matching.results import Neighbour, Partner
    from kommunegraf.matching.together import Vehicle

PARTNERS, PEERS = 5, 3
"""How many partners, and how many teachers of each plan, a page names."""


@dataclass(frozen=True)
class Idea:
    """An opportunity as a page shows it: its kind and reason in words, and links to what it is about and rests on."""

    kind: str
    about: str
    why: str
    first: str
    points: int
    places: list[str]
    sources: list[str]


@dataclass(frozen=True)
class Way:
    """What a kommune does with others, as a page shows it."""

    kind: str
    title: str
    about: str
    others: list[str]
    year: int | None
    source: str


@dataclass(frozen=True)
class Suggestions:
    """The answers of matching about one kommune, in the order of the page."""

    said: dict[str, str]
    choices: str
    already: list[Way]
    ideas: list[Idea]
    bordered: bool
    neighbours: "list[Near]"
    plans: "tuple[Plan, ...]"
    peers: int
    partners: "list[tuple[Partner, list[tuple[str, str]]]]"
    significance: str
    stability: int | None


def suggestions(page: Page, iri: str) -> Suggestions | None:
    """The answers of matching about a kommune; None where the store has nothing to match by."""
    matcher = page.site.matcher.get(page.lang)
    if matcher is None or iri not in matcher.register.places:
        return None
    return Suggestions(
        said=words(page.lang, "matching"), choices=matcher.choices.text(page.lang),
        already=[_way(vehicle, iri) for vehicle in matcher.already(iri)],
        ideas=[idea(one, page.lang) for one in matcher.opportunities_of(iri)],
        bordered=bool(matcher.near[iri]), neighbours=[Near(n) for n in matcher.neighbours(iri)],
        plans=matcher.learn_from(iri), peers=PEERS,
        partners=[(p, [_lead(s.other) for s in p.shared]) for p in matcher.alike(iri, PARTNERS)],
        significance=text.significance(matcher.power, matcher.significant, page.lang), stability=_stability(page, iri),
    )


def idea(one: "Opportunity", lang: str) -> Idea:
    """An opportunity, to show."""
    said = words(lang, "matching")
    about = one.initiative or (one.vehicle.resource if one.vehicle else None)
    return Idea(
        kind=said[f"kind_{one.kind}"], about=about.iri if about else "", why=text.why(one, said), first=said[f"first_{one.kind}"],
        points=one.total, places=[r.iri for r in (*one.audience, *one.partners)], sources=[s.iri for s in one.sources],
    )


def _way(vehicle: "Vehicle", iri: str) -> Way:
    others = [m.iri for m in vehicle.members if m.iri != iri]
    return Way(vehicle.kind, vehicle.title, vehicle.resource.iri, others, vehicle.year, vehicle.source.iri)


class Near:
    """A neighbour, or a kommune that stands for one, and what is active there and was not found here."""

    def __init__(self, neighbour: "Neighbour") -> None:
        self.iri = neighbour.municipality.iri
        self.relations = [text.RELATIONS[how] for how in neighbour.relations]
        self.shared = len(neighbour.shared)
        self.ahead = [(iri, f"{label} ({year})" if year else label) for iri, label, year in map(_dated, neighbour.ahead)]


def _dated(claim: "Claim") -> tuple[str, str, int | None]:
    return (*_lead(claim), claim.as_of)


def _lead(claim: "Claim") -> tuple[str, str]:
    """The adoption that a claim of matching is, where its evidence stands, and the name of its initiative."""
    return f"{BASE}adoption/{claim.municipality.name}-{claim.initiative.name}", claim.initiative.label


def _thinned(site: Site) -> "Stability":
    from kommunegraf.matching.evaluate import Stability

    return Stability(site.matcher["da"].matrix)


def _stability(page: Page, iri: str) -> int | None:
    """The share in per cent of its five best partners that stay when a tenth of all links is left out; the same in each language."""
    share = page.site.once(_thinned).of(page.site.matcher["da"].rows.index(iri))
    return None if isnan(share) else round(100 * share)
