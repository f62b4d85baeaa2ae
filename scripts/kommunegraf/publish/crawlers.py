"""Files for crawlers: sitemap, robots.txt, and llms.txt, a plain overview of the site for language models."""

from collections.abc import Iterable, Iterator
from urllib.parse import quote
from xml.sax.saxutils import escape

from kommunegraf.languages import LANGUAGES, Words
from kommunegraf.site import addresses
from kommunegraf.site.render import environment

URLS = 50_000
"""How many addresses a sitemap may hold (sitemaps.org protocol 0.9)."""
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def files(paths: Iterable[str], address: str, w: Words) -> Iterator[tuple[str, bytes]]:
    """`robots.txt`, `llms.txt`, and a sitemap of the pages of some paths in both languages at `address`, in parts where it is long.

    `w` are the words of the site in English.
    """
    located = [addresses.page(path, lang) for path in paths for lang in LANGUAGES]
    parts = [located[start:start + URLS] for start in range(0, len(located), URLS)]
    if len(parts) == 1:
        yield "sitemap.xml", _sitemap(parts[0], address)
    else:
        names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
        yield "sitemap.xml", _index(names, address)
        yield from ((name, _sitemap(part, address)) for name, part in zip(names, parts))
    yield "robots.txt", f"User-agent: *\nAllow: /\n\nSitemap: {address}sitemap.xml\n".encode()
    yield "llms.txt", environment().get_template("llms.txt").render(address=address, w=w).encode()


def _sitemap(pages: Iterable[str], address: str) -> bytes:
    lines = (f"<url><loc>{escape(address + quote(page))}</loc></url>" for page in pages)
    return "\n".join([f"{_HEAD}<urlset {_NAMESPACES}>", *lines, "</urlset>\n"]).encode()


def _index(names: Iterable[str], address: str) -> bytes:
    lines = (f"<sitemap><loc>{escape(address + name)}</loc></sitemap>" for name in names)
    return "\n".join([f"{_HEAD}<sitemapindex {_NAMESPACES}>", *lines, "</sitemapindex>\n"]).encode()
