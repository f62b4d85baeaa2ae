"""The cookbook in `queries/README.md`: every question with a real call and the first rows of its real answer."""

import shlex
from itertools import islice

import pyoxigraph as ox

from kommunegraf.namespaces import BASE
from kommunegraf.questions import ask as queries
from kommunegraf.questions.question import Question
from kommunegraf.rdf.engines import Engine

START, END = "<!-- cookbook: written by tests/cookbook.py -->\n", "<!-- end of cookbook -->\n"
ROWS = 3
WIDTH = 80
"""Longer values are cut to so many characters."""


def arguments(question: Question) -> dict[str, str]:
    """The defaults of a question's parameters as people would type them, in English."""
    typed = {}
    for name, parameter in question.parameters.items():
        term = question.default(name).strip('<>"')
        typed[name] = term if parameter.type in ("iri", "text", "integer") else term.rsplit("/", 1)[-1]
    return {**typed, "lang": "en"} if "lang" in typed else typed


def call(question: Question) -> str:
    """The command that asks a question for its defaults, in English."""
    typed = arguments(question)
    lang = typed.pop("lang", None)
    given = "".join(f" -p {name}={shlex.quote(value)}" for name, value in typed.items())
    return f"kommunegraf query run {question.name}{given}" + (" --lang en" if lang else "")


def ask(engine: Engine, question: Question) -> queries.Answer:
    """The answer to the call."""
    return queries.ask(engine, question, **arguments(question))


def page(engine: Engine, questions: dict[str, Question]) -> str:
    """The cookbook, by group, as Markdown."""
    lines = []
    for group in sorted({q.group for q in questions.values()}):
        lines += [f"### {group.capitalize()}", ""]
        for question in (q for q in questions.values() if q.group == group):
            lines += [f"#### {question.title['en']}", "", question.description["en"].strip(), ""]
            lines += ["```console", f"$ {call(question)}", "```", ""]
            lines += _answer(ask(engine, question))
    return "\n".join(lines)


def _answer(answer: queries.Answer) -> list[str]:
    if answer.is_graph:
        found = sorted(set(answer.result), key=str)
        lines = [" ".join(_short(part) for part in (t.subject, t.predicate, t.object)) for t in found[:ROWS]]
        return ["```turtle", *lines, "```", "", f"{len(found)} triples in all.", ""]
    shown = [c for c in answer.columns if c + "Label" not in answer.columns and c.removesuffix("Label") + "Title" not in answer.columns]
    meanings = [answer.question.columns[c]["en"] for c in shown]
    rows = iter(answer.rows())
    first = [[_cut(row[c]) for c in shown] for row in islice(rows, ROWS)]
    count = len(first) + sum(1 for _ in rows)
    table = [f"| {' | '.join(cells)} |" for cells in (meanings, ["---"] * len(shown), *first)] if first else []
    return [*table, *([""] if first else []), f"{count} rows in all." if count != 1 else "1 row in all.", ""]


def _cut(value: object) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    text = text.removeprefix(BASE).replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def _short(term: ox.NamedNode | ox.Literal | ox.BlankNode) -> str:
    text = str(term)
    return text if len(text) <= 2 * WIDTH else text[: 2 * WIDTH] + "…"
