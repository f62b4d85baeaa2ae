"""The rules by which every engine gives one answer (queries/README.md) hold in every folder of queries, not the library alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.helpers import ROOT

FILES = sorted((ROOT / "queries").glob("*/*.r[qu]"))
ONLY_HERE = {"measure-type-incomplete", "observation-repeated"}
"""Verify queries with GROUP_CONCAT, for a message; they run on the embedded store alone."""
CHANGING = r"\b(NOW|RAND|UUID|STRUUID|SERVICE|GROUP_CONCAT)\b"


def faults(text: str) -> Iterator[str]:
    """What in a query would give another answer on another engine."""
    lines = [line for line in text.splitlines() if not line.startswith(("#", "PREFIX"))]
    body = re.sub(r"<[^>]*>|\"[^\"]*\"", "", "\n".join(lines))
    declared = re.findall(r"^PREFIX ([\w-]+):", text, re.MULTILINE)
    if declared != sorted(set(declared)) or any(not re.search(rf"(?<![\w-]){prefix}:", body) for prefix in declared):
        yield "prefixes are declared once, in order, and used"
    if set(re.findall(r"(?<![\w:?$-])([a-z][\w-]*):[\w-]", body)) - set(declared):
        yield "a prefix is not declared"
    if re.search(r"OPTIONAL [^\n]*\?lang\b", text) and not re.search(r"^  (FILTER|BIND)\(.*\?lang\b", text, re.MULTILINE):
        yield "Virtuoso forgets the language: add FILTER(BOUND(?lang)) under its VALUES"
    for variable in re.findall(r"VALUES \?(\w+) \{", text):
        if re.search(rf"\?{variable}\s+\(?[\w:|/^-]+\)?[?*]\s", body) and not re.search(rf"\?{variable}\s+(a|[\w-]+:[\w-]+)\s", body):
            yield f"a path that may have no step begins at ?{variable}, which only a VALUES binds"
    if re.search(r"(?<![\d.])100 \* ", body):
        yield "whole numbers divide to whole numbers in Virtuoso: 100.0 *"
    if re.search(CHANGING, body):
        yield "a function whose answer changes, or whose order is open"


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}/{path.stem}" for path in FILES])
def test_a_query_keeps_the_rules_of_all_engines(path: Path) -> None:
    kept = list(faults(path.read_text("utf-8")))
    assert bool(kept) is (path.stem in ONLY_HERE), kept


def test_every_folder_of_queries_is_held() -> None:
    assert {path.parent.name for path in FILES} == {path.name for path in (ROOT / "queries").iterdir() if path.is_dir()}


@pytest.mark.parametrize("text", [
    "PREFIX b: <http://b/>\nPREFIX a: <http://a/>\nSELECT * { ?s a:p b:o }",
    "PREFIX a: <http://a/>\nSELECT * { ?s ?p ?o }",
    "SELECT * { ?s skos:prefLabel ?o }",
    'SELECT * {\n  VALUES ?lang { "da" }\n  ?s ?p ?o .\n  OPTIONAL { ?s ?q ?label . FILTER(LANG(?label) = ?lang) }\n}',
    "PREFIX skos: <http://s/>\nSELECT * {\n  VALUES ?top { <http://e/> }\n  ?top skos:narrower* ?below .\n}",
    "SELECT ((100 * ?a / ?b) AS ?share) { ?a ?p ?b }",
    "SELECT (GROUP_CONCAT(?a) AS ?all) { ?a ?p ?b }",
    "SELECT (NOW() AS ?now) {}",
])
def test_a_query_that_breaks_a_rule_is_found(text: str) -> None:
    assert list(faults(text))
