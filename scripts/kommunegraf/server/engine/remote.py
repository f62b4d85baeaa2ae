"""An organisation's own SPARQL 1.1 endpoint as what answers queries, and the graph as it stands there."""

import asyncio
import math
from codecs import BOM_UTF8
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from kommunegraf.rdf import client
from kommunegraf.rdf.encode import encode
from kommunegraf.rdf.engines import read_rows, read_triples
from kommunegraf.rdf.formats import GRAPHS, JSON, NTRIPLES, RDFXML, TABLES, TURTLE, XML, Format, WrongFormat
from kommunegraf.server.engine.frames import Job, head
from kommunegraf.server.engine.screening import clauses, screen
from kommunegraf.server.http.problems import Problem
from kommunegraf.server.settings import Settings
from kommunegraf.server.sparql.media import offered

if TYPE_CHECKING:
    import httpx

_PIECE = 1 << 16
_AHEAD = 4
"""Pieces of an answer that are read before somebody wants them."""
_MESSAGE = 300
"""Bytes that are read of what an endpoint says of a query that it does not take."""
_REDIRECTS = 5
Frame = tuple[bytes, bytes]


class Endpoint:
    """The endpoint's address and the connections to it."""

    def __init__(self, settings: Settings) -> None:
        import httpx  # takes long to load, and a server of files needs none

        self.url = settings.endpoint
        self.graphs: tuple[str, ...] = ()
        """The graphs that a query without a data set is sent with: all, where the default graph does not see them."""
        self.levels = settings.query_levels
        self.page_megabytes = settings.page_megabytes
        self.client = httpx.AsyncClient(
            timeout=settings.query_seconds, follow_redirects=False, limits=httpx.Limits(max_connections=None),
        )

    @property
    def alive(self) -> bool:
        """Whether queries can be sent."""
        return not self.client.is_closed

    async def take(self) -> "EndpointQuery":
        """What runs one query."""
        return EndpointQuery(self)

    async def close(self) -> None:
        """End the connections."""
        await self.client.aclose()


class EndpointQuery:
    """One query that the endpoint answers. It is a `reply.Runner`.

    A task of its own reads the answer, and closes it however it ends, so that nothing is closed while it is being read.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._frames: asyncio.Queue[Frame | Exception] = asyncio.Queue(_AHEAD)

    async def start(self, job: Job) -> None:
        """Send the query."""
        self._reading = asyncio.create_task(self._read(job))

    async def frame(self) -> Frame:
        """The next frame of the answer."""
        frame = await self._frames.get()
        if isinstance(frame, Exception):
            raise frame
        return frame

    def spent(self) -> float:
        """Infinite: the endpoint works for as long as it takes."""
        return math.inf

    def slower(self) -> None:
        """Nothing: how the endpoint divides its time is its own affair."""

    def stop(self) -> None:
        """Stop reading, and close the connection."""
        self._reading.cancel()
        while not self._frames.empty():
            self._frames.get_nowait()
        self._frames.put_nowait(ConnectionError())

    def release(self) -> None:
        """Nothing: the answer was read to its end."""

    async def why(self) -> Problem:
        """The endpoint broke off."""
        return Problem("endpoint-silent")

    async def _read(self, job: Job) -> None:
        import httpx

        try:
            async with aclosing(self._ask(job)) as frames:
                async for frame in frames:
                    await self._frames.put(frame)
        except Problem as problem:
            await self._frames.put(problem)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, SyntaxError):  # no address, bytes that are not what they claim
            await self._frames.put(Problem("endpoint-silent"))

    async def _ask(self, job: Job) -> AsyncGenerator[Frame, None]:
        screened = await asyncio.to_thread(screen, job.query, self._endpoint.levels)
        media = job.rows if screened.rows else job.graph
        form = next((form for form in (TABLES if screened.rows else GRAPHS) if form.media == media), None)
        if form is None:
            raise Problem("not-acceptable", formats=", ".join(offered(screened.rows)))
        text = f"BASE <{job.base}> {job.query}" if job.base else job.query
        default, named = job.default, job.named
        if not default and not named:
            # FROM is said twice, as Oxigraph's server with a union graph forgets it.
            default, named = clauses(job.query, job.base) if screened.names_dataset else (self._endpoint.graphs, self._endpoint.graphs)
        fields: dict[str, str | list[str]] = {"query": text, "default-graph-uri": list(default), "named-graph-uri": list(named)}
        accept = _accepted(form, screened.rows)
        async with _posted(self._endpoint, {name: value for name, value in fields.items() if value}, accept) as answer:
            if client.is_partial(answer.status_code, answer.headers):
                raise Problem("endpoint-partial")
            if answer.status_code != 200:
                raise await _refusal(answer)
            own = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            if own == form.media:
                yield b"H", head(media, screened.rows, False)
                begun = False
                async for data in answer.aiter_bytes(_PIECE):
                    yield b"D", data if begun else data.removeprefix(BOM_UTF8)
                    begun = True
            else:
                body = await _made(answer, own, screened.rows, form, self._endpoint.page_megabytes)
                yield b"H", head(media, screened.rows, False)
                yield b"D", body
        yield b"E", b""


@asynccontextmanager
async def _posted(endpoint: Endpoint, form: dict[str, str | list[str]], media: str) -> "AsyncIterator[httpx.Response]":
    """The answer to a query. Redirects are followed as `rdf.client` follows them: with the query, and to web addresses only."""
    url = endpoint.url
    for _ in range(_REDIRECTS + 1):
        async with endpoint.client.stream("POST", url, data=form, headers={"Accept": media}) as answer:
            if answer.status_code not in client.REDIRECTS:
                yield answer
                return
            url = client.redirected(url, answer.headers.get("location", ""))
            if not url:
                break
    raise Problem("endpoint-silent")


def _accepted(form: Format, rows: bool) -> str:
    """What an endpoint is asked for: the format itself, else one that it can be made of."""
    others = [other for other in ((JSON, XML) if rows else (NTRIPLES, TURTLE, RDFXML)) if other != form]
    return ", ".join([*([form.media] if form.w3c else []), *(f"{other.media};q=0.5" for other in others)])


async def _made(answer: "httpx.Response", media: str, rows: bool, form: Format, most: int) -> bytes:
    """A whole answer of at most `most` MiB in another format than its own. Raises Problem, also if it cannot be read."""
    body = bytearray()
    async for data in answer.aiter_bytes(_PIECE):
        body += data
        if len(body) > most << 20:
            raise Problem("result-too-large", most=most)
    try:
        return await asyncio.to_thread(_converted, bytes(body).removeprefix(BOM_UTF8), media, rows, form.name)
    except WrongFormat:
        raise Problem("not-acceptable", formats=", ".join(format.media for format in TABLES if format.w3c)) from None


def _converted(body: bytes, media: str, rows: bool, name: str) -> bytes:
    try:
        return encode(read_rows(body, media) if rows else read_triples(body, media), name)
    except (SyntaxError, ValueError) as error:
        raise Problem("endpoint-silent") from Exception(str(error))  # the error itself holds results, which belong to this thread


async def _refusal(answer: "httpx.Response") -> Problem:
    """What it means that the endpoint did not answer 200."""
    if answer.status_code == 400:
        message = b""
        async with aclosing(cast(AsyncGenerator[bytes, None], answer.aiter_bytes(_MESSAGE))) as pieces:
            async for piece in pieces:
                message += piece
                if len(message) >= _MESSAGE:
                    break
        return Problem("malformed-query", message=message[:_MESSAGE].decode("utf-8", "replace"))
    if answer.status_code in (408, 504):
        return Problem("endpoint-partial")
    return Problem("busy") if answer.status_code in (429, 503) else Problem("endpoint-silent")


def check(body: bytes, media: str) -> None:
    """Raise Problem if an endpoint's answer cannot be read as the media type that it has."""
    if not _readable(body, media):
        raise Problem("endpoint-silent")


def _readable(body: bytes, media: str) -> bool:
    # No error leaves this function, as it would carry the results to another thread, where they cannot be freed.
    # CSV and TSV are not read, in which nearly everything is an answer, nor what no endpoint gives and was made here.
    try:
        if media in (JSON.media, XML.media):
            results = ox.parse_query_results(body, format=ox.QueryResultsFormat.from_media_type(media))
            for _ in results if isinstance(results, ox.QuerySolutions) else ():
                pass
        elif any(form.media == media for form in GRAPHS):
            for _ in ox.parse(body, format=ox.RdfFormat.from_media_type(media)):
                pass
    except (SyntaxError, ValueError):
        return False
    return True
