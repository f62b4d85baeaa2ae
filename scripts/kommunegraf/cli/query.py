"""`kommunegraf query`: ask the questions of the library, or a query of your own."""

import shlex
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kommunegraf.cli.console import (
    BUILT,
    EndpointUrl,
    GraphFolder,
    Language,
    WrongCall,
    clear_errors,
    open_engine,
    print_answer,
    print_table,
    write,
)
from kommunegraf.rdf import formats

if TYPE_CHECKING:
    from kommunegraf.questions.question import Parameter

TABLE = "table"
"""The form of rows that people read on a screen."""
FORMS = [TABLE, *(format.name for format in (*formats.TABLES, *formats.GRAPHS))]
AnswerFormat = StrEnum("AnswerFormat", {name: name for name in FORMS})  # type: ignore[misc]
_TABLE = AnswerFormat(TABLE)

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Ask the questions of the library, or a query of your own.")


@app.command("list")
def list_(
    words: Annotated[list[str] | None, typer.Argument(help="Only questions in which all these words stand.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of titles.")] = "en",
) -> None:
    """The questions of the library, by group."""
    from kommunegraf.questions import ask as queries

    with clear_errors():
        matches = [q for q in queries.folder().values() if all(w.casefold() in q.text.casefold() for w in words or [])]
    rows = [(q.group, q.name, q.title[lang]) for q in sorted(matches, key=lambda q: (q.group, q.name))]
    print_table(["Group", "Name", "Question"], rows)


@app.command("show")
def show(name: str, lang: Annotated[Language, typer.Option(help="Language of the text.")] = "en") -> None:
    """What a question asks, takes and answers, with an example call and its SPARQL."""
    from kommunegraf.questions import ask as queries

    with clear_errors():
        question = queries.find(name)
    print(f"{question.title[lang]}\n\n{question.description[lang].strip()}\n")
    parameters = [(p.name, p.type, p.label[lang], question.default(p.name)) for p in question.parameters.values()]
    print_table(["Parameter", "Kind", "Meaning", "Default"], parameters)
    print_table(["Column", "Meaning", "Unit"], [(c, m[lang], m.get("unit", "")) for c, m in question.columns.items()])
    example = "".join(f" --param {p.name}={_example(p, question.default(p.name))}" for p in question.parameters.values())
    print(f"Example: kommunegraf query run {name}{example}\n\n{question.text}")


@app.command("run")
def run(
    name: Annotated[str | None, typer.Argument(help="A question of the library.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="A file with a query of your own.")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="NAME=VALUE, as often as needed.")] = None,
    lang: Annotated[Language | None, typer.Option(help="Language of labels, where the question has them.")] = None,
    form: Annotated[AnswerFormat, typer.Option("--format", help="The last six are for graphs.")] = _TABLE,
    bom: Annotated[bool, typer.Option("--bom", help="CSV for Excel: put the mark of UTF-8 first.")] = False,
    separator: Annotated[Literal["comma", "semicolon"], typer.Option(help="CSV for Danish Excel: semicolon.")] = "comma",
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many rows.")] = None,
    offset: Annotated[int, typer.Option(min=0, help="Leave out so many rows first.")] = 0,
    endpoint: EndpointUrl = "",
    graph: GraphFolder = BUILT,
) -> None:
    """Answer a question."""
    from kommunegraf.questions import ask as queries
    from kommunegraf.questions import question as questions
    from kommunegraf.rdf.encode import Layout, encode

    with clear_errors():
        if (name is None) == (file is None):
            raise WrongCall("give the name of a question, or --file with a query of your own")
        question = questions.own(file) if file else queries.find(name or "")
        layout = Layout(bom, separator == "semicolon")
        if layout != Layout() and form != formats.CSV.name:
            raise WrongCall("--bom and --separator go with --format csv")
        arguments = _arguments(param or [])
        if lang and "lang" in question.parameters:
            arguments.setdefault("lang", lang)
        answer = queries.ask(open_engine(endpoint, graph, library=file is None), question.page(limit, offset), **arguments)
        if form == TABLE and not answer.is_graph:
            print_answer(answer, lang or "da")
        else:
            write(encode(answer.result, "turtle" if form == TABLE else form.value, layout))


def _arguments(given: list[str]) -> dict[str, str]:
    wrong = [text for text in given if "=" not in text]
    if wrong:
        raise WrongCall(f"--param {wrong[0]!r} is not NAME=VALUE")
    names = [text.split("=", 1)[0] for text in given]
    if len(set(names)) < len(names):
        raise WrongCall("a parameter is given twice: " + ", ".join(sorted({n for n in names if names.count(n) > 1})))
    return dict(text.split("=", 1) for text in given)


def _example(parameter: "Parameter", default: str) -> str:
    value = default.strip('<>"')
    return shlex.quote(value if parameter.is_value else value.rsplit("/", 1)[-1])
