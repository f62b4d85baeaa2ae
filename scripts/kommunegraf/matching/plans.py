"""Plans of one's own, laid over the graph for one run: marked in every answer, never written to the graph, never published."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from kommunegraf.findings import BadInput, Finding
from kommunegraf.graph.adoption import Evidence, Source
from kommunegraf.matching.register import Register
from kommunegraf.names import Names, UnknownName
from kommunegraf.questions.ask import BadArgument

PRIVATE = "urn:kommunegraf:own-plan:"
"""Where the IRIs of own plans begin; they have no address, since they stand nowhere."""


@dataclass(frozen=True)
class OwnPlan:
    """That a kommune plans an initiative, both by IRI. `year` is the year of the plan, None for the reference year."""

    municipality: str
    initiative: str
    year: int | None = None


def parse(text: str, municipalities: Names, initiatives: Names) -> list[OwnPlan]:
    """The plans of `Sorø, Lejre: network-for-sensors`. Raises BadArgument and UnknownName."""
    places, colon, initiative = text.rpartition(":")
    if not colon or not places.strip() or not initiative.strip():
        raise BadArgument(f"a plan is KOMMUNE: INITIATIVE, such as 'Sorø: network-for-sensors', not {text!r}")
    named = initiatives.resolve(initiative.strip())
    return [OwnPlan(municipalities.resolve(place.strip()), named) for place in places.split(",") if place.strip()]


def read(file: Path, municipalities: Names, initiatives: Names) -> list[OwnPlan]:
    """The plans of a CSV file with the columns municipality, initiative and, if wanted, year.

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
        year = (row.get("year") or "").strip()
        if year and not (year.isdigit() and len(year) == 4):
            findings.append(_wrong(file, number, "year", f"{year!r} is no year", "give four digits, such as 2026, or nothing"))
        named = []
        for column, names in (("municipality", municipalities), ("initiative", initiatives)):
            try:
                named.append(names.resolve((row[column] or "").strip()))
            except UnknownName as error:
                findings.append(_wrong(file, number, column, str(error), "use a name or a code that the graph has"))
        if not findings:
            plans.append(OwnPlan(named[0], named[1], int(year) if year else None))
    if findings:
        raise BadInput(findings)
    return plans


def overlay(register: Register, plans: Iterable[OwnPlan]) -> Register:
    """The register with plans laid over it, each as evidence of high confidence that `private` names."""
    added = []
    for number, plan in enumerate(dict.fromkeys(plans), 1):
        source = Source(f"{PRIVATE}source-{number}", "–", plan.year or register.limits.reference)
        added.append(Evidence(f"{PRIVATE}{number}", plan.municipality, plan.initiative, "planned", "high", source))
    return replace(register, evidence=(*register.evidence, *added), private=frozenset(one.iri for one in added))


def _wrong(file: Path, line: int, column: str, message: str, repair: str) -> Finding:
    return Finding("violation", "plan", message, repair, file=str(file), line=line, column=column)
