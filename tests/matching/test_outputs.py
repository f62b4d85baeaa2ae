"""What matching writes can be read again by others, equals what was computed, is the same each time, and says what went wrong."""

import io
import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
from tests.helpers import ROOT, command
from tests.helpers.tables import records

from kommunegraf.languages import LANGUAGES, texts, words
from kommunegraf.matching import answers, communities, exports, linked_data, power, report, text
from kommunegraf.matching.matcher import Matcher
from kommunegraf.matching.opportunities import KINDS
from kommunegraf.matching.register import Choices
from kommunegraf.matching.results import Match, Power
from kommunegraf.namespaces import BASE, DCT, KG, PREFIXES, PROV, RDF, SKOS
from kommunegraf.rdf.engines import Embedded

HOLBAEK = BASE + "municipality/0316"


@pytest.fixture(scope="module")
def matcher(engine: Embedded) -> Matcher:
    return Matcher.open(engine, "en")


@pytest.fixture(scope="module")
def files(matcher: Matcher) -> dict[str, str]:
    return exports.graphs(matcher)


@pytest.fixture(scope="module")
def found(matcher: Matcher) -> list[Match]:
    return [matcher.match(row) for row in matcher.rows]


@pytest.fixture(scope="module")
def rdf(engine: Embedded, matcher: Matcher, found: list[Match]) -> list[str]:
    return linked_data.quads(found, {lang: matcher.register.labels_in(lang) for lang in LANGUAGES}, 5)


def edges(graph: nx.Graph) -> set[frozenset[str]]:
    return {frozenset((a, b)) for a, b in graph.edges}


def test_every_file_of_adoptions_read_again_is_the_network(matcher: Matcher, files: dict[str, str]) -> None:
    expected = edges(matcher.graph)
    graphs = [
        nx.parse_graphml(files["adoptions.graphml"]),
        nx.read_gexf(io.BytesIO(files["adoptions.gexf"].encode("utf-8"))),
        nx.node_link_graph(json.loads(files["adoptions.json"]), edges="edges"),
    ]
    for graph in graphs:
        assert edges(graph) == expected and set(graph) == set(matcher.graph) and nx.is_bipartite(graph)
        assert graph.nodes[HOLBAEK]["region"] == "Region Zealand" and graph.nodes[HOLBAEK]["population"] > 50_000
        adoption = graph.edges[HOLBAEK, BASE + "initiative/open-data"]
        assert (adoption["status"], adoption["solutions"]) == ("active", "Open Data DK")
    assert "high and medium" in graphs[2].graph["choices"]


def test_the_table_of_edges_has_each_layer_with_the_kommune_first(matcher: Matcher, files: dict[str, str]) -> None:
    rows, names = records(files["edges.csv"]), {row["id"]: row["Label"] for row in records(files["nodes.csv"])}
    kinds = Counter(row["layer"] for row in rows)
    assert kinds["adoptions"] == matcher.graph.number_of_edges() and kinds["neighbours"] == matcher.near.number_of_edges()
    assert set(kinds) == {"adoptions", "neighbours", "partners", "solutions", "organisations"}
    for row in rows:
        assert row["source"] in matcher.register.places and float(row["Weight"]) >= 1
        assert row["Label"] == f"{names[row['source']]} – {names[row['target']]}" and row["sourceCode"] == row["source"][-4:]


def test_equal_networks_give_equal_files(engine: Embedded, files: dict[str, str]) -> None:
    assert exports.graphs(Matcher.open(engine, "en")) == files


def test_the_network_back_in_rdf_is_what_the_graph_states(engine: Embedded, matcher: Matcher, files: dict[str, str]) -> None:
    written = {(q.subject, q.predicate, q.object) for q in ox.parse(files["adoptions.nq"], format=ox.RdfFormat.N_QUADS)}
    stated = engine.store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), ox.NamedNode(KG + "Adoption"))
    about = {q.subject for q in stated}
    terms = {ox.NamedNode(KG + t) for t in ("adopter", "initiative", "status", "statusFrom", "supportedBy", "solution")}
    terms.add(ox.NamedNode(RDF + "type"))
    own = {(q.subject, q.predicate, q.object) for s in about for q in engine.store.quads_for_pattern(s, None, None) if q.predicate in terms}
    assert written == own and len(about) == matcher.graph.number_of_edges()


def test_the_map_layer_has_the_kommuner_of_every_opportunity_where_they_lie(matcher: Matcher) -> None:
    features = json.loads(exports.map_layer(matcher))["features"]
    assert len(features) == len(matcher.opportunities)
    for feature, one in zip(features, matcher.opportunities):
        points = [matcher.register.places[r.iri].point for r in (*one.audience, *one.partners)]
        assert [tuple(p) for p in feature["geometry"]["coordinates"]] == points and feature["properties"]["total"] == one.total


def test_every_suggestion_leads_to_its_method_and_to_evidence_in_the_graph(engine: Embedded, matcher: Matcher, rdf: list[str]) -> None:
    store = ox.Store()
    store.bulk_load("\n".join(rdf).encode("utf-8"), format=ox.RdfFormat.N_QUADS)
    of = ox.NamedNode(DCT + "type")
    kinds: dict[str, int] = {}
    for quad in store.quads_for_pattern(None, of, None):
        kinds[str(quad.object).rsplit("/", 1)[1][:-1]] = kinds.get(str(quad.object).rsplit("/", 1)[1][:-1], 0) + 1
        behind = [q.object for q in store.quads_for_pattern(quad.subject, ox.NamedNode(PROV + "wasDerivedFrom"), None)]
        assert all(isinstance(i, ox.NamedNode) and next(engine.store.quads_for_pattern(i, None, None), None) for i in behind)
        assert behind or "/next/0175-" in str(quad.subject)  # nobody is like a kommune without evidence
        (method,) = [q.object for q in store.quads_for_pattern(quad.subject, ox.NamedNode(PROV + "wasGeneratedBy"), None)]
        assert isinstance(method, ox.NamedNode)
        assert len(list(store.quads_for_pattern(method, ox.NamedNode(PROV + "used"), None))) == 2
        labels = store.quads_for_pattern(quad.subject, ox.NamedNode(SKOS + "prefLabel"), None)
        assert {q.object.language for q in labels if isinstance(q.object, ox.Literal)} == {"da", "en"}
    opportunities = Counter(one.kind for one in matcher.opportunities)
    assert kinds == opportunities | {name: kinds[name] for name in ("alike", "learn-from", "next")}
    assert {str(q.graph_name) for q in store} == {f"<{BASE}graph/analysis>"}


def test_the_figures_in_rdf_are_those_of_the_match(found: list[Match], rdf: list[str]) -> None:
    one = next(m for m in found if m.municipality.iri == HOLBAEK)
    best = one.alike[0]
    name = f"{BASE}suggestion/medium-all/alike/{'-'.join(sorted((one.municipality.name, best.municipality.name)))}/p-value"
    (line,) = [line for line in rdf if line.startswith(f"<{name}> <{PREFIXES['dqv']}value>")]
    assert float(line.split('"')[1]) == pytest.approx(best.score.p, rel=1e-5)


@pytest.mark.parametrize("name", answers.ANSWERS)
def test_every_answer_is_a_table_with_one_head_that_csv_keeps(found: list[Match], name: str) -> None:
    rows = answers.unique(answers.ANSWERS[name](one, "en") for one in found)
    assert len(rows) > 10 and {tuple(row) for row in rows} == {answers.COLUMNS[name]}
    again = records(answers.as_csv(rows, answers.COLUMNS[name]))
    assert again == [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows]
    for lang in ("da", "en"):
        assert all(text.head(column, lang) for column in rows[0])


def test_both_languages_have_the_same_gaps() -> None:
    for key, sentence in texts("matching").items():
        gaps = [set(re.findall(r"\{\d?\}", sentence[lang])) for lang in LANGUAGES]
        assert gaps[0] == gaps[1], key


@pytest.mark.parametrize("lang", ["da", pytest.param("en", marks=pytest.mark.slow)])
def test_the_page_says_what_was_measured(engine: Embedded, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setattr(report, "SAMPLES", 20)
    monkeypatch.setattr(report, "OTHER_CHOICES", (Choices(), Choices("high")))
    matcher = Matcher.open(engine, lang)
    monkeypatch.setattr(report, "COMMON", (None,))
    find, baseline = communities.find, power.baseline
    monkeypatch.setattr(communities, "find", lambda matrix: find(matrix, seeds=3, samples=5))
    monkeypatch.setattr(power, "baseline", lambda matrix: baseline(matrix, samples=2))
    page = report.page(matcher)
    assert text.significance(matcher.power, 0, lang) in page and words(lang, "matching").caveat in page
    assert {"da": "sikkert bedre end udbredelse", "en": "surely better than popularity"}[lang] in page
    assert len(re.findall(r"^\| .*?( pct\.|%) \|$", page, re.MULTILINE)) >= 97 and "{" not in page


@pytest.mark.parametrize(("lang", "file"), [("en", "report.md"), ("da", "da/report.md")])
def test_the_page_in_docs_is_of_this_graph(engine: Embedded, lang: str, file: str) -> None:
    page, matcher, sentences = (ROOT / "docs" / "matching" / file).read_text("utf-8"), Matcher.open(engine, lang), words(lang, "matching")
    stale = f"write it again: kommunegraf match --all --lang {lang} --output DIR, then copy report.md"
    for lines in (list(report.head(matcher, sentences))[-1:], report.together(matcher, sentences), report.kommuner(matcher, sentences)):
        assert "\n".join(lines) in page, stale
    assert text.significance(matcher.power, matcher.significant, lang) in page, stale


def test_what_is_significant_is_not_hidden() -> None:
    able, none = Power(4656, 1e-6, 1.1e-5, 12), Power(4656, 0.0016, 1.1e-5, 0)
    assert text.significance(able, 3, "en") == "12 of 4,656 pairs could reach the p that is needed; 3 do (q ≤ 0.05)."
    assert text.significance(able, 3, "da") == "12 af 4.656 par kunne nå den p-værdi, der kræves; 3 gør det (q ≤ 0,05)."
    assert "cannot find any pair" in text.significance(none, 0, "en") and "0.000011 is needed" in text.significance(none, 0, "en")


def run(built: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command.run("match", *arguments, "--graph", str(built))


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ((), "name a kommune, or give --opportunities"),
        (("Kalundborg", "--all"), "not both"),
        (("--all",), "--all needs --output"),
        (("Kalundborg", "-o", "x"), "--output goes with --all, or"),
        (("--all", "-o", "x", "--explain", "Vejle"), "not about --all"),
        (("Kalundborg", "--explain", "Vejle", "--answer", "next"), "not both"),
        (("Kalundborg", "--initiative", "open-data"), "--answer learn-from"),
        (("Kalundborg", "--opportunities"), "--municipality narrows"),
        (("Kalundborg", "--region", "1084"), "go with --opportunities"),
        (("Kalundborg", "--plan", "Sorø"), "KOMMUNE: INITIATIVE"),
        (("Kalundborg", "--plan", "Sor: open-data"), "did you mean Sorø"),
        (("Kalundborg", "--answer", "next", "--format", "xlsx"), "needs --output"),
        (("Kalundborg", "--answer", "learn-from", "--initiative", "opn data"), "did you mean open-data"),
        (("Kalundborg", "--format", "csv"), "need --answer"),
        (("Kalundborg", "--explain", "Vejle", "--format", "turtle"), "text or json"),
        (("Kalundborg", "--explain", "Kalundborg"), "another kommune"),
        (("Kalundborg", "--explain", "Vejl"), "did you mean Vejle"),
        (("Kalundborg", "--since", "2020", "--until", "2010"), "no year is both"),
        (("Kalundborg", "--since", "1990", "--until", "1991"), "no evidence is left"),
        (("Kalundborg", "--broad", "0"), "1 or more"),
        (("Atlantis",), "no municipality is called 'Atlantis'"),
    ],
)
def test_a_wrong_call_says_what_would_be_right(built: Path, arguments: tuple[str, ...], hint: str) -> None:
    done = run(built, *arguments)
    assert done.returncode == 1 and hint in done.stderr and "Traceback" not in done.stderr and not done.stdout


def test_the_command_tells_each_answer_as_table_csv_json_and_turtle(built: Path) -> None:
    for name in ("learn-from", "opportunities"):
        ask = ("Randers", "--answer", name)
        done = [run(built, *ask, *form) for form in ((), ("--format", "csv"), ("--format", "json"), ("--format", "turtle"))]
        assert all((d.returncode, d.stderr) == (0, "") for d in done), done
        table, rows, fields, turtle = (d.stdout for d in done)
        assert "No evidence means unknown" in table and "high and medium" in table
        assert records(rows)
        assert json.loads(fields)["choices"]["confidence"] == "medium"
        triples = ox.parse(turtle, format=ox.RdfFormat.TURTLE)
        kinds = {str(t.object).rsplit("/", 1)[1][:-1] for t in triples if t.predicate.value == DCT + "type"}
        assert kinds == {name} or (name == "opportunities" and kinds <= set(KINDS))


def test_the_command_explains_two_in_danish_and_lists_what_could_be_asked(built: Path) -> None:
    text = run(built, "Kalundborg", "--explain", "Holbæk", "--lang", "da").stdout
    assert "Kalundborg – Holbæk (nabo)" in text and "https://" in text
    silent = run(built, "Rødovre", "--until", "2012").stdout
    assert "We have no evidence that counts" in silent and "Neighbours, and what runs there" in silent


@pytest.mark.slow
def test_everything_is_written_by_one_command(built: Path, tmp_path: Path) -> None:
    done = run(built, "--all", "-o", str(tmp_path / "all"))
    assert (done.returncode, done.stderr) == (0, "")
    names = {p.relative_to(tmp_path / "all").as_posix() for p in (tmp_path / "all").rglob("*") if p.is_file()}
    written = {"report.md", "opportunities.geojson", "opportunities.csv"}
    assert written <= names
    assert {"suggestions.nq", "adoptions.graphml", "edges.csv", "municipalities/0326.json"} <= names
    assert len([n for n in names if n.startswith("municipalities/")]) == 2 * 98
    assert f"Wrote {len(names)} files" in done.stdout
