"""A register with IRIs of its own: what it states has them, what all share has not, and no verb reads it as another's."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT
from tests.helpers.command import bad
from tests.helpers.own_base import BASE, register, run

import kommunegraf
from kommunegraf import namespaces
from kommunegraf.graph import build
from kommunegraf.namespaces import FOLDERS, SHARED, VARIABLE, BadBase, OtherBase, checked
from kommunegraf.paths import Folders
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded

BELOW_BASE = re.compile(rf"(?:\{{BASE\}}|\bBASE \+ f?\")(?:{'|'.join(FOLDERS)})/")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a register with a base of its own: its tables, its ontology and its graph."""
    return register(tmp_path_factory.mktemp("own"))


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module `namespaces` as a process with that base has it."""
    monkeypatch.setenv(VARIABLE, BASE)
    spec = importlib.util.spec_from_file_location("namespaces_of_a_register", str(namespaces.__file__))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_shared_is_what_the_ontology_defines_and_no_table_does(dataset: build.Dataset) -> None:
    graphs: dict[str, set[str]] = {}
    for line in dataset.lines:
        if line.startswith(f"<{SHARED}"):
            folder = line.removeprefix(f"<{SHARED}").split(">")[0].partition("/")[0]
            graphs.setdefault(folder, set()).add(line.rsplit("/", 1)[-1].removesuffix("> ."))
    of_tables = {"initiative", "report-section"}  # rows of tables too, so that a register has its own
    defined = {folder for folder, names in graphs.items() if names & {"concepts", "shapes"} or "ontology" in names}
    assert set(FOLDERS) == defined - of_tables
    assert of_tables <= defined and sorted(FOLDERS) == list(FOLDERS)


def test_no_code_puts_what_is_shared_below_the_base_of_a_register() -> None:
    assert BELOW_BASE.search('f"{BASE}status/active"') and BELOW_BASE.search('BASE + "scheme/status"')
    for path in (ROOT / "scripts" / "kommunegraf").rglob("*.py"):
        assert not BELOW_BASE.search(path.read_text("utf-8")), path


def test_shapes_name_nothing_of_one_register(own: Any) -> None:
    for path in [ROOT / "ontology" / "shapes.ttl", *(ROOT / "ontology" / "profiles").glob("*.ttl")]:
        triples = [str(triple) for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE)]
        assert list(map(own.based, triples)) == triples


def test_a_text_gets_the_base_but_where_something_is_shared(own: Any) -> None:
    text = f"<{SHARED}municipality/0751> <{SHARED}ontology/status> <{SHARED}status/active> <{SHARED}graph/ontology> <{SHARED}>"
    based = f"<{BASE}municipality/0751> <{SHARED}ontology/status> <{SHARED}status/active> <{BASE}graph/ontology> <{BASE}>"
    assert own.based(text) == own.based(based) == based
    assert namespaces.based(text) == text


@pytest.mark.parametrize("path", ["", "municipality/0751", "status/active", "ontology/", "shape/Evidence", "sources"])
def test_a_path_and_its_iri_lead_to_each_other(path: str, own: Any) -> None:
    for module in (own, namespaces):
        assert module.own_path(module.mint(path)) == path


def test_an_iri_of_nobody_has_no_path(own: Any) -> None:
    for iri in (f"{BASE}status/active", f"{SHARED}municipality/0751", "https://example.org/x", ""):
        assert own.own_path(iri) is None


@pytest.mark.parametrize("base", [
    "", "se", "smartcity/", "ftp://example.se/", "https://example.se", "https://example.se/a", "https://example.se/#", "https://example.se/?a=/",
    "https://example.se/a b/", 'https://example.se/"/', "https://example.se/<>/", "https://a@example.se/", "https://example.se/../", "https://example.se//",
    "https://example.se/a/\n", SHARED + "se/", "https://w3id.org/",
])
def test_what_is_no_base_is_refused_and_nothing_is_written(base: str, tmp_path: Path) -> None:
    with pytest.raises(BadBase):
        checked(base)
    assert "base" in bad("build", "--base", base, cwd=tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("base", [BASE, SHARED, "http://localhost:8000/", "https://example.se/~a/b_c/1.0/"])
def test_a_base_is_taken_as_it_is(base: str) -> None:
    assert checked(base) == base


def test_a_flag_and_a_variable_that_differ_are_refused(tmp_path: Path) -> None:
    done = run("build", "--base", BASE, cwd=tmp_path, KOMMUNEGRAF_BASE="https://example.org/")
    assert done.returncode == 1 and "give one of them" in done.stderr and not list(tmp_path.iterdir())
    assert run("build", cwd=tmp_path, KOMMUNEGRAF_BASE="example").stderr.count("\n") == 1


def test_the_graph_is_the_same_but_for_the_base(place: Path, own: Any) -> None:
    usual = build.build_all(Folders.of([place / "data"], place / "ontology"))
    lines = (place / "build" / build.NQUADS).read_text("utf-8").splitlines()
    assert set(lines) == set(map(own.based, usual.lines)) and len(lines) == len(usual.lines)
    assert f'"{BASE}"' in "\n".join(lines) and not namespaces.own_path(f"{BASE}municipality/se-0180")


def test_questions_and_matching_take_the_base_from_the_graph(place: Path) -> None:
    for name in ("Stockholm", f"{BASE}municipality/se-0180"):
        asked = ("query", "run", "municipality", "--param", f"kommune={name}", "--lang", "en", "--format", "csv")
        done = run(*asked, "--graph", "build", cwd=place)
        assert (done.returncode, done.stderr) == (0, "") and f"\nse-0180,{BASE}municipality/se-0180,Stockholm Municipality," in done.stdout
    done = run("match", "Solna", "--lang", "en", "--graph", "build", cwd=place)
    assert (done.returncode, done.stderr) == (0, "") and "Its initiatives: 1 active, 1 planned, 1 ended." in done.stdout


def test_a_graph_with_another_base_is_refused_in_one_line(place: Path) -> None:
    trig, nquads = (place / "build" / name for name in (build.TRIG, build.NQUADS))
    for done in (
        run("query", "run", "municipalities", "--graph", "build", cwd=place, KOMMUNEGRAF_BASE="https://example.org/"),
        run("validate", str(trig), "--data", "data", "--ontology", "ontology", cwd=place),
    ):
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and f"set {VARIABLE}={BASE}" in done.stderr and not done.stdout
    with pytest.raises(OtherBase, match=f"set {VARIABLE}={BASE}"):
        kommunegraf.open_graph(nquads)
    with pytest.raises(OtherBase):
        kommunegraf.write_site(nquads, place / "site")


def test_two_registers_in_one_store_are_asked_together(place: Path, engine: Embedded) -> None:
    store = ox.Store()
    store.extend(engine.store)
    store.bulk_load(path=place / "build" / build.NQUADS, format=ox.RdfFormat.N_QUADS)
    both = Embedded(store)
    ask.require_base(both, "the store")
    assert len(ask.run(both, "municipalities", lang="en").rows()) == 98 + 20
    active = [row for one in (both, engine) for row in ask.run(one, "municipalities-by-adoptions", lang="en").rows()]
    assert {row["municipality"].rsplit("/", 1)[0] for row in active if row["active"]} == {f"{BASE}municipality", f"{SHARED}municipality"}


@pytest.mark.slow
def test_the_register_is_valid(place: Path) -> None:
    tables = run("validate", "data", "--ontology", "ontology", cwd=place, KOMMUNEGRAF_BASE=BASE)
    graph = run("validate", "build/kommunegraf.nq", "--data", "data", "--ontology", "ontology", cwd=place)
    for done in (tables, graph):
        assert (done.returncode, done.stderr) == (0, "") and "0 violations, 0 warnings" in done.stdout


@pytest.mark.slow
def test_every_rule_finds_its_bad_example_with_that_base() -> None:
    test = f"{ROOT}/tests/graph/test_verify.py::test_a_rule_finds_what_is_bad_in_its_example"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test], cwd=ROOT, env={**os.environ, VARIABLE: BASE},
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout
    number = re.search(r"(\d+) passed", done.stdout)
    assert number and int(number[1]) == len(list((ROOT / "queries" / "verify").glob("*.rq")))
