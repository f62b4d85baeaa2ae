"""The question API described for programs (OpenAPI 3.1), from the query files."""

from collections.abc import Iterable
from typing import Any

from kommunegraf.languages import LANGUAGES, Coverage, texts
from kommunegraf.namespaces import BASE
from kommunegraf.questions.question import Parameter, Question
from kommunegraf.rdf.formats import HTML
from kommunegraf.server.pages.arguments import IRI
from kommunegraf.server.settings import Settings
from kommunegraf.site.pages.questions import given

_WHOLE = 10**18 - 1
"""The largest whole number that a parameter takes."""


def document(questions: Iterable[Question], version: str, settings: Settings, coverage: Coverage) -> dict[str, Any]:
    """The description of all questions, the same for the same query files, limits and coverage. `version` is the release's."""
    listed = sorted(questions, key=lambda question: question.name)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _line("title"),
            "version": version,
            "summary": " / ".join(coverage.fill(texts("openapi")["summary"][lang], lang) for lang in LANGUAGES),
            "description": _both("lead"),
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        "servers": [{"url": "."}],
        "tags": [{"name": group} for group in sorted({question.group for question in listed})],
        "paths": {f"/questions/{question.name}": {"get": _operation(question)} for question in listed},
        "components": {
            "schemas": _SCHEMAS,
            "parameters": _parameters(settings),
            "responses": {name: _response(name) for name in _ERRORS.values()},
            "headers": _HEADERS,
        },
    }


def _both(name: str) -> str:
    """A text of words/openapi.yaml, in Danish and in English."""
    return joined(texts("openapi")[name])


def _line(name: str) -> str:
    """The same on one line."""
    return " / ".join(texts("openapi")[name][lang] for lang in LANGUAGES)


def joined(text: dict[str, str]) -> str:
    """A text in Danish and in English."""
    return "\n\n".join(text[lang].strip() for lang in LANGUAGES)


def _parameters(settings: Settings) -> dict[str, Any]:
    """The parameters that questions share."""
    schemas: dict[str, dict[str, Any]] = {
        "lang": {"type": "string", "enum": list(LANGUAGES)},
        "limit": {"type": "integer", "minimum": 1, "maximum": settings.limit_rows},
        "offset": {"type": "integer", "minimum": 0, "maximum": settings.offset_rows, "default": 0},
        "bom": {"type": "integer", "enum": [0, 1], "default": 0},
        "separator": {"type": "string", "enum": ["comma", "semicolon"], "default": "comma"},
        "headings": {"type": "string", "enum": ["names", "labels"], "default": "names"},
    }
    return {name: {"name": name, "in": "query", "description": _both(name), "schema": schema} for name, schema in schemas.items()}


def _operation(question: Question) -> dict[str, Any]:
    names = [form.name for form in (*question.formats, HTML)]
    shared = ["lang", *(("limit", "offset") if question.is_pageable else ()), *(("bom", "separator", "headings") if "csv" in names else ())]
    return {
        "operationId": question.name,
        "tags": [question.group],
        "summary": f"{question.title['da']} / {question.title['en']}",
        "description": joined(question.description),
        "parameters": [
            *(_parameter(question, p) for p in question.parameters.values() if p.name != "lang"),
            {"name": "format", "in": "query", "description": _both("format"), "schema": {"type": "string", "enum": names}},
            *({"$ref": f"#/components/parameters/{name}"} for name in shared),
        ],
        "responses": {
            "200": _answer(question),
            "304": {"description": _both("unchanged")},
            **{code: {"$ref": f"#/components/responses/{name}"} for code, name in _ERRORS.items()},
        },
    }


def _answer(question: Question) -> dict[str, Any]:
    headers = ["ETag", "Vary", *(["Link"] if question.is_pageable else [])]
    return {
        "description": _both("answer"),
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
    described = schema(question, parameter)
    return {"name": parameter.name, "in": "query", "description": label(parameter), "schema": described, "example": described["default"]}


def label(parameter: Parameter) -> str:
    """What a parameter takes, in Danish and in English."""
    labels = " / ".join(dict.fromkeys(parameter.label[lang] for lang in LANGUAGES))
    return labels if parameter.is_value else f"{labels}. {parameter.type}: {_NAMED}"


def schema(question: Question, parameter: Parameter) -> dict[str, Any]:
    """The values that a parameter of a question takes, with its default (JSON Schema)."""
    value = _typed(parameter, given(question)[parameter.name])
    return {**_TYPES.get(parameter.type, {"type": "string", "minLength": 1}), "default": value}


def _typed(parameter: Parameter, value: str) -> int | str:
    return int(value) if parameter.type == "integer" else value


_NAMED = _line("named").format(f"`aarhus`, `0751`, `{BASE}municipality/0751`")
_TYPES: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer", "minimum": -_WHOLE, "maximum": _WHOLE},
    "date": {"type": "string", "format": "date"},
    "iri": {"type": "string", "pattern": IRI},
    "text": {"type": "string"},
}
_HEADERS: dict[str, Any] = {
    name: {"description": text, "schema": {"type": "string"}}
    for name, text in (
        ("ETag", _line("tag")),
        ("Vary", "Accept, Accept-Language, Accept-Encoding"),
        ("Link", f"first, prev, next (RFC 8288), {_line('pages')}"),
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


def _response(name: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": _both(name), "content": {"application/problem+json": problem, "text/html": {"schema": {"type": "string"}}}}
