"""Pictures of the site: what they draw is what they were given, they can be read, and nothing in a label runs."""

import os
import re
import subprocess
import sys
from itertools import combinations, pairwise
from math import hypot, sqrt
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import lxml.html
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.helpers.browsing import tool

from kommunegraf import languages
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded
from kommunegraf.site.pages.matrix import Cell
from kommunegraf.site.pictures import circles as pictures
from kommunegraf.site.pictures import svg, years
from kommunegraf.site.pictures.cartogram import INSETS, WIDTH, Circle, Layout, Point, layout
from kommunegraf.site.pictures.charts import Bar, bars
from kommunegraf.site.pictures.circles import KINDS, Spot, cartogram, fitted, steps
from kommunegraf.site.pictures.years import Span
from kommunegraf.site.render import environment

STATIC = Path(svg.__file__).parents[1] / "static"
HOSTILE = [
    "<script>alert(1)</script>", '"quotes" & \'apostrophes\' &amp;', "\u202eמרחבי עיר חכמה العربية", "x" * 300, "ord " * 75,
    "\x00\x0b\ud800 control",
    "</svg><img src=x onerror=alert(1)>", "", "Sundhedsplejerskeuddannelsesinstitutionsbestyrelsesformandsvalgkampagnemateriale",
]


@pytest.fixture(scope="module")
def points(engine: Embedded) -> tuple[Point, ...]:
    """The kommuner, as the graph has them."""
    marks = []
    for row in ask.internal(engine, "places").rows():
        longitude, latitude = map(float, re.findall(r"[-\d.]+", row["point"].rpartition("(")[2]))
        marks.append(Point(row["municipality"][-4:], longitude, latitude, row["population"]))
    return tuple(marks)


@pytest.fixture(scope="module")
def borders(engine: Embedded) -> tuple[tuple[str, str], ...]:
    """Pairs of neighbours by land."""
    rows = ask.internal(engine, "neighbours").rows()
    return tuple((r["municipality"][-4:], r["neighbour"][-4:]) for r in rows if r["relation"].endswith("/borders"))


@pytest.fixture(scope="module")
def denmark(points: tuple[Point, ...], borders: tuple[tuple[str, str], ...]) -> Layout:
    """The layout that the site draws."""
    return layout(points, borders)


def parsed(*texts: str) -> ElementTree.Element:
    """Pictures as one page's elements."""
    return ElementTree.fromstring(f"<page>{''.join(texts)}</page>")


def having(root: ElementTree.Element, tag: str, class_: str = "") -> list[ElementTree.Element]:
    """Elements of a tag that have a class."""
    return [e for e in root.iter(tag) if not class_ or class_ in e.get("class", "").split()]


def number(element: ElementTree.Element, name: str) -> float:
    return float(element.attrib[name])


def depth(circles: tuple[Circle, ...]) -> float:
    """The deepest overlap of two circles; below 0 where all stand apart."""
    return max((a.r + b.r - hypot(a.x - b.x, a.y - b.y) for a, b in combinations(circles, 2)), default=0.0)


def test_each_area_is_proportional_to_the_population(points: tuple[Point, ...], denmark: Layout) -> None:
    people = {p.code: p.population for p in points}
    assert len(denmark.circles) == 98
    scale = max(c.r for c in denmark.circles) / sqrt(max(people.values()))
    assert [c.code for c in denmark.circles if abs(c.r - scale * sqrt(people[c.code])) > 0.1] == []


def test_no_circle_covers_another(denmark: Layout) -> None:
    assert depth(denmark.circles) < 0.1
    assert depth((Circle("a", 0, 0, 5), Circle("b", 9, 0, 5))) == 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(8, 13), st.floats(54, 58), st.integers(1, 10**6)), min_size=1, max_size=12))
def test_circles_of_any_places_stand_apart_and_within_the_picture(places: list[tuple[float, float, int]]) -> None:
    places_laid = layout(tuple(Point(str(i), *place) for i, place in enumerate(places)))
    assert depth(places_laid.circles) < 0.1
    edges = [(at - c.r, side - at - c.r) for c in places_laid.circles for at, side in ((c.x, places_laid.width), (c.y, places_laid.height))]
    assert min(map(min, edges)) > -0.15


def test_places_at_one_point_stand_apart() -> None:
    assert depth(layout(tuple(Point(str(i), 10, 56, 1000) for i in range(5))).circles) < 0.1


def test_north_stays_north_and_west_stays_west(points: tuple[Point, ...], denmark: Layout) -> None:
    at = {c.code: c for c in denmark.circles}
    mainland = [p for p in points if p.code not in INSETS]
    north = [at[a.code].y < at[b.code].y for a in mainland for b in mainland if a.latitude > b.latitude + 0.4]
    west = [at[a.code].x < at[b.code].x for a in mainland for b in mainland if a.longitude < b.longitude - 0.4]
    assert len(north) > 1500 and sum(north) / len(north) > 0.9
    assert len(west) > 1500 and sum(west) / len(west) > 0.97


def test_places_stay_near_where_they_are(points: tuple[Point, ...], denmark: Layout) -> None:
    """Against the true map, scaled to fit by least squares: a tenth of the picture's width on average."""
    at = {c.code: c for c in denmark.circles}
    pairs = [((p.longitude * 0.5592, -p.latitude), (at[p.code].x, at[p.code].y)) for p in points if p.code not in INSETS]
    mean = [[sum(pair[side][axis] for pair in pairs) / len(pairs) for axis in (0, 1)] for side in (0, 1)]
    true, drawn = ([tuple(pair[side][axis] - mean[side][axis] for axis in (0, 1)) for pair in pairs] for side in (0, 1))
    scale = sum(t[0] * d[0] + t[1] * d[1] for t, d in zip(true, drawn)) / sum(t[0] ** 2 + t[1] ** 2 for t in true)
    assert sum(hypot(d[0] - scale * t[0], d[1] - scale * t[1]) for t, d in zip(true, drawn)) / len(true) < WIDTH / 10


def test_neighbours_stay_neighbours(borders: tuple[tuple[str, str], ...], denmark: Layout) -> None:
    at = {c.code: c for c in denmark.circles}
    gaps = sorted(hypot(at[a].x - at[b].x, at[a].y - at[b].y) - at[a].r - at[b].r for a, b in borders)
    assert gaps[len(gaps) // 2] < 4 and gaps[len(gaps) * 9 // 10] < 30


def test_land_that_the_sea_divides_does_not_touch(borders: tuple[tuple[str, str], ...], denmark: Layout) -> None:
    at = {c.code: c for c in denmark.circles}
    linked = {code for pair in borders for code in pair}
    islands = [c for c in denmark.circles if c.code not in linked]
    assert {"0400", "0825", "0741"} <= {c.code for c in islands}
    assert min(hypot(i.x - c.x, i.y - c.y) - i.r - c.r for i in islands for c in at.values() if c != i) > 4


@pytest.mark.parametrize("wrong", [(), (Point("a", 10, 56, 1), Point("a", 11, 56, 1)), (Point("a", 10, 56, 0),)])
def test_points_that_cannot_be_drawn_are_refused(wrong: tuple[Point, ...]) -> None:
    with pytest.raises(ValueError, match="populations of at least 1"):
        layout(wrong)


def spots(drawn: Layout, kind: str = "unknown", label: str = "", **more: Any) -> dict[str, Spot]:
    return {c.code: Spot(label or f"Sted {c.code}", kind, **more) for c in drawn.circles}


def test_unknown_kommuner_are_drawn_as_unknown(denmark: Layout) -> None:
    own = spots(denmark, told="ukendt") | {"0751": Spot("Aarhus", "active", "i gang (3 belæg)", "0751.html")}
    root = parsed(cartogram("m", "Kort", "Hvor", denmark, own))
    assert len(having(root, "g", "unknown")) == 97
    assert [e.findtext("title") for e in having(root, "a", "spot")] == ["Aarhus: i gang (3 belæg)"]
    dotted = re.search(r"\.unknown \.area \{([^}]*)\}", css())
    assert dotted and "stroke-dasharray" in dotted[1] and "fill" not in dotted[1]


@pytest.mark.parametrize("kind", KINDS)
def test_each_circle_drawn_is_as_large_as_in_the_layout(denmark: Layout, kind: str) -> None:
    areas = having(parsed(cartogram("m", "Kort", "Hvor", denmark, spots(denmark, kind))), "circle", "area")
    assert [(number(e, "cx"), number(e, "cy"), number(e, "r")) for e in areas] == [(c.x, c.y, c.r) for c in denmark.circles]


def test_kinds_differ_without_colour(denmark: Layout) -> None:
    """Those that mean a status differ in their shapes or in dashes; steps of strength get darker, or lighter on dark."""
    shapes = set()
    for kind in ("active", "planned", "ended", "weak"):
        first = having(parsed(cartogram("m", "t", "d", denmark, spots(denmark, kind))), "g", kind)[0]
        shapes.add(tuple(e.get("class") for e in first if e.tag in ("circle", "path")))
    assert shapes == {("area",), ("area", "hole"), ("area", "inner"), ("area", "point")}
    dashes = [re.search(rf"^\.{kind} \.area {{[^}}]*stroke-dasharray: ([^;]+)", css(), re.M) for kind in ("active", "open-plan", "unknown")]
    assert len({dash and dash[1] for dash in dashes}) == 3
    for colours in themes():
        lights = [luminance(colours[f"step{n}"]) for n in (1, 2, 3, 4)]
        assert lights == sorted(lights) or lights == sorted(lights, reverse=True)
        assert all(max(a, b) + 0.05 > 1.3 * (min(a, b) + 0.05) for a, b in pairwise(lights))


def test_the_key_tells_what_kinds_mean(denmark: Layout) -> None:
    root = parsed(cartogram("m", "Kort", "Hvor", denmark, spots(denmark), [("active", "I gang (2)"), ("unknown", "Ukendt <3")]))
    assert [item.findtext(".//span") for item in root.iter("li")] == ["I gang (2)", "Ukendt <3"]
    assert all(sample.get("aria-hidden") == "true" for sample in having(root, "svg", "sample"))


def test_a_place_without_a_spot_and_an_unknown_kind_are_refused(denmark: Layout) -> None:
    with pytest.raises(ValueError, match="no spot for 0101"):
        cartogram("m", "t", "d", denmark, {})
    with pytest.raises(ValueError, match="not maybe"):
        cartogram("m", "t", "d", denmark, spots(denmark, "maybe"))


def test_names_in_circles_are_whole_or_none_and_fit() -> None:
    for name, r in (("Aarhus", 43.0), ("Frederikshavn", 19.0), ("Ringkøbing-Skjern", 18.0), ("Lemvig", 10.6), ("Brønderslev", 14.0)):
        lines, size = fitted(name, r)
        assert max((svg.width(line, size) for line in lines), default=0) <= 2 * r
        assert "".join(lines).replace("-", "") in (name.replace("-", ""), "")
    assert fitted("Læsø", 3.3) == (["Læsø"], 8.0)
    assert fitted("Fredensborg", 8.0) == ([], 0), "no name is better than Frede."


def test_steps_divide_values_evenly_and_say_their_bounds() -> None:
    kinds, key = steps({"a": 0.1, "b": 2.0, "c": 2.1, "d": 4.0, "e": 0.0}, "da")
    assert kinds == {"a": "step1", "b": "step2", "c": "step3", "d": "step4"}
    assert key == [("step1", "0–1"), ("step2", "1–2"), ("step3", "2–3"), ("step4", "3–4")]
    assert steps({"a": 0.5}, "da")[1][1] == ("step2", "0,1–0,2")
    assert steps({}, "en") == ({}, [])


def shares(*values: float) -> list[Bar]:
    return [Bar(f"Punkt {i}", value, "%") for i, value in enumerate(values)]


def rects(root: ElementTree.Element, class_: str = "bar") -> list[tuple[float, float]]:
    """Where bars begin and how long they are."""
    return [(number(e, "x"), number(e, "width")) for e in having(root, "rect", class_)]


def test_bars_are_as_long_as_their_values_on_a_scale_to_100() -> None:
    drawn = rects(parsed(bars("b", "Andel", "Tal", shares(10, 20, 50, 0), "da")))
    assert {start for start, _ in drawn} == {0.0}
    ten, twenty, fifty, none = (length for _, length in drawn)
    assert (twenty, fifty, none) == pytest.approx((2 * ten, 5 * ten, 0), abs=0.3)
    assert 320 * 0.7 < 10 * ten < 320


def test_negative_values_go_left_of_zero_and_carry_a_true_minus() -> None:
    root = parsed(bars("b", "Forskel", "Tal", [Bar("a", -17, "pct.-point"), Bar("b", 33, "pct.-point")], "da"))
    (left, short), (zero, long) = rects(root)
    assert left + short == pytest.approx(zero, abs=0.2) and short / long == pytest.approx(17 / 33, abs=0.02)
    assert [e.text for e in having(root, "text", "value")] == ["\u221217", "+33"]
    assert [e.get("text-anchor") for e in having(root, "text", "value")] == ["end", "start"]
    assert "pct.-point" in [e.text for e in root.iter("tspan")]


def test_a_range_is_drawn_from_bound_to_bound() -> None:
    root = parsed(bars("b", "Andel", "Tal", [Bar("a", None, "%", low=24, high=43), *shares(24, 43)], "da"))
    (start, length), = rects(root, "range")
    low, high = (width for _, width in rects(root))
    assert (start, start + length) == pytest.approx((low, high), abs=0.2)
    assert having(root, "text", "value")[0].text == "24–43\u00a0pct."


def test_bounds_around_a_value_are_a_line_across_its_end() -> None:
    root = parsed(bars("b", "Andel", "Tal", [Bar("a", 50, "%", low=40, high=60), *shares(40, 60)], "da"))
    ends = [float(x) for x in re.findall(r"M([\d.]+) ", having(root, "path", "whisker")[0].attrib["d"])]
    _, low, high = (width for _, width in rects(root))
    assert ends[:2] == pytest.approx([low, high], abs=0.2)


@pytest.mark.parametrize(("lang", "shown"), [("da", "ca. 33,3\u00a0pct."), ("en", "ca. 33.3%")])
def test_figures_are_printed_with_the_language_s_signs_and_their_reservation(lang: str, shown: str) -> None:
    root = parsed(bars("b", "t", "d", [Bar("a", 33.3, "%", about="ca.")], lang))
    assert having(root, "text", "value")[0].text == shown


def test_thousands_and_minus_follow_the_language() -> None:
    assert (languages.number(-12345.5, "da"), languages.number(-12345.5, "en")) == ("\u221212.345,5", "\u221212,345.5")


def test_groups_are_told_apart_by_pattern_and_named_once() -> None:
    groups = ["Alle", "Med Smart City", "Uden Smart City", "Andre"]
    rows = [Bar(label, 10.0 * i, "%", note=note, series=i) for label in ("x", "y") for i, note in enumerate(groups)]
    root = parsed(bars("b", "t", "d", rows, "da"))
    assert [e.attrib["class"] for e in having(root, "rect", "bar")] == 2 * ["bar solid", "bar hatched", "bar dotted", "bar open"]
    assert [e.get("fill") for e in having(root, "rect", "bar")][1:3] == ["url(#b-hatched)", "url(#b-dotted)"]
    assert {e.get("id") for e in root.iter("pattern")} == {"b-hatched", "b-dotted"}
    assert [e.text for text in having(root, "text", "note") for e in text] == groups
    assert len(having(root, "text", "label")) == 2


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "one unit"),
        ([Bar("a", 1, "%"), Bar("b", 1, "")], "one unit"),
        ([Bar("a", None, "%", low=1)], "neither a finite value nor a range"),
        ([Bar("a", float("nan"), "%")], "neither a finite value nor a range"),
    ],
)
def test_figures_that_cannot_be_drawn_are_refused(rows: list[Bar], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bars("b", "t", "d", rows, "da")


@example([Bar("", 2.2e-311, "")])
@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(Bar, st.text(max_size=300), st.floats(-1e6, 1e6), st.just(""), st.sampled_from(["", "Alle"])), min_size=1))
def test_bars_of_any_labels_and_values_stay_in_the_picture_and_below_each_other(rows: list[Bar]) -> None:
    root = parsed(bars("b", "t", "d", rows, "da"))
    height = float(having(root, "svg")[0].attrib["viewBox"].split()[3])
    edges = [(number(e, "y") - 11, number(e, "y") + 3) for e in root.iter("tspan")]
    edges += [(number(e, "y"), number(e, "y") + number(e, "height")) for e in having(root, "rect", "bar")]
    assert all(one[1] <= other[0] + 0.2 for one, other in pairwise(sorted(edges)))
    assert max(high for _, high in edges) <= height
    assert all(start >= -0.1 and start + length <= 320.1 for start, length in rects(root))


@pytest.mark.parametrize("label", [label for label in HOSTILE if label])
def test_long_labels_are_wrapped_and_lose_no_letter(label: str) -> None:
    lines = svg.wrap(label, 13.5, 320)
    assert max(svg.width(line, 13.5) for line in lines) <= 320
    assert re.sub(r"[\s-]", "", "".join(lines)) == re.sub(r"[\s-]", "", label)


@pytest.mark.parametrize("label", HOSTILE)
def test_markup_in_labels_is_shown_and_never_run(label: str, denmark: Layout) -> None:
    own = spots(denmark, "active", label, told=label, href=f"x?{label}")
    maps = [cartogram("m", label, label, denmark, own, [("active", label)])]
    chart = bars("b", label, label, [Bar(label, 5, "%", note=label, about=label, href=f"x?{label}")], "da")
    root = parsed(*maps, chart)
    assert {e.tag for e in root.iter()} <= {
        "page", "svg", "title", "desc", "a", "g", "circle", "path", "rect", "line", "text", "tspan", "defs", "pattern", "ul", "li", "span",
        "label", "input",
    }
    assert {e.text or "" for e in root.iter("desc")} == {svg.clean(label)}
    assert "<script" not in chart + maps[0] and "<img" not in chart + maps[0]


def test_pictures_carry_no_style_of_their_own(denmark: Layout) -> None:
    """A strict content security policy forbids style elements, style attributes and scripts."""
    texts = cartogram("m", "t", "d", denmark, spots(denmark)), bars("b", "t", "d", shares(1, 2), "da")
    names = {name for e in parsed(*texts).iter() for name in (e.tag, *e.attrib)}
    assert not names & {"style", "script", "onload", "onclick"}


def test_each_picture_has_a_text_alternative_and_links_are_not_inside_an_image(denmark: Layout) -> None:
    linked, plain = spots(denmark, href="x.html"), spots(denmark)
    for text, role in (
        (cartogram("m", "Kort", "Hvor", denmark, linked), "group"), (cartogram("m", "Kort", "Hvor", denmark, plain), "img"),
        (bars("m", "Kort", "Hvor", shares(1), "da"), "img"), (bars("m", "Kort", "Hvor", [Bar("a", 1, "%", href="x")], "da"), "group"),
    ):
        root = parsed(text)
        named = {e.get("id"): e.text for e in root.iter() if e.get("id")}
        drawing = having(root, "svg", "picture")[0]
        texts = [named[drawing.get(name)] for name in ("aria-labelledby", "aria-describedby")]
        assert (drawing.get("role"), texts) == (role, ["Kort", "Hvor"])
        assert bool(having(root, "a")) == (role == "group")


def test_ids_are_unique_on_a_page_with_several_pictures(denmark: Layout) -> None:
    rows = [Bar("a", 1, "%", "x", 1), Bar("a", 2, "%", "y", 2)]
    texts = [cartogram(prefix, "t", "d", denmark, spots(denmark)) for prefix in ("map-0", "map-1")]
    texts += [bars(prefix, "t", "d", rows, "da") for prefix in ("bars-0", "bars-1")]
    ids = [e.attrib["id"] for e in parsed(*texts).iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids)) == 2 * (2 + 4)


@pytest.mark.parametrize("prefix", ["", "1a", "a b", 'a"', "æ"])
def test_a_prefix_that_no_id_can_begin_with_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="ids begin with a letter"):
        bars(prefix, "t", "d", shares(1), "da")


_AGAIN = """
import hashlib
from kommunegraf.site.pictures import cartogram, charts, circles as pictures
points = tuple(cartogram.Point(f"{i:04}", 8 + i * 0.37 % 5, 54 + i * 0.61 % 4, 1000 + i * 7919 % 90000) for i in range(60))
drawn = cartogram.layout(points, tuple((f"{i:04}", f"{i + 1:04}") for i in range(0, 58, 2)))
spots = {p.code: pictures.Spot(p.code, "planned") for p in points}
rows = [charts.Bar(f"a{i}", i, "%", f"n{i % 4}", i % 4) for i in range(9)]
text = pictures.cartogram("m", "t", "d", drawn, spots)
text += charts.bars("b", "t", "d", rows, "da")
print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_two_processes_draw_the_same_bytes() -> None:
    digests = set()
    for seed in ("1", "2"):
        environ = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(svg.__file__).parents[3])}
        digests.add(subprocess.run([sys.executable, "-c", _AGAIN], env=environ, capture_output=True, text=True, check=True).stdout)
    assert len(digests) == 1 and len(digests.pop().strip()) == 64


def matrix(leads: bool = True, **changed: Any) -> str:
    """The macro's table of two regions and two main areas."""
    values = {
        "rows": [
            ("Region <A>", "r.html", [("Aarhus", "0751.html", "0751"), ("Odder", "0727.html", "0727")]),
            ("B", "", [("Læsø", "0825.html", "0825")]),
        ],
        "columns": [
            ("Forsyning", "f.html", [("Smart <Grid>", "g.html", "g")]),
            ("Andre", "", [("Net", "n.html", "n"), ("Hjem", "h.html", "h")]),
        ],
        "cells": {
            ("0751", "g"): Cell("active", "old", "i gang (2015)", "Aarhus: Net", "x.html"),
            ("0825", "h"): Cell("ended", "fresh", "afsluttet", "Læsø: Hjem", "y.html"),
        },
        "key": [("active", "I gang"), ("unknown", "Ukendt")], **changed,
    }
    table = '{{ m.matrix(rows, columns, cells, "Tabel", "Kommune", leads) }}'
    source = f'{{% import "matrix.html" as m with context %}}{{{{ m.matrix_key(key) }}}}{table}'
    return environment().from_string(source).render(lang="da", leads=leads, **values)


def told(element: ElementTree.Element) -> str:
    """All text in an element, without the marks of where words may be divided."""
    return " ".join("".join(element.itertext()).replace("\N{SOFT HYPHEN}", "").split())


def test_the_matrix_is_a_table_whose_heads_name_each_cell() -> None:
    root = lxml.html.fromstring(matrix())
    heads = {scope: [told(e) for e in root.iter("th") if e.get("scope") == scope] for scope in ("row", "col", "rowgroup", "colgroup")}
    assert heads == {
        "row": ["Aarhus", "Odder", "Læsø"], "col": ["Kommune", "Smart <Grid>", "Net", "Hjem"], "rowgroup": ["Region <A>", "B"],
        "colgroup": ["Forsyning", "Andre"],
    }
    rows = [[told(cell) for cell in tr.findall("td")] for body in root.iter("tbody") for tr in body if tr.find("td") is not None]
    assert rows == [["i gang (2015)", "", ""], ["", "", ""], ["", "", "afsluttet"]]
    signs = [(a.get("class"), a.get("href"), a.get("title")) for a in root.xpath("//td/a")]
    assert signs == [("active old", "x.html", "Aarhus: Net: i gang (2015)"), ("ended", "y.html", "Læsø: Hjem: afsluttet")]
    whole = lxml.html.fromstring(matrix(leads=False)).xpath("//tbody//td")
    assert [(td.get("class"), td.text) for td in whole if td.text] == [("active old last", "i gang (2015)"), ("ended last", "afsluttet")]
    assert all(len(td) or not td.text for td in root.iter("td")), "what is unknown is an empty cell, which the sheet marks"


def test_markup_in_the_matrix_is_shown_and_never_run() -> None:
    text = matrix(cells={("0751", "g"): Cell("active", "", "<script>alert(1)</script>", '" onclick="alert(1)', 'x" onclick="alert(1)')})
    assert "<script" not in text and 'onclick="' not in text


def test_a_timeline_draws_what_is_known_and_leaves_the_rest_open() -> None:
    ended = Span("Hjem", "ended", 2010, 2014, "afsluttet 2014, begyndt 2010")
    spans = [Span("Net", "active", 2012, 2015, "i gang (2015)", "n.html"), ended]
    root = parsed(years.timeline("t", "Odder", "Tidslinje", spans, 2026))
    drawn = [(number(e, "x"), number(e, "x") + number(e, "width")) for e in having(root, "rect", "span")]
    onward = having(root, "line", "onward")
    assert drawn[0][0] < drawn[1][0] < drawn[0][1] < drawn[1][1], "the earliest first, each from its first to its last year"
    assert len(onward) == 1 and number(onward[0], "x1") == drawn[1][1], "what ended is not said to run on"
    assert [told(e) for e in having(root, "text", "label")] == ["Hjem: afsluttet 2014, begyndt 2010", "Net: i gang (2015)"]
    assert root.find("svg/a").get("href") == "n.html"  # type: ignore[union-attr]


@pytest.mark.parametrize("spans", [[], [Span("x", "active", 2015, 2012, "")]])
def test_spans_that_cannot_be_drawn_are_refused(spans: list[Span]) -> None:
    with pytest.raises(ValueError, match="not before its first"):
        years.timeline("t", "t", "d", spans, 2026)


def test_columns_of_years_are_as_high_as_their_counts() -> None:
    root = parsed(years.columns("s", "t", "d", [(2010, 0), (2011, 2), (2012, 4), (2013, 3)], "da"))
    heights = [number(e, "height") for e in having(root, "rect", "column")]
    assert heights[1] == 2 * heights[0] and heights[0] < heights[2] < heights[1]
    assert [told(e) for e in having(root, "text", "value")] == ["4", "3"]
    with pytest.raises(ValueError, match="above 0"):
        years.columns("s", "t", "d", [(2010, 0)], "da")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1900, 2100), st.integers(0, 60), st.text(max_size=200)), min_size=1, max_size=8))
def test_timelines_of_any_years_stay_in_the_picture(rows: list[tuple[int, int, str]]) -> None:
    spans = [Span(label, "active", first, first + length, "", "") for first, length, label in rows]
    root = parsed(years.timeline("t", "t", "d", spans, 2026))
    assert all(number(e, "x") >= 0 and number(e, "x") + number(e, "width") <= years.WIDTH + 0.1 for e in having(root, "rect", "span"))


def css() -> str:
    return (STATIC / "pictures.css").read_text("utf-8")


def themes() -> list[dict[str, str]]:
    """The colours of the light and the dark theme, from both sheets."""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for sheet in ((STATIC / "style.css").read_text("utf-8"), css()):
        parts = re.split(r"@media \(prefers-color-scheme: dark\)", sheet)
        light |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", parts[0]))
        dark |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", parts[1].partition("}\n}")[0]))
    return [light, dark]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    full = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(full[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    return sum(w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for w, c in zip((0.2126, 0.7152, 0.0722), parts))


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.1)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_has_a_dark_counterpart_and_stands_in_a_variable() -> None:
    light, dark = themes()
    assert set(light) == set(dark) and set(re.findall(r"var\(--([\w-]+)\)", css())) <= set(light)
    assert not re.findall(r"(?<!: )#[0-9a-f]{3,6}\b", re.sub(r"--[\w-]+: #[0-9a-f]+", "", css()))


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_shapes_can_be_seen(theme: int) -> None:
    """WCAG 2.1: 4.5 for text (1.4.3), 3 for what tells the status (1.4.11)."""
    colours = themes()[theme]
    texts = [
        ("text", "ground"), ("quiet", "ground"), ("link", "ground"), ("active-text", "active"), ("text", "faint"), ("text", "near"),
        ("text", "step1"), ("text", "step2"), ("step3-text", "step3"), ("step4-text", "step4"),
    ]
    assert [pair for pair in texts if contrast(*(colours[name] for name in pair)) < 4.5] == []
    shapes = [(name, "ground") for name in ("active", "planned", "ended", "dots", "accent", "edge")]
    assert [pair for pair in shapes if contrast(*(colours[name] for name in pair)) < 3] == []
    assert contrast("#777777", "#888888") < 3


def test_text_of_bars_has_eleven_pixels_on_a_screen_of_320() -> None:
    sizes = [float(size) for size in re.findall(r"^\.bars [^{]*\{[^}]*font-size: ([\d.]+)px", css(), re.MULTILINE)]
    assert sizes and min(sizes) * (320 - 2 * 17) / 320 >= 11




@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser_pictures_fit_and_axe_finds_nothing(scheme: Any, denmark: Layout, tmp_path: Path, browser: Any) -> None:
    axe = tool("axe-core/axe.min.js")
    key = [(kind, kind) for kind in KINDS]
    kinds = {c.code: Spot(f"Sted {c.code}", KINDS[i % len(KINDS)], "x", f"{c.code}.html") for i, c in enumerate(denmark.circles)}
    rows = [Bar(label, value, "%", note, i % 2, href="x") for i, (label, value, note) in enumerate(
        (label, 100.0 - 9 * j, note) for label in HOSTILE[3:] if label for j, note in enumerate(("Alle svarende", "Med Smart City")))]
    body = cartogram("m", "Kort", "Hvor", denmark, kinds, key) + bars("b", "Andele", "Tal", rows, "da") + matrix()
    sheets = "".join(f'<link rel="stylesheet" href="{(STATIC / name).as_uri()}">' for name in ("style.css", "pictures.css"))
    page_file = tmp_path / "page.html"
    viewport = '<meta name="viewport" content="width=device-width">'
    head = f'<!DOCTYPE html><html lang="da"><meta charset="utf-8">{viewport}<title>Billeder</title>{sheets}'
    page_file.write_text(f"{head}<main><h1>Billeder</h1>{body}</main>", "utf-8")
    for width in (320, 768, 1440):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(page_file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        texts = "[...document.querySelectorAll('.bars text')]"
        over = "filter(t => { const b = t.getBBox(); return b.x < -1 || b.x + b.width > 321 }).map(t => t.textContent)"
        assert page.evaluate(f"{texts}.{over}") == []
        shown = "map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"
        assert min(page.evaluate(f"{texts}.{shown}")) >= 11
        page.add_script_tag(path=str(axe))
        report = page.evaluate("axe.run()")
        assert [v["id"] for v in report["violations"]] == []


def test_pictures_need_no_numbers_library() -> None:
    source = Path(pictures.__file__).read_text("utf-8") + Path(svg.__file__).read_text("utf-8")
    assert not re.search(r"^\s*(?:import|from) (?:numpy|matplotlib|networkx)", source, re.MULTILINE)
