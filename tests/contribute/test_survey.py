"""A round asked again: answers stay private, shares reveal nobody, and they stand beside those of 2014 with a warning."""

import csv
import random
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from tests.helpers import ROOT, command
from tests.helpers.examples import examples
from tests.helpers.forms import filled

from kommunegraf.contribute import checking, figures, private, reading, survey, template
from kommunegraf.contribute.register import Register, read
from kommunegraf.contribute.submission import Reply, Submission
from kommunegraf.contribute.suppression import ALL, LEAST, Table, shown

GROUPS = ("with-smart-city", "without-smart-city")


def table_of(counts: list[list[int]]) -> Table:
    """A table of two groups and their sum."""
    rows = {group: {f"{place}": count for place, count in enumerate(row)} for group, row in zip(GROUPS, counts)}
    return {**rows, ALL: {answer: sum(row[answer] for row in rows.values()) for answer in rows[GROUPS[0]]}}


def span(table: Table, cells: set[tuple[str, str]], cell: tuple[str, str]) -> float:
    """How far a hidden count can be from the truth for who knows what is shown and every total: by linear programming."""
    columns = [(group, answer) for group in GROUPS for answer in table[ALL]]
    equations, values = [], []

    def add(places: list[tuple[str, str]], value: int) -> None:
        equations.append([float(column in places) for column in columns])
        values.append(value)

    for group in (*GROUPS, ALL):
        members = GROUPS if group == ALL else (group,)
        add([(one, answer) for one in members for answer in table[ALL]], sum(table[group].values()))
        for answer in table[ALL]:
            if (group, answer) in cells:
                add([(one, answer) for one in members], table[group][answer])
    aim = np.array([float(column[1] == cell[1] and (column[0] == cell[0] or cell[0] == ALL)) for column in columns])
    low, high = (linprog(sign * aim, A_eq=equations, b_eq=values, bounds=(0, None)) for sign in (1, -1))
    return float(-high.fun - low.fun)


def tables(width: int) -> st.SearchStrategy[list[list[int]]]:
    """Two rows of counts."""
    return st.lists(st.lists(st.integers(0, 14), min_size=width, max_size=width), min_size=2, max_size=2)


@examples(100)
@given(st.integers(2, 5).flatmap(tables))
def test_no_hidden_count_can_be_worked_out_from_what_is_shown(counts: list[list[int]]) -> None:
    table = table_of(counts)
    cells = shown(table)
    assert all(table[group][answer] >= LEAST for group, answer in cells)
    small = any(sum(table[group].values()) < LEAST for group in GROUPS)
    hidden = [(group, answer) for group in table for answer in table[ALL] if (group, answer) not in cells]
    for cell in hidden:
        if cells and not small:
            assert span(table, cells, cell) > 0.5


def test_hiding_only_what_is_small_would_reveal_it() -> None:
    table = table_of([[9, 3, 20], [8, 12, 20]])
    only_small = {(group, answer) for group in table for answer in table[ALL] if table[group][answer] >= LEAST}
    assert span(table, only_small, (GROUPS[0], "1")) == 0  # the oracle sees it
    assert span(table, shown(table), (GROUPS[0], "1")) > 0.5 and shown(table)


def test_a_small_group_is_not_shown_beside_all() -> None:
    cells = shown(table_of([[20, 20], [2, 1]]))
    assert {group for group, _ in cells} == {ALL}
    assert shown(table_of([[1, 1], [1, 1]])) == set()


def replies(chance: random.Random) -> list[Reply]:
    """Invented replies of one kommune."""
    standing = chance.choice(survey.CHOSEN["smart-city-status"])
    degrees = {item: chance.choice(["very-high", "some", "none"]) for item in survey.GRADED["motivation"][1]}
    motives = [Reply("motivation", f"motivation/{item}", degree) for item, degree in degrees.items()]
    open_data = Reply("initiative-status", "initiative/open-data", chance.choice(["active", "planned", "none"]))
    return [Reply("smart-city-status", f"smart-city-status/{standing}"), *motives, open_data]


def test_a_round_stands_beside_2014(held: Register) -> None:
    chance = random.Random(1)
    listed = figures.figures(held, {code: replies(chance) for code in held.codes})
    one = next(one for one in listed if (one.item, one.group) == ("motivation/environment-climate", "with-smart-city"))
    assert one.before and one.value is not None and 0 < one.value < 100 and one.answers > 20
    assert {one.statistic for one in listed if one.item == "initiative/open-data"} == {"active-share", "planned-share"}


def test_figures_need_five(held: Register, tmp_path: Path) -> None:
    chance, data = random.Random(2), tmp_path / "data"
    shutil.copytree(ROOT / "data", data)

    def store(codes: list[str]) -> None:
        private.store(data, [Submission(code, "staff", date(2026, 11, 1), replies=replies(chance)) for code in codes])

    store(held.codes[:4])
    private.store(data, [Submission("0751", "staff", date(2026, 11, 1), replies=[Reply("motivation", "motivation/marketing", "high")])])
    for make in (figures.of_round, figures.publish):
        with pytest.raises(figures.TooFew):
            make(held, data, 2026)
    store(held.codes[:30])
    draft = figures.of_round(held, data, 2026)
    made = figures.publish(held, data, 2026)
    assert draft == made and made[0].answers == 30  # who does not tell where it stands is in no group
    store(held.codes[30:60])
    after = read(data)
    with pytest.raises(figures.MadeAlready):
        figures.publish(after, data, 2026)
    shown = [one for one in made if one.value is not None]
    assert sorted(figures.of_round(after, data, 2026), key=str) == sorted(shown, key=str)


def test_the_size_of_a_group_does_not_tell_a_hidden_answer(held: Register) -> None:
    """Nine coordinate and three act alone: the twelve of the group, which other questions show, would tell the three."""
    stands = {"coordinated-work": 9, "individual-activities": 3, "planned-within-12-months": 8, "neither-nor-planned": 20}
    names = [name for name, count in stands.items() for _ in range(count)]
    rounds = {code: [Reply("smart-city-status", f"smart-city-status/{name}")] for code, name in zip(held.codes, names)}
    shown = {one.item.rpartition("/")[2]: one.value for one in figures.figures(held, rounds)}
    assert (shown["coordinated-work"], shown["individual-activities"]) == (None, None)
    assert (shown["planned-within-12-months"], shown["neither-nor-planned"]) == (20, 50)


def test_two_versions_of_one_round_would_tell_who_came_between() -> None:
    """Why figures are made once: each version hides nothing wrong, and their difference is an answer."""
    before, after = table_of([[10, 20], [20, 30]]), table_of([[11, 20], [20, 30]])
    assert shown(before) == shown(after) == {(group, answer) for group in before for answer in before[group]}
    changes = {(group, answer): after[group][answer] - count for group, row in before.items() for answer, count in row.items()}
    assert {cell for cell, change in changes.items() if change} == {(GROUPS[0], "0"), (ALL, "0")}


def test_a_later_answer_takes_the_place_of_an_earlier_one_to_the_same_question(tmp_path: Path) -> None:
    data = tmp_path / "data"

    def store(day: int, *said: Reply) -> None:
        private.store(data, [Submission("0751", "staff", date(2026, 11, day), replies=list(said))])

    first, second = (Reply("relevance", f"relevance/{name}") for name in ("largest-towns", "whole-municipality"))
    store(2, first, Reply("motivation", "motivation/marketing", "high"))
    store(9, second)
    answers = private.read(data, 2026)
    assert answers.replies["0751"] == [Reply("motivation", "motivation/marketing", "high"), second]
    assert answers.days == (date(2026, 11, 2), date(2026, 11, 9))


def test_the_form_of_a_round_comes_back_and_stays_private(held: Register, tmp_path: Path) -> None:
    form = template.make(held, "0751", "da", year=2026)
    label = survey.label("motivation/marketing", "da")
    sheets = reading.sheets(filled(form, {}), "x")
    sheet = next(one for one in sheets if one.name == "Motivation og forankring")
    for _, cells in sheet.rows:
        if cells[0] == "motivation:motivation/marketing":
            assert cells[2] == label
            cells[3:4] = ["i høj grad"]
        if cells[0] == "smart-city-status":
            cells[3:4] = ["hvad?"]
    found = checking.check(sheets, held, date(2026, 11, 28))
    assert [fault.code for fault in found.wrong] == ["unknown-answer"] and len(found.wrong[0].allowed) == 4
    assert found.submissions[0].round == "2026" and found.submissions[0].replies == [Reply("motivation", "motivation/marketing", "high")]
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    assert private.store(data, found.submissions) == 1
    with (tmp_path / "data-private" / "survey-2026" / "0751.csv").open() as file:
        assert list(csv.reader(file))[1:] == [["motivation", "motivation/marketing", "high", "2026-11-01"]]
    assert command.run("survey", "2026", "--data", str(data)).returncode == 1


def test_git_ignores_what_is_private() -> None:
    assert "/data-private/" in (ROOT / ".gitignore").read_text("utf-8").split("\n")


def test_the_command_warns_that_samples_differ(held: Register, tmp_path: Path) -> None:
    data, chance = tmp_path / "data", random.Random(3)
    shutil.copytree(ROOT / "data", data)
    private.store(data, [Submission(code, "staff", date(2026, 11, 1), replies=replies(chance)) for code in held.codes[:60]])
    done = command.run("survey", "2026", "--data", str(data), "-o", str(tmp_path / "figures.csv"))
    assert done.returncode == 0 and "Læs med omtanke" in done.stdout and "2014" in done.stdout
    with (tmp_path / "figures.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert not [row for row in rows if row["item"].startswith("open/")]
