"""Whom to learn an initiative from: a form where a server answers, and a page for each initiative and region everywhere."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kommunegraf.languages import words
from kommunegraf.matching import text
from kommunegraf.namespaces import BASE
from kommunegraf.site.model import Site
from kommunegraf.site.parts import maps
from kommunegraf.site.render import Model, Page

if TYPE_CHECKING:
    from kommunegraf.matching.peers import Peer, Plan

FOLDER = "learn"
"""Where the pages of initiatives and regions lie."""
QUESTION = "evidence-behind-adoption"
"""The question of the library whose parameters the form has."""
PEERS = 3
"""How many teachers a region's page names for each kommune."""


@dataclass(frozen=True)
class Teacher:
    """A kommune to learn from: how near it is, with its status and years in words, its solutions and its adoption."""

    iri: str
    near: str
    standing: str
    solutions: list[str]
    adoption: str


@dataclass(frozen=True)
class Learning:
    """What `learn.html` shows: the form with what is chosen in it, or for each initiative the regions, with how many run it there.

    `own` is what is known of the chosen kommune, `teachers` are all to learn from, best first.
    """

    heading: str
    municipalities: list[tuple[str, str]]
    initiatives: list[tuple[str, str]]
    regions: list[tuple[str, list[tuple[str, str, int]]]]
    chosen: tuple[str, str] = ("", "")
    own: str = ""
    teachers: tuple[Teacher, ...] = ()


@dataclass(frozen=True)
class LearningRegion:
    """What `learn-region.html` shows: each kommune of a region with what is known of it, and whom it can learn from first."""

    heading: str
    initiative: str
    region: str
    rows: list[tuple[str, str, bool, list[Teacher]]]


def learning(page: Page, iri: str) -> Learning:
    """The form, or the list of pages, with nothing chosen."""
    matcher = page.site.matcher.get(page.lang)
    if matcher is None:
        return Learning(page.w.learn_title, [], [], [])
    initiatives = page.view.by_label(matcher.columns)
    if page.site.server:
        named = [(maps.code(i), page.view.label(i)) for i in initiatives]
        return Learning(page.w.learn_title, [(maps.code(i), maps.short(page, i)) for i in page.view.by_label(matcher.rows)], named, [])
    return Learning(page.w.learn_title, [], [], [
        (i, [(path(i, region), region, _running(page, i, region)) for region in _regions(page.site)]) for i in initiatives
    ])


def answered(page: Page, municipality: str, initiative: str) -> Learning:
    """The form with a kommune and an initiative chosen, by IRI, and all whom that kommune can learn it from."""
    form, matcher = learning(page, ""), page.site.matcher[page.lang]
    (plan,) = matcher.learn_from(municipality, [initiative])
    heading = page.w.learn_heading.format(page.view.label(initiative), maps.short(page, municipality))
    chosen = (maps.code(municipality), maps.code(initiative))
    return Learning(heading, form.municipalities, form.initiatives, [], chosen, _own(page, plan), tuple(_teachers(page, plan)))


def region(page: Page, iri: str, initiative: str, area: str) -> LearningRegion:
    """The page of an initiative and a region, by their IRIs."""
    matcher = page.site.matcher[page.lang]
    rows = []
    for place in page.view.by_label(_inside(page.site, area)):
        (plan,) = matcher.learn_from(place, [initiative])
        runs = bool(plan.own and plan.own.active)
        rows.append((place, _own(page, plan), runs, [] if runs else _teachers(page, plan)[:PEERS]))
    heading = page.w.learn_heading.format(page.view.label(initiative), page.view.label(area))
    return LearningRegion(heading, initiative, area, rows)


def documents(site: Site) -> dict[str, Model]:
    """The page of each initiative that somebody has and each region, by path; none where the store has nothing to match by."""
    matcher = site.matcher.get("da")
    return {
        path(initiative, area): ("learn-region.html", partial(region, initiative=initiative, area=area))
        for initiative in (matcher.columns if matcher else ()) if initiative.startswith(BASE) for area in _regions(site)
    }


def path(initiative: str, area: str) -> str:
    """The path of the page of an initiative and a region."""
    return f"{FOLDER}/{maps.code(initiative)}/{maps.code(area)}"


def _regions(site: Site) -> list[str]:
    return sorted({place.region.iri for place in site.matcher["da"].register.places.values() if place.region})


def _inside(site: Site, area: str) -> list[str]:
    places = site.matcher["da"].register.places
    return [iri for iri, place in places.items() if place.region and place.region.iri == area]


def _running(page: Page, initiative: str, area: str) -> int:
    graph = page.site.matcher[page.lang].graph
    statuses = (graph.edges[iri, initiative]["status"].name for iri in _inside(page.site, area) if graph.has_edge(iri, initiative))
    return sum(status == "active" for status in statuses)


def _own(page: Page, plan: "Plan") -> str:
    return text.standing(plan.own, words(page.lang, "matching")) if plan.own else page.w.learn_unknown


def _teachers(page: Page, plan: "Plan") -> list[Teacher]:
    return [_teacher(page, peer) for peer in plan.peers]


def _teacher(page: Page, peer: "Peer") -> Teacher:
    said, claim = words(page.lang, "matching"), peer.claim
    adoption = f"{BASE}adoption/{claim.municipality.name}-{claim.initiative.name}"
    return Teacher(claim.municipality.iri, said[peer.near], text.standing(claim, said), [s.iri for s in claim.solutions], adoption)


RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {"learn": ("learn.html", learning)}
