"""The vocabulary: every term that data and questions use is declared, and the README's table of competency questions is true."""

import os
import re

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT

from kommunegraf.graph.build import Dataset
from kommunegraf.namespaces import KG
from kommunegraf.questions import ask

README = ROOT / "ontology" / "README.md"
BEGIN, END = "<!-- competency questions: begin -->\n", "<!-- competency questions: end -->"


@pytest.fixture(scope="module")
def declared() -> set[str]:
    triples = ox.parse(path=ROOT / "ontology" / "kommunegraf.ttl")
    defined = {str(t.subject) for t in triples if str(t.predicate).endswith("isDefinedBy>")}
    return {term.strip("<>").removeprefix(KG) for term in defined}


def used_in(text: str) -> set[str]:
    """The terms of ours in a query text, its header aside."""
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return set(re.findall(r"\bkg:([A-Za-z0-9]+)", body))


def table() -> str:
    """The competency questions, each with the query that answers it and the terms that it needs."""
    lines = ["| | question | query | terms |\n|---|---|---|---|\n"]
    for question in sorted(ask.folder().values(), key=lambda q: int(q.question.removeprefix("CQ"))):
        terms = ", ".join(f"`{term}`" for term in sorted(used_in(question.text)))
        lines.append(f"| {question.question} | {question.title['en']} | `{question.name}` | {terms} |\n")
    return "".join(lines)


def test_the_table_of_competency_questions_is_true() -> None:
    text = README.read_text("utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    expected = before + BEGIN + table() + END + after
    if os.environ.get("KOMMUNEGRAF_APPROVE"):
        README.write_text(expected, "utf-8")
    assert README.read_text("utf-8") == expected, "approve with KOMMUNEGRAF_APPROVE=1 scripts/test"


def test_competency_questions_are_numbered_without_holes() -> None:
    numbers = sorted(int(q.question.removeprefix("CQ")) for q in ask.folder().values())
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("folder", ["questions", "verify", "internal"])
def test_queries_use_declared_terms_only(declared: set[str], folder: str) -> None:
    for question in ask.folder(folder).values():
        assert used_in(question.text) <= declared, question.name


def test_data_use_declared_terms_only(declared: set[str], dataset: Dataset) -> None:
    used = {term for line in dataset.lines for term in re.findall(rf"<{KG}([A-Za-z0-9]+)>", line)}
    assert used <= declared


def test_every_class_and_relation_that_is_declared_is_needed(declared: set[str], dataset: Dataset) -> None:
    facts = [line for line in dataset.lines if "/graph/ontology>" not in line and "/graph/shapes>" not in line]
    used = {term for line in facts for term in re.findall(rf"<{KG}([A-Za-z0-9]+)>", line)}
    elsewhere = {"graph", "Anchoring"}  # used in the metadata of the tables, and the class above the two kinds of anchoring
    elsewhere |= {"WithdrawnStatement", "withdrawnBy"}  # for contributors who take an answer back; none has yet
    assert declared - used == elsewhere, "terms without a single use in the data"
