"""What follows from changed tables: statuses, opportunities and answers to questions, before and after."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kommunegraf.contribute import register
from kommunegraf.contribute.forms import word
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.survey import label
from kommunegraf.graph import build, journal
from kommunegraf.matching.matcher import Matcher
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded


@dataclass(frozen=True)
class Effects:
    """`statuses`: kommunekode, initiative, before, after. `matches`: + or -, opportunity. `answers`: question, rows before, after."""

    statuses: list[tuple[str, str, str, str]]
    matches: list[tuple[str, str]]
    answers: list[tuple[str, int, int]]


@contextmanager
def changed(data: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """A copy of a data folder in which some files are other ones."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "data")
        shutil.copytree(data, copy, ignore=shutil.ignore_patterns(f"{journal.READY[:8]}*"))
        for name, content in files.items():
            (copy / name).write_bytes(content)
        yield copy


def statuses(before: Register, after: Register, codes: Iterable[str], lang: str) -> list[tuple[str, str, str, str]]:
    """Where the status, its year or what decides it changes, for some kommuner."""
    rows = []
    for code in sorted(codes):
        old, new = _standing(before, code, lang), _standing(after, code, lang)
        for name in sorted(old.keys() | new.keys()):
            was, now = (standing.get(name, word(lang, "changes", "unknown_status")) for standing in (old, new))
            if was != now:
                rows.append((code, name, was, now))
    return rows


def _standing(register: Register, code: str, lang: str) -> dict[str, str]:
    """By initiative: its status in a kommune, in words; its own no where there is no other."""
    denied = {name: _told("none", one.year, lang) for name, one in register.denials.get(code, {}).items()}
    return denied | {name: _told(one.status, one.as_of, lang) for name, one in register.adoptions.get(code, {}).items()}


def _told(status: str, year: int | None, lang: str) -> str:
    shown = label(f"status/{status}", lang)
    return f"{shown} ({year})" if year else shown


def effects(root: Path, data: Path, before: Register, files: Mapping[str, bytes], codes: set[str], lang: str) -> Effects:
    """What follows for some kommuner when files of a data folder change. Raises BadInput where the changed tables have faults."""
    with changed(data, files) as folder:
        after = register.read(folder)
        old, new = _engine(root, data), _engine(root, folder)
    was, now = (_opportunities(engine, codes, lang) for engine in (old, new))
    matches = [("-", one) for one in sorted(was - now)] + [("+", one) for one in sorted(now - was)]
    return Effects(statuses(before, after, codes, lang), matches, _answers(old, new, codes, lang))


def _engine(root: Path, data: Path) -> Embedded:
    store = ox.Store()
    store.bulk_load(build.build(root / "ontology", data).text().encode(), format=ox.RdfFormat.N_QUADS)
    return Embedded(store)


def _opportunities(engine: Embedded, codes: set[str], lang: str) -> set[str]:
    """The opportunities of some kommuner in words."""
    matcher = Matcher.open(engine, lang)
    texts = set()
    for one in matcher.opportunities:
        for resource in one.audience:
            if resource.name in codes or any(partner.name in codes for partner in one.partners):
                what = one.initiative.label if one.initiative else one.vehicle.resource.label if one.vehicle else ""
                texts.add(f"{resource.label}: {one.kind}, {what} ({', '.join(partner.label for partner in one.partners)})")
    return texts


def _answers(old: Embedded, new: Embedded, codes: set[str], lang: str) -> list[tuple[str, int, int]]:
    """The questions of the library whose answers change: asked about the kommune where they are about one, else with their defaults."""
    rows = []
    for name, question in sorted(ask.folder().items()):
        about = next((one.name for one in question.parameters.values() if one.type == "municipality"), "")
        arguments = {about: min(codes)} if about and codes else {}
        try:
            was, now = (_lines(ask.ask(engine, question, **arguments).result) for engine in (old, new))
        except ask.BadArgument:
            continue  # a question that must be given an argument has no answer of its own
        if was != now:
            rows.append((question.title[lang] or name, len(was), len(now)))
    return rows


def _lines(result: Any) -> list[str]:
    """The rows or triples of an answer, as text."""
    return [str(bool(result))] if isinstance(result, ox.QueryBoolean) else sorted(map(str, result))
