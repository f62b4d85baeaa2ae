"""A finished graph read back into evidence and adoptions, once for matching, pages and exports.

>>> from kommunegraf.graph import reader
>>> from kommunegraf.rdf.engines import Embedded
>>> claims = reader.read(Embedded.open("build/kommunegraf.nq"))
>>> len(claims.adoptions), len(claims.weak_signs), len(claims.as_of(2014))
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kommunegraf.findings import BadInput, Finding
from kommunegraf.graph import adoption
from kommunegraf.graph.adoption import Adoption, Evidence, Limits, Pair, Source
from kommunegraf.namespaces import SHARED
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Engine


@dataclass(frozen=True)
class Claims:
    """All evidence by IRI; the adoptions that the graph states, by the IRIs of kommune and initiative; what age is measured by."""

    evidence: dict[str, Evidence]
    adoptions: dict[Pair, Adoption]
    limits: Limits

    @cached_property
    def weak_signs(self) -> dict[Pair, tuple[Evidence, ...]]:
        """Where everything that is said has low confidence: neither an adoption nor nothing."""
        return adoption.weak_signs(self.evidence.values())

    @cached_property
    def denials(self) -> dict[Pair, Evidence]:
        """Where the kommune itself says that it has nothing of the kind."""
        return adoption.denials(self.evidence.values())

    def as_of(self, year: int) -> dict[Pair, Adoption]:
        """The adoptions as they stood at the end of a year, by what the evidence of today tells of it."""
        then = Limits(year, self.limits.fresh, self.limits.ageing)
        return adoption.adoptions(adoption.known_by(self.evidence.values(), year), then)


def read(engine: Engine) -> Claims:
    """Read evidence and adoptions. Raises BadInput when the graph lacks something that they need, and EngineError."""
    stated = evidence(engine)
    return Claims(stated, _adoptions(engine, stated), limits(engine))


_NEEDED = {
    "municipality": "kg:adopter", "initiative": "kg:initiative", "status": "kg:status", "confidence": "kg:confidence",
    "title": "dcterms:title", "source": "dcterms:source", "sourceTitle": "dcterms:title of its source",
}


def evidence(engine: Engine) -> dict[str, Evidence]:
    """All evidence, by IRI and in its order. Raises BadInput and EngineError as `read` does."""
    solutions = defaultdict(set)
    for row in ask.internal(engine, "solutions").rows():
        solutions[row["evidence"]].add(row["solution"])
    # A source with two addresses gives two rows; the first address is taken.
    rows = {row["evidence"]: row for row in reversed(ask.internal(engine, "statements").rows())}
    if missing := [_lacking(iri, name) for iri, row in sorted(rows.items()) for column, name in _NEEDED.items() if row[column] is None]:
        raise BadInput(missing)
    return {iri: _statement(row, tuple(sorted(solutions[iri]))) for iri, row in sorted(rows.items())}


AGES = (3, 7)
"""Years for which a statement is fresh and ageing where a graph does not say; `data/release.csv` has the same."""


def limits(engine: Engine, stated: Iterable[Evidence] = ()) -> Limits:
    """What the adoption rule measures age by; where the graph does not say, by the newest year of a source of what is `stated`.

    Raises BadInput when neither tells.
    """
    for row in ask.internal(engine, "rule-years", rule=adoption.RULE).rows():
        return Limits(row["reference"], row["fresh"], row["ageing"])
    if years := [one.source.year for one in stated if one.source.year]:
        return Limits(max(years), *AGES)
    raise BadInput([_lacking(adoption.RULE, "kg:referenceYear, kg:freshYears and kg:ageingYears")])


def _statement(row: dict[str, Any], solutions: tuple[str, ...]) -> Evidence:
    status, confidence = row["status"].removeprefix(f"{SHARED}status/"), row["confidence"].removeprefix(f"{SHARED}confidence/")
    if status not in (*adoption.STAGE, adoption.NONE) or confidence not in adoption.CONFIDENCE:
        raise BadInput([_lacking(row["evidence"], "", "has a status or confidence that the adoption rule does not know")])
    source = Source(
        row["source"], row["sourceTitle"], row["year"], row["notBefore"], row["publisher"] or "", row["address"] or ""
    )
    return Evidence(
        row["evidence"], row["municipality"], row["initiative"], status, confidence, source, row["title"], row["start"],
        row["end"], solutions,
    )


def _adoptions(engine: Engine, evidence: dict[str, Evidence]) -> dict[Pair, Adoption]:
    support: dict[str, list[Evidence]] = defaultdict(list)
    against: dict[str, list[Evidence]] = defaultdict(list)
    for row in ask.internal(engine, "adoption-evidence").rows():
        one = evidence.get(row["evidence"])
        if one is None:
            raise BadInput([_lacking(row["evidence"], "rdf:type kg:Evidence")])
        support[row["adoption"]].append(one)
        if row["against"]:
            against[row["adoption"]].append(one)
    stated = {}
    for row in ask.internal(engine, "adoptions").rows():
        first = evidence[row["statusFrom"]]
        others = sorted((e for e in support[row["adoption"]] if e != first), key=adoption.newest)
        stated[row["municipality"], row["initiative"]] = Adoption(
            row["adoption"], row["municipality"], row["initiative"], row["status"].rsplit("/", 1)[-1],
            row["freshness"].rsplit("/", 1)[-1], (first, *others), row["asOf"], row["since"], row["until"],
            tuple(sorted(against[row["adoption"]], key=adoption.newest)),
        )
    return stated


def _lacking(resource: str, name: str, message: str = "") -> Finding:
    repair = "check with 'kommunegraf validate --profile matching FILE', which says in words what statements need"
    return Finding("violation", "claims", message or f"it has no {name}", repair, resource=resource)
