"""Requests that the server answers in a second, beside Oxigraph's server and rdflib-endpoint, in one run. Called by `scripts/bench load`.

`wrk` (Debian's package) keeps some connections busy with one server at a time, round after round; figures are medians of the rounds. It
shares the processors with the server that it measures, so ratios count, and a busy machine makes them uncertain: its load is told.
"""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
from rich.console import Console
from rich.table import Table

from kommunegraf import paths
from kommunegraf.graph import build
from tests.bench import processes
from tests.helpers.oxigraph import serving as oxigraph
from tests.helpers.webservers import free_port

HERE = Path(__file__).parent
ROUNDS, SECONDS, CONNECTIONS = 3, 5, 8
LOOKUPS = {"same": "lookup, the same again", "kommuner": "lookup, 98 kommuner in turn", "new": "lookup, a new text each time"}
DOCUMENTS = {"municipality/0751.html": "page of a kommune", "municipality/0751.ttl": "its data as Turtle"}
GOALS = {"oxigraph": 0.5, "rdflib-endpoint": 10}
WANTED = {"wrk": "on Debian: apt-get install wrk", "rdflib-endpoint": "the extra browser brings it: scripts/environment test browser"}


class Found(NamedTuple):
    """What wrk found: requests a second, milliseconds of the median and of the 99th percentile, and requests that failed."""

    rate: float
    p50: float
    p99: float
    failed: int


def wrk(address: str, *script: str) -> Found:
    """Keep a server busy for `SECONDS`. `script` is a Lua file and its arguments; without one, `address` is asked again and again."""
    lua = "".join((HERE / name).read_text("utf-8") for name in (*script[:1], "summary.lua"))
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as file:
        file.write(lua)
        file.flush()
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", file.name, address, "--", *script[1:]]
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    report = json.loads(done.stdout.strip().splitlines()[-1])
    return Found(report["requests"] / report["duration"] * 1e6, report["p50"] / 1000, report["p99"] / 1000, report["failed"])


@contextmanager
def started(command: list[str], address: str) -> Iterator[processes.Started]:
    """A server that answers at an address, and how long it took until then."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not _answers(address):
                if process.poll() is not None or time.perf_counter() - begin > 120:
                    raise RuntimeError(f"{command[0]} did not start")
                time.sleep(0.02)
            yield processes.Started(process.pid, time.perf_counter() - begin)
        finally:
            process.terminate()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False


def measure(folder: Path, console: Console) -> tuple[dict[tuple[str, str], list[Found]], processes.Started, list[str]]:
    """What wrk found for each server and kind of request, in rounds; our server, and what it costs, as told before the first."""
    nquads, _ = build.write(build.build(paths.root() / "ontology", paths.root() / "data"), folder)
    codes = sorted(set(re.findall(r"(?m)^<\S+/kommunegraf/municipality/(\d{4})> ", nquads.read_text("utf-8"))))
    ours, rdflib = free_port(), free_port()
    programs = Path(sys.executable).parent
    measures: dict[tuple[str, str], list[Found]] = {}
    with ExitStack() as stack:
        command = [str(programs / "kommunegraf"), "serve", "--graph", str(folder), "--port", str(ours), "--quiet"]
        server = stack.enter_context(started(command, f"http://127.0.0.1:{ours}/ready"))
        costs = processes.costs(server)
        command = [str(programs / "rdflib-endpoint"), "serve", str(nquads), "--port", str(rdflib)]
        stack.enter_context(started(command, f"http://127.0.0.1:{rdflib}/"))
        other = stack.enter_context(oxigraph(nquads, folder / "store"))
        places = {"kommunegraf": f"http://127.0.0.1:{ours}/sparql", "oxigraph": other, "rdflib-endpoint": f"http://127.0.0.1:{rdflib}/"}
        for number in range(ROUNDS):
            console.print(f"round {number + 1} of {ROUNDS}; load of the machine {os.getloadavg()[0]:.1f}", style="dim")
            for kind in LOOKUPS:
                for name, address in places.items():
                    measures.setdefault((name, kind), []).append(wrk(address, "lookup.lua", httpx.URL(address).path, kind, *codes))
            for path in DOCUMENTS:
                httpx.get(f"http://127.0.0.1:{ours}/{path}")
                measures.setdefault(("kommunegraf", path), []).append(wrk(f"http://127.0.0.1:{ours}/{path}"))
    return measures, server, costs


def _median(measures: list[Found]) -> Found:
    return Found(*(statistics.median(column) for column in zip(*measures)))


def _times(measures: dict[tuple[str, str], list[Found]], kind: str, name: str) -> str:
    """How many times the other server's requests ours answers, by the medians of the rounds, beside the same lookup."""
    pairs = zip(measures["kommunegraf", kind], measures[name, kind if kind in LOOKUPS else "same"])
    return f"{statistics.median(ours.rate / theirs.rate for ours, theirs in pairs):.2f} of {name} ({GOALS[name]:g})"


def main() -> None:
    """Measure and print."""
    console = Console(width=150)
    for program, how in WANTED.items():
        if not shutil.which(program, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}"):
            raise SystemExit(f"{program} is not installed; {how}")
    with tempfile.TemporaryDirectory(prefix="kommunegraf-bench-") as folder:
        measures, server, costs = measure(Path(folder), console)
    title = f"Load: {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s; wrk and the servers share {os.cpu_count()} processors"
    table = Table("request", "server", "a second", "p50 ms", "p99 ms", "failed", "ratio (goal)", title=title)
    for kind, what in {**LOOKUPS, **DOCUMENTS}.items():
        for name in ("kommunegraf", *GOALS):
            if (name, kind) in measures:
                rate, p50, p99, failed = _median(measures[name, kind])
                ratio = "; ".join(_times(measures, kind, other) for other in GOALS) if name == "kommunegraf" else ""
                table.add_row(what, name, f"{rate:,.0f}", f"{p50:.1f}", f"{p99:.1f}", f"{failed:.0f}", ratio)
    console.print(table)
    for line in costs:
        console.print(line)


if __name__ == "__main__":
    main()
