"""Several files of a folder changed as one: whoever is interrupted, a reader sees all of the change or nothing of it.

The new files are finished in a folder beside them. Its renaming is the moment from which the change holds; then the files move to
their places. Who reads the folder moves first what an interrupted writer left (`settle`).
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kommunegraf import paths

READY = ".change-ready"
"""The folder of a change that holds and of which some files may not have moved."""
_UNFINISHED = ".change-"


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace some files of a folder, all or none. Raises OSError, with nothing changed, when they cannot be written."""
    settle(folder)
    beside = Path(tempfile.mkdtemp(dir=folder, prefix=_UNFINISHED))
    try:
        for name, content in files.items():
            _write(beside / name, content)
        _flush(beside)
        os.rename(beside, folder / READY)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    _flush(folder)
    settle(folder)


def settle(folder: Path) -> None:
    """Finish a change that holds. What an interrupted writer left unfinished does no harm, and goes with the next change."""
    ready = folder / READY
    if not ready.is_dir():
        return
    for path in sorted(ready.iterdir()):
        os.replace(path, folder / path.name)
    _flush(folder)
    ready.rmdir()


def sweep(folder: Path) -> None:
    """Remove what interrupted writers left unfinished. Only for who writes alone."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        if path.name != READY:
            shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    with paths.named(path), path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Make what was renamed in a folder last beyond a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
