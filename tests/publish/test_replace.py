"""A site takes the place of the old one as a whole, or not at all."""

import ctypes
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kommunegraf.findings import BadInput
from kommunegraf.publish import replace
from kommunegraf.publish.integrity import clashes
from kommunegraf.publish.replace import MARK, Tree, exchange

FIRST = {"index.html": b"first", "a/b.ttl": b"same", "a/gone.ttl": b"gone", "stub/c.html": b"same too"}
SECOND = {"index.html": b"second", "a/b.ttl": b"same", "stub/c.html": b"same too", "new/d.html": b"new"}


def publish(target: Path, files: dict[str, bytes]) -> Tree:
    with Tree(target) as tree:
        for path, data in files.items():
            tree.write(path, data)
    return tree


def content(folder: Path) -> dict[str, bytes]:
    """The files of a site, its mark aside."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found.pop(MARK)
    return found


def state(folder: Path) -> dict[str, tuple[int, int, int]]:
    return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in [folder, *folder.rglob("*")]}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    publish(tmp_path / "deep" / "site", FIRST)
    return tmp_path / "deep" / "site"


def test_the_new_site_has_its_own_files_and_no_others(site: Path) -> None:
    assert content(site) == FIRST
    tree = publish(site, SECOND)
    assert content(site) == SECOND
    assert (tree.written, tree.removed) == (3, 1)  # index.html, new/d.html and the list of files
    assert [path.name for path in site.parent.iterdir()] == ["site"]


def test_a_second_run_without_changes_writes_nothing_and_makes_no_folder(site: Path) -> None:
    before = state(site.parent)
    tree = publish(site, dict(reversed(FIRST.items())))
    assert state(site.parent) == before
    assert (tree.written, tree.removed) == (0, 0)


def test_unchanged_files_are_not_written_again(site: Path) -> None:
    before = (site / "a/b.ttl").stat()
    publish(site, SECOND)
    after = (site / "a/b.ttl").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_file_that_vanishes_is_a_change(site: Path) -> None:
    tree = publish(site, {path: data for path, data in FIRST.items() if path != "a/gone.ttl"})
    assert not (site / "a/gone.ttl").exists()
    assert tree.removed == 1


def test_a_page_that_was_changed_by_hand_or_deleted_is_restored(site: Path) -> None:
    (site / "index.html").write_bytes(b"FIRST")
    (site / "a/b.ttl").unlink()
    publish(site, FIRST)
    assert content(site) == FIRST


def test_the_list_of_files_can_be_checked_with_sha256sum(site: Path) -> None:
    check = ["sha256sum", "--check", "--strict", "--quiet", MARK]
    assert subprocess.run(check, cwd=site, capture_output=True).returncode == 0
    (site / "index.html").write_bytes(b"other")
    assert subprocess.run(check, cwd=site, capture_output=True).returncode == 1


def test_an_error_while_pages_are_made_leaves_the_old_site(site: Path) -> None:
    before = state(site)
    with pytest.raises(ZeroDivisionError), Tree(site) as tree:
        tree.write("index.html", b"half")
        raise ZeroDivisionError
    assert state(site) == before
    assert [path.name for path in site.parent.iterdir()] == ["site"]


CHILD = """
import sys
from pathlib import Path
from kommunegraf.publish.replace import Tree
with Tree(Path(sys.argv[1])) as tree:
    for number in range(5):
        tree.write(f"new/{number}.html", b"half")
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def halfway(site: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has written some files of a new site and waits."""
    with subprocess.Popen([sys.executable, "-c", CHILD, str(site)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "ready\n"
        yield child
        child.kill()


def test_killed_half_way_the_old_site_stays_and_the_next_run_cleans_up(site: Path, halfway: subprocess.Popen[str]) -> None:
    before = state(site)
    halfway.send_signal(signal.SIGKILL)
    halfway.wait()
    assert state(site) == before
    assert len(list(site.parent.iterdir())) == 2
    publish(site, FIRST)
    assert state(site) == before
    assert [path.name for path in site.parent.iterdir()] == ["site"]


def test_while_a_process_is_publishing_another_is_refused_and_changes_nothing(site: Path, halfway: subprocess.Popen[str]) -> None:
    before = state(site)
    with pytest.raises(BadInput, match="another process is publishing to it"):
        publish(site, SECOND)
    assert state(site) == before
    halfway.communicate("")
    assert halfway.returncode == 0
    assert content(site) == {f"new/{number}.html": b"half" for number in range(5)}


def test_out_of_disk_the_old_site_stays(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("no right to mount a small disk")
    try:
        publish(disk / "site", FIRST)
        before = state(disk / "site")
        with pytest.raises(OSError) as caught:
            publish(disk / "site", {**SECOND, "big": bytes(300_000)})
        assert caught.value.errno == errno.ENOSPC
        assert state(disk / "site") == before
        assert [path.name for path in disk.iterdir()] == ["site"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("name", ["write_bytes", "mkdir"])
def test_when_the_disk_refuses_a_write_the_old_site_stays(site: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = state(site)
    with monkeypatch.context() as patch:
        patch.setattr(Path, name, refuse)
        with pytest.raises(OSError, match="No space"):
            publish(site, SECOND)
    assert state(site) == before


def test_without_hard_links_files_are_copied(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    publish(site, SECOND)
    assert content(site) == SECOND


@pytest.mark.parametrize("alone", [False, True])
def test_two_folders_change_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: bool) -> None:
    if alone:  # as on a system that cannot exchange in one step
        monkeypatch.setattr(sys, "platform", "darwin")
        monkeypatch.setattr(ctypes, "CDLL", None)
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    exchange(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old/file").read_text() == "new"
    assert (tmp_path / "new/file").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="renameat2 is a call of Linux")
def test_on_linux_there_is_no_moment_without_a_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "old").mkdir()
    monkeypatch.setattr(Path, "rename", None)
    exchange(tmp_path / "new", tmp_path / "old")


def test_a_site_put_aside_by_a_killed_run_comes_back(site: Path) -> None:
    before = state(site)
    site.rename(site.parent / ".site.publish-old")
    with pytest.raises(ZeroDivisionError), Tree(site):
        raise ZeroDivisionError
    assert {path: times[:2] for path, times in state(site).items()} == {path: times[:2] for path, times in before.items()}


def test_a_failed_exchange_leaves_both(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    with pytest.raises(OSError):
        exchange(tmp_path / "missing", tmp_path / "old")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_file_is_not_replaced_by_a_site(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("precious")
    with pytest.raises(BadInput, match="is a file"):
        publish(tmp_path / "site", FIRST)
    assert (tmp_path / "site").read_text() == "precious"


@pytest.mark.parametrize("name", ["thesis.txt", ".git/config", MARK, "a/note.txt"])
def test_a_folder_with_foreign_files_is_refused_and_kept(tmp_path: Path, name: str) -> None:
    place = tmp_path / "folder" / name
    place.parent.mkdir(parents=True)
    place.write_text("precious")
    with pytest.raises(BadInput, match=f"not of a published site, {name} first"):
        publish(tmp_path / "folder", FIRST)
    assert place.read_text() == "precious"


@pytest.mark.parametrize("link", [False, True])
def test_a_published_site_with_a_foreign_file_is_refused(site: Path, tmp_path: Path, link: bool) -> None:
    if link:
        (site / "CNAME").symlink_to(tmp_path)
    else:
        (site / "CNAME").write_text("example.org")
    with pytest.raises(BadInput, match="CNAME"):
        publish(site, SECOND)
    assert (site / "CNAME").exists() and (site / "a/gone.ttl").exists()


def test_an_empty_folder_and_a_link_to_a_site_are_accepted(tmp_path: Path, site: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o750)
    publish(tmp_path / "empty", FIRST)
    assert content(tmp_path / "empty") == FIRST
    assert (tmp_path / "empty").stat().st_mode & 0o777 == 0o750
    (tmp_path / "current").symlink_to(site)
    publish(tmp_path / "current", SECOND)
    assert (tmp_path / "current").is_symlink() and content(site) == SECOND


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../out", "a/../../out", "a//b", "a/", "./a", "a/./b", "a\nb", "a\0b", "a\x7f", "a\\b", "\ud800", "x" * 256, MARK],
)
def test_a_path_that_leads_elsewhere_or_fits_no_file_system_is_refused(site: Path, path: str) -> None:
    before = state(site.parent)
    with pytest.raises(BadInput, match="cannot be a file of the site"):
        publish(site, {"index.html": b"other", path: b""})
    assert {p: times[:2] for p, times in state(site.parent).items() if p != str(site.parent)} == {
        p: times[:2] for p, times in before.items() if p != str(site.parent)}


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b/c", "a/b"), ("a", "a")])
def test_a_path_that_is_taken_is_refused(site: Path, first: str, second: str) -> None:
    with pytest.raises(BadInput, match="a folder and a file|twice"), Tree(site) as tree:
        tree.write(first, b"")
        tree.write(second, b"")
    assert content(site) == FIRST


def test_long_and_danish_names_are_files(tmp_path: Path) -> None:
    files = {"x" * 255: b"long", "Ærø/søgning 1.html": b"\xc3\xa6"}
    publish(tmp_path / "site", files)
    assert content(tmp_path / "site") == files
    assert publish(tmp_path / "site", files).written == 0


def test_paths_that_differ_in_case_only_are_told(tmp_path: Path) -> None:
    tree = publish(tmp_path / "site", {"ontology/Status.ttl": b"class", "ontology/status.ttl": b"property", "index.html": b""})
    assert clashes(tree.paths) == ["ontology/Status.ttl", "ontology/status.ttl"]


def test_a_disk_that_keeps_one_file_of_two_is_found_out(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = replace.walk
    monkeypatch.setattr(replace, "walk", lambda folder: walk(folder) - {"new/d.html"})
    with pytest.raises(BadInput, match="new/d.html: another file has taken its name"):
        publish(site, SECOND)
    assert (site / "a/gone.ttl").exists()
