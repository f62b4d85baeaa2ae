"""The survey's printed figures, one by one, as rows of tables and bars of charts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup

from kommunegraf.namespaces import expand
from kommunegraf.site.pictures.charts import PATTERNS, Bar, bars
from kommunegraf.site.render import Page
from kommunegraf.site.view import View, node

_PARTS = {
    expand(name): key for key, name in {
        "question": "kg:question", "item": "kg:item", "group": "kg:populationGroup", "statistic": "kg:statistic",
        "precision": "kg:precision", "presentation": "kg:presentation", "section": "kg:section", "unit": "sdmx-attribute:unitMeasure",
        "value": "kg:value", "answers": "kg:answers",
    }.items()
}
_MEASURES = ("share", "active-share", "planned-share", "difference", "count")
_LOWER, _UPPER = "range-lower", "range-upper"


@dataclass(frozen=True)
class Printed:
    """One figure where it is printed, or counted from the answers of a later round: `answers` says how many.

    All but `value` and `answers` are IRIs. What the graph does not state is empty.
    """

    iri: str
    value: float
    question: str = ""
    item: str = ""
    group: str = ""
    statistic: str = ""
    precision: str = ""
    presentation: str = ""
    section: str = ""
    unit: str = ""
    answers: str = ""

    @property
    def measure(self) -> str:
        """The last part of the statistic's IRI without the name of a bound: `share` for the bounds of a share."""
        name = _last(self.statistic)
        return name.removesuffix(_LOWER).removesuffix(_UPPER).rstrip("-") or "share"


def _last(iri: str) -> str:
    return iri.rpartition("/")[2]


def read(view: View, iri: str) -> Printed | None:
    """The figure of that IRI; None for what has no numeric value."""
    parts = {_PARTS[q.predicate.value]: q.object.value for q in view.store.quads_for_pattern(ox.NamedNode(iri), None, None, None)
             if q.predicate.value in _PARTS and isinstance(q.object, ox.NamedNode | ox.Literal)}
    try:
        return Printed(iri, float(parts.pop("value")), **parts)
    except (KeyError, ValueError):
        return None


def about(view: View, iri: str, *names: str) -> list[Printed]:
    """The printed figures that have a resource as a value of some properties, in the order of `ordered`."""
    return ordered(view, (one for one in _all(view, iri, *names) if not one.answers))


def counted(view: View, iri: str, *names: str) -> list[Printed]:
    """The same of the figures of later rounds."""
    return ordered(view, (one for one in _all(view, iri, *names) if one.answers))


def _all(view: View, iri: str, *names: str) -> Iterator[Printed]:
    return filter(None, (read(view, figure) for figure in view.references(iri, *names)))


def number(view: View) -> int:
    """How many figures the report prints."""
    later = {quad.subject for quad in view.store.quads_for_pattern(None, node("kg:answers"), None, None)}
    return sum(ox.NamedNode(one) not in later for one in view.of_type("qb:Observation"))


def ordered(view: View, figures: Iterable[Printed]) -> list[Printed]:
    """Figures by statistic, the largest first; equal ones by label, group and section."""
    return sorted(figures, key=lambda f: (f.measure, f.statistic, -f.value, label(view, f.item), f.group, f.section, f.iri))


def label(view: View, iri: str) -> str:
    """A resource's label; empty for an empty IRI, where the graph does not state the resource."""
    return view.label(iri) if iri else ""


def unit(page: Page, figure: Printed) -> str:
    """A unit after a number, such as `pct.`; empty for what is counted."""
    return page.w.get(f"figure_unit_{_last(figure.unit)}", label(page.view, figure.unit))


def told(page: Page, figure: Printed) -> str:
    """The value as people write it: `under 50 pct.` for a figure."""
    reservation = page.w.get(f"figure_reservation_{_last(figure.precision)}", "")
    return f"{reservation} {page.number(figure.value)}\u00a0{unit(page, figure)}".strip()


def contradictions(view: View, figures: Iterable[Printed]) -> list[str]:
    """The contradictions that concern some figures, each once, by their labels."""
    return view.by_label({c for f in figures for c in view.references(f.iri, "kg:concerns")})


@dataclass(frozen=True)
class Chart:
    """A chart with its title."""

    title: str
    picture: Markup


def charts(page: Page, prefix: str, figures: Iterable[Printed], above: str = "item") -> list[Chart]:
    """Charts of figures, one for each measure and unit that has two or more. `above` is what stands above bars: `item` or `question`."""
    kinds: dict[tuple[str, str], list[Printed]] = defaultdict(list)
    for figure in figures:
        kinds[figure.measure, figure.unit].append(figure)
    pictures: list[Chart] = []
    order = {measure: place for place, measure in enumerate(_MEASURES)}
    for (measure, _), members in sorted(kinds.items(), key=lambda item: (order.get(item[0][0], len(order)), item[0])):
        for rows in _parts(members):
            drawn = list(_bars(page, rows, above))
            if len(drawn) > 1:
                title = page.w.get(f"figure_measure_{measure}", label(page.view, rows[0].statistic))
                picture = bars(f"{prefix}-{len(pictures)}", title, page.w.figure_chart.format(len(drawn)), drawn, page.lang)
                pictures.append(Chart(title, picture))
    return pictures


def _parts(figures: list[Printed]) -> Iterator[list[Printed]]:
    """Figures in parts that have no more groups than a chart has patterns."""
    groups = list(dict.fromkeys(f.group for f in sorted(figures, key=lambda f: f.group)))
    for start in range(0, len(groups), len(PATTERNS)):
        chosen = groups[start:start + len(PATTERNS)]
        yield [f for f in figures if f.group in chosen]


def _bars(page: Page, figures: list[Printed], head: str) -> Iterator[Bar]:
    """Equal figures as one bar, two bounds as one range; what has the largest value first."""
    series = {group: number for number, group in enumerate(sorted({f.group for f in figures}))}
    merged: dict[tuple[str, str, float | None, str], list[Printed]] = defaultdict(list)
    for f in figures:
        bound = _last(f.statistic).endswith((_LOWER, _UPPER))
        above = f.item if head == "item" else f.question
        merged[above, f.group, None if bound else f.value, f.section if bound else f.precision].append(f)
    largest: dict[str, float] = {}
    for (above, *_), same in merged.items():
        largest[above] = max(largest.get(above, same[0].value), *(f.value for f in same))
    keys = sorted(merged, key=lambda k: (-largest[k[0]], label(page.view, k[0]), k[0], series[k[1]], k[2] is None, -(k[2] or 0), k[3]))
    for key in keys:
        above, group, value, _ = key
        same = merged[key]
        bounds = sorted(f.value for f in same)
        if value is None and len(set(bounds)) < 2:
            value = bounds[0]
        yield Bar(
            label=label(page.view, above), value=value, unit=page.w.get(f"figure_sign_{_last(same[0].unit)}", ""),
            note=label(page.view, group), series=series[group], low=bounds[0] if value is None else None,
            high=bounds[-1] if value is None else None, about=page.w.get(f"figure_reservation_{_last(same[0].precision)}", ""),
            href=(page.href(above) or "") if above else "",
        )
