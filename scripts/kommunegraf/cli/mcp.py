"""`kommunegraf mcp`: the questions, documents and opportunities for an assistant, over standard input and output."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kommunegraf.cli import base
from kommunegraf.cli.console import WrongCall, graph_file
from kommunegraf.cli.options import PATH, graph_folder

if TYPE_CHECKING:
    from kommunegraf.server.context import Context


@click.command()
@click.argument("files", nargs=-1, type=PATH, help="RDF files to ask instead of the built graph.")
@click.option("--endpoint", help="SPARQL endpoint that answers the queries.")
@graph_folder
def mcp(files: tuple[Path, ...], endpoint: str | None, graph: Path) -> None:
    """Offer the questions to an assistant (Model Context Protocol).

    They are asked over standard input and output. An assistant starts this command by itself; docs/assistants.md says how. The limits
    are those of `serve`.
    """
    from kommunegraf.server.logs import set_up
    from kommunegraf.server.serve import run
    from kommunegraf.server.settings import Settings

    set_up(logging.WARNING, sys.stderr)
    settings = Settings.from_environment(endpoint=endpoint)
    if settings.endpoint and files:
        raise WrongCall("give files to ask or an endpoint, not both")
    base.adopt_any(files)
    from kommunegraf.server.context import Context

    run(_offer(Context(settings, list(files) or ([] if settings.endpoint else [graph_file(graph)]))))


async def _offer(context: "Context") -> None:
    """Load the data, and answer until the assistant closes the input."""
    from kommunegraf.server.assistants.service import Assistants

    try:
        await context.open()
        await Assistants(context).over_pipes()
    finally:
        await context.close()
