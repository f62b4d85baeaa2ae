"""The catalogue of what is published: DCAT-AP 3.0.1 about data sets, files and services, and VoID about the graph.

What the data set is, whose, about what and since when is said in the graph itself (`ontology/graphs.ttl`), and the queries
`queries/pages/catalog-*.rq` and `void-*.rq` read it there. Sizes and checksums of the dumps, and counts of the graph, cannot
stand in the graph that they measure; so the catalogue (`catalog.ttl`) and the VoID description (`.well-known/void`) are
documents of their own, made when the dumps are done. Addresses are below the base IRI, as a site does not know its host.

The Danish profile (DCAT-AP-DK 2.0) asks in addition for nothing that is missing here; where its data types differ from those
of DCAT-AP 3.0.1 (`dcat:byteSize`), the newer European profile is followed.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from urllib.parse import urljoin

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.languages import texts
from kommunegraf.namespaces import BASE, GRAPH, PREFIXES, RDF, XSD, expand, own_path
from kommunegraf.questions import ask
from kommunegraf.questions import question as questions
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import CSV, XLSX, of
from kommunegraf.rdf.layers import Graph, Term

CATALOG, VOID = "catalog", ".well-known/void"
"""The paths of the two documents, the first without a format's ending."""
WHOLE = BASE + "dataset/kommunegraf"

_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_ADDED = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat-dk": "https://data.gov.dk/model/core/dcat-dk/",
    "dcatap": "http://data.europa.eu/r5r/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
_PUBLISHED = ox.NamedNode(BASE + CATALOG)
"""The graph in which a published store holds the catalogue and VoID."""
_TYPE = ox.NamedNode(RDF + "type")
_SAID = {RDF + "type", *(expand(name) for name in ("dcterms:title", "foaf:homepage"))}
"""What `counted` says of its parts beside the properties of VoID."""
_SHA256 = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
"""As DCAT-AP 3.0.1's shapes want it; SPDX and W3C's DCAT 3 write the same with http, which is stated too."""


@dataclass(frozen=True)
class File:
    """A published file: its path below the base IRI, its size in bytes, its SHA-256 in hexadecimal digits.

    One that has not been made yet has no size and no checksum; the catalogue then says neither.
    """

    path: str
    size: int = 0
    sha256: str = ""

    @classmethod
    def of(cls, path: str, body: bytes) -> "File":
        """The file of that path and content."""
        return cls(path, len(body), hashlib.sha256(body).hexdigest())


@dataclass(frozen=True)
class _Kind:
    """What is said of every file with an ending: media type (IANA), name, file type (EU), languages, and the standard it follows.

    The sentence about it stands in `words/publish.yaml`.
    """

    media: str
    name: str
    code: str
    languages: tuple[str, ...] = ("DAN", "ENG")
    standard: str = ""


_CSVW = "https://www.w3.org/TR/tabular-metadata/"
KINDS = {
    **{format.suffix: _Kind(format.media, format.label, format.file_type) for format in (*of("triples", "quads"), XLSX)},
    CSV.suffix: _Kind(CSV.media, CSV.label, CSV.file_type, standard=_CSVW),
    ".json": _Kind("application/csvm+json", "CSVW", "JSON", ("ENG",), _CSVW),
    ".graphml": _Kind("application/xml", "GraphML", "XML", ("DAN",)),
}
"""By the ending of a file, its kind."""
_ADOPTIONS = {f".{lang}": _Kind(CSV.media, CSV.label, CSV.file_type, (code,)) for lang, code in (("da", "DAN"), ("en", "ENG"))}


def catalog(
    store: ox.Store, files: Iterable[File], version: str, sparql: str | None = None, previous: str | None = None
) -> list[ox.Triple]:
    """The catalogue in DCAT-AP 3.0.1, each triple once.

    `files` are the dumps; those of no data set (checksums) are left out. `version` is that of the release, such as `0.1.0`,
    and `previous` that of the one before. `sparql` is the absolute address of a SPARQL endpoint, beside which `questions` and
    `openapi.json` lie; None where no server runs, as on a static site. Raises BadArgument when it is not absolute.
    """
    triples = [t for name in ("catalog", "stated-periods") for t in _asked(store, f"catalog-{name}")]
    triples += [t for name in ("datasets", "release", "periods") for t in _asked(store, f"catalog-{name}", version=version)]
    if sparql:
        beside = {"questions": urljoin(sparql, "questions"), "description": urljoin(sparql, "openapi.json")}
        triples += _asked(store, "catalog-services", endpoint=sparql, **beside)
    if previous:
        triples.append(_triple(f"{BASE}version/{version}/", "dcat:previousVersion", f"{BASE}version/{previous}/"))
    shared = [t for t in triples if t.subject == ox.NamedNode(WHOLE) and t.predicate.value in _SHARED]
    titles = [t for t in triples if t.predicate.value == expand("dcterms:title")]
    for file in files:
        if of := datasets(file.path):
            named = [t.object for t in titles if t.subject == ox.NamedNode(of[0]) and isinstance(t.object, ox.Literal)]
            triples += (_triple(dataset, "dcat:distribution", _distribution(file)) for dataset in of)
            triples += _described(file, named)
            triples += (ox.Triple(ox.NamedNode(_distribution(file)), t.predicate, t.object) for t in shared)
    return list(dict.fromkeys(triples))


def void(store: ox.Store, files: Iterable[File], sparql: str | None = None) -> list[ox.Triple]:
    """The VoID description, each triple once: counts of the union of the named graphs, partitions, linksets and dumps.

    `files` and `sparql` are as for `catalog`. See W3C *Describing Linked Datasets with the VoID Vocabulary*.
    """
    return list(dict.fromkeys((*described(store, files, sparql), *counted(store))))


def described(store: ox.Store, files: Iterable[File], sparql: str | None = None) -> list[ox.Triple]:
    """The part of `void` that nothing is counted for, which takes long in a large graph."""
    triples = [t for part in ("dataset", "examples") for t in _asked(store, f"void-{part}")]
    for file in files:
        wholes = (of for of in datasets(file.path) if of == WHOLE or of.startswith(GRAPH))
        triples += (_triple(of, "void:dataDump", BASE + file.path) for of in wholes)
    if sparql:
        triples.append(_triple(WHOLE, "void:sparqlEndpoint", sparql))
    return list(dict.fromkeys(triples))


def counted(store: ox.Store) -> list[ox.Triple]:
    """The rest of `void`: the numbers of the whole, of its parts and of its links."""
    return list(dict.fromkeys([*(t for part in ("graphs", "linksets") for t in _asked(store, f"void-{part}")), *counts(store)]))


def quads(triples: Iterable[ox.Triple]) -> list[ox.Quad]:
    """Triples of the catalogue or of VoID as they stand beside a graph that is published."""
    return [ox.Quad(t.subject, t.predicate, t.object, _PUBLISHED) for t in triples]


class Counted:
    """`counted` of a store, as quads that are worked out late: see `rdf.layers.Late`."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    @cached_property
    def triples(self) -> list[ox.Triple]:
        """What `counted` says, worked out once."""
        return counted(self._store)

    def quads(self) -> list[ox.Quad]:
        """The same as it stands beside the graph."""
        return quads(self.triples)

    def subjects(self) -> list[ox.NamedNode]:
        """The data set and the named graphs: the rest stands below the description's own address."""
        return [ox.NamedNode(WHOLE), *(graph for graph in self._store.named_graphs() if isinstance(graph, ox.NamedNode))]

    def may_have(self, subject: Term | None, predicate: ox.NamedNode | None, object: Term | None, graph: Graph | None) -> bool:
        """Whether one of the quads could fit a pattern: by what the queries for them construct in each place."""
        if graph not in (None, _PUBLISHED) or isinstance(object, ox.BlankNode):
            return False
        if subject is not None and not (isinstance(subject, ox.NamedNode) and self._is_counted(subject)):
            return False
        is_part = subject is None or isinstance(subject, ox.NamedNode) and subject.value.startswith(BASE + VOID)
        if predicate is not None and not predicate.value.startswith(PREFIXES["void"]) and not (is_part and predicate.value in _SAID):
            return False
        if predicate == _TYPE and object is not None:
            return isinstance(object, ox.NamedNode) and object.value.startswith(PREFIXES["void"])
        return not isinstance(object, ox.NamedNode) or self._is_counted(object) or self._is_term(object)

    def _is_counted(self, node: ox.NamedNode) -> bool:
        """Whether it is the data set, a named graph, or a part of the description."""
        return node.value == WHOLE or node.value.startswith(BASE + VOID) or self._store.contains_named_graph(node)

    def _is_term(self, node: ox.NamedNode) -> bool:
        """Whether it is used as a class or a property, or is no resource of ours, as vocabularies are not and the homes of data sets."""
        used = (self._store.quads_for_pattern(None, _TYPE, node, None), self._store.quads_for_pattern(None, node, None, None))
        return own_path(node.value) is None or node.value.endswith(("/", "#")) or any(True for quads in used for _ in quads)


def counts(store: ox.Store, dataset: str = WHOLE, document: str = BASE + VOID, space: str = BASE) -> list[ox.Triple]:
    """What VoID counts of a data set: its totals, its classes and properties with theirs, and its vocabularies.

    `document` is the address of the description, below which the parts have their IRIs. The entities are the resources whose IRI begins
    with `space`.
    """
    return [
        *_asked(store, "void-totals", dataset=dataset, space=space),
        *(t for part in ("classes", "properties") for t in _asked(store, f"void-{part}", dataset=dataset, document=document)),
        *_asked(store, "void-vocabularies", dataset=dataset),
    ]


def datasets(path: str) -> list[str]:
    """The IRIs of the data sets that a published file is a distribution of; none for a file such as checksums."""
    parts = PurePosixPath(path).parts
    if parts[-1] == "SHA256SUMS":
        return []
    if parts[0] == "version":
        return [f"{BASE}version/{parts[1]}/"]
    if parts[:2] == ("dump", "graph"):
        name = parts[2].split(".")[0]
        return [GRAPH + name, *([f"{BASE}dataset/survey-2014"] if name == "survey" else [])]
    if parts[:2] == ("dump", "tables") or path.endswith((".xlsx", ".csv")):
        return [f"{BASE}dataset/tables"]
    return [f"{BASE}dataset/network" if path.endswith(".graphml") else WHOLE]


def encode(triples: Iterable[ox.Triple], suffix: str) -> bytes:
    """The document of some triples, sorted, in the format of a file ending such as `.ttl`, with the prefixes that it uses."""
    form = ox.RdfFormat.from_extension(suffix.removeprefix("."))
    if form is None:
        raise ValueError(f"no RDF format has the ending {suffix!r}")
    ordered = sorted(set(triples), key=str)
    text = "\n".join(map(str, ordered))
    used = {prefix: space for prefix, space in sorted((PREFIXES | _ADDED).items()) if f"<{space}" in text}
    return ox.serialize(ordered, format=form, prefixes=used) or b""


_SHARED = {expand(f"dcterms:{name}") for name in ("issued", "license", "modified")}
"""What holds for a file as for the whole."""


def _asked(store: ox.Store, name: str, **arguments: str) -> list[ox.Triple]:
    question = questions.read(paths.root() / "queries" / "pages" / f"{name}.rq")
    return list(ask.ask(Embedded(store), question, **arguments).result)


def _distribution(file: File) -> str:
    return f"{BASE}{CATALOG}#{file.path}"


def _described(file: File, titles: list[ox.Literal]) -> Iterator[ox.Triple]:
    """What is said of one file. `titles` are those of its data set."""
    name = PurePosixPath(file.path.removesuffix(".gz"))
    kind, sentence = KINDS[name.suffix], texts("files")[name.suffix[1:]]
    if len(name.suffixes) == 2 and name.name.startswith("adoptions."):  # csv-metadata.json does not describe these
        kind, sentence = _ADOPTIONS[name.suffixes[0]], texts("files")["adoptions"]
    called = name.name if name.suffix == CSV.suffix else kind.name
    this = _distribution(file)
    descriptions: list[tuple[str, str | ox.Literal]] = [
        ("rdf:type", expand("dcat:Distribution")),
        *(("dcterms:title", ox.Literal(f"{t.value} ({called})", language=t.language)) for t in titles),
        *(("dcterms:description", ox.Literal(text, language=lang)) for lang, text in sentence.items()),
        ("dcat:accessURL", BASE + file.path), ("dcat:downloadURL", BASE + file.path),
        ("dcat:mediaType", _IANA + kind.media), ("dcterms:format", f"{_EU}file-type/{kind.code}"),
        ("dcatap:availability", f"{_EU}planned-availability/STABLE"),
        *(("dcterms:language", f"{_EU}language/{code}") for code in kind.languages),
    ]
    if file.path.endswith(".gz"):
        descriptions.append(("dcat:compressFormat", f"{_IANA}application/gzip"))
    if kind.standard:
        descriptions.append(("dcterms:conformsTo", kind.standard))
        yield _triple(kind.standard, "rdf:type", expand("dcterms:Standard"))
    yield from (_triple(this, property_, value) for property_, value in descriptions)
    if file.sha256:
        yield from measures(file)


def measures(file: File) -> Iterator[ox.Triple]:
    """The size and the checksum of a file: all that the catalogue says of it that its name does not tell."""
    this, checksum = _distribution(file), f"{BASE}{CATALOG}#sha256/{file.path}"
    yield _triple(this, "dcat:byteSize", ox.Literal(str(file.size), datatype=ox.NamedNode(XSD + "nonNegativeInteger")))
    yield _triple(this, "spdx:checksum", checksum)
    yield _triple(checksum, "rdf:type", _ADDED["spdx"] + "Checksum")
    yield _triple(checksum, "spdx:algorithm", _SHA256)
    yield _triple(checksum, "spdx:checksumValue", ox.Literal(file.sha256, datatype=ox.NamedNode(XSD + "hexBinary")))
    yield _triple(_SHA256, "rdf:type", _ADDED["spdx"] + "ChecksumAlgorithm")
    yield _triple(_SHA256, "skos:exactMatch", _ADDED["spdx"] + "checksumAlgorithm_sha256")


def _triple(subject: str, property_: str, value: str | ox.Literal) -> ox.Triple:
    """A triple. Properties are compact names; a value that is text is an IRI."""
    prefix, _, local = property_.partition(":")
    predicate = ox.NamedNode((PREFIXES | _ADDED)[prefix] + local)
    return ox.Triple(ox.NamedNode(subject), predicate, ox.NamedNode(value) if isinstance(value, str) else value)
