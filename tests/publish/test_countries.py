"""The Swedish register of the tests as a site of its own, and served beside Denmark."""

import json
from collections.abc import Iterator
from pathlib import Path

import csvw
import httpx
import pytest
from tests.helpers import ROOT, sweden
from tests.helpers.serving import Served, serving

from kommunegraf.cli.publish import tables_of
from kommunegraf.graph import build
from kommunegraf.paths import Folders
from kommunegraf.publish.documents import Documents, fitting, release
from kommunegraf.rdf.engines import Embedded


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The folders of the Swedish register."""
    data, ontology = sweden.folders(tmp_path_factory.mktemp("sweden"))
    return Folders.of([data], ontology)


@pytest.fixture(scope="module")
def graph(folders: Folders, tmp_path_factory: pytest.TempPathFactory) -> Embedded:
    """The graph of Sweden alone."""
    return Embedded.open(build.write(build.build_all(folders), tmp_path_factory.mktemp("alone"))[0])


@pytest.fixture(scope="module")
def documents(graph: Embedded, folders: Folders) -> Documents:
    """The documents of a site about Sweden."""
    return Documents(graph.store, release(graph.store), folders.data[0])


def page(documents: Documents, name: str) -> str:
    body = documents.read(name)
    assert body is not None, name
    return body.decode()


def test_pages_are_about_sweden(documents: Documents) -> None:
    front = page(documents, "index.html")
    assert "Sveriges 20 kommuner" in front and "Danmark" not in front and "98" not in front
    assert "Sweden&#39;s 20 municipalities" in page(documents, "index.en.html")
    assert "Smart City in Sweden" in page(documents, "cite.en.html")


def test_a_page_shows_the_swedish_name_as_swedish(documents: Documents) -> None:
    for name in ("municipality/se-0180.html", "municipality/se-0180.en.html"):
        assert 'lang="sv">Stockholms kommun<' in page(documents, name)
    assert "lang=\"sv\"" not in page(documents, "initiative/waste-app.html")  # it has no Swedish name


def test_the_tables_of_another_register_are_not_published(graph: Embedded, folders: Folders, engine: Embedded) -> None:
    assert fitting(graph.store, folders.data[0]) == folders.data[0]
    assert fitting(engine.store, ROOT / "data") == ROOT / "data"
    assert fitting(graph.store, ROOT / "data") is fitting(engine.store, folders.data[0]) is tables_of(graph.store, None) is None


@pytest.mark.slow
def test_the_tables_are_published_with_metadata_that_describes_them(documents: Documents, tmp_path: Path) -> None:
    tables = [name for name in documents.dumps.names if name.startswith("dump/tables/")]
    for name in tables:
        body = documents.read(name)
        assert body is not None
        (tmp_path / Path(name).name).write_bytes(body)
    assert "dump/tables/cases.csv" not in tables and "dump/tables/countries.csv" in tables
    metadata = json.loads((tmp_path / "csv-metadata.json").read_text("utf-8"))
    assert sorted(f"dump/tables/{table['url']}" for table in metadata["tables"]) == sorted(t for t in tables if t.endswith(".csv"))
    group = csvw.TableGroup.from_file(tmp_path / "csv-metadata.json")
    assert group.check_referential_integrity()
    (municipalities,) = (table for table in group.tables if str(table.url) == "municipalities.csv")
    assert {row["code"]: row["name_sv"] for row in municipalities.iterdicts(strict=True)}["se-0180"] == "Stockholms kommun"


@pytest.mark.slow
def test_every_document_of_the_site_is_made(documents: Documents) -> None:
    assert [f for f in documents.findings() if f.severity == "violation"] == []
    names = [name for name in documents.names() if name.endswith(".html") and not name.startswith(("ontology/", "shape/", "query/"))]
    assert "municipality/se-0163.html" in names and "municipality/0163.html" not in names
    assert all(documents.read(name) for name in names)


@pytest.fixture(scope="module")
def both(folders: Folders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over one graph of Denmark and Sweden."""
    dataset = build.build_all(Folders.of([ROOT / "data", *folders.data]))
    with serving(build.write(dataset, tmp_path_factory.mktemp("both"))[0], data=ROOT / "data") as served:
        yield served


@pytest.mark.slow
def test_both_countries_are_served_from_one_store(both: Served) -> None:
    names = {"0163": "Herlev", "se-0163": "Sollentuna", "0360": "Lolland", "se-0360": "Tierp"}
    with httpx.Client(base_url=both.base, follow_redirects=True, timeout=120) as client:
        for code, name in names.items():
            path = f"/municipality/{code}"
            answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
            assert answer.status_code == 200 and f"{name} Municipality" in answer.text
            turtle = client.get(path, headers={"Accept": "text/turtle"})
            assert turtle.status_code == 200 and name in turtle.text
        assert "Denmark&#39;s and Sweden&#39;s 118 municipalities" in client.get("/index.en.html").text
        rows = client.get("/questions/adopters-of-initiative", params={"initiative": "open-data", "lang": "en", "format": "csv"}).text
        assert "Aarhus Municipality" in rows and "Danderyd Municipality" in rows
        assert client.get("/contribute").status_code == 404  # the tables of one register do not fit the graph of two
