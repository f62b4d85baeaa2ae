"""The null model of a two-mode network: what overlap two rows would have by chance, given both degree sequences.

The bipartite configuration model (BiCM; Saracco et al. 2015, doi:10.1038/srep10595) keeps the expected degree of every
row and column. Its projection (Saracco et al. 2017, doi:10.1088/1367-2630/aa6b38), called the stochastic degree sequence
model (SDSM; Neal, Domagalski and Sagan 2021, doi:10.1038/s41598-021-03238-3), asks how often two rows would share as many
columns. The overlap is then a sum of independent draws, so its distribution is Poisson-binomial and is computed exactly.
The fixed degree sequence model (FDSM) keeps the degrees themselves; it is sampled with the curveball algorithm
(Strona et al. 2014, doi:10.1038/ncomms5114).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
STEPS = 200
"""The most steps of Newton's method; the real network needs about ten."""
TOLERANCE = 1e-6
"""How far an expected degree may lie from the observed one, for each link of it."""


@dataclass(frozen=True)
class NullModel:
    """A fitted BiCM. Rows of equal degree are one class, and so are columns: they have equal probabilities.

    `links[a, c]` is the probability of a link between row class a and column class c; `row_class` and `column_class` have
    the class of each row and column; `expected[a, b]` is the expected overlap of rows of the classes a and b, and
    `tails[a, b, x]` the probability that it is x or more, for x from 0 to the number of columns.
    """

    links: Floats
    row_class: Integers
    column_class: Integers
    expected: Floats
    tails: Floats

    def probabilities(self) -> Floats:
        """The link probability of every row (first axis) and column."""
        return np.asarray(self.links[np.ix_(self.row_class, self.column_class)])


def fit(matrix: npt.ArrayLike) -> NullModel:
    """The BiCM of a matrix of zeros and ones, rows by columns.

    Memory grows with (distinct row degrees)^2 x columns. Raises ValueError for a matrix that has another shape or other
    values or no cell, and ArithmeticError when the degrees cannot be met.
    """
    cells = np.asarray(matrix)
    if cells.ndim != 2 or 0 in cells.shape or not ((cells == 0) | (cells == 1)).all():
        raise ValueError("the null model needs a matrix of zeros and ones with at least one row and one column")
    degrees, row_class, rows = np.unique(cells.sum(axis=1).astype(int), return_inverse=True, return_counts=True)
    other, column_class, columns = np.unique(cells.sum(axis=0).astype(int), return_inverse=True, return_counts=True)
    links = _links(degrees, rows, other, columns)
    errors = abs(links @ columns - degrees) / np.maximum(degrees, 1), abs(rows @ links - other) / np.maximum(other, 1)
    if max(error.max() for error in errors) > TOLERANCE:
        raise ArithmeticError("the null model could not meet the degrees of this network")
    both = links[:, None, :] * links[None, :, :]
    return NullModel(links, row_class, column_class, both @ columns, _tails(np.repeat(both, columns, axis=2)))


def _links(degrees: Integers, rows: Integers, other: Integers, columns: Integers) -> Floats:
    """Link probabilities by class. Classes with no or every possible link are settled first, until none is left."""
    links = np.zeros((len(degrees), len(other)))
    row_left, column_left = degrees.copy(), other.copy()
    row_open, column_open = np.ones(len(degrees), bool), np.ones(len(other), bool)
    while True:
        width, height = columns[column_open].sum(), rows[row_open].sum()
        full_rows, full_columns = row_open & (row_left == width), column_open & (column_left == height)
        if (row_open & (row_left == 0)).any() or (column_open & (column_left == 0)).any():
            row_open &= row_left > 0
            column_open &= column_left > 0
        elif full_rows.any():
            links[np.ix_(full_rows, column_open)] = 1
            column_left[column_open] -= rows[full_rows].sum()
            row_open &= ~full_rows
        elif full_columns.any():
            links[np.ix_(row_open, full_columns)] = 1
            row_left[row_open] -= columns[full_columns].sum()
            column_open &= ~full_columns
        else:
            break
    if row_open.any():
        block = _likeliest(row_left[row_open], rows[row_open], column_left[column_open], columns[column_open])
        links[np.ix_(row_open, column_open)] = block
    return links


def _likeliest(degrees: Integers, rows: Integers, other: Integers, columns: Integers) -> Floats:
    """The probabilities that maximise the likelihood: a convex problem in the logarithms of the fitnesses, by Newton's method.

    Written out, since scipy's minimisers take longer to load than the whole screen of a kommune. The step solves a singular system
    by least squares: one number can be added to all rows and taken from all columns.
    """
    size, weights = len(degrees), np.outer(rows, columns)
    wanted = np.concatenate([rows * degrees, columns * other]).astype(float)
    total = float(rows @ degrees)
    at = np.concatenate([np.log(degrees / total**0.5), np.log(other / total**0.5)])

    def loss(point: Floats) -> float:
        return float((weights * np.logaddexp(0, point[:size, None] + point[None, size:])).sum() - wanted @ point)

    for _ in range(STEPS):
        links = _logistic(at[:size, None] + at[None, size:])
        gradient = np.concatenate([rows * (links @ columns), columns * (rows @ links)]) - wanted
        if np.abs(gradient).max() < 1e-11 * total:
            break
        spread = weights * links * (1 - links)
        curvature = np.block([[np.diag(spread.sum(axis=1)), spread], [spread.T, np.diag(spread.sum(axis=0))]])
        step = np.linalg.lstsq(curvature, -gradient, rcond=None)[0]
        length, here = 1.0, loss(at)
        while length > 1e-6 and loss(at + length * step) > here + 1e-4 * length * (gradient @ step):
            length /= 2
        at = at + length * step
    return _logistic(at[:size, None] + at[None, size:])


def _logistic(logits: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(np.exp(-np.logaddexp(0, -logits)))


def _tails(chances: Floats) -> Floats:
    """P(X >= x) for sums of independent draws (last axis): exact, and added from the small end so that tiny ones stay exact."""
    pmf = np.zeros((*chances.shape[:-1], chances.shape[-1] + 1))
    pmf[..., 0] = 1
    for step in range(chances.shape[-1]):
        chance = chances[..., step, None]
        pmf[..., 1 : step + 2] = pmf[..., 1 : step + 2] * (1 - chance) + pmf[..., : step + 1] * chance
        pmf[..., :1] *= 1 - chance
    return np.asarray(np.minimum(np.cumsum(pmf[..., ::-1], axis=-1)[..., ::-1], 1.0))


def curveball(matrix: npt.ArrayLike, seed: int, samples: int) -> Iterator[npt.NDArray[np.int8]]:
    """Random matrices with the degrees of `matrix`, five trades for each row apart, after as long a start ten times over."""
    cells = np.asarray(matrix)
    rows = [set(np.flatnonzero(row).tolist()) for row in cells]
    random = np.random.default_rng(seed)
    for sample in range(samples):
        for one, two in _pairs(len(rows), 5 * len(rows) * (1 if sample else 10), random):
            _trade(rows[one], rows[two], random)
        drawn = np.zeros(cells.shape, np.int8)
        for number, row in enumerate(rows):
            drawn[number, sorted(row)] = 1
        yield drawn


def _pairs(count: int, trades: int, random: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Pairs of different numbers below `count`; none when there are not two."""
    if count > 1:
        first, step = random.integers(count, size=trades), random.integers(1, count, size=trades)
        yield from zip(first.tolist(), ((first + step) % count).tolist())


def _trade(one: set[int], two: set[int], random: np.random.Generator) -> None:
    """Deal anew what only one of two rows has; each keeps its number."""
    mine, theirs = one - two, two - one
    if mine and theirs:
        pool = random.permutation(sorted(mine | theirs)).tolist()
        one -= mine
        one.update(pool[: len(mine)])
        two -= theirs
        two.update(pool[len(mine) :])


def fixed_degree_p(matrix: npt.ArrayLike, seed: int, samples: int) -> Floats:
    """FDSM: for each pair of rows, how often a sample has at least the observed overlap; (hits + 1) / (samples + 1)."""
    cells = np.asarray(matrix).astype(np.int64)
    observed = cells @ cells.T
    hits = np.ones(observed.shape)
    for drawn in curveball(cells, seed, samples):
        wide = drawn.astype(np.int64)
        hits += wide @ wide.T >= observed
    return hits / (samples + 1)
