"""Spreads work over the processors of this machine: items are dealt to processes, and the results come back in order."""

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from multiprocessing.connection import Connection
from traceback import format_exc
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
WORTH = 1_000
"""The number of items from which starting processes pays."""


class _Failure(NamedTuple):
    """An exception in a process, as the text of its traceback: not every exception can be pickled."""

    traceback: str


@contextmanager
def spread(
    work: Callable[[Item], Result], items: Sequence[Item], kind: Callable[[Item], int | None] = lambda item: None,
) -> Iterator[Iterator[Result]]:
    """The results of `work` for all items, in their order, for a `with` statement.

    `kind` is 0 or 1 for an item whose work shares with that of its kind what a process keeps, None for any other. Where the number of
    processes is even, each half of them does one kind, so that no more is made twice than must be.

    The processes are forked when the block begins, so they share what this process has in memory then. On systems without a safe fork
    (Windows, macOS) the work is done in this process. Results are pickled. The iterator raises OSError if a process dies, and RuntimeError
    with the traceback if `work` raises in one.
    """
    count = len(os.sched_getaffinity(0)) if sys.platform == "linux" and len(items) >= WORTH else 1
    if count == 1:
        yield map(work, items)
        return
    context = multiprocessing.get_context("fork")
    owners = list(dealt(map(kind, items), count))
    readers: list[Connection] = []
    gc.freeze()  # else the first garbage collection in a process would copy every page of memory that it shares with this one
    try:
        for number in range(count):
            reader, writer = context.Pipe(duplex=False)
            readers.append(reader)
            share = [item for item, owner in zip(items, owners) if owner == number]
            context.Process(target=_do, args=(work, share, writer, readers), daemon=True).start()
            writer.close()
        gc.unfreeze()
        yield _gathered([readers[owner] for owner in owners])
    finally:
        for reader in readers:
            reader.close()


def dealt(kinds: Iterable[int | None], count: int) -> Iterator[int]:
    """The number of the process, of `count`, that does each item of some kinds."""
    anyone = cycle(range(count))
    turns = {0: cycle(range(0, count, 2)), 1: cycle(range(1, count, 2))} if count % 2 == 0 else {}
    yield from (next(anyone if kind is None else turns.get(kind, anyone)) for kind in kinds)


def _gathered(readers: Iterable[Connection]) -> Iterator[Result]:
    """A result from each of the connections, one after the other."""
    try:
        for reader in readers:
            result = reader.recv()
            if isinstance(result, _Failure):
                raise RuntimeError(f"in another process:\n{result.traceback}")
            yield result
    except EOFError:
        raise OSError("a process that made part of the site has died; perhaps memory is short") from None


@contextmanager
def aside(work: Callable[[], Result]) -> Iterator[Callable[[], Result]]:
    """What gives the result of `work`, which another process does while the block goes on, for a `with` statement.

    Where there is no other processor or no safe fork, and where that process fails, it is done here when it is asked for, and raises
    what it raises here. The result is pickled.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) == 1:
        yield work
        return
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    context.Process(target=_do, args=(lambda _: work(), [None], writer, [reader]), daemon=True).start()
    writer.close()
    try:
        yield lambda: _received(reader, work)
    finally:
        reader.close()


def _received(reader: Connection, work: Callable[[], Result]) -> Result:
    try:
        result = reader.recv()
    except EOFError:
        return work()
    return work() if isinstance(result, _Failure) else result


def _do(work: Callable[[Item], Result], items: Sequence[Item], writer: Connection, readers: list[Connection]) -> None:
    """Do a share of the work. When the reader has gone or has read enough, the pipe breaks and this process ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for reader in readers:  # inherited; if they stayed open, no pipe would break when the reading process goes
        reader.close()
    for item in items:
        try:
            result = work(item)
        except Exception:  # a bug; it is raised again where the results are read
            writer.send(_Failure(format_exc()))
            return
        writer.send(result)
