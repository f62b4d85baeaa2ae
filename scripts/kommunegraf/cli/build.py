"""`kommunegraf build`: the graph from the tables and the ontology."""

from pathlib import Path

import click

from kommunegraf import paths
from kommunegraf.cli import base as bases
from kommunegraf.cli.console import print_answer, progress
from kommunegraf.cli.options import BUILT, PATH, data_folders, ontology_folder


@click.command()
@click.option("--output", "-o", type=PATH, default=BUILT, show_default=True, help="Folder to write to.")
@data_folders
@ontology_folder
@click.option("--base", metavar="IRI", help="What the IRIs of the register begin with. Default: https://w3id.org/kommunegraf/.")
def build(output: Path, data: tuple[Path, ...], ontology: Path | None, base: str | None) -> None:
    """Build the graph from the tables and the ontology."""
    if base is not None:
        bases.choose(base)
    from kommunegraf.graph import build as builder
    from kommunegraf.rdf import compiled

    with progress("Reading tables"):
        lines = builder.statements(paths.Folders.of(data, ontology))
    with progress("Writing the graph"):
        files = builder.write(lines, output)
        compiled.write(files[0])
    _print_contents(files[0])
    print("Wrote " + " and ".join(str(f) for f in files))


def _print_contents(nquads: Path) -> None:
    from kommunegraf.graph.build import outline, sizes
    from kommunegraf.questions import ask
    from kommunegraf.rdf.engines import Embedded

    with nquads.open(encoding="utf-8", newline="\n") as lines:
        counts = sizes(lines)
        lines.seek(0)
        engine = Embedded(outline(lines))
    graphs = ask.run(engine, "graphs", lang="en")
    print_answer(graphs, "en", [{**row, "triples": counts[row["graph"]]} for row in graphs.rows()])
    print_answer(ask.run(engine, "contents", lang="en"), "en")
