"""Every question has the same answer on an organisation's own Virtuoso as on the embedded store."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from tests.helpers import calls, virtuoso
from tests.helpers.calls import LIBRARY as QUESTIONS

from kommunegraf.graph import build
from kommunegraf.matching.matcher import Matcher
from kommunegraf.namespaces import XSD
from kommunegraf.questions import ask
from kommunegraf.questions.question import Question
from kommunegraf.rdf.engines import Embedded, Endpoint, Engine, python_value

pytestmark = pytest.mark.slow
WHOLE_STORE = {
    "anything", "classes", "graph-sizes", "literals", "quads", "triple-terms", "union-missing", "unusual",
    "void-classes", "void-graphs", "void-properties", "void-totals", "void-vocabularies",
}
"""Queries about all that a store holds, where Virtuoso has graphs of its own; pages are made from a copy of ours."""
TOOLS = {name: query for folder in ("internal", "pages") for name, query in ask.folder(folder).items() if name not in WHOLE_STORE}
TRUTH = "Virtuoso writes truth values as 1 and 0"
WRITTEN_OTHERWISE = {
    "municipalities": "Virtuoso keeps points as floats of 32 bits, with a datatype of its own",
    "provenance-of-adoption": TRUTH,
    "sources-of-municipality": TRUTH,
    "status-conflicts": TRUTH,
}
"""Questions whose values are the same on Virtuoso, but written with other terms, and why."""
DEGREES = 1e-5
"""How far a point may move, in degrees: about a metre."""
THINGS = 4
"""So many resources at most are tried for a parameter."""
POINT = re.compile(r"POINT\(([-\d.]+) ([-\d.]+)\)")
every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def endpoint(built: Path) -> Iterator[Endpoint]:
    """A Virtuoso server with the built graph."""
    with virtuoso.serving(built / build.NQUADS, 1_000_000) as url:
        yield Endpoint(url)


def answer(engine: Engine, question: Question, arguments: dict[str, str]) -> list[Row]:
    """The terms of the answer, in an order of their own: rows as often as they come, triples once."""
    result = ask.ask(engine, question, **arguments).result
    return sorted(set(map(tuple, result)) if isinstance(result, list) else map(tuple, result), key=str)


def others(engine: Engine, question: Question) -> Iterator[dict[str, str]]:
    """Some other arguments of a question: for each parameter that is a resource, resources from the whole list of its kind."""
    for parameter in question.parameters.values():
        if not parameter.is_value:
            iris = ask.names(engine, parameter.type).iris
            yield from ({parameter.name: iri} for iri in iris[:: -(-len(iris) // THINGS)])


def close(here: object, there: object) -> bool:
    """Whether two terms say the same: numbers and truth values by what they count, points by where they are."""
    if not isinstance(here, ox.Literal) or not isinstance(there, ox.Literal):
        return here == there
    if (one := POINT.fullmatch(here.value)) and (other := POINT.fullmatch(there.value)):
        return all(abs(float(a) - float(b)) <= DEGREES for a, b in zip(one.groups(), other.groups()))
    one_value, other_value = python_value(here), python_value(there)
    return here == there if isinstance(one_value, str) else type(one_value) is type(other_value) and one_value == other_value


def same(here: list[Row], there: list[Row]) -> bool:
    """Whether two answers have the same values in the same rows."""
    return len(here) == len(there) and all(all(map(close, one, other)) for one, other in zip(here, there))


@every_question
def test_virtuoso_answers_the_same(engine: Embedded, endpoint: Endpoint, question: Question) -> None:
    for arguments in ({}, calls.arguments(question)):
        here, there = (answer(one, question, arguments) for one in (engine, endpoint))
        assert same(here, there), [pair for pair in zip(here, there) if not same([pair[0]], [pair[1]])][:2]
        assert (here == there) is (question.name not in WRITTEN_OTHERWISE)


@every_question
def test_virtuoso_answers_the_same_about_other_things(engine: Embedded, endpoint: Endpoint, question: Question) -> None:
    for arguments in others(engine, question):
        assert same(answer(engine, question, arguments), answer(endpoint, question, arguments)), arguments


@pytest.mark.parametrize("query", TOOLS.values(), ids=TOOLS)
def test_virtuoso_answers_what_the_tools_ask_the_same(engine: Embedded, endpoint: Endpoint, query: Question) -> None:
    here, there = (answer(one, query, {}) for one in (engine, endpoint))
    assert same(here, there), [pair for pair in zip(here, there) if not same([pair[0]], [pair[1]])][:2]


@pytest.mark.parametrize("lang", ["da", "en"])
def test_matching_finds_the_same_on_virtuoso(engine: Embedded, endpoint: Endpoint, lang: str) -> None:
    here, there = (Matcher.open(one, lang) for one in (engine, endpoint))
    assert here.opportunities == there.opportunities != []
    for iri in here.rows[::20]:
        one, other = here.match(iri), there.match(iri)
        assert one.place.point and other.place.point
        assert all(abs(a - b) <= DEGREES for a, b in zip(one.place.point, other.place.point))
        assert replace(one, place=replace(one.place, point=None)) == replace(other, place=replace(other.place, point=None))


def test_each_exception_is_a_question() -> None:
    assert set(WRITTEN_OTHERWISE) <= set(QUESTIONS)


def test_a_lost_label_is_found(engine: Embedded) -> None:
    """What Virtuoso made of a question that used its language in an OPTIONAL only."""
    here = answer(engine, QUESTIONS["regions"], {})
    lost = [tuple(None if isinstance(term, ox.Literal) and term.language else term for term in row) for row in here]
    assert same(here, here) and not same(here, lost) and not same(here, here[1:])


def test_a_wrong_point_number_or_truth_is_found() -> None:
    def literal(text: str, kind: str) -> ox.Literal:
        return ox.Literal(text, datatype=ox.NamedNode(kind))

    point, near, far = (literal(f"POINT(12.602{end} 55.6574)", "a:wkt") for end in ("4", "39998", "5"))
    assert close(point, near) and not close(point, far)
    true, one, number = literal("true", f"{XSD}boolean"), literal("1", f"{XSD}boolean"), literal("1", f"{XSD}integer")
    assert close(true, one) and not close(true, number) and not close(number, literal("2", f"{XSD}integer"))
