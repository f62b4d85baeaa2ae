"""The verify queries: silent on the real graph, and each finds what it is for.

`tests/verify/` holds one bad example for each query, which mostly has something right beside it, and the findings as approved.
No two of all rules and shapes find fault with the same property of the same resource.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator

import pyoxigraph as ox
import pytest
import rdflib
from tests.helpers import ROOT

from kommunegraf.findings import Finding
from kommunegraf.graph import countries, report, shacl, tables, validate
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE, SHARED, based, expand
from kommunegraf.questions import ask
from kommunegraf.questions.question import Question, read_folder
from kommunegraf.rdf.engines import Embedded

RULES = read_folder(ROOT / "queries" / "verify")
EXAMPLES = ROOT / "tests" / "verify"
COLUMNS = {"resource", "property", "value", "other"}
Edit = Callable[[str], Embedded]
Check = Callable[[Embedded, Iterable[str], str], list[Finding]]
Shapes = Callable[[str], list[Finding]]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    """What validation says of a graph when only some rules stand."""

    def run(engine: Embedded, names: Iterable[str], lang: str) -> list[Finding]:
        chosen = {name: RULES[name] for name in names}
        monkeypatch.setattr(ask, "folder", lambda folder: chosen if folder == "verify" else {})
        return validate.rule_findings(engine, lang)

    return run


def test_the_real_graph_breaks_no_rule(copy: Embedded, check: Check) -> None:
    findings = [f for f in check(copy, RULES, "en") if f.severity != "info"]
    assert not [f"{f.rule}: {f.message}. {f.repair}" for f in findings]


def test_every_rule_has_one_bad_example_with_approved_findings() -> None:
    files = [path.name for path in EXAMPLES.iterdir()]
    stems = sorted(path.stem for path in EXAMPLES.iterdir() if path.suffix in {".ttl", ".trig"})
    assert stems == sorted(RULES)
    assert {name for name in files if name.endswith(".txt")} == {f"{stem}.expected.txt" for stem in stems}
    assert len(files) == 2 * len(stems)


def with_base(example: Embedded) -> Embedded:
    """An example with the base of this process, which tests/graph/test_base.py runs with another."""
    store = ox.Store()
    store.load(based("".join(f"{quad} .\n" for quad in example.store)).encode(), format=ox.RdfFormat.N_QUADS)
    return Embedded(store)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_finds_what_is_bad_in_its_example(name: str, check: Check) -> None:
    example = with_base(Embedded.open(next(EXAMPLES.glob(f"{name}.t[tr]*"))))
    danish, english = (check(example, [name], lang) for lang in LANGUAGES)
    lines = [f"{en.severity} {en.message}. {en.repair}\n  {da.message}. {da.repair}\n" for da, en in zip(danish, english)]
    assert lines, "the bad example passes"
    approved = EXAMPLES / f"{name}.expected.txt"
    if os.environ.get("KOMMUNEGRAF_APPROVE"):
        approved.write_text("".join(lines), "utf-8")
    in_order = list if BASE == SHARED else sorted  # findings are in the order of IRIs, which is another with another base
    assert in_order("".join(lines).splitlines()) == in_order(approved.read_text("utf-8").splitlines())


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_says_what_is_wrong_and_what_would_be_right(rule: Question) -> None:
    assert rule.header["severity"] in {"violation", "warning", "info"}
    for text in (rule.title, rule.header["message"], rule.header["repair"]):
        assert sorted(text) == sorted(LANGUAGES) and all(words.strip() for words in text.values())
    assert rule.header["message"]["da"] != rule.header["message"]["en"]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_answers_in_the_columns_that_a_finding_has(rule: Question) -> None:
    result = Embedded(ox.Store()).query(rule.text)
    assert isinstance(result, ox.QuerySolutions)
    columns = [variable.value for variable in result.variables]
    assert columns[0] == "resource" and set(columns) <= COLUMNS
    texts = " ".join([*rule.header["message"].values(), *rule.header["repair"].values()])
    assert set(re.findall(r"\{(\w+)\}", texts)) <= set(columns)
    assert [name for name in re.findall(r"\?(\w+)", rule.text.rsplit("ORDER BY", 1)[1])] == columns


def term(text: str) -> ox.NamedNode | ox.Literal:
    """`motivation/marketing`, `skos:broader` or `"text"@da` as a term."""
    if match := re.fullmatch(r'"(.*)"(?:@(\w+)|\^\^(\S+))?', text):
        words, language, datatype = match.groups()
        kind = None if language else ox.NamedNode(expand(datatype or "xsd:string"))
        return ox.Literal(words, language=language, datatype=kind)
    name = expand(text)
    return ox.NamedNode(name if ":" in name else BASE + name)


@pytest.fixture(scope="module")
def copy(engine: Embedded) -> Embedded:
    """A copy of the real graph, with what holds in each country beside it, that tests may edit, and leave as it was."""
    store = ox.Store()
    store.extend(engine.store)
    store.load("\n".join(countries.quads(tables.read(ROOT / "data")[0])).encode(), format=ox.RdfFormat.N_QUADS)
    return Embedded(store)


def changes(store: ox.Store, edits: str) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """What edits take away and add, one a line: `+ s p o` adds a triple, `- s p o` removes those that match (`*` is any)."""
    gone: list[ox.Quad] = []
    added: list[ox.Quad] = []
    for sign, *words in (re.findall(r'"[^"]*"\S*|\S+', line) for line in edits.strip().splitlines()):
        subject, predicate, object_ = (None if word == "*" else term(word) for word in words)
        if sign == "+":
            added.append(ox.Quad(subject, predicate, object_, ox.NamedNode(BASE + "graph/test")))  # type: ignore[arg-type]
            continue
        matching = list(store.quads_for_pattern(subject, predicate, object_, None))  # type: ignore[arg-type]
        assert matching, f"nothing to remove: {words}"
        gone.extend(matching)
    return gone, added


@pytest.fixture
def edited(copy: Embedded) -> Iterator[Edit]:
    """The graph after edits (see `changes`)."""
    undo: list[tuple[list[ox.Quad], list[ox.Quad]]] = []

    def run(edits: str) -> Embedded:
        gone, added = changes(copy.store, edits)
        undo.append((gone, added))
        for quad in gone:
            copy.store.remove(quad)
        copy.store.extend(added)
        return copy

    yield run
    for gone, added in undo:
        for quad in added:
            copy.store.remove(quad)
        copy.store.extend(gone)


def as_rdflib(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    triples = {ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads}
    return rdflib.Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    """The shapes, as validation reads them."""
    return rdflib.Graph().parse(ROOT / "ontology" / "shapes.ttl", publicID=BASE)


@pytest.fixture(scope="module")
def triples(engine: Embedded) -> rdflib.Graph:
    """The union of the real graphs, for shapes; tests leave it as it was."""
    return as_rdflib(engine.store)


@pytest.fixture
def of_shapes(copy: Embedded, triples: rdflib.Graph, shapes: rdflib.Graph) -> Shapes:
    """What the shapes say after edits. The graph is as before when it returns."""

    def run(edits: str) -> list[Finding]:
        nonlocal triples
        gone, added = changes(copy.store, edits)
        removed = set(gone)
        quads = [quad for quad in copy.store if quad not in removed] + added
        nquads = (ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").decode("utf-8")
        suspects = shacl.suspects(nquads, ROOT / "ontology" / "shapes.ttl")
        if suspects == {}:
            return []
        triples -= as_rdflib(gone)
        triples += as_rdflib(added)
        try:
            return report.findings(triples, shapes, "en", suspects)
        finally:
            triples -= as_rdflib(added)
            triples += as_rdflib(gone)

    return run


OBS = "dataset/survey-2014/observation/"
OPEN_DATA = OBS + "open-data-all-share-4-4"
BREAKAGES = [
    ("observation-data-set", f"- {OPEN_DATA} qb:dataSet *"),
    ("observation-data-set", f"+ {OPEN_DATA} qb:dataSet dataset/other"),
    ("data-set-structure", "- dataset/survey-2014 qb:structure *"),
    ("structure-without-measure", "- * qb:measure *\n- kg:value rdf:type qb:MeasureProperty"),
    ("dimension-without-range", "- kg:item rdfs:range *"),
    ("dimension-without-code-list", "- kg:question qb:codeList *"),
    ("slice-key-in-structure", "- dataset/survey-2014/structure qb:sliceKey *"),
    ("slice-structure", "- dataset/survey-2014/slice/motivation qb:sliceStructure *"),
    ("slice-incomplete", "- dataset/survey-2014/slice/motivation kg:question *"),
    ("slice-observation-data-set", f"- {OPEN_DATA} qb:dataSet *"),
    ("observation-incomplete", f"- {OPEN_DATA} kg:item *"),
    ("observation-incomplete", f"- {OPEN_DATA} kg:value *"),
    ("observation-incomplete", f"- {OPEN_DATA} kg:precision *"),
    ("observation-two-values", f"+ {OPEN_DATA} kg:item initiative/waste-app"),
    ("observation-two-values", "+ dataset/survey-2014/slice/motivation kg:question question/relevance"),
    (
        "observation-repeated",
        f"- {OBS}open-data-with-share-4-4 kg:populationGroup *\n+ {OBS}open-data-with-share-4-4 kg:populationGroup population-group/all",
    ),
    ("observation-undeclared-component", "- * qb:attribute kg:precision"),
    ("shape/Observation-value", f'- {OPEN_DATA} kg:value *\n+ {OPEN_DATA} kg:value "33"^^xsd:integer'),
    ("value-outside-code-list", f"- {OPEN_DATA} kg:section *\n+ {OPEN_DATA} kg:section initiative/open-data"),
    ("value-outside-code-list", "- dataset/survey-2014/items skos:member initiative/open-data"),
    ("value-outside-code-list", "- statistic/share skos:inScheme *"),
    ("code-list-undescribed", "- dataset/survey-2014/items rdf:type skos:Collection"),
    ("shape/label", "- statistic/share skos:prefLabel *"),
    ("component-property", "- * qb:dimension kg:item"),
    ("concept-scheme-collection", "+ initiative/open-data rdf:type skos:ConceptScheme"),
    ("concept-scheme-collection", "+ ranking/opt-out-reasons-3-2-3 skos:related motivation/marketing"),
    ("shape/Concept-alternative", '+ initiative/open-data skos:altLabel "Åbne data til rådighed"@da'),
    ("shape/label", '+ initiative/open-data skos:prefLabel "Offentlige data"@da'),
    ("related-and-broader", "+ main-area/business-innovation skos:related initiative/open-data"),
    (
        "exact-and-other-match",
        "+ motivation/marketing skos:exactMatch initiative/open-data\n+ initiative/open-data skos:narrowMatch motivation/marketing",
    ),
    ("relation-to-text", '+ initiative/open-data skos:related "data"@da'),
    ("shape/Ranking-list", "+ ranking/opt-out-reasons-3-2-3 skos:memberList ranking/motivation-top-five-3-2-1/1"),
    ("notation-repeated", '+ report-section/om-analysen skos:notation "1"'),
    ("missing-label", '- initiative/open-data skos:prefLabel *\n+ initiative/open-data skos:prefLabel "Open data"@en'),
    ("missing-label", "- organisation/kl skos:prefLabel *"),
    ("label-without-language", '+ initiative/open-data skos:altLabel "data"'),
    ("label-blanks", '+ initiative/open-data skos:altLabel " data"@da'),
    ("concept-label-repeated", '+ motivation/marketing skos:prefLabel "Bedre velfærd"@da'),
    ("shape/definition", "- initiative/open-data skos:definition *"),
    ("shape/Concept-scheme", "- initiative/open-data skos:inScheme *"),
    ("shape/ConceptScheme-top", "- scheme/status skos:hasTopConcept *\n- * skos:topConceptOf scheme/status"),
    ("top-concept-with-broader", "+ main-area/supply skos:broader main-area/culture-leisure"),
    ("concept-outside-hierarchy", "- initiative/open-data skos:broader *\n- * skos:narrower initiative/open-data"),
    ("concept-cycle", "- report-section/2-1 skos:broader *\n+ report-section/2-1 skos:broader report-section/2-1-1"),
    ("concept-related-to-itself", "+ initiative/open-data skos:related initiative/open-data"),
    (
        "broader-implied",
        "+ initiative/open-data skos:broader initiative/smart-grid\n+ initiative/smart-grid skos:broader main-area/business-innovation",
    ),
    ("mapping-inside-scheme", "+ initiative/open-data skos:closeMatch initiative/smart-grid"),
    (
        "shape/RankingPlace-item",
        "- ranking/opt-out-reasons-3-2-3/1 rdf:first *\n+ ranking/opt-out-reasons-3-2-3/1 rdf:first opt-out-reason/lost",
    ),
    ("shape/ConceptScheme-publisher", "- scheme/status dcterms:publisher *"),
    ("skos-term-unknown", '+ initiative/open-data skos:name "data"@da'),
    ("ontology-metadata", "- ontology/ dcterms:license *"),
    ("ontology-metadata", "- ontology/ rdf:type owl:Ontology"),
    ("term-label", "- kg:Municipality rdfs:label *"),
    ("term-definition", "- kg:borders skos:definition *"),
    ("term-defined-by", "- kg:borders rdfs:isDefinedBy *"),
    ("property-domain-range", "- kg:region rdfs:domain *"),
    ("term-undeclared", "- kg:region rdf:type *"),
    ("term-undeclared", "- kg:Region rdf:type *"),
    ("term-hierarchy-cycle", "+ kg:Anchoring rdfs:subClassOf kg:PoliticalAnchoring"),
    ("property-two-domains", "+ kg:region rdfs:domain kg:Region"),
    ("symmetric-domain-range", "- kg:borders rdfs:range *\n+ kg:borders rdfs:range kg:Region"),
    ("class-unconnected", "- kg:GapReason rdfs:subClassOf *\n- * rdfs:range kg:GapReason"),
    ("term-name", "+ kg:commune rdf:type owl:Class\n+ kg:commune rdfs:subClassOf kg:Region"),
    ("term-label-shared", '+ kg:Region rdfs:label "kommune"@da'),
    ("term-two-kinds", "+ kg:region rdf:type owl:DatatypeProperty"),
    ("border-one-way", "- municipality/0751 kg:borders municipality/0710"),
    ("adoption-rule", "- adoption/0751-open-data kg:status *\n+ adoption/0751-open-data kg:status status/ended"),
    ("adoption-rule", "- adoption/0751-open-data kg:freshness *\n+ adoption/0751-open-data kg:freshness freshness/fresh"),
    ("adoption-against", "+ adoption/0751-open-data kg:evidenceAgainst evidence/0751-open-data-1"),
    ("adoption-years", '+ adoption/0751-open-data kg:until "2022"^^xsd:integer'),
    ("dangling-reference", "- municipality/0751 * *"),
    (
        "ranking-order",
        "- ranking/planned-top-three-4 skos:memberList *\n+ ranking/planned-top-three-4 skos:memberList ranking/planned-top-three-4/2",
    ),
]
@pytest.mark.parametrize(("rule", "edits"), BREAKAGES)
def test_a_breakage_of_the_real_graph_is_found(rule: str, edits: str, edited: Edit, check: Check, of_shapes: Shapes) -> None:
    findings = check(edited(edits), [rule], "en") if rule in RULES else of_shapes(edits)
    assert {f.rule for f in findings} & {rule, f"verify/{rule}"}


@pytest.mark.slow  # all rules and shapes for each breakage: two minutes
@pytest.mark.parametrize(("rule", "edits"), BREAKAGES)
def test_a_breakage_of_the_real_graph_is_found_at_one_place(rule: str, edits: str, edited: Edit, of_shapes: Shapes) -> None:
    shape_findings = of_shapes(edits)
    rule_findings = validate.rule_findings(edited(edits), "en")
    places: dict[tuple[str, str], set[str]] = {}
    for finding in validate.without_repeats(shape_findings, rule_findings):
        places.setdefault((finding.resource, finding.property), set()).add(finding.rule)
    own = [f for f in shape_findings + rule_findings if f.rule in {rule, f"verify/{rule}"}]
    assert own and {(f.resource, f.property) for f in own} <= set(places)
    assert {place: rules for place, rules in places.items() if len(rules) > 1} == {}


RECOMPUTED = {
    "contradiction/open-data-difference": "contradiction-difference",
    "contradiction/e-learning-difference": "contradiction-value",
    "contradiction/future-activity-80-82": "contradiction-value",
    "contradiction/administrative-anchoring-sum": "contradiction-sum",
}


@pytest.mark.parametrize(("contradiction", "rule"), RECOMPUTED.items())
def test_a_contradiction_between_figures_is_found_when_it_is_not_declared(
    contradiction: str, rule: str, engine: Embedded, edited: Edit, check: Check
) -> None:
    pattern = ox.NamedNode(BASE + contradiction), ox.NamedNode(expand("kg:concerns"))
    concerned = {quad.object for quad in engine.store.quads_for_pattern(*pattern, None, None)}
    (finding,) = check(edited(f"- {contradiction} kg:concerns *"), [rule], "en")
    assert ox.NamedNode(finding.resource) in concerned or rule == "contradiction-sum"


def test_every_declared_contradiction_of_a_computed_kind_is_recomputed(engine: Embedded) -> None:
    kinds = {ox.NamedNode(f"{BASE}contradiction-kind/{kind}-mismatch") for kind in ("difference", "value", "sum")}
    stated = engine.store.quads_for_pattern(None, ox.NamedNode(expand("kg:contradictionKind")), None, None)
    declared = {str(quad.subject)[1:-1].removeprefix(BASE) for quad in stated if quad.object in kinds}
    assert declared == set(RECOMPUTED)


def test_a_share_of_all_outside_both_groups_is_found(edited: Edit, check: Check) -> None:
    share = f"{OBS}interactive-tour-guides-all-share-4-3"
    findings = check(edited(f'- {share} kg:value *\n+ {share} kg:value "60"^^xsd:decimal'), ["contradiction-interval"], "en")
    assert [f.resource for f in findings] == [BASE + share]
