"""Pages of what the report does not tell, where it contradicts itself, and what the register cannot tell."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pyoxigraph as ox

from kommunegraf.namespaces import SHARED
from kommunegraf.site.parts import printed
from kommunegraf.site.parts.printed import Printed
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View, node

_LOW = f"{SHARED}confidence/low"


@dataclass(frozen=True)
class Gap:
    """Something that the report should tell and does not; counts are None where unknown."""

    gap: str
    expected: float | None
    known: float | None
    reason: str
    questions: list[str]
    schemes: list[str]
    sections: list[str]


@dataclass(frozen=True)
class GapPage:
    """What `gap.html` shows."""

    gap: Gap
    others: list[str]


@dataclass(frozen=True)
class Contradiction:
    """A contradiction of the report: the figures that it concerns, side by side, and how far apart they are."""

    contradiction: str
    figures: list[Printed]
    spreads: list[tuple[Printed, Printed, float]]
    nature: str
    severity: str
    sections: list[str]


@dataclass(frozen=True)
class ContradictionPage:
    """What `contradiction.html` shows."""

    one: Contradiction
    told: Callable[[Printed], str]


@dataclass(frozen=True)
class RegisterGaps:
    """What the register of evidence cannot tell, counted."""

    kommuner: list[str]
    initiatives: list[str]
    evidence: int
    pairs: int
    possible: int
    weak: int
    silent: list[str]
    bare: list[str]
    thin: list[tuple[str, int]]
    typed: list[str]
    undated: int


@dataclass(frozen=True)
class Unknown:
    """What `unknown.html` shows."""

    reasons: list[tuple[str, list[Gap]]]
    contradictions: list[Contradiction]
    register: RegisterGaps
    gap_count: int
    told: Callable[[Printed], str]


@dataclass(frozen=True)
class Contradictions:
    """What `contradictions.html` shows."""

    contradictions: list[Contradiction]
    told: Callable[[Printed], str]


def gap(page: Page, iri: str) -> GapPage:
    """A gap: what was expected, what is known, and why not more."""
    view = page.view
    others = {g for q in view.things(iri, "kg:question") for g in view.references(q, "kg:question") if view.kind(g) == "gap"}
    return GapPage(gap=_gap(view, iri), others=view.by_label(others - {iri}))


def _gap(view: View, iri: str) -> Gap:
    expected, known = view.number(iri, "kg:expectedCount"), view.number(iri, "kg:knownCount")
    return Gap(
        gap=iri, expected=expected, known=known, reason=view.thing(iri, "kg:gapReason"),
        questions=view.things(iri, "kg:question"), schemes=view.things(iri, "kg:itemScheme"),
        sections=view.in_order(view.things(iri, "kg:section")),
    )


def contradiction(page: Page, iri: str) -> ContradictionPage:
    """A contradiction: its figures side by side, and how far apart they are."""
    return ContradictionPage(_contradiction(page.view, iri), partial(printed.told, page))


def _contradiction(view: View, iri: str) -> Contradiction:
    figures = printed.ordered(view, filter(None, (printed.read(view, f) for f in view.things(iri, "kg:concerns"))))
    return Contradiction(
        contradiction=iri, figures=figures, spreads=spreads(figures), nature=view.thing(iri, "kg:contradictionKind"),
        severity=view.thing(iri, "kg:severity"), sections=view.in_order(view.things(iri, "kg:section")),
    )


def spreads(figures: list[Printed]) -> list[tuple[Printed, Printed, float]]:
    """Where figures of the same item, group, statistic and question differ: the least, the largest, and the difference."""
    same = defaultdict(list)
    for f in figures:
        same[f.item, f.group, f.statistic, f.question, f.unit].append(f)
    ends = [(min(fs, key=lambda f: (f.value, f.iri)), max(fs, key=lambda f: (f.value, f.iri))) for fs in same.values()]
    return [(low, high, round(high.value - low.value, 6)) for low, high in ends if low.value != high.value]


def unknown(page: Page, iri: str) -> Unknown:
    """All that is known to be unknown, on one page."""
    view = page.view
    by_reason = defaultdict(list)
    for one in (_gap(view, g) for g in view.of_type("kg:Gap")):
        by_reason[one.reason].append(one)
    return Unknown(
        reasons=[(r, by_reason[r]) for r in sorted(by_reason, key=lambda r: (not r, printed.label(view, r)))],
        contradictions=_contradictions(page), register=register(view),
        gap_count=sum(map(len, by_reason.values())), told=partial(printed.told, page),
    )


def contradictions(page: Page, iri: str) -> Contradictions:
    """All contradictions of the report."""
    return Contradictions(contradictions=_contradictions(page), told=partial(printed.told, page))


def _contradictions(page: Page) -> list[Contradiction]:
    rows = [_contradiction(page.view, c) for c in page.view.of_type("kg:Contradiction")]
    return sorted(rows, key=lambda c: (not c.severity.endswith("/warning"), page.view.label(c.contradiction)))


def register(view: View) -> RegisterGaps:
    """What the register of evidence cannot tell, counted: pairs, initiatives and kommuner without evidence, missing years and types."""
    kommuner, initiatives = view.of_type("kg:Municipality"), view.of_type("kg:Initiative")
    who, what, source = (_values(view, name) for name in ("kg:adopter", "kg:initiative", "dcterms:source"))
    evidence = _values(view, "kg:confidence")
    pairs = {(who[e], what[e]) for e in evidence if e in who and e in what}
    firm = {(who[e], what[e]) for e, confidence in evidence.items() if confidence != _LOW and e in who and e in what}
    dated = _values(view, "kg:year")
    reach = Counter(initiative for _, initiative in pairs)
    return RegisterGaps(
        kommuner=kommuner, initiatives=initiatives, evidence=len(evidence), pairs=len(pairs),
        possible=len(kommuner) * len(initiatives), weak=len(pairs - firm),
        silent=[k for k in kommuner if k not in {one for one, _ in firm}], bare=[i for i in initiatives if i not in reach],
        thin=[(i, reach[i]) for i in sorted(initiatives, key=lambda i: (reach[i], view.label(i))) if 0 < reach[i] <= 3],
        typed=[k for k in kommuner if view.thing(k, "kg:municipalityType")],
        undated=sum(source.get(e) not in dated for e in evidence),
    )


def _values(view: View, name: str) -> dict[str, str]:
    """A property's value of each resource that has it."""
    quads = view.store.quads_for_pattern(None, node(name), None, None)
    return {q.subject.value: q.object.value for q in quads
            if isinstance(q.subject, ox.NamedNode) and isinstance(q.object, ox.NamedNode | ox.Literal)}


RESOURCES: dict[str, Model] = {"gap": ("gap.html", gap), "contradiction": ("contradiction.html", contradiction)}
DOCUMENTS: dict[str, Model] = {"gap/index": ("unknown.html", unknown), "contradiction/index": ("contradictions.html", contradictions)}
