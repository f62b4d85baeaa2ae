"""A readable reference of the ontology: its terms by theme, each with its use in the data."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest

import pyoxigraph as ox

from kommunegraf import __version__
from kommunegraf.namespaces import BASE, GRAPH, KG, compact
from kommunegraf.rdf import describe
from kommunegraf.rdf.formats import DATA
from kommunegraf.site import addresses
from kommunegraf.site.model import Site
from kommunegraf.site.parts.counts import counts
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import Term, View, node

EXAMPLES = 3
"""How many examples a term's page shows."""
_DESCRIBING = {GRAPH + "ontology", GRAPH + "shapes", GRAPH + "catalog", BASE + "catalog"}
"""Graphs that describe data and are not counted as use of a term."""


@dataclass(frozen=True)
class TermRow:
    """A term in a table of terms."""

    term: str
    name: str
    anchor: str
    domain: list[str]
    range: list[str]
    above: list[str]
    count: int
    example: tuple[str, str, Term] | None


@dataclass(frozen=True)
class OntologyTerm:
    """One term of the ontology, with its use in the data."""

    row: TermRow
    is_class: bool
    kinds: list[str]
    below: list[str]
    disjoint: list[str]
    lists: list[str]
    domain_of: list[str]
    range_of: list[str]
    shapes: list[str]
    graphs: list[tuple[str, int]]
    examples: list[tuple[str, str, Term]]
    matches: list[tuple[str, str]]


@dataclass(frozen=True)
class Ontology:
    """The ontology as a whole: its terms by theme."""

    themes: list[tuple[str, list[TermRow], list[TermRow]]]
    version: str
    version_path: str | None
    created: str
    modified: str
    prefix: str
    license: str
    publisher: str
    creator: list[str]
    class_count: int
    property_count: int


@dataclass(frozen=True)
class OntologyVersion:
    """The ontology as a certain version has it."""

    version: str
    iri: str
    class_count: int
    property_count: int
    suffixes: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """What `ontology.html` shows: the ontology as a whole, or one of its terms."""

    kind_label: str
    ontology: Ontology | None = None
    term: OntologyTerm | None = None


def usage(page: Page, iri: str) -> dict[str, int]:
    """How often a class or property is used in the data, by named graph."""
    return {graph: number for graph, number in counts(page.site).uses.get(iri, {}).items() if graph not in _DESCRIBING}


def term(page: Page, iri: str) -> Vocabulary:
    """The ontology itself, or one of its terms."""
    if iri == KG:
        return Vocabulary(page.w.menu_ontology, ontology=ontology(page))
    view = page.view
    used = usage(page, iri)
    content = OntologyTerm(
        row=row(page, iri), is_class=is_class(view, iri),
        kinds=view.things(iri, "rdf:type"), below=view.references(iri, "rdfs:subClassOf", "rdfs:subPropertyOf"),
        disjoint=view.things(iri, "owl:disjointWith"), lists=view.things(iri, "qb:codeList"),
        domain_of=view.by_label(page.site.once(_having, "rdfs:domain").get(iri, ())),
        range_of=view.by_label(page.site.once(_having, "rdfs:range").get(iri, ())),
        shapes=shapes_of(view, iri), graphs=[(g, used[g]) for g in view.by_label(used)], examples=examples(view, iri),
        matches=[(n, v) for n in ("owl:equivalentClass", "owl:equivalentProperty", "skos:exactMatch", "skos:closeMatch", "rdfs:seeAlso")
                    for v in view.things(iri, n)],
    )
    return Vocabulary(page.w.kind_ontology, term=content)


def is_class(view: View, iri: str) -> bool:
    """Whether a term is a class."""
    return any(compact(t) in ("owl:Class", "rdfs:Class") for t in view.things(iri, "rdf:type"))


def classes(view: View, iri: str, name: str) -> list[str]:
    """The classes that a property such as `rdfs:domain` gives, those of a union one by one."""
    names: set[str] = set()
    for value in view.values(iri, name):
        if isinstance(value, ox.NamedNode):
            names.add(value.value)
        for union in view.values(value, "owl:unionOf") if isinstance(value, ox.BlankNode) else ():
            names |= {v.value for v in view.members(union) if isinstance(v, ox.NamedNode)}
    return view.by_label(names)


def _having(site: Site, name: str) -> dict[str, list[str]]:
    """The properties that have each class as domain or range, also as part of a union."""
    view = site.views["en"]
    owners = defaultdict(list)
    stated = site.store.quads_for_pattern(None, node(name), None, None)
    properties = {q.subject.value for q in stated if isinstance(q.subject, ox.NamedNode)}
    for one in sorted(properties):
        for owner in classes(view, one, name):
            owners[owner].append(one)
    return dict(owners)


def row(page: Page, iri: str) -> TermRow:
    """What a table says of a term."""
    view = page.view
    return TermRow(
        term=iri, name=compact(iri), anchor=iri.removeprefix(KG), domain=classes(view, iri, "rdfs:domain"),
        range=classes(view, iri, "rdfs:range"), above=view.things(iri, "rdfs:subClassOf", "rdfs:subPropertyOf"),
        count=sum(usage(page, iri).values()),
        example=next(iter(examples(view, iri)), None),
    )


def examples(view: View, iri: str) -> list[tuple[str, str, Term]]:
    """The first statements that use a term, in a fixed order."""
    if is_class(view, iri):
        pattern = view.store.quads_for_pattern(None, node("rdf:type"), ox.NamedNode(iri), None)
    else:
        pattern = view.store.quads_for_pattern(None, ox.NamedNode(iri), None, None)
    triples = {(q.subject.value, q.predicate.value, q.object) for q in pattern
             if isinstance(q.subject, ox.NamedNode) and isinstance(q.graph_name, ox.NamedNode) and q.graph_name.value not in _DESCRIBING}
    return nsmallest(EXAMPLES, triples, key=lambda t: (t[0], str(t[2])))


def shapes_of(view: View, iri: str) -> list[str]:
    """The shapes that speak of a term: they target it, or have it as path or class of values."""
    return view.references(iri, "sh:targetClass", "sh:path", "sh:class", "sh:equals", "sh:disjoint", "sh:lessThanOrEquals")


def ontology(page: Page) -> Ontology:
    """All terms by theme. A theme is the named graph that uses a term most; what no data use goes with its domain or class."""
    view = page.view
    terms = [t for t in view.references(KG, "rdfs:isDefinedBy") if t != KG]
    themes: dict[str, dict[str, list[TermRow]]] = defaultdict(lambda: {"classes": [], "properties": []})
    for term in terms:
        themes[_theme(page, term)]["classes" if is_class(view, term) else "properties"].append(row(page, term))
    order = sorted(themes, key=lambda g: (not g, view.label(g) if g else ""))
    return Ontology(
        themes=[(g, themes[g]["classes"], themes[g]["properties"]) for g in order], version=view.plain(KG, "owl:versionInfo"),
        version_path=addresses.path(view.thing(KG, "owl:versionIRI")), created=view.plain(KG, "dcterms:created"),
        modified=view.plain(KG, "dcterms:modified"),
        prefix=view.plain(KG, "vann:preferredNamespacePrefix"), license=view.thing(KG, "dcterms:license"),
        publisher=view.thing(KG, "dcterms:publisher"), creator=view.things(KG, "dcterms:creator"),
        class_count=sum(is_class(view, t) for t in terms), property_count=sum(not is_class(view, t) for t in terms),
    )


def _theme(page: Page, iri: str) -> str:
    view = page.view
    near = [iri, *classes(view, iri, "rdfs:domain"),
            *view.references(iri, "rdfs:subClassOf", "rdfs:subPropertyOf"), *view.things(iri, "rdfs:subClassOf", "rdfs:subPropertyOf")]
    for term in near:
        if used := usage(page, term):
            return min(used, key=lambda graph: (-used[graph], graph))
    return ""


def version(page: Page, iri: str) -> OntologyVersion:
    """The ontology as a certain version has it."""
    terms = page.view.references(KG, "rdfs:isDefinedBy")
    number = sum(is_class(page.view, t) for t in terms)
    suffixes = tuple(format.suffix for format in DATA)
    return OntologyVersion(version=__version__, iri=iri, class_count=number, property_count=len(terms) - number, suffixes=suffixes)


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The data of the ontology's version IRI, in each format by path: all terms, as they now are. None where no version is stated."""
    if path := addresses.path(site.views["en"].thing(KG, "owl:versionIRI")):
        terms = describe.description(site.store, KG)
        yield from ((path + form.suffix, describe.encode(terms, form)) for form in DATA)


RESOURCES: dict[str, Model] = {"ontology": ("ontology.html", term)}
DOCUMENTS: dict[str, Model] = {f"ontology/{__version__}": ("ontology_version.html", version)}
