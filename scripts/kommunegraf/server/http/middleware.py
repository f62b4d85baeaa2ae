"""Around every answer: limits on the request, the headers that keep browsers safe, CORS, the access log, and an answer to every failure."""

import logging
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kommunegraf.rdf.negotiation import choose_language
from kommunegraf.server.http.answers import Answer, fields
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.http.requests import Bodies, ClientGone, check_head
from kommunegraf.server.settings import Settings

ACCESS = logging.getLogger("kommunegraf.access")
"""One record for each request. It has a hash of the query, never its text."""
_LOG = logging.getLogger("kommunegraf")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load (Content Security Policy): only what comes from here, and no script or style inside the page."""
_ALWAYS = {
    b"access-control-allow-origin": b"*",
    b"access-control-expose-headers": b"Allow, Content-Language, ETag, Last-Modified, Link, Location, Retry-After",
    b"content-security-policy": POLICY.encode(),
    b"cross-origin-resource-policy": b"cross-origin",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"x-content-type-options": b"nosniff",
}
"""Headers of every answer that does not set them itself."""
_PREFLIGHT = Answer(b"", status=204, headers={
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS, POST",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-Modified-Since, If-None-Match, *",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS, POST",
})


class Guard:
    """An ASGI middleware. It reads the body into `scope["content"]`; `scope["facts"]` takes what belongs in the access log: `query`."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._bodies = Bodies(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and watch over its answer."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        facts = scope["facts"] = {"status": 0, "bytes": 0}
        started = perf_counter()
        watched = _watched(facts, send)
        connection = scope.get("state", {}).get("connection")
        if connection:
            connection.begin()
        try:
            await self._answer(scope, receive, watched)
        except ClientGone:
            pass
        except Exception as error:
            if not isinstance(error, Problem):
                _LOG.exception("a request to %r failed", scope["path"])
            if not facts["status"]:
                problem = error if isinstance(error, Problem) else Problem("internal")
                await problem.answer(choose_language(fields(scope).get("accept-language")))(scope, receive, watched)
            elif connection:
                await _cut(connection, receive)
        finally:
            if connection:
                connection.end()
            _log(scope, perf_counter() - started)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if status := check_head(scope, self._settings):
            return await Answer(b"", status=status, headers={"Connection": "close"})(scope, receive, send)
        if scope["method"] == "OPTIONS" and "access-control-request-method" in fields(scope):
            return await _PREFLIGHT(scope, receive, send)
        async with self._bodies.read(scope, receive) as scope["content"]:
            await self._app(scope, receive, send)


def _watched(facts: dict[str, Any], send: Send) -> Send:
    """`send` with the headers of every answer added. It notes what it sends."""

    async def watched(message: Message) -> None:
        if message["type"] == "http.response.start":
            facts["status"] = message["status"]
            headers = list(message.get("headers", ()))
            names = {name.lower() for name, _ in headers}
            message = {**message, "headers": headers + [header for header in _ALWAYS.items() if header[0] not in names]}
        else:
            facts["bytes"] += len(message.get("body", b""))
        await send(message)

    return watched


async def _cut(connection: Any, receive: Receive) -> None:
    """Close a connection in the middle of an answer, so that the client sees that it is not whole."""
    connection.abort()
    while (await receive())["type"] != "http.disconnect":
        pass  # the server learns that the connection is closed before this request ends, and does not complain


def _log(scope: Scope, seconds: float) -> None:
    if not ACCESS.isEnabledFor(logging.INFO):
        return
    ACCESS.info({
        "client": scope["client"][0] if scope.get("client") else "",
        "method": scope["method"],
        "path": scope["path"],
        "ms": round(seconds * 1000, 2),
        **scope["facts"],
    })
