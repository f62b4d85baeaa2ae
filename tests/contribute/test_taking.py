"""Answers become rows with the answer as their source, beside what others say; twice is once; interrupted is whole."""

import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from tests.helpers import ROOT, command
from tests.helpers.forms import filled
from tests.helpers.tables import records

from kommunegraf.contribute import effects, register, statements, template
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Answer, Change, Membership, Submission
from kommunegraf.graph import journal, validate
from kommunegraf.paths import Folders

DAY = date(2026, 11, 1)


def said(*answers: Answer, day: date = DAY, respondent: str = "", code: str = "0751", members: tuple[Membership, ...] = ()) -> Submission:
    return Submission(code, "staff", day, respondent, answers=list(answers), memberships=list(members))


def taken(held: Register, tmp_path: Path, *submissions: Submission) -> tuple[Register, list[Change]]:
    """The register after some submissions, taken in one after the other."""
    changes: list[Change] = []
    data = tmp_path / "data"
    if not data.exists():
        shutil.copytree(ROOT / "data", data)
    for submission in submissions:
        rows, changes = statements.take(register.read(data), [submission])
        journal.write(data, rows.files())
    return register.read(data), changes


def unsaid(held: Register) -> str:
    """An initiative of which nobody has said anything for Aarhus."""
    spoken = {row["initiative"] for row in held.statements.values() if row["municipality"] == "0751"}
    return next(name for name in held.initiatives if name not in spoken)


def status(held: Register, initiative: str = "open-data", code: str = "0751") -> tuple[str, int | None]:
    adoption = held.adoptions[code][initiative]
    return adoption.status, adoption.as_of


def test_an_answer_stands_beside_what_others_say_and_decides_its_year(held: Register, tmp_path: Path) -> None:
    before = held.adoptions["0751"]["open-data"]
    after, changes = taken(held, tmp_path, said(Answer("open-data", "ended", until=2025)))
    assert status(after) == ("ended", 2026) and {change.kind for change in changes} == {"added"}
    adoption = after.adoptions["0751"]["open-data"]
    assert set(before.evidence) < set(adoption.evidence) and adoption.deciding.own and adoption.confidence == "high"
    row = after.sources["answer-staff-0751-2026-11-01"]
    assert (row["publisher_municipality"], row["year"]) == ("0751", "2026")
    assert row["title_da"] == "Svar fra Aarhus (Stab eller sekretariat), 1. november 2026"


def test_the_kommunes_own_word_goes_before_others_of_the_year(held: Register, tmp_path: Path) -> None:
    other = said(Answer("open-data", "ended", solutions=("open-data-dk",)), respondent="kl")
    after, _ = taken(held, tmp_path, other, said(Answer("open-data", "active", solutions=("open-data-dk", "open-data-aarhus"))))
    assert status(after) == ("active", 2026)
    assert {one.status for one in after.adoptions["0751"]["open-data"].against} == {"ended"}


def test_a_plan_that_came_to_nothing_is_over(held: Register, tmp_path: Path) -> None:
    code, name = next((c, n) for c, joined in held.adoptions.items() for n, one in joined.items() if one.status == "open-plan")
    after, _ = taken(held, tmp_path, said(Answer(name, "dropped"), code=code))
    assert status(after, name, code) == ("ended", 2026)
    after, _ = taken(held, tmp_path, said(Answer(name, "active", since=2024), code=code, day=date(2026, 11, 2)))
    assert status(after, name, code)[0] == "active"


def test_the_same_file_twice_changes_nothing(held: Register, tmp_path: Path) -> None:
    answers = said(
        Answer("open-data", "ended", until=2025), Answer(unsaid(held), "active", partners=("municipality/0461",)),
        members=(Membership("kl", "member", 2020),),
    )  # fmt: skip
    first, changes = taken(held, tmp_path, answers)
    assert {change.kind for change in changes} == {"added"}
    files = {path.name: path.read_bytes() for path in (tmp_path / "data").glob("*.csv")}
    second, changes = taken(held, tmp_path, answers)
    assert {change.kind for change in changes} == {"unchanged"}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "data").glob("*.csv")}


def test_a_correction_and_a_withdrawal_stay_as_history(held: Register, tmp_path: Path) -> None:
    name = unsaid(held)
    first = said(Answer(name, "active", since=2020))
    second = said(Answer(name, "active", since=2021), day=date(2026, 11, 2))
    after, changes = taken(held, tmp_path, first, second)
    assert [change.kind for change in changes] == ["changed"]
    assert after.adoptions["0751"][name].since == 2021
    (kept,) = after.rows("withdrawn-statements")
    assert (kept["id"], kept["withdrawn_by"]) == (f"0751-{name}-1", "answer-staff-0751-2026-11-02") and "2020" in kept["text_da"]
    after, changes = taken(held, tmp_path, said(Answer(name, "withdrawn"), day=date(2026, 11, 3)))
    assert [change.kind for change in changes] == ["withdrawn"] and name not in after.adoptions["0751"]
    assert [row["id"] for row in after.rows("withdrawn-statements")] == [f"0751-{name}-1", f"0751-{name}-2"]
    after, _ = taken(held, tmp_path, said(Answer(name, "planned"), day=date(2026, 11, 4)))
    assert f"0751-{name}-3" in {iri.rsplit("/", 1)[1] for iri in after.statements}  # no number is used again


@pytest.mark.slow
def test_what_was_taken_in_keeps_every_rule_of_the_graph(held: Register, tmp_path: Path) -> None:
    name = unsaid(held)
    taken(
        held, tmp_path, said(Answer("open-data", "ended", solutions=("open-data-dk",)), respondent="kl"),
        said(Answer("open-data", "active", solutions=("open-data-dk", "open-data-aarhus"), address="https://example.org/x")),
        said(Answer(name, "active", since=2020)), said(Answer(name, "withdrawn"), day=date(2026, 11, 3)),
    )  # fmt: skip
    assert validate.project(Folders.of([tmp_path / "data"])) == []


def test_what_the_same_answer_no_longer_says_is_withdrawn(held: Register, tmp_path: Path) -> None:
    name = unsaid(held)
    after, changes = taken(held, tmp_path, said(Answer(name, "active")), said(Answer(name, "active", new_solution="X")))
    assert [change.kind for change in changes] == ["note", "added", "withdrawn"]  # a new name is told to the editors
    assert [one.title for one in after.adoptions["0751"][name].evidence] == ["X"]


def test_two_solutions_of_one_initiative_are_two_things(held: Register, tmp_path: Path) -> None:
    name = unsaid(held)
    both = said(Answer(name, "ended", new_solution="Gammel"), Answer(name, "active", new_solution="Ny"))
    after, _ = taken(held, tmp_path, both)
    assert status(after, name) == ("active", 2026)
    assert {one.status for one in after.adoptions["0751"][name].evidence} == {"active", "ended"}


def test_a_membership_of_another_source_is_not_overwritten(held: Register, tmp_path: Path) -> None:
    row = held.memberships["0751"][0]
    before = [dict(one) for one in held.memberships["0751"]]
    after, changes = taken(held, tmp_path, said(members=(Membership(row["organisation"], "former", None, 2025),)))
    assert [change.kind for change in changes] == ["note"] and after.memberships["0751"] == before
    new = next(name for name in held.vehicles if name not in {one["organisation"] for one in before})
    after, _ = taken(held, tmp_path, said(members=(Membership(new, "member", 2020),)))
    after, changes = taken(held, tmp_path, said(members=(Membership(new, "former", 2020, 2025),), day=date(2026, 11, 5)))
    assert [change.kind for change in changes] == ["changed"]
    assert [one["kind"] for one in after.rows("withdrawn-statements")] == ["membership"]


def test_remarks_and_new_names_go_to_the_editors_and_not_into_the_tables(held: Register, tmp_path: Path) -> None:
    after, changes = taken(held, tmp_path, said(Answer("open-data", "active", remark="Ring til Bo", new_partners=("Firma ApS",))))
    assert [change.after for change in changes if change.kind == "note"] == ["bemærkning: Ring til Bo", "nyt navn: Firma ApS"]
    assert not [path for path in (tmp_path / "data").glob("*.csv") if "Ring til Bo" in path.read_text("utf-8")]


class Killed(BaseException):
    """The process ends here."""


def killing(original: Callable[..., Any], step: int) -> Callable[..., Any]:
    """A function that works some times and then never returns."""
    count = iter(range(1_000))

    def called(*arguments: Any, **named: Any) -> Any:
        if next(count) >= step:
            raise Killed
        return original(*arguments, **named)

    return called


@pytest.mark.parametrize(
    "owner, name", [(tempfile, "mkdtemp"), (Path, "open"), (os, "rename"), (os, "replace"), (os, "fsync"), (Path, "rmdir")], ids=str
)
def test_interrupted_anywhere_the_tables_are_whole(tmp_path: Path, owner: Any, name: str) -> None:
    old, new = {"a.csv": b"1", "b.csv": b"2", "c.csv": b"3"}, {"a.csv": b"x", "b.csv": b"y", "c.csv": b"z"}
    for step in range(20):
        folder = tmp_path / f"{step}"
        folder.mkdir()
        journal.write(folder, old)
        finished = True
        with mock.patch.object(owner, name, killing(getattr(owner, name), step)):
            try:
                journal.write(folder, new)
            except Killed:
                finished = False
        journal.settle(folder)
        assert {path.name: path.read_bytes() for path in folder.glob("*.csv")} in ([new] if finished else [old, new])
        if finished:
            return
    raise AssertionError(f"{name} was called in every step")


def test_the_command_tells_first_writes_then_and_refuses_whole_files(held: Register, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    form = template.make(held, "0751", "da")
    folder = tmp_path / "sent"
    folder.mkdir()
    place = ("Initiativer", "Åbne data til rådighed")
    (folder / "good.xlsx").write_bytes(filled(form, {(*place, "Status"): "afsluttet", (*place, "Slut (år)"): "2025"}))
    (folder / "wrong.xlsx").write_bytes(filled(form, {(*place, "Status"): "i gnag"}))
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    dry = command.run("import", str(folder), "--dry-run", "--brief", "--data", str(data))
    assert dry.returncode == 1 and "afsluttet" in dry.stdout and "wrong.xlsx: afvist" in dry.stdout and "Intet er gemt" in dry.stdout
    assert {path.name: path.read_bytes() for path in data.iterdir()} == before
    assert command.run("import", str(folder), "--brief", "--data", str(data)).returncode == 1
    old, new = records(before["evidence.csv"]), records((data / "evidence.csv").read_bytes())
    added = [row for row in new if row not in old]
    assert not [row for row in old if row not in new] and {row["source"] for row in added} == {"answer-digitalisation-0751-2026-11-01"}
    changed = {name for name, content in before.items() if (data / name).read_bytes() != content}
    assert changed <= {"evidence.csv", "sources.csv", "evidence-solutions.csv", "evidence-partners.csv"}


@pytest.mark.slow
def test_the_difference_shows_statuses_opportunities_and_questions(held: Register) -> None:
    rows, _ = statements.take(held, [said(Answer("open-data", "ended", until=2025))])
    follows = effects.effects(ROOT, ROOT / "data", held, rows.files(), {"0751"}, "da")
    assert follows.statuses == [("0751", "open-data", "i gang (2019)", "afsluttet (2026)")]
    assert "Hvad er afsluttet?" in [title for title, *_ in follows.answers]
    assert all(sign in "+-" for sign, _ in follows.matches)
