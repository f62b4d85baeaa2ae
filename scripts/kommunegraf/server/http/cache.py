"""Answers that are ready to be sent again while the data stays the same: those used last, up to a number of bytes."""

from collections import OrderedDict
from collections.abc import Hashable

from kommunegraf.server.http.answers import Answer

_OVERHEAD = 1000
"""Bytes that an answer takes beside its body: objects, headers, its place here."""


class Cache:
    """At most `size` bytes of answers, each at most `largest` bytes."""

    def __init__(self, size: int, largest: int) -> None:
        self._size = size
        self._largest = largest
        self._used = 0
        self._answers: OrderedDict[Hashable, tuple[Answer, int]] = OrderedDict()

    def get(self, key: Hashable) -> Answer | None:
        """The answer of a key; None if it is not here."""
        if entry := self._answers.get(key):
            self._answers.move_to_end(key)
            return entry[0]
        return None

    def put(self, key: Hashable, answer: Answer, key_bytes: int) -> None:
        """Add an answer unless it is too large, and drop those used longest ago. `key_bytes` is what the key takes."""
        cost = answer.size + key_bytes + _OVERHEAD
        if key in self._answers or len(answer.body) > self._largest or cost > self._size:
            return
        self._answers[key] = answer, cost
        self._used += cost
        while self._used > self._size:
            self._used -= self._answers.popitem(last=False)[1][1]
