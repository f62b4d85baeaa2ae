"""What matching reads of a graph: kommuner, neighbours and evidence; and the choices that decide which evidence counts."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from kommunegraf import languages
from kommunegraf.findings import BadInput, Finding
from kommunegraf.graph import adoption, claims
from kommunegraf.namespaces import BASE
from kommunegraf.questions import ask
from kommunegraf.questions.ask import BadArgument
from kommunegraf.rdf.engines import Engine


@dataclass(frozen=True)
class Resource:
    """A resource of the graph, with its label in the language that was asked for."""

    iri: str
    label: str

    @property
    def name(self) -> str:
        """The last part of the IRI: a kommunekode, an initiative's id, `active`."""
        return self.iri.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Place:
    """A kommune. What the graph does not say is None; `point` is longitude and latitude in degrees."""

    municipality: Resource
    region: Resource | None = None
    population: int | None = None
    kind: Resource | None = None
    point: tuple[float, float] | None = None


@dataclass(frozen=True)
class Evidence:
    """One source's statement. `source` is labelled by its title; `address` and `year` are the source's, None where unknown.

    `start` and `end` are the years in which what it speaks of began and ended, None where it does not say.
    """

    iri: str
    title: str
    status: Resource
    confidence: Resource
    source: Resource
    address: str | None
    year: int | None
    start: int | None = None
    end: int | None = None
    solutions: tuple[Resource, ...] = ()


@dataclass(frozen=True)
class Choices:
    """Which evidence counts; each choice changes results.

    `confidence` is the least that counts. A source that names more than `broad` kommuner for one initiative is a broad
    list, such as one firm's customers, and does not count; None lets all count. With `since` or `until`, only sources
    dated within these years count, and undated ones do not. Raises BadArgument for a choice that cannot hold.
    """

    confidence: str = "medium"
    broad: int | None = None
    since: int | None = None
    until: int | None = None

    def __post_init__(self) -> None:
        if self.confidence not in adoption.CONFIDENCE:
            raise BadArgument(f"confidence is one of {', '.join(adoption.CONFIDENCE)}, not {self.confidence!r}")
        if self.broad is not None and self.broad < 1:
            raise BadArgument(f"a broad list names more than {self.broad} kommuner: the limit must be 1 or more")
        if self.since is not None and self.until is not None and self.since > self.until:
            raise BadArgument(f"no year is both from {self.since} on and until {self.until}")

    def text(self, lang: str) -> str:
        """The choices in words."""
        words = languages.words(lang, "matching")
        broad = words.choice_all_lists if self.broad is None else words.choice_lists.format(self.broad)
        dated = self.since is not None or self.until is not None
        years = words.choice_years.format(self.since or "…", self.until or "…") if dated else words.choice_all_years
        return f"{words[f'choice_{self.confidence}']}; {broad}; {years}."


@dataclass(frozen=True)
class Register:
    """What was read of a graph, in one language.

    `neighbours` names the relations of each pair: `borders`, `fixedLinkTo`. `resources` has everything with a label by IRI,
    `limits` what age is measured by.
    """

    lang: str
    places: dict[str, Place]
    initiatives: dict[str, Resource]
    statements: dict[adoption.Evidence, Evidence]
    neighbours: dict[str, dict[str, tuple[str, ...]]]
    limits: adoption.Limits
    resources: dict[str, Resource] = field(default_factory=dict)
    reach: dict[tuple[str, str], int] = field(default_factory=dict)

    def labels(self) -> dict[str, str]:
        """The label of every kommune, initiative and solution, by IRI."""
        named = [p.municipality for p in self.places.values()] + list(self.initiatives.values())
        return {r.iri: r.label for r in (*named, *(s for e in self.statements.values() for s in e.solutions))}

    def counted(self, choices: Choices) -> list[adoption.Evidence]:
        """The statements that count under some choices."""
        least = adoption.CONFIDENCE.index(choices.confidence)
        dated = choices.since is not None or choices.until is not None
        return [
            s
            for s in self.statements
            if adoption.CONFIDENCE.index(s.confidence) >= least
            and (choices.broad is None or self.reach[s.source.iri, s.initiative] <= choices.broad)
            and (not dated or (s.source.year is not None and (choices.since or 0) <= s.source.year <= (choices.until or 9999)))
        ]


def read(engine: Engine, lang: str = "da") -> Register:
    """Read kommuner, neighbours and evidence.

    Raises BadArgument for an unknown language, BadInput when the graph lacks something that matching needs, and EngineError.
    """
    labels = ask.internal(engine, "labels", lang=lang).rows()
    resources = {row["resource"]: Resource(row["resource"], row["label"]) for row in labels}
    places = _places(engine, lang)
    for row in ask.internal(engine, "solutions", lang=lang).rows():
        resources[row["solution"]] = Resource(row["solution"], row["label"] or row["solution"].rsplit("/", 1)[-1])

    def label(iri: str) -> Resource:
        return resources.setdefault(iri, Resource(iri, iri.rsplit("/", 1)[-1]))

    evidence = claims.evidence(engine)
    statements = {stated: _labelled(stated, label) for stated in evidence.values()}
    if strange := sorted({s.municipality for s in statements if s.municipality not in places}):
        raise BadInput([_lacking(iri, "rdf:type kg:Municipality") for iri in strange])
    for stated in statements:
        label(stated.initiative)
    neighbours: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in ask.internal(engine, "neighbours").rows():
        if row["municipality"] in places and row["neighbour"] in places:
            near = neighbours[row["municipality"]]
            near[row["neighbour"]] = (*near.get(row["neighbour"], ()), row["relation"].rsplit("/", 1)[-1])
    initiatives = {iri: r for iri, r in resources.items() if iri.startswith(f"{BASE}initiative/")}
    reach: dict[tuple[str, str], set[str]] = defaultdict(set)
    for stated in statements:
        reach[stated.source.iri, stated.initiative].add(stated.municipality)
    counts = {key: len(named) for key, named in reach.items()}
    return Register(lang, places, initiatives, statements, dict(neighbours), claims.limits(engine), resources, counts)


def _places(engine: Engine, lang: str) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for row in ask.internal(engine, "places", lang=lang).rows():
        region, kind = (Resource(row[c], row[f"{c}Label"] or row[c].rsplit("/", 1)[-1]) if row[c] else None for c in ("region", "type"))
        found = re.search(r"POINT\s*\(([-\d.]+) ([-\d.]+)\)", row["point"] or "")
        point = (float(found[1]), float(found[2])) if found else None
        own = Resource(row["municipality"], row["label"] or row["municipality"].rsplit("/", 1)[-1])
        places.setdefault(own.iri, Place(own, region, row["population"], kind, point))
    if not places:
        raise BadInput([_lacking("", "kg:Municipality", "the graph has no kommune")])
    return places


def _labelled(stated: adoption.Evidence, label: Callable[[str], Resource]) -> Evidence:
    source = Resource(stated.source.iri, stated.source.title)
    status, confidence = label(f"{BASE}status/{stated.status}"), label(f"{BASE}confidence/{stated.confidence}")
    solutions = tuple(label(solution) for solution in stated.solutions)
    return Evidence(
        stated.iri, stated.title, status, confidence, source, stated.source.address or None, stated.source.year, stated.start,
        stated.end, solutions,
    )


def _lacking(resource: str, name: str, message: str = "") -> Finding:
    repair = "see ontology/shapes.ttl for what each resource needs, and check with 'kommunegraf validate FILE'"
    return Finding("violation", "match", message or f"it has no {name}", repair, resource=resource)
