"""Whether a published site is what its list of files says."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from kommunegraf.paths import digest
from kommunegraf.publish.replace import MARK, clean, sums, walk


def intact(target: Path) -> list[str]:
    """The paths of a published site, its list aside, where the folder holds exactly what the list says; none where it does not.

    Every file is read, so that damage shows which changed neither size nor time.
    """
    clean(target.resolve())
    try:
        listing = sums(target)
        if listing is None or walk(target) != {*listing, MARK}:
            return []
        same = all(not (path := target / name).is_symlink() and digest(path) == given for name, given in listing.items())
    except OSError:
        return []
    return list(listing) if same else []


def listed(target: Path) -> str:
    """The SHA-256 of the list of a published site, in hexadecimal; empty where there is none."""
    try:
        return digest(target / MARK)
    except OSError:
        return ""


def clashes(paths: Iterable[str]) -> list[str]:
    """Those of some paths that differ from another in letter case only, sorted: on Windows and macOS they are one file."""
    every = list(paths)
    count = Counter(path.casefold() for path in every)
    return sorted(path for path in every if count[path.casefold()] > 1)
