"""The index that the search page reads: a script for each language, so that it works from disk and without a server."""

import json
from collections.abc import Iterator

import pyoxigraph as ox

from kommunegraf.languages import LANGUAGES, words
from kommunegraf.names import plain
from kommunegraf.site import addresses
from kommunegraf.site.model import Site
from kommunegraf.site.pages.about import PAGES
from kommunegraf.site.view import LABELS

NAMES = ("skos:altLabel", "skos:notation", "dcterms:identifier")
"""Properties that hold other names of a resource."""
_LEFT_OUT = ("geometry", "graph", "activity")
"""Kinds that nobody looks for by name."""


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The index of each language, by path. An entry is a label, other names in their plain form, the number of its kind, and its page."""
    for lang in LANGUAGES:
        yield f"static/search-{lang}.js", _script(site, lang)


def _script(site: Site, lang: str) -> bytes:
    """The statement that sets the variable which search.js reads."""
    view, w = site.views[lang], words(lang, "site")
    other = site.views["en" if lang == "da" else "da"]
    kinds: dict[str, int] = {}
    entries = [[w[key], "", kinds.setdefault(w.search_page, 0), addresses.page(path, lang)] for path, key in PAGES.items()]
    for iri in site.resources:
        kind, path = view.kind(iri), addresses.path(iri)
        if not path or addresses.fault(path) or kind in _LEFT_OUT or view.text(iri, *LABELS) is None:
            continue
        label = view.label(iri)
        others = {plain(v.value) for name in NAMES for v in view.values(iri, name) if isinstance(v, ox.Literal)}
        names = sorted({*others, plain(other.label(iri))} - {plain(label), ""})
        number = kinds.setdefault(w.get(f"kind_{kind}", kind), len(kinds))
        entries.append([label, " ".join(names), number, addresses.page(path, lang)])
    text = json.dumps({"kinds": list(kinds), "entries": entries}, ensure_ascii=False, separators=(",", ":"))
    return f"var kommunegrafIndex={text.replace('<', chr(92) + 'u003c')};\n".encode()
