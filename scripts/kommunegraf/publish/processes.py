"""Work spread over the processors of this machine: each process does every n-th item, and the results come back in order."""

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
WORTH = 1_000
"""From how many items on processes are worth their start."""


@contextmanager
def spread(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Iterator[Result]]:
    """The result of each item, in their order, for a `with` statement.

    Processes are forked at its beginning, so that they have what this one has in memory then; on systems without a safe fork (Windows,
    macOS) the work is done here. Results travel by pickle. The iterator raises OSError when a process ends before its work.
    """
    count = len(os.sched_getaffinity(0)) if sys.platform == "linux" and len(items) >= WORTH else 1
    if count == 1:
        yield map(work, items)
        return
    context = multiprocessing.get_context("fork")
    readers: list[Connection] = []
    gc.freeze()  # so that collecting garbage in a process does not copy all that it shares with this one
    try:
        for start in range(count):
            reader, writer = context.Pipe(duplex=False)
            readers.append(reader)
            context.Process(target=_do, args=(work, items[start::count], writer, readers), daemon=True).start()
            writer.close()
        gc.unfreeze()
        yield _gathered(readers, len(items))
    finally:
        for reader in readers:
            reader.close()


def _gathered(readers: Sequence[Connection], count: int) -> Iterator[Result]:
    try:
        for number in range(count):
            yield readers[number % len(readers)].recv()
    except EOFError:
        raise OSError("a process that made a part of it has ended; perhaps memory is short") from None


def _do(work: Callable[[Item], Result], items: Sequence[Item], writer: Connection, readers: list[Connection]) -> None:
    """Do some of the work. When the process that wants it is gone, or has enough, the pipe breaks, and this one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    for reader in readers:  # else they would keep each other's pipes whole
        reader.close()
    for item in items:
        writer.send(work(item))
