"""A compiled store on disk beside an N-Quads file: opened in milliseconds, whatever the size of the file.

A marker in it holds the digests of the N-Quads and of each file of the store, and the engine's version. A store whose marker is not true
to the last byte is not used: one that is older than the N-Quads, was cut short, damaged, or made by another version.
"""

import hashlib
import json
import os
from pathlib import Path

import pyoxigraph as ox

from kommunegraf import paths

_MARKER = "kommunegraf.json"
_TRACES = ("LOG", "LOCK")
"""How the names of files begin that the engine writes for people, or to keep others from writing."""


def folder(nquads: Path) -> Path:
    """Where the compiled store of an N-Quads file is."""
    return nquads.with_suffix(".store")


def write(nquads: Path) -> None:
    """Compile a file, unless that is done. The store takes the place of an older one when it is whole. Raises OSError and SyntaxError."""
    place = folder(nquads)
    digest = _digest(nquads)
    if _is_true(place, digest):
        return
    with paths.workshop(nquads.parent, ".store-") as beside:
        fresh, old = beside / "fresh", beside / "old"
        store = ox.Store(fresh)
        store.bulk_load(path=nquads, format=ox.RdfFormat.N_QUADS)
        store.flush()
        del store  # closes its files
        (fresh / _MARKER).write_text(json.dumps(_marker(fresh, digest), indent=1) + "\n", "utf-8")
        if place.is_dir() and not place.is_symlink():
            os.replace(place, old)  # who has it open reads on
        elif place.exists() or place.is_symlink():
            place.unlink()
        os.replace(fresh, place)


def read(nquads: Path) -> ox.Store | None:
    """The compiled store of a file, read-only; any number of processes may open it. None where there is none that can be trusted."""
    place = folder(nquads)
    try:
        before = place.stat().st_ino
        if not _is_true(place, _digest(nquads)):
            return None
        store = ox.Store.read_only(str(place))
        return store if place.stat().st_ino == before else None  # it may have been exchanged meanwhile
    except (OSError, ValueError):
        return None


def _is_true(place: Path, digest: str) -> bool:
    """Whether a store is what its marker says, and that is what this engine makes of N-Quads with a digest."""
    try:
        return bool(json.loads((place / _MARKER).read_text("utf-8")) == _marker(place, digest))
    except (OSError, ValueError, RecursionError):
        return False


def _marker(place: Path, digest: str) -> dict[str, object]:
    files = sorted(file for file in place.iterdir() if file.name != _MARKER and not file.name.startswith(_TRACES))
    return {"nquads": digest, "engine": f"pyoxigraph {ox.__version__}", "files": {file.name: _digest(file) for file in files}}


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
