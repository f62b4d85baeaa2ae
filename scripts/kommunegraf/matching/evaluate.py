"""How far the suggestions can be trusted: left-out links, fewer links, other choices. Every figure comes with its interval."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kommunegraf.matching import ranking
from kommunegraf.matching.nullmodel import Floats, Integers
from kommunegraf.matching.ranking import Method
from kommunegraf.matching.similarity import Similarity

Matrix = npt.NDArray[np.float64]
CUTS = (1, 3, 5)
MEASURES = (*(f"hit@{cut}" for cut in CUTS), "mrr")


@dataclass(frozen=True)
class Score:
    """A mean with its 95 % bootstrap interval; rows (kommuner) are drawn, with all their links, not single links."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class LeaveOneOut:
    """`scores[method][measure]` with measures hit@1, hit@3, hit@5 and mrr; `gain[method]` is the mrr beyond popularity's, paired."""

    links: int
    scores: dict[str, dict[str, Score]]
    gain: dict[str, Score]

    def winner(self) -> str:
        """The method with the best mrr whose gain over popularity is above zero in the whole interval; else popularity."""
        sure = [name for name, gain in self.gain.items() if gain.low > 0]
        return max(sure, key=lambda name: self.scores[name]["mrr"].mean, default="popularity")


def chosen(trials: Sequence[LeaveOneOut]) -> str:
    """The method that is surely better than popularity in every trial, by the best mrr in the first; else popularity.

    One trial alone, of several methods, would choose what happens to fit it.
    """
    sure = [{name for name, gain in trial.gain.items() if gain.low > 0} for trial in trials]
    return max(sorted(set.intersection(*sure)), key=lambda name: trials[0].scores[name]["mrr"].mean, default="popularity")


def leave_one_out(
    matrix: npt.ArrayLike, methods: Mapping[str, Method] = ranking.METHODS, seed: int = 1, draws: int = 2000
) -> LeaveOneOut:
    """Each link is left out in turn, and found again among the columns that its row does not have.

    Equal scores share their places: the figures are the expectation over all ways to break ties.
    """
    cells = np.asarray(matrix, float)
    links = np.argwhere(cells > 0)
    return _measured(cells, links, [[tuple(link)] for link in links], methods, seed, draws)


def leave_source_out(
    matrix: npt.ArrayLike, sources: Mapping[tuple[int, int], frozenset[str]], methods: Mapping[str, Method] = ranking.METHODS,
    seed: int = 1, draws: int = 2000,
) -> LeaveOneOut:
    """The same, but with a link everything goes that rests on its sources alone: what nobody has read yet is to be found.

    `sources` names what each link rests on. Otherwise the other rows of the same list give a hidden link away.
    """
    cells = np.asarray(matrix, float)
    links = np.argwhere(cells > 0)
    resting: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for link, named in sources.items():
        for source in named:
            resting[source].add(link)
    hidden = []
    for row, column in links.tolist():
        own = sources[row, column]
        beside = {link for source in own for link in resting[source]}
        hidden.append([link for link in beside if sources[link] <= own])
    return _measured(cells, links, hidden, methods, seed, draws)


def time_split(
    first: npt.NDArray[np.float64], year: int, methods: Mapping[str, Method] = ranking.METHODS, seed: int = 1, draws: int = 2000
) -> LeaveOneOut:
    """What a year's knowledge forecasts: links first told of before `year` are known, later ones are to be found.

    `first` has the year of each link's first source, NaN where there is no link or no year. Later links are hidden together.
    """
    before = np.where(first < year, 1.0, 0.0)
    links = np.argwhere(first >= year)
    return _measured(before, links, [[] for _ in links], methods, seed, draws)


def _measured(
    cells: Matrix, links: Integers, hidden: list[list[tuple[int, int]]], methods: Mapping[str, Method], seed: int, draws: int
) -> LeaveOneOut:
    placed: dict[str, list[list[float]]] = {name: [] for name in methods}
    for (row, column), gone in zip(links.tolist(), hidden):
        rest = cells.copy()
        if gone:
            rest[tuple(np.array(gone).T)] = 0
        for name, method in methods.items():
            placed[name].append(_place(method(rest)[row], rest[row] == 0, column))
    values = {name: np.array(rows).reshape(-1, len(MEASURES)) for name, rows in placed.items()}
    weights = _draws(links[:, 0], draws, seed)
    scores = {name: dict(zip(MEASURES, _scores(each, weights))) for name, each in values.items()}
    base = values.get("popularity")
    gain = {name: _scores(each - base, weights)[-1] for name, each in values.items() if base is not None and name != "popularity"}
    return LeaveOneOut(len(links), scores, gain)


def _place(scores: Floats, free: npt.NDArray[np.bool_], column: int) -> list[float]:
    others = scores[free]
    ahead = int((others > scores[column] + 1e-12).sum())
    tied = int((abs(others - scores[column]) <= 1e-12).sum())
    places = ahead + 1 + np.arange(tied)
    return [*(float((places <= cut).mean()) for cut in CUTS), float((1 / places).mean())]


def _draws(rows: Integers, draws: int, seed: int) -> Floats:
    """How often each link stands in each bootstrap sample of the rows."""
    numbers, at = np.unique(rows, return_inverse=True)
    random = np.random.default_rng(seed)
    return np.asarray(random.multinomial(len(numbers), np.full(len(numbers), 1 / len(numbers)), draws)[:, at], float)


def _scores(values: Floats, weights: Floats) -> list[Score]:
    means = (weights @ values) / weights.sum(axis=1, keepdims=True)
    low, high = np.quantile(means, (0.025, 0.975), axis=0)
    return [Score(float(m), float(a), float(b)) for m, a, b in zip(values.mean(axis=0), low, high)]


def kept(first: Integers, second: Integers) -> Floats:
    """For each row, the share of its best partners in `first` that are also in `second` (-1 fills up); NaN where there are none."""
    shared = ((first[:, :, None] == second[:, None, :]).any(axis=2) & (first >= 0)).sum(axis=1)
    counts = (first >= 0).sum(axis=1)
    return np.where(counts > 0, shared / np.maximum(counts, 1), np.nan)


class Stability:
    """How much of a row's `most` best partners stays, on average, when a share of all links is left out at random."""

    def __init__(self, matrix: npt.ArrayLike, most: int = 5, share: float = 0.1, repeats: int = 20, seed: int = 1) -> None:
        cells = np.asarray(matrix, float)
        self.most = most
        self._before, self._after = Similarity(cells), list(_thinned(cells, share, repeats, seed))

    def of(self, row: int) -> float:
        """The share of one row, without comparing all the others; NaN where it has no partner."""
        before = self._before.best(row, self.most)[None]
        shares = [float(kept(before, less.best(row, self.most)[None])[0]) for less in self._after]
        return sum(shares) / len(shares)  # added one after the other, as the mean of many rows is: equal to the last digit

    def every(self) -> Floats:
        """The share of each row."""
        before = self._before.top(self.most)
        return np.asarray(np.mean([kept(before, less.top(self.most)) for less in self._after], axis=0))


def stability(matrix: npt.ArrayLike, most: int = 5, share: float = 0.1, repeats: int = 20, seed: int = 1) -> Floats:
    """What `Stability` gives for each row."""
    return Stability(matrix, most, share, repeats, seed).every()


def _thinned(cells: Matrix, share: float, repeats: int, seed: int) -> Iterator[Similarity]:
    """The network some times over, each time with other links left out."""
    links = np.argwhere(cells > 0)
    random = np.random.default_rng(seed)
    for _ in range(repeats):
        out = links[random.choice(len(links), round(share * len(links)), replace=False)]
        less = cells.copy()
        less[tuple(out.T)] = 0
        yield Similarity(less)
