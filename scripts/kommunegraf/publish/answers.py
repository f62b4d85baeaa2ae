"""The files of answers, by path: a question with its defaults in each format and language."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from kommunegraf.languages import LANGUAGES
from kommunegraf.questions.question import Question
from kommunegraf.rdf.encode import Layout, encode
from kommunegraf.rdf.formats import CSV, Format
from kommunegraf.site.model import Site
from kommunegraf.site.pages import questions


class Answers(Mapping[str, bytes]):
    """The files of all answers by path: every question in every format of its kind, in each language. Each is made when it is read."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @cached_property
    def _files(self) -> dict[str, tuple[Question, str, Format, Layout]]:
        """By the path of a file, what it holds: a question, its language, the format, and how CSV is laid out."""
        files: dict[str, tuple[Question, str, Format, Layout]] = {}
        for one in questions.library().values():
            for lang in LANGUAGES if "lang" in one.parameters else LANGUAGES[:1]:
                files |= {questions.file(one, lang, format): (one, lang, format, Layout()) for format in one.formats}
                if CSV in one.formats:
                    files[questions.file(one, lang, CSV, questions.EXCEL)] = one, lang, CSV, questions.for_excel(one, lang)
        return files

    def __getitem__(self, path: str) -> bytes:
        """A file. Raises KeyError, and EngineError."""
        one, lang, format, layout = self._files[path]
        return encode(_result(one, questions.answer(self._site, one.name, lang)), format.name, layout)

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _result(question: Question, body: bytes) -> Any:
    """An answer again, as an engine gives it: rows can be read once only."""
    if question.is_graph:
        return [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)]
    return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
