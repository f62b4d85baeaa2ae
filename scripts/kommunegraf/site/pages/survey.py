"""Pages of the survey: its questions, each with its figures."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from kommunegraf.namespaces import SHARED
from kommunegraf.site.parts import printed, quoting, rounds
from kommunegraf.site.parts.claims import of_kind
from kommunegraf.site.parts.quoting import SURVEY
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View

_RESPONSE = f"{SHARED}question/response"
_COUNT = f"{SHARED}statistic/count"
_EVERYBODY = f"{SHARED}population-group/all-municipalities"


@dataclass(frozen=True)
class SurveyQuestion:
    """What `survey-question.html` shows."""

    result: str
    context: Markup
    reference: quoting.Reference | None
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
    rounds: rounds.Rounds | None
    told: Callable[[printed.Printed], str]


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
    rounds: list[str]


def question(page: Page, iri: str) -> SurveyQuestion:
    """A question of the survey: its figures, who got it, and what is missing."""
    view = page.view
    figures = printed.about(view, iri, "kg:question")
    about = view.references(iri, "kg:question")
    sections = view.in_order(view.things(iri, "kg:section"))
    return SurveyQuestion(
        result=quoting.result(page, figures), context=quoting.asked(page),
        reference=quoting.reference(page, iri, sections[0] if sections else ""),
        figures=figures, charts=printed.charts(page, "chart", figures), groups=view.things(iri, "kg:askedOf"),
        asked=view.number(iri, "kg:itemsAsked"), schemes=view.things(iri, "kg:itemScheme"),
        items=view.by_label({f.item for f in figures}), multiple=view.plain(iri, "kg:multipleAnswers"),
        also=view.other_names(iri), sections=sections,
        rankings=[r for r in of_kind(about, "ranking") if view.thing(r, "kg:question")], gaps=of_kind(about, "gap"),
        contradictions=printed.contradictions(view, figures), said=of_kind(view.references(iri, "dcterms:subject"), "statement"),
        rounds=rounds.beside(page, iri, figures), told=partial(printed.told, page),
    )


def chapter(view: View, iri: str) -> str:
    """The top section that most sections of a question stand in, the last of several; empty where it has none."""
    tops = Counter(_top(view, section) for section in view.things(iri, "kg:section"))
    return max(tops, key=lambda top: (tops[top], view.section_order(top)), default="")


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
        chapters=[(top, chapters[top]) for top in view.in_order(list(chapters))], participation=participation,
        tiles=sorted(tiles.values(), key=lambda f: -f.value), all_figures=printed.number(view),
        began=view.plain(period, "dcat:startDate") if period else "", ended=view.plain(period, "dcat:endDate") if period else "",
        activity=view.thing(SURVEY, "prov:wasGeneratedBy"), source=view.thing(SURVEY, "dcterms:source"),
        groups=view.of_type("kg:PopulationGroup"), gaps=len(view.of_type("kg:Gap")),
        contradictions=len(view.of_type("kg:Contradiction")), survey=SURVEY, rounds=rounds.held(view),
    )


RESOURCES: dict[str, Model] = {"question": ("survey-question.html", question)}
DOCUMENTS: dict[str, Model] = {"question/index": ("survey.html", questions)}
