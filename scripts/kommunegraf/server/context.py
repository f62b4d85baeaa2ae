"""What the parts of the server share: the settings, the data as it stands, and `ask`, by which every query runs."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.publish.documents import Documents, release
from kommunegraf.questions import ask as queries
from kommunegraf.questions import question
from kommunegraf.rdf import engines
from kommunegraf.rdf.formats import JSON
from kommunegraf.server.engine.pool import BadData, Workers
from kommunegraf.server.engine.remote import Endpoint, snapshot
from kommunegraf.server.engine.reply import Order, Reply, Source, run
from kommunegraf.server.engine.turns import Gate
from kommunegraf.server.http.cache import Cache
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings
from kommunegraf.site.model import Site

_LOG = logging.getLogger("kommunegraf")
QueryPage = Callable[[Any, Any, Any, Any], Awaitable[None]]
"""An ASGI application with a fourth argument: the query that was asked (protocol.AskedQuery), or None."""


@dataclass(frozen=True)
class State:
    """The data at one time.

    The store in this process, the version that names its content, when that was last changed, the site of it, how many statements each
    named graph has, what answers queries, and the answers that are kept.
    """

    store: ox.Store
    version: str
    changed: datetime
    documents: Documents
    graphs: dict[str, int]
    source: Workers | Endpoint
    cache: Cache


class Context:
    """The server's parts meet here. It is open from `open` to `close`.

    `store` is for documents and for queries of the project's own; the queries of clients run by `ask` only. `files` are loaded as they
    are, their graphs by name; where `settings.endpoint` is set, there are none. `data` is the folder of the tables that they were
    built from, where they were; `previous` that of the site that was published before, where its versions and what was removed stay.
    """

    def __init__(self, settings: Settings, files: Sequence[Path] = (), data: Path | None = None, previous: Path | None = None) -> None:
        self.settings = settings
        self.files = tuple(files)
        self.data = data
        self.previous = previous
        self.query_page: QueryPage | None = None
        """Shows the query page to people; where there is none, they get a plain form."""
        self._gate = Gate(settings)
        self._state: State | None = None
        self._reloading = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()
        self._checking: asyncio.Task[bool] | None = None

    @property
    def state(self) -> State:
        """The data as it stands now. Raises Problem before it is loaded."""
        if self._state is None:
            raise Problem("starting")
        return self._state

    @property
    def store(self) -> ox.Store:
        """The store of the data as it stands now."""
        return self.state.store

    @property
    def version(self) -> str:
        """Names the content of the data: another content has another version."""
        return self.state.version

    @property
    def public(self) -> str:
        """The address of the server's top, as clients see it, ending in `/`."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        return (self.settings.public or f"http://{host}:{self.settings.port}").rstrip("/") + "/"

    @property
    def site(self) -> Site:
        """The site of the data as it stands now."""
        return self.state.documents.site

    async def open(self) -> None:
        """Load the data and start the workers. Raises BadData or EngineError."""
        async with self._reloading:
            self._state = await self._load()

    async def reload(self) -> None:
        """Load the data anew and answer from it; queries under way end on the old. Raises BadData or EngineError, and the old stays."""
        async with self._reloading:
            fresh = await self._load()
            old, self._state = self._state, fresh
        if old:
            self._leaving.add(task := asyncio.create_task(old.source.close()))
            task.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Let queries under way end, and end the workers."""
        if self._state:
            await self._state.source.close()
        await asyncio.gather(*self._leaving)
        self._state = None

    async def ask(
        self, query: str, media: str | tuple[str, str], client: str,
        default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = (), base: str | None = None,
    ) -> Reply:
        """Run a query within the limits. The answer begins when this returns; read it with `read` or `chunks`, or `close` it.

        `media` is the media type of the answer, or one for rows and one for a graph, empty where none will do. `client` is the address
        by which the client's queries are counted. Raises Problem.
        """
        rows, graph = (media, media) if isinstance(media, str) else media
        order = Order(query, rows, graph, tuple(default_graphs), tuple(named_graphs), base)
        state = self.state

        async def take() -> Source:
            nonlocal state
            state = self.state  # not before: the data may be exchanged while the query waits for its turn
            return await state.source.take()

        if not state.source.alive:
            self._recover()
            raise Problem("starting")
        reply = await run(self.settings, self._gate, client, take, order)
        reply.version = state.version
        return reply

    async def ready(self) -> bool:
        """Whether the data is loaded and queries are answered. All who ask at once are told by one query."""
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._check())
        return await asyncio.shield(self._checking)

    async def _check(self) -> bool:
        try:
            text = question.read(paths.root() / "queries" / "internal" / "anything.rq").text
            reply = await self.ask(text, JSON.media, "ready")
            return bool(await reply.read())
        except Problem:
            return False

    def _recover(self) -> None:
        """The process that holds the data is gone: load it anew."""
        if not self._reloading.locked():
            _LOG.error("the process that holds the data is gone; it is started again")
            self._leaving.add(task := asyncio.create_task(self.reload()))
            task.add_done_callback(self._leaving.discard)

    async def _load(self) -> State:
        source = Endpoint(self.settings) if self.settings.endpoint else Workers(self.files, self.settings)
        try:
            if isinstance(source, Workers):
                await source.start()
            return await asyncio.to_thread(self._read, source)
        except BaseException:
            await source.close()
            raise

    def _read(self, source: Workers | Endpoint) -> State:
        """The data for the documents, beside what answers queries."""
        url = self.settings.endpoint
        store, version = snapshot(url) if url else _load_files(self.files)
        documents = Documents(store, release(store), self.data, self.public, self.public + "sparql", self.previous)
        changed = max((datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in self.files), default=datetime.now(UTC))
        return State(store, version, changed, documents, _graphs(store), source, Cache(self.settings.cache << 20))


def _graphs(store: ox.Store) -> dict[str, int]:
    rows = queries.internal(engines.Embedded(store), "graph-sizes").rows()
    return {row["graph"]: row["triples"] for row in rows}


def _load_files(files: Sequence[Path]) -> tuple[ox.Store, str]:
    store, content = ox.Store(), hashlib.sha256()
    for file in files:
        store.bulk_load(path=file)
        content.update(file.read_bytes())
    return store, content.hexdigest()[:16]


__all__ = ["BadData", "Context", "Problem", "Reply", "State"]
