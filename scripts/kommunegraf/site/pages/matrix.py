"""The table of kommuner and initiatives, in which each cell is a status with its year, a weak sign, or nothing known."""

from dataclasses import dataclass

from kommunegraf.site.parts import claims, maps, rows
from kommunegraf.site.render import Model, Page

Head = tuple[str, str, str]
"""A kommune or an initiative: its name, its page, its IRI."""
Heads = list[tuple[str, str, list[Head]]]
"""Regions or main areas: a name, its page or an empty string, and the members."""


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty: its sign, how fresh that is, the same in words, and where it leads."""

    status: str
    freshness: str
    told: str
    href: str


@dataclass(frozen=True)
class Matrix:
    """What `matrix-page.html` shows. Cells stand by the IRIs of kommune and initiative."""

    title: str
    rows: Heads
    columns: Heads
    cells: dict[tuple[str, str], Cell]
    key: list[tuple[str, str]]


def matrix(page: Page, iri: str) -> Matrix:
    """The table of kommuner, by region, and initiatives, by main area."""
    view = page.view
    columns = _heads(page, rows.by_area(view), page.w.beyond_survey)
    lines = _heads(page, rows.by_region(page), page.w.region_unknown)
    key = [(status, maps.status_label(page, status)) for status in claims.ORDER]
    return Matrix(title=page.w.matrix_title, rows=lines, columns=columns, cells=cells(page), key=key)


def cells(page: Page) -> dict[tuple[str, str], Cell]:
    """What is known of each kommune and initiative; of the others nothing is, not even that it is not so."""
    by_pair = {}
    for pair, signs in page.site.claims.weak_signs.items():
        label = f"{maps.status_label(page, claims.WEAK)}{page.year(signs[0])}"
        by_pair[pair] = Cell(claims.WEAK, "", _told(page, pair, label), page.href(signs[0].iri) or "")
    for pair, one in page.site.claims.adoptions.items():
        label = f"{maps.status_label(page, one.status)}{page.when(one)}"
        by_pair[pair] = Cell(one.status, one.freshness, _told(page, pair, label), page.href(one.iri) or "")
    return by_pair


def _told(page: Page, pair: tuple[str, str], status: str) -> str:
    return f"{page.view.label(pair[0])}: {page.view.label(pair[1])}: {status}"


def _heads(page: Page, groups: list[tuple[str, list[str]]], without: str) -> Heads:
    """Groups with names and pages; `without` names the group that has no IRI."""
    return [(page.view.label(group) if group else without, page.href(group) or "" if group else "", [_head(page, one) for one in members])
            for group, members in groups]


def _head(page: Page, iri: str) -> Head:
    return maps.short(page, iri), page.href(iri) or "", iri


RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {"matrix": ("matrix-page.html", matrix)}
