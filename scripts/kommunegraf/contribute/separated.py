"""Forms as separated text, in the way that Danish Excel opens them: semicolons, a byte order mark, and no text that is a formula."""

import csv
from io import StringIO

from kommunegraf.contribute.forms import COLUMNS, Form
from kommunegraf.rdf.encode import harmless

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
    writer.writerows(map(harmless, [*fields, *(row.get(column.key, "") for column in columns)]) for row in form.sheets[name])
    return output.getvalue().encode("utf-8-sig")
