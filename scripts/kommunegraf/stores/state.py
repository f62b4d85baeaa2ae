"""What is loaded, graph by graph: the statements, their number and a digest that two stores can be compared by."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from pathlib import Path

import pyoxigraph as ox

from kommunegraf.namespaces import GRAPH, KG, XSD, expand
from kommunegraf.rdf.skolem import skolemized

MANIFEST = GRAPH + "loaded"
"""The small graph in which a store keeps what was loaded: version, number of statements and digest of each graph."""
_WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
_GEOMETRY = "http://www.openlinksw.com/schemas/virtrdf#Geometry"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class State:
    """The statements of one named graph, as N-Triples lines without the full stop, and what they are compared by."""

    statements: frozenset[str]

    @property
    def count(self) -> int:
        """How many statements there are."""
        return len(self.statements)

    @property
    def digest(self) -> str:
        """SHA-256 of the sorted statements by value, in hexadecimal: equal for stores that write the same values otherwise."""
        return sha256("\n".join(sorted(self.by_value)).encode()).hexdigest()

    @property
    def by_value(self) -> dict[str, str]:
        """The statements as they stand, by their value (see `value`)."""
        return {_value_of(line): line for line in self.statements}


def read(path: Path) -> dict[str, State]:
    """The graphs of an N-Quads file by IRI, with IRIs for blank nodes. Raises OSError or SyntaxError."""
    return by_graph(skolemized(ox.parse(path=path, format=ox.RdfFormat.N_QUADS)))


def version(graphs: Mapping[str, State]) -> str:
    """The version that the ontology states (owl:versionInfo); empty where there is none."""
    head = f"<{KG}> <{expand('owl:versionInfo')}> "
    lines = (line for state in graphs.values() for line in state.statements if line.startswith(head))
    return next((line.removeprefix(head).strip('"') for line in lines), "")


def by_graph(quads: Iterable[ox.Quad]) -> dict[str, State]:
    """The quads of named graphs, by the IRI of the graph."""
    lines: dict[str, set[str]] = {}
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            lines.setdefault(quad.graph_name.value, set()).add(f"{quad.subject} {quad.predicate} {quad.object}")
    return {graph: State(frozenset(statements)) for graph, statements in sorted(lines.items())}


def of(triples: Iterable[ox.Triple]) -> State:
    """The state that some triples make."""
    return State(frozenset(f"{triple.subject} {triple.predicate} {triple.object}" for triple in triples))


def manifest(graphs: Mapping[str, State], version: str) -> State:
    """The statements of the manifest for these graphs, in terms of DCAT, VoID and SPDX."""
    lines = set()
    for graph, state in graphs.items():
        lines.add(f'<{graph}> <http://www.w3.org/ns/dcat#version> "{version}"')
        lines.add(f'<{graph}> <http://rdfs.org/ns/void#triples> "{state.count}"^^<{XSD}integer>')
        lines.add(f'<{graph}> <http://spdx.org/rdf/terms#checksumValue> "{state.digest}"')
    return State(frozenset(lines))


def rewritten(line: str) -> bool:
    """Whether a store has put a datatype of its own in the place of ours, so that the statement is not found by its text."""
    return line.endswith(f"^^<{_GEOMETRY}>")


def _value_of(line: str) -> str:
    """A statement with its object by value: Virtuoso writes 55.70 as 55.7, true as 1, and keeps points as floats of 32 bits."""
    if not line.endswith(">") or '"' not in line:
        return line
    head, _, datatype = line.rpartition("^^<")
    if not datatype or not head.endswith('"'):
        return line
    subject, predicate, text = head.split(" ", 2)
    return f"{subject} {predicate} {_value(text[1:-1], datatype[:-1])}"


def _value(text: str, datatype: str) -> str:
    if datatype in (_WKT, _GEOMETRY):
        return "geometry " + _NUMBER.sub(lambda number: f"{float(number[0]):.6g}", text).replace(" (", "(")
    if datatype == XSD + "boolean":
        return f"boolean {text in ('true', '1')}"
    if datatype in (XSD + "decimal", XSD + "integer", XSD + "nonNegativeInteger", XSD + "double"):
        try:
            return f"number {Decimal(text).normalize():f}"
        except InvalidOperation:
            return f"number {text}"
    return f'"{text}"^^<{datatype}>'
