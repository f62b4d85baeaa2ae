"""Pages about Kommunegraf itself: how to cite, how to contribute, what changed, everything there is, and what was not found."""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
from markupsafe import Markup

from kommunegraf import paths
from kommunegraf.graph.adoption import Limits
from kommunegraf.graph.catalog import WHOLE
from kommunegraf.languages import alphabetical, texts
from kommunegraf.namespaces import BASE
from kommunegraf.site import addresses
from kommunegraf.site.parts import contents
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View


@dataclass(frozen=True)
class Changelog:
    """What `changelog.html` shows: when this version was issued, what is new in it for readers, and the change log in English."""

    issued: str
    notes: ox.Literal | None
    news: list[str]
    versions: list[str]
    changes: Markup


@dataclass(frozen=True)
class BaseSource:
    """A source that a whole part of the data rests on."""

    iri: str
    publisher: str
    year: str


@dataclass(frozen=True)
class Citation:
    """What `cite.html` shows."""

    text: str
    bibtex: str
    cff: str
    base: list[BaseSource]
    sources: int


Contact = tuple[str, str]
"""A way to reach those behind the data: its address, and how it is written for people."""
_VCARD = "http://www.w3.org/2006/vcard/ns#"
_WAYS = ("mailto:", "tel:", "https://", "http://")


@dataclass(frozen=True)
class About:
    """What `about.html` shows."""

    updated: str
    publisher: str
    contacts: list[Contact]
    limits: Limits
    municipalities: int
    initiatives: int
    sources: int
    evidence: int


@dataclass(frozen=True)
class Contribute:
    """What `contribute.html` shows."""

    contacts: list[Contact]


@dataclass(frozen=True)
class Everything:
    """What `all.html` shows."""

    kinds: list[tuple[str, str, int]]
    pages: list[tuple[str, str]]
    letters: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Plain:
    """What a page adds to its template: nothing."""


@dataclass(frozen=True)
class Missing:
    """What `404.html` shows. It is shown at any address, so its links are whole ones, below `base`."""

    base: str


@cache
def _changes(version: str) -> Markup:
    """The change log as HTML, without its first heading; what it calls unreleased is of this version. Raw HTML in it stays text."""
    from markdown_it import MarkdownIt  # takes long to load, and few pages need it

    source = (paths.root() / "CHANGELOG.md").read_text("utf-8").replace("## Unreleased", f"## {version}", 1)
    body = MarkdownIt("commonmark", {"html": False}).render(source.partition("\n")[2] if source.startswith("# ") else source)
    return Markup(body)  # noqa: S704 - made by markdown-it, which escapes text and refuses addresses such as javascript:


def changelog(page: Page, iri: str) -> Changelog:
    """What changed from version to version."""
    news = [text[page.lang] for text in texts("news").values()]
    issued = page.view.plain(WHOLE, "dcterms:issued")
    return Changelog(
        issued=issued, notes=page.view.text(WHOLE, "adms:versionNotes"), news=news,
        versions=sorted(page.site.changes),
        changes=_changes(f"{page.site.version} ({issued})" if issued else page.site.version),
    )


def cite(page: Page, iri: str) -> Citation:
    """How to cite Kommunegraf and the sources that it rests on."""
    view = page.view
    issued = view.plain(WHOLE, "dcterms:modified") or view.plain(WHOLE, "dcterms:issued")
    text = page.w.cite_form.format(year=issued[:4] or page.w.cite_no_year, version=page.site.version, iri=BASE)
    keys = {"title": page.w.cite_work, "version": page.site.version, "url": BASE, "date": issued, "license": "CC-BY-4.0"}
    behind = {s for g in view.of_type("void:Dataset") for s in view.things(g, "dcterms:source")}
    base = [BaseSource(iri=s, publisher=view.thing(s, "dcterms:publisher"), year=view.plain(s, "kg:year")) for s in view.by_label(behind)]
    return Citation(text=text, bibtex=_bibtex(keys), cff=_cff(keys), base=base,
            sources=len(view.of_type("dcterms:BibliographicResource")))


def _bibtex(keys: dict[str, str]) -> str:
    return "\n".join((
        "@misc{kommunegraf,", "  author = {{Kommunegraf}},", f"  title = {{{keys['title']}}},", f"  year = {{{keys['date'][:4]}}},",
        f"  version = {{{keys['version']}}},", f"  url = {{{keys['url']}}}", "}",
    ))


def _cff(keys: dict[str, str]) -> str:
    return "\n".join((
        "cff-version: 1.2.0", "type: dataset", "message: If you use these data, please cite them as below.", "authors:",
        "  - name: Kommunegraf", f"title: '{keys['title']}'", f"version: {keys['version']}",
        *([f"date-released: {keys['date']}"] if keys["date"] else ()), f"url: {keys['url']}", f"license: {keys['license']}",
    ))


def about(page: Page, iri: str) -> About:
    """Who publishes Kommunegraf, from what, how it is checked, and how to reach those behind it."""
    view = page.view
    return About(
        updated=view.plain(WHOLE, "dcterms:modified") or view.plain(WHOLE, "dcterms:issued"),
        publisher=view.thing(WHOLE, "dcterms:publisher"), contacts=contacts(view),
        limits=page.site.claims.limits, municipalities=len(view.of_type("kg:Municipality")), initiatives=len(view.of_type("kg:Initiative")),
        sources=len(view.of_type("dcterms:BibliographicResource")), evidence=len(page.site.claims.evidence),
    )


def contribute(page: Page, iri: str) -> Contribute:
    """How to correct and contribute, and whom to write to."""
    return Contribute(contacts(page.view))


def contacts(view: View) -> list[Contact]:
    """The addresses that the data set states for its contact point, such as `mailto:`; none where it states none."""
    point = view.thing(WHOLE, "dcat:contactPoint")
    names = (f"{_VCARD}{name}" for name in ("hasEmail", "hasTelephone", "hasURL"))
    stated = view.things(point, *names) if point else []
    return [(one, one.removeprefix("mailto:").removeprefix("tel:")) for one in stated
            if one.startswith(_WAYS) and not one.startswith(BASE)]  # our own page of contributing is what shows them


def everything(page: Page, iri: str) -> Everything:
    """The kinds of things and how many there are of each; every page is in one of these lists."""
    below = [path.partition("/") for thing in page.site.resources if (path := addresses.path(thing))]
    kinds = Counter(kind for kind, slash, _ in below if slash)
    rows = [(page.w.get(f"kinds_{kind}", kind), f"{kind}/index", count) for kind, count in kinds.items() if not kind.startswith(".")]
    pages = [(page.w[key], path) for path, key in contents.TITLES.items()]
    return Everything(
        kinds=sorted(rows, key=lambda row: alphabetical(row[0])), pages=sorted(pages, key=lambda row: alphabetical(row[0])),
        letters=contents.letters(page.view, {iri for name in contents.NAMED for iri in page.view.of_type(name)}),
    )


def plain(page: Page, iri: str) -> Plain:
    """A page that stands in its template."""
    return Plain()


def missing(page: Page, iri: str) -> Missing:
    """The page for addresses at which there is nothing."""
    return Missing(BASE)


RESOURCES: dict[str, Model] = {}
DOCUMENTS: dict[str, Model] = {
    "changelog": ("changelog.html", changelog), "cite": ("cite.html", cite), "contribute": ("contribute.html", contribute),
    "all": ("all.html", everything), "search": ("search.html", plain), "about": ("about.html", about), "404": ("404.html", missing),
}
