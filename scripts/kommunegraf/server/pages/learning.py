"""`/learn`: whom a kommune can learn an initiative from, by a form that works without JavaScript."""

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.routing import Route

from kommunegraf.rdf.formats import HTML
from kommunegraf.server.context import Context
from kommunegraf.server.http.answers import Answer
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.pages import arguments, responses
from kommunegraf.server.pages.page import page_of
from kommunegraf.site.pages import learning
from kommunegraf.site.render import names


def routes(context: Context) -> list[Route]:
    """The address of the form."""

    async def learn(request: Request) -> Answer:
        return await run_sync(page, request, context)

    return [Route("/learn", learn)]


def page(request: Request, context: Context) -> Answer:
    """The form, and where a kommune and an initiative are chosen, all whom that kommune can learn it from."""
    shown = page_of(request, context.site, "learn")
    try:
        question = arguments.find(learning.QUESTION)
        terms = arguments.read(shown.site, context.settings, question, request.query_params.multi_items(), shown.lang).terms
    except Problem as problem:
        return responses.problem(request, shown, problem)
    municipality, initiative = (terms.get(name, "").strip("<>") for name in ("municipality", "initiative"))
    matcher = shown.site.matcher.get(shown.lang)
    known = matcher is not None and municipality in matcher.register.places and initiative in matcher.columns
    content = learning.answered(shown, municipality, initiative) if known else learning.learning(shown, "")
    return responses.document(request, shown.html("learn.html", **names(content)).encode(), HTML.content_type, shown.lang)
