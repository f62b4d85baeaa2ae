"""From the call of a tool to its answer: rows or a graph, what the columns mean, and what the answer rests on."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from anyio.to_thread import run_sync

from kommunegraf.findings import nearest
from kommunegraf.languages import LANGUAGES, texts
from kommunegraf.matching import answers as matching
from kommunegraf.matching import text
from kommunegraf.names import UnknownName
from kommunegraf.questions import ask
from kommunegraf.questions.question import Question
from kommunegraf.rdf.encode import encode
from kommunegraf.rdf.formats import JSON, NTRIPLES, TURTLE
from kommunegraf.server.assistants import grounds
from kommunegraf.server.assistants.tools import NARROWING, OPPORTUNITIES, ROWS, Tool
from kommunegraf.server.context import Context
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.pages import arguments, responses
from kommunegraf.server.pages.arguments import QuestionRequest
from kommunegraf.server.settings import Settings
from kommunegraf.site import results
from kommunegraf.site.model import Site

Fields = dict[str, Any]


async def call(context: Context, tool: Tool, values: Mapping[str, Any], client: str, top: str) -> Fields:
    """The answer of a tool to a client, known by its key. `top` is the address of the server, empty if there is none. Raises Problem."""
    settings = context.settings
    written = _texts(tool, values, settings)
    lang = written.get("lang", LANGUAGES[0])
    if tool.name == OPPORTUNITIES:
        answer = await run_sync(_opportunities, context.site, lang, written, settings)
    else:
        question = arguments.find(tool.name)
        if question.is_pageable:
            written.setdefault("limit", str(tool.schema["properties"]["limit"]["default"]))
        bound = await run_sync(arguments.read, context.site, settings, question, written.items(), lang)
        body = await responses.own_answer(context, bound.paged, NTRIPLES.media if question.is_graph else JSON.media, client)
        answer = await run_sync(_answer, context.site, bound, body.body, settings.page_rows)
        if top:
            answer["address"] = f"{top}questions/{tool.name}?{urlencode(bound.typed | {'lang': bound.lang})}"
    if len(json.dumps(answer)) > settings.page_megabytes << 20:
        raise Problem("result-too-large", most=settings.page_megabytes)
    return {"version": context.state.documents.version, **answer}


def _texts(tool: Tool, values: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    """The arguments as a person would write them. Raises Problem for those that the tool lacks, and for what is no text or whole number."""
    takes = tool.schema["properties"]
    written = {}
    for name, value in values.items():
        if name not in takes:
            raise Problem("unknown-parameter", nearest(name, takes), name=name[:100], takes=", ".join(takes))
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise Problem("wrong-parameters", message=f"{name} is a text or a whole number, not {type(value).__name__}")
        written[name] = str(value)
    if sum(map(len, written.values())) > settings.body_megabytes << 20:
        raise Problem("request-too-large", most=settings.body_megabytes)
    return written


def _answer(site: Site, bound: QuestionRequest, body: bytes, most: int) -> Fields:
    """A question's answer as fields: at most `most` rows, and whether there are more."""
    question, lang = bound.question, bound.lang
    constants = [bound.terms.get(name, question.default(name)).strip("<>") for name, p in question.parameters.items() if not p.is_value]
    head: Fields = {"question": question.title[lang], "arguments": bound.typed}
    if question.is_graph:
        triples = results.triples_of(body)
        named = [[term.value for term in triple if isinstance(term, ox.NamedNode)] for triple in triples]
        graph = encode(triples, TURTLE.name).decode("utf-8")
        return _noted(head | {"graph": graph, **grounds.grounds(site, lang, named, constants, question.group)}, not triples, lang)
    limit = min(most, bound.limit or most)
    rows = _rows(question, body)
    shown = rows[:limit]
    meaning = {name: " ".join(filter(None, (each[lang], each.get("unit")))) for name, each in question.columns.items()}
    behind = grounds.grounds(site, lang, (row.values() for row in shown), constants, question.group)
    return _noted(head | {"columns": meaning, "rows": shown, "more": len(rows) > limit, **behind}, not shown, lang)


def _rows(question: Question, body: bytes) -> list[Fields]:
    """The rows of an answer. The engine's own results stay here: an error's traceback would carry them out of their thread."""
    return ask.Answer(question, ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)).rows()


def _noted(answer: Fields, empty: bool, lang: str) -> Fields:
    """The answer with a note where it has no rows, or where no single source stands behind them."""
    if empty:
        return answer | {"note": texts("assistants")["nothing"][lang]}
    return answer if answer["sources"] else answer | {"note": texts("assistants")["counts"][lang]}


def _opportunities(site: Site, lang: str, written: dict[str, str], settings: Settings) -> Fields:
    """The opportunities, narrowed as the arguments say, with the sources that each rests on."""
    lang = arguments.one_of(written, "lang", LANGUAGES, lang)
    most = arguments.whole(written.get("limit", str(ROWS)), "limit", 1, settings.page_rows)
    first = arguments.whole(written.get("offset", "0"), "offset", 0, settings.offset_rows)
    chosen = {kind: _resolve(site, kind, written[kind], lang) for kind in NARROWING if kind in written}
    each = site.matcher[lang].concerning(**chosen) if lang in site.matcher else []
    shown = each[first : first + most]
    columns = [column for column in matching.COLUMNS[OPPORTUNITIES] if column not in ("private", "sources", "addresses")]
    rows = [
        {column: row[column] for column in columns} | {"sources": [source.iri for source in one.sources]}
        for row, one in zip(matching.shortlist(shown, lang), shown)
    ]
    answer = {
        "question": texts("assistants")["opportunities_title"][lang],
        "arguments": {kind: site.views[lang].label(iri) for kind, iri in chosen.items()},
        "columns": {column: text.head(column, lang) for column in columns},
        "rows": rows,
        "more": len(each) > first + most,
        "adoptions": [],
        "sources": grounds.described(site, lang, {source.iri: {"opportunity"} for one in shown for source in one.sources}),
    }
    return _noted(answer, not rows, lang)


def _resolve(site: Site, kind: str, value: str, lang: str) -> str:
    try:
        return arguments.names(site, kind).resolve(value)
    except UnknownName as error:
        raise Problem("unknown-name", error.suggestions, kind, name=texts("assistants")[f"{kind}_label"][lang], value=value) from None
