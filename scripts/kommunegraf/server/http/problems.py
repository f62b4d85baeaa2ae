"""What can go wrong with a request, told as problem details (RFC 9457) in Danish and in English."""

import json
from typing import Any

from kommunegraf.languages import number, texts
from kommunegraf.namespaces import BASE

MEDIA = "application/problem+json"
PAGE = BASE + "sparql"
"""The page that lists the problems; each has the anchor `problem-NAME` there."""


class Problem(Exception):
    """A request that cannot be answered. `name` is a key of problems.yaml, `values` fill in its text."""

    def __init__(self, name: str, /, **values: Any) -> None:
        super().__init__(name)
        self.name = name
        self.values = values

    @property
    def status(self) -> int:
        """The status code of the answer."""
        return int(texts("problems")[self.name]["status"])

    @property
    def headers(self) -> dict[str, str]:
        """Headers that the answer needs beside its content: `Retry-After` in seconds, `Allow`."""
        retry = texts("problems")[self.name].get("retry")
        allow = self.values.get("methods")
        return ({"Retry-After": str(retry)} if retry else {}) | ({"Allow": allow} if allow else {})

    def text(self, lang: str) -> tuple[str, str]:
        """Title and detail in a language."""
        kind = texts("problems")[self.name]
        shown = {name: number(value, lang) if isinstance(value, float) else value for name, value in self.values.items()}
        return kind["title"][lang], kind["detail"][lang].format(**shown)

    def details(self, lang: str) -> bytes:
        """The problem as `application/problem+json`, in a language."""
        title, detail = self.text(lang)
        told = {"type": f"{PAGE}#problem-{self.name}", "title": title, "status": self.status, "detail": detail}
        return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
