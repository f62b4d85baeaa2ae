"""Communities of rows that share more columns than chance gives them, with how stable and how real they are."""

from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt

from kommunegraf.matching.nullmodel import Floats, Integers, curveball, fit

SEEDS, SAMPLES = 20, 50
"""Runs of Louvain that stability compares, and random networks that modularity is compared with."""


@dataclass(frozen=True)
class Communities:
    """A partition of the rows that have links: `member` has each row's community, the largest being 0, and -1 for the others.

    `modularity` is the share of the overlap inside communities beyond what the null model expects there. `stability` is the
    mean adjusted Rand index (Hubert and Arabie 1985) between runs with different seeds, 1 for always the same. `null_mean`
    is the mean modularity of random networks with the same degrees, in one run each, and `p` the share of them that reach
    what one run finds in the real one, as (hits + 1) / (samples + 1). `distinct[c]` has columns, the most over-represented in c first.
    """

    member: Integers
    modularity: float
    stability: float
    null_mean: float
    p: float
    distinct: tuple[tuple[int, ...], ...]


def find(matrix: npt.ArrayLike, seeds: int = SEEDS, samples: int = SAMPLES) -> Communities:
    """Louvain communities (Blondel et al. 2008, in networkx) on the overlap beyond the null model; the best of `seeds` runs.

    The null model's modularity replaces the usual one, since every projection has dense overlap (Guimerà et al. 2007).
    Random networks are drawn with the curveball algorithm. Raises as `nullmodel.fit`.
    """
    cells = np.asarray(matrix).astype(float)
    chances = fit(cells).probabilities()
    runs = [_louvain(cells, chances, seed) for seed in range(seeds)]
    scores = [_modularity(cells, chances, run) for run in runs]
    best = int(np.argmax(scores))
    pairs = [(a, b) for a in range(seeds) for b in range(a + 1, seeds)]
    linked = cells.sum(axis=1) > 0
    stability = float(np.mean([adjusted_rand(runs[a][linked], runs[b][linked]) for a, b in pairs])) if pairs else 1.0
    null = [_modularity(drawn, chances, _louvain(drawn, chances, 0)) for drawn in curveball(cells, 1, samples)]
    hits = sum(score >= scores[0] for score in null)
    distinct = _distinct(cells, chances, runs[best])
    mean = float(np.mean(null)) if null else 0.0
    return Communities(runs[best], scores[best], stability, mean, (hits + 1) / (samples + 1), distinct)


def _beyond(cells: npt.NDArray[np.float64], chances: Floats) -> Floats:
    beyond = cells @ cells.T - chances @ chances.T
    np.fill_diagonal(beyond, 0)
    return np.asarray(beyond)


def _louvain(drawn: npt.ArrayLike, chances: Floats, seed: int) -> Integers:
    cells = np.asarray(drawn, float)
    linked = cells.sum(axis=1) > 0
    weights = np.triu(np.where(np.outer(linked, linked), _beyond(cells, chances), 0), 1)
    one, other = np.nonzero(weights > 0)
    graph = nx.Graph()
    graph.add_nodes_from(np.flatnonzero(linked).tolist())
    graph.add_weighted_edges_from(zip(one.tolist(), other.tolist(), weights[one, other].tolist()))
    member = np.full(len(cells), -1, np.int64)
    groups = sorted(nx.community.louvain_communities(graph, seed=seed), key=lambda group: (-len(group), min(group)))
    for number, group in enumerate(groups):
        member[sorted(group)] = number
    return member


def _modularity(drawn: npt.ArrayLike, chances: Floats, member: Integers) -> float:
    cells = np.asarray(drawn, float)
    overlap = cells @ cells.T
    np.fill_diagonal(overlap, 0)
    same = (member[:, None] == member) & (member >= 0)
    return float(_beyond(cells, chances)[same].sum() / overlap.sum()) if overlap.sum() else 0.0


def adjusted_rand(one: Integers, two: Integers) -> float:
    """The adjusted Rand index of two partitions of the same things: 1 for equal ones, about 0 for unrelated ones."""
    table = np.zeros((one.max(initial=0) + 1, two.max(initial=0) + 1))
    np.add.at(table, (one, two), 1)
    together, rows, columns, everything = (
        float((count * (count - 1) / 2).sum()) for count in (table, table.sum(axis=1), table.sum(axis=0), np.array([len(one)]))
    )
    by_chance = rows * columns / everything if everything else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == by_chance else (together - by_chance) / (most - by_chance)


def _distinct(cells: npt.NDArray[np.float64], chances: Floats, member: Integers, most: int = 3) -> tuple[tuple[int, ...], ...]:
    groups = []
    for number in range(int(member.max(initial=-1)) + 1):
        inside = member == number
        variance = (chances[inside] * (1 - chances[inside])).sum(axis=0)
        score = (cells[inside] - chances[inside]).sum(axis=0) / np.sqrt(np.maximum(variance, 1e-9))
        groups.append(tuple(int(c) for c in np.argsort(-score, kind="stable")[:most] if score[c] > 0))
    return tuple(groups)
