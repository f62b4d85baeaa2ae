"""What forges run is the same check; a maintainer sees what waits."""

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
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


WORKFLOWS = {
    ".github/workflows/contributions.yml": "github-workflows", ".forgejo/workflows/contributions.yml": "github-workflows",
    ".gitlab-ci.yml": "gitlab-ci", ".github/ISSUE_TEMPLATE/answer.yml": "github-issue-forms",
}  # fmt: skip
"""What forges read, and the schema of each in check-jsonschema; Forgejo reads what GitHub does."""


def fits(path: Path, schema: str) -> bool:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_forges_read_fits_its_schema(name: str, tmp_path: Path) -> None:
    assert fits(ROOT / name, WORKFLOWS[name])
    wrong = tmp_path / "wrong.yml"
    text = (ROOT / name).read_text("utf-8")
    wrong.write_text(re.sub(r"runs-on: .*|script:|type: input", "unknown: [", text).replace("[", "x") + "\nunknown-key: 1\n", "utf-8")
    assert not fits(wrong, WORKFLOWS[name])


def commands(name: str) -> list[tuple[str, dict[str, str]]]:
    """The commands of a workflow with the environment that it states, without those that fetch or install something."""
    told = yaml.safe_load((ROOT / name).read_text("utf-8"))
    if "jobs" not in told:
        return [(line, {}) for line in told["contributions"]["script"] if not line.startswith("pip ")]
    steps = [step for job in told["jobs"].values() for step in job["steps"] if "run" in step]
    return [(step["run"], step.get("env", {})) for step in steps if not step["run"].startswith("pip ")]


def run_in(folder: Path, name: str, **known: str) -> list[int]:
    """The exit codes of a workflow's commands, run as its forge does. `known` is what the forge puts into the environment."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "gh").write_text(f'#!/bin/sh\necho "$@" > {folder}/commented.txt\ncat "$5" >> {folder}/commented.txt\n')
    (tools / "gh").chmod(0o755)
    path = os.pathsep.join((str(tools), str(Path(sys.executable).parent), os.environ["PATH"]))
    options = ["-eo", "pipefail"] if "gitlab" in name else ["-e"]
    codes = []
    for text, stated in commands(name):
        environment = {**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
        environment |= {key: known.get(key, "") for key in stated}
        done = subprocess.run(["bash", *options, "-c", text], cwd=folder, env=environment, capture_output=True, check=False)
        codes.append(done.returncode)
    return codes


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in WORKFLOWS if "ISSUE" not in name])
def test_the_commands_of_a_forge_check_what_is_sent(held: Register, name: str, tmp_path: Path) -> None:
    form, place = template.make(held, "0751", "da"), ("Initiativer", "Åbne data til rådighed", "Status")
    (tmp_path / "contributions").mkdir()
    for status, code in (("i gnag", 1), ("afsluttet", 0)):
        (tmp_path / "contributions" / "aarhus.xlsx").write_bytes(filled(form, {place: status}))
        shutil.rmtree(tmp_path / "sent", ignore_errors=True)
        codes = run_in(tmp_path, name, KIND="pr", NUMBER="7")
        assert codes[0] == code
        for report in tmp_path.glob("report.txt"):
            assert ("Mente du »i gang«?" in report.read_text("utf-8")) == bool(code)
        if name.startswith(".github"):
            assert (tmp_path / "commented.txt").read_text("utf-8").startswith("pr comment 7 --body-file comment.md")
            assert ("i gnag" in (tmp_path / "commented.txt").read_text("utf-8")) == bool(code)


@pytest.mark.slow
def test_the_text_of_an_issue_is_checked_and_run_by_no_shell(tmp_path: Path) -> None:
    values = {"Kommune": "Aarhus", "Hvem svarer": "IT og digitalisering", "Svarets dato": "28-11-2026", "Initiativ": "Åbne data"}
    body = "\n".join(f"### {head}\n\n{value}\n" for head, value in values.items())
    hostile = "`touch bad` $(touch bad)\n'; touch bad; '"
    for status, code in (("i gang", 0), (hostile, 1)):
        shutil.rmtree(tmp_path / "sent", ignore_errors=True)
        codes = run_in(tmp_path, ".github/workflows/contributions.yml", BODY=f"{body}\n### Status\n\n{status}\n", KIND="issue", NUMBER="8")
        assert codes == [code, 0] and not list(tmp_path.rglob("bad"))


def test_a_maintainer_sees_what_each_submission_changes(held: Register, tmp_path: Path) -> None:
    form, place = template.make(held, "0751", "da"), ("Initiativer", "Åbne data til rådighed", "Status")
    (tmp_path / "a.xlsx").write_bytes(filled(form, {place: "afsluttet"}))
    (tmp_path / "b.xlsx").write_bytes(filled(form, {place: "i gnag"}))
    before = sorted(path.stat().st_mtime_ns for path in (ROOT / "data").iterdir())
    done = command.run("review", str(tmp_path))
    assert done.returncode == 1 and "a.xlsx" in done.stdout and "tilføjet" in done.stdout and "Mente du »i gang«?" in done.stdout
    assert sorted(path.stat().st_mtime_ns for path in (ROOT / "data").iterdir()) == before
