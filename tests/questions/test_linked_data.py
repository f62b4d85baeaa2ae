"""The question library as linked data, in the form of the SIB sparql-examples."""

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import SDO
from rdflib.namespace import SH as SHACL
from tests.helpers import ROOT

from kommunegraf.namespaces import PREFIXES, SH
from kommunegraf.questions import ask
from kommunegraf.questions.linked_data import quads

SHAPES = r"""
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix spex: <https://purl.expasy.org/sparql-examples/ontology#> .
[] sh:targetClass sh:SPARQLExecutable ;
  sh:property [ sh:path [ sh:alternativePath ( sh:select sh:ask sh:construct spex:describe ) ] ; sh:minCount 1 ; sh:maxCount 1 ] ,
    [ sh:path rdfs:comment ; sh:minCount 1 ; sh:or ( [ sh:datatype rdf:langString ] [ sh:datatype rdf:HTML ] ) ] ,
    [ sh:path schema:target ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path ( sh:prefixes sh:declare sh:prefix ) ; sh:minCount 1 ] ,
    [ sh:path ( sh:prefixes sh:declare sh:namespace ) ; sh:minCount 1 ] ,
    [ sh:path schema:keyword ; sh:maxCount 0 ] ,
    [ sh:path schema:keywords ; sh:pattern "^[^\\s].*[^\\s]$" ] .
"""
"""What the SIB sparql-examples ask of an example by their shapes (`spex.shacl` of their tools), and prefixes as their description says."""


@pytest.fixture(scope="module")
def library() -> rdflib.Graph:
    store = ox.Store()
    store.load("\n".join(quads(ask.folder().values())).encode(), format=ox.RdfFormat.N_QUADS)
    store.load(path=ROOT / "ontology" / "graphs.ttl")
    return rdflib.Graph().parse(data=ox.serialize([quad.triple for quad in store], format=ox.RdfFormat.N_TRIPLES) or b"", format="nt")


def is_sound(graph: rdflib.Graph) -> bool:
    return bool(pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(data=SHAPES, format="turtle"))[0])


def test_every_question_keeps_the_shapes_of_the_sparql_examples(library: rdflib.Graph) -> None:
    assert len(set(library.subjects(SDO.target))) == len(ask.folder()) and is_sound(library)


@pytest.mark.parametrize("property_", [SDO.target, SHACL.prefixes, SHACL.select, SHACL.namespace, rdflib.RDFS.comment])
def test_a_question_that_lacks_something_is_seen(library: rdflib.Graph, property_: rdflib.URIRef) -> None:
    lacking = rdflib.Graph()
    lacking += (triple for triple in library if triple[1] != property_)
    assert not is_sound(lacking)


def test_the_prefixes_are_those_of_the_project(library: rdflib.Graph) -> None:
    spaces = ((library.value(one, SHACL.prefix), library.value(one, SHACL.namespace)) for one in library.objects(None, SHACL.declare))
    assert {str(prefix): str(space) for prefix, space in spaces} == PREFIXES


def test_the_text_of_a_query_stands_without_its_header() -> None:
    question = ask.find("regions")
    (text,) = (quad.object.value for quad in ox.parse("\n".join(quads([question])), format=ox.RdfFormat.N_QUADS)
               if quad.predicate.value == SH + "select" and isinstance(quad.object, ox.Literal))
    assert "#+" not in text and text.startswith("PREFIX ") and text in question.text
