"""What an operator can set: each setting has a default, an environment variable `KOMMUNEGRAF_NAME` and, for some, a flag of `serve`.

All limits that an operator can set stand here. The name of a limit says what is counted: seconds, kilobytes (1,024 bytes), megabytes
(1,048,576 bytes), or things such as rows and connections. `docs/operating.md` explains each;
tests/server/test_edges.py reaches each at its edge.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any

from kommunegraf.errors import KommunegrafError


class BadSetting(KommunegrafError):
    """A setting whose value cannot be used. The message names it and the values that it takes."""


def _limit(default: float, least: float, most: float) -> Any:
    """A number with the range of its values, which `Settings` checks."""
    return field(default=default, metadata={"least": least, "most": most})


@dataclass(frozen=True)
class Settings:
    """Where the server listens, and the limits that it sets its clients, its queries and itself."""

    host: str = "127.0.0.1"
    port: int = _limit(8000, 0, 65535)
    public: str = ""
    """The address under which clients see the server, such as `https://example.org/`; empty if it is the one they ask."""
    endpoint: str = ""
    """The SPARQL endpoint that answers the queries; empty if the server's own workers do."""
    proxies: str = "127.0.0.1"
    """Addresses, separated by commas, of proxies that are trusted to give a client's own address in X-Forwarded-For."""

    query_seconds: float = _limit(10.0, 0.1, 3600)
    """Time for a query, from its request to the last byte of its answer."""
    quick_seconds: float = _limit(0.5, 0.01, 3600)
    """Time in which a query may hold a quick place; after that it needs a slow one."""
    quick_queries: int = _limit(1 + (os.cpu_count() or 1), 1, 1000)
    """Quick places: queries that run at once in their first moments. One client has at most all but one of them."""
    slow_queries: int = _limit(2, 1, 1000)
    """Slow places: long queries that run at once. One client has at most half of them."""
    client_queries: int = _limit(32, 1, 100_000)
    """Queries of one client that run or wait."""
    total_queries: int = _limit(512, 1, 100_000)
    """Queries of all clients that run or wait."""
    query_megabytes: int = _limit(1024, 16, 1 << 20)
    """Memory for one query, beside the graph."""
    query_levels: int = _limit(200, 10, 1000)
    """Brackets inside brackets in a query."""

    connections: int = _limit(1000, 4, 1 << 20)
    """Connections of all clients; fewer if the system allows the process fewer open files."""
    client_connections: int = _limit(100, 1, 1 << 20)
    """Connections of one client; a trusted proxy is not counted, as it speaks for many."""
    idle_seconds: float = _limit(5, 1, 3600)
    """Time for which a connection stays open between two requests."""
    head_kilobytes: int = _limit(64, 1, 1024)
    """Size of a request's address and headers."""
    head_seconds: float = _limit(15, 0.1, 3600)
    """Time for a request's address and headers to come."""
    body_seconds: float = _limit(10, 0.1, 3600)
    """Time for a request's body to come."""
    body_megabytes: int = _limit(1, 1, 1024)
    """Size of a request's body."""
    client_bodies_megabytes: int = _limit(8, 1, 1 << 20)
    """Size of all bodies of one client that are coming or not answered yet."""
    total_bodies_megabytes: int = _limit(64, 1, 1 << 20)
    """Size of all bodies of all clients that are coming or not answered yet."""
    parameters: int = _limit(1000, 1, 100_000)
    """Parameters of a request."""
    write_seconds: float = _limit(20, 0.1, 3600)
    """Time in which a client that is being sent an answer must take 16 kilobytes of it."""

    answer_megabytes: int = _limit(64, 1, 1 << 20)
    """Size of an answer to a query."""
    page_megabytes: int = _limit(16, 1, 1024)
    """Size of an answer that is shown on a page; a larger one can only be downloaded."""
    page_rows: int = _limit(1000, 1, 100_000)
    """Rows of an answer that a page shows."""
    limit_rows: int = _limit(1_000_000, 1, 1_000_000_000)
    """The largest value of a question's parameter `limit`."""
    offset_rows: int = _limit(1_000_000_000, 1, 1_000_000_000_000)
    """The largest value of a question's parameter `offset`."""

    cached_answers_megabytes: int = _limit(64, 0, 1 << 20)
    """Memory for answers to queries that are ready to be sent again."""
    cached_answer_kilobytes: int = _limit(256, 0, 1 << 20)
    """Memory for one of these; a larger answer is not cached."""
    cached_documents_megabytes: int = _limit(64, 0, 1 << 20)
    """Memory for pages and data that are ready to be sent again."""
    load_seconds: float = _limit(300, 0.1, 86_400)
    """Time for loading the files."""
    load_megabytes: int = _limit(4096, 64, 1 << 20)
    """Memory for loading the files."""

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            least, most = one.metadata.get("least", 0), one.metadata.get("most", 0)
            if one.metadata and not least <= value <= most:  # also refuses NaN, which compares false
                raise BadSetting(f"{one.name} is a number from {least} to {most}, not {value}")
        for proxy in self.proxies.split(","):
            if proxy.strip() not in ("", "*") and not _is_network(proxy.strip()):
                raise BadSetting(f"proxies are addresses or networks with commas between them, or *, not {self.proxies!r}")
        for name in ("public", "endpoint"):
            if (value := getattr(self, name)) and not value.startswith(("http://", "https://")):
                raise BadSetting(f"{name} is an http or https address, not {value!r}")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **flags: Any) -> "Settings":
        """The defaults, replaced by variables such as KOMMUNEGRAF_QUERY_SECONDS, and these by flags that are not None.

        Raises BadSetting.
        """
        values: dict[str, Any] = {}
        for one in fields(cls):
            variable = f"KOMMUNEGRAF_{one.name.upper()}"
            if (text := environment.get(variable)) is not None:
                values[one.name] = _read(one, variable, text.strip())
        return cls(**values | {name: value for name, value in flags.items() if value is not None})


def _is_network(text: str) -> bool:
    try:
        return bool(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return False


def _read(setting: "Field[Any]", variable: str, text: str) -> Any:
    kind: Any = setting.type
    try:
        return kind(text)
    except ValueError as error:
        wanted = "a whole number" if kind is int else "a number"
        raise BadSetting(f"{variable} is {wanted}, not {text!r}") from error
