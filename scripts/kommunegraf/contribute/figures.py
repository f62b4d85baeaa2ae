"""The figures of a round of the survey: counted from its answers, shares that reveal nobody, made once and beside those of 2014."""

import csv
from dataclasses import dataclass
from pathlib import Path

from kommunegraf import paths
from kommunegraf.contribute import effects, private, survey
from kommunegraf.contribute import register as registers
from kommunegraf.contribute.forms import word
from kommunegraf.contribute.private import Round
from kommunegraf.contribute.register import Register, last
from kommunegraf.contribute.rowset import Rows
from kommunegraf.contribute.submission import Reply
from kommunegraf.contribute.suppression import ALL, LEAST, Table, shown, standing
from kommunegraf.errors import KommunegrafError
from kommunegraf.graph import journal
from kommunegraf.languages import LANGUAGES, date

WITH, WITHOUT = "with-smart-city", "without-smart-city"
_STANDING = "smart-city-status"
_GROUP = {
    "coordinated-work": WITH, "individual-activities": WITH, "planned-within-12-months": WITHOUT, "neither-nor-planned": WITHOUT,
}  # fmt: skip
"""The group of each answer to where a kommune stands."""
_COUNTED = {"degree": {"share": {"very-high", "high"}}, "mark": {"share": {"affirmed"}},
            "standing": {"active-share": {"active"}, "planned-share": {"planned"}}}  # fmt: skip
"""The statistics of each list of answers, and the answers that they count; 2014's report counts so."""
_REST = "rest"
_ANSWERED, _EVERYBODY = ("response", "response-item/answered", "count"), "all-municipalities"
ROUNDS, FIGURES = "survey-rounds", "survey-round-figures"
"""The tables of rounds and of their figures."""


class TooFew(KommunegrafError):
    """A round of which nothing may be shown yet. The message says why."""


class MadeAlready(KommunegrafError):
    """A round whose figures stand in the tables. The message says why they are not made again."""


@dataclass(frozen=True)
class Figure:
    """A share in whole per cent, None where it would reveal somebody, or a number of kommuner.

    `answers` is what it rests on, `before` what 2014's report prints, empty where it prints nothing.
    """

    question: str
    item: str
    group: str
    statistic: str
    value: int | None
    answers: int
    before: str = ""


def of_round(register: Register, data: Path, year: int) -> list[Figure]:
    """The figures of a round: those of the tables where they were made, else what they would be. Raises TooFew."""
    if is_made(register, year):
        return _made(register, year)
    placed = _placed(private.read(data, year).replies)
    if len(placed) < LEAST:
        raise TooFew(f"{len(placed)} kommuner have told where they stand in the round of {year}; figures need {LEAST} at least")
    return figures(register, placed)


def publish(register: Register, data: Path, year: int) -> list[Figure]:
    """Write the figures of a round into the tables. Raises TooFew, MadeAlready, OSError, and BadInput where tables have faults."""
    if is_made(register, year):
        raise MadeAlready(f"the figures of {year} stand in the tables, and are made once: what changes them would show who answered since")
    listed = of_round(register, data, year)
    rows = Rows(register)
    for one in listed:
        if one.value is not None:
            rows.add(FIGURES, _row(one, year))
    rows.add("sources", _source(year))
    rows.add(ROUNDS, _described(private.read(data, year), listed, year))
    with effects.changed(data, rows.files()) as folder:
        registers.read(folder)  # what would not read back is not written
    journal.sweep(data)
    journal.write(data, rows.files())
    return listed


def _placed(rounds: dict[str, list[Reply]]) -> dict[str, list[Reply]]:
    """The answers of those who told where they stand; without that, a kommune is in no group."""
    return {code: replies for code, replies in rounds.items() if any(one.question == _STANDING for one in replies)}


def is_made(register: Register, year: int) -> bool:
    """Whether the figures of a round stand in the tables."""
    return any(row["round"] == str(year) for row in register.rows(ROUNDS))


def _made(register: Register, year: int) -> list[Figure]:
    before = _printed(register)
    return [
        Figure(*key, int(row["value"]), int(row["answers"]), before.get(key, ""))
        for row in register.rows(FIGURES)
        if row["round"] == str(year) and (key := (row["question"], row["item"], row["group"], row["statistic"]))
    ]


def _row(one: Figure, year: int) -> dict[str, str]:
    name = "-".join((one.question, last(one.item), one.group, one.statistic))
    unit = "count" if one.statistic == _ANSWERED[2] else "percent"
    return {
        "round": str(year), "id": name, "question": one.question, "item": one.item, "group": one.group, "statistic": one.statistic,
        "value": str(one.value), "unit": unit, "answers": str(one.answers),
    }  # fmt: skip


def _source(year: int) -> dict[str, str]:
    titles = {f"title_{lang}": word(lang, "round", "source").format(year=year) for lang in LANGUAGES[:1]}  # a source has one title
    return {"id": _source_id(year), **titles, "publisher": "kommunegraf", "year": str(year)}


def _source_id(year: int) -> str:
    return f"survey-{year}"


def _described(answers: Round, listed: list[Figure], year: int) -> dict[str, str]:
    """The row of a round: when, how many answered, and how many shares are left out."""
    assert answers.days is not None
    first, until = answers.days
    fields = {"year": year, "answered": listed[0].answers, "all": len(listed), "hidden": sum(one.value is None for one in listed)}
    texts = {}
    for lang in LANGUAGES:
        texts[f"title_{lang}"] = word(lang, "round", "title").format(year=year)
        days = {"first": date(first, lang), "last": date(until, lang)}
        texts[f"description_{lang}"] = word(lang, "round", "description").format(**fields, **days)
    return {"round": str(year), **texts, "source": _source_id(year), "start": first.isoformat(), "end": until.isoformat()}


def _printed(register: Register) -> dict[tuple[str, str, str, str], str]:
    """What 2014's report prints, by question, answer, group and statistic."""
    return {(row["question"], row["item"], row["group"], row["statistic"]): row["value"] for row in register.rows("survey-observations")}


def figures(register: Register, rounds: dict[str, list[Reply]]) -> list[Figure]:
    """How many answered, then the shares of each question, item and group, with those of 2014 where it printed them.

    Each of them has told where it stands.
    """
    before = _printed(register)
    question, item, statistic = _ANSWERED
    number, printed = len(rounds), before.get((question, item, _EVERYBODY, statistic), "")
    listed = [Figure(question, item, _EVERYBODY, statistic, number, number, printed)]
    for (question, item), table in sorted(_tables(rounds).items()):
        cells = _standing(table) if question == _STANDING else shown(table)
        for group in (ALL, WITH, WITHOUT) if question != _STANDING else (ALL,):
            base = sum(table[group].values())
            for answer, count in sorted(table[group].items()):
                if answer == _REST or not base:
                    continue
                what, statistic = (item, answer) if item else (answer, "share")
                value = round(100 * count / base) if (group, answer) in cells else None
                listed.append(Figure(question, what, group, statistic, value, base, before.get((question, what, group, statistic), "")))
    return listed


def _standing(table: Table) -> set[tuple[str, str]]:
    """The cells of the question of where a kommune stands that may be shown."""
    parts = {group: {path: count for path, count in table[ALL].items() if _GROUP[last(path)] == group} for group in (WITH, WITHOUT)}
    return {(ALL, answer) for answer in standing(parts)}


def _tables(rounds: dict[str, list[Reply]]) -> dict[tuple[str, str], Table]:
    """By question, and by item where each item is answered: how many of each group gave each answer that is counted."""
    tables: dict[tuple[str, str], Table] = {}
    for replies in rounds.values():
        group = next(_GROUP[last(one.item)] for one in replies if one.question == _STANDING)
        for one in replies:
            if one.item.startswith("open/"):
                continue
            graded = bool(one.degree)
            key = (one.question, one.item if graded else "")
            table = tables.setdefault(key, _empty(*key))
            answer = _answer(one) if graded else one.item
            for name in (ALL, group):
                table[name][answer] += 1
    return tables


def _answer(reply: Reply) -> str:
    return next((statistic for statistic, counted in _COUNTED[_options(reply.question)].items() if reply.degree in counted), _REST)


def _options(question: str) -> str:
    return "standing" if question == survey.INITIATIVES else survey.GRADED[question][0]


def _empty(question: str, item: str) -> Table:
    """A table in which each answer that could be given has a count, none as 0: an empty cell is a count too."""
    if item:
        answers = [*_COUNTED[_options(question)], _REST]
        return {group: dict.fromkeys(answers, 0) for group in (ALL, WITH, WITHOUT)}
    names = [f"{survey.SCHEMES.get(question, question)}/{name}" for name in survey.CHOSEN[question]]
    return {group: dict.fromkeys(names, 0) for group in (ALL, WITH, WITHOUT)}


def write(figures: list[Figure], path: Path) -> None:
    """The figures as a table; a share that is not shown is empty."""
    with paths.named(path), path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("question", "item", "group", "statistic", "value", "answers", "value_2014"))
        for one in figures:
            value = "" if one.value is None else one.value
            writer.writerow((one.question, one.item, one.group, one.statistic, value, one.answers, one.before))
