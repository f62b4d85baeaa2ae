"""What is published: a store, its views in two languages, and what is computed from it once."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import pyoxigraph as ox
from markupsafe import Markup

from kommunegraf.findings import BadInput
from kommunegraf.graph.adoption import Limits
from kommunegraf.graph.reader import Claims, read
from kommunegraf.languages import LANGUAGES, Coverage, Words, words
from kommunegraf.namespaces import KG, RDF
from kommunegraf.questions.ask import BadArgument, internal
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.layers import Layers
from kommunegraf.site import addresses
from kommunegraf.site.view import View

if TYPE_CHECKING:
    from kommunegraf.matching.matcher import Matcher

Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Site:
    """A store to publish, that does not change any more.

    `version` is the release's number. `sizes` gives the size in bytes of each file for download, by its path; it is asked once, when
    a page first needs it. `server` says that the pages are served with a SPARQL endpoint beside them, which a static host has not.
    `forms` says that a form to fill stands beside the page of each kommune.
    """

    store: ox.Store | Layers
    version: str
    sizes: Callable[[], dict[str, int]] = dict
    server: bool = False
    changes: Mapping[str, list[ox.Quad]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    forms: bool = False

    made: dict[tuple[str, str], dict[tuple[str, str], Markup]] = field(default_factory=lambda: defaultdict(dict), repr=False)
    """Links and parts of pages that are made once for each language and depth."""
    kept: dict[tuple[Any, ...], Any] = field(default_factory=dict, repr=False)
    """What `once` has made."""

    def once(self, make: Callable[..., Made], *arguments: str) -> Made:
        """What a function makes of this site and some arguments, kept as long as the site is."""
        if (make, *arguments) not in self.kept:
            self.kept[make, *arguments] = make(self, *arguments)
        value: Made = self.kept[make, *arguments]
        return value

    @cached_property
    def countries(self) -> list[str]:
        """The countries of the kommuner, by the two letters with which NUTS codes begin, sorted."""
        codes = (quad.object for quad in self.store.quads_for_pattern(None, ox.NamedNode(KG + "nuts3"), None, None))
        return sorted({code.value[:2] for code in codes if isinstance(code, ox.Literal)})

    @cached_property
    def coverage(self) -> Coverage:
        """The countries and the number of the kommuner."""
        places = self.store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), ox.NamedNode(KG + "Municipality"), None)
        return Coverage(tuple(self.countries), sum(1 for _ in places))

    def words(self, lang: str, *names: str) -> Words:
        """The words of a language, as `languages.words` has them, about the countries and the number of kommuner of this site."""
        return self.once(_words, lang, *names)

    @cached_property
    def views(self) -> dict[str, View]:
        """The view of each language."""
        return {lang: View(self.store, lang) for lang in LANGUAGES}

    @cached_property
    def files(self) -> dict[str, int]:
        """The size in bytes of each file for download, by its path."""
        return self.sizes()

    @cached_property
    def engine(self) -> Embedded:
        """The store as something that answers questions."""
        return Embedded(self.store.whole() if isinstance(self.store, Layers) else self.store)

    @cached_property
    def graph(self) -> Embedded:
        """The graph alone as something that answers questions about what is in it, without the catalogue that describes it."""
        return Embedded(self.store.base if isinstance(self.store, Layers) else self.store)

    @cached_property
    def resources(self) -> list[str]:
        """The IRIs of things that Kommunegraf mints and the store describes, sorted; parts of documents (`#part`) are none."""
        return [iri for iri in self._minted if "#" not in iri]

    @cached_property
    def parts(self) -> list[str]:
        """The IRIs of parts of documents (`#part`) that Kommunegraf mints and the store describes, sorted."""
        return [iri for iri in self._minted if "#" in iri]

    @cached_property
    def _minted(self) -> list[str]:
        iris = {quad.subject.value for quad in self.graph.store if isinstance(quad.subject, ox.NamedNode)} | self._added
        return sorted(iri for iri in iris if (path := addresses.path(iri)) and addresses.is_thing(path))

    @cached_property
    def _added(self) -> set[str]:
        """The IRIs of what is described beside the graph."""
        added = self.store.added if isinstance(self.store, Layers) else ()
        return {subject.value for subject in added if isinstance(subject, ox.NamedNode)}

    def resource(self, path: str) -> str | None:
        """The IRI of a resource that has pages at a path, told without the list of all; None where there is none.

        Where several IRIs have one path, as `a%20b` and `a b` may, the list of all decides.
        """
        if self._unusual:
            return self.by_path.get(path)
        try:
            if not addresses.is_thing(path) or addresses.fault(path):
                return None
            iri = addresses.iri(path)
            quads = self.store.quads_for_pattern(ox.NamedNode(iri), None, None)
        except ValueError:  # half of a sign of UTF-16, which no IRI can have
            return None
        return iri if addresses.path(iri) == path and next(iter(quads), None) else None

    @cached_property
    def by_path(self) -> dict[str, str]:
        """The IRI of each resource that has a page, by its path."""
        return {path: iri for iri in self.resources if (path := addresses.path(iri)) and not addresses.fault(path)}

    @cached_property
    def _unusual(self) -> bool:
        """Whether there may be a resource of ours whose IRI is not what `addresses.iri` makes of its path."""
        paths = {iri: addresses.path(iri) for iri in self._added}
        unlike = any(path and "#" not in iri and addresses.iri(path) != iri for iri, path in paths.items())
        return unlike or bool(internal(self.graph, "unusual").result)

    @cached_property
    def claims(self) -> Claims:
        """Evidence and adoptions. None at all where the store lacks what they need."""
        try:
            return read(self.graph)
        except BadInput:
            return Claims({}, {}, Limits(0, 0, 0))

    @cached_property
    def matcher(self) -> "Mapping[str, Matcher]":
        """Who could work with whom, in each language, made when first asked for. Empty where the store lacks what matching needs."""
        return _Matchers(self)


def _words(site: Site, lang: str, *names: str) -> Words:
    return Words({
        key: site.coverage.fill(text, lang) if isinstance(text, str) else text for key, text in words(lang, *names).items()
    })


class _Matchers(Mapping[str, "Matcher"]):
    """The matcher of each language of a site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def __getitem__(self, lang: str) -> "Matcher":
        matcher = self._site.once(_matcher, lang) if lang in self._site.views else None
        if matcher is None:
            raise KeyError(lang)
        return matcher

    def __iter__(self) -> Iterator[str]:
        return (lang for lang in self._site.views if lang in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _matcher(site: Site, lang: str) -> "Matcher | None":
    from kommunegraf.matching import register
    from kommunegraf.matching.matcher import Matcher

    try:
        return Matcher(register.read(site.graph, lang, site.claims.evidence or None))
    except (BadInput, BadArgument):
        return None
