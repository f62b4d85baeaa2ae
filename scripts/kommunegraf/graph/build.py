"""Tables and ontology to one dataset with a named graph for each kind of source, as sorted N-Quads and as TriG."""

import os
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.findings import BadInput, Finding
from kommunegraf.graph import derived, tables
from kommunegraf.graph import rows as rdf
from kommunegraf.namespaces import GRAPH, PREFIXES
from kommunegraf.questions import linked_data, question

NQUADS = "kommunegraf.nq"
TRIG = "kommunegraf.trig"
GRAPH_OF = {
    "alignments.ttl": "ontology",
    "concepts.ttl": "concepts",
    "graphs.ttl": "catalog",
    "kommunegraf.ttl": "ontology",
    "shapes.ttl": "shapes",
    "survey-structure.ttl": "survey",
}
"""The named graph of each file of `ontology/`."""


@dataclass(frozen=True)
class Dataset:
    """A built dataset: N-Quads lines without line ends, each once, in code point order (canonical N-Quads)."""

    lines: list[str]

    def text(self) -> str:
        """The N-Quads document."""
        return "\n".join(self.lines) + "\n"


def build(ontology: Path, data: Path) -> Dataset:
    """The dataset that a folder of Turtle files, a folder of tables and the question library make. Nothing is written.

    Raises BadInput with every finding when a file cannot be used.
    """
    rows, findings = tables.read(data)
    for name in sorted(derived.NEEDED - set(rows)):
        findings.append(Finding("violation", "metadata", f"no table {name} is described", "adoptions and rankings rest on it", str(data)))
    lines, broken = read_ontology(ontology)
    findings += broken
    if findings:
        raise BadInput(findings)
    for table in rows.values():
        lines.update(rdf.quads(table))
    lines.update(derived.quads(rows))
    lines.update(linked_data.quads(question.read_folder(paths.root() / "queries" / "questions").values()))
    return Dataset(sorted(lines))


def read_ontology(folder: Path) -> tuple[set[str], list[Finding]]:
    """N-Quads lines of the Turtle files in `folder`, each file in its graph, with canonical blank node labels (RDFC-1.0)."""
    quads = ox.Dataset()
    findings = []
    for path in sorted(folder.glob("*.ttl")):
        if path.name not in GRAPH_OF:
            repair = "one of " + ", ".join(GRAPH_OF)
            findings.append(Finding("violation", "file", "no named graph is set for this file", repair, str(path)))
            continue
        graph = ox.NamedNode(GRAPH + GRAPH_OF[path.name])
        try:
            for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
                quads.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
        except (SyntaxError, OSError) as error:
            line, repair = getattr(error, "lineno", None) or 0, "see https://www.w3.org/TR/turtle/"
            findings.append(Finding("violation", "turtle", f"not Turtle: {error.args[0]}", repair, str(path), line))
    quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    nquads = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    return set(nquads.decode("utf-8").split("\n")) - {""}, findings


def write(dataset: Dataset, folder: Path) -> list[Path]:
    """Write `kommunegraf.nq` and `kommunegraf.trig` to `folder`, made if needed. Returns the files.

    Both are finished beside `folder` before either takes the place of an older one. Raises OSError, with the older
    files untouched, when they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with paths.workshop(folder, ".build-") as beside:
        nquads, trig = beside / NQUADS, beside / TRIG
        text = dataset.text()
        nquads.write_text(text, encoding="utf-8", newline="\n")
        used = {prefix: space for prefix, space in PREFIXES.items() if f"<{space}" in text}
        quads = ox.parse(path=nquads, format=ox.RdfFormat.N_QUADS)
        ox.serialize(quads, trig, format=ox.RdfFormat.TRIG, prefixes=used)
        for path in (nquads, trig):
            os.replace(path, folder / path.name)
    return [folder / NQUADS, folder / TRIG]
