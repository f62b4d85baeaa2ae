"""The shapes: real data conforms, invented valid resources conform, and each constraint is shown to catch what it is for.

`tests/shapes/NAME.valid.ttl` holds resources that satisfy `shape/NAME`, and all such files make one small world.
`NAME.invalid.ttl` adds resources named after the rule that they break, and what they need around them; `NAME.expected.txt`
is the approved result: one line for each finding, `resource | shape | constraint component`. Run with `KOMMUNEGRAF_APPROVE=1`
to write the result that the shapes now give, and read the difference before you commit it.
"""

import os
from functools import cache

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import OWL, RDF, RDFS, SH, Graph, Literal, URIRef
from rdflib.term import Node
from tests.helpers import ROOT

from kommunegraf.graph import build

EXAMPLES = ROOT / "tests" / "shapes"
SHAPE = "https://w3id.org/kommunegraf/shape/"
EXAMPLE = "https://example.org/"
DESCRIBING = {SH.path, SH.property, SH.message, SH.severity, SH.targetClass, SH.flags, SH.ignoredProperties, SH.qualifiedValueShape}
"""What SHACL says of a shape without constraining anything by itself (`sh:qualifiedValueShape` is counted by `sh:qualifiedMinCount`)."""

AWAITED = {"WithdrawnStatement": "no contributor has taken an answer back yet; tests/contribute/test_taking.py makes some"}
"""Shapes without a resource in the real data, and why."""

SHAPES = Graph().parse(ROOT / "ontology" / "shapes.ttl")
Result = tuple[str, str, str]


def local(term: Node | None, space: str = SHAPE) -> str:
    return str(term).removeprefix(space)


def file_of(shape: str) -> str:
    """The name of the example files that show a shape: those of the class that its name begins with."""
    return shape.partition("-")[0]


CLASS_SHAPES = sorted(name for name in map(local, SHAPES.subjects(RDF.type, SH.NodeShape)) if name == file_of(name))
PROPERTY_SHAPES = sorted(map(local, SHAPES.subjects(RDF.type, SH.PropertyShape)))
NAMED_SHAPES = sorted({*PROPERTY_SHAPES, *map(local, SHAPES.subjects(RDF.type, SH.NodeShape))})


def components(shape: str) -> set[str]:
    """The constraint components of a shape, by the rule of SHACL's own names: `sh:minCount` is MinCountConstraintComponent."""
    parameters = set(SHAPES.predicates(URIRef(SHAPE + shape))) - DESCRIBING
    names = [str(parameter).removeprefix(str(SH)) for parameter in parameters if str(parameter).startswith(str(SH))]
    return {f"{name[0].upper()}{name[1:]}ConstraintComponent" for name in names}


def results(data: Graph) -> list[tuple[Node | None, str, str]]:
    """Focus node, shape and constraint component of each finding."""
    report = pyshacl.validate(data, shacl_graph=SHAPES, inference="none", advanced=False, inplace=True)[1]
    assert isinstance(report, Graph), report
    return [
        (
            report.value(result, SH.focusNode),
            local(report.value(result, SH.sourceShape)),
            local(report.value(result, SH.sourceConstraintComponent), str(SH)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    ]


@cache
def valid_world() -> Graph:
    """Every valid example, with the ontology that says which class is part of which."""
    world = Graph().parse(ROOT / "ontology" / "kommunegraf.ttl")
    for path in EXAMPLES.glob("*.valid.ttl"):
        world.parse(path)
    return world


@cache
def all_found() -> list[Result]:
    """What is found in the invalid examples of all shapes, added to the valid ones; the resource as the end of its IRI."""
    world = Graph()
    for graph in (valid_world(), *(Graph().parse(path) for path in EXAMPLES.glob("*.invalid.ttl"))):
        world += graph
    return sorted((local(focus, EXAMPLE), shape, component) for focus, shape, component in results(world))


@cache
def found(name: str) -> list[Result]:
    """What is found in the invalid examples of a shape."""
    prefix = f"{name}/"
    return [(focus.removeprefix(prefix), shape, component) for focus, shape, component in all_found() if focus.startswith(prefix)]


@pytest.fixture(scope="module")
def real(dataset: build.Dataset) -> set[ox.Triple]:
    """The union of the graphs that the real tables and the ontology make."""
    quads = ox.parse(dataset.text(), format=ox.RdfFormat.N_QUADS)
    return {ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads}


@pytest.fixture(scope="module")
def populated(real: set[ox.Triple]) -> set[Node]:
    """The classes that have resources."""
    return {URIRef(triple.object.value) for triple in real
            if triple.predicate.value == str(RDF.type) and isinstance(triple.object, ox.NamedNode)}


@pytest.mark.slow
def test_real_data_conforms(real: set[ox.Triple]) -> None:
    """By pySHACL too; `kommunegraf validate`, of the README, says so in the quick run."""
    graph = Graph().parse(data=ox.serialize(real, format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert sorted(map(str, results(graph))) == []


@pytest.mark.parametrize("name", CLASS_SHAPES)
def test_every_target_class_has_resources(populated: set[Node], name: str) -> None:
    classes = set(SHAPES.objects(URIRef(SHAPE + name), SH.targetClass))
    assert classes
    if name in AWAITED:
        return
    assert sorted(map(str, classes - populated)) == []


def test_every_class_of_the_ontology_that_has_resources_has_a_shape(populated: set[Node]) -> None:
    ontology = Graph().parse(ROOT / "ontology" / "kommunegraf.ttl")
    used = {c for c in ontology.subjects(RDF.type, OWL.Class) if str(c).startswith("https://w3id.org/")} & populated
    assert used
    assert sorted(map(str, used - set(SHAPES.objects(predicate=SH.targetClass)))) == []


def test_valid_examples_conform() -> None:
    assert sorted(map(str, results(valid_world()))) == []


def test_every_class_shape_has_its_examples_and_no_file_is_left_over() -> None:
    wanted = {f"{name}.{part}" for name in CLASS_SHAPES for part in ("valid.ttl", "invalid.ttl", "expected.txt")}
    assert {path.name for path in EXAMPLES.iterdir()} == wanted


@pytest.mark.parametrize("name", CLASS_SHAPES)
def test_invalid_examples_give_the_approved_findings(name: str) -> None:
    text = "".join(f"{' | '.join(result)}\n" for result in found(name))
    path = EXAMPLES / f"{name}.expected.txt"
    if os.environ.get("KOMMUNEGRAF_APPROVE") == "1":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def test_invalid_examples_are_the_only_resources_with_findings() -> None:
    invalid = {str(s) for path in EXAMPLES.glob("*.invalid.ttl") for s in Graph().parse(path).subjects()}
    assert sorted({EXAMPLE + focus for focus, _, _ in all_found()} - invalid) == []


@pytest.mark.parametrize("name", CLASS_SHAPES)
def test_every_property_of_a_shape_and_its_closedness_are_shown_by_its_own_examples(name: str) -> None:
    parts = {name, *map(local, SHAPES.objects(URIRef(SHAPE + name), SH.property))}
    assert sorted(parts - {shape for _, shape, _ in found(name)}) == []


@pytest.mark.parametrize("shape", NAMED_SHAPES)
def test_every_constraint_is_broken_by_an_example(shape: str) -> None:
    files = [file_of(shape)] if file_of(shape) in CLASS_SHAPES else CLASS_SHAPES
    shown = {component for name in files for _, s, component in found(name) if s == shape}
    assert components(shape)
    assert sorted(components(shape) - shown) == []


@pytest.mark.parametrize("shape", NAMED_SHAPES)
def test_every_shape_says_what_would_be_right_in_danish_and_english_and_how_bad_it_is(shape: str) -> None:
    iri = URIRef(SHAPE + shape)
    texts = [text for text in SHAPES.objects(iri, SH.message) if isinstance(text, Literal)]
    assert sorted(str(text.language) for text in texts) == ["da", "en"]
    assert all(str(text).endswith(".") for text in texts)
    assert SHAPES.value(iri, SH.severity) in {SH.Violation, SH.Warning, SH.Info}


@pytest.mark.parametrize("name", CLASS_SHAPES)
def test_every_class_shape_is_closed_named_and_documented(name: str) -> None:
    iri = URIRef(SHAPE + name)
    assert SHAPES.value(iri, SH.closed) == Literal(True)
    for documentation in (RDFS.label, RDFS.comment):
        texts = [text for text in SHAPES.objects(iri, documentation) if isinstance(text, Literal)]
        assert sorted(str(text.language) for text in texts) == ["da", "en"]


def test_shapes_ask_no_sparql_which_pyshacl_would_parse_again_for_each_resource() -> None:
    assert [predicate for predicate in (SH.sparql, SH.select, SH.ask) if (None, predicate, None) in SHAPES] == []


@pytest.mark.slow
def test_shapes_satisfy_the_shapes_of_shacl() -> None:
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=SHAPES, meta_shacl=True, inference="none")
    assert conforms, text
