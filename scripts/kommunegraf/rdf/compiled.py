"""A compiled store on disk beside an N-Quads file: opened in milliseconds, whatever the size of the file.

A marker in it holds the digest of the N-Quads, the engine's version, and the size and checksum of each file of the store. A store that
does not fit its marker is not used. To read it, the checksums of large files are not worked out: the engine itself checks each block that
it reads, and that each file is the one of its list. `write` checks all.
"""

import json
import os
import zlib
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kommunegraf import paths

_MARKER = "kommunegraf.json"
_ENGINE = f"pyoxigraph {ox.__version__}"
_TRACES = ("LOG", "LOCK")
"""How the names of files begin that the engine writes for people, or to keep others from writing."""
_LARGE = 1 << 17
"""Bytes from which the checksum of a file is left to the engine."""
_TOGETHER = 300_000
"""Lines that are loaded at a time, about 300 MB of memory. More than that take a quarter more time and more room on disk than at once."""
Marker = dict[str, Any]


def folder(nquads: Path) -> Path:
    """Where the compiled store of an N-Quads file is."""
    return nquads.with_suffix(".store")


def write(nquads: Path) -> None:
    """Compile a file, unless that is done. The store takes the place of an older one when it is whole.

    Whether IRIs are such is not checked again: the file is one that was parsed when it was written. Raises OSError and SyntaxError.
    """
    place = folder(nquads)
    marker = {"stamp": _stamp(nquads), "nquads": paths.digest(nquads), "engine": _ENGINE}
    before, whole = _read_marker(place), {**marker, "files": _files(place)}
    if {**before, "stamp": marker["stamp"]} == whole:
        if before != whole:
            _write_marker(place, whole)
        return
    with paths.workshop(nquads.parent, ".store-") as beside:
        fresh, old = beside / "fresh", beside / "old"
        store = ox.Store(fresh)
        with nquads.open("rb") as lines:  # a part at a time: the engine holds what it loads in memory
            while part := b"".join(islice(lines, _TOGETHER)):
                store.bulk_load(part, format=ox.RdfFormat.N_QUADS, lenient=True)
        store.flush()
        del store  # closes its files
        _write_marker(fresh, {**marker, "files": _files(fresh)})
        if place.is_dir() and not place.is_symlink():
            os.replace(place, old)  # who has it open reads on
        elif place.exists() or place.is_symlink():
            place.unlink()
        os.replace(fresh, place)


def read(nquads: Path) -> ox.Store | None:
    """The compiled store of a file, read-only; any number of processes may open it. None where there is none that can be trusted.

    Where a block of it is damaged, the engine raises RuntimeError when that is read.
    """
    place = folder(nquads)
    try:
        before = place.stat().st_ino
        if not _fits(_read_marker(place), place, nquads):
            return None
        store = ox.Store.read_only(str(place))
        return store if place.stat().st_ino == before else None  # it may have been exchanged meanwhile
    except (OSError, ValueError, RuntimeError):
        return None


def _fits(marker: Marker, place: Path, nquads: Path) -> bool:
    """Whether a store is what its marker says, and was made by this engine of a file as it is now."""
    if marker.get("engine") != _ENGINE or not isinstance(marker.get("files"), dict):
        return False
    if marker.get("stamp") != _stamp(nquads) and marker.get("nquads") != paths.digest(nquads):
        return False
    return _files(place, _LARGE) == {name: [size, sum_ if size < _LARGE else 0] for name, (size, sum_) in marker["files"].items()}


def _write_marker(place: Path, marker: Marker) -> None:
    (place / _MARKER).write_text(json.dumps(marker, indent=1) + "\n", "utf-8")


def _read_marker(place: Path) -> Marker:
    """The marker of a store; empty where there is none that can be read."""
    try:
        marker = json.loads((place / _MARKER).read_text("utf-8"))
        return marker if isinstance(marker, dict) else {}
    except (OSError, ValueError, RecursionError):
        return {}


def _files(place: Path, large: int | None = None) -> dict[str, list[int]]:
    """The size of each file of a store, and its checksum: 0 for those of `large` bytes and more."""
    files = sorted(file for file in place.glob("*") if file.name != _MARKER and not file.name.startswith(_TRACES))
    sizes = {file: file.stat().st_size for file in files}
    return {file.name: [size, 0 if large and size >= large else zlib.crc32(file.read_bytes())] for file, size in sizes.items()}


def _stamp(file: Path) -> list[int]:
    """By what a file is known without reading it: its size, and when it was written, in nanoseconds."""
    stat = file.stat()
    return [stat.st_size, stat.st_mtime_ns]
