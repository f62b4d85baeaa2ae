"""What a publication owes to the ones before it: changes told, frozen versions kept, and a stone where something was removed."""

from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kommunegraf.namespaces import BASE
from kommunegraf.publish import changes, dumps, feed, patch, previous

GRAPH = ox.NamedNode(BASE + "changes/")
"""The graph in which the published store holds the descriptions of changes and of removed resources."""


@dataclass(frozen=True)
class History:
    """The past of a site. `changes` has the dataset of each change (as `changes.dataset` makes it) by the IRI of its description.

    `tombstones` describe what was removed, `files` are kept as they were published, `version` is that of the publication before.
    """

    version: str = ""
    changes: dict[str, list[ox.Quad]] = field(default_factory=dict)
    tombstones: list[ox.Quad] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def gone(self) -> set[str]:
        """The IRIs of what was removed."""
        return {quad.subject.value for quad in self.tombstones if isinstance(quad.subject, ox.NamedNode)}

    def quads(self) -> list[ox.Quad]:
        """What the published store says of the past."""
        default = ox.DefaultGraph()
        told = [quad for quads in self.changes.values() for quad in quads if quad.graph_name == default]
        return [ox.Quad(quad.subject, quad.predicate, quad.object, GRAPH) for quad in (*told, *self.tombstones)]


def history(store: ox.Store, version: str, site: Path | None) -> History:
    """The past of a publication of `store` as `version`, after the published site in a folder; none without one.

    Raises BadInput where the folder holds no published site, or one of this version with other contents.
    """
    if site is None:
        return History()
    before = previous.previous(site)
    lines = [f"{quad} ." for quad in dumps.quads(store)]
    told = {BASE + path.relative_to(site).as_posix().removesuffix(".trig"): previous.quads(path, ox.RdfFormat.TRIG)
            for path in sorted((site / "changes").glob("*.trig"))}
    stones, patches = before.tombstones, {}
    if not before.same(version, lines):
        found = changes.compare(before.version, before.lines, version, lines)
        told[BASE + found.path] = changes.dataset(found)
        patches = patch.files(found.path, before.lines, lines)
        stones = previous.tombstones(stones, found)
    return History(before.version, told, stones, {**dict(before.kept({feed.PATH})), **patches, **_vocabularies(site, version)})


def _vocabularies(site: Path, version: str) -> dict[str, bytes]:
    """The documents of the ontology as earlier versions had it."""
    frozen = sorted({path.name for path in (site / "version").iterdir()} - {version})
    paths = [path for name in frozen for path in sorted((site / "ontology").glob(f"{name}.*"))]
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in paths}
