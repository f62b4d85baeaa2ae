"""The answer where there is no document: a page with the nearest ones for people, problem details for programs."""

import json
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response

from kommunegraf.findings import nearest
from kommunegraf.names import plain
from kommunegraf.publish.documents import Documents
from kommunegraf.rdf.formats import HTML
from kommunegraf.rdf.negotiation import choose, choose_language
from kommunegraf.server.http.problems import MEDIA, Problem
from kommunegraf.site.addresses import parse
from kommunegraf.site.model import Site
from kommunegraf.site.render import Page

_LONGEST = 100
"""Characters of a name that are compared."""


def answer(documents: Documents, path: str, headers: Headers) -> Response:
    """404 with what may have been meant; a page for who takes HTML, else problem details (RFC 9457)."""
    lang = choose_language(headers.get("accept-language"))
    found = suggestions(documents, path)
    told = {"Vary": "Accept, Accept-Language", "Content-Language": lang}
    if choose(headers.get("accept"), [MEDIA, HTML.media]) == HTML.media:
        page = _Anywhere(documents.site, lang, urlsplit(documents.address).path)
        body = page.html("missing.html", title=page.w.missing_title, suggestions=found)
        return Response(body, 404, told, HTML.media)
    problem = {**json.loads(Problem("not-found").details(lang)), "suggestions": found}
    return Response(json.dumps(problem, ensure_ascii=False, indent=1) + "\n", 404, told, MEDIA)


class _Anywhere(Page):
    """A page that may stand at any depth, so that its links begin at the top of the host, and nothing is kept for its address."""

    def __init__(self, site: Site, lang: str, top: str) -> None:
        super().__init__(site, "404", lang)
        self.up = top
        self._made = site.made[lang, top]


def suggestions(documents: Documents, path: str) -> list[str]:
    """The IRIs of resources whose last part or label in any language is near that of a path, of the same kind where there is one."""
    kind, _, rest = parse(path)[0].partition("/")
    named = documents.pages.called.get(kind, {})
    return list(dict.fromkeys(named[name] for name in nearest(plain(rest[:_LONGEST]), named)))
