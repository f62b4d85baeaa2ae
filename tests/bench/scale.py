"""What each verb costs as the graph grows: a table in Markdown, as it stands in `docs/scale.md`. Called by `scripts/bench scale`.

The registers are simulated (`register`) and live in a temporary folder. Every verb runs in a process of its own. Processor seconds count
all its processes; memory is the most that one of them held (for the server: all together, shared pages once).
"""

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kommunegraf.graph.build import NQUADS
from kommunegraf.rdf import compiled
from tests.bench import processes, register

_PROGRAM = """
import sys
from pathlib import Path
from kommunegraf import paths
root = Path(sys.argv.pop(1))
paths.root = lambda: root
from kommunegraf.__main__ import main
main()
"""
"""The command over another register than this checkout's."""
_LOAD = """
import sys, pyoxigraph
pyoxigraph.Store(*sys.argv[2:]).bulk_load(path=sys.argv[1], format=pyoxigraph.RdfFormat.N_QUADS)
"""
"""Loading by the engine alone: nothing that loads a graph can cost less."""
_CLOCK = os.sysconf("SC_CLK_TCK")
_MB = 1_000_000


@dataclass(frozen=True)
class Cost:
    """Processor seconds, megabytes of memory, and megabytes on disk where something is written. `note` says why there is none."""

    seconds: float = math.nan
    memory: float = math.nan
    disk: float = 0
    note: str = ""

    def __str__(self) -> str:
        if self.note:
            return self.note
        parts = [f"{self.seconds:.2f} s" if self.seconds < 10 else f"{self.seconds:.0f} s"]
        parts += [f"{self.memory:,.0f} MB"] if not math.isnan(self.memory) else []
        parts += [f"{self.disk:,.0f} MB disk"] if self.disk else []
        return ", ".join(parts)


@dataclass
class Run:
    """One register: how many times the real one, its folders, and the number of its statements once it is built."""

    times: int
    root: Path
    limit: int
    statements: int = 0
    costs: dict[str, Cost] = field(default_factory=dict)

    @property
    def built(self) -> Path:
        """Where its graph is."""
        return self.root / "build"

    def process(self, *command: str) -> Cost:
        """What a process costs that this one waits for, with all that it waits for; a note where it needs more than the limit."""
        child = subprocess.Popen(
            [sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=partial(_limit, self.limit))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            return Cost(note=f"not in {self.limit} s" if child.returncode < 0 else f"ends with code {child.returncode}")
        return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000)

    def verb(self, *arguments: str) -> Cost:
        """What a verb of the command costs over this register."""
        return self.process("-c", _PROGRAM, str(self.root), *arguments)


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _size(*places: Path) -> float:
    """Megabytes of files, and of all files below folders."""
    files = [file for place in places for file in (place.rglob("*") if place.is_dir() else (place,)) if file.is_file()]
    return sum(file.stat().st_size for file in files) / _MB


def _build(run: Run) -> Iterator[tuple[str, Cost]]:
    cost = run.verb("build", "--output", str(run.built))
    if cost.note:
        yield "`build`", cost
        return
    nquads = run.built / NQUADS
    with nquads.open("rb") as file:
        run.statements = sum(1 for _ in file)
    yield "`build`", Cost(cost.seconds, cost.memory, _size(run.built))
    yield "pyoxigraph loads, memory", run.process("-c", _LOAD, str(nquads))
    cost = run.process("-c", _LOAD, str(nquads), str(run.root / "loaded"))
    yield "pyoxigraph loads, disk", Cost(cost.seconds, cost.memory, _size(compiled.folder(nquads)), cost.note)


def _validate(run: Run) -> Iterator[tuple[str, Cost]]:
    yield "`validate`", run.verb("validate")


def _query(run: Run) -> Iterator[tuple[str, Cost]]:
    lookup = ("query", "run", "municipality", "--param", "municipality=Aarhus", "--format", "csv")
    yield "`query run municipality`, cold", run.verb(*lookup, "--graph", str(run.built))
    yield "`match Kalundborg`", run.verb("match", "Kalundborg", "--graph", str(run.built))


def _serve(run: Run) -> Iterator[tuple[str, Cost]]:
    command = [sys.executable, "-c", _PROGRAM, str(run.root), "serve", "--port", "0", "--quiet", "--graph", str(run.built)]
    limit = partial(_limit, run.limit)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=limit) as server:
        line = server.stdout.readline() if server.stdout else ""
        if " is at " not in line:
            yield "`serve` until ready", Cost(note=f"not in {run.limit} s")
            return
        try:
            yield "`serve` until ready", Cost(_spent(server.pid), _held(server.pid))
            for what, path in (("its first page of a kommune", "municipality/0751.html"), ("its next page", "municipality/0101.html")):
                before = _spent(server.pid)
                with urllib.request.urlopen(line.split(" is at ")[1].strip() + path) as answer:
                    answer.read()
                yield what, Cost(_spent(server.pid) - before, _held(server.pid))
        finally:
            server.terminate()


def _spent(pid: int) -> float:
    """The processor seconds of a process and its descendants, those that have ended and were waited for too."""
    values = [Path(f"/proc/{number}/stat").read_text("ascii").rsplit(")", 1)[1].split() for number in processes.family(pid)]
    return sum(int(value) for words in values for value in words[11:15]) / _CLOCK


def _held(pid: int) -> float:
    return sum(map(processes.proportional, processes.family(pid))) / _MB


def _publish(run: Run) -> Iterator[tuple[str, Cost]]:
    site = run.root / "site"
    for what in ("`publish`", "`publish` again, nothing changed"):
        cost = run.verb("publish", "--output", str(site), "--graph", str(run.built))
        yield what, Cost(cost.seconds, cost.memory, _size(site) if site.is_dir() else 0, cost.note)
        if cost.note:
            return


PARTS: dict[str, Callable[[Run], Iterator[tuple[str, Cost]]]] = {
    "build": _build, "validate": _validate, "query": _query, "serve": _serve, "publish": _publish,
}


def exponent(small: Cost, large: Cost, growth: float) -> str:
    """The power of the number of statements by which the seconds grow; empty where one of them is missing."""
    value = math.log(large.seconds / small.seconds) / math.log(growth) if growth > 1 else math.nan
    return "" if math.isnan(value) else f"{value:.2f}"


def table(runs: list[Run]) -> str:
    """The costs of all verbs as a table in Markdown, then each beside the loading of the same statements."""
    steps = list(zip(runs, runs[1:]))
    head = ["", *(_title(run) for run in runs), *(f"exponent x{small.times} to x{large.times}" for small, large in steps)]
    rows = [["statements", *(f"{run.statements:,}" for run in runs), *("" for _ in steps)]]
    missing = Cost(note="")
    for what in dict.fromkeys(what for run in runs for what in run.costs):
        costs = [run.costs.get(what) for run in runs]
        growth = [
            exponent(run.costs.get(what, missing), after.costs.get(what, missing), after.statements / max(run.statements, 1))
            for run, after in steps
        ]
        rows.append([what, *("" if cost is None else str(cost) for cost in costs), *growth])
    for what, unit in (("`build`", "pyoxigraph loads, memory"), ("`build`", "pyoxigraph loads, disk"), ("`validate`", "`build`")):
        ratios = [run.costs[what].seconds / run.costs[unit].seconds if {what, unit} <= run.costs.keys() else math.nan for run in runs]
        rows.append([f"{what} / {unit}", *("" if math.isnan(ratio) else f"{ratio:.1f}" for ratio in ratios), *("" for _ in steps)])
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


def _title(run: Run) -> str:
    return "today" if run.times == 1 else f"x{run.times}, simulated"


def main() -> None:
    """Measure, telling on standard error how far it is, and print the table."""
    parser = argparse.ArgumentParser(prog="scripts/bench scale", description="What each verb costs as the graph grows, as Markdown.")
    parser.add_argument("--sizes", default="1,10", help="how many times the register of today, separated by commas; 1,10 by default")
    parser.add_argument("--verbs", default=",".join(PARTS), help=f"of {', '.join(PARTS)}; build is always measured")
    parser.add_argument("--limit", type=int, default=600, help="processor seconds that one process may need; 600 by default")
    options = parser.parse_args()
    sizes, verbs = sorted(map(int, options.sizes.split(","))), options.verbs.split(",")
    if unknown := set(verbs) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; choose of {', '.join(PARTS)}")
    runs = []
    with tempfile.TemporaryDirectory(prefix="kommunegraf-scale-") as folder:
        for times in sizes:
            run = Run(times, register.root(Path(folder) / f"x{times}", times), options.limit)
            runs.append(run)
            for name, part in PARTS.items():
                for what, cost in part(run) if name in (*verbs, "build") else ():
                    run.costs[what] = cost
                    print(f"x{times}: {what}: {cost}", file=sys.stderr, flush=True)
    print(table(runs))


if __name__ == "__main__":
    main()
