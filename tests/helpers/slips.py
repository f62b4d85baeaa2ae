"""Slips that people make in tables and Turtle: how each is made, and where validation should find it.

A slip changes one row, adds one, or changes one statement of a Turtle file. It does so in a row or block of its own, drawn by a
seed, so that many slips stand in one copy of the data and each is found, or not, at its own place.
"""

import json
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.helpers import ROOT
from tests.helpers.tables import cells_of

Row = dict[str, str]
Change = Callable[[str], str]


@dataclass(frozen=True)
class Slip:
    """A slip of a kind. Its file is a path in the checkout; `alone` marks one that hides the others of its copy."""

    kind: str
    file: str
    what: str
    column: str = ""
    alone: bool = False
    make: Callable[["Text"], range] = field(compare=False, default=lambda text: range(0))

    def __str__(self) -> str:
        return f"{self.kind}: {self.file} {self.what}"


class NothingFree(Exception):
    """The rows or blocks that a slip could change are changed by others: it waits for another copy."""


class Text:
    """A file under change. Units are rows or blocks; each is changed by one slip at most, and lines stand for it afterwards."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.table = path.endswith(".csv")
        source = ROOT / path
        if self.table:
            self.header, *rows = cells_of(source)
            self.units: list[list[str] | str] = list(rows)
        else:
            self.header = []
            self.units = list(re.split(r"(?<=\n)\n", source.read_text("utf-8")))
        self.taken: set[int] = set()
        self.added: list[tuple[int, list[str]]] = []

    def draw(self, seed: str, fits: Callable[[int], bool]) -> int:
        """A unit that no slip has changed yet."""
        free = [i for i in range(len(self.units)) if i not in self.taken and fits(i)]
        if not free:
            raise NothingFree(f"{self.path}: nothing to change for {seed}")
        unit = random.Random(seed).choice(free)
        self.taken.add(unit)
        return unit

    def row(self, unit: int) -> Row:
        return dict(zip(self.header, self.units[unit]))

    def written(self) -> tuple[str, list[int]]:
        """The text, and the line on which each unit begins; rows are sorted by their key."""
        import csv
        import io

        if not self.table:
            lines, line = [], 1
            for unit in self.units:
                lines.append(line)
                line += str(unit).count("\n") + 1
            return "\n".join(map(str, self.units)), lines
        rows = [(unit, list(row)) for unit, row in enumerate(self.units)] + [(-1 - n, row) for n, (_, row) in enumerate(self.added)]
        keys = [self.header.index(name) for name in key_of(Path(self.path).name)]
        rows.sort(key=lambda pair: [pair[1][i] for i in keys])
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([self.header, *(row for _, row in rows)])
        places = {unit: number for number, (unit, _) in enumerate(rows, 2)}
        self.added_lines = {-1 - n: places[-1 - n] for n in range(len(self.added))}
        return out.getvalue(), [places[unit] for unit in range(len(self.units))]


@cache
def key_of(table: str) -> tuple[str, ...]:
    """The primary key of a table."""
    described = json.loads((ROOT / "data" / "csv-metadata.json").read_text("utf-8"))["tables"]
    return next(tuple(t["tableSchema"]["primaryKey"]) for t in described if t["url"] == table)


def cell(
    kind: str, where: str, change: Change, when: Callable[[Row], bool] = lambda row: True, also: dict[str, Change] | None = None
) -> Slip:
    """A changed cell; `where` is `table.column`, and the slip is to be found in that row and column."""
    table, column = where.split(".")
    seed = f"{kind} {where} {change.__doc__ or change.__name__}"

    def fits(text: Text, unit: int) -> bool:
        row = text.row(unit)
        return bool(row[column]) and when(row) and change(row[column]) != row[column]

    def make(text: Text) -> range:
        unit = text.draw(seed, lambda i: fits(text, i))
        row = text.units[unit]
        assert isinstance(row, list)
        copy = list(row)
        for name, how in {column: change, **(also or {})}.items():
            copy[text.header.index(name)] = how(copy[text.header.index(name)])
        text.units[unit] = copy
        return range(unit, unit + 1)

    return Slip(kind, f"data/{table}.csv", f"{column} {change.__doc__ or change.__name__}", column, make=make)


def filled(kind: str, where: str, value: str, when: Callable[[Row], bool] = lambda row: True) -> Slip:
    """A cell that was empty or something else, and now has a value."""
    table, column = where.split(".")

    def make(text: Text) -> range:
        unit = text.draw(f"{kind} {where} {value}", lambda i: text.row(i)[column] != value and when(text.row(i)))
        row = list(text.units[unit])
        row[text.header.index(column)] = value
        text.units[unit] = row
        return range(unit, unit + 1)

    return Slip(kind, f"data/{table}.csv", f"{column} = {value!r}", column, make=make)


def swapped(kind: str, table: str, one: str, other: str, when: Callable[[Row], bool] = lambda row: True) -> Slip:
    """Two cells of a row that have changed places."""

    def make(text: Text) -> range:
        unit = text.draw(f"{kind} {table} {one} {other}", lambda i: bool(text.row(i)[one] and text.row(i)[other]) and when(text.row(i)))
        row = list(text.units[unit])
        a, b = text.header.index(one), text.header.index(other)
        row[a], row[b] = row[b], row[a]
        text.units[unit] = row
        return range(unit, unit + 1)

    return Slip(kind, f"data/{table}.csv", f"{one} <> {other}", one, make=make)


def exchanged(kind: str, table: str, columns: Iterable[str], pair: Callable[[Row, Row], bool], column: str) -> Slip:
    """Two rows that have exchanged some cells: a row pasted one line off."""
    names = list(columns)

    def make(text: Text) -> range:
        first = text.draw(
            f"{kind} {table} {names}",
            lambda i: any(pair(text.row(i), text.row(j)) for j in range(len(text.units)) if j != i and j not in text.taken),
        )
        second = text.draw(f"{kind} {table} {names} other", lambda j: pair(text.row(first), text.row(j)))
        a, b = list(text.units[first]), list(text.units[second])
        for name in names:
            i = text.header.index(name)
            a[i], b[i] = b[i], a[i]
        text.units[first], text.units[second] = a, b
        text.pair = (first, second)  # type: ignore[attr-defined]
        return range(first, first + 1)

    return Slip(kind, f"data/{table}.csv", f"{','.join(names)} of two rows", column, make=make)


def row(
    kind: str,
    table: str,
    what: str,
    change: Callable[[Row], dict[str, str]],
    column: str = "",
    when: Callable[[Row], bool] = lambda row: True,
) -> Slip:
    """An added row that is like another but for some cells; to be found in either row."""

    def make(text: Text) -> range:
        unit = text.draw(f"{kind} {table} {what}", lambda i: when(text.row(i)))
        like = text.row(unit)
        text.added.append((unit, [change(like).get(name, like[name]) for name in text.header]))
        return range(unit, unit + 1)

    return Slip(kind, f"data/{table}.csv", what, column, make=make)


def turtle(kind: str, name: str, pattern: str, replacement: str, alone: bool = False, block: str = "") -> Slip:
    """A changed place in a Turtle file: the first match in a block that has one, and the text `block` where it is given."""
    file = name if "/" in name else f"ontology/{name}.ttl"

    def make(text: Text) -> range:
        unit = text.draw(
            f"{kind} {name} {pattern}",
            lambda i: (
                block in str(text.units[i])
                and bool(re.search(pattern, str(text.units[i]), re.MULTILINE))
                and "@prefix" not in str(text.units[i])
            ),
        )
        text.units[unit] = re.sub(pattern, replacement, str(text.units[unit]), count=1, flags=re.MULTILINE)
        return range(unit, unit + 1)

    return Slip(kind, file, f"{pattern} -> {replacement}", alone=alone, make=make)


def metadata(kind: str, old: str, new: str) -> Slip:
    """A changed place in the tables' metadata; to be found in that file, or in a table that it describes."""

    def make(text: Text) -> range:
        whole = "\n".join(map(str, text.units))
        assert old in whole, old
        text.units = [whole.replace(old, new, 1)]
        return range(0)

    return Slip(kind, "data/csv-metadata.json", f"{old} -> {new}", alone=True, make=make)


def copied(kind: str, table: str, source: str, target: str) -> Slip:
    """A cell that holds what another cell of its row holds."""

    def make(text: Text) -> range:
        unit = text.draw(f"{kind} {table} {source} {target}", lambda i: len(text.row(i)[source]) > 30)
        row = list(text.units[unit])
        row[text.header.index(target)] = row[text.header.index(source)]
        text.units[unit] = row
        return range(unit, unit + 1)

    return Slip(kind, f"data/{table}.csv", f"{target} = {source}", "", make=make)
