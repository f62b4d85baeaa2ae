"""One query from its start to its end: it moves to a slow place, runs out of time, grows too large, or is answered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from kommunegraf.server.engine.frames import Head, Job, read_failure, read_head
from kommunegraf.server.engine.turns import Gate, Ticket
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

_AGAIN = 0.1
"""Seconds after which a long query that found no slow place tries again."""


class Lost(Problem):
    """A query has no answer because the process that ran it, or was to run it, is gone. Asking again may help."""


class Runner(Protocol):
    """What runs one query at a time: a worker, or a request to an endpoint."""

    async def start(self, job: Job) -> None:
        """Begin. Raises Problem or ConnectionError."""

    async def frame(self) -> tuple[bytes, bytes]:
        """The next frame: its letter (see `frames`) and its content. Raises Problem or ConnectionError."""

    def spent(self) -> float:
        """Seconds of processor time that the query has had."""

    def slower(self) -> None:
        """Let other queries go first."""

    def stop(self) -> None:
        """Stop the query; `frame` then raises ConnectionError."""

    def release(self) -> None:
        """The query was answered to its end."""

    async def why(self) -> Problem:
        """Why the query ended, if nobody stopped it."""


class Reply:
    """The answer to a query that runs. Read its bytes once, by `piece`, `chunks` or `read`; call `close` if you stop reading early.

    `version` is that of the data it comes from; `head` says what it is, from `begin` on.
    """

    head: Head

    def __init__(self, settings: Settings, gate: Gate, ticket: Ticket, runner: Runner, job: Job, started: float) -> None:
        self.version = ""
        self._settings = settings
        self._gate = gate
        self._ticket = ticket
        self._runner = runner
        self._job = job
        self._reason: Problem | None = None
        self._ended = False
        self._size = 0
        self._expires = started + settings.query_seconds
        self._wait(settings.quick_seconds)

    async def begin(self) -> "Reply":
        """Run the query until its answer begins. Raises Problem."""
        try:
            await self._runner.start(self._job)
            self.head = read_head(await self._frame(b"H"))
        except ConnectionError as error:
            raise await self._end() from error
        except BaseException:
            self.close()
            raise
        return self

    async def piece(self) -> bytes:
        """The next bytes of the answer; empty at its end. Raises Problem when it breaks off."""
        try:
            data = await self._frame(b"D")
            self._size += len(data)
            if self._size > self._settings.answer_megabytes << 20:
                self._stop(Problem("result-too-large", most=self._settings.answer_megabytes))
                raise ConnectionError
        except ConnectionError as error:
            raise await self._end() from error
        except BaseException:
            self.close()
            raise
        if not data:
            self._end_well()
        return data

    async def chunks(self) -> AsyncIterator[bytes]:
        """All pieces of the answer. Raises Problem when it breaks off."""
        while data := await self.piece():
            yield data

    async def read(self) -> bytes:
        """The whole answer. Raises Problem."""
        return b"".join([piece async for piece in self.chunks()])

    def close(self) -> None:
        """Stop the query if it still runs, and give its place back."""
        if not self._ended:
            self._leave()
            self._runner.stop()

    async def _frame(self, wanted: bytes) -> bytes:
        if self._reason:
            raise ConnectionError
        letter, body = await self._runner.frame()
        if letter == b"F":
            self._end_well()
            failure = read_failure(body)
            raise Problem(failure.problem, **{"megabytes": self._settings.query_megabytes, **failure.values})
        return body if letter == wanted else b""

    def _move(self) -> None:
        """The query has had its quick time. One that has waited for the processor and not run yet keeps its place a little longer."""
        if self._size or self._runner.spent() >= self._settings.quick_seconds / 2:
            self._runner.slower()
            if self._ticket.slow():
                return self._wait(self._settings.query_seconds)
            if self._gate.crowded:
                return self._stop(Problem("slow-lane-full", seconds=self._settings.quick_seconds))
        self._wait(_AGAIN)

    def _expire(self) -> None:
        self._stop(Problem("time-limit", seconds=self._settings.query_seconds))

    def _wait(self, seconds: float) -> None:
        """Look at the query again after some seconds, or stop it when its time is over by then."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        if begin + seconds < self._expires:
            self._timer = loop.call_at(begin + seconds, self._move)
        else:
            self._timer = loop.call_at(self._expires, self._expire)

    def _stop(self, reason: Problem) -> None:
        self._reason = reason
        self._runner.stop()

    async def _end(self) -> Problem:
        reason = self._reason or await self._runner.why()
        self.close()
        return reason

    def _end_well(self) -> None:
        self._leave()
        self._runner.release()

    def _leave(self) -> None:
        self._ended = True
        self._timer.cancel()
        self._ticket.leave()


async def run(
    settings: Settings, gate: Gate, ticket: Ticket, take: Callable[[], Awaitable[Runner]], job: Job, started: float,
) -> Reply:
    """Take a runner and run a query on it until its answer begins. `started` is when its time began. Raises Problem, and Lost."""
    try:
        runner = await take()
        reply = Reply(settings, gate, ticket, runner, job, started)
    except BaseException:
        ticket.leave()
        raise
    return await reply.begin()
