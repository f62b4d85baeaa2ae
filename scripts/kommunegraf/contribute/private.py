"""Answers to the survey, kept beside the tables and never published: one file for each kommune and round, ignored by git."""

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from kommunegraf.contribute.submission import Reply, Submission
from kommunegraf.graph import journal

_HEAD = ("question", "item", "degree")


def folder(data: Path) -> Path:
    """Where the private answers of a data folder stand."""
    return data.parent / "data-private"


def store(data: Path, submissions: Iterable[Submission]) -> int:
    """Keep the replies of some submissions; a kommune's later answer takes the place of its earlier one. Returns how many replies."""
    count = 0
    for one in submissions:
        if not one.replies:
            continue
        place = folder(data) / f"survey-{one.round or one.day.year}"
        place.mkdir(parents=True, exist_ok=True)
        output = StringIO()
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(_HEAD)
        writer.writerows(sorted((reply.question, reply.item, reply.degree) for reply in one.replies))
        journal.write(place, {f"{one.municipality}.csv": output.getvalue().encode()})
        count += len(one.replies)
    return count


def read(data: Path, year: int) -> dict[str, list[Reply]]:
    """By kommunekode: the replies of a round."""
    place = folder(data) / f"survey-{year}"
    if place.is_dir():
        journal.settle(place)
    rounds = {}
    for path in sorted(place.glob("[0-9][0-9][0-9][0-9].csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rounds[path.stem] = [Reply(row["question"], row["item"], row["degree"]) for row in csv.DictReader(file)]
    return rounds
