"""`kommunegraf import`: filled forms into the tables, told before they are written."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kommunegraf import paths
from kommunegraf.cli.console import Language, WrongCall, clear_errors, print_table, progress
from kommunegraf.cli.contribute import About, DataFolder, Day, Mapping, Respondent, Role, given_of, registered

if TYPE_CHECKING:
    from kommunegraf.contribute.effects import Effects
    from kommunegraf.contribute.register import Register
    from kommunegraf.contribute.taking import Taken


def import_(
    files: Annotated[list[Path], typer.Argument(help="Filled forms or lists: .xlsx, .ods, .csv; RDF; or folders of them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and write nothing.")] = False,
    brief: Annotated[bool, typer.Option("--brief", help="Leave out what follows for statuses, opportunities and questions.")] = False,
    municipality: About = "",
    respondent: Respondent = "",
    role: Role = "",
    day: Day = "",
    mapping: Mapping = None,
    lang: Annotated[Language, typer.Option(help="Language of messages.")] = "da",
    data: DataFolder = None,
) -> None:
    """Take filled forms into the tables: what is added, changed and withdrawn, and what follows. Exit code 1 when a file is refused."""
    from kommunegraf.contribute import files as contributed
    from kommunegraf.contribute import private, taking
    from kommunegraf.contribute.forms import word

    with clear_errors():
        folder = _folder(data)
        register = registered(folder)
        given = given_of(register, municipality, respondent, role, day)
        with progress("Checking"):
            checked = [contributed.check(path, register, date.today(), lang, given, mapping) for path in contributed.listed(files)]
            taken = taking.prepare(register, checked, lang)
        _print_changes(register, taken, lang)
        if taken.files and not brief:
            with progress("Working out what follows"):
                follows = taken.effects(paths.root(), folder, register, lang)
            _print_effects(register, follows, lang)
        replies = 0 if dry_run else taking.store(folder, taken)
        _print_report(taken, dry_run, lang)
        if replies:
            print(word(lang, "changes", "private").format(replies=replies, folder=private.folder(folder)))
    if taken.refused:
        raise typer.Exit(1)


def review(
    folder: Annotated[list[Path], typer.Argument(help="Folders of submissions that wait, or files.")],
    lang: Annotated[Language, typer.Option(help="Language of messages.")] = "da",
    data: DataFolder = None,
) -> None:
    """List submissions that wait, each with what it changes. Exit code 1 when one has faults."""
    from kommunegraf.contribute import files as contributed
    from kommunegraf.contribute import taking

    with clear_errors():
        register = registered(data)
        checked = [contributed.check(path, register, date.today(), lang) for path in contributed.listed(folder)]
        for one in checked:
            print(f"{one.path}\n{one.text(lang)}")
            _print_changes(register, taking.prepare(register, [one], lang), lang)
    if not all(one.fit for one in checked):
        raise typer.Exit(1)


def survey(
    year: Annotated[int, typer.Argument(help="The round, such as 2026.", min=2015, max=2050)],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A CSV file to write the figures to.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of the table.")] = "da",
    data: DataFolder = None,
) -> None:
    """Show the figures of a round of the survey beside those of 2014, with nothing in them that reveals a kommune."""
    from kommunegraf.contribute import figures
    from kommunegraf.contribute import survey as questions
    from kommunegraf.contribute.forms import word

    with clear_errors():
        folder = _folder(data)
        register = registered(folder)
        listed = figures.publish(register, folder, year)
        if output:
            figures.write(listed, output)

    def name(path: str) -> str:
        return register.label(path, lang) if path.startswith("initiative/") else questions.label(path, lang)

    heads = word(lang, "round", "heads").format(year=year).split("|")
    print_table(heads, [
        (name(f"question/{one.question}"), name(one.item), name(f"population-group/{one.group}"),
         "–" if one.value is None else f"{one.value} %", one.answers, one.before and f"{one.before} %")
        for one in listed
    ])  # fmt: skip
    print(word(lang, "round", "warning").format(year=year))


def _folder(data: Path | None) -> Path:
    """The folder of tables to write to. Raises WrongCall where that is the installed package."""
    if data is None and paths.root().name == "_root":
        raise WrongCall("name the folder of tables to write to with --data; those inside the installed package are not changed")
    return data or paths.root() / "data"


def _print_changes(register: "Register", taken: "Taken", lang: Language) -> None:
    from kommunegraf.contribute import taking
    from kommunegraf.contribute.forms import word

    if rows := taking.table(register, taken, lang):
        print_table(word(lang, "changes", "heads").split("|"), list(rows))


def _print_effects(register: "Register", follows: "Effects", lang: Language) -> None:
    from kommunegraf.contribute.forms import word

    def name(code: str, initiative: str) -> str:
        return f"{register.label(f'municipality/{code}', lang)}: {register.label(f'initiative/{initiative}', lang)}"

    statuses = [f"{name(code, initiative)}: {before} → {after}" for code, initiative, before, after in follows.statuses]
    matches = [f"{sign} {text}" for sign, text in follows.matches]
    answers = [f"{title} ({before} → {after})" for title, before, after in follows.answers]
    for key, lines in (("statuses", statuses), ("matches", matches), ("answers", answers)):
        print("\n".join([word(lang, "changes", key), *(f"  {line}" for line in lines or [word(lang, "changes", "none")]), ""]))


def _print_report(taken: "Taken", dry_run: bool, lang: Language) -> None:
    """How each file fared, and what was written."""
    from kommunegraf.contribute.forms import word

    for one in taken.accepted:
        print(f"{one.path}: {one.check.summary(lang)}")
    for one in taken.refused:
        print(f"{one.path}: {word(lang, 'changes', 'refused')}\n{one.text(lang)}")
    if dry_run:
        print(word(lang, "changes", "dry"))
    elif taken.files:
        print(word(lang, "changes", "stored").format(rows=taken.rows, tables=", ".join(taken.files)))
    else:
        print(word(lang, "changes", "nothing"))
