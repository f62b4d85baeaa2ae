"""Where the graph says something: the row and column of a table, or the line of a Turtle file."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kommunegraf.findings import Finding
from kommunegraf.graph.metadata import VARIABLE, Column, Table
from kommunegraf.graph.rows import resources
from kommunegraf.namespaces import PREFIXES, RDF, SHARED, based, compact, expand, own_path

_PREFIX = re.compile(r"@prefix\s+(\w*):\s+<([^>]*)>")
_BASE = re.compile(r"@base\s+<([^>]*)>")


@dataclass(frozen=True)
class _Row:
    """A row that speaks of a resource by one of its table's URI templates."""

    table: Table
    index: int
    template: str

    def columns(self, property: str) -> list[Column]:
        return [c for c in self.table.columns if c.about == self.template and c.property == property]

    def cell(self, column: Column) -> str:
        """What is written in the cell; in that of a column without cells, what its value is made from."""
        return self.table.cells[self.name(column)][self.index] if self.name(column) else ""

    def name(self, column: Column) -> str:
        """The column that a person writes in: of a value made from another column, that one."""
        if not column.virtual:
            return column.name
        sources = [name for _, name in VARIABLE.findall(column.value_url or "")]
        return sources[-1] if sources else ""

    def says(self, column: Column, value: str) -> bool:
        """Whether the cell stands for a value, which is a text or an IRI."""
        cell = self.cell(column)
        return bool(cell) and value in {cell, based(VARIABLE.sub(cell, expand(column.value_url or "")))}


@dataclass(frozen=True)
class _Block:
    """The lines of a Turtle file from a subject to the next one."""

    path: Path
    start: int
    lines: list[str]

    def line(self, tokens: Iterable[str]) -> int:
        """The first line with one of some tokens; 0 where none has one."""
        for number, line in enumerate(self.lines):
            if any(token in line for token in tokens):
                return self.start + number
        return 0


class Places:
    """Where resources are stated in tables and in Turtle files."""

    def __init__(self, tables: Iterable[Table], turtle: Iterable[Path]) -> None:
        self._rows: dict[str, list[_Row]] = defaultdict(list)
        for table in tables:
            for template in {c.about for c in table.columns if c.property}:
                for index, subject in enumerate(resources(table, template)):
                    self._rows[subject].append(_Row(table, index, template))
        self._blocks: dict[str, list[_Block]] = defaultdict(list)
        for path in turtle:
            for subject, block in _blocks(path):
                self._blocks[subject].append(block)

    def locate(self, finding: Finding) -> Finding:
        """The finding with file, line and column where they are known.

        What is derived has no place of its own: it is found where the value that the finding names is stated. What is about a
        blank node is found where a Turtle file first has its value.
        """
        for resource in (finding.resource, finding.value, *finding.others):
            rows, blocks = self._rows.get(resource), self._blocks.get(resource)
            if rows and not (blocks and _says(blocks, finding.property) and not any(row.columns(finding.property) for row in rows)):
                row, column = _best_row(rows, finding)
                return replace(finding, file=str(row.table.path), line=row.table.lines[row.index], column=column)
            if blocks:
                block, line = _best_line(blocks, finding)
                return replace(finding, file=str(block.path), line=line)
        if finding.value and not finding.resource.startswith("http"):
            every, tokens = (block for blocks in self._blocks.values() for block in blocks), _tokens(finding.value)
            if at := next(((block, line) for block in every if (line := block.line(tokens))), None):
                return replace(finding, file=str(at[0].path), line=at[1])
        return finding


def _best_row(rows: list[_Row], finding: Finding) -> tuple[_Row, str]:
    """The row and column that say what is wrong; otherwise those where it should be said, or the row that says what the resource is."""
    candidates = [(row, column) for row in rows for column in row.columns(finding.property)]
    for test in (
        lambda row, column: row.says(column, finding.value),
        lambda row, column: not row.cell(column) and not finding.value,
        lambda row, column: bool(row.name(column)),
    ):
        if match := next(((row, row.name(column)) for row, column in candidates if test(row, column)), None):
            return match
    for row in rows:
        own = [c for c in row.table.columns if c.about == row.template]
        if name := next((row.name(c) for c in own if finding.value and row.says(c, finding.value)), ""):
            return row, name
    return next((row for row in rows if row.columns(RDF + "type")), rows[0]), ""


def _best_line(blocks: list[_Block], finding: Finding) -> tuple[_Block, int]:
    """The block and line that say what is wrong, or where the resource is described."""
    value, property = _tokens(finding.value), [" a "] if finding.property == RDF + "type" else _tokens(finding.property)
    for block in blocks:
        if value and (line := block.line(value)) and (not property or block.line(property)):
            return block, line
    for block in blocks:
        if property and (line := block.line(property)):
            return block, line
    described = next((block for block in blocks if block.line([" a "])), blocks[0])
    return described, described.line(value) or described.start


def _says(blocks: list[_Block], property: str) -> bool:
    """Whether a Turtle file states some property of a resource that tables speak of too."""
    return any(block.line(_tokens(property)) for block in blocks)


def _tokens(term: str) -> list[str]:
    """How a term may be written in Turtle."""
    if not term.startswith("http"):
        return [term] if term else []
    short = compact(term)
    names = [f"<{term}>", f"<{own_path(term) or term}>"]
    return names if short == term else [*names, f"{short} ", f"{short} ;", f"{short}\n"]


def _blocks(path: Path) -> Iterator[tuple[str, _Block]]:
    """The blocks of a Turtle file as people write them, by the IRI of their subject: each begins on a line of its own."""
    text = path.read_text("utf-8")
    base = next(iter(_BASE.findall(text)), SHARED)
    prefixes = {**PREFIXES, **dict(_PREFIX.findall(text))}
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line[:1] not in {"", " ", "\t", "#", "@", "]", ")"}]
    for start, end in zip(starts, [*starts[1:], len(lines)]):
        subject = lines[start].split(" ", 1)[0]
        prefix, _, local = subject.partition(":")
        iri = base + subject[1:-1] if subject.startswith("<") else prefixes.get(prefix, prefix + ":") + local
        iri = subject[1:-1] if subject.startswith("<http") else iri
        yield based(iri), _Block(path, start + 1, lines[start:end])
