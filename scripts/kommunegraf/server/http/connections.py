"""A connection, and what a slow, long-winded or stalled client may cost.

`Connection` stands between a socket and uvicorn's own protocol. It uses only what asyncio promises of a protocol and a transport, so
that nothing here leans on the inside of uvicorn. The application says when a request begins and ends (see middleware.Guard).
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kommunegraf.server.http.clients import Connections

_AHEAD = 1 << 16
"""Bytes of a body that uvicorn takes before the application asks for them; they may come with the head."""
_PROGRESS = 16 << 10
"""Bytes that a client must take within `write_seconds`."""
_JOINED = 1 << 16
"""Bytes that are collected for one write."""
_LINES = {
    414: b"414 URI Too Long", 429: b"429 Too Many Requests", 431: b"431 Request Header Fields Too Large", 503: b"503 Service Unavailable",
}


class Connection(asyncio.Protocol):
    """One connection. It is closed when a request's head is too long or too slow, or when its client stops reading.

    `waiting_since` is the time since which it waits for its client, on the clock of the event loop; None while it works for the client.
    """

    def __init__(
        self, connections: Connections, config: Any, server_state: Any, app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.waiting_since: float | None = None
        self._connections = connections
        self._settings = connections.settings
        self._loop = _loop or asyncio.get_running_loop()
        self._uvicorn = HttpToolsProtocol(config, server_state, {**app_state, "connection": self}, _loop)
        self._busy = False
        self._received = 0
        """Bytes of the head that is coming."""
        self._line_complete = False
        self._counted = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A client has connected: its first request must come soon."""
        self._transport = transport
        peer = transport.get_extra_info("peername")
        if status := self._connections.add(self, peer[0] if isinstance(peer, tuple) else ""):
            return self._refuse(status)
        self._counted = True
        self._writer = _Writer(transport, self._loop, self._watch_closing)
        self._uvicorn.connection_made(self._writer)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop(self._head_timer)
        self._stop(self._write_timer)
        self._connections.remove(self)
        if self._counted:
            self._uvicorn.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request; those of its head are counted."""
        if not self._counted or self._transport.is_closing():
            return
        if not self._busy:
            # Whether the last bytes completed the head is known only when the application has begun. So all but these are counted.
            if self._received > (self._settings.head_kilobytes << 10) + _AHEAD:
                return self._refuse(431 if self._line_complete else 414)
            self._received += len(data)
            self._line_complete |= b"\n" in data
            if self._head_timer is None:
                self._await_head()
        self._uvicorn.data_received(data)

    def eof_received(self) -> None:
        """The client sends no more."""
        if self._counted:
            self._uvicorn.eof_received()

    def pause_writing(self) -> None:
        """The client reads more slowly than the answer is made."""
        self._uvicorn.pause_writing()
        self._watch_writing()

    def resume_writing(self) -> None:
        """The client has read what it was sent."""
        self._stop(self._write_timer)
        self._write_timer = self.waiting_since = None
        self._uvicorn.resume_writing()

    def begin(self) -> None:
        """The application begins to work on a request."""
        self._busy = True
        self._stop(self._head_timer)
        self._head_timer = self.waiting_since = None

    def end(self) -> None:
        """The application has answered it."""
        self._busy = self._line_complete = False
        self._received = 0
        if self._write_timer is None:
            self.waiting_since = self._loop.time()

    def abort(self) -> None:
        """Close it at once; what the client has not read is lost."""
        self._transport.abort()

    def _await_head(self) -> None:
        self.waiting_since = self._loop.time()
        self._head_timer = self._loop.call_later(self._settings.head_seconds, self._transport.close)

    def _watch_closing(self) -> None:
        """It was closed, but stays open until the client has read what it was sent."""
        if self._transport.get_write_buffer_size() and self._write_timer is None:
            self._watch_writing()

    def _watch_writing(self) -> None:
        self._stop(self._write_timer)
        self.waiting_since = self.waiting_since or self._loop.time()
        self._unread = self._transport.get_write_buffer_size()
        self._write_timer = self._loop.call_later(self._settings.write_seconds, self._check_progress)

    def _check_progress(self) -> None:
        """After `write_seconds`: a client that has read too little is cut off."""
        if self._transport.get_write_buffer_size() > max(0, self._unread - _PROGRESS):
            self._transport.abort()
        else:
            self._watch_writing()

    def _refuse(self, status: int) -> None:
        if not self._transport.is_closing():
            retry = b"retry-after: 5\r\n" if status in (429, 503) else b""
            self._transport.write(b"HTTP/1.1 " + _LINES[status] + b"\r\n" + retry + b"content-length: 0\r\nconnection: close\r\n\r\n")
            self._transport.close()

    def _stop(self, timer: asyncio.TimerHandle | None) -> None:
        if timer:
            timer.cancel()


class _Writer(asyncio.Transport):
    """The transport as uvicorn sees it. What it writes in one turn of the event loop goes out at once: the head with the body."""

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop, closed: Any) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._closed = closed
        self._pieces: list[bytes] = []
        self._size = 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the transport says of the connection, such as its addresses."""
        return self._transport.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Whether it is closed, or will be."""
        return bool(self._transport.is_closing())

    def pause_reading(self) -> None:
        """Read no more for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()

    def write(self, data: Any) -> None:
        """Write at the end of this turn, or at once when there is much."""
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)
        self._size += len(data)
        if self._size > _JOINED:
            self._flush()

    def close(self) -> None:
        """Write what is left, and close."""
        self._flush()
        self._transport.close()
        self._closed()

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        size, self._size = self._size, 0
        if not pieces or self._transport.is_closing():
            return
        if size > _JOINED:
            self._transport.writelines(pieces)  # a large body is not copied: it may be one of the cache, sent to many
        else:
            self._transport.write(b"".join(pieces))
