"""The five answers as rows: plain values under the same column names for tables, CSV and data frames."""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

from kommunegraf.matching.advice import Area
from kommunegraf.matching.register import Resource
from kommunegraf.matching.results import Match

Row = dict[str, Any]


def alike(found: Match) -> list[Row]:
    """Every kommune that shares an initiative, with the null model's figures and the usual scores beside them."""
    return [
        {
            "municipality": found.municipality.label, "partner": p.municipality.label, "partnerCode": p.municipality.name,
            "neighbour": "+".join(p.relations), "overlap": p.score.overlap, "expected": round(p.score.expected, 4),
            "surprise": round(p.score.surprise, 4), "p": float(f"{p.score.p:.4g}"), "q": float(f"{p.score.q:.4g}"),
            "jaccard": round(p.score.jaccard, 4), "resourceAllocation": round(p.score.resource_allocation, 4),
            "shared": _labels(s.initiative for s in p.shared),
        }
        for p in found.alike
    ]


def learn_from(found: Match) -> list[Row]:
    """Every teacher of every plan; a plan that nobody has active has a row without one."""
    rows = []
    for plan in found.learn_from:
        for peer in plan.peers:
            first = peer.claim.evidence[0]
            rows.append({
                "municipality": found.municipality.label, "initiative": plan.initiative.label, "teacher": peer.claim.municipality.label,
                "near": peer.near, "since": peer.since, "confidence": peer.claim.confidence,
                "size": None if peer.size is None else round(peer.size, 2), "evidence": len(peer.claim.evidence),
                "source": first.source.label, "address": first.address,
            })
        if not plan.peers:
            rows.append(dict.fromkeys(("municipality", "initiative", *_TEACHER)) | {
                "municipality": found.municipality.label, "initiative": plan.initiative.label,
            })
    return rows


_TEACHER = ("teacher", "near", "since", "confidence", "size", "evidence", "source", "address")


def together(found: Match) -> list[Row]:
    """Every group that the kommune is in."""
    return [
        {
            "initiative": g.initiative.label, "connected": g.connected,
            "planning": _labels(c.municipality for c in g.planning), "having": _labels(c.municipality for c in g.having),
            "lead": g.lead.label, "why": g.why,
        }
        for g in found.together
    ]


def boundaries(found: Match) -> list[Row]:
    """Every neighbour with another solution."""
    return [
        {
            "initiative": b.initiative.label, "one": b.one.municipality.label, "itsSolution": _labels(b.one.solutions),
            "other": b.other.municipality.label, "otherSolution": _labels(b.other.solutions), "relation": "+".join(b.relations),
        }
        for b in found.boundaries
    ]


def areas(found: Iterable[Area]) -> list[Row]:
    """Connected areas that one solution could serve."""
    return [
        {
            "initiative": a.initiative.label, "members": _labels(c.municipality for c in a.members),
            "solutions": "; ".join(f"{s.label}: {count}" for s, count in a.solutions), "unknown": a.unknown,
        }
        for a in found
    ]


def next_(found: Match) -> list[Row]:
    """Every initiative without evidence here, by popularity, with the places that other methods give it."""
    return [
        {
            "municipality": found.municipality.label, "initiative": n.initiative.label, "adopters": n.adopters,
            **{name: n.places.get(name) for name in ("popularity", "item-knn", "probs", "alike")},
            "peers": _labels(c.municipality for c in n.peers), "mentioned": n.mentioned,
        }
        for n in found.next
    ]


ANSWERS: dict[str, Callable[[Match], list[Row]]] = {
    "learn-from": learn_from, "together": together, "boundaries": boundaries, "alike": alike, "next": next_,
}
"""The answers by the name that a command takes."""


def unique(tables: Iterable[list[Row]]) -> list[Row]:
    """The rows of several tables, each once: what two kommuner have in common is in both their answers."""
    rows = {tuple(row.items()): row for table in tables for row in table}
    return list(rows.values())


def as_csv(rows: list[Row]) -> str:
    """Rows as CSV with a head, UTF-8 text; nothing but a line end when there is no row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _labels(found: Iterable[Resource]) -> str:
    return "; ".join(r.label for r in found)
