"""The front page: what Kommunegraf is, what is in it, and the ways in."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from kommunegraf.languages import LANGUAGES, countries
from kommunegraf.namespaces import BASE
from kommunegraf.rdf.formats import FORMATS
from kommunegraf.site.parts import claims, maps, printed, rows
from kommunegraf.site.parts.rows import InitiativeRow
from kommunegraf.site.render import Model, Page, json_in_html
from kommunegraf.site.view import View, node

_COUNTED = (
    ("kg:Municipality", "kinds_municipality", "municipality/index"), ("kg:Initiative", "kinds_initiative", "initiative/index"),
    ("kg:Adoption", "kinds_adoption", "adoption/index"), ("kg:Evidence", "kinds_evidence", "evidence/index"),
    ("dcterms:BibliographicResource", "sources", "source/index"), ("kg:Solution", "kinds_solution", "solution/index"),
    ("qb:Observation", "printed_count", "question/index"), ("kg:CaseExample", "kinds_case", "case/index"),
    ("kg:Gap", "kinds_gap", "gap/index"), ("kg:Contradiction", "kinds_contradiction", "contradiction/index"),
)


@dataclass(frozen=True)
class Front:
    """What `front.html` shows."""

    title: str
    counted: list[tuple[str, str, int]]
    areas: list[tuple[str, list[InitiativeRow]]]
    municipalities: list[tuple[str, str]]
    questions: list[str]
    solutions: list[str]
    map: Markup
    silent: int
    schema_org: Markup


def count(view: View, name: str) -> int:
    """How many resources a class has."""
    return len({q.subject for q in view.store.quads_for_pattern(None, node("rdf:type"), node(name), None)})


def front(page: Page, iri: str) -> Front:
    """The front page. Every figure is counted in the store."""
    view = page.view
    numbers = {"qb:Observation": printed.number(view)}
    counted = [(word, path, numbers[name] if name in numbers else count(view, name)) for name, word, path in _COUNTED]
    areas, states = [], claims.states(page.site)
    for area, members in rows.by_area(view):
        listed = sorted(rows.initiatives(page, members, states), key=lambda row: (-row.active, view.label(row.iri)))
        areas.append((area, listed))
    active = Counter(place for (place, _), status in states.items() if status == "active")
    return Front(
        title=page.w.front_title, counted=[(word, path, number) for word, path, number in counted if number], areas=areas,
        municipalities=[(one, maps.short(page, one)) for one in view.of_type("kg:Municipality")],
        questions=view.of_type("kg:SurveyQuestion"), solutions=view.of_type("kg:Solution") if page.site.server else [],
        map=maps.strength(page, page.w.front_map, page.w.map_count_text, active),
        silent=count(view, "kg:Municipality") - len(active), schema_org=json_in_html(_dataset(page)),
    )


def _dataset(page: Page) -> dict[str, Any]:
    """The data set in the words of schema.org, for search engines of data."""
    name, files = page.w.site_name, [(f"{BASE}dump/kommunegraf{form.suffix}.gz", form.media) for form in FORMATS if form.dumped]
    return {
        "@context": "https://schema.org", "@type": "Dataset", "@id": BASE, "url": BASE, "name": name, "inLanguage": list(LANGUAGES),
        "description": f"{page.w.front_lead} {page.w.front_unknown}", "version": page.site.version, "isAccessibleForFree": True,
        "license": "https://creativecommons.org/licenses/by/4.0/", "keywords": page.w.front_keywords.split("; "),
        "spatialCoverage": {
            "@type": "Place", "name": countries(page.site.countries, page.lang)[0],
            "sameAs": page.view.things(f"{BASE}dataset/kommunegraf", "dcterms:spatial"),
        },
        "isBasedOn": f"{BASE}source/cedi-2014",
        "creator": {"@type": "Organization", "@id": f"{BASE}organisation/kommunegraf", "name": name},
        "distribution": [{"@type": "DataDownload", "contentUrl": url, "encodingFormat": media} for url, media in files],
    }


RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {"index": ("front.html", front)}
