"""Adoptions and evidence by what they are about: a kommune, an initiative, a solution or a source; and how many of each status."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kommunegraf.graph.adoption import STATUS, Adoption, Evidence
from kommunegraf.languages import alphabetical
from kommunegraf.namespaces import BASE
from kommunegraf.site.model import Site
from kommunegraf.site.render import Page

WEAK = "weak"
"""What stands for a weak sign beside the statuses: only evidence of low confidence says it."""
ORDER = (*STATUS, WEAK)
"""The statuses as pages list them, weak signs last."""


@dataclass(frozen=True)
class Index:
    """The adoptions, the evidence and the weak signs about each kommune, initiative and solution, and the evidence of each source."""

    adoptions: dict[str, list[Adoption]]
    evidence: dict[str, list[Evidence]]
    weak: dict[str, list[Evidence]]
    by_iri: dict[str, Adoption]


def index(site: Site) -> Index:
    """The claims of a site by IRI of what they are about, each list in the order of IRIs."""
    return site.once(_index)


def _index(site: Site) -> Index:
    adoptions: dict[str, list[Adoption]] = defaultdict(list)
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    weak: dict[str, list[Evidence]] = defaultdict(list)
    for one in site.claims.adoptions.values():
        for about in {one.municipality, one.initiative, *one.solutions}:
            adoptions[about].append(one)
    for said in site.claims.evidence.values():
        for about in {said.municipality, said.initiative, said.source.iri, *said.solutions}:
            evidence[about].append(said)
    for (municipality, initiative), signs in site.claims.weak_signs.items():
        weak[municipality].extend(signs)
        weak[initiative].extend(signs)
    return Index(dict(adoptions), dict(evidence), dict(weak), {one.iri: one for one in site.claims.adoptions.values()})


def of_kind(iris: Iterable[str], kind: str) -> list[str]:
    """Those of some IRIs whose path begins with a kind, such as `adoption`."""
    return [iri for iri in iris if iri.startswith(f"{BASE}{kind}/")]


def adoptions(page: Page, iri: str) -> list[Adoption]:
    """The adoptions of a kommune, an initiative or a solution, by their labels."""
    return sorted(index(page.site).adoptions.get(iri, ()), key=lambda one: (alphabetical(page.view.label(one.iri)), one.iri))


def weak_signs(page: Page, iri: str) -> list[Evidence]:
    """What is said with low confidence alone of a kommune or an initiative, by its labels."""
    return labelled(page, index(page.site).weak.get(iri, ()))


def statements(page: Page, iri: str) -> list[Evidence]:
    """The evidence about a kommune, an initiative or a solution, or of a source, by its labels."""
    return labelled(page, index(page.site).evidence.get(iri, ()))


def named(page: Page, iri: str, name: str) -> list[Evidence]:
    """The evidence that has a resource as a value of a property such as `kg:partner`, by its labels."""
    stated = page.site.claims.evidence
    return [stated[one] for one in of_kind(page.view.references(iri, name), "evidence") if one in stated]


def labelled(page: Page, evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence in the order of its labels."""
    return sorted(evidence, key=lambda one: (alphabetical(page.view.label(one.iri)), one.iri))


def counts(statuses: Iterable[str]) -> list[tuple[str, int]]:
    """How often each status, or `weak`, stands among some, in the order of `ORDER`; what does not stand there is left out."""
    number = Counter(statuses)
    return [(status, number[status]) for status in ORDER if number[status]]


def signs(weak: Iterable[Evidence]) -> list[str]:
    """`weak` for each kommune and initiative that some weak signs are about, to be counted beside statuses."""
    return [WEAK for _ in {(one.municipality, one.initiative) for one in weak}]


def states(site: Site) -> dict[tuple[str, str], str]:
    """By the IRIs of kommune and initiative: the status of their adoption, or `weak`. Where nothing is known, nothing stands."""
    return {**dict.fromkeys(site.claims.weak_signs, WEAK), **{pair: one.status for pair, one in site.claims.adoptions.items()}}


def spread(site: Site) -> dict[str, list[tuple[int, int]]]:
    """For each initiative, year by year to the reference year, in how many kommuner it is known to have been active."""
    return site.once(_spread)


def _spread(site: Site) -> dict[str, list[tuple[int, int]]]:
    curves = defaultdict(list)
    first = min((year for one in site.claims.evidence.values() for year in (one.start, one.year) if year), default=0)
    for year in range(first, site.claims.limits.reference + 1) if first else ():
        active = Counter(one.initiative for one in site.claims.as_of(year).values() if one.status == "active")
        for initiative in {one.initiative for one in site.claims.adoptions.values()}:
            curves[initiative].append((year, active[initiative]))
    return dict(curves)
