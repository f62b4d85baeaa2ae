"""One worker as the server sees it: a connection over which jobs go and frames come."""

import asyncio
import logging
import signal
import time
from typing import Any, Protocol

from kommunegraf.server.engine.frames import FRAME, NUMBER, Job
from kommunegraf.server.engine.reply import Lost
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

_LOG = logging.getLogger("kommunegraf")
_REASONS = {
    signal.SIGABRT: "memory-limit", signal.SIGSEGV: "too-deep", signal.SIGBUS: "too-deep", signal.SIGXCPU: "time-limit",
}
"""What it means when a worker dies of a query: the engine aborts without memory, and overruns its stack in a query without end."""
_AHEAD = 1 << 18
"""Bytes of an answer that are read before somebody wants them."""
_NEWS = 2
"""Seconds in which the news of a worker's end must come; it takes milliseconds."""


class Pool(Protocol):
    """The pool that a worker belongs to."""

    settings: Settings

    @property
    def alive(self) -> bool:
        """Whether the process that holds the data runs, and says how workers end."""

    def arrived(self, worker: "Worker") -> None:
        """A new worker has said its number."""

    def give(self, worker: "Worker") -> None:
        """A worker is done with a query."""

    def demote(self, worker: "Worker") -> None:
        """Let other queries go before a worker's."""

    def kill(self, worker: "Worker") -> None:
        """End a worker, whatever it does."""


class Worker(asyncio.Protocol):
    """One worker, by its connection. It answers one query at a time, as a `reply.Runner`."""

    def __init__(self, pool: Pool) -> None:
        self.pid = 0
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """The signal that it died of, once the news of that comes; 0 for none."""
        self.panicked = False
        """Whether a mistake of the engine ended it."""
        self._pool = pool
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
            self._pool.arrived(self)
        if len(self._data) > _AHEAD:
            self._transport.pause_reading()
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended, or will."""
        self._lost = True
        self._news.set()

    async def start(self, job: Job) -> None:
        """Send it a query. Raises ConnectionError if it ended while it was idle."""
        if self._transport.is_closing():
            raise ConnectionError
        self._before = self._processor()
        self._transport.write(job.line())

    async def frame(self) -> tuple[bytes, bytes]:
        """The next frame of the answer."""
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
        """Where the first frame ends in what has come; 0 if it is not complete."""
        if len(self._data) < FRAME.size:
            return 0
        end = FRAME.size + int(FRAME.unpack_from(self._data)[1])
        return end if len(self._data) >= end else 0

    def spent(self) -> float:
        """Seconds of processor time since the query began."""
        return self._processor() - self._before

    def slower(self) -> None:
        """Let other queries go first."""
        self._pool.demote(self)

    def stop(self) -> None:
        """Kill it."""
        self._pool.kill(self)

    def release(self) -> None:
        """It is free for the next query."""
        self._pool.give(self)

    async def why(self) -> Problem:
        """Why it died: of the query, or of something from outside, such as the kernel when memory is short."""
        if self._pool.alive:
            await asyncio.wait((self.ended,), timeout=_NEWS)
        number = self.ended.result() if self.ended.done() else 0
        settings = self._pool.settings
        values: dict[str, Any] = {"megabytes": settings.query_megabytes, "seconds": settings.query_seconds}
        if self.panicked:
            _LOG.error("the engine failed in worker %d", self.pid)
            return Problem("engine-failed")
        if number in _REASONS:
            return Problem(_REASONS[signal.Signals(number)], **values)
        _LOG.error("worker %d ended with signal %d", self.pid, number)
        return Lost("memory-limit" if number == signal.SIGKILL else "worker-lost", **values)

    def _processor(self) -> float:
        """The processor time of its process; where the system has no clock for that, the time of day."""
        try:
            # Linux numbers the clocks of processes (clock_getcpuclockid): the number of the process inverted, then three bits; 2 in
            # these is CPUCLOCK_SCHED, the time that the scheduler gave it.
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return time.monotonic()

    def close(self) -> None:
        """Close the connection; an idle worker ends then."""
        self._transport.close()

    def abort(self) -> None:
        """Close the connection at once; `frame` raises ConnectionError."""
        self._transport.abort()
