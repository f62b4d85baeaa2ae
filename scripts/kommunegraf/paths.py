"""Where the ontology, the tables and the queries are: inside the package in a wheel, at the top of a checkout; and where files are made."""

import os
import sys
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
