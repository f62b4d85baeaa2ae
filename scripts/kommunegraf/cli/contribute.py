"""`kommunegraf template` and `kommunegraf check`: a form out, and what is to correct in it."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kommunegraf import paths
from kommunegraf.cli.console import WrongCall, fail, progress, write
from kommunegraf.cli.options import LANGUAGE, PATH
from kommunegraf.languages import Language

if TYPE_CHECKING:
    from kommunegraf.contribute.checking import Given
    from kommunegraf.contribute.register import Register

data_folder = click.option("--data", type=PATH, help="The folder of tables; the project's own by default.")
_SENDER = (
    click.option("--municipality", default="", help="The kommune, where the file does not say."),
    click.option("--respondent", default="", help="Who answers, where it is not the kommune itself: an organisation of the register."),
    click.option("--role", default="", help="The part of the administration that answers, where the file does not say."),
    click.option("--date", "day", default="", help="The day of the answer, where the file does not say."),
    click.option("--mapping", type=PATH, help="For a survey tool's CSV: a JSON file from its columns and values to ours."),
)
forms = click.argument(
    "files", nargs=-1, required=True, type=PATH, help="Filled forms or lists: .xlsx, .ods, .csv; RDF; or folders of them.",
)


def sender(verb: Callable[..., None]) -> Callable[..., None]:
    """The options that say what a file does not: who answers, when, and what its columns mean."""
    for option in reversed(_SENDER):
        verb = option(verb)
    return verb


@click.command()
@click.argument("municipality", default="", help="A kommune by name or code.")
@click.option("--output", "-o", type=PATH, help="File to write to; with --all a folder.")
@click.option("--all", "everyone", is_flag=True, help="A form for each kommune.")
@click.option("--survey", "round_", type=click.IntRange(2015, 2050), help="The whole survey of a new round, such as 2026.")
@click.option("--format", "form", type=click.Choice(["xlsx", "ods", "csv"]), help="By default what the file's name says.")
@click.option("--lang", type=LANGUAGE, default="da", show_default=True, help="Language of the form.")
@data_folder
def template(
    municipality: str, output: Path | None, everyone: bool, round_: int | None, form: str | None, lang: Language, data: Path | None,
) -> None:
    """Write a form that a kommune fills.

    It is filled with what the graph holds about the kommune.
    """
    from kommunegraf.contribute import template as templates

    if everyone == bool(municipality) or (everyone and output is None):
        raise WrongCall("name one kommune, or give --all and a folder with --output")
    register = registered(data)
    suffix = output.suffix.removeprefix(".").lower() if output and not everyone else ""
    if not form and suffix and suffix not in templates.FORMATS:
        raise WrongCall(f"a form is {', '.join(templates.FORMATS)}, not {suffix}; name the file so, or give --format")
    chosen = form or suffix or "xlsx"
    if not everyone:
        code = register.names["municipality"].resolve(municipality).rsplit("/", 1)[-1]
        _write(output, templates.make(register, code, lang, chosen, round_))
        return
    assert output is not None
    output.mkdir(parents=True, exist_ok=True)
    for code in register.codes:
        _write(output / f"{code}.{chosen}", templates.make(register, code, lang, chosen, round_))
    print(f"{len(register.codes)} forms in {output}")


@click.command()
@forms
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "xlsx"]), default="text", show_default=True,
    help="xlsx: the workbook itself, with comments.",
)
@click.option("--output", "-o", type=PATH, help="File to write to.")
@sender
@click.option("--lang", type=LANGUAGE, default="da", show_default=True, help="Language of messages.")
@data_folder
def check(
    files: tuple[Path, ...], form: str, output: Path | None, municipality: str, respondent: str, role: str, day: str,
    mapping: Path | None, lang: Language, data: Path | None,
) -> None:
    """Check filled forms: everything that is to correct, at once.

    Exit code 1 when something is.
    """
    from kommunegraf.contribute import files as contributed
    from kommunegraf.contribute.comments import commented

    register = registered(data)
    given = given_of(register, municipality, respondent, role, day)
    named = contributed.listed(list(files))
    if form == "xlsx" and len(named) != 1:
        raise WrongCall("comments are written into one file; name one")
    with progress("Checking"):
        checked = [contributed.check(path, register, date.today(), lang, given, mapping) for path in named]
    if form == "xlsx":
        one = checked[0]
        if one.refusal:
            fail(f"{one.path}: {one.refusal}")
        _write(output, commented(one.path.read_bytes(), one.sheets, one.check.faults, lang))
    elif form == "json":
        text = json.dumps([one.as_dict(lang) for one in checked], ensure_ascii=False, indent=1)
        _write(output, text.encode() + b"\n")
    else:
        _write(output, "".join(f"{one.path}\n{one.text(lang)}\n" for one in checked).encode())
    if not all(one.fit for one in checked):
        raise SystemExit(1)


def registered(data: Path | None) -> "Register":
    """What the tables of a folder hold; of the project's own folder by default."""
    from kommunegraf.contribute import register

    with progress("Reading tables"):
        return register.read(data or paths.root() / "data")


def given_of(register: "Register", municipality: str, respondent: str, role: str, day: str) -> "Given":
    """What the caller says of a file. Raises WrongCall and UnknownName."""
    from kommunegraf.contribute.checking import Given
    from kommunegraf.contribute.values import Wrong, choice
    from kommunegraf.contribute.values import day as read_day

    try:
        return Given(
            register.names["municipality"].resolve(municipality).rsplit("/", 1)[-1] if municipality else "",
            register.names["organisation"].resolve(respondent).rsplit("/", 1)[-1] if respondent else "",
            choice(role, "role", "en") if role else "list" if respondent else "",
            read_day(day) if day else None,
        )
    except Wrong as wrong:
        raise WrongCall(f"{wrong.value!r} is no {'date' if 'date' in wrong.code else 'role: ' + ', '.join(wrong.allowed)}") from None


def _write(output: Path | None, content: bytes) -> None:
    if output is None:
        write(content)
    else:
        with paths.named(output):
            output.write_bytes(content)
