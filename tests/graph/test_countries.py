"""A second country: built, checked, asked, matched and published from tables of its own, alone and beside Denmark.

The register is Sweden's as `tests/helpers/sweden.py` makes it, with codes that Danish kommuner have too.
"""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from tests.helpers import ROOT, sweden
from tests.helpers.command import run
from tests.helpers.tables import read_table

from kommunegraf.findings import BadInput
from kommunegraf.graph import build, tables, validate
from kommunegraf.matching.matcher import Matcher
from kommunegraf.names import UnknownName
from kommunegraf.namespaces import BASE, KG, RDF, SKOS
from kommunegraf.paths import Folders
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded

PREF_LABEL = ox.NamedNode(SKOS + "prefLabel")
CODES = sorted(row["code"] for row in csv.DictReader((sweden.OWN / "data" / "municipalities.csv").open(encoding="utf-8")))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    """The folders of the Swedish register."""
    data, ontology = sweden.folders(tmp_path_factory.mktemp("sweden"))
    return Folders.of([data], ontology)


@pytest.fixture(scope="module")
def alone(folders: Folders) -> Embedded:
    """The graph of Sweden."""
    return opened(build.build_all(folders))


@pytest.fixture(scope="module")
def both(folders: Folders) -> build.Dataset:
    """The graph of Denmark and Sweden."""
    return build.build_all(Folders.of([ROOT / "data", *folders.data]))


def opened(dataset: build.Dataset) -> Embedded:
    store = ox.Store()
    store.bulk_load(dataset.text().encode(), format=ox.RdfFormat.N_QUADS)
    return Embedded(store)


def test_the_register_has_twenty_kommuner_some_with_codes_that_danish_ones_have() -> None:
    danish = {row["code"] for row in read_table("municipalities")}
    assert len(CODES) == 20 and all(re.fullmatch("se-[0-9]{4}", code) for code in CODES)
    assert {code.removeprefix("se-") for code in CODES} & danish == {"0163", "0183", "0187", "0330", "0360"}


def test_what_is_made_up_says_so() -> None:
    evidence = list(csv.DictReader((sweden.OWN / "data" / "evidence.csv").open(encoding="utf-8")))
    assert evidence
    for row in evidence:
        assert row["source"].startswith("simulated-") and row["summary_en"].startswith("Simulated for tests")


def test_sweden_alone_is_valid(folders: Folders) -> None:
    assert [f for f in validate.project(folders) if f.severity != "info"] == []


def test_sweden_answers_questions_by_name_and_code(alone: Embedded) -> None:
    rows = ask.run(alone, "municipalities", lang="en").rows()
    assert [row["code"] for row in rows] == CODES
    for name in ("Stockholm", "stockholms kommun", "se-0180", "0180"):
        (row,) = ask.run(alone, "municipality", kommune=name, lang="en").rows()
        assert (row["code"], row["regionLabel"], row["nuts3"], row["population"]) == ("se-0180", "Stockholm County", "SE110", 935619)
    assert ask.run(alone, "neighbours-with-other-solutions", initiative="report-a-problem-app", lang="en").rows()
    with pytest.raises(UnknownName):
        ask.run(alone, "municipality", kommune="Aarhus", lang="en")


def test_swedish_names_are_kept_as_swedish(alone: Embedded) -> None:
    names = {q.object for q in alone.store.quads_for_pattern(ox.NamedNode(f"{BASE}municipality/se-0180"), PREF_LABEL, None, None)}
    assert names == {ox.Literal("Stockholm", language="da"), ox.Literal("Stockholm Municipality", language="en"),
                     ox.Literal("Stockholms kommun", language="sv")}
    labels = {q.object for q in alone.store.quads_for_pattern(ox.NamedNode(f"{BASE}adoption/se-0114-open-data"), PREF_LABEL, None, None)}
    assert ox.Literal("Upplands Väsby kommun: Öppna data", language="sv") in labels


def test_sweden_is_matched(alone: Embedded) -> None:
    matcher = Matcher.open(alone, "en")
    assert [iri.rsplit("/", 1)[-1] for iri in sorted(matcher.register.places)] == CODES
    match = matcher.match(f"{BASE}municipality/se-0184")
    assert {one.kind for one in match.opportunities} == {"learn"}
    assert {one.municipality.label for one in match.neighbours} == {
        "Sollentuna Municipality", "Stockholm Municipality", "Sundbyberg Municipality",
    }


def test_beside_denmark_nothing_of_either_changes(both: build.Dataset, alone: Embedded, dataset: build.Dataset) -> None:
    """The graph of both is that of each, line for line, but for what says what the dataset is and what has blank nodes."""
    lines = set(both.lines)
    assert {line for line in dataset.lines if "_:" not in line} <= lines
    described = ("/graph/catalog> .", "/graph/survey> .", "/graph/shapes> .")
    swedish = {f"{quad} ." for quad in alone.store}
    assert {line for line in swedish if "_:" not in line and not line.endswith(described)} <= lines


def test_beside_denmark_no_iri_stands_for_two_things(both: build.Dataset) -> None:
    engine = opened(both)
    rows = ask.run(engine, "municipalities", lang="en").rows()
    assert len(rows) == 98 + 20 and len({row["code"] for row in rows}) == len({row["municipality"] for row in rows}) == 118
    for code, name in (("0163", "Herlev"), ("se-0163", "Sollentuna"), ("0360", "Lolland"), ("se-0360", "Tierp")):
        (row,) = ask.run(engine, "municipality", kommune=code, lang="da").rows()
        assert (row["code"], row["municipalityLabel"]) == (code, name)
    (row,) = ask.run(engine, "municipality", kommune="0180", lang="da").rows()
    assert row["code"] == "se-0180"  # no Danish kommune has that code


@pytest.mark.slow
def test_beside_denmark_both_are_valid(folders: Folders) -> None:
    assert [f for f in validate.project(Folders.of([ROOT / "data", *folders.data])) if f.severity != "info"] == []


def remove(name: str) -> Callable[[Path], None]:
    return lambda data: (data / name).unlink()


def spoil(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(data: Path) -> None:
        text = (data / name).read_text("utf-8")
        assert old in text
        (data / name).write_text(text.replace(old, new, 1), "utf-8")

    return change


@pytest.mark.parametrize(("change", "finding"), [
    (remove("municipalities.csv"), ("municipalities.csv", 0, "", "is missing")),
    (remove("countries.csv"), ("countries.csv", 0, "", "is missing")),
    (spoil("municipalities.csv", "se-0180,", "0180,"), ("municipalities.csv", 9, "code", "'0180' is not a valid code")),
    (spoil("municipalities.csv", "SE121", "DK011"), ("municipalities.csv", 14, "nuts3", "'DK011' is not a valid nuts3")),
    (spoil("municipalities.csv", "se-01,SE110", "se-03,SE110"), ("municipalities.csv", 2, "region", "'se-03' is not in provinces")),
    (spoil("regions.csv", "name_sv", "name_fi"), ("regions.csv", 1, "name_fi", "column name_fi is not described")),
    (spoil("countries.csv", "se-[0-9]{4}", "se-[0-9"), ("countries.csv", 2, "municipality_pattern", "is no regular expression")),
])
def test_what_is_wrong_with_a_register_is_found_in_its_place(
    change: Callable[[Path], None], finding: tuple[str, int, str, str], tmp_path: Path
) -> None:
    data, ontology = sweden.folders(tmp_path)
    change(data)
    name, line, column, message = finding
    places = [(Path(f.file).name, f.line, f.column) for f in tables.read(data)[1] if message in f.message]
    assert (name, line, column) in places
    with pytest.raises(BadInput):
        build.build_all(Folders.of([data], ontology))


@pytest.mark.parametrize(("arguments", "message"), [
    (["--data", "nowhere"], "nowhere is no folder"),
    (["--data", "."], ". holds no tables"),
    (["--ontology", "nowhere"], "nowhere: is no folder"),
    (["--ontology", "."], "holds no Turtle files"),
])
def test_a_folder_that_is_no_register_gets_a_clear_error(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = run("build", *arguments, cwd=tmp_path)
    assert done.returncode == 1 and message in done.stderr + done.stdout
    assert "Traceback" not in done.stderr and not (tmp_path / "build").exists()


def test_a_graph_of_two_registers_has_each_resource_typed(both: build.Dataset) -> None:
    of_type = f"<{RDF}type> <{KG}Municipality>"
    assert sum(of_type in line for line in both.lines) == 118
