"""What follows from the tables and stands in no row: adoptions by the rule, labels, and the lists of the rankings, as N-Quads lines."""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from kommunegraf.findings import BadInput, Finding
from kommunegraf.graph.adoption import RULE, Adoption, Evidence, Limits, Source, adoptions
from kommunegraf.graph.metadata import Table
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE, GRAPH, KG, PROV, RDF, SHARED, SKOS, XSD
from kommunegraf.rdf.terms import iri, literal

NEEDED = {
    "evidence-solutions.csv", "evidence.csv", "initiatives.csv", "municipalities.csv", "release.csv", "sources.csv",
    "survey-rankings.csv",
}
"""The tables from which something is derived."""
_INTEGER = XSD + "integer"
_iri = lru_cache(maxsize=10_000)(iri)  # the same few properties, kommuner and initiatives stand in most statements


def quads(tables: dict[str, Table], limits: Limits) -> Iterator[str]:
    """Everything that is derived from the tables, in no promised order."""
    yield from _adoptions(tables, limits)
    yield from _rankings(tables)


def limits(tables: dict[str, Table]) -> Limits:
    """The reference year of the release and the ages that the rule tells apart. Raises BadInput when the table does not say."""
    table = tables["release.csv"]
    if not table.rows:
        raise BadInput([Finding("violation", "release", "has no row", "one row says the year and the ages", str(table.path))])
    cells, line = table.cells, table.lines[0]
    limits = Limits(int(cells["reference_year"][0]), int(cells["fresh_years"][0]), int(cells["ageing_years"][0]))
    if limits.ageing < limits.fresh:
        message, repair = "what is fresh would be old already", f"ageing_years is at least fresh_years, {limits.fresh}"
        raise BadInput([Finding("violation", "release", message, repair, str(table.path), line, "ageing_years")])
    return limits


def evidence(tables: dict[str, Table]) -> list[Evidence]:
    """The statements of the table of evidence, each with its source and solutions."""
    columns = tables["sources.csv"].cells
    sources = {
        name: Source(f"{BASE}source/{name}", title, _year(year), _year(bound), f"{BASE}municipality/{own}" if own else "")
        for name, title, year, bound, own in zip(
            columns["id"], _titles(tables["sources.csv"]), columns["year"], columns["not_before"], columns["publisher_municipality"]
        )
    }
    solutions = defaultdict(set)
    for *key, solution in tables["evidence-solutions.csv"].keys(("municipality", "initiative", "number", "solution")):
        solutions[tuple(key)].add(f"{BASE}solution/{solution}")
    names = ("municipality", "initiative", "number", "status", "confidence", "source", "year_from", "year_to")
    rows = zip(tables["evidence.csv"].keys(names), _titles(tables["evidence.csv"]))
    return [
        Evidence(
            f"{BASE}evidence/{municipality}-{initiative}-{number}", f"{BASE}municipality/{municipality}",
            f"{BASE}initiative/{initiative}", status, confidence, sources[source], title, _year(start), _year(end),
            tuple(sorted(solutions[municipality, initiative, number])),
        )
        for (municipality, initiative, number, status, confidence, source, start, end), title in rows
    ]


def _titles(table: Table) -> list[str]:
    """The title of each row, in whichever of its columns of titles it stands."""
    columns = tuple(column.name for column in table.columns if column.name == "title" or column.name.startswith("title_"))
    return list(map("".join, table.keys(columns)))


def _year(cell: str) -> int | None:
    return int(cell) if cell else None


def _adoptions(tables: dict[str, Table], limits: Limits) -> Iterator[str]:
    """The adoptions that the evidence supports, and labels for them and for the evidence."""
    statements, labels = evidence(tables), _Labels(tables)
    for one in statements:
        number = one.iri.rsplit("-", 1)[-1]
        yield from labels.quads(one.iri, one, f" ({number})", GRAPH + "evidence")
    graph = iri(GRAPH + "analysis")
    for adoption in adoptions(statements, limits).values():
        subject = iri(adoption.iri)
        for name, value in _values(adoption):
            yield f"{subject} {_iri(name)} {value} {graph} ."
        yield from labels.quads(adoption.iri, adoption, "", GRAPH + "analysis")


def _values(adoption: Adoption) -> Iterator[tuple[str, str]]:
    """The properties of an adoption and their values as N-Quads terms."""
    resources = [
        (RDF + "type", KG + "Adoption"),
        (KG + "adopter", adoption.municipality),
        (KG + "initiative", adoption.initiative),
        (KG + "status", f"{SHARED}status/{adoption.status}"),
        (KG + "freshness", f"{SHARED}freshness/{adoption.freshness}"),
        (KG + "statusFrom", adoption.deciding.iri),
        (PROV + "wasGeneratedBy", RULE),
        *((KG + "supportedBy", one.iri) for one in adoption.evidence),
        *((KG + "evidenceAgainst", one.iri) for one in adoption.against),
        *((KG + "solution", solution) for solution in adoption.solutions),
    ]
    yield from ((name, _iri(value)) for name, value in resources)
    for name, year in (("asOf", adoption.as_of), ("since", adoption.since), ("until", adoption.until)):
        if year is not None:
            yield KG + name, literal(str(year), datatype=_INTEGER)


class _Labels:
    """Labels such as 'Aarhus: Åbne data', in each language that names both kommuner and initiatives."""

    def __init__(self, tables: dict[str, Table]) -> None:
        places, initiatives = tables["municipalities.csv"].cells, tables["initiatives.csv"].cells
        self.names: dict[str, dict[str, str]] = {}
        others = (column.language or "" for column in tables["municipalities.csv"].columns if column.name.startswith("name_"))
        for lang in (*LANGUAGES, *(lang for lang in others if lang not in LANGUAGES and f"label_{lang}" in initiatives)):
            of_places = {f"{BASE}municipality/{code}": name for code, name in zip(places["code"], places[f"name_{lang}"])}
            of_kinds = {f"{BASE}initiative/{name}": label for name, label in zip(initiatives["id"], initiatives[f"label_{lang}"])}
            self.names[lang] = of_places | of_kinds

    def quads(self, resource: str, about: Evidence | Adoption, suffix: str, graph: str) -> Iterator[str]:
        start, end = f"{iri(resource)} {_iri(SKOS + 'prefLabel')}", f"{_iri(graph)} ."
        for lang, names in self.names.items():
            if names[about.municipality] and names[about.initiative]:
                text = f"{names[about.municipality]}: {names[about.initiative]}{suffix}"
                yield f"{start} {literal(text, lang)} {end}"


def _rankings(tables: dict[str, Table]) -> Iterator[str]:
    """The links that chain the places of each ranking into its `skos:memberList`, in order of position."""
    places: dict[str, list[int]] = defaultdict(list)
    for ranking, position in tables["survey-rankings.csv"].keys(("ranking", "position")):
        places[ranking].append(int(position))
    graph = iri(GRAPH + "survey")
    for ranking, positions in places.items():
        collection = f"{BASE}ranking/{ranking}"
        nodes = [f"{collection}/{position}" for position in sorted(positions)]
        yield f"{iri(collection)} {iri(SKOS + 'memberList')} {iri(nodes[0])} {graph} ."
        for node, rest in zip(nodes, [*nodes[1:], RDF + "nil"]):
            yield f"{iri(node)} {iri(RDF + 'rest')} {iri(rest)} {graph} ."
