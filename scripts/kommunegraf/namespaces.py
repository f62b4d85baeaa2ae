"""The IRIs that Kommunegraf mints and the prefixes that it writes.

What all registers share has IRIs of Kommunegraf's own: terms, shapes and code lists. What a register states has IRIs that begin with its
base. The base is one setting of the process, `KOMMUNEGRAF_BASE`, read when this module is loaded.
"""

import os
import re
from functools import lru_cache
from typing import Any

from kommunegraf.errors import KommunegrafError

VARIABLE = "KOMMUNEGRAF_BASE"
SHARED = "https://w3id.org/kommunegraf/"
"""Where the IRIs of terms, shapes and code lists begin, in every register."""
FOLDERS = (
    "administrative-anchoring", "administrative-area", "answer-set", "body-kind", "confidence", "contradiction-kind", "fact-kind",
    "freshness", "future-activity", "gap-reason", "knowledge-source", "main-area", "motivation", "municipality-type", "national-strategy",
    "network-wish", "ontology", "opt-out-reason", "organisation-form", "organisation-kind", "participant-role", "political-anchoring-level",
    "population-class", "population-group", "precision", "presentation", "question", "questionnaire-part", "relevance", "response-item",
    "scheme", "severity", "shape", "smart-city-status", "solution-kind", "statement-topic", "statistic", "status", "unit",
)
"""What stands there: all that `ontology/` defines and no table does."""
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/([A-Za-z0-9._~-]+/)*")
_OURS = re.compile(rf"{re.escape(SHARED)}(?!(?:{'|'.join(FOLDERS)})/)")


class BadBase(KommunegrafError):
    """A base IRI that cannot be used. The message says what one looks like."""


class OtherBase(KommunegrafError):
    """Data whose IRIs begin with another base than that of this process, which would find nothing in it."""

    def __init__(self, base: str, what: str) -> None:
        super().__init__(f"{what} has the base {base} and not {BASE}; set {VARIABLE}={base}")
        self.base = base


def checked(base: str) -> str:
    """A base IRI, as it is. Raises BadBase.

    It is absolute, http or https, and ends in `/`; its parts are of letters, digits, `-`, `.`, `_` and `~`, so that it is the same in an
    address, a regular expression and the name of a file. There is no user, query or fragment.
    """
    if not _BASE.fullmatch(base) or "/./" in base or "/../" in base:
        raise BadBase(f"a base IRI is like https://data.example.org/smartcity/ (letters, digits and - . _ ~; / at the end), not {base!r}")
    if base != SHARED and (base.startswith(SHARED) or SHARED.startswith(base)):
        raise BadBase(f"{base} would mix with {SHARED}, where what all registers share has its IRIs; choose a base of your own")
    return base


BASE = checked(os.environ.get(VARIABLE) or SHARED)
"""Where the IRIs of the register begin. Queries, tables and Turtle files are written with `SHARED`; see `based`."""
KG = SHARED + "ontology/"
GRAPH = BASE + "graph/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
PROV = "http://www.w3.org/ns/prov#"
DCT = "http://purl.org/dc/terms/"
SH = "http://www.w3.org/ns/shacl#"
XSD = "http://www.w3.org/2001/XMLSchema#"

PREFIXES = {
    "cpov": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": DCT,
    "dqv": "http://www.w3.org/ns/dqv#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "kg": KG,
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": PROV,
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
    "sf": "http://www.opengis.net/ont/sf#",
    "sh": SH,
    "skos": SKOS,
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
    "xsd": XSD,
}
"""The prefixes of every Turtle, TriG and query text of the project."""


def based(text: str) -> str:
    """A text with the base of the register for each `https://w3id.org/kommunegraf/` in it, but where something shared has such an IRI."""
    return text if BASE == SHARED else _OURS.sub(lambda _: BASE, text)


def mint(path: str) -> str:
    """The IRI at a path, such as `municipality/0751`, `status/active` or nothing."""
    return based(SHARED + path)


def own_path(iri: str) -> str | None:
    """The path of an IRI that is the register's or shared: the inverse of `mint`. None for any other IRI."""
    base = BASE if iri.startswith(BASE) else SHARED
    rest = iri.removeprefix(base)
    return rest if iri.startswith(base) and mint(rest) == iri else None


def expand(name: str) -> str:
    """The IRI that a compact name such as `dcterms:title` stands for; an IRI stands for itself."""
    prefix, separator, local = name.partition(":")
    if separator and not local.startswith("//") and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return name


@lru_cache(maxsize=10_000)
def compact(iri: str) -> str:
    """The shortest compact name of an IRI, or the IRI itself if no prefix fits."""
    fitting = [prefix for prefix, space in PREFIXES.items() if iri.startswith(space)]
    best = max(fitting, key=lambda prefix: len(PREFIXES[prefix]), default=None)
    return f"{best}:{iri[len(PREFIXES[best]):]}" if best else iri


def short(term: Any) -> str:
    """A term as a reader sees it: a resource of ours without the common beginning, another by its prefix."""
    text = str(term)
    own = None if text.startswith(KG) else own_path(text)
    return compact(text) if own is None else own
