"""From evidence to adoption: which kommune has which initiative, with which status, by a stated rule.

The rule, version 1 (`activity/adoption-rule-1` in the graph):

1. Evidence of `low` confidence supports no adoption, unless the caller asks for it.
2. Every kommune and initiative that other evidence joins is one adoption, supported by all of it.
3. Its status is that of the latest statement. A statement's year is the year of its source (the years that it speaks of
   say when something began or ended, not when this was said). A dated statement outranks an undated one.
4. Between statements of the same year, or undated ones: higher confidence first, then `active` before `planned` before
   `ended`, then the lower number.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kommunegraf.graph.metadata import Table
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE, GRAPH, KG, PROV, RDF, SKOS
from kommunegraf.rdf.terms import iri, literal

CONFIDENCE = ("low", "medium", "high")
STATUS = ("ended", "planned", "active")
RULE = BASE + "activity/adoption-rule-1"


class Statement(NamedTuple):
    """What one piece of evidence says. `year` is its source's, None where unknown."""

    municipality: str
    initiative: str
    number: int
    status: str
    year: int | None
    confidence: str

    @property
    def identifier(self) -> str:
        """The last part of the evidence's IRI."""
        return f"{self.municipality}-{self.initiative}-{self.number}"


def deciding(statements: Iterable[Statement]) -> Statement:
    """The statement whose status an adoption takes (rules 3 and 4)."""
    return max(
        statements,
        key=lambda s: (s.year is not None, s.year or 0, CONFIDENCE.index(s.confidence), STATUS.index(s.status), -s.number),
    )


def adoptions(statements: Iterable[Statement], low: bool = False) -> dict[tuple[str, str], list[Statement]]:
    """The statements behind each adoption, by kommunekode and initiative (rules 1 and 2); `low` lets low ones count."""
    grouped: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        if low or statement.confidence != "low":
            grouped[statement.municipality, statement.initiative].append(statement)
    return dict(grouped)


def read(tables: dict[str, Table]) -> list[Statement]:
    """The statements of the table of evidence."""
    sources = tables["sources.csv"].cells
    published = dict(zip(sources["id"], sources["year"]))
    names = ("municipality", "initiative", "number", "status", "source", "confidence")
    return [
        Statement(municipality, initiative, int(number), status, int(published[source]) if published[source] else None, confidence)
        for municipality, initiative, number, status, source, confidence in tables["evidence.csv"].keys(names)
    ]


def quads(tables: dict[str, Table]) -> Iterator[str]:
    """N-Quads lines: the adoptions that the tables support, and labels for them and for the evidence."""
    statements = read(tables)
    labels = _Labels(tables)
    for statement in statements:
        yield from labels.quads(f"evidence/{statement.identifier}", statement, f" ({statement.number})", GRAPH + "evidence")
    solutions = defaultdict(set)
    named = ("municipality", "initiative", "number", "solution")
    for municipality, initiative, number, solution in tables["evidence-solutions.csv"].keys(named):
        solutions[municipality, initiative, int(number)].add(solution)
    graph = iri(GRAPH + "analysis")
    for (municipality, initiative), support in adoptions(statements).items():
        adoption = f"adoption/{municipality}-{initiative}"
        decided = deciding(support)
        objects = [
            (RDF + "type", KG + "Adoption"),
            (KG + "adopter", f"{BASE}municipality/{municipality}"),
            (KG + "initiative", f"{BASE}initiative/{initiative}"),
            (KG + "status", f"{BASE}status/{decided.status}"),
            (KG + "statusFrom", f"{BASE}evidence/{decided.identifier}"),
            (PROV + "wasGeneratedBy", RULE),
            *((KG + "supportedBy", f"{BASE}evidence/{s.identifier}") for s in support),
            *((KG + "solution", f"{BASE}solution/{name}") for s in support for name in solutions[s[:3]]),
        ]
        for property_, value in objects:
            yield f"{iri(BASE + adoption)} {iri(property_)} {iri(value)} {graph} ."
        yield from labels.quads(adoption, decided, "", GRAPH + "analysis")


class _Labels:
    """Danish and English labels such as 'Aarhus: Åbne data'."""

    def __init__(self, tables: dict[str, Table]) -> None:
        places, initiatives = tables["municipalities.csv"].cells, tables["initiatives.csv"].cells
        self.place = {lang: dict(zip(places["code"], places[f"name_{lang}"])) for lang in LANGUAGES}
        self.initiative = {lang: dict(zip(initiatives["id"], initiatives[f"label_{lang}"])) for lang in LANGUAGES}

    def quads(self, name: str, statement: Statement, suffix: str, graph: str) -> Iterator[str]:
        for lang in LANGUAGES:
            text = f"{self.place[lang][statement.municipality]}: {self.initiative[lang][statement.initiative]}{suffix}"
            yield f"{iri(BASE + name)} {iri(SKOS + 'prefLabel')} {literal(text, lang)} {iri(graph)} ."
