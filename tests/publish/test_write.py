"""Publishing to a folder: all or nothing, the same bytes each time, and nothing that was published is lost."""

import gzip
import re
import shutil
import signal
import site as site_packages
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT, command, publishing, sampling
from tests.helpers.pages import parse_page
from tests.helpers.publishing import run

from kommunegraf.findings import BadInput
from kommunegraf.namespaces import BASE
from kommunegraf.publish.documents import Documents
from kommunegraf.publish.inputs import Inputs
from kommunegraf.publish.replace import MARK
from kommunegraf.publish.write import publish

SMALL = f"""
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@base <{BASE}> .
<dataset/kommunegraf> dcterms:title "Lille"@da , "Small"@en ; dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
<thing/kept> skos:prefLabel "Bliver"@da , "Kept"@en .
<thing/old> skos:prefLabel "Gammel"@da , "Old"@en .
"""


def documents(turtle: str, version: str, previous: Path | None = None) -> Documents:
    store = ox.Store()
    store.load(turtle, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(f"{BASE}graph/test"))
    return Documents(store, version, previous=previous)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def first(tmp_path: Path) -> Path:
    publish(documents(SMALL, "0.1.0"), tmp_path / "first")
    return tmp_path / "first"


@pytest.fixture
def second(first: Path, tmp_path: Path) -> Path:
    """The next version: one thing is gone, one is new and takes its place, one has another label."""
    turtle = SMALL.replace('<thing/old> skos:prefLabel "Gammel"@da , "Old"@en .', """
        <thing/new> skos:prefLabel "Ny"@da , "New"@en ; dcterms:replaces <thing/old> .""").replace('"Kept"', '"Kept on"')
    publish(documents(turtle, "0.2.0", first), tmp_path / "second")
    return tmp_path / "second"


def test_a_second_run_without_changes_writes_nothing(first: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in first.rglob("*")}
    again = publish(documents(SMALL, "0.1.0"), first)
    assert (again.written, again.removed) == (0, 0)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in first.rglob("*")} == before


def test_the_site_lists_all_its_files_with_checksums(first: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--quiet", MARK], cwd=first, check=True)


def test_what_is_removed_keeps_a_page_and_data_that_say_so(second: Path) -> None:
    page = parse_page((second / "thing/old.html").read_bytes())
    assert page.xpath("//h1")[0].text_content() == "Gammel"
    assert "Fjernet i version 0.2.0" in page.text_content() and page.xpath("//a[contains(@href, 'thing/new.html')]")
    said = {(q.predicate.value.rpartition("#")[2].rpartition("/")[2], getattr(q.object, "value", ""))
            for q in ox.parse(path=second / "thing/old.ttl", format=ox.RdfFormat.TURTLE)}
    assert ("deprecated", "true") in said and ("isReplacedBy", f"{BASE}thing/new") in said
    assert (second / "thing/old.gone").exists() and not (second / "thing/kept.gone").exists()


def test_what_changed_is_told_as_a_page_and_as_rdf(second: Path) -> None:
    dataset = list(ox.parse(path=second / "changes/0.1.0-0.2.0.trig", format=ox.RdfFormat.TRIG))
    graph = f"{BASE}changes/0.1.0-0.2.0"
    added = {(str(q.subject), str(q.object)) for q in dataset if q.graph_name == ox.NamedNode(f"{graph}#added")}
    removed = {(str(q.subject), str(q.object)) for q in dataset if q.graph_name == ox.NamedNode(f"{graph}#removed")}
    assert (f"<{BASE}thing/kept>", '"Kept on"@en') in added and (f"<{BASE}thing/kept>", '"Kept"@en') in removed
    assert (f"<{BASE}thing/old>", '"Old"@en') in removed
    page = parse_page((second / "changes/0.1.0-0.2.0.en.html").read_bytes())
    assert "Kept on" in page.text_content() and "Old" in page.text_content()


def test_every_release_keeps_its_dump_and_its_page(first: Path, second: Path) -> None:
    for name in ("version/0.1.0/kommunegraf.nq.gz", "version/0.1.0/SHA256SUMS", "version/0.1.0/index.html"):
        assert (second / name).exists(), name
    assert (second / "version/0.1.0/kommunegraf.nq.gz").read_bytes() == (first / "version/0.1.0/kommunegraf.nq.gz").read_bytes()
    assert b"Kept on" in gzip.decompress((second / "version/0.2.0/kommunegraf.nq.gz").read_bytes())


def test_nothing_that_was_published_is_gone_after_two_more_versions(first: Path, second: Path, tmp_path: Path) -> None:
    third = tmp_path / "third"
    publish(documents(SMALL.replace("<thing/old>", "<thing/newest>"), "0.3.0", second), third)
    assert not (contents(first).keys() | contents(second).keys()) - contents(third).keys()


def test_what_comes_back_is_no_longer_gone(second: Path, tmp_path: Path) -> None:
    publish(documents(SMALL, "0.3.0", second), tmp_path / "third")
    assert not (tmp_path / "third/thing/old.gone").exists() and (tmp_path / "third/thing/new.gone").exists()


def test_other_contents_under_the_same_version_are_refused(first: Path) -> None:
    with pytest.raises(BadInput, match="0.1.0 has been published with other contents"):
        documents(SMALL.replace("Old", "Other"), "0.1.0", first)


def test_the_same_version_once_more_is_no_change(first: Path) -> None:
    assert publish(documents(SMALL, "0.1.0", first), first).written == 0


def test_a_folder_with_foreign_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    with pytest.raises(BadInput, match="letter.txt"):
        publish(documents(SMALL, "0.1.0"), tmp_path / "mine")
    assert contents(tmp_path / "mine") == {"letter.txt": b"dear"}


@pytest.mark.slow
def test_the_real_site_is_the_same_byte_for_byte_in_another_process(site: Path, documents: Documents) -> None:
    """It was published in one. Made here anew: of each folder, language and format one file in fifty; all where a run tries all."""
    published = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert set(documents.names()) == published - {MARK}
    names = sampling.sample(sorted(published - {MARK}), kind_of_file, every=50)
    assert len(names) > 500
    assert [name for name in names if documents.read(name) != (site / name).read_bytes()] == []


def kind_of_file(name: str) -> tuple[str, str]:
    """The folder and the ending of a file, with its language; numbered folders are one."""
    return re.sub(r"\d+", "0", name.rpartition("/")[0]), name.rpartition("/")[2].partition(".")[2]


@pytest.mark.slow
def test_publishing_reads_nothing_that_is_not_counted_and_a_second_run_makes_nothing(built: Path, published: Path) -> None:
    said = (published / publishing.SAID).read_text("utf-8")
    assert said.splitlines()[-1].startswith("0 violations, 0 warnings")
    opened = {Path(line).resolve() for line in (published / publishing.OPENED).read_text("utf-8").splitlines()}
    counted = {path.resolve() for _, path in Inputs(built / "kommunegraf.nq", ROOT / "data").files()}
    assert counted >= {path for path in opened if not _of_python(path)} and ROOT / "data/evidence.csv" in opened
    site = str(published / publishing.SITE)
    again = run("--graph", str(built), "--output", site, seed="2")
    assert again.stdout.endswith(": 0 written, 0 removed\n") and again.stderr.replace(site, publishing.SITE) == said


def _of_python(path: Path) -> bool:
    """Whether a file belongs to Python, its libraries or the system, which count by their versions."""
    places = {*site_packages.getsitepackages(), sys.prefix, sys.base_prefix, "/dev", "/proc", "/usr/share"}
    return path.suffix == ".pyc" or any(path.is_relative_to(Path(place).resolve()) for place in places)


@pytest.mark.slow
def test_a_killed_run_leaves_the_old_site_whole(built: Path, first: Path) -> None:
    before = contents(first)
    program = [sys.executable, "-m", "kommunegraf", "publish", "--graph", str(built), "--output", str(first)]
    process = subprocess.Popen(program, env=publishing.environment("0"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: any(path.is_dir() for path in first.parent.glob(".first.publish-*")))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert contents(first) == before
    publish(documents(SMALL, "0.1.0"), first)
    assert not list(first.parent.glob(".first.publish-*"))


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def test_the_command_names_what_is_missing(tmp_path: Path) -> None:
    done = command.run("publish", "--graph", str(tmp_path), "--output", str(tmp_path / "site"))
    assert done.returncode == 1 and "run 'kommunegraf build' first" in done.stderr and not (tmp_path / "site").exists()


def test_the_command_refuses_an_address_that_is_none(built: Path, tmp_path: Path) -> None:
    done = command.run("publish", "--graph", str(built), "--output", str(tmp_path / "site"), "--address", "example.org")
    assert done.returncode == 1 and "web address" in done.stderr and not (tmp_path / "site").exists()
    assert "Traceback" not in done.stderr


def test_the_command_refuses_a_previous_site_that_is_none(built: Path, tmp_path: Path) -> None:
    shutil.copy(built / "kommunegraf.nq", tmp_path)
    done = command.run("publish", "--graph", str(built), "--output", str(tmp_path / "site"), "--previous", str(tmp_path))
    assert done.returncode == 1 and "no published site" in done.stderr and "Traceback" not in done.stderr
