"""`kommunegraf match`: whom a kommune could work with."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kommunegraf.cli.console import BUILT, EndpointUrl, GraphFolder, Language, WrongCall, clear_errors, open_engine, print_table, write

if TYPE_CHECKING:
    from kommunegraf.matching.linked_data import Labels
    from kommunegraf.matching.matcher import Matcher
    from kommunegraf.matching.results import Match
    from kommunegraf.rdf.engines import Engine

AnswerName = Literal["learn-from", "together", "boundaries", "alike", "next"]
Form = Literal["text", "csv", "json", "turtle"]


def match(
    municipality: Annotated[str, typer.Argument(help="A kommune by name or code, such as Kalundborg, Århus or 0751.")] = "",
    explain: Annotated[str, typer.Option(metavar="OTHER", help="Tell everything between the kommune and this one.")] = "",
    answer: Annotated[AnswerName | None, typer.Option(help="One answer in full, as a table.")] = None,
    initiative: Annotated[str, typer.Option(help="With --answer learn-from: who has this initiative, planned here or not.")] = "",
    everyone: Annotated[bool, typer.Option("--all", help="Match all kommuner and write everything to --output.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder to write to.")] = None,
    confidence: Annotated[Literal["low", "medium", "high"], typer.Option(help="The least confidence of evidence that counts.")] = "medium",
    broad: Annotated[int | None, typer.Option(help="Leave out sources that name more kommuner than this for one initiative.")] = None,
    since: Annotated[int | None, typer.Option(help="Only sources dated this year or later.")] = None,
    until: Annotated[int | None, typer.Option(help="Only sources dated this year or earlier.")] = None,
    most: Annotated[int, typer.Option(help="How many of each list to show.", min=1)] = 5,
    lang: Annotated[Language, typer.Option(help="Language of labels.")] = "en",
    form: Annotated[Form, typer.Option("--format", help="How to print; csv is for one answer.")] = "text",
    endpoint: EndpointUrl = "",
    graph: GraphFolder = BUILT,
) -> None:
    """Find whom a kommune could work with.

    Partners under a null model, whom to learn from, whom to build with, boundaries, and what fits next, with the evidence.
    """
    with clear_errors():
        _check(municipality, explain, answer, initiative, everyone, output, form)
        from kommunegraf.matching import register
        from kommunegraf.matching.matcher import Matcher

        choices = register.Choices(confidence, broad, since, until)
        engine = open_engine(endpoint, graph)
        matcher = Matcher.open(engine, lang, choices)
        if everyone and output:
            _write_all(engine, matcher, output, most)
            return
        here = _find(matcher, municipality)
        if explain:
            _explain(matcher, here, _find(matcher, explain), form)
        else:
            _print(engine, matcher, matcher.match(here), answer, initiative, form, most)


def _check(municipality: str, explain: str, answer: str | None, initiative: str, everyone: bool, output: Path | None, form: Form) -> None:
    """Refuse options that contradict each other. Raises WrongCall."""
    wrong = {
        "name a kommune, or give --all with --output": not municipality and not everyone,
        "give either a kommune or --all, not both": bool(municipality) and everyone,
        "--all needs --output DIR, the folder to write to": everyone and output is None,
        "--output goes with --all": output is not None and not everyone,
        "--explain and --answer are about one kommune, not about --all": everyone and bool(explain or answer),
        "give either --explain or --answer, not both": bool(explain) and answer is not None,
        "--initiative goes with --answer learn-from": bool(initiative) and answer != "learn-from",
        "--format goes with one kommune; --all writes every format": everyone and form != "text",
        "--format csv needs --answer: one table": form == "csv" and answer is None and not everyone,
        "--explain is told as text or json": bool(explain) and form not in ("text", "json"),
    }
    for message, holds in wrong.items():
        if holds:
            raise WrongCall(message)


def _find(matcher: "Matcher", name: str) -> str:
    from kommunegraf.names import Names

    return Names("municipality", ((iri, p.municipality.label) for iri, p in matcher.register.places.items())).resolve(name)


def _explain(matcher: "Matcher", here: str, other: str, form: Form) -> None:
    from kommunegraf.matching import text as texts

    found = matcher.between(here, other)
    print(_json(found.as_dict()) if form == "json" else texts.explained(found, matcher.register.lang))


def _print(
    engine: "Engine", matcher: "Matcher", found: "Match", answer: AnswerName | None, initiative: str, form: Form, most: int
) -> None:
    from kommunegraf.matching import answers
    from kommunegraf.matching import linked_data as suggestions
    from kommunegraf.matching import text as texts

    lang = matcher.register.lang
    if initiative:
        from dataclasses import replace

        from kommunegraf.names import Names

        named = Names("initiative", ((r.iri, r.label) for r in matcher.register.initiatives.values())).resolve(initiative)
        found = replace(found, learn_from=matcher.learn_from(found.municipality.iri, [named]))
    if form == "turtle":
        from kommunegraf.rdf.encode import encode

        lines = suggestions.quads([suggestions.only(found, answer)], _labels(engine, matcher), most)
        write(encode(suggestions.triples(lines), "turtle"))
    elif form == "json":
        print(_json(asdict(found) if answer is None else {"choices": asdict(found.choices), answer: _field(found, answer)}))
    elif answer is None:
        print(texts.as_text(found, lang, most))
    elif form == "csv":
        sys.stdout.write(answers.as_csv(answers.ANSWERS[answer](found)))
    else:
        print(texts.told(found, answer, lang) + "\n")
        rows = answers.ANSWERS[answer](found)
        shown = [column for column in (rows[0] if rows else {}) if column not in ("municipality", "address")]
        print_table([texts.head(column, lang) for column in shown], [tuple(row[c] for c in shown) for row in rows])


def _field(found: "Match", answer: AnswerName) -> Any:
    told = asdict(found)
    return {"pairs": told["boundaries"], "areas": told["areas"]} if answer == "boundaries" else told[answer.replace("-", "_")]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _labels(engine: "Engine", matcher: "Matcher") -> "Labels":
    from kommunegraf.languages import LANGUAGES
    from kommunegraf.matching import register

    own = matcher.register
    return {lang: (own if lang == own.lang else register.read(engine, lang)).labels() for lang in LANGUAGES}


def _write_all(engine: "Engine", matcher: "Matcher", folder: Path, most: int) -> None:
    """Every kommune's screen and JSON, the answers as CSV, the network's exports, RDF and the report page."""
    from rich.console import Console
    from rich.progress import track

    from kommunegraf.matching import answers, exports, report
    from kommunegraf.matching import linked_data as suggestions
    from kommunegraf.matching import text as texts

    lang, files = matcher.register.lang, {}
    bar = {"console": Console(stderr=True), "disable": not sys.stderr.isatty()}
    found = [matcher.match(row) for row in track(matcher.rows, "Matching", **bar)]  # type: ignore[arg-type]
    for one in found:
        files[f"{one.municipality.name}.txt"] = texts.as_text(one, lang, most) + "\n"
        files[f"{one.municipality.name}.json"] = _json(one.as_dict()) + "\n"
    written = exports.write(files, folder / "municipalities")
    tables = {f"{name}.csv": answers.as_csv(answers.unique(rows(one) for one in found)) for name, rows in answers.ANSWERS.items()}
    tables["areas.csv"] = answers.as_csv(answers.areas(matcher.areas))
    rdf = {"suggestions.nq": "".join(f"{line}\n" for line in suggestions.quads(found, _labels(engine, matcher), most))}
    written += exports.write({**tables, **exports.graphs(matcher), "boundaries.geojson": exports.map_layer(matcher), **rdf}, folder)
    written += exports.write({"report.md": report.page(matcher)}, folder)
    print(f"Wrote {len(written)} files to {folder}; begin with {folder / 'report.md'}")
