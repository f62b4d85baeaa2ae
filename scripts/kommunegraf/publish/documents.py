"""Every file of the site by its path, made when it is asked for: what `publish` writes is what the server answers with."""

import csv
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kommunegraf.findings import Finding
from kommunegraf.graph import catalog, void
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE, KG, RDF
from kommunegraf.publish import crawlers, feed, hosting
from kommunegraf.publish.answers import Answers
from kommunegraf.publish.dumps import Dumps, nested
from kommunegraf.publish.forms import FORMS, Forms
from kommunegraf.publish.history import history
from kommunegraf.publish.previous import TOMBSTONES
from kommunegraf.publish.processes import aside
from kommunegraf.rdf import describe
from kommunegraf.rdf.formats import DATA, DATASETS, HTML, NQUADS, TRIG, TURTLE, Format, with_charset
from kommunegraf.rdf.layers import Layers, Nothing
from kommunegraf.site import addresses, search
from kommunegraf.site.model import Site
from kommunegraf.site.pages import comparison, vocabulary
from kommunegraf.site.registry import Pages
from kommunegraf.site.view import View

_STATIC = Path(__file__).parents[1] / "site" / "static"
Files = dict[str, bytes]
_OWN = {"csv-metadata.json": "application/csvm+json", "SHA256SUMS": "text/plain", catalog.VOID: hosting.TYPES["ttl"]}
"""The media type of files whose ending does not tell."""


class Documents:
    """The files of a site that will stand at an address.

    `address` is where the top of the site will be. Only the sitemap, the feed and the host rules need it; pages link relatively. `sparql`
    is the address of a SPARQL endpoint over the same graph, for the catalogue, or empty.
    """

    def __init__(
        self, store: ox.Store, version: str, data: Path | None = None, address: str = BASE, sparql: str = "", previous: Path | None = None,
    ) -> None:
        """`previous` is the folder of the site published before. Raises BadInput if that is no site, or if `data` has no tables."""
        self.store, self.version, self.data = store, version, data
        self.address, self.sparql = address, sparql
        self.past = history(store, version, previous)
        self.dumps = Dumps(store, data, version)
        listed, described = self._described
        self._counted = void.Counted(store)
        beside = [*void.quads((*listed, *described)), *self.past.quads()]
        published = Layers(store, beside, self._counted if described else Nothing())
        self.site = Site(published, version, self.dumps.sizes, bool(sparql), self.past.changes, frozenset(self.past.gone), data is not None)
        self.pages = Pages(self.site)

    def names(self) -> Iterator[str]:
        """The path of every file, pages first, each once."""
        yield from dict.fromkeys(self._every())

    def _every(self) -> Iterator[str]:
        for path in self.pages.paths:
            yield from (addresses.page(path, lang) for lang in LANGUAGES)
        for path in self.pages.resources:
            yield from (path + format.suffix for format in DATA)
        for _, group in self._groups:
            yield from group()
        yield from sorted(self._catalogued)
        yield from self.past.files

    def prepare(self) -> list[str]:
        """The path of every file, as `names` gives it, when all is made that many files need: processes that are forked then have it.

        The dumps are made beside the rest, on another processor. Raises BadInput as they do.
        """
        with aside(lambda: self.dumps.files) as dumps:
            names = list(self.names())
            vars(self.dumps)["files"] = dumps()  # as if they had been made here
        self.read(catalog.VOID)
        return names

    def read(self, name: str) -> bytes | None:
        """The content of a file, or None if there is no such file. Raises WrongFormat for what RDF/XML cannot say."""
        if name in self._catalogued:  # these files say more about a resource than the store does, so they come first
            return self._catalog[name]
        if name in self._changes:
            return self._changes[name]
        path, format, lang = addresses.parse(name)
        if format == HTML:
            page = self.pages.html(path, lang)
            if page is not None:
                return page.encode()
        elif format and (iri := self.pages.resource(path)):
            return describe.encode(describe.description(self.site.store, iri), format)
        for beginnings, group in self._groups:
            if name.startswith(beginnings) and (content := group().get(name)) is not None:
                return content
        return self.past.files.get(name)

    def findings(self) -> list[Finding]:
        """Resources that cannot be published, or only without a name."""
        graphs = sorted(nested(self.store))
        repair = "write what the triple says as statements of their own"
        return self.pages.findings() + [
            Finding("warning", "file", f"the dumps of {graph or 'the whole'} are left out in JSON-LD: it has a triple as a term", repair)
            for graph in graphs
        ]

    @property
    def _groups(self) -> tuple[tuple[tuple[str, ...], Callable[[], Mapping[str, bytes]]], ...]:
        """All other files, in groups: the beginnings of their paths, and a function that makes the group when it is first needed."""
        return (
            (("static/",), lambda: self._static),
            ((FORMS,), lambda: {} if self.forms is None else self.forms),  # whose truth would read the tables
            (("sitemap", "robots", "llms", ".htaccess", ".nojekyll", "hosting/", feed.PATH), lambda: self._listing),
            (("static/search-", "static/compare-"), lambda: self._indexes),
            (("query/",), lambda: self._answers),
            (("dump/", "version/"), lambda: self.dumps),
            (("ontology/",), lambda: self._vocabulary),
            (("",), lambda: self._changes),
        )

    def formats(self, path: str) -> tuple[Format, ...]:
        """The formats of the documents about a path that has a page, the page first."""
        if self.pages.resource(path):
            return (HTML, *DATA, *DATASETS)
        others = self._vocabulary if path.startswith("ontology/") else self._catalogued
        return (HTML, *(format for format in DATA if path + format.suffix in others))

    @cached_property
    def _static(self) -> Files:
        """Style sheets and scripts."""
        return {f"static/{path.relative_to(_STATIC)}": path.read_bytes() for path in sorted(_STATIC.rglob("*")) if path.is_file()}

    @cached_property
    def forms(self) -> Forms | None:
        """The form of each kommune in each language, made when it is asked for."""
        return Forms(self.data) if self.data else None

    @cached_property
    def _listing(self) -> Files:
        """What the address of the site stands in: for crawlers, for web hosts, and the feed of versions."""
        paths = [path for path in self.pages.paths if path != "404"]
        news = {feed.PATH: feed.feed(self.store, self.version, self.past.changes, self.address)}
        return {**dict(crawlers.files(paths, self.address, self.site.words("en", "site"))), **dict(hosting.files(self.address)), **news}

    @cached_property
    def _indexes(self) -> Files:
        """What the scripts of search and comparison read."""
        return dict((*search.files(self.site), *comparison.files(self.site)))

    @cached_property
    def _answers(self) -> Mapping[str, bytes]:
        return Answers(self.site) if self.site.views["da"].of_type("sh:SPARQLExecutable") else {}

    @cached_property
    def _changes(self) -> Files:
        """The changes of each version, the tombstones of all removed resources, and an empty `.gone` file beside the page of each."""
        if not self.past.changes:
            return {}
        changes = {f"{addresses.path(iri)}.trig": describe.encode(quads, TRIG) for iri, quads in self.past.changes.items()}
        tombstones = {TOMBSTONES: describe.encode(self.past.tombstones, NQUADS)}
        marks = {f"{addresses.path(iri)}{hosting.GONE}": b"" for iri in sorted(self.past.gone)}
        return {**changes, **tombstones, **marks}

    @cached_property
    def _described(self) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """The catalogue without sizes and checksums, and VoID without counts; both empty where a store does not describe its data set."""
        if not View(self.store, "en").described(catalog.WHOLE):
            return [], []
        files = [catalog.File(path) for path in self.dumps.names]
        last = self.past.version if self.past.version != self.version else None
        sparql = self.sparql or None
        return catalog.catalog(self.store, files, self.version, sparql, last), void.described(self.store, files, sparql)

    @cached_property
    def _catalogued(self) -> frozenset[str]:
        """The paths of the catalogue's documents."""
        documents = [catalog.CATALOG + format.suffix for format in DATA]
        return frozenset([*documents, catalog.VOID] if self._described[0] else ())

    @cached_property
    def _catalog(self) -> Files:
        listed, described = self._described
        if not listed:
            return {}
        files = [catalog.File.of(path, body) for path, body in self.dumps.files.items()]
        measured = [triple for file in files if catalog.datasets(file.path) for triple in catalog.measures(file)]
        made = {catalog.CATALOG + format.suffix: catalog.encode([*listed, *measured], format.suffix) for format in DATA}
        return {**made, catalog.VOID: catalog.encode([*described, *self._counted.triples], TURTLE.suffix)}

    @cached_property
    def _vocabulary(self) -> Files:
        """The ontology under the IRI of its version, where it stays when the next version is published."""
        return dict(vocabulary.files(self.site))


def release(store: ox.Store) -> str:
    """The version of the ontology in a store (owl:versionInfo); `0` if it has none."""
    return View(store, "en").plain(KG, "owl:versionInfo") or "0"


def media_type(name: str) -> str:
    """The media type of a file of the site; that of a text names its encoding."""
    own = next((media for end, media in _OWN.items() if name.endswith(end)), None)
    return with_charset(own or hosting.TYPES.get(name.rpartition(".")[2], "application/octet-stream"))


def fitting(store: ox.Store, data: Path | None) -> Path | None:
    """The folder of the tables of a graph, where it has the kommuner of the graph and no others; None for that of another register."""
    if data is None:
        return None
    try:
        with (data / "municipalities.csv").open(encoding="utf-8", newline="") as file:
            codes = {row["code"] for row in csv.DictReader(file)}
    except (OSError, ValueError, KeyError, csv.Error):
        return None
    of_type, municipality = ox.NamedNode(RDF + "type"), ox.NamedNode(KG + "Municipality")
    subjects = (quad.subject for quad in store.quads_for_pattern(None, of_type, municipality, None))
    return data if codes == {subject.value.rsplit("/", 1)[-1] for subject in subjects if isinstance(subject, ox.NamedNode)} else None
