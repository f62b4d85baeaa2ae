"""The Swedish register of the tests as a site of its own, and served beside Denmark."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import csvw
import httpx
import pytest
from tests.helpers import ROOT, sweden
from tests.helpers.serving import Served, serving

from kommunegraf.cli.overview import overview
from kommunegraf.cli.publish import tables_of
from kommunegraf.graph import build
from kommunegraf.languages import Coverage, texts
from kommunegraf.namespaces import FOLDERS
from kommunegraf.paths import Folders
from kommunegraf.publish.documents import Documents, fitting, release
from kommunegraf.rdf.engines import Embedded
from kommunegraf.server.assistants import tools
from kommunegraf.server.pages import openapi
from kommunegraf.server.settings import Settings
from kommunegraf.site.addresses import parse
from kommunegraf.site.model import Site


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


DENMARK = re.compile(r"Danmark|Denmark|danske kommune|Danish (?:municipal|kommun)|\b98\b")
RIGHTLY = re.compile(
    "|".join((
        "Smart City i de danske kommuner( – status og initiativer|[«”])", "Danmarks 98 kommuner: opslagstabel",
        "Denmark's 98 kommuner: reference table", "Danmarks bykommuner", "Denmark's urban municipalities",
    )), re.IGNORECASE,
)
"""Names of sources and of a group in the survey, which the register of the tests shares."""
ABOUT_DENMARK = {"changelog", "matching/report", "question/index", "ontology/index", "shape/index", "query/classes"}
"""Pages of what is Denmark's or of every register: what changed, the report on matching, the survey of 2014, the ontology."""


def of_denmark(text: str) -> list[str]:
    """What a text says of Denmark or its 98 kommuner, with what stands before it; not what rightly names them."""
    plain = RIGHTLY.sub("", html.unescape(re.sub("<[^>]*>", "", text)))
    return [plain[max(0, match.start() - 60):match.end()] for match in DENMARK.finditer(plain)]


def test_what_is_said_of_denmark_is_seen(engine: Embedded) -> None:
    assert of_denmark("Smart City in <b>Denmark</b>&#39;s 98 municipalities") == ["Smart City in Denmark", "Smart City in Denmark's 98"]
    assert not of_denmark("Smart City i de danske kommuner – status og initiativer, på dansk")
    site = Site(engine.store, "1")
    assert site.coverage == Coverage(("DK",), 98)
    assert len(of_denmark(described(site.coverage))) == 8  # the country and the number, twice in each language


def described(coverage: Coverage) -> str:
    """What the question API and the assistants are told that the data is about."""
    summary = openapi.document([], "1", Settings(), coverage)["info"]["summary"]
    return " ".join((summary, *(coverage.fill(text, lang) for lang, text in texts("assistants")["instructions"].items())))


def test_programs_are_told_of_sweden(documents: Documents) -> None:
    coverage = documents.site.coverage
    assert coverage == Coverage(("SE",), 20) and not of_denmark(described(coverage))
    assert "Smart City i Sveriges 20 kommuner / Smart City in Sweden's 20 municipalities" in described(coverage)
    assert "initiatives in Sweden's 20 kommuner" in described(coverage) and "initiatives in kommuner" in described(Coverage())
    tools_text = json.dumps([tool._asdict() for tool in tools.tools(Settings()).values()], ensure_ascii=False)
    assert not of_denmark(tools_text) and not of_denmark(overview())


def test_the_report_on_matching_says_that_it_is_about_denmark(documents: Documents, engine: Embedded) -> None:
    text = texts("site")["report_elsewhere"]
    for lang, name in (("da", "matching/report.html"), ("en", "matching/report.en.html")):
        assert text[lang] in html.unescape(page(documents, name))
        assert text[lang] not in html.unescape(page(Documents(engine.store, release(engine.store)), name))


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
    own = [name for name in names if name.split("/")[0] not in FOLDERS and parse(name)[0] not in ABOUT_DENMARK]
    assert len(own) > 500
    assert {name: said for name in own if (said := of_denmark(page(documents, name)))} == {}
    beginnings = ("catalog", "llms", "robots", "sitemap", "hosting/", ".htaccess", "feed")
    others = [name for name in documents.names() if name.startswith(beginnings)]
    assert len(others) > 8
    assert {name: said for name in others if (said := of_denmark(page(documents, name)))} == {}


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
