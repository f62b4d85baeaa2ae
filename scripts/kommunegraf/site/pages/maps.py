"""Maps of the kommuner that the graph knows a point of: what was found where, and who lies beside whom."""

import re
from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

import pyoxigraph as ox
from markupsafe import Markup

from kommunegraf.graph.adoption import STATUS
from kommunegraf.site.model import Site
from kommunegraf.site.pictures import cartogram, circles
from kommunegraf.site.pictures.cartogram import Layout, Point
from kommunegraf.site.pictures.circles import Spot
from kommunegraf.site.render import Page
from kommunegraf.site.view import View, node

_WKT = re.compile(r"POINT\s*\(\s*([-\d.]+)\s+([-\d.]+)\s*\)", re.IGNORECASE)


def code(iri: str) -> str:
    """The last part of an IRI: a kommunekode."""
    return iri.rpartition("/")[2]


_LAYOUTS: WeakKeyDictionary[Site, Layout | None] = WeakKeyDictionary()


def layout(site: Site) -> Layout | None:
    """Where each kommune with a known point is drawn, found once for a site; None where there is none."""
    if site not in _LAYOUTS:
        _LAYOUTS[site] = _layout(site.views["da"])
    return _LAYOUTS[site]


def _layout(view: View) -> Layout | None:
    points, links = [], set()
    for iri in view.of_type("kg:Municipality"):
        found = _WKT.search(view.plain(geometry, "geo:asWKT")) if (geometry := view.thing(iri, "geo:hasDefaultGeometry")) else None
        if found:
            points.append(Point(code(iri), float(found[1]), float(found[2]), max(1, int(view.number(iri, "kg:population") or 1))))
    known = {p.code for p in points}
    for quad in view.store.quads_for_pattern(None, node("kg:borders"), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            a, b = sorted((code(quad.subject.value), code(quad.object.value)))
            links |= {(a, b)} if {a, b} <= known else set()
    return cartogram.layout(tuple(points), tuple(sorted(links))) if points else None


def status(page: Page, title: str, found: Mapping[str, str]) -> Markup:
    """The map of where something was found, from kommune to status; all others are unknown. Empty without any."""
    shown = {iri: code(status) for iri, status in found.items() if code(status) in STATUS}
    counts = {kind: list(shown.values()).count(kind) for kind in STATUS}
    named = {kind: page.view.label(next(found[i] for i in shown if shown[i] == kind)) for kind in STATUS if counts[kind]}
    key = [*((kind, f"{named[kind]} ({counts[kind]})") for kind in named), ("unknown", page.w.map_unknown)]
    told = ", ".join(f"{named[kind]} {counts[kind]}" for kind in named)
    kinds = {iri: (kind, named[kind]) for iri, kind in shown.items()}
    return _map(page, title, page.w.map_status_text.format(told), kinds, ("unknown", page.w.map_unknown), key) if shown else Markup("")


def around(page: Page, iri: str, near: Iterable[str]) -> Markup:
    """The map of one kommune and its neighbours."""
    name, beside = page.view.label(iri), list(near)
    kinds = {**{n: ("near", page.w.neighbour) for n in beside}, iri: ("own", "")}
    key = [("own", name), *([("near", page.w.neighbours)] if beside else [])]
    return _map(page, page.w.map_around.format(name), page.w.map_around_text.format(name, len(beside)), kinds, ("other", ""), key)


def strength(page: Page, title: str, text: str, values: Mapping[str, int]) -> Markup:
    """The map of a count for each kommune, darker for more."""
    steps, _ = circles.steps({code(iri): value for iri, value in values.items()}, page.lang)
    most = max(values.values(), default=0)
    bounds = [(part, most * (part - 1) // 4 + 1, most * part // 4) for part in range(1, 5)]
    key = [(f"step{part}", f"{low}–{high}" if low < high else str(low)) for part, low, high in bounds if low <= high]
    kinds = {iri: (steps[code(iri)], page.number(value)) for iri, value in values.items() if value > 0}
    silent = {m: ("unknown", page.w.none_found) for m in page.view.of_type("kg:Municipality") if m not in kinds}
    return _map(page, title, text, {**kinds, **silent}, ("unknown", ""), [*key, ("unknown", page.w.none_found)])


def network(page: Page, title: str, text: str, pairs: Iterable[tuple[str, str, float]]) -> Markup:
    """The kommuner, and lines between pairs of their IRIs as wide as the pair's strength. Empty without pairs."""
    drawn = layout(page.site)
    known = {c.code for c in drawn.circles} if drawn else set()
    edges = [(code(a), code(b), value) for a, b, value in pairs if {code(a), code(b)} <= known and value > 0]
    if drawn is None or not edges:
        return Markup("")
    return circles.network("network", title, text, drawn, _spots(page, {}, ("other", "")), edges)


def _map(page: Page, title: str, text: str, kinds: Mapping[str, tuple[str, str]], rest: tuple[str, str], key: circles.Key) -> Markup:
    drawn = layout(page.site)
    return circles.cartogram("map", title, text, drawn, _spots(page, kinds, rest), key) if drawn else Markup("")


def _spots(page: Page, kinds: Mapping[str, tuple[str, str]], rest: tuple[str, str]) -> dict[str, Spot]:
    """What each circle shows. Only those that the map is about are links, so that a keyboard need not pass all the others."""
    everybody = page.view.of_type("kg:Municipality")
    return {code(m): Spot(short(page, m), *kinds.get(m, rest), href=(page.href(m) or "") if m in kinds else "") for m in everybody}


def short(page: Page, iri: str) -> str:
    """A kommune's name without the word that stands behind all of them in English."""
    return page.view.label(iri).removesuffix(" Municipality")
