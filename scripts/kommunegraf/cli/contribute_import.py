"""`kommunegraf import`: filled forms into the tables, told before they are written."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kommunegraf import paths
from kommunegraf.cli.console import WrongCall, print_table, progress
from kommunegraf.cli.contribute import data_folder, forms, given_of, registered, sender
from kommunegraf.cli.options import LANGUAGE, PATH
from kommunegraf.languages import Language

if TYPE_CHECKING:
    from kommunegraf.contribute.effects import Effects
    from kommunegraf.contribute.register import Register
    from kommunegraf.contribute.taking import Taken


@click.command("import")
@forms
@click.option("--dry-run", is_flag=True, help="Tell what would change, and write nothing.")
@click.option("--brief", is_flag=True, help="Leave out what follows for statuses, opportunities and questions.")
@sender
@click.option("--lang", type=LANGUAGE, default="da", show_default=True, help="Language of messages.")
@data_folder
def import_(
    files: tuple[Path, ...], dry_run: bool, brief: bool, municipality: str, respondent: str, role: str, day: str,
    mapping: Path | None, lang: Language, data: Path | None,
) -> None:
    """Take filled forms into the tables.

    It tells what is added, changed and withdrawn, and what follows. Exit code 1 when a file is refused.
    """
    from kommunegraf.contribute import files as contributed
    from kommunegraf.contribute import private, taking
    from kommunegraf.contribute.forms import word

    folder = _folder(data)
    register = registered(folder)
    given = given_of(register, municipality, respondent, role, day)
    with progress("Checking"):
        listed = contributed.listed(list(files))
        checked = [contributed.check(path, register, date.today(), lang, given, mapping) for path in listed]
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
        raise SystemExit(1)


@click.command()
@click.argument("folder", nargs=-1, required=True, type=PATH, help="Folders of submissions that wait, or files.")
@click.option("--lang", type=LANGUAGE, default="da", show_default=True, help="Language of messages.")
@data_folder
def review(folder: tuple[Path, ...], lang: Language, data: Path | None) -> None:
    """List submissions that wait, each with what it changes.

    Exit code 1 when one has faults.
    """
    from kommunegraf.contribute import files as contributed
    from kommunegraf.contribute import taking

    register = registered(data)
    checked = [contributed.check(path, register, date.today(), lang) for path in contributed.listed(list(folder))]
    for one in checked:
        print(f"{one.path}\n{one.text(lang)}")
        _print_changes(register, taking.prepare(register, [one], lang), lang)
    if not all(one.fit for one in checked):
        raise SystemExit(1)


@click.command()
@click.argument("year", type=click.IntRange(2015, 2050), help="The round, such as 2026.")
@click.option("--output", "-o", type=PATH, help="A CSV file to write the figures to.")
@click.option("--publish", is_flag=True, help="Write the figures into the tables, once and for all.")
@click.option("--lang", type=LANGUAGE, default="da", show_default=True, help="Language of the table.")
@data_folder
def survey(year: int, output: Path | None, publish: bool, lang: Language, data: Path | None) -> None:
    """Show the figures of a round of the survey beside those of 2014.

    Nothing in them reveals a kommune.
    """
    from kommunegraf.contribute import figures
    from kommunegraf.contribute import survey as questions
    from kommunegraf.contribute.forms import word

    folder = _folder(data)
    register = registered(folder)
    listed = (figures.publish if publish else figures.of_round)(register, folder, year)
    if output:
        figures.write(listed, output)

    def name(path: str) -> str:
        return register.label(path, lang) if path.startswith("initiative/") else questions.label(path, lang)

    def told(one: figures.Figure, value: object) -> str:
        return f"{value}" if one.statistic == "count" else f"{value} %"

    heads = word(lang, "round", "heads").format(year=year).split("|")
    print_table(heads, [
        (name(f"question/{one.question}"), name(one.item), name(f"population-group/{one.group}"), name(f"statistic/{one.statistic}"),
         "–" if one.value is None else told(one, one.value), one.answers, one.before and told(one, one.before))
        for one in listed
    ])  # fmt: skip
    print(word(lang, "round", "warning").format(year=year))
    if publish or figures.is_made(register, year):
        print(word(lang, "round", "published").format(year=year))
    else:
        print(word(lang, "round", "draft"))


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
