"""Descriptions of resources: what belongs to one, and that every format says the same."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from kommunegraf.namespaces import BASE, GRAPH, KG, RDF
from kommunegraf.rdf.describe import description, encode
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import DATA, DATASETS, TURTLE, WrongFormat

NTRIPLES = next(format for format in DATA if format.name == "ntriples")
RDFXML = next(format for format in DATA if format.name == "rdfxml")
TRIG = DATASETS[0]
READERS = {"turtle": "turtle", "jsonld": "json-ld", "ntriples": "nt", "rdfxml": "xml"}
SAMPLE = (
    "municipality/0751", "initiative/open-data", "main-area/supply", "adoption/0751-open-data", "source/cedi-2014", "organisation/spirae",
    "ontology/adopter", "shape/Adoption", "report-section/5", "graph/catalog", "dataset/kommunegraf", "dataset/survey-2014/structure",
)


@pytest.fixture(scope="module")
def store(built: Path) -> ox.Store:
    return Embedded.open(built / "kommunegraf.nq").store


@pytest.fixture(scope="module")
def ranking(store: ox.Store) -> str:
    """A resource of the graph whose members are a list of blank nodes or of IRIs."""
    return min(quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode) and "/ranking/" in quad.subject.value)


def small(text: str) -> ox.Store:
    store = ox.Store()
    store.load(text, format=ox.RdfFormat.TRIG, base_iri="http://example.org/")
    return store


def read(body: bytes, name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=body, format=READERS[name])


@pytest.mark.parametrize("path", SAMPLE)
def test_every_format_says_the_same(store: ox.Store, path: str) -> None:
    quads = description(store, BASE + path)
    graphs = [read(encode(quads, format), format.name) for format in DATA]
    assert len(graphs[0]) > 2
    assert (rdflib.URIRef(BASE + path), None, None) in graphs[0]
    assert all(isomorphic(graphs[0], graph) for graph in graphs[1:])


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def test_every_resource_of_the_graph_can_be_written_and_read_in_every_format(store: ox.Store, step: int) -> None:
    iris = {quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(BASE)}
    assert len(iris) > 3000
    for iri in sorted(iris - {KG})[::step]:
        quads = description(store, iri)
        statements = {quad.triple for quad in quads}
        for format in DATA:
            parsed = ox.parse(encode(quads, format), format=ox.RdfFormat.from_media_type(format.media))
            again = ox.Dataset(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in parsed)
            if any(isinstance(quad.object, ox.BlankNode) for quad in quads):
                again.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
                first = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in statements)
                first.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
                assert again == first, (iri, format.name)
            else:
                assert {quad.triple for quad in again} == statements, (iri, format.name)


def test_a_description_holds_all_statements_with_the_resource_as_subject_and_no_others(store: ox.Store, ranking: str) -> None:
    for iri in (BASE + "municipality/0751", ranking):
        quads = description(store, iri)
        node = ox.NamedNode(iri)
        own = {quad for quad in quads if quad.subject == node}
        assert len(own) == len(list(store.quads_for_pattern(node, None, None, None)))
        assert all(isinstance(quad.subject, ox.BlankNode) for quad in quads if quad not in own)


def test_blank_nodes_are_followed_and_a_circle_of_them_ends() -> None:
    store = small("<a> <p> [ <q> [ <r> <b> ] ] . <b> <p> <c> . <x> <loop> _:1 . _:1 <to> _:2 . _:2 <to> _:1 , <x> .")
    assert encode(description(store, "http://example.org/a"), NTRIPLES).count(b"\n") == 3
    assert encode(description(store, "http://example.org/x"), NTRIPLES).count(b"\n") == 4


def test_the_ontology_describes_all_its_terms(store: ox.Store) -> None:
    graph = read(encode(description(store, KG), TURTLE), "turtle")
    terms = {quad.subject.value for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(GRAPH + "ontology"))
             if isinstance(quad.subject, ox.NamedNode)}
    assert len(terms) > 100
    assert terms <= {str(subject) for subject in graph.subjects()}


def test_nothing_is_said_of_an_unknown_resource_and_what_is_no_iri_is_refused(store: ox.Store) -> None:
    assert description(store, BASE + "municipality/9999") == []
    with pytest.raises(ValueError, match="IRI"):
        description(store, "no iri")


def test_turtle_begins_with_the_type_and_declares_only_the_prefixes_that_it_uses(store: ox.Store) -> None:
    for path in SAMPLE:
        text = encode(description(store, BASE + path), TURTLE).decode("utf-8")
        declared = re.findall(r"^@prefix ([\w-]+): ", text, re.MULTILINE)
        body = re.sub(r"^@prefix.*\n|\"(?:[^\"\\]|\\.)*\"|<[^>]*>", "", text, flags=re.MULTILINE)
        assert set(declared) == set(re.findall(r"([\w-]+):", body)) - {"_"}, path
        assert re.match(r"\S+ a ", text.split(" .\n", len(declared))[-1]), path


def test_a_statement_of_two_graphs_is_written_once_and_data_sets_keep_both() -> None:
    quads = description(small("<g> { <a> <p> 1 } <h> { <a> <p> 1 }"), "http://example.org/a")
    assert [encode(quads, format).count(b"example.org/p") for format in DATA[:3]] == [1, 1, 1]
    for format in DATASETS:
        again = ox.Dataset(ox.parse(encode(quads, format), format=ox.RdfFormat.from_media_type(format.media)))
        assert again == ox.Dataset(quads) and len(again) == 2


def test_labels_of_blank_nodes_rest_on_the_description_alone() -> None:
    one = small("<a> <p> [ <q> 1 ] , [ <q> 2 ] .")
    other = small("<z> <p> [ <q> [] ] . _:m <q> 2 . _:n <q> 1 . <a> <p> _:m , _:n .")
    assert encode(description(one, "http://example.org/a"), TRIG) == encode(description(other, "http://example.org/a"), TRIG)


def test_the_bytes_are_the_same_in_another_process_with_another_hash_seed(built: Path) -> None:
    program = (
        "import sys, hashlib, pyoxigraph as ox\n"
        "from kommunegraf.rdf.describe import description, encode\nfrom kommunegraf.rdf.formats import DATA, DATASETS\n"
        "store = ox.Store(); store.bulk_load(path=sys.argv[1], format=ox.RdfFormat.N_QUADS)\n"
        "for iri in sys.argv[2:]:\n"
        "    for format in (*DATA, *DATASETS): sys.stdout.write(hashlib.sha256(encode(description(store, iri), format)).hexdigest())"
    )
    command = [sys.executable, "-c", program, str(built / "kommunegraf.nq"), *(BASE + path for path in SAMPLE)]
    places = [{**os.environ, "PYTHONHASHSEED": seed} for seed in "127"]
    outputs = {subprocess.run(command, env=place, check=True, capture_output=True).stdout for place in places}
    assert len(outputs) == 1
    assert len(outputs.pop()) == len(SAMPLE) * 6 * hashlib.sha256().digest_size * 2


@pytest.mark.parametrize("predicate", ["http://example.org/1", "http://example.org/p#", "http://example.org/a?b=7", RDF + "li"])
def test_a_predicate_that_is_no_xml_name_is_named(predicate: str) -> None:
    quads = [ox.Quad(ox.NamedNode("http://example.org/a"), ox.NamedNode(predicate), ox.Literal("x"))]
    with pytest.raises(WrongFormat, match=re.escape(predicate)):
        encode(quads, RDFXML)
    assert predicate.encode() in encode(quads, NTRIPLES)


def test_a_class_that_is_no_xml_name_is_named() -> None:
    with pytest.raises(WrongFormat, match="http://example.org/7"):
        encode(description(small("<a> a <7> ."), "http://example.org/a"), RDFXML)


def test_a_predicate_outside_our_prefixes_and_one_with_letters_beyond_ascii_are_written() -> None:
    quads = description(small('<a> <kg/1st> "x" ; <æble> "y" .'), "http://example.org/a")
    assert isomorphic(read(encode(quads, RDFXML), "rdfxml"), read(encode(quads, NTRIPLES), "ntriples"))


def test_texts_come_back_as_they_were() -> None:
    store = ox.Store()
    subject, predicate = ox.NamedNode("http://example.org/a"), ox.NamedNode("http://example.org/p")
    for text in ("<script>alert('x')</script> & \"quoted\" \\", "a\r\nb\rc\td\n", "  ", "\u202eright to left\u202c", "]]>", "'''\"\"\""):
        store.add(ox.Quad(subject, predicate, ox.Literal(text, language="da")))
    quads = description(store, subject.value)
    said = {rdflib.Literal(quad.object.value, lang="da") for quad in quads if isinstance(quad.object, ox.Literal)}
    for format in DATA:
        assert set(read(encode(quads, format), format.name).objects()) == said, format.name


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\uffff"])
def test_a_text_that_xml_cannot_carry_is_named(sign: str) -> None:
    quads = [ox.Quad(ox.NamedNode("http://example.org/a"), ox.NamedNode("http://example.org/note"), ox.Literal(sign))]
    with pytest.raises(WrongFormat, match="<http://example.org/note>"):
        encode(quads, RDFXML)
