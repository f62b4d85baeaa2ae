"""How a query is sent to a SPARQL endpoint, and what must be true of its answer (SPARQL 1.1 Protocol).

SPARQLWrapper makes the request. The opener beneath it keeps the query when an endpoint redirects, and what is checked here is what
SPARQLWrapper leaves to its caller: that the answer is whole, bounded, and from a web address.
"""

import re
import socket
import warnings
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kommunegraf.errors import KommunegrafError
from kommunegraf.rdf.formats import JSON, NTRIPLES, RDFXML, TURTLE, XML

REDIRECTS = (301, 302, 303, 307, 308)
PARTIAL = ("x-sparql-maxrows", "x-sql-state")
"""Headers with which Virtuoso says, beside status 200, that a limit of rows or time cut its answer short."""
_LARGEST = 1 << 30
"""Bytes of an answer that are read."""
_MESSAGE = 2000
"""Bytes of an endpoint's own message that are read."""
_GRAPH_FORM = re.compile(r"(?<![\w:?$-])(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![\w:-])", re.IGNORECASE)
_HIDING = re.compile(r"<[^<>\s]*>|#[^\n]*")
"""Where the words of a query's form mean nothing: IRIs and comments."""
_ROWS = f"{JSON.media}, {XML.media};q=0.8"
_TRIPLES = f"{NTRIPLES.media}, {TURTLE.media};q=0.9, {RDFXML.media};q=0.5"


class EndpointError(KommunegrafError):
    """An endpoint that did not answer as it should. The message names its address."""


class EndpointAnswer(NamedTuple):
    """The body of an answer, without a byte order mark, its media type, and what the endpoint calls itself (the header Server)."""

    body: bytes
    media: str
    server: str


def is_graph(text: str) -> bool:
    """Whether a query asks for triples, and not for rows or yes and no; False for a text that is no query."""
    form = _GRAPH_FORM.search(_HIDING.sub(" ", text))
    return form is not None and form[1].upper() in ("CONSTRUCT", "DESCRIBE")


def redirected(url: str, location: str) -> str:
    """The address that a redirect leads to; empty if it is no web address."""
    target = urljoin(url, location)
    return target if location and target.startswith(("http://", "https://")) else ""


def is_partial(status: int, headers: Mapping[str, Any]) -> bool:
    """Whether an answer says that it is not whole."""
    return status == 206 or any(name in headers for name in PARTIAL)


def ask(url: str, text: str, timeout: float, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> EndpointAnswer:
    """The answer of the endpoint at an address to a query. `timeout` is in seconds. Raises EndpointError."""
    request = _request(url, text, default_graphs, named_graphs)
    try:
        with build_opener(_KeepQuery).open(request, timeout=timeout) as answer:
            if is_partial(answer.status, {name.lower(): value for name, value in answer.headers.items()}):
                limit = "raise its limits on rows and time (in Virtuoso ResultSetMaxRows and MaxQueryExecutionTime)"
                raise EndpointError(f"{url} gave a part of its answer only; {limit}")
            body = answer.read(_LARGEST + 1)
            media, server = answer.headers.get_content_type(), answer.headers.get("Server", "")
    except HTTPError as error:
        raise EndpointError(f"{url} did not answer: {error.code} {error.reason}{_message(error)}") from error
    except (OSError, ValueError) as error:  # urllib's, the socket's, and those of http.client
        raise EndpointError(f"{url} did not answer: {_why(error)}") from error
    if len(body) > _LARGEST:
        raise EndpointError(f"{url} gave an answer of more than {_LARGEST >> 20} MiB; ask for less")
    return EndpointAnswer(body.removeprefix(BOM_UTF8), media, server)


def _request(url: str, text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> Request:
    """The request that SPARQLWrapper makes for a query. Formats are asked for by the Accept header alone, as some endpoints refuse more."""
    from SPARQLWrapper import POST, SELECT, SPARQLWrapper

    wrapper = SPARQLWrapper(url, agent="kommunegraf")
    wrapper.setMethod(POST)
    wrapper.setOnlyConneg(True)
    for graph in default_graphs:
        wrapper.addDefaultGraph(graph)
    for graph in named_graphs:
        wrapper.addNamedGraph(graph)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a text that it takes for no query; the endpoint's own answer says more
        wrapper.setQuery(text)
    wrapper.queryType = SELECT  # it takes words of comments for the form, and "delete" in one would make the query an update
    wrapper.addCustomHttpHeader("Accept", _TRIPLES if is_graph(text) else _ROWS)
    request: Request = wrapper._createRequest()
    return request


class _KeepQuery(HTTPRedirectHandler):
    """Follows redirects with the query, which urllib itself would leave behind, and to web addresses only."""

    def redirect_request(self, request: Request, file: Any, code: int, message: str, headers: Any, location: str) -> Request:
        """The request to make next. Raises HTTPError."""
        target = redirected(request.full_url, location)
        if not target:
            raise HTTPError(request.full_url, code, f"redirects to {location[:200]!r}, which is no web address", headers, file)
        return Request(target, request.data, dict(request.header_items()))


def _why(error: Exception) -> str:
    """Why nothing came, and what to do about it."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, ConnectionRefusedError):
        return "nothing listens there; start the store, or correct the host and the port"
    if isinstance(reason, socket.gaierror):
        return "no host has that name; correct the address"
    if isinstance(reason, TimeoutError):
        return "it took too long; ask for less, or try again when the store is less busy"
    return str(reason)


def _message(error: HTTPError) -> str:
    """What an endpoint says of its refusal, in one line."""
    try:
        text = error.read(_MESSAGE).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return f": {' '.join(lines[:3])}" if lines and not text.lstrip().startswith("<") else ""
