"""What the options of several verbs share: paths, languages, where the graph is."""

from pathlib import Path

import click

from kommunegraf.languages import LANGUAGES

BUILT = Path("build")
"""The folder of the built graph, unless the user names another."""
PATH = click.Path(path_type=Path)
LANGUAGE = click.Choice(LANGUAGES)

graph_folder = click.option("--graph", type=PATH, default=BUILT, show_default=True, help="Folder that `kommunegraf build` wrote.")
endpoint_url = click.option("--endpoint", default="", help="Ask this SPARQL endpoint instead of the built graph.")
