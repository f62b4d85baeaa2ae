"""Suggestions as RDF for `graph/analysis`: PROV tells the method, its choices and inputs, and the evidence of each suggestion.

Only standard terms: a suggestion is a prov:Entity of a dcterms:type (the prov:Plan of its answer), meant for kommuner
(dcterms:audience), about kommuner, initiatives and solutions (dcterms:subject); its figures are DQV quality measurements.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pyoxigraph as ox

from kommunegraf import __version__, languages
from kommunegraf.languages import LANGUAGES
from kommunegraf.matching.network import Claim, base
from kommunegraf.matching.opportunities import Opportunity
from kommunegraf.matching.peers import Plan
from kommunegraf.matching.register import Choices, Resource
from kommunegraf.matching.results import Match, Next, Partner
from kommunegraf.namespaces import BASE, DCT, GRAPH, PREFIXES, PROV, RDF, SKOS, XSD
from kommunegraf.rdf.terms import iri, literal

DQV, OWL = PREFIXES["dqv"], PREFIXES["owl"]
Labels = dict[str, dict[str, str]]
VERSION = "2"
"""Of the methods; it changes when the same evidence gives other suggestions."""


class Suggestion(NamedTuple):
    """One suggestion: its kind and key, whom it is for, what it is about, the claims that it rests on, and its figures.

    `rests` are IRIs of what else it rests on, such as the source of a membership.
    """

    kind: str
    key: str
    audience: tuple[Resource, ...]
    subject: tuple[Resource, ...]
    claims: tuple[Claim, ...]
    figures: dict[str, float]
    rests: tuple[str, ...] = ()


def quads(matches: Iterable[Match], labels: Labels, most: int) -> list[str]:
    """N-Quads lines, sorted, each once; of the ranked answers the first `most` of each kommune.

    `labels` has the labels of kommuner, initiatives and solutions for each language, by IRI (`Register.labels`).
    """
    lines: set[str] = set()
    for answer in matches:
        start, slug = base(answer.municipality.iri), _slug(answer.choices)
        activity = f"{start}activity/matching-{VERSION}/{slug}"
        lines.update(_activity(activity, answer.choices))
        for suggestion in suggestions(answer, most):
            lines.update(_quads(suggestion, f"{start}suggestion/{slug}", activity, labels))
    return sorted(lines)


def only(match: Match, answer: str | None) -> Match:
    """A match with one answer alone; with all for None."""
    others = {"learn_from", "opportunities", "alike", "next"} - {(answer or "").replace("-", "_")} if answer else set()
    return replace(match, **dict.fromkeys(others, ()))  # type: ignore[arg-type]


def shortlist(opportunities: Iterable[Opportunity], choices: Choices, labels: Labels) -> list[str]:
    """N-Quads lines of opportunities, sorted, each once. What rests on a plan laid over the graph is left out."""
    public = [one for one in opportunities if not one.private]
    start = base(public[0].audience[0].iri) if public else BASE
    activity = f"{start}activity/matching-{VERSION}/{_slug(choices)}"
    lines = set(_activity(activity, choices))
    for one in public:
        lines.update(_quads(of_opportunity(one), f"{start}suggestion/{_slug(choices)}", activity, labels))
    return sorted(lines)


def triples(lines: Iterable[str]) -> list[ox.Triple]:
    """The triples of N-Quads lines."""
    parsed = ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS)
    return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in parsed]


def suggestions(match: Match, most: int) -> Iterator[Suggestion]:
    """What a match suggests, answer by answer."""
    yield from (_alike(match.municipality, p) for p in match.alike[:most])
    for plan in match.learn_from:
        yield from _learn_from(match.municipality, plan, most)
    yield from map(of_opportunity, (one for one in match.opportunities if not one.private))
    yield from (_next(match.municipality, n) for n in match.next[:most])


def _alike(here: Resource, partner: Partner) -> Suggestion:
    both = tuple(sorted((here, partner.municipality), key=lambda r: r.iri))
    score = partner.score
    figures = {"overlap": score.overlap, "expected-overlap": score.expected, "surprise": score.surprise}
    figures |= {"p-value": score.p, "q-value": score.q}
    claims = tuple(c for s in partner.shared for c in (s.own, s.other))
    return Suggestion("alike", _key(*both), both, tuple(s.initiative for s in partner.shared), claims, figures)


def _learn_from(here: Resource, plan: Plan, most: int) -> Iterator[Suggestion]:
    for place, peer in enumerate(plan.peers[:most], 1):
        claims = (*([plan.own] if plan.own else []), peer.claim)
        there = peer.claim.municipality
        yield Suggestion("learn-from", _key(here, plan.initiative, there), (here,), (there, plan.initiative), claims, {"place": place})


def of_opportunity(one: Opportunity) -> Suggestion:
    """An opportunity: for its audience, about its partners and what it is about, with its points."""
    what = [one.initiative] if one.initiative else [one.vehicle.resource] if one.vehicle else []
    about = (*one.partners, *what, *sorted({s for c in one.claims for s in c.solutions}, key=lambda r: r.iri))
    key = _key(*what) if one.vehicle else _key(*what, *one.audience[:1], *one.partners[:1])
    points = {"points": float(one.total), **{f"points-{name}": float(value) for name, value in one.points.items()}}
    rests = (one.vehicle.source.iri,) if one.vehicle else ()
    return Suggestion(one.kind, key, one.audience, about, one.claims, points, rests)


def _next(here: Resource, item: Next) -> Suggestion:
    return Suggestion("next", _key(here, item.initiative), (here,), (item.initiative,), item.peers, {"active": item.adopters.active})


def _key(*parts: Resource) -> str:
    return "-".join(part.name for part in parts)


def _slug(choices: Choices) -> str:
    stood = f"-as-of-{choices.as_of}" if choices.as_of else ""
    years = f"-{choices.since or 'any'}-{choices.until or 'any'}" if choices.since or choices.until else ""
    return f"{choices.confidence}-{choices.broad or 'all'}{years}{stood}"


def _activity(activity: str, choices: Choices) -> Iterator[str]:
    yield _quad(activity, RDF + "type", iri(PROV + "Activity"))
    for lang in LANGUAGES:
        yield _quad(activity, SKOS + "prefLabel", literal(_word(lang, "label"), lang))
        yield _quad(activity, SKOS + "definition", literal(f"{_word(lang, 'definition')} {choices.text(lang)}", lang))
    yield from (_quad(activity, PROV + "used", iri(GRAPH + name)) for name in ("evidence", "reference"))
    yield _quad(activity, OWL + "versionInfo", literal(f"{VERSION} (kommunegraf {__version__})"))


def _quads(suggestion: Suggestion, start: str, activity: str, labels: Labels) -> Iterator[str]:
    name = f"{start}/{suggestion.kind}/{suggestion.key}"
    yield _quad(name, RDF + "type", iri(PROV + "Entity"))
    yield _quad(name, PROV + "wasGeneratedBy", iri(activity))
    yield from _concept(suggestion.kind, "suggestion-kind", PROV + "Plan")
    yield _quad(name, DCT + "type", iri(f"{BASE}suggestion-kind/{suggestion.kind}"))
    title = {}
    for lang, present in labels.items():
        about = (present.get(r.iri, r.label) for r in (*suggestion.audience, *suggestion.subject))
        title[lang] = f"{_word(lang, suggestion.kind)}: {', '.join(about)}"
        yield _quad(name, SKOS + "prefLabel", literal(title[lang], lang))
    yield from (_quad(name, DCT + "audience", iri(r.iri)) for r in suggestion.audience)
    yield from (_quad(name, DCT + "subject", iri(r.iri)) for r in suggestion.subject)
    behind = [*suggestion.rests, *(e.iri for c in suggestion.claims for e in c.evidence)]
    yield from (_quad(name, PROV + "wasDerivedFrom", iri(one)) for one in behind)
    for metric, value in suggestion.figures.items():
        measured = f"{name}/{metric}"
        yield from _concept(metric, "metric", DQV + "Metric")
        yield _quad(name, DQV + "hasQualityMeasurement", iri(measured))
        yield _quad(measured, RDF + "type", iri(DQV + "QualityMeasurement"))
        yield from (_quad(measured, SKOS + "prefLabel", literal(f"{title[lang]} – {_word(lang, metric)}", lang)) for lang in labels)
        yield _quad(measured, DQV + "computedOn", iri(name))
        yield _quad(measured, DQV + "isMeasurementOf", iri(f"{BASE}metric/{metric}"))
        yield _quad(measured, DQV + "value", literal(f"{value:.6g}", datatype=XSD + "double"))


def _word(lang: str, slug: str) -> str:
    return languages.words(lang, "matching")[f"method_{slug}"]


def _concept(slug: str, folder: str, kind: str) -> Iterator[str]:
    yield _quad(f"{BASE}{folder}/{slug}", RDF + "type", iri(kind))
    yield from (_quad(f"{BASE}{folder}/{slug}", SKOS + "prefLabel", literal(_word(lang, slug), lang)) for lang in LANGUAGES)


def _quad(subject: str, predicate: str, value: str) -> str:
    return f"{iri(subject)} {iri(predicate)} {value} {iri(GRAPH + 'analysis')} ."
