"""What a data set says of itself: its title, its publisher, its licence. What it does not say is not claimed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kommunegraf.site.view import LABELS, Term, View, node

_DC, _SCHEMA = "http://purl.org/dc/elements/1.1/", ("https://schema.org/", "http://schema.org/")
_KINDS = ("dcat:Catalog", "void:Dataset", "dcat:Dataset", "owl:Ontology", "skos:ConceptScheme")
"""The classes of what can describe a whole file, the widest first."""
_PARTS = ("dcat:dataset", "dcat:catalog", "void:subset", "dcterms:hasPart")
TITLES = ("dcterms:title", f"{_DC}title", *LABELS, *(f"{space}name" for space in _SCHEMA))
DESCRIPTIONS = ("dcterms:description", f"{_DC}description", "dcterms:abstract", "rdfs:comment", "skos:definition")
FACTS = {
    "publisher": ("dcterms:publisher", f"{_DC}publisher", *(f"{space}publisher" for space in _SCHEMA)),
    "creator": ("dcterms:creator", f"{_DC}creator", "foaf:maker", *(f"{space}creator" for space in _SCHEMA)),
    "license": ("dcterms:license", "http://creativecommons.org/ns#license", *(f"{space}license" for space in _SCHEMA)),
    "rights": ("dcterms:rights", f"{_DC}rights"),
    "version": ("dcat:version", "owl:versionInfo", "http://purl.org/pav/version", *(f"{space}version" for space in _SCHEMA)),
    "issued": ("dcterms:issued", *(f"{space}datePublished" for space in _SCHEMA)),
    "modified": ("dcterms:modified", *(f"{space}dateModified" for space in _SCHEMA)),
}
"""What is told of a data set: the name of the fact, and the properties that can say it, the best first."""


def subject(view: View) -> ox.NamedNode | ox.BlankNode | None:
    """What in a store describes the whole: the one catalogue, data set, ontology or concept scheme that is no part of another.

    None where there is none, and where there are several of which no single one has a title.
    """
    for kind in _KINDS:
        described = {quad.subject for quad in view.store.quads_for_pattern(None, node("rdf:type"), node(kind), None)}
        whole = [one for one in described if not isinstance(one, ox.Triple) and not _is_part(view, one, described)]
        titled = [one for one in whole if view.text(one, *TITLES)]
        if len(whole) == 1 or len(titled) == 1:
            return (titled or whole)[0]
    return None


def _is_part(view: View, one: Term, others: set[ox.NamedNode | ox.BlankNode | ox.Triple]) -> bool:
    named = one if isinstance(one, ox.NamedNode | ox.BlankNode) else None
    wholes = {quad.subject for name in _PARTS for quad in view.store.quads_for_pattern(None, node(name), named, None)}
    return bool((wholes | set(view.values(one, "dcterms:isPartOf"))) & (others - {one}))


@dataclass(frozen=True)
class Stated:
    """What a data set says of itself, of `subject`; the name of its files where it says nothing."""

    subject: ox.NamedNode | ox.BlankNode | None
    names: str

    def title(self, view: View) -> ox.Literal:
        """The title, in the view's language if it has that; else the name of the files."""
        stated = view.text(self.subject, *TITLES) if self.subject else None
        return stated if stated and stated.value.strip() else ox.Literal(self.names)

    def description(self, view: View) -> ox.Literal | None:
        """What the data is."""
        return view.text(self.subject, *DESCRIPTIONS) if self.subject else None

    def facts(self, view: View) -> Iterator[tuple[str, list[Term]]]:
        """The name of each fact that is stated, with its values; texts in one language where there is a choice."""
        for name, properties in FACTS.items():
            if values := self._fact(view, name, properties):
                own = [v for v in values if not isinstance(v, ox.Literal) or v.language in (None, view.lang)]
                yield name, own or values

    def values(self, view: View, properties: tuple[str, ...]) -> list[Term]:
        """The values of the first of some properties that has any."""
        if not self.subject:
            return []
        return next((values for one in properties if (values := view.values(self.subject, one))), [])

    def _fact(self, view: View, name: str, properties: tuple[str, ...]) -> list[Term]:
        values = self.values(view, properties)
        if self.subject and not values and name == "license":  # profiles of DCAT state it of the distributions
            files = view.values(self.subject, "dcat:distribution")
            licences = [view.values(file, "dcterms:license") for file in files]
            values = licences[0] if licences and all(one == licences[0] for one in licences) else []
        return values
