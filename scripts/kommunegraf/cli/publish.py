"""`kommunegraf publish`: the graph as a site for any web host."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kommunegraf.cli.console import WrongCall, graph_file
from kommunegraf.cli.options import PATH, graph_folder, tables_folder
from kommunegraf.namespaces import BASE

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kommunegraf.publish.documents import Documents


@click.command()
@click.option("--output", "-o", type=PATH, default=Path("site"), show_default=True, help="Folder to write to.")
@graph_folder
@click.option("--endpoint", default="", help="Publish what a triple store at this SPARQL endpoint holds; the tables are left out.")
@click.option("--previous", type=PATH, help="The site published before: its versions stay, and changes are told.")
@click.option("--address", default=BASE, show_default=True, help="Where the site will stand, for sitemap and host rules.")
@click.option("--sparql", default="", help="The address of a SPARQL endpoint for the same data, for the catalogue.")
@tables_folder
def publish(output: Path, graph: Path, endpoint: str, previous: Path | None, address: str, sparql: str, data: Path | None) -> None:
    """Write the graph as a site for any web host.

    Pages, data, dumps, catalogue, and rules for web hosts.
    """
    from kommunegraf import paths
    from kommunegraf.findings import as_text
    from kommunegraf.publish import write as publisher
    from kommunegraf.publish.inputs import Inputs

    def documents() -> "Documents":
        from kommunegraf.publish.documents import Documents, release
        from kommunegraf.rdf.engines import Embedded

        store = Embedded.open(file).store if file else _stored(endpoint)
        return Documents(store, release(store), tables_of(store, data) if file else None, address, sparql, previous)

    file = None if endpoint else graph_file(graph)
    with bar("Writing the site") as step:
        if file:
            made_of = Inputs(file, data or paths.root() / "data", previous, (address, sparql))
            done = publisher.renew(made_of, documents, output, step)
        else:  # what an endpoint holds is read anew each time
            done = publisher.publish(documents(), output, step)
    if done.findings:
        print(as_text(done.findings), file=sys.stderr)
    print(f"{done.files} files in {output}: {done.written} written, {done.removed} removed")
    if any(finding.severity == "violation" for finding in done.findings):
        raise SystemExit(1)


def tables_of(store: "ox.Store", data: Path | None) -> Path | None:
    """The folder of the tables of a graph: the one that is named, else the project's own; None where those are of another register.

    Raises WrongCall where the folder that is named does not fit.
    """
    from kommunegraf import paths
    from kommunegraf.publish.documents import fitting

    tables = fitting(store, data or paths.root() / "data")
    if tables:
        return tables
    if data:
        raise WrongCall(f"the tables in {data} have other kommuner than the graph; name the folder that it was built from")
    print("kommunegraf: the graph was not built from our own tables; name its own with --data to have them and the forms", file=sys.stderr)
    return None


def _stored(endpoint: str) -> "ox.Store":
    """What a triple store holds. Its client needs httpx, which publishing a file does not."""
    from kommunegraf.stores.snapshot import snapshot

    return snapshot(endpoint)[0]


@contextmanager
def bar(text: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal; nothing when standard error is piped."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(text, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total) if done % 50 == 0 else None
