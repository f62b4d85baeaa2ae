"""Pages of the report: its table of contents, sections, statements without figures, and rankings."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from kommunegraf.site.parts import printed
from kommunegraf.site.parts.claims import of_kind
from kommunegraf.site.render import Model, Page


@dataclass(frozen=True)
class Section:
    """What `section.html` shows."""

    figures: list[printed.Printed]
    rest: list[tuple[str, list[str]]]
    inside: list[str]
    above: list[str]
    before: str
    after: str
    source: str


@dataclass(frozen=True)
class SectionRow:
    """A section in the table of contents, with how much rests on it."""

    iri: str
    level: int
    figures: int
    statements: int
    facts: int
    gaps: int
    contradictions: int


@dataclass(frozen=True)
class Contents:
    """What `sections.html` shows."""

    rows: list[SectionRow]
    source: str


@dataclass(frozen=True)
class Statement:
    """What `statement.html` shows."""

    topics: list[str]
    sections: list[str]
    others: list[str]
    source: str
    primary: list[str]


@dataclass(frozen=True)
class Place:
    """A place in a ranking."""

    iri: str
    position: int
    item: str
    figure: printed.Printed | None


@dataclass(frozen=True)
class Ranking:
    """What `ranking.html` shows."""

    whole: str
    places: list[Place]
    question: str
    group: str
    sections: list[str]
    gaps: list[str]
    told: Callable[[printed.Printed], str]


@dataclass(frozen=True)
class RankingRow:
    """A ranking in the list of rankings."""

    iri: str
    question: str
    group: str
    places: int
    section: str


@dataclass(frozen=True)
class Rankings:
    """What `rankings.html` shows."""

    rows: list[RankingRow]


def section(page: Page, iri: str) -> Section:
    """A section of the report with everything that rests on it."""
    view = page.view
    kinds = defaultdict(list)
    figures = []
    for part in view.references(iri, "kg:section"):
        if figure := printed.read(view, part) if view.kind(part) == "dataset" else None:
            figures.append(figure)
        else:
            kinds[view.kind(part)].append(part)
    first = ("statement", "fact", "case", "contradiction", "gap", "ranking", "question")
    order = sorted(kinds, key=lambda k: (first.index(k) if k in first else len(first), page.w.get(f"kinds_{k}", k)))
    around = view.in_order(view.of_type("kg:ReportSection"))
    place = around.index(iri) if iri in around else 0
    return Section(
        figures=printed.ordered(view, figures), rest=[(page.w.get(f"kinds_{k}", k), kinds[k]) for k in order],
        inside=view.in_order(view.references(iri, "skos:broader")), above=view.things(iri, "skos:broader"),
        before=around[place - 1] if place else "", after=around[place + 1] if place + 1 < len(around) else "",
        source=view.thing(iri, "dcterms:isPartOf"),
    )


def sections(page: Page, iri: str) -> Contents:
    """The report's table of contents, with how much the graph has from each section."""
    view = page.view
    rows: list[SectionRow] = []
    for one in view.in_order(view.of_type("kg:ReportSection")):
        kinds = Counter(view.kind(part) for part in view.references(one, "kg:section"))
        level = len(view.plain(one, "skos:notation").split("."))
        rows.append(SectionRow(iri=one, level=level, figures=kinds["dataset"], statements=kinds["statement"], facts=kinds["fact"],
                     gaps=kinds["gap"], contradictions=kinds["contradiction"]))
    return Contents(rows=rows, source=view.thing(rows[0].iri, "dcterms:isPartOf") if rows else "")


def statement(page: Page, iri: str) -> Statement:
    """What the report says without a figure."""
    view = page.view
    topics = view.things(iri, "dcterms:subject")
    others = view.by_label({s for topic in topics for s in of_kind(view.references(topic, "dcterms:subject"), "statement")} - {iri})
    sections_ = view.in_order(view.things(iri, "kg:section"))
    source = view.thing(sections_[0], "dcterms:isPartOf") if sections_ else ""
    return Statement(topics=topics, sections=sections_, others=others, source=source,
            primary=view.things(iri, "prov:hadPrimarySource"))


def ranking(page: Page, iri: str) -> Ranking:
    """A ranking with its places in order, or one place."""
    view = page.view
    whole = view.thing(iri, "kg:placeIn") or iri
    places = []
    for place in view.references(whole, "kg:placeIn"):
        figure = view.thing(place, "kg:figure")
        places.append(Place(iri=place, position=int(view.number(place, "kg:position") or 0), item=view.thing(place, "rdf:first"),
                       figure=printed.read(view, figure) if figure else None))
    places.sort(key=lambda p: (p.position, p.iri))
    gaps = [g for q in view.things(whole, "kg:question") for g in of_kind(view.references(q, "kg:question"), "gap")]
    return Ranking(whole=whole, places=places, question=view.thing(whole, "kg:question"),
            group=view.thing(whole, "kg:populationGroup"), sections=view.in_order(view.things(whole, "kg:section")),
            gaps=gaps, told=partial(printed.told, page))


def rankings(page: Page, iri: str) -> Rankings:
    """All rankings of the report."""
    view = page.view
    rows = [RankingRow(iri=r, question=view.thing(r, "kg:question"), group=view.thing(r, "kg:populationGroup"),
             places=len(view.references(r, "kg:placeIn")), section=view.thing(r, "kg:section")) for r in view.of_type("kg:Ranking")]
    return Rankings(rows=sorted(rows, key=lambda r: (view.section_order(r.section), r.iri)))


RESOURCES: dict[str, Model] = {
    "report-section": ("section.html", section), "statement": ("statement.html", statement), "ranking": ("ranking.html", ranking),
}
DOCUMENTS: dict[str, Model] = {"report-section/index": ("sections.html", sections), "ranking/index": ("rankings.html", rankings)}
