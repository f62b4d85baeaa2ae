"""`kommunegraf match`: whom a kommune could work with."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from kommunegraf.cli import matched
from kommunegraf.cli.console import WrongCall, open_engine, uncollected
from kommunegraf.cli.matched import AnswerName, Form
from kommunegraf.cli.options import LANGUAGE, PATH, endpoint_url, graph_folder
from kommunegraf.languages import Language

if TYPE_CHECKING:
    from kommunegraf.matching.matcher import Matcher
    from kommunegraf.rdf.engines import Engine

@click.command()
@click.argument("municipalities", nargs=-1, metavar="[KOMMUNE]...", help="A kommune by name or code, such as Kalundborg, Århus or 0751.")
@click.option("--explain", default="", metavar="OTHER", help="Tell everything between the kommune and this one.")
@click.option("--answer", type=click.Choice(get_args(AnswerName)), help="One answer in full, as a table.")
@click.option("--layers", is_flag=True, help="With --answer alike: solutions and organisations count beside initiatives.")
@click.option("--opportunities", "shortlist", is_flag=True, help="The best opportunities of the country.")
@click.option("--region", default="", help="With --opportunities: those that concern a kommune of this region.")
@click.option("--municipality", default="", help="With --opportunities: those that concern this kommune.")
@click.option("--initiative", default="", help="An initiative, for --opportunities, --answer learn-from, or a note.")
@click.option(
    "--plan", "plans", multiple=True, metavar="PLAN", help="A plan of your own, as 'Sorø: network-for-sensors'; for this run alone.",
)
@click.option(
    "--with", "with_", type=PATH,
    help="A CSV file of such plans, or like data/evidence.csv; or a form of `kommunegraf template` that was filled.",
)
@click.option("--all", "everyone", is_flag=True, help="Match all kommuner and write everything to --output.")
@click.option("--output", "-o", type=PATH, help="Folder to write to; for one answer or a note the file.")
@click.option(
    "--confidence", type=click.Choice(["low", "medium", "high"]), default="medium", show_default=True,
    help="The least confidence of evidence that counts.",
)
@click.option("--broad", type=int, help="Leave out sources that name more kommuner than this for one initiative.")
@click.option("--since", type=int, help="Only sources dated this year or later.")
@click.option("--until", type=int, help="Only sources dated this year or earlier.")
@click.option("--as-of", type=int, help="Everything as it stood at the end of this year.")
@click.option("--most", type=click.IntRange(min=1), help="How many of each list to show: 5, and of one answer all, unless given.")
@click.option("--lang", type=LANGUAGE, default="en", show_default=True, help="Language of labels.")
@click.option(
    "--format", "form", type=click.Choice(get_args(Form)), default="text", show_default=True,
    help="How to print; csv and xlsx are for one table; html and md for a note.",
)
@endpoint_url
@graph_folder
def match(
    municipalities: tuple[str, ...], explain: str, answer: AnswerName | None, layers: bool, shortlist: bool, region: str, municipality: str,
    initiative: str, plans: tuple[str, ...], with_: Path | None, everyone: bool, output: Path | None, most: int | None, lang: Language,
    form: Form, endpoint: str, graph: Path, **choices: Any,
) -> None:
    """Find whom a kommune could work with.

    With two to six kommuner and --initiative: write a note for their meeting.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small, and each thread of numpy takes memory
    names = list(municipalities)
    _check(names, explain, answer, shortlist, region or municipality, initiative, everyone, output, form, bool(plans or with_))
    if layers and (answer != "alike" or form not in ("text", "csv", "xlsx")):
        raise WrongCall("--layers goes with --answer alike, as text, csv or xlsx")
    with uncollected():
        engine = open_engine(endpoint, graph, whole=True)
        matcher = _matcher(engine, lang, plans, with_, choices)
        if _is_note(names, explain, answer, shortlist, everyone):
            matched.note(engine, matcher, names, initiative, form, output)
        elif everyone and output:
            matched.everything(matcher, output, most or 5)
        elif shortlist:
            matched.shortlist(engine, matcher, region, municipality, initiative, form, most, output)
        elif explain:
            matched.explain(matcher, matched.find(engine, names[0]), matched.find(engine, explain), form)
        elif layers:
            matched.layered(matcher, matched.find(engine, names[0]), form, most, output)
        else:
            matched.answers(engine, matcher, matched.find(engine, names[0]), answer, initiative, form, most, output)


def _matcher(engine: "Engine", lang: Language, texts: tuple[str, ...], file: Path | None, choices: dict[str, Any]) -> "Matcher":
    """The graph read under some choices, with the user's own plans over it."""
    from kommunegraf.matching import plans, register
    from kommunegraf.matching.matcher import Matcher
    from kommunegraf.questions import ask

    chosen, read = register.Choices(**choices), register.read(engine, lang)
    if texts or file:
        places, initiatives = ask.names(engine, "municipality"), ask.names(engine, "initiative")
        own = [one for text in texts for one in plans.parse(text, places, initiatives)]
        if file:
            from kommunegraf.contribute.reading import WORKBOOKS

            own += matched.filled(file, lang) if file.suffix.lower() in WORKBOOKS else plans.read(file, places, initiatives)
        read = plans.overlay(read, own)
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
