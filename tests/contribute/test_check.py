"""A check tells everything that is wrong at once, where it stands, what is allowed and what is nearest, in two languages."""

import json
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.helpers import command
from tests.helpers.forms import ABOUT, filled

from kommunegraf.contribute import cells, checking, reading, template
from kommunegraf.contribute.checking import Given
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Check, letter
from kommunegraf.languages import texts

TODAY = date(2026, 11, 28)
OPEN_DATA = ("Initiativer", "Åbne data til rådighed")


@pytest.fixture(scope="module")
def form(held: Register) -> bytes:
    return template.make(held, "0751", "da")


def checked(held: Register, form: bytes, changes: dict[str, Any], about: dict[str, Any] | None = None) -> Check:
    """What the check says of a form in which cells of the row for open data were changed."""
    sheets = {sheet.name: sheet for sheet in deepcopy(read_once(form))}
    for _, field in sheets["Om svaret"].rows:
        field[1:2] = [cell_text({**ABOUT, **(about or {})}.get(field[0], field[1]))]
    sheet = sheets["Initiativer"]
    row = next(row for _, row in sheet.rows if row[1] == OPEN_DATA[1])
    for heading, value in changes.items():
        row[sheet.rows[0][1].index(heading)] = cell_text(value)
    return checking.check(list(sheets.values()), held, TODAY)


@cache
def read_once(form: bytes) -> list[reading.Sheet]:
    """The sheets of a form."""
    return reading.sheets(form, "x")


def cell_text(value: Any) -> str:
    """A cell as the reader gives it."""
    return "" if value is None else cells.text(float(value) if isinstance(value, int) else value)


BAD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("missing-role", {}, {"Hvem svarer": None}),
    ("unknown-role", {}, {"Hvem svarer": "Jens Hansen"}),
    ("missing-date", {}, {"Svarets dato": None}),
    ("unknown-date", {}, {"Svarets dato": "i går"}),
    ("future-date", {}, {"Svarets dato": "1. januar 2027"}),
    ("unknown-municipality", {}, {"Kommune": "Århuus"}),
    ("missing-municipality", {}, {"Kommune": None}),
    ("unknown-version", {}, {"Skemaets version": "9"}),
    ("unknown-status", {"Status": "i gnag"}, {}),
    ("cleared-status", {"Status": None}, {}),
    ("unknown-year", {"Begyndt (år)": "'19"}, {}),
    ("years-reversed", {"Status": "afsluttet", "Begyndt (år)": 2020, "Slut (år)": 2019}, {}),
    ("planned-past", {"Status": "planlagt", "Begyndt (år)": "2019"}, {}),
    ("active-future", {"Status": "i gang", "Begyndt (år)": "2030"}, {}),
    ("active-over", {"Status": "i gang", "Slut (år)": "2020"}, {}),
    ("ended-future", {"Status": "afsluttet", "Slut (år)": "2030"}, {}),
    ("unknown-solution", {"Løsning": "Exorlve"}, {}),
    ("unknown-partner", {"Partnere": "Gogle"}, {}),
    ("own-partner", {"Partnere": "Aarhus Kommune"}, {}),
    ("unknown-address", {"Adresse på mere": "vores hjemmeside"}, {}),
    ("unknown-confirm", {"Stadig rigtigt?": "måske"}, {}),
    ("nothing-to-withdraw", {"Status": "træk vores svar tilbage"}, {}),
    ("other-key", {"Initiativ": "Droner"}, {}),
    ("personal-number", {"Bemærkning til redaktionen": "Kontakt 010190-1234"}, {}),
    ("too-long", {"Bemærkning til redaktionen": "x" * 2001}, {}),
]


@pytest.mark.parametrize("code, changes, about", BAD, ids=[code for code, *_ in BAD])
def test_each_mistake_is_told_with_its_place(
    held: Register, form: bytes, code: str, changes: dict[str, Any], about: dict[str, Any]
) -> None:
    if code == "other-key":
        changes = {"Initiativ": next(row["label_da"] for row in held.rows("initiatives") if row["id"] != "open-data")}
    found = checked(held, form, changes, about)
    assert code in [fault.code for fault in found.wrong]
    fault = next(fault for fault in found.wrong if fault.code == code)
    assert fault.row and fault.heading and letter(fault.column) and fault.where("da").startswith(f"{fault.sheet}, række {fault.row}")
    assert fault.message("da") != fault.message("en") and "{" not in fault.message("da") + fault.message("en")


def test_all_mistakes_are_told_at_once_with_the_nearest(held: Register, form: bytes) -> None:
    found = checked(held, form, {"Status": "i gnag", "Begyndt (år)": "nitten", "Partnere": "Gogle"}, {"Svarets dato": "31.12.2027"})
    assert [fault.code for fault in found.wrong] == ["future-date", "unknown-status", "unknown-year", "unknown-partner"]
    assert [fault.nearest[:1] for fault in found.wrong] == [(), ("i gang",), (), ("Google",)]
    assert "4 ting skal rettes" in found.text("da") and "4 things" in found.text("en")


SAME: list[dict[str, Any]] = [
    {"Status": "AFSLUTTET ", "Slut (år)": "2024"}, {"Status": "Stoppet", "Slut (år)": 2024.0}, {"Status": "ended", "Slut (år)": "år 2024"},
    {"Status": " afsluttet", "Slut (år)": date(2024, 6, 1)}, {"Status": "afsluttet", "Slut (år)": "2024,0"},
]  # fmt: skip


@pytest.mark.parametrize("changes", SAME)
def test_people_write_as_they_do(held: Register, form: bytes, changes: dict[str, Any]) -> None:
    found = checked(held, form, {**changes, "Partnere": "odense kommune, Google og københavn; 461", "Løsning": ""})
    assert not found.wrong
    (answer,) = found.submissions[0].answers
    assert (answer.initiative, answer.status, answer.until) == ("open-data", "ended", 2024)
    assert answer.partners == ("municipality/0101", "municipality/0461", "organisation/google")


@pytest.mark.parametrize("written", ["751", "0751", "751.0", "Aarhus", "århus kommune", "Aarhus (0751)", "Århus"])
@pytest.mark.parametrize("when", ["28-11-2026", "2026-11-28", "28.11.2026", "28/11/2026", "28. november 2026", date(2026, 11, 28), "46354"])
def test_kommuner_and_dates_are_read_as_people_and_programs_write_them(held: Register, form: bytes, written: str, when: Any) -> None:
    found = checked(held, form, {"Stadig rigtigt?": "ja"}, {"Kommune": written, "Svarets dato": when})
    assert not found.wrong
    assert [(one.municipality, one.day) for one in found.submissions] == [("0751", TODAY)]
    assert [answer.initiative for answer in found.submissions[0].answers] == ["open-data"]


def test_new_names_are_taken_when_they_are_said_to_be_new(held: Register, form: bytes) -> None:
    found = checked(held, form, {"Løsning": "ny: Datahylden", "Partnere": "Ny: Firma ApS; 461"})
    (answer,) = found.submissions[0].answers
    assert (answer.solutions, answer.new_solution, answer.partners, answer.new_partners) == (
        (), "Datahylden", ("municipality/0461",), ("Firma ApS",),
    )  # fmt: skip


def test_a_row_twice_is_told_and_two_solutions_are_two_answers(held: Register, form: bytes) -> None:
    who = Given(municipality="0751", role="staff", day=TODAY)
    text = "Initiativ;Status;Løsning\nÅbne data;i gang;\nÅbne data;i gang;\nÅbne data;planlagt;\n"
    codes = [(fault.code, fault.row, fault.value) for fault in checking.check(listed(text), held, TODAY, given=who).wrong]
    assert codes == [("duplicate", 3, "2"), ("contradicting", 4, "2")]
    text = "Initiativ;Status;Løsning\nÅbne data;i gang;\nÅbne data;afsluttet;ny: Gammel\n"
    assert not checking.check(listed(text), held, TODAY, given=who).wrong


def listed(text: str, encoding: str = "utf-8") -> list[reading.Sheet]:
    return reading.sheets(text.encode(encoding), "list.csv")


LIST = """Kommune;Initiativ;Status;Løsning;Begyndt (år)
Århus;Åbne data;i gang;;2012
461;Åbne data;i gang;;2012
København;Åbne data;planlagt;;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_lists_are_read_whatever_wrote_them(held: Register, encoding: str, mark: str) -> None:
    text = LIST.replace("i gang;;2012\nK", f"i gang;;{'2012.0' if mark == ',' else '2012,0'}\nK").replace(";", mark)
    found = checking.check(listed(text, encoding), held, TODAY, given=Given(respondent="kl", role="list", day=TODAY))
    assert not found.wrong
    assert [(one.municipality, one.answers[0].status, one.answers[0].since) for one in found.submissions] == [
        ("0751", "active", 2012), ("0461", "active", 2012), ("0101", "planned", None),
    ]  # fmt: skip


def test_moved_columns_are_read_and_renamed_ones_told(held: Register) -> None:
    found = checking.check(
        listed("Statuss;Andet;Initiativ;Kommune\ni gang;x;Åbne data;Odense\n"), held, TODAY, given=Given(role="staff", day=TODAY)
    )
    assert not found.wrong and found.submissions[0].answers[0].status == "active"
    assert [(fault.code, fault.value) for fault in found.faults] == [("renamed-column", "Statuss"), ("unknown-column", "Andet")]


def test_a_file_without_answers_says_what_it_lacks(held: Register) -> None:
    found = checking.check(listed("a;b\n1;2\n"), held, TODAY, given=Given("0751", "", "staff", TODAY))
    assert [fault.code for fault in found.wrong] == ["no-sheet"] and "Initiativ, Status" in found.text("da")


def test_the_workbook_comes_back_with_comments(held: Register, form: bytes, tmp_path: Path) -> None:
    path, output = tmp_path / "aarhus.xlsx", tmp_path / "svar.xlsx"
    path.write_bytes(filled(form, {(*OPEN_DATA, "Status"): "i gnag"}))
    assert command.run("check", str(path), "--format", "xlsx", "-o", str(output)).returncode == 1
    book = openpyxl.load_workbook(output)
    comments = {cell.coordinate: cell.comment.text for row in book["Initiativer"].iter_rows() for cell in row if cell.comment}
    (comment,) = comments.values()
    assert comment.startswith("»i gnag« er ikke en status. Vælg: i gang, planlagt,") and comment.endswith("Mente du »i gang«?")
    assert book["Initiativer"].protection.sheet and book["Rettelser"]["B1"].value == comment
    assert reading.sheets(output.read_bytes(), "x")  # and it can be checked again


def test_text_and_json_say_the_same_in_both_languages(held: Register, form: bytes, tmp_path: Path) -> None:
    path = tmp_path / "aarhus.xlsx"
    path.write_bytes(filled(form, {(*OPEN_DATA, "Status"): "i gnag"}))
    done = command.run("check", str(path), "--lang", "en")
    assert done.returncode == 1 and "row " in done.stdout and "'i gnag' is no status" in done.stdout
    answer = json.loads(command.run("check", str(path), "--format", "json").stdout)
    (one,) = answer
    assert (one["fit"], one["faults"][0]["code"], one["faults"][0]["nearest"]) == (False, "unknown-status", ["i gang"])
    assert command.run("check", str(tmp_path / "none.xlsx")).returncode == 1


def test_every_text_of_a_fault_stands_in_both_languages() -> None:
    assert all(text.keys() == {"da", "en"} for text in texts("contribute")["faults"].values())


def test_a_broken_workbook_is_told_in_a_sentence(held: Register, tmp_path: Path) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")
    done = command.run("check", str(path))
    assert done.returncode == 1 and "beskadiget" in done.stdout
