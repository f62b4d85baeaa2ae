"""The contributor's own workbook with a comment on each cell to correct, and a sheet that lists them.

Where the file was an Excel workbook it stays as it is, but for the comments: openpyxl opens it in a process with limits, as
XlsxWriter cannot change a file.
"""

import json
from io import BytesIO
from typing import Any

from kommunegraf.contribute.forms import word
from kommunegraf.contribute.limits import UNPACKED
from kommunegraf.contribute.reading import Sheet, bounded
from kommunegraf.contribute.submission import Fault
from kommunegraf.rdf import confined
from kommunegraf.rdf.encode import EPOCH, WORKBOOK

_NAME = "Kommunegraf"
_COLOUR = "FFF2CC"


def commented(data: bytes, sheets: list[Sheet], faults: list[Fault], lang: str) -> bytes:
    """A workbook with the faults of a file. Raises Unreadable where openpyxl needs more than the limits."""
    notes = [{**fault.as_dict(lang), "place": fault.column, "where": fault.where(lang)} for fault in faults]
    title = word(lang, "sheets", "faults")
    if data.startswith(b"PK") and b"opendocument" not in data[:200]:
        order = json.dumps({"title": title, "notes": notes}, ensure_ascii=False).encode()
        whole = len(order).to_bytes(8, "big") + order + data
        return bounded("comments", whole, "openpyxl", UNPACKED)  # which writes each sheet to a temporary file first
    return _fresh(sheets, notes, title)


def _fresh(sheets: list[Sheet], notes: list[dict[str, Any]], title: str) -> bytes:
    """What was no Excel workbook, as one, with its cells as text."""
    from xlsxwriter import Workbook

    output = BytesIO()
    with Workbook(output, WORKBOOK) as book:
        book.set_properties({"created": EPOCH})
        marked = book.add_format({"bg_color": f"#{_COLOUR}"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name[:31] or "CSV")
            wrong = {(note["row"], note["place"]): note["message"] for note in notes if note["sheet"] == sheet.name and note["row"]}
            for line, cells in sheet.rows:
                for place, cell in enumerate(cells):
                    page.write_string(line - 1, place, cell, *([marked] if (line, place) in wrong else []))
            for (line, place), message in wrong.items():
                page.write_comment(line - 1, max(place, 0), message, {"author": _NAME, "x_scale": 2})
        listed = book.add_worksheet(title)
        for number, note in enumerate(notes):
            listed.write_string(number, 0, note["where"])
            listed.write_string(number, 1, note["message"])
    return output.getvalue()


def comment(data: bytes) -> bytes:
    """The workbook after its order, with comments."""
    from openpyxl import load_workbook
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    length = int.from_bytes(data[:8], "big")
    order = json.loads(data[8 : 8 + length])
    book = load_workbook(BytesIO(data[8 + length :]))
    for note in order["notes"]:
        if note["row"] and note["sheet"] in book.sheetnames:
            cell = book[note["sheet"]].cell(note["row"], max(note["place"], 0) + 1)
            if not hasattr(cell, "hyperlink"):  # the rest of a merged cell holds nothing
                continue
            cell.comment = Comment(f"{cell.comment.text}\n{note['message']}" if cell.comment else note["message"], _NAME, width=320)
            cell.fill = PatternFill("solid", fgColor=_COLOUR)
    if order["title"] in book.sheetnames:
        del book[order["title"]]
    listed = book.create_sheet(order["title"])
    for number, note in enumerate(order["notes"], 1):
        for place, key in enumerate(("where", "message"), 1):
            listed.cell(number, place).value = note[key]
            listed.cell(number, place).data_type = "s"  # text, whatever it begins with
    output = BytesIO()
    book.save(output)
    return output.getvalue()


if __name__ == "__main__":
    confined.answer(comment)
