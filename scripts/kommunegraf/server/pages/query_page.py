"""The page at /sparql for people: a form that works without JavaScript, answers as tables, and the place of the editor."""

import json
from functools import cache
from typing import Any

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kommunegraf.languages import texts
from kommunegraf.namespaces import PREFIXES
from kommunegraf.questions import ask
from kommunegraf.rdf.formats import GRAPHS, HTML, JSON, NTRIPLES, TABLES
from kommunegraf.server.context import Context, Reply
from kommunegraf.server.http.middleware import POLICY
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.pages import arguments, assets, responses, results
from kommunegraf.server.pages.page import ServerPage, page_of
from kommunegraf.server.sparql import protocol

SHORTEST = "adopters-of-initiative"
"""The question that stands in the form where none is chosen."""
_LONGEST = 8000
"""Characters of a query that an address can carry in every browser and proxy; a longer one has no links to its downloads."""
_MOST = 16 << 20
"""Bytes of an answer that a page is made of; a larger one is for download."""
_RESIZER = "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
"""The one style element that Yasgui makes: its table of results sets how columns are drawn and dragged (column-resizer). By its hash, no
other style inside the page is allowed."""
_POLICY = POLICY.replace("style-src 'self'", f"style-src 'self' {_RESIZER}")


def routes(context: Context) -> list[Route]:
    """The addresses that belong to the page: the words that the editor completes."""

    async def terms(request: Request) -> Response:
        page = page_of(request, context.site, "sparql/terms.json")
        try:
            body = await responses.results(request, context, _vocabulary(page.lang), JSON.media)
        except Problem as told:
            return responses.problem(request, page, told)
        return responses.document(request, _terms(body), "application/json", page.lang)

    return [Route("/sparql/terms.json", terms)]


class QueryPage:
    """What `Context.query_page` is: it shows the form, or the answer to a query that was asked from it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send, asked: protocol.AskedQuery | None) -> None:
        """Answer a request with the page; `asked` is its query, or None."""
        request = Request(scope)
        page = page_of(request, self._context.site, "sparql")
        response = await (self._form(request, page) if asked is None else self._answer(request, page, asked))
        await response(scope, receive, send)

    async def _form(self, request: Request, page: ServerPage) -> Response:
        """The form, with the question of the library that `example` names and what else the address says for it."""
        example = request.query_params.get("example", "")
        try:
            question = arguments.find(example or SHORTEST)
            pairs = [(name, value) for name, value in page.pairs if name != "example"] if example else []
            bound = await run_sync(arguments.read, page.site, question, pairs, page.lang)
        except Problem as told:
            return responses.problem(request, page, told)
        shown = {"example": example, "title": page.w.sparql_title, "editor": assets.editor_installed()}
        body = await run_sync(lambda: _html(page, bound.bare, self._address(request), **shown))
        return responses.document(request, body.encode(), HTML.content_type, page.lang, {"Content-Security-Policy": _POLICY})

    async def _answer(self, request: Request, page: ServerPage, asked: protocol.AskedQuery) -> Response:
        """The answer as a table, or what went wrong, with the query in the form."""
        wanted = (JSON.media, NTRIPLES.media)
        base = self._address(request)
        try:
            facts = request.scope["facts"]
            facts["query"] = protocol.name(asked.query)
            reply = await self._context.ask(asked.query, wanted, responses.client(request), asked.default, asked.named, base)
            body = await _read(reply)
            facts["rows"] = reply.rows
        except Problem as told:
            title, detail = told.text(page.lang)
            shown = _html(page, asked.query, base, answered=True, title=page.w.sparql_failed, problem={"title": title, "detail": detail})
            return Response(shown, told.status, {"Vary": responses.VARY, **told.headers}, HTML.media)
        html = await run_sync(_answered, page, asked, base, body, reply.is_rows)
        return responses.document(request, html.encode(), HTML.content_type, page.lang)

    def _address(self, request: Request) -> str:
        """The endpoint's, as the client sees it."""
        return protocol.address(request.scope, request.headers.get("host", ""), self._context.settings.public)


async def _read(reply: Reply) -> bytes | None:
    """The answer, or None when it is larger than a page can show. Raises Problem."""
    body = bytearray()
    try:
        async for piece in reply.chunks():
            body += piece
            if len(body) > _MOST:
                return None
    finally:
        reply.close()
    return bytes(body)


def _answered(page: ServerPage, asked: protocol.AskedQuery, address: str, body: bytes | None, is_rows: bool) -> str:
    table = None
    if body is not None:
        table = results.of_query(page, body) if is_rows else results.of_graph(page, results.triples_of(body))
    graphs = [("default-graph-uri", iri) for iri in asked.default] + [("named-graph-uri", iri) for iri in asked.named]
    links: list[dict[str, str]] = []
    offered = TABLES if is_rows else GRAPHS
    for form in offered if len(asked.query) < _LONGEST else ():
        href = page.address([("query", asked.query), *graphs, ("format", form.name)])
        links.append({"text": form.name, "media": form.media, "href": href})
    return _html(page, asked.query, address, answered=True, title=page.w.sparql_result, table=table, downloads=links)


def _html(page: ServerPage, text: str, address: str, **values: Any) -> str:
    problems = [(name, kind["status"], kind["title"][page.lang]) for name, kind in texts("problems").items()]
    given = {"answered": False, "problem": None, "table": None, "downloads": [], "example": "", "editor": False, **values}
    return page.html("query.html", text=text, address=address, groups=page.groups(), prefixes=sorted(PREFIXES.items()),
                     formats=[*TABLES, *GRAPHS], problems=problems, **given)


@cache
def _vocabulary(lang: str) -> str:
    question = ask.folder("internal")["vocabulary"]
    return question.bind({"lang": f'"{lang}"'})


def _terms(body: bytes) -> bytes:
    """What the editor completes: prefixes, classes, properties, and their names."""
    rows = [{name: term["value"] for name, term in row.items()} for row in json.loads(body)["results"]["bindings"]]
    kinds = {kind: sorted({row["term"] for row in rows if row["kind"] == kind}) for kind in ("class", "property")}
    labels = {row["term"]: row["label"] for row in rows if "label" in row}
    told = {"prefixes": PREFIXES, "classes": kinds["class"], "properties": kinds["property"], "labels": labels}
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode() + b"\n"
