"""Contributions into the tables: what they change, told first, then written as one."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kommunegraf.contribute import effects, private, register, statements
from kommunegraf.contribute.effects import Effects
from kommunegraf.contribute.files import Checked
from kommunegraf.contribute.forms import word
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Change
from kommunegraf.graph import journal


@dataclass(frozen=True)
class Taken:
    """What files change: by statement, by file of the tables, and the files that were refused, whole, with why."""

    changes: list[Change]
    files: dict[str, bytes]
    rows: int
    refused: list[Checked]
    accepted: list[Checked]

    @property
    def codes(self) -> set[str]:
        """The kommuner for which something changes."""
        return {change.municipality for change in self.changes if change.kind not in ("unchanged", "note")}

    def effects(self, root: Path, data: Path, before: Register, lang: str) -> Effects:
        """What follows from it. Raises BadInput where the changed tables would have faults."""
        return effects.effects(root, data, before, self.files, self.codes, lang)


def prepare(held: Register, checked: Iterable[Checked], lang: str) -> Taken:
    """What some checked files change. A file with a fault is refused whole."""
    listed = list(checked)
    accepted = [one for one in listed if one.fit]
    submissions = [submission for one in accepted for submission in one.check.submissions]
    rows, changes = statements.take(held, submissions, lang)
    files = rows.files()
    count = sum(change.kind in ("added", "changed", "withdrawn") for change in changes)
    return Taken(changes, files, count, [one for one in listed if not one.fit], accepted)


def store(data: Path, taken: Taken) -> int:
    """Write the changed tables, all or none, and keep answers to the survey apart. Returns how many of those there were.

    Raises BadInput where the tables would have faults, and OSError.
    """
    replies = private.store(data, (submission for one in taken.accepted for submission in one.check.submissions))
    if not taken.files:
        return replies
    with effects.changed(data, taken.files) as folder:
        register.read(folder)  # what would not read back is not written
    journal.sweep(data)
    journal.write(data, taken.files)
    return replies


def table(held: Register, taken: Taken, lang: str) -> list[tuple[str, str, str, str, str]]:
    """The changes as rows: what, kommune, about, before, after. What says nothing new is left out."""
    return [
        (
            word(lang, "changes", one.kind), held.label(f"municipality/{one.municipality}", lang), held.label(one.about, lang),
            one.before, one.after,
        )
        for one in taken.changes
        if one.kind != "unchanged"
    ]  # fmt: skip
