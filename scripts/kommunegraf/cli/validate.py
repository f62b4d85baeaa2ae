"""`kommunegraf validate`: what is wrong with tables, resources and rules."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from kommunegraf import paths
from kommunegraf.cli import base
from kommunegraf.cli.console import WrongCall, progress, write
from kommunegraf.cli.options import LANGUAGE, PATH, data_folders, ontology_folder
from kommunegraf.languages import Language

if TYPE_CHECKING:
    from kommunegraf.findings import Finding

Engine = Literal["fast", "pyshacl"]


@click.command()
@click.argument("path", nargs=-1, type=PATH, help="Folders of tables, or RDF files; the project's tables by default.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "turtle"]), default="text", show_default=True, help="How to print the findings.",
)
@click.option("--lang", type=LANGUAGE, default="en", show_default=True, help="Language of messages.")
@click.option("--endpoint", default="", help="Check what a triple store at this SPARQL endpoint holds.")
@click.option(
    "--engine", type=click.Choice(["fast", "pyshacl"]), default="fast", show_default=True,
    help="What checks the shapes first, or pyshacl alone.",
)
@click.option("--profile", type=click.Choice(["matching"]), help="Check RDF files, of any namespace, for one use of them.")
@data_folders
@ontology_folder
def validate(
    path: tuple[Path, ...], form: str, lang: Language, endpoint: str, engine: Engine, profile: Literal["matching"] | None,
    data: tuple[Path, ...], ontology: Path | None,
) -> None:
    """Check tables, resources and rules.

    Tables as CSVW, resources with SHACL, rules across resources with verify queries. Exit code 1 when something is violated.
    """
    from kommunegraf.findings import as_text
    from kommunegraf.graph import validate as checks

    base.adopt_any(path)
    folders = paths.Folders.of(data, ontology)
    if profile and (endpoint or not path):
        raise WrongCall("--profile matching checks RDF files: name them, without --endpoint")
    with progress("Checking tables, shapes and rules"):
        if profile:
            findings = checks.profile(list(path), paths.root(), profile, lang, engine)
        elif endpoint:
            findings = _stored(endpoint, folders, lang, engine)
        else:
            findings = checks.check(list(path), folders, lang, engine)
    if form == "json":
        text = json.dumps([f.as_dict() for f in findings], ensure_ascii=False, indent=1)
        write(f"{text}\n".encode("utf-8", "surrogateescape"))  # as which Python holds names of files that its locale cannot read
    elif form == "turtle":
        from kommunegraf.graph import report  # with rdflib

        write(report.turtle(findings).encode("utf-8", "surrogateescape"))
    else:
        print(as_text(findings))
    if any(f.severity == "violation" for f in findings):
        raise SystemExit(1)


def _stored(endpoint: str, folders: paths.Folders, lang: Language, engine: Engine) -> "list[Finding]":
    """Findings about the graphs that a store holds: shapes and rules, without tables."""
    from kommunegraf.graph import validate as checks
    from kommunegraf.stores.snapshot import snapshot

    return checks.graph(snapshot(endpoint)[0], folders, lang, engine)
