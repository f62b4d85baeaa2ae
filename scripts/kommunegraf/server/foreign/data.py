"""A served file whose data is not ours: what there is in it to show, to list and to download."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kommunegraf.graph import catalog, void
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import compact, expand, own_path
from kommunegraf.publish import dumps
from kommunegraf.rdf.formats import DATASETS, JSONLD, NTRIPLES, TURTLE, Format
from kommunegraf.server.foreign import stated
from kommunegraf.site.model import Site
from kommunegraf.site.view import LABELS, View, node

_FORMATS = "http://www.w3.org/ns/formats/"
_EXAMPLES = 10
"""Of how many classes, the largest first, VoID names an example."""


class PlainView(View):
    """A view that gives a resource no name but its label. Names made of other resources may go in circles in data that nobody checked."""

    def _label(self, iri: str) -> str:
        literal = self.text(iri, *LABELS)
        return literal.value if literal and literal.value.strip() else compact(iri)


@dataclass(frozen=True, eq=False)
class ForeignSite(Site):
    """A store whose data is not ours, served at the address `public` from files of some names."""

    store: ox.Store
    public: str = ""
    names: tuple[str, ...] = ()

    @cached_property
    def views(self) -> dict[str, View]:
        """The view of each language."""
        return {lang: PlainView(self.store, lang) for lang in LANGUAGES}

    @cached_property
    def stated(self) -> stated.Stated:
        """What the data says of itself."""
        return stated.Stated(stated.subject(self.views["en"]), ", ".join(self.names))

    @cached_property
    def classes(self) -> list[tuple[str, int]]:
        """The classes with the number of resources of each, the largest first."""
        typed = {(quad.subject, quad.object) for quad in self.store.quads_for_pattern(None, node("rdf:type"), None, None)}
        sizes = Counter(term.value for subject, term in typed if isinstance(term, ox.NamedNode) and isinstance(subject, ox.NamedNode))
        return sorted(sizes.items(), key=lambda item: (-item[1], item[0]))

    @cached_property
    def described(self) -> list[str]:
        """The IRIs of all resources of which something is said, sorted."""
        return sorted({quad.subject.value for quad in self.store if isinstance(quad.subject, ox.NamedNode)})

    def members(self, iri: str) -> list[str]:
        """The IRIs of the resources of a class, sorted. Raises ValueError for what is no IRI."""
        quads = self.store.quads_for_pattern(None, node("rdf:type"), ox.NamedNode(iri), None)
        return sorted({quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)})

    @cached_property
    def downloads(self) -> dict[str, Format]:
        """The format of each file with all of the data, by its path."""
        name = re.sub(r"\W+", "-", self.names[0].partition(".")[0], flags=re.ASCII).strip("-") if len(self.names) == 1 else ""
        graphs = any(True for _ in self.store.named_graphs())
        formats = [*(DATASETS if graphs else (TURTLE, NTRIPLES)), *([] if dumps.nested(self.store) else [JSONLD])]
        return {f"dump/{name or 'data'}{format.suffix}": format for format in formats}

    def dump(self, path: str) -> bytes:
        """The file at a path of `downloads`, made once. Blank nodes have other labels whenever the data is loaded."""
        return self.once(_dump, path)

    def void(self) -> bytes:
        """The description in VoID, in Turtle, made once: what the data says of itself, and what can be counted."""
        return self.once(_void)


def foreign(store: ox.Store, version: str, files: Sequence[Path], public: str) -> ForeignSite | None:
    """The site of a store whose data is not ours; None if it is.

    Data is ours if it describes our data set, or if most of its resources have IRIs of ours, as a part of the graph has.
    """
    if next(iter(store.quads_for_pattern(ox.NamedNode(catalog.WHOLE), None, None, None)), None):
        return None
    subjects = {quad.subject.value for quad in store if isinstance(quad.subject, ox.NamedNode)}
    if 2 * sum(own_path(iri) is not None for iri in subjects) > len(subjects):
        return None
    return ForeignSite(store, version, server=True, public=public, names=tuple(file.name for file in files))


def _dump(site: ForeignSite, path: str) -> bytes:
    return dict(dumps.rdf(sorted(site.store, key=str), [site.downloads[path]])).popitem()[1]


def _void(site: ForeignSite) -> bytes:
    document = site.public + catalog.VOID
    whole = site.stated.subject if isinstance(site.stated.subject, ox.NamedNode) else ox.NamedNode(f"{document}#dataset")
    triples = [
        _triple(ox.NamedNode(document), "rdf:type", "void:DatasetDescription"), _triple(ox.NamedNode(document), "foaf:primaryTopic", whole),
        _triple(whole, "rdf:type", "void:Dataset"), _triple(whole, "foaf:homepage", ox.NamedNode(site.public)),
        _triple(whole, "void:sparqlEndpoint", ox.NamedNode(f"{site.public}sparql")),
        *(_triple(whole, "void:dataDump", ox.NamedNode(site.public + path)) for path in site.downloads),
        *(_triple(whole, "void:feature", ox.NamedNode(_FORMATS + format.w3c)) for format in site.downloads.values()),
        *(_triple(whole, "void:exampleResource", ox.NamedNode(site.members(name)[0])) for name, _ in site.classes[:_EXAMPLES]),
        *_statements(site, whole), *void.counts(site.store, whole.value, document, ""),
    ]
    return catalog.encode(triples, TURTLE.suffix)


def _statements(site: ForeignSite, whole: ox.NamedNode) -> list[ox.Triple]:
    """What the data says of itself, in all its languages; the name of the files as the title where it has none."""
    view, own = site.views["en"], site.stated
    named = {"dcterms:title": stated.TITLES, "dcterms:description": stated.DESCRIPTIONS}
    triples = [_triple(whole, name, value) for name, properties in named.items() for value in own.values(view, properties)]
    if not any(triple.predicate == node("dcterms:title") for triple in triples):
        triples.append(_triple(whole, "dcterms:title", own.title(view)))
    return triples + [_triple(whole, stated.FACTS[name][0], value) for name, values in own.facts(view) for value in values
                      if not isinstance(value, ox.BlankNode)]


def _triple(subject: ox.NamedNode, name: str, value: Any) -> ox.Triple:
    """A triple of compact names; a value that is text names a term of a vocabulary."""
    return ox.Triple(subject, node(name), ox.NamedNode(expand(value)) if isinstance(value, str) else value)
