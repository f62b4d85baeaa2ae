"""The command as people type it: what it prints, and what it says when something is wrong."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from tests.helpers import ROOT
from tests.helpers.command import bad, good, run
from tests.helpers.forms import filled
from tests.helpers.tables import records


def test_build_tells_what_it_made(tmp_path: Path) -> None:
    text = good("build", "--output", str(tmp_path / "out"))
    assert "https://w3id.org/kommunegraf/graph/evidence" in text
    assert [line.split() for line in text.splitlines() if line.startswith("evidence ")] == [["evidence", "1119"]]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["kommunegraf.nq", "kommunegraf.store", "kommunegraf.trig"]


def test_the_questions_are_listed_searched_and_explained(built: Path) -> None:
    assert "neighbours-ahead" in good("query", "list")
    listing = good("query", "list", "neighbour", "solution")
    assert "neighbours-with-other-solutions" in listing and "contents" not in listing
    assert "Hvad er naboerne" in good("query", "show", "neighbours-ahead", "--lang", "da")


def test_a_file_in_place_of_a_name_is_told_and_other_folders_are_not_listed(tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text("ASK {}", "utf-8")
    assert "give it with --file" in bad("query", "run", str(tmp_path / "mine.rq"))
    assert "mine" not in bad("query", "run", str(tmp_path / "min")).partition("there is")[2]


@pytest.mark.parametrize("name", ["evidence-behind-adoption", "describe", "find-word"])
def test_the_example_that_show_gives_can_be_run(built: Path, name: str) -> None:
    text = good("query", "show", name)
    example = next(line for line in text.splitlines() if line.startswith("Example: kommunegraf "))
    assert good(*example.removeprefix("Example: kommunegraf ").split(), "--graph", str(built))


def test_a_question_is_answered_as_a_table_and_as_csv(built: Path) -> None:
    ask = ("query", "run", "municipality", "--param", "kommune=Århus", "--lang", "en", "--graph", str(built))
    assert "Aarhus Municipality" in good(*ask)
    (row,) = records(good(*ask, "--format", "csv"))
    assert (row["code"], row["nuts3"], row["populationDate"]) == ("0751", "DK042", "2016-10-01")


def test_a_query_of_ones_own_is_answered(built: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text("SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/kommunegraf/ontology/Municipality> }", "utf-8")
    for mark in ("", "\ufeff"):
        path.write_text(mark + path.read_text("utf-8"), "utf-8")
        answer = json.loads(good("query", "run", "-f", str(path), "--format", "json", "--graph", str(built)))
        assert answer["results"]["bindings"][0]["n"]["value"] == "98"


def test_a_match_can_be_read_by_programs(built: Path) -> None:
    matched = json.loads(good("match", "751", "--format", "json", "--graph", str(built)))
    assert matched["place"]["municipality"]["label"] == "Aarhus Municipality" and matched["alike"]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("query", "run", "municipalty"), "municipality"),
        (("query", "run", "municipality", "-p", "kommune=Arhuss"), "did you mean Aarhus"),
        (("query", "run", "municipality", "-p", "kommunen=Aarhus"), "it takes municipality, lang"),
        (("query", "run", "municipality", "-p", "kommune"), "NAME=VALUE"),
        (("query", "run", "municipality", "-p", "kommune=Odense", "-p", "kommune=Aarhus"), "given twice: kommune"),
        (("query", "run", "municipality", "-p", "kommune=Odense", "-p", "municipality=Aarhus"), "municipality is given twice"),
        (("query", "run", "municipality", "-p", "lang=fr"), "one of da, en"),
        (("query", "run", "municipality", "--format", "turtle"), "csv, tsv, json, xml"),
        (("query", "run"), "--file"),
        (("query", "run", "-f", "no-such-file.rq"), "no-such-file.rq: No such file"),
        (("match", "Atlantis"), "no municipality is called 'Atlantis'"),
        (("match", "Kobenhavn"), "did you mean"),
    ],
)
def test_a_wrong_call_says_what_would_be_right(built: Path, arguments: tuple[str, ...], hint: str) -> None:
    assert hint in bad(*arguments, "--graph", str(built))


def test_without_a_graph_the_way_to_one_is_told(tmp_path: Path) -> None:
    assert "kommunegraf build" in bad("query", "run", "contents", cwd=tmp_path)


@pytest.mark.parametrize("text", ["#+ title: [\nSELECT * {}", "#+ description: none\nASK {}", "not a query"])
def test_a_broken_query_file_is_named(built: Path, tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.rq"
    path.write_text(text, "utf-8")
    assert "own.rq" in bad("query", "run", "-f", str(path), "--graph", str(built))


def broken_data(tmp_path: Path) -> Path:
    """A copy of the tables in which one year ends before it begins and one kommune does not exist."""
    data = Path(shutil.copytree(ROOT / "data", tmp_path / "data"))
    path = data / "evidence.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    cells = next(csv.reader([lines[1]]))
    cells[4], cells[5] = "2020", "2010"
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    path.write_text("".join([lines[0], buffer.getvalue(), *lines[2:]]), "utf-8")
    return data


@pytest.mark.slow
def test_validate_is_silent_on_the_project_and_exits_with_0() -> None:
    """The README's example holds this in the quick run."""
    assert good("validate").splitlines()[-1].startswith("0 violations, 0 warnings")


def test_validate_points_to_the_row_and_column_of_a_shape_violation(tmp_path: Path) -> None:
    data = broken_data(tmp_path)
    done = run("validate", str(data), "--format", "json")
    assert done.returncode == 1
    places = {(f["file"], f["line"], f["column"]) for f in json.loads(done.stdout) if f["severity"] == "violation"}
    assert places == {(str(data / "evidence.csv"), 2, "year_from")}


@pytest.mark.parametrize("year", ["20x0", pytest.param("2020", marks=pytest.mark.slow)], ids=["table", "shape"])
def test_validate_reports_as_shacl_too(tmp_path: Path, year: str) -> None:
    data = broken_data(tmp_path)
    path = data / "evidence.csv"
    path.write_text(path.read_text("utf-8").replace(",2020,2010,", f",{year},2010,"), "utf-8")
    done = run("validate", str(data), "--format", "turtle")
    report = rdflib.Graph().parse(data=done.stdout, format="turtle")
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    assert (None, sh.conforms, rdflib.Literal(False)) in report
    assert any("evidence.csv:2" in str(comment) for comment in report.objects(None, rdflib.RDFS.comment))


def test_validate_takes_rdf_files_of_others(tmp_path: Path) -> None:
    path = tmp_path / "more.ttl"
    path.write_text("<https://w3id.org/kommunegraf/municipality/0999> a <https://w3id.org/kommunegraf/ontology/Municipality> .", "utf-8")
    done = run("validate", str(path))
    assert done.returncode == 1 and "municipality/0999" in done.stdout


def test_validate_names_the_line_of_turtle_that_does_not_parse(tmp_path: Path) -> None:
    path = tmp_path / "broken.ttl"
    path.write_text("<x:a> <x:b> <x:c> .\n<x:a> ;; .\n", "utf-8")
    done = run("validate", str(path))
    assert done.returncode == 1 and f"{path}:2" in done.stdout


def test_a_broken_table_is_found_before_shapes_are_tried(tmp_path: Path) -> None:
    data = broken_data(tmp_path)
    path = data / "regions.csv"
    path.write_text(path.read_text("utf-8").replace("1081", "10x1"), "utf-8")
    done = run("validate", str(data))
    assert done.returncode == 1 and f"{path}:2 [code]" in done.stdout


def test_yes_or_no_is_printed_as_such(built: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.rq"
    path.write_text("ASK { ?s ?p ?o }", "utf-8")
    assert good("query", "run", "-f", str(path), "--graph", str(built)) == "yes\n"
    assert "json, xml" in bad("query", "run", "-f", str(path), "--format", "csv", "--graph", str(built))


BUG = """
import sys, numpy
from kommunegraf.cli.main import main
from kommunegraf.matching.matcher import Matcher
Matcher.__init__ = lambda *_, **__: numpy.zeros(2) + numpy.zeros(3)
sys.argv = ["kommunegraf", "match", "Kalundborg", "--graph", sys.argv[1]]
main()
"""


def test_a_bug_ends_with_a_traceback_and_a_request_to_report_it(built: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, "-c", BUG, str(built)], capture_output=True, text=True, encoding="utf-8", env=environment)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("Traceback") and "ValueError: operands could not be broadcast" in done.stderr
    assert "bug in Kommunegraf" in done.stderr and "report it" in done.stderr


@pytest.mark.parametrize(("name", "content", "hint"), [
    ("a.rq", b"SELECT * {", "not SPARQL"), ("a.rq", b"\xff", "not UTF-8"), ("a.rq", b"#+ title: [\nSELECT * {}", "not YAML"),
    ("a.rq", "SELECT * {}".encode("utf-16"), "UTF-16; save it as UTF-8"), ("a.rq", "ASK {}".encode("utf-16-be"), "not SPARQL"),
    ("a.rq", b"INSERT DATA { <http://e/a> <http://e/b> 1 }", "this is an update, and the graph is only read"),
])
def test_what_is_wrong_with_a_query_of_ones_own_is_one_message(built: Path, tmp_path: Path, name: str, content: bytes, hint: str) -> None:
    (tmp_path / name).write_bytes(content)
    text = bad("query", "run", "--file", str(tmp_path / name), "--graph", str(built))
    assert hint in text and name in text


def test_a_graph_that_is_no_rdf_is_named(tmp_path: Path) -> None:
    (tmp_path / "kommunegraf.nq").write_text("hello", "utf-8")
    assert "kommunegraf.nq cannot be read as RDF" in bad("query", "run", "contents", "--graph", str(tmp_path))


def test_a_reader_that_has_enough_ends_the_command_quietly(built: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    for form in ("table", "csv"):
        command = [sys.executable, "-m", "kommunegraf", "query", "run", "statements", "--format", form, "--graph", str(built)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
            assert process.stdout and process.stderr
            process.stdout.close()
            assert process.stderr.read() == b""


@pytest.mark.parametrize("form", ["csv", "table"])
def test_a_closed_output_is_no_bug(built: Path, form: str) -> None:
    command = f"exec {sys.executable} -m kommunegraf query run regions --format {form} --graph {built} >&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")})
    assert (done.returncode, done.stderr) == (0, "")


def test_csv_for_danish_excel_comes_from_the_command_line_too(built: Path) -> None:
    ask = ("query", "run", "regions", "--lang", "en", "--graph", str(built), "--format")
    text = good(*ask, "csv", "--bom", "--separator", "semicolon")
    assert text.startswith("\ufeffregion;") and json.loads(good(*ask, "rows"))[0]["region"].startswith("https://")
    assert "--format csv" in bad(*ask, "json", "--bom")


def test_a_filled_form_is_laid_over_the_graph_for_one_run(built: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    good("template", "Sorø", "-o", str(form))
    lacking = ("match", "Sorø", "--answer", "next", "--format", "csv", "--lang", "da", "--graph", str(built))
    initiative = records(good(*lacking))[0]["initiative"]
    place = ("Initiativer", initiative, "Status")
    form.write_bytes(filled(form.read_bytes(), {place: "planlagt"}))
    ask = ("match", "Sorø", "--answer", "learn-from", "--format", "csv", "--lang", "da", "--graph", str(built))
    assert initiative not in good(*ask)
    assert initiative in good(*ask, "--with", str(form))
    form.write_bytes(filled(form.read_bytes(), {place: "måske"}))
    assert "måske" in bad(*ask, "--with", str(form))


def test_layers_count_solutions_and_organisations_and_say_what_the_test_can_find(built: Path) -> None:
    ask = ("match", "Mariagerfjord", "--answer", "alike", "--graph", str(built))
    narrow, wide = (records(good(*ask, *more, "--format", "csv")) for more in ((), ("--layers",)))
    assert {row["partner"] for row in narrow} <= {row["partner"] for row in wide} and list(narrow[0]) == list(wide[0])
    assert int(wide[0]["overlap"]) == len(wide[0]["shared"].split("; ")) > max(int(row["overlap"]) for row in narrow)
    assert "could reach the p that is needed" in good(*ask, "--layers", "--most", "1")
    assert "--answer alike" in bad("match", "Mariagerfjord", "--layers", "--graph", str(built))
