"""The SPARQL endpoint over HTTP: a request becomes a query, and its answer is cached, sent whole, or streamed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

from anyio.to_thread import run_sync
from starlette.types import ASGIApp, Receive, Scope, Send

from kommunegraf.rdf.formats import HTML, XLSX, with_charset
from kommunegraf.rdf.negotiation import choose
from kommunegraf.server.context import Context
from kommunegraf.server.engine.remote import check
from kommunegraf.server.engine.reply import Reply
from kommunegraf.server.http.answers import Answer, Stream, entity_tag, fields
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.http.requests import client, while_present
from kommunegraf.server.sparql import description, media, protocol

PATH = "/sparql"
QueryPage = Callable[[Scope, Receive, Send, protocol.QueryRequest | None], Awaitable[None]]
"""An ASGI application with a fourth argument: the query, or None for the empty form."""
_OFFERED = (*media.offered(rows=True), *media.offered(rows=False), HTML.media)
"""A page only for a client that prefers it."""
_BUFFER = 1 << 20
"""Bytes that are held back before the head of an answer is sent, so that a failure until then has a status of its own."""


class Request(NamedTuple):
    """A request: what the server gave, its headers by name, and the key under which its answer is cached."""

    scope: Scope
    receive: Receive
    send: Send
    headers: dict[str, str]
    key: tuple[bytes, ...]


class Sparql:
    """The endpoint at its path, before all other routes. It raises Problem when it cannot answer; the middleware around it sends that."""

    def __init__(self, app: ASGIApp, context: Context, page: QueryPage) -> None:
        self._app = app
        self._context = context
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if path == f"{PATH}/":  # as people write it who know other endpoints
            query = scope["query_string"].decode("latin-1")
            return await Answer(b"", status=308, headers={"Location": f"..{PATH}{'?' * bool(query)}{query}"})(scope, receive, send)
        if scope["type"] != "http" or path != PATH:
            return await self._app(scope, receive, send)
        if scope["method"] == "OPTIONS":
            return await Answer(b"", status=204, headers={"Allow": protocol.METHODS})(scope, receive, send)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            raise Problem("wrong-method", methods=protocol.METHODS)
        headers = fields(scope)
        request = Request(scope, receive, send, headers, _key(scope, headers))
        if answer := self._context.state.answers.get(request.key):
            return await answer(scope, receive, send)
        await while_present(receive, self._ask(request))

    async def _ask(self, request: Request) -> None:
        context, scope = self._context, request.scope
        accept = request.headers.get("accept")
        query = protocol.read(scope, request.headers, scope["content"], context.settings.parameters)
        page = query.page if query else None
        if page or (page is None and choose(accept, _OFFERED) == HTML.media):
            return await self._page(scope, request.receive, request.send, query)
        address = protocol.address(scope, request.headers.get("host", ""), context.settings.public)
        if query is None:
            answer = description.answer(context, address, accept, scope["query_string"])
            return await answer(scope, request.receive, request.send)
        name = scope["facts"]["query"] = protocol.query_hash(query.query)
        reply = await context.ask(query.query, query.accepted, client(scope), query.default, query.named, address)
        try:
            await self._reply(request, reply, name)
        finally:
            reply.close()

    async def _reply(self, request: Request, reply: Reply, name: str) -> None:
        """Send a small answer whole, and cache it; stream a large one."""
        first, complete = await _first(reply)
        if complete and self._context.settings.endpoint:
            await run_sync(check, first, reply.head.media)
        repeatable, kind = reply.head.repeatable, with_charset(reply.head.media)
        tag = entity_tag(reply.version.encode(), *request.key, weak=True) if repeatable and request.scope["method"] != "POST" else ""
        headers = {"Vary": "Accept", "Cache-Control": "no-cache" if tag else "no-store"}
        if reply.head.media == XLSX.media:
            headers["Content-Disposition"] = 'attachment; filename="answer.xlsx"'
        if not complete:
            stream = Stream(_pieces(first, reply), kind, {**headers, "ETag": tag})
            return await stream(request.scope, request.receive, request.send)
        answer = Answer(first, kind, headers=headers, tag=tag, query=name)
        if repeatable and reply.version == self._context.version:
            self._context.state.answers.put(request.key, answer, sum(map(len, request.key)))
        await answer(request.scope, request.receive, request.send)


def _key(scope: Scope, headers: dict[str, str]) -> tuple[bytes, ...]:
    """All that an answer depends on, beside the data. The method counts, as only GET has entity tags."""
    named = [headers.get(name, "") for name in ("host", "accept", "content-type")]
    parts = ["POST" if scope["method"] == "POST" else "GET", scope["scheme"], scope["path"], *named]
    return (scope["query_string"], scope["content"], *[part.encode("utf-8", "replace") for part in parts])


async def _first(reply: Reply) -> tuple[bytes, bool]:
    """The first bytes of an answer, and whether they are all."""
    first = b""
    while piece := await reply.piece():
        first += piece
        if len(first) > _BUFFER:
            return first, False
    return first, True


async def _pieces(first: bytes, reply: Reply) -> AsyncIterator[bytes]:
    yield first
    async for piece in reply.chunks():
        yield piece
