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
    host: Annotated[str | None, typer.Option(help="Address to listen at; 127.0.0.1 unless told.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen at; 8000 unless told, 0 for any that is free.")] = None,
    public: Annotated[str | None, typer.Option(help="Address under which clients see the server, ending in /.")] = None,
    endpoint: Annotated[str | None, typer.Option(help="Let this SPARQL endpoint answer the queries.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds that a query may take.")] = None,
    memory: Annotated[int | None, typer.Option(help="MiB that a query may need beside the graph.")] = None,
    previous: Annotated[Path | None, typer.Option(help="The site published before: its versions stay, and changes are told.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Load the files anew when they change.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No access log.")] = False,
    graph: GraphFolder = BUILT,
) -> None:
    """Serve the graph, read-only: pages, data, SPARQL, questions.

    Every setting has an environment variable too, such as KOMMUNEGRAF_TIMEOUT; docs/operating.md tells all of them.
    SIGHUP loads the data anew, SIGTERM ends gracefully.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to load anew
    from kommunegraf.server.serve import run
    from kommunegraf.server.settings import Settings

    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=logging.WARNING if quiet else logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    given: dict[str, Any] = {"host": host, "port": port, "public": public, "endpoint": endpoint, "timeout": timeout, "memory": memory}
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
    """Bind, load, say where the server is, and serve until told to stop."""
    from kommunegraf import paths
    from kommunegraf.server import serve as server
    from kommunegraf.server.context import Context
    from kommunegraf.server.whole import whole

    listening = server.bind(settings)
    context = Context(replace(settings, port=listening.getsockname()[1]), files, paths.root() / "data" if own else None, previous)
    loading = progress("Loading the data")
    loading.__enter__()

    under_way: set[asyncio.Task[None]] = set()  # the loop itself does not keep its tasks alive

    def anew() -> None:
        under_way.add(task := asyncio.ensure_future(_reload(context)))
        task.add_done_callback(under_way.discard)

    def ready(running: "uvicorn.Server") -> None:
        loading.__exit__(None, None, None)
        print(f"Kommunegraf is at {context.public}", flush=True)

    _heed(anew)
    watching = asyncio.create_task(_watch(context)) if watch else None
    try:
        await server.serve(context, whole, listening, ready)
    finally:
        if watching:
            watching.cancel()


def _heed(anew: Callable[[], None]) -> None:
    """Heed signals: SIGHUP loads anew, after a loading under way; SIGTERM and SIGINT end the loading, until the server heeds them."""
    loop, loading = asyncio.get_running_loop(), asyncio.current_task()
    loop.add_signal_handler(signal.SIGHUP, anew)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(loading.cancel) if loading else None)


async def _watch(context: "Context") -> None:
    """Load the data anew whenever a file of it changes and then rests for one look."""
    seen = loaded = _marks(context.files)
    while True:
        await asyncio.sleep(_LOOK)
        now = _marks(context.files)
        if now != loaded and now == seen:
            loaded = now
            await _reload(context)
        seen = now


async def _reload(context: "Context") -> None:
    """Load the data anew; where it cannot be read, the old data stays and the log says why."""
    try:
        await context.reload()
        _LOG.info("the data was loaded anew")
    except Exception as error:  # whatever is wrong with the new data, the server goes on with the old
        _LOG.error("the data was not loaded anew, the old stays: %s", error)


def _marks(files: Iterable[Path]) -> list[tuple[int, int]]:
    """What tells that a file has changed; a file that is gone for a moment is a change too."""
    return [(s.st_mtime_ns, s.st_size) for s in (file.stat() for file in files if file.exists())]
