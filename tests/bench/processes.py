"""What a server's processes need, by /proc, which Linux has."""

import asyncio
import statistics
import time
from pathlib import Path
from typing import NamedTuple

from kommunegraf.server.engine.pool import WorkerPool
from kommunegraf.server.settings import Settings

MIB = 1 << 20


class Started(NamedTuple):
    """A server: the number of its process, and the seconds until it answered."""

    pid: int
    seconds: float


def family(pid: int) -> list[int]:
    """A process and all that it began, and these began."""
    children = [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()]
    return [pid, *(number for child in children for number in family(child))]


def resident(pid: int) -> int:
    """The bytes that a process holds in memory, those that it shares with others included."""
    return _sum(pid, "Rss:")


def proportional(pid: int) -> int:
    """The bytes of a process, each page that several share divided among them."""
    return _sum(pid, "Pss:")


def private(pid: int) -> int:
    """The bytes that a process shares with no other."""
    return _sum(pid, "Private_Clean:", "Private_Dirty:")


def _sum(pid: int, *names: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))


def costs(server: Started) -> list[str]:
    """What an idle server needs, told in lines."""
    main, holder, *workers = family(server.pid)
    total = sum(proportional(pid) for pid in (main, holder, *workers))
    return [
        f"start-up until the first answer: {server.seconds:.1f} s",
        f"memory of the idle server with its {len(workers)} workers: {total / MIB:.0f} MiB (front {proportional(main) / MIB:.0f}, "
        f"the process that holds the graph {private(holder) / MIB:.0f} of its own, each worker {_mean(workers):.1f} of its own)",
        f"a worker ended and a new one forked in its place: {replacement():.1f} ms",
    ]


def _mean(pids: list[int]) -> float:
    return statistics.mean(private(pid) for pid in pids) / MIB


def replacement(times: int = 20) -> float:
    """The median milliseconds from the order to end a worker until the next one is there, with an empty store."""
    return asyncio.run(_replacement(times))


async def _replacement(times: int) -> float:
    pool, milliseconds = WorkerPool([], Settings(quick_queries=1)), []
    await pool.start()
    spare = await pool.take()  # the pool has one more than it needs for queries
    for _ in range(times):
        worker = await pool.take()
        begin = time.perf_counter()
        worker.stop()
        following = await pool.take()
        milliseconds.append((time.perf_counter() - begin) * 1000)
        pool.give(following)
    pool.give(spare)
    await pool.close()
    return statistics.median(milliseconds)
