"""Who may run a query now: quick places, slow places, and turns that go round the clients."""

import asyncio
import ipaddress
from collections import Counter, OrderedDict, deque

from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings


def client_of(address: str) -> str:
    """By what a client is counted: its IPv4 address, or the network of its IPv6 address, as a client has a whole /64 of them."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


class Ticket:
    """A client's right to run one query, until it leaves. It begins in a quick place and may move to a slow one, once."""

    def __init__(self, gate: "Gate", client: str) -> None:
        self._gate = gate
        self._client = client
        self._place = "quick"

    def slow(self) -> bool:
        """Move to a slow place, so that the quick one is free for others. False where none is free for this client."""
        if not self._gate.enter_slow(self._client):
            return False
        self._place = "slow"
        self._gate.leave_quick(self._client)
        return True

    def leave(self) -> None:
        """The query has ended, one way or another. To leave twice is to leave once."""
        if self._place:
            self._gate.left(self._client, self._place)
        self._place = ""


class Gate:
    """The places for queries. Clients wait in turn, one query of each at a time, so that none waits behind another's many.

    A client has all quick places but one at most, so that another client finds one free, and half of the slow places.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free = settings.workers
        self._share = max(1, settings.workers - 1)
        self._quick: Counter[str] = Counter()
        self._slow: Counter[str] = Counter()
        self._under_way: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def crowded(self) -> bool:
        """Whether somebody waits."""
        return bool(self._queues)

    async def enter(self, client: str) -> Ticket:
        """A quick place, when it is the client's turn. Raises Problem when the client or all together have too many under way."""
        most = self._settings.per_client
        if self._under_way[client] >= most:
            raise Problem("too-many-requests", most=most)
        if self._under_way.total() >= self._settings.waiting:
            raise Problem("busy")
        self._under_way[client] += 1
        if self._free and self._quick[client] < self._share:
            self._take(client)
        else:
            await self._turn(client)
        return Ticket(self, client)

    async def _turn(self, client: str) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._queues.setdefault(client, deque()).append(turn)
        waiting = loop.call_later(self._settings.timeout, _give_up, turn)
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
        """A quick place became free: it goes to the client whose turn it is, of those that have not their share."""
        self._free += 1
        _less(self._quick, client)
        for waiting in list(self._queues):
            if not self._free:
                return
            if self._quick[waiting] < self._share:
                self._next_of(waiting)

    def _next_of(self, client: str) -> None:
        """The first that waits of a client's queries takes a place; the client's next turn comes after all others'."""
        queue = self._queues.pop(client)
        turn = queue.popleft()
        while turn.done() and queue:  # who waited there has gone in this moment
            turn = queue.popleft()
        if queue:
            self._queues[client] = queue
        if not turn.done():
            self._take(client)
            turn.set_result(None)

    def enter_slow(self, client: str) -> bool:
        """Take a slow place, where there is one for this client."""
        share = max(1, self._settings.slow // 2)
        if self._slow.total() >= self._settings.slow or self._slow[client] >= share:
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
