"""Check tables, shapes and rules; every finding says what is wrong, what would be right, and in which row or line.

Cells and keys are checked by `tables`, single resources by SHACL (`shacl`), texts and values as such by `literals`, and what
holds across resources by the queries of `queries/verify/`, each of which must return nothing. `places` knows where it is written.
"""

import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kommunegraf.findings import SEVERITIES, BadInput, Finding
from kommunegraf.graph import build, countries, literals, shacl, tables
from kommunegraf.graph.places import Places
from kommunegraf.namespaces import BASE, KG, RDF, OtherBase, own_path, short
from kommunegraf.paths import Folders
from kommunegraf.questions import ask
from kommunegraf.rdf import foreign
from kommunegraf.rdf.engines import Embedded
from kommunegraf.rdf.files import ENDINGS, NotRdf

_OF_LITERALS = ("literal", "text", "language")
"""Rules that hold for the literals of anybody."""


def check(paths: list[Path], folders: Folders, lang: str = "en", engine: shacl.Engine = "fast") -> list[Finding]:
    """Findings about folders of tables, in place of those of `folders`; about RDF files; or where none is named, about `folders`."""
    if all(path.is_dir() for path in paths):
        return project(replace(folders, data=tuple(paths)) if paths else folders, lang, engine)
    return files(paths, folders, lang, engine)


def project(folders: Folders, lang: str = "en", engine: shacl.Engine = "fast") -> list[Finding]:
    """Findings about folders of tables together with the ontology, worst first.

    Tables or Turtle that cannot be read end the check with what was found so far. Raises OSError for a folder of Turtle files that
    there is not.
    """
    try:
        statements = build.statements(folders)
    except BadInput as error:
        return sorted(error.findings, key=_rank)
    findings = _graph(statements.stored(), folders, statements.countries, lang, engine)
    if not findings:
        return []
    places = Places([table for data in folders.data for table in tables.read(data)[0].values()], folders.turtle())
    return sorted((places.locate(f) for f in findings), key=_rank)


def files(paths: list[Path], folders: Folders, lang: str = "en", engine: shacl.Engine = "fast") -> list[Finding]:
    """Findings about RDF files, taken together with the graph of some folders; what is not RDF is a finding.

    The rules of the project bind what the files say of its own resources, and resources of others that are of its classes. Of all
    other resources only the literals are checked: what else is right is for those to say who mint them.
    """
    statements = build.statements(folders)
    store = statements.stored()
    if unread := _load(store, paths):
        return unread
    if others := [base for base in ask.bases(Embedded(store)) if base != BASE]:
        raise OtherBase(others[0], ", ".join(map(str, paths)))
    is_bound = _bound(store)
    findings = _graph(store, folders, statements.countries, lang, engine)
    return _located([f for f in findings if f.rule in _OF_LITERALS or is_bound(f)], paths)


def _bound(store: ox.Store) -> Callable[[Finding], bool]:
    """Whether a finding is about a resource that the rules of the project bind, or a blank node of one, or about a term of ours."""
    types = store.quads_for_pattern(None, ox.NamedNode(RDF + "type"), None, None)
    typed = {q.subject for q in types if isinstance(q.object, ox.NamedNode) and q.object.value.startswith(KG)}
    bound = typed | {q.subject for q in store if isinstance(q.subject, ox.NamedNode) and own_path(q.subject.value) is not None}
    waiting = list(bound)
    while waiting:
        for quad in store.quads_for_pattern(waiting.pop(), None, None, None):
            if isinstance(quad.object, ox.BlankNode) and quad.object not in bound:
                bound.add(quad.object)
                waiting.append(quad.object)
    names = {getattr(node, "value", "") for node in bound}
    return lambda finding: finding.resource in names or own_path(finding.resource) is not None or finding.property.startswith(KG)


def profile(paths: list[Path], root: Path, name: str, lang: str = "en", engine: shacl.Engine = "fast") -> list[Finding]:
    """Findings about RDF files alone, by the shapes of `ontology/profiles/NAME.ttl`: what a use of them needs, whatever their IRIs."""
    store = ox.Store()
    unread = _load(store, paths)
    shapes = root / "ontology" / "profiles" / f"{name}.ttl"
    return unread or _located(shacl.check(_nquads(store), shapes, lang, engine), paths)


def _load(store: ox.Store, paths: list[Path]) -> list[Finding]:
    """Load RDF files into a store; what cannot be loaded."""
    findings = []
    with tempfile.TemporaryDirectory(prefix="kommunegraf-") as folder:
        for path in paths:
            try:
                foreign.add(store, path, Path(folder))
            except OSError as error:
                reason = error.strerror or str(error)
                findings.append(Finding("violation", "file", f"cannot be read: {reason}", "name a file that exists", str(path)))
            except NotRdf as error:
                repair = f"a file ending in {ENDINGS} that parses"
                findings.append(Finding("violation", "rdf", f"not RDF: {error}", repair, str(path), error.line))
    return findings


def _located(findings: list[Finding], paths: list[Path]) -> list[Finding]:
    """Findings with the lines of Turtle files that they are about, worst first."""
    places = Places([], [path for path in paths if path.suffix == ".ttl"])
    return sorted((places.locate(f) for f in findings), key=_rank)


def _nquads(store: ox.Store) -> str:
    return (store.dump(format=ox.RdfFormat.N_QUADS) or b"").decode("utf-8")


def graph(store: ox.Store, folders: Folders, lang: str, engine: shacl.Engine = "fast") -> list[Finding]:
    """Findings of shapes and rules about the union of the graphs in a store, by the shapes and the countries of some folders.

    Raises BadInput where the tables of a folder cannot be used.
    """
    lines: list[str] = []
    for folder in folders.data:
        rows, findings = tables.read(folder)
        if findings:
            raise BadInput(findings)
        lines.extend(countries.quads(rows))
    return _graph(store, folders, lines, lang, engine)


def _graph(store: ox.Store, folders: Folders, rules: Iterable[str], lang: str, engine: shacl.Engine) -> list[Finding]:
    """Findings of shapes and rules. The statements that say what holds in each country, as N-Quads lines, stay in the store.

    A rule says nothing of a property of a resource that a shape finds wrong already: one fault gives one finding.
    """
    shapes = next((path for path in folders.turtle() if path.name == "shapes.ttl"), folders.ontology[0] / "shapes.ttl")
    of_shapes = shacl.check(_nquads(store), shapes, lang, engine)
    of_literals = literals.findings(store)
    store.load("".join(f"{line}\n" for line in rules).encode("utf-8"), format=ox.RdfFormat.N_QUADS)
    return without_repeats(of_shapes, of_literals + rule_findings(Embedded(store), lang))


def without_repeats(shapes: list[Finding], rules: list[Finding]) -> list[Finding]:
    """All findings of shapes, and those of rules that no shape has made of the same property of the same resource."""
    stated = {(f.resource, f.property) for f in shapes if f.property}
    return shapes + [f for f in rules if (f.resource, f.property) not in stated]


def rule_findings(engine: Embedded, lang: str) -> list[Finding]:
    """What the verify queries return: one finding for each row."""
    findings = []
    for rule in ask.folder("verify").values():
        for row in ask.ask(engine, rule).rows():
            words = {name: short(value) for name, value in row.items() if value is not None}
            findings.append(
                Finding(
                    rule.header["severity"],
                    f"verify/{rule.name}",
                    _fill(rule.header["message"][lang], words),
                    _fill(rule.header["repair"][lang], words),
                    resource=str(row["resource"]),
                    property=str(row.get("property") or ""),
                    value=str(row.get("value") or ""),
                    others=(str(row["other"]),) if row.get("other") else (),
                )
            )
    return findings


def _fill(text: str, words: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: words.get(m[1], "?"), text)


def _rank(finding: Finding) -> tuple[Any, ...]:
    return (SEVERITIES.index(finding.severity), finding)
