"""Pages on who could work with whom: what matching does and how far it goes, for all kommuner at once, and its report."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from markupsafe import Markup

from kommunegraf import paths
from kommunegraf.languages import words
from kommunegraf.matching.text import significance
from kommunegraf.site.parts import partners
from kommunegraf.site.render import Model, Page


@dataclass(frozen=True)
class Report:
    """What `matching-report.html` shows. `elsewhere`: the report is not about the kommuner of this site."""

    title: str
    html: Markup
    elsewhere: bool


@dataclass(frozen=True)
class Answers:
    """What matching answers about all kommuner."""

    said: dict[str, str]
    choices: str
    places: list[tuple[str, int]]
    significance: str
    ideas: list[partners.Idea]
    ways: list[tuple[str, str, str, int, int | None, str]]


@dataclass(frozen=True)
class MatchingPage:
    """What `matching.html` shows; no answers where the store has nothing to match by."""

    title: str
    answers: Answers | None = None


def matching(page: Page, iri: str) -> MatchingPage:
    """Collaboration: the answers about all kommuner. The store may have nothing to match by."""
    matcher = page.site.matcher.get(page.lang)
    if matcher is None:
        return MatchingPage(page.w.matching_title)
    said = words(page.lang, "matching")
    degrees = [(place, matcher.graph.degree[place]) for place in page.view.by_label(matcher.register.places)]
    return MatchingPage(page.w.matching_title, Answers(
        said=said, choices=matcher.choices.text(page.lang), places=degrees,
        significance=significance(matcher.power, matcher.significant, page.lang),
        ideas=[partners.idea(one, page.lang) for one in matcher.opportunities],
        ways=[(v.kind, v.title, v.resource.iri, len(v.members), v.year, v.source.iri) for v in matcher.vehicles],
    ))


@cache
def report_file(lang: str) -> Path:
    """The report on how far matching can be trusted, as `kommunegraf match --all --lang LANG` writes it."""
    folder = paths.root() / "docs" / "matching"
    return folder / "report.md" if lang == "en" else folder / lang / "report.md"


def report(page: Page, iri: str) -> Report:
    """The report, from Markdown; HTML in it is shown, not used."""
    from markdown_it import MarkdownIt  # takes long to load, and few pages need it

    text = report_file(page.lang).read_text("utf-8")
    title, _, rest = text.removeprefix("# ").partition("\n")
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(rest)
    numbers = count(1)
    wide = re.sub("<table>", lambda _: _SCROLL.format(page.w.report_table, next(numbers)), html).replace("</table>", "</table></div>")
    return Report(title=title.strip(), html=Markup(wide), elsewhere=page.site.coverage.countries != _REPORTED)  # noqa: S704


_REPORTED = ("DK",)
"""The countries whose kommuner the report is about."""
_SCROLL = '<div class="scroll" tabindex="0" role="region" aria-label="{} {}"><table>'

RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {"matching": ("matching.html", matching), "matching/report": ("matching-report.html", report)}
