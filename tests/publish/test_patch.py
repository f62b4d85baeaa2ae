"""The difference between versions that a machine applies, and the feed that tells of it."""

from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kommunegraf.graph import build
from kommunegraf.namespaces import BASE, GRAPH
from kommunegraf.publish import feed, patch
from kommunegraf.publish.documents import Documents
from kommunegraf.rdf.skolem import skolemized

NEWER = f'<{BASE}municipality/0751> <http://www.w3.org/2004/02/skos/core#note> "ny\\nlinje"@da <{GRAPH}reference> .'


@pytest.fixture(scope="module")
def versions(dataset: build.Dataset) -> tuple[list[str], list[str]]:
    """Two graphs of a version, and of one in which a label, a list of blank nodes and a whole kommune differ."""
    old = [line for line in dataset.lines if line.endswith((f"<{GRAPH}reference> .", f"<{GRAPH}shapes> ."))]
    listed = next(line for line in old if "rdf-syntax-ns#first" in line)
    new = [line for line in old if "municipality/0101>" not in line and line != listed]
    return old, [*new, NEWER]


def quads(lines: list[str]) -> set[ox.Quad]:
    return skolemized(ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS))


def canonical(statements: set[ox.Quad]) -> str:
    return "\n".join(sorted(map(str, statements)))


def test_the_patch_applied_to_the_old_version_gives_the_new_byte_for_byte(versions: tuple[list[str], list[str]]) -> None:
    old, new = versions
    lines = patch.files("changes/1-2", old, new)["changes/1-2.rdfp"].decode().splitlines()
    assert (lines[0], lines[1], lines[-1]) == (f"H id <{BASE}changes/1-2> .", "TX .", "TC .")
    result = quads(old)
    for line in lines[2:-1]:
        (quad,) = ox.parse(line[2:], format=ox.RdfFormat.N_QUADS)
        (result.add if line.startswith("A ") else result.remove)(quad)
    assert canonical(result) == canonical(quads(new)) != canonical(quads(old))


def test_the_update_applied_to_a_store_with_the_old_version_gives_the_new(versions: tuple[list[str], list[str]]) -> None:
    old, new = versions
    store = ox.Store()
    store.extend(quads(old))
    store.update(patch.files("changes/1-2", old, new)["changes/1-2.ru"].decode())
    same = ox.Store()  # a store writes some numbers otherwise than they stood
    same.extend(quads(new))
    assert canonical(set(store)) == canonical(set(same))


def test_versions_that_are_equal_have_an_empty_difference(versions: tuple[list[str], list[str]]) -> None:
    both = patch.files("x", versions[0], versions[0])
    assert (both["x.rdfp"].count(b"\n"), both["x.ru"]) == (3, b"")


def test_the_feed_tells_of_the_version_and_is_the_same_each_time(built: Path) -> None:
    store = ox.Store()
    store.bulk_load(path=built / build.NQUADS)
    documents = Documents(store, "0.1.0", address="https://example.org/")
    body = documents.read(feed.PATH)
    assert body and body == Documents(store, "0.1.0", address="https://example.org/").read(feed.PATH)
    atom = {"a": "http://www.w3.org/2005/Atom"}
    root = ElementTree.fromstring(body)
    (entry,) = root.findall("a:entry", atom)
    assert entry.findtext("a:id", "", atom) == f"{BASE}version/0.1.0/"
    assert root.findtext("a:updated", "", atom) == f"{feed.modified(store)}T00:00:00Z" != "1970-01-01T00:00:00Z"


def test_the_feed_leads_to_what_changed_and_to_both_forms_of_it() -> None:
    about = ox.NamedNode(BASE + "changes/0.1.0-0.2.0")
    texts = {"title": "Changes", "description": "New: 1.", "issued": "2026-12-01"}
    quads = [ox.Quad(about, ox.NamedNode("http://purl.org/dc/terms/" + name), ox.Literal(text)) for name, text in texts.items()]
    body = feed.feed(ox.Store(), "0.2.0", {about.value: quads}, "https://example.org/").decode()
    assert "<updated>2026-12-01T00:00:00Z</updated>" in body
    for ending in (".html", ".rdfp", ".ru"):
        assert f'href="https://example.org/changes/0.1.0-0.2.0{ending}"' in body
