"""The rounds of the survey side by side: what the report of 2014 prints, and what was counted when the questions were asked again."""

from collections import defaultdict
from dataclasses import dataclass

from kommunegraf.namespaces import BASE
from kommunegraf.site.parts import printed
from kommunegraf.site.parts.printed import Printed
from kommunegraf.site.render import Page
from kommunegraf.site.view import View

_ACTIVITY = f"{BASE}activity/survey-rounds"


@dataclass(frozen=True)
class Row:
    """One answer of one group: what 2014's report prints of it, and the figure of each round, None where it has none."""

    item: str
    group: str
    statistic: str
    before: list[Printed]
    later: list[Printed | None]


@dataclass(frozen=True)
class Rounds:
    """The rounds after 2014 by their data sets, with the years in which they were held, and their figures of one question."""

    sets: list[str]
    years: list[str]
    rows: list[Row]


def held(view: View) -> list[str]:
    """The data sets of the rounds after 2014, the earliest first."""
    return sorted(view.references(_ACTIVITY, "prov:wasGeneratedBy"), key=lambda one: (year(view, one), one))


def year(view: View, dataset: str) -> str:
    """The year of a round."""
    source = view.thing(dataset, "dcterms:source")
    return view.plain(source, "kg:year") if source else ""


def beside(page: Page, question: str, figures: list[Printed]) -> Rounds | None:
    """The figures of later rounds on a question beside those that are printed; None where it was not asked again."""
    view = page.view
    later: dict[tuple[str, str, str], dict[str, Printed]] = defaultdict(dict)
    for one in printed.counted(view, question, "kg:question"):
        later[one.item, one.group, one.statistic][view.thing(one.iri, "qb:dataSet")] = one
    if not later:
        return None
    sets = [one for one in held(view) if any(one in figures for figures in later.values())]
    before = defaultdict(list)
    for one in figures:
        before[one.item, one.group, one.statistic].append(one)
    keys = sorted(later, key=lambda key: [*map(view.label, key), *key])
    rows = [Row(*key, before[key], [later[key].get(one) for one in sets]) for key in keys]
    return Rounds(sets, [year(view, one) for one in sets], rows)
