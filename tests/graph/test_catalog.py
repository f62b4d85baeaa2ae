"""The catalogue and the VoID description say what is true of the files and of the graph, in Danish and in English."""

import hashlib
import re

import pyoxigraph as ox
import pytest

from kommunegraf.graph import build, catalog
from kommunegraf.graph import void as void_description
from kommunegraf.graph.catalog import WHOLE, File
from kommunegraf.namespaces import BASE, GRAPH, RDF, expand
from kommunegraf.publish.documents import Documents
from kommunegraf.questions.ask import BadArgument
from kommunegraf.rdf.engines import Embedded

SPDX, ADMS = "http://spdx.org/rdf/terms#", "http://www.w3.org/ns/adms#"
Graph = dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]
"""Values by subject and property."""


def graph(triples: list[ox.Triple]) -> Graph:
    statements: Graph = {}
    for triple in triples:
        assert isinstance(triple.subject, ox.NamedNode) and isinstance(triple.object, ox.NamedNode | ox.Literal), "no blank nodes"
        statements.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, []).append(triple.object)
    return statements


def values(statements: Graph, subject: str, name: str) -> list[str]:
    return [term.value for term in statements.get(subject, {}).get(expand(name), [])]


def typed(statements: Graph, name: str) -> list[str]:
    return sorted(subject for subject in statements if expand(name) in values(statements, subject, "rdf:type"))


@pytest.fixture(scope="module")
def contents(documents: Documents) -> dict[str, bytes]:
    return dict(documents.dumps.files)


@pytest.fixture(scope="module")
def files(contents: dict[str, bytes]) -> list[File]:
    return [File.of(path, body) for path, body in contents.items()]


@pytest.fixture(scope="module")
def dcat(engine: Embedded, files: list[File]) -> Graph:
    return graph(catalog.catalog(engine.store, files, "0.1.0", previous="0.0.9"))


@pytest.fixture(scope="module")
def void(engine: Embedded, files: list[File]) -> Graph:
    return graph(void_description.void(engine.store, files))


# The catalogue


def test_the_catalogue_lists_the_whole_its_parts_and_the_frozen_release(dcat: Graph, dataset: build.Dataset) -> None:
    graphs = {line.rsplit("<", 1)[1][:-3] for line in dataset.lines}
    parts = {f"{BASE}dataset/{name}" for name in ("kommunegraf", "network", "survey-2014", "tables")}
    expected = sorted(graphs | parts | {f"{BASE}version/0.1.0/"})
    assert typed(dcat, "dcat:Catalog") == [BASE + "catalog"]
    assert sorted(values(dcat, BASE + "catalog", "dcat:dataset")) == typed(dcat, "dcat:Dataset") == expected


def test_every_file_is_a_distribution_or_a_list_of_checksums(dcat: Graph, files: list[File]) -> None:
    offered = {url for node in typed(dcat, "dcat:Distribution") for url in values(dcat, node, "dcat:downloadURL")}
    assert offered == {BASE + file.path for file in files if not file.path.endswith("SHA256SUMS")}
    nodes = {node for dataset in typed(dcat, "dcat:Dataset") for node in values(dcat, dataset, "dcat:distribution")}
    assert nodes == set(typed(dcat, "dcat:Distribution"))


def test_sizes_and_checksums_are_those_of_the_files(dcat: Graph, contents: dict[str, bytes]) -> None:
    for node in typed(dcat, "dcat:Distribution"):
        body = contents[values(dcat, node, "dcat:downloadURL")[0].removeprefix(BASE)]
        [checksum] = [term.value for term in dcat[node][SPDX + "checksum"]]
        assert values(dcat, node, "dcat:byteSize") == [str(len(body))]
        assert [term.value for term in dcat[checksum][SPDX + "checksumValue"]] == [hashlib.sha256(body).hexdigest()]


def test_media_types_say_what_a_file_is(dcat: Graph, contents: dict[str, bytes]) -> None:
    begin = {"https://www.iana.org/assignments/media-types/application/gzip": b"\x1f\x8b"}
    for node in typed(dcat, "dcat:Distribution"):
        path = values(dcat, node, "dcat:downloadURL")[0].removeprefix(BASE)
        packed = values(dcat, node, "dcat:compressFormat")
        assert packed == (list(begin) if path.endswith(".gz") else [])
        assert contents[path].startswith(b"\x1f\x8b") == bool(packed)
        [media] = values(dcat, node, "dcat:mediaType")
        rdf = ox.RdfFormat.from_media_type(media.removeprefix("https://www.iana.org/assignments/media-types/"))
        if packed:
            assert rdf and rdf.file_extension == path.removesuffix(".gz").rsplit(".", 1)[1]


def test_every_text_is_in_danish_and_in_english(dcat: Graph, void: Graph) -> None:
    texts = [expand(name) for name in ("dcterms:title", "dcterms:description", "dcat:keyword", "rdfs:label", "skos:prefLabel")]
    for statements in (dcat, void):
        seen = 0
        for subject, properties in statements.items():
            for name in [*texts, ADMS + "versionNotes"]:
                if name in properties:
                    languages = {term.language for term in properties[name] if isinstance(term, ox.Literal)}
                    assert languages == {"da", "en"}, (subject, name)
                    seen += 1
        assert seen > 25


MANDATORY = {
    "dcat:Catalog": ["dcterms:title", "dcterms:description", "dcterms:publisher", "dcat:dataset"],
    "dcat:Dataset": ["dcterms:title", "dcterms:description"],
    "dcat:Distribution": ["dcat:accessURL"],
    "dcat:DataService": ["dcterms:title", "dcat:endpointURL"],
    "foaf:Agent": ["foaf:name"],
}
"""Of DCAT-AP 3.0.1 and of DCAT-AP-DK 2.0 alike."""
RECOMMENDED = {
    "dcat:Catalog": [
        "dcat:themeTaxonomy", "dcterms:issued", "dcterms:language", "dcterms:license", "dcterms:modified", "dcterms:spatial",
        "foaf:homepage",
    ],
    "dcat:Dataset": [
        "dcat:contactPoint", "dcat:distribution", "dcat:keyword", "dcat:landingPage", "dcat:theme", "dcat:version", "dcterms:accessRights",
        "dcterms:conformsTo", "dcterms:creator", "dcterms:identifier", "dcterms:issued", "dcterms:language", "dcterms:license",
        "dcterms:modified", "dcterms:provenance", "dcterms:publisher", "dcterms:spatial", "foaf:page", "owl:versionInfo",
    ],
    "dcat:Distribution": [
        "dcat:downloadURL", "dcterms:description", "dcterms:format", "dcterms:language", "dcterms:license", "dcterms:title",
    ],
    "dcat:DataService": [
        "dcat:contactPoint", "dcat:endpointDescription", "dcat:keyword", "dcat:servesDataset", "dcat:theme", "dcterms:accessRights",
        "dcterms:conformsTo", "dcterms:license", "dcterms:publisher",
    ],
}
"""What the European or the Danish profile recommends and we know; what kind of body the publisher is, nothing says."""


@pytest.mark.parametrize("name", MANDATORY)
def test_what_the_profiles_ask_for_is_said(name: str, engine: Embedded, files: list[File]) -> None:
    statements = graph(catalog.catalog(engine.store, files, "0.1.0", sparql="https://example.org/sparql"))
    nodes = typed(statements, name)
    assert nodes
    for node in nodes:
        assert not [property for property in MANDATORY[name] + RECOMMENDED.get(name, []) if not values(statements, node, property)], node


def test_frequency_is_said_of_what_changes_and_not_of_a_release(dcat: Graph) -> None:
    without = [node for node in typed(dcat, "dcat:Dataset") if not values(dcat, node, "dcterms:accrualPeriodicity")]
    assert without == [BASE + "version/0.1.0/"]


def test_only_what_has_no_time_has_no_period(dcat: Graph) -> None:
    without = [node for node in typed(dcat, "dcat:Dataset") if not values(dcat, node, "dcterms:temporal")]
    assert without == [GRAPH + name for name in ("catalog", "concepts", "ontology", "shapes")]


def test_periods_are_those_that_the_data_name(dcat: Graph, dataset: build.Dataset) -> None:
    own = [line for line in dataset.lines if line.endswith(f"<{GRAPH}evidence> .")]
    years = [int(year) for line in own for year in re.findall(r'ontology/(?:startYear|endYear)> "(\d+)"', line)]
    [period] = values(dcat, GRAPH + "evidence", "dcterms:temporal")
    dates = values(dcat, period, "dcat:startDate") + values(dcat, period, "dcat:endDate")
    assert dates == [str(min(years)), str(max(years))]
    [survey] = values(dcat, BASE + "dataset/survey-2014", "dcterms:temporal")
    assert values(dcat, survey, "dcat:startDate") + values(dcat, survey, "dcat:endDate") == ["2013-12-02", "2014-01-22"]


def test_versions_are_linked(dcat: Graph) -> None:
    release = BASE + "version/0.1.0/"
    assert values(dcat, WHOLE, "dcat:hasVersion") == [release] and values(dcat, release, "dcat:isVersionOf") == [WHOLE]
    assert values(dcat, release, "dcat:previousVersion") == [BASE + "version/0.0.9/"]
    assert values(dcat, release, "dcterms:title") == ["Kommunegraf 0.1.0"] * 2
    assert {term.value for dataset in typed(dcat, "dcat:Dataset") for term in dcat[dataset][expand("dcat:version")]} == {"0.1.0"}


def test_another_version_has_its_own_addresses(engine: Embedded) -> None:
    statements = graph(catalog.catalog(engine.store, [File("version/2.0.0/kommunegraf.nq.gz", 1, "00")], "2.0.0"))
    release = BASE + "version/2.0.0/"
    assert release in typed(statements, "dcat:Dataset") and BASE + "version/0.1.0/" not in statements
    assert len(values(statements, release, "dcat:distribution")) == 1 and values(statements, release, "dcterms:temporal")
    assert not values(statements, release, "dcat:previousVersion")


def test_services_stand_only_where_a_server_runs(engine: Embedded, dcat: Graph) -> None:
    assert not typed(dcat, "dcat:DataService")
    statements = graph(catalog.catalog(engine.store, [], "0.1.0", sparql="https://example.org/lod/sparql"))
    addresses = {url for node in typed(statements, "dcat:DataService") for name in ("URL", "Description")
            for url in values(statements, node, f"dcat:endpoint{name}")}
    assert addresses == {f"https://example.org/lod/{name}" for name in ("sparql", "questions", "openapi.json")}


def test_an_endpoint_without_an_absolute_address_is_refused(engine: Embedded) -> None:
    with pytest.raises(BadArgument, match="absolute IRI"):
        catalog.catalog(engine.store, [], "0.1.0", sparql="sparql")


@pytest.mark.parametrize("suffix", [".ttl", ".jsonld", ".rdf"])
def test_all_formats_of_the_catalogue_hold_the_same(suffix: str, engine: Embedded, files: list[File]) -> None:
    triples = catalog.catalog(engine.store, files, "0.1.0")
    body = catalog.encode(triples, suffix)
    parsed = ox.parse(body, format=ox.RdfFormat.from_extension(suffix[1:]))
    assert {quad.triple for quad in parsed} == set(triples)


def test_a_format_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no RDF format"):
        catalog.encode([], ".doc")


# VoID


@pytest.fixture(scope="module")
def triples(dataset: build.Dataset) -> set[ox.Triple]:
    """The triples of the union, counted apart from SPARQL."""
    return {quad.triple for quad in ox.parse(dataset.text(), format=ox.RdfFormat.N_QUADS)}


def test_totals_are_those_of_the_union(void: Graph, triples: set[ox.Triple]) -> None:
    expected = {
        "triples": len(triples),
        "entities": len({t.subject for t in triples if str(t.subject).startswith(f"<{BASE}")}),
        "classes": len({t.object for t in triples if t.predicate.value == RDF + "type"}),
        "properties": len({t.predicate for t in triples}),
        "distinctSubjects": len({t.subject for t in triples}),
        "distinctObjects": len({t.object for t in triples}),
    }
    assert {name: [str(number)] for name, number in expected.items()} == {name: values(void, WHOLE, f"void:{name}") for name in expected}


def test_partitions_count_every_class_and_property(void: Graph, triples: set[ox.Triple]) -> None:
    classes: dict[str, set[str]] = {}
    properties: dict[str, list[ox.Triple]] = {}
    for t in triples:
        properties.setdefault(t.predicate.value, []).append(t)
        if t.predicate.value == RDF + "type":
            classes.setdefault(str(t.object)[1:-1], set()).add(str(t.subject))
    counts = {values(void, p, "void:class")[0]: values(void, p, "void:entities") for p in values(void, WHOLE, "void:classPartition")}
    assert counts == {name: [str(len(members))] for name, members in classes.items()}
    names = ("triples", "distinctSubjects", "distinctObjects")
    counted = {
        values(void, part, "void:property")[0]: [int(values(void, part, f"void:{name}")[0]) for name in names]
        for part in values(void, WHOLE, "void:propertyPartition")
    }
    assert counted == {
        name: [len(members), len({t.subject for t in members}), len({t.object for t in members})] for name, members in properties.items()
    }


def test_each_graph_has_its_own_count(void: Graph, dataset: build.Dataset) -> None:
    graphs: dict[str, int] = {}
    for line in dataset.lines:
        name = line.rsplit("<", 1)[1][:-3]
        graphs[name] = graphs.get(name, 0) + 1
    assert {name: values(void, name, "void:triples") for name in graphs} == {name: [str(number)] for name, number in graphs.items()}
    assert set(graphs) <= set(values(void, WHOLE, "void:subset"))


def test_a_triple_of_two_graphs_is_counted_once() -> None:
    aarhus, match = ox.NamedNode(BASE + "municipality/0751"), ox.NamedNode(expand("skos:exactMatch"))
    store = ox.Store()
    for name in ("cases", "survey"):
        store.add(ox.Quad(aarhus, match, ox.NamedNode("http://www.wikidata.org/entity/Q1"), ox.NamedNode(GRAPH + name)))
    statements = graph(void_description.void(store, []))
    assert values(statements, WHOLE, "void:triples") == ["1"]
    [part] = values(statements, WHOLE, "void:propertyPartition")
    [links] = typed(statements, "void:Linkset")
    assert values(statements, part, "void:triples") == values(statements, links, "void:triples") == ["1"]


def test_linksets_describe_both_ends_and_are_counted(void: Graph, triples: set[ox.Triple]) -> None:
    linksets = typed(void, "void:Linkset")
    seen = set()
    for linkset in linksets:
        [target], [predicate] = values(void, linkset, "void:objectsTarget"), values(void, linkset, "void:linkPredicate")
        [space] = values(void, target, "void:uriSpace")
        count = sum(t.predicate.value == predicate and str(t.object).startswith(f"<{space}") for t in triples)
        assert values(void, linkset, "void:triples") == [str(count)] and count
        assert values(void, linkset, "void:subjectsTarget") == [WHOLE]
        assert values(void, target, "dcterms:title") and values(void, target, "foaf:homepage")
        seen.add((target.rsplit("/", 1)[1], predicate, count))
    assert {("wikidata", expand("skos:exactMatch"), 98), ("geonames", expand("skos:exactMatch"), 98),
            ("nuts", expand("geo:sfWithin"), 98)} <= seen


def test_vocabularies_are_those_of_the_terms_in_use(void: Graph, triples: set[ox.Triple]) -> None:
    terms = {t.predicate.value for t in triples} | {str(t.object)[1:-1] for t in triples if t.predicate.value == RDF + "type"}
    assert set(values(void, WHOLE, "void:vocabulary")) == {re.sub(r"[^/#]*$", "", term) for term in terms}


def test_examples_are_described_resources_of_ours(void: Graph, triples: set[ox.Triple]) -> None:
    subjects = {str(t.subject) for t in triples}
    examples = values(void, WHOLE, "void:exampleResource")
    assert len(examples) == 11
    assert all(example.startswith(BASE) and f"<{example}>" in subjects for example in examples)


ENDS = ("", ".gz")


def test_dumps_are_the_files_of_the_whole_and_of_each_graph(void: Graph, contents: dict[str, bytes]) -> None:
    whole, survey = (set(values(void, of, "void:dataDump")) for of in (WHOLE, GRAPH + "survey"))
    assert whole == {f"{BASE}dump/kommunegraf.{suffix}{end}" for suffix in ("trig", "nq", "ttl", "jsonld") for end in ENDS}
    assert survey == {f"{BASE}dump/graph/survey.{suffix}{end}" for suffix in ("nq", "ttl", "jsonld") for end in ENDS}
    assert {url.removeprefix(BASE) for node in void for url in values(void, node, "void:dataDump")} <= set(contents)


def test_the_endpoint_stands_only_where_a_server_runs(engine: Embedded, void: Graph) -> None:
    assert not values(void, WHOLE, "void:sparqlEndpoint")
    statements = graph(void_description.void(engine.store, [], sparql="https://example.org/sparql"))
    assert values(statements, WHOLE, "void:sparqlEndpoint") == ["https://example.org/sparql"]


def test_the_description_names_its_topic_licence_and_formats(void: Graph) -> None:
    assert values(void, BASE + catalog.VOID, "foaf:primaryTopic") == [WHOLE]
    for name in ("dcterms:title", "dcterms:license", "dcterms:publisher", "dcterms:issued", "dcterms:modified"):
        assert values(void, WHOLE, name), name
    assert values(void, WHOLE, "void:uriSpace") == [BASE]
    formats = {f.rsplit("/", 1)[1] for f in values(void, WHOLE, "void:feature")}
    assert formats == {"JSON-LD", "N-Quads", "N-Triples", "RDF_XML", "TriG", "Turtle"}


def test_documents_declare_only_prefixes_in_use(engine: Embedded) -> None:
    body = catalog.encode(void_description.void(engine.store, []), ".ttl").decode()
    declared = re.findall(r"^@prefix (\S+): <(\S+)>", body, re.MULTILINE)
    assert declared and all(f"\t{prefix}:" in body or f" {prefix}:" in body for prefix, _ in declared)
