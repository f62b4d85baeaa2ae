"""The formats of everything that Kommunegraf gives out: one table, from which every door reads.

The doors are the command line, the questions and the SPARQL endpoint over HTTP, the documents of resources, the answers of the static
site, the dumps, the catalogue, the service description, and the rules for web hosts. A format that stands here is at each door that
gives out its kind; `tests/rdf/test_formats.py` holds that.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from kommunegraf.errors import KommunegrafError

Kind = Literal["page", "triples", "quads", "rows", "workbook"]


class WrongFormat(KommunegrafError):
    """A format in which something cannot be given. The message says why, or in which it can."""


@dataclass(frozen=True)
class Format:
    """A format: `name` as people write it in a command, its media type, the ending of its files, and `label` as people read it.

    `kind` says what it holds: a page, the triples of one graph, the quads of several, the rows of an answer, or rows as a workbook.
    `w3c` is its local name under http://www.w3.org/ns/formats/, empty where the W3C has none. `file_type` is its code in the EU's list
    of file types. `also` are other names by which clients ask for it, SPARQLWrapper among them; `general` are general media types with
    which they do, where these can only mean this format of its kind. `dumped` says whether the whole graph is published in it; the
    others hold no more than those that are.
    """

    name: str
    kind: Kind
    media: str
    suffix: str
    label: str
    w3c: str = ""
    file_type: str = ""
    also: tuple[str, ...] = ()
    general: tuple[str, ...] = ()
    dumped: bool = False

    @property
    def content_type(self) -> str:
        """The media type with its parameters: the encoding of a text (RFC 2046), and that a CSV has a head row (RFC 4180)."""
        return with_charset(self.media) + ("; header=present" if self.name == "csv" else "")


HTML = Format("html", "page", "text/html", ".html", "HTML")
TURTLE = Format("turtle", "triples", "text/turtle", ".ttl", "Turtle", "Turtle", "RDF_TURTLE", also=("n3",), dumped=True)
JSONLD = Format(
    "jsonld", "triples", "application/ld+json", ".jsonld", "JSON-LD", "JSON-LD", "JSON_LD",
    also=("json", "json-ld"), general=("application/json",), dumped=True)
NTRIPLES = Format("ntriples", "triples", "application/n-triples", ".nt", "N-Triples", "N-Triples", "RDF_N_TRIPLES")
RDFXML = Format(
    "rdfxml", "triples", "application/rdf+xml", ".rdf", "RDF/XML", "RDF_XML", "RDF_XML",
    also=("xml", "rdf+xml"), general=("application/xml",))
TRIG = Format("trig", "quads", "application/trig", ".trig", "TriG", "TriG", "RDF_TRIG", dumped=True)
NQUADS = Format("nquads", "quads", "application/n-quads", ".nq", "N-Quads", "N-Quads", "RDF_N_QUADS", dumped=True)
CSV = Format("csv", "rows", "text/csv", ".csv", "CSV", "SPARQL_Results_CSV", "CSV")
TSV = Format("tsv", "rows", "text/tab-separated-values", ".tsv", "TSV", "SPARQL_Results_TSV", "TSV")
JSON = Format(
    "json", "rows", "application/sparql-results+json", ".srj", "SPARQL JSON", "SPARQL_Results_JSON", "JSON", general=("application/json",))
XML = Format(
    "xml", "rows", "application/sparql-results+xml", ".srx", "SPARQL XML", "SPARQL_Results_XML", "XML", general=("application/xml",))
ROWS = Format("rows", "rows", "application/json", ".json", "JSON", file_type="JSON")
XLSX = Format("xlsx", "workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", "Excel", file_type="XLSX")

FORMATS = (HTML, TURTLE, JSONLD, NTRIPLES, RDFXML, TRIG, NQUADS, CSV, TSV, JSON, XML, ROWS, XLSX)
"""Every format. Of each kind the first is the default."""


def of(*kinds: Kind) -> tuple[Format, ...]:
    """The formats of some kinds, in the order of the table."""
    return tuple(format for format in FORMATS if format.kind in kinds)


TABLES = of("rows", "workbook")
"""Formats of answers that are rows."""
GRAPHS = of("triples", "quads")
"""Formats of answers that are graphs."""
TRUTHS = (JSON, XML)
"""Formats of yes and no."""
DATA = of("triples")
"""Formats of one graph: every resource has all of them."""
DATASETS = of("quads")
"""Formats that keep named graphs apart."""


def named(name: str) -> Format:
    """The format of that name. Raises KeyError."""
    return _NAMED[name]


_NAMED = {format.name: format for format in FORMATS}


def general(formats: Iterable[Format]) -> dict[str, str]:
    """The general media types with which clients ask for one of some formats, and the media type that each means there."""
    return {wide: format.media for format in formats for wide in format.general}


def with_charset(media: str) -> str:
    """A media type as it is sent: that of a text names its encoding."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


@contextmanager
def writable(format: Format) -> Iterator[None]:
    """Raise WrongFormat for what the writer of a format cannot say: a triple as a term, which JSON-LD 1.1 does not have."""
    try:
        yield
    except OSError as error:
        if "RDF 1.2" not in str(error):
            raise
        raise WrongFormat(f"{format.label} cannot write a triple as a term (RDF 1.2)") from error
