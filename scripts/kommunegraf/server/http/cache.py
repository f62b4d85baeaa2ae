"""Answers that are kept while the data stays the same, the latest used, up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

Header = tuple[bytes, bytes]
LARGEST = 1 << 18
"""Bytes of the largest answer that is kept."""


class Answer(NamedTuple):
    """An answer that is ready to be sent, and what the access log says of it."""

    headers: list[Header]
    body: bytes
    query: str
    rows: int | None


class Cache:
    """At most `size` bytes of answers."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._kept: OrderedDict[Hashable, tuple[Answer, int]] = OrderedDict()

    def get(self, key: Hashable) -> Answer | None:
        """The answer to a request, where it is kept."""
        if found := self._kept.get(key):
            self._kept.move_to_end(key)
            return found[0]
        return None

    def put(self, key: Hashable, answer: Answer, cost: int) -> None:
        """Keep an answer, where it is not too large; `cost` is what its key needs, in bytes. The answers used longest ago go."""
        cost += len(answer.body) + 1000
        if cost > LARGEST or key in self._kept:
            return
        self._kept[key] = answer, cost
        self._used += cost
        while self._used > self._size:
            self._used -= self._kept.popitem(last=False)[1][1]
