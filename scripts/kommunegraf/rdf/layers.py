"""Stores that are read as one: a large one, and beside it what is said of it, some of which is only worked out when it is read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock
from typing import Protocol

import pyoxigraph as ox

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Resource = ox.NamedNode | ox.BlankNode
Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class Quads(Protocol):
    """What is read like a store, by pattern or whole."""

    def quads_for_pattern(
        self, subject: Resource | ox.Triple | None, predicate: ox.NamedNode | None, object: Term | None, graph_name: Graph | None = None,
    ) -> Iterator[ox.Quad]:
        """The quads that fit; None fits all."""
        ...

    def __iter__(self) -> Iterator[ox.Quad]:
        ...


class Late(Protocol):
    """Quads that are worked out when somebody may read one of them."""

    def may_have(self, subject: Term | None, predicate: ox.NamedNode | None, object: Term | None, graph: Graph | None) -> bool:
        """Whether one of the quads could fit a pattern, told without making them. Never False where one does."""
        ...

    def quads(self) -> Iterable[ox.Quad]:
        """The quads."""
        ...

    def subjects(self) -> Iterable[Resource]:
        """What they are about, told without making them; parts of documents aside."""
        ...


class Nothing:
    """No quads."""

    def may_have(self, subject: Term | None, predicate: ox.NamedNode | None, object: Term | None, graph: Graph | None) -> bool:
        """See Late."""
        return False

    def quads(self) -> Iterable[ox.Quad]:
        """See Late."""
        return ()

    def subjects(self) -> Iterable[Resource]:
        """See Late."""
        return ()


@dataclass(eq=False)
class Layers:
    """`base` and `quads` beside it as one store that does not change; `late` is added to them when it is first read.

    The base is not copied. A query needs one store of all: `whole`, a copy.
    """

    base: ox.Store
    quads: Iterable[ox.Quad]
    late: Late = field(default_factory=Nothing)

    def __post_init__(self) -> None:
        self._beside = ox.Store()
        self._subjects: set[object] = set()
        self._objects: set[object] = set()
        self._lock = Lock()
        self._complete = isinstance(self.late, Nothing)
        self._whole: ox.Store | None = None
        self._add(self.quads)

    def _add(self, quads: Iterable[ox.Quad]) -> None:
        own = [quad for quad in quads if quad not in self.base]  # as in one store, each quad is there once
        self._subjects |= {quad.subject for quad in own}
        self._objects |= {quad.object for quad in own}
        self._beside.extend(own)

    def _finish(self) -> None:
        with self._lock:
            if not self._complete:
                self._add(self.late.quads())
                self._complete = True  # last, as other threads read it without the lock

    def quads_for_pattern(
        self, subject: Resource | ox.Triple | None, predicate: ox.NamedNode | None, object: Term | None, graph_name: Graph | None = None,
    ) -> Iterator[ox.Quad]:
        """See Quads. What comes late is made when the others are read, and not for who looks whether there is any."""
        quads = self.base.quads_for_pattern(subject, predicate, object, graph_name)
        if not self._complete and self.late.may_have(subject, predicate, object, graph_name):
            return self._patient(quads, subject, predicate, object, graph_name)
        if subject is not None and subject not in self._subjects or object is not None and object not in self._objects:
            return quads
        return chain(quads, self._beside.quads_for_pattern(subject, predicate, object, graph_name))

    def _patient(
        self, quads: Iterator[ox.Quad], subject: Resource | ox.Triple | None, predicate: ox.NamedNode | None, object: Term | None,
        graph_name: Graph | None,
    ) -> Iterator[ox.Quad]:
        yield from quads
        self._finish()
        yield from self._beside.quads_for_pattern(subject, predicate, object, graph_name)

    def __iter__(self) -> Iterator[ox.Quad]:
        self._finish()
        return chain(self.base, self._beside)

    @property
    def added(self) -> set[Resource | ox.Triple]:
        """What the quads beside the base are about; of those that come late without parts of documents, so that they need not be made."""
        return {*(quad.subject for quad in self._beside), *self.late.subjects()}

    def whole(self) -> ox.Store:
        """One store of all, made once."""
        self._finish()
        with self._lock:
            if self._whole is None:
                both = ox.Store()
                both.bulk_extend(self.base)
                both.bulk_extend(self._beside)
                self._whole = both
            return self._whole
