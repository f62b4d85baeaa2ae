"""Check tables, shapes and rules; every finding says what is wrong, what would be right, and in which row or line.

Cells and keys are checked by `tables`, single resources by SHACL (pyshacl), and what holds across resources by the
queries of `queries/verify/`, each of which must return nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib

from kommunegraf.findings import BadInput, Finding, Severity
from kommunegraf.graph import build, tables
from kommunegraf.graph.metadata import Table
from kommunegraf.graph.rows import resources
from kommunegraf.namespaces import BASE, KG, SH, compact
from kommunegraf.questions import ask
from kommunegraf.rdf.engines import Embedded

_SH = rdflib.Namespace(SH)
_SEVERITY: dict[str, Severity] = {"Violation": "violation", "Warning": "warning", "Info": "info"}


def check(paths: list[Path], root: Path, lang: str = "en") -> list[Finding]:
    """Findings about one folder of tables, or about RDF files."""
    return project(root, paths[0], lang) if len(paths) == 1 and paths[0].is_dir() else files(paths, root, lang)


def project(root: Path, data: Path, lang: str = "en") -> list[Finding]:
    """Findings about the tables in `data` together with the ontology and the rules of `root`, worst first.

    Tables or Turtle that cannot be read end the check with what was found so far.
    """
    try:
        dataset = build.build(root / "ontology", data)
    except BadInput as error:
        return sorted(error.findings, key=_rank)
    findings = graph(_store(dataset), root, lang)
    if not findings:
        return []
    places = Places(tables.read(data)[0], root / "ontology")
    return sorted((places.locate(f) for f in findings), key=_rank)


def _store(dataset: build.Dataset) -> ox.Store:
    store = ox.Store()
    store.bulk_load(dataset.text().encode("utf-8"), format=ox.RdfFormat.N_QUADS)
    return store


def files(paths: Iterable[Path], root: Path, lang: str = "en") -> list[Finding]:
    """Findings about RDF files, taken together with the graph of `root`; what is not RDF is a finding."""
    store = _store(build.build(root / "ontology", root / "data"))
    findings = []
    for path in paths:
        try:
            store.load(path=path)
        except OSError as error:
            findings.append(Finding("violation", "file", f"cannot be read: {error}", "name a file that exists", str(path)))
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 0
            repair = "a file ending in .ttl, .trig, .nt, .nq, .rdf or .jsonld that parses"
            findings.append(Finding("violation", "rdf", f"not RDF: {error.args[0]}", repair, str(path), line))
    return findings or sorted(graph(store, root, lang), key=_rank)


def graph(store: ox.Store, root: Path, lang: str) -> list[Finding]:
    """Findings of shapes and rules about the union of the graphs in a store.

    A rule says nothing of a property of a resource that a shape finds wrong already: one fault gives one finding.
    """
    union = {ox.Triple(q.subject, q.predicate, q.object) for q in store}
    triples = rdflib.Graph().parse(data=ox.serialize(union, format=ox.RdfFormat.N_TRIPLES), format="nt")
    shapes = rdflib.Graph().parse(data=(root / "ontology" / "shapes.ttl").read_bytes(), format="turtle", publicID=BASE)
    return without_repeats(shape_findings(triples, shapes, lang), rule_findings(Embedded(store), lang))


def without_repeats(shapes: list[Finding], rules: list[Finding]) -> list[Finding]:
    """All findings of shapes, and those of rules that no shape has made of the same property of the same resource."""
    stated = {(f.resource, f.property) for f in shapes if f.property}
    return shapes + [f for f in rules if (f.resource, f.property) not in stated]


def shape_findings(data: rdflib.Graph, shapes: rdflib.Graph, lang: str, resources: list[str] | None = None) -> list[Finding]:
    """What SHACL finds, a finding for each fault; about some resources only where they are named by IRI."""
    report = pyshacl.validate(data, shacl_graph=shapes, focus_nodes=resources, inference="none", advanced=False, inplace=True)[1]
    if not isinstance(report, rdflib.Graph):
        raise BadInput([Finding("violation", "shacl", f"the shapes cannot be used: {report}", "see shapes.ttl", "shapes.ttl")])
    listed = report.subjects(rdflib.RDF.type, _SH.ValidationResult)
    results = [(_fault(report, result), _shape_finding(report, result, lang)) for result in listed]
    # A class inherits the shapes of the classes above it, which may find the same fault; the last of each kind stays.
    return list(dict(sorted(results, key=lambda pair: pair[1])).values())


def _fault(report: rdflib.Graph, result: Any) -> tuple[Any, ...]:
    """What two shapes that find the same thing have in common."""
    return tuple(report.value(result, part) for part in (_SH.focusNode, _SH.resultPath, _SH.value, _SH.sourceConstraintComponent))


def _shape_finding(report: rdflib.Graph, result: Any, lang: str) -> Finding:
    shape = report.value(result, _SH.sourceShape)
    messages = {m.language: str(m) for m in report.objects(result, _SH.resultMessage) if isinstance(m, rdflib.Literal)}
    value, path = report.value(result, _SH.value), report.value(result, _SH.resultPath)
    severity = str(report.value(result, _SH.resultSeverity)).removeprefix(SH)
    component = str(report.value(result, _SH.sourceConstraintComponent)).removeprefix(SH)
    missing = {"MinCountConstraintComponent": "no", "MaxCountConstraintComponent": "more than one"}
    found = f"found {_short(value)}" if value is not None else f"{missing.get(component, 'wrong')} {_short(path)}"
    return Finding(
        _SEVERITY[severity],
        _short(shape) if isinstance(shape, rdflib.URIRef) else "shape",
        f"{_short(report.value(result, _SH.focusNode))}: {found}",
        messages.get(lang) or next(iter(messages.values()), ""),
        resource=str(report.value(result, _SH.focusNode)),
        property=str(path or ""),
    )


def rule_findings(engine: Embedded, lang: str) -> list[Finding]:
    """What the verify queries return: one finding for each row."""
    findings = []
    for rule in ask.folder("verify").values():
        for row in ask.ask(engine, rule).rows():
            words = {name: _short(value) for name, value in row.items() if value is not None}
            findings.append(
                Finding(
                    rule.header["severity"],
                    f"verify/{rule.name}",
                    _fill(rule.header["message"][lang], words),
                    _fill(rule.header["repair"][lang], words),
                    resource=str(row["resource"]),
                    property=str(row.get("property") or ""),
                )
            )
    return findings


def _fill(text: str, words: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: words.get(m[1], "?"), text)


def _short(term: Any) -> str:
    text = str(term)
    return text.removeprefix(BASE) if text.startswith(BASE) and not text.startswith(KG) else compact(text)


def _rank(finding: Finding) -> tuple[Any, ...]:
    return (list(_SEVERITY.values()).index(finding.severity), finding)


class Places:
    """Where a resource is stated: the row of a table, or the line of a Turtle file."""

    def __init__(self, described: dict[str, Table], ontology: Path) -> None:
        self._rows: dict[str, list[tuple[Table, int]]] = {}
        for table in described.values():
            for template in {c.about for c in table.columns if c.property}:
                for index, subject in enumerate(resources(table, template)):
                    self._rows.setdefault(subject, []).append((table, index))
        self._turtle = {path: path.read_text("utf-8").splitlines() for path in sorted(ontology.glob("*.ttl"))}

    def locate(self, finding: Finding) -> Finding:
        """The finding with file, line and column where they are known."""
        name = finding.resource
        rows = self._rows.get(name, [])
        for table, index in rows:
            for column in table.columns:
                if column.property == finding.property and not column.virtual and finding.property:
                    return replace(finding, file=str(table.path), line=table.lines[index], column=column.name)
        for table, index in rows:
            return replace(finding, file=str(table.path), line=table.lines[index])
        starts = (f"<{name.removeprefix(BASE)}> ", f"<{name}> ", f"{compact(name)} ")
        for path, lines in self._turtle.items():
            for number, line in enumerate(lines, 1):
                if line.startswith(starts):
                    return replace(finding, file=str(path), line=number)
        return finding


def turtle(findings: list[Finding]) -> str:
    """The findings as a SHACL validation report, with the place of each as its `rdfs:comment`."""
    report = rdflib.Graph()
    report.bind("sh", SH)
    node = rdflib.BNode("report")
    report.add((node, rdflib.RDF.type, _SH.ValidationReport))
    report.add((node, _SH.conforms, rdflib.Literal(not findings)))
    for number, finding in enumerate(findings):
        result = rdflib.BNode(f"result{number}")
        report.add((node, _SH.result, result))
        report.add((result, rdflib.RDF.type, _SH.ValidationResult))
        report.add((result, _SH.resultSeverity, _SH[finding.severity.capitalize()]))
        report.add((result, _SH.resultMessage, rdflib.Literal(f"{finding.message}. {finding.repair}")))
        report.add((result, rdflib.RDFS.comment, rdflib.Literal(finding.where)))
        if finding.property.startswith("http"):
            report.add((result, _SH.resultPath, rdflib.URIRef(finding.property)))
        if finding.resource.startswith("http"):
            report.add((result, _SH.focusNode, rdflib.URIRef(finding.resource)))
    return report.serialize(format="turtle")
