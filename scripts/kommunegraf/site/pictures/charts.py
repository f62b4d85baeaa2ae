"""Bar charts of the survey's printed figures, drawn for a screen of 320 pixels: each label stands above its bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite
from xml.etree.ElementTree import Element

from markupsafe import Markup

from kommunegraf.languages import number
from kommunegraf.site.pictures import svg

WIDTH = 320.0
PATTERNS = ("solid", "hatched", "dotted", "open")
"""What tells groups apart without colour, by `Bar.series`."""
_LABEL, _SMALL, _LEADING = 13.5, 12.5, 17.0
"""Sizes of text in units: at least 11 pixels where the picture is 286 pixels wide, on a screen of 320."""
_BOLD = 1.1
"""How much wider bold text is."""
_THICK, _BETWEEN, _AROUND = 13.0, 3.0, 12.0


@dataclass(frozen=True)
class Bar:
    """A printed figure, or a range of figures where `value` is None and both bounds stand.

    `note` says which group was asked, and `series` (0 to 3) gives it its pattern; `about` are words before the number such
    as "ca." or "under". Bars that follow each other under the same label stand side by side.
    """

    label: str
    value: float | None
    unit: str
    note: str = ""
    series: int = 0
    low: float | None = None
    high: float | None = None
    about: str = ""
    href: str = ""


@dataclass(frozen=True)
class _Scale:
    """Where a value stands: `zero` and the width of one unit; `least` and `most` are the ends of the scale."""

    zero: float
    one: float
    least: float
    most: float

    def at(self, value: float) -> float:
        return self.zero + value * self.one

    def ticks(self) -> Iterator[float]:
        """At most seven round numbers."""
        steps = (digit * 10**power for power in range(16) for digit in (1, 2, 5))
        step = 25 if (self.least, self.most) == (0, 100) else next(s for s in steps if (self.most - self.least) / s <= 5)
        number = -int(-self.least / step)
        while number * step <= self.most:
            yield number * step
            number += 1


def bars(prefix: str, title: str, description: str, rows: Sequence[Bar], lang: str) -> Markup:
    """Horizontal bars with their values at their ends; shares (unit `%`) on a scale to 100. `prefix` begins the ids.

    Raises ValueError for no rows, units that differ, or a figure without a finite value or range.
    """
    texts = [_told(row, rows, lang) for row in rows]
    scale = _scale(rows, texts)
    root = svg.picture(prefix, "bars", title, description, (WIDTH, 0), any(row.href for row in rows))
    _patterns(root, prefix, {row.series for row in rows})
    y = _key(root, prefix, rows)
    for (label, href), group in groupby(zip(rows, texts), lambda pair: (pair[0].label, pair[0].href)):
        y = _group(root, prefix, label, href, list(group), scale, y + _AROUND)
    y = _axis(root, scale, rows[0].unit, lang, y + 16)
    root.set("viewBox", f"0 0 {WIDTH:g} {y + 6:g}")
    return svg.finished(root)


def _axis(root: Element, scale: _Scale, unit: str, lang: str, y: float) -> float:
    """Numbers below the bars, and the unit where values do not carry it. Returns the last baseline."""
    for tick in scale.ticks():
        x = scale.at(tick)
        svg.add(root, "text", number(tick, lang), class_="tick", x=x, y=y, text_anchor="start" if x < 8 else "middle")
    if unit == "%":
        return y
    return svg.lines(root, svg.wrap(unit, _SMALL, WIDTH), 0, y + _LEADING, _LEADING, "tick") - _LEADING


def _ends(row: Bar) -> tuple[float, float]:
    """The least and the most that a row draws."""
    numbers = [v for v in (row.value, row.low, row.high) if v is not None]
    if not numbers or not all(map(isfinite, numbers)) or (row.value is None and len(numbers) < 2):
        raise ValueError(f"{row.label!r} has neither a finite value nor a range")
    return min(numbers), max(numbers)


def _told(row: Bar, rows: Sequence[Bar], lang: str) -> str:
    """The figure as it is printed: `ca. 36 pct.`, `24–43 pct.`, `−17`. A unit other than % stands at the scale."""
    sign = "+" if any(_ends(other)[0] < 0 for other in rows) else ""
    values = (row.low, row.high) if row.value is None else (row.value,)
    shown = ((sign if v > 0 else "") + number(v, lang) for v in values if v is not None)
    share = {"da": "\u00a0pct.", "en": "%"}[lang] if row.unit == "%" else ""
    return f"{row.about} {'–'.join(shown)}{share}".strip()


_SPAN = 1e-6
"""The shortest scale; values that are nearer to 0 have no bar."""


def _scale(rows: Sequence[Bar], texts: list[str]) -> _Scale:
    units = {row.unit for row in rows}
    if len(units) != 1:
        raise ValueError(f"the bars of one chart have one unit, not {sorted(units) or 'none'}")
    ends = [_ends(row) for row in rows]
    least, most = min(0.0, *(low for low, _ in ends)), max(100.0 if units == {"%"} else 0.0, *(high for _, high in ends))
    room = [svg.width(text, _SMALL) * _BOLD + 6 for text in texts]
    left = max((space for space, (low, _) in zip(room, ends) if low < 0), default=0.0)
    right = max((space for space, (low, _) in zip(room, ends) if low >= 0), default=1.0)
    one = max(WIDTH - left - right, 40.0) / max(most - least, _SPAN)
    return _Scale(left - least * one, one, least, most)


def _key(root: Element, prefix: str, rows: Sequence[Bar]) -> float:
    """What the patterns mean; where all bars are of one group, its name alone. Returns the lower edge."""
    notes = dict.fromkeys((row.note, row.series) for row in rows if row.note)
    y = 0.0
    for note, series in notes:
        indent = 30.0 if len(notes) > 1 else 0.0
        if indent:
            _rect(root, prefix, series, 0.5, y + 4, 22, 11)
        y = svg.lines(root, svg.wrap(note, _SMALL, WIDTH - indent), indent, y + 13.5, _LEADING, "note") - 13.5
    return y


def _group(root: Element, prefix: str, label: str, href: str, group: list[tuple[Bar, str]], scale: _Scale, y: float) -> float:
    """A label and its bars. Returns the lower edge."""
    parent = root
    if href:
        parent = svg.add(root, "a", href=href)
        svg.add(parent, "title", f"{label}: " + "; ".join(f"{text} ({row.note})" if row.note else text for row, text in group))
    y = svg.lines(parent, svg.wrap(label, _LABEL, WIDTH), 0, y + 12, _LEADING, "label") - 12
    top, height = y + 2, len(group) * (_THICK + _BETWEEN) - _BETWEEN
    svg.upright(root, "grid zero", [scale.at(tick) for tick in scale.ticks() if not tick], top - 2, height + 4)
    svg.upright(root, "grid", [scale.at(tick) for tick in scale.ticks() if tick], top - 2, height + 4)
    for row, text in group:
        _bar(root, prefix, row, text, scale, top)
        top += _THICK + _BETWEEN
    return top - _BETWEEN + 2


def _bar(root: Element, prefix: str, row: Bar, text: str, scale: _Scale, y: float) -> None:
    low, high = _ends(row)
    start, end = (low, high) if row.value is None else sorted((0.0, row.value))
    _rect(root, prefix, row.series, scale.at(start), y, (end - start) * scale.one, _THICK, "range" if row.value is None else "bar")
    middle = y + _THICK / 2
    if row.value is not None and high > low:
        ends = " ".join(f"M{scale.at(v):.1f} {middle - 4:.1f}v8" for v in (low, high))
        svg.add(root, "path", class_="whisker", d=f"{ends} M{scale.at(low):.1f} {middle:.1f}H{scale.at(high):.1f}")
    left = low < 0
    x = scale.at(low) - 5 if left else scale.at(high) + 5
    svg.add(root, "text", text, class_="value", x=x, y=middle + 4.5, text_anchor="end" if left else "start")


def _rect(root: Element, prefix: str, series: int, x: float, y: float, width: float, height: float, kind: str = "sample") -> None:
    name = PATTERNS[series]
    fill = {"fill": f"url(#{prefix}-{name})"} if name in ("hatched", "dotted") else {}
    svg.add(root, "rect", class_=f"{kind} {name}", x=x, y=y, width=width, height=height, **fill)


def _patterns(root: Element, prefix: str, series: set[int]) -> None:
    """The fills that are not plain. They stand in each picture, since a style sheet cannot point into a page."""
    defs = svg.add(root, "defs")
    for place, ink in ((1, "M1.1 0v5"), (2, "M1.4 2.5h2.2")):
        if place in series:
            turned = {"patternTransform": "rotate(45)"} if place == 1 else {}
            name = f"{prefix}-{PATTERNS[place]}"
            pattern = svg.add(defs, "pattern", id=name, width=5, height=5, patternUnits="userSpaceOnUse", **turned)
            svg.add(pattern, "rect", class_="paper", width=5, height=5)
            svg.add(pattern, "path", class_="ink", d=ink, stroke_width=2.2)
