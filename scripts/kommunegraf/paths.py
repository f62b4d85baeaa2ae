"""Where the ontology, the tables and the queries are: inside the package in a wheel, at the top of a checkout; and where files are made."""

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import fcntl

METADATA = "csv-metadata.json"
"""The file in `data/` that describes the tables (W3C CSVW)."""
NQUADS = "kommunegraf.nq"
"""The file of a built graph."""


def root() -> Path:
    """The folder that holds `ontology/`, `data/`, `queries/`, `docs/` and the changelog."""
    package = Path(__file__).resolve().parent
    bundled = package / "_root"
    return bundled if bundled.is_dir() else package.parents[1]


@dataclass(frozen=True)
class Folders:
    """The folders that a graph is built from: of tables, one for each register, and of Turtle files.

    Where two folders have a Turtle file of one name, that of the later stands.
    """

    data: tuple[Path, ...]
    ontology: tuple[Path, ...]

    @classmethod
    def of(cls, data: Iterable[Path] | None = None, ontology: Path | None = None) -> "Folders":
        """The project's own folders; where some are named, others of tables in their place, and one of Turtle files that goes before."""
        own = root()
        return cls(tuple(data or ()) or (own / "data",), (own / "ontology", *([ontology] if ontology else [])))

    def turtle(self) -> list[Path]:
        """The Turtle files, sorted by name. Raises OSError for a folder that there is not, or that holds none."""
        files = {path.name: path for folder in self.ontology for path in _listed(folder)}
        return [files[name] for name in sorted(files)]


def _listed(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "is no folder", str(folder))
    files = [path for path in folder.iterdir() if path.suffix == ".ttl"]
    if not files:
        raise FileNotFoundError(errno.ENOENT, "holds no Turtle files (*.ttl)", str(folder))
    return files


@contextmanager
def workshop(folder: Path, prefix: str) -> Iterator[Path]:
    """A folder inside `folder` in which files are made before they take their place. Those that killed processes left there go.

    Who uses one holds a lock on it, so that only what nobody uses is removed; without locks, as on Windows, nothing is.
    """
    import shutil
    import tempfile  # both are for who writes, and take as long to load as a lookup

    for leftover in folder.glob(f"{prefix}*") if sys.platform != "win32" else ():
        with suppress(OSError):  # it is in use, or gone
            locks = lock(leftover)
            shutil.rmtree(leftover, ignore_errors=True)
            unlock(locks)
    with tempfile.TemporaryDirectory(dir=folder, prefix=prefix, ignore_cleanup_errors=True) as made:
        locks = lock(Path(made))
        try:
            yield Path(made)
        finally:
            unlock(locks)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Name a file in what the system says of writing it, which names none: that the disk is full. Raises OSError."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError."""
    import hashlib  # takes long to load, and most commands need no digest

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lock(folder: Path) -> list[int]:
    """Lock a folder; the lock ends with this process at the latest. Raises BlockingIOError if another process holds it.

    Returns what `unlock` takes: nothing on Windows, which has no such locks.
    """
    if sys.platform == "win32":
        return []
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return [handle]


def unlock(locks: list[int]) -> None:
    """Release locks, also for forked processes that have inherited them."""
    for handle in locks:
        if sys.platform != "win32":
            fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)
