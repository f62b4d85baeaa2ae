"""Pictures of years: when what was so in one kommune, and in how many kommuner an initiative was active year by year."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markupsafe import Markup

from kommunegraf.languages import number
from kommunegraf.site.pictures import svg

WIDTH = 320.0
"""A unit is a pixel on a screen of 320, so that text keeps its size there."""
_EDGE = 8.0
_LABEL, _LEADING, _THICK, _AROUND = 13.5, 17.0, 8.0, 12.0
_TALL = 110.0
"""How high the columns of the largest year are."""
_SHORTEST = 10
"""The least number of years that a picture spans, so that a single year is not as wide as the picture."""


@dataclass(frozen=True)
class Span:
    """One row of a timeline: from the first to the last year that is known, the kind of drawing, and what is told of it."""

    label: str
    kind: str
    first: int
    last: int
    told: str
    href: str = ""


@dataclass(frozen=True)
class _Axis:
    """Where a year stands between two edges."""

    first: int
    last: int

    def at(self, year: float) -> float:
        """The left edge of a year; that of the year after is its right edge."""
        return _EDGE + (year - self.first) * (WIDTH - 2 * _EDGE) / (self.last + 1 - self.first)

    def ticks(self) -> Iterator[int]:
        """At most seven round years."""
        step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if (self.last - self.first) / step <= 6)
        yield from range(-(-self.first // step) * step, self.last + 1, step)


def timeline(prefix: str, title: str, description: str, spans: Sequence[Span], until: int) -> Markup:
    """A row for each span, the earliest first, on an axis of years to `until`. What is known to run on fades to a broken line.

    `kind` is the last part of the IRI of a status. Raises ValueError for no spans, or one that ends before it begins.
    """
    if not spans or any(span.last < span.first for span in spans):
        raise ValueError("a timeline needs spans, each with a last year that is not before its first")
    axis = _Axis(min(until - _SHORTEST, *(span.first for span in spans)), max(until, *(span.last for span in spans)))
    root = svg.picture(prefix, "timeline", title, description, (WIDTH, 0), any(span.href for span in spans))
    y = _years(root, axis, 12)
    for span in sorted(spans, key=lambda span: (span.first, span.last, span.label)):
        y = _row(root, axis, span, y + _AROUND)
    root.set("viewBox", f"0 0 {WIDTH:g} {y + 6:g}")
    return svg.finished(root)


def _row(root: Element, axis: _Axis, span: Span, y: float) -> float:
    """A label with its years above a line. Returns the lower edge."""
    parent = svg.add(root, "a", href=span.href, class_=f"row {span.kind}") if span.href else svg.add(root, "g", class_=f"row {span.kind}")
    y = svg.lines(parent, svg.wrap(f"{span.label}: {span.told}", _LABEL, WIDTH), 0, y + 12, _LEADING, "label") - 12
    top, middle = y + 2, y + 2 + _THICK / 2
    svg.upright(parent, "grid", map(axis.at, axis.ticks()), top - 2, _THICK + 4)
    if span.kind != "ended" and span.last < axis.last:
        svg.add(parent, "line", class_="onward", x1=axis.at(span.last + 1), x2=axis.at(axis.last + 1), y1=middle, y2=middle)
    width = axis.at(span.last + 1) - axis.at(span.first)
    svg.add(parent, "rect", class_="span", x=axis.at(span.first), y=top, width=width, height=_THICK, rx=2)
    return top + _THICK


def columns(prefix: str, title: str, description: str, counts: Sequence[tuple[int, int]], lang: str) -> Markup:
    """A column for each year, as high as its count; the highest and the last carry their numbers.

    Raises ValueError where no count is above 0.
    """
    most = max((count for _, count in counts), default=0)
    if most < 1:
        raise ValueError("columns need a count above 0")
    first = next(year for year, count in counts if count)
    axis = _Axis(min(first, counts[-1][0] - _SHORTEST), counts[-1][0])
    root = svg.picture(prefix, "columns-of-years", title, description, (WIDTH, _TALL + 40), False)
    named = {counts[-1][0], next(year for year, count in counts if count == most)}
    for year, count in counts:
        if year >= axis.first and count:
            height = count / most * _TALL
            wide = axis.at(year + 1) - axis.at(year)
            svg.add(root, "rect", class_="column", x=axis.at(year) + 0.5, y=18 + _TALL - height, width=wide - 1, height=height)
            if year in named:
                middle = axis.at(year) + wide / 2
                svg.add(root, "text", number(count, lang), class_="value", x=middle, y=13 + _TALL - height, text_anchor="middle")
    svg.add(root, "line", class_="zero", x1=_EDGE, x2=WIDTH - _EDGE, y1=18 + _TALL, y2=18 + _TALL)
    _years(root, axis, 34 + _TALL)
    return svg.finished(root)


def _years(root: Element, axis: _Axis, y: float) -> float:
    """The years of an axis, each in the middle of its own place. Returns the baseline."""
    half = (axis.at(axis.first + 1) - axis.at(axis.first)) / 2
    for tick in axis.ticks():
        x = axis.at(tick) + half
        svg.add(root, "text", str(tick), class_="tick", x=min(max(x, 16.0), WIDTH - 16), y=y, text_anchor="middle")
    return y
