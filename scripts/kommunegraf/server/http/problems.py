"""What can go wrong with a request, as problem details (RFC 9457) in Danish and in English."""

import json
from collections.abc import Iterable
from typing import Any

from kommunegraf.languages import number, texts
from kommunegraf.namespaces import BASE
from kommunegraf.server.http.answers import Answer

MEDIA = "application/problem+json"
_CLOSING = (408, 413)
"""Statuses after which the connection closes, as the rest of the request is not read."""


class Problem(Exception):
    """A request that cannot be answered. `name` is a key of words/problems.yaml; `values` fill in its text.

    `suggestions` are what may have been meant. Each can replace the value of `parameter`, named as the client wrote it, if that is given.
    """

    def __init__(self, name: str, /, suggestions: Iterable[str] = (), parameter: str = "", **values: Any) -> None:
        super().__init__(name)
        self.name = name
        self.suggestions = list(suggestions)
        self.parameter = parameter
        self.values = values

    @property
    def status(self) -> int:
        """The status code of the answer."""
        return int(texts("problems")[self.name]["status"])

    @property
    def headers(self) -> dict[str, str]:
        """Headers that the answer needs beside those of its content: `Retry-After` in seconds, `Allow`, `Connection`."""
        retry = texts("problems")[self.name].get("retry")
        named = {"Retry-After": str(retry or ""), "Allow": self.values.get("methods", "")}
        if self.status in _CLOSING:
            named["Connection"] = "close"
        return {name: value for name, value in named.items() if value}

    def text(self, lang: str) -> tuple[str, str]:
        """Title and detail in a language."""
        kind = texts("problems")[self.name]
        values = {name: number(value, lang) if isinstance(value, float) else value for name, value in self.values.items()}
        return kind["title"][lang], kind["detail"][lang].format(**values)

    def details(self, lang: str) -> bytes:
        """The problem as `application/problem+json`, in a language."""
        title, detail = self.text(lang)
        page = texts("problems")[self.name].get("page", "sparql")
        fields: dict[str, Any] = {"type": f"{BASE}{page}#problem-{self.name}", "title": title, "status": self.status, "detail": detail}
        if self.suggestions:
            fields["suggestions"] = self.suggestions
        return json.dumps(fields, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"

    def answer(self, lang: str) -> Answer:
        """The answer that says so to a program."""
        headers = {"Content-Language": lang, "Vary": "Accept, Accept-Language", "Cache-Control": "no-store", **self.headers}
        return Answer(self.details(lang), MEDIA, self.status, headers)


def listed(page: str, lang: str) -> list[tuple[str, int, str]]:
    """The problems that a page explains, `sparql` or `questions`: name, status, and title in a language."""
    kinds = texts("problems").items()
    return [(name, kind["status"], kind["title"][lang]) for name, kind in kinds if kind.get("page", "sparql") == page]
