"""The kinds of triple stores that are known, as `engines.yaml` tells of them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kommunegraf.namespaces import based


@dataclass(frozen=True)
class Kind:
    """A kind of store, as `engines.yaml` tells it."""

    name: str
    server: str
    query: str
    update: str
    atomic: bool
    statements: int
    union: str
    bulk: str


UNKNOWN = Kind("unknown", "", "", "", atomic=False, statements=1000, union="make the default graph the union of the named graphs", bulk="")
"""A store of which nothing is known: small requests, and nothing promised of what readers see in between."""


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of stores that are known."""
    content: dict[str, dict[str, Any]] = yaml.safe_load(based((Path(__file__).parent / "engines.yaml").read_text("utf-8")))
    return tuple(Kind(name, **values) for name, values in content.items())


def kind_of(server: str, address: str) -> Kind:
    """The kind of the store that answers at an address with a Server header; UNKNOWN where neither tells."""
    named = next((kind for kind in kinds() if re.search(kind.server, server)), None)
    return named or next((kind for kind in kinds() if re.search(kind.query, address)), UNKNOWN)
