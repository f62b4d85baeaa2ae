"""Literals: languages that frequent words tell without the detector's model, and datatypes without rdflib."""

import pyoxigraph as ox
import pytest

from kommunegraf.graph import literals, texts
from kommunegraf.namespaces import XSD


def test_the_detector_is_asked_only_where_frequent_words_leave_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def english(text: str) -> tuple[str, float]:
        judged.append(text)
        return "en", 1.0

    monkeypatch.setattr(texts, "detector", lambda: english)
    assert texts.mistaken([("Kommunen måler, hvor meget regn der er i kloakken, og viser det", "da")]) == [] and not judged
    title = "Digital Ambassadors – Introduction to digital self service"
    assert texts.mistaken([(title, "da")]) == [(title, "da")] and judged == [title]


@pytest.mark.parametrize(
    ("value", "datatype", "wrong"),
    [
        ("12", "integer", False), ("1.5", "integer", True), ("", "integer", True), ("-13.5", "decimal", False), ("x", "decimal", True),
        ("2014-02-28", "date", False), ("2016-02-29", "date", False), ("2015-02-29", "date", True), ("2014-13-01", "date", True),
        ("true", "boolean", False), ("yes", "boolean", True), ("2014-01-22T23:59:59Z", "dateTime", False), ("24. maj", "dateTime", True),
        ("anything at all", "string", False),
    ],
)  # fmt: skip
def test_a_literal_is_ill_typed_where_its_datatype_does_not_have_it(value: str, datatype: str, wrong: bool) -> None:
    store = ox.Store()
    store.update(f'INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> "{value}"^^<{XSD}{datatype}> }} }}')
    assert [finding.rule for finding in literals.findings(store)] == ["literal"] * wrong
