"""What matching costs beside networkx, and how it grows. Run by `scripts/bench match`.

Everything is simulated except the first row; sizes are kommuner by initiatives. CPU seconds of one process.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import networkx as nx
import numpy as np
from rich.console import Console
from rich.table import Table

from kommunegraf.matching.nullmodel import Floats
from kommunegraf.matching.similarity import Similarity

GROWTH = ((98, 31), (1_000, 100), (10_000, 100))
LIMIT = 2 * 1024**3
LARGEST = (20_000, 40_000)


def simulated(rows: int, columns: int) -> Floats:
    """Links without signal, rows and columns of unequal reach."""
    random = np.random.default_rng(1)
    chances = np.minimum(2 * np.outer(random.beta(2, 4, rows), random.beta(2, 3, columns)), 0.95)
    return np.asarray(random.random((rows, columns)) < chances, np.float32)


def spent(work: Callable[[], object], repeat: int = 5) -> float:
    """The median CPU milliseconds of some work."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def projection(table: Table) -> None:
    """Our projection beside networkx's, with equal weights."""
    for rows, columns in GROWTH[:2]:
        matrix = simulated(rows, columns)
        ours = Similarity(matrix)
        graph = nx.Graph()
        graph.add_nodes_from(range(rows + columns))
        graph.add_edges_from((int(i), int(j) + rows) for i, j in np.argwhere(matrix))
        projected = nx.bipartite.weighted_projected_graph(graph, range(rows))
        weights = nx.to_numpy_array(projected, nodelist=range(rows))
        overlap = ours.overlap()
        np.fill_diagonal(overlap, 0)
        assert (weights == overlap).all()
        slow = spent(lambda graph=graph, rows=rows: nx.bipartite.weighted_projected_graph(graph, range(rows)), 3)  # type: ignore[misc]
        fast = spent(ours.overlap)
        table.add_row(f"projection, {rows:,} x {columns}", f"{fast:,.2f}", f"networkx {slow:,.0f} ms: {slow / fast:,.0f} times", "50 times")


def growth(table: Table) -> None:
    """The null model, the ten best partners of one and of all, by size."""
    for rows, columns in GROWTH:
        matrix = simulated(rows, columns)
        start = time.process_time()
        model = Similarity(matrix)
        fitted = (time.process_time() - start) * 1000
        model.best(0, 10)
        table.add_row(f"null model, {rows:,} x {columns}", f"{fitted:,.0f}", f"{len(model.model.links)} degree classes", "")
        goal = "5 ms" if rows == 98 else ""
        table.add_row("  ten best partners of one", f"{spent(lambda model=model: model.best(7, 10), 30):,.3f}", "", goal)  # type: ignore[misc]
        start = time.process_time()
        top = model.top(10)
        table.add_row("  of all", f"{(time.process_time() - start) * 1000:,.0f}", f"result {top.nbytes / 1e6:,.1f} MB", "O(rows x 10)")


def largest(table: Table) -> None:
    """The ten best partners of all under a limit of 2 GB address space, in a process of its own; and of one among many more."""
    for rows, everyone in (*((size, True) for size in LARGEST), (3_000_000, False)):
        command = [sys.executable, "-m", "tests.bench.match", str(rows), "all" if everyone else "one"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        text = done.stdout.strip() or f"no: {done.stderr.strip().splitlines()[-1]}"
        milliseconds, memory = text.split(" ", 1) if done.returncode == 0 else ("", text)
        what = "ten best of all" if everyone else "ten best of one"
        table.add_row(f"within 2 GB: {what}, {rows:,} x 100", milliseconds, memory, "")


def limited(rows: int, everyone: bool) -> None:
    """The child process: work under the limit and print CPU milliseconds and the peak of memory."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    random = np.random.default_rng(1)
    reach = np.minimum(2 * random.beta(2, 3, 100), 1).astype(np.float32)
    matrix = np.empty((rows, 100), np.float32)
    for start in range(0, rows, 10_000):
        size = min(10_000, rows - start)
        likely = np.minimum(2 * random.beta(2, 4, size), 0.95).astype(np.float32)[:, None] * reach
        matrix[start : start + size] = random.random((size, 100), np.float32) < likely
    model = Similarity(matrix)
    begin = time.process_time()
    model.top(10) if everyone else model.best(7, 10)
    took = (time.process_time() - begin) * 1000
    print(f"{took:,.0f} peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def main() -> None:
    """Measure and print."""
    if len(sys.argv) == 3:
        limited(int(sys.argv[1]), sys.argv[2] == "all")
        return
    table = Table("what", "CPU ms", "beside", "goal", title="Matching: costs")
    for part in (projection, growth, largest):
        part(table)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
