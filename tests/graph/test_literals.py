"""Literals: languages that letters tell without the detector's model, and datatypes without rdflib."""

import pyoxigraph as ox
import pytest

from kommunegraf.graph import literals, texts
from kommunegraf.namespaces import XSD
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded


@pytest.fixture(scope="module")
def letters(engine: Embedded) -> texts.Letters:
    """The letters of Danish and English, as the texts of the real graph have them."""
    values = [row["value"] for row in ask.internal(engine, "literals").result]
    return texts.Letters((value.value, value.language) for value in values if value.language)


@pytest.mark.parametrize("text", ["Intelligente skraldespande testes i Vejle", "Hillerød: Digitale læremidler i folkeskolens undervisning"])
def test_a_text_without_frequent_words_is_clear_in_its_language_and_not_in_the_other(text: str, letters: texts.Letters) -> None:
    assert texts.is_doubtful(text, "da") and letters.are_clear([(text, "da")])
    assert not letters.are_clear([(text, "en")])


def test_short_names_are_judged_together(letters: texts.Letters) -> None:
    danish, english = "Praktisk organisering", "Practical organisation"
    assert letters.are_clear([(danish, "da"), (english, "en")])
    assert not letters.are_clear([(english, "da"), (danish, "en")])
    assert letters.are_clear([("Smart City Kalundborg", "da"), ("Smart City Kalundborg", "en")])


def test_where_nothing_is_learned_everything_stays_in_doubt() -> None:
    assert not texts.Letters([]).are_clear([("Digital Ambassadors – Introduction to digital self service", "da"), ("Ærlig", "en")])


def test_the_detector_is_asked_only_where_letters_leave_doubt(letters: texts.Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    def english(text: str) -> tuple[str, float]:
        judged.append(text)
        return "en", 1.0

    monkeypatch.setattr(texts, "detector", lambda: english)
    assert texts.mistaken([("Intelligente skraldespande testes i Vejle", "da")], letters) == [] and not judged
    title = "Digital Ambassadors – Introduction to digital self service"
    assert texts.mistaken([(title, "da")], letters) == [(title, "da")] and judged == [title]


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
