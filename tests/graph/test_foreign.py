"""Files of others under validation: our rules bind our own resources and classes, and nobody else's."""

from pathlib import Path

import pytest

from kommunegraf import paths
from kommunegraf.graph import build, validate

PROFILE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix p: <http://e/profile#> .
p: a owl:Ontology ; dct:title "DCAT-profil"@da ; dct:license <http://e/licence> .
p:Dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ; sh:property [ sh:path dct:title ; sh:minCount 1 ; sh:message "skal" ] .
p:scheme a skos:ConceptScheme ; skos:prefLabel "Emner" .
p:topic a skos:Concept ; skos:inScheme p:scheme ; skos:prefLabel " Emne "@da ; skos:notation "1" .
p:theme a owl:Class , owl:ObjectProperty ; rdfs:label "tema" .
<http://e/data> a dcat:Dataset ; dct:title "Data"@da ; dct:publisher <http://e/publisher> ; dct:issued "2020-01-01"^^xsd:date .
<http://e/publisher> a foaf:Agent ; foaf:name "En styrelse"@da .
"""
KG = "@prefix kg: <https://w3id.org/kommunegraf/ontology/> .\n"


def findings(folder: Path, text: str) -> set[tuple[str, str]]:
    path = folder / "file.ttl"
    path.write_text(text, "utf-8")
    return {(finding.rule, finding.resource) for finding in validate.files([path], paths.Folders.of())}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file without the graph of the project, which has no findings and takes its time."""
    monkeypatch.setattr(build, "statements", lambda *_: build.Statements(iter(()), ()))


def test_the_rules_of_the_house_say_nothing_of_a_profile_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings(tmp_path, PROFILE) == set()
    monkeypatch.setattr(validate, "_bound", lambda store: lambda finding: True)
    assert len(findings(tmp_path, PROFILE)) >= 8


def test_literals_of_others_are_checked(tmp_path: Path) -> None:
    wrong = '<http://e/data> <http://e/year> "soon"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    assert findings(tmp_path, wrong) == {("literal", "http://e/data")}


@pytest.mark.parametrize(("text", "resource"), [
    ("<https://w3id.org/kommunegraf/municipality/0999> a kg:Municipality .", "https://w3id.org/kommunegraf/municipality/0999"),
    ("<http://e/mine> a kg:Initiative .", "http://e/mine"),
    ("<http://e/mine> kg:noSuchTerm 1 .", "https://w3id.org/kommunegraf/ontology/noSuchTerm"),
])
def test_our_resources_our_classes_and_our_terms_are_bound_wherever_they_stand(tmp_path: Path, text: str, resource: str) -> None:
    assert resource in {about for _, about in findings(tmp_path, KG + text)}
