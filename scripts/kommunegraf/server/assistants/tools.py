"""The tools of an assistant: each question of the library, and the opportunities, with what each takes (JSON Schema)."""

from typing import Any, NamedTuple

from kommunegraf.languages import LANGUAGES, texts
from kommunegraf.questions.question import Question
from kommunegraf.server.pages import openapi
from kommunegraf.server.settings import Settings
from kommunegraf.site.pages.questions import library

OPPORTUNITIES = "opportunities"
"""The name of the tool that no question of the library is."""
NARROWING = ("region", "municipality", "initiative")
"""What opportunities can be narrowed to: kinds of resources."""
ROWS = 100
"""Rows of an answer, unless the assistant asks for more or fewer."""


class Tool(NamedTuple):
    """A tool: its name, its title, what it tells, and the schema of its arguments."""

    name: str
    title: str
    description: str
    schema: dict[str, Any]


def tools(settings: Settings) -> dict[str, Tool]:
    """All tools by name, in both languages."""
    each = [_question(question, settings) for question in library().values()]
    return {tool.name: tool for tool in [_opportunities(settings), *each]}


def _question(question: Question, settings: Settings) -> Tool:
    properties = {
        parameter.name: {"description": openapi.label(parameter), **openapi.schema(question, parameter)}
        for parameter in question.parameters.values() if parameter.name != "lang"
    }
    properties |= _shared(settings, question.is_pageable)
    title = " / ".join(question.title[lang] for lang in LANGUAGES)
    return Tool(question.name, title, f"{title}\n\n{openapi.joined(question.description)}", _schema(properties))


def _opportunities(settings: Settings) -> Tool:
    words = texts("assistants")
    properties = {name: {"description": openapi.joined(words[name]), "type": "string", "minLength": 1} for name in NARROWING}
    title = " / ".join(words["opportunities_title"][lang] for lang in LANGUAGES)
    description = openapi.joined(words["opportunities_description"])
    return Tool(OPPORTUNITIES, title, f"{title}\n\n{description}", _schema(properties | _shared(settings, True)))


def _shared(settings: Settings, pageable: bool) -> dict[str, Any]:
    """What tools take beside parameters of their own: the language, and which rows."""
    shared: dict[str, Any] = {"lang": {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}}
    if pageable:
        shared["limit"] = {"type": "integer", "minimum": 1, "maximum": settings.page_rows, "default": min(ROWS, settings.page_rows)}
        shared["offset"] = {"type": "integer", "minimum": 0, "maximum": settings.offset_rows, "default": 0}
    return shared


def _schema(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}
