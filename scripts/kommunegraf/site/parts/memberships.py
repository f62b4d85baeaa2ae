"""Who is in what: kommuner in networks, associations and joint projects."""

from dataclasses import dataclass

from kommunegraf.site.render import Page


@dataclass(frozen=True)
class Membership:
    """A row of a table of memberships: the other side, what kind that is, the years that the source states, and the source."""

    iri: str
    other: str
    kind: str
    years: str
    sources: list[str]


def memberships(page: Page, iri: str, one: str, other: str) -> list[Membership]:
    """The memberships that lead to a resource by the property `one`, by what they lead to by `other`."""
    view = page.view
    rows = {view.thing(membership, other): membership for membership in view.references(iri, one)}
    return [
        Membership(
            rows[thing], thing, view.thing(thing, "org:classification"), _years(page, rows[thing]),
            view.things(rows[thing], "dcterms:source"),
        )
        for thing in view.by_label(rows)
    ]


def _years(page: Page, membership: str) -> str:
    start, end = page.view.plain(membership, "kg:startYear"), page.view.plain(membership, "kg:endYear")
    if start and end:
        return f"{start}–{end}"
    return page.w.membership_since.format(start) if start else page.w.membership_until.format(end) if end else ""
