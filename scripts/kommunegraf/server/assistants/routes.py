"""Where assistants ask the server: `/mcp`, if the SDK of the Model Context Protocol is installed."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from kommunegraf.server.context import Context
from kommunegraf.server.http.problems import Problem

if TYPE_CHECKING:
    from kommunegraf.server.assistants.service import Assistants

PATH = "/mcp"


def routes(context: Context) -> list[Route]:
    """The address, or none without the SDK."""
    return [Route(PATH, Exchange(context))] if find_spec("mcp") else []


class Exchange:
    """An ASGI application that loads the SDK with the first request: it takes seconds, and most servers are never asked by an assistant."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._assistants: Assistants | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises Problem for one that is no POST: there are no sessions to listen to, or to end."""
        if scope["method"] != "POST":
            raise Problem("wrong-method", methods="POST")
        if self._assistants is None:
            self._assistants = await run_sync(_assistants, self._context)
        await self._assistants.over_http(scope, receive, send)


def _assistants(context: Context) -> "Assistants":
    from kommunegraf.server.assistants.service import Assistants

    return Assistants(context)
