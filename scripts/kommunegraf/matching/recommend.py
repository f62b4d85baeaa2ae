"""Which columns fit a row next: scores by popularity, item-kNN, network diffusion, alike rows, and chance.

All methods take a matrix of zeros and ones (rows by columns) and give a score for every cell; a row's own columns are for
the caller to leave out.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from kommunegraf.matching.nullmodel import Floats
from kommunegraf.matching.similarity import Similarity

Matrix = npt.NDArray[np.float64]


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
    given = matrix / np.maximum(matrix.sum(axis=0), 1)
    passed = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    return np.asarray(matrix @ (given.T @ passed))


def alike(matrix: Matrix) -> Floats:
    """The summed surprise, -log10 p under the null model, of the rows that have the column."""
    weights = -np.log10(Similarity(matrix).p())
    np.fill_diagonal(weights, 0)
    return np.asarray(weights @ matrix)


def chance(matrix: Matrix) -> Floats:
    """The same score for all: whoever ranks by it draws lots."""
    return np.zeros(matrix.shape)


METHODS: dict[str, Callable[[Matrix], Floats]] = {
    "popularity": popularity,
    "item-knn": item_knn,
    "probs": probs,
    "alike": alike,
    "chance": chance,
}
"""By name, in the order in which they are told."""

DEFAULT = "popularity"
"""What *next* ranks by; `evaluate.leave_one_out` measures whether another method has earned the place."""
