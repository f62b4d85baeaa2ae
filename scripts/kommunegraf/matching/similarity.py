"""How alike the rows of a two-mode network are: overlap beside what chance gives, without holding all pairs.

Overlap, chance and order depend on the two degrees and the overlap alone. They are tables of (class, class, overlap), so
that a row's partners are one product and one look-up, and all pairs are counted in blocks.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kommunegraf.matching.nullmodel import Floats, Integers, NullModel, fit
from kommunegraf.matching.results import Pair

BLOCK = 4_000_000
"""Cells of a block: what is held at a time, about 100 MB."""


class Similarity:
    """The rows of a matrix of zeros and ones, compared under its null model. Raises as `nullmodel.fit`."""

    def __init__(self, matrix: npt.ArrayLike) -> None:
        self.matrix = np.asarray(matrix, np.float32)
        self.model: NullModel = fit(self.matrix)
        self.degrees: Integers = self.matrix.sum(axis=1).astype(np.int64)
        self._shape = self.model.tails.shape
        self._starts = np.arange(self._shape[0]) * self._shape[2]

    def overlap(self) -> npt.NDArray[np.float32]:
        """The shared columns of every two rows: the weights of the projection, each row's own degree on the diagonal."""
        return self.matrix @ self.matrix.T

    @cached_property
    def tested(self) -> int:
        """The number of pairs that are tested: those of rows with at least one link."""
        count = int((self.degrees > 0).sum())
        return count * (count - 1) // 2

    @cached_property
    def _order(self) -> Integers:
        """Places in the ranking, as a table: small chance first, then much overlap beyond what is expected."""
        excess = np.arange(self._shape[2]) - self.model.expected[:, :, None]
        keys = np.lexsort((-excess.ravel(), self.model.tails.ravel()))
        chance, beyond = self.model.tails.ravel()[keys], excess.ravel()[keys]
        new = np.concatenate([[0], (np.diff(chance) != 0) | (np.diff(beyond) != 0)])
        places = np.empty(len(keys), np.int64)
        places[keys] = np.cumsum(new)
        return places

    def _cells(self, rows: slice) -> tuple[Integers, npt.NDArray[np.float32]]:
        """For some rows and all others, the places in the tables, and the overlaps."""
        shared = self.matrix[rows] @ self.matrix.T
        first = self.model.row_class[rows, None] * (self._shape[1] * self._shape[2])
        return first + self._starts[self.model.row_class] + shared.astype(np.int64), shared

    def _blocks(self) -> Iterator[slice]:
        step = max(1, BLOCK // len(self.matrix))
        yield from (slice(start, start + step) for start in range(0, len(self.matrix), step))

    @cached_property
    def q_table(self) -> Floats:
        """What each chance is after Benjamini and Hochberg: a table like `model.tails`, flat."""
        counts = np.zeros(self.model.tails.size, np.int64)
        for rows in self._blocks():
            cells, _ = self._cells(rows)
            numbers = np.arange(len(self.matrix))
            later = numbers[None, :] > numbers[rows, None]
            later &= (self.degrees[rows, None] > 0) & (self.degrees > 0)
            counts += np.bincount(cells[later], minlength=counts.size)
        return adjusted(self.model.tails.ravel(), counts)

    def best(self, row: int, most: int) -> Integers:
        """The `most` rows that surprise most beside `row`, best first; only those that share something."""
        cells, shared = self._cells(slice(row, row + 1))
        first: Integers = self._first(self._order[cells], shared, np.array([row]), most)
        return first[first >= 0]

    def tied(self, row: int, place: int) -> Integers:
        """The rows that share their place with the one at `place` of `best`, counted from 1; empty where there are fewer."""
        cells, shared = self._cells(slice(row, row + 1))
        best = self.best(row, place)
        if len(best) < place:
            return np.zeros(0, np.int64)
        same = (self._order[cells[0]] == self._order[cells[0]][best[-1]]) & (shared[0] > 0)
        same[row] = False
        return np.flatnonzero(same)

    def top(self, most: int) -> Integers:
        """`best` of every row, -1 where there are fewer: rows by `most`."""
        nearest = np.full((len(self.matrix), most), -1, np.int64)
        for rows in self._blocks():
            cells, shared = self._cells(rows)
            numbers = np.arange(len(self.matrix))[rows]
            best = self._first(self._order[cells], shared, numbers, most)
            nearest[rows, : best.shape[1]] = best
        return nearest

    def _first(self, places: Integers, shared: npt.NDArray[np.float32], own: Integers, most: int) -> Integers:
        """The best of some rows, one row for each, filled with -1."""
        count = len(self.matrix)
        none = np.iinfo(np.int64).max
        keys = np.where(shared > 0, places * count + np.arange(count), none)
        keys[np.arange(len(own)), own] = none
        if most < count:
            keys = np.partition(keys, most - 1, axis=1)[:, :most]
        keys.sort(axis=1)
        return np.where(keys < none, keys % count, -1)

    def pair(self, one: int, two: int) -> Pair:
        """Everything about two rows."""
        both = self.matrix[one] * self.matrix[two]
        overlap = int(both.sum())
        a, b = self.model.row_class[one], self.model.row_class[two]
        p = float(self.model.tails[a, b, overlap])
        q = float(self.q_table[(a * self._shape[1] + b) * self._shape[2] + overlap])
        either = int(self.degrees[one] + self.degrees[two]) - overlap
        allocated = float((both / np.maximum(self.matrix.sum(axis=0), 1)).sum())
        surprise = float(-np.log10(p)) + 0.0
        return Pair(two, overlap, float(self.model.expected[a, b]), surprise, p, q, overlap / either if either else 0.0, allocated)

    def p(self) -> Floats:
        """The chance of every pair's overlap or more. Memory grows with the square of the rows."""
        cells, _ = self._cells(slice(None))
        return self.model.tails.ravel()[cells]

    def significant(self, level: float = 0.05) -> list[tuple[int, int]]:
        """The pairs with q at or below a level, in order. Perhaps none."""
        pairs = []
        for rows in self._blocks():
            cells, shared = self._cells(rows)
            first, second = np.nonzero((self.q_table[cells] <= level) & (shared > 0))
            pairs += [(int(i) + rows.start, int(j)) for i, j in zip(first, second) if int(i) + rows.start < j]
        return pairs


def adjusted(p: Floats, counts: Integers) -> Floats:
    """Benjamini and Hochberg's (1995) q for each p-value, where the value p[i] stands counts[i] times among the tests."""
    order = np.argsort(p, kind="stable")
    rank = np.cumsum(counts[order])
    q = np.full(len(p), 1.0)
    tested = counts[order] > 0
    raised = np.where(tested, p[order] * (rank[-1] if len(rank) else 0) / np.maximum(rank, 1), 1.0)
    q[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return q
