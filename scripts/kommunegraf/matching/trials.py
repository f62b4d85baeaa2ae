"""What the measurements of matching are made of: which kommuner are related, what each link rests on, and the methods to try."""

from collections.abc import Callable, Iterable
from math import exp

import networkx as nx
import numpy as np
import numpy.typing as npt

from kommunegraf.matching import ranking
from kommunegraf.matching.network import distance
from kommunegraf.matching.register import Place

KILOMETRES = 40.0
"""How far the weight of a place reaches (the standard deviation of a normal kernel); stated beforehand, not tuned."""
Links = npt.NDArray[np.float64]


def sources(graph: nx.Graph, matrix: Links, rows: list[str], columns: list[str]) -> dict[tuple[int, int], frozenset[str]]:
    """The sources, by IRI, of each link of the matrix, by row and column."""
    cells = np.argwhere(matrix > 0).tolist()
    adoptions = {(i, j): graph.edges[rows[i], columns[j]]["adoption"] for i, j in cells}
    return {cell: frozenset(e.source.iri for e in adopted.evidence) for cell, adopted in adoptions.items()}


def first_years(graph: nx.Graph, matrix: Links, rows: list[str], columns: list[str]) -> Links:
    """The first year in which a source tells of each link of the matrix; NaN where there is no link or no year."""
    years = np.full(matrix.shape, np.nan)
    for i, j in np.argwhere(matrix > 0).tolist():
        stated = [e.year for e in graph.edges[rows[i], columns[j]]["adoption"].evidence if e.year]
        years[i, j] = min(stated, default=np.nan)
    return years


def methods(places: list[Place], near: nx.Graph) -> dict[str, ranking.Method]:
    """What could rank *next*: the methods of `ranking`, and those that use place. `places` are the rows."""
    beside = related(places, lambda one, other: near.has_edge(one.municipality.iri, other.municipality.iri)).astype(float)
    region = related(places, same_region).astype(float)
    kernel = np.array([[exp(-((distance(one, other) / KILOMETRES) ** 2) / 2) for other in places] for one in places])
    placed = {"neighbours": ranking.by_place(beside), "region": ranking.by_place(region), "distance": ranking.by_place(kernel)}
    return {**ranking.METHODS, **placed, "probs-place": ranking.probs_by_place(kernel)}


def related(places: Iterable[Place], holds: Callable[[Place, Place], bool]) -> npt.NDArray[np.bool_]:
    """Which two different kommuner are related."""
    each = list(places)
    return np.array([[one is not other and holds(one, other) for other in each] for one in each])


def same_region(one: Place, other: Place) -> bool:
    """Whether two kommuner are of one region."""
    return one.region is not None and one.region == other.region
