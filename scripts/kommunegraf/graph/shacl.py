"""What the shapes find, a finding for each fault, and what is wrong with the shapes themselves.

pyshacl is the authority and words every finding. The engine `shacl` is much faster and looks first: where it finds nothing, nothing
is wrong, and otherwise pyshacl looks at the resources concerned. `tests/graph/test_shacl.py` holds that both find the same.
"""

import logging
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox
import rdflib
import shacl

from kommunegraf.findings import Finding, Severity
from kommunegraf.namespaces import BASE, KG, SH, compact

# rdflib logs each ill-typed literal with a traceback; validation makes a finding of it.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

_SH = rdflib.Namespace(SH)
Engine = Literal["fast", "pyshacl"]
"""Who checks the shapes: the fast engine first, or pyshacl alone."""
SEVERITY: dict[str, Severity] = {"Violation": "violation", "Warning": "warning", "Info": "info"}


Suspects = dict[str, list[str]]
"""The resources with which each shape finds fault, all by IRI."""


def check(nquads: str, path: Path, lang: str, engine: Engine = "fast") -> list[Finding]:
    """What the shapes in a Turtle file find in the union of the graphs of an N-Quads text."""
    suspected = suspects(nquads, path) if engine == "fast" else None
    if suspected == {}:
        return []
    union = {ox.Triple(quad.subject, quad.predicate, quad.object) for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS)}
    data = rdflib.Graph().parse(data=ox.serialize(union, format=ox.RdfFormat.N_TRIPLES), format="nt")
    return findings(data, rdflib.Graph().parse(data=path.read_bytes(), format="turtle", publicID=BASE), lang, suspected)


def suspects(nquads: str, path: Path) -> Suspects | None:
    """Where the fast engine finds fault; None where pyshacl has to look at everything.

    That is so for a blank node, which cannot be named, and for shapes that the engine refuses or that are no well-formed SHACL.
    """
    text = path.read_text("utf-8")
    try:
        if len(_shapes_of_shapes().validate_turtle(text, BASE)):
            return None
        results = shacl.Shapes.from_turtle(text, BASE).validate_text(nquads, "nquads", BASE).results
    except ValueError:
        return None
    pairs = {(result.root_shape or "", result.focus_node) for result in results}
    if not all(term.startswith("<") for pair in pairs for term in pair):
        return None
    suspected: Suspects = {}
    for shape, node in sorted(pairs):
        suspected.setdefault(shape[1:-1], []).append(node[1:-1])
    return suspected


def _shapes_of_shapes() -> shacl.Shapes:
    """The shapes that the SHACL recommendation has for shapes. pyshacl brings them; importing it would cost more than using them."""
    spec = find_spec("pyshacl")
    assert spec and spec.origin
    return shacl.Shapes.from_file(str(Path(spec.origin).parent / "assets" / "shacl-shacl.ttl"))


def findings(data: rdflib.Graph, shapes: rdflib.Graph, lang: str, suspected: Suspects | None = None) -> list[Finding]:
    """What pyshacl finds, a finding for each fault; about some resources and shapes only where they are named.

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


def _aimed(shapes: rdflib.Graph, suspected: Suspects) -> rdflib.Graph:
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
        SEVERITY.get(severity, "violation"),
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


def short(term: Any) -> str:
    """A term as a reader sees it: a resource of ours without the common beginning, another by its prefix."""
    text = str(term)
    return text.removeprefix(BASE) if text.startswith(BASE) and not text.startswith(KG) else compact(text)
