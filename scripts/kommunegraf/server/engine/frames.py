"""What the server and its workers say to each other: a job goes as a line of JSON, its answer comes in frames.

A frame is a letter, a length, and that many bytes: `H` the head of the answer, `D` some of its bytes, `E` its end, `F` the failure that
ended it. The server trusts no worker: nothing that comes from one is more than JSON and bytes.
"""

import json
import struct
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, NamedTuple

FRAME = struct.Struct("!cI")
"""The letter and the length of a frame."""
NUMBER = struct.Struct("!I")
"""What a worker says first: the number of its process."""


@dataclass(frozen=True)
class Job:
    """A query to run, its dataset, the base of its relative IRIs, and the media types in which the client takes its answer.

    `rows` is for an answer of rows or yes and no, `graph` for one of triples; empty if the client accepts none of the available types.
    """

    query: str
    rows: str
    graph: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    base: str | None = None

    def line(self) -> bytes:
        """The job as a line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Job":
        """The job of a line."""
        fields = json.loads(line)
        return cls(**{**fields, "default": tuple(fields["default"]), "named": tuple(fields["named"])})


class Head(NamedTuple):
    """What an answer is: its media type, whether it is rows and not a graph, and whether it is the same again on the same data."""

    media: str
    rows: bool
    repeatable: bool


class Failure(NamedTuple):
    """Why there is no answer: the name of a problem, and the values of its text."""

    problem: str
    values: dict[str, Any]


@lru_cache(maxsize=64)
def head(media: str, rows: bool, repeatable: bool) -> bytes:
    """The head of an answer as bytes; the same few come again and again."""
    return json.dumps((media, rows, repeatable)).encode()


@lru_cache(maxsize=64)
def read_head(body: bytes) -> Head:
    """The head of an answer."""
    media, rows, repeatable = json.loads(body)
    return Head(str(media), bool(rows), bool(repeatable))


def failure(problem: str, values: dict[str, Any]) -> bytes:
    """A failure as bytes."""
    return json.dumps((problem, values)).encode()


def read_failure(body: bytes) -> Failure:
    """A failure."""
    problem, values = json.loads(body)
    return Failure(str(problem), dict(values))
