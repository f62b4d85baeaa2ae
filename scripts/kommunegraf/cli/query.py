"""`kommunegraf query`: ask the questions of the library, or a query of your own."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kommunegraf.cli.console import WrongCall, open_engine, print_answer, print_table, write
from kommunegraf.cli.options import LANGUAGE, PATH, endpoint_url, graph_folder
from kommunegraf.languages import Language
from kommunegraf.rdf import formats

if TYPE_CHECKING:
    from kommunegraf.questions.question import Parameter

TABLE = "table"
"""The form of rows that people read on a screen."""
FORMS = [TABLE, *(format.name for format in (*formats.TABLES, *formats.GRAPHS))]


@click.group()
def query() -> None:
    """Ask the questions of the library, or a query of your own."""


@query.command("list")
@click.argument("words", nargs=-1, help="Only questions in which all these words stand.")
@click.option("--lang", type=LANGUAGE, default="en", show_default=True, help="Language of titles.")
def list_(words: tuple[str, ...], lang: Language) -> None:
    """The questions of the library, by group."""
    from kommunegraf.questions import ask as queries

    matches = [q for q in queries.folder().values() if all(w.casefold() in q.text.casefold() for w in words)]
    rows = [(q.group, q.name, q.title[lang]) for q in sorted(matches, key=lambda q: (q.group, q.name))]
    print_table(["Group", "Name", "Question"], rows)


@query.command()
@click.argument("name", help="A question of the library.")
@click.option("--lang", type=LANGUAGE, default="en", show_default=True, help="Language of the text.")
def show(name: str, lang: Language) -> None:
    """What a question asks, takes and answers.

    With an example call and its SPARQL.
    """
    from kommunegraf.questions import ask as queries

    question = queries.find(name)
    print(f"{question.title[lang]}\n\n{question.description[lang].strip()}\n")
    parameters = [(p.name, p.type, p.label[lang], question.default(p.name)) for p in question.parameters.values()]
    print_table(["Parameter", "Kind", "Meaning", "Default"], parameters)
    print_table(["Column", "Meaning", "Unit"], [(c, m[lang], m.get("unit", "")) for c, m in question.columns.items()])
    example = "".join(f" --param {p.name}={_example(p, question.default(p.name))}" for p in question.parameters.values())
    print(f"Example: kommunegraf query run {name}{example}\n\n{question.text}")


@query.command()
@click.argument("name", required=False, help="A question of the library.")
@click.option("--file", "-f", type=PATH, help="A file with a query of your own.")
@click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help="A parameter of the question, as often as needed.")
@click.option("--lang", type=LANGUAGE, help="Language of labels, where the question has them.")
@click.option("--format", "form", type=click.Choice(FORMS), default=TABLE, show_default=True, help="The last six are for graphs.")
@click.option("--bom", is_flag=True, help="CSV for Excel: put the mark of UTF-8 first.")
@click.option(
    "--separator", type=click.Choice(["comma", "semicolon"]), default="comma", show_default=True, help="CSV for Danish Excel: semicolon.",
)
@click.option("--limit", type=click.IntRange(min=0), help="At most so many rows.")
@click.option("--offset", type=click.IntRange(min=0), default=0, show_default=True, help="Leave out so many rows first.")
@endpoint_url
@graph_folder
def run(
    name: str | None, file: Path | None, params: tuple[str, ...], lang: Language | None, form: str, bom: bool, separator: str,
    limit: int | None, offset: int, endpoint: str, graph: Path,
) -> None:
    """Answer a question."""
    from kommunegraf.questions import ask as queries
    from kommunegraf.questions import question as questions
    from kommunegraf.rdf.encode import Layout, encode

    if (name is None) == (file is None):
        raise WrongCall("give the name of a question, or --file with a query of your own")
    if name and name.endswith(".rq"):
        raise WrongCall(f"{name} is the name of a file; give it with --file")
    question = questions.own(file) if file else queries.find(name or "")
    layout = Layout(bom, separator == "semicolon")
    if layout != Layout() and form != formats.CSV.name:
        raise WrongCall("--bom and --separator go with --format csv")
    arguments = _arguments(params)
    if lang and "lang" in question.parameters:
        arguments.setdefault("lang", lang)
    answer = queries.ask(open_engine(endpoint, graph, library=file is None), question.page(limit, offset), **arguments)
    if form == TABLE and not answer.is_graph:
        print_answer(answer, lang or "da")
    else:
        write(encode(answer.result, "turtle" if form == TABLE else form, layout))


def _arguments(params: tuple[str, ...]) -> dict[str, str]:
    wrong = [text for text in params if "=" not in text]
    if wrong:
        raise WrongCall(f"--param {wrong[0]!r} is not NAME=VALUE")
    names = [text.split("=", 1)[0] for text in params]
    if len(set(names)) < len(names):
        raise WrongCall("a parameter is given twice: " + ", ".join(sorted({n for n in names if names.count(n) > 1})))
    return dict(text.split("=", 1) for text in params)


def _example(parameter: "Parameter", default: str) -> str:
    value = default.strip('<>"')
    return shlex.quote(value if parameter.is_value else value.rsplit("/", 1)[-1])
