"""One page costs one page: the dumps and what is measured of them are made when somebody asks for them."""

import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT

from kommunegraf.findings import BadInput
from kommunegraf.graph import catalog
from kommunegraf.namespaces import BASE, SKOS, expand
from kommunegraf.publish.documents import Documents
from kommunegraf.publish.dumps import Dumps
from kommunegraf.rdf.engines import Embedded

HEAVY = {"networkx", "numpy", "scipy", "csvw", "xlsxwriter", "pyshacl", "rdflib"}


@pytest.fixture(scope="module")
def small() -> ox.Store:
    """A store whose dumps cost nothing."""
    store = ox.Store()
    store.load(f'<{BASE}thing/a> <{SKOS}prefLabel> "Ting"@da, "Thing"@en .', format=ox.RdfFormat.TURTLE)
    return store


def test_the_names_of_the_dumps_are_known_before_they_are_made(documents: Documents, small: ox.Store) -> None:
    for dumps in (documents.dumps, Dumps(small, None, "2.0")):
        names = dumps.names
        assert names == list(dumps.files) and len(names) == len(set(names))


def test_a_page_and_its_data_need_no_dump(engine: Embedded) -> None:
    documents = Documents(engine.store, "0.1.0", ROOT / "data")
    page = documents.read("municipality/0751.html")
    assert page and b"Aarhus" in page and documents.read("municipality/0751.ttl") and documents.read("nothing.html") is None
    assert "files" not in vars(documents.dumps)


def test_the_page_of_the_dumps_says_their_sizes(documents: Documents) -> None:
    assert "\u00a0kB" in (documents.read("dump/index.en.html") or b"").decode()
    assert "files" in vars(documents.dumps)


def test_the_catalogue_has_the_size_and_the_checksum_of_each_dump(documents: Documents) -> None:
    body = documents.read("catalog.ttl")
    assert body
    sizes = {t.subject: t.object.value for t in ox.parse(body, format=ox.RdfFormat.TURTLE)
             if t.predicate.value == expand("dcat:byteSize") and isinstance(t.object, ox.Literal)}
    files = {path: content for path, content in documents.dumps.files.items() if catalog.datasets(path)}
    assert len(sizes) == len(files) > 40
    assert sorted(map(int, sizes.values())) == sorted(map(len, files.values()))


def test_tables_whose_description_cannot_be_read_are_refused_at_once(engine: Embedded, tmp_path: Path) -> None:
    (tmp_path / "csv-metadata.json").write_text("{", "utf-8")
    with pytest.raises(BadInput, match="csv-metadata.json"):
        Documents(engine.store, "0.1.0", tmp_path)


def test_importing_documents_loads_nothing_heavy() -> None:
    program = "import sys, kommunegraf.publish.documents; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    loaded = set(done.stdout.split())
    assert "pyoxigraph" in loaded and not loaded & HEAVY
