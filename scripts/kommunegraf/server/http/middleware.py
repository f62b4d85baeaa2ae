"""Around every answer: the headers that keep browsers safe, CORS, the access log, and an answer when something fails."""

import json
import logging
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kommunegraf.rdf.negotiation import choose_language
from kommunegraf.server.http.problems import MEDIA, Problem

ACCESS = logging.getLogger("kommunegraf.access")
"""One JSON object in a line for each request. It has a hash of the query, never its text."""
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
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS, POST"),
    (b"access-control-allow-headers", b"Accept, Accept-Language, Content-Type, If-Modified-Since, If-None-Match, *"),
    (b"access-control-max-age", b"86400"),
    (b"allow", b"GET, HEAD, OPTIONS, POST"),
]


class Guard:
    """An ASGI middleware. `scope["facts"]` takes what a handler knows for the access log: `query`, `rows`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and watch over its answer."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        scope["facts"] = {"status": 0, "bytes": 0}
        started = perf_counter()
        watched = _watched(scope["facts"], send)
        try:
            if scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope):
                await _send(watched, 204, _PREFLIGHT, b"")
            else:
                await self._app(scope, receive, watched)
        except Exception as error:
            if not isinstance(error, Problem):
                _LOG.exception("a request to %r failed", scope["path"])
            if not scope["facts"]["status"]:
                await send_problem(error if isinstance(error, Problem) else Problem("internal"), scope, watched)
        finally:
            _log(scope, perf_counter() - started)


def _watched(facts: dict[str, Any], send: Send) -> Send:
    """`send` with the headers of every answer added, and what it sends noted."""

    async def watched(message: Message) -> None:
        if message["type"] == "http.response.start":
            facts["status"] = message["status"]
            headers = list(message.get("headers", ()))
            given = {name.lower() for name, _ in headers}
            message = {**message, "headers": headers + [header for header in _ALWAYS.items() if header[0] not in given]}
        else:
            facts["bytes"] += len(message.get("body", b""))
        await send(message)

    return watched


async def send_problem(problem: Problem, scope: Scope, send: Send) -> None:
    """The answer that tells of a problem, in the language that the request asks for."""
    lang = choose_language(Headers(scope=scope).get("accept-language"))
    body = problem.details(lang)
    headers = {
        "content-type": MEDIA, "content-language": lang, "content-length": str(len(body)),
        "vary": "Accept, Accept-Language", "cache-control": "no-store", **problem.headers,
    }
    if problem.status in (408, 413):
        headers["connection"] = "close"  # the rest of the content is not read
    await _send(send, problem.status, [(name.lower().encode(), value.encode()) for name, value in headers.items()], body)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _log(scope: Scope, seconds: float) -> None:
    if not ACCESS.isEnabledFor(logging.INFO):
        return
    told: dict[str, Any] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "client": scope["client"][0] if scope.get("client") else "",
        "method": scope["method"],
        "path": scope["path"],
        "ms": round(seconds * 1000, 2),
        **{name: value for name, value in scope["facts"].items() if value is not None},
    }
    ACCESS.info("%s", json.dumps(told))
