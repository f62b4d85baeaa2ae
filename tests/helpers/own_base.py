"""A register with IRIs of its own: the Swedish one with a base, built by the command in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.helpers import ROOT, sweden

BASE = "https://data.example.se/smartcity/"


def run(*arguments: str, cwd: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """What the command does in a process of its own, which it may replace by another."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "COLUMNS": "200", **variables}
    command = [sys.executable, "-P", "-m", "kommunegraf", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def register(place: Path) -> Path:
    """Write the register's folders `data` and `ontology` to a folder, and build its graph to `build` there."""
    place.mkdir(exist_ok=True)
    sweden.folders(place)
    done = run("build", "--data", "data", "--ontology", "ontology", "--base", BASE, cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    return place
