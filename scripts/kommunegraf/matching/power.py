"""What the test of pairs could find at all, and what random networks with the same degrees give."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kommunegraf.matching import evaluate
from kommunegraf.matching.nullmodel import Floats, curveball
from kommunegraf.matching.results import Power
from kommunegraf.matching.similarity import Similarity

SAMPLES = 5
"""Random networks that figures of the real one stand beside."""


def power(model: Similarity, level: float = 0.05) -> Power:
    """What the test could find. Rows without links are not tested."""
    linked = np.flatnonzero(model.degrees > 0)
    one, other = np.triu_indices(len(linked), 1)
    one, other = linked[one], linked[other]
    most = np.minimum(model.degrees[one], model.degrees[other])
    reach = model.model.tails[model.model.row_class[one], model.model.row_class[other], most]
    needed = level / max(model.tested, 1)
    return Power(model.tested, float(reach.min(initial=1.0)), needed, int((reach <= needed).sum()))


@dataclass(frozen=True)
class Baseline:
    """Two figures of the best partners, in the network and in random ones with the same degrees (mean, lowest, highest).

    `stays` is the mean share of each row's five best that stay when a tenth of the links is left out, `best` the median over
    rows of the smallest p.
    """

    stays: float
    random_stays: tuple[float, float, float]
    best: float
    random_best: tuple[float, float, float]


def baseline(matrix: npt.ArrayLike, samples: int = SAMPLES, seed: int = 1) -> Baseline:
    """How stable and how unlikely best partners are, beside random networks drawn with the curveball algorithm."""
    cells = np.asarray(matrix, float)
    drawn = [_figures(one.astype(float)) for one in curveball(cells, seed, samples)]
    stays, best = _figures(cells)
    columns = [(float(np.mean(c)), min(c), max(c)) for c in zip(*drawn)]
    return Baseline(stays, columns[0], best, columns[1])


def _figures(cells: npt.NDArray[np.float64]) -> tuple[float, float]:
    model = Similarity(cells)
    p = model.p()
    np.fill_diagonal(p, 1)
    linked = model.degrees > 0
    return float(np.nanmean(evaluate.stability(cells))), float(np.median(p[linked].min(axis=1)))


def rank_correlation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Spearman's rank correlation, equal values sharing their rank. The same as scipy's, which takes a second to load."""
    return float(np.corrcoef(_ranks(one), _ranks(other))[0, 1])


def _ranks(values: npt.ArrayLike) -> Floats:
    _, at, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[at], float)
