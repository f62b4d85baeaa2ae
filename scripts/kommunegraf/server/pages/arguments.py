"""From the query string of a request to a question whose arguments are bound, or to a problem that says what is wrong."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from kommunegraf.findings import nearest
from kommunegraf.languages import LANGUAGES
from kommunegraf.names import Names, UnknownName
from kommunegraf.questions import ask
from kommunegraf.questions.question import Parameter, Question
from kommunegraf.rdf.encode import Layout
from kommunegraf.rdf.formats import HTML
from kommunegraf.rdf.terms import iri
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings
from kommunegraf.site.model import Site
from kommunegraf.site.pages import questions
from kommunegraf.site.pages.questions import library
from kommunegraf.site.results import headings

OPTIONS = ("lang", "format", "limit", "offset", "bom", "separator", "headings")
"""What a client may say of the answer, beside the parameters of the question."""
IRI = r"^https?://[A-Za-z0-9][A-Za-z0-9.\-]*(:[0-9]{1,5})?(/[A-Za-z0-9\-._~!$&'()*+,;=:@/]*)?(#[A-Za-z0-9\-._~/]*)?$"
"""The IRIs that a parameter takes: web addresses without a query (RFC 3986)."""
_WRONG = {"integer": "wrong-integer", "date": "wrong-date", "iri": "wrong-iri"}
"""The problem of a value that is not of a parameter's type."""


@dataclass(frozen=True)
class QuestionRequest:
    """A question with its arguments by the names of its parameters: `typed` as people wrote them, `terms` as SPARQL writes them."""

    question: Question
    lang: str
    typed: dict[str, str] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    format: str = ""
    limit: int | None = None
    offset: int = 0
    layout: Layout = field(default_factory=Layout)

    @property
    def text(self) -> str:
        """The SPARQL with the arguments in their places, for all rows."""
        return self.question.bind(self.terms)

    @property
    def bare(self) -> str:
        """The same SPARQL for people: its title instead of the header."""
        return questions.bare(self.question, self.terms, self.lang)

    @property
    def paged(self) -> str:
        """The SPARQL for the rows that are asked for and one more, which shows whether there are more."""
        limit = None if self.limit is None else self.limit + 1
        return self.question.page(limit, self.offset).bind(self.terms)


def find(name: str) -> Question:
    """The question of that name. Raises Problem with the nearest names."""
    question = library().get(name)
    if question is None:
        raise Problem("unknown-question", nearest(name, library()), name=name)
    return question


def read(site: Site, settings: Settings, question: Question, pairs: Iterable[tuple[str, str]], lang: str) -> QuestionRequest:
    """What the pairs of a query string ask of a question, in `lang` if they name no language. Raises Problem."""
    options: dict[str, str] = {}
    chosen: dict[str, str] = {}
    written: dict[str, str] = {}
    for name, value in pairs:
        key = name if name in OPTIONS else _parameter(question, name).name
        if key in written:
            raise Problem("doubled-parameter", name=name, count=2)
        written[key] = name
        (options if key in OPTIONS else chosen)[key] = value
    lang = one_of(options, "lang", LANGUAGES, lang)
    terms = {name: _term(site, question.parameters[name], value, lang, written[name]) for name, value in chosen.items()}
    if "lang" in question.parameters:
        terms["lang"] = ask.term(site.graph, question.parameters["lang"], lang)
    formats = tuple(form.name for form in (*question.formats, HTML))
    request = QuestionRequest(
        question, lang, chosen, terms,
        format=one_of(options, "format", formats, ""),
        limit=whole(options["limit"], "limit", 1, settings.limit_rows) if "limit" in options else None,
        offset=whole(options.get("offset", "0"), "offset", 0, settings.offset_rows),
        layout=Layout(one_of(options, "bom", ("0", "1"), "0") == "1",
                      one_of(options, "separator", ("comma", "semicolon"), "comma") == "semicolon",
                      headings(question, lang) if one_of(options, "headings", ("names", "labels"), "names") == "labels" else ()),
    )
    if {"limit", "offset"} & set(options) and not question.is_pageable:
        raise Problem("not-pageable", name=question.name)
    return request


def names(site: Site, kind: str) -> Names:
    """The names of the resources of a kind, read once for each state of the data."""
    return site.once(_read_names, kind)


def _read_names(site: Site, kind: str) -> Names:
    return ask.names(site.graph, kind)


def _parameter(question: Question, name: str) -> Parameter:
    try:
        return ask.parameter(question, name)
    except ask.BadArgument:
        takes = dict.fromkeys([*question.parameters, *OPTIONS])
        labels = [label for parameter in question.parameters.values() for label in parameter.label.values()]
        raise Problem("unknown-parameter", nearest(name, [*takes, *labels]), name=name, takes=", ".join(takes)) from None


def _term(site: Site, parameter: Parameter, value: str, lang: str, written: str) -> str:
    label = parameter.label[lang]
    try:
        if not parameter.is_value:
            return iri(names(site, parameter.type).resolve(value))
        if parameter.type == "iri" and not re.fullmatch(IRI, value):
            raise ask.BadArgument
        return ask.term(site.graph, parameter, value)
    except UnknownName as error:
        raise Problem("unknown-name", error.suggestions, written, name=label, value=value) from None
    except ask.BadArgument:
        raise Problem(_WRONG[parameter.type], name=label, value=value) from None


def one_of(options: dict[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    """The value of an option that takes some choices. Raises Problem with the nearest of them."""
    value = options.get(name, default)
    if name in options and value not in choices:
        raise Problem("wrong-choice", nearest(value, choices) or choices, name, name=name, value=value, choices=", ".join(choices))
    return value


def whole(value: str, name: str, least: int, most: int) -> int:
    """An option's value as a whole number. Raises Problem for what is none, or is out of range."""
    if not re.fullmatch(r"[0-9]{1,18}", value) or not least <= int(value) <= most:
        raise Problem("wrong-range", name=name, value=value, least=str(least), most=str(most))
    return int(value)
