"""Matches rest on evidence, count what the tables say, claim no more than that, and come in one order."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import networkx as nx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers.examples import examples
from tests.helpers.tables import read_table

from kommunegraf import languages
from kommunegraf.graph.adoption import Evidence
from kommunegraf.matching import screen
from kommunegraf.matching import text as texts
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.network import Claim, network
from kommunegraf.matching.register import Choices, Register, read
from kommunegraf.matching.results import Counts, Match
from kommunegraf.names import UnknownName
from kommunegraf.namespaces import BASE, DCT, KG, RDF, SKOS
from kommunegraf.questions import ask as queries
from kommunegraf.rdf.engines import Embedded

KALUNDBORG, SAMSOE = "0326", "0741"
Overlaps = dict[str, dict[str, set[str]]]


def place(code: str) -> str:
    return f"{BASE}municipality/{code}"


def held(low: bool) -> dict[str, set[str]]:
    """Counted by hand: the initiatives of each kommune in the table of evidence."""
    initiatives: dict[str, set[str]] = {row["code"]: set() for row in read_table("municipalities")}
    for row in read_table("evidence"):
        if low or row["confidence"] != "low":
            initiatives[row["municipality"]].add(row["initiative"])
    return initiatives


def overlaps(initiatives: dict[str, set[str]]) -> Overlaps:
    return {a: {b: ours & theirs for b, theirs in initiatives.items() if b != a and ours & theirs} for a, ours in initiatives.items()}


def shares(one: Match) -> dict[str, set[str]]:
    return {partner.municipality.name: {shared.initiative.name for shared in partner.shared} for partner in one.alike}


def match(engine: Embedded, municipality: str, lang: str = "da", confidence: str = "medium") -> Match:
    return Matcher.open(engine, lang, Choices(confidence)).match(municipality)


def claims(one: Match) -> Iterator[Claim]:
    """Every claim that a match makes, those that do not count aside."""
    yield from one.adoptions
    for shared in (s for side in (one.alike, one.neighbours) for beside in side for s in beside.shared):
        yield from (shared.own, shared.other)
    for plan in one.learn_from:
        assert plan.own
        yield from (plan.own, *(peer.claim for peer in plan.peers))
    for neighbour in one.neighbours:
        yield from neighbour.running
    for opportunity in one.opportunities:
        yield from opportunity.claims
    for item in one.next:
        yield from item.peers


def evidence(one: Match) -> set[Evidence]:
    return {item for claim in (*claims(one), *one.uncounted) for item in claim.evidence}


@pytest.fixture(scope="module")
def register(engine: Embedded) -> Register:
    """The real graph, read once."""
    return read(engine)


@pytest.fixture(scope="module")
def matcher(register: Register) -> Matcher:
    """The real graph under the default choices."""
    return Matcher(register)


@pytest.fixture(scope="module")
def matches(matcher: Matcher) -> dict[str, Match]:
    """The match of every kommune, by code."""
    return {row["code"]: matcher.match(place(row["code"])) for row in read_table("municipalities")}


def test_every_kommune_has_a_match(matches: dict[str, Match]) -> None:
    assert len(matches) == 98 and all(one.municipality.iri == place(code) for code, one in matches.items())


def test_a_graph_read_once_gives_the_same_match(engine: Embedded, matches: dict[str, Match]) -> None:
    assert match(engine, place(KALUNDBORG)) == matches[KALUNDBORG]


def test_the_network_is_the_graph_s_adoptions(engine: Embedded) -> None:
    stated: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for quad in engine.store.quads_for_pattern(None, None, None, ox.NamedNode(BASE + "graph/analysis")):
        stated[str(quad.subject)][quad.predicate.value].add(str(quad.object))
    adoptions = [about for about in stated.values() if f"<{KG}Adoption>" in about[RDF + "type"]]
    terms = ("adopter", "initiative", "status", "supportedBy", "statusFrom")
    expected = {tuple(frozenset(about[KG + term]) for term in terms) for about in adoptions}
    links = set()
    for municipality, initiative, edge in network(engine).edges(data=True):
        iris = [item.iri for item in edge["adoption"].evidence]
        sets = [municipality], [initiative], [f"{BASE}status/{edge['adoption'].status}"], iris, iris[:1]
        links.add(tuple(frozenset(f"<{iri}>" for iri in values) for values in sets))
    assert links == expected and len(links) > 400


def test_the_network_has_two_modes_and_everyone_in_it(engine: Embedded) -> None:
    graph = network(engine, "en")
    assert nx.is_bipartite(graph)
    modes = {mode: {n.rsplit("/", 1)[1]: d["label"] for n, d in graph.nodes(data=True) if d["bipartite"] == mode} for mode in (0, 1)}
    assert modes[0] == {row["code"]: row["name_en"] for row in read_table("municipalities")}
    assert modes[1] == {row["id"]: row["label_en"] for row in read_table("initiatives")}


@pytest.mark.parametrize("low", [False, True])
def test_shares_are_what_a_count_by_hand_gives_and_nothing_that_has_ended(register: Register, low: bool) -> None:
    matcher = Matcher(register, Choices("low" if low else "medium"))
    initiatives = held(low)
    for municipality, initiative, status in matcher.graph.edges(data="status"):
        if status.name == "ended":
            initiatives[municipality.rsplit("/", 1)[1]].discard(initiative.rsplit("/", 1)[1])
    assert initiatives != held(low)
    assert {code: shares(matcher.match(place(code))) for code in initiatives} == overlaps(initiatives)


def test_adopters_are_counted_by_status_as_the_graph_states_them(engine: Embedded, matches: dict[str, Match]) -> None:
    stated: dict[str, Counter[str]] = defaultdict(Counter)
    for quad in engine.store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), ox.NamedNode(KG + "Adoption")):
        (initiative,) = [str(q.object) for q in engine.store.quads_for_pattern(quad.subject, ox.NamedNode(KG + "initiative"), None)]
        (status,) = [str(q.object) for q in engine.store.quads_for_pattern(quad.subject, ox.NamedNode(KG + "status"), None)]
        stated[initiative.strip("<>")][status.rsplit("/", 1)[1].strip(">")] += 1
    for one in matches.values():
        for shared in (s for partner in one.alike for s in partner.shared):
            assert shared.adopters == Counts.of(stated[shared.initiative.iri].elements())


def test_every_claim_leads_to_evidence_whose_source_is_in_the_graph(engine: Embedded, matches: dict[str, Match]) -> None:
    def states(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> bool:
        return any(engine.store.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(predicate), value))

    assert all(claim.evidence for one in matches.values() for claim in (*claims(one), *one.uncounted))
    cited = set().union(*(evidence(one) for one in matches.values()))
    assert len(cited) > 500
    for item in cited:
        assert states(item.iri, DCT + "source", ox.NamedNode(item.source.iri)), item
        assert states(item.iri, KG + "status", ox.NamedNode(f"{BASE}status/{item.status}")), item
        titles = engine.store.quads_for_pattern(ox.NamedNode(item.source.iri), ox.NamedNode(DCT + "title"), None)
        assert any(isinstance(q.object, ox.Literal) and q.object.value == item.source.title for q in titles)


def test_every_claim_cites_evidence_about_its_own_kommune_and_initiative(matches: dict[str, Match]) -> None:
    for one in matches.values():
        for claim in (*claims(one), *one.uncounted):
            about = f"{BASE}evidence/{claim.municipality.name}-{claim.initiative.name}-"
            assert all(item.iri.startswith(about) for item in claim.evidence)
            assert claim.status.name in ("open-plan", claim.evidence[0].status)
            assert claim.status.name != "open-plan" or claim.evidence[0].status == "planned"


def test_low_evidence_counts_only_when_asked(engine: Embedded, matches: dict[str, Match]) -> None:
    assert {item.confidence for one in matches.values() for c in claims(one) for item in c.evidence} == {"high", "medium"}
    wide = match(engine, place(KALUNDBORG), confidence="low")
    assert {item.confidence for c in claims(wide) for item in c.evidence} == {"high", "medium", "low"}
    assert not wide.uncounted
    before = matches[KALUNDBORG]
    assert {c.initiative for c in wide.adoptions} == {c.initiative for c in (*before.adoptions, *before.uncounted)}
    assert len(wide.adoptions) > len(before.adoptions)


def test_evidence_is_told_as_the_tables_have_it(matches: dict[str, Match]) -> None:
    sources = {row["id"]: row for row in read_table("sources")}
    table = {row["municipality"] + "-" + row["initiative"] + "-" + row["number"]: row for row in read_table("evidence")}
    for item in set().union(*(evidence(one) for one in matches.values())):
        name = item.source.iri.rsplit("/", 1)[1]
        row, source = table[item.iri.rsplit("/", 1)[1]], sources[name]
        assert (item.status, item.confidence) == (row["status"], row["confidence"])
        assert item.title in (row["title"], row["title_da"], row["title_en"]) and item.source.title in (
            source["title"], source["title_da"], source["title_en"]
        )
        assert (name, item.source.address) == (row["source"], source["url"])
        assert item.source.year == (int(source["year"]) if source["year"] else None)


def test_both_sides_speak_for_themselves(matches: dict[str, Match]) -> None:
    for one in matches.values():
        for partner in one.alike:
            for shared in partner.shared:
                assert shared.own in one.adoptions
                assert shared.other.municipality == partner.municipality and shared.other.initiative == shared.initiative
                assert shared.own.initiative == shared.initiative


def test_what_does_not_count_is_of_low_confidence_alone(matches: dict[str, Match]) -> None:
    uncounted = [c for one in matches.values() for c in one.uncounted]
    assert len(uncounted) > 50
    assert {item.confidence for c in uncounted for item in c.evidence} == {"low"}


def test_a_kommune_without_adoptions_gets_what_is_known(register: Register) -> None:
    matcher = Matcher(register, Choices("high", broad=1))
    silent = next(row for row in matcher.rows if not matcher.graph.degree[row])
    result = matcher.match(silent)
    assert not result.adoptions and not result.alike and not result.learn_from
    assert {c.initiative.name for c in result.uncounted} == held(low=True)[silent.rsplit("/", 1)[1]] != set()
    assert result.neighbours and result.next


def test_neighbours_are_those_of_the_tables(matches: dict[str, Match]) -> None:
    expected: dict[str, set[tuple[str, str]]] = {code: set() for code in matches}
    for table, relation in (("municipality-borders", "borders"), ("municipality-fixed-links", "fixedLinkTo")):
        for row in read_table(table):
            expected[row["municipality"]].add((row["neighbour"], relation))
            expected[row["neighbour"]].add((row["municipality"], relation))
    pairs = {code: {(n.municipality.name, r) for n in m.neighbours for r in n.relations if m.bordered} for code, m in matches.items()}
    assert pairs == expected
    beside = [n.relations for n in matches[SAMSOE].neighbours]
    assert {how for relations in beside for how in relations} == {"region", "size"} and 3 <= len(beside) <= 6
    assert not pairs[SAMSOE] and {"borders", "fixedLinkTo"} == {r for links in pairs.values() for _, r in links}


def test_a_neighbour_shares_what_the_ranking_says(matches: dict[str, Match]) -> None:
    for one in matches.values():
        ranked = {partner.municipality: partner.shared for partner in one.alike}
        assert all(neighbour.shared == ranked.get(neighbour.municipality, ()) for neighbour in one.neighbours)


@pytest.mark.parametrize("code", ["0101", "0175", "0326", "0741", "0751", "0851"])
def test_neighbours_and_plans_agree_with_the_published_questions(engine: Embedded, matches: dict[str, Match], code: str) -> None:
    ahead = defaultdict(set)
    for neighbour in (n for n in matches[code].neighbours if matches[code].bordered):
        for claim in neighbour.ahead:
            ahead[claim.initiative.iri].add(neighbour.municipality)
    answer = queries.run(engine, "neighbours-ahead", municipality=code).rows()
    assert {iri: len(places) for iri, places in ahead.items()} == {row["initiative"]: row["neighbourCount"] for row in answer}
    peers = {(plan.initiative.iri, peer.claim.municipality.iri) for plan in matches[code].learn_from for peer in plan.peers}
    answer = queries.run(engine, "plans-and-peers", municipality=code).rows()
    assert peers == {(row["initiative"], row["peer"]) for row in answer}


def test_plans_are_met_by_those_who_are_active_neighbours_first(matches: dict[str, Match]) -> None:
    assert sum(len(one.learn_from) for one in matches.values()) > 50
    for one in matches.values():
        assert [plan.own for plan in one.learn_from] == [c for c in one.adoptions if c.status.name in ("planned", "open-plan")]
        beside = {neighbour.municipality for neighbour in one.neighbours if one.bordered}
        for plan in one.learn_from:
            assert {peer.claim.initiative for peer in plan.peers} <= {plan.initiative}
            assert all(peer.claim.status.name == "active" for peer in plan.peers)
            assert all((peer.near == "neighbour") == (peer.claim.municipality in beside) for peer in plan.peers)
            near = [("neighbour", "region", "elsewhere").index(peer.near) for peer in plan.peers]
            assert near == sorted(near) and len({peer.claim.municipality for peer in plan.peers}) == len(near)


def test_the_least_likely_overlap_comes_first_then_the_one_furthest_beyond_chance_then_the_code(matches: dict[str, Match]) -> None:
    deciding = set()
    for one in matches.values():
        ranked = [(p.score.p, p.score.expected - p.score.overlap, p.municipality.name) for p in one.alike]
        for first, second in pairwise(ranked):
            assert first < second
            deciding.add(next(i for i in range(3) if first[i] != second[i]))
    assert deciding >= {0, 2}


def test_the_rarest_shared_initiative_comes_first(matches: dict[str, Match]) -> None:
    for one in matches.values():
        for partner in one.alike:
            order = [(shared.adopters.all - shared.adopters.ended, shared.initiative.iri) for shared in partner.shared]
            assert order == sorted(set(order))


def test_the_same_graph_in_another_order_gives_the_same_match(engine: Embedded, matches: dict[str, Match]) -> None:
    turned = ox.Store()
    for quad in reversed(list(engine.store)):
        turned.add(quad)
    assert match(Embedded(turned), place(KALUNDBORG)) == matches[KALUNDBORG]


def test_the_text_says_what_counted_and_what_absence_is_not(engine: Embedded) -> None:
    english = screen.as_text(match(engine, place(KALUNDBORG), "en"), "en")
    assert "No evidence means unknown, not no" in english and "--answer alike" in english and "a ranking" in english
    assert "high and medium" in english and "low confidence too" not in english
    assert "low confidence too" in screen.as_text(match(engine, place(KALUNDBORG), "en", "low"), "en")
    danish = screen.as_text(match(engine, place(KALUNDBORG), "da"), "da")
    assert "ukendt, ikke nej" in danish and "høj og middel" in danish and "--answer alike" in danish and "en rangorden" in danish


def test_labels_come_in_the_language_asked_for(engine: Embedded) -> None:
    danish, english = (match(engine, place(KALUNDBORG), lang) for lang in ("da", "en"))
    assert (danish.municipality.label, english.municipality.label) == ("Kalundborg", "Kalundborg Municipality")
    assert {c.status.label for c in danish.adoptions} <= {"i gang", "afsluttet", "planlagt", "åben plan"}
    assert [c.initiative.iri for c in danish.adoptions] == [c.initiative.iri for c in english.adoptions]


def test_a_match_is_json(matches: dict[str, Match]) -> None:
    fields = json.loads(json.dumps(matches[KALUNDBORG].as_dict()))
    assert fields["place"]["municipality"] == {"iri": place(KALUNDBORG), "label": "Kalundborg"}
    assert fields["alike"][0]["shared"][0]["other"]["adoption"]["evidence"][0]["source"]["iri"].startswith(BASE + "source/")


@pytest.mark.parametrize("iri", [BASE + "initiative/open-data", BASE + "municipality/9999", "Kalundborg", ""])
def test_what_is_no_kommune_is_refused(engine: Embedded, iri: str) -> None:
    with pytest.raises(UnknownName, match="no municipality is called"):
        match(engine, iri)


def test_an_unknown_language_is_refused(engine: Embedded) -> None:
    with pytest.raises(queries.BadArgument, match="da, en"):
        match(engine, place(KALUNDBORG), "sv")


@pytest.mark.parametrize("lang", ["da", pytest.param("en", marks=pytest.mark.slow)])
def test_the_screen_has_forty_lines_of_a_hundred_characters_in_the_stated_order(engine: Embedded, lang: str) -> None:
    words = languages.words(lang, "matching")
    matcher = Matcher.open(engine, lang)
    for row in matcher.rows:
        result = matcher.match(row)
        lines = screen.as_text(result, lang).splitlines()
        assert len(lines) <= screen.PAGE and max(map(len, lines)) <= texts.WIDTH, row
        near = words.heading_neighbours if result.bordered else words.heading_beside
        headings = (words.heading_already, words.heading_opportunities, near)
        counts = (len(result.already), len(result.opportunities), len(result.neighbours))
        order = [*(heading.format(count) for heading, count in zip(headings, counts)), words.heading_learn, words.heading_alike]
        assert [line for line in lines if line in order] == order
        assert screen.as_text(matcher.match(row, likeness=False), lang).splitlines() == lines


def test_every_line_of_the_screen_about_others_has_its_year_and_source(matcher: Matcher) -> None:
    words, count = languages.words("da", "matching"), 0
    for row in matcher.rows:
        result = matcher.match(row)
        for vehicle in result.already:
            line = texts.vehicle_line(vehicle, result.municipality, words)
            assert line.endswith(f"({vehicle.year or words.no_year}, {texts.host(vehicle.source)})")
            count += 1
        for one in result.opportunities:
            first, second = texts.opportunity_lines(one, words, result.municipality)
            assert texts.host(one.sources[0]) in first and (re.search(r"\(\d{4}\)", second) or second.endswith("…"))
    assert count > 50


@pytest.mark.parametrize("lang", ["da", "en"])
def test_everything_between_two_is_told_with_its_evidence(engine: Embedded, lang: str) -> None:
    pair = Matcher.open(engine, lang).between(place(KALUNDBORG), place("0316"))
    text = screen.explained(pair, lang)
    statements = [*(c for s in pair.partner.shared for c in (s.own, s.other)), *pair.only_here, *pair.only_there]
    assert len(statements) > 5
    for claim in statements:
        assert f". {claim.evidence[0].title} – {claim.evidence[0].source.title}" in text
        assert f"{claim.initiative.label}" in text and str(claim.as_of or "") in text


def test_the_text_of_an_empty_match_names_every_part(engine: Embedded) -> None:
    parts = ("adoptions", "uncounted", "already", "opportunities", "neighbours", "alike", "learn_from", "next")
    empty = replace(match(engine, place(SAMSOE), "en"), **dict.fromkeys(parts, ()))  # type: ignore[arg-type]
    assert screen.as_text(empty, "en").count("none known") == 3


codes = st.sampled_from(["0001", "0002", "0003", "0004"])
rules = st.fixed_dictionaries(
    {
        "municipality": codes,
        "initiative": st.sampled_from(["a", "b-2", "c"]),
        "status": st.sampled_from(["active", "planned"]),
        "confidence": st.sampled_from(["low", "medium", "high"]),
        "year": st.none() | st.integers(2010, 2020),
    }
)


def simulated(register: list[dict[str, str | int | None]]) -> Embedded:
    """A graph of simulated evidence about four kommuner, with what matching reads and nothing else."""
    store = ox.Store()

    def add(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        store.add(ox.Quad(ox.NamedNode(BASE + subject), ox.NamedNode(predicate), value))

    for code in ("0001", "0002", "0003", "0004"):
        add(f"municipality/{code}", RDF + "type", ox.NamedNode(KG + "Municipality"))
        add(f"municipality/{code}", SKOS + "prefLabel", ox.Literal(code, language="da"))
    for term, years in (("referenceYear", 2020), ("freshYears", 3), ("ageingYears", 7)):
        add("activity/adoption-rule-2", KG + term, ox.Literal(years))
    for number, row in enumerate(register, 1):
        name = f"evidence/{row['municipality']}-{row['initiative']}-{number}"
        add(name, RDF + "type", ox.NamedNode(KG + "Evidence"))
        add(name, KG + "adopter", ox.NamedNode(f"{BASE}municipality/{row['municipality']}"))
        for term in ("initiative", "status", "confidence"):
            add(name, KG + term, ox.NamedNode(f"{BASE}{term}/{row[term]}"))
        add(name, DCT + "title", ox.Literal("simulated"))
        add(name, DCT + "source", ox.NamedNode(f"{BASE}source/{number}"))
        add(f"source/{number}", DCT + "title", ox.Literal("simulated"))
        if row["year"]:
            add(f"source/{number}", KG + "year", ox.Literal(int(row["year"])))
    return Embedded(store)


@examples(40)
@given(st.lists(rules, max_size=12), codes, st.booleans())
def test_whatever_the_evidence_sharing_is_mutual_and_exactly_the_overlap(
    register: list[dict[str, str | int | None]], code: str, low: bool
) -> None:
    engine = simulated(register)
    initiatives: dict[str, set[str]] = {c: set() for c in ("0001", "0002", "0003", "0004")}
    for row in register:
        if low or row["confidence"] != "low":
            initiatives[str(row["municipality"])].add(str(row["initiative"]))
    choices = Choices("low" if low else "medium")
    if not any(initiatives.values()):
        with pytest.raises(queries.BadArgument, match="no evidence is left"):
            Matcher.open(engine, choices=choices)
        return
    matcher = Matcher.open(engine, choices=choices)
    result = matcher.match(place(code))
    assert shares(result) == overlaps(initiatives)[code]
    for partner in result.alike:
        back = next(p for p in matcher.alike(partner.municipality.iri) if p.municipality == result.municipality)
        assert [replace(s, own=s.other, other=s.own) for s in back.shared] == list(partner.shared)


@examples(40)
@given(st.lists(rules, max_size=12), codes)
def test_whatever_the_evidence_each_named_initiative_counts_or_is_shown_as_uncounted(
    register: list[dict[str, str | int | None]], code: str
) -> None:
    if all(row["confidence"] == "low" for row in register):
        return
    result = match(simulated(register), place(code))
    shown = [item.iri.rsplit("-", 1)[1] for claim in (*result.adoptions, *result.uncounted) for item in claim.evidence]
    assert len(shown) == len(set(shown))
    own = {str(row["initiative"]) for row in register if row["municipality"] == code}
    assert {c.initiative.name for c in (*result.adoptions, *result.uncounted)} == own


@pytest.mark.parametrize("ask", ["match", "neighbours", "learn_from", "next"])
def test_an_iri_that_is_no_kommune_is_named(matcher: Matcher, ask: str) -> None:
    with pytest.raises(UnknownName, match="no municipality is called 'nope'"):
        getattr(matcher, ask)("nope")


def test_an_iri_that_is_no_initiative_is_named(matcher: Matcher) -> None:
    with pytest.raises(UnknownName, match="no initiative is called 'nope'"):
        matcher.learn_from(f"{BASE}municipality/0326", ["nope"])
