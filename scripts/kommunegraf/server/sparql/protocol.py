"""What a request asks of a SPARQL endpoint (SPARQL 1.1 Protocol, section 2.1)."""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from kommunegraf.rdf.formats import GRAPHS, TABLES
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.sparql import media

METHODS = "GET, HEAD, OPTIONS, POST"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
_FIELDS = 1000
_PATIENCE = 10
"""Seconds in which the content of a request must come."""
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_HOST = re.compile(r"[A-Za-z0-9._~\[\]:-]{1,255}")


@dataclass(frozen=True)
class AskedQuery:
    """A query as it was asked: its text, its dataset, and the media types in which the client takes rows and graphs.

    `named_format` says that these were given by name in the address, and not by Accept.
    """

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    accepted: tuple[str, str]
    named_format: bool


def headers(scope: Scope) -> dict[str, str]:
    """The headers of a request; one that is given several times is a list (RFC 9110, section 5.3)."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


async def body(receive: Receive, length: str, most: int) -> bytes:
    """The content of a request that says to have that length.

    Raises Problem for more than `most` mebibytes, TimeoutError when it does not come, ConnectionError when the client goes away.
    """
    if length.isdecimal() and int(length[:20]) > most << 20:
        raise Problem("request-too-large", most=most)
    data = bytearray()
    async with asyncio.timeout(_PATIENCE):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionError("the client went away")
            data += message.get("body", b"")
            if len(data) > most << 20:
                raise Problem("request-too-large", most=most)
            if not message.get("more_body"):
                return bytes(data)


def read(scope: Scope, headers: dict[str, str], content: bytes) -> AskedQuery | None:
    """The query of a request; None for a GET without query, default graph and named graph. Raises Problem."""
    pairs = _pairs(scope["query_string"])
    if scope["method"] == "POST":
        pairs += _posted(headers.get("content-type", ""), content)
    given = {name: [v for n, v in pairs if n == name] for name in ("query", "update", "default-graph-uri", "named-graph-uri")}
    if given["update"]:
        raise Problem("query-and-update" if given["query"] else "read-only")
    if len(given["query"]) > 1:
        raise Problem("doubled-parameter", name="query", count=len(given["query"]))
    accepted, by_name = _formats(pairs, headers.get("accept"))
    if not given["query"]:
        if scope["method"] == "POST" or given["default-graph-uri"] or given["named-graph-uri"]:
            raise Problem("missing-query")
        return None
    default, named = (_graphs(name, given[name]) for name in ("default-graph-uri", "named-graph-uri"))
    return AskedQuery(given["query"][0], default, named, accepted, by_name)


def name(query: str) -> str:
    """By what a query is known in the log, which has no texts."""
    return hashlib.sha256(query.encode()).hexdigest()[:16]


def address(scope: Scope, host: str, public: str) -> str:
    """The address at which the client asked, without its query string; at the public address where one is set."""
    path: str = scope["path"]
    if public:
        return public.rstrip("/") + path.removeprefix(scope.get("root_path", ""))
    return f"{scope['scheme']!s}://{host if _HOST.fullmatch(host) else 'localhost'}{path}"


def _pairs(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(data.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError as error:
        raise Problem("wrong-encoding") from error
    except ValueError as error:
        raise Problem("wrong-parameters", message=str(error)) from error


def _posted(content_type: str, content: bytes) -> list[tuple[str, str]]:
    """The parameters in the content of a request, of either kind (sections 2.1.2 and 2.1.3)."""
    media_type, _, parameters = content_type.lower().partition(";")
    charset = re.search(r'charset\s*=\s*"?([^\s;"]+)', parameters)
    if charset and charset[1] not in ("utf-8", "utf8", "us-ascii"):
        raise Problem("wrong-media-type", value=content_type[:100])
    if media_type.strip() == FORM:
        return _pairs(content)
    if media_type.strip() == "application/sparql-update":
        raise Problem("read-only")
    if media_type.strip() != QUERY:
        raise Problem("wrong-media-type", value=content_type[:100])
    try:
        return [("query", content.decode("utf-8"))]
    except UnicodeDecodeError as error:
        raise Problem("wrong-encoding") from error


def _formats(pairs: list[tuple[str, str]], accept: str | None) -> tuple[tuple[str, str], bool]:
    """The media types for rows and graphs, and whether they are named. SPARQLWrapper names one format in several ways at once."""
    names = [value for name, value in pairs if name in ("format", "output") and value]
    if not names:
        return media.accepted(accept), False
    known = {found for name in names if (found := media.named(name))}
    if not known:
        raise Problem("not-acceptable", formats=", ".join(f.name for f in (*TABLES, *GRAPHS)))
    if len(known) > 1:
        raise Problem("doubled-parameter", name="format", count=len(names))
    return known.pop(), True


def _graphs(parameter: str, values: list[str]) -> tuple[str, ...]:
    for value in values:
        if not _ABSOLUTE.fullmatch(value):
            raise Problem("wrong-graph", name=parameter, value=value[:200])
    return tuple(values)
