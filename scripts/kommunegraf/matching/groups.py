"""Do kommuner of one group, such as neighbours, share more than chance gives them? One test for each question, not one for each pair."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kommunegraf.matching.nullmodel import Floats, fit

PERMUTATIONS, DRAWS = 2000, 1000
FEWEST = 20
"""A question about fewer pairs is not asked."""
Relation = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Effect:
    """How many more columns two rows share, beyond what the null model expects, when they are related than when not.

    `low` and `high` are the 95 % interval, by drawing rows with replacement (Snijders and Borgatti 1999); `p` is the share of
    permutations of the rows with at least this effect, as (hits + 1) / (permutations + 1) (QAP, Krackhardt 1988).
    """

    pairs: int
    effect: float
    low: float
    high: float
    p: float


def beyond_chance(matrix: npt.ArrayLike) -> Floats:
    """The shared columns of every two rows beyond what the null model (BiCM) expects. Raises as `nullmodel.fit`."""
    cells = np.asarray(matrix, float)
    chances = fit(cells).probabilities()
    return np.asarray(cells @ cells.T - chances @ chances.T)


def effect(beyond: Floats, related: Relation, among: Relation | None = None, seed: int = 1) -> Effect | None:
    """The effect of a symmetrical relation; pairs outside `among` are left out. None where the relation has too few pairs."""
    upper = np.triu(np.ones(related.shape, bool), 1) & (True if among is None else among)
    yes, no = np.argwhere(upper & related).T, np.argwhere(upper & ~related).T
    if yes.shape[1] < FEWEST or not no.shape[1]:
        return None
    random = np.random.default_rng(seed)
    observed = _difference(beyond, yes, no)
    orders = (random.permutation(len(beyond)) for _ in range(PERMUTATIONS))
    hits = sum(_difference(beyond, order[yes], order[no]) >= observed for order in orders)
    draws = random.multinomial(len(beyond), np.full(len(beyond), 1 / len(beyond)), DRAWS)
    low, high = np.nanquantile([_weighted(beyond, yes, w) - _weighted(beyond, no, w) for w in draws], (0.025, 0.975))
    return Effect(yes.shape[1], observed, float(low), float(high), (hits + 1) / (PERMUTATIONS + 1))


def _difference(beyond: Floats, yes: npt.NDArray[np.int64], no: npt.NDArray[np.int64]) -> float:
    return float(beyond[tuple(yes)].mean() - beyond[tuple(no)].mean())


def _weighted(beyond: Floats, pairs: npt.NDArray[np.int64], times: npt.NDArray[np.int64]) -> float:
    weights = times[pairs[0]] * times[pairs[1]]
    return float((beyond[tuple(pairs)] * weights).sum() / weights.sum()) if weights.sum() else float("nan")
