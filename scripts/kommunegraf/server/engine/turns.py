"""Which query may run now: quick places, slow places, and turns that go round the clients."""

import asyncio
from collections import Counter, OrderedDict, deque

from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings


class Ticket:
    """The right to run one query, until it leaves. It begins in a quick place and may move to a slow one, once.

    A watch has a ticket without a place (see `Gate.watch`): it waits for nobody, and nobody waits for it.
    """

    def __init__(self, gate: "Gate", client: str, place: str = "quick") -> None:
        self._gate = gate
        self._client = client
        self._place = place

    def slow(self) -> bool:
        """Move to a slow place, so that the quick one is free for others. False if none is free for this client."""
        if not self._place:
            return True
        if not self._gate.enter_slow(self._client):
            return False
        self._place = "slow"
        self._gate.leave_quick(self._client)
        return True

    def leave(self) -> None:
        """The query has ended, one way or another. Leaving twice is the same as leaving once."""
        if self._place:
            self._gate.left(self._client, self._place)
        self._place = ""


class Gate:
    """The places for queries. Clients take turns, one query each, so that none waits behind the many of another.

    A client has at most all quick places but one, so that another client finds one free, and at most half of the slow places.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free = settings.quick_queries
        self._share = max(1, settings.quick_queries - 1)
        self._quick: Counter[str] = Counter()
        self._slow: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def crowded(self) -> bool:
        """Whether a query waits."""
        return bool(self._queues)

    async def enter(self, client: str) -> Ticket:
        """A quick place, when it is the client's turn. Raises Problem if the client, or all clients together, have too many queries."""
        most = self._settings.client_queries
        if self._under_way[client] >= most:
            raise Problem("too-many-requests", most=most)
        if self._under_way.total() >= self._settings.total_queries:
            raise Problem("busy")
        self._under_way[client] += 1
        if self._free and self._quick[client] < self._share:
            self._take(client)
        else:
            await self._turn(client)
        return Ticket(self, client)

    def watch(self) -> Ticket:
        """A ticket for the server's own question whether queries are answered. The pool has a worker more than there are places."""
        return Ticket(self, "", "")

    async def _turn(self, client: str) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._queues.setdefault(client, deque()).append(turn)
        waiting = loop.call_later(self._settings.query_seconds, _give_up, turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled() and not turn.exception():
                self.leave_quick(client)
            elif (queue := self._queues.get(client)) and turn in queue:
                queue.remove(turn)
                if not queue:
                    del self._queues[client]
            self._end(client)
            raise
        finally:
            waiting.cancel()

    def _take(self, client: str) -> None:
        self._free -= 1
        self._quick[client] += 1

    def leave_quick(self, client: str) -> None:
        """A quick place became free: it goes to the client whose turn it is among those with less than their share."""
        self._free += 1
        _less(self._quick, client)
        for waiting in list(self._queues):
            if not self._free:
                return
            if self._quick[waiting] < self._share:
                self._next_of(waiting)

    def _next_of(self, client: str) -> None:
        """The first waiting query of a client takes a place; the client's next turn comes after those of all others."""
        queue = self._queues.pop(client)
        turn = queue.popleft()
        while turn.done() and queue:  # its client has gone in this moment
            turn = queue.popleft()
        if queue:
            self._queues[client] = queue
        if not turn.done():
            self._take(client)
            turn.set_result(None)

    def enter_slow(self, client: str) -> bool:
        """Take a slow place, if there is one for this client."""
        share = max(1, self._settings.slow_queries // 2)
        if self._slow.total() >= self._settings.slow_queries or self._slow[client] >= share:
            return False
        self._slow[client] += 1
        return True

    def left(self, client: str, place: str) -> None:
        """A query of a client has ended in a place."""
        self._end(client)
        if place == "slow":
            _less(self._slow, client)
        else:
            self.leave_quick(client)

    def _end(self, client: str) -> None:
        _less(self._under_way, client)


def _give_up(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(Problem("busy"))


def _less(counts: Counter[str], client: str) -> None:
    counts[client] -= 1
    if not counts[client]:
        del counts[client]
