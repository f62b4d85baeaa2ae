"""No address in the data becomes a live link unless it is a web address: hostile IRIs in every property, on every kind of page."""

from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import pyoxigraph as ox
import pytest

from kommunegraf.graph import build
from kommunegraf.namespaces import BASE
from kommunegraf.publish.documents import Documents

pytestmark = pytest.mark.faults
SCHEMES = ("javascript:alert(1)//", "data:text/html,<script>alert(1)</script>", "vbscript:x//", "JaVaScRiPt:alert(1)//", "file:///etc/")
OURS = ("http", "https", "", "mailto")


def test_no_address_in_the_data_becomes_a_live_link_unless_it_is_a_web_address(built: Path) -> None:
    store = ox.Store()
    number = 0
    for quad in ox.parse(path=built / build.NQUADS, format=ox.RdfFormat.N_QUADS):
        foreign = isinstance(quad.object, ox.NamedNode) and not quad.object.value.startswith((BASE, "http://www.w3.org/", "http://purl.org/"))
        if foreign and quad.predicate.value != "http://www.w3.org/1999/02/22-rdf-syntax-ns#type":
            number += 1
            scheme = SCHEMES[number % len(SCHEMES)].replace("<", "%3C").replace(">", "%3E")
            quad = ox.Quad(quad.subject, quad.predicate, ox.NamedNode(f"{scheme}{number}"), quad.graph_name)
        store.add(quad)
    assert number > 500
    documents = Documents(store, "0.1.0")
    kinds: dict[str, list[str]] = {}
    for name in documents.names():
        if name.endswith(".html"):
            kinds.setdefault(f"{name.partition('/')[0]}{'.en.' in name}", []).append(name)
    wrong = []
    for names in kinds.values():
        for name in names[:: max(1, len(names) // 3)]:
            page = lxml.html.document_fromstring(documents.read(name) or b"<p>")
            wrong += [(name, link) for _, attribute, link, _ in page.iterlinks() if urlsplit(link.strip()).scheme.lower() not in OURS]
    assert not wrong, wrong[:5]
