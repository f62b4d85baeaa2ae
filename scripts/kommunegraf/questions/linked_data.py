"""The question library as linked data: each question is an `sh:SPARQLExecutable`, so a client can ask an endpoint for its questions.

The form is that of the SIB sparql-examples (https://github.com/sib-swiss/sparql-examples), whose shapes it keeps: what is asked, in words,
by which query, with which prefixes, at which endpoint.
"""

from collections.abc import Iterable, Iterator

from kommunegraf.namespaces import BASE, DCT, GRAPH, KG, RDF, SH, SKOS, expand
from kommunegraf.questions.question import Question
from kommunegraf.rdf.terms import iri, literal

ENDPOINT = BASE + "sparql"
"""The endpoint that the questions are for; it is described in `ontology/graphs.ttl`, and so are their prefixes."""
_TEXT = {"SELECT": "select", "ASK": "ask", "CONSTRUCT": "construct"}


def quads(questions: Iterable[Question]) -> Iterator[str]:
    """N-Quads lines that describe the questions, in the catalogue's graph."""
    for question in questions:
        for property_, term in _statements(question):
            yield _line(iri(f"{BASE}query/{question.name}"), property_, term)


def _line(subject: str, property_: str, term: str) -> str:
    return f"{subject} {iri(property_)} {term} {iri(GRAPH + 'catalog')} ."


def _statements(question: Question) -> Iterator[tuple[str, str]]:
    keyword = _TEXT[question.form]
    yield RDF + "type", iri(SH + "SPARQLExecutable")
    yield RDF + "type", iri(f"{SH}SPARQL{keyword.capitalize()}Executable")
    yield SH + keyword, literal(question.bare)
    yield SH + "prefixes", iri(KG)
    yield expand("schema:target"), iri(ENDPOINT)
    yield DCT + "identifier", literal(question.name)
    for lang, text in question.title.items():
        yield SKOS + "prefLabel", literal(text, lang)
    for lang, text in question.description.items():
        yield expand("rdfs:comment"), literal(text.strip(), lang)
    for word in question.keywords:
        yield expand("schema:keywords"), literal(word)
