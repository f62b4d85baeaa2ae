"""`kommunegraf template` and `kommunegraf check`: a form out, and what is to correct in it."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kommunegraf import paths
from kommunegraf.cli.console import Language, WrongCall, clear_errors, fail, progress, write

if TYPE_CHECKING:
    from kommunegraf.contribute.checking import Given
    from kommunegraf.contribute.register import Register

DataFolder = Annotated[Path | None, typer.Option("--data", help="The folder of tables; the project's own by default.")]
About = Annotated[str, typer.Option("--municipality", help="The kommune, where the file does not say.")]
Respondent = Annotated[str, typer.Option(help="Who answers, where it is not the kommune itself: an organisation of the register.")]
Role = Annotated[str, typer.Option(help="The part of the administration that answers, where the file does not say.")]
Day = Annotated[str, typer.Option("--date", help="The day of the answer, where the file does not say.")]
Mapping = Annotated[Path | None, typer.Option(help="For a survey tool's CSV: a JSON file from its columns and values to ours.")]


def template(
    municipality: Annotated[str, typer.Argument(help="A kommune by name or code.")] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to; with --all a folder.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="A form for each of the 98 kommuner.")] = False,
    round_: Annotated[
        int | None, typer.Option("--survey", help="The whole survey of a new round, such as 2026.", min=2015, max=2050)
    ] = None,
    form: Annotated[Literal["xlsx", "ods", "csv"] | None, typer.Option("--format", help="By default what the file's name says.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of the form.")] = "da",
    data: DataFolder = None,
) -> None:
    """Write a form that a kommune fills, with what the graph holds about it."""
    from kommunegraf.contribute import template as templates

    with clear_errors():
        if everyone == bool(municipality) or (everyone and output is None):
            raise WrongCall("name one kommune, or give --all and a folder with --output")
        register = registered(data)
        suffix = output.suffix.removeprefix(".").lower() if output and not everyone else ""
        if not form and suffix and suffix not in templates.FORMATS:
            raise WrongCall(f"a form is {', '.join(templates.FORMATS)}, not {suffix}; name the file so, or give --format")
        chosen = form or suffix or "xlsx"
        if not everyone:
            code = register.names["municipality"].resolve(municipality)[-4:]
            _write(output, templates.make(register, code, lang, chosen, round_))
            return
        assert output is not None
        output.mkdir(parents=True, exist_ok=True)
        for code in register.codes:
            _write(output / f"{code}.{chosen}", templates.make(register, code, lang, chosen, round_))
    print(f"{len(register.codes)} forms in {output}")


def check(
    files: Annotated[list[Path], typer.Argument(help="Filled forms or lists: .xlsx, .ods, .csv; or folders of them.")],
    form: Annotated[Literal["text", "json", "xlsx"], typer.Option("--format", help="xlsx: the workbook itself, with comments.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write to.")] = None,
    municipality: About = "",
    respondent: Respondent = "",
    role: Role = "",
    day: Day = "",
    mapping: Mapping = None,
    lang: Annotated[Language, typer.Option(help="Language of messages.")] = "da",
    data: DataFolder = None,
) -> None:
    """Check filled forms: everything that is to correct, at once. Exit code 1 when something is."""
    from kommunegraf.contribute import files as contributed
    from kommunegraf.contribute.comments import commented

    with clear_errors():
        register = registered(data)
        given = given_of(register, municipality, respondent, role, day)
        named = contributed.listed(files)
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
        raise typer.Exit(1)


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
            register.names["municipality"].resolve(municipality)[-4:] if municipality else "",
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
        output.write_bytes(content)
