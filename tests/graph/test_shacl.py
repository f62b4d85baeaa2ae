"""The fast engine and pyshacl find the same, and what the fast engine cannot judge is left to pyshacl."""

from collections import Counter
from pathlib import Path
from typing import get_args

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
import shacl
from rdflib import RDF, SH, Graph
from tests.helpers import ROOT

from kommunegraf.graph import build
from kommunegraf.graph import shacl as checks

SHAPES = ROOT / "ontology" / "shapes.ttl"
EXAMPLES = ROOT / "tests" / "shapes"
Results = Counter[tuple[str, ...]]


def by_pyshacl(nquads: str) -> Results:
    """Focus node, component, value and severity of each result; blank nodes by what they are."""
    data = rdflib.Dataset(default_union=True).parse(data=nquads, format="nquads")
    report = pyshacl.validate(data, shacl_graph=Graph().parse(SHAPES), inference="none", advanced=False, inplace=True)[1]
    assert isinstance(report, Graph)
    parts = (SH.focusNode, SH.sourceConstraintComponent, SH.value, SH.resultSeverity)
    return Counter(
        tuple("" if term is None else _named(term.n3()) for term in (report.value(result, part) for part in parts))
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )


def by_fast_engine(nquads: str) -> Results:
    """The same of the fast engine."""
    results = shacl.Shapes.from_file(str(SHAPES)).validate_text(nquads, "nquads").results
    return Counter(
        tuple(map(_named, (r.focus_node, f"<{r.component_iri}>", r.value or "", f"<{r.severity_iri.strip('<>')}>"))) for r in results
    )


def _named(term: str) -> str:
    return "_:" if term.startswith("_:") else term


def nquads_of(*files: Path) -> str:
    """The statements of some Turtle files."""
    triples = {triple for file in files for triple in ox.parse(path=file, rename_blank_nodes=True)}
    quads = (ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return (ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").decode("utf-8")


def test_the_fast_engine_finds_nothing_in_the_real_data(dataset: build.Dataset) -> None:
    assert by_fast_engine(dataset.text()) == Counter()
    assert checks.suspects(dataset.text(), SHAPES) == {}


def test_both_engines_find_the_same_in_all_examples_together() -> None:
    examples = [ROOT / "ontology" / "kommunegraf.ttl", *sorted(EXAMPLES.glob("*.ttl"))]
    nquads = nquads_of(*examples)
    results = by_pyshacl(nquads)
    assert results.total() > 400
    assert by_fast_engine(nquads) == results


def test_findings_are_the_same_words_whoever_looked_first() -> None:
    nquads = nquads_of(ROOT / "ontology" / "kommunegraf.ttl", *sorted(EXAMPLES.glob("*.ttl")))
    alone = checks.check(nquads, SHAPES, "da", "pyshacl")
    assert checks.check(nquads, SHAPES, "da", "fast") == alone
    assert alone


UNUSABLE = {
    "a count that is no number": "sh:minCount 'a'",
    "two datatypes": "sh:datatype xsd:string , xsd:integer",
    "a pattern that the engine does not read": "sh:pattern '^(?!x)'",
    "a list that is none": "sh:in ex:list",
}


@pytest.mark.parametrize("constraint", UNUSABLE.values(), ids=UNUSABLE)
def test_shapes_that_the_fast_engine_cannot_judge_are_left_to_pyshacl(constraint: str, tmp_path: Path) -> None:
    path = tmp_path / "shapes.ttl"
    prefixes = "".join(f"@prefix {name}: <{space}> .\n" for name, space in {
        "sh": "http://www.w3.org/ns/shacl#", "xsd": "http://www.w3.org/2001/XMLSchema#", "ex": "https://example.org/",
    }.items())  # fmt: skip
    shapes = f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P . ex:P a sh:PropertyShape ; sh:path ex:p ; {constraint} ."
    path.write_text(prefixes + shapes, "utf-8")
    thing = "<https://example.org/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://example.org/C> .\n"
    assert checks.suspects(thing, path) is None


def test_a_blank_node_with_a_fault_makes_pyshacl_look_at_everything() -> None:
    nquads = "_:b <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/kommunegraf/ontology/Municipality> .\n"
    assert checks.suspects(nquads, SHAPES) is None
    fast, alone = (checks.check(nquads, SHAPES, "en", engine) for engine in get_args(checks.Engine))
    assert {finding.rule for finding in fast} == {finding.rule for finding in alone} != set()


def test_a_path_of_several_properties_is_written_as_sparql_writes_it(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text("""@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
        ex:S sh:targetNode ex:a ; sh:property [ sh:path [ sh:alternativePath ( ex:p ( ex:q [ sh:inversePath ex:r ] ) ) ] ; sh:minCount 1 ] .
        """, "utf-8")
    (finding,) = checks.check("<https://example.org/a> <https://example.org/s> <https://example.org/b> .\n", shapes, "en")
    assert finding.message.endswith("no https://example.org/p | https://example.org/q/^https://example.org/r")
