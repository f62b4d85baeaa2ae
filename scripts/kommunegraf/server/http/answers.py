"""The one way out: all that the server sends is an `Answer` or a `Stream`. Entity tags, conditions, gzip and HEAD are dealt with here.

Starlette's GZipMiddleware does not replace this: it reads `gzip;q=0` as a wish for gzip, gives both forms of an answer the same strong
entity tag (RFC 9110, section 8.8.3.3), and compresses a cached answer again for each client.
"""

import gzip
import hashlib
import zlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from anyio.to_thread import run_sync
from starlette.types import Receive, Scope, Send

from kommunegraf.rdf.formats import XLSX

Header = tuple[bytes, bytes]
_SMALLEST = 500
"""Bytes under which gzip saves nothing, as the answer fits into one packet anyway."""
_IN_THREAD = 1 << 16
"""Bytes that take longer to compress than a thread takes to start."""
_COMPRESSED = (XLSX.media, "application/gzip", "image/png", "font/woff")
"""How media types begin whose content is compressed already."""
_WHOLE, _STREAMED = 6, 1
"""Levels of gzip: an answer that may be cached is worth the work, for a stream the quickest level gives most of the gain."""


class Form(NamedTuple):
    """An answer as it goes out: plain or compressed."""

    body: bytes
    tag: str
    head: list[Header]


class Answer:
    """An answer that is complete. It is an ASGI application, and may be sent many times.

    `tag` is its entity tag (see `entity_tag`), `changed` its Last-Modified; empty if it has none. `query` identifies the query behind
    it in the access log.
    """

    def __init__(
        self, body: bytes, media: str = "", status: int = 200, headers: Mapping[str, str] | None = None,
        tag: str = "", changed: str = "", query: str = "",
    ) -> None:
        self.body = body
        self.status = status
        self.tag = tag
        self.changed = changed
        self.query = query
        self._fields = _fields(media, headers or {}, {"etag": tag, "last-modified": changed})
        self._compressible = len(body) >= _SMALLEST and not media.startswith(_COMPRESSED)
        self._plain: Form | None = None
        self._gzip: Form | None = None

    @property
    def size(self) -> int:
        """Bytes of memory that it may take at most: its body, as it is and compressed."""
        return 2 * len(self.body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it as the request wants it."""
        headers = fields(scope)
        form = await self._form(headers.get("accept-encoding", ""))
        status = self.status
        if status == 200 and (self.tag or self.changed) and scope["method"] in ("GET", "HEAD"):
            status = condition(headers, form.tag, self.changed)
        if "facts" in scope and self.query:
            scope["facts"]["query"] = self.query
        if status in (304, 412) and status != self.status:
            await _send(send, status, [one for one in form.head if one[0] not in (b"content-length", b"content-type")], b"")
        else:
            await _send(send, status, form.head, b"" if scope["method"] == "HEAD" else form.body)

    async def _form(self, accept_encoding: str) -> Form:
        if self._compressible and takes_gzip(accept_encoding):
            if self._gzip is None:
                work = self._compressed
                self._gzip = await run_sync(work) if len(self.body) >= _IN_THREAD else work()
            return self._gzip
        if self._plain is None:
            self._plain = self._made(self.body, self.tag, ())
        return self._plain

    def _compressed(self) -> Form:
        """The compressed form; the time in the head of gzip is 0, so that equal answers are equal byte for byte."""
        body = gzip.compress(self.body, _WHOLE, mtime=0)
        if len(body) >= len(self.body):
            return self._made(self.body, self.tag, ())
        # A weak tag is for the same content in any form; a strong one is for these bytes only.
        tag = self.tag if self.tag.startswith("W/") or not self.tag else f'{self.tag[:-1]}-gzip"'
        return self._made(body, tag, ((b"content-encoding", b"gzip"),))

    def _made(self, body: bytes, tag: str, more: tuple[Header, ...]) -> Form:
        head = [(name, tag.encode() if name == b"etag" else value) for name, value in self._fields]
        if self._compressible:
            head = _varied(head)
        if self.status >= 200 and self.status != 204:
            head.append((b"content-length", str(len(body)).encode()))
        return Form(body, tag, [*head, *more])


class Stream:
    """An answer that goes out piece by piece, as it is made. It is an ASGI application, to be sent once."""

    def __init__(self, pieces: AsyncIterator[bytes], media: str, headers: Mapping[str, str]) -> None:
        self._pieces = pieces
        self._fields = _varied(_fields(media, headers, {}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, compressed if the client takes that. What `pieces` raises, this raises."""
        packed = takes_gzip(fields(scope).get("accept-encoding", ""))
        head = [*self._fields, (b"content-encoding", b"gzip")] if packed else self._fields
        await send({"type": "http.response.start", "status": 200, "headers": head})
        if scope["method"] != "HEAD":
            async for piece in _compress(self._pieces) if packed else self._pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _compress(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, compressed; each can be read when it comes."""
    packing = zlib.compressobj(_STREAMED, wbits=zlib.MAX_WBITS | 16)  # 16 asks for the format of gzip
    async for piece in pieces:
        yield await run_sync(lambda data=piece: packing.compress(data) + packing.flush(zlib.Z_SYNC_FLUSH))  # type: ignore[misc]
    yield packing.flush()


def fields(scope: Scope) -> dict[str, str]:
    """The headers of a request by their names in small letters; a header that comes several times is a list (RFC 9110, section 5.3)."""
    if "fields" not in scope:
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
        scope["fields"] = headers
    read: dict[str, str] = scope["fields"]
    return read


def entity_tag(*parts: bytes, weak: bool = False) -> str:
    """The entity tag of an answer that is known by some parts (RFC 9110, section 8.8.3).

    `weak` is for one whose content is the same while its bytes, such as the order of rows, may differ.
    """
    digest = hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]
    return f'W/"{digest}"' if weak else f'"{digest}"'


@lru_cache(maxsize=1024)
def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client takes gzip (RFC 9110, section 12.5.3)."""
    qualities: dict[str, str] = {}
    for item in accept_encoding.lower().split(","):
        name, _, parameter = item.partition(";")
        qualities[name.strip()] = parameter.partition("=")[2].strip()
    quality = qualities.get("gzip", qualities.get("*", "0"))
    return quality.strip("0.") != "" or quality == ""


def condition(headers: Mapping[str, str], tag: str, changed: str = "") -> int:
    """The status that the conditions of a GET or HEAD lead to (RFC 9110, section 13.2.2): 200, 304 or 412.

    `headers` are the request's; `tag` and `changed` are the answer's ETag and Last-Modified.
    """
    if (match := headers.get("if-match")) is not None:
        if tag.startswith("W/") or not _lists(match, tag):
            return 412
    elif _after(changed, headers.get("if-unmodified-since")) is True:
        return 412
    if (none_match := headers.get("if-none-match")) is not None:
        return 304 if _lists(none_match.replace("W/", ""), tag.removeprefix("W/")) else 200
    return 304 if _after(changed, headers.get("if-modified-since")) is False else 200


def _lists(tags: str, tag: str) -> bool:
    """Whether a list of entity tags contains one, or is `*`."""
    listed = [one.strip() for one in tags.split(",")]
    return listed == ["*"] or tag in listed


def _after(changed: str, date: str | None) -> bool | None:
    """Whether a change came after a date; None if either cannot be read."""
    then, now = _date(date), _date(changed)
    return None if then is None or now is None else now > then


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):  # the library promises the first only
        return None


def _fields(media: str, headers: Mapping[str, str], more: Mapping[str, str]) -> list[Header]:
    named = {**({"content-type": media} if media else {}), **headers, **more}
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named.items() if value]


def _varied(head: list[Header]) -> list[Header]:
    """A head in which Vary names Accept-Encoding too."""
    vary = b", ".join([value for name, value in head if name == b"vary"] + [b"Accept-Encoding"])
    return [*(one for one in head if one[0] != b"vary"), (b"vary", vary)]


async def _send(send: Send, status: int, head: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
