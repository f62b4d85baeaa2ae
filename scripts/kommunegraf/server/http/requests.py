"""What is taken from every request: its head within the limits, its body within the limits, and whether its client is still there."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import Receive, Scope

from kommunegraf.server.http.answers import fields
from kommunegraf.server.http.clients import client_of
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings

_HOST = re.compile(r"(?:[A-Za-z0-9._~%!$&'()*+,;=-]{0,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?")
"""A host with or without a port (RFC 3986, section 3.2.2)."""
_SOON = 0.02
"""Seconds in which a query may still end whose client has gone away: stopping it costs a worker."""


class ClientGone(Exception):
    """The client has gone away before its request was complete; nobody waits for an answer."""


def client(scope: Scope) -> str:
    """The key that the client of a request is counted under."""
    return client_of(scope["client"][0]) if scope.get("client") else ""


def check_head(scope: Scope, settings: Settings) -> int:
    """The status with which a request is refused for the length of its address or headers; 0 if it is not.

    Raises Problem for its Host and for too many parameters.
    """
    most = settings.head_kilobytes << 10
    address = len(scope.get("raw_path", b"")) + len(scope.get("query_string", b""))
    if address > most:
        return 414
    if address + sum(len(name) + len(value) for name, value in scope["headers"]) > most:
        return 431
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) > 1 or (not hosts and scope.get("http_version") == "1.1"):
        raise Problem("wrong-host")
    if not _HOST.fullmatch(fields(scope).get("host", "")):
        raise Problem("wrong-host")
    if scope.get("query_string", b"").count(b"&") >= settings.parameters:
        raise Problem("wrong-parameters", message=f"a request has at most {settings.parameters} parameters")
    return 0


class Bodies:
    """Reads the bodies of requests. What they take together, for each client and for all, is limited until they are answered."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._total = 0
        self._clients: Counter[str] = Counter()

    @asynccontextmanager
    async def read(self, scope: Scope, receive: Receive) -> AsyncIterator[bytes]:
        """The body of a request, which counts until the end of the block.

        Raises Problem when it is too large or too slow, and ClientGone.
        """
        headers, data, owner = fields(scope), bytearray(), client(scope)
        length = headers.get("content-length", "")
        if length in ("", "0") and "transfer-encoding" not in headers:
            yield b""
            return
        self._check(int(length[:20]) if length.isdecimal() else 0)
        try:
            async with asyncio.timeout(self._settings.body_seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGone
                    piece = message.get("body", b"")
                    self._take(owner, len(piece))
                    data += piece
                    self._check(len(data))
                    more = message.get("more_body", False)
        except BaseException as error:
            self._give_back(owner, len(data))
            if isinstance(error, TimeoutError):
                raise Problem("request-late", seconds=self._settings.body_seconds) from error
            raise
        try:
            yield bytes(data)
        finally:
            self._give_back(owner, len(data))

    def _check(self, size: int) -> None:
        if size > self._settings.body_megabytes << 20:
            raise Problem("request-too-large", most=self._settings.body_megabytes)

    def _take(self, owner: str, size: int) -> None:
        if self._clients[owner] + size > self._settings.client_bodies_megabytes << 20:
            raise Problem("too-many-bodies", most=self._settings.client_bodies_megabytes)
        if self._total + size > self._settings.total_bodies_megabytes << 20:
            raise Problem("busy")
        self._clients[owner] += size
        self._total += size

    def _give_back(self, owner: str, size: int) -> None:
        self._total -= size
        self._clients[owner] -= size
        if not self._clients[owner]:
            del self._clients[owner]


async def while_present(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Do some work; when the client goes away and the work is not done soon after, cancel it quietly."""
    task = asyncio.current_task()
    leaving: list[asyncio.TimerHandle] = []

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        if task:
            leaving.append(asyncio.get_running_loop().call_later(_SOON, task.cancel))

    watching = asyncio.create_task(watch())
    try:
        await work
    except asyncio.CancelledError:
        if not leaving or (task and task.uncancel()):
            raise
    finally:
        watching.cancel()
        for timer in leaving:
            timer.cancel()
