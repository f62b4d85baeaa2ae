"""What building, starting, asking and loading cost: CPU time and ratios, measured in one run. Called by `scripts/bench`.

P is the time that pyoxigraph needs to parse the same N-Quads and store nothing. Work and unit are measured in turns;
times and ratios are medians. The copy of the tables with each row of evidence many times over is simulated; it lives in
a temporary folder and is gone afterwards.
"""

import csv
import gc
import math
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pyoxigraph as ox
from rich.console import Console
from rich.table import Table

from kommunegraf import build, engines, paths, tables

ONTOLOGY, DATA = paths.root() / "ontology", paths.root() / "data"
COMMAND = str(Path(sys.executable).with_name("kommunegraf"))
TIMES = 10
"""How many times the simulated copy holds each row of evidence."""
NUMBERED = {"evidence.csv": 3, "evidence-partners.csv": 4, "evidence-solutions.csv": 4, "evidence-municipal-partners.csv": 4}
"""Tables whose third column is the number of a row of evidence, and the length of their keys."""

Work = Callable[[], object]


def spent(work: Work) -> float:
    """The CPU seconds of some work: all threads, and processes that it waited for."""
    gc.collect()
    before = _clock()
    work()
    return _clock() - before


def _clock() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def measure(table: Table, what: str, work: Work, unit: Work, of: str, goal: str = "", repeat: int = 7) -> tuple[float, float]:
    """Add a row. Returns the median seconds of the work and of the unit."""
    found = [(spent(work), spent(unit)) for _ in range(repeat)]
    seconds, units = (statistics.median(column) for column in zip(*found))
    table.add_row(what, f"{seconds * 1000:,.1f}", f"{statistics.median(w / u for w, u in found):.2f} {of}", goal)
    return seconds, units


def parse(path: Path) -> None:
    """Parse N-Quads and keep nothing."""
    for _ in ox.parse(path=path, format=ox.RdfFormat.N_QUADS):
        pass


def copy_tables(target: Path, change: Callable[[str, list[list[str]]], Iterable[list[str]]]) -> Path:
    """The data folder again at `target`, the rows of each table changed; header and metadata as they are."""
    target.mkdir()
    (target / tables.METADATA).write_bytes((DATA / tables.METADATA).read_bytes())
    for source in DATA.glob("*.csv"):
        with source.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        with (target / source.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *change(source.name, rows)])
    return target


def multiplied(name: str, rows: list[list[str]]) -> Iterable[list[str]]:
    """Rows of evidence, and of what hangs on them, `TIMES` times over with new numbers, in the order of their keys."""
    if name not in NUMBERED:
        return rows
    many = [[first, second, str(int(number) + 1000 * n), *rest] for n in range(TIMES) for first, second, number, *rest in rows]
    return sorted(many, key=lambda row: row[: NUMBERED[name]])


def building(table: Table, folder: Path) -> None:
    """Rows on `build.build`: real tables, tables without rows (what is fixed), simulated tables."""
    empty, large = copy_tables(folder / "empty", lambda name, rows: []), copy_tables(folder / "large", multiplied)
    costs, sizes = {}, {}
    for data, what, goal in (
        (DATA, "build, real tables", "2"),
        (empty, "  of it fixed: metadata and ontology, tables without rows", ""),
        (large, f"build, evidence x {TIMES} (simulated)", "2"),
    ):
        dataset = build.build(ONTOLOGY, data)
        sizes[data] = len(dataset.lines)
        build.write(dataset, folder / f"graph-{data.name}")
        unit = partial(parse, folder / f"graph-{(DATA if data == empty else data).name}" / build.NQUADS)
        costs[data], _ = measure(table, f"{what}, {sizes[data]:,} quads", partial(build.build, ONTOLOGY, data), unit, "P", goal)
        if data == empty:
            measure(table, "    of that: metadata parsed", partial(tables.read, empty), unit, "P")
    ratios = [math.log((n[large] - n[empty]) / (n[DATA] - n[empty])) for n in (costs, sizes)]
    table.add_row("  growth exponent of time over quads, fixed part aside", "", f"{ratios[0] / ratios[1]:.2f}", "1.1")


def loading(table: Table, folder: Path) -> None:
    """A row on the embedded store."""
    file = folder / f"graph-{DATA.name}" / build.NQUADS
    measure(table, "embedded store opened, real graph", partial(engines.Embedded.open, file), partial(parse, file), "P", "2.5")


def starting(table: Table, folder: Path) -> None:
    """Rows on processes: bare Python, the import of csvw, help, and one lookup from cold."""
    run = partial(subprocess.run, check=True, stdout=subprocess.DEVNULL)
    bare = partial(run, [sys.executable, "-c", "pass"])
    graph = str(folder / f"graph-{DATA.name}")
    lookup = ["query", "run", "municipality", "--param", "municipality=Aarhus", "--format", "csv", "--graph", graph]
    for what, command, goal in (
        ("python -c pass", [sys.executable, "-c", "pass"], ""),
        ("python -c 'import csvw'", [sys.executable, "-c", "import csvw"], ""),
        ("kommunegraf --help", [COMMAND, "--help"], "3"),
        ("kommunegraf query run municipality, from cold", [COMMAND, *lookup], "150 ms"),
    ):
        measure(table, what, partial(run, command), bare, "bare Python", goal, repeat=15)


def main() -> None:
    """Measure and print."""
    table = Table("what", "CPU ms", "ratio", "goal", title="Kommunegraf: costs")
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix="kommunegraf-bench-") as folder:
        for part in (building, loading, starting):
            console.print(f"measuring: {part.__name__}", style="dim")
            part(table, Path(folder))
    console.print(table)


if __name__ == "__main__":
    main()
