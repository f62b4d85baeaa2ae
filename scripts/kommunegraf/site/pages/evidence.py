"""Pages of the register: each adoption with the rule that made it, and each piece of evidence in full."""

from dataclasses import dataclass

from kommunegraf.graph.adoption import Adoption, Evidence
from kommunegraf.site.parts import claims
from kommunegraf.site.render import Model, Page


@dataclass(frozen=True)
class AdoptionPage:
    """What `adoption.html` shows; None for an adoption of which the graph says too little."""

    claim: Adoption | None
    rule: str
    uncounted: list[Evidence]


@dataclass(frozen=True)
class EvidencePage:
    """What `evidence.html` shows; None for evidence of which the graph says too little."""

    one: Evidence | None
    partners: list[str]
    addresses: list[str]
    sections: list[str]
    supports: list[str]
    decides: set[str]


def adoption(page: Page, iri: str) -> AdoptionPage:
    """An adoption: its status, what decided it, all evidence behind it, and what of it says something else."""
    claim = claims.index(page.site).by_iri.get(iri)
    about = claims.statements(page, claim.municipality) if claim else []
    uncounted = [one for one in about if claim and one.initiative == claim.initiative and one not in claim.evidence]
    return AdoptionPage(claim=claim, rule=page.view.thing(iri, "prov:wasGeneratedBy"), uncounted=uncounted)


def evidence(page: Page, iri: str) -> EvidencePage:
    """A piece of evidence: the full record, and the adoption that it supports."""
    view = page.view
    one = page.site.claims.evidence.get(iri)
    return EvidencePage(
        one=one, partners=view.things(iri, "kg:partner"), addresses=view.things(one.source.iri, "foaf:page") if one else [],
        sections=view.things(iri, "kg:section"), supports=view.references(iri, "kg:supportedBy"),
        decides=set(view.references(iri, "kg:statusFrom")),
    )


RESOURCES: dict[str, Model] = {"adoption": ("adoption.html", adoption), "evidence": ("evidence.html", evidence)}
DOCUMENTS: dict[str, Model] = {}
