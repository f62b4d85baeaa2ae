"""The question library keeps its promises: described, bilingual, in total order, with approved answers, the same on two engines.

`KOMMUNEGRAF_APPROVE=1 pytest tests/questions/test_library.py` approves the answers as they are now; read the difference in git.
"""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from tests.helpers import ROOT, calls

from kommunegraf.graph import build
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE
from kommunegraf.questions import ask
from kommunegraf.questions.question import Question, read_folder
from kommunegraf.rdf.encode import encode
from kommunegraf.rdf.engines import Embedded, Rdflib

QUESTIONS = read_folder(ROOT / "queries" / "questions")
ANSWERS = ROOT / "tests" / "answers"
APPROVE = bool(os.environ.get("KOMMUNEGRAF_APPROVE"))
GROUPS = {
    "cases", "catalogue", "comparison", "gaps", "lookup", "neighbours", "overview", "provenance",
    "quality", "solutions", "subgraphs", "survey", "timeline",
}  # fmt: skip
EMPTY = {
    "initiatives-without-evidence": "every initiative is named by some evidence",
    "survey-rounds": "the questions of 2014 have not been asked again",
}
"""Questions whose right answer is no row, and why."""
ONE_ROW, BY_TEXT = {"municipality"}, {"find-word"}
"""Questions with one row, which need no order; and those that search the texts of one language, on which the number of rows depends."""
RDFLIB_CANNOT = {
    "neighbours-with-other-solutions": "joins evidence four times; rdflib orders patterns without knowing what VALUES binds",
}
"""Questions that rdflib's engine cannot answer in RDFLIB_SECONDS, and why."""
RDFLIB_SECONDS = 60
"""Three times what the dearest question takes: a limit for what never ends, which a busy machine must not reach."""

every_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
every_table = pytest.mark.parametrize("question", [q for q in QUESTIONS.values() if q.form == "SELECT"], ids=lambda q: q.name)
Rows = list[tuple[Any, ...]]


def rows(engine: Embedded | Rdflib, text: str) -> Rows:
    """The rows of an answer, or its triples in an order of their own."""
    result = engine.query(text)
    if isinstance(result, list):
        return sorted(set(map(tuple, result)), key=str)
    assert isinstance(result, ox.QuerySolutions)
    solutions = [tuple(solution) for solution in result]
    del result  # rdflib's parser keeps this frame until some thread collects garbage, and solutions belong to the thread that asked
    return solutions


def in_language(question: Question, lang: str) -> str:
    return question.bind({"lang": f'"{lang}"'} if "lang" in question.parameters else {})


def title(column: str) -> bool:
    """Whether a column has titles, which stand in the language that they were written in."""
    return column == "title" or column.endswith("Title")


def order_keys(question: Question) -> list[str]:
    return re.findall(r"\?(\w+)", question.text.rsplit("ORDER BY", 1)[1]) if "ORDER BY" in question.text else []


def test_the_library_has_a_question_for_each_daily_task() -> None:
    assert {q.group for q in QUESTIONS.values()} == GROUPS
    assert {q.form for q in QUESTIONS.values()} == {"SELECT", "CONSTRUCT"}


def test_each_question_answers_a_competency_question_of_its_own() -> None:
    numbers = [q.question for q in QUESTIONS.values()]
    assert all(re.fullmatch(r"CQ\d+", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


@every_question
def test_a_question_is_described_in_both_languages(question: Question) -> None:
    assert question.keywords and question.group in GROUPS
    texts = [question.title, question.description, *(p.label for p in question.parameters.values()), *question.columns.values()]
    assert all(text.get(lang, "").strip() for text in texts for lang in LANGUAGES)
    assert all(set(meaning) <= {*LANGUAGES, "unit"} for meaning in question.columns.values())


@every_question
def test_prefixes_are_declared_and_used(engine: Embedded, question: Question) -> None:
    engine.query(question.text)  # pyoxigraph knows no prefix that the text does not declare
    body = re.sub(r"<[^>]*>|\"[^\"]*\"", "", "\n".join(line for line in question.text.splitlines() if not line.startswith(("#", "PREFIX"))))
    declared = re.findall(r"^PREFIX ([\w-]+):", question.text, re.MULTILINE)
    assert declared == sorted(declared)
    assert [p for p in declared if not re.search(rf"(?<![\w-]){p}:", body)] == []


@every_question
def test_each_constant_of_ours_is_in_the_graph(engine: Embedded, question: Question) -> None:
    prefixes = dict(re.findall(r"^PREFIX ([\w-]+): <(.*)>$", question.text, re.MULTILINE))
    body = "\n".join(line for line in question.text.splitlines() if not line.startswith(("#", "PREFIX")))
    named = {iri for iri in re.findall(r"<([^>\s]+)>", body)}
    named |= {prefixes[p] + local for p, local in re.findall(r"(?<![\w-])([\w-]+):([\w-]+)", re.sub(r"<[^>]*>", "", body)) if p in prefixes}
    ours = {iri for iri in named if iri.startswith(BASE)}
    assert {iri for iri in ours if not next(engine.store.quads_for_pattern(ox.NamedNode(iri), None, None), None)} == set()


@every_question
def test_the_language_is_used_beside_the_optionals(question: Question) -> None:
    """Otherwise Virtuoso forgets it, and the names are lost there."""
    assert "lang" not in question.parameters or re.search(r"^  (FILTER|BIND)\(.*\?lang\b", question.text, re.MULTILINE)


@every_question
def test_the_columns_are_those_of_the_answer(engine: Embedded, question: Question) -> None:
    assert ask.ask(engine, question).columns == list(question.columns)


@every_table
def test_rows_have_a_total_order(engine: Embedded, question: Question) -> None:
    if question.name in ONE_ROW:
        assert len(rows(engine, question.text)) == 1
        return
    keys = [list(question.columns).index(key) for key in order_keys(question)]
    assert keys
    for lang in LANGUAGES:
        order = [tuple(str(row[key]) for key in keys) for row in rows(engine, in_language(question, lang))]
        assert len(order) == len(set(order))


@every_table
def test_the_order_does_not_depend_on_the_store(dataset: build.Dataset, question: Question, shuffled: Embedded, engine: Embedded) -> None:
    assert rows(shuffled, question.text) == rows(engine, question.text)


@pytest.fixture(scope="module")
def shuffled(dataset: build.Dataset) -> Embedded:
    """The same graph, loaded from its last line to its first."""
    store = ox.Store()
    store.bulk_load("\n".join(reversed(dataset.lines)).encode("utf-8"), format=ox.RdfFormat.N_QUADS)
    return Embedded(store)


@every_table
def test_a_resource_stands_beside_its_name(engine: Embedded, question: Question) -> None:
    table = rows(engine, question.text)
    for place, column in enumerate(question.columns):
        values = [str(row[place]) for row in table if isinstance(row[place], ox.NamedNode) and row[place].value.startswith(BASE)]
        named = {f"{column}Label", f"{column}Title", "title"} & set(question.columns)
        assert not values or named or len(values) == len(set(values)), f"{column} has no name beside it"


@every_question
def test_english_answers_have_no_danish_labels(engine: Embedded, question: Question) -> None:
    if "lang" not in question.parameters:
        return
    english, danish = (rows(engine, in_language(question, lang)) for lang in ("en", "da"))
    for lang, answer in (("en", english), ("da", danish)):
        cells = [value for row in answer for column, value in zip(question.columns, row) if not title(column)]
        assert {value.language for value in cells if isinstance(value, ox.Literal)} <= {None, lang}
    assert len(english) == len(danish) or question.name in BY_TEXT
    for place, column in enumerate(question.columns):
        if column.endswith("Label"):
            thing = list(question.columns).index(column.removesuffix("Label"))
            assert all((row[place] is None) == (row[thing] is None) for row in english), f"{column} is missing for some row"


@every_question
def test_the_answer_is_the_approved_one(engine: Embedded, question: Question) -> None:
    answer = ask.ask(engine, question)
    path = ANSWERS / f"{question.name}.{'ttl' if answer.is_graph else 'csv'}"
    text = encode(answer.result, "turtle" if answer.is_graph else "csv").decode("utf-8").replace("\r\n", "\n")
    if APPROVE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    assert path.is_file(), "no approved answer; read the answer, then run with KOMMUNEGRAF_APPROVE=1"
    assert text == path.read_text("utf-8"), "the answer changed; if that is right, run with KOMMUNEGRAF_APPROVE=1"
    assert (text.count("\n") > 1) is (question.name not in EMPTY)


def test_each_approved_answer_has_its_question() -> None:
    for path in ANSWERS.iterdir():
        if APPROVE and path.stem not in QUESTIONS:
            path.unlink()
    assert {path.stem for path in ANSWERS.iterdir()} == set(QUESTIONS)


@every_question
def test_the_answer_takes_less_than_a_second(engine: Embedded, question: Question) -> None:
    start = time.thread_time()
    rows(engine, question.text)
    assert time.thread_time() - start < 1


@every_question
def test_defaults_can_be_typed(engine: Embedded, question: Question) -> None:
    answer = calls.ask(engine, question)
    typed = sorted(map(tuple, set(answer.result)), key=str) if answer.is_graph else [tuple(row) for row in answer.result]
    assert typed == rows(engine, in_language(question, "en"))


@pytest.fixture(scope="module")
def other(built: Path) -> Rdflib:
    """The same graph in rdflib."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(built / build.NQUADS, format="nquads")
    return Rdflib(dataset)


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    def late(*_: object) -> None:
        raise TimeoutError(f"no answer in {seconds} s")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def plain(table: Rows) -> list[tuple[object, ...]]:
    """Rows whose numbers compare by value: engines may write 38 or 38.0."""
    return [tuple(_plain(value) for value in row) for row in table]


def _plain(value: Any) -> object:
    number = isinstance(value, ox.Literal) and value.datatype.value.rsplit("#", 1)[-1] in ("integer", "decimal")
    return Decimal(value.value) if number else value


@pytest.mark.slow
@every_question
def test_rdflib_answers_the_same(engine: Embedded, other: Rdflib, question: Question) -> None:
    if question.name in RDFLIB_CANNOT:
        pytest.skip(RDFLIB_CANNOT[question.name])
    with at_most(RDFLIB_SECONDS):
        table = rows(other, question.text)
    assert plain(table) == plain(rows(engine, question.text))
