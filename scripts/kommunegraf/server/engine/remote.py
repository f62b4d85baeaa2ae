"""An organisation's own SPARQL 1.1 endpoint as what answers queries, and the graph as it stands there.

The endpoint must take the union of its named graphs as default graph, as Oxigraph does with `--union-default-graph`.
"""

import asyncio
import hashlib
import json
import math
from collections.abc import AsyncIterator

import httpx
import pyoxigraph as ox

from kommunegraf.namespaces import GRAPH
from kommunegraf.questions import ask
from kommunegraf.rdf import engines
from kommunegraf.rdf.encode import encode
from kommunegraf.rdf.formats import GRAPHS, JSON, TABLES, Format, WrongFormat
from kommunegraf.server.engine.dataset import clauses
from kommunegraf.server.engine.reply import Order
from kommunegraf.server.engine.screening import screen
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings
from kommunegraf.server.sparql.media import offered

_PIECE = 1 << 16
_MOST = 16 << 20
"""Bytes of an answer of which a format is made here that endpoints do not have."""
_PARTIAL = ("x-sql-state", "x-sparql-maxrows")
"""Headers with which Virtuoso says, beside status 200, that time or a limit cut its answer short."""
_MESSAGE = 300
"""Characters of what an endpoint says of a query that it does not take."""


class Endpoint:
    """The endpoint's address and the connections to it."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.endpoint
        self.client = httpx.AsyncClient(timeout=settings.timeout, follow_redirects=False, limits=httpx.Limits(max_connections=None))

    @property
    def alive(self) -> bool:
        """Whether queries can be sent."""
        return not self.client.is_closed

    async def take(self) -> "Asking":
        """Something that asks one query."""
        return Asking(self)

    async def close(self) -> None:
        """End the connections."""
        await self.client.aclose()


class Asking:
    """One query that the endpoint answers. It is a jobs.Source."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self, order: Order) -> None:
        """See jobs.Source."""
        self._frames = self._ask(order)

    async def frame(self) -> tuple[bytes, bytes]:
        """See jobs.Source."""
        step = asyncio.ensure_future(anext(self._frames))
        try:
            await asyncio.wait((step, self._stopped), return_when=asyncio.FIRST_COMPLETED)
            if self._stopped.done():
                raise ConnectionError
            return step.result()
        except httpx.HTTPError as error:
            raise Problem("endpoint-silent") from error
        finally:
            step.cancel()

    def spent(self) -> float:
        """See jobs.Source; the endpoint works for as long as it takes."""
        return math.inf

    def slower(self) -> None:
        """Nothing: how it divides its time is the endpoint's own affair."""

    def stop(self) -> None:
        """See jobs.Source."""
        if not self._stopped.done():
            self._stopped.set_result(None)

    def release(self) -> None:
        """See jobs.Source."""

    async def why(self) -> Problem:
        """See jobs.Source."""
        return Problem("endpoint-silent")

    async def _ask(self, order: Order) -> AsyncIterator[tuple[bytes, bytes]]:
        screened = await asyncio.to_thread(screen, order.query)
        media = order.rows if screened.rows else order.graph
        form = next((form for form in (TABLES if screened.rows else GRAPHS) if form.media == media), None)
        if form is None:
            raise Problem("not-acceptable", formats=", ".join(offered(screened.rows)))
        native = form if form.w3c else JSON
        text = f"BASE <{order.base}> {order.query}" if order.base else order.query
        default, named = order.default, order.named
        if not default and not named and screened.names_dataset:
            default, named = clauses(order.query, order.base)  # said twice, as Oxigraph's server with a union graph forgets FROM
        fields = {"query": text, "default-graph-uri": list(default), "named-graph-uri": list(named)}
        async with self._endpoint.client.stream("POST", self._endpoint.url, data=fields, headers={"Accept": native.media}) as answer:
            if answer.status_code != 200:
                raise await _refusal(answer)
            if answer.headers.get("content-type", "").partition(";")[0].strip().lower() != native.media:
                raise Problem("endpoint-silent")
            if any(header in answer.headers for header in _PARTIAL):
                raise Problem("endpoint-partial")
            yield b"H", json.dumps({"media": media, "rows": screened.rows, "repeatable": False}).encode()
            async for data in answer.aiter_bytes(_PIECE) if native == form else _made(answer, form):
                yield b"D", data
        yield b"E", b'{"rows": null}'


async def _made(answer: httpx.Response, form: Format) -> AsyncIterator[bytes]:
    """Rows in a format that endpoints do not have, made of a whole answer in JSON. Raises Problem."""
    body = bytearray()
    async for data in answer.aiter_bytes(_PIECE):
        body += data
        if len(body) > _MOST:
            raise Problem("result-too-large", most=_MOST >> 20)
    try:
        yield await asyncio.to_thread(lambda: encode(ox.parse_query_results(bytes(body), format=ox.QueryResultsFormat.JSON), form.name))
    except WrongFormat:
        raise Problem("not-acceptable", formats=", ".join(format.media for format in TABLES if format.w3c)) from None


async def _refusal(answer: httpx.Response) -> Problem:
    """What it means that the endpoint did not answer 200."""
    if answer.status_code == 400:
        said = (await answer.aread())[:_MESSAGE].decode("utf-8", "replace")
        return Problem("malformed-query", message=said)
    if answer.status_code in (408, 504):
        return Problem("endpoint-partial")
    return Problem("busy") if answer.status_code in (429, 503) else Problem("endpoint-silent")


def snapshot(url: str) -> tuple[ox.Store, str]:
    """The project's graphs as they stand at an endpoint, and the version of that state.

    Raises EngineError, also where there are none, and where the endpoint gives fewer statements than it counts.
    """
    engine = engines.Endpoint(url)
    sizes = {row["graph"]: row["triples"] for row in ask.internal(engine, "graph-sizes").rows()}
    wanted = sum(size for graph, size in sizes.items() if graph.startswith(GRAPH))
    if not wanted:
        raise engines.EngineError(f"{url} has no graph whose name begins with {GRAPH}; load kommunegraf.nq with the names of its graphs")
    found = ask.internal(engine, "quads", prefix=GRAPH)
    quads = [ox.Quad(s["subject"], s["predicate"], s["object"], s["graph"]) for s in found.result]
    del found  # its rows belong to this thread
    if len(quads) < wanted:
        limit = f"raise its limit on results (in Virtuoso ResultSetMaxRows, and no time limit) above {wanted} rows"
        raise engines.EngineError(f"{url} gave {len(quads)} of its {wanted} statements, too few for whole pages; {limit}")
    store = ox.Store()
    store.extend(quads)
    return store, hashlib.sha256("\n".join(sorted(map(str, quads))).encode()).hexdigest()[:16]
