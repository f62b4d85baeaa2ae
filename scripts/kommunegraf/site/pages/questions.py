"""Pages of the question library: what each question asks, its answer, and how to ask it oneself."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from markupsafe import Markup

from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE
from kommunegraf.questions import ask
from kommunegraf.questions.question import Question
from kommunegraf.rdf.encode import encode
from kommunegraf.rdf.formats import Format
from kommunegraf.site import addresses
from kommunegraf.site.model import Site
from kommunegraf.site.render import Model, Page

ROWS = 100
"""How many rows of an answer stand on a page; the files have all."""
_PLAIN = ("iri", "text", "integer", "date", "language")


@dataclass(frozen=True)
class Answer:
    """The answer to a question: the first lines of a graph, or heads and rows of cells; and the files that have it whole."""

    files: list[tuple[str, str]]
    graph: str | None = None
    more: bool = False
    heads: Sequence[tuple[str, str]] = ()
    rows: Sequence[list[tuple[Markup, bool]]] = ()
    total: int = 0


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question, with its default as readers see it."""

    name: str
    label: str
    kind: str
    default: str


@dataclass(frozen=True)
class Asked:
    """A question of the library with its answer, and how to ask it."""

    question: Question
    group: str
    parameters: list[Parameter]
    columns: list[tuple[str, str, str]]
    text: list[str]
    shell: str
    python: str
    http: str
    answer: Answer


@dataclass(frozen=True)
class QuestionPage:
    """What `query.html` shows; None of a question that the library does not have any more."""

    asked: Asked | None = None


@dataclass(frozen=True)
class Library:
    """What `library.html` shows."""

    groups: list[tuple[str, str, list[Question]]]
    count: int
    path: Callable[[Question], str | None]


@cache
def _library() -> dict[str, Question]:
    return ask.folder()


def answer(site: Site, name: str, lang: str) -> bytes:
    """The answer to a question with its defaults in a language: SPARQL 1.1 Query Results JSON, or Turtle for a graph. Asked once."""
    return site.once(_answer, name, lang)


def _answer(site: Site, name: str, lang: str) -> bytes:
    found = _library()[name]
    given = {"lang": lang} if "lang" in found.parameters else {}
    result = ask.ask(site.engine, found, **given)
    return encode(result.result, "turtle" if result.is_graph else "json")


def answers(site: Site) -> Iterator[tuple[str, bytes]]:
    """The files of all answers, by path: every question in every format of its kind, in each language. Raises EngineError."""
    for name, found in _library().items():
        for lang in LANGUAGES if "lang" in found.parameters else LANGUAGES[:1]:
            body = answer(site, name, lang)
            for format in found.formats:
                yield file(found, lang, format), encode(_result(found, body), format.name)


def _result(question: Question, body: bytes) -> Any:
    """An answer again, as an engine gives it: rows can be read once only."""
    if question.is_graph:
        return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)]
    return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)


def file(question: Question, lang: str, format: Format) -> str:
    """The path of an answer's file. Danish has the plain name, as pages do, and so has what has no language.

    Graphs have `.answer` in their names, as the question itself is described in files of the same formats.
    """
    marked = "" if lang == LANGUAGES[0] or "lang" not in question.parameters else f".{lang}"
    return f"query/{question.name}{marked}{'.answer' if question.is_graph else ''}{format.suffix}"


def _files(page: Page, question: Question) -> list[tuple[str, str]]:
    """The label and the path of each file of an answer."""
    return [(format.label, file(question, page.lang, format)) for format in question.formats]


def question(page: Page, iri: str) -> QuestionPage:
    """A question of the library with its real answer. A question that the library does not have any more has none."""
    found = _library().get(iri.removeprefix(f"{BASE}query/"))
    if not found:
        return QuestionPage()
    given = _given(found)
    return QuestionPage(Asked(
        question=found, group=page.w.get(f"query_group_{found.group}", found.group), parameters=_parameters(page, found),
        columns=[(name, told.get(page.lang, ""), told.get("unit", "")) for name, told in found.columns.items()],
        text=[line for line in found.text.rstrip("\n").split("\n") if not line.startswith("#+")],
        shell=_shell(found, given, page.lang), python=_python(found, given, page.lang),
        http=f"questions/{found.name}?{urlencode({**given, 'lang': page.lang} if 'lang' in found.parameters else given)}",
        answer=_shown(page, found),
    ))


def _given(found: Question) -> dict[str, str]:
    """The defaults of a question's parameters as people would type them, but for the language."""
    terms = {name: (parameter.type, found.default(name).strip('<>"')) for name, parameter in found.parameters.items() if name != "lang"}
    return {name: term if kind in _PLAIN else term.rsplit("/", 1)[-1] for name, (kind, term) in terms.items()}


def _parameters(page: Page, found: Question) -> list[Parameter]:
    rows = []
    for name, parameter in found.parameters.items():
        term = found.default(name).strip('<>"')
        kind = page.w.get(f"query_type_{parameter.type}") or page.w.get(f"kind_{parameter.type}", parameter.type)
        default = page.link(term) if term.startswith(BASE) else page.lang if name == "lang" else term
        rows.append(Parameter(name=name, label=parameter.label.get(page.lang, ""), kind=kind, default=default))
    return rows


def _shell(found: Question, given: dict[str, str], lang: str) -> str:
    typed = "".join(f" -p {name}={shlex.quote(value)}" for name, value in given.items())
    return f"kommunegraf query run {found.name}{typed}" + (f" --lang {lang}" if "lang" in found.parameters else "")


def _python(found: Question, given: dict[str, str], lang: str) -> str:
    chosen = {**given, "lang": lang} if "lang" in found.parameters else given
    words = "".join(f", {name}={value!r}" for name, value in chosen.items())
    end = ".rows()" if found.form == "SELECT" else ".result"
    return "\n".join((
        "import kommunegraf", "graph = kommunegraf.open_graph()", f'answer = kommunegraf.ask(graph, "{found.name}"{words}){end}',
    ))


def _shown(page: Page, found: Question) -> Answer:
    """The answer for a page: heads and rows of cells, or the first lines of a graph."""
    body = answer(page.site, found.name, page.lang)
    if found.form != "SELECT":
        lines = body.decode().split("\n")
        return Answer(graph="\n".join(lines[:ROWS]), more=len(lines) > ROWS, files=_files(page, found))
    solutions = list(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON))  # type: ignore[arg-type]
    shown = [c for c in found.columns if _named(c, found) is None]
    heads = [(found.columns[c].get(page.lang, c), found.columns[c].get("unit", "")) for c in shown]
    rows = [[_cell(page, row, _resource(c, found), c) for c in shown] for row in solutions[:ROWS]]
    return Answer(heads=heads, rows=rows, total=len(solutions), files=_files(page, found))


def _named(column: str, found: Question) -> str | None:
    """The column that names what stands in another one."""
    return next((name for name in (f"{column}Label", f"{column}Title") if name in found.columns), None)


def _resource(column: str, found: Question) -> str:
    stem = column.removesuffix("Label").removesuffix("Title")
    return stem if stem in found.columns else column


def _cell(page: Page, row: ox.QuerySolution, resource: str, column: str) -> tuple[Markup, bool]:
    """A value as a reader sees it, a link where it names a resource; and whether it is a number."""
    value, about = row[column], row[resource]
    number = isinstance(value, ox.Literal) and value.datatype.value.rpartition("#")[2] in ("integer", "decimal", "double")
    if isinstance(about, ox.NamedNode) and value is not None:
        return page.link(about.value, "" if isinstance(value, ox.NamedNode) else value.value), False
    return page.value(value), number


def library(page: Page, iri: str) -> Library:
    """All questions by group."""
    groups: dict[str, list[Question]] = {}
    for found in sorted(_library().values(), key=lambda q: q.title[page.lang]):
        groups.setdefault(found.group, []).append(found)
    named = {group: page.w.get(f"query_group_{group}", group) for group in groups}
    return Library(groups=[(named[g], g, groups[g]) for g in sorted(groups, key=lambda g: named[g])], count=len(_library()),
            path=lambda q: addresses.path(f"{BASE}query/{q.name}"))


RESOURCES: dict[str, Model] = {"query": ("query.html", question)}
DOCUMENTS: dict[str, Model] = {"query/index": ("library.html", library)}
