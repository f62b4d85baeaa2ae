"""The verbs of the command, and the help that lists them. It loads no verb and no library, so that it is there at once."""

import textwrap

VERBS = {
    "query": ("query", "Ask the questions of the library, or a query of your own."),
    "match": ("match", "Find whom a kommune could work with."),
    "build": ("build", "Build the graph from the tables and the ontology."),
    "validate": ("validate", "Check tables, resources and rules."),
    "load": ("load", "Bring the graph into a triple store, or the store up to date."),
    "publish": ("publish", "Write the graph as a site for any web host."),
    "serve": ("serve", "Serve the graph, read-only: pages, data, SPARQL, questions."),
    "mcp": ("mcp", "Offer the questions to an assistant (Model Context Protocol)."),
    "template": ("contribute", "Write a form that a kommune fills."),
    "check": ("contribute", "Check filled forms: everything that is to correct, at once."),
    "import": ("contribute_import", "Take filled forms into the tables."),
    "review": ("contribute_import", "List submissions that wait, each with what it changes."),
    "survey": ("contribute_import", "Show the figures of a round of the survey beside those of 2014."),
}
"""Each verb's module in this room, and the first line of its help."""
OPTIONS = {
    "version": "Print the version and exit.",
    "install-completion": "Install completion for the current shell.",
    "show-completion": "Show completion for the current shell, to copy it or customize the installation.",
    "help": "Show this message and exit.",
}
"""The options that stand before a verb."""
ABOUT = (
    "The linked-open-data knowledge graph of Smart City initiatives in kommuner: "
    "build it, check it, ask it, and find whom to work with."
)


def overview() -> str:
    """The help of the command: how it is called, what it is for, its options and its verbs."""
    parts = {
        "Options": {f"--{name}": text for name, text in OPTIONS.items()},
        "Commands": {name: text for name, (_, text) in VERBS.items()},
    }
    about = textwrap.fill(ABOUT, 78, initial_indent="  ", subsequent_indent="  ")
    return "\n\n".join(["Usage: kommunegraf [OPTIONS] COMMAND [ARGS]...", about, *(_listed(head, rows) for head, rows in parts.items())])


def _listed(head: str, rows: dict[str, str]) -> str:
    """Rows under a head, in two columns."""
    width = max(map(len, rows)) + 2
    indent = " " * (width + 2)
    return "\n".join([f"{head}:", *(
        textwrap.fill(text, 78, initial_indent=f"  {name:{width}}", subsequent_indent=indent) for name, text in rows.items()
    )])  # fmt: skip
