"""Which columns fit a row next: scores by popularity, item-kNN, network diffusion, a linear model, place, and chance.

All methods take a matrix of zeros and ones (rows by columns) and give a score for every cell; a row's own columns are for
the caller to leave out.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from kommunegraf.matching.nullmodel import Floats

Matrix = npt.NDArray[np.float64]
Method = Callable[[Matrix], Floats]
PRIOR = 10.0
"""How many rows the common share counts for beside the near ones; stated beforehand, not tuned."""


def popularity(matrix: Matrix) -> Floats:
    """How many rows have the column."""
    return np.asarray(np.broadcast_to(matrix.sum(axis=0), matrix.shape))


def item_knn(matrix: Matrix) -> Floats:
    """The sum of cosines between a column and those that the row has (Sarwar et al. 2001, doi:10.1145/371920.372071)."""
    size = np.sqrt(np.maximum(matrix.sum(axis=0), 1))
    cosine = (matrix.T @ matrix) / np.outer(size, size)
    np.fill_diagonal(cosine, 0)
    return np.asarray(matrix @ cosine)


def probs(matrix: Matrix) -> Floats:
    """ProbS, mass diffusion: what a row's columns give to all rows, and these to their columns (Zhou et al. 2010, PNAS 107)."""
    degree = matrix / np.maximum(matrix.sum(axis=0), 1)
    passed = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    return np.asarray(matrix @ (degree.T @ passed))


def ease(matrix: Matrix) -> Floats:
    """EASE: the linear model of columns by columns that leaves each column out of its own forecast (Steck 2019, WWW)."""
    inverse = np.linalg.inv(matrix.T @ matrix + RIDGE * np.eye(matrix.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return np.asarray(matrix @ weights)


RIDGE = 10.0
"""How much EASE is held back; stated beforehand, not tuned."""


def by_place(near: Floats, prior: float = PRIOR) -> Method:
    """The share of near rows that have the column, drawn towards the share of all (empirical Bayes).

    `near` weighs each row for each other; `prior` is how many rows the common share counts for.
    """
    weights = near.copy()
    np.fill_diagonal(weights, 0)

    def scores(matrix: Matrix) -> Floats:
        common = popularity(matrix) / len(matrix)
        return np.asarray((weights @ matrix + prior * common) / (weights.sum(axis=1, keepdims=True) + prior))

    return scores


def probs_by_place(near: Floats) -> Method:
    """ProbS times the share of near rows."""
    shares = by_place(near)
    return lambda matrix: np.asarray(probs(matrix) * shares(matrix))


def chance(matrix: Matrix) -> Floats:
    """The same score for all: whoever ranks by it draws lots."""
    return np.zeros(matrix.shape)


METHODS: dict[str, Method] = {
    "popularity": popularity,
    "item-knn": item_knn,
    "probs": probs,
    "ease": ease,
    "chance": chance,
}
"""By name, in the order in which they are told."""

DEFAULT = "popularity"
"""What *next* ranks by; `evaluate.leave_source_out` measures whether another method has earned the place."""
