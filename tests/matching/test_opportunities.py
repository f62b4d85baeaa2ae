"""Opportunities follow their stated rules: on simulated graphs one by one, and on the real one without exception."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from kommunegraf.findings import BadInput
from kommunegraf.graph.adoption import Evidence, Limits, Source
from kommunegraf.languages import LANGUAGES, words
from kommunegraf.matching import answers, linked_data, plans, text, together
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.opportunities import FRESH, LARGEST_GROUP, MEMBERS_NEAR, NEAR, SPARES, SURE, Opportunity
from kommunegraf.matching.register import Choices, Membership, Place, Register, Resource, read
from kommunegraf.namespaces import BASE
from kommunegraf.questions import ask
from kommunegraf.questions.ask import BadArgument
from kommunegraf.rdf.engines import Embedded

A, B, C, D, E = (f"{BASE}municipality/000{number}" for number in range(1, 6))
EAST, WEST = Resource(BASE + "region/1", "East"), Resource(BASE + "region/2", "West")
APP, OTHER_APP, GRANT = (f"{BASE}solution/{name}" for name in ("borgertip", "fejlmelding", "pulje"))
CLUB = BASE + "organisation/club"


def said(
    place: str, status: str, year: int | None = 2025, source: str = "", title: str = "", solutions: tuple[str, ...] = (),
    confidence: str = "high", publisher: str = "", start: int | None = None, end: int | None = None,
) -> Evidence:
    """Simulated evidence about `light`; each by default of its own source and title."""
    name = source or f"{place[-4:]}-{status}-{year}"
    stated = Source(f"{BASE}source/{name}", name, year, None, publisher, f"https://example.org/{name}")
    iri, light = f"{BASE}evidence/{place[-4:]}-light-{name}", BASE + "initiative/light"
    return Evidence(iri, place, light, status, confidence, stated, title or name, start, end, solutions)


def simulated(*evidence: Evidence, members: tuple[Membership, ...] = ()) -> Matcher:
    """A, B, C in a row in the east; D alone in the east; E alone in the west, of the size of D."""
    sizes = {A: 10, B: 100, C: 1000, D: 50_000, E: 55_000}
    places = {iri: Place(Resource(iri, iri[-4:]), WEST if iri == E else EAST, people) for iri, people in sizes.items()}
    pairs = ((A, B), (B, C))
    neighbours: dict[str, dict[str, tuple[str, ...]]] = {iri: {} for iri in places}
    for one, other in pairs:
        neighbours[one][other] = neighbours[other][one] = ("borders",)
    kinds = {APP: "app", OTHER_APP: "app", GRANT: "grant", CLUB: "association"}
    labels = {iri: {"en": iri.rsplit("/", 1)[1]} for iri in (APP, OTHER_APP, GRANT, CLUB)}
    initiatives = {BASE + f"initiative/{name}": Resource(BASE + f"initiative/{name}", name) for name in ("heat", "light")}
    filler = said(E, "active", 2000, "filler")
    limits = Limits(2026, 3, 7)
    return Matcher(Register("en", places, initiatives, (*evidence, filler), neighbours, limits, labels, kinds, members))


def of(matcher: Matcher, kind: str) -> list[Opportunity]:
    return [one for one in matcher.opportunities if one.kind == kind]


def test_a_current_plan_learns_from_a_neighbour_that_runs_it_by_itself() -> None:
    (one,) = of(simulated(said(A, "planned"), said(B, "active")), "learn")
    assert ([r.iri for r in one.audience], [r.iri for r in one.partners], one.relation) == ([A], [B], "neighbour")
    assert one.points == {"distance": 3, "freshness": 3, "confidence": 2, "spares": 3} and one.total == 11 and one.as_of == 2025


@pytest.mark.parametrize(
    ("plan", "running"),
    [
        (said(A, "planned", 2015), said(B, "active")),  # an old plan is no plan
        (said(A, "planned", None), said(B, "active")),  # an undated one neither
        (said(A, "planned"), said(B, "active", 2010)),  # what runs is told of long ago
        (said(A, "planned", source="same"), said(B, "active", source="same")),  # one source tells of both
        (said(A, "planned", solutions=(APP,)), said(B, "active", solutions=(APP,))),  # they have one solution
        (said(A, "planned", title="One project"), said(B, "active", title="one project")),  # they have one title
        (said(A, "planned"), said(E, "active")),  # neither near nor of like size
        (said(A, "planned", start=2024), said(B, "active")),  # the plan should have come by now
        (said(A, "planned"), said(B, "active", 2024, end=2024)),  # what ran is over by its own period
    ],
)
def test_what_is_stale_one_undertaking_or_far_away_is_no_lesson(plan: Evidence, running: Evidence) -> None:
    assert not of(simulated(plan, running), "learn")


def test_only_what_is_about_the_same_subject_is_a_lesson() -> None:
    plan, running, other = said(A, "planned"), said(B, "active"), replace(said(E, "active", 2000), initiative=BASE + "initiative/heat")
    matcher = simulated(plan, running, other)

    def lessons(here: str, there: str, elsewhere: str = "") -> int:
        texts = {plan.iri: {"da": here}, running.iri: {"da": there}, other.iri: {"da": elsewhere}}
        return len(of(Matcher(replace(matcher.register, texts=texts)), "learn"))

    assert lessons("Sensorer styrer signalerne i et kryds", "Trafiksignaler med grøn bølge")
    assert not lessons("Måling af hjertesvigt hjemme", "Lungesyge sender tal")
    assert not lessons("Kommunen køber signaler", "Kommunen har parkering", "Kommunen måler varme")  # a word that is everywhere


def test_like_size_is_the_last_reason_to_learn() -> None:
    (one,) = of(simulated(said(D, "planned"), said(E, "active", 2024)), "learn")
    assert one.relation == "size" and one.points["distance"] == 1


def test_plans_of_one_undertaking_are_one_opportunity() -> None:
    (one,) = of(simulated(said(A, "planned", title="x"), said(C, "planned", title="x"), said(B, "active")), "learn")
    assert [r.iri for r in one.audience] == [A, C]


def test_connected_plans_buy_together_unless_they_are_one() -> None:
    (one,) = of(simulated(said(A, "planned"), said(B, "planned")), "buy-together")
    assert [r.iri for r in one.audience] == [A, B]
    assert not of(simulated(said(A, "planned"), said(C, "planned")), "buy-together")
    assert not of(simulated(said(A, "planned", title="x"), said(B, "planned", title="x")), "buy-together")


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [((APP,), (OTHER_APP,), 1), ((APP,), (APP,), 0), ((APP,), (GRANT,), 0), ((APP,), (), 0), ((APP, OTHER_APP), (APP,), 0)],
)
def test_only_solutions_of_one_kind_are_compared(one: tuple[str, ...], other: tuple[str, ...], count: int) -> None:
    opportunities = of(simulated(said(A, "active", solutions=one), said(B, "active", solutions=other)), "one-solution")
    assert len(opportunities) == count


def test_names_that_differ_by_spelling_or_place_may_be_one_solution() -> None:
    matcher = simulated(said(A, "active", solutions=(APP,)), said(B, "active", solutions=(OTHER_APP,)))
    labels = {**matcher.register.labels, APP: {"en": "Gi' et praj"}, OTHER_APP: {"en": "Giv et praj"}}
    assert not of(Matcher(replace(matcher.register, labels=labels)), "one-solution")
    named = {A: {"en": "Frederikssund Municipality"}, B: {"en": "Halsnæs Municipality"}}
    tips = {APP: {"en": "Tip Frederikssund"}, OTHER_APP: {"en": "Tip Halsnæs"}}
    assert not of(Matcher(replace(matcher.register, labels={**labels, **named, **tips})), "one-solution")


def test_an_open_plan_is_asked_about_once_for_its_undertaking() -> None:
    (one,) = of(simulated(said(A, "planned", 2021, title="x"), said(B, "planned", 2021, title="x")), "ask")
    assert [r.iri for r in one.audience] == [A, B] and one.as_of == 2021
    assert not of(simulated(said(A, "planned", 2020)), "ask")  # told of too long ago
    assert of(simulated(said(A, "planned", 2024, start=2024)), "ask") and not of(simulated(said(A, "planned", 2025, start=2025)), "ask")


def test_well_told_fresh_work_is_shown_where_nothing_is_known() -> None:
    own = said(B, "active", publisher=B)
    (one,) = of(simulated(own), "look")
    assert [r.iri for r in one.audience] == [A, C, D] and [r.iri for r in one.partners] == [B]  # D has no neighbours, and is of the region
    assert (one.relation, one.points["distance"]) == ("neighbour", 3)
    (one,) = of(simulated(own, said(A, "active", 2010, confidence="low")), "look")
    assert [r.iri for r in one.audience] == [C, D]  # a weak sign is not nothing
    (one,) = of(simulated(own, *(said(where, "active", 2010, confidence="low") for where in (A, C))), "look")
    assert ([r.iri for r in one.audience], one.relation, one.points["distance"]) == ([D], "region", 2)
    assert not of(simulated(said(B, "active")), "look")  # one source that is not the kommune's own
    assert not of(simulated(said(B, "active", 2021, publisher=B)), "look")  # not fresh
    assert not of(simulated(said(B, "active", publisher=B, title="Status på velfærdsteknologi")), "look")  # a paper about much
    assert not of(simulated(said(B, "active", publisher=B, title="Kvalitetsstandard for nødkald")), "look")  # a duty of all


def test_what_many_use_is_no_news() -> None:
    own, other = said(B, "active", publisher=B, solutions=(APP,)), said(D, "active", 2020, solutions=(APP,))
    assert of(simulated(own), "look") and not of(simulated(own, other), "look")  # two kommuner of five


def member(place: str, year: int | None, source: str = "list", end: int | None = None) -> Membership:
    return Membership(f"{BASE}membership/{place[-4:]}", place, CLUB, Source(BASE + "source/" + source, "List", year), None, end)


def test_a_club_is_joined_where_two_neighbours_are_in_a_fresh_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "LIST", 2)
    evidence = said(D, "active")
    (one,) = of(simulated(evidence, members=(member(A, 2024), member(C, 2024))), "join")
    assert [r.iri for r in one.audience] == [B] and one.vehicle and [m.iri for m in one.vehicle.members] == [A, C]
    assert not of(simulated(evidence, members=(member(A, 2019), member(C, 2019))), "join")  # who is not in it may have joined since
    assert not of(simulated(evidence, members=(member(A, 2024), member(C, 2024, end=2020))), "join")  # one has left
    assert not of(simulated(evidence, members=(member(A, 2024), member(B, 2024), member(C, 2024))), "join")  # it is in
    assert not of(simulated(evidence, members=(member(A, 2024, "a"), member(C, 2024, "c"))), "join")  # no list


def test_what_exists_is_shown_as_such() -> None:
    matcher = simulated(said(A, "active", source="one", title="Lights"), said(B, "active", source="one", title="Lights"))
    (vehicle,) = [v for v in matcher.already(A)]
    assert vehicle.kind == "undertaking" and vehicle.title == "Lights" and [m.iri for m in vehicle.members] == [A, B]
    assert not simulated(said(A, "active", source="one", solutions=(APP,)), said(B, "active", source="one", solutions=(APP,))).vehicles


@pytest.mark.parametrize(("source", "title", "kinds"), [
    ("list", "Lights", ["association"]),  # the source of the members tells of it
    ("other", "Club lights", ["association"]),  # it bears the name of the association
    ("other", "Lights", ["association", "undertaking"]),
])
def test_what_a_body_does_is_not_shown_beside_it(source: str, title: str, kinds: list[str]) -> None:
    both = [said(place, "active", source=source, title=title) for place in (A, B)]
    members = tuple(member(place, 2024) for place in (A, B))
    assert sorted(v.kind for v in simulated(*both, members=members).already(A)) == kinds
    assert "undertaking" in {v.kind for v in simulated(*both, members=(members[0], member(C, 2024))).already(A)}  # B is in none


@pytest.fixture(scope="module")
def matcher(engine: Embedded) -> Matcher:
    return Matcher.open(engine, "en")


def test_on_the_real_graph_no_opportunity_is_stale_or_exists_already_or_compares_unlike_things(matcher: Matcher) -> None:
    assert len(matcher.opportunities) > 5
    reference = matcher.register.limits.reference
    for one in matcher.opportunities:
        assert all(claim.freshness in FRESH for claim in one.claims) and one.sources
        assert one.total == sum(one.points.values()) and set(one.points) == {"distance", "freshness", "confidence", "spares"}
        plans_, teachers = ([c for c in one.claims if c.municipality in side] for side in (one.audience, one.partners))
        if one.kind == "learn":
            assert all(together.separate(a, b) for a in plans_ for b in teachers) and teachers and all(c.active for c in teachers)
            assert all((c.adoption.deciding.end or c.adoption.deciding.start or reference) >= reference - 1 for c in plans_)
        if one.kind == "ask":
            assert all(c.as_of and c.as_of >= reference - 5 for c in one.claims)
        if one.kind == "buy-together":
            assert together.all_separate(one.claims) and 2 <= len(one.claims) <= LARGEST_GROUP
        if one.kind == "one-solution":
            assert all(c.active for c in one.claims) and len({s for c in one.claims for s in c.solutions}) > 1
        if one.kind == "look":
            assert not any(matcher.everything.has_edge(r.iri, one.claims[0].initiative.iri) for r in one.audience)
        if one.kind == "join":
            assert one.vehicle and one.vehicle.freshness == "fresh" and not {r.iri for r in one.audience} & one.vehicle.codes
            assert all(len(set(matcher.near[r.iri]) & one.vehicle.codes) >= MEMBERS_NEAR for r in one.audience)
    order = [-one.total for one in matcher.opportunities]
    assert order == sorted(order)
    keys = [(o.kind, o.initiative, o.vehicle and o.vehicle.resource, o.audience, o.partners) for o in matcher.opportunities]
    assert len(set(keys)) == len(keys)


def test_the_table_has_its_head_when_it_has_no_row() -> None:
    for name, columns in answers.COLUMNS.items():
        assert next(csv.reader(io.StringIO(answers.as_csv([], columns)))) == list(columns), name


def test_own_plans_lie_over_the_graph_are_marked_and_stay_out_of_rdf(engine: Embedded) -> None:
    register = read(engine, "en")
    own = plans.parse("Sorø, Ringsted: network-for-sensors", ask.names(engine, "municipality"), ask.names(engine, "initiative"))
    matcher = Matcher(plans.overlay(register, own))
    private = [one for one in matcher.opportunities if one.private]
    assert private and {one.kind for one in private} >= {"buy-together"}
    assert all("OWN PLAN" in row["why"] and row["private"] == "yes" for row in answers.shortlist(private, "en"))
    labels = {"en": register.labels_in("en"), "da": register.labels_in("da")}
    lines = linked_data.shortlist(matcher.opportunities, Choices(), labels)
    assert lines and not any(plans.PRIVATE in line or "/buy-together/network-for-sensors" in line for line in lines)
    assert not [one for one in Matcher(register).opportunities if one.private]
    running = plans.OwnPlan(BASE + "municipality/0340", BASE + "initiative/smart-grid", status="active")
    (claim,) = (c for c in Matcher(plans.overlay(register, [running])).match(running.municipality).adoptions if c.private)
    assert claim.active and claim.freshness == "fresh" and text.standing(claim, words("en", "matching")).startswith("OWN STATEMENT")


def test_a_file_of_plans_says_what_is_wrong_and_where(engine: Embedded, tmp_path: Path) -> None:
    file, places, initiatives = tmp_path / "plans.csv", ask.names(engine, "municipality"), ask.names(engine, "initiative")
    file.write_text("municipality,initiative,year\nSorø,network-for-sensors,\nLejre,open-data,2027\n", "utf-8")
    assert [plan.year for plan in plans.read(file, places, initiatives)] == [None, 2027]
    file.write_text("municipality,initiative,year\nSoroe,network-for-sensors,20x\nNowhere,nothing,\n", "utf-8")
    with pytest.raises(BadInput) as error:
        plans.read(file, places, initiatives)
    assert [(f.line, f.column) for f in error.value.findings] == [(2, "year"), (3, "municipality"), (3, "initiative")]
    head = "municipality,initiative,number,status,year_from,title_da,confidence\n"
    file.write_text(head + "0340,open-data,1,active,2020,Data,medium\n", "utf-8")
    (own,) = plans.read(file, places, initiatives)
    assert (own.status, own.start, own.title, own.confidence, own.year) == ("active", 2020, "Data", "medium", None)
    file.write_text("municipality,initiative,status,confidence\nSorø,open-data,done,sure\n", "utf-8")
    with pytest.raises(BadInput, match="'done' is no status"):
        plans.read(file, places, initiatives)
    file.write_text("kommune\nSorø\n", "utf-8")
    with pytest.raises(BadInput, match="no column initiative and municipality"):
        plans.read(file, places, initiatives)
    with pytest.raises(BadArgument, match="KOMMUNE: INITIATIVE"):
        plans.parse("Sorø", places, initiatives)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_of_the_points_says_what_is_counted(lang: str) -> None:
    spares = sorted(set(SPARES.values()), reverse=True)
    counted = [*NEAR.values(), *FRESH.values(), *(points for points in SURE.values() if points), *spares]
    assert [int(number) for number in re.findall("[0-9]", words(lang, "matching").points_text)] == counted
