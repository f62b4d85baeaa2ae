"""Two registers with bases of their own in one store: each is loaded and kept without the other, and one question answers for both."""

from pathlib import Path

import pytest
from tests.helpers import oxigraph
from tests.helpers.own_base import BASE, register, run


@pytest.mark.slow
def test_two_registers_stand_in_one_store(built: Path, tmp_path: Path) -> None:
    place = register(tmp_path / "own")
    with oxigraph.running("serve", tmp_path / "store", union=True) as endpoint:
        for graph in (built, place / "build"):
            done = run("load", "--endpoint", endpoint, "--graph", str(graph), cwd=tmp_path)
            assert (done.returncode, done.stderr) == (0, "") and "are equal in number and digest" in done.stdout
        again = run("load", "--endpoint", endpoint, "--graph", str(built), cwd=tmp_path)
        assert again.stdout == "The store holds this version already.\n"
        for variables in ({}, {"KOMMUNEGRAF_BASE": BASE}):
            question = ("query", "run", "municipalities", "--format", "csv", "--endpoint", endpoint)
            done = run(*question, cwd=tmp_path, **variables)
            assert (done.returncode, done.stderr) == (0, "") and len(done.stdout.splitlines()) == 1 + 98 + 20
