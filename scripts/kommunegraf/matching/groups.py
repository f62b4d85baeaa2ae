"""Do kommuner of one group, such as neighbours, share more than chance gives them? One test for each question, not one for each pair."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kommunegraf.matching.nullmodel import Floats, Integers, fit

PERMUTATIONS, DRAWS = 2000, 1000
_AT_ONCE = 100
"""Permutations that are computed together: more take more memory and no less time."""
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
    each = beyond[np.triu_indices(len(beyond), 1)].sum() if among is None else None
    observed = _difference(beyond, yes, no, np.arange(len(beyond))[None], each)[0]
    orders = np.array([random.permutation(len(beyond)) for _ in range(PERMUTATIONS)])
    parts = np.array_split(orders, PERMUTATIONS // _AT_ONCE)
    hits = sum(int((_difference(beyond, yes, no, part, each) >= observed).sum()) for part in parts)
    draws = random.multinomial(len(beyond), np.full(len(beyond), 1 / len(beyond)), DRAWS).astype(float)
    low, high = np.nanquantile(_weighted(beyond, upper & related, draws) - _weighted(beyond, upper & ~related, draws), (0.025, 0.975))
    return Effect(yes.shape[1], float(observed), float(low), float(high), (hits + 1) / (PERMUTATIONS + 1))


def _difference(beyond: Floats, yes: Integers, no: Integers, orders: Integers, each: float | None) -> Floats:
    """How much more the pairs `yes` share than the pairs `no`, on average, for each order of the rows.

    `each` is the sum over all pairs, the same in each order; None where `yes` and `no` are not all.
    """
    related = beyond[orders[:, yes[0]], orders[:, yes[1]]].sum(axis=1)
    rest = beyond[orders[:, no[0]], orders[:, no[1]]].sum(axis=1) if each is None else each - related
    return np.asarray(related / yes.shape[1] - rest / no.shape[1])


def _weighted(beyond: Floats, pairs: Relation, times: Floats) -> Floats:
    """The mean over pairs for each draw of rows, a pair as often as both of its rows were drawn; NaN where no pair was."""
    counts, sums = (((times @ (each * pairs)) * times).sum(axis=1) for each in (np.ones_like(beyond), beyond))
    return np.asarray(np.divide(sums, counts, out=np.full(len(times), np.nan), where=counts > 0))
