"""The adoption rule: each clause by a hand-made example, what holds for any evidence, and that the graph says what the rule says."""

import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers import ROOT

from kommunegraf.findings import BadInput
from kommunegraf.graph import build, derived, reader, tables
from kommunegraf.graph.adoption import (
    CONFIDENCE,
    FRESHNESS,
    NONE,
    STAGE,
    Adoption,
    Evidence,
    Limits,
    Source,
    adoption,
    adoptions,
    known_by,
    weak_signs,
)
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE, KG, RDF
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded

LIMITS = Limits(reference=2026, fresh=3, ageing=7)
NUMBERS = count(1)


def said(
    status: str, year: int | None = None, thing: str = "", confidence: str = "high", not_before: int | None = None,
    start: int | None = None, end: int | None = None, title: str = "Project",
) -> Evidence:
    source = Source("source/one", year=year, not_before=not_before)
    solutions = (thing,) if thing else ()
    iri = f"evidence/{next(NUMBERS):03}"
    return Evidence(iri, "municipality/0751", "initiative/open-data", status, confidence, source, title, start, end, solutions)


def rule(*evidence: Evidence) -> Adoption:
    made, turned = adoption(evidence, LIMITS), adoption(reversed(evidence), LIMITS)
    assert made == turned, "the order of rows changes nothing"
    return made


def test_clause_1_low_confidence_makes_no_adoption_and_alone_it_is_a_weak_sign() -> None:
    low, high = said("active", 2020, confidence="low"), said("planned", 2025)
    assert adoptions([low], LIMITS) == {}
    assert list(adoptions([low], LIMITS, low=True)) == list(weak_signs([low])) == [(low.municipality, low.initiative)]
    assert weak_signs([low, high]) == {}
    assert [a.evidence for a in adoptions([low, high], LIMITS).values()] == [(high,)]


@pytest.mark.parametrize(
    ("plan", "ended", "status"),
    [
        (said("planned", 2015, "x"), said("ended", 2015, "x"), "ended"),
        (said("planned", 2015, "x"), said("ended", 2015, "y"), "open-plan"),
        (said("planned", 2015, title="Wi-Fi"), said("ended", 2015, title="WI-FI"), "ended"),
        (said("planned", 2015, title="Wi-Fi"), said("ended", 2015, title="Light"), "open-plan"),
        (said("planned", 2015, "x", title="Wi-Fi"), said("ended", 2015, "y", title="Wi-Fi"), "open-plan"),
    ],
    ids=["one solution", "two solutions", "one title", "two titles", "two solutions of one title"],
)
def test_clause_2_what_speaks_of_the_same_thing(plan: Evidence, ended: Evidence, status: str) -> None:
    assert rule(plan, ended).status == status


@pytest.mark.parametrize(
    ("statements", "status", "year"),
    [
        ([said("active", 2015), said("planned", 2025)], "active", 2015),
        ([said("active"), said("planned", 2025)], "active", None),
        ([said("active", 2019), said("ended", 2014)], "active", 2019),
        ([said("active", 2014), said("ended", 2019)], "ended", 2019),
        ([said("active", 2014), said("ended")], "active", 2014),
        ([said("active"), said("ended")], "ended", None),
        ([said("active", 2014), said("ended", 2014)], "ended", 2014),
        ([said("ended", 2014), said("planned", 2025)], "planned", 2025),
        ([said("ended", 2014), said("planned", 2013)], "ended", 2014),
        ([said("ended"), said("planned", 2025)], "ended", None),
        ([said("planned", 2024), said("planned", 2025)], "planned", 2025),
    ],
    ids=[
        "a plan does not undo", "an undated opening beats a dated plan", "newest active", "newest ended", "dated before undated",
        "the later stage where none is dated", "the later stage of one year", "a plan after an end", "a plan before an end",
        "an undated end", "the newest plan",
    ],
)
def test_clause_3_within_one_thing(statements: list[Evidence], status: str, year: int | None) -> None:
    made = rule(*statements)
    assert (made.status, made.as_of) == (status, year)
    assert made.deciding.year == year
    assert made.status == made.deciding.status


@pytest.mark.parametrize(
    ("statements", "status"),
    [
        ([said("active", 2012, "x"), said("ended", 2025, "y"), said("planned", 2025, "z")], "active"),
        ([said("planned", 2023, "x"), said("ended", 2025, "y")], "planned"),
        ([said("planned", 2022, "x"), said("ended", 2022, "y")], "open-plan"),
        ([said("planned", 2022, "x"), said("ended", None, "y")], "open-plan"),
        ([said("planned", 2015, "x"), said("ended", 2016, "y")], "ended"),
        ([said("planned", None, "x"), said("ended", 2025, "y")], "open-plan"),
        ([said("ended", 2014, "x"), said("ended", 2012, "y")], "ended"),
    ],
    ids=["active before all", "a fresh plan", "an older plan", "an undated end", "an end after the plan", "an undated plan", "ended"],
)
def test_clause_4_across_things(statements: list[Evidence], status: str) -> None:
    assert rule(*statements).status == status


@pytest.mark.parametrize(
    ("statement", "year", "freshness"),
    [
        (said("active", 2023), 2023, "fresh"),
        (said("active", 2022), 2022, "ageing"),
        (said("active", 2019, not_before=2025), 2019, "ageing"),
        (said("active", not_before=2018, start=2025), 2018, "old"),
        (said("active", start=2012, end=2030), 2012, "old"),
        (said("ended", start=2012, end=2024), 2024, "fresh"),
        (said("active"), None, "undated"),
    ],
    ids=["last fresh year", "first ageing year", "printed before bound", "bound before period", "start", "end", "nothing tells"],
)
def test_clause_5_as_of_when(statement: Evidence, year: int | None, freshness: str) -> None:
    made = rule(statement)
    assert (made.as_of, made.freshness) == (year, freshness)


def test_clause_5_since_and_until_come_from_what_bears_the_status() -> None:
    plan, early = said("planned", 2010, "x", start=2011), said("ended", 2014, "y", start=2008, end=2013)
    begun = said("active", 2014, "x", start=2012)
    assert (rule(plan, early, begun).since, rule(plan, early, begun).until) == (2012, None)
    assert (rule(early).since, rule(early).until) == (2008, 2013)
    assert rule(plan).since is None


@pytest.mark.parametrize(
    ("statements", "against"),
    [
        ([said("active", 2015), said("planned", 2016)], []),
        ([said("active", 2015, title="Wi-Fi"), said("ended", 2014, title="Light")], []),
        ([said("active", 2015, title="Wi-Fi"), said("ended", 2016, title="Light")], [1]),
        ([said("active", 2015, "x"), said("ended", 2016, "y")], []),
        ([said("active", 2015, title="Wi-Fi"), said("ended", None, title="Light")], [1]),
        ([said("planned", 2025), said("ended", 2014)], []),
        ([said("planned", 2023, title="Wi-Fi"), said("ended", 2025, title="Light")], [1]),
    ],
    ids=["a plan", "an end before", "an end after", "the end of another solution", "an undated end", "begun again", "an end after a plan"],
)
def test_clause_5_what_speaks_against_is_not_older_and_of_no_other_solution(statements: list[Evidence], against: list[int]) -> None:
    assert rule(*statements).against == tuple(statements[i] for i in against)


years = st.none() | st.integers(1990, 2026)
some_evidence = st.lists(
    st.builds(
        said, st.sampled_from(STAGE), years, st.sampled_from(["", "x", "y"]), st.sampled_from(CONFIDENCE), years, years, years,
        st.sampled_from(["Wi-Fi", "Light"]),
    ),
    min_size=1,
)


@given(some_evidence)
def test_for_any_evidence_status_and_year_are_those_of_the_deciding_statement(evidence: list[Evidence]) -> None:
    made = rule(*evidence)
    assert set(made.evidence) == set(evidence)
    assert made.status.replace("open-plan", "planned") == made.deciding.status
    assert made.as_of == made.deciding.year
    assert made.status == "active" or {e.status for e in evidence} != {"active"}
    assert set(made.against) <= {e for e in evidence if e.status != made.deciding.status}


@given(some_evidence, st.integers(1990, 2026))
def test_what_was_known_by_a_year_comes_from_what_was_said_or_had_begun_by_then(evidence: list[Evidence], year: int) -> None:
    for then in known_by(evidence, year):
        assert then.year is not None
        assert then.year <= year
        now = next(e for e in evidence if e.iri == then.iri)
        assert then == now or (now.start is not None and now.start <= year and now.status != "planned")


def test_a_later_source_tells_what_was_so_before_it() -> None:
    ended = said("ended", 2020, start=2012, end=2018)
    assert [known_by([ended], year)[0].status for year in (2012, 2017, 2018)] == ["active", "active", "ended"]
    assert known_by([ended], 2011) == known_by([said("planned", 2020, start=2010)], 2014) == known_by([said("active")], 2014) == []


def test_the_rule_loads_nothing_heavy() -> None:
    heavy = "pyoxigraph", "rdflib", "csvw", "networkx", "numpy", "scipy"
    code = f"import sys, kommunegraf.graph.adoption; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("row", "message"), [("", "has no row"), ("adoption-rule-2,2026,7,3\n", "old already")], ids=["no row", "ages the wrong way round"],
)
def test_a_release_that_says_no_ages_is_refused_with_its_file(tmp_path: Path, row: str, message: str) -> None:
    data = shutil.copytree(ROOT / "data", tmp_path / "data")
    (data / "release.csv").write_text("rule,reference_year,fresh_years,ageing_years\n" + row, "utf-8")
    with pytest.raises(BadInput, match=message) as error:
        build.build(ROOT / "ontology", data)
    assert [finding.file for finding in error.value.findings] == [str(data / "release.csv")]


def test_the_graph_has_the_adoptions_that_the_evidence_supports(dataset: build.Dataset) -> None:
    evidence = tables.read(ROOT / "data")[0]["evidence.csv"]
    links = {(m, i) for m, i, c in evidence.keys(("municipality", "initiative", "confidence")) if c != "low"}
    expected = {f"<{BASE}adoption/{m}-{i}>" for m, i in links}
    marker = f" <{RDF}type> <{KG}Adoption> "
    assert {line.split(" ", 1)[0] for line in dataset.lines if marker in line} == expected


def test_what_is_read_of_the_graph_is_what_the_rule_makes_of_the_tables(engine: Embedded) -> None:
    rows = tables.read(ROOT / "data")[0]
    stated, limits = reader.read(engine), derived.limits(rows)
    assert stated.limits == limits
    made = adoptions(stated.evidence.values(), limits)
    assert stated.adoptions == made
    expected = adoptions(derived.evidence(rows), limits)
    assert {a.iri: (a.status, a.as_of, a.since, a.until, a.freshness, a.deciding.iri) for a in expected.values()} == {
        a.iri: (a.status, a.as_of, a.since, a.until, a.freshness, a.deciding.iri) for a in made.values()
    }
    assert stated.weak_signs.keys().isdisjoint(stated.adoptions)


@pytest.mark.parametrize("year", [2014, *(pytest.param(year, marks=pytest.mark.slow) for year in (2018, 2026))])
def test_the_question_about_a_year_answers_as_the_rule_does(engine: Embedded, year: int) -> None:
    then = reader.read(engine).as_of(year)
    assert then
    for initiative in {initiative for _, initiative in then}:
        rows = ask.run(engine, "status-as-of", initiative=initiative, year=str(year)).rows()
        answer = {row["municipality"]: (row["status"].rsplit("/", 1)[-1], row["asOf"]) for row in rows}
        assert answer == {place: (a.status, a.as_of) for (place, what), a in then.items() if what == initiative}


def test_the_code_lists_are_those_of_the_rule(engine: Embedded) -> None:
    for kind, names in (("status", {*STAGE, "open-plan", NONE}), ("freshness", set(FRESHNESS)), ("confidence", set(CONFIDENCE))):
        assert {iri.rsplit("/", 1)[-1] for iri in ask.names(engine, kind).iris} == names


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_for_freshness_name_the_limits(engine: Embedded, lang: str) -> None:
    numbers = {"da": {3: "tre", 7: "syv"}, "en": {3: "three", 7: "seven"}}[lang]
    limits = reader.limits(engine)
    rows = ask.run(engine, "concepts-of-scheme", scheme="freshness", lang=lang).rows()
    words = {row["concept"].rsplit("/", 1)[-1]: row["definition"] for row in rows}
    assert numbers[limits.fresh] in words["fresh"]
    assert numbers[limits.fresh] in words["ageing"]
    assert numbers[limits.ageing] in words["ageing"]
    assert numbers[limits.ageing] in words["old"]
