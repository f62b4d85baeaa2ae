"""Pages of the report's cases: what was done where, who took part in which role, how it is anchored, and each single fact."""

from collections import defaultdict
from typing import Any

from kommunegraf.languages import alphabetical
from kommunegraf.site.pages.claims import of_kind
from kommunegraf.site.pages.printed import label
from kommunegraf.site.pages.survey import in_order
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View


def case(page: Page, iri: str) -> dict[str, Any]:
    """A case with everything that is told of it."""
    view = page.view
    kinds = defaultdict(list)
    for one in view.references(iri, "kg:factOf"):
        kinds[view.thing(one, "kg:factKind")].append(_fact(view, one))
    return {
        **_told(view, iri), "roles": _roles(view, view.references(iri, "kg:participationIn")),
        "anchorings": [_anchoring(view, a) for a in view.references(iri, "kg:anchoringOf")], "bodies": view.things(iri, "kg:involvesBody"),
        "facts": [(kind, sorted(kinds[kind], key=lambda f: f["number"]))
                  for kind in sorted(kinds, key=lambda kind: (not kind, alphabetical(label(view, kind))))],
        "primary": view.things(iri, "prov:hadPrimarySource"), "source": view.things(iri, "dcterms:source"),
    }


def _told(view: View, iri: str) -> dict[str, Any]:
    years = [view.plain(iri, "kg:startYear"), view.plain(iri, "kg:endYear")]
    return {
        "case": iri, "municipalities": view.things(iri, "kg:municipality"), "initiatives": view.things(iri, "kg:initiative"),
        "main_areas": view.things(iri, "kg:mainArea"), "motivations": view.things(iri, "kg:motivation"), "years": years,
        "sections": in_order(view, view.things(iri, "kg:section")),
    }


def _fact(view: View, iri: str) -> dict[str, Any]:
    return {
        "iri": iri, "number": view.plain(iri, "dcterms:identifier"), "date": view.plain(iri, "dcterms:date"),
        "year": view.plain(iri, "kg:factYear"), "value": view.number(iri, "kg:value"),
        "unit": view.thing(iri, "sdmx-attribute:unitMeasure"), "precision": view.thing(iri, "kg:precision"),
        "sections": in_order(view, view.things(iri, "kg:section")),
    }


def _roles(view: View, participations: list[str]) -> list[dict[str, str]]:
    rows = [{"iri": p, "participant": view.thing(p, "kg:participant"), "role": view.thing(p, "kg:role"),
             "case": view.thing(p, "kg:participationIn"), "section": view.thing(p, "kg:section")} for p in participations]
    return sorted(rows, key=lambda r: (label(view, r["role"]), label(view, r["participant"]), r["iri"]))


def _anchoring(view: View, iri: str) -> dict[str, Any]:
    kinds = [t for t in view.things(iri, "rdf:type") if view.described(t)]
    return {"iri": iri, "kinds": kinds, "body": view.thing(iri, "kg:body"), "case": view.thing(iri, "kg:anchoringOf"),
            "municipality": view.thing(iri, "kg:municipality"), "sections": in_order(view, view.things(iri, "kg:section"))}


def cases(page: Page, iri: str) -> dict[str, Any]:
    """The cases that the report tells."""
    view = page.view
    found: list[dict[str, Any]] = [
        {**_told(view, c), "text": view.definition(c), "facts": len(view.references(c,
        "kg:factOf"))} for c in view.of_type("kg:CaseExample")
    ]
    return {"cases": found, "bodies": view.of_type("kg:Body"), "facts": sum(c["facts"] for c in found),
            "participants": view.by_label({view.thing(p, "kg:participant") for p in view.of_type("kg:Participation")} - {""})}


def fact(page: Page, iri: str) -> dict[str, Any]:
    """One fact of a case."""
    view = page.view
    owner, kind = view.thing(iri, "kg:factOf"), view.thing(iri, "kg:factKind")
    alike = [f for f in view.references(owner, "kg:factOf") if f != iri and view.thing(f, "kg:factKind") == kind] if owner else []
    return {**_fact(view, iri), "case": owner, "nature": kind, "alike": alike}


def facts(page: Page, iri: str) -> dict[str, Any]:
    """All facts, by case and in the order of the report."""
    view = page.view
    found = []
    for owner in view.of_type("kg:CaseExample"):
        rows = [{**_fact(view, f), "nature": view.thing(f, "kg:factKind")} for f in view.references(owner, "kg:factOf")]
        found.append((owner, sorted(rows, key=lambda f: f["number"])))
    return {"owners": found}


def participation(page: Page, iri: str) -> dict[str, Any]:
    """Who takes part in a case, and in which role; beside it the others of the case."""
    view = page.view
    row = _roles(view, [iri])[0]
    others = [r for r in _roles(view, view.references(row["case"], "kg:participationIn")) if r["iri"] != iri] if row["case"] else []
    return {"row": row, "others": others}


def anchoring(page: Page, iri: str) -> dict[str, Any]:
    """How the work of a case is anchored."""
    return {"row": _anchoring(page.view, iri)}


def body(page: Page, iri: str) -> dict[str, Any]:
    """A committee, network or secretariat that the report names."""
    view = page.view
    return {
        "municipality": view.thing(iri, "org:unitOf"), "nature": view.thing(iri, "kg:bodyKind"),
        "elected": view.number(iri, "kg:electedMembers"), "basis": view.text(iri, "kg:statutoryBasis"),
        "sections": in_order(view, view.things(iri, "kg:section")),
        "anchorings": [_anchoring(view, a) for a in of_kind(view.references(iri, "kg:body"), "anchoring")],
        "cases": view.references(iri, "kg:involvesBody"),
    }


RESOURCES: dict[str, Model] = {
    "case": ("case.html", case), "fact": ("fact.html", fact), "participation": ("participation.html", participation),
    "anchoring": ("anchoring.html", anchoring), "body": ("body.html", body),
}
DOCUMENTS: dict[str, Model] = {"case/index": ("cases.html", cases), "fact/index": ("facts.html", facts)}
