"""Connections as uvicorn keeps them, with bounds on the head of a request and on the time that it takes, and fewer writes."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

LONGEST_HEAD = 1 << 16
"""Bytes of a request's address and headers."""
PATIENCE = 15
"""Seconds from the first byte of a request's head to its last."""
_MOST = 1 << 16
"""Bytes that wait for the end of a turn of the event loop."""


class Connection(HttpToolsProtocol):
    """A connection that is closed when a request's head is too long or too slow."""

    _head = 0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A client has connected: its first request must come soon."""
        super().connection_made(transport)
        self.access_log = False  # uvicorn's own, which would tell what was asked
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request: those of its head are counted."""
        if self._waiting:
            self._head += len(data)
            if self._head > LONGEST_HEAD + len(data) and not self.transport.is_closing():
                return self._refuse(431)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if not self._waiting:
            self._wait()

    def on_url(self, url: bytes) -> None:
        """A part of its address."""
        super().on_url(url)
        if len(self.url) > LONGEST_HEAD:
            self._refuse(414)
            raise ValueError("the address is too long")

    def on_headers_complete(self) -> None:
        """The head is complete."""
        self._stop_waiting()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._head = 0
        self._waiting = self.loop.call_later(PATIENCE, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None

    def _refuse(self, status: int) -> None:
        if not self.transport.is_closing():
            self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()
