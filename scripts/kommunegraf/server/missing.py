"""The answer where there is no document: a page with the nearest ones for people, problem details for programs."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response

from kommunegraf.findings import nearest
from kommunegraf.names import plain
from kommunegraf.negotiation import HTML, choose, choose_language
from kommunegraf.site.addresses import parse
from kommunegraf.site.documents import Documents
from kommunegraf.site.render import Page

PROBLEM = "application/problem+json"


def answer(documents: Documents, path: str, headers: Headers) -> Response:
    """404 with what may have been meant; a page for who takes HTML, else problem details (RFC 9457)."""
    lang = choose_language(headers.get("accept-language"))
    found = suggestions(documents, path, lang)
    if choose(headers.get("accept"), [PROBLEM, HTML.media]) == HTML.media:
        page = Page(documents.site, path, lang)
        body = page.html("missing.html", title=page.w.missing_title, suggestions=found)
        return Response(body, 404, {"Vary": "Accept, Accept-Language"}, HTML.media)
    problem = {"type": "about:blank", "title": "Not Found", "status": 404, "suggestions": found}
    return JSONResponse(problem, 404, {"Vary": "Accept, Accept-Language"}, PROBLEM)


def suggestions(documents: Documents, path: str, lang: str) -> list[str]:
    """The IRIs of resources whose last part or label is near that of a path, of the same kind where there is one."""
    kind, _, rest = parse(path)[0].partition("/")
    members = documents.pages.folders.get(f"{kind}/index", [])
    view = documents.site.views[lang]
    named = {name: iri for iri in members for name in (plain(view.label(iri)), plain(iri.rsplit("/", 1)[-1]))}
    return list(dict.fromkeys(named[name] for name in nearest(plain(rest[:100]), named)))


