"""CSVW metadata that is plain enough to be read without the library `csvw`, which takes longer to load than a small graph to build.

Whatever is not as written here is left to the library, and so is each cell that is not surely valid: it alone says what is wrong.
`tests/graph/test_metadata.py` holds that both read the same.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from kommunegraf.namespaces import KG, XSD

_TEXTS = ("name", "lang", "propertyUrl", "valueUrl", "aboutUrl")
_FLAGS = ("required", "virtual", "suppressOutput")
_NUMBER = {"integer": re.compile(r"[+-]?[0-9]{1,18}"), "decimal": re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")}
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])")
_LANGUAGES = {"da", "de", "en", "fi", "is", "nb", "nn", "sv"}
_BASES = {"anyURI", "date", "decimal", "integer", "string"}


class _NotPlain(Exception):
    """Something that is left to the library."""


@dataclass(frozen=True)
class Datatype:
    """A datatype, with the names that the library has for its parts."""

    description: dict[str, str]

    @property
    def base(self) -> str:
        """What it rests on, such as `integer`."""
        return self.description["base"]

    @property
    def format(self) -> str | None:
        """A pattern for texts."""
        return self.description.get("format")

    @property
    def at_props(self) -> dict[str, str]:
        """Its own IRI, if it has one, as `id`."""
        return {"id": self.description["@id"]} if "@id" in self.description else {}

    def read(self, value: str) -> Any:
        """Check a cell. Raises ValueError as the library does."""
        if not self._surely(value):
            self._library(value)

    @cached_property
    def _library(self) -> Callable[[str], Any]:
        import csvw

        reader: Callable[[str], Any] = csvw.metadata.Datatype.fromvalue(dict(self.description)).read
        return reader

    @cached_property
    def _surely(self) -> Callable[[str], Any]:
        """Whether a cell is valid without doubt."""
        if self.base in _NUMBER:
            return self._is_number
        if self.base == "date":
            return _DATE.fullmatch
        return re.compile(f"({self.format})$").match if self.format else lambda value: True

    @cached_property
    def _limits(self) -> tuple[Decimal | None, Decimal | None]:
        low, high = (self.description.get(name) for name in ("minimum", "maximum"))
        return (None if low is None else Decimal(low), None if high is None else Decimal(high))

    def _is_number(self, value: str) -> bool:
        if not _NUMBER[self.base].fullmatch(value):
            return False
        low, high = self._limits
        return (low is None or low <= Decimal(value)) and (high is None or Decimal(value) <= high)


class Description:
    """A table, a schema, a column or a key: its parts by the names of the recommendation, None where there is none."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self._parts = parts
        self.common_props = {name: value for name, value in parts.items() if ":" in name}

    def __getattr__(self, name: str) -> Any:
        return self._parts.get(name)

    def inherit(self, name: str) -> Any:
        """A property of a column. Where it stands, and not on a table or a schema, is part of what is plain."""
        return self._parts.get(name)


def read(content: dict[str, Any]) -> list[Description] | None:
    """The tables that metadata describes, as parsed from JSON; None where it is not plain."""
    try:
        _check(content, {"@context": list, "tables": list})
        _check(content["@context"][1], {"@language": str})
        return [_table(table) for table in content["tables"]]
    except (_NotPlain, LookupError, TypeError):
        return None


def _check(parts: Any, types: dict[str, type], needed: tuple[str, ...] = ()) -> None:
    """Refuse parts that are missing, of another type, or of other names than these and annotations of Dublin Core."""
    if not isinstance(parts, dict) or any(name not in parts for name in needed):
        raise _NotPlain
    for name, value in parts.items():
        is_annotation = name.startswith("dc:") and isinstance(value, str | dict)
        if not (isinstance(value, types[name]) if name in types else is_annotation):
            raise _NotPlain


def _table(parts: dict[str, Any]) -> Description:
    _check(parts, {"url": str, KG + "graph": dict, "tableSchema": dict}, ("url", KG + "graph", "tableSchema"))
    if not re.fullmatch(r"[\w-]+\.csv", parts["url"]) or list(parts[KG + "graph"]) != ["@id"]:
        raise _NotPlain
    schema = parts["tableSchema"]
    _check(schema, {"aboutUrl": str, "primaryKey": list, "foreignKeys": list, "columns": list}, ("aboutUrl", "primaryKey", "columns"))
    columns = [_column(column) for column in schema["columns"]]
    names = [column.name for column in columns]
    virtual = [bool(column.virtual) for column in columns]
    if len(set(names)) < len(names) or virtual != sorted(virtual):
        raise _NotPlain
    keys = [_key(key) for key in schema.get("foreignKeys", [])]
    return Description({**parts, "tableSchema": Description({**schema, "columns": columns, "foreignKeys": keys})})


def _key(parts: dict[str, Any]) -> Description:
    _check(parts, {"columnReference": list, "reference": dict}, ("columnReference", "reference"))
    _check(parts["reference"], {"resource": str, "columnReference": list}, ("resource", "columnReference"))
    return Description({**parts, "reference": Description(parts["reference"])})


def _column(parts: dict[str, Any]) -> Description:
    types = {**dict.fromkeys(_TEXTS, str), **dict.fromkeys(_FLAGS, bool), "datatype": object}
    _check(parts, types, ("name",))
    if not re.fullmatch(r"[A-Za-z]\w*", parts["name"]) or parts.get("lang", "da") not in _LANGUAGES:
        raise _NotPlain
    return Description({**parts, "datatype": _datatype(parts["datatype"]) if "datatype" in parts else None})


def _datatype(parts: Any) -> Datatype:
    described = {"base": parts} if isinstance(parts, str) else parts
    _check(described, dict.fromkeys(("@id", "base", "format", "minimum", "maximum"), str), ("base",))
    base = described["base"]
    limits = [described[name] for name in ("minimum", "maximum") if name in described]
    misplaced = (limits and base not in _NUMBER) or ("format" in described and base != "string")
    if base not in _BASES or misplaced or described.get("@id", "").startswith(XSD):
        raise _NotPlain
    try:
        re.compile(f"({described.get('format', '')})$")
        [Decimal(limit) for limit in limits]
    except (re.error, InvalidOperation):
        raise _NotPlain from None
    return Datatype(described)
