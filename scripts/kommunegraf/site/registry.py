"""Every page of the site: which there are, and the HTML of each in a language."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyoxigraph as ox
from markupsafe import Markup

from kommunegraf.findings import Finding
from kommunegraf.names import plain
from kommunegraf.namespaces import BASE
from kommunegraf.rdf.formats import DATA
from kommunegraf.site import addresses
from kommunegraf.site.model import Site
from kommunegraf.site.pages import (
    about,
    cases,
    collaboration,
    comparison,
    concepts,
    datasets,
    evidence,
    folders,
    front,
    initiatives,
    learning,
    matrix,
    places,
    providers,
    python,
    questions,
    report,
    schemes,
    shapes,
    survey,
    unknown,
    versions,
    vocabulary,
)
from kommunegraf.site.parts.statements import references, statements
from kommunegraf.site.render import Model, Page, json_in_html, names

MODULES = (
    front, places, comparison, matrix, initiatives, providers, evidence, collaboration, learning, survey, report, concepts, unknown, cases,
    vocabulary, schemes, shapes, questions, datasets, about, python, versions,
)
RESOURCES: dict[str, Model] = {kind: model for module in MODULES for kind, model in module.RESOURCES.items()}
"""What a page shows of the resources of one kind, beside what it shows of any."""
DOCUMENTS: dict[str, Model] = {path: model for module in MODULES for path, model in module.DOCUMENTS.items()}
"""Pages that are about no single resource, by path."""
MENTIONS = 12
"""How many resources a page lists for each property that leads to its own."""
CALLED = 400
"""A kind with more members has names that nobody types, and comparing them all would take long."""
_SCHEMA_ORG = {
    "municipality": "AdministrativeArea", "region": "AdministrativeArea", "organisation": "Organization", "source": "CreativeWork",
    "case": "Project", "dataset": "Dataset", "graph": "Dataset", "scheme": "DefinedTermSet", "solution": "SoftwareApplication",
}


@dataclass(frozen=True)
class Resource:
    """What `resource.html` shows of any resource, and with it every template that extends it."""

    iri: str
    label: str
    heading: Markup
    definition: ox.Literal | None
    kind_label: str
    crumbs: list[tuple[str, str]]
    documents: list[tuple[str, str, str]]
    statements: list[tuple[str, list[Markup]]]
    mentions: list[tuple[str, list[str], int]]
    schema_org: Markup
    plain: bool
    gone: bool
    leads_on: list[str]


@dataclass(frozen=True)
class Plain:
    """What a page adds of a resource of which only the common part is shown: nothing."""


_PLAIN: Model = ("resource.html", lambda page, iri: Plain())


class Pages:
    """The pages of a site."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @property
    def resources(self) -> dict[str, str]:
        """The IRI of each resource that has a page, by its path."""
        return self.site.by_path

    def resource(self, path: str) -> str | None:
        """The IRI of the resource that a page of a path is about, told without the list of all; None where there is none."""
        return self.site.resource(path)

    @cached_property
    def documents(self) -> dict[str, Model]:
        """The pages that are about no single resource, by path: those of every site, and those that the data makes."""
        return DOCUMENTS | self._learning | self._matrices | self._lists

    @cached_property
    def _learning(self) -> dict[str, Model]:
        return learning.documents(self.site)

    @cached_property
    def _matrices(self) -> dict[str, Model]:
        return matrix.documents(self.site)

    @cached_property
    def _lists(self) -> dict[str, Model]:
        lists = (folders.documents(path, iris) for path, iris in self.folders.items() if path not in DOCUMENTS)
        return {path: model for one in lists for path, model in one.items()}

    def document(self, path: str) -> Model | None:
        """The page of a path that is about no single resource, told by reading only what such a path rests on; None where there is none."""
        if path in DOCUMENTS:
            return DOCUMENTS[path]
        folder, _, name = path.partition("/")
        if folder == learning.FOLDER and path in self._learning:
            return self._learning[path]
        if folder == matrix.FOLDER and path in self._matrices:
            return self._matrices[path]
        return self._lists.get(path) if name.startswith("index") else None

    @property
    def unpaged(self) -> list[str]:
        """The IRIs of resources without a page: their path cannot be that of a file on every host, or they are part of no document."""
        return [*(iri for iri in self.site.resources if addresses.fault(addresses.path(iri) or "")), *self._adrift]

    @cached_property
    def _adrift(self) -> list[str]:
        """The IRIs of parts (`#part`) of documents that there are not."""
        return [iri for iri in self.site.parts if not self.has(addresses.path(iri) or "")]

    @cached_property
    def former(self) -> dict[str, str]:
        """The path of what stands in the place of a resource that was renamed, by the path of the old one."""
        view = self.site.views["da"]
        successors = ((iri, view.thing(iri, "dcterms:isReplacedBy")) for iri in view.of_type("kg:FormerResource"))
        paths = ((addresses.path(iri), addresses.path(successor)) for iri, successor in successors)
        return {path: successor for path, successor in paths if path and successor}

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """The resources of each kind, by the path of the page that lists them."""
        by_folder = defaultdict(list)
        for path, iri in self.resources.items():
            folder, slash, _ = path.partition("/")
            if slash and f"{folder}/index" not in self.resources:
                by_folder[f"{folder}/index"].append(iri)
        return dict(by_folder)

    @cached_property
    def called(self) -> dict[str, dict[str, str]]:
        """The resources of each kind that is not too large, by what they may be called, made plain: the end of the IRI, a label."""
        kinds: dict[str, dict[str, str]] = {}
        for folder, iris in self.folders.items():
            if len(iris) <= CALLED:
                names = kinds.setdefault(folder.partition("/")[0], {})
                for iri in iris:
                    labels = (view.label(iri) for view in self.site.views.values())
                    names |= {plain(name): iri for name in (iri.rsplit("/", 1)[-1], *labels)}
        return kinds

    @cached_property
    def paths(self) -> list[str]:
        """The path of every page, sorted."""
        return sorted({*self.resources, *self.documents})

    def has(self, path: str) -> bool:
        """Whether there is a page of a path."""
        return self.document(path) is not None or self.resource(path) is not None

    def findings(self) -> list[Finding]:
        """Resources that cannot have a page, and those whose page has no name."""
        faults = []
        for iri in self.site.resources:
            path = addresses.path(iri) or ""
            if fault := addresses.fault(path):
                faults.append(Finding("violation", "page", f"{fault}: no page can be made", "another IRI", resource=iri))
            elif path not in self.documents and not self.site.views["da"].named(iri):
                faults.append(Finding("warning", "page", "has no label", "a skos:prefLabel in Danish and in English", resource=iri))
        repair = "say something of the resource before the #, or write / in the place of #"
        adrift = "is part of a document that there is not"
        return faults + [Finding("warning", "page", adrift, repair, resource=iri) for iri in self._adrift]

    def html(self, path: str, lang: str) -> str | None:
        """The page of a path in a language; None where there is none."""
        if document := self.document(path):
            template, model = document
            page = Page(self.site, path, lang)
            return page.html(template, **names(model(page, addresses.iri(path))))
        if iri := self.resource(path):
            return self._resource(Page(self.site, path, lang), iri)
        return None  # and nothing is kept for its depth

    def _resource(self, page: Page, iri: str) -> str:
        kind = page.view.kind(iri)
        gone = iri in self.site.gone
        template, model = _PLAIN if gone or page.path in self.former else RESOURCES.get(kind, _PLAIN)
        crumbs = [(page.to(f"{kind}/index"), _kind(page, kind, "kinds"))] if "/" in page.path and page.path != f"{kind}/index" else []
        common = Resource(
            iri, page.view.label(iri), page.name(iri), page.view.definition(iri), _kind(page, kind, "kind"), crumbs,
            [(form.suffix, page.file(page.path + form.suffix), form.media) for form in DATA],
            list(statements(page, iri)), list(_mentions(page, iri)), json_in_html(_schema_org(page, iri, kind)),
            template == _PLAIN[0], gone, page.view.things(iri, "dcterms:isReplacedBy"),
        )
        return page.html(template, **{**names(common), **names(model(page, iri))})


def _kind(page: Page, kind: str, number: str) -> str:
    return page.w.get(f"{number}_{kind}", kind)


def _mentions(page: Page, iri: str) -> Iterator[tuple[str, list[str], int]]:
    """Which resources lead to this one: each property with some of them, and how many more there are."""
    for name, subjects in references(page, iri):
        yield name, page.view.by_label(subjects)[:MENTIONS], max(0, len(subjects) - MENTIONS)


def _schema_org(page: Page, iri: str, kind: str) -> dict[str, Any]:
    """The resource in the words of schema.org, for search engines."""
    definition = page.view.definition(iri)
    same = [v.value for v in page.view.values(iri, "skos:exactMatch") if isinstance(v, ox.NamedNode)]
    described = {
        "@context": "https://schema.org", "@type": _SCHEMA_ORG.get(kind, "DefinedTerm"), "@id": iri, "url": iri,
        "name": page.view.label(iri), "description": definition.value if definition else "", "sameAs": same,
        "inLanguage": page.lang, "isPartOf": BASE if iri != BASE else "",
    }
    return {key: value for key, value in described.items() if value}
