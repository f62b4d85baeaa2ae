"""The dumps of a site: the graph and each named graph in RDF, the tables as CSV and as a workbook, the network, checksums.

RDF is there packed with gzip, and as it is for clients that load it by its address, as rdflib and Comunica do.

Equal graphs give equal bytes in every process: statements are sorted, blank nodes carry their canonical labels (RDFC-1.0), archives
hold no time, no file name and no name of a system (RFC 1952). Compressed bytes rest on zlib; another implementation of deflate
may pack the same text differently.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.findings import BadInput, Finding
from kommunegraf.namespaces import GRAPH, PREFIXES
from kommunegraf.paths import METADATA
from kommunegraf.publish import adoptions
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.formats import DATASETS, FORMATS, JSONLD, TRIG, Format

SUMS = "SHA256SUMS"
WHOLE = tuple(format for format in FORMATS if format.dumped)
"""Formats of the whole graph."""
EACH = tuple(format for format in WHOLE if format != TRIG)
"""Formats of each named graph, in which TriG would say no more than Turtle."""
FROZEN = tuple(f"kommunegraf{format.suffix}.gz" for format in DATASETS)
"""The files of `dump/` that a release keeps."""
NETWORKS = ("adoptions.graphml", "neighbours.graphml", "partners.graphml")
"""The networks of matching, a file for each layer."""
_PACKED = ".gz"
_LEVEL = 6


def files(store: ox.Store, data: Path | None, version: str) -> Iterator[tuple[str, bytes]]:
    """The path below the site's top and the content of every dump, one after the other: `dump/`, then `version/VERSION/`.

    `store` is the built graph and `data` the folder of the tables that it was built from; without, there are dumps of RDF only.
    Named graphs with another IRI than those of Kommunegraf have no file of their own and stand in the whole.
    Raises BadInput when the tables cannot be used, and BadArgument when the graph has no evidence to make a network of.
    """
    frozen: dict[str, bytes] = {}
    sums: dict[str, str] = {}
    for name, body in _dumps(store, data):
        sums[name] = hashlib.sha256(body).hexdigest()
        if name in FROZEN:
            frozen[name] = body
        yield f"dump/{name}", body
    yield f"dump/{SUMS}", _checksums(sums)
    for name, body in frozen.items():
        yield f"version/{version}/{name}", body
    yield f"version/{version}/{SUMS}", _checksums({name: sums[name] for name in frozen})


@dataclass(frozen=True, eq=False)
class Dumps(Mapping[str, bytes]):
    """The dumps of a store by path, all made when the first of them is read; see `files` for what they are."""

    store: ox.Store
    data: Path | None
    version: str

    @cached_property
    def names(self) -> list[str]:
        """The path of each, known without making them. Raises BadInput when the tables cannot be used."""
        graphs = sorted(node.value for node in self.store.named_graphs() if isinstance(node, ox.NamedNode) and node.value.startswith(GRAPH))
        nesting = nested(self.store)
        whole = [f"kommunegraf{format.suffix}" for format in _sayable(WHOLE, bool(nesting))]
        each = [f"graph/{graph.removeprefix(GRAPH)}{format.suffix}" for graph in graphs for format in _sayable(EACH, graph in nesting)]
        rdf = [name for plain in (*whole, *each) for name in (f"{plain}{_PACKED}", plain)]
        tables = [f"tables/{name}" for name in _named_tables(self.data)] if self.data else []
        rest = [f"tables/{METADATA}", *adoptions.NAMES.values(), "kommunegraf.xlsx", *NETWORKS] if self.data else []
        frozen = [f"version/{self.version}/{name}" for name in (*sorted(FROZEN, key=rdf.index), SUMS)]
        return [*(f"dump/{name}" for name in (*rdf, *tables, *rest, SUMS)), *frozen]

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The content of each, by its path. Raises as `files` does."""
        return _Files(self.names, {name: body for name, body in files(self.store, self.data, self.version) if not self._is_unpacked(name)})

    def _is_unpacked(self, name: str) -> bool:
        return name + _PACKED in self.names

    def __getitem__(self, path: str) -> bytes:
        """A dump. Raises KeyError, and as `files` does."""
        if path not in self.names:  # what does not exist makes none
            raise KeyError(path)
        return self.files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def sizes(self) -> dict[str, int]:
        """The size in bytes of each, by its path. Raises as `files` does."""
        return {path: len(body) for path, body in self.files.items()}


@dataclass(frozen=True)
class _Files(Mapping[str, bytes]):
    """Files by name. What is there packed and as it is lies in memory packed alone."""

    names: list[str]
    packed: dict[str, bytes]

    def __getitem__(self, name: str) -> bytes:
        """The content of a file. Raises KeyError."""
        return self.packed[name] if name in self.packed or name not in self.names else gzip.decompress(self.packed[name + _PACKED])

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def packed(body: bytes) -> bytes:
    """The content in gzip (RFC 1952), without time and file name; the operating system is given as unknown."""
    output = BytesIO()
    with gzip.GzipFile("", "wb", _LEVEL, output, mtime=0) as archive:
        archive.write(body)
    return output.getvalue()


def quads(store: ox.Store) -> list[ox.Quad]:
    """Every quad of a store in the order of its N-Quads line, with canonical labels of blank nodes (W3C RDFC-1.0)."""
    every = list(store)
    blank = ox.Dataset(quad for quad in every if ox.BlankNode in (type(quad.subject), type(quad.object)))
    named = [quad for quad in every if quad not in blank]
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted([*named, *blank], key=str)


def rdf(statements: list[ox.Quad], formats: Iterable[Format]) -> Iterator[tuple[str, bytes]]:
    """The documents of sorted quads, by file ending such as `.trig`, with the prefixes that they use.

    A format without named graphs has each triple once.
    """
    text = (ox.serialize(statements, format=ox.RdfFormat.N_QUADS) or b"").decode("utf-8")
    used = {prefix: space for prefix, space in PREFIXES.items() if f"<{space}" in text}
    triples = list(dict.fromkeys(quad.triple for quad in statements))
    for format in formats:
        form = ox.RdfFormat.from_media_type(format.media)
        assert form is not None, format.media
        yield format.suffix, ox.serialize(statements if form.supports_datasets else triples, format=form, prefixes=used) or b""


def nested(store: ox.Store) -> frozenset[str]:
    """The graphs with a triple as a term (RDF 1.2), which JSON-LD 1.1 does not have; the default graph is the empty text."""
    if not ask.internal(Embedded(store), "triple-terms").result:  # far quicker than to look at each quad here
        return frozenset()
    return frozenset(_graph(quad) for quad in store if isinstance(quad.object, ox.Triple))


def _sayable(formats: Iterable[Format], nesting: bool) -> list[Format]:
    """The formats that can say everything, where there may be a triple as a term."""
    return [format for format in formats if not (nesting and format == JSONLD)]


def _dumps(store: ox.Store, data: Path | None) -> Iterator[tuple[str, bytes]]:
    """The files of `dump/` by their path in it, checksums aside."""
    every, nesting = quads(store), nested(store)
    for suffix, body in rdf(every, _sayable(WHOLE, bool(nesting))):
        yield from _twice(f"kommunegraf{suffix}", body)
    for graph, part in groupby(sorted(every, key=_graph), _graph):
        if graph.startswith(GRAPH):
            for suffix, body in rdf(list(part), _sayable(EACH, graph in nesting)):
                yield from _twice(f"graph/{graph.removeprefix(GRAPH)}{suffix}", body)
    if data is not None:
        yield from _tables(store, data)


def _twice(name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    yield name + _PACKED, packed(body)
    yield name, body


def _tables(store: ox.Store, data: Path) -> Iterator[tuple[str, bytes]]:
    """The tables, and what is made of them. Imported here, so that who wants one page loads neither matrices nor workbooks."""
    from kommunegraf.graph import metadata, tables
    from kommunegraf.matching import exports
    from kommunegraf.matching.matcher import Matcher
    from kommunegraf.publish import workbook

    rows, findings = tables.read(data)
    if findings:
        raise BadInput(findings)
    for name in sorted(rows):
        if rows[name].path.exists():
            yield f"tables/{name}", rows[name].path.read_bytes()
    yield f"tables/{METADATA}", metadata.document(data, rows)
    listed = adoptions.tables(store)
    for lang, name in adoptions.NAMES.items():
        yield name, adoptions.as_csv(listed[lang], lang)
    yield "kommunegraf.xlsx", workbook.make(rows.values(), listed)
    networks = exports.graphs(Matcher.open(Embedded(store), "da"))
    yield from ((name, networks[name].encode("utf-8")) for name in NETWORKS)


def _named_tables(data: Path) -> list[str]:
    """The file names of the tables, sorted. Raises BadInput where their description cannot be read."""
    own = data / METADATA
    path = own if own.exists() else paths.root() / "data" / METADATA
    try:
        names = sorted(str(table["url"]) for table in json.loads(path.read_text("utf-8"))["tables"])
        return names if path == own else [name for name in names if (data / name).exists()]
    except (OSError, ValueError, LookupError, TypeError) as error:
        repair = "a data folder holds CSVW metadata beside its tables"
        raise BadInput([Finding("violation", "metadata", f"cannot be read: {error}", repair, str(path))]) from error


def _graph(quad: ox.Quad) -> str:
    return getattr(quad.graph_name, "value", "")


def _checksums(sums: dict[str, str]) -> bytes:
    """Lines as `sha256sum --check` reads them, by file name."""
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode("utf-8")
