"""The worker pool: forked on demand from a process that holds the data, killed at a limit, replaced at once."""

import asyncio
import json
import logging
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from kommunegraf.errors import KommunegrafError
from kommunegraf.server.engine.reply import Lost
from kommunegraf.server.engine.worker import Worker
from kommunegraf.server.settings import Settings

_LOG = logging.getLogger("kommunegraf")
_FORKING = 2
"""Seconds in which a new worker must come; it takes milliseconds."""
_ENDING = 5
"""Seconds in which the process that holds the data must end once it is told to; it takes milliseconds."""
_LINE = 1 << 20
"""Bytes of the longest line of news: the message of a file that cannot be loaded."""


class BadData(KommunegrafError, ValueError):
    """Files that cannot be loaded. The message says which, and why."""


class Loaded(NamedTuple):
    """What was loaded: a file of N-Quads with all of it, and the version that names its content."""

    quads: Path
    version: str


class WorkerPool:
    """The workers for one state of the data.

    `settings.quick_queries` of them have quick places, and one more waits for the server's own question whether queries are answered.
    A worker that is demoted to a slow place is replaced by a new one.
    """

    def __init__(self, files: Sequence[Path], settings: Settings) -> None:
        self.settings = settings
        self._files = files
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._all: dict[int, Worker] = {}
        self._quick: set[Worker] = set()
        self._busy: set[Worker] = set()
        self._coming = 0
        self._taking = 0
        self._closing = False
        self._folder: Path | None = None
        self._server: asyncio.Server | None = None
        self._holder: subprocess.Popen[bytes] | None = None
        self._orders: asyncio.StreamWriter | None = None
        self._following: asyncio.Task[None] | None = None
        self._free = asyncio.Event()

    @property
    def alive(self) -> bool:
        """Whether the process that holds the data runs."""
        return not self._closing and self._following is not None and not self._following.done()

    async def start(self) -> Loaded:
        """Load the data and fork the first workers. Call `close` whether it succeeds or not. Raises BadData and OSError."""
        self._folder = Path(tempfile.mkdtemp(prefix="kommunegraf-"))
        path = self._folder / "workers"
        try:
            self._server = await asyncio.get_running_loop().create_unix_server(lambda: Worker(self), path)
        except OSError as error:
            raise OSError(f"{path} cannot be the socket of the workers ({error}); set TMPDIR to a folder with a shorter name") from error
        news = await self._start_holder()
        settings = self.settings
        self._tell(json.dumps({
            "files": [str(file) for file in self._files], "socket": str(path), "quads": str(self._folder / "graph.nq"),
            "megabytes": settings.query_megabytes, "load_megabytes": settings.load_megabytes,
            "seconds": settings.query_seconds, "levels": settings.query_levels,
        }))
        try:
            async with asyncio.timeout(settings.load_seconds):
                line = await news.readline()
        except TimeoutError:
            raise BadData(f"{self._names()} took longer than {settings.load_seconds} seconds to load") from None
        loaded = json.loads(line) if line else {"error": await self._why()}
        if "error" in loaded:
            raise BadData(loaded["error"])
        self._following = asyncio.create_task(self._follow(news))
        self._fill()
        return Loaded(self._folder / "graph.nq", loaded["version"])

    async def _start_holder(self) -> asyncio.StreamReader:
        """Start the process that holds the data. One socket is its input and its output; here it belongs to the event loop alone."""
        ours, theirs = socket.socketpair()
        # -P: modules are not looked for in the working folder, where anybody may have put a pickle.py.
        command = [sys.executable, "-P", "-m", "kommunegraf.server.engine.process"]
        with theirs:
            self._holder = subprocess.Popen(command, stdin=theirs.fileno(), stdout=theirs.fileno(), start_new_session=True)
        news, self._orders = await asyncio.open_connection(sock=ours, limit=_LINE)
        return news

    async def _why(self) -> str:
        """Why the process that loads the data ended without a word."""
        code = await self._ended()
        if code in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV):  # the parser aborts without memory
            return f"{self._names()} needs more than {self.settings.load_megabytes} MiB of memory to load"
        return f"the process that loads {self._names()} ended with code {code}"

    def _names(self) -> str:
        return ", ".join(str(file) for file in self._files)

    async def take(self) -> Worker:
        """A free worker. Raises Lost if there is none and the process that forks them is gone."""
        while not self._idle.empty():
            if self._begins(worker := self._idle.get_nowait()):
                return worker
        self._taking += 1
        try:
            async with asyncio.timeout(_FORKING if self.alive else 0):
                while not self._begins(worker := await self._idle.get()):
                    pass
                return worker
        except TimeoutError as error:
            raise Lost("starting") from error
        finally:
            self._taking -= 1
            self._free.set()

    def _begins(self, worker: Worker) -> bool:
        """Whether a worker that was idle is still there; it is busy now."""
        if worker in self._quick:
            self._busy.add(worker)
            return True
        return False

    def arrived(self, worker: Worker) -> None:
        """A worker that was ordered has said its number."""
        self._coming -= 1
        self._all[worker.pid] = worker
        self._quick.add(worker)
        self._idle.put_nowait(worker)

    def give(self, worker: Worker) -> None:
        """A worker is done with a query. One that became slow has served its purpose, and goes."""
        self._done(worker)
        if worker in self._quick and not self._closing:
            self._idle.put_nowait(worker)
        else:
            self.kill(worker)

    def demote(self, worker: Worker) -> None:
        """Let other queries go before a worker's, and make another worker quick in its place."""
        if worker in self._quick:
            self._tell(f"nice {worker.pid}")
            self._quick.discard(worker)
            self._fill()

    def kill(self, worker: Worker) -> None:
        """End a worker, whatever it does."""
        self._tell(f"kill {worker.pid}")
        worker.abort()  # where nobody is left to kill it, it ends at its limit of processor time
        self._quick.discard(worker)
        self._done(worker)
        self._fill()

    async def close(self) -> None:
        """Let the workers finish what they do, and end them all. While the data is still loading, give that up."""
        while self._busy or self._taking:
            self._free.clear()
            await self._free.wait()
        self._closing = True
        if self._holder:
            if self._orders:
                self._orders.close()  # at the end of its orders it ends, with its workers
            if not self._following:
                self._holder.kill()  # it loads, and reads no orders
            await self._ended()
        if self._server:
            self._server.close()
        for worker in self._all.values():
            worker.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _ended(self) -> int | None:
        """The exit code of the process that holds the data; None if it does not end, as in a read from a network disk."""
        for pause in (0.01, 0.02, 0.05, *[0.1] * (_ENDING * 10)):
            if self._holder and (code := self._holder.poll()) is not None:
                return code
            await asyncio.sleep(pause)
        if self._holder:
            self._holder.kill()
            _LOG.error("process %d does not end", self._holder.pid)
        return None

    def _done(self, worker: Worker) -> None:
        self._busy.discard(worker)
        self._free.set()

    def _fill(self) -> None:
        while self.alive and len(self._quick) + self._coming < self.settings.quick_queries + 1:
            self._coming += 1
            self._tell("fork")

    def _tell(self, order: str) -> None:
        """An order for the process that holds the data; none if it is gone, as its end is seen elsewhere."""
        if self._orders and not self._orders.is_closing():
            self._orders.write(order.encode() + b"\n")

    async def _follow(self, news: asyncio.StreamReader) -> None:
        """Hear how workers end. At the end of the news the process is gone; its workers still finish their queries."""
        try:
            while line := await news.readline():
                end = json.loads(line)
                if worker := self._all.pop(end["ended"], None):
                    worker.panicked = end["panicked"]
                    self._bury(worker, end["signal"])
                else:
                    self._coming -= 1
                self._fill()
        except ConnectionError:
            pass  # it was killed with orders unread
        if not self._closing:
            _LOG.error("the process that holds the data is gone")

    def _bury(self, worker: Worker, number: int) -> None:
        if not worker.ended.done():
            worker.ended.set_result(number)
        self._quick.discard(worker)
        self._done(worker)
        worker.close()
