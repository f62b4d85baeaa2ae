"""The SPARQL endpoint over HTTP: a request becomes a query, its answer is kept, sent whole, or streamed."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from kommunegraf.negotiation import HTML, choose
from kommunegraf.server import media, protocol, service
from kommunegraf.server.cache import Answer, Header
from kommunegraf.server.context import Context
from kommunegraf.server.jobs import Reply
from kommunegraf.server.limits import client_of
from kommunegraf.server.problems import Problem

_BUFFER = 1 << 20
"""Bytes that are held back before the head of an answer is sent, so that what goes wrong until then has its own status."""
Key = tuple[bytes, ...]


class Sparql:
    """The endpoint as an ASGI application. It raises Problem where it cannot answer; the application sends those."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers = Headers(scope=scope)
        if scope["method"] == "OPTIONS":
            return await _send(send, 204, [(b"allow", protocol.METHODS.encode())], b"")
        if scope["method"] not in ("GET", "HEAD", "POST"):
            raise Problem("wrong-method", methods=protocol.METHODS)
        try:
            content = await protocol.body(scope, receive, self._context.settings.request)
        except (TimeoutError, ConnectionError):
            return
        key = _key(scope, headers, content)
        if not (answer := self._context.cache.get(key)):
            async with _while_present(receive):
                return await self._ask(scope, receive, send, content, key)
        scope["facts"].update(query=answer.query, rows=answer.rows)
        await _send_whole(scope, headers, send, answer)

    async def _ask(self, scope: Scope, receive: Receive, send: Send, content: bytes, key: Key) -> None:
        context = self._context
        headers = Headers(scope=scope)
        asked = protocol.read(scope, content)
        if asked is None or not asked.named_format:
            best = choose(headers.get("accept"), [*media.offered(rows=True), *media.offered(rows=False), HTML.media])
            if best == HTML.media and context.query_page:
                return await context.query_page(scope, receive, send, asked)
        address = protocol.address(scope, context.settings.public)
        if asked is None:
            return await _send_whole(scope, headers, send, service.answer(context, address, headers.get("accept"), scope["query_string"]))
        name = scope["facts"]["query"] = hashlib.sha256(asked.query.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        client = client_of(scope["client"][0]) if scope.get("client") else ""
        reply = await context.ask(asked.query, asked.accepted, client, asked.default, asked.named, address)
        try:
            await self._reply(scope, send, reply, key, name)
        finally:
            reply.close()

    async def _reply(self, scope: Scope, send: Send, reply: Reply, key: Key, name: str) -> None:
        """Send a small answer whole, and keep it; stream a large one."""
        pieces = reply.chunks()
        first, complete = await _first(pieces)
        head = _head(reply, self._tag(key) if reply.repeatable and scope["method"] != "POST" else b"")
        if complete:
            answer = Answer(head, first, name, reply.rows)
            if reply.repeatable:
                self._context.cache.put(key, answer, sum(map(len, key)))
            scope["facts"]["rows"] = reply.rows
            return await _send_whole(scope, Headers(scope=scope), send, answer)
        await send({"type": "http.response.start", "status": 200, "headers": head})
        if scope["method"] != "HEAD":
            await send({"type": "http.response.body", "body": first, "more_body": True})
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            scope["facts"]["rows"] = reply.rows
        await send({"type": "http.response.body", "body": b""})

    def _tag(self, key: Key) -> bytes:
        """A weak entity tag (RFC 9110, section 8.8.3): the rows are the same, their order need not be."""
        return b'W/"' + hashlib.sha256(b"\0".join((self._context.version.encode(), *key))).hexdigest()[:32].encode() + b'"'


def _key(scope: Scope, headers: Headers, content: bytes) -> Key:
    """All that an answer depends on, beside the data."""
    parts = [headers.get(name, "") for name in ("host", "accept", "content-type")]
    return (scope["query_string"], scope["path"].encode("utf-8", "replace"), content, *(part.encode("latin-1") for part in parts))


def _head(reply: Reply, tag: bytes) -> list[Header]:
    kind = f"{reply.media}; charset=utf-8" if reply.media.startswith("text/") else reply.media
    head = [(b"content-type", kind.encode()), (b"vary", b"Accept"), (b"cache-control", b"no-cache" if tag else b"no-store")]
    return [*head, (b"etag", tag)] if tag else head


async def _first(pieces: AsyncIterator[bytes]) -> tuple[bytes, bool]:
    """The first bytes of an answer, and whether they are all."""
    first = bytearray()
    async for piece in pieces:
        first += piece
        if len(first) >= _BUFFER:
            return bytes(first), False
    return bytes(first), True


@asynccontextmanager
async def _while_present(receive: Receive) -> AsyncIterator[None]:
    """Do something as long as the client is there; when it goes away, give up quietly."""
    task = asyncio.current_task()
    watch = asyncio.ensure_future(_gone(receive))
    watch.add_done_callback(lambda done: task.cancel() if task and not done.cancelled() else None)
    try:
        yield
    except asyncio.CancelledError:
        if not watch.done() or watch.cancelled() or (task and task.uncancel()):
            raise
    finally:
        watch.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_whole(scope: Scope, headers: Headers, send: Send, answer: Answer) -> None:
    tag = next((value for name, value in answer.headers if name == b"etag"), b"")
    if tag and scope["method"] != "POST" and _matches(headers.get("if-none-match", ""), tag.decode()):
        return await _send(send, 304, [header for header in answer.headers if header[0] != b"content-type"], b"")
    await _send(send, 200, [*answer.headers, (b"content-length", str(len(answer.body)).encode())], answer.body)


def _matches(condition: str, tag: str) -> bool:
    """Weak comparison (RFC 9110, section 13.1.2)."""
    return condition.strip() == "*" or tag.removeprefix("W/") in (part.strip().removeprefix("W/") for part in condition.split(","))


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


