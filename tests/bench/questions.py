"""What each question costs on every engine, measured in one run. Called by `scripts/bench`.

Times are wall milliseconds, medians of five (rdflib: one). `direct` is pyoxigraph alone, rows read; `ask` is the same
through `kommunegraf.questions.ask`; `HTTP` is SPARQLWrapper against the Oxigraph server on this machine.
"""

import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rdflib
from rich.console import Console
from rich.table import Table

from kommunegraf import paths
from kommunegraf.graph import build
from kommunegraf.questions import ask
from kommunegraf.questions.question import Question
from kommunegraf.rdf.engines import Embedded, Endpoint, Engine, Rdflib
from tests.helpers.oxigraph import serving


def milliseconds(work: Callable[[], object], repeat: int = 5) -> float:
    """The median wall time of some work."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def direct(store: Embedded, question: Question) -> object:
    """The answer of pyoxigraph alone."""
    result: Any = store.store.query(question.text, use_default_graph_as_union=True)
    return list(result)


def asked(engine: Engine, question: Question) -> object:
    """The answer through `kommunegraf.questions.ask`."""
    answer = ask.ask(engine, question)
    return answer.result if answer.is_graph else answer.rows()


def main() -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")
    table = Table("question", "direct", "queries", "+ ms", "rdflib", "/ direct", "HTTP", "/ direct", title="Questions, ms")
    with tempfile.TemporaryDirectory(prefix="kommunegraf-bench-") as name:
        folder = Path(name)
        nquads, _ = build.write(build.build(paths.root() / "ontology", paths.root() / "data"), folder)
        embedded, graph = Embedded.open(nquads), rdflib.Dataset(default_union=True)
        graph.parse(nquads, format="nquads")
        with serving(nquads, folder / "store") as url:
            for question in ask.folder().values():
                alone = milliseconds(lambda: direct(embedded, question))  # noqa: B023
                ours = milliseconds(lambda: asked(embedded, question))  # noqa: B023
                other = milliseconds(lambda: asked(Rdflib(graph), question), repeat=1)  # noqa: B023
                remote = milliseconds(lambda: asked(Endpoint(url), question))  # noqa: B023
                row = (alone, ours, ours - alone, other, other / alone, remote, remote / alone)
                table.add_row(question.name, *(f"{figure:,.1f}" for figure in row))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
