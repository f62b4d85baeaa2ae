"""What matching answers with is plain data, which a program can import without waiting for the libraries that compute it."""

import subprocess
import sys

import pytest
from tests.helpers import ROOT

HEAVY = {"csvw", "networkx", "numpy", "rdflib", "scipy"}


def loaded(module: str) -> set[str]:
    """The heavy libraries that importing a module loads, in a process of its own."""
    program = f"import sys, {module}; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT / "scripts")})
    return HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("module", ["kommunegraf.matching.results", "kommunegraf.graph.reader"])
def test_the_types_of_answers_load_no_heavy_library(module: str) -> None:
    assert loaded(module) == set()


def test_a_heavy_library_is_seen() -> None:
    assert loaded("networkx") >= {"networkx"}
