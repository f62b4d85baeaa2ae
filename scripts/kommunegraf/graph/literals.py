"""What is wrong with the literals of a graph: characters, values that their datatype does not have, and languages."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox

from kommunegraf.findings import Finding
from kommunegraf.graph import texts
from kommunegraf.namespaces import PREFIXES, XSD, short
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded

_NAMES = {"da": "Danish", "en": "English"}
_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
_WELL_TYPED = {
    XSD + "integer": re.compile(r"[+-]?[0-9]{1,100}"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]{1,100}(?:\.[0-9]{1,100})?"),
    XSD + "boolean": re.compile("true|false"),
    XSD + "date": re.compile(_DATE),
    XSD + "dateTime": re.compile(_DATE + "T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}Z"),
    **{datatype: re.compile("(?s:.*)") for datatype in (XSD + "string", XSD + "anyURI", PREFIXES["geo"] + "wktLiteral")},
}
"""Values that rdflib surely reads, by datatype. It reads any text as one of the last three."""


def findings(store: ox.Store) -> list[Finding]:
    """One finding for each literal that is wrong as such, and remarks on languages where the extra `languages` is installed."""
    literals = [row["value"] for row in ask.internal(Embedded(store), "literals").result]
    suspects = sorted((value for value in literals if _is_suspect(value)), key=lambda v: (v.value, v.language or "", v.datatype.value))
    if not suspects:
        return []
    by_property: dict[tuple[ox.NamedNode, ox.NamedNode], set[ox.Literal]] = defaultdict(set)
    for value in suspects:
        for quad in store.quads_for_pattern(None, None, value):
            if isinstance(quad.subject, ox.NamedNode):
                by_property[quad.subject, quad.predicate].add(value)
    groups = (
        _about(subject.value, predicate.value, sorted(values, key=lambda v: (v.value, v.language or "")))
        for (subject, predicate), values in by_property.items()
    )
    return [finding for group in groups for finding in group]


def _is_suspect(value: ox.Literal) -> bool:
    """Whether a literal is wrong as such, or may be in another language than it says: for most, one look at each text tells."""
    if language := value.language:
        return bool(texts.fault(value.value)) or texts.is_doubtful(value.value, language)
    return _ill_typed(value.value, value.datatype.value)


@cache
def _ill_typed(value: str, datatype: str) -> bool:
    """Whether rdflib knows a datatype and cannot read a value as one."""
    if datatype in _WELL_TYPED and _WELL_TYPED[datatype].fullmatch(value):
        return False
    import rdflib  # only such a literal needs it, and it takes long to load

    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # it would log each ill-typed literal with a traceback
    return bool(rdflib.Literal(value, datatype=rdflib.URIRef(datatype)).ill_typed)


def _about(subject: str, predicate: str, values: list[ox.Literal]) -> Iterator[Finding]:
    def finding(rule: str, message: str, repair: str, value: str) -> Finding:
        sentence = f"{short(subject)}: {short(predicate)} {message}"
        return Finding("violation", rule, sentence, repair, resource=subject, property=predicate, value=value)

    for value in values:
        if value.language:
            if fault := texts.fault(value.value):
                yield finding("text", fault, "write the text in plain characters", value.value)
        elif _ill_typed(value.value, value.datatype.value):
            datatype = short(value.datatype.value)
            repair = f"write the value as {datatype} does, or correct the datatype"
            yield finding("literal", f"{value.value!r} is no {datatype}", repair, value.value)
    for text, language in texts.mistaken((v.value, v.language or "") for v in values):
        message = f"{text[:60]!r} is marked as {_NAMES[language]} and reads as the other language"
        yield Finding(
            "info", "language", f"{short(subject)}: {short(predicate)} {message}", "correct the language if it is wrong",
            resource=subject, property=predicate, value=text,
        )  # fmt: skip
