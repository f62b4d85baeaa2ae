"""Maps of kommuner as circles: status of an initiative, a kommune and its neighbours, strength of partners."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

from markupsafe import Markup

from kommunegraf.languages import number
from kommunegraf.site.pictures import svg
from kommunegraf.site.pictures.cartogram import Circle, Layout

KINDS = ("active", "planned", "open-plan", "ended", "weak", "unknown", "own", "near", "other", "step1", "step2", "step3", "step4")
"""How a circle is drawn: filled, a ring, a broken ring, two thin rings, dotted with a point in it, dotted; a kommune, its neighbours, all
others; weak to strong."""
FILTERS = {"active", "planned", "open-plan", "ended", "weak", "unknown"}
"""The kinds that a reader can hide by the key."""
_FINGER = 27.0
"""12 pixels in units, where a picture of 640 units is 286 pixels wide; a circle that is as large needs no target of its own."""
_READABLE = 11.0
"""The size of names below which they are for wide screens only, and those of circles that a map is not about stand in their titles."""
_STEPS = 4
_ENDINGS = (
    "havn", "sund", "berg", "borg", "lands", "fjord", "djurs", "slund", "bæk", "sted", "strup", "fart", "minde", "lev", "bugt", "skov",
    "lund", "holm", "ricia", "gensbro", "rød", "herred", "hagen",
)
"""Where names of Danish places may be divided."""
_HOLE, _TINY = 0.82, 7.0
"""What of a ring is open, and the radius below which a circle has its name outside."""

Key = Sequence[tuple[str, str]]
"""What each kind of circle means."""


@dataclass(frozen=True)
class Spot:
    """What a circle shows: the name in it, the kind of drawing (one of KINDS), and what is told of it such as "i gang (2019)".

    `old` news, and what has no year, is drawn paler. `year` is that of the news, by which readers can filter.
    """

    label: str
    kind: str
    told: str = ""
    href: str = ""
    old: bool = False
    year: int | None = None


def cartogram(prefix: str, title: str, description: str, layout: Layout, spots: Mapping[str, Spot], key: Key = ()) -> Markup:
    """A map with a circle for each place of a layout, its spot by code, and below it what the kinds mean.

    `prefix` begins the ids. Raises ValueError for a place without a spot, or an unknown kind.
    """
    root = _map(prefix, "cartogram", title, description, layout, spots)
    if any(spot.href for spot in spots.values()):
        targets = svg.add(root, "g", aria_hidden="true")
        targets.extend(_target(circle, spots[circle.code]) for circle in layout.circles
                       if spots[circle.code].href and circle.r < _FINGER)
    for circle in layout.circles:
        root.append(_spot(circle, spots[circle.code]))
    return svg.finished(root, *_key(key, {spot.kind for spot in spots.values()} & FILTERS))


def steps(values: Mapping[str, float], lang: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The kind of each value above 0, `step1` to `step4` in equal parts of the largest, and a key with their bounds to one decimal."""
    most = max(values.values(), default=0.0)
    bounds = [number(round(most * part / _STEPS, 1), lang) for part in range(_STEPS + 1)]
    key = [(f"step{part + 1}", f"{bounds[part]}–{bounds[part + 1]}") for part in range(_STEPS)] if most > 0 else []
    return {code: f"step{_step(value, most)}" for code, value in values.items() if value > 0}, key


def _step(value: float, most: float) -> int:
    return next(part for part in range(1, _STEPS + 1) if part == _STEPS or value * _STEPS <= most * part)


def _map(prefix: str, kind: str, title: str, description: str, layout: Layout, spots: Mapping[str, Spot]) -> Element:
    if missing := [c.code for c in layout.circles if c.code not in spots]:
        raise ValueError(f"the map has no spot for {', '.join(missing)}")
    if strange := {s.kind for s in spots.values()} - set(KINDS):
        raise ValueError(f"a circle is one of {', '.join(KINDS)}, not {', '.join(sorted(strange))}")
    root = svg.picture(prefix, kind, title, description, (layout.width, layout.height), any(s.href for s in spots.values()))
    for c in layout.insets:
        side = 2 * c.r + 14
        svg.add(root, "rect", class_="inset", x=c.x - side / 2, y=c.y - side / 2, width=side, height=side, rx=3)
    return root


@lru_cache(maxsize=10_000)
def _target(circle: Circle, spot: Spot) -> Element:
    """What a finger can hit of a spot, 24 pixels wide on a screen of 320. It lies below all circles, so that each has its own."""
    link = Element("a", {"class": f"target {spot.kind}", "href": svg.clean(spot.href), "tabindex": "-1"})
    svg.add(link, "circle", cx=circle.x, cy=circle.y, r=_FINGER)
    return link


@lru_cache(maxsize=10_000)
def _spot(circle: Circle, spot: Spot) -> Element:
    """A circle with its name. Maps share it, and none changes it."""
    names = f"spot {spot.kind} old" if spot.old else f"spot {spot.kind}"
    group = Element("a" if spot.href else "g", {"class": names, **({"href": svg.clean(spot.href)} if spot.href else {})})
    if spot.year is not None:
        group.set("data-year", str(spot.year))
    drawn = Circle(circle.code, circle.x, circle.y, max(circle.r, 2.5))
    _shape(group, spot.kind, drawn)
    lines, size = fitted(spot.label, circle.r * (_HOLE if spot.kind == "planned" else 1))
    if spot.kind == "other" and size < _READABLE:
        lines = []
    outside = circle.r < _TINY
    if spot.told or len(lines) != 1:  # else the name in the circle says all
        group.insert(0, _title(spot))
    y = circle.y + drawn.r + size if outside else circle.y
    class_ = " ".join(["name", *["fine"] * (size < _READABLE), *["outside"] * outside])
    text = svg.add(group, "text", class_=class_, font_size=size) if lines else group
    for row, line in enumerate(lines):
        svg.add(text, "tspan", line, x=circle.x, y=y + size * (0.35 + 1.05 * (row - (len(lines) - 1) / 2)))
    return group


def _title(spot: Spot) -> Element:
    title = Element("title")
    title.text = svg.clean(f"{spot.label}: {spot.told}" if spot.told else spot.label)
    return title


def _shape(parent: Element, kind: str, circle: Circle) -> None:
    """A circle whose kind can be told without colour."""
    x, y, r = circle.x, circle.y, circle.r
    svg.add(parent, "circle", class_="area", cx=x, cy=y, r=r)
    if kind == "planned":
        svg.add(parent, "circle", class_="hole", cx=x, cy=y, r=r * _HOLE)
    if kind == "ended":
        svg.add(parent, "circle", class_="inner", cx=x, cy=y, r=r * _HOLE)
    if kind == "weak":
        svg.add(parent, "circle", class_="point", cx=x, cy=y + r * 0.6, r=max(1.5, r * 0.12))


def fitted(name: str, r: float) -> tuple[list[str], float]:
    """How a name stands in a circle: its lines and their size; whole, or in two parts, or not at all. Beside a tiny one, whole."""
    if r < _TINY or not name:
        return [name], 8.0
    whole = 1.85 * r / svg.width(name, 1)
    if whole >= 7.5:
        return [name], round(min(whole, 9.5 + r / 6), 1)
    halves = _halves(name)
    if halves and (half := 1.8 * r / max(svg.width(part, 1) for part in halves)) >= 6:
        return halves, round(min(half, 9.5), 1)
    return ([name], round(whole, 1)) if whole >= 6 else ([], 0)


def _halves(name: str) -> list[str]:
    """A name in two parts: at a hyphen or space, or before a known ending."""
    for sign in "- ":
        first, separator, second = name.partition(sign)
        if separator and second:
            return [first + separator.strip(), second]
    ending = next((e for e in sorted(_ENDINGS, key=len, reverse=True) if name.endswith(e) and len(name) > len(e) + 2), "")
    return [name.removesuffix(ending) + "-", ending] if ending else []


def _key(key: Key, filters: set[str]) -> list[Element]:
    """A list below the picture, in the page's own size of text; the kinds among `filters` can be hidden by it. Empty without a key."""
    if not key:
        return []
    listed = Element("ul", {"class": "key"})
    for kind, text in key:
        item = svg.add(listed, "li")
        if kind in filters:
            item = svg.add(item, "label")
            svg.add(item, "input", type="checkbox", value=kind, checked="checked")
        sample = svg.add(item, "svg", class_="picture sample", viewBox="0 0 18 18", aria_hidden="true")
        _shape(svg.add(sample, "g", class_=f"spot {kind}"), kind, Circle("", 9, 9, 7.5))
        svg.add(item, "span", text)
    return [listed]
