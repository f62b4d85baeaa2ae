"""The workers as the server sees them: forked on demand from a process that holds the data, ended by force, replaced at once."""

import asyncio
import json
import logging
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from kommunegraf.server.jobs import Order
from kommunegraf.server.problems import Problem
from kommunegraf.server.settings import Settings
from kommunegraf.server.worker import FRAME

_LOG = logging.getLogger("kommunegraf")
_REASONS = {
    signal.SIGABRT: "memory-limit", signal.SIGKILL: "memory-limit", signal.SIGSEGV: "too-deep", signal.SIGBUS: "too-deep",
    signal.SIGXCPU: "time-limit",
}
"""What it means when a worker dies: the engine aborts without memory, and overruns its stack in a query without end."""

_FORKING = 2
"""Seconds in which a new worker must come; it takes milliseconds."""


class BadData(ValueError):
    """Files that cannot be loaded. The message says which, and why."""


class Worker:
    """One worker. It answers one query at a time."""

    def __init__(self, house: "Workers", pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._house = house
        self._reader = reader
        self._writer = writer

    async def start(self, order: Order) -> None:
        """See jobs.Source."""
        self._before = self._processor()
        self._writer.write(json.dumps({**vars(order), "seconds": self._house.settings.timeout}).encode() + b"\n")
        await self._writer.drain()

    async def frame(self) -> tuple[bytes, bytes]:
        """See jobs.Source."""
        try:
            letter, length = FRAME.unpack(await self._reader.readexactly(FRAME.size))
            return letter, await self._reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            raise ConnectionError from error

    def spent(self) -> float:
        """See jobs.Source."""
        return self._processor() - self._before

    def slower(self) -> None:
        """See jobs.Source."""
        self._house.demote(self)

    def stop(self) -> None:
        """See jobs.Source."""
        self._house.kill(self)

    def release(self) -> None:
        """See jobs.Source."""
        self._house.give(self)

    async def why(self) -> Problem:
        """See jobs.Source."""
        await asyncio.wait((self.ended,), timeout=_FORKING)
        number = self.ended.result() if self.ended.done() else 0
        name = _REASONS.get(signal.Signals(number) if number else signal.SIGTERM, "worker-lost")
        if name == "worker-lost":
            _LOG.error("worker %d ended with signal %d", self.pid, number)
        return Problem(name, memory=self._house.settings.memory, timeout=f"{self._house.settings.timeout:g}")

    def _processor(self) -> float:
        """The processor time of its process, by the clock that Linux has for each; elsewhere the time of day does."""
        try:
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return time.monotonic()

    def close(self) -> None:
        """The connection to it ends, and so does it when it is idle."""
        self._writer.close()


class Workers:
    """Workers for one state of the data. `settings.workers` of them are quick; one that is demoted makes room for a new one."""

    def __init__(self, files: Sequence[Path], settings: Settings) -> None:
        self.settings = settings
        self._files = files
        self._folder = Path(tempfile.mkdtemp(prefix="kommunegraf-"))
        self._idle: asyncio.LifoQueue[Worker] = asyncio.LifoQueue()
        self._all: dict[int, Worker] = {}
        self._quick: set[int] = set()
        self._busy: set[int] = set()
        self._coming = 0
        self._taking = 0
        self._closing = False
        self._free = asyncio.Event()

    @property
    def alive(self) -> bool:
        """Whether the process that holds the data runs."""
        return not self._closing and self._process.poll() is None

    async def start(self) -> None:
        """Load the data and fork the first workers. Raises BadData."""
        path = self._folder / "workers"
        self._server = await asyncio.start_unix_server(self._connected, path, limit=1 << 18)
        command = [sys.executable, "-m", "kommunegraf.server.worker"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True)
        news = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(news), self._process.stdout)
        order = {"files": [str(file) for file in self._files], "socket": str(path), "memory": self.settings.memory << 20}
        self._tell(json.dumps(order))
        told = json.loads(await news.readline() or b'{"error": "the process that loads it ended"}')
        if "error" in told:
            await self.close()
            raise BadData(told["error"])
        self._following = asyncio.create_task(self._follow(news))
        self._fill()

    async def take(self) -> Worker:
        """A worker that is free. Raises Problem when there is none, and the process that forks them is gone."""
        self._taking += 1
        try:
            async with asyncio.timeout(_FORKING):
                while True:
                    worker = await self._idle.get()
                    if worker.pid in self._quick:
                        self._busy.add(worker.pid)
                        return worker
        except TimeoutError as error:
            raise Problem("starting") from error
        finally:
            self._taking -= 1
            self._free.set()

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
        if self._process.stdin:
            self._process.stdin.close()
        await asyncio.to_thread(self._process.wait)
        self._server.close()
        for worker in self._all.values():
            worker.close()
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
        if self._process.stdin and not self._process.stdin.closed:
            try:
                self._process.stdin.write(order.encode() + b"\n")
            except BrokenPipeError:
                _LOG.error("the process that holds the data is gone")

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (pid,) = struct.unpack("!I", await reader.readexactly(4))
        self._coming -= 1
        worker = self._all[pid] = Worker(self, pid, reader, writer)
        self._quick.add(pid)
        self._idle.put_nowait(worker)

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
