"""The page at /sparql for people: a form that works without JavaScript, answers as tables, and the place of the editor."""

import json
from dataclasses import dataclass
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kommunegraf.languages import number, texts
from kommunegraf.namespaces import KG, PREFIXES
from kommunegraf.questions import ask
from kommunegraf.rdf.formats import GRAPHS, HTML, JSON, NTRIPLES, TABLES, with_charset
from kommunegraf.server.context import Context, Reply
from kommunegraf.server.engine.remote import check
from kommunegraf.server.foreign.page import ForeignPage, page_of
from kommunegraf.server.http.answers import Answer, entity_tag
from kommunegraf.server.http.middleware import POLICY
from kommunegraf.server.http.problems import Problem, listed
from kommunegraf.server.http.requests import client
from kommunegraf.server.pages import arguments, responses
from kommunegraf.server.pages.page import Download, ServerPage
from kommunegraf.server.sparql import protocol
from kommunegraf.site import results
from kommunegraf.site.pages import questions

SHORTEST = "adopters-of-initiative"
"""The question in the form if none is chosen."""
_ANYWHERE = "classes"
"""The query in the form over data that is not ours."""
_LONGEST = 8000
"""Characters of a query that an address can carry in every browser and proxy; a longer one has no links to its downloads."""
_FOLDER = Path(__file__).parent / "static"
_RESIZER = "'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
"""The hash of the one style element that Yasgui makes, for dragging the columns of its table of results (column-resizer). It alone is
allowed; no other style inside the page is."""
_POLICY = POLICY.replace("style-src 'self'", f"style-src 'self' {_RESIZER}")


def routes(context: Context) -> list[Route]:
    """The addresses that belong to the page: the words that the editor completes, and the files of the server's pages."""

    async def terms(request: Request) -> Answer:
        page = page_of(request, context.site, "sparql/terms.json")
        try:
            body = await responses.results(request, context, _vocabulary(page.lang), JSON.media)
        except Problem as problem:
            return responses.problem(request, page, problem)
        return responses.document(request, _terms(body, page), "application/json", page.lang)

    async def asset(request: Request) -> Answer:
        name = request.path_params["path"]
        if name not in _assets():
            raise Problem("not-found")
        answer = context.state.pages.get(("asset", name))
        if answer is None:
            answer = await run_sync(_asset, name)
            context.state.pages.put(("asset", name), answer, len(name))
        return answer

    return [Route("/sparql/terms.json", terms), Route("/assets/{path:path}", asset)]


@cache
def _assets() -> dict[str, Path]:
    """The files of the server's pages by their names under `/assets/`: style, script, and the query editor if it is installed."""
    return {file.relative_to(_FOLDER).as_posix(): file for file in _FOLDER.rglob("*") if file.is_file()}


def _asset(name: str) -> Answer:
    body = _assets()[name].read_bytes()
    media = with_charset(guess_type(name)[0] or "application/octet-stream")
    return Answer(body, media, headers={"Cache-Control": "max-age=300"}, tag=entity_tag(media.encode(), body))


def editor_installed() -> bool:
    """Whether `scripts/query-editor` has installed Yasgui."""
    return "editor/yasgui.min.js" in _assets()


@dataclass(frozen=True)
class Shown:
    """What the page shows: a query and the address of the endpoint, and, once answered, its answer or the problem (title, detail)."""

    text: str
    address: str
    title: str
    answered: bool = False
    problem: tuple[str, str] | None = None
    table: results.Table | None = None
    downloads: tuple[Download, ...] = ()
    example: str = ""
    editor: bool = False


class QueryPage:
    """The page as an ASGI application with a fourth argument, the query: it shows the form, or the answer to a query."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send, query: protocol.QueryRequest | None) -> None:
        """Answer a request with the page; `query` is None for the empty form."""
        request = Request(scope)
        page = page_of(request, self._context.site, "sparql")
        answer = await (self._form(request, page) if query is None else self._answer(request, page, query))
        await answer(scope, receive, send)

    async def _form(self, request: Request, page: ServerPage) -> Answer:
        """The form, with the question of the library that `example` names and what else the address says for it."""
        if isinstance(page, ForeignPage):
            return await self._empty(request, page, ask.folder("internal")[_ANYWHERE].bare)
        example = request.query_params.get("example", "")
        try:
            question = arguments.find(example or SHORTEST)
            pairs = [(name, value) for name, value in page.pairs if name != "example"] if example else []
            bound = await run_sync(arguments.read, page.site, self._context.settings, question, pairs, page.lang)
        except Problem as problem:
            return responses.problem(request, page, problem)
        return await self._empty(request, page, bound.bare, example)

    async def _empty(self, request: Request, page: ServerPage, text: str, example: str = "") -> Answer:
        shown = Shown(text, self._address(request), page.w.sparql_title, example=example, editor=editor_installed())
        body = await run_sync(_html, page, shown)
        return responses.document(request, body.encode(), HTML.content_type, page.lang, {"Content-Security-Policy": _POLICY})

    async def _answer(self, request: Request, page: ServerPage, query: protocol.QueryRequest) -> Answer:
        """The answer as a table, or what went wrong, with the query in the form."""
        wanted = (JSON.media, NTRIPLES.media)
        base, settings = self._address(request), self._context.settings
        try:
            request.scope["facts"]["query"] = protocol.query_hash(query.query)
            reply = await self._context.ask(query.query, wanted, client(request.scope), query.default, query.named, base)
            body = await _read(reply, settings.page_megabytes << 20)
            if body is not None and settings.endpoint:
                await run_sync(check, body, reply.head.media)
        except Problem as problem:
            failed = _html(page, Shown(query.query, base, page.w.sparql_failed, answered=True, problem=problem.text(page.lang)))
            headers = {"Vary": responses.VARY, **problem.headers}
            return Answer(failed.encode("utf-8", "replace"), HTML.content_type, problem.status, headers)
        html = await run_sync(_answered, page, query, base, body, reply.head.rows, settings.page_rows)
        return responses.document(request, html.encode(), HTML.content_type, page.lang)

    def _address(self, request: Request) -> str:
        """The address of the endpoint, as the client sees it."""
        return protocol.address(request.scope, request.headers.get("host", ""), self._context.settings.public)


async def _read(reply: Reply, most: int) -> bytes | None:
    """The answer, or None if it has more than `most` bytes. Raises Problem."""
    body = bytearray()
    try:
        async for piece in reply.chunks():
            body += piece
            if len(body) > most:
                return None
    finally:
        reply.close()
    return bytes(body)


def _answered(page: ServerPage, query: protocol.QueryRequest, address: str, body: bytes | None, is_rows: bool, most: int) -> str:
    table = None
    if body is not None:
        table = results.of_query(page, body, most) if is_rows else results.of_graph(page, results.triples_of(body), most)
    graphs = [("default-graph-uri", iri) for iri in query.default] + [("named-graph-uri", iri) for iri in query.named]
    formats = (TABLES if is_rows else GRAPHS) if len(query.query) < _LONGEST else ()
    links = [Download(form.name, page.address([("query", query.query), *graphs, ("format", form.name)]), form.media) for form in formats]
    return _html(page, Shown(query.query, address, page.w.sparql_result, answered=True, table=table, downloads=tuple(links)))


def _html(page: ServerPage, shown: Shown) -> str:
    groups = [] if isinstance(page, ForeignPage) else questions.groups(page)
    return page.html("sparql.html", groups=groups, prefixes=sorted(_prefixes(page).items()), formats=[*TABLES, *GRAPHS],
                     problems=listed("sparql", page.lang), **vars(shown))


@cache
def _vocabulary(lang: str) -> str:
    question = ask.folder("internal")["vocabulary"]
    return question.bind({"lang": f'"{lang}"'})


def _prefixes(page: ServerPage) -> dict[str, str]:
    """The prefixes to write queries with; ours where the data is ours."""
    return {prefix: space for prefix, space in PREFIXES.items() if space != KG or not isinstance(page, ForeignPage)}


def _terms(body: bytes, page: ServerPage) -> bytes:
    """What the editor completes (prefixes, classes, properties, their names), and what it says in a language."""
    rows = [{name: term["value"] for name, term in row.items()} for row in json.loads(body)["results"]["bindings"]]
    kinds = {kind: sorted({row["term"] for row in rows if row["kind"] == kind}) for kind in ("class", "property")}
    labels = {row["term"]: row["label"] for row in rows if "label" in row}
    vocabulary = {
        "prefixes": _prefixes(page), "classes": kinds["class"], "properties": kinds["property"], "labels": labels,
        "words": _editor_words(page.lang),
    }
    return json.dumps(vocabulary, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _editor_words(lang: str) -> dict[str, Any]:
    """What the editor's English becomes; in English nothing but the texts of the table and the tab."""
    words = texts("editor")
    foreign = lang != "en"
    return {
        "said": {text["en"]: text[lang] for text in words["said"].values() if foreign},
        "patterns": [[text["en"], text[lang]] for text in words["patterns"].values() if foreign],
        "table": {name: text[lang] for name, text in words["table"].items()},
        "tab": {name: text[lang] for name, text in words["tab"].items()},
        "point": number(0.5, lang, 1)[1],
    }
