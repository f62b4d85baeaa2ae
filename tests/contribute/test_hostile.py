"""Sloppy and hostile files: a clear answer within bounds, nothing run, nothing written."""

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.helpers.examples import examples

from kommunegraf.contribute import cells, checking, limits, reading
from kommunegraf.contribute.checking import Given
from kommunegraf.contribute.reading import Unreadable
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Check

TODAY = date(2026, 11, 28)
WHO = Given(municipality="0751", role="staff", day=TODAY)
HEAD = ["Initiativ", "Status", "Begyndt (år)", "Løsning", "Bemærkning til redaktionen"]


def made(fill: Callable[[xlsxwriter.Workbook], None], name: str = "Initiativer") -> bytes:
    """A workbook with a head row and what a function puts into it."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, HEAD)
        fill(book)
    return output.getvalue()


def answers(held: Register, content: bytes) -> Check:
    return checking.check(reading.sheets(content, "x"), held, TODAY, given=WHO)


def entries(files: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    return output.getvalue()


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook in which one part is another."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return entries({one: change(pack.read(one)) if one == name else pack.read(one) for one in pack.namelist()})


GOOD = made(lambda book: book.get_worksheet_by_name("Initiativer").write_row(1, 0, ["Åbne data", "i gang", 2012]))
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "haha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(10)
    ) + b"]>"
)


def bomb() -> bytes:
    return changed(GOOD, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", b" " * (250 << 20) + b"</sheetData>"))


REFUSED: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "a broken package": (b"PK\x03\x04 and nothing", "broken"),
    "a truncated workbook": (GOOD[: len(GOOD) // 2], "broken"),
    "an empty package": (entries({"x": b""}), "broken"),
    "a text document": (entries({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}), "broken"),
    "a password, old container": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-or-locked"),
    "a password, OpenDocument": (entries({"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "password"),
    "a zip bomb": (bomb, "too-big"),
    "two thousand parts": (lambda: entries({f"{i}": b"" for i in range(2100)}), "too-big"),
    "a PDF": (b"%PDF-1.7", "no-table"),
    "a picture": (b"\x89PNG\r\n", "no-table"),
    "bytes": (bytes(range(256)) * 4, "no-table"),
    "nothing": (b"", "empty-file"),
    "blanks": (b" \r\n ", "empty-file"),
    "many lines": (b"a;b\n" + b"1;2\n" * (limits.ROWS + 1), "too-many-rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_told_in_both_languages_and_in_time(name: str) -> None:
    made_of, code = REFUSED[name]
    content = made_of() if callable(made_of) else made_of
    started = time.monotonic()
    with pytest.raises(Unreadable) as error:
        reading.sheets(content, "x.xlsx")
    assert error.value.code == code and time.monotonic() - started < 3 * limits.SECONDS
    assert error.value.message("da") != error.value.message("en") and "{" not in error.value.message("da")


def test_a_cell_at_the_far_end_costs_no_more_than_the_limits(held: Register) -> None:
    started = time.monotonic()
    try:
        answers(held, made(lambda book: book.worksheets()[0].write(1_048_575, 16_383, "x")))
    except Unreadable as error:
        assert error.code in ("too-big", "too-many-rows", "too-slow")
    assert time.monotonic() - started < 3 * limits.SECONDS


def test_entities_do_not_multiply(held: Register) -> None:
    content = changed(GOOD, "xl/sharedStrings.xml", lambda xml: LAUGHS + xml.split(b"?>", 1)[1].replace(b"i gang", b"&k;"))
    started = time.monotonic()
    try:
        assert answers(held, content).wrong
    except Unreadable as error:
        assert error.code in ("broken", "too-big")
    assert time.monotonic() - started < 3 * limits.SECONDS


def test_formulae_are_not_worked_out_and_nothing_is_run(held: Register) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.worksheets()[0]
        sheet.write(1, 0, "Åbne data")
        sheet.write_formula(1, 1, "=cmd|' /C touch /tmp/x'!A0", None, "i gang")
        sheet.write_formula(1, 2, "='[other.xlsx]A'!A1", None, 2012)
        sheet.write_string(1, 4, "=HYPERLINK(\"http://x\")")

    (answer,) = answers(held, made(fill)).submissions[0].answers
    assert (answer.status, answer.since, answer.remark) == ("active", 2012, '=HYPERLINK("http://x")')


def test_merged_cells_hidden_sheets_odd_names_and_dates_are_read_as_people_mean_them(held: Register) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.worksheets()[0]
        sheet.write_row(3, 0, ["Åbne data ", " I GANG"])
        sheet.write_datetime(3, 2, date(2012, 6, 1), book.add_format({"num_format": "yyyy"}))
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.merge_range(5, 0, 6, 0, "Apps til rapportering (giv et praj)")
        sheet.write(5, 1, "afsluttet 👍")
        other = book.add_worksheet("Kladde")
        other.write_row(0, 0, HEAD)
        other.write_row(1, 0, ["Findes ikke", "måske"])
        other.hide()

    found = answers(held, made(fill, "Ark1 (2)"))
    assert not found.wrong
    assert [(one.initiative, one.status, one.since) for one in found.submissions[0].answers] == [
        ("open-data", "active", 2012), ("report-a-problem-app", "ended", None),
    ]  # fmt: skip


def test_macros_and_external_links_are_carried_by_no_answer(held: Register) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    files |= {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    assert [one.status for one in answers(held, entries(files)).submissions[0].answers] == ["active"]


def test_two_kommuner_in_one_file_are_two_submissions(held: Register) -> None:
    text = "Kommune;Initiativ;Status\n751.0;Åbne data;i gang\n461;Åbne data;i gang\n999;Åbne data;i gang\n"
    found = checking.check(reading.sheets(text.encode(), "x"), held, TODAY, given=Given(role="staff", day=TODAY))
    assert [fault.code for fault in found.wrong] == ["unknown-municipality"] and found.wrong[0].row == 4
    assert [one.municipality for one in found.submissions if one.municipality] == ["0751", "0461"]


@settings(examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode), st.lists(st.lists(st.text(max_size=9))).map(
    lambda rows: "\n".join(";".join(row) for row in [["Initiativ", "Status", "Kommune", "Dato"], *rows]).encode("utf-8", "ignore")
)))  # fmt: skip
def test_any_text_is_read_or_refused(held: Register, content: bytes) -> None:
    try:
        found = checking.check(reading.sheets(b"x" + content if content[:2] == b"PK" else content, "x"), held, TODAY, given=WHO)
    except Unreadable as error:
        assert error.message("da")
    else:
        assert found.text("da") and found.text("en")


@examples(60)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_damage_to_a_workbook_is_read_or_refused(damage: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for place, byte in damage:
        content[place] = byte
    answer = cells.read(bytes(content))
    assert answer.keys() in ({"sheets"}, {"fault"})
