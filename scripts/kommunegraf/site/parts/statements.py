"""All that a graph says of a resource, and what leads to it."""

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox
from markupsafe import Markup

from kommunegraf.namespaces import compact
from kommunegraf.site.render import Page
from kommunegraf.site.view import Term


def statements(page: Page, iri: str) -> Iterator[tuple[str, list[Markup]]]:
    """Each property of a resource with its values, its types first."""
    values: dict[str, set[Term]] = defaultdict(set)
    for quad in page.view.store.quads_for_pattern(ox.NamedNode(iri), None, None, None):
        values[quad.predicate.value].add(quad.object)
    for name in sorted(values, key=lambda name: (compact(name) != "rdf:type", compact(name))):
        yield name, [page.value(term) for term in sorted(values[name], key=str)]


def references(page: Page, iri: str) -> Iterator[tuple[str, set[str]]]:
    """Each property that leads to a resource, with the IRIs of the resources that have it."""
    subjects: dict[str, set[str]] = defaultdict(set)
    for quad in page.view.store.quads_for_pattern(None, None, ox.NamedNode(iri), None):
        if isinstance(quad.subject, ox.NamedNode):
            subjects[quad.predicate.value].add(quad.subject.value)
    for name in sorted(subjects, key=compact):
        yield name, subjects[name]
