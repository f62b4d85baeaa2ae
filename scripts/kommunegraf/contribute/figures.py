"""The figures of a round of the survey beside those of 2014: shares that reveal nobody, and the warning that belongs to them."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from kommunegraf.contribute import private, survey
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Reply
from kommunegraf.contribute.suppression import ALL, LEAST, Table, shown
from kommunegraf.errors import KommunegrafError

WITH, WITHOUT = "with-smart-city", "without-smart-city"
_WORKING = {"smart-city-status/coordinated-work", "smart-city-status/individual-activities"}
_COUNTED = {"degree": {"share": {"very-high", "high"}}, "mark": {"share": {"affirmed"}},
            "standing": {"active-share": {"active"}, "planned-share": {"planned"}}}  # fmt: skip
"""The statistics of each list of answers, and the answers that they count; 2014's report counts so."""
_LOG = "published.csv"


class TooFew(KommunegrafError):
    """A round of which nothing may be shown yet. The message says why."""


@dataclass(frozen=True)
class Figure:
    """A share in whole per cent, None where it would reveal somebody; `answers` is what it rests on, `before` the share of 2014."""

    question: str
    item: str
    group: str
    statistic: str
    value: int | None
    answers: int
    before: str


def publish(register: Register, data: Path, year: int) -> list[Figure]:
    """The figures of a round, and a note of how many had answered. Raises TooFew where they would reveal somebody."""
    rounds = private.read(data, year)
    if len(rounds) < LEAST:
        raise TooFew(f"{len(rounds)} kommuner have answered the round of {year}; figures need {LEAST} at least")
    log = private.folder(data) / f"survey-{year}" / _LOG
    last = sorted(log.read_text("utf-8").split()) if log.exists() else []
    if last and last != sorted(rounds) and len(set(rounds) ^ set(last)) < LEAST:
        few = f"fewer than {LEAST} kommuner have answered since the figures of {year} were shown: the difference tells their answers"
        raise TooFew(few)
    log.write_text("\n".join(sorted(rounds)) + "\n", "utf-8")
    return figures(register, rounds)


def figures(register: Register, rounds: dict[str, list[Reply]]) -> list[Figure]:
    """The shares of each question, item and group, with those of 2014 where it printed them."""
    before = {
        (row["question"], row["item"], row["group"], row["statistic"]): row["value"] for row in register.rows("survey-observations")
    }
    listed = []
    for (question, item), table in sorted(_tables(rounds).items()):
        cells = shown(table)
        for group in (ALL, WITH, WITHOUT):
            base = sum(table[group].values())
            for answer, count in sorted(table[group].items()):
                if answer == "rest" or not base:
                    continue
                what, statistic = (item, answer) if item else (answer, "share")
                value = round(100 * count / base) if (group, answer) in cells else None
                listed.append(Figure(question, what, group, statistic, value, base, before.get((question, what, group, statistic), "")))
    return listed


def _tables(rounds: dict[str, list[Reply]]) -> dict[tuple[str, str], Table]:
    """By question, and by item where each item is answered: how many of each group gave each answer that is counted."""
    tables: dict[tuple[str, str], Table] = {}
    for replies in rounds.values():
        group = WITH if any(one.item in _WORKING for one in replies) else WITHOUT
        for one in replies:
            if one.item.startswith("open/"):
                continue
            graded = bool(one.degree)
            key = (one.question, one.item if graded else "")
            table = tables.setdefault(key, {name: defaultdict(int) for name in (ALL, WITH, WITHOUT)})
            answer = _answer(one) if graded else one.item
            for name in (ALL, group):
                table[name][answer] += 1
    return {key: _filled(key, table) for key, table in tables.items()}


def _answer(reply: Reply) -> str:
    options = "standing" if reply.question == survey.INITIATIVES else survey.GRADED[reply.question][0]
    return next((statistic for statistic, counted in _COUNTED[options].items() if reply.degree in counted), "rest")


def _filled(key: tuple[str, str], table: Table) -> Table:
    """A table in which each answer that could be given has a count, none as 0: an empty cell is a count too."""
    question, item = key
    if item:
        options = "standing" if question == survey.INITIATIVES else survey.GRADED[question][0]
        answers = [*_COUNTED[options], "rest"]
    else:
        answers = [f"{survey.SCHEMES.get(question, question)}/{name}" for name in survey.CHOSEN[question]]
    return {group: {answer: counts.get(answer, 0) for answer in answers} for group, counts in table.items()}


def write(figures: list[Figure], path: Path) -> None:
    """The figures as a table; a share that is not shown is empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("question", "item", "group", "statistic", "value", "answers", "value_2014"))
        for one in figures:
            value = "" if one.value is None else one.value
            writer.writerow((one.question, one.item, one.group, one.statistic, value, one.answers, one.before))
