"""Forms as a contributor fills them: cells changed by openpyxl, which shares no code with our readers and writers."""

from io import BytesIO
from typing import Any

import openpyxl

ABOUT = {"Hvem svarer": "IT og digitalisering", "Svarets dato": "01-11-2026"}


def filled(form: bytes, changes: dict[tuple[str, str, str], Any], about: dict[str, Any] | None = None) -> bytes:
    """A form with cells changed. A change is named by its sheet, the text in the row's second cell and the heading of its column.

    A second cell that the sheet lacks takes the next empty row. `about` fills the sheet about the answer.
    """
    book = openpyxl.load_workbook(BytesIO(form))
    for row in book["Om svaret"].iter_rows():
        if row[0].value in (values := {**ABOUT, **(about or {})}):
            row[1].value = values[row[0].value]
    for (sheet, name, heading), value in changes.items():
        page = book[sheet]
        line = next((row[1].row for row in page.iter_rows(min_row=2) if row[1].value == name), None)
        if line is None:
            line = next(row[1].row for row in page.iter_rows(min_row=2) if not any(cell.value for cell in row))
            page.cell(line, 2).value = name
        place = next(cell.column for cell in page[1] if cell.value == heading)
        page.cell(line, place).value = value
    output = BytesIO()
    book.save(output)
    return output.getvalue()
