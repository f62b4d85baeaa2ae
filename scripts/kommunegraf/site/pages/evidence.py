"""Pages of the register: each adoption with the rule that made it, and each piece of evidence in full."""

from typing import Any

from kommunegraf.site.pages import claims
from kommunegraf.site.render import Model, Page


def adoption(page: Page, iri: str) -> dict[str, Any]:
    """An adoption: its status, what decided it, and all evidence behind it."""
    view = page.view
    found = claims.claim(view, iri)
    return {
        "claim": found,
        "rule": view.thing(iri, "prov:wasGeneratedBy"),
        "deciding": view.thing(iri, "kg:statusFrom"),
        "uncounted": [s for s in claims.between(view, found.municipality, found.initiative) if s.low],
    }


def evidence(page: Page, iri: str) -> dict[str, Any]:
    """A piece of evidence: the full record, and the adoption that it supports."""
    view = page.view
    found = claims.statement(view, iri)
    return {
        "one": found,
        "partners": view.things(iri, "kg:partner"),
        "addresses": view.things(found.source, "foaf:page") if found.source else [],
        "sections": view.things(iri, "kg:section"),
        "supports": view.references(iri, "kg:supportedBy"),
        "decides": set(view.references(iri, "kg:statusFrom")),
    }


RESOURCES: dict[str, Model] = {"adoption": ("adoption.html", adoption), "evidence": ("evidence.html", evidence)}
DOCUMENTS: dict[str, Model] = {}
