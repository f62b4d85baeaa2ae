"""The difference between two versions in forms that a machine can apply: RDF Patch, and SPARQL Update.

Both keep the named graph of each statement, and have IRIs for blank nodes as `kommunegraf load` has: applied to a store that holds the
old version so, they give the new one. RDF Patch: https://afs.github.io/rdf-patch/
"""

from collections.abc import Iterable

import pyoxigraph as ox

from kommunegraf.namespaces import BASE
from kommunegraf.rdf.skolem import skolemized
from kommunegraf.stores import state, updates
from kommunegraf.stores.state import State

PATCH, UPDATE = ".rdfp", ".ru"
MEDIA = {"rdfp": "application/rdf-patch", "ru": "application/sparql-update"}


def files(path: str, before: Iterable[str], after: Iterable[str]) -> dict[str, bytes]:
    """The two files at `path` for the difference between the N-Quads lines of two versions."""
    old, new = (state.by_graph(skolemized(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))) for lines in (before, after))
    graphs = sorted(old.keys() | new.keys())
    nothing = State(frozenset())
    removed = {graph: sorted(old.get(graph, nothing).statements - new.get(graph, nothing).statements) for graph in graphs}
    added = {graph: sorted(new.get(graph, nothing).statements - old.get(graph, nothing).statements) for graph in graphs}
    return {
        path + PATCH: _patch(path, removed, added).encode(),
        path + UPDATE: _update(removed, added).encode(),
    }


def _patch(path: str, removed: dict[str, list[str]], added: dict[str, list[str]]) -> str:
    lines = [f"H id <{BASE}{path}> .", "TX ."]
    for mark, graphs in (("D", removed), ("A", added)):
        lines += [f"{mark} {statement} <{graph}> ." for graph, statements in graphs.items() for statement in statements]
    return "\n".join([*lines, "TC .", ""])


def _update(removed: dict[str, list[str]], added: dict[str, list[str]]) -> str:
    parts = [updates.text("remove", graph, statements) for graph, statements in removed.items() if statements]
    parts += [updates.text("add", graph, statements) for graph, statements in added.items() if statements]
    return ";\n".join(parts)
