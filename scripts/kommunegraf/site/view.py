"""The graph as a reader of one language sees it: labels, values and references of each resource."""

from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox

from kommunegraf.languages import alphabetical
from kommunegraf.namespaces import compact, expand
from kommunegraf.rdf.layers import Quads
from kommunegraf.site.addresses import path

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
LABELS = ("skos:prefLabel", "rdfs:label", "dcterms:title", "foaf:name")
"""Properties that hold a name, best first."""
DEFINITIONS = ("skos:definition", "dcterms:description", "rdfs:comment", "skos:scopeNote")
"""Properties that hold what something is, best first."""


@cache
def node(name: str) -> ox.NamedNode:
    """The node of a compact name such as `kg:adopter`, or of an IRI."""
    return ox.NamedNode(expand(name))


class View:
    """A store in one language. `lang` is `da` or `en`; where a text lacks it, the other language stands in.

    The store must not change while a view of it is in use.
    """

    def __init__(self, store: Quads, lang: str) -> None:
        self.store = store
        self.lang = lang
        self._labels: dict[str, str] = {}
        self._described: dict[str, bool] = {}

    def values(self, iri: str | Term, name: str) -> list[Term]:
        """The values of a property, each once, in a fixed order."""
        subject = ox.NamedNode(iri) if isinstance(iri, str) else iri
        if isinstance(subject, ox.Literal | ox.Triple):
            return []
        terms = {q.object for q in self.store.quads_for_pattern(subject, node(name), None, None)}
        return sorted(terms, key=str) if len(terms) > 1 else list(terms)

    def things(self, iri: str | Term, *names: str) -> list[str]:
        """The IRIs among the values of some properties, by their labels."""
        return self.by_label({v.value for name in names for v in self.values(iri, name) if isinstance(v, ox.NamedNode)})

    def thing(self, iri: str | Term, name: str) -> str:
        """The first of `things`, or an empty string."""
        return next(iter(self.things(iri, name)), "")

    def references(self, iri: str, *names: str) -> list[str]:
        """The IRIs of the resources that have this one as a value of some properties, by their labels."""
        iris = {q.subject.value for name in names for q in self.store.quads_for_pattern(None, node(name), ox.NamedNode(iri), None)
                 if isinstance(q.subject, ox.NamedNode)}
        return self.by_label(iris)

    def of_type(self, name: str) -> list[str]:
        """The resources of a class, by their labels."""
        return self.references(expand(name), "rdf:type")

    def by_label(self, iris: Iterable[str]) -> list[str]:
        """Resources in the order of their labels."""
        return sorted(iris, key=lambda iri: (alphabetical(self.label(iri)), iri))

    def text(self, iri: str | Term, *names: str) -> ox.Literal | None:
        """The text of the first property that has one: in the view's language, without a language, or in the other language."""
        for name in names:
            literals = [v for v in self.values(iri, name) if isinstance(v, ox.Literal)]
            if literals:
                return min(literals, key=lambda v: (v.language != self.lang, v.language is not None, str(v)))
        return None

    def plain(self, iri: str | Term, *names: str) -> str:
        """The same text as a string, empty where there is none."""
        literal = self.text(iri, *names)
        return literal.value if literal else ""

    def number(self, iri: str | Term, name: str) -> float | None:
        """A value as a number; None where there is none."""
        literal = next((v for v in self.values(iri, name) if isinstance(v, ox.Literal)), None)
        try:
            return float(literal.value) if literal else None
        except ValueError:
            return None

    def definition(self, iri: str) -> ox.Literal | None:
        """What a resource is, in a text."""
        return self.text(iri, *DEFINITIONS)

    def described(self, iri: str) -> bool:
        """Whether the graph says anything of a resource. Found once."""
        if iri not in self._described:
            self._described[iri] = next(iter(self.store.quads_for_pattern(ox.NamedNode(iri), None, None, None)), None) is not None
        return self._described[iri]

    def label(self, iri: str) -> str:
        """The name of a resource, made from what it is about where it has none; for foreign IRIs the compact name. Found once."""
        if iri not in self._labels:
            self._labels[iri] = self._label(iri)
        return self._labels[iri]

    def other_names(self, iri: str) -> list[str]:
        """The alternative labels of a resource in the view's language."""
        labels = self.values(iri, "skos:altLabel")
        return sorted(v.value for v in labels if isinstance(v, ox.Literal) and v.language == self.lang)

    def members(self, first: Term) -> list[Term]:
        """The members of an RDF list, in its order; a list that runs in a circle ends."""
        terms: list[Term] = []
        seen = set()
        while isinstance(first, ox.NamedNode | ox.BlankNode) and first not in seen:
            seen.add(first)
            terms += self.values(first, "rdf:first")[:1]
            first = next(iter(self.values(first, "rdf:rest")), ox.Literal(""))
        return terms

    def section_order(self, iri: str) -> tuple[bool, tuple[int, ...], str]:
        """A key that sorts sections of the report as the report does; those without number first."""
        number = self.plain(iri, "skos:notation")
        parts = tuple(int(part) for part in number.split(".") if part.isdigit())
        return bool(parts), parts, iri

    def in_order(self, sections: Iterable[str]) -> list[str]:
        """Sections of the report in its order."""
        return sorted(sections, key=self.section_order)

    def kind(self, iri: str) -> str:
        """The first part of a resource's path, such as `municipality`; empty for foreign IRIs."""
        return (path(iri) or "").partition("/")[0]

    def _label(self, iri: str) -> str:
        literal = self.text(iri, *LABELS)
        if literal and literal.value.strip():
            return literal.value
        parts = [self.label(part) for part in (*self.references(iri, *_PART_OF), *self._about(iri))]
        position = self.number(iri, "kg:position")
        if position is not None:
            parts.append(str(int(position)))
        own = path(iri)
        return ", ".join(parts) or (own.partition("/")[2] or own if own else compact(iri))

    def _about(self, iri: str) -> list[str]:
        parts = [part for name in _ABOUT for part in self.things(iri, name)]
        return parts or self.things(iri, "kg:question", "prov:agent")

    def named(self, iri: str) -> bool:
        """Whether the graph gives a resource a name, or what to make one from."""
        return bool(self.plain(iri, *LABELS).strip() or self._about(iri) or self.references(iri, *_PART_OF))


_ABOUT = (
    "kg:item", "kg:populationGroup", "kg:statistic", "kg:participant", "kg:role", "kg:participationIn", "kg:placeIn", "org:member",
    "org:organization", "sh:path",
)
"""Properties whose values together name a resource that has no label: a figure, a participation, a place in a ranking, a membership,
a rule."""
_PART_OF = ("geo:hasDefaultGeometry", "dcterms:temporal", "sh:property")
"""Properties whose subject names a resource that has no label: a point, a period, a rule for a property."""
