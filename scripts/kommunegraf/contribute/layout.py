"""Where the answers stand in a file: which sheet is which, and which column, also when they were renamed or moved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from kommunegraf.contribute.forms import ANSWER, COLUMNS, NAME, word
from kommunegraf.contribute.reading import Sheet
from kommunegraf.contribute.submission import Fault
from kommunegraf.findings import nearest
from kommunegraf.languages import LANGUAGES, texts
from kommunegraf.names import plain

_SEARCHED = 25
"""Rows from the top of a sheet in which its head row is looked for."""
_TELLING = {"initiatives": {"initiative", "status"}, "memberships": {"organisation", "membership"}, "survey": {"item", "answer"}}
"""Two columns by which each kind of sheet is known; one of them is enough beside another known column."""
_NEEDED = {"initiatives": {"initiative", "status"}, "memberships": {"organisation"}, "survey": {"key", "answer"}}
"""The columns without which a sheet says nothing; a list of members need not say of each that it is one."""


@dataclass
class Section:
    """Rows of one kind: `columns` leads from the key of a column to its place, `headings` has what stands above it."""

    kind: str
    sheet: str
    columns: dict[str, int]
    headings: dict[str, str]
    rows: list[tuple[int, list[str]]]

    def cells(self) -> Iterator[tuple[int, dict[str, str]]]:
        """The number of each row and its cells by key."""
        for number, row in self.rows:
            yield number, {key: row[place] if place < len(row) else "" for key, place in self.columns.items()}


@dataclass
class Layout:
    """The sections of a file, the fields about the answer with their place, and remarks on columns."""

    sections: list[Section] = field(default_factory=list)
    fields: dict[str, tuple[str, str, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    answer_sheet: str = ""


@cache
def headings() -> dict[str, str]:
    """The key of each column by its plain heading, in both languages, and by the key itself."""
    named = {plain(text[lang]): key for key, text in texts(NAME)["columns"].items() for lang in LANGUAGES}
    return {**{plain(key): key for key in texts(NAME)["columns"]}, **named}


def recognise(sheets: list[Sheet], lang: str) -> Layout:
    """The layout of some sheets. Hidden sheets are not read: nobody who fills a form sees them."""
    layout = Layout()
    for sheet in sheets:
        if sheet.hidden:
            continue
        if section := _section(sheet, lang, layout.faults):
            layout.sections.append(section)
        elif fields := _fields(sheet):
            layout.fields |= fields
            layout.answer_sheet = sheet.name
    if not layout.sections:
        names = ", ".join(sheet.name for sheet in sheets if sheet.name) or "CSV"
        wanted = f"{word(lang, 'columns', 'initiative')}, {word(lang, 'columns', 'status')}"
        layout.faults.append(Fault("no-sheet", value=names, allowed=(wanted,)))
    return layout


def _section(sheet: Sheet, lang: str, faults: list[Fault]) -> Section | None:
    """The rows of a sheet below its head row, if it has one."""
    best, cells = max(
        ((index, cells) for index, (_, cells) in enumerate(sheet.rows[:_SEARCHED])), key=lambda row: len(_known(row[1])), default=(0, [])
    )
    known = _known(cells)
    kind = next((kind for kind, telling in _TELLING.items() if telling <= known), "") or next(
        (kind for kind, telling in _TELLING.items() if telling & known and len(known) > 1), ""
    )
    if not kind:
        return None
    line = sheet.rows[best][0]
    section = Section(kind, sheet.name, {}, {}, sheet.rows[best + 1 :])
    _place(section, cells, line, lang, faults)
    return section


def _known(cells: list[str]) -> set[str]:
    return {headings()[plain(cell)] for cell in cells if plain(cell) in headings()}


def _place(section: Section, cells: list[str], line: int, lang: str, faults: list[Fault]) -> None:
    """Fill the columns of a section; what is not known is read as the nearest free column, with a remark, or not at all."""
    own = (*(column.key for column in COLUMNS[section.kind]), *ANSWER)
    free = {plain(word(lang, "columns", key)): key for key in own if key not in _known(cells)}
    for place, cell in enumerate(cells):
        if not plain(cell):
            continue
        key, near = headings().get(plain(cell), ""), ""
        if not key and (close := nearest(plain(cell), free, 1)):
            key = free.pop(close[0])
            near = word(lang, "columns", key)
            faults.append(Fault("renamed-column", section.sheet, line, place, cell, cell, nearest=(near,), severity="remark"))
        if not key or key not in own:
            allowed = tuple(word(lang, "columns", key) for key in own)
            faults.append(Fault("unknown-column", section.sheet, line, place, cell, cell, allowed, severity="remark"))
        elif key in section.columns:
            faults.append(Fault("twice-column", section.sheet, line, place, cell, cell))
        else:
            section.columns[key], section.headings[key] = place, cell
    for key in _NEEDED[section.kind] - section.columns.keys():
        faults.append(Fault("missing-column", section.sheet, line, value=word(lang, "columns", key)))


def _fields(sheet: Sheet) -> dict[str, tuple[str, str, int]]:
    """The fields about the answer, one a row: the value, its sheet and its row."""
    fields = {}
    for line, cells in sheet.rows[:_SEARCHED]:
        filled = [cell for cell in cells if cell]
        key = headings().get(plain(filled[0]), "") if filled else ""
        if key in ANSWER:
            place = cells.index(filled[0]) + 1
            fields[key] = (cells[place] if place < len(cells) else "", sheet.name, line)
    return fields if len(fields) > 1 else {}
