"""What a resource costs to publish, in each format, and how that grows; rdflib's serialisers beside it. Called by `scripts/bench publish`.

The resources are simulated: concepts with labels, a definition and links to each other, in a store of this process alone.
"""

import statistics
from functools import partial

import pyoxigraph as ox
import rdflib
from rich.console import Console
from rich.table import Table

from kommunegraf.namespaces import BASE
from kommunegraf.publish.documents import Documents
from kommunegraf.rdf import describe
from kommunegraf.rdf.formats import DATA
from kommunegraf.site import addresses
from tests.bench.bench import Work, rounds

SIZES = (3_000, 30_000)
SAMPLE = 300
"""How many resources rdflib serialises; it is too slow for all."""


def simulated(count: int) -> Documents:
    """A site of so many concepts, eight statements each."""
    skos = "http://www.w3.org/2004/02/skos/core#"
    lines = []
    for number in range(count):
        this, graph = f"<{BASE}thing/{number}>", f"<{BASE}graph/simulated>"
        values = [f'"Ting {number}"@da', f'"Thing {number}"@en']
        lines += [f"{this} <{skos}prefLabel> {value} {graph} ." for value in values]
        lines += [f"{this} <{skos}definition> {value} {graph} ." for value in values]
        lines += [f"{this} <{skos}related> <{BASE}thing/{(number + step) % count}> {graph} ." for step in (1, 2, 3)]
        lines.append(f"{this} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{skos}Concept> {graph} .")
    store = ox.Store()
    store.bulk_load("\n".join(lines).encode(), format=ox.RdfFormat.N_QUADS)
    return Documents(store, "0")


def data(documents: Documents) -> None:
    """Every resource in every format of data."""
    for iri in documents.site.resources:
        quads = describe.description(documents.site.store, iri)
        for format in DATA:
            describe.encode(quads, format)


def pages(documents: Documents) -> None:
    """Every resource's page in both languages."""
    for iri in documents.site.resources:
        for lang in ("da", "en"):
            documents.pages.html(addresses.path(iri) or "", lang)


def with_rdflib(documents: Documents) -> None:
    """Some resources in the same formats by rdflib, from graphs that are parsed already."""
    for graph in _graphs(documents):
        for name in ("turtle", "json-ld", "nt", "xml"):
            graph.serialize(format=name)


def _graphs(documents: Documents) -> list[rdflib.Graph]:
    texts = (describe.encode(describe.description(documents.site.store, iri), DATA[2]) for iri in documents.site.resources[:SAMPLE])
    return [rdflib.Graph().parse(data=text, format="nt") for text in texts]


def main() -> None:
    """Measure, and print the table."""
    table = Table("What", "Microseconds for a resource and format", "Goal", title="Publishing (CPU, medians of 3 rounds)")
    works: dict[str, Work] = {}
    for size in SIZES:
        documents = simulated(size)
        works[f"data {size}"] = partial(data, documents)
        works[f"pages {size}"] = partial(pages, documents)
    works["rdflib"] = partial(with_rdflib, documents)
    works["parsing"] = partial(_graphs, documents)
    measures = rounds(works, 3)
    cost = {name: statistics.median(one[name] for one in measures) for name in works}
    for size in SIZES:
        table.add_row(f"data, {size:,} resources", f"{cost[f'data {size}'] / size / len(DATA) * 1e6:.1f}", "60")
        table.add_row(f"pages, {size:,} resources", f"{cost[f'pages {size}'] / size / 2 * 1e6:.1f}", "60")
    beside = max(cost["rdflib"] - cost["parsing"], 0.0) / SAMPLE / 4 * 1e6
    table.add_row(f"data by rdflib, {SAMPLE} resources, parsing aside", f"{beside:.1f}", "")
    ratio = cost[f"data {SIZES[1]}"] / cost[f"data {SIZES[0]}"] / (SIZES[1] / SIZES[0])
    table.add_row("growth of data beside linear", f"{ratio:.2f} times", "1.0")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
