"""Pages of concepts in code lists: what they mean, their place in the list, and the figures about them."""

from dataclasses import dataclass

import pyoxigraph as ox

from kommunegraf.namespaces import compact
from kommunegraf.site.parts import printed
from kommunegraf.site.parts.claims import of_kind
from kommunegraf.site.render import Model, Page

SHOWN = 20
"""How many resources a page lists for each property that uses a concept."""
_APART = {
    "skos:broader", "skos:narrower", "skos:inScheme", "skos:hasTopConcept", "skos:member", "rdf:first", "dcterms:subject", "sh:hasValue",
    "kg:item", "kg:populationGroup", "kg:motivation", "kg:askedOf",
}
"""Properties that lead to a concept and are shown in parts of their own, or say nothing new."""


@dataclass(frozen=True)
class Concept:
    """A concept."""

    figures: list[printed.Printed]
    charts: list[printed.Chart]
    also: list[str]
    notation: str
    schemes: list[str]
    above: list[str]
    below: list[str]
    beside: list[str]
    sections: list[str]
    rankings: list[str]
    said: list[str]
    contradictions: list[str]
    cases: list[str]
    asked: list[str]
    uses: list[tuple[str, int, list[str]]]


def concept(page: Page, iri: str) -> Concept:
    """A concept: names, neighbours in its list, figures about it, what else uses it."""
    view = page.view
    figures = printed.about(view, iri, "kg:item", "kg:populationGroup")
    own, group = [f for f in figures if f.item == iri], [f for f in figures if f.item != iri]
    schemes, above = view.things(iri, "skos:inScheme"), view.things(iri, "skos:broader")
    beside = {c for a in above for c in view.references(a, "skos:broader")}
    beside = beside or {c for s in schemes for c in view.references(s, "skos:topConceptOf")}
    return Concept(
        figures=figures, charts=printed.charts(page, "chart", own, "question") + printed.charts(page, "group", group),
        also=view.other_names(iri), notation=view.plain(iri, "skos:notation"), schemes=schemes, above=above,
        below=view.references(iri, "skos:broader"), beside=view.by_label(beside - {iri}),
        sections=view.in_order(view.things(iri, "kg:section")),
        rankings=view.by_label({view.thing(place, "kg:placeIn") for place in view.references(iri, "rdf:first")} - {""}),
        said=of_kind(view.references(iri, "dcterms:subject"), "statement"), contradictions=printed.contradictions(view, figures),
        cases=view.references(iri, "kg:motivation"), asked=view.references(iri, "kg:askedOf"), uses=_uses(page, iri),
    )


def _uses(page: Page, iri: str) -> list[tuple[str, int, list[str]]]:
    """The other properties that lead here: how many resources they lead from, and the first of these."""
    store = page.view.store
    properties = sorted({q.predicate.value for q in store.quads_for_pattern(None, None, ox.NamedNode(iri), None)})
    lists = [(name, page.view.references(iri, name)) for name in properties if compact(name) not in _APART]
    return [(name, len(subjects), subjects[:SHOWN]) for name, subjects in lists if subjects]


def _kind(name: str) -> tuple[str, Model]:
    return name, ("concept.html", concept)


RESOURCES: dict[str, Model] = dict(map(_kind, (
    "administrative-anchoring", "administrative-area", "answer-set", "body-kind", "contradiction-kind", "fact-kind", "future-activity",
    "gap-reason", "knowledge-source", "motivation", "municipality-type", "national-strategy", "network-wish", "opt-out-reason",
    "organisation-form", "organisation-kind", "participant-role", "political-anchoring-level", "population-class", "population-group",
    "precision", "presentation", "questionnaire-part", "relevance", "response-item", "severity", "smart-city-status", "solution-kind",
    "statement-topic", "statistic", "unit",
)))
DOCUMENTS: dict[str, Model] = {}
