"""The application with all its parts: the SPARQL endpoint and its page, the questions, the documents, and the state of the server."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import Mount, Route, Router
from starlette.types import Lifespan, Receive, Scope, Send

from kommunegraf.server.assistants import routes as assistants
from kommunegraf.server.context import Context
from kommunegraf.server.documents.dereference import Dereference
from kommunegraf.server.foreign import routes as foreign
from kommunegraf.server.http.answers import Answer
from kommunegraf.server.http.middleware import Guard
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.pages import contribution, forms, query_page, questions
from kommunegraf.server.settings import Settings
from kommunegraf.server.sparql.endpoint import Sparql

_PROBLEMS = {404: "not-found", 405: "wrong-method"}


def application(files: Sequence[Path], **settings: Any) -> Starlette:
    """An application for any ASGI server, which opens its context when it starts. Raises BadSetting."""
    context = Context(Settings(**settings), files)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await context.open()
        try:
            yield
        finally:
            await context.close()

    return app(context, lifespan)


def app(context: Context, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """The application over a context that is open while it runs."""
    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/health", _health),
            Route("/ready", _ready(context)),
            Mount("/", app=_Pages(context)),
        ],
        middleware=[Middleware(Guard, context.settings), Middleware(Sparql, context, query_page.QueryPage(context))],
        exception_handlers={HTTPException: _refuse},
    )


class _Pages:
    """All pages: ours, or those of the data that is served where that is not ours."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._foreign = foreign.router(context)
        self._own = Router([
            *questions.routes(context),
            *forms.routes(context),
            *query_page.routes(context),
            *contribution.routes(context),
            *assistants.routes(context),
            Mount("/", app=Dereference(context)),
        ])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        pages = self._foreign if self._context.is_foreign else self._own
        await pages(scope, receive, send)


async def _health(request: Request) -> Answer:
    """The process runs."""
    return _state("up", 200)


def _ready(context: Context) -> Callable[[Request], Awaitable[Answer]]:
    async def ready(request: Request) -> Answer:
        """The data is loaded, and queries are answered."""
        return _state("ready", 200) if await context.ready() else _state("starting", 503)

    return ready


def _state(name: str, status: int) -> Answer:
    return Answer(f'{{"status":"{name}"}}'.encode(), "application/json", status, {"Cache-Control": "no-store"})


async def _refuse(request: Request, error: Any) -> Any:
    """What Starlette refuses becomes a Problem, which Guard sends."""
    usual = "not-found" if error.status_code < 500 else "internal"
    raise Problem(_PROBLEMS.get(error.status_code, usual), methods=(error.headers or {}).get("Allow", "")) from error
