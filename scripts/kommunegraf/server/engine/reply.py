"""One query from its start to its end: it moves to a slow place, runs out of time, grows too large, or is answered."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from kommunegraf.server.engine.turns import Gate, Ticket
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

_AGAIN = 0.1
"""Seconds after which a long query that found no slow place looks again."""


@dataclass(frozen=True)
class Order:
    """A query to run, its dataset, the base of its relative IRIs, and the media types in which the client takes its answer.

    `rows` is for an answer of rows or yes and no, `graph` for one of triples; empty where the client takes none that there is.
    """

    query: str
    rows: str
    graph: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    base: str | None = None


class Source(Protocol):
    """What runs one query at a time: a worker, or a request to an endpoint."""

    async def start(self, order: Order) -> None:
        """Begin. Raises Problem or ConnectionError."""

    async def frame(self) -> tuple[bytes, bytes]:
        """The next frame: `H`, `D`, `E` or `F`, as `worker` tells. Raises Problem or ConnectionError."""

    def spent(self) -> float:
        """Seconds of processor time that the query has had."""

    def slower(self) -> None:
        """Let others go first."""

    def stop(self) -> None:
        """End the query by force; `frame` then raises ConnectionError."""

    def release(self) -> None:
        """The query was answered to its end."""

    async def why(self) -> Problem:
        """Why it ended, when nobody stopped it."""


class Reply:
    """An answer under way. Its bytes come once, by `piece`, `chunks` or `read`; who does not read to the end calls `close`.

    `version` is that of the data it comes from, `media` its media type, `is_rows` whether it is rows and not a graph, `repeatable` whether
    it would be the same again on the same data, and `rows` how many there were, where that is known at its end.
    """

    def __init__(self, settings: Settings, gate: Gate, ticket: Ticket, source: Source, order: Order, started: float) -> None:
        self.version = ""
        self.media = ""
        self.is_rows = True
        self.repeatable = False
        self.rows: int | None = None
        self._settings = settings
        self._gate = gate
        self._ticket = ticket
        self._source = source
        self._order = order
        self._reason: Problem | None = None
        self._ended = False
        self._size = 0
        self._expires = started + settings.timeout
        self._wait(settings.short)

    async def begin(self) -> "Reply":
        """Run the query until its answer begins. Raises Problem."""
        try:
            await self._source.start(self._order)
            told = _read(await self._frame(b"H"))
            self.media, self.is_rows, self.repeatable = told["media"], told["rows"], told["repeatable"]
        except ConnectionError as error:
            raise await self._end() from error
        except BaseException:
            self.close()
            raise
        return self

    async def piece(self) -> bytes:
        """The next bytes of the answer; none at its end. Raises Problem when it breaks off."""
        try:
            data = await self._frame(b"D")
            self._size += len(data)
            if self._size > self._settings.result << 20:
                self._stop(Problem("result-too-large", most=self._settings.result))
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
        """Stop the query where it still runs, and give its place back."""
        if not self._ended:
            self._leave()
            self._source.stop()

    async def _frame(self, wanted: bytes) -> bytes:
        if self._reason:
            raise ConnectionError
        letter, body = await self._source.frame()
        if letter == b"F":
            self._end_well()
            told = json.loads(body)
            raise Problem(told["problem"], memory=self._settings.memory, **told["values"])
        if letter == b"E":
            self.rows = _read(body)["rows"]
        return body if letter == wanted else b""

    def _move(self) -> None:
        """The query has had its short time. One that has waited for the processor and not run yet keeps its place a little longer."""
        if self._size or self._source.spent() >= self._settings.short / 2:
            self._source.slower()
            if self._ticket.slow():
                return self._wait(self._settings.timeout)
            if self._gate.crowded:
                return self._stop(Problem("slow-lane-full", short=self._settings.short))
        self._wait(_AGAIN)

    def _expire(self) -> None:
        self._stop(Problem("time-limit", timeout=self._settings.timeout))

    def _wait(self, seconds: float) -> None:
        """Look at the query again after some seconds, or end it then, when its time is over by that time."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        if begin + seconds < self._expires:
            self._timer = loop.call_at(begin + seconds, self._move)
        else:
            self._timer = loop.call_at(self._expires, self._expire)

    def _stop(self, reason: Problem) -> None:
        self._reason = reason
        self._source.stop()

    async def _end(self) -> Problem:
        reason = self._reason or await self._source.why()
        self.close()
        return reason

    def _end_well(self) -> None:
        self._leave()
        self._source.release()

    def _leave(self) -> None:
        self._ended = True
        self._timer.cancel()
        self._ticket.leave()


async def run(settings: Settings, gate: Gate, client: str, take: Callable[[], Awaitable[Source]], order: Order) -> Reply:
    """Wait for the client's turn, take a source, and run a query until its answer begins. Raises Problem."""
    started = asyncio.get_running_loop().time()
    ticket = await gate.enter(client)
    try:
        source = await take()
        reply = Reply(settings, gate, ticket, source, order, started)
    except BaseException:
        ticket.leave()
        raise
    return await reply.begin()


@lru_cache(maxsize=1024)
def _read(told: bytes) -> dict[str, Any]:
    """What a frame tells; the same few come again and again."""
    found: dict[str, Any] = json.loads(told)
    return found
