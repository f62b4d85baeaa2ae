"""What an operator can set: each has a default, an environment variable `KOMMUNEGRAF_NAME`, and a flag of `serve`."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from kommunegraf.errors import KommunegrafError


class BadSetting(KommunegrafError, ValueError):
    """A setting whose value cannot be used. The message names it and what it takes."""


@dataclass(frozen=True)
class Settings:
    """How the server listens, and what it grants its clients. Times are in seconds, sizes in mebibytes."""

    host: str = "127.0.0.1"
    port: int = 8000
    public: str = ""
    """The address under which clients see the server, such as `https://example.org/`; empty where it is the one they ask."""
    endpoint: str = ""
    """The SPARQL endpoint that answers the queries; empty where the server's own workers do."""
    proxies: str = "127.0.0.1"
    """The addresses, separated by commas, whose word on a client's own address (X-Forwarded-For) is taken."""
    timeout: float = 10.0
    """How long a query may take, from its request to the last byte of its answer."""
    short: float = 0.5
    """How long a query may keep a quick place; after that it needs one of the slow ones."""
    workers: int = 1 + (os.cpu_count() or 1)
    """Quick places: how many queries run at once in their first moments. One client has all but one of them at most."""
    slow: int = 2
    """Slow places: how many long queries run at once. One client has half of them at most."""
    per_client: int = 32
    """How many queries of one client may be under way or waiting."""
    waiting: int = 512
    """How many queries of all clients together may be under way or waiting."""
    memory: int = 1024
    """What one query may need beside the graph."""
    request: int = 1
    """The longest body of a request."""
    result: int = 64
    """The longest answer."""
    cache: int = 64
    """What all kept answers together may need."""

    def __post_init__(self) -> None:
        for name in ("timeout", "short", "workers", "slow", "per_client", "waiting", "memory", "request", "result"):
            if not 0 < getattr(self, name) < math.inf:
                raise BadSetting(f"{name} is a number above 0, not {getattr(self, name)}")
        if self.cache < 0:
            raise BadSetting(f"cache is a number from 0, not {self.cache}")
        if not 0 <= self.port <= 65535:
            raise BadSetting(f"port is a number from 0 to 65535, not {self.port}")
        for name in ("public", "endpoint"):
            if (value := getattr(self, name)) and not value.startswith(("http://", "https://")):
                raise BadSetting(f"{name} is an http or https address, not {value!r}")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **flags: Any) -> "Settings":
        """The defaults, changed by variables such as KOMMUNEGRAF_TIMEOUT, and these by flags that are not None. Raises BadSetting."""
        given = {field.name: environment.get(f"KOMMUNEGRAF_{field.name.upper()}") for field in fields(cls)}
        kinds = {field.name: type(field.default) for field in fields(cls)}
        values = {name: _read(kinds[name], name, value) for name, value in given.items() if value is not None}
        return cls(**values | {name: flag for name, flag in flags.items() if flag is not None})


def _read(kind: Any, name: str, value: str) -> Any:
    try:
        return kind(value.strip())
    except ValueError as error:
        wanted = "a whole number" if kind is int else "a number"
        raise BadSetting(f"KOMMUNEGRAF_{name.upper()} is {wanted}, not {value!r}") from error
