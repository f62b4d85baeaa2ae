"""The table of kommuner and initiatives, whole and for each main area: each cell is a status with its year, a weak sign, or empty."""

from dataclasses import dataclass
from functools import partial

from kommunegraf.graph.adoption import NONE
from kommunegraf.site.model import Site
from kommunegraf.site.parts import claims, maps, rows
from kommunegraf.site.render import Model, Page

Head = tuple[str, str, str]
"""A kommune or an initiative: its name, its page, its IRI."""
Heads = list[tuple[str, str, list[Head]]]
"""Regions or main areas: a name, its page or an empty string, and the members."""
FOLDER = "matrix"
"""Where the tables of main areas lie."""
BEYOND = "beyond-survey"
"""What stands in the address for initiatives of no main area."""


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty: its sign, how fresh that is, the same in words, what it is of, and where it leads."""

    status: str
    freshness: str
    says: str
    of: str
    href: str


@dataclass(frozen=True)
class Matrix:
    """What `matrix-page.html` shows. Cells stand by the IRIs of kommune and initiative; `area` says that it is one main area's."""

    title: str
    area: bool
    areas: list[tuple[str, str]]
    rows: Heads
    columns: Heads
    cells: dict[tuple[str, str], Cell]
    key: list[tuple[str, str]]


def matrix(page: Page, iri: str, area: str | None = None) -> Matrix:
    """The table of kommuner, by region, and initiatives, by main area; or by the IRI of one main area, empty for those of none.

    In the whole table, which has no room for them, cells are no links, and a main area leads to its own table.
    """
    groups = rows.by_area(page.view)
    columns = _heads(page, [group for group in groups if area in (None, group[0])], page.w.beyond_survey)
    if area is None:
        columns = [(name, page.to(path(group)), members) for (name, _, members), (group, _) in zip(columns, groups)]
    return Matrix(
        title=page.w.matrix_title if area is None else page.w.matrix_area_title.format(_name(page, area)), area=area is not None,
        areas=[(_name(page, group), path(group)) for group, _ in groups],
        rows=_heads(page, rows.by_region(page), page.w.region_unknown), columns=columns, cells=cells(page),
        key=[*((status, maps.status_label(page, status)) for status in claims.ORDER), *_key_of_denials(page)],
    )


def _key_of_denials(page: Page) -> list[tuple[str, str]]:
    return [(NONE, page.w.denied)] if page.site.claims.denials else []


def path(area: str) -> str:
    """The path of a main area's table."""
    return f"{FOLDER}/{maps.code(area) or BEYOND}"


def documents(site: Site) -> dict[str, Model]:
    """The table of each main area, by path."""
    return {path(area): ("matrix-page.html", partial(matrix, area=area)) for area, _ in rows.by_area(site.views["da"])}


def cells(page: Page) -> dict[tuple[str, str], Cell]:
    """What is known of each kommune and initiative; of the others nothing is, not even that it is not so."""
    by_pair = {}
    for pair, signs in page.site.claims.weak_signs.items():
        says = f"{maps.status_label(page, claims.WEAK)}{page.year(signs[0])}"
        by_pair[pair] = Cell(claims.WEAK, "", says, _of(page, pair), page.href(signs[0].iri) or "")
    for pair, one in page.site.claims.adoptions.items():
        says = f"{maps.status_label(page, one.status)}{page.when(one)}"
        by_pair[pair] = Cell(one.status, one.freshness, says, _of(page, pair), page.href(one.iri) or "")
    for pair, said in page.site.claims.denials.items():
        if pair not in by_pair:
            by_pair[pair] = Cell(NONE, "", f"{page.w.denied}{page.year(said)}", _of(page, pair), page.href(said.iri) or "")
    return by_pair


def _of(page: Page, pair: tuple[str, str]) -> str:
    return f"{page.view.label(pair[0])}: {page.view.label(pair[1])}"


def _name(page: Page, area: str) -> str:
    return page.view.label(area) if area else page.w.beyond_survey


def _heads(page: Page, groups: list[tuple[str, list[str]]], without: str) -> Heads:
    """Groups with names and pages; `without` names the group that has no IRI."""
    return [(page.view.label(group) if group else without, page.href(group) or "" if group else "", [_head(page, one) for one in members])
            for group, members in groups]


def _head(page: Page, iri: str) -> Head:
    return maps.short(page, iri), page.href(iri) or "", iri


RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {"matrix": ("matrix-page.html", matrix)}
