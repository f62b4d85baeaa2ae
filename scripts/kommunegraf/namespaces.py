"""The IRIs that Kommunegraf mints and the prefixes that it writes."""

from functools import lru_cache
from typing import Any

BASE = "https://w3id.org/kommunegraf/"
KG = BASE + "ontology/"
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
    return text.removeprefix(BASE) if text.startswith(BASE) and not text.startswith(KG) else compact(text)
