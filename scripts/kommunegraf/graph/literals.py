"""What is wrong with the literals of a graph: characters, values that their datatype does not have, and languages."""

from collections import defaultdict
from collections.abc import Iterator

import rdflib

from kommunegraf.findings import Finding
from kommunegraf.graph import texts
from kommunegraf.graph.shacl import short

_NAMES = {"da": "Danish", "en": "English"}


def findings(graph: rdflib.Graph) -> list[Finding]:
    """One finding for each literal that is wrong as such, and remarks on languages where the extra `languages` is installed."""
    by_property: dict[tuple[str, str], list[rdflib.Literal]] = defaultdict(list)
    for subject, predicate, value in graph:
        if isinstance(value, rdflib.Literal) and isinstance(subject, rdflib.URIRef):
            by_property[str(subject), str(predicate)].append(value)
    groups = (_about(subject, predicate, sorted(values)) for (subject, predicate), values in by_property.items())
    return [finding for group in groups for finding in group]


def _about(subject: str, predicate: str, values: list[rdflib.Literal]) -> Iterator[Finding]:
    def finding(rule: str, message: str, repair: str, value: str) -> Finding:
        sentence = f"{short(subject)}: {short(predicate)} {message}"
        return Finding("violation", rule, sentence, repair, resource=subject, property=predicate, value=value)

    for value in values:
        if value.ill_typed:
            datatype = short(value.datatype)
            repair = f"write the value as {datatype} does, or correct the datatype"
            yield finding("literal", f"{str(value)!r} is no {datatype}", repair, str(value))
        elif value.language and (fault := texts.fault(str(value))):
            yield finding("text", fault, "write the text in plain characters", str(value))
    if guess := texts.detector():
        for text, language in texts.mistaken([(str(v), v.language or "") for v in values], guess):
            message = f"{text[:60]!r} is marked as {_NAMES[language]} and reads as the other language"
            yield Finding(
                "info", "language", f"{short(subject)}: {short(predicate)} {message}", "correct the language if it is wrong",
                resource=subject, property=predicate, value=text,
            )  # fmt: skip
