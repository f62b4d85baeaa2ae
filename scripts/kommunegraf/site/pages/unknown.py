"""Pages of what the report does not tell, where it contradicts itself, and what the register cannot tell."""

from collections import Counter, defaultdict
from functools import partial
from typing import Any

import pyoxigraph as ox

from kommunegraf.namespaces import BASE
from kommunegraf.site.pages import printed
from kommunegraf.site.pages.printed import Printed
from kommunegraf.site.pages.survey import in_order
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View, node

_LOW = f"{BASE}confidence/low"


def gap(page: Page, iri: str) -> dict[str, Any]:
    """A gap: what was expected, what is known, and why not more."""
    view = page.view
    others = {g for q in view.things(iri, "kg:question") for g in view.references(q, "kg:question") if view.kind(g) == "gap"}
    return {**_gap(view, iri), "others": view.by_label(others - {iri})}


def _gap(view: View, iri: str) -> dict[str, Any]:
    expected, known = view.number(iri, "kg:expectedCount"), view.number(iri, "kg:knownCount")
    return {
        "gap": iri, "expected": expected, "known": known, "reason": view.thing(iri, "kg:gapReason"),
        "questions": view.things(iri, "kg:question"), "schemes": view.things(iri, "kg:itemScheme"),
        "sections": in_order(view, view.things(iri, "kg:section")),
    }


def contradiction(page: Page, iri: str) -> dict[str, Any]:
    """A contradiction: its figures side by side, and how far apart they are."""
    view = page.view
    figures = printed.ordered(view, filter(None, (printed.read(view, f) for f in view.things(iri, "kg:concerns"))))
    return {
        "contradiction": iri, "figures": figures, "spreads": spreads(figures), "nature": view.thing(iri, "kg:contradictionKind"),
        "severity": view.thing(iri, "kg:severity"), "sections": in_order(view, view.things(iri, "kg:section")),
        "told": partial(printed.told, page),
    }


def spreads(figures: list[Printed]) -> list[tuple[Printed, Printed, float]]:
    """Where figures of the same item, group, statistic and question differ: the least, the largest, and the difference."""
    same = defaultdict(list)
    for f in figures:
        same[f.item, f.group, f.statistic, f.question, f.unit].append(f)
    ends = [(min(fs, key=lambda f: (f.value, f.iri)), max(fs, key=lambda f: (f.value, f.iri))) for fs in same.values()]
    return [(low, high, round(high.value - low.value, 6)) for low, high in ends if low.value != high.value]


def unknown(page: Page, iri: str) -> dict[str, Any]:
    """All that is known to be unknown, on one page."""
    view = page.view
    by_reason = defaultdict(list)
    for one in (_gap(view, g) for g in view.of_type("kg:Gap")):
        by_reason[one["reason"]].append(one)
    return {
        "reasons": [(r, by_reason[r]) for r in sorted(by_reason, key=lambda r: (not r, printed.label(view, r)))],
        "contradictions": _contradictions(page), **register(view),
        "gap_count": sum(map(len, by_reason.values())), "told": partial(printed.told, page),
    }


def contradictions(page: Page, iri: str) -> dict[str, Any]:
    """All contradictions of the report."""
    return {"contradictions": _contradictions(page), "told": partial(printed.told, page)}


def _contradictions(page: Page) -> list[dict[str, Any]]:
    found = [contradiction(page, c) for c in page.view.of_type("kg:Contradiction")]
    return sorted(found, key=lambda c: (not c["severity"].endswith("/warning"), page.view.label(c["contradiction"])))


def register(view: View) -> dict[str, Any]:
    """What the register of evidence cannot tell, counted: pairs, initiatives and kommuner without evidence, missing years and types."""
    kommuner, initiatives = view.of_type("kg:Municipality"), view.of_type("kg:Initiative")
    who, what, source = (_values(view, name) for name in ("kg:adopter", "kg:initiative", "dcterms:source"))
    evidence = _values(view, "kg:confidence")
    pairs = {(who[e], what[e]) for e in evidence if e in who and e in what}
    firm = {(who[e], what[e]) for e, confidence in evidence.items() if confidence != _LOW and e in who and e in what}
    dated = _values(view, "kg:year")
    reach = Counter(initiative for _, initiative in pairs)
    return {
        "kommuner": kommuner, "initiatives": initiatives, "evidence": len(evidence), "pairs": len(pairs),
        "possible": len(kommuner) * len(initiatives), "weak": len(pairs - firm),
        "silent": [k for k in kommuner if k not in {one for one, _ in firm}], "bare": [i for i in initiatives if i not in reach],
        "thin": [(i, reach[i]) for i in sorted(initiatives, key=lambda i: (reach[i], view.label(i))) if 0 < reach[i] <= 3],
        "typed": [k for k in kommuner if view.thing(k, "kg:municipalityType")],
        "undated": sum(source.get(e) not in dated for e in evidence),
    }


def _values(view: View, name: str) -> dict[str, str]:
    """A property's value of each resource that has it."""
    found = view.store.quads_for_pattern(None, node(name), None, None)
    return {q.subject.value: q.object.value for q in found
            if isinstance(q.subject, ox.NamedNode) and isinstance(q.object, ox.NamedNode | ox.Literal)}


RESOURCES: dict[str, Model] = {"gap": ("gap.html", gap), "contradiction": ("contradiction.html", contradiction)}
DOCUMENTS: dict[str, Model] = {"gap/index": ("unknown.html", unknown), "contradiction/index": ("contradictions.html", contradictions)}
