"""From the IRI of a thing to a document about it: 303 by Accept, and the documents, the same files as the published site's."""

import gzip
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, quote

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kommunegraf.publish.documents import Documents, media_type
from kommunegraf.rdf.formats import DATASETS, HTML, WrongFormat
from kommunegraf.rdf.negotiation import choose, choose_language
from kommunegraf.server.context import Context
from kommunegraf.server.documents import missing
from kommunegraf.server.http import conditions
from kommunegraf.site import addresses
from kommunegraf.site.addresses import parse

METHODS = ("GET", "HEAD", "OPTIONS")
_VARY = "Accept, Accept-Language"
_PACKED = (".gz", ".xlsx", ".png")
"""Endings of files that gzip does not make smaller."""
_NAMING = [format.media for format in DATASETS]
"""Formats in which all statements stand in named graphs, where clients such as Comunica do not look unless told."""
_NO_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)", re.I)


@dataclass(frozen=True)
class Stored:
    """A document that is ready to be sent, with this status: as it is, and packed where that is smaller, each with entity tag and head."""

    status: int
    plain: tuple[bytes, str, list[tuple[bytes, bytes]]]
    packed: tuple[bytes, str, list[tuple[bytes, bytes]]]

    @property
    def size(self) -> int:
        """Bytes that it keeps."""
        return len(self.plain[0]) + (len(self.packed[0]) if self.packed is not self.plain else 0)


class Dereference:
    """An ASGI application over the documents of a context's data as it stands. It keeps `most` bytes of documents ready."""

    def __init__(self, context: Context, most: int = 64_000_000) -> None:
        self._context = context
        self._most = most
        self._documents: Documents | None = None
        self._kept: OrderedDict[str, Stored] = OrderedDict()
        self._bytes = 0

    @property
    def documents(self) -> Documents:
        """The documents as they stand now; what was kept of others is dropped."""
        now = self._context.state.documents
        if now is not self._documents:
            self._documents, self._kept, self._bytes = now, OrderedDict(), 0
        return now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: a redirect from a thing, a document, or a page that says that there is none."""
        headers = Headers(scope=scope)
        documents = self.documents
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        if scope["method"] not in METHODS:
            answer = Response(status_code=405, headers={"Allow": ", ".join(METHODS)})
        elif scope["method"] == "OPTIONS":
            answer = Response(status_code=204, headers={"Allow": ", ".join(METHODS)})
        elif stored := self._kept.get(path):
            self._kept.move_to_end(path)
            return await _send(stored, scope, headers, send)
        elif self._is_thing(path):
            answer = self._redirect(path, scope, headers)
        elif stored := await anyio.to_thread.run_sync(_stored, documents, self._context.state.changed, path):
            self._keep(documents, path, stored)
            return await _send(stored, scope, headers, send)
        elif self._is_thing(f"{path}/"):
            answer = Response(status_code=308, headers={"Location": quote(path.rsplit("/", 1)[-1]) + "/"})
        else:
            answer = await anyio.to_thread.run_sync(missing.answer, documents, path, headers)
        await answer(scope, receive, send)

    def _is_thing(self, path: str) -> bool:
        """Whether a path names a thing, and not a document."""
        named = addresses.indexed(path)
        return self.documents.pages.has(named) and (named != path or path.rpartition("/")[2] != "index")

    def _redirect(self, path: str, scope: Scope, headers: Headers) -> Response:
        """303 to the document that is asked for (Cool URIs for the Semantic Web, section 4.2), or 406 with those that there are."""
        page = addresses.indexed(path)
        offered = self.documents.formats(page)
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("format", [""])[-1]
        if asked:
            format = next((f for f in offered if asked in (f.name, f.suffix[1:], f.media)), None)
        else:
            media = choose(headers.get("accept"), [f.media for f in offered], _NAMING)
            format = next((f for f in offered if f.media == media), None)
        name = page.rsplit("/", 1)[-1]
        if format is None:
            links = "".join(f"{f.media} {quote(name)}{f.suffix}\n" for f in offered)
            return Response(links, 406, {"Vary": _VARY}, "text/plain")
        lang = choose_language(headers.get("accept-language"))
        target = addresses.page(name, lang) if format == HTML else name + format.suffix
        return Response(status_code=303, headers={"Location": quote(target), "Vary": _VARY})

    def _keep(self, documents: Documents, path: str, stored: Stored) -> None:
        """Keep a document ready, unless the data has changed since it was made."""
        if documents is not self.documents or path in self._kept:
            return
        self._kept[path] = stored
        self._bytes += stored.size
        while self._bytes > self._most and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].size


def _stored(documents: Documents, changed: datetime, path: str) -> Stored | None:
    """Make a document; None where there is none. That of a resource that was removed has status 410."""
    try:
        body = documents.read(path)
    except WrongFormat:  # what RDF/XML cannot say
        return None
    if body is None:
        return None
    status = 410 if documents.pages.resources.get(parse(path)[0]) in documents.past.gone else 200
    media = media_type(path).encode()
    head = [(b"content-type", media), (b"cache-control", b"max-age=300"), (b"vary", b"Accept-Encoding"), *_links(documents, path)]
    head.append((b"last-modified", format_datetime(changed, usegmt=True).encode()))
    tag = hashlib.sha256(media + body).hexdigest()[:32]
    plain = _tagged(body, f'"{tag}"', head)
    packed = b"" if path.endswith(_PACKED) else gzip.compress(body, 6, mtime=0)
    if not packed or len(packed) >= len(body):
        return Stored(status, plain, plain)
    return Stored(status, plain, _tagged(packed, f'"{tag}-gzip"', [*head, (b"content-encoding", b"gzip")]))


def _tagged(body: bytes, tag: str, head: list[tuple[bytes, bytes]]) -> tuple[bytes, str, list[tuple[bytes, bytes]]]:
    return body, tag, [*head, (b"etag", tag.encode()), (b"content-length", str(len(body)).encode())]


def _links(documents: Documents, name: str) -> Iterable[tuple[bytes, bytes]]:
    """Of which thing a document tells, and in what else it can be had (RFC 8288, RFC 6892)."""
    path, format, lang = parse(name)
    if format == HTML:
        yield b"content-language", lang.encode()
    if iri := documents.pages.resources.get(path):
        stem = quote(path.rsplit("/", 1)[-1])
        offered = [other for other in documents.formats(path) if other != format]
        others = [f'<{stem}{other.suffix}>; rel="alternate"; type="{other.media}"' for other in offered]
        yield b"link", ", ".join([f'<{quote(iri, safe=":/%#?&=+,;@!$()*~-._")}>; rel="describes"', *others]).encode()


async def _send(stored: Stored, scope: Scope, headers: Headers, send: Send) -> None:
    """A document as the request wants it: packed or not, its head alone, or nothing when a condition says so."""
    body, tag, head = stored.packed if _takes_gzip(headers.get("accept-encoding", "")) else stored.plain
    changed = next((value.decode() for name, value in head if name == b"last-modified"), "")
    status = conditions.status(headers, tag, changed) if stored.status == 200 else 200
    if status != 200:
        await send({"type": "http.response.start", "status": status, "headers": [h for h in head if h[0] != b"content-length"]})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": stored.status, "headers": head})
    await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})


def _takes_gzip(header: str) -> bool:
    return "gzip" in header.lower() and not _NO_GZIP.search(header)
