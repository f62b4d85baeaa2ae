"""The process that opens a workbook: bytes on standard input, its cells as JSON on standard output. It has no other way out.

`confined` limits its memory and time, so that a hostile file harms nobody. Only values are
read: no formula is worked out, no macro run, no link followed. python-calamine reads .xlsx and .ods alike, ten times as fast as
openpyxl, and never runs out of its process.
"""

import json
import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from kommunegraf.contribute.limits import COLUMNS, ROWS, UNPACKED
from kommunegraf.rdf import confined


def opened(data: bytes) -> bytes:
    """The workbook as JSON: `{"sheets": [...]}` or `{"fault": CODE}`."""
    return json.dumps(read(data), ensure_ascii=False).encode()


def read(data: bytes) -> dict[str, Any]:
    """The sheets of a workbook with the rows that hold something, or the code of the fault that it cannot be read for."""
    from python_calamine import CalamineError, PasswordError, ZipError, load_workbook

    if fault := _packed_fault(data):
        return {"fault": fault}
    try:
        book = load_workbook(BytesIO(data))
        return _sheets(book)
    except PasswordError:
        return {"fault": "password"}
    except (CalamineError, ZipError, zipfile.BadZipFile, OSError):
        return {"fault": "broken"}
    except MemoryError:
        return {"fault": "too-big"}
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Rust's own failures become; a file made it fail
            raise
        return {"fault": "broken"}


def _packed_fault(data: bytes) -> str:
    """What is wrong with the package: broken, encrypted, or larger unpacked than any form."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as pack:
            entries = pack.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError):
        return "broken"
    if any(entry.flag_bits & 1 for entry in entries):
        return "password"
    manifest = next((entry for entry in entries if entry.filename == "META-INF/manifest.xml"), None)
    if sum(entry.file_size for entry in entries) > UNPACKED or len(entries) > 2000:
        return "too-big"
    if manifest:
        with zipfile.ZipFile(BytesIO(data)) as pack:
            return "password" if b"encryption-data" in pack.read(manifest) else ""
    return ""


def _sheets(book: Any) -> dict[str, Any]:
    sheets, count = [], 0
    for number, about in enumerate(book.sheets_metadata):
        if not str(about.typ).endswith("WorkSheet"):
            continue
        sheet, rows = book.get_sheet_by_index(number), []
        before = [""] * min(sheet.start[1] if sheet.start else 0, COLUMNS)  # rows are whole, but begin in the first column in use
        for line, cells in enumerate(sheet.iter_rows(), 1):
            texts = [*before, *(text(cell) for cell in cells[:COLUMNS])]
            if any(texts):
                rows.append([line, texts])
                count += 1
            if count > ROWS:
                return {"fault": "too-many-rows"}
        sheets.append({"name": about.name, "hidden": not str(about.visible).endswith("Visible"), "rows": rows})
    return {"sheets": sheets}


def text(cell: Any) -> str:
    """A cell as text: whole numbers without decimals, dates as 2026-11-28, yes and no as words."""
    if isinstance(cell, bool):
        return "ja" if cell else "nej"
    if isinstance(cell, float):
        return str(int(cell)) if cell == cell and abs(cell) < 1e15 and cell == int(cell) else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date | time | timedelta):
        return cell.isoformat() if isinstance(cell, date | time) else str(cell)
    return str(cell)


if __name__ == "__main__":
    confined.answer(opened)
