"""Pages of code lists: each with its concepts as a tree."""

from dataclasses import dataclass

from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import View


@dataclass(frozen=True)
class ConceptRow:
    """A concept in the tree of a code list."""

    iri: str
    level: int
    notation: str


@dataclass(frozen=True)
class Scheme:
    """What `scheme.html` shows."""

    rows: list[ConceptRow]
    count: int
    publisher: str
    source: list[str]
    questions: list[str]
    terms: list[str]


@dataclass(frozen=True)
class Schemes:
    """What `schemes.html` shows."""

    rows: list[tuple[str, int]]


def scheme(page: Page, iri: str) -> Scheme:
    """A code list with its concepts as a tree."""
    view = page.view
    concepts = view.references(iri, "skos:inScheme", "skos:topConceptOf")
    rows: list[ConceptRow] = []
    inside = set(concepts)

    def grow(children: list[str], level: int, seen: frozenset[str]) -> None:
        for one in sorted(children, key=lambda c: (_notation(view, c), concepts.index(c))):
            rows.append(ConceptRow(iri=one, level=level, notation=view.plain(one, "skos:notation") or one.rpartition("/")[2]))
            if one not in seen:
                grow([c for c in view.references(one, "skos:broader") if c in inside], level + 1, seen | {one})

    grow([c for c in concepts if not inside & set(view.things(c, "skos:broader"))], 1, frozenset())
    return Scheme(rows=rows, count=len(concepts), publisher=view.thing(iri, "dcterms:publisher"),
            source=view.things(iri, "dcterms:source"), questions=view.references(iri, "kg:itemScheme"),
            terms=view.references(iri, "qb:codeList"))


def _notation(view: View, iri: str) -> tuple[bool, list[int], str]:
    text = view.plain(iri, "skos:notation")
    return bool(text), [int(part) for part in text.split(".") if part.isdigit()], text


def schemes(page: Page, iri: str) -> Schemes:
    """All code lists."""
    view = page.view
    return Schemes(rows=[(s, len(view.references(s, "skos:inScheme"))) for s in view.of_type("skos:ConceptScheme")])


RESOURCES: dict[str, Model] = {"scheme": ("scheme.html", scheme)}
DOCUMENTS: dict[str, Model] = {"scheme/index": ("schemes.html", schemes)}
