"""Run the application: bind, load, serve, and stop when told to."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from kommunegraf.server.context import Context
from kommunegraf.server.http.connections import Connection
from kommunegraf.server.settings import Settings


def bind(settings: Settings) -> socket.socket:
    """A socket that listens at the address of the settings. Raises OSError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=2048)


class Server(uvicorn.Server):
    """A server to which SIGTERM and SIGINT are the wish to end, and no failure: uvicorn's own ends by the signal once more."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End when the requests under way are answered; a second SIGINT does not wait for them."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def server(app: ASGIApp, settings: Settings) -> Server:
    """The server for an application; it stops gracefully on SIGTERM and SIGINT, and when `should_exit` is set."""
    config = uvicorn.Config(
        app, http=Connection, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
        proxy_headers=bool(settings.proxies), forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=int(settings.timeout) + 1,
    )
    return Server(config)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end on the event loop that is quickest here."""
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        runner.run(main)


async def serve(
    context: Context, make: Callable[[Context], ASGIApp], listening: socket.socket, ready: Callable[[uvicorn.Server], None]
) -> None:
    """Load the data, make the application and serve it on a socket until it is told to stop. `ready` is called when requests are answered.

    Raises BadData or EngineError when the data cannot be loaded.
    """
    await context.open()
    try:
        running = server(make(context), context.settings)
        serving = asyncio.create_task(running.serve(sockets=[listening]))
        while not running.started and not serving.done():
            await asyncio.sleep(0.01)
        ready(running)
        await serving
    finally:
        await context.close()
