"""A survey tool's own columns and values, led to ours by a mapping file.

The file is JSON: `columns` leads from each of its columns to the key of one of ours, or to a question of the survey such as
`motivation:motivation/marketing`, or to null where it is not wanted; `values` leads from a column's values to ours. A column or a
value that the file does not name is a fault, so that nothing is guessed.
"""

from typing import Any

from kommunegraf.contribute.forms import ANSWER, COLUMNS, word
from kommunegraf.contribute.reading import Sheet
from kommunegraf.contribute.submission import Fault
from kommunegraf.errors import KommunegrafError
from kommunegraf.findings import nearest


class BadMapping(KommunegrafError):
    """A mapping file that does not say what it must. The message says what is missing."""


def applied(sheets: list[Sheet], mapping: Any, lang: str) -> tuple[list[Sheet], list[Fault]]:
    """The sheets with our columns and values, and a fault for each column and value that the mapping does not name."""
    if not isinstance(mapping, dict) or not isinstance(mapping.get("columns"), dict):
        raise BadMapping('a mapping file is a JSON object with "columns", from each column to one of ours, and "values"')
    own = {*ANSWER, *(column.key for columns in COLUMNS.values() for column in columns)}
    for name, key in mapping["columns"].items():
        if key is not None and key not in own and ":" not in key and not _question(key):
            raise BadMapping(f"column {name!r} leads to {key!r}; ours are {', '.join(nearest(key, own) or sorted(own))}")
    faults: list[Fault] = []
    return [one for sheet in sheets if sheet.rows for one in _mapped(sheet, mapping, lang, faults)], faults


def _question(key: str) -> bool:
    from kommunegraf.contribute import survey

    return key in survey.CHOSEN


def _mapped(sheet: Sheet, mapping: Any, lang: str, faults: list[Fault]) -> list[Sheet]:
    line, heads = sheet.rows[0]
    columns, values = mapping["columns"], mapping.get("values", {})
    for place, head in enumerate(heads):
        if head and head not in columns:
            faults.append(Fault("unknown-column", sheet.name, line, place, head, head, tuple(columns), tuple(nearest(head, columns, 1))))
    keys = [columns.get(head) for head in heads]
    plain = [place for place, key in enumerate(keys) if key and ":" not in key and not _question(key)]
    asked = [place for place, key in enumerate(keys) if key and place not in plain]
    head_row = [word(lang, "columns", str(keys[place])) for place in plain]
    rows: list[tuple[int, list[str]]] = []
    for number, cells in sheet.rows[1:]:
        changed = [_value(sheet, number, place, heads, cells, values, faults) for place in range(len(heads))]
        known = [changed[place] for place in plain]
        if asked:
            rows += [(number, [*known, str(keys[place]), heads[place], changed[place]]) for place in asked]
        else:
            rows.append((number, known))
    extra = [word(lang, "columns", key) for key in ("key", "item", "answer")] if asked else []
    return [Sheet(sheet.name, [(line, [*head_row, *extra]), *rows])]


def _value(sheet: Sheet, number: int, place: int, heads: list[str], cells: list[str], values: Any, faults: list[Fault]) -> str:
    cell = cells[place] if place < len(cells) else ""
    table = values.get(heads[place])
    if not cell or table is None:
        return cell
    if cell not in table:
        faults.append(Fault("unmapped", sheet.name, number, place, heads[place], cell, (heads[place],), tuple(nearest(cell, table, 1))))
        return ""
    return str(table[cell] or "")
