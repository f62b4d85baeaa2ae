"""Tables to N-Quads lines, as the CSVW metadata says (W3C *Generating RDF from Tabular Data on the Web*, minimal mode).

A line is finished text: terms are escaped once for each distinct value of a column. URI templates are RFC 6570 level 2
at most (`{name}`, `{+name}`), which is all that the metadata uses.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from kommunegraf.graph.metadata import VARIABLE, Column, Table
from kommunegraf.namespaces import based, expand
from kommunegraf.rdf.terms import iri, literal


def quads(table: Table) -> Iterator[str]:
    """The N-Quads lines of a table, without line ends, in no promised order."""
    graph = iri(table.graph)
    subjects: dict[str, list[str]] = {}
    for column in table.columns:
        if column.property is None or not table.rows:
            continue
        if column.about not in subjects:
            subjects[column.about] = [f"<{subject}>" for subject in resources(table, column.about)]
        middle, end = f" {iri(column.property)} ", f" {graph} ."
        for subject, term in zip(subjects[column.about], _objects(table, column)):
            if term:
                yield f"{subject}{middle}{term}{end}"


def resources(table: Table, template: str) -> list[str]:
    """The IRI that a URI template gives for each row of a table (RFC 6570; cells are percent-encoded).

    Raises ValueError for a template that is no IRI apart from its variables.
    """
    template = expand(template)
    iri(VARIABLE.sub("", template))
    pattern = VARIABLE.sub("%s", template.replace("%", "%%"))
    parts = [_encoded(table.cells[name], plus) for plus, name in VARIABLE.findall(template)]
    if not parts:
        return [based(template)] * len(table.rows)
    return [based(pattern % values) for values in zip(*parts)]


_RESERVED = ":/?#[]@!$&'()*+,;=%"
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")


def _encoded(cells: tuple[str, ...], plus: str) -> list[str]:
    safe = _RESERVED if plus else ""
    encoded = {cell: cell if _UNRESERVED.fullmatch(cell) else quote(cell, safe) for cell in set(cells)}
    return [encoded[cell] for cell in cells]


def _objects(table: Table, column: Column) -> list[str | None]:
    """The object term of each row; None where the cell is empty."""
    if column.value_url is None:
        cells = table.cells[column.name]
        terms: dict[str, str | None] = {cell: literal(cell, column.language, _datatype(column)) for cell in set(cells)}
        terms[""] = None
        return [terms[cell] for cell in cells]
    values = resources(table, column.value_url)
    if column.virtual:
        return [f"<{value}>" for value in values]
    return [f"<{value}>" if cell else None for value, cell in zip(values, table.cells[column.name])]


def _datatype(column: Column) -> str | None:
    """A datatype as N-Triples writes it: xsd:string and language-tagged text carry none."""
    if column.language or column.datatype is None or column.datatype.endswith("XMLSchema#string"):
        return None
    return column.datatype
