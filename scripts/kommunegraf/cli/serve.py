"""`kommunegraf serve`: pages, data, SPARQL and questions over HTTP."""

import logging
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kommunegraf.cli.console import BUILT, GraphFolder, WrongCall, clear_errors, graph_file


def serve(
    files: Annotated[list[Path] | None, typer.Argument(help="RDF files to serve instead of the built graph.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen at. Default: 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen at; 0 picks a free one. Default: 8000.")] = None,
    public: Annotated[str | None, typer.Option(help="Address under which clients see the server, ending in /.")] = None,
    endpoint: Annotated[str | None, typer.Option(help="SPARQL endpoint that answers the queries.")] = None,
    query_seconds: Annotated[float | None, typer.Option(help="Time limit of a query, in seconds.")] = None,
    query_megabytes: Annotated[int | None, typer.Option(help="Memory limit of a query, in MiB, beside the graph.")] = None,
    previous: Annotated[Path | None, typer.Option(help="The site published before: its versions stay, and changes are told.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Reload the files when they change.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No access log.")] = False,
    graph: GraphFolder = BUILT,
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
    given: dict[str, Any] = {"host": host, "port": port, "public": public, "endpoint": endpoint,
                             "query_seconds": query_seconds, "query_megabytes": query_megabytes}
    with clear_errors():
        settings = Settings.from_environment(**given)
        if settings.endpoint and files:
            raise WrongCall("give files to serve or an endpoint, not both")
        own = not files and not settings.endpoint
        serving.run(settings, files or ([graph_file(graph)] if own else []), own, watch, previous)
