"""A form says what the register holds, reads back as what it is, and holds nothing that a program would run."""

import csv
import io
import re
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kommunegraf.contribute import checking, forms, opendocument, reading, separated, survey, template, workbook
from kommunegraf.contribute.checking import Given
from kommunegraf.contribute.register import Register
from kommunegraf.rdf.encode import as_written, harmless

TODAY = date(2026, 11, 28)
WHO = Given(municipality="0751", role="digitalisation", day=TODAY)


@pytest.mark.parametrize("form", template.FORMATS)
@pytest.mark.parametrize("lang", ["da", "en"])
@pytest.mark.parametrize("code", ["0751", "0825", "0101"])
def test_an_untouched_form_says_nothing(held: Register, form: str, lang: str, code: str) -> None:
    sheets = reading.sheets(template.make(held, code, lang, form), "form")
    found = checking.check(sheets, held, TODAY, lang, Given(municipality=code, role="staff", day=TODAY))
    assert not found.faults
    assert [(one.municipality, one.answers, one.memberships, one.replies) for one in found.submissions] == [(code, [], [], [])]
    assert found.submissions[0].untouched >= len(held.initiatives)


def test_the_same_register_gives_the_same_bytes(held: Register) -> None:
    for form in template.FORMATS:
        assert template.make(held, "0751", "da", form) == template.make(held, "0751", "da", form)


def test_plans_whose_outcome_is_unknown_come_first_and_as_questions(held: Register) -> None:
    code = next(code for code, joined in held.adoptions.items() if any(one.status == "open-plan" for one in joined.values()))
    rows = forms.make(held, code, "da").sheets["initiatives"]
    waiting = sum(one.status == "open-plan" for one in held.adoptions[code].values())
    assert all(row["question"].startswith("Blev det til noget?") and not row["status"] for row in rows[:waiting])
    assert not any(row.get("question") for row in rows[waiting:])
    assert len(rows) == len(held.initiatives)
    assert rows[0]["known"] and "kilde: " in rows[0]["known"]


def test_keys_are_locked_cells_of_the_contributor_are_not_and_lists_offer_what_may_stand(held: Register) -> None:
    book = openpyxl.load_workbook(BytesIO(template.make(held, "0751", "da")))
    sheet = book["Initiativer"]
    heads = [cell.value for cell in sheet[1]]
    assert sheet.protection.sheet and sheet["A2"].protection.locked and sheet["B2"].protection.locked
    status = sheet.cell(2, heads.index("Status") + 1)
    assert not status.protection.locked and status.number_format == "@"
    assert not sheet.cell(len(held.initiatives) + 2, 2).protection.locked
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    listed = next(formula for places, formula in rules.items() if places.startswith(f"{status.column_letter}2:"))
    bottom = int(listed.rsplit("$", 1)[1])
    column = re.search(r"\$([A-Z]+)\$", listed)
    assert column
    offered = [book["Lister"][f"{column[1]}{row}"].value for row in range(1, bottom + 1)]
    assert offered == ["i gang", "planlagt", "afsluttet", "blev ikke til noget", "har ikke", "træk vores svar tilbage"]
    assert book["Lister"].sheet_state == "hidden"


def test_a_new_round_asks_all_31_places_four_of_them_open(held: Register) -> None:
    sheet = openpyxl.load_workbook(BytesIO(template.make(held, "0751", "da", year=2026)))["Motivation og forankring"]
    keys = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert sum(str(key).startswith("initiative-status:") for key in keys) == 31
    assert sum(str(key).startswith("initiative-status:open/") for key in keys) == 4
    assert {str(key).split(":")[0] for key in keys} == set(survey.FULL)


HOSTILE = ["=cmd|' /C calc'!A0", "+1+1", "-1", "@SUM(A1)", "'=1", "''=1", "=HYPERLINK(\"http://x\")", "'", "-", "a'b", "1e5", "<b>&amp;"]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])) | st.sampled_from(HOSTILE), max_size=8))
def test_neutral_cells_read_back_and_none_begins_a_formula(cells: list[str]) -> None:
    written = [harmless(cell) for cell in cells]
    assert [as_written(cell) for cell in written] == cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in written)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_form_holds_a_formula_and_hostile_text_reads_back(held: Register, text: str) -> None:
    form = forms.make(held, "0751", "da")
    form.sheets["initiatives"][0]["remark"] = text
    survey.add(form, held)
    place = [column.key for column in forms.COLUMNS["initiatives"]].index("remark")
    for content in (workbook.make(form), opendocument.make(form)):
        sheet = next(one for one in reading.sheets(content, "x") if one.name == "Initiativer")
        assert sheet.rows[1][1][place] == text
    cell = openpyxl.load_workbook(BytesIO(workbook.make(form)))["Initiativer"].cell(2, place + 1)
    assert (cell.value, cell.data_type) == (text, "s")
    rows = list(csv.reader(io.StringIO(separated.make(form).decode("utf-8-sig")), delimiter=";"))
    assert not rows[1][place + len(separated.FIELDS)].startswith(("=", "+", "-", "@"))
    assert reading.sheets(separated.make(form), "x")[0].rows[1][1][place + len(separated.FIELDS)] == text.strip()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40))
def test_fingerprints_survive_what_programs_do_to_cells(text: str) -> None:
    import unicodedata

    assert forms.fingerprint([text]) == forms.fingerprint([f" {unicodedata.normalize('NFD', text)} "])
    assert forms.fingerprint(["2019"]) == forms.fingerprint(["2019.0"]) != forms.fingerprint(["2020"])
