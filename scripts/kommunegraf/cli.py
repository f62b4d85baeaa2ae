"""The command `kommunegraf`: the only place that reads arguments, prints and exits."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from kommunegraf import __version__, paths

if TYPE_CHECKING:
    from kommunegraf.engines import Engine
    from kommunegraf.queries import Answer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, help=(
    "The linked-open-data knowledge graph of Smart City initiatives in Denmark's 98 kommuner: "
    "build it, check it, ask it, and find whom to work with."
))
query_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Ask the questions of the library, or a query of your own.")
app.add_typer(query_app, name="query")

BUILT = Path("build")
Language = Literal["da", "en"]
AnswerFormat = Literal["table", "csv", "tsv", "json", "xml", "turtle", "ntriples", "jsonld", "rdfxml"]
GraphFolder = Annotated[Path, typer.Option("--graph", help="Folder that `kommunegraf build` wrote.")]
EndpointUrl = Annotated[str, typer.Option("--endpoint", help="Ask this SPARQL endpoint instead of the built graph.")]


def main() -> None:
    """Run the command."""
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Turn what the user gave wrong into a message on standard error and exit code 1."""
    from kommunegraf.findings import BadInput, as_text

    try:
        yield
    except BadInput as error:
        _fail(as_text(error.findings))
    except OSError as error:
        _fail(f"kommunegraf: {error.filename or 'file'}: {error.strerror or error}")
    except (ValueError, SyntaxError, RuntimeError) as error:
        _fail(f"kommunegraf: {error}")


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)


@app.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        print(f"kommunegraf {__version__}")
        raise typer.Exit


@app.command()
def build(output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")] = BUILT) -> None:
    """Build the graph from the tables and the ontology."""
    from kommunegraf import build as builder

    with _clear_errors():
        root = paths.root()
        with _progress("Reading tables"):
            dataset = builder.build(root / "ontology", root / "data")
        with _progress("Writing the graph"):
            files = builder.write(dataset, output)
        _print_contents(output)
        print("Wrote " + " and ".join(str(f) for f in files))


@app.command()
def validate(
    path: Annotated[list[Path] | None, typer.Argument(help="A folder of tables, or RDF files; the project's own by default.")] = None,
    form: Annotated[Literal["text", "json", "turtle"], typer.Option("--format", help="How to print the findings.")] = "text",
    lang: Annotated[Language, typer.Option(help="Language of messages.")] = "en",
) -> None:
    """Check tables, resources and rules.

    Tables as CSVW, resources with SHACL, rules across resources with verify queries. Exit code 1 when something is violated.
    """
    from kommunegraf import validate as checks
    from kommunegraf.findings import as_text

    with _clear_errors():
        root = paths.root()
        with _progress("Checking tables, shapes and rules"):
            findings = checks.check(path or [root / "data"], root, lang)
    if form == "json":
        print(json.dumps([f.as_dict() for f in findings], ensure_ascii=False, indent=1))
    elif form == "turtle":
        print(checks.turtle(findings))
    else:
        print(as_text(findings))
    if any(f.severity == "violation" for f in findings):
        raise typer.Exit(1)


@query_app.command("list")
def query_list(
    words: Annotated[list[str] | None, typer.Argument(help="Only questions in which all these words stand.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of titles.")] = "en",
) -> None:
    """The questions of the library, by group."""
    from kommunegraf import queries

    with _clear_errors():
        found = [q for q in queries.folder().values() if all(w.casefold() in q.text.casefold() for w in words or [])]
    rows = [(q.group, q.name, q.title[lang]) for q in sorted(found, key=lambda q: (q.group, q.name))]
    _print_table(["Group", "Name", "Question"], rows)


@query_app.command("show")
def query_show(name: str, lang: Annotated[Language, typer.Option(help="Language of the text.")] = "en") -> None:
    """What a question asks, takes and answers, with an example call and its SPARQL."""
    from kommunegraf import queries

    with _clear_errors():
        question = queries.find(name)
    print(f"{question.title[lang]}\n\n{question.description[lang].strip()}\n")
    parameters = [(p.name, p.type, p.label[lang], question.default(p.name)) for p in question.parameters.values()]
    _print_table(["Parameter", "Kind", "Meaning", "Default"], parameters)
    _print_table(["Column", "Meaning", "Unit"], [(c, m[lang], m.get("unit", "")) for c, m in question.columns.items()])
    example = "".join(f" --param {p.name}={_plain_default(question.default(p.name))}" for p in question.parameters.values())
    print(f"Example: kommunegraf query run {name}{example}\n\n{question.text}")


@query_app.command("run")
def query_run(
    name: Annotated[str | None, typer.Argument(help="A question of the library.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="A file with a query of your own.")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="NAME=VALUE, as often as needed.")] = None,
    lang: Annotated[Language | None, typer.Option(help="Language of labels, where the question has them.")] = None,
    form: Annotated[AnswerFormat, typer.Option("--format", help="The last four are for graphs.")] = "table",
    endpoint: EndpointUrl = "",
    graph: GraphFolder = BUILT,
) -> None:
    """Answer a question."""
    from kommunegraf import formats, queries, questions

    with _clear_errors():
        if (name is None) == (file is None):
            raise ValueError("give the name of a question, or --file with a query of your own")
        question = questions.own(file) if file else queries.find(name or "")
        arguments = _arguments(param or [])
        if lang and "lang" in question.parameters:
            arguments.setdefault("lang", lang)
        answer = queries.ask(_engine(endpoint, graph), question, **arguments)
        if form == "table" and not answer.is_graph:
            _print_answer(answer, lang or "da")
        else:
            sys.stdout.write(formats.encode(answer.result, "turtle" if form == "table" else form).decode("utf-8"))


@app.command()
def match(
    municipality: Annotated[str, typer.Argument(help="A kommune by name or code, such as Kalundborg, Århus or 0751.")],
    lang: Annotated[Language, typer.Option(help="Language of labels.")] = "en",
    low: Annotated[bool, typer.Option("--low", help="Let evidence of low confidence count too.")] = False,
    most: Annotated[int, typer.Option(help="How many kommuner to list.", min=1)] = 5,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to print the match.")] = "text",
    endpoint: EndpointUrl = "",
    graph: GraphFolder = BUILT,
) -> None:
    """Find whom a kommune could work with.

    Who shares its initiatives, who has what it plans, and what its neighbours have, with the evidence.
    """
    from kommunegraf import match as matching
    from kommunegraf import queries

    with _clear_errors():
        engine = _engine(endpoint, graph)
        iri = queries.names(engine, "municipality").resolve(municipality)
        found = matching.match(engine, iri, lang, low)
    if form == "json":
        print(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    else:
        print(matching.as_text(found, lang, most))


def _engine(endpoint: str, folder: Path) -> "Engine":
    from kommunegraf import engines

    if endpoint:
        return engines.Endpoint(endpoint)
    path = folder / "kommunegraf.nq"
    if not path.is_file():
        raise ValueError(f"there is no graph in {folder}/; run 'kommunegraf build' first, or name its folder with --graph")
    return engines.Embedded.open(path)


def _arguments(given: list[str]) -> dict[str, str]:
    wrong = [text for text in given if "=" not in text]
    if wrong:
        raise ValueError(f"--param {wrong[0]!r} is not NAME=VALUE")
    return dict(text.split("=", 1) for text in given)


def _plain_default(term: str) -> str:
    return term.strip('<>"').rsplit("/", 1)[-1]


@contextmanager
def _progress(text: str) -> Iterator[None]:
    """A moving line on a terminal; nothing when standard error is piped."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def _print_table(header: list[str], rows: list[tuple[Any, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*header, header_style="bold", show_edge=False, pad_edge=False, box=None, padding=(0, 3, 0, 0))
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console = Console()
    if not console.is_terminal:
        console.width = 200
    console.print(table)
    console.print()


def _print_contents(folder: Path) -> None:
    from kommunegraf import queries

    engine = _engine("", folder)
    for name in ("graphs", "contents"):
        _print_answer(queries.run(engine, name, lang="en"), "en")


def _print_answer(answer: "Answer", lang: Language) -> None:
    """The rows as a table. An IRI column whose label stands beside it is left out."""
    rows = answer.rows()
    shown = [c for c in answer.columns if f"{c}Label" not in answer.columns]
    heads = [answer.question.columns.get(c, {}).get(lang, c) for c in shown]
    _print_table(heads, [tuple(row[c] for c in shown) for row in rows])
    if not rows:
        print("No rows.")
