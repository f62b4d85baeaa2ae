"""The house of the workers: forked on demand from a process that holds the data, ended by force, replaced at once."""

import asyncio
import json
import logging
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kommunegraf.errors import KommunegrafError
from kommunegraf.server.engine.worker import Worker
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

_LOG = logging.getLogger("kommunegraf")
_FORKING = 2
"""Seconds in which a new worker must come; it takes milliseconds."""


class BadData(KommunegrafError, ValueError):
    """Files that cannot be loaded. The message says which, and why."""


class Workers:
    """Workers for one state of the data. `settings.workers` of them are quick; one that is demoted makes room for a new one."""

    def __init__(self, files: Sequence[Path], settings: Settings) -> None:
        self.settings = settings
        self._files = files
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._all: dict[int, Worker] = {}
        self._quick: set[int] = set()
        self._busy: set[int] = set()
        self._coming = 0
        self._taking = 0
        self._closing = False
        self._folder: Path | None = None
        self._server: asyncio.Server | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._free = asyncio.Event()

    @property
    def alive(self) -> bool:
        """Whether the process that holds the data runs."""
        return not self._closing and not self._following.done()

    async def start(self) -> None:
        """Load the data and fork the first workers; `close` belongs to it, whether it succeeds or not. Raises BadData and OSError."""
        self._folder = Path(tempfile.mkdtemp(prefix="kommunegraf-"))
        path = self._folder / "workers"
        try:
            self._server = await asyncio.get_running_loop().create_unix_server(lambda: Worker(self), path)
        except OSError as error:
            raise OSError(f"{path} cannot be the socket of the workers ({error}); TMPDIR is where it lies") from error
        command = [sys.executable, "-m", "kommunegraf.server.engine.process"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True)
        news = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(news), self._process.stdout)
        order = {"files": [str(file) for file in self._files], "socket": str(path), "memory": self.settings.memory << 20}
        self._tell(json.dumps({**order, "seconds": self.settings.timeout}))
        told = json.loads(await news.readline() or b'{"error": "the process that loads it ended"}')
        if "error" in told:
            raise BadData(told["error"])
        self._following = asyncio.create_task(self._follow(news))
        self._fill()

    async def take(self) -> Worker:
        """A worker that is free. Raises Problem when there is none, and the process that forks them is gone."""
        while not self._idle.empty():
            if self._begins(worker := self._idle.get_nowait()):
                return worker
        self._taking += 1
        try:
            async with asyncio.timeout(_FORKING):
                while not self._begins(worker := await self._idle.get()):
                    pass
                return worker
        except TimeoutError as error:
            raise Problem("starting") from error
        finally:
            self._taking -= 1
            self._free.set()

    def _begins(self, worker: Worker) -> bool:
        """Whether a worker that was idle is there still; it is busy now."""
        if worker.pid in self._quick:
            self._busy.add(worker.pid)
            return True
        return False

    def arrived(self, worker: Worker) -> None:
        """A worker that was asked for has said its number."""
        self._coming -= 1
        self._all[worker.pid] = worker
        self._quick.add(worker.pid)
        self._idle.put_nowait(worker)

    def give(self, worker: Worker) -> None:
        """A worker is done. One that became slow has had its time, and goes."""
        self._done(worker)
        if worker.pid in self._quick and not self._closing:
            self._idle.put_nowait(worker)
        else:
            self.kill(worker)

    def demote(self, worker: Worker) -> None:
        """Let others go first, and make another worker quick in its place."""
        if worker.pid in self._quick:
            self._tell(f"nice {worker.pid}")
            self._quick.discard(worker.pid)
            self._fill()

    def kill(self, worker: Worker) -> None:
        """End a worker, whatever it does."""
        self._tell(f"kill {worker.pid}")
        self._quick.discard(worker.pid)
        self._done(worker)
        self._fill()

    async def close(self) -> None:
        """Let the workers finish what they do, and end them all."""
        while (self._busy or self._taking) and self.alive:
            self._free.clear()
            await self._free.wait()
        self._closing = True
        if self._process and self._process.stdin:
            self._process.stdin.close()
            await asyncio.to_thread(self._process.wait)
        if self._server:
            self._server.close()
        for worker in self._all.values():
            worker.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _done(self, worker: Worker) -> None:
        self._busy.discard(worker.pid)
        self._free.set()

    def _fill(self) -> None:
        while not self._closing and len(self._quick) + self._coming < self.settings.workers:
            self._coming += 1
            self._tell("fork")

    def _tell(self, order: str) -> None:
        """An order for the process that holds the data; nothing when it is gone, as its end is seen elsewhere."""
        if self._process and self._process.stdin and not self._process.stdin.closed:
            try:
                self._process.stdin.write(order.encode() + b"\n")
            except BrokenPipeError:
                _LOG.error("the process that holds the data is gone")

    async def _follow(self, news: asyncio.StreamReader) -> None:
        """Hear how workers end. When the news end, the process is gone, and all workers with it."""
        while line := await news.readline():
            told = json.loads(line)
            if worker := self._all.pop(told["ended"], None):
                self._bury(worker, told["signal"])
            else:
                self._coming -= 1
            self._fill()
        for worker in self._all.values():
            self._bury(worker, signal.SIGTERM)

    def _bury(self, worker: Worker, number: int) -> None:
        if not worker.ended.done():
            worker.ended.set_result(number)
        self._quick.discard(worker.pid)
        self._done(worker)
        worker.close()
