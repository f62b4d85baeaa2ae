"""Workbooks as other programs write them: Google Sheets, Numbers, and parsers' corner cases of the formats. Each says what our form says.

The files are made here, part by part, with the traits of those programs' exports; LibreOffice itself is driven in `test_trial`.
"""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from xml.sax.saxutils import escape

import pytest
from tests.helpers.forms import filled

from kommunegraf.contribute import checking, reading, template
from kommunegraf.contribute.reading import Sheet
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import letter

TODAY = date(2026, 11, 28)
OPEN_DATA = "Åbne data til rådighed"
CHANGES = {
    ("Initiativer", OPEN_DATA, "Status"): "afsluttet", ("Initiativer", OPEN_DATA, "Slut (år)"): "2025",
    ("Initiativer", OPEN_DATA, "Bemærkning til redaktionen"): "to\nlinjer & <tegn>",
}  # fmt: skip
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006"
DAYS = (date(2026, 11, 1) - date(1899, 12, 30)).days
Cell = Callable[[str, str], str]
"""A cell of a sheet as XML, of its place and its text."""


@pytest.fixture(scope="module")
def form(held: Register) -> list[Sheet]:
    """The sheets of a filled form, as ours reads them."""
    return reading.sheets(filled(template.make(held, "0751", "da"), CHANGES), "x")


def told(held: Register, content: bytes) -> object:
    """What a file says, and with which faults."""
    found = checking.check(reading.sheets(content, "x"), held, TODAY)
    return [(one.municipality, one.role, one.day, [(a.initiative, a.status, a.until, a.remark) for a in one.answers], one.memberships)
            for one in found.submissions], [fault.code for fault in found.wrong]  # fmt: skip


EXPECTED: tuple[list[object], list[str]] = (
    [("0751", "digitalisation", date(2026, 11, 1), [("open-data", "ended", 2025, "to\nlinjer & <tegn>")], [])], [],
)  # fmt: skip


def package(sheets: list[Sheet], cell: Cell, extra: dict[str, str] | None = None, hidden: str = "Lister") -> bytes:
    """A workbook without styles and themes: only what the standard demands."""
    listed = list(enumerate(sheets, 1))
    state = {hidden: 'state="hidden" '}
    names = "".join(f'<sheet name="{escape(one.name)}" sheetId="{at}" {state.get(one.name, "")}r:id="rId{at}"/>' for at, one in listed)
    links = "".join(f'<Relationship Id="rId{at}" Type="{RELATED}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at, _ in listed)
    strings = f'<Relationship Id="rId99" Type="{RELATED}/sharedStrings" Target="sharedStrings.xml"/>' if extra else ""
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKED}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKED}/relationships"><Relationship Id="rId1" Type="{RELATED}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKED}/relationships">{links}{strings}</Relationships>',
        **(extra or {}),
    }
    for at, one in listed:
        rows = "".join(
            f'<row r="{line}">' + "".join(cell(f"{letter(place)}{line}", text) for place, text in enumerate(cells) if text) + "</row>"
            for line, cells in one.rows
        )
        files[f"xl/worksheets/sheet{at}.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in files.items():
            pack.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return output.getvalue()


def inline(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def number(text: str) -> str | None:
    """A whole number, or a date, as Google writes them: with a decimal, and in days."""
    return f"{DAYS}.0" if text == "01-11-2026" else f"{text}.0" if text.isdigit() else None


def google(sheets: list[Sheet]) -> bytes:
    """Google's .xlsx: shared strings, some in runs of rich text; numbers with decimals, dates as days."""
    texts: list[str] = []

    def cell(place: str, text: str) -> str:
        if value := number(text):
            return f'<c r="{place}" s="1"><v>{value}</v></c>'
        texts.append(text)
        return f'<c r="{place}" s="1" t="s"><v>{len(texts) - 1}</v></c>'

    made = package(sheets, cell, {"xl/sharedStrings.xml": "@"})

    def item(text: str) -> str:
        half = len(text) // 2
        parts = [text[:half], text[half:]] if len(text) % 2 else [text]
        runs = "".join(f'<r><rPr/><t xml:space="preserve">{escape(part)}</t></r>' for part in parts)
        return f"<si>{runs}</si>" if len(parts) > 1 else f"<si><t>{escape(text)}</t></si>"

    shared = f'<sst xmlns="{MAIN}">{"".join(map(item, texts))}</sst>'
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(output, "w") as new:
        for name in old.namelist():
            new.writestr(name, shared if name.endswith("sharedStrings.xml") else old.read(name))
    return output.getvalue()


def numbers(sheets: list[Sheet]) -> bytes:
    """Numbers' .xlsx: a summary first, tables named after their sheets, a row with the table's title above the head."""
    summary = Sheet("Eksportoversigt", [(1, ["Dokumentet blev eksporteret fra Numbers."])])
    titled = [Sheet(f"{one.name} - Tabel 1", [(1, ["Tabel 1"]), *((line + 1, cells) for line, cells in one.rows)]) for one in sheets]
    return package([summary, *titled], inline, hidden="Lister - Tabel 1")


def google_ods(sheets: list[Sheet]) -> bytes:
    """Google's .ods: cells and rows that repeat, a paragraph for each line, numbers as floats."""
    spaces = " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{key}:1.0"' for key in ("office", "table", "text"))

    def cell(text: str) -> str:
        if text.isdigit():
            return f'<table:table-cell office:value-type="float" office:value="{text}.0"><text:p>{text}</text:p></table:table-cell>'
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
        return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>' if text else "<table:table-cell/>"

    def table(one: Sheet) -> str:
        rows, before, empty = "", 0, '<table:table-cell table:number-columns-repeated="900"/>'
        for line, cells in one.rows:
            if line - before > 1:
                rows += f'<table:table-row table:number-rows-repeated="{line - before - 1}"><table:table-cell/></table:table-row>'
            rows += f"<table:table-row>{''.join(map(cell, cells))}{empty}</table:table-row>"
            before = line
        return f'<table:table table:name="{escape(one.name)}">{rows}</table:table>'

    body = "".join(table(one) for one in sheets if one.name != "Lister")
    inner = f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    content = f"<office:document-content {spaces}>{inner}</office:document-content>"
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        pack.writestr("content.xml", f'<?xml version="1.0" encoding="UTF-8"?>{content}')
        pack.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
    return output.getvalue()


def bare(sheets: list[Sheet]) -> bytes:
    """What a small library writes: every text inline, no styles."""
    return package(sheets, inline)


@pytest.mark.parametrize("export", [google, numbers, google_ods, bare])
def test_an_export_says_what_the_form_says(held: Register, form: list[Sheet], export: Callable[[list[Sheet]], bytes]) -> None:
    assert told(held, export(form)) == EXPECTED


@pytest.mark.parametrize("mark", [",", "\t"])
def test_one_sheet_as_text_says_what_the_form_says(held: Register, form: list[Sheet], mark: str) -> None:
    """Google's .csv and .tsv: one sheet, UTF-8 without a mark, commas or tabs. Who answers is then said beside the file."""
    output = io.StringIO(newline="")
    sheet = next(one for one in form if one.name == "Initiativer")
    csv.writer(output, delimiter=mark, lineterminator="\r\n").writerows(cells for _, cells in sheet.rows)
    given = checking.Given(municipality="0751", role="digitalisation", day=date(2026, 11, 1))
    found = checking.check(reading.sheets(output.getvalue().encode(), "x"), held, TODAY, given=given)
    (one,) = found.submissions
    assert not found.wrong and [(a.initiative, a.status, a.until) for a in one.answers] == [("open-data", "ended", 2025)]
