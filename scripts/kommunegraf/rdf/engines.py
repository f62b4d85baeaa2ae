"""Where queries run: embedded Oxigraph, rdflib's own engine, or any SPARQL 1.1 endpoint. All answer in the same terms.

Every engine sees the union of the named graphs as its default graph.
"""

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyoxigraph as ox

from kommunegraf import memory, paths
from kommunegraf.errors import KommunegrafError
from kommunegraf.namespaces import XSD
from kommunegraf.rdf import compiled
from kommunegraf.rdf.files import Document, NotRdf
from kommunegraf.rdf.formats import JSON, NTRIPLES, XML

if TYPE_CHECKING:
    import rdflib

_VIRTUOSO_NODE = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")nodeID://')
"""A blank node label as Virtuoso writes it, which no RDF format allows."""
_UPDATE = re.compile(
    r"(?:\s|#[^\n]*\n|(?:PREFIX\s+[^\s<]*|BASE)\s*<[^<>]*>)*(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b", re.IGNORECASE,
)
"""How an update of SPARQL 1.1 begins (SPARQL 1.1 Grammar, rules 29 to 41)."""
Result = ox.QuerySolutions | ox.QueryBoolean | list[ox.Triple]
"""Rows, yes or no, or the triples of a graph."""


class EngineError(KommunegrafError):
    """A query or a graph that an engine cannot handle: malformed, or not served by the endpoint. The message says which."""


class Engine(Protocol):
    """Something that answers SPARQL."""

    def query(self, text: str) -> Result:
        """The answer to a query. Raises EngineError."""
        ...


class Embedded:
    """Oxigraph inside this process."""

    def __init__(self, store: ox.Store) -> None:
        self.store = store

    @classmethod
    def open(cls, path: Path | str) -> "Embedded":
        """Load an RDF file (format by its ending, also packed with gzip) into memory.

        Raises OSError, MemoryError, or EngineError for what is no RDF.
        """
        store = ox.Store()
        try:
            document = Document.read(Path(path))
            memory.require(_GROWTH * len(document.content))  # Oxigraph ends the process where it gets none
            document.add_to(store)
        except NotRdf as error:
            raise EngineError(f"{path} cannot be read as RDF: {error}") from error
        return cls(store)

    @classmethod
    def compiled(cls, path: Path) -> "Embedded":
        """The compiled store beside an N-Quads file, or the file in memory where there is none. Raises as `open` does.

        It opens at once and answers at a quarter of the speed: for a few questions, not for reading the whole graph.
        """
        store = compiled.read(path)
        return Compiled(store, path) if store is not None else cls.open(path)

    def query(self, text: str) -> Result:
        """See Engine."""
        try:
            result = self.store.query(text, use_default_graph_as_union=True)
            return list(result) if isinstance(result, ox.QueryTriples) else result
        except SyntaxError as error:
            raise EngineError(READ_ONLY if is_update(text) else f"the query is not SPARQL: {error}") from error


_GROWTH = 4
"""Bytes in memory for each byte of a file, at most; measured for N-Quads."""


class Compiled(Embedded):
    """The compiled store of a file, and the file itself once a damaged block shows in the store."""

    def __init__(self, store: ox.Store, path: Path) -> None:
        super().__init__(store)
        self.path = path

    def query(self, text: str) -> Result:
        """See Engine."""
        try:
            return _complete(super().query(text))
        except RuntimeError:  # what the engine raises for a wrong checksum
            self.store = Embedded.open(self.path).store
            return super().query(text)


def _complete(result: Result) -> Result:
    """An answer whose rows are all read, and not only when they are asked for."""
    return read_rows(result.serialize(format=ox.QueryResultsFormat.JSON) or b"") if isinstance(result, ox.QuerySolutions) else result


class Rdflib:
    """rdflib's own engine over a dataset or graph of the caller."""

    def __init__(self, graph: "rdflib.Graph") -> None:
        """Raises EngineError for a dataset whose default graph is not the union of its graphs: every question would find nothing."""
        if graph.context_aware and not graph.default_union:
            raise EngineError("make the dataset with rdflib.Dataset(default_union=True), so that questions see all named graphs")
        self.graph = graph

    def query(self, text: str) -> Result:
        """See Engine."""
        try:
            result = self.graph.query(text)
            if result.graph is not None:
                return read_triples(result.graph.serialize(format="nt", encoding="utf-8"), NTRIPLES.media)
            return read_rows(result.serialize(format="json") or b"")
        except Exception as error:  # rdflib raises pyparsing's and its own errors alike
            raise EngineError(f"rdflib could not answer: {_first_line(error)}") from error


class Endpoint:
    """A SPARQL 1.1 Protocol endpoint. `timeout` is in seconds.

    Where the endpoint's default graph is not the union of its named graphs, each query names them as its data set (SPARQL 1.1 Protocol,
    section 2.1.4): otherwise it would answer with nothing.
    """

    def __init__(self, url: str, timeout: int = 60) -> None:
        if not url.startswith(("http://", "https://")):
            raise EngineError(f"an endpoint has an http or https address, not {url!r}")
        self.url = url
        self.timeout = timeout
        self.server = ""
        """What the endpoint calls itself in its last answer."""

    @cached_property
    def graphs(self) -> tuple[str, ...]:
        """The graphs that each query must name: none where the default graph sees them all."""
        if not self._ask(_internal("union-missing"), ()):
            return ()
        rows = self._ask(_internal("graph-sizes"), ())
        return tuple(row["graph"].value for row in rows if isinstance(row["graph"], ox.NamedNode))

    def query(self, text: str) -> Result:
        """See Engine."""
        result: Result = self._ask(text, self.graphs)
        return result

    def _ask(self, text: str, graphs: tuple[str, ...]) -> Any:
        if is_update(text):
            raise EngineError(READ_ONLY)
        from kommunegraf.rdf import client  # takes longer to load than a lookup in a file to answer

        try:
            body, media, self.server = client.ask(self.url, text, self.timeout, graphs, graphs)
        except client.EndpointError as error:
            raise EngineError(str(error)) from error
        try:
            return read_triples(body, media) if client.is_graph(text) else read_rows(body, media)
        except (SyntaxError, ValueError) as error:
            raise EngineError(f"{self.url} answered with {media} that cannot be read: {error}") from error


READ_ONLY = "this is an update, and the graph is only read; write a query (SELECT, ASK, CONSTRUCT or DESCRIBE)"


def is_update(text: str) -> bool:
    """Whether a text begins as an update does, and not as a query."""
    return _UPDATE.match(text) is not None


def _truth(text: str) -> bool:
    return text in ("true", "1")


_PYTHON: dict[str, Callable[[str], Any]] = {
    **{XSD + kind: int for kind in ("integer", "int", "long", "short", "nonNegativeInteger", "positiveInteger")},
    **{XSD + kind: float for kind in ("decimal", "double", "float")},
    XSD + "boolean": _truth,
}


def python_value(term: Any) -> Any:
    """An RDF term as a Python value: a number, a boolean or a text; None for an unbound variable.

    A literal that does not fit its datatype stays text.
    """
    if isinstance(term, ox.Literal):
        try:
            return _PYTHON.get(term.datatype.value, str)(term.value)
        except ValueError:
            return term.value
    return None if term is None else getattr(term, "value", str(term))


def _internal(name: str) -> str:
    return (paths.root() / "queries" / "internal" / f"{name}.rq").read_text("utf-8")


def read_rows(body: bytes, media: str = JSON.media) -> ox.QuerySolutions | ox.QueryBoolean:
    """The rows, or the yes or no, in an endpoint's answer. Raises SyntaxError and ValueError."""
    if media == XML.media or (media != JSON.media and body.lstrip()[:1] == b"<"):
        return ox.parse_query_results(body, format=ox.QueryResultsFormat.XML)
    return ox.parse_query_results(_VIRTUOSO_NODE.sub(rb"\1", body), format=ox.QueryResultsFormat.JSON)


def read_triples(body: bytes, media: str) -> list[ox.Triple]:
    """The triples in an endpoint's answer. Raises SyntaxError and ValueError."""
    form = ox.RdfFormat.from_media_type(media) or ox.RdfFormat.TURTLE
    return [ox.Triple(q.subject, q.predicate, q.object) for q in ox.parse(body, format=form)]


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).replace("\\n", "\n").splitlines() if line.strip(" '\"b")]
    return " ".join(lines[:3]) if lines else type(error).__name__
