"""The geometry of a Dorling cartogram: circles as large as populations, moved apart, neighbours side by side.

After D. Dorling, Area Cartograms: Their Use and Creation (1996). Only + - * / and square roots are used, which IEEE 754
rounds the same on every machine, and every loop runs in sorted order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import floor, pi, sqrt

WIDTH = 640.0
"""The width of a layout, in its own units."""
INSETS = {"0400": (12.75, 57.25)}
"""Where far islands are drawn instead of their true place, as longitude and latitude: Bornholm, north of Sjælland."""
_SHRINK = 0.5592
"""A degree of longitude in degrees of latitude, at 56 degrees north: the cosine of the angle, written out so that no machine rounds it."""
_MARGIN, _GAP, _SEA = 6.0, 1.2, 11.0
_FILL = 0.5
"""The part of the points' bounding box that circles fill."""
_ROUNDS = 260
_PULL, _LAST_PULL = 0.35, 0.1
"""Which part of the way to its neighbours a circle moves in a round: fast enough to settle, slow enough not to swing; gently at the end."""
_KEPT_ON_LAND, _KEPT_AT_SEA = 0.15, 0.6
"""Which part of the true distance stays between neighbours: land closes up, a strait stays open."""
_FRESH, _REACH = 10, 30.0
"""Every how many rounds near pairs are looked for, and how near that is."""
MOST = 250
"""Places from which there is no cartogram: its circles would be specks, and moving them apart would take longer than the page."""

Links = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Point:
    """A place to draw: longitude and latitude in degrees, and how many people live there."""

    code: str
    longitude: float
    latitude: float
    population: int


@dataclass(frozen=True)
class Circle:
    """A place that is laid out: centre and radius in units of the layout, y downwards, to one decimal."""

    code: str
    x: float
    y: float
    r: float


@dataclass(frozen=True)
class Layout:
    """Circles in order of code. `insets` are those that stand apart from their true place."""

    width: float
    height: float
    circles: tuple[Circle, ...]
    insets: tuple[Circle, ...]


@lru_cache(maxsize=8)
def layout(points: tuple[Point, ...], links: Links = ()) -> Layout:
    """Circles with areas proportional to populations, none over another, linked ones side by side.

    `links` are pairs of codes of neighbours by land; what no chain of links joins keeps a strait between. Raises ValueError
    for no points, a code that stands twice, or a population below 1.
    """
    points = tuple(sorted(points, key=lambda p: p.code))
    if not points or len({p.code for p in points}) < len(points) or min(p.population for p in points) < 1:
        raise ValueError("a cartogram needs points with codes of their own and populations of at least 1")
    drawing = _Drawing(points, links)
    for number in range(_ROUNDS):
        if number % _FRESH == 0:
            drawing.look()
        drawing.attract(_PULL if number < _ROUNDS * 0.8 else _LAST_PULL)
        drawing.separate()
    for number in range(_ROUNDS * 4):
        if number % _FRESH == 0:
            drawing.look()
        if drawing.separate() < 0.02 and number % _FRESH == 0:
            break
    return drawing.finished()


class _Drawing:
    """Circles on their way, in units in which a degree of latitude is 1000 / 4."""

    def __init__(self, points: tuple[Point, ...], links: Links) -> None:
        self.points = points
        places = [INSETS.get(p.code, (p.longitude, p.latitude)) for p in points]
        self.x = [longitude * _SHRINK * 250 for longitude, _ in places]
        self.y = [-latitude * 250 for _, latitude in places]
        box = max(max(self.x) - min(self.x), 50.0) * max(max(self.y) - min(self.y), 50.0)
        scale = sqrt(_FILL * box / pi / sum(p.population for p in points))
        self.r = [scale * sqrt(p.population) for p in points]
        index = {p.code: i for i, p in enumerate(points)}
        land = sorted({(min(a, b), max(a, b)) for a, b in links if a != b and a in index and b in index})
        self.land = _components(len(points), [(index[a], index[b]) for a, b in land])
        self.pulls = [self._pull(index[a], index[b], _GAP) for a, b in land]
        self.pulls += [self._pull(a, b, _SEA) for a, b in self._straits()]
        self.close: list[tuple[int, int, float]] = []

    def _pull(self, a: int, b: int, gap: float) -> tuple[int, int, float, float]:
        """The way from a to b that is wanted: in the true direction, as near as their sizes and partly the distance allow."""
        dx, dy = self.x[b] - self.x[a], self.y[b] - self.y[a]
        true = sqrt(dx * dx + dy * dy) or 1.0
        near = self.r[a] + self.r[b] + gap
        wanted = near + max(0.0, true - near) * (_KEPT_ON_LAND if gap == _GAP else _KEPT_AT_SEA)
        return a, b, dx / true * wanted, dy / true * wanted

    def _straits(self) -> Iterator[tuple[int, int]]:
        """The shortest ways that join all that land does not (Kruskal's algorithm)."""
        joined = list(self.land)
        ways = sorted(
            ((self.x[a] - self.x[b]) ** 2 + (self.y[a] - self.y[b]) ** 2, a, b)
            for a in range(len(joined)) for b in range(a) if joined[a] != joined[b]
        )
        for _, a, b in ways:
            if joined[a] != joined[b]:
                old, new = joined[a], joined[b]
                joined = [new if root == old else root for root in joined]
                yield a, b

    def attract(self, part: float) -> None:
        """Move each linked pair a part of the way to where it should stand; the larger circle moves less."""
        for a, b, dx, dy in self.pulls:
            mass = self.r[a] + self.r[b]
            fx = part * (self.x[b] - self.x[a] - dx) / mass
            fy = part * (self.y[b] - self.y[a] - dy) / mass
            self._shift(a, fx * self.r[b], fy * self.r[b])
            self._shift(b, -fx * self.r[a], -fy * self.r[a])

    def look(self) -> None:
        """Note which pairs are so near that they may come to overlap. Only circles in squares side by side of a grid are compared."""
        side = 2 * max(self.r) + _SEA + _REACH
        squares: dict[tuple[int, int], list[int]] = defaultdict(list)
        pairs = []
        for a, (x, y) in enumerate(zip(self.x, self.y)):
            column, row = floor(x / side), floor(y / side)
            pairs += [(a, b) for dx in (-1, 0, 1) for dy in (-1, 0, 1) for b in squares.get((column + dx, row + dy), ())]
            squares[column, row].append(a)
        self.close = []
        for a, b in sorted(pairs):
            least = self.r[a] + self.r[b] + (_GAP if self.land[a] == self.land[b] else _SEA)
            if abs(self.x[a] - self.x[b]) - least < _REACH > abs(self.y[a] - self.y[b]) - least:
                self.close.append((a, b, least))

    def separate(self) -> float:
        """Move circles apart that overlap or leave no gap. Returns the deepest overlap that there was."""
        deepest = 0.0
        for a, b, least in self.close:
            dx, dy = self.x[b] - self.x[a], self.y[b] - self.y[a]
            square = dx * dx + dy * dy
            if square < least * least:
                distance = sqrt(square)
                depth = least - distance
                deepest = max(deepest, depth)
                ux, uy = (dx / distance, dy / distance) if distance else (1.0, 0.0)
                share = self.r[b] / (self.r[a] + self.r[b])
                self._shift(a, -ux * depth * share, -uy * depth * share)
                self._shift(b, ux * depth * (1 - share), uy * depth * (1 - share))
        return deepest

    def _shift(self, a: int, dx: float, dy: float) -> None:
        self.x[a] += dx
        self.y[a] += dy

    def finished(self) -> Layout:
        """The circles, scaled to the width of a layout."""
        left = min(x - r for x, r in zip(self.x, self.r))
        top = min(y - r for y, r in zip(self.y, self.r))
        scale = (WIDTH - 2 * _MARGIN) / (max(x + r for x, r in zip(self.x, self.r)) - left)
        height = (max(y + r for y, r in zip(self.y, self.r)) - top) * scale + 2 * _MARGIN
        circles = tuple(
            Circle(p.code, round((x - left) * scale + _MARGIN, 1), round((y - top) * scale + _MARGIN, 1), round(r * scale, 1))
            for p, x, y, r in zip(self.points, self.x, self.y, self.r)
        )
        return Layout(WIDTH, round(height, 1), circles, tuple(c for c in circles if c.code in INSETS))


def _components(number: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of some things, the least number of those that pairs join it with."""
    root = list(range(number))
    for a, b in pairs:
        low, high = sorted((root[a], root[b]))
        root = [low if r == high else r for r in root]
    return root
