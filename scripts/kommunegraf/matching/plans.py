"""Plans and other statements of one's own, laid over the graph for one run: marked in every answer, never written, never published."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kommunegraf.findings import BadInput, Finding
from kommunegraf.graph.adoption import CONFIDENCE, STAGE, Evidence, Source
from kommunegraf.matching.register import Register
from kommunegraf.names import Names, UnknownName
from kommunegraf.questions.ask import BadArgument

PRIVATE = "urn:kommunegraf:own-plan:"
"""Where the IRIs of own plans begin; they have no address, since they stand nowhere."""


YEARS = ("year", "year_from", "year_to")
CHOICES = {"status": STAGE, "confidence": CONFIDENCE}
"""The columns of a file that have years and choices; those of `data/evidence.csv` are understood too."""


@dataclass(frozen=True)
class OwnPlan:
    """That a kommune plans an initiative, both by IRI; or, with another `status`, that it has it or had it.

    `year` is the year that it stands for, None for the reference year; `start` and `end` are those of its period.
    """

    municipality: str
    initiative: str
    year: int | None = None
    status: str = "planned"
    title: str = ""
    confidence: str = "high"
    start: int | None = None
    end: int | None = None


def parse(text: str, municipalities: Names, initiatives: Names) -> list[OwnPlan]:
    """The plans of `Sorø, Lejre: network-for-sensors`. Raises BadArgument and UnknownName."""
    places, colon, initiative = text.rpartition(":")
    if not colon or not places.strip() or not initiative.strip():
        raise BadArgument(f"a plan is KOMMUNE: INITIATIVE, such as 'Sorø: network-for-sensors', not {text!r}")
    named = initiatives.resolve(initiative.strip())
    return [OwnPlan(municipalities.resolve(place.strip()), named) for place in places.split(",") if place.strip()]


def read(file: Path, municipalities: Names, initiatives: Names) -> list[OwnPlan]:
    """The statements of a CSV file with the columns municipality and initiative; without more, they are plans of the reference year.

    It may have the columns year and those of `data/evidence.csv`: status, year_from, year_to, title, title_da, title_en, confidence.
    Raises BadInput with the row and the column of everything that is wrong, and OSError.
    """
    plans: list[OwnPlan] = []
    findings: list[Finding] = []
    try:
        rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    except UnicodeDecodeError as error:
        raise BadInput([_wrong(file, 0, "", "the file is not UTF-8", "save it as CSV UTF-8")]) from error
    columns = set(rows[0]) if rows else set()
    if lacking := sorted({"municipality", "initiative"} - columns):
        message = f"the file has no column {' and '.join(lacking)}" if rows else "the file has no row"
        raise BadInput([_wrong(file, 1, "", message, "begin with the line municipality,initiative,year")])
    for number, row in enumerate(rows, 2):
        cells = {column: (value or "").strip() for column, value in row.items() if column and isinstance(value, str | None)}
        faults = list(_faults(cells))
        named = []
        for column, names in (("municipality", municipalities), ("initiative", initiatives)):
            try:
                named.append(names.resolve(cells[column]))
            except UnknownName as error:
                faults.append((column, str(error), "use a name or a code that the graph has"))
        findings += [_wrong(file, number, *fault) for fault in faults]
        if not findings:
            plans.append(_statement(cells, *named))
    if findings:
        raise BadInput(findings)
    return plans


def _faults(cells: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """The columns whose cells are no year or no choice, with what is wrong and what would be right."""
    for column in YEARS:
        if (value := cells.get(column)) and not (value.isdigit() and len(value) == 4):
            yield column, f"{value!r} is no year", "give four digits, such as 2026, or nothing"
    for column, choices in CHOICES.items():
        if (value := cells.get(column)) and value not in choices:
            yield column, f"{value!r} is no {column}", f"give one of {', '.join(choices)}, or nothing"


def _statement(cells: dict[str, str], municipality: str, initiative: str) -> OwnPlan:
    year, start, end = (int(cells[column]) if cells.get(column) else None for column in YEARS)
    title = next((cells[column] for column in ("title", "title_da", "title_en") if cells.get(column)), "")
    return OwnPlan(
        municipality, initiative, year, cells.get("status") or "planned", title, cells.get("confidence") or "high", start, end
    )


def overlay(register: Register, plans: Iterable[OwnPlan]) -> Register:
    """The register with statements laid over it as evidence that `private` names."""
    added = []
    for number, plan in enumerate(dict.fromkeys(plans), 1):
        source = Source(f"{PRIVATE}source-{number}", "–", plan.year or register.limits.reference)
        added.append(Evidence(
            f"{PRIVATE}{number}", plan.municipality, plan.initiative, plan.status, plan.confidence, source, plan.title, plan.start, plan.end
        ))
    return replace(register, evidence=(*register.evidence, *added), private=frozenset(one.iri for one in added))


def _wrong(file: Path, line: int, column: str, message: str, repair: str) -> Finding:
    return Finding("violation", "plan", message, repair, file=str(file), line=line, column=column)
