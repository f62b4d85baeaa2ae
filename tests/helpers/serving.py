"""The real server on a free port of this machine, for tests."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from kommunegraf.server.context import Context
from kommunegraf.server.serve import bind, run, serve
from kommunegraf.server.settings import Settings


@dataclass
class Served:
    """A server that runs: its address, and its context, whose coroutines `run` runs where the server does."""

    base: str
    context: Context
    loop: asyncio.AbstractEventLoop

    @property
    def sparql(self) -> str:
        """The address of its endpoint."""
        return f"{self.base}/sparql"

    def run(self, coroutine: Any) -> Any:
        """The result of a coroutine of the context."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)


@contextmanager
def serving(
    *files: Path, data: Path | None = None, previous: Path | None = None, **settings: Any,
) -> Iterator[Served]:
    """The server over some RDF files, on a free port, in a thread; stopped at the end."""
    context = Context(Settings(**{"port": 0, **settings}), files, data, previous)
    listening = bind(context.settings)
    started: Future[tuple[uvicorn.Server, asyncio.AbstractEventLoop]] = Future()

    async def main() -> None:
        await serve(context, listening, lambda server: started.set_result((server, asyncio.get_running_loop())))

    def work() -> None:
        try:
            run(main())
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        loop = started.result(120)[1]
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", context, loop)
    finally:
        if started.done() and not started.exception():
            started.result()[0].should_exit = True
        thread.join(60)
        listening.close()
