"""The real graph, built once for a run of tests and shared by its processes."""

import os
from pathlib import Path

import pytest

from kommunegraf.graph import build
from kommunegraf.rdf.engines import Embedded
from tests.helpers import ROOT
from tests.helpers.sharing import made_once


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its processes see; pytest-xdist gives each of them a folder below it."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def built(shared: Path) -> Path:
    """A folder with the written graph."""
    return made_once(shared / "graph", lambda folder: build.write(build.build(ROOT / "ontology", ROOT / "data"), folder))


@pytest.fixture(scope="session")
def dataset(built: Path) -> build.Dataset:
    """The dataset that the tables and the ontology make."""
    return build.Dataset((built / build.NQUADS).read_text("utf-8").removesuffix("\n").split("\n"))


@pytest.fixture(scope="session")
def engine(built: Path) -> Embedded:
    """The built graph, loaded. Tests read it, and write to copies."""
    return Embedded.open(built / build.NQUADS)
