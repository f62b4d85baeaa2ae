"""The command `kommunegraf`: its verbs."""

import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kommunegraf import __version__, paths
from kommunegraf.cli import contribute, contribute_import, load, match, mcp, publish, query, serve
from kommunegraf.cli.console import (
    BUILT,
    Language,
    WrongCall,
    clear_errors,
    let_texts_fall_back,
    print_answer,
    progress,
    write,
)

if TYPE_CHECKING:
    from kommunegraf.findings import Finding
    from kommunegraf.graph.build import Dataset

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, help=(
    "The linked-open-data knowledge graph of Smart City initiatives in Denmark's 98 kommuner: "
    "build it, check it, ask it, and find whom to work with."
))
app.add_typer(query.app, name="query")
app.command()(match.match)
app.command()(load.load)
app.command()(mcp.mcp)
app.command()(publish.publish)
app.command()(serve.serve)
app.command()(contribute.template)
app.command()(contribute.check)
app.command("import")(contribute_import.import_)
app.command()(contribute_import.review)
app.command()(contribute_import.survey)


def main() -> None:
    """Run the command."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:  # as it was while modules were imported
        signal.signal(signal.SIGINT, signal.default_int_handler)
    let_texts_fall_back()
    code = 0
    try:
        with clear_errors():
            code = _run()
    except typer.Exit as end:
        code = end.exit_code
    sys.exit(code)


def _run() -> int:
    """The exit code of the verb. What it has printed may still wait for `clear_errors` to write it."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


@app.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        print(f"kommunegraf {__version__}")
        raise typer.Exit


@app.command()
def build(output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")] = BUILT) -> None:
    """Build the graph from the tables and the ontology."""
    from kommunegraf.graph import build as builder
    from kommunegraf.rdf import compiled

    with clear_errors():
        root = paths.root()
        with progress("Reading tables"):
            dataset = builder.build(root / "ontology", root / "data")
        with progress("Writing the graph"):
            files = builder.write(dataset, output)
            compiled.write(files[0])
        _print_contents(dataset)
        print("Wrote " + " and ".join(str(f) for f in files))


@app.command()
def validate(
    path: Annotated[list[Path] | None, typer.Argument(help="A folder of tables, or RDF files; the project's own by default.")] = None,
    form: Annotated[Literal["text", "json", "turtle"], typer.Option("--format", help="How to print the findings.")] = "text",
    lang: Annotated[Language, typer.Option(help="Language of messages.")] = "en",
    endpoint: Annotated[str, typer.Option(help="Check what a triple store at this SPARQL endpoint holds.")] = "",
    engine: Annotated[Literal["fast", "pyshacl"], typer.Option(help="What checks the shapes first, or pyshacl alone.")] = "fast",
    profile: Annotated[Literal["matching"] | None, typer.Option(help="Check RDF files, of any namespace, for one use of them.")] = None,
) -> None:
    """Check tables, resources and rules.

    Tables as CSVW, resources with SHACL, rules across resources with verify queries. Exit code 1 when something is violated.
    """
    from kommunegraf.findings import as_text
    from kommunegraf.graph import validate as checks

    with clear_errors():
        root = paths.root()
        if profile and (endpoint or not path):
            raise WrongCall("--profile matching checks RDF files: name them, without --endpoint")
        with progress("Checking tables, shapes and rules"):
            if profile and path:
                findings = checks.profile(path, root, profile, lang, engine)
            elif endpoint:
                findings = _stored(endpoint, root, lang, engine)
            else:
                findings = checks.check(path or [root / "data"], root, lang, engine)
    if form == "json":
        text = json.dumps([f.as_dict() for f in findings], ensure_ascii=False, indent=1)
        write(f"{text}\n".encode("utf-8", "surrogateescape"))  # as which Python holds names of files that its locale cannot read
    elif form == "turtle":
        write(checks.turtle(findings).encode("utf-8", "surrogateescape"))
    else:
        print(as_text(findings))
    if any(f.severity == "violation" for f in findings):
        raise typer.Exit(1)


def _stored(endpoint: str, root: Path, lang: Language, engine: Literal["fast", "pyshacl"]) -> "list[Finding]":
    """Findings about the graphs that a store holds: shapes and rules, without tables."""
    from kommunegraf.graph import validate as checks
    from kommunegraf.stores.snapshot import snapshot

    return checks.graph(snapshot(endpoint)[0], root, lang, engine)


def _print_contents(dataset: "Dataset") -> None:
    from kommunegraf.questions import ask
    from kommunegraf.rdf.engines import Embedded

    engine, sizes = Embedded(dataset.outline()), dataset.sizes()
    graphs = ask.run(engine, "graphs", lang="en")
    print_answer(graphs, "en", [{**row, "triples": sizes[row["graph"]]} for row in graphs.rows()])
    print_answer(ask.run(engine, "contents", lang="en"), "en")
