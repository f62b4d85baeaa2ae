"""Answers to the survey, kept beside the tables and never published: one file for each kommune and round, ignored by git."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

from kommunegraf.contribute.submission import Reply, Submission
from kommunegraf.graph import journal

_HEAD = ("question", "item", "degree", "date")


@dataclass(frozen=True)
class Round:
    """The answers of a round: the replies of each kommune by its code, and the days of the first and the last answer."""

    replies: dict[str, list[Reply]]
    days: tuple[date, date] | None = None


def folder(data: Path) -> Path:
    """Where the private answers of a data folder stand."""
    return data.parent / "data-private"


def store(data: Path, submissions: Iterable[Submission]) -> int:
    """Keep the replies of some submissions; to one question a kommune's later answer takes the place of its earlier one.

    Returns how many replies there were.
    """
    count = 0
    for one in sorted(submissions, key=lambda one: one.day):
        if not one.replies:
            continue
        place = folder(data) / f"survey-{one.round or one.day.year}"
        place.mkdir(parents=True, exist_ok=True)
        journal.settle(place)
        path = place / f"{one.municipality}.csv"
        rows = {_about(reply): (reply, day) for reply, day in (_rows(path) if path.exists() else ())}
        rows |= {_about(reply): (reply, one.day) for reply in one.replies}
        output = StringIO()
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(_HEAD)
        writer.writerows(sorted((reply.question, reply.item, reply.degree, day.isoformat()) for reply, day in rows.values()))
        journal.write(place, {path.name: output.getvalue().encode()})
        count += len(one.replies)
    return count


def read(data: Path, year: int) -> Round:
    """The answers of a round."""
    place = folder(data) / f"survey-{year}"
    if place.is_dir():
        journal.settle(place)
    rows = {path.stem: _rows(path) for path in sorted(place.glob("*.csv"))}
    days = sorted(day for replies in rows.values() for _, day in replies)
    replies = {code: [reply for reply, _ in answered] for code, answered in rows.items()}
    return Round(replies, (days[0], days[-1]) if days else None)


def _about(reply: Reply) -> tuple[str, str]:
    """What a reply answers: a question with one answer, or an item of a question."""
    return reply.question, reply.item if reply.degree else ""


def _rows(path: Path) -> list[tuple[Reply, date]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(Reply(row["question"], row["item"], row["degree"]), date.fromisoformat(row["date"])) for row in csv.DictReader(file)]
