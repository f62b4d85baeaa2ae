"""The null model is right: equal to the reference package, exact in the tails, quiet on noise, better than counting on what is planted."""

import warnings
from collections.abc import Iterable
from itertools import combinations, product

import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import binom, false_discovery_control, mannwhitneyu, spearmanr, t
from tests.helpers.examples import examples

from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.nullmodel import TOLERANCE, Floats, curveball, fit, fixed_degree_p
from kommunegraf.matching.similarity import Similarity, adjusted
from kommunegraf.rdf.engines import Embedded

UPPER = np.triu_indices(98, 1)


def chances(seed: int) -> Floats:
    """Simulated: kommuner and initiatives of very unequal reach."""
    random = np.random.default_rng(seed)
    return np.asarray(np.minimum(2 * np.outer(random.beta(2, 4, 98), random.beta(2, 3, 31)), 0.95))


def simulated(seed: int) -> Floats:
    """Simulated: independent links, no signal."""
    return np.asarray(np.random.default_rng(100 + seed).random((98, 31)) < chances(seed), float)


def planted(seed: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Simulated: the same, but each of seven groups takes up four initiatives more often; and the group of each kommune."""
    random, matrix, group = np.random.default_rng(200 + seed), simulated(seed), np.arange(98) % 7
    for number in range(7):
        block = np.ix_(group == number, random.choice(31, 4, replace=False))
        matrix[block] = np.maximum(matrix[block], random.random(matrix[block].shape) < 0.8)
    return matrix, group


@pytest.fixture(scope="module")
def real(engine: Embedded) -> Floats:
    """The real network, kommuner without evidence aside."""
    matrix = Matcher.open(engine).matrix
    return np.asarray(matrix[matrix.any(axis=1)])


def assert_equals_bicm(matrix: Floats) -> None:
    from bicm import BipartiteGraph

    graph = BipartiteGraph()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph.set_biadjacency_matrix(matrix.astype(int))
        graph.solve_tool()
        graph.compute_projection(rows=True, approx_method="poibin", threads_num=1)  # without its progress bar it would compute nothing
    ours = Similarity(matrix)
    assert np.abs(graph.get_bicm_matrix() - ours.model.probabilities()).max() < 1e-6
    p, pairs = ours.p(), [(a, b, value) for a, near in graph.rows_pvals.items() for b, value in near.items()]
    assert len(pairs) > 1000
    assert max(abs(p[a, b] - value) for a, b, value in pairs) < 1e-6


@pytest.mark.slow
def test_p_values_are_those_of_the_reference_package_on_the_real_network(real: Floats) -> None:
    assert_equals_bicm(real)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_p_values_are_those_of_the_reference_package_on_random_networks(seed: int) -> None:
    """The quick run holds it in small: expected degrees and tails as a count of every outcome gives them."""
    matrix = simulated(seed)
    assert_equals_bicm(matrix[matrix.any(axis=1)][:, matrix.any(axis=0)])


@examples(60)
@given(arrays(np.int8, st.tuples(st.integers(1, 8), st.integers(1, 7)), elements=st.integers(0, 1)))
def test_expected_degrees_are_the_observed_ones_whatever_the_network(matrix: npt.NDArray[np.int8]) -> None:
    links = fit(matrix).probabilities()
    for axis in (0, 1):
        assert np.allclose(links.sum(axis=axis), matrix.sum(axis=axis), rtol=1.01 * TOLERANCE, atol=1.01 * TOLERANCE)
    assert (links >= 0).all() and (links <= 1).all()


def test_tails_are_what_counting_every_outcome_gives() -> None:
    matrix = np.array([[1, 1, 0, 1], [0, 1, 0, 0], [1, 0, 1, 1], [0, 1, 1, 0]])
    model = fit(matrix)
    links = model.probabilities()
    for a, b in combinations(range(4), 2):
        both = links[a] * links[b]
        for least in range(5):
            outcomes = [o for o in product((0, 1), repeat=4) if sum(o) >= least]
            counted = sum(np.prod([c if hit else 1 - c for hit, c in zip(o, both)]) for o in outcomes)
            assert model.tails[model.row_class[a], model.row_class[b], least] == pytest.approx(counted, rel=1e-9)


def test_a_tiny_tail_keeps_its_digits() -> None:
    """Where all have one degree the overlap is binomial, which SciPy computes in its own way."""
    matrix = np.array([np.roll(np.arange(400) < 12, 4 * n) for n in range(100)], float)
    model = fit(matrix)
    assert np.ptp(model.links) < 1e-9
    a = model.row_class[0]
    assert model.tails[a, a, 12] == pytest.approx(float(binom.sf(11, 400, model.links[0, 0] ** 2)), rel=1e-6)
    assert 0 < model.tails[a, a, 12] < 1e-12


@pytest.mark.parametrize("matrix", [np.zeros((0, 3)), np.zeros(4), [[0, 2]], [[0.5]]])
def test_what_is_no_network_is_refused(matrix: npt.ArrayLike) -> None:
    with pytest.raises(ValueError, match="zeros and ones"):
        fit(matrix)


def test_random_networks_keep_both_degree_sequences_and_differ(real: Floats) -> None:
    samples = list(curveball(real, 1, 5))
    for drawn in samples:
        assert (drawn.sum(axis=0) == real.sum(axis=0)).all() and (drawn.sum(axis=1) == real.sum(axis=1)).all()
    assert all((a != b).mean() > 0.05 for a, b in combinations([real.astype(np.int8), *samples], 2))
    assert all((a == b).all() for a, b in zip(samples, curveball(real, 1, 5)))


def test_curveball_reaches_every_network_of_its_degrees_equally_often() -> None:
    """Degrees (1, 1, 1) by (1, 1, 1) have six networks: the permutations."""
    seen: dict[bytes, int] = {}
    for drawn in curveball(np.eye(3), 2, 3000):
        seen[drawn.tobytes()] = seen.get(drawn.tobytes(), 0) + 1
    assert len(seen) == 6
    assert all(binom.ppf(0.0001, 3000, 1 / 6) <= count <= binom.ppf(0.9999, 3000, 1 / 6) for count in seen.values())


def test_the_model_with_fixed_degrees_ranks_pairs_as_the_default_does(real: Floats) -> None:
    upper = np.triu_indices(len(real), 1)
    shared = (real @ real.T)[upper] > 0
    fixed, soft = fixed_degree_p(real, 1, 300)[upper][shared], Similarity(real).p()[upper][shared]
    assert spearmanr(fixed, soft).statistic > 0.97


def test_on_noise_false_positives_stay_within_binomial_bounds() -> None:
    for level in (0.01, 0.05, 0.1):
        positives = np.concatenate([Similarity(simulated(seed)).p()[UPPER] <= level for seed in range(10)])
        assert positives.sum() <= binom.ppf(0.999, len(positives), level)
    assert positives.sum() > 0


def test_on_noise_almost_no_pair_is_significant() -> None:
    networks = [bool(Similarity(simulated(seed)).significant(0.05)) for seed in range(40)]
    assert sum(networks) <= binom.ppf(0.999, 40, 0.05)


def test_a_pair_that_cannot_be_chance_is_significant() -> None:
    matrix = np.zeros((60, 60))
    for row in range(60):
        matrix[row, [(7 * row + step) % 60 for step in range(8)]] = 1
    matrix[17] = matrix[3]
    assert (3, 17) in Similarity(matrix).significant(0.05)


def auc(score: npt.ArrayLike, same: npt.NDArray[np.bool_]) -> float:
    values = np.asarray(score)
    return float(mannwhitneyu(values[same], values[~same]).statistic / (same.sum() * (~same).sum()))


def networkx_scores(matrix: Floats) -> dict[str, list[float]]:
    """Every score that networkx has for two nodes of one mode."""
    graph = nx.bipartite.from_biadjacency_matrix(nx_sparse(matrix))
    rows, pairs = range(len(matrix)), list(zip(*UPPER))
    values = {
        name: [score for _, _, score in getattr(nx, name)(graph, pairs)]
        for name in ("jaccard_coefficient", "resource_allocation_index", "adamic_adar_index", "preferential_attachment")
    }
    linked: Iterable[tuple[str, nx.Graph]] = (
        ("weighted_projected_graph", nx.bipartite.weighted_projected_graph(graph, rows)),
        ("collaboration_weighted", nx.bipartite.collaboration_weighted_projected_graph(graph, rows)),
        ("overlap_weighted", nx.bipartite.overlap_weighted_projected_graph(graph, rows, jaccard=False)),
    )
    for name, projected in linked:
        values[name] = [projected.get_edge_data(a, b, {"weight": 0})["weight"] for a, b in pairs]
    return values


def nx_sparse(matrix: Floats) -> object:
    from scipy.sparse import csr_array

    return csr_array(matrix)


def test_planted_groups_are_found_better_than_by_every_score_of_networkx() -> None:
    gains: dict[str, list[float]] = {}
    ours = []
    for seed in range(8):
        matrix, group = planted(seed)
        same = group[UPPER[0]] == group[UPPER[1]]
        ours.append(auc(-np.log10(Similarity(matrix).p())[UPPER], same))
        for name, score in networkx_scores(matrix).items():
            gains.setdefault(name, []).append(ours[-1] - auc(score, same))
    assert len(gains) == 7
    for name, gain in gains.items():
        margin = t.ppf(0.975, len(gain) - 1) * np.std(gain, ddof=1) / len(gain) ** 0.5
        assert np.mean(gain) - margin > 0, (name, np.mean(gain), margin)
    assert np.mean(ours) > 0.75


@examples(50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_values_are_those_of_scipy(p: list[float]) -> None:
    assert adjusted(np.array(p), np.ones(len(p), np.int64)) == pytest.approx(false_discovery_control(p))


def test_q_values_of_counted_p_values_are_those_of_the_listed_ones(real: Floats) -> None:
    model = Similarity(real)
    upper = np.triu_indices(len(real), 1)
    listed = false_discovery_control(model.p()[upper])
    assert [model.pair(int(a), int(b)).q for a, b in zip(*upper)] == pytest.approx(listed.tolist())
    assert model.tested == len(listed)


def test_best_partners_are_the_smallest_p_values_of_those_that_share(real: Floats) -> None:
    model = Similarity(real)
    p, overlap = model.p(), model.overlap()
    top = model.top(5)
    for row in range(len(real)):
        others = [o for o in range(len(real)) if o != row and overlap[row, o] > 0]
        best = model.best(row, 5)
        assert top[row][top[row] >= 0].tolist() == best.tolist()
        assert sorted(p[row, o] for o in others)[:5] == pytest.approx([p[row, o] for o in best])
        pairs = [model.pair(row, int(o)) for o in best]
        keys = [(pair.p, -(pair.overlap - pair.expected), pair.row) for pair in pairs]
        assert all(a[0] < b[0] + 1e-12 for a, b in zip(keys, keys[1:]))


def test_the_usual_scores_are_those_of_networkx(real: Floats) -> None:
    model, graph = Similarity(real), nx.bipartite.from_biadjacency_matrix(nx_sparse(real))
    for a, b in [(0, 1), (5, 40), (30, 60)]:
        pair = model.pair(a, b)
        assert pair.jaccard == pytest.approx(next(nx.jaccard_coefficient(graph, [(a, b)]))[2])
        assert pair.resource_allocation == pytest.approx(next(nx.resource_allocation_index(graph, [(a, b)]))[2])


def test_blocks_give_what_one_piece_gives(real: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Similarity(real)
    monkeypatch.setattr("kommunegraf.matching.similarity.BLOCK", 300)
    parts = Similarity(real)
    assert (parts.top(5) == whole.top(5)).all() and (parts.q_table == whole.q_table).all()
    assert parts.significant(1.0) == whole.significant(1.0)
