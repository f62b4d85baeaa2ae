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
from kommunegraf.questions.ask import BadArgument
from kommunegraf.rdf.engines import Embedded
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

    store: ox.Store
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
        return Embedded(self.store)

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
        subjects = {q.subject.value for q in self.store if isinstance(q.subject, ox.NamedNode)}
        return sorted(iri for iri in subjects if (path := addresses.path(iri)) and addresses.is_thing(path))

    @cached_property
    def claims(self) -> Claims:
        """Evidence and adoptions. None at all where the store lacks what they need."""
        try:
            return read(self.engine)
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
        return Matcher(register.read(site.engine, lang, site.claims.evidence or None))
    except (BadInput, BadArgument):
        return None
