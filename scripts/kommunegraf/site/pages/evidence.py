"""Pages of the register: each adoption with the rule that made it, and each piece of evidence in full."""

from dataclasses import dataclass

from kommunegraf.site.pages import claims
from kommunegraf.site.render import Model, Page


@dataclass(frozen=True)
class AdoptionPage:
    """What `adoption.html` shows."""

    claim: claims.Claim
    rule: str
    deciding: str
    uncounted: list[claims.Statement]


@dataclass(frozen=True)
class EvidencePage:
    """What `evidence.html` shows."""

    one: claims.Statement
    partners: list[str]
    addresses: list[str]
    sections: list[str]
    supports: list[str]
    decides: set[str]


def adoption(page: Page, iri: str) -> AdoptionPage:
    """An adoption: its status, what decided it, and all evidence behind it."""
    view = page.view
    found = claims.claim(view, iri)
    return AdoptionPage(
        claim=found,
        rule=view.thing(iri, "prov:wasGeneratedBy"),
        deciding=view.thing(iri, "kg:statusFrom"),
        uncounted=[s for s in claims.between(view, found.municipality, found.initiative) if s.low],
    )


def evidence(page: Page, iri: str) -> EvidencePage:
    """A piece of evidence: the full record, and the adoption that it supports."""
    view = page.view
    found = claims.statement(view, iri)
    return EvidencePage(
        one=found,
        partners=view.things(iri, "kg:partner"),
        addresses=view.things(found.source, "foaf:page") if found.source else [],
        sections=view.things(iri, "kg:section"),
        supports=view.references(iri, "kg:supportedBy"),
        decides=set(view.references(iri, "kg:statusFrom")),
    )


RESOURCES: dict[str, Model] = {"adoption": ("adoption.html", adoption), "evidence": ("evidence.html", evidence)}
DOCUMENTS: dict[str, Model] = {}
