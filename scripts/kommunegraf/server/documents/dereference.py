"""From the IRI of a thing to a document about it: 303 by Accept, and the documents, the same files as the published site's."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, quote, urlsplit

from anyio.to_thread import run_sync
from starlette.types import Receive, Scope, Send

from kommunegraf.findings import nearest
from kommunegraf.names import plain
from kommunegraf.publish.documents import Documents, media_type
from kommunegraf.rdf.formats import DATA, DATASETS, HTML, Format, WrongFormat, general
from kommunegraf.rdf.negotiation import choose, choose_language
from kommunegraf.server.context import Context
from kommunegraf.server.http.answers import Answer, entity_tag, fields
from kommunegraf.server.http.problems import MEDIA, Problem
from kommunegraf.site import addresses
from kommunegraf.site.addresses import parse
from kommunegraf.site.model import Site
from kommunegraf.site.render import Page

METHODS = "GET, HEAD, OPTIONS"
_VARY = "Accept, Accept-Language"
_NAMING = [format.media for format in DATASETS]
"""Formats with all statements in named graphs, where clients such as Comunica do not look unless told."""
_GENERAL = general(DATA)
_LONGEST = 100
"""Characters of a name that are compared with the names of resources."""


class Dereference:
    """An ASGI application over the documents of a context's data as it stands."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: a redirect from a thing, a document, or a page that says that there is none."""
        if scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            raise Problem("wrong-method", methods=METHODS)
        if scope["method"] == "OPTIONS":
            answer = Answer(b"", status=204, headers={"Allow": METHODS})
        else:
            answer = await self._answer(scope)
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope) -> Answer:
        state = self._context.state
        documents = state.documents
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        if cached := state.pages.get(path):
            return cached
        if successor := documents.pages.former.get(path):
            return Answer(b"", status=301, headers={"Location": quote("../" * path.count("/") + successor)})
        if _is_thing(documents, path):
            return _redirect(documents, path, scope)
        if document := await run_sync(_document, documents, state.changed, path):
            state.pages.put(path, document, len(path))
            return document
        if _is_thing(documents, f"{path}/"):
            return Answer(b"", status=308, headers={"Location": quote(path.rsplit("/", 1)[-1]) + "/"})
        return await run_sync(_missing, documents, path, fields(scope))


def _is_thing(documents: Documents, path: str) -> bool:
    """Whether a path names a thing, and not a document."""
    page = addresses.indexed(path)
    return bool(_formats(documents, page)) and (page != path or path.rpartition("/")[2] != "index")


def _formats(documents: Documents, page: str) -> tuple[Format, ...]:
    """The formats of the documents about a path, with those that an earlier version was published in; none if there is no page of it."""
    now = documents.formats(page) if documents.pages.has(page) else ()
    frozen = (format for format in (HTML, *DATA, *DATASETS) if page + format.suffix in documents.past.files)
    return tuple(dict.fromkeys((*now, *frozen)))


def _redirect(documents: Documents, path: str, scope: Scope) -> Answer:
    """303 to the document that the client wants (Cool URIs for the Semantic Web, section 4.2), or 406 with those that there are."""
    page, headers = addresses.indexed(path), fields(scope)
    offered = _formats(documents, page)
    wanted = parse_qs(scope["query_string"].decode("latin-1")).get("format", [""])[-1]
    if wanted:
        format = next((f for f in offered if wanted in (f.name, f.suffix[1:], f.media)), None)
    else:
        accept = headers.get("accept")
        media = choose(accept, [f.media for f in offered], _NAMING) or _GENERAL.get(choose(accept, [*_GENERAL]) or "")
        format = next((f for f in offered if f.media == media), None)
    name = page.rsplit("/", 1)[-1]
    if format is None:
        links = "".join(f"{f.media} {quote(name)}{f.suffix}\n" for f in offered)
        return Answer(links.encode(), "text/plain; charset=utf-8", 406, {"Vary": _VARY})
    target = addresses.page(name, choose_language(headers.get("accept-language"))) if format == HTML else name + format.suffix
    return Answer(b"", status=303, headers={"Location": quote(target), "Vary": _VARY})


def _document(documents: Documents, changed: datetime, path: str) -> Answer | None:
    """A document; None if there is none. That of a resource that was removed has status 410."""
    try:
        body = documents.read(path)
    except WrongFormat:  # RDF/XML cannot say everything
        return None
    if body is None:
        return None
    status = 410 if documents.pages.resource(parse(path)[0]) in documents.past.gone else 200
    media = media_type(path)
    headers = {"Cache-Control": "max-age=300", **dict(_links(documents, path))}
    date = format_datetime(changed, usegmt=True)
    return Answer(body, media, status, headers, entity_tag(media.encode() + body), date)


def _links(documents: Documents, name: str) -> Iterator[tuple[str, str]]:
    """Which thing a document is about, and its other formats (RFC 8288, RFC 6892)."""
    path, format, lang = parse(name)
    if format == HTML:
        yield "Content-Language", lang
    if iri := documents.pages.resource(path):
        stem = quote(path.rsplit("/", 1)[-1])
        offered = [other for other in documents.formats(path) if other != format]
        others = [f'<{stem}{other.suffix}>; rel="alternate"; type="{other.media}"' for other in offered]
        yield "Link", ", ".join([f'<{quote(iri, safe=":/%#?&=+,;@!$()*~-._")}>; rel="describes"', *others])


def _missing(documents: Documents, path: str, headers: dict[str, str]) -> Answer:
    """404 with what may have been meant: a page for a client that takes HTML, else problem details (RFC 9457)."""
    lang = choose_language(headers.get("accept-language"))
    near = suggestions(documents, path)
    if choose(headers.get("accept"), [MEDIA, HTML.media]) != HTML.media:
        return Problem("not-found", near).answer(lang)
    page = _Anywhere(documents.site, lang, urlsplit(documents.address).path)
    body = page.html("missing.html", title=page.w.missing_title, suggestions=near)
    return Answer(body.encode("utf-8", "replace"), HTML.content_type, 404, {"Vary": _VARY, "Content-Language": lang})


class _Anywhere(Page):
    """A page that may stand at any depth: its links begin at the top of the host, and nothing is cached for its address."""

    def __init__(self, site: Site, lang: str, top: str) -> None:
        super().__init__(site, "404", lang)
        self.up = top
        self._made = site.made[lang, top]


def suggestions(documents: Documents, path: str) -> list[str]:
    """The IRIs of resources of the same kind whose last part, or whose label in any language, is near that of a path."""
    kind, _, rest = parse(path)[0].partition("/")
    named = documents.pages.called.get(kind, {})
    return list(dict.fromkeys(named[name] for name in nearest(plain(rest[:_LONGEST]), named)))
