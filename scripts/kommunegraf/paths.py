"""Where the ontology, the tables and the queries are: inside the package in a wheel, at the top of a checkout; and where files are made."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

METADATA = "csv-metadata.json"
"""The file in `data/` that describes the tables (W3C CSVW)."""


def root() -> Path:
    """The folder that holds `ontology/`, `data/`, `queries/`, `docs/` and the changelog."""
    package = Path(__file__).resolve().parent
    bundled = package / "_root"
    return bundled if bundled.is_dir() else package.parents[1]


@contextmanager
def workshop(folder: Path, prefix: str) -> Iterator[Path]:
    """A folder inside `folder` in which files are made before they take their place. Those that killed processes left there go.

    Who uses one holds a lock on it, so that only what nobody uses is removed; without locks, as on Windows, nothing is.
    """
    for leftover in folder.glob(f"{prefix}*") if sys.platform != "win32" else ():
        with suppress(OSError):  # it is in use, or gone
            lock = _locked(leftover)
            shutil.rmtree(leftover, ignore_errors=True)
            os.close(lock)
    with tempfile.TemporaryDirectory(dir=folder, prefix=prefix, ignore_cleanup_errors=True) as made:
        if sys.platform == "win32":
            yield Path(made)
            return
        lock = _locked(Path(made))
        try:
            yield Path(made)
        finally:
            os.close(lock)


def _locked(folder: Path) -> int:
    """A descriptor that holds a lock on a folder until it is closed. Raises OSError where another process has one."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock
