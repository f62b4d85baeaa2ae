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
from pathlib import PurePosixPath
from urllib.parse import urljoin

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.languages import texts
from kommunegraf.namespaces import BASE, GRAPH, PREFIXES, XSD, expand
from kommunegraf.questions import ask
from kommunegraf.questions import question as questions
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import CSV, XLSX, of

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
    triples = [t for name in ("catalog", "stated-periods") for t in asked(store, f"catalog-{name}")]
    triples += [t for name in ("datasets", "release", "periods") for t in asked(store, f"catalog-{name}", version=version)]
    if sparql:
        beside = {"questions": urljoin(sparql, "questions"), "description": urljoin(sparql, "openapi.json")}
        triples += asked(store, "catalog-services", endpoint=sparql, **beside)
    if previous:
        triples.append(triple(f"{BASE}version/{version}/", "dcat:previousVersion", f"{BASE}version/{previous}/"))
    shared = [t for t in triples if t.subject == ox.NamedNode(WHOLE) and t.predicate.value in _SHARED]
    titles = [t for t in triples if t.predicate.value == expand("dcterms:title")]
    for file in files:
        if of := datasets(file.path):
            named = [t.object for t in titles if t.subject == ox.NamedNode(of[0]) and isinstance(t.object, ox.Literal)]
            triples += (triple(dataset, "dcat:distribution", _distribution(file)) for dataset in of)
            triples += _described(file, named)
            triples += (ox.Triple(ox.NamedNode(_distribution(file)), t.predicate, t.object) for t in shared)
    return list(dict.fromkeys(triples))


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


def asked(store: ox.Store, name: str, **arguments: str) -> list[ox.Triple]:
    """What a query of `queries/pages/` makes of a store."""
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
        yield triple(kind.standard, "rdf:type", expand("dcterms:Standard"))
    yield from (triple(this, property_, value) for property_, value in descriptions)
    if file.sha256:
        yield from measures(file)


def measures(file: File) -> Iterator[ox.Triple]:
    """The size and the checksum of a file: all that the catalogue says of it that its name does not tell."""
    this, checksum = _distribution(file), f"{BASE}{CATALOG}#sha256/{file.path}"
    yield triple(this, "dcat:byteSize", ox.Literal(str(file.size), datatype=ox.NamedNode(XSD + "nonNegativeInteger")))
    yield triple(this, "spdx:checksum", checksum)
    yield triple(checksum, "rdf:type", _ADDED["spdx"] + "Checksum")
    yield triple(checksum, "spdx:algorithm", _SHA256)
    yield triple(checksum, "spdx:checksumValue", ox.Literal(file.sha256, datatype=ox.NamedNode(XSD + "hexBinary")))
    yield triple(_SHA256, "rdf:type", _ADDED["spdx"] + "ChecksumAlgorithm")
    yield triple(_SHA256, "skos:exactMatch", _ADDED["spdx"] + "checksumAlgorithm_sha256")


def triple(subject: str, property_: str, value: str | ox.Literal) -> ox.Triple:
    """A triple. Properties are compact names; a value that is text is an IRI."""
    prefix, _, local = property_.partition(":")
    predicate = ox.NamedNode((PREFIXES | _ADDED)[prefix] + local)
    return ox.Triple(ox.NamedNode(subject), predicate, ox.NamedNode(value) if isinstance(value, str) else value)
