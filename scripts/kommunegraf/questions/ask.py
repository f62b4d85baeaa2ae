"""Ask the questions of `queries/`: arguments become typed terms, answers become rows.

>>> import kommunegraf
>>> graph = kommunegraf.open_graph("build/kommunegraf.nq")
>>> rows = kommunegraf.ask(graph, "adopters-of-initiative", initiative="open-data").rows()
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.findings import nearest
from kommunegraf.languages import LANGUAGES
from kommunegraf.names import Names, plain
from kommunegraf.namespaces import BASE, KG, PREFIXES, SKOS, OtherBase
from kommunegraf.questions.question import BadArgument, Parameter, Question, read, read_folder
from kommunegraf.rdf.engines import Engine, EngineError, python_value
from kommunegraf.rdf.terms import iri, literal


@dataclass(frozen=True)
class Answer:
    """An answer. `result` can be read once."""

    question: Question
    result: Any

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns; none for a graph, or for yes or no."""
        return [v.value for v in self.result.variables] if isinstance(self.result, ox.QuerySolutions) else []

    @property
    def is_graph(self) -> bool:
        """Whether the answer is triples, rather than rows."""
        return isinstance(self.result, list)

    def rows(self) -> list[dict[str, Any]]:
        """The rows as Python values: numbers, booleans, texts, and IRIs as text; None for an unbound variable."""
        return list(self._rows)

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        columns = self.columns
        return [dict(zip(columns, map(python_value, solution))) for solution in self.result]

    def frame(self) -> Any:
        """The rows as a pandas DataFrame. Raises ImportError if pandas is not installed."""
        import pandas

        return pandas.DataFrame(self.rows(), columns=self.columns)


def folder(name: str = "questions") -> dict[str, Question]:
    """The query files of one folder of `queries/`, by name."""
    return read_folder(paths.root() / "queries" / name)


def find(name: str) -> Question:
    """A question of the library by its name. Raises BadArgument with the nearest names if there is none."""
    library = paths.root() / "queries" / "questions"
    names = sorted(file.stem for file in library.glob("*.rq"))
    if name not in names:
        raise BadArgument(f"no question is called {name!r}; there is {', '.join(nearest(name, names) or names)}")
    return read(library / f"{name}.rq")


def run(engine: Engine, name: str, /, **arguments: str) -> Answer:
    """Ask a question of the library by its name. Raises BadArgument or EngineError."""
    return ask(engine, find(name), **arguments)


def internal(engine: Engine, name: str, /, **arguments: str) -> Answer:
    """Ask one of the queries of the tools themselves (`queries/internal/`)."""
    return ask(engine, read(paths.root() / "queries" / "internal" / f"{name}.rq"), **arguments)


def ask(engine: Engine, question: Question, /, **arguments: str) -> Answer:
    """Bind each argument as the type of its parameter wants it, and run the question. Raises BadArgument, UnknownName or EngineError."""
    chosen: dict[Parameter, str] = {}
    for name, value in arguments.items():
        own = parameter(question, name)
        if own in chosen:
            raise BadArgument(f"{own.name} is given twice: {chosen[own]!r} and {value!r}")
        chosen[own] = value
    terms = {own.name: term(engine, own, value) for own, value in chosen.items()}
    try:
        return Answer(question, engine.query(question.bind(terms)))
    except EngineError as error:
        raise EngineError(f"{question.path.name}: {error}") from error


def parameter(question: Question, name: str) -> Parameter:
    """The parameter with that name, or that label in either language. Raises BadArgument."""
    for own in question.parameters.values():
        if plain(name) in (plain(own.name), *map(plain, own.label.values())):
            return own
    takes = ", ".join(question.parameters) or "none"
    raise BadArgument(f"{question.name} has no parameter {name!r}; it takes {takes}")


_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def term(engine: Engine, parameter: Parameter, value: str) -> str:
    """A value as a SPARQL term of the type of its parameter. Raises BadArgument, UnknownName or EngineError."""
    if parameter.type == "language":
        if value not in LANGUAGES:
            raise BadArgument(f"{parameter.name} is one of {', '.join(LANGUAGES)}, not {value!r}")
        return literal(value)
    if parameter.type == "integer":
        if not re.fullmatch(r"-?\d{1,18}", value):
            raise BadArgument(f"{parameter.name} is a whole number, not {value!r}")
        return str(int(value))
    if parameter.type == "date":
        try:
            date.fromisoformat(value if _DATE.fullmatch(value) else "")
        except ValueError as error:
            raise BadArgument(f"{parameter.name} is a date such as 2014-01-22, not {value!r}") from error
        return literal(value, datatype="http://www.w3.org/2001/XMLSchema#date")
    if parameter.type == "text":
        return literal(unicodedata.normalize("NFC", value))  # as the graph's texts are; a å typed on macOS may come in two parts
    if parameter.type == "iri":
        if not _ABSOLUTE.match(value):
            raise BadArgument(f"{parameter.name} is an absolute IRI such as {BASE}municipality/0751, not {value!r}")
        try:
            return iri(value)
        except ValueError as error:
            raise BadArgument(f"{parameter.name}: {error}") from error
    return iri(resolve(engine, parameter.type, value))


def require_base(engine: Engine, what: str) -> None:
    """Refuse a graph that states another base than this process has: each question would find nothing. Raises OtherBase or EngineError."""
    stated = bases(engine)
    if stated and BASE not in stated:
        raise OtherBase(stated[0], what)


def bases(engine: Engine) -> list[str]:
    """The bases that a graph states: one for each register in it."""
    return [row["base"] for row in internal(engine, "base").rows()]


_CLASSES = {
    "case": KG + "CaseExample", "organisation": PREFIXES["org"] + "Organization", "question": KG + "SurveyQuestion",
    "scheme": SKOS + "ConceptScheme",
}
"""The classes of kinds that do not have the name of their kind."""


def resolve(engine: Engine, kind: str, name: str) -> str:
    """The IRI of the resource of a kind that a name, a code or an IRI stands for. Raises UnknownName.

    A name as the graph writes it, or a code, is looked up. For any other, all names are read and compared.
    """
    return _exact(engine, kind, name) or names(engine, kind).resolve(name)


def _exact(engine: Engine, kind: str, name: str) -> str:
    """The one resource of a kind that has exactly this name, or this code or IRI; empty where there is none, or more."""
    same = name if name.startswith(BASE) else f"{BASE}{kind}/{quote(name, safe='')}"
    lookup = read(paths.root() / "queries" / "internal" / "named.rq")
    labels = " ".join((literal(name), *(literal(name, language) for language in LANGUAGES)))
    try:
        terms = {"class": iri(_class(kind)), "label": labels, "same": iri(same)}
    except ValueError:
        return ""
    matches = Answer(lookup, engine.query(lookup.bind(terms))).rows()
    return str(matches[0]["resource"]) if len(matches) == 1 else ""


def _class(kind: str) -> str:
    return _CLASSES.get(kind, KG + kind.title().replace("-", ""))


def names(engine: Engine, kind: str) -> Names:
    """The names in the graph for resources of one kind, such as `municipality` or `main-area`, in all languages of the graph."""
    solutions = internal(engine, "names", **{"class": _class(kind)}).result
    return Names(kind.replace("-", " "), ((s["resource"].value, s["label"].value) for s in solutions))


__all__ = [
    "Answer", "BadArgument", "EngineError", "ask", "bases", "find", "folder", "internal", "names", "parameter", "python_value",
    "require_base", "resolve", "run", "term",
]
