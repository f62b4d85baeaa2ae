"""Initiatives and kommuner as the rows of tables, and in the groups in which tables list them."""

from collections import defaultdict
from dataclasses import dataclass

from kommunegraf.namespaces import SHARED
from kommunegraf.site.parts import claims, printed
from kommunegraf.site.parts.printed import Printed
from kommunegraf.site.render import Page
from kommunegraf.site.view import View

Shares = list[tuple[str, list[Printed]]]
"""Values as people write them, each with the figures that print it."""


@dataclass(frozen=True)
class InitiativeRow:
    """An initiative in a table: in how many kommuner it is active, how many there are of each status, and the shares that are printed."""

    iri: str
    active: int
    counts: list[tuple[str, int]]
    shares: Shares


@dataclass(frozen=True)
class MunicipalityRow:
    """A kommune in a table: inhabitants, None where unknown; how many initiatives are active, and how many there are of each status."""

    iri: str
    region: str
    population: float | None
    active: int
    counts: list[tuple[str, int]]


def initiatives(page: Page, iris: list[str], states: dict[tuple[str, str], str]) -> list[InitiativeRow]:
    """For a table of initiatives, of what `claims.states` gives of all."""
    statuses: dict[str, list[str]] = {iri: [] for iri in iris}
    for (_, initiative), status in states.items():
        if initiative in statuses:
            statuses[initiative].append(status)
    figures = {iri: printed.about(page.view, iri, "kg:item") for iri in iris}
    return [
        InitiativeRow(iri, statuses[iri].count("active"), claims.counts(statuses[iri]),
            shares(page, figures[iri], "active-share")) for iri in iris
    ]


def by_area(view: View) -> list[tuple[str, list[str]]]:
    """All initiatives by main area; an empty IRI for those beyond the survey, last."""
    grouped = defaultdict(list)
    for one in view.of_type("kg:Initiative"):
        for area in view.things(one, "kg:mainArea") or [""]:
            grouped[area].append(one)
    return [(area, grouped[area]) for area in [*view.by_label(a for a in grouped if a), *([""] if "" in grouped else [])]]


def shares(page: Page, figures: list[Printed], statistic: str) -> Shares:
    """The values of one statistic among all who answered, the one that most sections print first."""
    by_share = defaultdict(list)
    for one in figures:
        if (one.statistic, one.group) == (f"{SHARED}statistic/{statistic}", f"{SHARED}population-group/all"):
            by_share[printed.told(page, one)].append(one)
    return sorted(by_share.items(), key=lambda item: (-len(item[1]), item[0]))


def municipalities(page: Page, iris: list[str], states: dict[tuple[str, str], str]) -> list[MunicipalityRow]:
    """Some kommuner for a table."""
    statuses = defaultdict(list)
    for (place, _), status in states.items():
        statuses[place].append(status)
    return [
        MunicipalityRow(m, page.view.thing(m, "kg:region"), page.view.number(m, "kg:population"), statuses[m].count("active"),
                 claims.counts(statuses[m])) for m in iris
    ]


def by_region(page: Page) -> list[tuple[str, list[str]]]:
    """All kommuner by region; an empty IRI for those whose region is not known, last."""
    view, grouped = page.view, defaultdict(list)
    for one in view.of_type("kg:Municipality"):
        grouped[view.thing(one, "kg:region")].append(one)
    return [(r, grouped[r]) for r in [*view.by_label(r for r in grouped if r), *([""] if "" in grouped else [])]]
