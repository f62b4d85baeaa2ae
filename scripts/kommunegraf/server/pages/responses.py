"""What the question and query pages send: documents that a client may already have, and problems for programs or people."""

import hashlib
import json

from starlette.requests import Request
from starlette.responses import Response

from kommunegraf.namespaces import BASE
from kommunegraf.rdf.formats import HTML
from kommunegraf.rdf.negotiation import choose
from kommunegraf.server.context import Context
from kommunegraf.server.engine.turns import client_of
from kommunegraf.server.http import conditions
from kommunegraf.server.http.cache import Answer
from kommunegraf.server.http.problems import MEDIA, Problem
from kommunegraf.server.http.refusals import Refused
from kommunegraf.server.pages.page import ServerPage
from kommunegraf.server.sparql import protocol

VARY = "Accept, Accept-Language"


def client(request: Request) -> str:
    """By what the client of a request is counted."""
    return client_of(request.client.host if request.client else "")


async def results(request: Request, context: Context, query: str, media: str) -> bytes:
    """The answer to a query of the project's own, which is the same as long as the data is. Raises Problem."""
    cache, key = context.state.cache, ("own", query, media)
    kept = cache.get(key)
    if kept is None:
        reply = await context.ask(query, media, client(request))
        kept = Answer([], await reply.read(), protocol.name(query), reply.rows)
        cache.put(key, kept, len(query))
    request.scope["facts"].update(query=kept.query, rows=kept.rows)
    return kept.body


def document(request: Request, body: bytes, media: str, lang: str, headers: dict[str, str] | None = None) -> Response:
    """The document; where it was asked for by GET or HEAD, with a strong ETag, and nothing of it when a condition says so."""
    told = {"Vary": VARY, "Cache-Control": "no-cache", "Content-Language": lang, **(headers or {})}
    if request.method != "POST":
        told["ETag"] = f'"{hashlib.sha256(media.encode() + lang.encode() + body).hexdigest()[:32]}"'
        asked = {name: value.replace('-gzip"', '"') for name, value in request.headers.items()}  # tags of packed answers
        if (status := conditions.status(asked, told["ETag"])) != 200:
            return Response(status_code=status, headers=told)
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
