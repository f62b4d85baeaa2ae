"""The data for the documents: what the workers hold, read into this process, or an endpoint that holds the graph."""

import logging

import pyoxigraph as ox

from kommunegraf import __version__
from kommunegraf.questions import ask as queries
from kommunegraf.rdf import engines
from kommunegraf.rdf.files import NotRdf, clear_refusals
from kommunegraf.server.engine.pool import BadData, Loaded
from kommunegraf.server.settings import Settings
from kommunegraf.stores import fit

_LOG = logging.getLogger("kommunegraf")


def graphs(store: ox.Store) -> dict[str, int]:
    """How many statements each named graph has."""
    rows = queries.internal(engines.Embedded(store), "graph-sizes").rows()
    return {row["graph"]: row["triples"] for row in rows}


def checked(settings: Settings) -> engines.Endpoint:
    """The endpoint, which holds the graph and can answer the questions. Raises EngineError."""
    endpoint = engines.Endpoint(settings.endpoint, int(settings.query_seconds) + 1)
    if (version := fit.check(endpoint)) != __version__:
        _LOG.warning("the endpoint holds version %s, the questions are of %s", version, __version__)
    return endpoint


def copy(endpoint: str) -> tuple[ox.Store, str]:
    """The graph as it stands at an endpoint, and a digest of it. Raises StoreError."""
    from kommunegraf.stores.snapshot import snapshot  # needs httpx, which takes long to load

    return snapshot(endpoint)


def store(loaded: Loaded) -> tuple[ox.Store, str]:
    """What the workers hold, in a store of this process, and its version. Raises BadData."""
    content = ox.Store()
    try:
        with clear_refusals():
            content.bulk_load(path=loaded.quads, lenient=True)  # written by the process that read and checked the files
    except NotRdf as error:
        raise BadData(f"the data cannot be loaded: {error}") from error
    return content, loaded.version
