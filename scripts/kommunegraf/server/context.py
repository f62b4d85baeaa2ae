"""What the parts of the server share: the settings, the data as it stands, and `ask`, by which every query runs."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.publish.documents import Documents, fitting, release
from kommunegraf.questions import ask, question
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import JSON
from kommunegraf.server import reading
from kommunegraf.server.engine.frames import Job
from kommunegraf.server.engine.pool import BadData, Loaded, WorkerPool
from kommunegraf.server.engine.remote import Endpoint, check
from kommunegraf.server.engine.reply import Lost, Reply, Runner, run
from kommunegraf.server.engine.turns import Gate, Ticket
from kommunegraf.server.foreign.data import ForeignSite, foreign
from kommunegraf.server.http.cache import Cache
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings
from kommunegraf.site.model import Site

_LOG = logging.getLogger("kommunegraf")


@dataclass(frozen=True)
class State:
    """The data at one time.

    The store in this process, the version that names its content, when that was last changed, its documents, how many statements each
    named graph has, what answers queries, and the answers and documents that are ready to be sent again. `site` is that of the
    documents; for data that is not ours one of its own.
    """

    store: ox.Store
    version: str
    changed: datetime
    documents: Documents
    site: Site
    graphs: dict[str, int]
    source: WorkerPool | Endpoint
    answers: Cache
    pages: Cache


class Context:
    """Where the parts of the server meet. It is open from `open` to `close`.

    `store` is for documents and for queries of the project's own; the queries of clients run by `ask` only. `files` are loaded as they
    are, their graphs by name; there are none if `settings.endpoint` is set. `data` is the folder of the tables that they were built
    from, if any; `previous` that of the site that was published before, with its versions and what was removed since.
    """

    def __init__(self, settings: Settings, files: Sequence[Path] = (), data: Path | None = None, previous: Path | None = None) -> None:
        self.settings = settings
        self.files = tuple(files)
        self.data = data
        self.previous = previous
        self._gate = Gate(settings)
        self._state: State | None = None
        self._loading = asyncio.Lock()
        self._reload: asyncio.Task[None] | None = None
        """The reload that waits for the loading in progress; there is one at most."""
        self._tasks: set[asyncio.Task[None]] = set()
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
        """A name for the content of the data: another content has another version."""
        return self.state.version

    @property
    def public(self) -> str:
        """The address of the server's top, as clients see it, ending in `/`."""
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        return (self.settings.public or f"http://{host}:{self.settings.port}").rstrip("/") + "/"

    @property
    def site(self) -> Site:
        """The site of the data as it stands now."""
        return self.state.site

    @property
    def is_foreign(self) -> bool:
        """Whether the data is not ours."""
        return isinstance(self.state.site, ForeignSite)

    async def open(self) -> None:
        """Load the data and start the workers. Raises BadData or StoreError."""
        async with self._loading:
            self._state = await self._load()

    async def reload(self) -> None:
        """Load the data again and answer from it; queries that run end on the old. Raises BadData or StoreError, and the old stays.

        Callers that come while the data is loading share one reload after that.
        """
        if self._reload is None:
            self._reload = asyncio.create_task(self._load_again())
            self._tasks.add(self._reload)
            self._reload.add_done_callback(self._tasks.discard)
        await asyncio.shield(self._reload)

    async def _load_again(self) -> None:
        async with self._loading:
            self._reload = None
            fresh = await self._load()
            old, self._state = self._state, fresh
        if old:
            self._leaving.add(task := asyncio.create_task(old.source.close()))
            task.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Give up what is loading, let queries that run end, and end the workers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._state:
            await self._state.source.close()
        await asyncio.gather(*self._leaving)
        self._state = None

    async def ask(
        self, query: str, media: str | tuple[str, str], client: str,
        default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = (), base: str | None = None,
    ) -> Reply:
        """Run a query within the limits. The answer begins when this returns; read it with `read` or `chunks`, or `close` it.

        `media` is the media type of the answer, or one for rows and one for a graph, empty if none will do. `client` is the key that
        the client's queries are counted under. A query that is lost with the process that ran it is asked again once. Raises Problem.
        """
        rows, graph = (media, media) if isinstance(media, str) else media
        job = Job(query, rows, graph, tuple(default_graphs), tuple(named_graphs), base)
        started = asyncio.get_running_loop().time()
        try:
            return await self._run(job, await self._gate.enter(client), started)
        except Lost:
            await self._recovered()
            return await self._run(job, await self._gate.enter(client), started)

    async def _run(self, job: Job, ticket: Ticket, started: float) -> Reply:
        state = self.state

        async def take() -> Runner:
            nonlocal state
            state = self.state  # not before: the data may be exchanged while the query waits for its turn
            return await state.source.take()

        reply = await run(self.settings, self._gate, ticket, take, job, started)
        reply.version = state.version
        return reply

    async def read(self, query: str, media: str, client: str) -> bytes:
        """The whole answer to a query of the project's own. Raises Problem, also if an endpoint's answer cannot be read."""
        reply = await self.ask(query, media, client)
        body = await reply.read()
        if self.settings.endpoint:
            await asyncio.to_thread(check, body, reply.head.media)
        return body

    async def ready(self) -> bool:
        """Whether the data is loaded and queries are answered. All who ask at the same time get the answer of one query."""
        if self._checking is None or self._checking.done():
            self._checking = asyncio.create_task(self._check())
        return await asyncio.shield(self._checking)

    async def _check(self) -> bool:
        text = question.read(paths.root() / "queries" / "internal" / "anything.rq").text
        try:
            reply = await self._run(Job(text, JSON.media, ""), self._gate.watch(), asyncio.get_running_loop().time())
            return bool(await reply.read())
        except Lost:
            self._tasks.add(task := asyncio.create_task(self._recovered()))
            task.add_done_callback(self._tasks.discard)
            return False
        except Problem:
            return False

    async def _recovered(self) -> None:
        """If the process that holds the data is gone, wait until it is loaded again. Raises Problem if that fails."""
        if self.state.source.alive:
            return
        try:
            async with asyncio.timeout(self.settings.query_seconds):
                await self.reload()
        except Exception as error:
            _LOG.error("the data was not loaded again after its process was lost: %s", error)
            raise Problem("starting") from error

    async def _load(self) -> State:
        source = Endpoint(self.settings) if self.settings.endpoint else WorkerPool(self.files, self.settings)
        try:
            loaded = await source.start() if isinstance(source, WorkerPool) else None
            return await asyncio.to_thread(self._read, source, loaded)
        except BaseException:
            await source.close()
            raise

    def _read(self, source: WorkerPool | Endpoint, loaded: Loaded | None) -> State:
        """The data for the documents, beside what answers queries."""
        store, version = reading.store(loaded) if loaded else reading.copy(self.settings.endpoint)
        if isinstance(source, Endpoint):
            source.graphs = reading.checked(self.settings).graphs
        ask.require_base(Embedded(store), "the data")
        documents = Documents(store, release(store), fitting(store, self.data), self.public, self.public + "sparql", self.previous)
        documents.pages.resource("")  # reads what it takes to tell of any path whether it has a page, as requests must not wait for that
        if not documents.data and (unpaged := documents.pages.unpaged):  # those that tables make have pages, and listing all takes long
            _LOG.warning("%d resources have no page, as their IRIs cannot be those of documents, such as %s", len(unpaged), unpaged[0])
        changed = max((datetime.fromtimestamp(file.stat().st_mtime, UTC) for file in self.files), default=datetime.now(UTC))
        answers = Cache(self.settings.cached_answers_megabytes << 20, self.settings.cached_answer_kilobytes << 10)
        pages = Cache(self.settings.cached_documents_megabytes << 20, self.settings.cached_documents_megabytes << 20)
        site = (None if self.data or isinstance(source, Endpoint) else foreign(store, version, self.files, self.public)) or documents.site
        return State(store, version, changed, documents, site, reading.graphs(store), source, answers, pages)


__all__ = ["BadData", "Context", "Problem", "Reply", "State"]
