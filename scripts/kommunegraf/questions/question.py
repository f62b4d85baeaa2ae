"""The query files: a `#+` header in YAML that describes the query, then SPARQL that runs as it stands.

A parameter is a variable that the query binds in a line of its own, `VALUES ?name { … }`. The braces hold its default; `bind`
replaces it. `queries/README.md` has the grammar.
"""

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from kommunegraf.errors import KommunegrafError
from kommunegraf.findings import BadInput, Finding
from kommunegraf.namespaces import based
from kommunegraf.rdf.formats import GRAPHS, TABLES, Format

VALUE_TYPES = ("language", "integer", "date", "text", "iri")
"""The types of parameters that take a value. Any other type is a kind of resource: the first part of its path under the base IRI."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BEFORE = re.compile(r"^\s*#.*$|\b(?:PREFIX\s+\S*|BASE)\s*<[^>]*>", re.IGNORECASE | re.MULTILINE)
_FORM = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_KEYS = {"title", "heading", "description", "keywords", "group", "question", "parameters", "columns", "severity", "message", "repair"}


class BadArgument(KommunegrafError):
    """An argument that a question does not take, or a value that its type does not allow. The message says what it takes."""


@dataclass(frozen=True)
class Parameter:
    """What a caller may set: its name, its type, and what it is called in each language."""

    name: str
    type: str
    label: dict[str, str] = field(hash=False)

    @property
    def is_value(self) -> bool:
        """Whether it takes a value, rather than the name of a resource."""
        return self.type in VALUE_TYPES


@dataclass(frozen=True)
class Question:
    """One query file. Texts are by language (`da`, `en`); `columns` explains each column of the result.

    `heading` is the title with the names of parameters in braces, for an answer that says what was chosen; empty without parameters.
    """

    name: str
    path: Path
    text: str
    title: dict[str, str]
    heading: dict[str, str] = field(default_factory=dict)
    description: dict[str, str] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    group: str = ""
    question: str = ""
    parameters: dict[str, Parameter] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE."""
        keyword = _FORM.search(_BEFORE.sub("", self.text))
        return keyword[1].upper() if keyword else ""

    @property
    def is_graph(self) -> bool:
        """Whether it answers with triples, and not with rows or yes and no."""
        return self.form in ("CONSTRUCT", "DESCRIBE")

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats of its answer, the default first."""
        return GRAPHS if self.is_graph else TABLES

    @property
    def bare(self) -> str:
        """The SPARQL without the header."""
        return "".join(line for line in self.text.splitlines(keepends=True) if not line.startswith("#+"))

    def default(self, parameter: str) -> str:
        """The default of a parameter, as SPARQL writes it."""
        return _values_line(parameter).search(self.text)[2].strip()  # type: ignore[index]

    @property
    def is_pageable(self) -> bool:
        """Whether some of its rows can be asked for: it is a SELECT with an order and no limit of its own."""
        end = self.text.rsplit("}", 1)[-1]
        ordered, limited = (re.search(pattern, end, re.IGNORECASE) for pattern in (r"\bORDER\s+BY\b", r"\b(LIMIT|OFFSET)\s+\d"))
        return self.form == "SELECT" and ordered is not None and limited is None

    def page(self, limit: int | None, offset: int) -> "Question":
        """The same question for some of its rows. Raises BadArgument if it is not pageable."""
        if limit is None and not offset:
            return self
        if not self.is_pageable:
            raise BadArgument(f"{self.name} cannot be paged: only SELECT queries with ORDER BY and no LIMIT of their own can")
        return replace(self, text=f"{self.text}\n" + (f"LIMIT {limit}\n" if limit is not None else "") + f"OFFSET {offset}\n")

    def bind(self, terms: dict[str, str]) -> str:
        """The query text with new terms for some parameters, each in SPARQL: `<iri>`, `"text"@da`, `12`."""
        text = self.text
        for name, term in terms.items():
            text = _values_line(name).sub(lambda line, term=term: f"{line[1]} {term} {line[3]}", text, count=1)  # type: ignore[misc]
        return text


def _values_line(name: str) -> re.Pattern[str]:
    return re.compile(rf"^(\s*VALUES \?{re.escape(name)} \{{)(.*)(\}}\s*)$", re.MULTILINE)


def read_folder(folder: Path) -> dict[str, Question]:
    """Every `.rq` file of a folder, by name (the file's name without ending). Raises BadInput for a broken header."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.rq"))}


def own(path: Path) -> Question:
    """A query of the user's own, which needs no header. Raises BadInput or OSError."""
    text = _text(path)
    return _read(path, text) if text.startswith("#+") else Question(path.stem, path, text, title={})


def read(path: Path) -> Question:
    """One query file of ours, for the base of the register. Raises BadInput, with the line, for a header that breaks the grammar."""
    return _read(path, based(_text(path)))


def _read(path: Path, source: str) -> Question:
    marked = [line for line in source.splitlines() if line.startswith("#+")]
    try:
        header = yaml.load("\n".join(line[3:] for line in marked), _LOADER) or {}
    except yaml.YAMLError as error:
        line = getattr(error, "problem_mark", None)
        raise _broken(path, f"the header is not YAML: {getattr(error, 'problem', error)}", line.line + 1 if line else 1) from error
    if not isinstance(header, dict) or "title" not in header:
        raise _broken(path, "the header has no title")
    if unknown := set(header) - _KEYS:
        raise _broken(path, f"the header has the unknown key {', '.join(sorted(unknown))}")
    try:
        question = _question(path, source, header)
    except (KeyError, AttributeError, TypeError) as error:
        raise _broken(path, f"the header breaks the grammar: {error!r}") from error
    for name in question.parameters:
        if len(_values_line(name).findall(source)) != 1:
            raise _broken(path, f"parameter {name} needs exactly one line 'VALUES ?{name} {{ default }}'")
    return question


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        with path.open("rb") as file:
            if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                raise _broken(path, "the file is UTF-16; save it as UTF-8") from error
        raise _broken(path, f"the file is not UTF-8: {error.reason} at byte {error.start}") from error


def _question(path: Path, source: str, header: dict[str, Any]) -> Question:
    """A question from its header. Raises KeyError, AttributeError or TypeError for a value of the wrong form."""
    columns = header.get("columns") or {}
    return Question(
        name=path.stem,
        path=path,
        text=source,
        title=header["title"],
        heading=header.get("heading", {}),
        description=header.get("description", {}),
        keywords=tuple(header.get("keywords", ())),
        group=header.get("group", ""),
        question=header.get("question", ""),
        parameters={n: Parameter(n, p["type"], dict(p["label"])) for n, p in (header.get("parameters") or {}).items()},
        columns={name: dict(meaning) for name, meaning in columns.items()},
        header=header,
    )


def _broken(path: Path, message: str, line: int = 1) -> BadInput:
    return BadInput([Finding("violation", "query", message, "see queries/README.md", str(path), line)])
