"""Run the application: bind, load, serve, and stop on a signal."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from functools import partial
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from kommunegraf.server.app import app
from kommunegraf.server.context import Context
from kommunegraf.server.http.clients import Connections
from kommunegraf.server.http.connections import Connection
from kommunegraf.server.settings import Settings


def bind(settings: Settings) -> socket.socket:
    """A socket that listens at the address of the settings. Raises OSError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=2048)


class Server(uvicorn.Server):
    """A server that takes SIGTERM and SIGINT as a wish to stop, not as a failure: uvicorn's own raises the signal again at the end."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop when the requests in progress are answered; a second SIGINT does not wait for them."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def server(application: ASGIApp, settings: Settings) -> Server:
    """The server for an application. It stops gracefully on SIGTERM and SIGINT, and when `should_exit` is set."""
    protocol: Any = partial(Connection, Connections(settings))
    config = uvicorn.Config(
        application, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
        proxy_headers=bool(settings.proxies), forwarded_allow_ips=settings.proxies,
        timeout_keep_alive=max(1, int(settings.idle_seconds)), timeout_graceful_shutdown=int(settings.query_seconds) + 1,
    )
    return Server(config)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end on the quickest event loop that is installed."""
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        runner.run(main)


async def serve(context: Context, listening: socket.socket, ready: Callable[[uvicorn.Server], None]) -> None:
    """Load the data and serve it on a socket until a signal stops the server. `ready` is called when requests are answered.

    Raises BadData or StoreError when the data cannot be loaded.
    """
    try:
        await context.open()
        running = server(app(context), context.settings)
        serving = asyncio.create_task(running.serve(sockets=[listening]))
        while not running.started and not serving.done():
            await asyncio.sleep(0.01)
        ready(running)
        await serving
    finally:
        await context.close()
