"""Everything as one Excel workbook: all adoptions and a sheet of explanation in each language, then a sheet for each table."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from kommunegraf.graph.metadata import Column, Table
from kommunegraf.languages import LANGUAGES, Coverage, texts
from kommunegraf.namespaces import XSD
from kommunegraf.publish.adoptions import Row
from kommunegraf.rdf.encode import EPOCH, WORKBOOK

_NUMBERS = {XSD + "integer", XSD + "decimal"}


def make(tables: Iterable[Table], adoptions: Mapping[str, list[Row]]) -> bytes:
    """The workbook of some tables, and of the adoptions with their headings in each language; the same bytes each time.

    The sheets of adoptions can be filtered. Every other sheet has the name of its table and the cells of its file. Whole and decimal
    numbers are numbers; everything else is text, whatever it begins with, and an empty cell stays empty.
    """
    output = BytesIO()
    notes, ordered = texts("workbook"), sorted(tables, key=_sheet)
    with Workbook(output, WORKBOOK) as book:
        book.set_properties({"title": "Kommunegraf", "created": EPOCH})
        bold = book.add_format({"bold": True})
        for lang, rows in adoptions.items():
            _list(book.add_worksheet(notes["adoptions"]["sheet"][lang]), rows, bold)
        for lang in LANGUAGES:
            _explain(book.add_worksheet(notes["sheet"][lang]), notes, ordered, lang, bold)
        for table in ordered:
            sheet = book.add_worksheet(_sheet(table))
            sheet.freeze_panes(1, 0)
            columns = [column for column in table.columns if not column.virtual]
            sheet.write_row(0, 0, [column.name for column in columns], bold)
            for number, row in enumerate(table.rows, 1):
                for place, (column, cell) in enumerate(zip(columns, row)):
                    _write(sheet, number, place, column, cell)
    return output.getvalue()


def _list(sheet: Any, rows: list[Row], bold: Any) -> None:
    """A sheet of a head row and rows, which can be filtered; columns are as wide as most of their cells."""
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row, *([] if number else [bold]))
    for place, cells in enumerate(zip(*rows)):
        lengths = sorted(len(str(cell)) for cell in cells if cell is not None)
        sheet.set_column(place, place, min(50, max(len(str(cells[0])), lengths[len(lengths) * 9 // 10])) + 2)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)


def _sheet(table: Table) -> str:
    return table.name.removesuffix(".csv")


def _write(sheet: Any, row: int, place: int, column: Column, cell: str) -> None:
    if not cell:
        return
    if column.datatype in _NUMBERS:
        sheet.write_number(row, place, column.check(cell))
    else:
        sheet.write_string(row, place, cell)


def _explain(sheet: Any, notes: dict[str, Any], tables: list[Table], lang: str, bold: Any) -> None:
    """The sheet that says what the workbook is, with a row for each table: sheet, rows, what a row is."""
    sheet.set_column(0, 0, 32)
    sheet.set_column(2, 2, 100)
    codes = {table.name: table.cells.get("code", ()) for table in tables}
    coverage = Coverage(tuple(codes.get("countries.csv", ())), len(codes.get("municipalities.csv", ())))
    lines = [notes["title"][lang], *(coverage.fill(text, lang) for text in notes["text"][lang])]
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, *([] if number else [bold]))
    start = len(lines) + 1
    sheet.write_row(start, 0, notes["head"][lang], bold)
    for number, table in enumerate(tables, start + 1):
        sheet.write_string(number, 0, _sheet(table))
        sheet.write_number(number, 1, len(table.rows))
        sheet.write_string(number, 2, notes["tables"][_sheet(table)][lang])
