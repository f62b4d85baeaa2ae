"""What `kommunegraf match` prints and writes: answers, the shortlist, a note, and everything at once."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kommunegraf import paths
from kommunegraf.cli.console import WrongCall, print_table, write
from kommunegraf.languages import Language
from kommunegraf.namespaces import BASE

if TYPE_CHECKING:
    from kommunegraf.matching.matcher import Matcher
    from kommunegraf.matching.opportunities import Opportunity
    from kommunegraf.matching.plans import OwnPlan
    from kommunegraf.matching.results import Match
    from kommunegraf.rdf.engines import Engine

AnswerName = Literal["already", "opportunities", "neighbours", "learn-from", "alike", "next"]
Form = Literal["text", "csv", "xlsx", "json", "turtle", "html", "md"]


def find(engine: "Engine", name: str, kind: str = "municipality") -> str:
    """The IRI of a kommune, an initiative or a region, by its name in any language, or its code. Raises UnknownName."""
    from kommunegraf.questions import ask

    return ask.resolve(engine, kind, name)


def filled(file: Path, lang: Language) -> "list[OwnPlan]":
    """What a filled form says of initiatives, as statements of one's own. Raises WrongCall with what is to correct, and OSError."""
    from datetime import date

    from kommunegraf.contribute import files, register
    from kommunegraf.contribute.submission import STAGES
    from kommunegraf.graph.adoption import STAGE
    from kommunegraf.matching.plans import OwnPlan

    checked = files.check(file, register.read(paths.root() / "data"), date.today(), lang)
    if not checked.fit:
        raise WrongCall(f"{file}: {checked.text(lang)}")
    answers = [(one, answer) for one in checked.check.submissions for answer in one.answers if STAGES.get(answer.status) in STAGE]
    return [
        OwnPlan(
            f"{BASE}municipality/{one.municipality}", f"{BASE}initiative/{answer.initiative}", one.day.year, STAGES[answer.status],
            start=answer.since, end=answer.until,
        )
        for one, answer in answers
    ]


def note(engine: "Engine", matcher: "Matcher", names: list[str], initiative: str, form: Form, output: Path | None) -> None:
    """The note about some kommuner and an initiative, to a file or to standard output."""
    from kommunegraf.matching import note as notes
    from kommunegraf.matching import note_files

    content = notes.note(matcher, [find(engine, name) for name in names], find(engine, initiative, "initiative"))
    if form == "xlsx":
        data = note_files.as_workbook(content)
    else:
        data = (note_files.as_html(content) if form == "html" else note_files.as_markdown(content)).encode("utf-8")
    if output:
        with paths.named(output):
            output.write_bytes(data)
        print(f"Wrote {output}")
    else:
        write(data)


def explain(matcher: "Matcher", here: str, other: str, form: Form) -> None:
    """Everything between two kommuner."""
    from kommunegraf.matching import screen

    between = matcher.between(here, other)
    if form == "json":
        _write_json(between)
    else:
        print(screen.explained(between, matcher.register.lang))


def answers(
    engine: "Engine", matcher: "Matcher", here: str, answer: AnswerName | None, initiative: str, form: Form, most: int | None,
    output: Path | None,
) -> None:
    """All answers about a kommune, or one."""
    from dataclasses import replace

    from kommunegraf.matching import answers as tables
    from kommunegraf.matching import screen

    lang = matcher.register.lang
    one = matcher.match(here, likeness=form in ("json", "turtle") or answer in ("alike", "next"))
    if initiative:
        one = replace(one, learn_from=matcher.learn_from(here, [find(engine, initiative, "initiative")]))
    if form == "turtle":
        from kommunegraf.matching import linked_data

        _turtle(linked_data.quads([linked_data.only(one, answer)], _labels(matcher), most or 5))
    elif form == "json":
        _write_json(one if answer is None else {"choices": one.choices, answer: _part(one, answer, most)})
    elif answer is None:
        print(screen.as_text(one, lang, most or 5))
    else:
        _table(tables.ANSWERS[answer](one, lang), answer, screen.heading(one, answer, lang), form, lang, most, output)


def layered(matcher: "Matcher", here: str, form: Form, most: int | None, output: Path | None) -> None:
    """Who is alike where solutions and organisations count beside initiatives, and what the test of that could find."""
    from kommunegraf import languages
    from kommunegraf.matching import answers as tables
    from kommunegraf.matching import layers, power, text

    lang, own = matcher.register.lang, matcher.register.places[here].municipality
    rows = [
        tables.alike_row(own, other, matcher.near.get_edge_data(here, other.iri, {}).get("relations", ()), score, shared, lang)
        for other, score, shared in layers.alike(matcher, here)
    ]
    wide, words = layers.wide_similarity(matcher), languages.words(lang, "matching")
    significance = text.significance(power.power(wide), len(wide.significant()), lang)
    heading = f"{own.label}\n\n{words.report_wide.format(languages.number(int(wide.degrees.sum()), lang), significance)}"
    _table(rows, "alike", heading, form, lang, most, output)


def shortlist(
    engine: "Engine", matcher: "Matcher", region: str, municipality: str, initiative: str, form: Form, most: int | None, output: Path | None
) -> None:
    """The opportunities of the country, or those that concern a region, a kommune or an initiative."""
    from kommunegraf.matching import answers as tables
    from kommunegraf.matching import linked_data, screen

    lang = matcher.register.lang
    each = matcher.concerning(
        find(engine, region, "region") if region else "",
        find(engine, municipality) if municipality else "",
        find(engine, initiative, "initiative") if initiative else "",
    )
    first: list[Opportunity] = each[:most] if most else each
    if form == "turtle":
        _turtle(linked_data.shortlist(first, matcher.choices, _labels(matcher)))
    elif form == "json":
        _write_json([one.as_dict() for one in first])
    elif form == "text":
        print(screen.country(each, matcher.choices, lang, most or 30))
    else:
        _table(tables.shortlist(first, lang), "opportunities", "", form, lang, most, output)


def _table(rows: list[dict[str, Any]], answer: str, heading: str, form: Form, lang: str, most: int | None, output: Path | None) -> None:
    """Rows of one answer as CSV, as a workbook or on the screen; `most` of them, if it is not 0."""
    from kommunegraf import languages
    from kommunegraf.matching import answers as tables
    from kommunegraf.matching import text

    columns, rows = tables.COLUMNS[answer], rows[:most] if most else rows
    if form == "csv":
        write(tables.as_csv(rows, columns).encode("utf-8"))
    elif form == "xlsx" and output:
        with paths.named(output):
            output.write_bytes(tables.as_workbook(rows, columns, lang))
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
    part = getattr(one, answer.replace("-", "_"))
    return part[:most] if most else part


def _json(value: Any, indent: int | None = None) -> str:
    """A value as JSON, dataclasses by their fields. Without `indent` it is written by C, twenty times as fast."""
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_fields)


def _fields(value: Any) -> dict[str, Any]:
    from dataclasses import fields

    return {field.name: getattr(value, field.name) for field in fields(value)}


def _write_json(value: Any) -> None:
    write(f"{_json(value, 1)}\n".encode())


def _labels(matcher: "Matcher") -> dict[str, dict[str, str]]:
    from kommunegraf.languages import LANGUAGES

    return {lang: matcher.register.labels_in(lang) for lang in LANGUAGES}


def everything(matcher: "Matcher", folder: Path, most: int) -> None:
    """Every kommune's screen and JSON, the answers as CSV, the network's exports, RDF and the report page."""
    from dataclasses import replace

    from rich.console import Console
    from rich.progress import track

    from kommunegraf.matching import answers as tables
    from kommunegraf.matching import exports, linked_data, report, screen

    lang, files = matcher.register.lang, {}
    console = Console(stderr=True)
    matches = [matcher.match(row) for row in track(matcher.rows, "Matching", console=console, disable=not sys.stderr.isatty())]
    for one in matches:
        files[f"{one.municipality.name}.txt"] = screen.as_text(one, lang, most) + "\n"
        files[f"{one.municipality.name}.json"] = _json(replace(one, alike=one.alike[:most])) + "\n"  # alike.csv has all
    written = exports.write(files, folder / "municipalities")
    csv_files = {
        f"{name}.csv": tables.as_csv(tables.unique(rows(one, lang) for one in matches), tables.COLUMNS[name])
        for name, rows in tables.ANSWERS.items()
    }
    rows_of_all = tables.shortlist(matcher.opportunities, lang)
    csv_files["opportunities.csv"] = tables.as_csv(rows_of_all, tables.COLUMNS["opportunities"])
    rdf = {"suggestions.nq": "".join(f"{line}\n" for line in linked_data.quads(matches, _labels(matcher), most))}
    written += exports.write({**csv_files, **exports.graphs(matcher), "opportunities.geojson": exports.map_layer(matcher), **rdf}, folder)
    written += exports.write({"report.md": report.page(matcher)}, folder)
    print(f"Wrote {len(written)} files to {folder}; begin with {folder / 'report.md'}")
