"""What matching reads of a graph: kommuner, neighbours, evidence, memberships; and the choices that decide which evidence counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from kommunegraf import languages
from kommunegraf.findings import BadInput, Finding
from kommunegraf.graph import adoption, reader
from kommunegraf.graph.adoption import Evidence, Limits, Source
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import KG
from kommunegraf.questions import ask
from kommunegraf.questions.ask import BadArgument
from kommunegraf.rdf.engines import Engine
from kommunegraf.rdf.terms import point


@dataclass(frozen=True)
class Resource:
    """A resource of the graph, with its label in the language that was asked for."""

    iri: str
    label: str

    @property
    def name(self) -> str:
        """The last part of the IRI: a kommunekode, an initiative's id, `active`."""
        return _last(self.iri)


@dataclass(frozen=True)
class Place:
    """A kommune. What the graph does not say is None; `point` is longitude and latitude in degrees."""

    municipality: Resource
    region: Resource | None = None
    population: int | None = None
    kind: Resource | None = None
    point: tuple[float, float] | None = None
    website: str | None = None


@dataclass(frozen=True)
class Membership:
    """That a kommune is or was in an organisation. Years are None where the source does not say."""

    iri: str
    municipality: str
    organisation: str
    source: Source
    start: int | None = None
    end: int | None = None

    @property
    def year(self) -> int | None:
        """The newest year that it is told for."""
        return self.source.year or self.source.not_before or self.end or self.start


@dataclass(frozen=True)
class Choices:
    """Which evidence counts; each choice changes results.

    `confidence` is the least that counts. A source that names more than `broad` kommuner for one initiative is a broad
    list, such as one firm's customers, and does not count; None lets all count. With `since` or `until`, only sources
    dated within these years count, and undated ones do not. With `as_of` everything is as it stood at the end of that year,
    as far as today's evidence tells. Raises BadArgument for a choice that cannot hold.
    """

    confidence: str = "medium"
    broad: int | None = None
    since: int | None = None
    until: int | None = None
    as_of: int | None = None

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
        stood = "" if self.as_of is None else "; " + words.choice_as_of.format(self.as_of)
        return f"{words[f'choice_{self.confidence}']}; {broad}; {years}{stood}."


@dataclass(frozen=True)
class Register:
    """What was read of a graph. Labels are in one language; `labels` has those of all languages, by IRI and language.

    `neighbours` names the relations of each pair: `borders`, `fixedLinkTo`. `kinds` has the kind of solutions and organisations, by IRI.
    By the IRI of evidence, `partners` has the organisations and kommuner that it names as partners, `texts` what it says, by language.
    `limits` says what age is measured by, `private` which evidence was laid over the graph for one run. `denied`
    has the kommuner and initiatives of which the kommune itself says that it has nothing of the kind: nobody is sent to it for them.
    """

    lang: str
    places: dict[str, Place]
    initiatives: dict[str, Resource]
    evidence: tuple[Evidence, ...]
    neighbours: dict[str, dict[str, tuple[str, ...]]]
    limits: Limits
    labels: dict[str, dict[str, str]]
    kinds: dict[str, str] = field(default_factory=dict)
    memberships: tuple[Membership, ...] = ()
    partners: dict[str, list[str]] = field(default_factory=dict)
    private: frozenset[str] = frozenset()
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    denied: frozenset[tuple[str, str]] = frozenset()

    def resource(self, iri: str) -> Resource:
        """A resource with its label, in another language where its own has none; the last part of the IRI where there is none."""
        return Resource(iri, _label(iri, self.labels, self.lang))

    def labels_in(self, lang: str) -> dict[str, str]:
        """The label of everything, by IRI, in a language or the nearest to it that there is."""
        return {iri: _label(iri, self.labels, lang) for iri in self.labels}

    def text(self, one: Evidence) -> str:
        """What a statement says, in the register's language or the nearest to it that there is; empty where it has no text."""
        return _nearest(self.texts.get(one.iri, {}), self.lang, "")

    @cached_property
    def mentioned(self) -> set[tuple[str, str]]:
        """The kommuner and initiatives, by IRI, of which any evidence speaks, whether it counts or not."""
        return {(one.municipality, one.initiative) for one in self.evidence} | self.denied

    @cached_property
    def reach(self) -> dict[tuple[str, str], int]:
        """How many kommuner each source names for each initiative."""
        named: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in self.evidence:
            named[one.source.iri, one.initiative].add(one.municipality)
        return {key: len(municipalities) for key, municipalities in named.items()}

    def counted(self, choices: Choices) -> list[Evidence]:
        """The evidence that counts under some choices."""
        least = adoption.CONFIDENCE.index(choices.confidence)
        dated = choices.since is not None or choices.until is not None
        first, last = choices.since or 0, choices.until or 9999
        told = (one for one in self.evidence if (one.municipality, one.initiative) not in self.denied)
        sure = [one for one in told if adoption.CONFIDENCE.index(one.confidence) >= least]
        if choices.broad is not None:
            sure = [one for one in sure if self.reach[one.source.iri, one.initiative] <= choices.broad]
        if dated:
            sure = [one for one in sure if one.source.year is not None and first <= one.source.year <= last]
        return sure if choices.as_of is None else adoption.known_by(sure, choices.as_of)

    def limits_of(self, choices: Choices) -> Limits:
        """What age is measured by under some choices."""
        return self.limits if choices.as_of is None else replace(self.limits, reference=choices.as_of)


def read(engine: Engine, lang: str = "da", stated: Mapping[str, Evidence] | None = None) -> Register:
    """Read kommuner, neighbours, evidence and memberships. `stated` is all evidence by IRI, where that has been read.

    Raises BadArgument for an unknown language, BadInput when the graph lacks something that matching needs, and EngineError.
    """
    if lang not in LANGUAGES:
        raise BadArgument(f"lang is one of {', '.join(LANGUAGES)}, not {lang!r}")
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    classes: dict[str, str] = {}
    for row in ask.internal(engine, "labels").rows():
        labels[row["resource"]].setdefault(row["language"], row["label"])
        classes[row["resource"]] = row["class"]
    places = _places(engine, dict(labels), lang)
    every = list((reader.evidence(engine) if stated is None else stated).values())
    evidence = tuple(one for one in every if one.status != adoption.NONE)
    if strange := sorted({one.municipality for one in evidence} - set(places)):
        raise BadInput([_lacking(iri, "rdf:type kg:Municipality") for iri in strange])
    present = [iri for iri, kind in classes.items() if kind == KG + "Initiative"]
    initiatives = {iri: Resource(iri, _label(iri, labels, lang)) for iri in sorted({*present, *(one.initiative for one in evidence)})}
    partners: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for row in ask.internal(engine, "partners").rows():
        partners[row["evidence"]].append(row["partner"])
    for row in ask.internal(engine, "evidence-texts").rows():
        texts[row["evidence"]].setdefault(row["language"], row["text"])
    kinds = {row["resource"]: _last(row["kind"]) for row in ask.internal(engine, "kinds").rows()}
    limits = reader.limits(engine, evidence)
    return Register(
        lang, places, initiatives, evidence, _neighbours(engine, places), limits, dict(labels), kinds, _memberships(engine), dict(partners),
        texts=dict(texts), denied=frozenset(adoption.denials(every)),
    )


def _neighbours(engine: Engine, places: Iterable[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    neighbours: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in ask.internal(engine, "neighbours").rows():
        if row["municipality"] in places and row["neighbour"] in places:
            near = neighbours[row["municipality"]]
            near[row["neighbour"]] = (*near.get(row["neighbour"], ()), _last(row["relation"]))
    return dict(neighbours)


def _places(engine: Engine, labels: dict[str, dict[str, str]], lang: str) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for row in ask.internal(engine, "places").rows():
        iri = row["municipality"]
        own = Resource(iri, _label(iri, labels, lang))
        region, kind = (Resource(row[c], _label(row[c], labels, lang)) if row[c] else None for c in ("region", "type"))
        places.setdefault(iri, Place(own, region, row["population"], kind, point(row["point"] or ""), row["website"]))
    if not places:
        raise BadInput([_lacking("", "kg:Municipality", "the graph has no kommune")])
    return places


def _memberships(engine: Engine) -> tuple[Membership, ...]:
    read: dict[str, Membership] = {}
    for row in ask.internal(engine, "memberships").rows():
        source = Source(
            row["source"] or "", row["sourceTitle"] or "", row["year"], row["notBefore"], row["publisher"] or "", row["address"] or ""
        )
        one = Membership(row["membership"], row["municipality"], row["organisation"], source, row["start"], row["end"])
        read.setdefault(one.iri, one)
    return tuple(read.values())


def _label(iri: str, labels: dict[str, dict[str, str]], lang: str) -> str:
    return _nearest(labels.get(iri, {}), lang, _last(iri))


def _nearest(texts: dict[str, str], lang: str, otherwise: str) -> str:
    """The text in a language, else in one of ours, else without a language, else in the first that there is."""
    return next((texts[tag] for tag in (lang, *LANGUAGES, "", *sorted(texts)) if tag in texts), otherwise)


@lru_cache(maxsize=1 << 16)  # the same few thousand IRIs, many times each
def _last(iri: str) -> str:
    return iri.rstrip("/#").rpartition("/")[2].rpartition("#")[2]


def _lacking(resource: str, name: str, message: str = "") -> Finding:
    repair = "check with 'kommunegraf validate --profile matching FILE', which says what matching needs"
    return Finding("violation", "match", message or f"it has no {name}", repair, resource=resource)
