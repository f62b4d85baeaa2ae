"""All adoptions as one table that people can read: names, status, year and source, with headings in a language."""

import csv
from io import StringIO
from typing import Any

import pyoxigraph as ox

from kommunegraf.graph import reader
from kommunegraf.graph.adoption import Adoption
from kommunegraf.languages import LANGUAGES, alphabetical, texts
from kommunegraf.namespaces import SHARED
from kommunegraf.rdf.encode import harmless
from kommunegraf.rdf.engines import Embedded
from kommunegraf.site.view import View

NAMES = {lang: f"adoptions.{lang}.csv" for lang in LANGUAGES}
"""The file of each language."""
Row = list[str | int | None]


def tables(store: ox.Store) -> dict[str, list[Row]]:
    """In each language a row of headings, then a row for each adoption, by kommune and initiative in the order of Danish letters.

    Raises BadInput when the graph lacks what an adoption needs.
    """
    stated = reader.read(Embedded(store)).adoptions.values()
    return {lang: _table(View(store, lang), list(stated)) for lang in LANGUAGES}


def _table(view: View, adoptions: list[Adoption]) -> list[Row]:
    heads: dict[str, dict[str, str]] = texts("workbook")["adoptions"]["columns"]
    rows = [_row(view, one) for one in adoptions]
    rows.sort(key=lambda row: (alphabetical(str(row["municipality"])), alphabetical(str(row["initiative"]))))
    return [[text[view.lang] for text in heads.values()], *([row[name] for name in heads] for row in rows)]


def _row(view: View, one: Adoption) -> dict[str, Any]:
    """The cells of an adoption, by the keys of the headings."""
    source = one.deciding.source
    answers = texts("workbook")["adoptions"]["answers"]
    region = view.thing(one.municipality, "kg:region")
    areas = view.things(one.initiative, "kg:mainArea")
    return {
        "code": view.plain(one.municipality, "dcterms:identifier"), "municipality": view.label(one.municipality),
        "region": view.label(region) if region else None, "initiative": view.label(one.initiative),
        "area": "; ".join(map(view.label, areas)) or None, "status": view.label(f"{SHARED}status/{one.status}"), "as_of": one.as_of,
        "since": one.since, "until": one.until, "solutions": "; ".join(map(view.label, view.by_label(one.solutions))) or None,
        "source": source.title, "publisher": view.label(source.publisher) if source.publisher else None, "year": source.year,
        "address": source.address or None, "sources": len({said.source.iri for said in one.evidence}),
        "disputed": answers["yes" if one.against else "no"][view.lang], "iri": one.iri,
    }


def as_csv(rows: list[Row], lang: str) -> bytes:
    """A table as CSV: in Danish as Danish Excel opens it, with a byte order mark and semicolons; in English with commas (RFC 4180)."""
    output = StringIO()
    csv.writer(output, delimiter=";" if lang == "da" else ",").writerows(
        ["" if cell is None else harmless(str(cell)) for cell in row] for row in rows)
    return output.getvalue().encode("utf-8-sig" if lang == "da" else "utf-8")
