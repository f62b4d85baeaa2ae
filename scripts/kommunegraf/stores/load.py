"""Bring a version of the graph into a store: send what differs, exchange it, and prove that the store holds it.

What is to be done is found from the store itself on every run, so a run after an interruption completes what is missing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, starmap
from typing import TypeVar

import pyoxigraph as ox

from kommunegraf.namespaces import GRAPH
from kommunegraf.questions import ask
from kommunegraf.stores import state, updates
from kommunegraf.stores.client import Cut, Store, StoreError, TooLarge
from kommunegraf.stores.state import MANIFEST, State, rewritten

CHUNK = 1000
"""How many statements one request holds where a store does not take all in one."""
_PARTS = "0123456789abcdef"
"""The beginnings of a SHA-1 in hexadecimal: a graph that a store gives in part only is read in so many parts."""
T = TypeVar("T")
Operation = tuple[updates.Name, str, list[str]]
"""An update: its file in `queries/updates/`, the graph, and what is put in the place of the statements."""


@dataclass(frozen=True)
class Change:
    """What one graph of the store needs: statements to remove and to add, and the state that it then has.

    `emptied` says that the graph is emptied first: a statement about a blank node cannot be named in an update.
    """

    graph: str
    removed: frozenset[str]
    added: frozenset[str]
    wanted: State
    emptied: bool = False

    @property
    def size(self) -> int:
        """How many statements are removed and added."""
        return len(self.removed) + len(self.added)

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


def plan(store: Store, graphs: dict[str, State], version: str, only: Iterable[str] = ()) -> list[Change]:
    """What the store needs to hold `graphs`, the manifest last. Graphs of an earlier load that the version lacks are emptied.

    `only` limits the work to graphs of these IRIs; the manifest then keeps what it says of the others. Raises StoreError.
    """
    before = read(store, MANIFEST)
    listed = {line.split(" ", 1)[0].strip("<>") for line in before.statements}
    wanted = dict(graphs) | {graph: State(frozenset()) for graph in listed - graphs.keys() if graph.startswith(GRAPH)}
    chosen = set(only) or set(wanted)
    changes = [change for graph in sorted(chosen & wanted.keys()) if (change := difference(graph, read(store, graph), wanted[graph]))]
    others = {line for line in before.statements if line.split(" ", 1)[0].strip("<>") not in chosen}
    manifested = state.manifest({graph: graphs[graph] for graph in sorted(chosen & graphs.keys())}, version)
    manifest = difference(MANIFEST, before, State(manifested.statements | others))
    return [*changes, manifest] if manifest else changes


def removal(store: Store) -> list[Change]:
    """What the store needs to hold nothing of ours: the graphs of its manifest, and the manifest, emptied. Raises StoreError."""
    return plan(store, {}, "")


def difference(graph: str, before: State, wanted: State) -> Change:
    """What leads from one state of a graph to another. Statements of equal value stay as the store writes them."""
    if any(line.startswith("_:") or " _:" in line for line in before.statements):
        return Change(graph, before.statements, wanted.statements, wanted, emptied=True)
    old, new = before.by_value, wanted.by_value
    removed = frozenset(old[value] for value in old.keys() - new.keys())
    return Change(graph, removed, frozenset(new[value] for value in new.keys() - old.keys()), wanted)


def apply(store: Store, changes: list[Change], progress: Callable[[int], None] = lambda statements: None) -> None:
    """Send the changes: in one request where the store takes them all in one, otherwise in parts.

    In parts, a reader can see new statements beside old ones until the end, never less than both versions share: statements are added
    before any is removed, and the manifest changes last. Raises StoreError.
    """
    operations = [*_renewals(changes), *_additions(changes), *_removals(changes)]
    total = sum(change.size for change in changes)
    if total <= store.kind.statements:
        try:
            store.update(" ;\n".join(starmap(updates.text, operations)))
            progress(total)
            return
        except TooLarge:
            pass
    for name, graph, statements in operations:
        for part in _chunks(statements, min(store.kind.statements, CHUNK)) if statements else [[]]:
            store.update(updates.text(name, graph, part))
            progress(len(part))


def _renewals(changes: list[Change]) -> Iterator[Operation]:
    """What goes before the new statements come: graphs with blank nodes, and values that the store has rewritten."""
    for change in changes:
        if change.emptied:
            yield "clear", change.graph, []
            continue
        pairs = {" ".join(line.split(" ", 2)[:2]) for line in change.removed if rewritten(line)}
        if pairs and change.wanted.statements:
            yield "remove-values", change.graph, [f"({pair})" for pair in sorted(pairs)]


def _additions(changes: list[Change]) -> Iterator[Operation]:
    for change in changes:
        if change.added:
            yield "add", change.graph, sorted(change.added)


def _removals(changes: list[Change]) -> Iterator[Operation]:
    for change in changes:
        lines = [] if change.emptied else sorted(line for line in change.removed if not rewritten(line))
        if not change.wanted.statements:
            yield "clear", change.graph, []
        elif lines:
            yield "remove", change.graph, lines


def prove(store: Store, changes: list[Change]) -> None:
    """Read each changed graph back and compare number and digest. Raises StoreError for the first that differs."""
    for change in changes:
        now = read(store, change.graph)
        if (now.count, now.digest) != (change.wanted.count, change.wanted.digest):
            raise StoreError(f"{change.graph} has {now.count} statements instead of {change.wanted.count}, or others; load again")


def read(store: Store, graph: str) -> State:
    """The statements of a graph as the store gives them: in one answer, or in parts where it keeps rows back.

    It is counted before each reading, so that a graph to which another client writes meanwhile is read once more. Raises StoreError.
    """
    size = given = 0
    for parts in ("",), tuple(_PARTS), tuple(a + b for a in _PARTS for b in _PARTS):
        size = _size(store, graph)
        try:
            triples = [triple for part in parts for triple in _triples(store, graph, part)]
        except Cut:
            given = 0
            continue
        current = state.of(triples)
        given = current.count
        if given == size:
            return current
    counted = f"{store.address} counts {size} statements in {graph}"
    if given > size:
        raise StoreError(f"{counted} and gives {given}: it changes while it is read; try again when nothing writes to it")
    raise StoreError(f"{counted} and gives {given or 'a part of them'}; raise its limit on rows")


def _size(store: Store, graph: str) -> int:
    rows = ask.internal(store, "graph-sizes").rows()
    return next((int(row["triples"]) for row in rows if row["graph"] == graph), 0)


def _triples(store: Store, graph: str, part: str) -> list[ox.Triple]:
    answer = ask.internal(store, "graph-statements", graph=graph, part=part).result
    assert isinstance(answer, list)
    return answer


def _chunks(items: list[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while part := list(islice(source, size)):
        yield part
