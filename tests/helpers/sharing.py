"""What costs much is made once for a run of tests, whichever of its processes wants it first."""

import fcntl
import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def made_once(place: Path, make: Callable[[Path], object]) -> Path:
    """`place`, which `make` writes if no process has yet. Others wait until it is whole."""
    with place.with_name(f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            with tempfile.TemporaryDirectory(dir=place.parent) as beside:
                unfinished = Path(beside, place.name)
                make(unfinished)
                os.replace(unfinished, place)
    return place
