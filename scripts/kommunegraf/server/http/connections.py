"""Connections as uvicorn keeps them, with bounds on the head of a request and on the time that it takes, and fewer writes."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

LONGEST_HEAD = 1 << 16
"""Bytes of a request's address and headers."""
PATIENCE = 15
"""Seconds from the first byte of a request's head to its last."""


class Connection(HttpToolsProtocol):
    """A connection that is closed when a request's head is too long or too slow. `scope["state"]["gone"]` is a future: that it is lost."""

    _head = 0
    _waiting: asyncio.TimerHandle | None = None
    _within = True
    """Whether the head of a request is awaited; between two requests it is not."""

    def connection_made(self, transport: Any) -> None:
        """A client has connected: its first request must come soon."""
        super().connection_made(transport)
        self.access_log = False  # uvicorn's own, which would tell what was asked
        self._joining = Joining(transport)
        self._gone: asyncio.Future[None] = self.loop.create_future()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop_waiting()
        super().connection_lost(exc)
        self._gone.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request: those of its head are counted."""
        if self._waiting:
            self._head += len(data)
            if self._head > LONGEST_HEAD + len(data) and not self.transport.is_closing():
                return self._refuse(431)
        super().data_received(data)
        if self._within and not self._waiting:
            self._wait()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._within = True

    def on_url(self, url: bytes) -> None:
        """A part of its address."""
        super().on_url(url)
        if len(self.url) > LONGEST_HEAD:
            self._refuse(414)
            raise ValueError("the address is too long")

    def on_headers_complete(self) -> None:
        """The head is complete."""
        self._within = False
        self._stop_waiting()
        super().on_headers_complete()
        self.scope["state"]["gone"] = self._gone
        self.cycle.transport = self._joining  # type: ignore[assignment]

    def on_message_complete(self) -> None:
        """The request is complete: nothing is read any more but the next one, or that the client goes away."""
        super().on_message_complete()
        if not self.pipeline:
            self.flow.resume_reading()

    def on_response_complete(self) -> None:
        """The answer is complete."""
        self._joining.flush()
        super().on_response_complete()

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


class Joining:
    """What an answer is written to: its head waits for the first bytes of its body, so that both go out at once."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self._begun = False
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """The head of an answer first, then its body in pieces."""
        if self._begun or data.startswith(STATUS_LINE[100][:-2]):
            self._transport.write(self._head + data)
            self._head = b""
        else:
            self._head, self._begun = data, True

    def flush(self) -> None:
        """The answer ends."""
        if self._head:
            self._transport.write(self._head)
        self._head, self._begun = b"", False

    def close(self) -> None:
        """The answer ends, and the connection with it."""
        self.flush()
        self._transport.close()
