"""What a new publication keeps of earlier ones: their frozen versions, the changes between them, and tombstones of removed resources."""

from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from kommunegraf.namespaces import BASE
from kommunegraf.publish import changes, dumps, feed, patch, previous

GRAPH = ox.NamedNode(BASE + "changes/")
"""The graph in which the published store holds the descriptions of changes and of removed resources."""


@dataclass(frozen=True)
class History:
    """The past of a site.

    `version` is the version published last, and `files` are files to keep as they are. `changes` maps the IRI of each change to its
    dataset, as `changes.dataset` makes it. `tombstones` describe removed resources.
    """

    version: str = ""
    changes: dict[str, list[ox.Quad]] = field(default_factory=dict)
    tombstones: list[ox.Quad] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def gone(self) -> set[str]:
        """The IRIs of removed resources."""
        return {quad.subject.value for quad in self.tombstones if isinstance(quad.subject, ox.NamedNode)}

    def quads(self) -> list[ox.Quad]:
        """What the published store holds of the past: changes and tombstones, without the statements that changed."""
        default = ox.DefaultGraph()
        descriptions = [quad for quad in chain.from_iterable(self.changes.values()) if quad.graph_name == default]
        return [ox.Quad(quad.subject, quad.predicate, quad.object, GRAPH) for quad in (*descriptions, *self.tombstones)]


def history(store: ox.Store, version: str, site: Path | None) -> History:
    """The past of `store`, about to be published as `version` in the place of the site in a folder; empty without one.

    Raises BadInput if the folder holds no published site, or this version with other contents.
    """
    if site is None:
        return History()
    before = previous.previous(site)
    lines = [f"{quad} ." for quad in dumps.quads(store)]
    datasets = {BASE + path.relative_to(site).as_posix().removesuffix(".trig"): previous.quads(path, ox.RdfFormat.TRIG)
                for path in sorted((site / "changes").glob("*.trig"))}
    tombstones, patches = before.tombstones, {}
    if not before.same(version, lines):
        difference = changes.compare(before.version, before.lines, version, lines)
        datasets[BASE + difference.path] = changes.dataset(difference)
        patches = patch.files(difference.path, before.lines, lines)
        tombstones = previous.tombstones(tombstones, difference)
    return History(before.version, datasets, tombstones, {**dict(before.kept({feed.PATH})), **patches, **_vocabularies(site, version)})


def _vocabularies(site: Path, version: str) -> dict[str, bytes]:
    """The documents of the ontology in its earlier versions."""
    frozen = sorted({path.name for path in (site / "version").iterdir()} - {version})
    paths = [path for name in frozen for path in sorted((site / "ontology").glob(f"{name}.*"))]
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in paths}
