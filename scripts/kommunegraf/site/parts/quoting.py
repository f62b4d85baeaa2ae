"""What somebody who quotes a figure needs: who asked whom and when, the result in a sentence, and a ready reference."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from markupsafe import Markup

from kommunegraf.namespaces import BASE, SHARED
from kommunegraf.site.parts import printed
from kommunegraf.site.parts.printed import Printed
from kommunegraf.site.render import Page

SURVEY = f"{BASE}dataset/survey-2014"
_RESPONSE = f"{SHARED}question/response"
_EVERYBODY = f"{SHARED}population-group/all-municipalities"
_NAMED = 3
"""How many answers a sentence names."""


@dataclass(frozen=True)
class Reference:
    """How to cite a figure or the figures of a question: as text, and as an entry of BibTeX."""

    text: str
    bibtex: str


def asked(page: Page) -> Markup:
    """Who was asked, how many answered, and when, in a sentence; empty where the graph does not say."""
    view = page.view
    counts = [f for f in printed.about(view, _RESPONSE, "kg:question") if f.group == _EVERYBODY and f.statistic.endswith("/count")]
    period = view.thing(SURVEY, "dcterms:temporal")
    days = [view.plain(period, name) for name in ("dcat:startDate", "dcat:endDate")] if period else []
    if len(counts) < 2 or not all(days) or not days:
        return Markup("")
    most, least = max(f.value for f in counts), min(f.value for f in counts)
    sentence = Markup(page.w.quote_asked)  # noqa: S704 - our own words
    return sentence.format(page.number(least), page.number(most), page.date(days[0]), page.date(days[1]))


def result(page: Page, figures: list[Printed]) -> str:
    """The largest shares in the group of which the report prints most, in a sentence.

    Empty where it prints none, and where one of them stands in the report with two values: then the sentence would choose.
    """
    shares = [f for f in figures if f.statistic.endswith("/share") and f.precision.endswith("/exact")]
    groups = Counter(f.group for f in shares)
    group = min(groups, key=lambda one: (-groups[one], one), default="")
    values: dict[str, set[float]] = defaultdict(set)
    for one in shares:
        if one.group == group:
            values[one.item].add(one.value)
    best = sorted(values, key=lambda item: (-max(values[item]), page.view.label(item)))[:_NAMED]
    if not best or not group or any(len(values[item]) > 1 for item in best):
        return ""
    told = {f.item: printed.told(page, f) for f in shares if f.group == group}
    named = [f"{page.w.quote_marks.format(page.view.label(item))} ({told[item]})" for item in best]
    listed = f" {page.w.sum_and} ".join([*([", ".join(named[:-1])] if named[1:] else []), *named[-1:]])
    name = page.view.label(group)
    return page.w.quote_result.format(f"{name[:1].lower()}{name[1:]}", listed)


def reference(page: Page, iri: str, section: str) -> Reference | None:
    """How to cite what stands at an IRI and in a section of the report; None where the survey has no source."""
    view, w = page.view, page.w
    source = view.thing(SURVEY, "dcterms:source")
    if not source:
        return None
    publisher, year = view.thing(source, "dcterms:publisher"), view.plain(source, "kg:year")
    author, title = view.label(publisher) if publisher else w.unknown, view.label(source)
    place = w.quote_section.format(view.plain(section, "skos:notation") or view.label(section)) if section else ""
    text = w.quote_text.format(author=author, year=year, title=title, place=place, iri=iri, version=page.site.version)
    bibtex = "\n".join((
        f"@techreport{{{iri.rsplit('/', 1)[-1]},", f"  institution = {{{author}}},", f"  title = {{{title}}},", f"  year = {{{year}}},",
        f"  note = {{{w.quote_note.format(place=place, iri=iri, version=page.site.version)}}}", "}",
    ))
    return Reference(text, bibtex)
