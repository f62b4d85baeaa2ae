"""The site and the server of a register with a base of its own: no IRI of it is Kommunegraf's, and each leads to a document."""

import gzip
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from tests.helpers.own_base import BASE, register, run
from tests.helpers.program import running

from kommunegraf.namespaces import FOLDERS

OURS = re.compile(rb"https?:(?:\\?/){2}w3id\.org\\?/kommunegraf(?!\\?/(?:" + "|".join(FOLDERS).encode() + rb")\\?/)[^\s\"<>]*")
"""An IRI of Kommunegraf that is not shared, also as JSON may escape it."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a register with a base of its own: its tables, its ontology and its graph."""
    return register(tmp_path_factory.mktemp("own"))


def contents(site: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a site by its name, unpacked; of a workbook each part."""
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        name, body = str(path.relative_to(site)), path.read_bytes()
        body = gzip.decompress(body) if path.suffix == ".gz" else body
        yield name, body
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(BytesIO(body)) as book:
                yield from ((f"{name}/{part}", book.read(part)) for part in book.namelist())


def test_an_iri_of_ours_is_seen() -> None:
    seen = b'"https://w3id.org/kommunegraf/"', b"<https://w3id.org/kommunegraf/region/1>", rb'"https:\/\/w3id.org\/kommunegraf\/graph\/x"'
    assert all(map(OURS.search, seen)) and not OURS.search(b"<https://w3id.org/kommunegraf/status/active>")


@pytest.mark.slow
def test_no_file_of_the_site_has_an_iri_of_ours_that_is_not_shared(place: Path) -> None:
    done = run("publish", "--graph", "build", "--data", "data", "--output", "site", cwd=place)
    assert done.returncode == 0, done.stderr
    files = dict(contents(place / "site"))
    assert {"municipality/se-0180.html", "status/active.ttl", "ontology/index.html", "dump/kommunegraf.nq.gz"} <= files.keys()
    assert "hosting/w3id/.htaccess" not in files and b"w3id.org" not in files["hosting/README.md"]  # its IRIs are not redirected there
    assert [(name, iri[0]) for name, body in files.items() if (iri := OURS.search(body))] == []
    assert f"<{BASE}municipality/se-0180>".encode() in files["municipality/se-0180.ttl"]


@pytest.mark.slow
def test_iris_of_the_register_and_shared_ones_lead_to_documents(place: Path) -> None:
    with (
        running(place, "--graph", str(place / "build"), "--data", str(place / "data")) as server,
        httpx.Client(base_url=server.base, follow_redirects=True, timeout=120) as client,
    ):
        for path, iri in (
            ("municipality/se-0180", f"{BASE}municipality/se-0180"), ("adoption/se-0180-open-data", f"{BASE}adoption/se-0180-open-data"),
            ("status/active", "https://w3id.org/kommunegraf/status/active"), ("shape/Evidence", "https://w3id.org/kommunegraf/shape/Evidence"),
        ):
            answer = client.get(f"/{path}", headers={"Accept": "text/turtle"})
            assert answer.status_code == 200 and f"<{iri}> a " in answer.text, path
            assert client.get(f"/{path}", headers={"Accept": "text/html"}).status_code == 200
        rows = client.get("/questions/municipality", params={"kommune": f"{BASE}municipality/se-0180", "format": "csv"}).text
        assert "Stockholm" in rows
        assert client.get("/municipality/0751").status_code == 404
