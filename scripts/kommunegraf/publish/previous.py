"""Reads a published site for its successor: version, data, frozen versions, and the tombstones of removed resources."""

import gzip
import re
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kommunegraf.findings import BadInput, Finding
from kommunegraf.namespaces import BASE, DCT, PROV, SKOS, XSD, expand, own_path
from kommunegraf.publish.changes import Changes, compare, literals
from kommunegraf.rdf.files import NotRdf, clear_refusals

TOMBSTONES = "changes/tombstones.nq"
"""The file with a description of every removed resource, in the default graph."""
_LONGEST = 1 << 24
"""Characters of the longest statement that the parser takes."""
_KEPT = ("version", "changes")
_LABELS = {ox.NamedNode(expand(name)) for name in ("skos:prefLabel", "rdfs:label", "dcterms:title", "foaf:name")}


@dataclass(frozen=True)
class Previous:
    """A published site: its folder, its version, the N-Quads lines of that version, and the tombstones of removed resources."""

    site: Path
    version: str
    lines: list[str]
    tombstones: list[ox.Quad]

    def same(self, version: str, lines: list[str]) -> bool:
        """Whether a new build is this version again. Raises BadInput if it has the same number and other contents."""
        if version == self.version and set(lines) != set(self.lines) and compare(version, self.lines, version, lines):
            message = f"version {version} has been published with other contents"
            raise BadInput([Finding("violation", "version", message, "raise the version in kommunegraf/__init__.py", str(self.site))])
        return version == self.version

    def kept(self, besides: Container[str] = ()) -> Iterator[tuple[str, bytes]]:
        """The path and content of every file of frozen versions and of changes, except those in `besides`."""
        for top in _KEPT:
            for path in sorted((self.site / top).rglob("*")):
                name = path.relative_to(self.site).as_posix()
                if path.is_file() and name not in besides:
                    yield name, path.read_bytes()


def previous(site: Path) -> Previous:
    """Read a published site; its version is the highest in `version/`.

    Raises BadInput if the folder is missing, holds no published site, or has a file that cannot be read.
    """
    if not site.is_dir():
        raise BadInput([Finding("violation", "file", "there is no such folder", "the folder of a published site", str(site))])
    named = [path.parent.name for path in (site / "version").glob("*/kommunegraf.nq.gz")]
    versions = [name for name in named if re.fullmatch(r"[0-9][0-9A-Za-z.+-]*", name)]
    if not versions:
        repair = "the folder of a site that 'kommunegraf publish' wrote"
        raise BadInput([Finding("violation", "file", "is no published site: version/*/kommunegraf.nq.gz is missing", repair, str(site))])
    version = max(versions, key=_order)
    return Previous(site, version, _lines(site / "version" / version / "kommunegraf.nq.gz"), quads(site / TOMBSTONES, ox.RdfFormat.N_QUADS))


def _order(version: str) -> tuple[list[int], bool, str]:
    """A key that sorts versions: 0.9 before 0.10, and 1.0rc1 before 1.0."""
    release = re.match(r"[0-9.]*", version)
    numbers = release[0] if release else ""
    rest = version[len(numbers):]
    return [int(number) for number in numbers.split(".") if number], not rest, rest


def _lines(path: Path) -> list[str]:
    try:
        body = path.read_bytes()
        if not body:
            raise EOFError("the file is empty")
        lines = [line for line in gzip.decompress(body).decode("utf-8").split("\n") if line]
        if number := next((number for number, line in enumerate(lines, 1) if len(line) > _LONGEST), 0):
            raise EOFError(f"line {number} has more than 16 MiB")
        return lines
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadInput([Finding("violation", "file", f"cannot be read: {error}", "the file as it was published", str(path))]) from error


def quads(path: Path, format: ox.RdfFormat) -> list[ox.Quad]:
    """The quads of a file of a published site, none if the file is missing. Raises BadInput if it cannot be read."""
    try:
        with clear_refusals():
            return list(ox.parse(path=path, format=format)) if path.exists() else []
    except (OSError, NotRdf) as error:
        message = f"not {format.name}: {error}"
        raise BadInput([Finding("violation", "nquads", message, "the file as it was published", str(path))]) from error


def tombstones(earlier: list[ox.Quad], changes: Changes) -> list[ox.Quad]:
    """The tombstones of all removed resources of ours, sorted: those of earlier versions, and new ones for what `changes` removes.

    A tombstone has the labels, owl:deprecated, the resources that replace it (dcterms:isReplacedBy), a note with the version, and the
    changes that removed it (prov:wasInvalidatedBy). A resource that has come back has none.
    """
    quads = {quad for quad in earlier if isinstance(quad.subject, ox.NamedNode) and quad.subject.value not in changes.described}
    for change in changes.removed:
        if own_path(change.iri) is not None:
            quads.update(_tombstone(change.iri, [quad for quad in change.removed if quad.predicate in _LABELS], changes))
    return sorted(quads, key=str)


def _tombstone(iri: str, labels: list[ox.Quad], changes: Changes) -> Iterator[ox.Quad]:
    subject = ox.NamedNode(iri)
    yield from (ox.Quad(subject, quad.predicate, quad.object) for quad in labels if quad.subject == subject)
    yield ox.Quad(subject, ox.NamedNode(expand("owl:deprecated")), ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean")))
    note = ox.NamedNode(SKOS + "changeNote")
    yield from (ox.Quad(subject, note, text) for text in literals("gone", version=changes.new))
    yield ox.Quad(subject, ox.NamedNode(PROV + "wasInvalidatedBy"), ox.NamedNode(BASE + changes.path))
    for other in changes.replacements[iri]:
        yield ox.Quad(subject, ox.NamedNode(DCT + "isReplacedBy"), ox.NamedNode(other))
