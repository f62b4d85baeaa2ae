"""Tables and ontology to one dataset with a named graph for each kind of source, as sorted N-Quads and as TriG."""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.findings import BadInput, Finding
from kommunegraf.graph import countries, derived, tables
from kommunegraf.graph import rows as rdf
from kommunegraf.namespaces import GRAPH, PREFIXES, RDF
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
_TYPE = f" <{RDF}type> "
_TOGETHER = 100_000
"""Lines that are written at a time; all in one text would be as large as the dataset."""


@dataclass(frozen=True)
class Dataset:
    """A built dataset: N-Quads lines without line ends, each once, in code point order (canonical N-Quads).

    `countries` are lines that say what holds in each country. They are no part of it and serve to check it.
    """

    lines: list[str]
    countries: tuple[str, ...] = ()

    def text(self) -> str:
        """The N-Quads document."""
        return "\n".join(self.lines) + "\n"

    def sizes(self) -> dict[str, int]:
        """The number of statements of each named graph, by its IRI."""
        return Counter(line[line.rindex("<") + 1 : -3] for line in self.lines)

    def outline(self) -> ox.Store:
        """Ontology and catalogue whole; of everything else only what it is an instance of. Enough to tell what is in the dataset."""
        whole = tuple(f"<{GRAPH}{name}> ." for name in ("catalog", "ontology"))
        lines = [line for line in self.lines if _TYPE in line or line.endswith(whole)]
        store = ox.Store()
        store.bulk_load("\n".join(lines).encode("utf-8"), format=ox.RdfFormat.N_QUADS)
        return store


def build(ontology: Path, data: Path) -> Dataset:
    """The dataset of a folder of Turtle files and a folder of tables; see `build_all`."""
    return build_all(paths.Folders((data,), (ontology,)))


def build_all(folders: paths.Folders) -> Dataset:
    """The dataset that folders of tables and of Turtle files and the question library make. Nothing is written.

    Each folder of tables stands alone: none refers to a row of another. Raises BadInput with every finding when a file cannot be used,
    and OSError for a folder of Turtle files that there is not.
    """
    registers, findings = [], []
    for data in folders.data:
        rows, faults = tables.read(data)
        findings += faults
        for name in sorted(derived.NEEDED - set(rows)):
            message, repair = f"no table {name} is described", "adoptions and rankings rest on it"
            findings.append(Finding("violation", "metadata", message, repair, str(data)))
        registers.append(rows)
    lines, broken = read_ontology(folders.turtle())
    findings += broken
    if findings:
        raise BadInput(findings)
    for rows in registers:
        for table in rows.values():
            lines.extend(rdf.quads(table))
        lines.extend(derived.quads(rows))
    lines.extend(linked_data.quads(question.read_folder(paths.root() / "queries" / "questions").values()))
    lines.sort()
    rules = tuple(line for rows in registers for line in countries.quads(rows))
    return Dataset([line for line, _ in groupby(lines)], rules)  # a set beside the list would cost as much memory again


def read_ontology(files: Iterable[Path]) -> tuple[list[str], list[Finding]]:
    """N-Quads lines of Turtle files, each file in its graph, with canonical blank node labels (RDFC-1.0)."""
    quads = ox.Dataset()
    findings = []
    for path in files:
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
    return nquads.decode("utf-8").splitlines(), findings


def write(dataset: Dataset, folder: Path) -> list[Path]:
    """Write `kommunegraf.nq` and `kommunegraf.trig` to `folder`, made if needed. Returns the files.

    Both are finished beside `folder` before either takes the place of an older one. Raises OSError, with the older
    files untouched, when they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with paths.workshop(folder, ".build-") as beside:
        nquads, trig = beside / NQUADS, beside / TRIG
        used: set[str] = set()
        with nquads.open("wb") as file:
            for start in range(0, len(dataset.lines), _TOGETHER):
                text = "".join(f"{line}\n" for line in dataset.lines[start : start + _TOGETHER])
                file.write(text.encode("utf-8"))
                used |= {prefix for prefix, space in PREFIXES.items() if prefix not in used and f"<{space}" in text}
        quads = ox.parse(path=nquads, format=ox.RdfFormat.N_QUADS)
        ox.serialize(quads, trig, format=ox.RdfFormat.TRIG, prefixes={p: space for p, space in PREFIXES.items() if p in used})
        for path in (nquads, trig):
            os.replace(path, folder / path.name)
    return [folder / NQUADS, folder / TRIG]
