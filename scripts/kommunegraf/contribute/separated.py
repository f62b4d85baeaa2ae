"""Forms as separated text, in the way that Danish Excel opens them: semicolons, a byte order mark, and no text that is a formula."""

import csv
import re
from collections.abc import Iterable
from io import StringIO

from kommunegraf.contribute.forms import COLUMNS, Form

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
FIELDS = ("municipality", "role", "date", "round")
"""What stands in a sheet of its own in a workbook, and in each row of a list."""


def make(form: Form) -> bytes:
    """The initiatives of a form, or its survey, as a list: a head row, then a row for each, with the kommune in the first column."""
    name = "initiatives" if "initiatives" in form.sheets else "survey"
    columns = COLUMNS[name]
    output = StringIO()
    writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
    writer.writerow([form.text("columns", key) for key in (*FIELDS, *(column.key for column in columns))])
    fields = [form.fields.get(key, "") for key in FIELDS]
    writer.writerows(neutral([*fields, *(row.get(column.key, "") for column in columns)]) for row in form.sheets[name])
    return output.getvalue().encode("utf-8-sig")


def neutral(cells: Iterable[str]) -> list[str]:
    """Cells in which none is a formula: what a spreadsheet would run begins with an apostrophe (OWASP, CSV injection)."""
    return [f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells]


def plain(cell: str) -> str:
    """A cell as it was before `neutral`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
