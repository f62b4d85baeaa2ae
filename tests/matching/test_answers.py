"""The five answers follow their stated rules on the real evidence, and say how far they can be trusted."""

from collections import defaultdict

import networkx as nx
import numpy as np
import pyoxigraph as ox
import pytest
from tests.helpers.tables import read_table

from kommunegraf.findings import BadInput
from kommunegraf.graph.adoption import CONFIDENCE, FRESHNESS
from kommunegraf.matching import communities, evaluate, ranking, report, trials
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.network import Claim
from kommunegraf.matching.nullmodel import Floats, Integers, curveball
from kommunegraf.matching.register import Choices, Register, read
from kommunegraf.names import UnknownName
from kommunegraf.namespaces import BASE, DCT, KG
from kommunegraf.questions.ask import BadArgument
from kommunegraf.rdf.engines import Embedded

KALUNDBORG = BASE + "municipality/0326"


@pytest.fixture(scope="module")
def register(engine: Embedded) -> Register:
    return read(engine, "en")


@pytest.fixture(scope="module")
def matcher(register: Register) -> Matcher:
    return Matcher(register)


@pytest.fixture(scope="module")
def borders() -> nx.Graph:
    """Read by hand: who is beside whom."""
    tables = ("municipality-borders", "municipality-fixed-links")
    return nx.Graph([(row["municipality"], row["neighbour"]) for table in tables for row in read_table(table)])


def codes(claims: tuple[Claim, ...]) -> list[str]:
    return [c.municipality.name for c in claims]


def test_kommuner_have_what_the_tables_say_of_them(register: Register) -> None:
    people = {r["municipality"]: int(r["population"]) for r in read_table("municipality-populations")}
    regions = {r["code"]: r["region"] for r in read_table("municipalities")}
    kinds = {r["municipality"]: r["type"] for r in read_table("municipality-types")}
    for place in register.places.values():
        code = place.municipality.name
        assert (place.population, place.region and place.region.name) == (people[code], regions[code])
        assert (place.kind.name if place.kind else None) == kinds.get(code)
        assert place.point and 7 < place.point[0] < 16 and 54 < place.point[1] < 58


def test_solutions_and_years_are_those_of_the_evidence(matcher: Matcher) -> None:
    named: dict[str, set[str]] = defaultdict(set)
    for row in read_table("evidence-solutions"):
        named[f"{row['municipality']}-{row['initiative']}-{row['number']}"].add(row["solution"])
    years = {f"{r['municipality']}-{r['initiative']}-{r['number']}": (r["year_from"], r["year_to"]) for r in read_table("evidence")}
    seen = 0
    for _, _, edge in matcher.graph.edges(data=True):
        for item in edge["adoption"].evidence:
            key = item.iri.rsplit("/", 1)[1]
            assert {s.rsplit("/", 1)[1] for s in item.solutions} == named[key]
            assert (str(item.start or ""), str(item.end or "")) == years[key]
            seen += len(item.solutions)
    assert seen > 300


@pytest.mark.parametrize(
    "choices", [Choices(), Choices("low"), Choices("high"), Choices(broad=10), Choices(since=2015, until=2018), Choices(until=2014)]
)
def test_the_choices_leave_what_they_say(register: Register, choices: Choices) -> None:
    published = {r["id"]: r["year"] for r in read_table("sources")}
    table, reach = read_table("evidence"), defaultdict(set)
    for row in table:
        reach[row["source"], row["initiative"]].add(row["municipality"])

    def counts(row: dict[str, str]) -> bool:
        year = published[row["source"]]
        within = choices.since is choices.until is None or (year and (choices.since or 0) <= int(year) <= (choices.until or 9999))
        narrow = choices.broad is None or len(reach[row["source"], row["initiative"]]) <= choices.broad
        return bool(within and narrow and CONFIDENCE.index(row["confidence"]) >= CONFIDENCE.index(choices.confidence))

    expected = {(r["municipality"], r["initiative"]) for r in table if counts(r)}
    edges = {(a.rsplit("/", 1)[1], b.rsplit("/", 1)[1]) for a, b in Matcher(register, choices).graph.edges}
    assert edges == expected and edges


@pytest.mark.parametrize(
    ("given", "hint"),
    [({"confidence": "sure"}, "low, medium, high"), ({"broad": 0}, "1 or more"), ({"since": 2018, "until": 2015}, "no year is both")],
)
def test_a_choice_that_cannot_hold_is_refused(given: dict[str, int], hint: str) -> None:
    with pytest.raises(BadArgument, match=hint):
        Choices(**given)  # type: ignore[arg-type]


def test_choices_that_leave_nothing_say_so(register: Register) -> None:
    with pytest.raises(BadArgument, match=r"no evidence is left .*1990–1991"):
        Matcher(register, Choices(since=1990, until=1991))


def test_teachers_come_near_first_then_by_freshness_evidence_length_and_size(matcher: Matcher) -> None:
    people = {r["municipality"]: int(r["population"]) for r in read_table("municipality-populations")}
    seen = 0
    for row in matcher.rows:
        for plan in matcher.learn_from(row, matcher.columns):
            own, keys = row.rsplit("/", 1)[1], []
            for peer in plan.peers:
                there = peer.claim.municipality.name
                ratio = people[there] / people[own]
                assert peer.size == pytest.approx(ratio) and there != own
                nearness = ("neighbour", "region", "elsewhere").index(peer.near)
                freshness = FRESHNESS.index(peer.claim.freshness)
                sure = -CONFIDENCE.index(peer.claim.confidence)
                keys.append((nearness, freshness, sure, peer.since or 9999, max(ratio, 1 / ratio), there))
            assert keys == sorted(keys)
            seen += len(keys)
    assert seen > 10_000


def test_an_unplanned_initiative_can_be_asked_for(matcher: Matcher) -> None:
    (plan,) = matcher.learn_from(KALUNDBORG, [BASE + "initiative/open-data"])
    assert plan.own is None and {"0306", "0316"} <= set(codes(tuple(p.claim for p in plan.peers)))


def test_next_is_by_popularity_with_the_others_beside(matcher: Matcher) -> None:
    for suggestions in (matcher.next(row) for row in matcher.rows):
        assert [n.places["popularity"] for n in suggestions] == list(range(1, len(suggestions) + 1))
        adopters = [n.adopters.all - n.adopters.ended for n in suggestions]
        assert adopters == sorted(adopters, reverse=True)
    suggestions = matcher.next(KALUNDBORG)
    assert not {n.initiative.iri for n in suggestions} & set(matcher.running[KALUNDBORG])
    assert all(set(n.places) == {"popularity", "item-knn", "probs", "ease"} for n in suggestions)
    assert all(matcher.running.has_edge(c.municipality.iri, n.initiative.iri) for n in suggestions for c in n.peers)
    low = {i for i in matcher.everything[KALUNDBORG] if not matcher.graph.has_edge(KALUNDBORG, i)}
    assert {n.initiative.iri for n in suggestions if n.mentioned} >= low != set()


def test_scores_of_next_are_what_a_count_by_hand_gives() -> None:
    cells = np.array([[1, 1, 0], [1, 0, 1], [0, 0, 1]], float)
    assert ranking.popularity(cells)[0].tolist() == [2, 1, 2]
    assert ranking.item_knn(cells)[0, 2] == pytest.approx(1 / 2)  # cosine of columns 0 and 2; columns 1 and 2 share nobody
    assert ranking.probs(cells)[0, 2] == pytest.approx(1 / 2 * 1 / 2)  # column 0 gives half to row 1, which gives half to column 2
    assert not ranking.chance(cells).any()


def some(*names: str) -> dict[str, ranking.Method]:
    return {name: ranking.METHODS[name] for name in names}


def test_what_next_ranks_by_is_what_the_evaluation_chose(matcher: Matcher) -> None:
    places = [matcher.register.places[row] for row in matcher.rows]
    sources = trials.sources(matcher.graph, matcher.matrix, matcher.rows, matcher.columns)
    methods = trials.methods(places, matcher.near)
    trial = evaluate.leave_source_out(matcher.matrix, sources, methods)
    years = trials.first_years(matcher.graph, matcher.matrix, matcher.rows, matcher.columns)
    splits = [evaluate.time_split(years, year, methods) for year in report.SPLITS]
    assert trial.links == matcher.running.number_of_edges() > 400
    assert evaluate.chosen([trial, *splits]) == ranking.DEFAULT
    for scores in trial.scores.values():
        assert all(s.low < s.mean < s.high for s in scores.values())
        assert scores["hit@1"].mean <= scores["hit@3"].mean <= scores["hit@5"].mean
    assert trial.gain["chance"].high < 0
    again = evaluate.leave_source_out(matcher.matrix, sources, some("popularity", "probs"))
    assert again.scores == {name: trial.scores[name] for name in ("popularity", "probs")} and again.gain["probs"] == trial.gain["probs"]


def test_chance_finds_a_hidden_link_as_often_as_chance_does() -> None:
    """Simulated: two of ten columns each, so that one of nine is right."""
    cells = np.zeros((6, 10))
    cells[:, 0] = 1
    cells[np.arange(6), np.arange(1, 7)] = 1
    trial = evaluate.leave_one_out(cells, some("popularity", "chance"))
    assert trial.scores["chance"]["hit@1"].mean == pytest.approx(1 / 9)
    assert trial.scores["chance"]["mrr"].mean == pytest.approx(sum(1 / k for k in range(1, 10)) / 9)
    assert trial.winner() == "popularity"


def test_a_better_method_wins() -> None:
    """Simulated: two worlds of five initiatives; who is in one has four of them."""
    cells = np.zeros((40, 10))
    for row in range(40):
        cells[row, (row % 2) * 5 : (row % 2) * 5 + 5] = 1
        cells[row, (row % 2) * 5 + row % 5] = 0
    trial = evaluate.leave_one_out(cells, some("popularity", "item-knn", "probs", "chance"))
    assert trial.winner() in ("item-knn", "probs") and trial.gain["item-knn"].low > 0


def test_stability_is_a_share_repeats_itself_and_is_whole_when_nothing_goes(matcher: Matcher) -> None:
    silent = [i for i, row in enumerate(matcher.rows) if not matcher.running.degree[row]]
    stability = matcher.stability
    assert np.flatnonzero(np.isnan(stability)).tolist() == silent
    assert 0 < np.nanmin(stability) < np.nanmean(stability) < np.nanmax(stability) < 1
    assert np.array_equal(stability, evaluate.stability(matcher.matrix), equal_nan=True)
    assert np.nanmin(evaluate.stability(matcher.matrix, share=0, repeats=1)) == 1
    measure = evaluate.Stability(matcher.matrix)
    alone = [measure.of(row) for row in range(len(matcher.rows))]
    assert np.array_equal(stability, alone, equal_nan=True)  # to the last digit, as a page rounds it


def communal(seed: int) -> tuple[Floats, Integers]:
    """Simulated: four groups of twelve, each with five initiatives of its own."""
    random, group = np.random.default_rng(seed), np.repeat(np.arange(4), 12)
    chances = np.where(np.repeat(np.arange(4), 5)[None, :] == group[:, None], 0.8, 0.08)
    return np.asarray(random.random((48, 20)) < chances, float), group


def test_planted_communities_are_found_stable_real_and_named() -> None:
    cells, group = communal(1)
    partition = communities.find(cells, seeds=5, samples=19)
    assert communities.adjusted_rand(partition.member, group) > 0.85
    assert partition.p == 1 / 20 and partition.modularity > 2 * partition.null_mean and partition.stability > 0.9
    for number, columns in enumerate(partition.distinct):
        inside = group[partition.member == number]
        assert {c // 5 for c in columns} == {int(np.bincount(inside).argmax())}


def test_communities_of_noise_are_not_real() -> None:
    chances = [communities.find(drawn, seeds=1, samples=19).p for drawn in curveball(communal(2)[0], 7, 6)]
    assert sum(p <= 0.1 for p in chances) <= 2


@pytest.mark.parametrize(("other", "index"), [([0, 0, 1, 1], 1.0), ([1, 1, 0, 0], 1.0), ([0, 1, 0, 1], -0.5)])
def test_the_adjusted_rand_index_is_as_published(other: list[int], index: float) -> None:
    assert communities.adjusted_rand(np.array([0, 0, 1, 1]), np.array(other)) == pytest.approx(index)


def without(engine: Embedded, predicate: str) -> Embedded:
    store = ox.Store()
    store.extend(q for q in engine.store if q.predicate.value != predicate)
    return Embedded(store)


@pytest.mark.parametrize(
    ("predicate", "name"),
    [
        (KG + "confidence", "kg:confidence"), (KG + "status", "kg:status"), (KG + "adopter", "kg:adopter"),
        (DCT + "source", "dcterms:source"),
    ],
)
def test_a_graph_that_lacks_something_needed_is_told_what(engine: Embedded, predicate: str, name: str) -> None:
    with pytest.raises(BadInput, match=f"evidence/0101-.* it has no {name}"):
        read(without(engine, predicate))


@pytest.mark.parametrize("predicate", [KG + "region", KG + "population", KG + "solution", KG + "borders", "http://www.opengis.net/ont/geosparql#asWKT"])
def test_a_graph_that_lacks_something_else_is_matched_by_the_rest(engine: Embedded, predicate: str) -> None:
    result = Matcher.open(without(engine, predicate)).match(KALUNDBORG)
    assert result.alike and result.next


def test_a_graph_without_kommuner_is_told_so() -> None:
    with pytest.raises(BadInput, match="the graph has no kommune"):
        read(Embedded(ox.Store()))


def test_two_kommuner_are_two(matcher: Matcher) -> None:
    with pytest.raises(BadArgument, match="another kommune"):
        matcher.between(KALUNDBORG, KALUNDBORG)
    with pytest.raises(UnknownName):
        matcher.between(KALUNDBORG, BASE + "municipality/9999")


def test_everything_between_two_is_the_same_from_both_sides(matcher: Matcher) -> None:
    one, other = KALUNDBORG, BASE + "municipality/0316"
    here, there = matcher.between(one, other), matcher.between(other, one)
    both = [{str(o) for o in side.opportunities if o.kind != "join"} for side in (here, there)]
    assert here.partner.score.p == there.partner.score.p and both[0] == both[1]
    assert (here.teaches, here.only_here) == (there.learns, there.only_there)
