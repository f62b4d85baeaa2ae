"""What `kommunegraf serve` does until a signal stops it. A module of its own, as other verbs need no asyncio."""

import asyncio
import logging
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kommunegraf.cli.console import progress
from kommunegraf.server import serve as server
from kommunegraf.server.context import Context

if TYPE_CHECKING:
    import uvicorn

    from kommunegraf.server.settings import Settings

_LOG = logging.getLogger("kommunegraf")
_LOOK = 2.0
"""Seconds between two looks at watched files."""


def run(settings: "Settings", files: list[Path], own: bool, watch: bool, previous: Path | None, data: Path | None) -> None:
    """Serve files until a signal stops the server; `own` if they are the built graph, and `data` is the folder of its tables."""
    with suppress(asyncio.CancelledError):  # told to end while the data was loading
        server.run(_serve(settings, files, own, watch, previous, data))


async def _serve(
    settings: "Settings", files: list[Path], own: bool, watch: bool, previous: Path | None, data: Path | None,
) -> None:
    """Bind, load, print the address, and serve until a signal stops the server."""
    listening = server.bind(settings)
    context = Context(replace(settings, port=listening.getsockname()[1]), files, data, previous)
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


async def _watch(context: Context) -> None:
    """Reload whenever a file has changed and then stays the same between two looks."""
    seen = loaded = _marks(context.files)
    while True:
        await asyncio.sleep(_LOOK)
        now = _marks(context.files)
        if now != loaded and now == seen:
            loaded = now
            await _reload(context)
        seen = now


async def _reload(context: Context) -> None:
    """Reload the data; if it cannot be loaded, the old data stays and the log says why."""
    try:
        await context.reload()
        _LOG.info("the data was reloaded")
    except Exception as error:  # whatever is wrong with the new data, the server goes on with the old
        _LOG.error("the data was not reloaded, the old data stays: %s", error)


def _marks(files: Iterable[Path]) -> list[tuple[int, int]]:
    """Time and size of each file, by which a change shows; a file that is gone for a moment is a change too."""
    return [(s.st_mtime_ns, s.st_size) for s in (file.stat() for file in files if file.exists())]
