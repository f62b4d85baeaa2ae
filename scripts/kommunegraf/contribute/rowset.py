"""Tables while they change: rows added and removed, and the files that follow, sorted by their keys."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from io import StringIO

from kommunegraf.contribute.register import Register, Row
from kommunegraf.graph.metadata import Table


class Rows:
    """The rows of the tables of a register, to be changed. The register stays as it is."""

    def __init__(self, register: Register) -> None:
        self._tables = register.tables
        self._rows: dict[str, dict[tuple[str, ...], Row]] = {}
        self._begun: dict[str, dict[tuple[str, ...], set[tuple[str, ...]]]] = {}
        self._touched: set[str] = set()
        self._register = register

    def of(self, name: str) -> dict[tuple[str, ...], Row]:
        """The rows of a table by their key."""
        if name not in self._rows:
            key = self._table(name).primary_key
            self._rows[name] = {tuple(row[column] for column in key): row for row in self._register.rows(name)}
        return self._rows[name]

    def beginning(self, name: str, start: tuple[str, str]) -> set[tuple[str, ...]]:
        """The keys of a table that begin with two values, such as those of a kommune and an initiative."""
        if name not in self._begun:
            begun = self._begun[name] = defaultdict(set)
            for key in self.of(name):
                begun[key[:2]].add(key)
        return self._begun[name].get(start, set())

    def add(self, name: str, row: Row) -> None:
        """Add a row, or put one in the place of that with its key."""
        filled = {column.name: row.get(column.name, "") for column in self._table(name).columns if not column.virtual}
        key = tuple(filled[column] for column in self._table(name).primary_key)
        if self.of(name).get(key) != filled:
            self.beginning(name, (key[0], key[-1]))
            self.of(name)[key] = filled
            self._begun[name][key[:2]].add(key)
            self._touched.add(name)

    def remove(self, name: str, keys: Iterable[tuple[str, ...]]) -> None:
        """Remove the rows with some keys, where there are such."""
        for key in list(keys):
            self.beginning(name, (key[0], key[-1]))
            if self.of(name).pop(key, None) is not None:
                self._begun[name][key[:2]].discard(key)
                self._touched.add(name)

    def files(self) -> dict[str, bytes]:
        """The content of each table that is not what it was, by the name of its file."""
        files = {}
        for name in sorted(self._touched):
            table, output = self._table(name), StringIO()
            writer = csv.writer(output, lineterminator="\n")
            writer.writerow(column.name for column in table.columns if not column.virtual)
            writer.writerows(row.values() for _, row in sorted(self.of(name).items()))
            files[table.name] = output.getvalue().encode()
        return files

    def _table(self, name: str) -> Table:
        return self._tables[f"{name}.csv"]
