"""One worker as the server sees it: a connection over which orders go and frames come."""

import asyncio
import logging
import pickle
import signal
import time
from typing import Any, Protocol

from kommunegraf.server.engine.process import FRAME, NUMBER
from kommunegraf.server.engine.reply import Order
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

_LOG = logging.getLogger("kommunegraf")
_REASONS = {
    signal.SIGABRT: "memory-limit", signal.SIGKILL: "memory-limit", signal.SIGSEGV: "too-deep", signal.SIGBUS: "too-deep",
    signal.SIGXCPU: "time-limit",
}
"""What it means when a worker dies: the engine aborts without memory, and overruns its stack in a query without end."""
_AHEAD = 1 << 18
"""Bytes of an answer that are read before somebody wants them."""
_BURIAL = 2
"""Seconds in which the end of a worker must be told of; it takes milliseconds."""


class House(Protocol):
    """Where workers live."""

    settings: Settings

    def arrived(self, worker: "Worker") -> None:
        """A worker has said its number."""

    def give(self, worker: "Worker") -> None:
        """A worker is done."""

    def demote(self, worker: "Worker") -> None:
        """Let others go before a worker."""

    def kill(self, worker: "Worker") -> None:
        """End a worker, whatever it does."""


class Worker(asyncio.Protocol):
    """One worker, by its connection. It answers one query at a time."""

    def __init__(self, house: House) -> None:
        self.pid = 0
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._house = house
        self._data = bytearray()
        self._news = asyncio.Event()
        self._lost = False

    def connection_made(self, transport: Any) -> None:
        """It runs, and will say its number."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Its number, then frames."""
        self._data += data
        if not self.pid and len(self._data) >= NUMBER.size:
            (self.pid,) = NUMBER.unpack_from(self._data)
            del self._data[: NUMBER.size]
            self._house.arrived(self)
        if len(self._data) > _AHEAD:
            self._transport.pause_reading()
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended, or will."""
        self._lost = True
        self._news.set()

    async def start(self, order: Order) -> None:
        """See jobs.Source."""
        self._before = self._processor()
        self._transport.write(pickle.dumps(vars(order)))

    async def frame(self) -> tuple[bytes, bytes]:
        """See jobs.Source."""
        while not (end := self._end()):
            if self._lost:
                raise ConnectionError
            self._transport.resume_reading()
            self._news.clear()
            await self._news.wait()
        letter, body = bytes(self._data[:1]), bytes(self._data[FRAME.size : end])
        del self._data[:end]
        return letter, body

    def _end(self) -> int:
        """Where the first frame ends in what has come; 0 where it has not come to its end."""
        if len(self._data) < FRAME.size:
            return 0
        end = FRAME.size + int(FRAME.unpack_from(self._data)[1])
        return end if len(self._data) >= end else 0

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
        await asyncio.wait((self.ended,), timeout=_BURIAL)
        number = self.ended.result() if self.ended.done() else 0
        name = _REASONS.get(signal.Signals(number) if number else signal.SIGTERM, "worker-lost")
        if name == "worker-lost":
            _LOG.error("worker %d ended with signal %d", self.pid, number)
        return Problem(name, memory=self._house.settings.memory, timeout=self._house.settings.timeout)

    def _processor(self) -> float:
        """The processor time of its process, by the clock that Linux has for each; elsewhere the time of day does."""
        try:
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return time.monotonic()

    def close(self) -> None:
        """The connection to it ends, and so does it when it is idle."""
        self._transport.close()
