"""What the shapes find, a finding for each fault, and what is wrong with the shapes themselves.

pyshacl is the authority and words every finding. The engine `shacl` is much faster and looks first: where it finds nothing, nothing
is wrong, and otherwise pyshacl looks at the resources concerned. `tests/graph/test_shacl.py` holds that both find the same.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import pyoxigraph as ox
import shacl

from kommunegraf.findings import Finding
from kommunegraf.namespaces import BASE

Engine = Literal["fast", "pyshacl"]
"""Who checks the shapes: the fast engine first, or pyshacl alone."""
Suspects = dict[str, list[str]]
"""The resources with which each shape finds fault, all by IRI."""


def check(nquads: str, path: Path, lang: str, engine: Engine = "fast") -> list[Finding]:
    """What the shapes in a Turtle file find in the union of the graphs of an N-Quads text."""
    suspected = suspects(nquads, path) if engine == "fast" else None
    if suspected == {}:
        return []
    import rdflib

    from kommunegraf.graph import report

    union = {ox.Triple(quad.subject, quad.predicate, quad.object) for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS)}
    data = rdflib.Graph().parse(data=ox.serialize(union, format=ox.RdfFormat.N_TRIPLES), format="nt")
    return report.findings(data, rdflib.Graph().parse(data=path.read_bytes(), format="turtle", publicID=BASE), lang, suspected)


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
