"""The question library as linked data: each question is an `sh:SPARQLExecutable`, so a client can ask an endpoint for its questions.

The form follows the SIB sparql-examples (https://github.com/sib-swiss/sparql-examples).
"""

from collections.abc import Iterable, Iterator

from kommunegraf.namespaces import BASE, DCT, GRAPH, RDF, SH, SKOS, expand
from kommunegraf.questions.question import Question
from kommunegraf.rdf.terms import iri, literal

_TEXT = {"SELECT": "select", "ASK": "ask", "CONSTRUCT": "construct"}


def quads(questions: Iterable[Question]) -> Iterator[str]:
    """N-Quads lines that describe the questions, in the catalogue's graph."""
    graph = iri(GRAPH + "catalog")
    for question in questions:
        subject = iri(f"{BASE}query/{question.name}")
        for property_, term in _statements(question):
            yield f"{subject} {iri(property_)} {term} {graph} ."


def _statements(question: Question) -> Iterator[tuple[str, str]]:
    keyword = _TEXT[question.form]
    yield RDF + "type", iri(SH + "SPARQLExecutable")
    yield RDF + "type", iri(f"{SH}SPARQL{keyword.capitalize()}Executable")
    yield SH + keyword, literal(question.bare)
    yield DCT + "identifier", literal(question.name)
    for lang, text in question.title.items():
        yield SKOS + "prefLabel", literal(text, lang)
    for lang, text in question.description.items():
        yield expand("rdfs:comment"), literal(text.strip(), lang)
    for word in question.keywords:
        yield expand("schema:keywords"), literal(word)
