"""What an answer rests on: the status and year of each adoption in it, and the sources with title, year and address."""

from collections.abc import Iterable
from itertools import product
from typing import Any

from kommunegraf import paths
from kommunegraf.graph.adoption import Pair
from kommunegraf.namespaces import BASE, SHARED, own_path
from kommunegraf.questions import ask, question
from kommunegraf.rdf.terms import iri
from kommunegraf.site.model import Site

Grounds = dict[str, list[dict[str, Any]]]
_SOURCE, _ADOPTION, _MUNICIPALITY, _INITIATIVE = (f"{BASE}{kind}/" for kind in ("source", "adoption", "municipality", "initiative"))
_REFERENCE = {"municipality": ("catalogue", "lookup"), "region": ("catalogue", "lookup"), "initiative": ("survey",)}
"""Kinds of things whose own sources say little of an answer that names them, and the groups of questions that are about these things."""


def grounds(site: Site, lang: str, rows: Iterable[Iterable[Any]], constants: Iterable[str] = (), group: str = "") -> Grounds:
    """`adoptions` and `sources` behind some rows.

    `constants` are the IRIs of the question's arguments, which stand beside each row; `group` is that of the question.
    """
    fixed = [value for value in constants if own_path(value) is not None]
    each = [[*fixed, *(value for value in row if isinstance(value, str) and own_path(value) is not None)] for row in rows]
    adoptions = list(_adoptions(site, lang, each))
    behind = _behind(site, {value for row in each for value in row} - set(fixed))
    for adoption in adoptions:
        behind.setdefault(adoption["source"], set()).add("adoption")
    telling = {source: kinds - _REFERENCE.keys() for source, kinds in behind.items() if kinds - _REFERENCE.keys()}
    own = {source: {kind for kind in kinds if group in _REFERENCE[kind]} for source, kinds in behind.items() if source not in telling}
    return {"adoptions": adoptions, "sources": described(site, lang, telling or {source: kinds for source, kinds in own.items() if kinds})}


def described(site: Site, lang: str, sources: dict[str, set[str]]) -> list[dict[str, Any]]:
    """Sources by their IRIs, with the kinds of things that each stands behind."""
    every = site.once(_sources, lang)
    return [{**every.get(source, {"source": source}), "behind": sorted(kinds)} for source, kinds in sorted(sources.items())]


def _adoptions(site: Site, lang: str, rows: Iterable[list[str]]) -> Iterable[dict[str, Any]]:
    """Each adoption that a row names, by its IRI or by its kommune and its initiative."""
    view, stated = site.views[lang], site.claims.adoptions
    pairs = {pair for row in rows for pair in product(_of(row, _MUNICIPALITY), _of(row, _INITIATIVE))}
    pairs |= {site.once(_pairs)[value] for row in rows for value in _of(row, _ADOPTION)}
    for pair in sorted(pairs & stated.keys()):
        one = stated[pair]
        yield {
            "adoption": one.iri, "municipality": view.label(pair[0]), "initiative": view.label(pair[1]),
            "status": view.label(f"{SHARED}status/{one.status}"), "asOf": one.as_of,
            "freshness": view.label(f"{SHARED}freshness/{one.freshness}"), "confidence": view.label(f"{SHARED}confidence/{one.confidence}"),
            "evidence": len(one.evidence), "against": len(one.against), "source": one.deciding.source.iri,
        }


def _pairs(site: Site) -> dict[str, Pair]:
    """Kommune and initiative of each adoption, by its IRI."""
    return {adoption.iri: pair for pair, adoption in site.claims.adoptions.items()}


def _of(row: list[str], beginning: str) -> set[str]:
    return {value for value in row if value.startswith(beginning)}


def _behind(site: Site, things: set[str]) -> dict[str, set[str]]:
    """The sources of some things, each with the kinds of those things; a source stands behind itself."""
    behind = {thing: {"source"} for thing in things if thing.startswith(_SOURCE)}
    if things:
        query = question.read(paths.root() / "queries" / "internal" / "sources-of.rq")
        text = query.bind({"thing": " ".join(map(iri, sorted(things)))})
        for row in ask.Answer(query, site.graph.query(text)).rows():
            behind.setdefault(row["source"], set()).add(str(own_path(row["thing"])).partition("/")[0])
    return behind


def _sources(site: Site, lang: str) -> dict[str, dict[str, Any]]:
    """All sources by IRI. One with several addresses has the first."""
    rows = ask.internal(site.graph, "sources", lang=lang).rows()
    return {
        row["source"]: {
            "source": row["source"], "title": row["title"], "year": row["year"], "notBefore": row["notBefore"],
            "publisher": row["publisherLabel"], "address": row["address"],
        }
        for row in reversed(rows)
    }
