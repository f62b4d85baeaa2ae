"""Our graphs as they stand in a store, read into memory, so that they can be checked and shown as pages."""

import re
from hashlib import sha256

import pyoxigraph as ox

from kommunegraf.namespaces import GRAPH
from kommunegraf.questions import ask
from kommunegraf.rdf.skolem import GENID
from kommunegraf.stores import load
from kommunegraf.stores.client import Store, StoreError
from kommunegraf.stores.state import MANIFEST

_SKOLEM = re.compile(rf"<{re.escape(GENID)}(\w+)>")
_GEOMETRY = re.compile(r'"([^"]*)"\^\^<http://www\.openlinksw\.com/schemas/virtrdf#Geometry>')
_NUMBER = re.compile(r"-?\d+\.\d+")


def snapshot(address: str) -> tuple[ox.Store, str]:
    """The project's graphs as they stand in the store at an address, and a digest of that state.

    A store that gives a limited number of rows is read in parts. Blank nodes that `load` sent as IRIs are blank nodes again, and Virtuoso's
    points are WKT again, with the six digits that its floats keep. Raises StoreError, also where none of our graphs is there,
    and OtherBase.
    """
    with Store(address, timeout=60, retries=1) as store:
        ask.require_base(store, address)
        sizes = {row["graph"]: row["triples"] for row in ask.internal(store, "graph-sizes").rows()}
        graphs = sorted(graph for graph in sizes if graph.startswith(GRAPH) and graph != MANIFEST)
        if not graphs:
            raise StoreError(f"{address} has no graph whose name begins with {GRAPH}; run 'kommunegraf load --endpoint {address}'")
        lines = [f"{_restored(line)} <{graph}> ." for graph in graphs for line in load.read(store, graph).statements]
    text = "\n".join(sorted(lines)).encode("utf-8")
    copy = ox.Store()
    copy.bulk_load(text, format=ox.RdfFormat.N_QUADS)
    return copy, sha256(text).hexdigest()[:16]


def _restored(line: str) -> str:
    line = _SKOLEM.sub(r"_:\1", line)
    return _GEOMETRY.sub(lambda point: f'"{_rounded(point[1])}"^^<http://www.opengis.net/ont/geosparql#wktLiteral>', line)


def _rounded(point: str) -> str:
    return _NUMBER.sub(lambda number: f"{float(number[0]):.6g}", point)
