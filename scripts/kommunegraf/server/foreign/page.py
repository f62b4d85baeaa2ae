"""A page about data that is not ours: the frame has that data's title, and its links lead to that data alone."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
import pyoxigraph as ox
from markupsafe import Markup, escape
from starlette.requests import Request

from kommunegraf.languages import Words
from kommunegraf.server.foreign.data import ForeignSite
from kommunegraf.server.pages import page as own
from kommunegraf.server.pages.page import ServerPage
from kommunegraf.site.model import Site
from kommunegraf.site.view import LABELS, Term

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> jinja2.Environment:
    """The templates of foreign data, which stand before those of the server and the site."""
    server = own.environment()
    return server.overlay(loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(_TEMPLATES), server.loader or jinja2.DictLoader({})]))


class ForeignPage(ServerPage):
    """A page about a foreign data set. All pages lie at the top, and name what they are about in the query string."""

    site: ForeignSite

    def __init__(self, site: ForeignSite, path: str, lang: str, pairs: list[tuple[str, str]], top: str = "") -> None:
        """`top` is the address of the top, for a page that may stand at any depth."""
        super().__init__(site, path, lang, pairs)
        self.up, self._made = top, site.made[lang, top]
        self.title = site.stated.title(self.view)
        self.w = Words(site.words(lang, "site", "server", "foreign") | {"site_name": self.title.value})
        self.here = (top or "./") if path == "index" else self.here

    def to(self, path: str, lang: str = "") -> str:
        """The relative link to a page; to this page in another language by its own address."""
        if path == self.path:
            return self.link_here(lang=lang or self.lang)
        return f"{self.up or './'}{'' if path == 'index' else quote(path)}?{urlencode({'lang': lang or self.lang})}"

    def about(self, path: str, **parameters: str) -> str:
        """The relative link to a page about something: the resource of an IRI, the resources of a class."""
        return f"{self.up}{path}?{urlencode({**parameters, 'lang': self.lang})}"

    def href(self, iri: str) -> str | None:
        """Where a reader is led for an IRI: its page where the data describes it, or the web address itself."""
        if self.view.described(iri):
            return self.about("resource", iri=iri)
        return iri if iri.startswith(("https://", "http://")) else None

    def value(self, term: Term | None) -> Markup:
        """A term as a reader sees it; what has a name and no IRI is shown by its name."""
        label = self.view.text(term, *LABELS) if isinstance(term, ox.BlankNode) else None
        return self._literal(label) if label else super().value(term)

    def property(self, iri: str) -> Markup:
        """The name of a property or class, as a link to what the data says of it, if it does."""
        return self.link(iri) if self.view.described(iri) else escape(self.view.label(iri))

    def html(self, template: str, **values: Any) -> str:
        """A document: a template of foreign data filled with some values."""
        return environment().get_template(template).render(page=self, view=self.view, w=self.w, lang=self.lang, site=self.site, **values)


def page_of(request: Request, site: Site, path: str) -> ServerPage:
    """The page for a request, ours or one of foreign data, in the language that `lang` or Accept-Language asks for."""
    page = own.page_of(request, site, path)
    return ForeignPage(site, path, page.lang, page.pairs) if isinstance(site, ForeignSite) else page
