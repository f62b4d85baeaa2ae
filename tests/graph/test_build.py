"""The build is whole, repeatable, and never leaves half a graph behind."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT

from kommunegraf.findings import BadInput
from kommunegraf.graph import build, tables
from kommunegraf.graph.build import Dataset
from kommunegraf.namespaces import DCT, GRAPH, KG, RDF


@pytest.fixture(scope="module")
def quads(dataset: Dataset) -> list[Any]:
    return list(ox.parse(dataset.text().encode("utf-8"), format=ox.RdfFormat.N_QUADS))


def instances(quads: list[Any], name: str) -> set[str]:
    return {q.subject.value for q in quads if q.predicate.value == RDF + "type" and q.object.value == KG + name}


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("Municipality", "municipalities.csv"), ("Region", "regions.csv"), ("Initiative", "initiatives.csv"), ("Evidence", "evidence.csv"),
        ("Solution", "solutions.csv"), ("CaseExample", "cases.csv"), ("CaseFact", "case-facts.csv"), ("Gap", "survey-gaps.csv"),
        ("Contradiction", "contradictions.csv"), ("ReportStatement", "report-statements.csv"), ("RankingPlace", "survey-rankings.csv"),
    ],
)
def test_every_row_is_in_the_graph(quads: list[Any], name: str, table: str) -> None:
    assert len(instances(quads, name)) == len(tables.read(ROOT / "data")[0][table].rows) > 0


def test_the_graph_has_98_kommuner_27_named_initiatives_and_8_cases(quads: list[Any]) -> None:
    named = {q.subject.value for q in quads if q.predicate.value == KG + "mainArea" and "/initiative/" in q.subject.value}
    assert (len(instances(quads, "Municipality")), len(named), len(instances(quads, "CaseExample"))) == (98, 27, 8)


def test_every_triple_stands_in_a_graph_that_is_described(quads: list[Any]) -> None:
    titled = {q.subject.value for q in quads if q.predicate.value == DCT + "title"}
    described = {name for name in titled if name.startswith(GRAPH)}
    assert {q.graph_name.value for q in quads} <= described


def test_lines_are_canonical_n_quads(dataset: Dataset, quads: list[Any]) -> None:
    assert dataset.lines == sorted(set(dataset.lines))
    again = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert again == dataset.text().encode("utf-8")


def seeded(seed: str) -> dict[str, str]:
    """An environment in which sets have another order."""
    return {**os.environ, "PYTHONHASHSEED": seed}


def test_two_builds_are_equal_byte_for_byte(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kommunegraf", "build", "--output"]
    for seed, name in (("1", "a"), ("2", "b")):
        subprocess.run([*command, str(tmp_path / name)], check=True, capture_output=True, env=seeded(seed))
    for file in (build.NQUADS, build.TRIG):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_trig_and_n_quads_say_the_same(dataset: Dataset, tmp_path: Path) -> None:
    nquads, trig = build.write(dataset, tmp_path)
    first, second = ox.Dataset(ox.parse(path=nquads)), ox.Dataset(ox.parse(path=trig))
    for one in (first, second):
        one.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert first == second


def test_a_broken_turtle_file_is_named_with_its_line(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "ontology", tmp_path / "ontology"))
    path = folder / "concepts.ttl"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:30], "<x> a ;; .", *lines[30:]]), "utf-8")
    with pytest.raises(BadInput) as error:
        build.build(folder, ROOT / "data")
    assert [(f.file, f.line, f.rule) for f in error.value.findings] == [(str(path), 31, "turtle")]


def test_a_turtle_file_without_a_graph_is_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "ontology", tmp_path / "ontology"))
    (folder / "more.ttl").write_text("<x:a> <x:b> <x:c> .", "utf-8")
    with pytest.raises(BadInput, match="no named graph is set"):
        build.build(folder, ROOT / "data")


def run_build(output: Path, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """`kommunegraf build` in a process of its own; `limit` is the largest file that it may write, as on a disk that fills up."""

    def confine() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "kommunegraf", "build", "--output", str(output)]
    return subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=confine)


def test_a_full_disk_leaves_the_earlier_graph_untouched(dataset: Dataset, tmp_path: Path) -> None:
    build.write(dataset, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = run_build(tmp_path, limit=1_000_000)
    assert done.returncode == 1 and "File too large" in done.stderr and "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_output_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept", "utf-8")
    done = run_build(tmp_path / "file" / "build")
    assert done.returncode == 1 and str(tmp_path / "file") in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "file").read_text("utf-8") == "kept"
