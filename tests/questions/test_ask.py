"""Parameters are typed and bound: whatever arrives is one value of its type, or it is refused."""

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from tests.helpers.examples import examples

from kommunegraf.errors import KommunegrafError
from kommunegraf.names import UnknownName
from kommunegraf.namespaces import BASE, SH
from kommunegraf.questions import ask
from kommunegraf.questions.ask import BadArgument
from kommunegraf.questions.question import Parameter
from kommunegraf.rdf.engines import Embedded, EngineError

EMPTY = Embedded(ox.Store())
HOSTILE = st.text() | st.text(alphabet='"\\\'{}<>?#\n\r\t;. }SERVICEFROMLOAD', max_size=60)
ATTACKS = [
    '" } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #', '"}', '\\"}', "\\", '\\u0022 }', '"""', "'", "}\n}\nDROP ALL #", "x> } #",
    "# comment", "\n} UNION { ?s ?p ?o",
]


def parameter(kind: str) -> Parameter:
    return Parameter("x", kind, {"da": "x", "en": "x"})


def values(term: str) -> list[object]:
    """What a query with this term in its VALUES line binds, and nothing else."""
    rows: Any = EMPTY.query(f"SELECT ?x WHERE {{\n  VALUES ?x {{ {term} }}\n}}")
    return [row["x"] for row in rows]


@examples(2000)
@given(HOSTILE)
def test_any_text_arrives_as_the_text_that_it_is(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode("utf-8")
    assert values(ask.term(EMPTY, parameter("text"), text)) == [ox.Literal(text)]


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_arrives_as_text(text: str) -> None:
    assert values(ask.term(EMPTY, parameter("text"), text)) == [ox.Literal(text)]


@examples(2000)
@given(HOSTILE)
@example("x> } SERVICE <y")
def test_an_iri_is_one_iri_or_is_refused(text: str) -> None:
    try:
        term = ask.term(EMPTY, parameter("iri"), text)
    except BadArgument:
        return
    try:
        (value,) = values(term)
    except EngineError:
        return
    assert isinstance(value, ox.NamedNode)


@examples(1000)
@given(st.sampled_from(["integer", "date", "language"]), HOSTILE | st.from_regex(r"-?\d{1,30}") | st.dates().map(str))
def test_other_types_take_their_own_form_only(kind: str, text: str) -> None:
    try:
        term = ask.term(EMPTY, parameter(kind), text)
    except BadArgument as error:
        assert "x" in str(error)
        return
    (value,) = values(term)
    assert isinstance(value, ox.Literal) and value.value in (text, str(int(text)) if kind == "integer" else text)


@examples(300)
@given(HOSTILE)
def test_a_kommune_is_one_of_the_98_or_is_refused(engine: Embedded, text: str) -> None:
    try:
        term = ask.term(engine, parameter("municipality"), text)
    except (UnknownName, BadArgument):
        return
    assert term.startswith(f"<{BASE}municipality/")


@examples(300)
@given(HOSTILE)
def test_a_bound_query_differs_from_its_file_in_one_line(text: str) -> None:
    question = ask.find("find-word")
    name = next(p.name for p in question.parameters.values() if p.type == "text")
    bound = question.bind({name: ask.term(EMPTY, question.parameters[name], text.encode("utf-8", "ignore").decode("utf-8"))})
    changed = [(a, b) for a, b in zip(question.text.split("\n"), bound.split("\n"), strict=True) if a != b]
    assert len(changed) <= 1 and all(a.lstrip().startswith(f"VALUES ?{name} {{") for a, _ in changed)


def test_an_attack_on_the_running_library_finds_no_rows(engine: Embedded) -> None:
    for attack in ATTACKS[:3]:
        name = next(p.name for p in ask.find("find-word").parameters.values() if p.type == "text")
        assert ask.run(engine, "find-word", **{name: attack}).rows() == []


@pytest.mark.parametrize(
    ("name", "arguments", "hint"),
    [
        ("municipality", {"kommune": "Atlantis"}, "no municipality is called 'Atlantis'"),
        ("municipality", {"county": "Aarhus"}, "it takes municipality, lang"),
        ("municipality", {"lang": "fr"}, "lang is one of da, en, not 'fr'"),
        ("evidence-behind-adoption", {"initiativ": "opendata"}, "open-data"),
    ],
)
def test_a_wrong_argument_is_told_what_is_allowed(engine: Embedded, name: str, arguments: dict[str, str], hint: str) -> None:
    with pytest.raises(KommunegrafError, match=hint):
        ask.run(engine, name, **arguments)


@pytest.mark.parametrize("name", ["kommune", "municipality", "Municipality", "KOMMUNE"])
def test_a_parameter_is_found_by_name_and_by_label(engine: Embedded, name: str) -> None:
    (row,) = ask.run(engine, "municipality", **{name: "Odense"}).rows()
    assert row["code"] == "0461"


def test_pages_put_together_are_the_whole(engine: Embedded) -> None:
    question = ask.find("sources-by-reach")
    whole = ask.ask(engine, question).rows()
    pages = [ask.ask(engine, question.page(50, start)).rows() for start in range(0, len(whole), 50)]
    assert [row for page in pages for row in page] == whole


def test_what_has_no_order_cannot_be_paged() -> None:
    with pytest.raises(KommunegrafError, match="cannot be paged"):
        ask.find("profile").page(10, 0)


def test_an_answer_is_a_pandas_frame(engine: Embedded) -> None:
    frame = ask.run(engine, "initiatives-by-evidence").frame()
    adoptions = next(row["things"] for row in ask.run(engine, "contents", lang="en").rows() if row["classLabel"] == "adoption")
    assert len(frame) == 42 and frame["adopters"].sum() == adoptions


def test_the_questions_themselves_are_in_the_graph(engine: Embedded) -> None:
    library = {row["query"].rsplit("/", 1)[1]: row for row in ask.run(engine, "library", lang="en").rows()}
    assert sorted(library) == sorted(ask.folder())


def test_a_question_of_the_graph_can_be_run_as_it_stands(engine: Embedded, built: Path) -> None:
    graph = rdflib.Dataset(default_union=True)
    graph.parse(built / "kommunegraf.nq", format="nquads")
    text = graph.value(rdflib.URIRef(f"{BASE}query/municipality"), rdflib.URIRef(f"{SH}select"))
    found: Any = engine.query(str(text))
    (row,) = found
    assert row["code"].value == "0751"
