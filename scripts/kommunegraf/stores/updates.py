"""SPARQL updates that change statements of one graph, made from the files of `queries/updates/`."""

from collections.abc import Iterable
from functools import cache
from typing import Literal

from kommunegraf import paths

Name = Literal["add", "clear", "remove", "remove-values"]


def text(name: Name, graph: str, statements: Iterable[str] = ()) -> str:
    """The update of that name for a graph.

    `statements` are N-Triples without the full stop, as a parser gave them, so that nothing in them can leave its term.
    """
    return _template(name).replace("%graph%", graph).replace("%statements%", " .\n".join(statements))


@cache
def _template(name: Name) -> str:
    lines = (paths.root() / "queries" / "updates" / f"{name}.ru").read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))
