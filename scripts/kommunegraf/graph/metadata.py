"""What `data/csv-metadata.json` (W3C CSVW) says of the tables: columns, keys and the RDF that cells become.

The metadata and the meaning of datatypes are the `csvw` library's.
"""

import json
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from kommunegraf import paths
from kommunegraf.errors import KommunegrafError
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import KG, based, expand
from kommunegraf.paths import METADATA as METADATA

VARIABLE = re.compile(r"\{(\+?)(\w+)\}")
"""A variable of a URI template: whether it is `{+name}`, and its name."""
Key = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column of a table: how its cells read, and the RDF that they become (CSVW annotations).

    `check` raises ValueError for a text that is no such value. It takes any address: `tables` knows what an address looks like.
    """

    name: str
    virtual: bool
    required: bool
    description: str
    about: str
    property: str | None
    value_url: str | None
    datatype: str | None
    language: str | None
    check: Callable[[str], Any]


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values must be found in columns of another table."""

    columns: Key
    target: str
    target_columns: Key


@dataclass
class Table:
    """A table as read. `rows[i]` stands on line `lines[i]` of the file `path`; cells are as written, "" is null."""

    name: str
    path: Path
    graph: str
    columns: list[Column]
    primary_key: Key
    foreign_keys: list[ForeignKey]
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    @cached_property
    def cells(self) -> dict[str, tuple[str, ...]]:
        """Cells by column name, in row order."""
        names = [c.name for c in self.columns if not c.virtual]
        return dict(zip(names, zip(*self.rows))) if self.rows else {name: () for name in names}

    def keys(self, columns: Key) -> list[Key]:
        """The values of some columns, a tuple for each row."""
        return list(zip(*(self.cells[name] for name in columns)))


_CONTEXT = "http://www.w3.org/ns/csvw"
"""The one context of CSVW metadata (Metadata Vocabulary for Tabular Data, section 5.2). An object after it may say language and base."""


class BadMetadata(KommunegrafError, ValueError):
    """Metadata that is missing, is not CSVW, or uses what is not understood here. The message says which."""


def shared(folder: Path) -> bool:
    """Whether a folder of tables has no metadata of its own, so that the project's describes them."""
    return not (folder / METADATA).exists()


def describe(folder: Path) -> dict[str, Table]:
    """The tables that the metadata of a folder describes, by file name, without their rows. Raises BadMetadata.

    The project's own metadata describes the tables of a folder that has none.
    """
    path = folder / METADATA
    if shared(folder):
        if not any(folder.glob("*.csv")):
            raise BadMetadata(f"{folder} holds no tables" if folder.is_dir() else f"{folder} is no folder")
        path = paths.root() / "data" / METADATA
    import csvw  # takes longer to load than a server that reads no tables to be ready

    try:
        content = json.loads(path.read_text("utf-8"))
        if not isinstance(content, dict) or "tables" not in content:
            raise ValueError("it describes no tables")
        contexts = content.get("@context")
        first, *others = contexts if contexts and isinstance(contexts, list) else [contexts]
        if first != _CONTEXT or not all(isinstance(other, dict) for other in others):
            raise ValueError(f'its @context is {json.dumps(contexts)}; it begins with "{_CONTEXT}" and names no other')
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # the library drops what it warns of
            group = csvw.TableGroup.from_file(path)
    except (ValueError, TypeError, KeyError, UserWarning) as error:
        raise BadMetadata(f"not CSVW metadata: {error}") from error
    for description in group.tables:
        _refuse(description)
    tables = {str(t.url): _table(t, folder) for t in group.tables}
    for table in tables.values():
        for key in table.foreign_keys:
            target = tables.get(key.target)
            if target is None or not {*key.target_columns} <= {column.name for column in target.columns}:
                columns = ", ".join(key.target_columns)
                raise BadMetadata(f"{table.name}: a foreign key leads to {key.target}, which has no column {columns}")
    return tables


def _refuse(description: Any) -> None:
    """Raise BadMetadata for what a description lacks, or has and is not understood."""
    schema, table = description.tableSchema, str(description.url)
    if KG + "graph" not in description.common_props:
        raise BadMetadata(f"{table}: {KG}graph does not name the graph of its rows")
    if not schema.primaryKey or not schema.aboutUrl:
        raise BadMetadata(f"{table}: a table has a primaryKey and an aboutUrl")
    names = {c.name for c in schema.columns if not c.virtual}
    if unknown := {*schema.primaryKey, *(n for f in schema.foreignKeys for n in f.columnReference)} - names:
        raise BadMetadata(f"{table}: a key names the column {', '.join(sorted(unknown))}, which it does not have")
    for column in schema.columns:
        where = f"{table}, column {column.name or '?'}"
        if not column.name or (column.propertyUrl is None and not column.suppressOutput):
            raise BadMetadata(f"{where}: a column has a name, and a propertyUrl or suppressOutput")
        if column.separator or column.default or column.null not in (None, [""]):
            raise BadMetadata(f"{where}: separator, default and null are not understood; one cell is one value and an empty cell is null")
        used = {name for url in (schema.aboutUrl, column.aboutUrl, column.valueUrl) for name in VARIABLE.findall(str(url or ""))}
        if unknown := {name for _, name in used} - names:
            raise BadMetadata(f"{where}: a template names the column {', '.join(sorted(unknown))}, which the table does not have")


def _table(description: Any, folder: Path) -> Table:
    schema = description.tableSchema
    return Table(
        name=str(description.url),
        path=folder / str(description.url),
        graph=based(description.common_props[KG + "graph"]["@id"]),
        columns=[_column(c, str(schema.aboutUrl)) for c in schema.columns],
        primary_key=tuple(schema.primaryKey),
        foreign_keys=[
            ForeignKey(tuple(f.columnReference), str(f.reference.resource), tuple(f.reference.columnReference))
            for f in schema.foreignKeys
        ],
    )


def _column(column: Any, about: str) -> Column:
    datatype = column.inherit("datatype")
    language = column.inherit("lang")
    suppressed = bool(column.suppressOutput)
    return Column(
        name=column.name,
        virtual=bool(column.virtual),
        required=bool(column.inherit("required")),
        description=str(column.common_props.get("dc:description", "")),
        about=str(column.aboutUrl or about),
        property=None if suppressed else expand(str(column.inherit("propertyUrl"))),
        value_url=str(column.valueUrl) if column.valueUrl else None,
        datatype=None if datatype is None else expand(datatype.at_props.get("id", f"xsd:{datatype.base}")),
        language=None if language in (None, "und") else str(language),
        check=str if datatype is None or (datatype.base == "anyURI" and not datatype.format) else datatype.read,
    )


def translated(table: Table, header: list[str], languages: tuple[str, ...]) -> list[Column]:
    """The columns of a table, and those of its header that hold a text in another of some languages: `name_sv` beside `name_en`."""
    columns = list(table.columns)
    names = {column.name: column for column in columns}
    for place, name in enumerate(header):
        stem, _, language = name.rpartition("_")
        like = names.get(f"{stem}_{LANGUAGES[-1]}")
        if name not in names and language in languages and like is not None and like.language:
            columns.insert(place, replace(like, name=name, language=language, required=False))
    return columns


def document(folder: Path, tables: dict[str, Table]) -> bytes:
    """The metadata to publish beside the tables of a folder: its own, or what the project's says of those tables that there are."""
    if not shared(folder):
        return based((folder / METADATA).read_text("utf-8")).encode("utf-8")
    content = json.loads(based((paths.root() / "data" / METADATA).read_text("utf-8")))
    content["tables"] = [one for one in content["tables"] if tables[one["url"]].path.exists()]
    for one in content["tables"]:
        schema = one["tableSchema"]
        described = {column["name"]: column for column in schema["columns"]}
        for place, column in enumerate(tables[one["url"]].columns):
            if column.name not in described:
                like = described[f"{column.name.rpartition('_')[0]}_{LANGUAGES[-1]}"]
                schema["columns"].insert(place, {**like, "name": column.name, "lang": column.language, "required": False})
        schema["foreignKeys"] = [key for key in schema.get("foreignKeys", []) if tables[key["reference"]["resource"]].path.exists()]
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
