"""`kommunegraf match`: whom a kommune could work with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kommunegraf.cli import matched
from kommunegraf.cli.console import BUILT, EndpointUrl, GraphFolder, Language, WrongCall, clear_errors, open_engine
from kommunegraf.cli.matched import AnswerName, Form

if TYPE_CHECKING:
    from kommunegraf.matching.matcher import Matcher
    from kommunegraf.rdf.engines import Engine

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
    initiative: Annotated[str, typer.Option(help="An initiative, for --opportunities, --answer learn-from, or a note.")] = "",
    plan: Annotated[list[str] | None, typer.Option(help="A plan of your own, as 'Sorø: network-for-sensors'; for this run alone.")] = None,
    with_: Annotated[Path | None, typer.Option("--with", help="A CSV file of such plans, or like data/evidence.csv.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Match all kommuner and write everything to --output.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder to write to; for one answer or a note the file.")] = None,
    confidence: Annotated[Literal["low", "medium", "high"], typer.Option(help="The least confidence of evidence that counts.")] = "medium",
    broad: Annotated[int | None, typer.Option(help="Leave out sources that name more kommuner than this for one initiative.")] = None,
    since: Annotated[int | None, typer.Option(help="Only sources dated this year or later.")] = None,
    until: Annotated[int | None, typer.Option(help="Only sources dated this year or earlier.")] = None,
    as_of: Annotated[int | None, typer.Option(help="Everything as it stood at the end of this year.")] = None,
    most: Annotated[int | None, typer.Option(help="How many of each list to show: 5, and of one answer all, unless given.", min=1)] = None,
    lang: Annotated[Language, typer.Option(help="Language of labels.")] = "en",
    form: Annotated[Form, typer.Option("--format", help="How to print; csv and xlsx are for one table; html and md for a note.")] = "text",
    endpoint: EndpointUrl = "",
    graph: GraphFolder = BUILT,
) -> None:
    """Find whom a kommune could work with; with two to six kommuner and --initiative, write a note for their meeting."""
    with clear_errors():
        names, own = municipalities or [], bool(plan or with_)
        _check(names, explain, answer, shortlist, region or municipality, initiative, everyone, output, form, own)
        engine = open_engine(endpoint, graph, whole=True)
        matcher = _matcher(engine, lang, plan or [], with_, confidence=confidence, broad=broad, since=since, until=until, as_of=as_of)
        if _is_note(names, explain, answer, shortlist, everyone):
            matched.note(engine, matcher, names, initiative, form, output)
        elif everyone and output:
            matched.everything(matcher, output, most or 5)
        elif shortlist:
            matched.shortlist(engine, matcher, region, municipality, initiative, form, most, output)
        elif explain:
            matched.explain(matcher, matched.find(engine, names[0]), matched.find(engine, explain), form)
        else:
            matched.answers(engine, matcher, matched.find(engine, names[0]), answer, initiative, form, most, output)


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
    if _is_note(names, explain, answer, shortlist, everyone):
        return _check_note(initiative, output, form)
    one = bool(names) and not everyone and not shortlist
    table = answer is not None or shortlist
    wrong = {
        "name a kommune, or give --opportunities, or --all with --output": not names and not everyone and not shortlist,
        "give either a kommune or --all, not both": bool(names) and everyone,
        "give either a kommune or --opportunities; --municipality narrows the list": bool(names) and shortlist,
        "give either --opportunities or --all": shortlist and everyone,
        "--explain and --answer are about one kommune": len(names) > 1 and bool(explain or answer),
        "--format html and md are for a note about two or more kommuner": form in ("html", "md"),
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


def _is_note(names: list[str], explain: str, answer: str | None, shortlist: bool, everyone: bool) -> bool:
    """Whether a call is for a note about several kommuner."""
    return len(names) > 1 and not (explain or answer or shortlist or everyone)


def _check_note(initiative: str, output: Path | None, form: Form) -> None:
    """Refuse what is no call for a note. Raises WrongCall."""
    if not initiative:
        raise WrongCall("name one kommune, or two to six and --initiative for a note about their meeting")
    if form not in ("text", "md", "html", "xlsx"):
        raise WrongCall("a note is html, md or xlsx")
    if form == "xlsx" and output is None:
        raise WrongCall("--format xlsx needs --output FILE")
