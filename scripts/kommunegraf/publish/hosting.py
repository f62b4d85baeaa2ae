"""Rules by which web servers and w3id.org redirect from the IRI of a thing to the document that a request asks for.

The rules of all servers are made from one table of formats and one reading of q-values, so that they answer alike.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import jinja2

from kommunegraf.findings import BadInput, Finding
from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE
from kommunegraf.publish import patch
from kommunegraf.rdf.formats import DATA, FORMATS, HTML, with_charset
from kommunegraf.site.addresses import page

ROOT = "/var/www/kommunegraf"
"""The document root in the rules for nginx and Caddy."""
GONE = ".gone"
"""The ending of an empty file beside the documents of a removed resource: servers send these with status 410."""
TYPES = {
    **{format.suffix[1:]: format.media for format in FORMATS},
    "css": "text/css", "gone": "text/plain", "graphml": "application/xml", "gz": "application/gzip", "js": "text/javascript",
    **patch.MEDIA, "atom": "application/atom+xml",
    "md": "text/markdown", "png": "image/png", "svg": "image/svg+xml", "txt": "text/plain", "xml": "application/xml",
}
"""The media type of each file ending. Those of `text/` are sent as UTF-8; the others carry their encoding themselves."""
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer-when-downgrade",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every response."""
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*/")
_START = r"(?:^|,)\s*"
_Q = r"q=(?:(1)(?:\.0?0?0?)?|(0)(?:\.([0-9]?[0-9]?[0-9]?))?)\s*(?:[;,]|$)"
"""A q-value: `1` in the first group, or `0` in the second and its decimals in the third (RFC 9110, section 12.4.2)."""


class Reading(NamedTuple):
    """One way for a header to name a choice: a pattern, and whether it has the groups of a q-value. If not, the value is 1."""

    pattern: str
    weighed: bool


class Choice(NamedTuple):
    """What a request may ask for: the name of its variable, its file ending, and the readings of the header. The first that fits counts."""

    name: str
    suffix: str
    readings: list[Reading]


def _ranges(media: str) -> Iterator[Reading]:
    """The readings of `Accept` for a media type, from the most specific range on (RFC 9110, section 12.5.1)."""
    for name in (media, media.partition("/")[0] + "/*", "*/*"):
        yield Reading(_START + re.escape(name) + r"\s*(?:;[^,]*)?;\s*" + _Q, True)
        yield Reading(_START + re.escape(name) + r"\s*(?:[;,]|$)", False)
    yield Reading("^$", False)  # without the header, anything will do


def _tags(lang: str) -> Iterator[Reading]:
    """The readings of `Accept-Language` for a language: its own tag, those of its regions (RFC 4647, section 3.4), then any."""
    for name in (lang + "(?:-[a-z0-9-]+)?", r"\*"):
        yield Reading(_START + name + r"\s*(?:,|$)", False)
        yield Reading(_START + name + r"\s*;\s*" + _Q, True)


CHOICES = [Choice(format.name, format.suffix, list(_ranges(format.media))) for format in (HTML, *DATA)]
"""Formats in the order of preference."""
LANGS = [Choice(lang, page("", lang), list(_tags(lang))) for lang in LANGUAGES]
"""Languages of pages, likewise."""
LESS = r"^([0-9]*)([0-9])[0-9]*[^,]*,\1([0-9])[0-9]*;[0-9]*\2[0-9]*\3"
"""Whether A is less than B in a text `A,B;0123456789`, where both are decimals. For hosts that can only match patterns."""

_W3ID = "https://w3id.org/"
_BELOW_W3ID = BASE.removeprefix(_W3ID) if BASE.startswith(_W3ID) else ""
"""The folder of the register's IRIs at w3id.org, which redirects them; empty where they are elsewhere."""


def files(address: str) -> Iterator[tuple[str, bytes]]:
    """The path and content of each file that hosting needs, for a site that will stand at `address`, which ends in `/`.

    `.htaccess` (for Apache) and `.nojekyll` (for GitHub Pages) work at the top of the site. The others, in `hosting/`, are for whoever
    sets up a server. Raises BadInput for an address that is not a web address ending in `/`.
    """
    if not _ADDRESS.fullmatch(address):
        repair = "such as https://example.org/ or https://example.org/kommunegraf/"
        raise BadInput([Finding("violation", "address", f"{address!r} is no web address that ends in /", repair)])
    parts = urlsplit(address)
    values = {
        "address": address, "host": parts.hostname, "port": parts.port or 80, "prefix": parts.path, "root": ROOT,
        "folder": ROOT + parts.path, "site": parts.netloc if parts.scheme == "https" else f"http://{parts.netloc}",
    }
    yield ".nojekyll", b""
    for path, template in (
        (".htaccess", "apache"), *([("hosting/w3id/.htaccess", "w3id")] if _BELOW_W3ID else []), ("hosting/nginx.conf", "nginx.conf"),
        ("hosting/Caddyfile", "Caddyfile"), ("hosting/README.md", "README.md"),
    ):
        yield path, _environment().get_template(template).render(values).encode("utf-8")


@cache
def _environment() -> jinja2.Environment:
    """The templates of the rules. They are not HTML and hold nothing from the data, so nothing is escaped."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"), undefined=jinja2.StrictUndefined,
        autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )
    sent = {ending: with_charset(media) for ending, media in TYPES.items()}
    made.globals.update(
        choices=CHOICES, langs=LANGS, types=sent, media=TYPES, headers=HEADERS, less=LESS, gone=GONE, base=BASE, w3id=_BELOW_W3ID,
        void_type=sent["ttl"],
        documents=_any(choice.suffix[1:] for choice in CHOICES), endings=_any(TYPES),
        charsets=sorted({media for media in TYPES.values() if media.startswith("text/")} - {"text/html"}),
    )
    return made


def _any(endings: Iterable[str]) -> str:
    return "|".join(endings)
