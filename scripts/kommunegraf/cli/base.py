"""The base IRI of a register: chosen for `build`, and for other verbs that of the graph that they read.

The modules that hold the base are loaded once, so another base is for another process: the command is run again in place of this one.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from kommunegraf.namespaces import BASE, VARIABLE, BadBase, OtherBase, checked
from kommunegraf.paths import NQUADS

_GRAPH = re.compile(r" <([^<> ]+/)graph/[a-z]+> \.\n?")


def choose(base: str) -> None:
    """Make a base that the user names the one of this command. Raises BadBase, also where the environment has another."""
    if checked(base) == BASE:
        return
    if os.environ.get(VARIABLE):
        raise BadBase(f"--base is {base} and {VARIABLE} is {BASE}; give one of them")
    _run_again(base)


def adopt(graph: Path) -> None:
    """Make the base of a graph that `build` wrote the one of this command. Raises OtherBase where the environment has another.

    The name of a graph tells it: one ends each line. A file whose first line has none keeps the base as it is.
    """
    with graph.open(encoding="utf-8", errors="replace") as lines:
        named = _GRAPH.search(lines.readline())
    if named is None or named[1] == BASE:
        return
    if os.environ.get(VARIABLE):
        raise OtherBase(named[1], str(graph))
    _run_again(checked(named[1]))


def adopt_any(files: Iterable[Path]) -> None:
    """The same for those of some RDF files that have the name of a built graph."""
    for file in files:
        if file.name == NQUADS and file.is_file():
            adopt(file)


def _run_again(base: str) -> NoReturn:
    """Run the command in place of this process, with a base. Python's -P keeps modules in the working folder out, as `__main__` does."""
    command = [sys.executable, "-P", "-m", "kommunegraf", *sys.argv[1:]]
    environment = {**os.environ, VARIABLE: base}
    if sys.platform == "win32":  # where exec does not wait
        raise SystemExit(subprocess.run(command, env=environment, check=False).returncode)
    os.execve(sys.executable, command, environment)
