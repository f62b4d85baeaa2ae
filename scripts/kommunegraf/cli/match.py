"""`kommunegraf match`: whom a kommune could work with."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kommunegraf.cli.console import BUILT, EndpointUrl, GraphFolder, Language, WrongCall, clear_errors, open_engine, print_table, write

if TYPE_CHECKING:
    from kommunegraf.matching.matcher import Matcher
    from kommunegraf.matching.opportunities import Opportunity
    from kommunegraf.matching.results import Match
    from kommunegraf.rdf.engines import Engine

AnswerName = Literal["already", "opportunities", "neighbours", "learn-from", "alike", "next"]
Form = Literal["text", "csv", "xlsx", "json", "turtle"]

Kommuner = Annotated[
    list[str] | None, typer.Argument(metavar="[KOMMUNE]...", help="A kommune by name or code, such as Kalundborg, Århus or 0751.")
]


def match(
    municipalities: Kommuner = None,
    explain: Annotated[str, typer.Option(metavar="OTHER", help="Tell everything between the kommune and this one.")] = "",
    answer: Annotated[AnswerName | None, typer.Option(help="One answer in full, as a table.")] = None,
    shortlist: Annotated[bool, typer.Option("--opportunities", help="The best opportunities of the country.")] = False,
    region: Annotated[str, typer.Option(help="With --opportunities: those that concern a kommune of this region.")] = "",
    municipality: Annotated[str, typer.Option(help="With --opportunities: those that concern this kommune.")] = "",
    initiative: Annotated[str, typer.Option(help="An initiative, for --opportunities or --answer learn-from.")] = "",
    plan: Annotated[list[str] | None, typer.Option(help="A plan of your own, as 'Sorø: network-for-sensors'; for this run alone.")] = None,
    with_: Annotated[Path | None, typer.Option("--with", help="A CSV file of such plans: municipality,initiative,year.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Match all kommuner and write everything to --output.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder to write to; for xlsx the file.")] = None,
    confidence: Annotated[Literal["low", "medium", "high"], typer.Option(help="The least confidence of evidence that counts.")] = "medium",
    broad: Annotated[int | None, typer.Option(help="Leave out sources that name more kommuner than this for one initiative.")] = None,
    since: Annotated[int | None, typer.Option(help="Only sources dated this year or later.")] = None,
    until: Annotated[int | None, typer.Option(help="Only sources dated this year or earlier.")] = None,
    as_of: Annotated[int | None, typer.Option(help="Everything as it stood at the end of this year.")] = None,
    most: Annotated[int | None, typer.Option(help="How many of each list to show: 5, and of one answer all, unless given.", min=1)] = None,
    lang: Annotated[Language, typer.Option(help="Language of labels.")] = "en",
    form: Annotated[Form, typer.Option("--format", help="How to print; csv and xlsx are for one table.")] = "text",
    endpoint: EndpointUrl = "",
    graph: GraphFolder = BUILT,
) -> None:
    """Find whom a kommune could work with.

    What it does with others already, opportunities, its neighbours, whom to learn from, and whom it is like, with year and source.
    """
    with clear_errors():
        names, own = municipalities or [], bool(plan or with_)
        _check(names, explain, answer, shortlist, region or municipality, initiative, everyone, output, form, own)
        engine = open_engine(endpoint, graph)
        matcher = _matcher(engine, lang, plan or [], with_, confidence=confidence, broad=broad, since=since, until=until, as_of=as_of)
        if everyone and output:
            _write_all(matcher, output, most or 5)
        elif shortlist:
            _shortlist(engine, matcher, region, municipality, initiative, form, most, output)
        elif explain:
            _explain(matcher, _find(engine, names[0]), _find(engine, explain), form)
        else:
            _print(engine, matcher, _find(engine, names[0]), answer, initiative, form, most, output)


def _matcher(engine: "Engine", lang: str, told: list[str], file: Path | None, **choices: Any) -> "Matcher":
    """The graph read under some choices, with the user's own plans over it."""
    from kommunegraf.matching import plans, register
    from kommunegraf.matching.matcher import Matcher

    chosen, read = register.Choices(**choices), register.read(engine, lang)
    if told or file:
        places, initiatives = register.names(engine, "municipality"), register.names(engine, "initiative")
        own = [one for text in told for one in plans.parse(text, places, initiatives)]
        read = plans.overlay(read, own + (plans.read(file, places, initiatives) if file else []))
    return Matcher(read, chosen)


def _check(
    names: list[str], explain: str, answer: str | None, shortlist: bool, narrowed: str, initiative: str, everyone: bool,
    output: Path | None, form: Form, own: bool,
) -> None:
    """Refuse options that contradict each other. Raises WrongCall."""
    one = bool(names) and not everyone and not shortlist
    table = answer is not None or shortlist
    wrong = {
        "name a kommune, or give --opportunities, or --all with --output": not names and not everyone and not shortlist,
        "give either a kommune or --all, not both": bool(names) and everyone,
        "give either a kommune or --opportunities; --municipality narrows the list": bool(names) and shortlist,
        "give either --opportunities or --all": shortlist and everyone,
        "name one kommune": len(names) > 1,
        "--all needs --output DIR, the folder to write to": everyone and output is None,
        "--output goes with --all, or with --format xlsx": output is not None and not everyone and form != "xlsx",
        "--explain and --answer are about one kommune, not about --all": not one and bool(explain or answer) and (everyone or shortlist),
        "give either --explain or --answer, not both": bool(explain) and answer is not None,
        "--region and --municipality go with --opportunities": bool(narrowed) and not shortlist,
        "--initiative goes with --opportunities or --answer learn-from": bool(initiative) and answer != "learn-from" and not shortlist,
        "--format goes with one kommune; --all writes every format": everyone and form != "text",
        "--format csv and xlsx need --answer or --opportunities: one table": form in ("csv", "xlsx") and not table and not everyone,
        "--format xlsx needs --output FILE": form == "xlsx" and output is None,
        "--plan and --with are for this run alone: not with --all, and not as turtle": own and (everyone or form == "turtle"),
        "--explain is told as text or json": bool(explain) and form not in ("text", "json"),
    }
    for message, holds in wrong.items():
        if holds:
            raise WrongCall(message)


def _find(engine: "Engine", name: str, kind: str = "municipality") -> str:
    """The IRI of a kommune, an initiative or a region, by its name in any language, or its code. Raises UnknownName."""
    from kommunegraf.matching import register

    return register.names(engine, kind).resolve(name)


def _explain(matcher: "Matcher", here: str, other: str, form: Form) -> None:

    from kommunegraf.matching import screen

    between = matcher.between(here, other)
    print(_json(between.as_dict()) if form == "json" else screen.explained(between, matcher.register.lang))


def _print(
    engine: "Engine", matcher: "Matcher", here: str, answer: AnswerName | None, initiative: str, form: Form, most: int | None,
    output: Path | None,
) -> None:
    from dataclasses import asdict, replace

    from kommunegraf.matching import answers, screen

    lang, one = matcher.register.lang, matcher.match(here)
    if initiative:
        one = replace(one, learn_from=matcher.learn_from(here, [_find(engine, initiative, "initiative")]))
    if form == "turtle":
        from kommunegraf.matching import linked_data

        _turtle(linked_data.quads([linked_data.only(one, answer)], _labels(matcher), most or 5))
    elif form == "json":
        print(_json(asdict(one) if answer is None else {"choices": asdict(one.choices), answer: _part(one, answer, most)}))
    elif answer is None:
        print(screen.as_text(one, lang, most or 5))
    else:
        _table(answers.ANSWERS[answer](one, lang), answer, screen.heading(one, answer, lang), form, lang, most, output)


def _shortlist(
    engine: "Engine", matcher: "Matcher", region: str, municipality: str, initiative: str, form: Form, most: int | None, output: Path | None
) -> None:
    """The opportunities of the country, or those that concern a region, a kommune or an initiative."""
    from kommunegraf.matching import answers, linked_data, screen

    lang = matcher.register.lang
    each = matcher.concerning(
        _find(engine, region, "region") if region else "",
        _find(engine, municipality) if municipality else "",
        _find(engine, initiative, "initiative") if initiative else "",
    )
    first: list[Opportunity] = each[:most] if most else each
    if form == "turtle":
        _turtle(linked_data.shortlist(first, matcher.choices, _labels(matcher)))
    elif form == "json":
        print(_json([one.as_dict() for one in first]))
    elif form == "text":
        print(screen.country(each, matcher.choices, lang, most or 30))
    else:
        _table(answers.shortlist(first, lang), "opportunities", "", form, lang, most, output)


def _table(rows: list[dict[str, Any]], answer: str, heading: str, form: Form, lang: str, most: int | None, output: Path | None) -> None:
    """Rows of one answer as CSV, as a workbook or on the screen; `most` of them, if it is not 0."""
    from kommunegraf import languages
    from kommunegraf.matching import answers, text

    columns, rows = answers.COLUMNS[answer], rows[:most] if most else rows
    if form == "csv":
        write(answers.as_csv(rows, columns).encode("utf-8"))
    elif form == "xlsx" and output:
        output.write_bytes(answers.as_workbook(rows, columns, lang))
        print(f"Wrote {output}")
    else:
        print(heading + "\n")
        shown = [column for column in columns if column not in ("municipality", "address", "addresses")]
        written = [
            tuple(languages.number(row[c], lang) if isinstance(row[c], float) else row[c] for c in shown) for row in rows
        ]
        print_table([text.head(column, lang) for column in shown], written)


def _turtle(lines: list[str]) -> None:
    from kommunegraf.matching import linked_data
    from kommunegraf.rdf.encode import encode

    write(encode(linked_data.triples(lines), "turtle"))


def _part(one: "Match", answer: AnswerName, most: int | None) -> Any:
    from dataclasses import asdict

    part = asdict(one)[answer.replace("-", "_")]
    return part[:most] if most else part


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _labels(matcher: "Matcher") -> dict[str, dict[str, str]]:
    from kommunegraf.languages import LANGUAGES

    return {lang: matcher.register.labels_in(lang) for lang in LANGUAGES}


def _write_all(matcher: "Matcher", folder: Path, most: int) -> None:
    """Every kommune's screen and JSON, the answers as CSV, the network's exports, RDF and the report page."""
    from rich.console import Console
    from rich.progress import track

    from kommunegraf.matching import answers, exports, linked_data, report, screen

    lang, files = matcher.register.lang, {}
    console = Console(stderr=True)
    matches = [matcher.match(row) for row in track(matcher.rows, "Matching", console=console, disable=not sys.stderr.isatty())]
    for one in matches:
        files[f"{one.municipality.name}.txt"] = screen.as_text(one, lang, most) + "\n"
        files[f"{one.municipality.name}.json"] = _json(one.as_dict()) + "\n"
    written = exports.write(files, folder / "municipalities")
    tables = {
        f"{name}.csv": answers.as_csv(answers.unique(rows(one, lang) for one in matches), answers.COLUMNS[name])
        for name, rows in answers.ANSWERS.items()
    }
    shortlist = answers.shortlist(matcher.opportunities, lang)
    tables["opportunities.csv"] = answers.as_csv(shortlist, answers.COLUMNS["opportunities"])
    rdf = {"suggestions.nq": "".join(f"{line}\n" for line in linked_data.quads(matches, _labels(matcher), most))}
    written += exports.write({**tables, **exports.graphs(matcher), "opportunities.geojson": exports.map_layer(matcher), **rdf}, folder)
    written += exports.write({"report.md": report.page(matcher)}, folder)
    print(f"Wrote {len(written)} files to {folder}; begin with {folder / 'report.md'}")
