"""The real graph, built once for all tests."""

from pathlib import Path

import pytest

from kommunegraf.graph import build
from kommunegraf.rdf.engines import Embedded
from tests.helpers import ROOT


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def dataset() -> build.Dataset:
    """The dataset that the tables and the ontology make."""
    return build.build(ROOT / "ontology", ROOT / "data")


@pytest.fixture(scope="session")
def built(dataset: build.Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the written graph."""
    folder = tmp_path_factory.mktemp("build")
    build.write(dataset, folder)
    return folder


@pytest.fixture(scope="session")
def engine(built: Path) -> Embedded:
    """The built graph, loaded."""
    return Embedded.open(built / build.NQUADS)
