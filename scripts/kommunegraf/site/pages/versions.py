"""Pages of changes from version to version: which resources came, went, or are described otherwise, and how."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup

from kommunegraf.site.render import Model, Page

SHOWN = 300
"""How many changed resources a page shows with their statements; the TriG file has all."""
_GROUPS = ("prov:generated", "prov:invalidated", "prov:influenced")
"""What is new, gone, and described otherwise, as `changes.description` says it."""
Row = tuple[Markup, Markup]


@dataclass(frozen=True)
class Changes:
    """What `changes.html` shows."""

    groups: list[tuple[str, list[tuple[str, list[tuple[Markup, Markup]], list[tuple[Markup, Markup]]]], int]]
    shown: int


def change(page: Page, iri: str) -> Changes:
    """What changed with a version: resources by what became of them, each with the statements that were added and removed."""
    added, removed = (_by_resource(page, iri, part) for part in ("added", "removed"))
    groups = []
    for name in _GROUPS:
        listed = [one for one in page.view.things(iri, name) if one in added or one in removed]
        shown = [(one, added.get(one, []), removed.get(one, [])) for one in listed[:SHOWN]]
        groups.append((page.w[f"change_{name.partition(':')[2]}"], shown, len(listed)))
    return Changes(groups=groups, shown=SHOWN)


def _by_resource(page: Page, iri: str, part: str) -> dict[str, list[Row]]:
    """The statements of the graph `#added` or `#removed`, as property and value, by resource."""
    graph, statements = ox.NamedNode(f"{iri}#{part}"), defaultdict(list)
    for quad in sorted(_quads(page, iri), key=str):
        if quad.graph_name == graph and isinstance(quad.subject, ox.NamedNode):
            statements[quad.subject.value].append((page.property(quad.predicate.value), page.value(quad.object)))
    return statements


def _quads(page: Page, iri: str) -> Iterable[ox.Quad]:
    return page.site.changes.get(iri, [])


RESOURCES: dict[str, Model] = {"changes": ("changes.html", change)}
DOCUMENTS: dict[str, Model] = {}
