"""A graph of others in our vocabulary is matched as it stands: own IRIs, own language; what it lacks is said in words.

Everything here is simulated: 20 Swedish kommuner, 12 initiatives, and statements drawn by a fixed seed.
"""

import random
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
from tests.helpers import ROOT, command

import kommunegraf
from kommunegraf.findings import BadInput
from kommunegraf.graph import validate
from kommunegraf.matching import exports, linked_data, register, screen
from kommunegraf.matching.matcher import Matcher
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded

HOST = "https://data.example.se/"
KOMMUNER = [
    "Stockholm", "Göteborg", "Malmö", "Uppsala", "Linköping", "Örebro", "Västerås", "Helsingborg", "Norrköping", "Jönköping", "Umeå",
    "Lund", "Borås", "Sundsvall", "Gävle", "Kiruna", "Gotland", "Luleå", "Växjö", "Kalmar",
]
INITIATIVES = [
    "belysning", "avfall", "parkering", "bibliotek", "hemtjänst", "bredband", "luft", "energi", "skola", "dialog", "turism", "vatten",
]
PREFIXES = f"""@prefix kg: <https://w3id.org/kommunegraf/ontology/> .
@prefix status: <https://w3id.org/kommunegraf/status/> .
@prefix confidence: <https://w3id.org/kommunegraf/confidence/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix : <{HOST}id#> .
"""


def swedish() -> list[str]:
    """Lines of Turtle, simulated: one for each resource."""
    drawn = random.Random(1)
    lines = [
        f':{180 + n:04} a kg:Municipality ; skos:prefLabel "{name} kommun"@sv ; '
        f"kg:borders :{180 + (n + 1) % 20:04} , :{180 + (n - 1) % 20:04} ."
        for n, name in enumerate(KOMMUNER)
    ]
    lines += [f':{name.replace("ä", "a")} a kg:Initiative ; skos:prefLabel "Smart {name}"@sv .' for name in INITIATIVES]
    lines += [f':kalla{n} dcterms:title "Källa {n}"@sv ; kg:year {2018 + n} ; foaf:page <{HOST}kalla/{n}> .' for n in range(8)]
    for number in range(80):
        about = f"kg:adopter :{180 + number % 20:04} ; kg:initiative :{drawn.choice(INITIATIVES).replace('ä', 'a')}"
        stage = f"kg:status status:{drawn.choice(('active', 'active', 'planned'))} ; kg:confidence confidence:high"
        named = f'dcterms:title "Projekt {number}"@sv ; dcterms:source :kalla{number % 8}'
        lines.append(f":b{number} a kg:Evidence ; {about} ; {stage} ; {named} .")
    return lines


def opened(lines: list[str]) -> Embedded:
    store = ox.Store()
    store.load("\n".join((PREFIXES, *lines)).encode("utf-8"), format=ox.RdfFormat.TURTLE)
    return Embedded(store)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.open(opened(swedish()), "en")


def test_every_kommune_is_matched_under_its_own_iri_and_name(matcher: Matcher) -> None:
    assert len(matcher.rows) == 20 and matcher.graph.number_of_edges() > 50
    assert all(iri.startswith(f"{HOST}id#") for iri in matcher.graph) and len(matcher.graph) == 20 + len(INITIATIVES)
    assert min(matcher.graph.degree[row] for row in matcher.rows) > 0
    gotland = matcher.match(f"{HOST}id#0196")
    assert gotland.municipality.label == "Gotland kommun" and gotland.municipality.name == "0196"
    assert {n.municipality.label for n in gotland.neighbours} == {"Kiruna kommun", "Luleå kommun"}
    assert gotland.alike and "Smart " in screen.as_text(gotland, "en")
    assert matcher.register.limits.reference == 2025  # the newest source: the graph does not say
    assert [one.kind for one in matcher.opportunities]


def test_names_are_found_as_people_write_them() -> None:
    names = ask.names(opened(swedish()), "municipality")
    assert {names.resolve(name) for name in ("Stockholm", "stockholms kommun", "0180", "180", f"{HOST}id#0180")} == {f"{HOST}id#0180"}


def test_there_is_no_node_that_the_graph_does_not_have() -> None:
    graph = kommunegraf.network(opened(swedish()))
    kinds = nx.get_node_attributes(graph, "bipartite")
    assert set(kinds) == set(graph) and all(data["label"] for _, data in graph.nodes(data=True))
    with pytest.raises(BadInput, match="rdf:type kg:Municipality"):
        kommunegraf.network(opened([line.replace(":0180 a kg:Municipality", ":0180 a kg:Region") for line in swedish()]))


def test_what_is_written_is_minted_at_their_host(matcher: Matcher) -> None:
    files = exports.graphs(matcher)
    assert f"<{HOST}adoption/0180-" in files["adoptions.nq"] and "kommunegraf/adoption/" not in files["adoptions.nq"]
    lines = linked_data.quads([matcher.match(matcher.rows[0])], {"en": matcher.register.labels_in("en")}, 5)
    assert any(line.startswith(f"<{HOST}suggestion/") for line in lines) and not any("kommunegraf/suggestion/" in line for line in lines)


def test_a_label_falls_back_to_a_language_that_there_is_and_then_to_the_code() -> None:
    lines = [line.replace(' ; skos:prefLabel "Lund kommun"@sv', "") for line in swedish()]
    lines = [line.replace('"Malmö kommun"@sv', '"Malmø"@da , "Malmö kommun"@sv') for line in lines]
    read = register.read(opened(lines), "en")
    labels = {place.municipality.name: place.municipality.label for place in read.places.values()}
    assert (labels["0191"], labels["0182"], labels["0180"]) == ("0191", "Malmø", "Stockholm kommun")


def findings(lines: list[str], folder: Path) -> list[tuple[str, int, str]]:
    file = folder / "graph.ttl"
    file.write_text("\n".join((PREFIXES, *lines)), "utf-8")
    return [(f.severity, f.line, f.message + ". " + f.repair) for f in validate.profile([file], ROOT, "matching")]


def test_the_profile_says_what_matching_needs(tmp_path: Path) -> None:
    lines = swedish()
    assert findings(lines, tmp_path) == []
    at = next(number for number, line in enumerate(lines) if line.startswith(":b7 "))
    for part, fault in {
        "kg:adopter :0187 ; ": "which municipality it is about", "kg:confidence confidence:high ; ": "how sure it is",
        "kg:status status:": "status/planned, status/active or status/ended", "dcterms:source :kalla7": "which source it stands in",
    }.items():
        worse = list(lines)
        instead = "kg:status status:un" if part.endswith(":") else "kg:note 1 ; " if part.endswith("; ") else "kg:note 1"
        worse[at] = worse[at].replace(part, instead)
        worst = findings(worse, tmp_path)[0]
        assert worst[0] == "violation" and worst[1] == at + PREFIXES.count("\n") + 2 and fault in worst[2], worst
        with pytest.raises(BadInput):
            Matcher.open(opened(worse), "en")
    nowhere = findings([line.replace("kg:borders", "kg:beside") for line in lines], tmp_path)
    assert len(nowhere) == 20 and all(f[0] == "warning" and "kg:borders, kg:fixedLinkTo" in f[2] for f in nowhere)
    empty = findings([], tmp_path)
    assert [f[0] for f in empty] == ["violation", "violation"] and "at least two municipalities" in " ".join(f[2] for f in empty)


def test_our_own_graph_is_enough_for_matching(built: Path) -> None:
    assert [f for f in validate.profile([built / "kommunegraf.nq"], ROOT, "matching") if f.severity == "violation"] == []


def test_the_command_checks_by_the_profile(tmp_path: Path) -> None:
    file = tmp_path / "graph.ttl"
    file.write_text("\n".join((PREFIXES, *swedish()[:-1], ":b79 a kg:Evidence .")), "utf-8")
    done = command.run("validate", "--profile", "matching", str(file))
    assert done.returncode == 1 and "Say with kg:adopter which municipality" in done.stdout
    assert "name them" in command.run("validate", "--profile", "matching").stderr
