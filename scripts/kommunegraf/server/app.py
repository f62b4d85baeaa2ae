"""The application: the SPARQL endpoint, the state of the server, and the routes of its other parts."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from kommunegraf.server.context import Context
from kommunegraf.server.http.middleware import Guard
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.sparql.endpoint import Sparql

_NAMES = {404: "not-found", 405: "wrong-method"}


def app(context: Context, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The application over a context that is open while it runs. `routes` come after the endpoint and the states."""
    return Starlette(
        routes=[
            Route("/health", _health),
            Route("/ready", _ready(context)),
            *routes,
        ],
        middleware=[Middleware(Guard), Middleware(Sparql, context)],
        exception_handlers={HTTPException: _refuse},
    )


async def _health(request: Request) -> JSONResponse:
    """The process runs."""
    return JSONResponse({"status": "up"}, headers={"Cache-Control": "no-store"})


def _ready(context: Context) -> Callable[[Request], Awaitable[JSONResponse]]:
    async def ready(request: Request) -> JSONResponse:
        """The data is loaded, and queries are answered."""
        answers = await context.ready()
        return JSONResponse({"status": "ready" if answers else "starting"}, 200 if answers else 503, {"Cache-Control": "no-store"})

    return ready


async def _refuse(request: Request, error: Any) -> Any:
    """What Starlette refuses becomes a Problem, which Guard sends."""
    usual = "not-found" if error.status_code < 500 else "internal"
    raise Problem(_NAMES.get(error.status_code, usual), methods=(error.headers or {}).get("Allow", "")) from error
