"""Pages that only the server has, in the frame of the site: their templates, words and links."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import jinja2
from starlette.requests import Request

from kommunegraf.languages import LANGUAGES
from kommunegraf.rdf.negotiation import choose_language
from kommunegraf.site import render
from kommunegraf.site.model import Site
from kommunegraf.site.render import Page

_TEMPLATES = Path(__file__).parent / "templates"


class Download(NamedTuple):
    """A link to an answer in a format."""

    text: str
    href: str
    media: str


@cache
def environment() -> jinja2.Environment:
    """The server's templates, which extend those of the site."""
    site = render.environment()
    return site.overlay(loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(_TEMPLATES), site.loader or jinja2.DictLoader({})]))


def page_of(request: Request, site: Site, path: str) -> "ServerPage":
    """The page for a request, in the language that `lang` or Accept-Language asks for."""
    wanted = request.query_params.get("lang", "")
    lang = wanted if wanted in LANGUAGES else choose_language(request.headers.get("accept-language"))
    return ServerPage(site, path, lang, [(name, value) for name, value in request.query_params.multi_items() if name != "lang"])


class ServerPage(Page):
    """A page at an address of the server. `pairs` are the query string's, without the language; its language is chosen by `lang`."""

    def __init__(self, site: Site, path: str, lang: str, pairs: list[tuple[str, str]]) -> None:
        super().__init__(site, path, lang)
        self.w = site.words(lang, "site", "server")
        self.pairs = pairs
        self.here = quote(path.rsplit("/", 1)[-1])

    def to(self, path: str, lang: str = "") -> str:
        """The relative link to the page of a path; to this page in another language by its own address."""
        return self.link_here(lang=lang or self.lang) if path == self.path else super().to(path, lang)

    def link_here(self, **changed: str) -> str:
        """The address of this page with some parts of the query string changed; an empty text removes a part."""
        others = [(name, value) for name, value in self.pairs if name not in changed]
        return self.here + "?" + urlencode([*others, *((name, value) for name, value in changed.items() if value)])

    def address(self, pairs: list[tuple[str, str]]) -> str:
        """The address of this page with another query string."""
        return f"{self.here}?{urlencode(pairs)}"

    def server(self, path: str, **parameters: str) -> str:
        """The relative link to another address of the server, in this page's language."""
        return f"{self.up}{quote(path)}?{urlencode({**parameters, 'lang': self.lang})}"

    def html(self, template: str, **values: Any) -> str:
        """A document: one of the server's templates filled with some values."""
        return environment().get_template(template).render(page=self, view=self.view, w=self.w, lang=self.lang, site=self.site, **values)
