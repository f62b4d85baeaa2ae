"""A run without changes makes no page, and any change of what a site is made of, or of the site, makes the whole again."""

import hashlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from tests.helpers import ROOT

from kommunegraf import paths
from kommunegraf.findings import BadInput, Finding
from kommunegraf.publish import inputs
from kommunegraf.publish.documents import Documents
from kommunegraf.publish.inputs import Inputs
from kommunegraf.publish.replace import MARK
from kommunegraf.publish.write import Published, renew


class Pages:
    """Files to publish, and how often they were made."""

    def __init__(self) -> None:
        self.files = {"index.html": b"front", "a/b.ttl": b"data"}
        self.faults: list[Finding] = []
        self.data: Path | None = ROOT / "data"
        self.times = 0

    def prepare(self) -> list[str]:
        self.times += 1
        return list(self.files)

    def read(self, name: str) -> bytes:
        return self.files[name]

    def findings(self) -> list[Finding]:
        return list(self.faults)


class Project:
    """A small project of its own with a graph, tables and a site."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.site, self.pages = folder, folder / "site", Pages()
        for name in ("graph.nq", "data/a.csv", "queries/a.rq", "ontology/a.ttl", "docs/a.md", "CHANGELOG.md", "package/templates/a.html",
                     "package/a.py", "previous/version/0.1.0/a.gz", "previous/index.html"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("before")

    def publish(self, *options: str, previous: str = "") -> Published:
        of = Inputs(self.folder / "graph.nq", self.folder / "data", self.folder / previous if previous else None, options)
        return renew(of, lambda: cast(Documents, self.pages), self.site)

    def makes(self, *options: str, previous: str = "") -> bool:
        """Whether a run makes the pages."""
        before = self.pages.times
        self.publish(*options, previous=previous)
        return self.pages.times > before


@pytest.fixture
def installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place where libraries are installed, empty: to read those of the tests takes a quarter of a second each time."""
    place = tmp_path_factory.mktemp("installed")
    monkeypatch.setattr(sys, "path", [str(place)])
    return place


@pytest.fixture
def project(tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose site is published."""
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    monkeypatch.setattr(inputs, "_PACKAGE", tmp_path / "package")
    made = Project(tmp_path)
    made.publish()
    return made


def test_a_run_without_changes_makes_nothing_and_says_what_the_first_said(project: Project) -> None:
    state = {path: path.stat().st_mtime_ns for path in project.folder.rglob("*")}
    assert project.publish() == Published(2, 0, 0, []) and project.pages.times == 1
    assert {path: path.stat().st_mtime_ns for path in project.folder.rglob("*")} == state


@pytest.mark.parametrize("name", [
    "graph.nq", "data/a.csv", "queries/a.rq", "ontology/a.ttl", "docs/a.md", "CHANGELOG.md", "package/templates/a.html", "package/a.py",
])
def test_a_change_of_a_file_makes_the_site(project: Project, name: str) -> None:
    (project.folder / name).write_text("after!")  # as long as before
    assert project.makes() and not project.makes()
    (project.folder / name).write_text("before")
    assert project.makes()


@pytest.mark.parametrize("name", ["data/b.csv", "package/words/b.yaml", "docs/matching/b.md"])
def test_a_file_more_or_less_makes_the_site(project: Project, name: str) -> None:
    path = project.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert project.makes() and not project.makes()
    path.unlink()
    assert project.makes()


def test_a_file_of_another_name_makes_the_site(project: Project) -> None:
    (project.folder / "data/a.csv").rename(project.folder / "data/b.csv")
    assert project.makes()


def test_compiled_python_makes_nothing(project: Project) -> None:
    (project.folder / "package/__pycache__").mkdir()
    (project.folder / "package/__pycache__/a.pyc").write_bytes(b"compiled")
    assert not project.makes()


def test_another_option_makes_the_site(project: Project) -> None:
    assert project.makes("https://example.org/") and not project.makes("https://example.org/")
    assert project.makes("https://example.org/", "https://example.org/sparql")


def test_a_previous_site_makes_the_site_and_so_does_a_change_in_it(project: Project) -> None:
    assert project.makes(previous="previous") and not project.makes(previous="previous")
    (project.folder / "previous/version/0.1.0/a.gz").write_text("after")
    assert project.makes(previous="previous")
    assert project.makes(previous="none")


def install(place: Path, version: str, record: str) -> None:
    """Install a version of a library with a list of files in the place of another."""
    for old in place.iterdir():
        shutil.rmtree(old)
    folder = place / f"somelibrary-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: somelibrary\nVersion: {version}\n")
    (folder / "RECORD").write_text(record)


def test_another_library_or_version_or_build_of_it_makes_the_site(project: Project, installed: Path) -> None:
    for version, record in (("1.0", "a.py,sha256=1,1\n"), ("1.1", "a.py,sha256=1,1\n"), ("1.1", "a.py,sha256=2,1\n")):
        install(installed, version, record)
        assert project.makes() and not project.makes()


def test_the_libraries_that_make_pages_are_among_those_that_count() -> None:
    names = {name.lower() for name, version, _ in inputs.libraries() if version}
    assert names >= {"pyoxigraph", "jinja2", "markupsafe", "babel", "xlsxwriter", "networkx", "numpy"}


def test_another_python_makes_the_site(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version", "4.0")
    assert project.makes()


@pytest.mark.parametrize("spoil", [
    lambda site: (site / "index.html").write_bytes(b"Front"), lambda site: (site / "a/b.ttl").unlink(),
    lambda site: shutil.rmtree(site / "a"), lambda site: shutil.rmtree(site),
])
def test_a_site_that_is_not_whole_is_made_again(project: Project, spoil: Callable[[Path], None]) -> None:
    whole = {path.name: path.read_bytes() for path in project.site.rglob("*") if path.is_file()}
    spoil(project.site)
    assert project.makes() and not project.makes()
    assert {path.name: path.read_bytes() for path in project.site.rglob("*") if path.is_file()} == whole


def test_a_file_more_in_the_site_is_refused_as_before(project: Project) -> None:
    (project.site / "letter.txt").write_text("dear")
    with pytest.raises(BadInput, match="letter.txt"):
        project.publish()


def test_a_file_and_its_line_in_the_list_changed_together_show(project: Project) -> None:
    (project.site / "index.html").write_bytes(b"Front")
    text = (project.site / MARK).read_text()
    (project.site / MARK).write_text(text.replace(hashlib.sha256(b"front").hexdigest(), hashlib.sha256(b"Front").hexdigest()))
    assert project.makes() and (project.site / "index.html").read_bytes() == b"front"


def test_a_link_in_the_place_of_a_file_is_no_file_of_the_site(project: Project, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"front")
    (project.site / "index.html").unlink()
    (project.site / "index.html").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput, match="index.html"):
        project.publish()


@pytest.mark.parametrize("text", ["", "another\n", "\xff"])
def test_a_record_that_is_none_makes_the_site(project: Project, text: str) -> None:
    (project.folder / ".site.inputs").write_bytes(text.encode("latin-1"))
    assert project.makes() and not project.makes()


def test_what_changes_while_the_site_is_made_is_not_recorded(project: Project) -> None:
    def changing() -> Documents:
        (project.folder / "data/a.csv").write_text("later")
        return cast(Documents, project.pages)

    of = Inputs(project.folder / "graph.nq", project.folder / "data", None, ("another",))
    renew(of, changing, project.site)
    (project.folder / "data/a.csv").write_text("before")
    assert project.makes("another")


def test_a_site_with_faults_is_told_of_each_time(project: Project) -> None:
    project.pages.faults = [Finding("warning", "page", "has no label", "a label")]
    assert [project.publish("other").findings for _ in range(2)] == [project.pages.faults] * 2


def test_letter_case_is_told_of_without_making_the_site(project: Project) -> None:
    project.pages.files["INDEX.html"] = b"other"
    first, second = project.publish("other"), project.publish("other")
    assert project.pages.times == 2 and first.findings == second.findings and "upper and lower case" in first.findings[0].message


def test_a_site_without_tables_is_not_recorded(project: Project) -> None:
    project.pages.data = None
    assert project.makes("other") and project.makes("other")


def test_without_the_right_to_write_beside_it_the_site_is_made_each_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *arguments: object, **named: object) -> int:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "write_text", refuse)
    assert project.makes("other") and project.makes("other")


def test_the_site_holds_nothing_of_the_record(project: Project) -> None:
    assert sorted(path.name for path in project.site.rglob("*") if path.is_file()) == ["SHA256SUMS", "b.ttl", "index.html"]
