"""Maps of the kommuner that the graph knows a point of: what was found where, and who lies beside whom."""

from collections import Counter
from collections.abc import Iterable, Mapping

import pyoxigraph as ox
from markupsafe import Markup

from kommunegraf.graph.adoption import Adoption, Evidence
from kommunegraf.rdf.terms import point
from kommunegraf.site.model import Site
from kommunegraf.site.parts.claims import ORDER, WEAK
from kommunegraf.site.pictures import cartogram, circles
from kommunegraf.site.pictures.cartogram import Layout, Point
from kommunegraf.site.pictures.circles import Spot
from kommunegraf.site.render import Page
from kommunegraf.site.view import node

Shown = tuple[str, str, bool, int | None]
"""How a circle is drawn, what is told of it, whether that is old or undated news, and of which year."""


def code(iri: str) -> str:
    """The last part of an IRI: a kommunekode."""
    return iri.rpartition("/")[2]


def layout(site: Site) -> Layout | None:
    """Where each kommune with a known point is drawn; None where there is none, or where there are too many to tell apart."""
    return site.once(_layout)


def _layout(site: Site) -> Layout | None:
    view = site.views["da"]
    points, links = [], set()
    for iri in view.of_type("kg:Municipality"):
        geometry = view.thing(iri, "geo:hasDefaultGeometry")
        place = point(view.plain(geometry, "geo:asWKT")) if geometry else None
        if place:
            points.append(Point(code(iri), *place, max(1, int(view.number(iri, "kg:population") or 1))))
    if len(points) > cartogram.MOST:
        return None
    known = {p.code for p in points}
    for quad in view.store.quads_for_pattern(None, node("kg:borders"), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            a, b = sorted((code(quad.subject.value), code(quad.object.value)))
            links |= {(a, b)} if {a, b} <= known else set()
    return cartogram.layout(tuple(points), tuple(sorted(links))) if points else None


def status_label(page: Page, status: str) -> str:
    """A status in words; `weak` is a weak sign."""
    return page.w.weak_sign if status == WEAK else page.view.label(page.iri(f"status/{status}"))


def status(page: Page, title: str, adoptions: Iterable[Adoption], weak: Iterable[Evidence]) -> Markup:
    """The map of where something was found, with the year of each status; of all other kommuner it is unknown. Empty without any."""
    spots = {one.municipality: ("weak", f"{page.w.weak_sign}{page.year(one)}", False, one.year) for one in weak}
    for one in adoptions:
        told = f"{status_label(page, one.status)}{page.when(one)}"
        spots[one.municipality] = (one.status, told, one.freshness in ("old", "undated"), one.as_of)
    number = Counter(kind for kind, *_ in spots.values())
    kinds = [kind for kind in ORDER if number[kind]]
    key = [*((kind, f"{status_label(page, kind)} ({number[kind]})") for kind in kinds), ("unknown", page.w.map_unknown)]
    text = page.w.map_status_text.format(", ".join(f"{status_label(page, kind)} {number[kind]}" for kind in kinds))
    return _map(page, title, text, spots, ("unknown", page.w.map_unknown, False, None), key) if spots else Markup("")


def around(page: Page, iri: str, near: Iterable[str]) -> Markup:
    """The map of one kommune and its neighbours."""
    name, beside = page.view.label(iri), list(near)
    kinds = {**{n: ("near", page.w.neighbour, False, None) for n in beside}, iri: ("own", "", False, None)}
    key = [("own", name), *([("near", page.w.neighbours)] if beside else [])]
    title, text = page.w.map_around.format(name), page.w.map_around_text.format(name, len(beside))
    return _map(page, title, text, kinds, ("other", "", False, None), key)


def strength(page: Page, title: str, text: str, values: Mapping[str, int]) -> Markup:
    """The map of a count for each kommune, darker for more."""
    steps, _ = circles.steps({code(iri): value for iri, value in values.items()}, page.lang)
    most = max(values.values(), default=0)
    bounds = [(part, most * (part - 1) // 4 + 1, most * part // 4) for part in range(1, 5)]
    key = [(f"step{part}", f"{low}–{high}" if low < high else str(low)) for part, low, high in bounds if low <= high]
    kinds = {iri: (steps[code(iri)], page.number(value), False, None) for iri, value in values.items() if value > 0}
    silent = {m: ("unknown", page.w.none_found, False, None) for m in page.view.of_type("kg:Municipality") if m not in kinds}
    return _map(page, title, text, {**kinds, **silent}, ("unknown", "", False, None), [*key, ("unknown", page.w.none_found)])


def _map(page: Page, title: str, text: str, kinds: Mapping[str, Shown], rest: Shown, key: circles.Key) -> Markup:
    drawn = layout(page.site)
    return circles.cartogram("map", title, text, drawn, _spots(page, kinds, rest), key) if drawn else Markup("")


def _spots(page: Page, kinds: Mapping[str, Shown], rest: Shown) -> dict[str, Spot]:
    """What each circle shows. Only those that the map is about are links, so that a keyboard need not pass all the others."""
    everybody = page.view.of_type("kg:Municipality")
    shown = {m: kinds.get(m, rest) for m in everybody}
    return {
        code(m): Spot(short(page, m), kind, told, (page.href(m) or "") if m in kinds else "", old, year)
        for m, (kind, told, old, year) in shown.items()
    }


def short(page: Page, iri: str) -> str:
    """A kommune's name without the word that stands behind all of them in English."""
    return page.view.label(iri).removesuffix(" Municipality")
