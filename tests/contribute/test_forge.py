"""What forges run is the same check; a maintainer sees what waits."""

import re
from datetime import date
from pathlib import Path

import yaml
from tests.helpers import ROOT, command
from tests.helpers.forms import filled

from kommunegraf.contribute import checking, forms, reading, template
from kommunegraf.contribute.layout import headings
from kommunegraf.contribute.register import Register
from kommunegraf.names import plain

FORM = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "answer.yml").read_text("utf-8"))
FIELDS = [part for part in FORM["body"] if part["type"] != "markdown"]


def test_the_issue_form_asks_in_the_words_of_the_form() -> None:
    assert all(headings()[plain(part["attributes"]["label"])] == part["id"] for part in FIELDS)
    offered = {part["id"]: part["attributes"]["options"] for part in FIELDS if part["type"] == "dropdown"}
    assert offered == {"role": forms.choices("da", "role")[:-1], "status": forms.choices("da", "status")}


def test_the_text_of_the_form_is_checked(held: Register) -> None:
    answers = {"municipality": "Aarhus", "role": "IT og digitalisering", "date": "28-11-2026"}
    answers |= {"initiative": "Åbne data", "status": "i gang"}

    def text(**changes: str) -> bytes:
        values = {**answers, **changes}
        parts = [f"### {part['attributes']['label']}\n\n{values.get(part['id'], '_No response_')}\n" for part in FIELDS]
        return "\n".join(parts).encode()

    found = checking.check(reading.sheets(text(), "x"), held, date(2026, 11, 28))
    assert not found.wrong and found.submissions[0].answers[0].status == "active"
    wrong = checking.check(reading.sheets(text(status="i gnag", since="19"), "x"), held, date(2026, 11, 28)).wrong
    assert [fault.code for fault in wrong] == ["unknown-status", "unknown-year"]


def test_every_forge_runs_the_command_and_github_puts_no_text_into_a_shell() -> None:
    for path in (".github/workflows/contributions.yml", ".forgejo/workflows/contributions.yml", ".gitlab-ci.yml"):
        text = (ROOT / path).read_text("utf-8")
        assert yaml.safe_load(text) and "kommunegraf check" in text
        runs = re.findall(r"run: (?:\|\n((?: {10}.*\n)+)|(.*))", text)
        assert not [run for run in runs if "${{" in "".join(run)]


def test_a_maintainer_sees_what_each_submission_changes(held: Register, tmp_path: Path) -> None:
    form, place = template.make(held, "0751", "da"), ("Initiativer", "Åbne data til rådighed", "Status")
    (tmp_path / "a.xlsx").write_bytes(filled(form, {place: "afsluttet"}))
    (tmp_path / "b.xlsx").write_bytes(filled(form, {place: "i gnag"}))
    before = sorted(path.stat().st_mtime_ns for path in (ROOT / "data").iterdir())
    done = command.run("review", str(tmp_path))
    assert done.returncode == 1 and "a.xlsx" in done.stdout and "tilføjet" in done.stdout and "Mente du »i gang«?" in done.stdout
    assert sorted(path.stat().st_mtime_ns for path in (ROOT / "data").iterdir()) == before
