"""The index that the search page reads: a script for each language, so that it works from disk and without a server."""

import json
from collections.abc import Iterator

import pyoxigraph as ox

from kommunegraf.languages import LANGUAGES
from kommunegraf.names import plain
from kommunegraf.site import addresses
from kommunegraf.site.model import Site
from kommunegraf.site.parts.contents import TITLES
from kommunegraf.site.view import LABELS

NAMES = ("skos:altLabel", "skos:hiddenLabel", "skos:notation", "dcterms:identifier")
"""Properties that hold other names of a resource."""
KINDS = (
    "municipality", "initiative", "solution", "organisation", "main-area", "region", "question", "query", "case", "report-section",
    "source", "contradiction", "gap", "statement", "body", "dataset", "ontology", "scheme", "motivation", "knowledge-source",
    "network-wish", "opt-out-reason", "organisation-form", "national-strategy", "future-activity", "administrative-area",
    "municipality-type",
)
"""The kinds that people look for. What was found of one kommune is found through it and its initiatives."""
_DEFINED = ("initiative", "main-area", "solution", "question", "query", "case")
"""The kinds of which the words of the definition are searched too."""


def files(site: Site) -> Iterator[tuple[str, bytes]]:
    """The index of each language, by path.

    An entry is a label, other names in their plain form with `|` between them, the number of its kind, its page, and the words of
    its definition in their plain form.
    """
    for lang in LANGUAGES:
        yield f"static/search-{lang}.js", _script(site, lang)


def _script(site: Site, lang: str) -> bytes:
    """The statement that sets the variable which search.js reads."""
    view, w = site.views[lang], site.words(lang, "site")
    kinds: dict[str, int] = {}
    entries = [[w[key], "", kinds.setdefault(w.search_page, 0), addresses.page(path, lang), ""] for path, key in TITLES.items()]
    for iri in site.resources:
        kind, path = view.kind(iri), addresses.path(iri)
        if not path or addresses.fault(path) or kind not in KINDS or view.text(iri, *LABELS) is None:
            continue
        number = kinds.setdefault(w.get(f"kinds_{kind}", kind), len(kinds))
        names = _names(site, lang, iri)
        definition = view.definition(iri) if kind in _DEFINED else None
        said = sorted(set(plain(definition.value).split()) - set(" ".join([view.label(iri), *names]).split())) if definition else []
        entries.append([view.label(iri), "|".join(names), number, addresses.page(path, lang), " ".join(w for w in said if len(w) > 3)])
    text = json.dumps({"kinds": list(kinds), "entries": entries}, ensure_ascii=False, separators=(",", ":"))
    return f"var kommunegrafIndex={text.replace('<', chr(92) + 'u003c')};\n".encode()


def _names(site: Site, lang: str, iri: str) -> list[str]:
    """Other names of a resource in their plain form: those that are stated, its name in the other language, the end of its IRI."""
    view, other = site.views[lang], site.views["en" if lang == "da" else "da"]
    stated = {plain(v.value) for name in NAMES for v in view.values(iri, name) if isinstance(v, ox.Literal)}
    return sorted({*stated, plain(other.label(iri)), plain(iri.rpartition("/")[2])} - {plain(view.label(iri)), ""})
