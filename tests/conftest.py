"""The real graph, built once for all tests."""

from pathlib import Path

import pytest

from kommunegraf import build
from kommunegraf.engines import Embedded

ROOT = Path(__file__).resolve().parents[1]


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
