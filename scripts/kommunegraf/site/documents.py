"""Every file of the site by its path, made when it is asked for: what `publish` writes is what the server answers with."""

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kommunegraf import catalog, describe, paths
from kommunegraf.findings import Finding
from kommunegraf.namespaces import BASE, KG
from kommunegraf.negotiation import DATA, DATASETS, HTML, LANGUAGES, Format
from kommunegraf.site import addresses, dumps, hosting, library, listing, search
from kommunegraf.site.pages import Pages
from kommunegraf.site.site import Site
from kommunegraf.site.view import View

_STATIC = Path(__file__).parent / "static"
Files = dict[str, bytes]
_BINARY = {"application/gzip", "application/octet-stream", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "image/png"}
_MEDIA = {
    **{format.suffix: format.media for format in (HTML, *DATA, *DATASETS)},
    "csv-metadata.json": "application/csvm+json", ".csv": "text/csv", ".json": "application/json", ".css": "text/css",
    ".js": "text/javascript", ".svg": "image/svg+xml", ".xml": "application/xml", ".graphml": "application/xml", ".txt": "text/plain",
    ".md": "text/markdown", "SHA256SUMS": "text/plain", ".well-known/void": "text/turtle", ".gz": "application/gzip", ".png": "image/png",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media type of a file by the end of its name."""


class Documents:
    """The files of a site that will stand at an address.

    `address` is where the site's top will be, for what needs absolute addresses; all else links relatively. `sparql` is the address
    of a SPARQL endpoint over the same graph, for the catalogue; empty where there is none.
    """

    def __init__(self, store: ox.Store, version: str, data: Path | None = None, address: str = BASE, sparql: str = "") -> None:
        self.site = Site(store, version, data, lambda: {path: len(body) for path, body in self._dumps.items()}, bool(sparql))
        self.address = address
        self.sparql = sparql
        self.pages = Pages(self.site)

    def names(self) -> Iterator[str]:
        """The path of every file, pages first."""
        for path in self.pages.paths:
            yield from (addresses.page(path, lang) for lang in LANGUAGES)
        for path in self.pages.resources:
            yield from (path + format.suffix for format in DATA)
        for group in self._groups:
            yield from group()

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None where there is none. Raises ValueError for what RDF/XML cannot say."""
        if (found := self._static.get(name)) is not None:
            return found
        path, format, lang = parse(name)
        if format == HTML:
            page = self.pages.html(path, lang)
            if page is not None:
                return page.encode()
        elif format and path in self.pages.resources:
            return describe.encode(describe.description(self.site.store, self.pages.resources[path]), format)
        return next((group()[name] for group in self._groups if name in group()), None)

    def findings(self) -> list[Finding]:
        """What of the site's graph cannot be published, or only without a name."""
        return self.pages.findings()

    @property
    def _groups(self) -> tuple[Callable[[], Files], ...]:
        """Files that are neither a page nor the data of a resource, those that are quick to make first."""
        return (lambda: self._static, lambda: self._listing, lambda: self._search, lambda: self._answers, lambda: self._dumps,
                lambda: self._catalog)

    @cached_property
    def _static(self) -> Files:
        """Style sheets, scripts, and the pictures of the matching report."""
        files = {f"static/{path.relative_to(_STATIC)}": path.read_bytes() for path in sorted(_STATIC.rglob("*")) if path.is_file()}
        docs = paths.root() / "docs" / "matching"
        return {**files, **{f"matching/{path.name}": path.read_bytes() for path in sorted(docs.glob("*.svg"))}}

    @cached_property
    def _listing(self) -> Files:
        return {**dict(listing.files(self.pages.paths, self.address)), **dict(hosting.files(self.address))}

    @cached_property
    def _search(self) -> Files:
        return dict(search.files(self.site))

    @cached_property
    def _answers(self) -> Files:
        return dict(library.answers(self.site)) if self.site.views["da"].of_type("sh:SPARQLExecutable") else {}

    @cached_property
    def _dumps(self) -> Files:
        return dict(dumps.files(self.site.store, self.site.data, self.site.version))

    @cached_property
    def _catalog(self) -> Files:
        """The catalogue and the VoID description; none for a store that does not say what data set it is."""
        if not self.site.views["da"].described(catalog.WHOLE):
            return {}
        store, files = self.site.store, [catalog.File.of(path, body) for path, body in self._dumps.items()]
        described = catalog.catalog(store, files, self.site.version, self.sparql or None)
        made = {catalog.CATALOG + form.suffix: catalog.encode(described, form.suffix) for form in DATA if form.name != "ntriples"}
        return {**made, catalog.VOID: catalog.encode(catalog.void(store, files, self.sparql or None), ".ttl")}


def release(store: ox.Store) -> str:
    """The version that a store's ontology says it has; `0` where it says none."""
    return View(store, "en").plain(KG, "owl:versionInfo") or "0"


def media_type(name: str) -> str:
    """The media type of a file of the site, with its encoding where it is a text."""
    media = next((media for suffix, media in _MEDIA.items() if name.endswith(suffix)), "application/octet-stream")
    return media if media in _BINARY else f"{media}; charset=utf-8"


def parse(name: str) -> tuple[str, Format | None, str]:
    """A file name's path, format and language: the inverse of what `addresses.page` and the suffixes of formats make."""
    if name.endswith(HTML.suffix):
        path = name.removesuffix(HTML.suffix)
        lang = next((lang for lang in LANGUAGES[1:] if path.endswith(f".{lang}")), LANGUAGES[0])
        return path.removesuffix(f".{lang}"), HTML, lang
    for format in (*DATA, *DATASETS):
        if name.endswith(format.suffix):
            return name.removesuffix(format.suffix), format, LANGUAGES[0]
    return name, None, LANGUAGES[0]
