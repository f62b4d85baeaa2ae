"""What the question and query pages send: documents that a client may already have, and problems for programs or people."""

from starlette.requests import Request

from kommunegraf.rdf.formats import HTML
from kommunegraf.rdf.negotiation import choose
from kommunegraf.server.context import Context
from kommunegraf.server.http.answers import Answer, entity_tag
from kommunegraf.server.http.problems import MEDIA, Problem
from kommunegraf.server.http.requests import client
from kommunegraf.server.pages.page import ServerPage
from kommunegraf.server.sparql import protocol

VARY = "Accept, Accept-Language"


async def results(request: Request, context: Context, query: str, media: str) -> bytes:
    """The answer to a query of the project's own, which stays the same as long as the data does. Raises Problem."""
    answer = await own_answer(context, query, media, client(request.scope))
    request.scope["facts"]["query"] = answer.query
    return answer.body


async def own_answer(context: Context, query: str, media: str, client: str) -> Answer:
    """The same for a client by its key, from the cache where it is there. Raises Problem."""
    cache, key = context.state.answers, ("own", query, media)
    answer = cache.get(key)
    if answer is None:
        answer = Answer(await context.read(query, media, client), query=protocol.query_hash(query))
        cache.put(key, answer, len(query))
    return answer


def document(request: Request, body: bytes, media: str, lang: str, headers: dict[str, str] | None = None) -> Answer:
    """A document; if it was asked for by GET or HEAD, with an entity tag."""
    fields = {"Vary": VARY, "Cache-Control": "no-cache", "Content-Language": lang, **(headers or {})}
    tag = "" if request.method == "POST" else entity_tag(media.encode(), lang.encode(), body)
    return Answer(body, media, headers=fields, tag=tag)


def problem(request: Request, page: ServerPage, problem: Problem) -> Answer:
    """A page for a client that prefers one, otherwise problem details (RFC 9457)."""
    if choose(request.headers.get("accept"), [MEDIA, HTML.media]) != HTML.media:
        return problem.answer(page.lang)
    title, detail = problem.text(page.lang)
    links = [(suggestion, _link(problem, page, suggestion)) for suggestion in problem.suggestions]
    body = page.html("refused.html", title=title, detail=detail, suggestions=links)
    headers = {"Vary": VARY, "Content-Language": page.lang, **problem.headers}
    return Answer(body.encode("utf-8", "replace"), HTML.content_type, problem.status, headers)


def _link(problem: Problem, page: ServerPage, suggestion: str) -> str:
    """Where a suggestion leads; empty if it is no more than a word."""
    if problem.name == "unknown-question":
        return page.server(f"questions/{suggestion}")
    return page.link_here(**{problem.parameter: suggestion}) if problem.parameter else ""
