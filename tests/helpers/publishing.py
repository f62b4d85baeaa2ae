"""The real site as the command publishes it: in a process of its own, with another seed of its hashes, in another time zone, watched."""

import os
import subprocess
import sys
from pathlib import Path

from tests.helpers import ROOT

SITE, OPENED, SAID = "site", "opened", "said"
"""What stands in the folder: the site, the paths elsewhere that were opened to read, and what the command said."""
_WATCHED = """
import os, runpy, sys
file = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_CREAT | os.O_APPEND)

def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and not arguments[2] & (os.O_WRONLY | os.O_RDWR):
        os.write(file, os.fsencode(os.path.abspath(arguments[0]) + "\\n"))

sys.addaudithook(note)
runpy.run_module("kommunegraf", run_name="__main__", alter_sys=True)
"""
"""Runs the command and writes every path that it opens to read, in all its processes, to a file."""


def run(*arguments: str, seed: str = "0", watch: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`kommunegraf publish` in a process with its own seed of hashes and its own time zone."""
    way = ["-c", _WATCHED, str(watch)] if watch else ["-m", "kommunegraf"]
    program = [sys.executable, *way, "publish", *arguments]
    return subprocess.run(program, capture_output=True, text=True, encoding="utf-8", env=environment(seed), check=False)


def environment(seed: str) -> dict[str, str]:
    """The variables of a process with its own seed of hashes and its own time zone."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"}


def publish(graph: Path, folder: Path) -> None:
    """Publish the graph in the folder `graph`, and what was seen of it, to a new folder."""
    folder.mkdir()
    seen = folder / "seen"
    done = run("--graph", str(graph), "--output", str(folder / SITE), seed="2", watch=seen)
    assert done.returncode == 0, done.stderr
    paths = {path for path in seen.read_text("utf-8").splitlines() if not path.startswith(f"{folder}/")}
    (folder / OPENED).write_text("\n".join(sorted(paths)), "utf-8")
    (folder / SAID).write_text(done.stderr.replace(str(folder / SITE), SITE), "utf-8")
