"""`kommunegraf serve`: pages, data, SPARQL and questions over HTTP."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kommunegraf.cli.console import BUILT, GraphFolder, WrongCall, clear_errors, graph_file, progress

if TYPE_CHECKING:
    import uvicorn

    from kommunegraf.server.context import Context
    from kommunegraf.server.settings import Settings

_LOG = logging.getLogger("kommunegraf")
_LOOK = 2.0
"""Seconds between two looks at watched files."""


def serve(
    files: Annotated[list[Path] | None, typer.Argument(help="RDF files to serve instead of the built graph.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen at. Default: 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen at; 0 picks a free one. Default: 8000.")] = None,
    public: Annotated[str | None, typer.Option(help="Address under which clients see the server, ending in /.")] = None,
    endpoint: Annotated[str | None, typer.Option(help="SPARQL endpoint that answers the queries.")] = None,
    query_seconds: Annotated[float | None, typer.Option(help="Time limit of a query, in seconds.")] = None,
    query_megabytes: Annotated[int | None, typer.Option(help="Memory limit of a query, in MiB, beside the graph.")] = None,
    previous: Annotated[Path | None, typer.Option(help="The site published before: its versions stay, and changes are told.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Reload the files when they change.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No access log.")] = False,
    graph: GraphFolder = BUILT,
) -> None:
    """Serve the graph, read-only: pages, data, SPARQL, questions.

    Every setting has an environment variable too, such as KOMMUNEGRAF_QUERY_SECONDS; docs/operating.md lists all.
    SIGHUP reloads the data, SIGTERM stops gracefully.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to reload
    from kommunegraf.server.logs import set_up
    from kommunegraf.server.serve import run
    from kommunegraf.server.settings import Settings

    set_up(logging.WARNING if quiet else logging.INFO, sys.stderr)
    given: dict[str, Any] = {"host": host, "port": port, "public": public, "endpoint": endpoint,
                             "query_seconds": query_seconds, "query_megabytes": query_megabytes}
    with clear_errors():
        settings = Settings.from_environment(**given)
        if settings.endpoint and files:
            raise WrongCall("give files to serve or an endpoint, not both")
        own = not files and not settings.endpoint
        try:
            run(_serve(settings, files or ([graph_file(graph)] if own else []), own, watch, previous))
        except asyncio.CancelledError:  # told to end while the data was loading
            return


async def _serve(settings: "Settings", files: list[Path], own: bool, watch: bool, previous: Path | None) -> None:
    """Bind, load, print the address, and serve until a signal stops the server."""
    from kommunegraf import paths
    from kommunegraf.server import serve as server
    from kommunegraf.server.context import Context

    listening = server.bind(settings)
    context = Context(replace(settings, port=listening.getsockname()[1]), files, paths.root() / "data" if own else None, previous)
    loading = progress("Loading the data")
    loading.__enter__()

    under_way: set[asyncio.Task[None]] = set()  # the loop itself does not keep its tasks alive

    def reload() -> None:
        under_way.add(task := asyncio.ensure_future(_reload(context)))
        task.add_done_callback(under_way.discard)

    def ready(running: "uvicorn.Server") -> None:
        loading.__exit__(None, None, None)
        print(f"Kommunegraf is at {context.public}", flush=True)

    _install_handlers(reload)
    watching = asyncio.create_task(_watch(context)) if watch else None
    try:
        await server.serve(context, listening, ready)
    finally:
        if watching:
            watching.cancel()


def _install_handlers(reload: Callable[[], None]) -> None:
    """Install signal handlers: SIGHUP reloads once any load in progress is done; SIGTERM and SIGINT cancel the first load."""
    loop, loading = asyncio.get_running_loop(), asyncio.current_task()
    loop.add_signal_handler(signal.SIGHUP, reload)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(loading.cancel) if loading else None)


async def _watch(context: "Context") -> None:
    """Reload whenever a file has changed and then stays the same between two looks."""
    seen = loaded = _marks(context.files)
    while True:
        await asyncio.sleep(_LOOK)
        now = _marks(context.files)
        if now != loaded and now == seen:
            loaded = now
            await _reload(context)
        seen = now


async def _reload(context: "Context") -> None:
    """Reload the data; if it cannot be loaded, the old data stays and the log says why."""
    try:
        await context.reload()
        _LOG.info("the data was reloaded")
    except Exception as error:  # whatever is wrong with the new data, the server goes on with the old
        _LOG.error("the data was not reloaded, the old data stays: %s", error)


def _marks(files: Iterable[Path]) -> list[tuple[int, int]]:
    """Time and size of each file, by which a change shows; a file that is gone for a moment is a change too."""
    return [(s.st_mtime_ns, s.st_size) for s in (file.stat() for file in files if file.exists())]
