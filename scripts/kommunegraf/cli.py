"""The command `kommunegraf`: its verbs."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from kommunegraf import __version__, cli_query, paths
from kommunegraf.screen import BUILT, EndpointUrl, GraphFolder, Language, clear_errors, open_engine, print_answer, progress

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, help=(
    "The linked-open-data knowledge graph of Smart City initiatives in Denmark's 98 kommuner: "
    "build it, check it, ask it, and find whom to work with."
))
app.add_typer(cli_query.app, name="query")


def main() -> None:
    """Run the command."""
    try:
        app()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)


@app.callback(invoke_without_command=True)
def _options(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        print(f"kommunegraf {__version__}")
        raise typer.Exit


@app.command()
def build(output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to.")] = BUILT) -> None:
    """Build the graph from the tables and the ontology."""
    from kommunegraf import build as builder

    with clear_errors():
        root = paths.root()
        with progress("Reading tables"):
            dataset = builder.build(root / "ontology", root / "data")
        with progress("Writing the graph"):
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

    with clear_errors():
        root = paths.root()
        with progress("Checking tables, shapes and rules"):
            findings = checks.check(path or [root / "data"], root, lang)
    if form == "json":
        print(json.dumps([f.as_dict() for f in findings], ensure_ascii=False, indent=1))
    elif form == "turtle":
        print(checks.turtle(findings))
    else:
        print(as_text(findings))
    if any(f.severity == "violation" for f in findings):
        raise typer.Exit(1)


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

    with clear_errors():
        engine = open_engine(endpoint, graph)
        iri = queries.names(engine, "municipality").resolve(municipality)
        found = matching.match(engine, iri, lang, low)
    if form == "json":
        print(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    else:
        print(matching.as_text(found, lang, most))


def _print_contents(folder: Path) -> None:
    from kommunegraf import queries

    engine = open_engine("", folder)
    for name in ("graphs", "contents"):
        print_answer(queries.run(engine, name, lang="en"), "en")
