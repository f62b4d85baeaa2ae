"""Pages of the survey: its questions, figures, rankings, and the report section by section."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pyoxigraph as ox

from kommunegraf.namespaces import BASE
from kommunegraf.site.pages import printed
from kommunegraf.site.pages.claims import of_kind
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View

SURVEY = f"{BASE}dataset/survey-2014"
_RESPONSE = f"{BASE}question/response"
_COUNT = f"{BASE}statistic/count"
_EVERYBODY = f"{BASE}population-group/all-municipalities"


@dataclass(frozen=True)
class SurveyQuestion:
    """What `question.html` shows."""

    figures: list[printed.Printed]
    charts: list[printed.Chart]
    groups: list[str]
    asked: float | None
    schemes: list[str]
    items: list[str]
    multiple: str
    also: list[str]
    sections: list[str]
    rankings: list[str]
    gaps: list[str]
    contradictions: list[str]
    said: list[str]


@dataclass(frozen=True)
class QuestionRow:
    """A question in the list of questions, with how many figures and gaps it has."""

    iri: str
    figures: int
    groups: list[str]
    gaps: int


@dataclass(frozen=True)
class Survey:
    """What `survey.html` shows."""

    chapters: list[tuple[str, list[QuestionRow]]]
    participation: list[printed.Printed]
    tiles: list[printed.Printed]
    all_figures: int
    began: str
    ended: str
    activity: str
    source: str
    groups: list[str]
    gaps: int
    contradictions: int
    survey: str


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


def section_order(view: View, iri: str) -> tuple[bool, tuple[int, ...], str]:
    """A key that sorts sections of the report as the report does; those without number first."""
    number = view.plain(iri, "skos:notation")
    parts = tuple(int(part) for part in number.split(".") if part.isdigit())
    return bool(parts), parts, iri


def in_order(view: View, sections: list[str]) -> list[str]:
    """Sections of the report in its order."""
    return sorted(sections, key=lambda iri: section_order(view, iri))


def question(page: Page, iri: str) -> SurveyQuestion:
    """A question of the survey: its figures, who got it, and what is missing."""
    view = page.view
    found = printed.about(view, iri, "kg:question")
    about = view.references(iri, "kg:question")
    return SurveyQuestion(
        figures=found, charts=printed.charts(page, "chart", found), groups=view.things(iri, "kg:askedOf"),
        asked=view.number(iri, "kg:itemsAsked"), schemes=view.things(iri, "kg:itemScheme"),
        items=view.by_label({f.item for f in found}), multiple=view.plain(iri, "kg:multipleAnswers"),
        also=names(page, iri), sections=in_order(view, view.things(iri, "kg:section")),
        rankings=[r for r in of_kind(about, "ranking") if view.thing(r, "kg:question")], gaps=of_kind(about, "gap"),
        contradictions=printed.contradictions(view, found), said=of_kind(view.references(iri, "dcterms:subject"), "statement"),
    )


def names(page: Page, iri: str) -> list[str]:
    """Other names of a resource in the page's language."""
    found = page.view.values(iri, "skos:altLabel")
    return sorted(v.value for v in found if isinstance(v, ox.Literal) and v.language == page.lang)


def chapter(view: View, iri: str) -> str:
    """The top section that most sections of a question stand in, the last of several; empty where it has none."""
    tops = Counter(_top(view, section) for section in view.things(iri, "kg:section"))
    return max(tops, key=lambda top: (tops[top], section_order(view, top)), default="")


def _top(view: View, section: str) -> str:
    seen = [section]
    while (above := view.thing(seen[-1], "skos:broader")) and above not in seen:
        seen.append(above)
    return seen[-1]


def questions(page: Page, iri: str) -> Survey:
    """The survey told: who was asked, what, and what is missing."""
    view = page.view
    chapters = defaultdict(list)
    for one in view.of_type("kg:SurveyQuestion"):
        chapters[chapter(view, one)].append(QuestionRow(
            iri=one, figures=len(printed.about(view, one, "kg:question")), groups=view.things(one, "kg:askedOf"),
            gaps=len(of_kind(view.references(one, "kg:question"), "gap")),
        ))
    participation = printed.about(view, _RESPONSE, "kg:question")
    tiles = {f.item: f for f in participation if f.statistic == _COUNT and f.group == _EVERYBODY}
    period = view.thing(SURVEY, "dcterms:temporal")
    return Survey(
        chapters=[(top, chapters[top]) for top in in_order(view, list(chapters))], participation=participation,
        tiles=sorted(tiles.values(), key=lambda f: -f.value), all_figures=len(view.of_type("qb:Observation")),
        began=view.plain(period, "dcat:startDate") if period else "", ended=view.plain(period, "dcat:endDate") if period else "",
        activity=view.thing(SURVEY, "prov:wasGeneratedBy"), source=view.thing(SURVEY, "dcterms:source"),
        groups=view.of_type("kg:PopulationGroup"), gaps=len(view.of_type("kg:Gap")),
        contradictions=len(view.of_type("kg:Contradiction")), survey=SURVEY,
    )


def section(page: Page, iri: str) -> Section:
    """A section of the report with everything that rests on it."""
    view = page.view
    kinds = defaultdict(list)
    figures = []
    for found in view.references(iri, "kg:section"):
        if figure := printed.read(view, found) if view.kind(found) == "dataset" else None:
            figures.append(figure)
        else:
            kinds[view.kind(found)].append(found)
    first = ("statement", "fact", "case", "contradiction", "gap", "ranking", "question")
    order = sorted(kinds, key=lambda k: (first.index(k) if k in first else len(first), page.w.get(f"kinds_{k}", k)))
    around = in_order(view, view.of_type("kg:ReportSection"))
    place = around.index(iri) if iri in around else 0
    return Section(
        figures=printed.ordered(view, figures), rest=[(page.w.get(f"kinds_{k}", k), kinds[k]) for k in order],
        inside=in_order(view, view.references(iri, "skos:broader")), above=view.things(iri, "skos:broader"),
        before=around[place - 1] if place else "", after=around[place + 1] if place + 1 < len(around) else "",
        source=view.thing(iri, "dcterms:isPartOf"),
    )


def sections(page: Page, iri: str) -> Contents:
    """The report's table of contents, with how much the graph has from each section."""
    view = page.view
    rows: list[SectionRow] = []
    for one in in_order(view, view.of_type("kg:ReportSection")):
        kinds = Counter(view.kind(found) for found in view.references(one, "kg:section"))
        level = len(view.plain(one, "skos:notation").split("."))
        rows.append(SectionRow(iri=one, level=level, figures=kinds["dataset"], statements=kinds["statement"], facts=kinds["fact"],
                     gaps=kinds["gap"], contradictions=kinds["contradiction"]))
    return Contents(rows=rows, source=view.thing(rows[0].iri, "dcterms:isPartOf") if rows else "")


def statement(page: Page, iri: str) -> Statement:
    """What the report says without a figure."""
    view = page.view
    topics = view.things(iri, "dcterms:subject")
    others = view.by_label({s for topic in topics for s in of_kind(view.references(topic, "dcterms:subject"), "statement")} - {iri})
    sections_ = in_order(view, view.things(iri, "kg:section"))
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
            group=view.thing(whole, "kg:populationGroup"), sections=in_order(view, view.things(whole, "kg:section")),
            gaps=gaps, told=partial(printed.told, page))


def rankings(page: Page, iri: str) -> Rankings:
    """All rankings of the report."""
    view = page.view
    rows = [RankingRow(iri=r, question=view.thing(r, "kg:question"), group=view.thing(r, "kg:populationGroup"),
             places=len(view.references(r, "kg:placeIn")), section=view.thing(r, "kg:section")) for r in view.of_type("kg:Ranking")]
    return Rankings(rows=sorted(rows, key=lambda r: (section_order(view, r.section), r.iri)))


RESOURCES: dict[str, Model] = {
    "question": ("question.html", question), "report-section": ("section.html", section), "statement": ("statement.html", statement),
    "ranking": ("ranking.html", ranking),
}
DOCUMENTS: dict[str, Model] = {
    "question/index": ("survey.html", questions), "report-section/index": ("sections.html", sections),
    "ranking/index": ("rankings.html", rankings),
}
