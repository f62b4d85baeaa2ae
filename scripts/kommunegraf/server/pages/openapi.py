"""The question API described for programs (OpenAPI 3.1), from the query files."""

from collections.abc import Iterable
from typing import Any

from kommunegraf.languages import LANGUAGES
from kommunegraf.namespaces import BASE
from kommunegraf.questions.question import Parameter, Question
from kommunegraf.rdf.formats import HTML
from kommunegraf.server.pages.arguments import IRI, LIMIT, OFFSET, default

_WHOLE = 10**18 - 1
"""The largest whole number that a parameter takes."""


def document(questions: Iterable[Question], version: str) -> dict[str, Any]:
    """The description of all questions, the same for the same query files. `version` is the release's."""
    listed = sorted(questions, key=lambda question: question.name)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kommunegraf: spørgsmål / questions",
            "version": version,
            "summary": "Smart City i de 98 kommuner / Smart City in the 98 municipalities",
            "description": _both(
                "Hvert spørgsmål i biblioteket har sin adresse. Parametre kan skrives med deres danske eller engelske navn, "
                "og ressourcer med navn, kode eller IRI. Et tomt svar betyder ukendt, ikke nej.",
                "Each question of the library has its address. Parameters may be written by their Danish or English name, "
                "and resources by name, code or IRI. An empty answer means unknown, not no.",
            ),
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": "."}],
        "tags": [{"name": group} for group in sorted({question.group for question in listed})],
        "paths": {f"/questions/{question.name}": {"get": _operation(question)} for question in listed},
        "components": {"schemas": _SCHEMAS, "parameters": _PARAMETERS, "responses": _RESPONSES, "headers": _HEADERS},
    }


def _both(da: str, en: str) -> str:
    return f"{da.strip()}\n\n{en.strip()}"


def _operation(question: Question) -> dict[str, Any]:
    names = [form.name for form in (*question.formats, HTML)]
    shared = ["lang", *(("limit", "offset") if question.is_pageable else ()), *(("bom", "separator") if "csv" in names else ())]
    return {
        "operationId": question.name,
        "tags": [question.group],
        "summary": f"{question.title['da']} / {question.title['en']}",
        "description": _both(question.description["da"], question.description["en"]),
        "parameters": [
            *(_parameter(question, p) for p in question.parameters.values() if p.name != "lang"),
            {"name": "format", "in": "query", "description": _FORMAT, "schema": {"type": "string", "enum": names}},
            *({"$ref": f"#/components/parameters/{name}"} for name in shared),
        ],
        "responses": {
            "200": _answer(question),
            "304": {"description": _both("Uændret siden ETag.", "Not changed since the ETag.")},
            **{code: {"$ref": f"#/components/responses/{name}"} for code, name in _ERRORS.items()},
        },
    }


def _answer(question: Question) -> dict[str, Any]:
    headers = ["ETag", "Vary", *(["Link"] if question.is_pageable else [])]
    return {
        "description": _both("Svaret.", "The answer."),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {form.media: {"schema": _schema(question, form.name)} for form in (*question.formats, HTML)},
    }


def _schema(question: Question, form: str) -> dict[str, Any]:
    if form == "rows":
        properties = {name: _column(meaning) for name, meaning in question.columns.items()}
        return {"type": "array", "items": {"type": "object", "properties": properties, "required": list(properties)}}
    if form == "json":
        return {"$ref": "#/components/schemas/Results"}
    return {"type": ["array", "object"]} if form == "jsonld" else {"type": "string"}


def _column(meaning: dict[str, str]) -> dict[str, Any]:
    unit = f" [{meaning['unit']}]" if "unit" in meaning else ""
    return {"type": ["string", "number", "boolean", "null"], "description": f"{meaning['da']} / {meaning['en']}{unit}"}


def _parameter(question: Question, parameter: Parameter) -> dict[str, Any]:
    labels = " / ".join(dict.fromkeys(parameter.label[lang] for lang in LANGUAGES))
    if not parameter.is_value:
        labels += f". {parameter.type}: {_NAMED}"
    value = _typed(parameter, default(question, parameter))
    schema = {**_TYPES.get(parameter.type, {"type": "string", "minLength": 1}), "default": value}
    return {"name": parameter.name, "in": "query", "description": labels, "schema": schema, "example": value}


def _typed(parameter: Parameter, value: str) -> int | str:
    return int(value) if parameter.type == "integer" else value


_NAMED = f"navn, kode eller IRI / name, code or IRI, such as `aarhus`, `0751`, `{BASE}municipality/0751`"
_FORMAT = _both("Svarets format; uden det gælder Accept.", "The format of the answer; without it Accept counts.")
_TYPES: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer", "minimum": -_WHOLE, "maximum": _WHOLE},
    "date": {"type": "string", "format": "date"},
    "iri": {"type": "string", "pattern": IRI},
    "text": {"type": "string"},
}
_PARAMETERS: dict[str, Any] = {
    name: {"name": name, "in": "query", "description": _both(da, en), "schema": schema}
    for name, da, en, schema in (
        ("lang", "Sproget; uden det gælder Accept-Language.", "The language; without it Accept-Language counts.",
         {"type": "string", "enum": list(LANGUAGES)}),
        ("limit", "Højst så mange rækker.", "At most so many rows.", {"type": "integer", "minimum": 1, "maximum": LIMIT}),
        ("offset", "Udelad først så mange rækker.", "Leave out so many rows first.",
         {"type": "integer", "minimum": 0, "maximum": OFFSET, "default": 0}),
        ("bom", "CSV til Excel: 1 sætter UTF-8's mærke forrest.", "CSV for Excel: 1 puts the mark of UTF-8 first.",
         {"type": "integer", "enum": [0, 1], "default": 0}),
        ("separator", "CSV til dansk Excel: semikolon, og komma i decimaltal.", "CSV for Danish Excel: semicolons, and decimal commas.",
         {"type": "string", "enum": ["comma", "semicolon"], "default": "comma"}),
    )
}
_HEADERS: dict[str, Any] = {
    name: {"description": text, "schema": {"type": "string"}}
    for name, text in (
        ("ETag", "Svarets mærke / The tag of the answer (RFC 9110)"),
        ("Vary", "Accept, Accept-Language"),
        ("Link", "first, prev, next (RFC 8288), med limit / with limit"),
    )
}
_SCHEMAS: dict[str, Any] = {
    "Problem": {
        "description": "RFC 9457",
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "suggestions": {"type": "array", "items": {"type": "string"}},
        },
    },
    "Results": {
        "description": "SPARQL 1.1 Query Results JSON Format",
        "type": "object",
        "required": ["head", "results"],
        "properties": {
            "head": {"type": "object", "properties": {"vars": {"type": "array", "items": {"type": "string"}}}},
            "results": {
                "type": "object",
                "required": ["bindings"],
                "properties": {"bindings": {"type": "array", "items": {"type": "object"}}},
            },
        },
    },
}
_ERRORS = {"400": "Bad", "404": "Unknown", "406": "NotAcceptable", "413": "TooLarge", "503": "Busy", "504": "TooSlow"}
_RESPONSES: dict[str, Any] = {
    name: {
        "description": _both(da, en),
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}},
            "text/html": {"schema": {"type": "string"}},
        },
    }
    for name, da, en in (
        ("Bad", "En parameter er ukendt, dobbelt eller af forkert type.", "A parameter is unknown, doubled or of the wrong type."),
        ("Unknown", "Ressourcen eller spørgsmålet er ukendt; forslag følger med.",
         "The resource or question is unknown; suggestions come along."),
        ("NotAcceptable", "Intet format i Accept findes.", "None of the formats in Accept is there."),
        ("TooLarge", "Svaret er større, end serveren giver.", "The answer is larger than the server gives."),
        ("Busy", "Serveren har for meget at lave; se Retry-After.", "The server has too much to do; see Retry-After."),
        ("TooSlow", "Svaret tog længere tid, end serveren giver.", "The answer took more time than the server gives."),
    )
}
