"""What a request asks of a SPARQL endpoint (SPARQL 1.1 Protocol, section 2.1)."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.types import Scope

from kommunegraf.rdf.formats import GRAPHS, HTML, TABLES
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.sparql import media

METHODS = "GET, HEAD, OPTIONS, POST"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
_BLANK = ("default-graph-uri", "named-graph-uri")
"""Parameters that forms, such as Virtuoso's, send without a value; that is as if they were not there."""
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")


@dataclass(frozen=True)
class QueryRequest:
    """A query with its dataset and the media types in which the client takes rows and graphs.

    `page` says whether the address asks for a page or for a format of programs; None if it leaves that to Accept.
    """

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    accepted: tuple[str, str]
    page: bool | None


def read(scope: Scope, headers: dict[str, str], content: bytes, parameters: int) -> QueryRequest | None:
    """The query of a request with at most so many parameters; None for a GET without query and dataset. Raises Problem."""
    pairs = pairs_of(scope["query_string"], parameters)
    if scope["method"] == "POST":
        pairs += _posted(headers.get("content-type", ""), content, parameters)
    fields = {name: [v for n, v in pairs if n == name] for name in ("query", "update", "default-graph-uri", "named-graph-uri")}
    if fields["update"]:
        raise Problem("query-and-update" if fields["query"] else "read-only")
    if len(fields["query"]) > 1:
        raise Problem("doubled-parameter", name="query", count=len(fields["query"]))
    fields |= {name: [value for value in fields[name] if value] for name in _BLANK}
    accepted, page = _formats(pairs, headers.get("accept"))
    if not fields["query"]:
        if scope["method"] == "POST" or fields["default-graph-uri"] or fields["named-graph-uri"]:
            raise Problem("missing-query")
        return None
    default, named = (_graphs(name, fields[name]) for name in ("default-graph-uri", "named-graph-uri"))
    return QueryRequest(fields["query"][0], default, named, accepted, page)


def query_hash(query: str) -> str:
    """A hash that identifies the query in the access log, which never stores query text."""
    return hashlib.sha256(query.encode()).hexdigest()[:16]


def address(scope: Scope, host: str, public: str) -> str:
    """The address that the client asked, without its query string; below the public address if one is set."""
    path: str = scope["path"]
    if public:
        return public.rstrip("/") + path.removeprefix(scope.get("root_path", ""))
    return f"{scope['scheme']!s}://{host or 'localhost'}{path}"


def pairs_of(data: bytes, parameters: int) -> list[tuple[str, str]]:
    """The parameters in a query string or a form, at most so many. Raises Problem."""
    try:
        return parse_qsl(data.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=parameters)
    except UnicodeDecodeError as error:
        raise Problem("wrong-encoding") from error
    except ValueError as error:
        raise Problem("wrong-parameters", message=str(error)) from error


def _posted(content_type: str, content: bytes, parameters: int) -> list[tuple[str, str]]:
    """The parameters in the content of a request, of either kind (sections 2.1.2 and 2.1.3)."""
    media_type, _, options = content_type.lower().partition(";")
    charset = re.search(r'charset\s*=\s*"?([^\s;"]+)', options)
    if charset and charset[1] not in ("utf-8", "utf8", "us-ascii"):
        raise Problem("wrong-media-type", value=content_type[:100])
    if media_type.strip() == FORM:
        return pairs_of(content, parameters)
    if media_type.strip() == "application/sparql-update":
        raise Problem("read-only")
    if media_type.strip() != QUERY:
        raise Problem("wrong-media-type", value=content_type[:100])
    try:
        return [("query", content.decode("utf-8"))]
    except UnicodeDecodeError as error:
        raise Problem("wrong-encoding") from error


def _formats(pairs: list[tuple[str, str]], accept: str | None) -> tuple[tuple[str, str], bool | None]:
    """The media types for rows and graphs, and whether a page is asked for. SPARQLWrapper names one format in several ways at once."""
    names = [value for name, value in pairs if name in ("format", "output") and value]
    if not names:
        return media.accepted(accept), None
    if all(name.strip().lower() in (HTML.name, HTML.media) for name in names):
        return media.accepted(None), True
    formats = {format for name in names if (format := media.named(name))}
    if not formats:
        raise Problem("not-acceptable", formats=", ".join(f.name for f in (*TABLES, *GRAPHS)))
    if len(formats) > 1:
        raise Problem("doubled-parameter", name="format", count=len(names))
    return formats.pop(), False


def _graphs(parameter: str, values: list[str]) -> tuple[str, ...]:
    for value in values:
        if not _ABSOLUTE.fullmatch(value):
            raise Problem("wrong-graph", name=parameter, value=value[:200])
    return tuple(values)
