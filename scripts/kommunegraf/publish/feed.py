"""An Atom feed (RFC 4287) that tells of versions: the one that is published, and what changed from each to the next."""

from collections.abc import Mapping
from xml.etree import ElementTree

import pyoxigraph as ox

from kommunegraf.languages import words
from kommunegraf.namespaces import BASE, expand
from kommunegraf.publish import patch

PATH = "changes/feed.atom"
_ATOM = "http://www.w3.org/2005/Atom"


def feed(store: ox.Store, version: str, changes: Mapping[str, list[ox.Quad]], address: str) -> bytes:
    """The feed of a site at `address`; `changes` are the statements about each change by its IRI, the newest last.

    Times are the dates of the releases (dcterms:modified), so that equal sites have equal feeds.
    """
    published = modified(store)
    root = ElementTree.Element("feed", xmlns=_ATOM)
    title = words("en", "site").feed_title
    _add(root, id=address + PATH, title=title, updated=_time(published))
    ElementTree.SubElement(ElementTree.SubElement(root, "author"), "name").text = "Kommunegraf"
    ElementTree.SubElement(root, "link", rel="self", href=address + PATH)
    entry = ElementTree.SubElement(root, "entry")
    _add(entry, id=f"{BASE}version/{version}/", title=f"Kommunegraf {version}", updated=_time(published))
    ElementTree.SubElement(entry, "link", rel="alternate", href=f"{address}version/{version}/")
    for iri, quads in reversed(list(changes.items())):
        about = _english(iri, quads)
        path = iri.removeprefix(BASE)
        entry = ElementTree.SubElement(root, "entry")
        _add(entry, id=iri, title=about[expand("dcterms:title")], updated=_time(about.get(expand("dcterms:issued"), published)),
             summary=about[expand("dcterms:description")])
        ElementTree.SubElement(entry, "link", rel="alternate", href=f"{address}{path}.html", type="text/html")
        for ending in (patch.PATCH, patch.UPDATE):
            media = patch.MEDIA[ending[1:]]
            ElementTree.SubElement(entry, "link", rel="enclosure", href=f"{address}{path}{ending}", type=media)
    ElementTree.indent(root, " ")
    text: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return text + b"\n"


def modified(store: ox.Store) -> str:
    """The date of the release that a store holds; the first of January 1970 where it says none."""
    whole, date = ox.NamedNode(f"{BASE}dataset/kommunegraf"), ox.NamedNode(expand("dcterms:modified"))
    values = (quad.object for quad in store.quads_for_pattern(whole, date, None))
    return next((value.value for value in values if isinstance(value, ox.Literal)), "1970-01-01")


def _english(iri: str, quads: list[ox.Quad]) -> dict[str, str]:
    """The texts about a resource by property, in English or without a language."""
    texts = ((quad.predicate.value, quad.object) for quad in quads if quad.subject == ox.NamedNode(iri))
    return {name: text.value for name, text in texts if isinstance(text, ox.Literal) and text.language in (None, "en")}


def _time(date: str) -> str:
    return f"{date}T00:00:00Z"


def _add(parent: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, name).text = text
