"""Clients: what they are counted by, and how many connections they may have."""

import ipaddress
import resource
from collections import Counter
from typing import Protocol

from kommunegraf.server.settings import Settings

_RESERVE = 24
"""Descriptors for files, the listening socket and the event loop."""


def client_of(address: str) -> str:
    """The key that a client's requests are counted under: its IPv4 address, or its IPv6 network, as a client has a whole /64."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address


class Waiting(Protocol):
    """A connection, as far as it is counted: since when it waits for its client, on the clock of the event loop; None if it works."""

    waiting_since: float | None

    def abort(self) -> None:
        """Close it at once."""


class Connections:
    """All open connections. When they are too many, one that waits for its client makes room for a new one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.most = most_connections(settings)
        self._open: dict[Waiting, str] = {}
        self._clients: Counter[str] = Counter()
        self._proxies = [_network(text.strip()) for text in settings.proxies.split(",") if text.strip()]

    def add(self, connection: Waiting, host: str) -> int:
        """Count a new connection. Returns 0, or the status with which it is refused."""
        client = "" if self._is_proxy(host) else client_of(host)
        if client and self._clients[client] >= self.settings.client_connections:
            return 429
        if len(self._open) >= self.most and not self._make_room():
            return 503
        self._open[connection] = client
        self._clients[client] += 1
        return 0

    def remove(self, connection: Waiting) -> None:
        """A connection is closed."""
        if (client := self._open.pop(connection, None)) is not None:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    def _make_room(self) -> bool:
        """Close the connection that has waited longest for its client; False if none waits."""
        waiting = [one for one in self._open if one.waiting_since is not None]
        if not waiting:
            return False
        longest = min(waiting, key=lambda one: one.waiting_since or 0.0)
        self.remove(longest)
        longest.abort()
        return True

    def _is_proxy(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return any(proxy is None or address in proxy for proxy in self._proxies)


def most_connections(settings: Settings) -> int:
    """How many connections there may be: what the settings say, or fewer if the system allows the process fewer open files."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return settings.connections
    workers = settings.quick_queries + settings.slow_queries + 1
    return max(1, min(settings.connections, files - _RESERVE - 2 * workers))  # twice, as a reload runs old and new ones beside each other


def _network(text: str) -> "ipaddress.IPv4Network | ipaddress.IPv6Network | None":
    """A trusted address or network; None for `*`, which is all of them."""
    return None if text == "*" else ipaddress.ip_network(text, strict=False)
