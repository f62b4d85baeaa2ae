"""RDF terms as N-Triples and SPARQL write them, escaped."""

import re

_NOT_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
_ESCAPED = re.compile(r'[\\"\n\r\t\b\f]')
_POINT = re.compile(r"POINT\s*\(\s*([-\d.]+)\s+([-\d.]+)\s*\)", re.IGNORECASE)
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})


def iri(value: str) -> str:
    """`<value>`. Raises ValueError for characters that no IRI may hold (RFC 3987)."""
    if _NOT_IN_IRI.search(value):
        raise ValueError(f"not an IRI: {value!r}")
    return f"<{value}>"


def literal(value: str, language: str | None = None, datatype: str | None = None) -> str:
    """An escaped N-Triples literal, plain, with a language tag or with a datatype IRI."""
    text = f'"{value.translate(_ESCAPES) if _ESCAPED.search(value) else value}"'
    if language:
        return f"{text}@{language}"
    return f"{text}^^{iri(datatype)}" if datatype else text


def point(text: str) -> tuple[float, float] | None:
    """The longitude and latitude, in degrees, of a point in well-known text (OGC GeoSPARQL); None for anything else."""
    match = _POINT.search(text)
    return (float(match[1]), float(match[2])) if match else None
