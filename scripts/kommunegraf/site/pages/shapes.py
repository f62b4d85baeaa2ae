"""Shapes in words: what each demands, of what, and how bad it is when it is not so."""

from dataclasses import dataclass

import pyoxigraph as ox
from markupsafe import Markup, escape

from kommunegraf.namespaces import SH, SHARED, compact
from kommunegraf.site.render import Model, Page
from kommunegraf.site.view import Term

_LISTS = {"or", "and", "xone", "in", "languageIn", "ignoredProperties"}
_FLAGS = {"closed", "uniqueLang"}
"""Constraints that are told by their names alone where they are true."""
_SILENT = {"message", "path", "property", "severity", "targetClass", "ignoredProperties", "flags"}
"""Parts of a shape that its table shows apart, or that say nothing to a reader."""


@dataclass(frozen=True)
class Shape:
    """What a shape demands, of what, and how bad it is when it is not so."""

    iri: str
    message: ox.Literal | None
    severity: str
    path: Markup
    demands: list[tuple[str, Markup]]


@dataclass(frozen=True)
class ShapePage:
    """What `shape.html` shows."""

    row: Shape
    targets: list[str]
    rows: list[Shape]
    within: list[str]


@dataclass(frozen=True)
class NodeShape:
    """A shape about a class, in the list of shapes."""

    iri: str
    targets: list[str]
    text: ox.Literal | None
    count: int


@dataclass(frozen=True)
class Shapes:
    """What `shapes.html` shows."""

    nodes: list[NodeShape]
    properties: list[tuple[str, list[str], ox.Literal | None]]


def shape(page: Page, iri: str) -> ShapePage:
    """A shape: the classes it is about, what it demands of a resource and of each property."""
    view = page.view
    rows = [_row(page, property_) for property_ in view.things(iri, "sh:property")]
    return ShapePage(
        row=_row(page, iri), targets=view.things(iri, "sh:targetClass"), rows=sorted(rows, key=lambda r: (str(r.path), r.iri)),
        within=view.references(iri, "sh:property"),
    )


def _row(page: Page, iri: str) -> Shape:
    view = page.view
    return Shape(
        iri=iri, message=view.text(iri, "sh:message"), severity=_severity(page, view.thing(iri, "sh:severity")),
        path=Markup(", ").join(path(page, p) for p in view.values(iri, "sh:path")), demands=demands(page, ox.NamedNode(iri)),
    )


def _severity(page: Page, iri: str) -> str:
    name = iri.removeprefix(SH) or "Violation"
    return page.w.get(f"shape_{name}", name)


def path(page: Page, term: Term) -> Markup:
    """A property path as a reader sees it, as SPARQL writes it: `^` before an inverse, `/` and `|` between steps."""
    view = page.view
    if isinstance(term, ox.NamedNode):
        return page.property(term.value)
    if not isinstance(term, ox.BlankNode):
        return page.value(term)
    for inverse in view.values(term, "sh:inversePath"):
        return Markup("^") + path(page, inverse)
    for choice in view.values(term, "sh:alternativePath"):
        return Markup(" | ").join(path(page, p) for p in view.members(choice))
    return Markup(" / ").join(path(page, p) for p in view.members(term))


def demands(page: Page, subject: ox.NamedNode | ox.BlankNode) -> list[tuple[str, Markup]]:
    """The constraints of a shape: the name of each in words, and its value."""
    rows: list[tuple[str, Markup]] = []
    for quad in sorted(page.view.store.quads_for_pattern(subject, None, None, None), key=str):
        name = quad.predicate.value.removeprefix(SH)
        if quad.predicate.value.startswith(SH) and name not in _SILENT:
            rows.append((page.w.get(f"shape_{name}", compact(quad.predicate.value)), _value(page, name, quad.object)))
    return list(dict.fromkeys(rows))


def _value(page: Page, name: str, value: Term) -> Markup:
    if name in _LISTS:
        between = f" {page.w.shape_or_else} " if name in ("or", "xone") else ", "
        return escape(between).join(_value(page, "", v) for v in page.view.members(value))
    if isinstance(value, ox.BlankNode):
        inner = demands(page, value)
        paths = Markup(", ").join(path(page, p) for p in page.view.values(value, "sh:path"))
        return Markup("({})").format(Markup("; ").join([*([paths] if paths else []), *(Markup("{}: {}").format(n, v) for n, v in inner)]))
    if name in _FLAGS and isinstance(value, ox.Literal) and value.value in ("true", "1"):
        return Markup("")
    if name == "pattern":
        return Markup("<code>{}</code>").format(value.value if isinstance(value, ox.Literal) else "")
    return page.property(value.value) if isinstance(value, ox.NamedNode) else page.value(value)


def shapes(page: Page, iri: str) -> Shapes:
    """All shapes: those of classes first, then those of properties."""
    view = page.view
    return Shapes(
        nodes=[NodeShape(iri=n, targets=view.things(n, "sh:targetClass"), text=view.text(n, "rdfs:comment"),
                   count=len(view.things(n, "sh:property"))) for n in view.of_type("sh:NodeShape")],
        properties=[(s, view.references(s, "sh:property"), view.text(s, "sh:message"))
                       for s in view.of_type("sh:PropertyShape") if s.startswith(SHARED)],
    )


RESOURCES: dict[str, Model] = {"shape": ("shape.html", shape)}
DOCUMENTS: dict[str, Model] = {"shape/index": ("shapes.html", shapes)}
