"""What building, starting, asking and loading cost: CPU time and ratios, measured in one run. Called by `scripts/bench`.

P is the time that pyoxigraph needs to parse the same N-Quads and store nothing. Everything is measured in turns,
round after round; times and ratios are medians. The copy of the tables with each row of evidence many times over is
simulated; it lives in a temporary folder and is gone afterwards.
"""

import csv
import gc
import math
import resource
import shutil
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

from kommunegraf import paths
from kommunegraf.graph import build, tables
from kommunegraf.rdf import engines

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


def rounds(works: dict[str, Work], repeat: int = 7) -> list[dict[str, float]]:
    """The seconds of each work by name, once in each round, so that what slows the machine slows all of a round."""
    return [{name: spent(work) for name, work in works.items()} for _ in range(repeat)]


def add(table: Table, what: str, measures: list[dict[str, float]], work: str, unit: str, of: str, goal: str = "") -> None:
    """A row: median milliseconds of a work, and the median of its ratio to a unit."""
    ratio = statistics.median(one[work] / one[unit] for one in measures)
    table.add_row(what, f"{statistics.median(one[work] for one in measures) * 1000:,.1f}", f"{ratio:.2f} {of}", goal)


def parse(path: Path) -> None:
    """Parse N-Quads and keep nothing."""
    for _ in ox.parse(path=path, format=ox.RdfFormat.N_QUADS):
        pass


def copy_tables(target: Path, change: Callable[[str, list[list[str]]], Iterable[list[str]]]) -> Path:
    """The data folder again at `target`, the rows of each table changed; header and metadata as they are."""
    shutil.copytree(DATA, target)
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
    """Rows on `build.build` (real tables, tables without rows, simulated tables) and on the embedded store."""
    data = {
        "real": DATA,
        "empty": copy_tables(folder / "empty", lambda name, rows: []),
        "large": copy_tables(folder / "large", multiplied),
    }
    size: dict[str, int] = {}
    works: dict[str, Work] = {}
    for name, source in data.items():
        dataset = build.build(ONTOLOGY, source)
        file = build.write(dataset, folder / "graph" / name)[0]
        size[name] = len(dataset.lines)
        works[f"P {name}"], works[name] = partial(parse, file), partial(build.build, ONTOLOGY, source)
    works["metadata"] = partial(tables.read, data["empty"])
    works["open"] = partial(engines.Embedded.open, folder / "graph" / "real" / build.NQUADS)
    measures = rounds(works)
    add(table, f"build, real tables, {size['real']:,} quads", measures, "real", "P real", "P", "2")
    add(table, "  of it fixed: metadata and ontology (tables without rows)", measures, "empty", "P real", "P")
    add(table, "    of that: metadata parsed", measures, "metadata", "P real", "P")
    add(table, f"build, evidence x {TIMES} (simulated), {size['large']:,} quads", measures, "large", "P large", "P", "2")
    times = statistics.median((one["large"] - one["empty"]) / (one["real"] - one["empty"]) for one in measures)
    growth = math.log(times) / math.log((size["large"] - size["empty"]) / (size["real"] - size["empty"]))
    table.add_row("  growth exponent of time over quads, fixed part aside", "", f"{growth:.2f}", "1.1")
    add(table, "embedded store opened, real graph", measures, "open", "P real", "P", "2.5")


def starting(table: Table, folder: Path) -> None:
    """Rows on processes: bare Python, the import of csvw, help, and one lookup from cold."""
    lookup = ["query", "run", "municipality", "--param", "municipality=Aarhus", "--format", "csv"]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import csvw'": [sys.executable, "-c", "import csvw"],
        "kommunegraf --help": [COMMAND, "--help"],
        "kommunegraf query run municipality, from cold": [COMMAND, *lookup, "--graph", str(folder / "graph" / "real")],
    }
    run = partial(subprocess.run, check=True, stdout=subprocess.DEVNULL)
    measures = rounds({what: partial(run, command) for what, command in commands.items()}, repeat=15)
    for what, goal in zip(commands, ("", "", "3", "150 ms"), strict=True):
        add(table, what, measures, what, "python -c pass", "bare Python", goal)


def main() -> None:
    """Measure and print."""
    table = Table("what", "CPU ms", "ratio", "goal", title="Kommunegraf: costs")
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix="kommunegraf-bench-") as folder:
        for part in (building, starting):
            console.print(f"measuring: {part.__name__}", style="dim")
            part(table, Path(folder))
    console.print(table)


if __name__ == "__main__":
    main()
