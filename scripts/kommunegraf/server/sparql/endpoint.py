"""The SPARQL endpoint over HTTP: a request becomes a query, its answer is kept, sent whole, or streamed."""

import asyncio
import hashlib
from collections.abc import Coroutine
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from kommunegraf.rdf.formats import HTML, XLSX, with_charset
from kommunegraf.rdf.negotiation import choose
from kommunegraf.server.context import Context
from kommunegraf.server.engine.reply import Reply
from kommunegraf.server.engine.turns import client_of
from kommunegraf.server.http import conditions
from kommunegraf.server.http.cache import Answer, Header
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.sparql import description, media, protocol

_OFFERED = (*media.offered(rows=True), *media.offered(rows=False), HTML.media)
"""A page only for who prefers it."""
PATH = "/sparql"
_BUFFER = 1 << 20
"""Bytes that are held back before the head of an answer is sent, so that what goes wrong until then has its own status."""
_SOON = 0.02
"""Seconds in which a query may still end whose client has gone away: to end it by force costs a worker."""


class Request(NamedTuple):
    """A request: what the server gave, its headers by name, its content, and by what its answer is kept."""

    scope: Scope
    receive: Receive
    send: Send
    headers: dict[str, str]
    content: bytes
    key: tuple[bytes, ...]


class Sparql:
    """The endpoint at its path, before all other routes. It raises Problem where it cannot answer; the application sends those."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http" or scope["path"] != scope.get("root_path", "") + PATH:
            return await self._app(scope, receive, send)
        method, headers = scope["method"], protocol.headers(scope)
        if method == "OPTIONS":
            return await _send(send, 204, [(b"allow", protocol.METHODS.encode())], b"")
        if method not in ("GET", "HEAD", "POST"):
            raise Problem("wrong-method", methods=protocol.METHODS)
        content = b""
        if method == "POST":
            try:
                content = await protocol.body(receive, headers.get("content-length", ""), self._context.settings.request)
            except TimeoutError:
                raise Problem("request-late") from None
            except ConnectionError:
                return
        request = Request(scope, receive, send, headers, content, _key(scope, headers, content))
        if answer := self._context.state.cache.get(request.key):
            scope["facts"].update(query=answer.query, rows=answer.rows)
            return await _send_whole(request, answer)
        await _while_present(scope, self._ask(request))

    async def _ask(self, request: Request) -> None:
        context, scope = self._context, request.scope
        accept = request.headers.get("accept")
        asked = protocol.read(scope, request.headers, request.content)
        if context.query_page and not (asked and asked.named_format) and choose(accept, _OFFERED) == HTML.media:
            return await context.query_page(scope, request.receive, request.send, asked)
        address = protocol.address(scope, request.headers.get("host", ""), context.settings.public)
        if asked is None:
            return await _send_whole(request, description.answer(context, address, accept, scope["query_string"]))
        name = scope["facts"]["query"] = protocol.name(asked.query)
        client = client_of(scope["client"][0]) if scope.get("client") else ""
        reply = await context.ask(asked.query, asked.accepted, client, asked.default, asked.named, address)
        try:
            await self._reply(request, reply, name)
        finally:
            reply.close()

    async def _reply(self, request: Request, reply: Reply, name: str) -> None:
        """Send a small answer whole, and keep it; stream a large one."""
        facts, send = request.scope["facts"], request.send
        first, complete = await _first(reply)
        head = _head(reply, _tag(request, reply.version) if reply.repeatable and request.scope["method"] != "POST" else b"")
        if complete:
            facts["rows"] = reply.rows
            answer = Answer(head, first, name, reply.rows)
            if reply.repeatable and reply.version == self._context.version:
                self._context.state.cache.put(request.key, answer, sum(map(len, request.key)))
            return await _send_whole(request, answer)
        await send({"type": "http.response.start", "status": 200, "headers": head})
        if request.scope["method"] != "HEAD":
            await send({"type": "http.response.body", "body": first, "more_body": True})
            while piece := await reply.piece():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            facts["rows"] = reply.rows
        await send({"type": "http.response.body", "body": b""})


def _key(scope: Scope, headers: dict[str, str], content: bytes) -> tuple[bytes, ...]:
    """All that an answer depends on, beside the data; the method does, as only GET has entity tags."""
    told = [headers.get(name, "") for name in ("host", "accept", "content-type")]
    parts = ["POST" if scope["method"] == "POST" else "GET", scope["scheme"], scope["path"], *told]
    return (scope["query_string"], content, *[part.encode("utf-8", "replace") for part in parts])


def _tag(request: Request, version: str) -> bytes:
    """A weak entity tag (RFC 9110, section 8.8.3): the rows are the same, their order need not be."""
    return b'W/"' + hashlib.sha256(b"\0".join((version.encode(), *request.key))).hexdigest()[:32].encode() + b'"'


def _head(reply: Reply, tag: bytes) -> list[Header]:
    kind = with_charset(reply.media).encode()
    head = [(b"content-type", kind), (b"vary", b"Accept"), (b"cache-control", b"no-cache" if tag else b"no-store")]
    if reply.media == XLSX.media:
        head.append((b"content-disposition", b'attachment; filename="answer.xlsx"'))
    return [*head, (b"etag", tag)] if tag else head


async def _first(reply: Reply) -> tuple[bytes, bool]:
    """The first bytes of an answer, and whether they are all."""
    first = b""
    while piece := await reply.piece():
        first += piece
        if len(first) > _BUFFER:
            return first, False
    return first, True


async def _while_present(scope: Scope, work: Coroutine[Any, Any, None]) -> None:
    """Do something; when the client goes away (see Connection) and it is not done soon, give up quietly."""
    task = asyncio.current_task()
    leaving: list[asyncio.TimerHandle] = []

    def leave(_: asyncio.Future[None]) -> None:
        if task:
            leaving.append(asyncio.get_running_loop().call_later(_SOON, task.cancel))

    gone: asyncio.Future[None] = scope["state"]["gone"]
    gone.add_done_callback(leave)
    try:
        await work
    except asyncio.CancelledError:
        if not leaving or (task and task.uncancel()):
            raise
    finally:
        gone.remove_done_callback(leave)
        for timer in leaving:
            timer.cancel()


async def _send_whole(request: Request, answer: Answer) -> None:
    tag = next((value for name, value in answer.headers if name == b"etag"), b"")
    if tag and (status := conditions.status(request.headers, tag.decode())) != 200:
        return await _send(request.send, status, [header for header in answer.headers if header[0] != b"content-type"], b"")
    await _send(request.send, 200, [*answer.headers, (b"content-length", str(len(answer.body)).encode())], answer.body)


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


