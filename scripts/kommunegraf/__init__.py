"""Kommunegraf: the linked-open-data knowledge graph of Smart City initiatives in kommuner.

What a program needs stands here: open a graph, ask it, match, check, build, publish, serve. Importing this loads nothing heavy; a
function loads what it needs when it is called. What goes wrong for a reason that the caller can do something about is a
KommunegrafError, or an OSError for files.
"""

from kommunegraf.errors import KommunegrafError

TYPE_CHECKING = False  # typing itself takes longer to load than all else here, and until then an interrupt has a traceback
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import networkx
    import rdflib
    from starlette.applications import Starlette

    from kommunegraf.findings import BadInput, Finding
    from kommunegraf.matching.register import Choices
    from kommunegraf.matching.results import Match
    from kommunegraf.publish.documents import Documents
    from kommunegraf.publish.write import Published
    from kommunegraf.questions.ask import Answer
    from kommunegraf.questions.question import Question
    from kommunegraf.rdf.engines import Engine

__version__ = "0.1.0"
__all__ = [
    "open_graph", "library", "ask", "match", "network", "build", "validate", "write_site", "application",
    "Answer", "Question", "Match", "Choices", "Finding", "BadInput", "KommunegrafError",
]
_CLASSES = {
    "Answer": "questions.ask", "Question": "questions.question", "Match": "matching.results", "Choices": "matching.register",
    "Finding": "findings", "BadInput": "findings",
}
"""Where the classes are that the functions take and give; each is loaded when it is first named."""


def __getattr__(name: str) -> "Any":
    if name not in _CLASSES:
        raise AttributeError(f"module 'kommunegraf' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"kommunegraf.{_CLASSES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


def open_graph(source: "str | Path | rdflib.Graph" = "build/kommunegraf.nq", timeout: int = 60) -> "Engine":
    """A graph to ask: an RDF file, a SPARQL 1.1 endpoint by its address, or an rdflib graph that you have.

    A file is loaded into memory; its format is told by its ending. `timeout` is in seconds and for an endpoint. Every engine answers
    from all named graphs together. Raises OSError for a file that cannot be read, and EngineError for one that is not RDF, for an
    endpoint that does not hold the graph, or for an rdflib dataset that hides its named graphs; and OtherBase for a graph with another base
    than this process has.
    """
    from pathlib import Path

    from kommunegraf.questions import ask
    from kommunegraf.rdf import engines

    if isinstance(source, str) and source.startswith(("http://", "https://")):
        from kommunegraf.stores import fit

        endpoint = engines.Endpoint(source, timeout)
        fit.check(endpoint)
        return endpoint
    engine = engines.Embedded.open(source) if isinstance(source, str | Path) else engines.Rdflib(source)
    ask.require_base(engine, str(source) if isinstance(source, str | Path) else "the graph")
    return engine


def library() -> "dict[str, Question]":
    """The questions that have names, with their titles, parameters and columns in Danish and English."""
    from kommunegraf.questions import ask as questions

    return questions.folder()


def ask(graph: "Engine", question: str, /, **arguments: str) -> "Answer":
    """Ask a question of the library by its name.

    Arguments have the names of the question's parameters, in either language; resources are named as people write them: `Århus`,
    `0751`, `open-data`. The answer gives its `rows()` as dicts of Python values, a pandas `frame()`, or its triples as `result`.
    Raises BadArgument with what would be right, and EngineError when the graph cannot be asked.
    """
    from kommunegraf.questions import ask as questions

    return questions.run(graph, question, **arguments)


def match(graph: "Engine", municipality: str, lang: str = "en", choices: "Choices | None" = None) -> "Match":
    """Whom a kommune could work with: what it does with others already, opportunities, neighbours, whom to learn from, alike kommuner.

    The kommune is named as people write it. `choices` says which evidence counts. Every claim in the match carries its evidence.
    Raises UnknownName for a kommune that there is not, and BadArgument when the choices leave no evidence.
    """
    from kommunegraf.matching.matcher import Matcher
    from kommunegraf.questions import ask as questions

    return Matcher.open(graph, lang, choices).match(questions.resolve(graph, "municipality", municipality))


def network(graph: "Engine", lang: str = "en", choices: "Choices | None" = None) -> "networkx.Graph":
    """The network of kommuner and initiatives for networkx: two kinds of node, and an edge for each adoption with its evidence.

    Nodes have a `label` and `bipartite` (0 for kommuner, 1 for initiatives); edges have `status` and `evidence`, the deciding piece
    first. Raises BadArgument when the choices leave no evidence.
    """
    from kommunegraf.matching.matcher import Matcher

    return Matcher.open(graph, lang, choices).graph


def build(output: "str | Path" = "build", *data: "str | Path", ontology: "str | Path | None" = None) -> "Path":
    """Build the graph from the tables and the ontology, write it to a folder, and return the path of its N-Quads file.

    `data` are folders of tables, by default the project's own; `ontology` is a folder of Turtle files that go before the project's own
    of the same name. Equal tables give equal bytes. Raises BadInput, with every finding, and then nothing is written.
    """
    from pathlib import Path

    from kommunegraf import paths
    from kommunegraf.graph import build as builder

    folders = paths.Folders.of(map(Path, data), Path(ontology) if ontology else None)
    return builder.write(builder.statements(folders), Path(output))[0]


def validate(*places: "str | Path", lang: str = "en") -> "list[Finding]":
    """What is wrong with folders of tables or with RDF files; with the project's own tables when none is named.

    Each finding says what is wrong, what would be right, and where. An empty list means that tables, shapes and rules all hold.
    """
    from pathlib import Path

    from kommunegraf import paths
    from kommunegraf.graph import validate as checks

    return checks.check([Path(place) for place in places], paths.Folders.of(), lang)


def write_site(
    graph: "str | Path" = "build/kommunegraf.nq", output: "str | Path" = "site", *, address: str = "", previous: "str | Path | None" = None,
) -> "Published":
    """Write a built graph as a site for any web host: pages, data, dumps, catalogue and host rules.

    `address` is where the site will stand, `previous` the folder of the site published before. The folder `output` is replaced as a
    whole or stays as it was; where nothing has changed that a site is made of, no page is made. Raises BadInput for a graph, a folder or
    an address that cannot be used, OtherBase, and OSError.
    """
    from pathlib import Path

    from kommunegraf import paths
    from kommunegraf.namespaces import BASE
    from kommunegraf.publish import write
    from kommunegraf.publish.inputs import Inputs

    data, before = paths.root() / "data", Path(previous) if previous else None

    def documents() -> "Documents":
        from kommunegraf.publish.documents import Documents, release
        from kommunegraf.questions import ask
        from kommunegraf.rdf.engines import Embedded

        engine = Embedded.open(graph)
        ask.require_base(engine, str(graph))
        return Documents(engine.store, release(engine.store), data, address or BASE, previous=before)

    return write.renew(Inputs(Path(graph), data, before, (address or BASE,)), documents, Path(output))


def application(*files: "str | Path", **settings: "Any") -> "Starlette":
    """The server as an ASGI application: pages, data, SPARQL and questions over some RDF files.

    Settings are those of docs/operating.md by their names in lower case, such as `public="https://example.org/"`. The data is loaded
    when the ASGI server starts the application. Raises BadSetting; at its start BadData.
    """
    from pathlib import Path

    from kommunegraf.server import app

    return app.application([Path(file) for file in files], **settings)
