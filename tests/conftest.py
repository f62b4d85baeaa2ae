"""What is dear: the real graph and the real site, made once for a run of tests and shared by its processes, and a browser for each."""

import os
import ssl
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from kommunegraf.contribute import register
from kommunegraf.contribute.register import Register
from kommunegraf.graph import build
from kommunegraf.publish.documents import Documents, release
from kommunegraf.rdf.engines import Embedded
from kommunegraf.site.model import Site
from kommunegraf.site.registry import Pages
from tests.helpers import ROOT, publishing
from tests.helpers.browsing import chromium
from tests.helpers.examples import configure
from tests.helpers.serving import Served, serving
from tests.helpers.sharing import made_once


def pytest_configure(config: pytest.Config) -> None:
    """Before tests are imported: how thoroughly this run tries."""
    configure(config)


@pytest.fixture(scope="session", autouse=True)
def _authorities() -> Iterator[None]:
    """The authorities of certificates, read once: httpx reads them for each request without a client, in 0.05 seconds."""
    with mock.patch.object(ssl, "create_default_context", cache(ssl.create_default_context)):
        yield


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
def held() -> Register:
    """What the real tables hold, as contributors' forms show it."""
    return register.read(ROOT / "data")


@pytest.fixture(scope="session")
def engine(built: Path) -> Embedded:
    """The built graph, loaded. Tests read it, and write to copies."""
    return Embedded.open(built / build.NQUADS)


@pytest.fixture(scope="session")
def pages(engine: Embedded) -> Pages:
    """The pages of the real graph."""
    return Pages(Site(engine.store, "0.1.0"))


@pytest.fixture(scope="session")
def served(built: Path) -> Iterator[Served]:
    """The server over the real graph, as it is where nothing is set. Tests ask it; those that change a server have their own."""
    with serving(built / build.NQUADS) as server:
        yield server


@pytest.fixture(scope="session")
def documents(engine: Embedded) -> Documents:
    """The documents of the real site, as `kommunegraf publish` makes them where no address is named."""
    return Documents(engine.store, release(engine.store), ROOT / "data")


@pytest.fixture(scope="session")
def published(built: Path, shared: Path) -> Path:
    """The folder of the real site as the command publishes it, with what was seen of that (`helpers/publishing.py`)."""
    return made_once(shared / "published", lambda folder: publishing.publish(built, folder))


@pytest.fixture(scope="session")
def site(published: Path) -> Path:
    """The real site in a folder. Tests read it, and write elsewhere."""
    return published / publishing.SITE


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser. Skips where there is none."""
    with chromium() as opened:
        yield opened
