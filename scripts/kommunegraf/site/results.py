"""Answers to questions and queries as tables for people: labels in their language, links, and a limit on the number of rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

import pyoxigraph as ox
from markupsafe import Markup, escape

from kommunegraf.languages import alphabetical
from kommunegraf.namespaces import XSD, compact
from kommunegraf.questions.question import Question
from kommunegraf.rdf.engines import python_value
from kommunegraf.site.render import Page

_NAMES = ("Label", "Title")
"""Endings of the columns that name the resource in the column without the ending."""
_PLAIN = {XSD + "string", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"}


@dataclass(frozen=True)
class Table:
    """Rows to show. `total` is how many there are; `truth` is the answer to a question of yes and no, which has no rows."""

    heads: list[str] = field(default_factory=list)
    rows: list[list[Markup]] = field(default_factory=list)
    numeric: list[bool] = field(default_factory=list)
    total: int = 0
    truth: bool | None = None
    triples: bool = False

    @property
    def cut(self) -> bool:
        """Whether some rows are not shown."""
        return self.total > len(self.rows)


def of_question(page: Page, question: Question, results: bytes, most: int, whole: bool = True) -> Table:
    """At most `most` rows of the answer to a question: a resource and its name are one column, heads are in the page's language.

    Where the question sorts by a resource, rows stand by its name in Danish order, if the answer is `whole` and not one page of it.
    """
    solutions = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if not isinstance(solutions, ox.QuerySolutions):
        return Table(truth=bool(solutions))
    columns = [variable.value for variable in solutions.variables]
    shown = [column for column in columns if not any(f"{column}{name}" in columns for name in _NAMES)]
    heads = [_head(page, question.columns.get(column, {}), column) for column in shown]
    listed = list(solutions)
    if whole:
        listed = _by_name(listed, _keys(question), columns)
    rows = [[_named(page, solution, column, columns) for column in shown] for solution in listed[:most]]
    numeric = [bool(listed) and all(_is_number(s[column]) for s in listed[:most]) for column in shown]
    return Table(heads, rows, numeric, len(listed))


def _keys(question: Question) -> list[tuple[str, bool]]:
    """The variables that a question sorts by, and whether upwards, up to the first that is sorted by in another way."""
    order = re.split(r"\bORDER\s+BY\b", question.text, flags=re.IGNORECASE)[-1] if question.is_pageable else ""
    keys = []
    for part in order.split():
        match = re.fullmatch(r"\?(\w+)|DESC\(\?(\w+)\)", part)
        if not match:
            break
        keys.append((match[1] or match[2], bool(match[1])))
    return keys


def _by_name(rows: list[Any], keys: list[tuple[str, bool]], columns: list[str]) -> list[Any]:
    """Rows that are sorted by some keys, sorted by the names of those that have one; rows of equal keys stay together."""
    if not keys or keys[0][0] not in columns:
        return rows
    (key, upwards), *rest = keys
    label = key if key.endswith(_NAMES) else next((f"{key}{name}" for name in _NAMES if f"{key}{name}" in columns), None)
    if label and upwards:
        rows = sorted(rows, key=lambda row: alphabetical(getattr(row[label], "value", "")))
    return [row for _, group in groupby(rows, key=lambda row: str(row[key])) for row in _by_name(list(group), rest, columns)]


def of_query(page: Page, results: bytes, most: int) -> Table:
    """The rows of any query, at most `most` of them: IRIs with their labels, literals as they stand."""
    solutions = ox.parse_query_results(results, format=ox.QueryResultsFormat.JSON)
    if not isinstance(solutions, ox.QuerySolutions):
        return Table(truth=bool(solutions))
    heads = [variable.value for variable in solutions.variables]
    rows = [[_exact(page, term) for term in solution] for solution in islice(solutions, most)]
    return Table(heads, rows, [False] * len(heads), len(rows) + sum(1 for _ in solutions))


def of_graph(page: Page, triples: list[ox.Triple], most: int) -> Table:
    """Triples, sorted, as rows of three, at most `most` of them."""
    listed = sorted(set(triples), key=str)
    rows = [[_exact(page, term) for term in (t.subject, t.predicate, t.object)] for t in listed[:most]]
    return Table([page.w.subject, page.w.predicate, page.w.object], rows, [False] * 3, len(listed), triples=True)


def triples_of(body: bytes, format: ox.RdfFormat = ox.RdfFormat.N_TRIPLES) -> list[ox.Triple]:
    """The triples of a document in a format without named graphs."""
    return [quad.triple for quad in ox.parse(body, format=format)]


def headings(question: Question, lang: str) -> tuple[tuple[str, str], ...]:
    """The columns of an answer for people: each with its heading, those of IRIs last."""
    named = [(column, meaning.get(lang, column)) for column, meaning in question.columns.items()]
    return tuple(sorted(named, key=lambda pair: pair[1].endswith(", IRI")))


def _head(page: Page, meaning: dict[str, str], column: str) -> str:
    """What a column means; a share with its unit, which stands nowhere else."""
    head, unit = meaning.get(page.lang, column).removesuffix(", IRI"), meaning.get("unit", "")
    return f"{head} ({page.w[f'query_unit_{unit.split()[0]}']})" if unit.startswith("percent") else head


def _named(page: Page, solution: Any, column: str, columns: list[str]) -> Markup:
    owner = column.removesuffix("Label").removesuffix("Title")
    term = solution[column]
    if owner != column and owner in columns and isinstance(solution[owner], ox.NamedNode) and isinstance(term, ox.Literal):
        return page.link(solution[owner].value, term.value)
    if isinstance(term, ox.Literal) and _is_number(term) and len(term.value) == 4 and "." not in term.value:
        return escape(term.value)
    return page.value(term)


def _is_number(term: Any) -> bool:
    return isinstance(term, ox.Literal) and isinstance(python_value(term), int | float) and not isinstance(python_value(term), bool)


def _exact(page: Page, term: Any) -> Markup:
    """A term without loss: the IRI under its label, the language or datatype behind a literal."""
    if isinstance(term, ox.NamedNode):
        return Markup("").join(_link(page, term.value))
    if isinstance(term, ox.Literal):
        kind = f"@{term.language}" if term.language else "" if term.datatype.value in _PLAIN else compact(term.datatype.value)
        text = Markup('<span lang="{}">{}</span>').format(term.language, term.value) if term.language else escape(term.value)
        return text + (Markup(' <small class="kind-of">{}</small>').format(kind) if kind else Markup(""))
    return escape("" if term is None else str(term))


def _link(page: Page, iri: str) -> Iterator[Markup]:
    short = compact(iri)
    yield page.link(iri)
    if page.view.label(iri) != short:
        yield Markup('<br><small class="kind-of">{}</small>').format(short)
