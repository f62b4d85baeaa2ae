"""The question library over HTTP: `/questions` lists it, `/questions/NAME` answers, with typed parameters, formats and pages."""

import json
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlencode

import pyoxigraph as ox
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.routing import Route

from kommunegraf import __version__
from kommunegraf.languages import Coverage
from kommunegraf.questions.question import Question
from kommunegraf.rdf.encode import encode
from kommunegraf.rdf.formats import CSV, HTML, JSON, NTRIPLES, TABLES, TSV, XLSX, Format, WrongFormat
from kommunegraf.rdf.negotiation import choose
from kommunegraf.server.context import Context
from kommunegraf.server.http.answers import Answer
from kommunegraf.server.http.problems import Problem, listed
from kommunegraf.server.pages import arguments, openapi, responses
from kommunegraf.server.pages.arguments import QuestionRequest
from kommunegraf.server.pages.page import Download, ServerPage, page_of
from kommunegraf.server.settings import Settings
from kommunegraf.site import results
from kommunegraf.site.pages import questions

_SAVED = (CSV, TSV, XLSX)
"""Formats that a browser saves as a file; it shows the others."""


def routes(context: Context) -> list[Route]:
    """The addresses of the library, of its questions, and of their description."""

    async def library(request: Request) -> Answer:
        return await run_sync(index, request, context)

    async def one(request: Request) -> Answer:
        return await answer(request, context)

    async def described(request: Request) -> Answer:
        body = await run_sync(_description, context.settings, context.site.coverage)
        return responses.document(request, body, "application/json", "da, en")

    return [Route("/questions", library), Route("/questions/{name}", one), Route("/openapi.json", described)]


@cache
def _description(settings: Settings, coverage: Coverage) -> bytes:
    document = openapi.document(questions.library().values(), __version__, settings, coverage)
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def index(request: Request, context: Context) -> Answer:
    """The page of all questions, the site's own list, with what programs need to ask them."""
    page = page_of(request, context.site, "questions")
    titles = [(name, title) for name, _, title in listed("questions", page.lang)]
    body = page.html("questions.html", groups=questions.groups(page), count=len(questions.library()), problems=titles)
    return responses.document(request, body.encode(), HTML.content_type, page.lang)


async def answer(request: Request, context: Context) -> Answer:
    """The answer to a question, or why there is none."""
    name = request.path_params["name"]
    page = page_of(request, context.site, f"questions/{name}")
    try:
        question = arguments.find(name)
        bound = await run_sync(arguments.read, page.site, context.settings, question, request.query_params.multi_items(), page.lang)
        form = _format(request, bound)
        wanted = NTRIPLES.media if question.is_graph else JSON.media
        body = await responses.results(request, context, bound.paged, wanted)
    except Problem as problem:
        return responses.problem(request, page, problem)
    try:
        return await run_sync(_respond, request, page, bound, form, body, context.settings.page_rows)
    except WrongFormat:
        return responses.problem(request, page, Problem("not-acceptable", formats=", ".join(form.media for form in TABLES if form.w3c)))


def _format(request: Request, bound: QuestionRequest) -> Format:
    """The format that `format=` names, or that Accept asks for. Raises Problem."""
    offered = (*bound.question.formats, HTML)
    if bound.format:
        return next(form for form in offered if form.name == bound.format)
    media = choose(request.headers.get("accept"), [form.media for form in offered])
    chosen = next((form for form in offered if form.media == media), None)
    if chosen is None:
        raise Problem("not-acceptable", formats=", ".join(form.media for form in offered))
    return chosen


def _respond(request: Request, page: ServerPage, bound: QuestionRequest, form: Format, body: bytes, most: int) -> Answer:
    """The answer in its format, with links to the rows before and after it (RFC 8288)."""
    body, more = _cut(bound, body)
    links = dict(_links(page, bound, more))
    headers = {"Link": ", ".join(f'<{href}>; rel="{rel}"' for rel, href in links.items())} if links else {}
    if form == HTML:
        content = _page(page, bound, body, links, most).encode()
    elif bound.question.is_graph:
        content = encode(results.triples_of(body), form.name)
    else:
        content = encode(ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON), form.name, bound.layout)
    if form != HTML:
        kind = "attachment" if form in _SAVED else "inline"
        headers["Content-Disposition"] = f'{kind}; filename="{bound.question.name}{form.suffix}"'
    return responses.document(request, content, form.content_type, page.lang, headers)


def _cut(bound: QuestionRequest, body: bytes) -> tuple[bytes, bool]:
    """The rows that the client wants, without the one more that shows whether others follow; and whether they do."""
    if bound.limit is None:
        return body, False
    answer = json.loads(body)
    rows = answer["results"]["bindings"]
    more = len(rows) > bound.limit
    del rows[bound.limit:]
    return json.dumps(answer).encode(), more


def _links(page: ServerPage, bound: QuestionRequest, more: bool) -> Iterator[tuple[str, str]]:
    if bound.limit is not None:
        yield "first", page.link_here(lang=page.lang, offset="")
        if bound.offset:
            yield "prev", page.link_here(lang=page.lang, offset=str(max(0, bound.offset - bound.limit) or ""))
        if more:
            yield "next", page.link_here(lang=page.lang, offset=str(bound.offset + bound.limit))


def _page(page: ServerPage, bound: QuestionRequest, body: bytes, links: dict[str, str], most: int) -> str:
    one = bound.question
    if one.is_graph:
        table = results.of_graph(page, results.triples_of(body), most)
    else:
        table = results.of_question(page, one, body, most, bound.limit is None)
    downloads = list(_downloads(page, one))
    asked = questions.asked(
        page, one, bound.terms, table, action=page.here, downloads=[(link.text, link.href) for link in downloads],
        address=page.link_here(lang=page.lang),
        editor=f"{page.up}sparql?{urlencode({'example': one.name, **bound.typed, 'lang': page.lang})}",
    )
    paged = bound.limit is not None and table.rows
    return page.html(
        "answer.html", asked=asked, range=(bound.offset + 1, bound.offset + len(table.rows)) if paged else None,
        previous=links.get("prev"), next=links.get("next"), alternates=downloads,
    )


def _downloads(page: ServerPage, question: Question) -> Iterator[Download]:
    """A link to the answer in each of its formats, those that spreadsheets open first."""
    for form in sorted(question.formats, key=lambda form: form != XLSX):
        plain = {"format": form.name, "lang": page.lang, "bom": "", "separator": "", "headings": ""}
        yield Download(form.label, page.link_here(**plain), form.media)
        if form == XLSX:
            excel = {"format": CSV.name, "bom": "1", "separator": "semicolon" if page.lang == "da" else "", "headings": "labels"}
            yield Download(page.w.excel_csv, page.link_here(**{**plain, **excel}), CSV.media)
