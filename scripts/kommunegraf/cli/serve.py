"""`kommunegraf serve`: pages, data, SPARQL and questions over HTTP."""

import logging
import signal
import sys
from pathlib import Path
from typing import Any

import click

from kommunegraf import paths
from kommunegraf.cli import base
from kommunegraf.cli.console import WrongCall, graph_file
from kommunegraf.cli.options import PATH, graph_folder, tables_folder


@click.command()
@click.argument("files", nargs=-1, type=PATH, help="RDF files to serve instead of the built graph.")
@click.option("--host", help="Address to listen at. Default: 127.0.0.1.")
@click.option("--port", type=int, help="Port to listen at; 0 picks a free one. Default: 8000.")
@click.option("--public", help="Address under which clients see the server, ending in /.")
@click.option("--endpoint", help="SPARQL endpoint that answers the queries.")
@click.option("--query-seconds", type=float, help="Time limit of a query, in seconds.")
@click.option("--query-megabytes", type=int, help="Memory limit of a query, in MiB, beside the graph.")
@click.option("--previous", type=PATH, help="The site published before: its versions stay, and changes are told.")
@click.option("--watch", is_flag=True, help="Reload the files when they change.")
@click.option("--quiet", is_flag=True, help="No access log.")
@graph_folder
@tables_folder
def serve(
    files: tuple[Path, ...], previous: Path | None, watch: bool, quiet: bool, graph: Path, data: Path | None, **chosen: Any,
) -> None:
    """Serve the graph, read-only: pages, data, SPARQL, questions.

    Every setting has an environment variable too, such as KOMMUNEGRAF_QUERY_SECONDS; docs/operating.md lists all.
    SIGHUP reloads the data, SIGTERM stops gracefully.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to reload
    from kommunegraf.cli import serving
    from kommunegraf.server.logs import set_up
    from kommunegraf.server.settings import Settings

    set_up(logging.WARNING if quiet else logging.INFO, sys.stderr)
    settings = Settings.from_environment(**chosen)
    if settings.endpoint and files:
        raise WrongCall("give files to serve or an endpoint, not both")
    base.adopt_any(files)
    own = not files and not settings.endpoint
    tables = data or (paths.root() / "data" if own else None)
    serving.run(settings, list(files) or ([graph_file(graph)] if own else []), own, watch, previous, tables)
