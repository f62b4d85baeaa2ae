"""Calls of the questions as a person types them: every parameter named, with its default, in English."""

from kommunegraf.questions import ask as questions
from kommunegraf.questions.question import Question
from kommunegraf.rdf.engines import Engine

LIBRARY = questions.folder()
"""The questions by name, read once for all tests."""


def arguments(question: Question) -> dict[str, str]:
    """The defaults of a question's parameters as people would type them, in English."""
    typed = {}
    for name, parameter in question.parameters.items():
        term = question.default(name).strip('<>"')
        typed[name] = term if parameter.type in ("iri", "text", "integer") else term.rsplit("/", 1)[-1]
    return {**typed, "lang": "en"} if "lang" in typed else typed


def ask(engine: Engine, question: Question) -> questions.Answer:
    """The answer to the call."""
    return questions.ask(engine, question, **arguments(question))
