"""From a template and a view to the HTML of one document: links, values and words in its language."""

import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date as Date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jinja2
import pyoxigraph as ox
from markupsafe import Markup, escape

from kommunegraf.graph.adoption import Adoption, Evidence
from kommunegraf.graph.catalog import WHOLE
from kommunegraf.languages import date, hyphenated, number
from kommunegraf.namespaces import XSD, compact
from kommunegraf.site import addresses, status
from kommunegraf.site.filling import Filled, Templates
from kommunegraf.site.model import Site
from kommunegraf.site.view import LABELS, Term

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_HERE = Path(__file__).parent
KEPT = 100_000
"""How many links and parts are kept for each language and depth."""
_NUMBERS = {XSD + kind for kind in ("integer", "int", "nonNegativeInteger", "decimal", "double")}


@cache
def environment() -> jinja2.Environment:
    """The templates, with text escaped and unknown names refused."""
    made = jinja2.Environment(
        loader=Templates(_HERE / "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )
    made.context_class = Filled
    made.filters["hyphenated"] = hyphenated
    return made


class Page:
    """A document that is being made: where it lies, and how it shows what stands in the graph."""

    def __init__(self, site: Site, path: str, lang: str) -> None:
        """`path` is the document's, as `addresses.path` gives it: without language and ending."""
        self.site = site
        self.view = site.views[lang]
        self.path = path
        self.lang = lang
        self.up = addresses.up(path)
        self.w = site.words(lang, "site")
        self._made = site.made[lang, self.up]

    def to(self, path: str, lang: str = "") -> str:
        """The relative link to the page of a path."""
        return self.up + _quoted(addresses.page(path, lang or self.lang))

    def question(self, name: str) -> str:
        """The relative link to where a question of the library is answered: with a form where a server answers."""
        return f"{self.up}questions/{name}?lang={self.lang}" if self.site.server else self.to(f"query/{name}")

    def file(self, path: str) -> str:
        """The relative link to a file of the site."""
        return self.up + _quoted(path)

    def href(self, iri: str) -> str | None:
        """Where a reader is led for an IRI: our page or file of it, or the web address itself; None for what is no web address."""
        own = addresses.path(iri)
        if own is not None and self.view.described(iri):
            return self.to(own) if addresses.is_thing(own) else self.file(own)
        return iri if iri.startswith(("https://", "http://")) else None

    def link(self, iri: str, text: str = "") -> Markup:
        """A resource's label as a link to it, or another text."""
        return self._link(iri, escape(text)) if text else self._once(("link", iri), lambda: self._link(iri, self.name(iri)))

    def _link(self, iri: str, shown: Markup) -> Markup:
        target = self.href(iri)
        if target is None:
            return shown
        outside = ' rel="external"' if target == iri else ""
        return Markup(f'<a href="{escape(target)}"{outside}>{shown}</a>')

    def _once(self, key: tuple[str, str], make: Callable[[], Markup]) -> Markup:
        """What `make` gives, kept for all pages of this language and depth."""
        value = self._made.get(key)
        if value is None:
            if len(self._made) > KEPT:
                self._made.clear()
            value = self._made[key] = make()
        return value

    def links(self, iris: Iterable[str], between: str = ", ") -> Markup:
        """Several links in a row."""
        return escape(between).join(self.link(iri) for iri in iris)

    def value(self, term: Term | None) -> Markup:
        """A term as a reader sees it: a link, or a text that carries its language where it is another one."""
        if isinstance(term, ox.NamedNode):
            return self.link(term.value)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        return Markup("<i>{}</i>").format(self.w.unnamed) if term is not None else Markup("")

    def iri(self, path: str) -> str:
        """The IRI of a resource that Kommunegraf mints, such as `status/active`."""
        return addresses.iri(path)

    def when(self, adoption: Adoption) -> str:
        """The years of an adoption, to be written directly behind its status."""
        return status.when(adoption, self.w)

    def year(self, evidence: Evidence) -> str:
        """The year of a statement, to be written directly behind its status."""
        return status.year(evidence, self.w)

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number with the language's own signs, as in pictures."""
        return number(value, self.lang, decimals)

    def date(self, text: str) -> Markup:
        """A date such as 2013-12-02 in words; what is no date stays as it is."""
        try:
            return Markup('<time datetime="{}">{}</time>').format(text, date(Date.fromisoformat(text), self.lang))
        except ValueError:
            return escape(text)

    def released(self) -> str:
        """When the data were last changed, in words; the version where no date is stated."""
        return self.site.once(_released, self.lang)

    def _literal(self, term: ox.Literal) -> Markup:
        if term.language and term.language != self.lang:
            return Markup(f'<span lang="{term.language}">{escape(term.value)}</span>')
        if term.datatype.value == XSD + "boolean":
            return escape(self.w.yes if term.value in ("true", "1") else self.w.no)
        if term.datatype.value == XSD + "date":
            return self.date(term.value)
        if term.datatype.value in _NUMBERS:
            return escape(self._numeral(term.value))
        return escape(term.value)

    def _numeral(self, text: str) -> str:
        try:
            # Up to four digits are most often a year or a code, which has no sign between thousands.
            return self.number(float(text)) if len(text) > 4 else text.replace(".", "," if self.lang == "da" else ".")
        except ValueError:
            return text

    def name(self, iri: str) -> Markup:
        """A resource's label, which carries its language where it is another one."""
        label = self.view.text(iri, *LABELS)
        return self._literal(label) if label else escape(self.view.label(iri))

    def property(self, iri: str) -> Markup:
        """The name of a property: ours as a link to its definition, another vocabulary's as its compact name."""
        return self._once(("property", iri), lambda: self._link(iri, self.name(iri) if self.view.described(iri) else escape(compact(iri))))

    def part(self, template: str) -> Markup:
        """A part that is the same on every page of this language, depth and section of the menu."""
        key = f"{template} {self.path.partition('/')[0]}"
        return self._once(("part", key), lambda: Markup(self.html(template)))

    def html(self, template: str, **values: Any) -> str:
        """The document that a template makes of some values."""
        return environment().get_template(template).render(page=self, view=self.view, w=self.w, lang=self.lang, site=self.site, **values)


def _released(site: Site, lang: str) -> str:
    view = site.views[lang]
    issued = view.plain(WHOLE, "dcterms:modified") or view.plain(WHOLE, "dcterms:issued")
    return date(Date.fromisoformat(issued), lang) if issued else site.version


def _quoted(path: str) -> str:
    return path if path.isascii() and path.replace("/", "").replace("-", "").replace(".", "").isalnum() else quote(path)


Model = tuple[str, "Callable[[Page, str], DataclassInstance]"]
"""A template, and what makes the content that it shows of an IRI: a dataclass, whose fields are the names in the template."""


def names(content: "DataclassInstance") -> dict[str, Any]:
    """The fields of a page's content with their values, for its template."""
    return {field.name: getattr(content, field.name) for field in fields(content)}


def json_in_html(value: Any) -> Markup:
    """JSON for a `<script>` element: no text in it can end the element (HTML Standard, 4.12.1.3)."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
