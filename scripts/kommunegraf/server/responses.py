"""What the question and query pages send: documents that a client may already have, and problems for programs or people."""

import hashlib
import json

from starlette.requests import Request
from starlette.responses import Response

from kommunegraf.namespaces import BASE
from kommunegraf.negotiation import HTML, choose
from kommunegraf.server.cache import Answer
from kommunegraf.server.context import Context
from kommunegraf.server.limits import client_of
from kommunegraf.server.pages import ServerPage
from kommunegraf.server.problems import MEDIA, Problem
from kommunegraf.server.refusals import Refused

VARY = "Accept, Accept-Language"


def client(request: Request) -> str:
    """By what the client of a request is counted."""
    return client_of(request.client.host if request.client else "")


async def results(request: Request, context: Context, query: str, media: str) -> bytes:
    """The answer to a query of the project's own, which is the same as long as the data is. Raises Problem."""
    cache, key = context.state.cache, ("own", query, media)
    if kept := cache.get(key):
        return kept.body
    body = await (await context.ask(query, media, client(request))).read()
    cache.put(key, Answer([], body, "", None), len(query))
    return body


def document(request: Request, body: bytes, media: str, lang: str, headers: dict[str, str] | None = None) -> Response:
    """200 with a strong ETag, or 304 when the client has these bytes (RFC 9110, section 13.1.2)."""
    tag = hashlib.sha256(media.encode() + lang.encode() + body).hexdigest()[:32]
    told = {"ETag": f'"{tag}"', "Vary": VARY, "Cache-Control": "no-cache", "Content-Language": lang, **(headers or {})}
    known = [one.strip().removeprefix("W/").strip('"').removesuffix("-gzip") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return Response(status_code=304, headers=told)
    return Response(body, 200, {**told, "Content-Type": media})


def problem(request: Request, page: ServerPage, told: Problem) -> Response:
    """A page where the client prefers one, otherwise problem details (RFC 9457)."""
    headers = {"Vary": VARY, "Content-Language": page.lang, **told.headers}
    suggestions = told.suggestions if isinstance(told, Refused) else []
    if choose(request.headers.get("accept"), [MEDIA, HTML.media]) == HTML.media:
        title, detail = told.text(page.lang)
        links = [(suggestion, _link(told, page, suggestion)) for suggestion in suggestions]
        return Response(page.html("refused.html", title=title, detail=detail, suggestions=links), told.status, headers, HTML.media)
    details = json.loads(told.details(page.lang))
    if isinstance(told, Refused):
        details["type"] = f"{BASE}questions#problem-{told.name}"
    if suggestions:
        details["suggestions"] = suggestions
    return Response(json.dumps(details, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n", told.status, headers, MEDIA)


def _link(told: Problem, page: ServerPage, suggestion: str) -> str:
    """Where a suggestion leads; empty where it is no more than a word."""
    if told.name == "unknown-question":
        return page.server(f"questions/{suggestion}")
    return page.link_here(**{told.parameter: suggestion}) if isinstance(told, Refused) and told.parameter else ""
