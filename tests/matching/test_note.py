"""The note for a meeting says what is known, what is not, what to ask and whom to write to, on one page, and data is never markup."""

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.helpers import command
from tests.matching.test_opportunities import APP, A, B, C, said, simulated

from kommunegraf.matching import note, note_files
from kommunegraf.matching.matcher import Matcher
from kommunegraf.namespaces import BASE
from kommunegraf.questions.ask import BadArgument
from kommunegraf.rdf.engines import Embedded

TRAFFIC = BASE + "initiative/traffic-control-parking-guidance"
FOUR = [f"{BASE}municipality/{code}" for code in ("0730", "0751", "0155", "0101")]
"""Randers, Aarhus, Dragør, København."""
LIGHT = BASE + "initiative/light"


@pytest.fixture(scope="module")
def content(engine: Embedded) -> note.Note:
    return note.note(Matcher.open(engine, "da"), FOUR, TRAFFIC)


def test_a_note_tells_what_is_known_of_each_with_its_source(content: note.Note) -> None:
    randers, aarhus, dragoer, _ = content.parts
    assert randers.late and not dragoer.late and aarhus.claim and aarhus.claim.active
    assert [part.website for part in content.parts] == ["https://www.randers.dk/", "https://www.aarhus.dk/", "https://www.dragoer.dk/", "https://www.kk.dk/"]
    text = note_files.as_markdown(content)
    for part in content.parts:
        assert part.claim and part.claim.adoption.deciding.source.address in text and part.says.split()[0] in text
    assert content.questions[0].startswith("Randers: Blev planen") and content.questions[1].startswith("Dragør: Hvornår udbyder")


def test_questions_follow_what_is_known_and_are_five() -> None:
    matcher = simulated(said(A, "active", solutions=(APP,)), said(B, "planned", 2020), said(C, "ended", 2024))
    content = note.note(matcher, [A, B, C], LIGHT)
    assert [question.split(":")[0] for question in content.questions[:3]] == ["0002", "0001", "0003"] and len(content.questions) == 5
    assert content.open == ("The newest about 0002 is from 2020. Is it still so?", "No source tells what came of the plan in 0002.")
    alone = note.note(simulated(said(A, "active", confidence="low"), said(C, "active")), [A, B], LIGHT)
    assert alone.parts[0].weak and "weak sign" in note_files.as_markdown(alone)
    assert any("0002. That means unknown, not no" in line for line in alone.open) and "0001, 0002: Do you have it" in alone.questions[0]


def test_a_note_is_about_two_to_six_kommuner() -> None:
    with pytest.raises(BadArgument, match="2 to 6 kommuner, not 1"):
        note.note(simulated(said(A, "active")), [A, A], LIGHT)


def test_what_stands_in_the_data_is_never_markup() -> None:
    wild = said(A, "active", title="<script>alert(1)</script> | *x* [y](javascript:z)")
    source = replace(wild.source, title="<img src=x>", address="javascript:alert(1)")
    content = note.note(simulated(replace(wild, source=source), said(B, "active")), [A, B], LIGHT)
    page, text = note_files.as_html(content), note_files.as_markdown(content)
    assert "<script" not in page and "<img" not in page and 'href="javascript' not in page
    (row,) = (line for line in text.splitlines() if line.startswith("| 0001"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 7 and "\\<script\\>" in row and "\\[y\\]" in row


def test_the_workbook_reads_back_and_prints_on_one_page(content: note.Note) -> None:
    data = note_files.as_workbook(content)
    assert data == note_files.as_workbook(content)
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None and sheet.sheet_properties.pageSetUpPr.fitToPage  # on one page, unless the sheet names more
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert {"Randers", "Aarhus", "Dragør", "København"} <= set(cells) and set(content.questions) <= set(cells)


@pytest.mark.slow
def test_the_page_prints_on_one_sheet(content: note.Note, browser: Any) -> None:
    page = browser.new_page()
    page.set_content(note_files.as_html(content))
    printed = page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/Count (\d+)", printed)[1] == b"1"  # type: ignore[index]
    page.close()


def test_the_command_writes_a_note_and_says_what_it_needs(tmp_path: Path, built: Path) -> None:
    call = ("match", "Randers", "Aarhus", "--graph", str(built))
    written = command.run(*call, "--initiative", "telemedicine", "--format", "html", "--output", str(tmp_path / "note.html"))
    assert written.returncode == 0 and "<h1>" in (tmp_path / "note.html").read_text("utf-8")
    assert command.run(*call, "--initiative", "telemedicine").stdout.startswith("# Telemedicine solutions: Randers – Aarhus")
    for wrong, hint in (((), "--initiative for a note"), (("--initiative", "telemedicine", "--format", "csv"), "html, md or xlsx")):
        refused = command.run(*call, *wrong)
        assert refused.returncode == 1 and hint in refused.stderr
