"""A contributed file as sheets of cells, whatever wrote it: Excel, LibreOffice, Numbers, Google, or a text editor."""

import csv
import importlib.util
import json
import re
import unicodedata
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from kommunegraf.contribute import limits
from kommunegraf.contribute.forms import word
from kommunegraf.errors import KommunegrafError
from kommunegraf.rdf import confined
from kommunegraf.rdf.confined import Limits
from kommunegraf.rdf.encode import as_written

WORKBOOKS = (".xlsx", ".xlsm", ".ods")
TEXTS = (".csv", ".tsv", ".txt")


class Unreadable(KommunegrafError):
    """A file that cannot be read at all. `code` names the fault in the words, `fields` fill its text."""

    def __init__(self, code: str, **fields: object) -> None:
        self.code, self.fields = code, fields
        super().__init__(self.message("en"))

    def message(self, lang: str) -> str:
        """What is wrong and what would be right, in a language."""
        return word(lang, "faults", self.code).format(**self.fields)


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet that hold something: their number as the program shows it, and their cells as text."""

    name: str
    rows: list[tuple[int, list[str]]]
    hidden: bool = False


def read(path: Path) -> list[Sheet]:
    """The sheets of a file. Raises Unreadable, and OSError."""
    size = path.stat().st_size
    if size > limits.FILE:
        raise Unreadable("file-too-big", size=size >> 20, most=limits.FILE >> 20)
    return sheets(path.read_bytes(), path.name)


def sheets(data: bytes, name: str) -> list[Sheet]:
    """The sheets of some bytes; the name tells little, the bytes decide. Raises Unreadable."""
    if len(data) > limits.FILE:
        raise Unreadable("file-too-big", size=len(data) >> 20, most=limits.FILE >> 20)
    if not data.strip():
        raise Unreadable("empty-file")
    if data.startswith(b"PK"):
        return [Sheet(one["name"], [(line, _clean(cells)) for line, cells in one["rows"]], one["hidden"]) for one in _opened(data)]
    if data.startswith(b"\xd0\xcf\x11\xe0"):  # Microsoft's older container: .xls, and .xlsx with a password
        raise Unreadable("old-or-locked")
    if (
        data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"{\\rtf", b"<html", b"<!DOC"))
        or b"\x00" in data[:2000]
        and data[:2] not in _UTF16
    ):
        raise Unreadable("no-table", name=name, kinds=", ".join((*WORKBOOKS, *TEXTS)))
    text = _decoded(data)
    return [Sheet("", _form_text(text) if text.lstrip().startswith("### ") else _separated(text))]


def _opened(data: bytes) -> list[Any]:
    """What the process says that opens workbooks. Raises Unreadable, and ModuleNotFoundError where its library is not installed."""
    answer = json.loads(bounded("cells", data, "python_calamine"))
    if fault := answer.get("fault"):
        raise Unreadable(fault, most=limits.ROWS)
    listed: list[Any] = answer["sheets"]
    return listed


def bounded(module: str, data: bytes, library: str, written: int = 0) -> bytes:
    """What a module of this room makes of some bytes in a process with limits. Raises Unreadable where it comes to one."""
    if importlib.util.find_spec(library) is None:
        raise ModuleNotFoundError(f"no {library}", name=library)
    try:
        return confined.run(f"kommunegraf.contribute.{module}", data, Limits(limits.SECONDS, limits.MEGABYTES, written))
    except confined.Exceeded as error:
        raise Unreadable("too-slow" if error.limit == "seconds" else "too-big", seconds=limits.SECONDS) from None


_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _decoded(data: bytes) -> str:
    """Text in the encodings that offices write: UTF-8, UTF-16 with its mark, else Windows-1252."""
    if data[:2] in _UTF16:
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _form_text(text: str) -> list[tuple[int, list[str]]]:
    """The text of a forge's issue form as a list with one row: each heading is a column, and what stands below it the cell."""
    parts = [part.partition("\n") for part in re.split(r"^### ", text.lstrip(), flags=re.MULTILINE) if part.strip()]
    cells = ["" if body.strip() == "_No response_" else body for _, _, body in parts]
    return [(1, _clean([head for head, _, _ in parts])), (2, _clean(cells))]


def _separated(text: str) -> list[tuple[int, list[str]]]:
    """The rows of separated text. The separator is the one that stands most often in the first line: semicolon, tab or comma."""
    first = text.split("\n", 1)[0]
    mark = max(";\t,", key=first.count)
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=mark)
    try:
        for number, cells in enumerate(reader, 1):
            if any(map(str.strip, cells)):
                rows.append((number, [as_written(cell) for cell in _clean(cells[: limits.COLUMNS])]))
            if len(rows) > limits.ROWS:
                raise Unreadable("too-many-rows", most=limits.ROWS)
    except csv.Error as error:
        raise Unreadable("not-separated", line=reader.line_num, error=error) from None
    return rows


_INVISIBLE = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u00ad": "", "\ufeff": "", "\u200b": "", "\r": "", "\t": " "})


def _clean(cells: list[str]) -> list[str]:
    """Cells without what nobody sees: composed letters, plain blanks, none at the ends."""
    return [unicodedata.normalize("NFC", cell).translate(_INVISIBLE).strip() for cell in cells]
