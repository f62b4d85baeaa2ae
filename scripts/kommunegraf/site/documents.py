"""Every file of the site by its path, made when it is asked for: what `publish` writes is what the server answers with."""

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from kommunegraf import describe, paths
from kommunegraf.findings import Finding
from kommunegraf.namespaces import BASE
from kommunegraf.negotiation import DATA, DATASETS, HTML, LANGUAGES, Format
from kommunegraf.site import addresses, listing
from kommunegraf.site.pages import Pages
from kommunegraf.site.site import Site

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

    `address` is where the site's top will be, for what needs absolute addresses; all else links relatively.
    """

    def __init__(self, site: Site, address: str = BASE) -> None:
        self.site = site
        self.address = address
        self.pages = Pages(site)

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
        return (lambda: self._static, lambda: self._listing)

    @cached_property
    def _static(self) -> Files:
        """Style sheets and scripts, and the pictures of the matching report."""
        files = {f"static/{path.relative_to(_STATIC)}": path.read_bytes() for path in sorted(_STATIC.rglob("*")) if path.is_file()}
        docs = paths.root() / "docs" / "matching"
        return {**files, **{f"matching/{path.name}": path.read_bytes() for path in sorted(docs.glob("*.svg"))}}

    @cached_property
    def _listing(self) -> Files:
        return dict(listing.files(self.pages.paths, self.address))


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
