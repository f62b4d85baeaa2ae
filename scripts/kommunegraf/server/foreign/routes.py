"""The addresses of foreign data: its front page, its resources, its files, and its description in VoID."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from markupsafe import Markup
from starlette.requests import Request
from starlette.routing import Route, Router

from kommunegraf.graph import catalog
from kommunegraf.publish.documents import media_type
from kommunegraf.rdf import describe
from kommunegraf.rdf.formats import DATA, DATASETS, HTML, TURTLE, WrongFormat, with_charset
from kommunegraf.rdf.negotiation import choose
from kommunegraf.server.context import Context
from kommunegraf.server.foreign.data import ForeignSite
from kommunegraf.server.foreign.page import ForeignPage, page_of
from kommunegraf.server.http.answers import Answer, entity_tag
from kommunegraf.server.http.problems import MEDIA, Problem
from kommunegraf.server.pages import query_page, responses
from kommunegraf.site import render
from kommunegraf.site.parts.statements import references, statements

_STATIC = Path(render.__file__).with_name("static")
_FRAME = ("style.css", "tables.js")
"""The files of the site that every page uses."""
_PAGE = 500
"""Resources in a list."""
_MENTIONS = 40
_OFFERED = (HTML, *DATA, *DATASETS)


def router(context: Context) -> Router:
    """The application over the foreign data of a context."""
    limiter = CapacityLimiter(1)  # what is made of all the data is made once, and by one thread

    async def shown(request: Request) -> Answer:
        return await run_sync(_shown, request, _page(request, context))

    async def file(request: Request) -> Answer:
        return await run_sync(_file, _site(context), request.path_params["path"], limiter=limiter)

    async def void(request: Request) -> Answer:
        body = await run_sync(_site(context).void, limiter=limiter)
        return Answer(body, with_charset(TURTLE.media), headers={"Cache-Control": "no-cache"}, tag=entity_tag(body))

    async def static(request: Request) -> Answer:
        if (name := request.path_params["name"]) not in _FRAME:
            return await missing(request)
        body = (_STATIC / name).read_bytes()
        return Answer(body, media_type(name), headers={"Cache-Control": "max-age=300"}, tag=entity_tag(body))

    async def missing(request: Request) -> Answer:
        return await run_sync(_elsewhere, request, context)

    return Router([
        *(Route(f"/{path}", shown) for path in ("", *_PAGES)),
        Route("/dump/{path}", file), Route(f"/{catalog.VOID}", void), Route("/static/{name}", static),
        *query_page.routes(context), Route("/{path:path}", missing),
    ])


def _site(context: Context) -> ForeignSite:
    """The data as it stands. Raises Problem in the moment in which a reload has put ours in its place."""
    if not isinstance(context.site, ForeignSite):
        raise Problem("not-found")
    return context.site


def _page(request: Request, context: Context) -> ForeignPage:
    page = page_of(request, _site(context), _path(request) or "index")
    assert isinstance(page, ForeignPage)
    return page


def _path(request: Request) -> str:
    """The path of a request below the top."""
    return str(request.scope["path"]).removeprefix(request.scope.get("root_path", "")).lstrip("/")


def _shown(request: Request, page: ForeignPage) -> Answer:
    """A page, or the data of a resource."""
    try:
        if page.path == "resource":
            return _resource(request, page)
        if page.path == "resources":
            return _html(request, page, "resources.html", **_listed(page, request.query_params))
    except Problem as problem:
        return responses.problem(request, page, problem)
    if page.path == "downloads":
        return _html(request, page, "files.html", files=page.site.downloads)
    return _html(request, page, "index.html", description=page.site.stated.description(page.view), facts=_facts(page))


def _html(request: Request, page: ForeignPage, template: str, **values: Any) -> Answer:
    return responses.document(request, page.html(template, **values).encode("utf-8", "replace"), HTML.content_type, page.lang)


def _facts(page: ForeignPage) -> list[tuple[str, Markup]]:
    return [(page.w[f"data_{name}"], Markup(", ").join(map(page.value, values))) for name, values in page.site.stated.facts(page.view)]


def _listed(page: ForeignPage, asked: Any) -> dict[str, Any]:
    """What `resources.html` shows: the resources, of a class if one is named, some at a time."""
    kind = asked.get("class", "")
    try:
        iris = page.site.members(kind) if kind else page.site.described
    except ValueError:
        raise Problem("not-found") from None
    number = int(asked["page"]) if asked.get("page", "").isdecimal() and len(asked["page"]) < 9 else 1
    part = iris[(number - 1) * _PAGE:number * _PAGE]
    if not part:
        raise Problem("not-found")
    pages = [(one, page.link_here(page=str(one) if one > 1 else "", lang=page.lang)) for one in range(1, -(-len(iris) // _PAGE) + 1)]
    near = [entry for entry in pages if abs(entry[0] - number) < 5 or entry[0] in (1, len(pages))]
    return {"kind": kind, "iris": page.view.by_label(part), "count": len(iris), "number": number, "pages": near}


def _resource(request: Request, page: ForeignPage) -> Answer:
    """The page or the data of the resource that `iri` names. Raises Problem where the data does not know it."""
    iri, wanted = request.query_params.get("iri", ""), request.query_params.get("format", "")
    try:
        is_known = page.view.described(iri) or any(page.site.store.quads_for_pattern(None, None, ox.NamedNode(iri), None))
    except ValueError:
        is_known = False
    if not is_known:
        raise Problem("not-found")
    media = choose(request.headers.get("accept"), [format.media for format in _OFFERED])
    names = (wanted,) if wanted else (media,)
    chosen = next((format for format in _OFFERED if {format.name, format.suffix[1:], format.media} & {*names}), None)
    links = [(format.label, page.about("resource", iri=iri, format=format.name), format.media) for format in DATA]
    try:
        if chosen is None:
            raise WrongFormat("")
        if chosen == HTML:
            rows, mentions = statements(page, iri), list(_mentions(page, iri))
            return _html(request, page, "thing.html", iri=iri, statements=rows, mentions=mentions, links=links)
        body = describe.encode(describe.description(page.site.store, iri), chosen)
    except WrongFormat:
        raise Problem("not-acceptable", formats=", ".join(format.media for format in _OFFERED)) from None
    return responses.document(request, body, with_charset(chosen.media), page.lang, {"Link": f'<{_uri(iri)}>; rel="describes"'})


def _uri(iri: str) -> str:
    return quote(iri, safe=":/%#?&=+,;@!$()*~-._'[]")


def _mentions(page: ForeignPage, iri: str) -> Iterator[tuple[str, list[str], int]]:
    """Each property that leads to a resource, with some of those that have it, and how many more there are."""
    for name, subjects in references(page, iri):
        some = sorted(subjects)[:_MENTIONS]  # by IRI: the labels of all would take long in data of any size
        yield name, page.view.by_label(some), len(subjects) - len(some)


def _file(site: ForeignSite, name: str) -> Answer:
    """A file with all of the data."""
    if (path := f"dump/{name}") not in site.downloads:
        raise Problem("not-found")
    body = site.dump(path)
    return Answer(body, with_charset(site.downloads[path].media), headers={"Cache-Control": "no-cache"}, tag=entity_tag(body))


def _elsewhere(request: Request, context: Context) -> Answer:
    """A redirect to the page of a resource whose IRI lies below the server's own address; else that there is nothing."""
    site = _site(context)
    path = _path(request)
    iri = context.public + quote(path, safe="/~!$&'()*+,;=:@-._")
    if site.views["en"].described(iri):
        up = "../" * path.count("/")
        return Answer(b"", status=303, headers={"Location": f"{up}resource?iri={quote(iri, safe='')}"})
    page = ForeignPage(site, "index", page_of(request, site, "index").lang, [], urlsplit(context.public).path)
    if choose(request.headers.get("accept"), [MEDIA, HTML.media]) != HTML.media:
        return Problem("not-found").answer(page.lang)
    body = page.html("missing.html", title=page.w.missing_title)
    headers = {"Vary": responses.VARY, "Content-Language": page.lang}
    return Answer(body.encode("utf-8", "replace"), HTML.content_type, 404, headers)


_PAGES = ("resource", "resources", "downloads")
