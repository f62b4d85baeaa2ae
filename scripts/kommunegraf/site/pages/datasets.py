"""Pages of data: single figures, the survey's slices, named graphs, the catalogue and what can be downloaded."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from markupsafe import Markup, escape

from kommunegraf.graph import catalog
from kommunegraf.languages import words
from kommunegraf.namespaces import GRAPH
from kommunegraf.site.parts import printed, quoting, rounds
from kommunegraf.site.parts.claims import of_kind
from kommunegraf.site.parts.counts import counts
from kommunegraf.site.render import Model, Page

_FACTS = {
    "version": "dcat:version", "version_notes": "http://www.w3.org/ns/adms#versionNotes", "issued": "dcterms:issued",
    "modified": "dcterms:modified",
    "publisher": "dcterms:publisher", "creator": "dcterms:creator", "contact": "dcat:contactPoint", "license": "dcterms:license",
    "access": "dcterms:accessRights", "frequency": "dcterms:accrualPeriodicity", "temporal": "dcterms:temporal",
    "spatial": "dcterms:spatial", "language": "dcterms:language", "theme": "dcat:theme", "keyword": "dcat:keyword",
    "conforms": "dcterms:conformsTo",
    "provenance": "dcterms:provenance", "source": "dcterms:source", "derived": "prov:wasDerivedFrom",
}
"""What the catalogue tells of a data set: the name of the word for it, and the property."""
_LICENCES = {"https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0"}


@dataclass(frozen=True)
class Figure:
    """A printed figure with what stands beside it."""

    own: printed.Printed
    year: str
    context: Markup
    reference: quoting.Reference | None
    value: str
    alike: list[printed.Printed]
    note: ox.Literal | None
    contradictions: list[str]
    rankings: list[str]


@dataclass(frozen=True)
class Download:
    """A file for download, with the data sets that it belongs to."""

    path: str
    size: str
    form: str
    told: str
    sets: list[str]


@dataclass(frozen=True)
class Graph:
    """What `graph.html` shows."""

    size: int
    files: list[Download]
    classes: list[tuple[str, int]]
    facts: list[tuple[str, Markup]]


@dataclass(frozen=True)
class Graphs:
    """What `graphs.html` shows."""

    rows: list[tuple[str, int]]
    total: int


@dataclass(frozen=True)
class Datasets:
    """What `datasets.html` shows."""

    sets: list[str]
    slices: list[tuple[str, int]]
    rest: list[str]


@dataclass(frozen=True)
class Dumps:
    """What `dumps.html` shows."""

    groups: list[tuple[str, str, str, list[Download]]]


@dataclass(frozen=True)
class Catalogue:
    """What `catalog.html` shows."""

    sets: list[tuple[str, ox.Literal | None, list[tuple[str, Markup]], list[Download]]]


@dataclass(frozen=True)
class Slice:
    """The figures of one question."""

    figures: list[printed.Printed]
    question: str


@dataclass(frozen=True)
class Description:
    """What the catalogue tells of a data set."""

    facts: list[tuple[str, Markup]]
    parts: list[str]
    graphs: list[str]
    slices: list[str]
    files: list[Download]


@dataclass(frozen=True)
class Dataset:
    """What `dataset.html` shows: a figure, a slice or a data set."""

    kind_label: str
    figure: Figure | None = None
    slice: Slice | None = None
    set: Description | None = None


def dataset(page: Page, iri: str) -> Dataset:
    """A figure of the survey, a slice, a data set, or a part of their description."""
    view = page.view
    if figure := printed.read(view, iri):
        return Dataset(page.w.figure_kind, figure=_figure(page, figure))
    if members := view.things(iri, "qb:observation"):
        figures = printed.ordered(view, filter(None, (printed.read(view, m) for m in members)))
        return Dataset(page.w.slice_kind, slice=Slice(figures, view.thing(iri, "kg:question")))
    parts, graphs, slices = (view.things(iri, name) for name in ("dcterms:hasPart", "void:subset", "qb:slice"))
    return Dataset(page.w.kind_dataset, set=Description(facts(page, iri), parts, graphs, slices, downloads(page, iri)))


def _figure(page: Page, figure: printed.Printed) -> Figure:
    view = page.view
    alike = [f for f in printed.about(view, figure.item, "kg:item") if f.iri != figure.iri and f.group == figure.group]
    places = {view.thing(place, "kg:placeIn") for place in view.references(figure.iri, "kg:figure")} - {""}
    year = rounds.year(view, view.thing(figure.iri, "qb:dataSet")) if figure.answers else ""
    return Figure(
        own=figure, year=year, context=Markup("") if year else quoting.asked(page),
        reference=None if year else quoting.reference(page, figure.iri, figure.section),
        value=printed.told(page, figure), alike=alike, note=view.text(figure.iri, "skos:note"),
        contradictions=view.references(figure.iri, "kg:concerns"), rankings=view.by_label(places),
    )


def facts(page: Page, iri: str) -> list[tuple[str, Markup]]:
    """What the catalogue tells of a data set: names of facts with their values, in the page's language where there is a choice."""
    rows = []
    for key, name in _FACTS.items():
        values = page.view.values(iri, name)
        chosen = [v for v in values if not isinstance(v, ox.Literal) or v.language in (None, page.lang)] or values
        if chosen:
            rows.append((page.w[f"data_{key}"], Markup(", ").join(_told(page, v) for v in chosen)))
    return rows


def _told(page: Page, term: Any) -> Markup:
    if not isinstance(term, ox.NamedNode):
        return page.value(term)
    iri = term.value
    label = _LICENCES.get(iri) or page.w.get(f"authority_{iri.rpartition('/')[2]}", "")
    dates = [page.view.plain(iri, name) for name in ("dcat:startDate", "dcat:endDate")]
    return page.link(iri, label) if label else escape(" – ".join(dates)) if any(dates) else page.link(iri)


def downloads(page: Page, iri: str = "") -> list[Download]:
    """The files of a data set or of all, each with its size and what it is; of a file that is there packed and as it is the packed one."""
    rows = []
    for path, size in sorted(page.site.files.items()):
        if (not iri or iri in catalog.datasets(path)) and f"{path}.gz" not in page.site.files:
            form = path.removesuffix(".gz").rpartition(".")[2] if "." in path else path.rpartition("/")[2]
            kind = "adoptions" if "/adoptions." in path and path.endswith(".csv") else form
            told = words(page.lang, "files").get(kind, "")
            rows.append(Download(path=path, size=_size(page, size), form=form, told=told, sets=catalog.datasets(path)))
    return rows


def _size(page: Page, size: int) -> str:
    for unit, factor in (("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{page.number(size / factor, 1)}\u00a0{unit}"
    return f"{page.number(size)}\u00a0B"


def graph(page: Page, iri: str) -> Graph:
    """A named graph: how large it is, and what it holds."""
    view = page.view
    types: dict[str, int] = dict(counts(page.site).instances.get(iri, {}))
    return Graph(
        size=counts(page.site).statements[iri], files=downloads(page, iri),
        classes=sorted(types.items(), key=lambda item: (-item[1], view.label(item[0]))), facts=facts(page, iri),
    )


def graphs(page: Page, iri: str) -> Graphs:
    """All named graphs with their sizes."""
    sizes = counts(page.site).statements
    known = page.view.by_label(name for name in sizes if name.startswith(GRAPH))
    return Graphs(rows=[(name, sizes[name]) for name in known], total=sum(sizes[name] for name in known))


def datasets(page: Page, iri: str) -> Datasets:
    """All data sets, and the survey's figures by question."""
    view = page.view
    slices = view.of_type("qb:Slice")
    sliced = {o for s in slices for o in view.things(s, "qb:observation")}
    sets = [d for name in ("dcat:Dataset", "qb:DataSet") for d in view.of_type(name)]
    listed = {*sets, *slices, *sliced}
    mine = of_kind(page.site.resources, "dataset")
    return Datasets(sets=list(dict.fromkeys(sets)), slices=[(s, len(view.things(s, "qb:observation"))) for s in slices],
            rest=view.by_label(d for d in mine if d not in listed))


def dumps(page: Page, iri: str) -> Dumps:
    """Everything that can be downloaded, whole first."""
    groups: dict[str, list[Download]] = defaultdict(list)
    for row in downloads(page):
        parts = row.path.split("/")
        name = parts[1] if len(parts) > 2 else "sums" if row.path.endswith("SUMS") else "whole"
        groups[name if parts[0] == "dump" else "version"].append(row)
    order = ("whole", "graph", "tables", "version", "sums")
    return Dumps(groups=[(name, page.w[f"dump_{name}"], page.w[f"dump_{name}_text"], groups[name]) for name in order if groups[name]])


def whole(page: Page, iri: str) -> Catalogue:
    """The catalogue: what the data set is, and each of its parts with its files and what differs from the whole."""
    view = page.view
    sets = list(dict.fromkeys(d for name in ("dcat:Dataset", "qb:DataSet") for d in view.of_type(name)))
    sets.sort(key=lambda d: (d != catalog.WHOLE, view.label(d)))
    shared = set(facts(page, catalog.WHOLE))
    own = {d: [fact for fact in facts(page, d) if d == catalog.WHOLE or fact not in shared] for d in sets}
    return Catalogue(sets=[(d, view.definition(d), own[d], downloads(page, d)) for d in sets])


RESOURCES: dict[str, Model] = {"dataset": ("dataset.html", dataset), "graph": ("graph.html", graph)}
DOCUMENTS: dict[str, Model] = {
    "dataset/index": ("datasets.html", datasets), "graph/index": ("graphs.html", graphs), "dump/index": ("dumps.html", dumps),
    "catalog": ("catalog.html", whole),
}
