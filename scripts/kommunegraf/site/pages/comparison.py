"""Two kommuner side by side: a form, and what was found of each.

The server answers the form; elsewhere compare.js does, from a file of data.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from kommunegraf.graph.adoption import Adoption, Evidence
from kommunegraf.languages import LANGUAGES
from kommunegraf.site.model import Site
from kommunegraf.site.parts import claims, maps
from kommunegraf.site.parts.memberships import memberships
from kommunegraf.site.render import Model, Page

QUESTION = "compare-municipalities"
"""The question of the library whose parameters the form has, and whose files the page offers."""
Found = tuple[Adoption | None, Evidence | None]
"""What was found of a kommune and an initiative: an adoption, or else a weak sign, or nothing."""


@dataclass(frozen=True)
class Side:
    """One of the two kommuner."""

    iri: str
    name: str
    code: str
    region: str
    population: float | None


@dataclass(frozen=True)
class Comparison:
    """What `compare.html` shows; only the form, with the codes that are chosen in it, until both are.

    `rows` are initiatives with what was found in each of the two; `counts` says how many are active in both, and found in one alone.
    """

    heading: str
    choices: list[tuple[str, str]]
    chosen: tuple[str, str] = ("", "")
    sides: tuple[Side, ...] = ()
    rows: tuple[tuple[str, Found, Found], ...] = ()
    counts: tuple[int, int, int] = (0, 0, 0)
    members: tuple[str, ...] = ()
    solutions: tuple[str, ...] = ()


def form(page: Page, iri: str) -> Comparison:
    """The form alone; where the IRI is that of a kommune, that is chosen in it."""
    return Comparison(page.w.compare_title, _choices(page), (maps.code(iri), ""))


def compared(page: Page, one: str, other: str) -> Comparison:
    """Two kommuner by their IRIs."""
    sides = (_side(page, one), _side(page, other))
    here, there = _found(page.site, one), _found(page.site, other)
    rows = tuple((i, here.get(i, (None, None)), there.get(i, (None, None))) for i in page.view.by_label({*here, *there}))
    both = sum(all(adoption and adoption.status == "active" for adoption, _ in pair) for _, *pair in rows)
    mine = sum(bool(found[0]) and nothing == (None, None) for _, found, nothing in rows)
    theirs = sum(bool(found[0]) and nothing == (None, None) for _, nothing, found in rows)
    member = [{m.other for m in memberships(page, iri, "org:member", "org:organization")} for iri in (one, other)]
    used = [{s for adoption, _ in found.values() if adoption for s in adoption.solutions} for found in (here, there)]
    return Comparison(
        page.w.compare_heading.format(sides[0].name, sides[1].name), _choices(page), (sides[0].code, sides[1].code), sides, rows,
        (both, mine, theirs), tuple(page.view.by_label(member[0] & member[1])), tuple(page.view.by_label(used[0] & used[1])),
    )


def _choices(page: Page) -> list[tuple[str, str]]:
    return [(maps.code(iri), maps.short(page, iri)) for iri in page.view.of_type("kg:Municipality")]


def _side(page: Page, iri: str) -> Side:
    return Side(iri, maps.short(page, iri), maps.code(iri), page.view.thing(iri, "kg:region"), page.view.number(iri, "kg:population"))


def _found(site: Site, iri: str) -> dict[str, Found]:
    """What was found of a kommune, by initiative."""
    index = claims.index(site)
    weak: dict[str, Found] = {one.initiative: (None, one) for one in reversed(index.weak.get(iri, []))}
    return {**weak, **{one.initiative: (one, None) for one in index.adoptions.get(iri, [])}}


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The script of each language that sets the data which compare.js reads, by path; none where the server answers the form.

    Of each kommune by its code: its name, its page, and by the number of the initiative the status, that with its years, and a page.
    """
    for lang in LANGUAGES if not site.server else ():
        page = Page(site, "compare", lang)
        view, w = site.views[lang], site.words(lang, "site")
        initiatives = view.of_type("kg:Initiative")
        number = {iri: str(place) for place, iri in enumerate(initiatives)}
        data = {
            "initiatives": [[view.label(iri), page.href(iri)] for iri in initiatives],
            "municipalities": {maps.code(iri): [maps.short(page, iri), page.href(iri), {
                number[i]: _cell(page, *found) for i, found in sorted(_found(site, iri).items()) if i in number
            }] for iri in view.of_type("kg:Municipality")},
            "words": {key: w[f"compare_{key}"] for key in ("heading", "sentence", "nothing")},
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        yield f"static/compare-{lang}.js", f"var kommunegrafCompared={text};\n".encode()


def _cell(page: Page, adoption: Adoption | None, sign: Evidence | None) -> list[str]:
    if adoption:
        return [adoption.status, f"{maps.status_label(page, adoption.status)}{page.when(adoption)}", page.href(adoption.iri) or ""]
    assert sign
    return [claims.WEAK, f"{maps.status_label(page, claims.WEAK)}{page.year(sign)}", page.href(sign.iri) or ""]


RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {"compare": ("compare.html", form)}
