"""What the options of several verbs share: paths, languages, where the graph is."""

from pathlib import Path

import click

from kommunegraf.languages import LANGUAGES

BUILT = Path("build")
"""The folder of the built graph, unless the user names another."""
PATH = click.Path(path_type=Path)
LANGUAGE = click.Choice(LANGUAGES)

graph_folder = click.option("--graph", type=PATH, default=BUILT, show_default=True, help="Folder that `kommunegraf build` wrote.")
data_folders = click.option("--data", type=PATH, multiple=True, help="Folder of tables, in place of our own; may be given more than once.")
tables_folder = click.option("--data", type=PATH, help="Folder of the tables that the graph was built from.")
ontology_folder = click.option("--ontology", type=PATH, help="Folder of Turtle files that go before our own of the same name.")
endpoint_url = click.option("--endpoint", default="", help="Ask this SPARQL endpoint instead of the built graph.")
