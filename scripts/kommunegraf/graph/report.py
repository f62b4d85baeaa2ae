"""What pyshacl reports of shapes, as findings; and findings as a SHACL validation report.

This module loads rdflib: it is imported where something is wrong, or where a report is to be written.
"""

import logging
from typing import Any

import rdflib

from kommunegraf.findings import Finding, Severity
from kommunegraf.namespaces import SH, short

# rdflib logs each ill-typed literal with a traceback; validation makes a finding of it.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

_SH = rdflib.Namespace(SH)
_SEVERITY: dict[str, Severity] = {"Violation": "violation", "Warning": "warning", "Info": "info"}


def findings(data: rdflib.Graph, shapes: rdflib.Graph, lang: str, suspected: dict[str, list[str]] | None = None) -> list[Finding]:
    """What pyshacl finds, a finding for each fault; about the resources named for each shape where some are.

    Shapes that cannot be used give findings about themselves, from the shapes that the SHACL recommendation has for shapes.
    """
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError

    shapes = shapes if suspected is None else _aimed(shapes, suspected)
    try:
        report = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False, inplace=True)[1]
    except ReportableRuntimeError as error:
        return about_shapes(shapes, str(error))
    if not isinstance(report, rdflib.Graph):
        return about_shapes(shapes, str(report))
    listed = report.subjects(rdflib.RDF.type, _SH.ValidationResult)
    results = [(_fault(report, result), _finding(report, result, lang)) for result in listed]
    # A class inherits the shapes of the classes above it, which may find the same fault; the last of each kind stays.
    return list(dict(sorted(results, key=lambda pair: pair[1])).values())


def _aimed(shapes: rdflib.Graph, suspected: dict[str, list[str]]) -> rdflib.Graph:
    """The shapes with some resources as their only targets.

    pyshacl's own choice of focus nodes leaves them out of nested shapes too, and then reports what is right.
    """
    targets = {_SH.targetClass, _SH.targetNode, _SH.targetSubjectsOf, _SH.targetObjectsOf}
    aimed = rdflib.Graph()
    aimed += (t for t in shapes if t[1] not in targets and t[1:] != (rdflib.RDF.type, rdflib.RDFS.Class))
    for shape, nodes in suspected.items():
        aimed += ((rdflib.URIRef(shape), _SH.targetNode, rdflib.URIRef(node)) for node in nodes)
    return aimed


def about_shapes(shapes: rdflib.Graph, reason: str) -> list[Finding]:
    """What SHACL's own shapes find in shapes that pyshacl refuses for a reason."""
    from pyshacl.entrypoints import meta_validate

    report = meta_validate(shapes, inference="none")[1]
    assert isinstance(report, rdflib.Graph)
    repair = "see https://www.w3.org/TR/shacl/#shacl-shacl"
    focused = {report.value(result, _SH.focusNode): result for result in report.subjects(rdflib.RDF.type, _SH.ValidationResult)}
    named = {str(node): result for node, result in focused.items() if isinstance(node, rdflib.URIRef)}
    return [
        Finding(
            "violation", "shacl", f"{short(node)} is no usable shape: {reason.splitlines()[0]}", repair,
            resource=node, property=str(report.value(result, _SH.resultPath) or ""),
        )
        for node, result in sorted(named.items())
    ] or [Finding("violation", "shacl", f"the shapes cannot be used: {reason}", repair, "shapes.ttl")]  # fmt: skip


def _fault(report: rdflib.Graph, result: Any) -> tuple[Any, ...]:
    """What two shapes that find the same thing have in common."""
    return tuple(report.value(result, part) for part in (_SH.focusNode, _SH.resultPath, _SH.value, _SH.sourceConstraintComponent))


def _finding(report: rdflib.Graph, result: Any, lang: str) -> Finding:
    shape = report.value(result, _SH.sourceShape)
    messages = {m.language: str(m) for m in report.objects(result, _SH.resultMessage) if isinstance(m, rdflib.Literal)}
    value, path = report.value(result, _SH.value), report.value(result, _SH.resultPath)
    severity = str(report.value(result, _SH.resultSeverity)).removeprefix(SH)
    component = str(report.value(result, _SH.sourceConstraintComponent)).removeprefix(SH)
    about = _path(report, path)
    missing = {"MinCountConstraintComponent": "no", "MaxCountConstraintComponent": "more than one"}
    fault = f"found {short(value)}" if value is not None else f"{missing.get(component, 'wrong')} {about}"
    return Finding(
        _SEVERITY.get(severity, "violation"),
        short(shape) if isinstance(shape, rdflib.URIRef) else "shape",
        f"{short(report.value(result, _SH.focusNode))}: {fault}",
        messages.get(lang) or next(iter(messages.values()), ""),
        resource=str(report.value(result, _SH.focusNode)),
        property=str(path) if isinstance(path, rdflib.URIRef) else "",
        value="" if value is None else str(value),
    )


def _path(report: rdflib.Graph, path: Any) -> str:
    """A path as SPARQL writes it: `a/b` for one property after another, `a | b` for either, `^a` for the way back."""
    if not isinstance(path, rdflib.BNode):
        return short(path)
    if choices := report.value(path, _SH.alternativePath):
        return " | ".join(_path(report, step) for step in report.items(choices))
    if back := report.value(path, _SH.inversePath):
        return f"^{_path(report, back)}"
    return "/".join(_path(report, step) for step in report.items(path))


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
