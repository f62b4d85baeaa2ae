"""Pages on who could work with whom: what matching does and how far it goes, for all kommuner at once, and its report."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markupsafe import Markup

from kommunegraf import paths
from kommunegraf.languages import words
from kommunegraf.site.pages import maps
from kommunegraf.site.render import Model, Page

if TYPE_CHECKING:
    from kommunegraf.matching.advice import Area, Boundary, Group
    from kommunegraf.matching.matcher import Matcher


@dataclass(frozen=True)
class Report:
    """What `matching-report.html` shows."""

    title: str
    html: Markup


@dataclass(frozen=True)
class Answers:
    """What matching answers about all kommuner."""

    said: dict[str, str]
    caveat: str
    choices: str
    places: list[tuple[str, int]]
    significance: str
    network: Markup
    groups: "list[Group]"
    boundaries: "list[Boundary]"
    areas: "list[Area]"


@dataclass(frozen=True)
class MatchingPage:
    """What `matching.html` shows; no answers where the store has nothing to match by."""

    title: str
    answers: Answers | None = None


def matching(page: Page, iri: str) -> MatchingPage:
    """Collaboration: the answers about all kommuner. The store may have nothing to match by."""
    from kommunegraf.matching.text import significance  # here, so that other pages load no matrices

    matcher = page.site.matcher.get(page.lang)
    if matcher is None:
        return MatchingPage(page.w.matching_title)
    said = words(page.lang, "matching")
    degrees = [(place, matcher.graph.degree[place]) for place in page.view.by_label(matcher.register.places)]
    return MatchingPage(page.w.matching_title, Answers(
        said=said, caveat=said.caveat, choices=matcher.choices.text(page.lang), places=degrees,
        significance=significance(matcher.significant, matcher.similarity.tested, page.lang),
        network=maps.network(page, page.w.partner_network, page.w.network_text, best(matcher)),
        groups=matcher.groups, boundaries=matcher.boundaries, areas=matcher.areas,
    ))


def best(matcher: "Matcher") -> list[tuple[str, str, float]]:
    """Each kommune and the two that share least likely with it, each pair once, with the surprise of its overlap."""
    top = matcher.similarity.top(2)
    pairs = sorted({(min(row, int(other)), max(row, int(other))) for row, best in enumerate(top) for other in best if other >= 0})
    return [(matcher.rows[a], matcher.rows[b], matcher.similarity.pair(a, b).surprise) for a, b in pairs]


@cache
def report_file(lang: str) -> Path:
    """The report on how far matching can be trusted, as `kommunegraf match --all --lang LANG` writes it."""
    folder = paths.root() / "docs" / "matching"
    return folder / "report.md" if lang == "en" else folder / lang / "report.md"


def report(page: Page, iri: str) -> Report:
    """The report, from Markdown; HTML in it is shown, not used."""
    text = report_file(page.lang).read_text("utf-8")
    title, _, rest = text.removeprefix("# ").partition("\n")
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(rest)
    numbers = count(1)
    wide = re.sub("<table>", lambda _: _SCROLL.format(page.w.report_table, next(numbers)), html).replace("</table>", "</table></div>")
    return Report(title=title.strip(), html=Markup(wide))  # noqa: S704


_SCROLL = '<div class="scroll" tabindex="0" role="region" aria-label="{} {}"><table>'

RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {"matching": ("matching.html", matching), "matching/report": ("matching-report.html", report)}
