"""How much of what a store holds, counted once for a site."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import pyoxigraph as ox

from kommunegraf.namespaces import RDF
from kommunegraf.site.model import Site

_TYPE = RDF + "type"


@dataclass(frozen=True)
class Counts:
    """Statements by named graph; for each graph the instances of each class; for each class and property its uses by graph."""

    statements: Counter[str] = field(default_factory=Counter)
    instances: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    uses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def counts(site: Site) -> Counts:
    """The counts of a site's store, which does not change."""
    return site.once(_counts)


def _counts(site: Site) -> Counts:
    counts = Counts()
    for quad in site.store:
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        counts.statements[graph] += 1
        if quad.predicate.value != _TYPE:
            counts.uses[quad.predicate.value][graph] += 1
        elif isinstance(quad.object, ox.NamedNode):
            counts.uses[quad.object.value][graph] += 1
            counts.instances[graph][quad.object.value] += 1
    return counts
