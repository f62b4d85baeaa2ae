"""Pages whose form asks for the parameters of a question, and which answer without JavaScript: `/compare` and `/learn`."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.routing import Route

from kommunegraf.rdf.formats import HTML
from kommunegraf.server.context import Context
from kommunegraf.server.http.answers import Answer
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.pages import arguments, responses
from kommunegraf.server.pages.page import ServerPage, page_of
from kommunegraf.site.pages import comparison, learning
from kommunegraf.site.render import names


class Form(NamedTuple):
    """A page at `/PATH`, of the site's template `PATH.html`, and the question whose parameters it takes.

    `content` gives what the template shows for some arguments, IRIs by parameter; one that was not chosen is missing.
    """

    path: str
    question: str
    content: Callable[[ServerPage, Mapping[str, str]], Any]


def routes(context: Context) -> list[Route]:
    """The addresses of the forms."""

    async def answer(form: Form, request: Request) -> Answer:
        return await run_sync(page, request, context, form)

    return [Route(f"/{form.path}", partial(answer, form)) for form in _FORMS]


def page(request: Request, context: Context, form: Form) -> Answer:
    """The form, with the answer where all that it asks for is chosen."""
    shown = page_of(request, context.site, form.path)
    try:
        question = arguments.find(form.question)
        terms = arguments.read(shown.site, context.settings, question, request.query_params.multi_items(), shown.lang).terms
    except Problem as problem:
        return responses.problem(request, shown, problem)
    content = form.content(shown, {name: term.strip("<>") for name, term in terms.items()})
    return responses.document(request, shown.html(f"{form.path}.html", **names(content)).encode(), HTML.content_type, shown.lang)


def _compared(page: ServerPage, chosen: Mapping[str, str]) -> Any:
    one, other = chosen.get("municipality", ""), chosen.get("other", "")
    return comparison.compared(page, one, other) if one and other else comparison.form(page, one)


def _taught(page: ServerPage, chosen: Mapping[str, str]) -> Any:
    municipality, initiative = chosen.get("municipality", ""), chosen.get("initiative", "")
    matcher = page.site.matcher.get(page.lang)
    is_known = matcher is not None and municipality in matcher.register.places and initiative in matcher.columns
    return learning.answered(page, municipality, initiative) if is_known else learning.learning(page, "")


_FORMS = (Form("compare", comparison.QUESTION, _compared), Form("learn", learning.QUESTION, _taught))
