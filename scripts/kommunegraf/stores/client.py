"""A triple store over HTTP: its queries, its updates, and what kind of store it is (SPARQL 1.1 Protocol)."""

import os
import re
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.errors import KommunegrafError
from kommunegraf.rdf.client import is_partial
from kommunegraf.rdf.formats import JSON, NTRIPLES
from kommunegraf.stores.kinds import Kind, kind_of

RETRIES = 5
"""How often a request is sent again when the store is busy or silent."""
_WAIT_SECONDS = 0.5
"""The wait before the first repetition; each later one is twice as long."""
ANSWER_MEGABYTES = 2048
"""How long one answer of a store may be."""
_REFUSAL_BYTES = 1 << 16
"""How much is read of an answer that says no."""
_BUSY = (429, 502, 503, 504)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_GRAPH = re.compile(r"^\s*(CONSTRUCT|DESCRIBE)\b", re.IGNORECASE | re.MULTILINE)
"""The beginning of a query that answers with triples."""


class StoreError(KommunegrafError):
    """A store that cannot be used. The message says what it answered and what to set."""


class TooLarge(StoreError):
    """An update that holds more statements than the store takes in one request."""


class Cut(StoreError):
    """An answer of which the store kept a part back."""


@dataclass(frozen=True)
class Credentials:
    """Who may change a store."""

    user: str
    password: str

    @classmethod
    def read(cls, path: Path | None = None) -> "Credentials | None":
        """USER:PASSWORD from a file, or from KOMMUNEGRAF_STORE_USER and KOMMUNEGRAF_STORE_PASSWORD; None where neither is given.

        Raises StoreError for a file that others can read, or that holds something else.
        """
        if path is None:
            user = os.environ.get("KOMMUNEGRAF_STORE_USER", "")
            return cls(user, os.environ.get("KOMMUNEGRAF_STORE_PASSWORD", "")) if user else None
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise StoreError(f"{path}: others can read this file; run 'chmod 600 {path}'")
        user, separator, password = path.read_text("utf-8").strip().partition(":")
        if not separator or "\n" in password:
            raise StoreError(f"{path}: write USER:PASSWORD on one line")
        return cls(user, password)


class Store:
    """A store at an address. Close it, or use it in a `with` statement."""

    def __init__(
        self, query: str, update: str = "", credentials: Credentials | None = None, timeout: float = 600, retries: int = RETRIES,
    ) -> None:
        """`query` and `update` are the addresses for queries and updates; `timeout` is in seconds.

        Raises StoreError for an address that is not http or https.
        """
        for address in filter(None, (query, update)):
            if not address.startswith(("http://", "https://")):
                raise StoreError(f"a store has an http or https address, not {address!r}")
        self.address = query
        self._update = update
        self._credentials = credentials
        self._retries = retries
        self._client = httpx.Client(timeout=timeout, follow_redirects=False)
        self._auth: httpx.Auth | None = None
        self._kind: Kind | None = None

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def kind(self) -> Kind:
        """What kind of store it is, by its Server header and its address."""
        if self._kind is None:
            text = (paths.root() / "queries" / "internal" / "anything.rq").read_text("utf-8")
            answer = self._send("POST", self.address, data={"query": text}, accept=JSON.media)
            self._kind = kind_of(answer.headers.get("server", ""), self.address)
        return self._kind

    @property
    def update_address(self) -> str:
        """Where updates go: as given, or as this kind of store has it. Raises StoreError where that is not known."""
        if self._update:
            return self._update
        kind = self.kind
        if not kind.update or not re.search(kind.query, self.address):
            raise StoreError(f"where {self.address} takes updates is not known; name it with --update")
        return re.sub(kind.query, kind.update, self.address)

    def query(self, text: str) -> ox.QuerySolutions | ox.QueryBoolean | list[ox.Triple]:
        """The answer to a query, as `kommunegraf.rdf.engines.Engine` has it. Raises StoreError, Cut for an answer that is not whole."""
        accept = NTRIPLES.media if _GRAPH.search(_COMMENT.sub("", text)) else JSON.media
        answer = self._send("POST", self.address, data={"query": text}, accept=accept)
        if is_partial(answer.status, answer.headers):
            raise Cut(f"{self.address} gave a part of its answer only; raise its limit on rows (in Virtuoso ResultSetMaxRows)")
        media = answer.headers.get("content-type", "").partition(";")[0].strip()
        try:
            if media.endswith("json"):
                return ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON)
            form = ox.RdfFormat.from_media_type(media) or ox.RdfFormat.N_TRIPLES
            return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in ox.parse(answer.content, format=form)]
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.address} answered with {media or 'something'} that cannot be read: {error}") from error

    def update(self, text: str) -> None:
        """Send a SPARQL update. Raises StoreError, TooLarge where the store says that the request holds too much."""
        body, media = text.encode("utf-8"), "application/sparql-update"
        self._send("POST", self.update_address, content=body, headers={"Content-Type": media}, accept="*/*")

    def _send(self, method: str, address: str, accept: str, headers: dict[str, str] | None = None, **content: Any) -> "_Answer":
        """One request, again while the store is busy or silent, and with credentials where it asks for them."""
        def send() -> _Answer:
            auth = self._auth or httpx.USE_CLIENT_DEFAULT
            fields = {"Accept": accept, **(headers or {})}
            with self._client.stream(method, address, headers=fields, auth=auth, **content) as response:
                return _Answer(address, response.status_code, response.headers, self._body(response))

        answer = self._patiently(send)
        if answer.status == 401 and self._credentials and self._auth is None:
            self._auth = self._scheme(answer)
            answer = self._patiently(send)
        if answer.status < 300:
            return answer
        raise _refusal(answer)

    def _body(self, response: httpx.Response) -> bytes:
        """The content of an answer: of a refusal its beginning alone. Raises StoreError for one that is longer than the limit."""
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if response.status_code >= 300 and size > _REFUSAL_BYTES:
                break
            if size > ANSWER_MEGABYTES << 20:
                raise StoreError(f"{self.address} sent more than {ANSWER_MEGABYTES} megabytes in one answer")
        return b"".join(parts)

    def _patiently(self, send: Callable[[], "_Answer"]) -> "_Answer":
        """Send, and send again after a growing wait while the store is busy or does not answer."""
        problem = ""
        for attempt in range(self._retries + 1):
            if attempt:
                time.sleep(_WAIT_SECONDS * 2 ** (attempt - 1))
            try:
                answer = send()
            except httpx.HTTPError as error:
                problem = str(error) or type(error).__name__
                continue
            if answer.status not in _BUSY:
                return answer
            problem = f"status {answer.status}"
        raise StoreError(f"{self.address} did not answer after {self._retries + 1} attempts: {problem}")

    def _scheme(self, answer: "_Answer") -> httpx.Auth:
        """The scheme that the store asks for (RFC 7235): Digest, as Virtuoso does, or Basic."""
        assert self._credentials is not None
        user, password = self._credentials.user, self._credentials.password
        digest = answer.headers.get("www-authenticate", "").lower().startswith("digest")
        return httpx.DigestAuth(user, password) if digest else httpx.BasicAuth(user, password)


@dataclass(frozen=True)
class _Answer:
    """What a store answered: status, headers, and the content, of which a refusal has the beginning."""

    address: str
    status: int
    headers: httpx.Headers
    content: bytes


def _refusal(answer: _Answer) -> StoreError:
    """What it means that the store did not do it."""
    if answer.status in (401, 403):
        hint = "set KOMMUNEGRAF_STORE_USER and KOMMUNEGRAF_STORE_PASSWORD, or name a file with --credentials"
        return StoreError(f"{answer.address} does not let this user in (status {answer.status}); {hint}")
    text = " ".join(answer.content[:300].decode("utf-8", "replace").split())
    if answer.status == 413 or "memory exhausted" in text or "10000 lines" in text:
        return TooLarge(f"{answer.address} takes smaller requests only: {text}")
    if answer.status < 400:
        return StoreError(f"{answer.address} leads on to {answer.headers.get('location')}; give that address")
    return StoreError(f"{answer.address} answered with status {answer.status}: {text}")
