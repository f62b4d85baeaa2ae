"""The adoption rule: what counts, what decides, and that the graph says what the rule says."""


import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.helpers import ROOT

from kommunegraf.graph import adoption, tables
from kommunegraf.graph.adoption import CONFIDENCE, STATUS, Statement
from kommunegraf.graph.build import Dataset
from kommunegraf.namespaces import BASE, KG, RDF
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded


def said(number: int, status: str, year: int | None, confidence: str = "high") -> Statement:
    return Statement("0751", "open-data", number, status, year, confidence)


@pytest.mark.parametrize(
    ("statements", "number"),
    [
        ([said(1, "active", 2012), said(2, "ended", 2019)], 2),
        ([said(1, "active", None), said(2, "planned", 2001, "medium")], 2),
        ([said(1, "planned", 2014, "medium"), said(2, "active", 2014, "high")], 2),
        ([said(1, "planned", 2014), said(2, "active", 2014)], 2),
        ([said(1, "ended", 2014), said(2, "planned", 2014)], 2),
        ([said(1, "ended", None, "high"), said(2, "active", None, "medium")], 1),
        ([said(1, "active", 2014), said(2, "active", 2014)], 1),
    ],
    ids=["latest", "dated before undated", "confidence", "active before planned", "planned before ended", "undated", "number"],
)
def test_which_statement_decides(statements: list[Statement], number: int) -> None:
    assert adoption.deciding(statements).number == number
    assert adoption.deciding(list(reversed(statements))).number == number


def test_low_confidence_makes_no_adoption_unless_asked_for() -> None:
    low = [said(1, "active", 2020, "low")]
    assert adoption.adoptions(low) == {}
    assert adoption.adoptions(low, low=True) == {("0751", "open-data"): low}


some_statements = st.lists(
    st.builds(
        Statement,
        st.sampled_from(["0101", "0751"]),
        st.sampled_from(["open-data", "smart-grid"]),
        st.integers(1, 99),
        st.sampled_from(STATUS),
        st.none() | st.integers(1990, 2030),
        st.sampled_from(CONFIDENCE),
    ),
    unique_by=lambda s: (s.municipality, s.initiative, s.number),
)


@given(some_statements)
def test_every_statement_but_low_ones_supports_exactly_one_adoption(statements: list[Statement]) -> None:
    supporting = [s for support in adoption.adoptions(statements).values() for s in support]
    assert sorted(supporting, key=hash) == sorted((s for s in statements if s.confidence != "low"), key=hash)


@given(some_statements, st.randoms())
def test_the_order_of_rows_changes_no_status(statements: list[Statement], random: object) -> None:
    shuffled = list(statements)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = adoption.adoptions(statements), adoption.adoptions(shuffled)
    assert {k: adoption.deciding(v) for k, v in first.items()} == {k: adoption.deciding(v) for k, v in second.items()}


def test_the_graph_has_the_adoptions_that_the_evidence_supports(dataset: Dataset) -> None:
    evidence = tables.read(ROOT / "data")[0]["evidence.csv"]
    links = {(m, i) for m, i, c in evidence.keys(("municipality", "initiative", "confidence")) if c != "low"}
    expected = {f"<{BASE}adoption/{m}-{i}>" for m, i in links}
    marker = f" <{RDF}type> <{KG}Adoption> "
    assert {line.split(" ", 1)[0] for line in dataset.lines if marker in line} == expected


def test_the_graph_has_the_status_that_the_rule_decides(engine: Embedded) -> None:
    support = adoption.adoptions(adoption.read(tables.read(ROOT / "data")[0]))
    expected = {f"{BASE}adoption/{m}-{i}": adoption.deciding(statements) for (m, i), statements in support.items()}
    rows = ask.internal(engine, "adoptions").rows()
    found = {row["adoption"]: (row["status"], row["statusFrom"]) for row in rows}
    assert found == {name: (f"{BASE}status/{d.status}", f"{BASE}evidence/{d.identifier}") for name, d in expected.items()}
