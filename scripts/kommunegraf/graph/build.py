"""Tables and ontology to one dataset with a named graph for each kind of source, as sorted N-Quads and as TriG."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import pyoxigraph as ox

from kommunegraf import paths
from kommunegraf.findings import BadInput, Finding
from kommunegraf.graph import countries, derived, tables
from kommunegraf.graph import rows as rdf
from kommunegraf.graph.adoption import Limits
from kommunegraf.graph.metadata import Table
from kommunegraf.graph.ordering import ordered
from kommunegraf.namespaces import GRAPH, PREFIXES, RDF, SHARED, based
from kommunegraf.paths import NQUADS as NQUADS
from kommunegraf.questions import linked_data, question

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
_Register = tuple[dict[str, Table], Limits]
"""The tables of a folder by file name, and what the adoption rule measures age by."""


@dataclass(frozen=True)
class Dataset:
    """A built dataset in memory: N-Quads lines without line ends, each once, in code point order (canonical N-Quads).

    `countries` are lines that say what holds in each country. They are no part of it and serve to check it.
    """

    lines: list[str]
    countries: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[str]:
        return iter(self.lines)

    def text(self) -> str:
        """The N-Quads document."""
        return "\n".join(self.lines) + "\n"


def sizes(lines: Iterable[str]) -> dict[str, int]:
    """The number of statements of each named graph, by its IRI, in N-Quads lines with or without line ends."""
    return Counter(line[line.rindex("<") + 1 : line.rindex(">")] for line in lines)


def outline(lines: Iterable[str]) -> ox.Store:
    """Ontology and catalogue whole; of everything else only what it is an instance of. Enough to tell what is in the dataset."""
    whole = tuple(f"<{GRAPH}{name}> ." for name in ("catalog", "ontology"))
    telling = [line for line in map(str.rstrip, lines) if _TYPE in line or line.endswith(whole)]
    store = ox.Store()
    store.bulk_load("\n".join(telling).encode("utf-8"), format=ox.RdfFormat.N_QUADS, lenient=True)
    return store


def build(ontology: Path, data: Path) -> Dataset:
    """The dataset of a folder of Turtle files and a folder of tables; see `build_all`."""
    return build_all(paths.Folders((data,), (ontology,)))


def build_all(folders: paths.Folders) -> Dataset:
    """The dataset that folders of tables and of Turtle files and the question library make. Nothing is written. Raises as `statements`."""
    lines = statements(folders)
    return Dataset(list(ordered(lines)), lines.countries)


@dataclass(frozen=True)
class Statements:
    """The N-Quads lines of a dataset one after the other, once, in no promised order and some of them twice. `countries` as in Dataset."""

    lines: Iterator[str]
    countries: tuple[str, ...]

    def __iter__(self) -> Iterator[str]:
        return self.lines

    def stored(self) -> ox.Store:
        """A store in memory with the statements. No more than some lines of them are in memory beside it."""
        store = ox.Store()
        while some := list(islice(self.lines, _TOGETHER)):
            store.bulk_load("\n".join(some).encode("utf-8"), format=ox.RdfFormat.N_QUADS)
        return store


def statements(folders: paths.Folders) -> Statements:
    """The statements that folders of tables and of Turtle files and the question library make, made as they are read.

    Each folder of tables stands alone: none refers to a row of another. Raises BadInput with every finding when a file cannot be used,
    and OSError for a folder of Turtle files that there is not, both before the first line.
    """
    registers, lines = _read(folders)
    rules = tuple(line for rows, _ in registers for line in countries.quads(rows))
    return Statements(_lines(registers, lines), rules)


def _read(folders: paths.Folders) -> tuple[list[_Register], list[str]]:
    """The registers, and the lines of the ontology."""
    registers, findings = [], []
    for data in folders.data:
        rows, faults = tables.read(data)
        findings += faults
        needed = {*derived.NEEDED, *countries.CHECKED} if rows else set()  # without rows the metadata is at fault, which is told
        for name in sorted(needed - set(rows)):
            message, repair = f"no table {name} is described", "adoptions, rankings and checks rest on it"
            findings.append(Finding("violation", "metadata", message, repair, str(data)))
        registers.append(rows)
    lines, broken = read_ontology(folders.turtle())
    findings += broken
    if findings:
        raise BadInput(findings)
    return [(rows, derived.limits(rows)) for rows in registers], lines


def _lines(registers: list[_Register], ontology: list[str]) -> Iterator[str]:
    questions = question.read_folder(paths.root() / "queries" / "questions").values()
    of_rows = (chain(*map(rdf.quads, rows.values()), derived.quads(rows, limits)) for rows, limits in registers)
    return chain(ontology, linked_data.quads(questions), chain.from_iterable(of_rows))


def read_ontology(files: Iterable[Path]) -> tuple[list[str], list[Finding]]:
    """N-Quads lines of Turtle files, each file in its graph, with canonical blank node labels (RDFC-1.0)."""
    quads = ox.Dataset()
    findings = []
    for path in files:
        if path.name not in GRAPH_OF:
            repair = "one of " + ", ".join(GRAPH_OF)
            findings.append(Finding("violation", "file", "no named graph is set for this file", repair, str(path)))
            continue
        graph = ox.NamedNode(f"{SHARED}graph/{GRAPH_OF[path.name]}")
        try:
            for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True):
                quads.add(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
        except (SyntaxError, OSError) as error:
            line, repair = getattr(error, "lineno", None) or 0, "see https://www.w3.org/TR/turtle/"
            findings.append(Finding("violation", "turtle", f"not Turtle: {error.args[0]}", repair, str(path), line))
    quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    nquads = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    return based(nquads.decode("utf-8")).splitlines(), findings


def write(lines: Iterable[str], folder: Path) -> list[Path]:
    """Write N-Quads lines, in any order, to `kommunegraf.nq` and `kommunegraf.trig` in `folder`, made if needed. Returns the files.

    Both are finished beside `folder` before either takes the place of an older one. Raises OSError, with the older
    files untouched, when they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with paths.workshop(folder, ".build-") as beside:
        nquads, trig = beside / NQUADS, beside / TRIG
        with paths.named(nquads):
            used = _write_nquads(ordered(lines, beside), nquads)
        quads = ox.parse(path=nquads, format=ox.RdfFormat.N_QUADS)
        ox.serialize(quads, trig, format=ox.RdfFormat.TRIG, prefixes={p: space for p, space in PREFIXES.items() if p in used})
        for path in (nquads, trig):
            os.replace(path, folder / path.name)
    return [folder / NQUADS, folder / TRIG]


def _write_nquads(lines: Iterator[str], path: Path) -> set[str]:
    """Write lines to a file, some at a time. Returns the prefixes of the namespaces that they use."""
    used: set[str] = set()
    with path.open("wb") as file:
        while some := list(islice(lines, _TOGETHER)):
            text = "\n".join(some)
            file.write(f"{text}\n".encode())
            used |= {prefix for prefix, space in PREFIXES.items() if prefix not in used and f"<{space}" in text}
    return used
