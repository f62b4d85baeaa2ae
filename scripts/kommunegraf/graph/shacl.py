"""What the shapes find (pyshacl), a finding for each fault, and what is wrong with the shapes themselves."""

import logging
from typing import Any

import pyshacl
import rdflib
from pyshacl.entrypoints import meta_validate
from pyshacl.errors import ReportableRuntimeError

from kommunegraf.findings import Finding, Severity
from kommunegraf.namespaces import BASE, KG, SH, compact

# rdflib logs each ill-typed literal with a traceback; validation makes a finding of it.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

_SH = rdflib.Namespace(SH)
SEVERITY: dict[str, Severity] = {"Violation": "violation", "Warning": "warning", "Info": "info"}


def findings(data: rdflib.Graph, shapes: rdflib.Graph, lang: str, resources: list[str] | None = None) -> list[Finding]:
    """What the shapes find, a finding for each fault; about some resources only where they are named by IRI.

    Shapes that cannot be used give findings about themselves, from the shapes that the SHACL recommendation has for shapes.
    """
    try:
        report = pyshacl.validate(data, shacl_graph=shapes, focus_nodes=resources, inference="none", advanced=False, inplace=True)[1]
    except ReportableRuntimeError as error:
        return about_shapes(shapes, str(error))
    if not isinstance(report, rdflib.Graph):
        return about_shapes(shapes, str(report))
    listed = report.subjects(rdflib.RDF.type, _SH.ValidationResult)
    results = [(_fault(report, result), _finding(report, result, lang)) for result in listed]
    # A class inherits the shapes of the classes above it, which may find the same fault; the last of each kind stays.
    return list(dict(sorted(results, key=lambda pair: pair[1])).values())


def about_shapes(shapes: rdflib.Graph, reason: str) -> list[Finding]:
    """What SHACL's own shapes find in shapes that pyshacl refuses for a reason."""
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
    missing = {"MinCountConstraintComponent": "no", "MaxCountConstraintComponent": "more than one"}
    fault = f"found {short(value)}" if value is not None else f"{missing.get(component, 'wrong')} {short(path)}"
    return Finding(
        SEVERITY.get(severity, "violation"),
        short(shape) if isinstance(shape, rdflib.URIRef) else "shape",
        f"{short(report.value(result, _SH.focusNode))}: {fault}",
        messages.get(lang) or next(iter(messages.values()), ""),
        resource=str(report.value(result, _SH.focusNode)),
        property=str(path) if isinstance(path, rdflib.URIRef) else "",
        value="" if value is None else str(value),
    )


def short(term: Any) -> str:
    """A term as a reader sees it: a resource of ours without the common beginning, another by its prefix."""
    text = str(term)
    return text.removeprefix(BASE) if text.startswith(BASE) and not text.startswith(KG) else compact(text)
