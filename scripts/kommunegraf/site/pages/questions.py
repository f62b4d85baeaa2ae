"""Pages of the question library: what each question asks, its answer, and how to ask it oneself."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode

import pyoxigraph as ox

from kommunegraf.languages import LANGUAGES, alphabetical
from kommunegraf.namespaces import BASE
from kommunegraf.questions import ask
from kommunegraf.questions.question import Question
from kommunegraf.rdf.encode import Layout, encode
from kommunegraf.rdf.formats import CSV, XLSX, Format
from kommunegraf.site import results
from kommunegraf.site.model import Site
from kommunegraf.site.render import Model, Page
from kommunegraf.site.results import Table

EXCEL = ".excel"
"""What the name of an answer's CSV for Excel ends in."""
ROWS = 100
"""How many rows of an answer stand on a page; the files have all."""
CHOICES = 500
"""Up to so many resources are offered as a list to choose from."""


class Field(NamedTuple):
    """A field of a question's form: a parameter, its value, and the list to choose from, if there is one."""

    name: str
    label: str
    value: str
    choices: list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A question of the library with its answer, as `question-parts.html` shows it on the site and on the server.

    `action` is the address that the form asks; empty where no server answers. `address` is that of the answer with what was chosen.
    `downloads` are pairs of a text and a link.
    """

    question: Question
    heading: str
    fields: list[Field]
    action: str
    table: Table
    downloads: list[tuple[str, str]]
    address: str
    shell: str
    python: str
    sparql: str
    editor: str


@dataclass(frozen=True)
class QuestionPage:
    """What `library-question.html` shows; None of a question that the library does not have any more."""

    asked: Asked | None = None


Groups = list[tuple[str, list[Question]]]
"""The name of each group of the library with its questions, both in alphabetical order."""


@dataclass(frozen=True)
class Library:
    """What `library.html` shows."""

    groups: Groups
    count: int


@cache
def library() -> dict[str, Question]:
    """The questions, by name; the query files are read once."""
    return ask.folder()


def answer(site: Site, name: str, lang: str) -> bytes:
    """The answer to a question with its defaults in a language: SPARQL 1.1 Query Results JSON, or Turtle for a graph. Asked once."""
    return site.once(_answer, name, lang)


def _answer(site: Site, name: str, lang: str) -> bytes:
    one = library()[name]
    result = ask.ask(site.engine, one, **({"lang": lang} if "lang" in one.parameters else {}))
    return encode(result.result, "turtle" if result.is_graph else "json")


def for_excel(question: Question, lang: str) -> Layout:
    """How CSV is laid out for Excel in a language: with its headings, and for Danish with semicolons and decimal commas."""
    return Layout(bom=True, semicolon=lang == "da", columns=results.headings(question, lang))


def file(question: Question, lang: str, format: Format, kind: str = "") -> str:
    """The path of an answer's file. Danish has the plain name, as pages do, and so has what has no language.

    Graphs have `.answer` in their names, as the question itself is described in files of the same formats.
    """
    marked = "" if lang == LANGUAGES[0] or "lang" not in question.parameters else f".{lang}"
    return f"query/{question.name}{marked}{'.answer' if question.is_graph else kind}{format.suffix}"


def _files(page: Page, question: Question) -> Iterator[tuple[str, str]]:
    """The label and the path of each file of an answer, those that spreadsheets open first."""
    for format in sorted(question.formats, key=lambda form: form != XLSX):
        yield format.label, file(question, page.lang, format)
        if format == XLSX:
            yield page.w.excel_csv, file(question, page.lang, CSV, EXCEL)


def question(page: Page, iri: str) -> QuestionPage:
    """A question of the library with its real answer. A question that the library does not have any more has none."""
    one = library().get(iri.removeprefix(f"{BASE}query/"))
    if not one:
        return QuestionPage()
    body, chosen = answer(page.site, one.name, page.lang), given(one)
    table = results.of_graph(page, results.triples_of(body, ox.RdfFormat.TURTLE), ROWS) if one.is_graph else \
        results.of_question(page, one, body, ROWS)
    served = page.site.server
    return QuestionPage(asked(
        page, one, {}, table, action=f"{page.up}questions/{one.name}" if served else "",
        downloads=[(label, page.file(path)) for label, path in _files(page, one)],
        address=_address(page, one, chosen) if served else "",
        editor=f"{page.up}sparql?{urlencode({'example': one.name, 'lang': page.lang})}" if served else "",
    ))


def asked(
    page: Page, one: Question, terms: Mapping[str, str], table: Table, *, action: str, downloads: list[tuple[str, str]], address: str,
    editor: str,
) -> Asked:
    """A question and its answer to what was chosen: `terms` are arguments as SPARQL writes them, defaults where none is given."""
    chosen = {**given(one), **{name: _typed(one, name, term) for name, term in terms.items() if name != "lang"}}
    return Asked(
        question=one, heading=heading(page, one, terms), fields=[_field(page, one, name, value) for name, value in chosen.items()],
        action=action, table=table, downloads=downloads, address=address, shell=_shell(one, chosen, page.lang),
        python=_python(one, chosen, page.lang), sparql=bare(one, terms, page.lang), editor=editor,
    )


def _address(page: Page, one: Question, chosen: dict[str, str]) -> str:
    return f"{page.up}questions/{one.name}?{urlencode({**chosen, 'lang': page.lang})}"


def bare(one: Question, terms: Mapping[str, str], lang: str) -> str:
    """The SPARQL of a question with its arguments in their places, for people: its title instead of the header."""
    lines = [line for line in one.bind(dict(terms)).splitlines() if not line.startswith("#+")]
    return "\n".join([f"# {one.title[lang]}", *lines]) + "\n"


def heading(page: Page, one: Question, terms: Mapping[str, str]) -> str:
    """The question with what was chosen in it: *Hvem bruger RenoWeb?* The title of a question that takes nothing."""
    if not one.heading:
        return one.title[page.lang]
    chosen = {name: _called(page, one, name, terms.get(name, one.default(name))) for name in one.parameters if name != "lang"}
    return one.heading[page.lang].format(**chosen)


def _called(page: Page, one: Question, name: str, term: str) -> str:
    """What was chosen, as it stands in a sentence: Danish names of initiatives begin with a small letter there."""
    if one.parameters[name].is_value and not term.startswith("<"):
        return _typed(one, name, term)
    label = page.view.label(term.strip("<>")).removesuffix(" Municipality")
    small = page.lang == "da" and one.parameters[name].type == "initiative" and label[1:2].islower()
    return label[:1].lower() + label[1:] if small else label


def _typed(one: Question, name: str, term: str) -> str:
    """An argument as people would type it."""
    text = term.strip('<>"')
    return text if one.parameters[name].is_value else text.rsplit("/", 1)[-1]


def given(one: Question) -> dict[str, str]:
    """The defaults of a question's parameters as people would type them, but for the language."""
    return {name: _typed(one, name, one.default(name)) for name in one.parameters if name != "lang"}


def _field(page: Page, one: Question, name: str, value: str) -> Field:
    parameter = one.parameters[name]
    choices = [] if parameter.is_value else page.site.once(_choices, page.lang, parameter.type)
    return Field(name, parameter.label[page.lang], value, choices)


def _choices(site: Site, lang: str, kind: str) -> list[tuple[str, str]]:
    """The ends of the IRIs and the labels of the resources of a kind, by label; none where they are too many for a list."""
    view = site.views[lang]
    iris = view.by_label(ask.names(site.graph, kind).iris)
    return [(iri.rsplit("/", 1)[-1], view.label(iri)) for iri in iris] if len(iris) <= CHOICES else []


def _shell(one: Question, chosen: dict[str, str], lang: str) -> str:
    typed = "".join(f" -p {name}={shlex.quote(value)}" for name, value in chosen.items())
    return f"kommunegraf query run {one.name}{typed}" + (f" --lang {lang}" if "lang" in one.parameters else "")


def _python(one: Question, chosen: dict[str, str], lang: str) -> str:
    arguments = {**chosen, "lang": lang} if "lang" in one.parameters else chosen
    words = "".join(f", {name}={value!r}" for name, value in arguments.items())
    end = ".rows()" if one.form == "SELECT" else ".result"
    return "\n".join((
        "import kommunegraf", "graph = kommunegraf.open_graph()", f'answer = kommunegraf.ask(graph, "{one.name}"{words}){end}',
    ))


def every(page: Page, iri: str) -> Library:
    """All questions by group."""
    return Library(groups(page), len(library()))


def groups(page: Page) -> Groups:
    """The questions of the library by the name of their group, both in alphabetical order."""
    members: dict[str, list[Question]] = {}
    for one in sorted(library().values(), key=lambda q: alphabetical(q.title[page.lang])):
        members.setdefault(page.w[f"query_group_{one.group}"], []).append(one)
    return sorted(members.items(), key=lambda item: alphabetical(item[0]))


RESOURCES: dict[str, Model] = {"query": ("library-question.html", question)}
DOCUMENTS: dict[str, Model] = {"query/index": ("library.html", every)}
