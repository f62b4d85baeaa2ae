"""The answers as rows: plain values under the same column names for tables, CSV, workbooks and data frames.

Every value that is a word is in the language of the match; numbers are numbers.
"""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from kommunegraf import languages
from kommunegraf.graph.adoption import Source
from kommunegraf.matching import text
from kommunegraf.matching.opportunities import Opportunity
from kommunegraf.matching.register import Resource
from kommunegraf.matching.results import Match, Pair

Row = dict[str, Any]

COLUMNS = {
    "already": ("municipality", "name", "way", "members", "with", "year", "freshness", "source", "address"),
    "opportunities": (
        "kind", "about", "who", "partners", "why", "asOf", "vehicle", "askFirst", "total", "distance", "freshness", "confidence", "spares",
        "private", "sources", "addresses",
    ),
    "neighbours": (
        "municipality", "neighbour", "relation", "initiative", "known", "solutions", "asOf", "freshness", "confidence", "source", "address",
    ),
    "learn-from": (
        "municipality", "initiative", "own", "ownYear", "teacher", "near", "since", "asOf", "freshness", "confidence", "size", "solutions",
        "evidence", "source", "address",
    ),
    "alike": (
        "municipality", "partner", "partnerCode", "neighbour", "overlap", "expected", "surprise", "p", "q", "jaccard", "resourceAllocation",
        "shared",
    ),
    "next": (
        "municipality", "initiative", "active", "planned", "open-plan", "ended", "popularity", "item-knn", "probs", "ease", "peers",
        "mentioned",
    ),
}
"""The columns of each answer, in order: the head of a table that has no row too."""


def already(match: Match, lang: str) -> list[Row]:
    """What the kommune does together with others."""
    words = languages.words(lang, "matching")
    return [
        {
            "municipality": match.municipality.label, "name": v.title, "way": words[f"way_{v.kind}"], "members": len(v.members),
            "with": _labels(m for m in v.members if m != match.municipality), "year": v.year, "freshness": words[f"age_{v.freshness}"],
            **_source(v.source),
        }
        for v in match.already
    ]


def opportunities(match: Match, lang: str) -> list[Row]:
    """The opportunities that the kommune is in."""
    return shortlist(match.opportunities, lang)


def shortlist(each: Iterable[Opportunity], lang: str) -> list[Row]:
    """Opportunities, best first, with why and the points of each."""
    words = languages.words(lang, "matching")
    return [
        {
            "kind": words[f"kind_{one.kind}"], "about": text.about(one), "who": _labels(one.audience), "partners": _labels(one.partners),
            "why": text.why(one, words), "asOf": one.as_of, "vehicle": words[f"way_{one.vehicle.kind}"] if one.vehicle else None,
            "askFirst": words[f"first_{one.kind}"], "total": one.total, **one.points, "private": words.yes if one.private else words.no,
            "sources": "; ".join(s.title for s in one.sources), "addresses": " ".join(s.address for s in one.sources if s.address),
        }
        for one in each
    ]


def neighbours(match: Match, lang: str) -> list[Row]:
    """What runs in each neighbour, and whether anything is known of it here."""
    words = languages.words(lang, "matching")
    rows = []
    for near in match.neighbours:
        relation = ", ".join(words[text.RELATIONS[how]] for how in near.relations)
        for claim in near.running:
            rows.append({
                "municipality": match.municipality.label, "neighbour": near.municipality.label, "relation": relation,
                "initiative": claim.initiative.label, "known": words.no if claim in near.ahead else words.yes,
                "solutions": _labels(claim.solutions), "asOf": claim.as_of, "freshness": words[f"age_{claim.freshness}"],
                "confidence": words[claim.confidence], **_source(claim.adoption.deciding.source),
            })
    return rows


def learn_from(match: Match, lang: str) -> list[Row]:
    """Every teacher of every plan; a plan that nobody has active has a row without one."""
    words = languages.words(lang, "matching")
    rows = []
    for plan in match.learn_from:
        own = {
            "municipality": match.municipality.label, "initiative": plan.initiative.label,
            "own": plan.own.status.label if plan.own else words.unknown, "ownYear": plan.own.as_of if plan.own else None,
        }
        for peer in plan.peers:
            claim = peer.claim
            rows.append(own | {
                "teacher": claim.municipality.label, "near": words[peer.near], "since": peer.since, "asOf": claim.as_of,
                "freshness": words[f"age_{claim.freshness}"], "confidence": words[claim.confidence],
                "size": None if peer.size is None else round(peer.size, 2), "solutions": _labels(claim.solutions),
                "evidence": len(claim.evidence), **_source(claim.adoption.deciding.source),
            })
        if not plan.peers:
            rows.append(dict.fromkeys(COLUMNS["learn-from"]) | own)
    return rows


def alike(match: Match, lang: str) -> list[Row]:
    """Every kommune that shares an initiative, with the null model's figures and the usual scores beside them."""
    return [
        alike_row(match.municipality, p.municipality, p.relations, p.score, (s.initiative.label for s in p.shared), lang)
        for p in match.alike
    ]


def alike_row(here: Resource, there: Resource, relations: Iterable[str], score: Pair, shared: Iterable[str], lang: str) -> Row:
    """A row about two kommuner, with the labels of what they share."""
    words = languages.words(lang, "matching")
    return {
        "municipality": here.label, "partner": there.label, "partnerCode": there.name,
        "neighbour": ", ".join(words[text.RELATIONS[how]] for how in relations), "overlap": score.overlap,
        "expected": round(score.expected, 4), "surprise": round(score.surprise, 4), "p": float(f"{score.p:.4g}"),
        "q": float(f"{score.q:.4g}"), "jaccard": round(score.jaccard, 4),
        "resourceAllocation": round(score.resource_allocation, 4), "shared": "; ".join(shared),
    }


def next_(match: Match, lang: str) -> list[Row]:
    """Every initiative without evidence here, by popularity, with counts by status and the places that other methods give it."""
    words = languages.words(lang, "matching")
    return [
        {
            "municipality": match.municipality.label, "initiative": n.initiative.label, "active": n.adopters.active,
            "planned": n.adopters.planned, "open-plan": n.adopters.open_plan, "ended": n.adopters.ended,
            **{name: n.places.get(name) for name in ("popularity", "item-knn", "probs", "ease")},
            "peers": _labels(c.municipality for c in n.peers), "mentioned": words.yes if n.mentioned else words.no,
        }
        for n in match.next
    ]


ANSWERS: dict[str, Callable[[Match, str], list[Row]]] = {
    "already": already, "opportunities": opportunities, "neighbours": neighbours, "learn-from": learn_from, "alike": alike, "next": next_,
}
"""The answers by the name that a command takes."""


def unique(tables: Iterable[list[Row]]) -> list[Row]:
    """The rows of several tables, each once: what two kommuner have in common is in both their answers."""
    rows = {tuple(row.items()): row for table in tables for row in table}
    return list(rows.values())


def as_csv(rows: list[Row], columns: Iterable[str]) -> str:
    """Rows as CSV with a head, UTF-8 text; the head alone when there is no row."""
    output = io.StringIO()
    writer = csv.DictWriter(output, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue()


def as_workbook(rows: list[Row], columns: Iterable[str], lang: str) -> bytes:
    """Rows as an Excel workbook of one sheet, the same bytes each time. Needs the extra `excel`."""
    import xlsxwriter

    from kommunegraf.rdf.encode import EPOCH, WORKBOOK

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, WORKBOOK) as book:
        book.set_properties({"created": EPOCH})
        sheet = book.add_worksheet()
        names = list(columns)
        sheet.write_row(0, 0, [text.head(name, lang) for name in names], book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [row[name] for name in names])
        sheet.freeze_panes(1, 0)
    return output.getvalue()


def _labels(resources: Iterable[Resource]) -> str:
    return "; ".join(r.label for r in resources)


def _source(source: Source) -> Row:
    return {"source": source.title, "address": source.address or None}
