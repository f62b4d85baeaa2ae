"""Versions: what changed is told by resource, what was removed is remembered, what was published stays."""

import gzip
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kommunegraf.findings import BadInput
from kommunegraf.graph import build
from kommunegraf.namespaces import BASE, GRAPH, PROV
from kommunegraf.publish.changes import Changes, compare, dataset, description
from kommunegraf.publish.previous import TOMBSTONES, previous, tombstones
from kommunegraf.rdf.describe import encode
from kommunegraf.rdf.formats import DATA, DATASETS

REMOVED = BASE + "evidence/0751-open-data-1"
G = "<http://example.org/g>"


@pytest.fixture(scope="module", name="dataset")
def some_of_it(dataset: build.Dataset) -> build.Dataset:
    """Of the real graph: the reference, the survey with its blank nodes, and what is said of one kommune and open data."""
    graphs = (f"<{GRAPH}reference> .", f"<{GRAPH}survey> .")
    return build.Dataset([line for line in dataset.lines if line.endswith(graphs) or "0751-open-data" in line])


def quads(turtle: str) -> list[str]:
    """N-Quads lines of Turtle with example.org as base."""
    parsed = ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=BASE)
    return [f"{quad.subject} {quad.predicate} {quad.object} {G} ." for quad in parsed]


def changes(before: str, after: str) -> Changes:
    return compare("1", quads(before), "2", quads(after))


def told(difference: Changes) -> dict[str, tuple[int, int]]:
    """How many statements each resource gained and lost."""
    every = [*difference.added, *difference.removed, *difference.changed]
    return {change.iri.removeprefix(BASE): (len(change.added), len(change.removed)) for change in every}


def write_site(folder: Path, lines: list[str], version: str = "0.1.0") -> Path:
    place = folder / "version" / version
    place.mkdir(parents=True)
    (place / "kommunegraf.nq.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    return folder


def test_the_same_graph_has_no_changes(dataset: build.Dataset) -> None:
    assert not compare("0.1.0", dataset.lines, "0.2.0", list(reversed(dataset.lines)))


def test_other_labels_of_blank_nodes_are_no_change(dataset: build.Dataset) -> None:
    renamed = [re.sub(r"_:c14n(\d+)", lambda m: f"_:x{int(m[1]) * 7919 % 10007}", line) for line in dataset.lines]
    assert renamed != dataset.lines
    assert not compare("0.1.0", dataset.lines, "0.2.0", renamed)


def test_what_was_added_removed_and_changed_is_told_by_resource(dataset: build.Dataset) -> None:
    lines = [line for line in dataset.lines if not line.startswith(f"<{REMOVED}> ")]
    gone = len(dataset.lines) - len(lines)
    assert gone > 3
    lines = [line.replace('"København"@da', '"Hovedstaden"@da') for line in lines]
    lines.append(f'<{BASE}case/new> <http://purl.org/dc/terms/title> "New"@en <{BASE}graph/cases> .')
    difference = compare("0.1.0", dataset.lines, "0.2.0", lines)
    assert [change.iri for change in difference.removed] == [REMOVED]
    assert [change.iri for change in difference.added] == [BASE + "case/new"]
    assert told(difference) == {"municipality/0101": (1, 1), "evidence/0751-open-data-1": (0, gone), "case/new": (1, 0)}
    assert difference.statements == (2, gone + 1)
    assert difference.changed[0].added[0].object == ox.Literal("Hovedstaden", language="da")


def test_a_change_in_one_of_many_blank_nodes_is_told_of_that_one_alone(dataset: build.Dataset) -> None:
    structure = f"<{BASE}dataset/survey-2014/structure>"
    begin = structure + " <http://purl.org/linked-data/cube#component> _:"
    parts = [line.split(" ")[2] for line in dataset.lines if line.startswith(begin)]
    assert len(parts) > 5
    said = [line for line in dataset.lines if line.startswith(parts[0] + " ")]
    lines = [line.replace(said[0].split(" ")[2], "<http://example.org/other>") if line == said[0] else line for line in dataset.lines]
    expected = {"dataset/survey-2014/structure": (len(said) + 1, len(said) + 1)}
    assert told(compare("0.1.0", dataset.lines, "0.2.0", lines)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("<a> <p> [ <q> 1 ] , [ <q> 2 ] .", "<a> <p> [ <q> 2 ] , [ <q> 1 ] .", {}),
        ("<a> <p> [ <q> 1 ] , [ <q> 2 ] .", "<a> <p> [ <q> 1 ] , [ <q> 3 ] .", {"a": (2, 2)}),
        ("<a> <p> ( 1 2 ) .", "<a> <p> ( 2 1 ) .", {"a": (5, 5)}),
        ("<a> <p> [ <q> 1 ] , [ <q> 1 ] .", "<a> <p> [ <q> 1 ] , [ <q> 1 ] .", {}),
        ("<a> <p> _:x . _:x <q> _:y . _:y <q> _:x .", "<a> <p> _:v . _:v <q> _:u . _:u <q> _:v .", {}),
        ("<a> <p> _:x . _:x <q> _:y .", "<a> <p> _:x . _:x <q> <b> .", {"a": (2, 2)}),
        ('<a> <p> "x _:b y" .', '<a> <p> "x _:c y" .', {"a": (1, 1)}),
        ("<a> <p> [ <q> 1 ] . <b> <p> 1 .", "<a> <p> [ <q> 1 ] .", {"b": (0, 1)}),
    ],
)
def test_blank_nodes_are_known_by_what_is_said_of_them(before: str, after: str, expected: dict[str, tuple[int, int]]) -> None:
    assert told(changes(before, after)) == expected


def test_one_blank_node_or_two_that_say_the_same_is_a_difference() -> None:
    assert told(changes("<a> <p> [ <q> 1 ] .", "<a> <p> [ <q> 1 ] , [ <q> 1 ] ."))


def test_blank_nodes_of_two_resources_stay_two() -> None:
    difference = changes("<c> <p> 1 .", "<a> <p> [ <q> 1 ] . <b> <p> [ <q> 1 ] . <c> <p> 1 .")
    labels = {quad.object for change in difference.added for quad in change.added if isinstance(quad.object, ox.BlankNode)}
    assert len(labels) == 2


def test_changes_as_rdf_have_their_counts_and_all_statements() -> None:
    difference = changes("<a> <p> 1 , 2 . <b> <p> 1 .", "<a> <p> 2 , 3 . <c> <p> [ <q> 1 ] .")
    body = encode(dataset(difference), DATASETS[0])
    read = ox.Dataset(ox.parse(body, format=ox.RdfFormat.TRIG))
    about = BASE + "changes/1-2"
    counts = {quad.subject.value: quad.object.value for quad in read.quads_for_predicate(ox.NamedNode("http://rdfs.org/ns/void#triples"))
              if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)}
    graphs = {part: str(len(list(read.quads_for_graph_name(ox.NamedNode(about + part))))) for part in ("#added", "#removed")}
    assert counts == {about + part: count for part, count in graphs.items()} == {about + "#added": "3", about + "#removed": "2"}
    for name, value in (("generated", "c"), ("invalidated", "b"), ("influenced", "a"), ("used", "version/1/"), ("generated", "version/2/")):
        assert ox.Quad(ox.NamedNode(about), ox.NamedNode(PROV + name), ox.NamedNode(BASE + value)) in read
    assert body == encode(dataset(changes("<b> <p> 1 . <a> <p> 2 , 1 .", "<c> <p> [ <q> 1 ] . <a> <p> 3 , 2 .")), DATASETS[0])
    for format in DATA:
        assert encode(description(difference), format)


def test_what_is_no_nquads_is_refused() -> None:
    with pytest.raises(BadInput, match="version 2: not N-Quads"):
        compare("1", [], "2", ["nonsense"])


def stones(earlier: list[ox.Quad], difference: Changes) -> dict[str, list[str]]:
    """For each tombstone, what stands in it: the values, without IRIs."""
    result: dict[str, list[str]] = {}
    for quad in tombstones(earlier, difference):
        result.setdefault(str(quad.subject)[len(BASE) + 1:-1], []).append(str(quad.object).replace(BASE, ""))
    return result


LABELLED = '@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <a> skos:prefLabel "navn"@da , "name"@en ; <p> 1 . '


def test_what_was_removed_keeps_its_labels_and_the_version() -> None:
    statements = stones([], changes(LABELLED + "<b> <p> 1 . <http://example.org/c> <p> 1 .", "<b> <p> 1 ."))
    assert sorted(statements) == ["a"]  # and no resource of others
    assert set(statements["a"]) >= {'"navn"@da', '"name"@en', '"Fjernet i version 2."@da', '"Removed in version 2."@en', "<changes/1-2>"}
    assert any(value.startswith('"true"') for value in statements["a"])


def test_a_tombstone_tells_what_replaces_the_resource() -> None:
    difference = changes(LABELLED, "<b> <http://purl.org/dc/terms/replaces> <a> , <never> .")
    assert "<b>" in stones([], difference)["a"]


def test_tombstones_stay_until_the_resource_comes_back() -> None:
    first = tombstones([], changes(LABELLED + "<b> <p> 1 .", "<b> <p> 1 ."))
    second = tombstones(first, compare("2", quads("<b> <p> 1 ."), "3", quads("<c> <p> 1 .")))
    assert {quad.subject.value for quad in second if isinstance(quad.subject, ox.NamedNode)} == {BASE + "a", BASE + "b"}
    assert first == [quad for quad in second if quad in first]
    third = tombstones(second, compare("3", quads("<c> <p> 1 ."), "4", quads(LABELLED + "<c> <p> 1 .")))
    assert {quad.subject.value for quad in third if isinstance(quad.subject, ox.NamedNode)} == {BASE + "b"}


def test_a_published_site_is_read_back(tmp_path: Path, dataset: build.Dataset) -> None:
    site = write_site(write_site(tmp_path, [], "0.9.0"), dataset.lines, "0.10.0")
    (site / "changes").mkdir()
    stone = f'<{BASE}a> <http://www.w3.org/2002/07/owl#deprecated> "true" .\n'
    (site / TOMBSTONES).write_text(stone)
    (site / "changes/0.9.0-0.10.0.trig").write_text("")
    (site / "index.html").write_text("")
    site_before = previous(site)
    assert (site_before.version, site_before.lines) == ("0.10.0", dataset.lines)
    assert [f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in site_before.tombstones] == [stone]
    names = [name for name, _ in site_before.kept({TOMBSTONES})]
    assert names == ["version/0.10.0/kommunegraf.nq.gz", "version/0.9.0/kommunegraf.nq.gz", "changes/0.9.0-0.10.0.trig"]
    assert dict(site_before.kept())[TOMBSTONES] == stone.encode()


def test_a_line_of_the_graph_may_have_any_sign_in_it(tmp_path: Path) -> None:
    lines = [f'<{BASE}a> <{BASE}p> "x\u2028y\u0085z" .']
    assert previous(write_site(tmp_path, lines)).lines == lines


@pytest.mark.parametrize(
    "versions", [["0.1.0", "0.2.0"], ["0.9.0", "0.10.0"], ["1.0.0rc1", "1.0.0"], ["1.0.0", "1.0.1rc1"], ["0.9", "1", "1.0.1"]],
)
def test_the_highest_version_is_the_previous_one(tmp_path: Path, versions: list[str]) -> None:
    for version in reversed(versions):
        write_site(tmp_path, [], version)
    assert previous(tmp_path).version == versions[-1]


def test_a_version_is_published_with_one_content_only(tmp_path: Path, dataset: build.Dataset) -> None:
    site_before = previous(write_site(tmp_path, dataset.lines))
    assert site_before.same("0.1.0", dataset.lines)
    assert site_before.same("0.1.0", [line.replace("_:c14n", "_:d14n") for line in dataset.lines])
    assert not site_before.same("0.2.0", dataset.lines[:-1])
    with pytest.raises(BadInput, match="version 0.1.0 has been published with other contents") as caught:
        site_before.same("0.1.0", dataset.lines[1:])
    assert "raise the version" in caught.value.findings[0].repair


def test_what_is_no_published_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no such folder"):
        previous(tmp_path / "nowhere")
    (tmp_path / "version" / "draft").mkdir(parents=True)
    (tmp_path / "index.html").write_text("other site")
    with pytest.raises(BadInput, match="is no published site"):
        previous(tmp_path)


BROKEN = {"empty": b"", "no gzip": b"no gzip", "cut": gzip.compress(b"<a> <b> <c> .\n" * 99)[:-20], "no UTF-8": gzip.compress(b"\xff")}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named(tmp_path: Path, body: bytes) -> None:
    site = write_site(tmp_path, [])
    file = site / "version/0.1.0/kommunegraf.nq.gz"
    file.write_bytes(body)
    with pytest.raises(BadInput, match="kommunegraf.nq.gz: cannot be read"):
        previous(site)


def test_broken_tombstones_are_named(tmp_path: Path) -> None:
    site = write_site(tmp_path, [])
    (site / "changes").mkdir()
    (site / TOMBSTONES).write_text("nonsense")
    with pytest.raises(BadInput, match="tombstones.nq: not N-Quads"):
        previous(site)


def test_a_published_line_that_no_parser_takes_is_named(tmp_path: Path) -> None:
    long = '<http://e/a> <http://e/b> "' + "x" * (17 << 20) + '" .\n'
    file = tmp_path / "version" / "1" / "kommunegraf.nq.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(gzip.compress(f"<http://e/a> <http://e/b> <http://e/c> .\n{long}".encode(), 1))
    with pytest.raises(BadInput, match="kommunegraf.nq.gz: cannot be read: line 2 has more than 16 MiB"):
        previous(tmp_path)
    file.write_bytes(gzip.compress(b"<http://e/a> <http://e/b> <http://e/c> .\n"))
    (tmp_path / TOMBSTONES).parent.mkdir()
    (tmp_path / TOMBSTONES).write_text(long, "utf-8")
    with pytest.raises(BadInput, match="more than 16 MiB"):
        previous(tmp_path)
