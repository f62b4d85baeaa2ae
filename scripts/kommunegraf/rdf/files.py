"""RDF files as people have them: packed or not, with a byte order mark, with relative IRIs, under the names that tools give them."""

import re
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kommunegraf.errors import KommunegrafError

ENDINGS = ".ttl, .trig, .nt, .nq, .rdf, .owl or .jsonld, each also packed as .gz"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ENTITY = re.compile(rb"<!ENTITY\s+([^\s%]+)\s+(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"&([^\s;#]+);")
_LONGEST_ENTITY = 1 << 16
"""Bytes that an entity of XML may stand for. Those of ontologies stand for namespaces."""
_CONTEXT = re.compile(rb'"@context"\s*:\s*\[?\s*"([^"]{1,200})"')
_REMOTE = "LoadDocumentCallback"
_BUFFER = "buffer maximal size"
"""What the library says of a remote context, and of a term that it cannot hold."""


class NotRdf(KommunegrafError, ValueError):
    """A file that cannot be read as RDF. The message says why; `line` is where, 0 if that is not known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Document:
    """The content of a file, unpacked and without a byte order mark, its format, and its own address, which is the base of its IRIs."""

    content: bytes
    form: ox.RdfFormat
    base: str

    @classmethod
    def read(cls, path: Path) -> "Document":
        """A file. Raises OSError, and NotRdf for one that is packed wrongly or whose format its name does not tell."""
        content, name = path.read_bytes(), path.name.lower()
        if name.endswith(".gz"):
            name, content = name.removesuffix(".gz"), _unpacked(content)
        if content.startswith(_UTF_16):
            raise NotRdf("it is UTF-16; save it as UTF-8")
        content = content.removeprefix(BOM_UTF8)
        form = ox.RdfFormat.from_extension(name.rpartition(".")[2])
        if name.endswith(".owl"):  # most ontologies are RDF/XML under this ending, some are Turtle
            form = ox.RdfFormat.RDF_XML if content.lstrip()[:1] == b"<" and b"<rdf:RDF" in content else ox.RdfFormat.TURTLE
        if form is None:
            raise NotRdf(f"its name tells no RDF format; that ends in {ENDINGS}")
        return cls(content, form, path.absolute().as_uri())

    def add_to(self, store: ox.Store) -> None:
        """Load the statements into a store. Raises NotRdf."""
        if self.form == ox.RdfFormat.RDF_XML:
            _check_entities(self.content)
        with clear_refusals(self.content):
            store.load(self.content, format=self.form, base_iri=self.base)  # as quick as bulk_load, which reserves 200 MB

    @property
    def is_empty(self) -> bool:
        """Whether it has no statements."""
        return next(ox.parse(self.content, format=self.form, base_iri=self.base), None) is None


@contextmanager
def clear_refusals(content: bytes = b"") -> Iterator[None]:
    """Raise NotRdf, in words that say what to do, for what the parser refuses."""
    try:
        yield
    except MemoryError as error:
        if _BUFFER not in str(error):
            raise
        raise NotRdf("a text or an IRI in it has more than 16 MiB; leave it out, or keep it in a file and link to that") from error
    except (SyntaxError, ValueError) as error:
        if _REMOTE in str(error):
            address = _CONTEXT.search(content)
            where = f" {address[1].decode('utf-8', 'replace')}" if address else ""
            way = "write the content of the context in its place, or convert the file to Turtle"
            raise NotRdf(f"its @context{where} would have to be fetched, and nothing is fetched; {way}") from error
        raise NotRdf(str(error.args[0] if error.args else error), getattr(error, "lineno", None) or 0) from error


def _unpacked(content: bytes) -> bytes:
    """What one or several members of gzip hold (RFC 1952)."""
    pieces = []
    while content:
        member = zlib.decompressobj(wbits=31)
        try:
            pieces.append(member.decompress(content))
        except zlib.error as error:
            raise NotRdf(f"it is no gzip file: {error}") from error
        if not member.eof:
            raise NotRdf("it is packed with gzip, and its end is missing")
        content = member.unused_data
    return b"".join(pieces)


def _check_entities(content: bytes) -> None:
    """Raises NotRdf for an entity that stands for more than any ontology needs, as when entities are made of entities."""
    sizes: dict[bytes, int] = {}
    for name, *values in _ENTITY.findall(content):
        value = b"".join(values)
        size = len(value) + sum(sizes.get(part, 0) for part in _REFERENCE.findall(value))
        if size > _LONGEST_ENTITY:
            raise NotRdf(f"its entity {name.decode('utf-8', 'replace')!r} stands for more than 64 KiB; write the text where it belongs")
        sizes.setdefault(name, size)
