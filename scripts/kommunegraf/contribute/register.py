"""What the tables hold, as a contributor's form shows it and as answers are compared with it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kommunegraf.findings import BadInput
from kommunegraf.graph import adoption, countries, derived, tables
from kommunegraf.graph.adoption import Adoption, Evidence, Limits
from kommunegraf.graph.metadata import Table
from kommunegraf.languages import LANGUAGES, alphabetical
from kommunegraf.names import Names
from kommunegraf.namespaces import BASE

Row = dict[str, str]
ANSWERS = "answer-"
"""How the ids of sources begin that are answers given by a form."""


@dataclass(frozen=True)
class Register:
    """The tables of a data folder. Raises BadInput, where it is read, for tables with faults."""

    tables: dict[str, Table]

    def rows(self, name: str) -> list[Row]:
        """The rows of a table, each by the names of its columns."""
        table = self.tables[f"{name}.csv"]
        columns = [column.name for column in table.columns if not column.virtual]
        return [dict(zip(columns, row)) for row in table.rows]

    @cached_property
    def person(self) -> re.Pattern[str]:
        """What finds the number of a person in a text."""
        return countries.persons(self.tables)

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        """By language: the names of kommuner, initiatives, solutions and organisations, by the path of their IRI."""
        named = {"municipalities": "code", "initiatives": "id", "solutions": "id", "organisations": "id"}
        kinds = {"municipalities": "municipality", "initiatives": "initiative", "solutions": "solution", "organisations": "organisation"}
        labels: dict[str, dict[str, str]] = {lang: {} for lang in LANGUAGES}
        for name, key in named.items():
            for row in self.rows(name):
                for lang in LANGUAGES:
                    labels[lang][f"{kinds[name]}/{row[key]}"] = row.get(f"name_{lang}") or row[f"label_{lang}"]
        return labels

    def label(self, path: str, lang: str) -> str:
        """The name of what a path such as `solution/renoweb` leads to."""
        return self.labels[lang][path]

    @cached_property
    def codes(self) -> list[str]:
        """The kommunekoder, sorted."""
        return sorted(row["code"] for row in self.rows("municipalities"))

    @cached_property
    def initiatives(self) -> list[str]:
        """The ids of the initiatives, in the order in which Danish readers look for them."""
        return sorted(
            (row["id"] for row in self.rows("initiatives")), key=lambda name: alphabetical(self.label(f"initiative/{name}", "da"))
        )

    @cached_property
    def asked(self) -> list[str]:
        """The initiatives that the survey of 2014 asked about and the report's text names, in the same order."""
        beyond = {row["initiative"] for row in self.rows("initiatives-beyond-survey")}
        return [name for name in self.initiatives if name not in beyond]

    @cached_property
    def names(self) -> dict[str, Names]:
        """How people write kommuner, initiatives, solutions and organisations; a former name leads to what stands in its place."""
        return {kind: Names(kind, self._named(kind)) for kind in ("municipality", "initiative", "solution", "organisation")}

    def _named(self, kind: str) -> Iterable[tuple[str, str]]:
        for lang in LANGUAGES:
            yield from ((BASE + path, label) for path, label in self.labels[lang].items() if path.startswith(f"{kind}/"))
        if kind in ("solution", "organisation"):
            for row in self.rows(f"former-{kind}s"):
                yield from ((f"{BASE}{kind}/{row['replaced_by']}", row[f"name_{lang}"]) for lang in LANGUAGES)

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """The statements by IRI."""
        return {one.iri: one for one in derived.evidence(self.tables)}

    @cached_property
    def limits(self) -> Limits:
        """What age is measured by."""
        return derived.limits(self.tables)

    @cached_property
    def adoptions(self) -> dict[str, dict[str, Adoption]]:
        """By kommunekode and initiative: what the statements make by the rule."""
        joined: dict[str, dict[str, Adoption]] = defaultdict(dict)
        for (municipality, initiative), one in adoption.adoptions(self.evidence.values(), self.limits).items():
            joined[last(municipality)][last(initiative)] = one
        return joined

    @cached_property
    def denials(self) -> dict[str, dict[str, Evidence]]:
        """By kommunekode and initiative: the kommune's own word that it has nothing of the kind."""
        joined: dict[str, dict[str, Evidence]] = defaultdict(dict)
        for (municipality, initiative), one in adoption.denials(self.evidence.values()).items():
            joined[last(municipality)][last(initiative)] = one
        return joined

    @cached_property
    def statements(self) -> dict[str, Row]:
        """The rows of evidence by the IRI that they become."""
        rows = self.rows("evidence")
        return {f"{BASE}evidence/{row['municipality']}-{row['initiative']}-{row['number']}": row for row in rows}

    @cached_property
    def sources(self) -> dict[str, Row]:
        """The sources by id."""
        return {row["id"]: row for row in self.rows("sources")}

    def answered_by(self, source: str, respondent: str) -> bool:
        """Whether a source is an answer that a kommune (by code) or an organisation (by id) gave by a form."""
        row = self.sources[source]
        return source.startswith(ANSWERS) and respondent in (row["publisher"], row["publisher_municipality"])

    @cached_property
    def partners(self) -> dict[str, tuple[str, ...]]:
        """By the IRI of a statement: the paths of the organisations and kommuner that it names as partners, sorted."""
        joined: dict[str, list[str]] = defaultdict(list)
        for name, column, kind in (
            ("evidence-partners", "organisation", "organisation"),
            ("evidence-municipal-partners", "partner", "municipality"),
        ):
            for row in self.rows(name):
                iri = f"{BASE}evidence/{row['municipality']}-{row['initiative']}-{row['number']}"
                joined[iri].append(f"{kind}/{row[column]}")
        return {iri: tuple(sorted(paths)) for iri, paths in joined.items()}

    @cached_property
    def memberships(self) -> dict[str, list[Row]]:
        """By kommunekode: its memberships."""
        joined: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows("memberships"):
            joined[row["municipality"]].append(row)
        return joined

    @cached_property
    def vehicles(self) -> list[str]:
        """The ids of the networks, associations and joint projects that have members, or could."""
        kinds = {"network", "association", "joint-project"}
        return sorted(row["id"] for row in self.rows("organisations") if row["kind"] in kinds)


def read(data: Path) -> Register:
    """Read the tables of a folder. Raises BadInput with every fault of theirs."""
    rows, findings = tables.read(data)
    if findings:
        raise BadInput(findings)
    return Register(rows)


def last(iri: str) -> str:
    """The last part of an IRI or a path."""
    return iri.rsplit("/", 1)[-1]
