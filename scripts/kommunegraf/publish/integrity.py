"""Whether a published site is what its list of files says."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from kommunegraf.publish.replace import HEAD, MARK, clean, walk


def intact(target: Path) -> list[str]:
    """The paths of a published site, its list aside, where the folder holds exactly what the list says; none where it does not.

    Every file is read, so that damage shows which changed neither size nor time.
    """
    clean(target.resolve())
    try:
        lines = (target / MARK).read_bytes().removeprefix(HEAD).decode("utf-8").split("\n")[:-1]
        sums = {line[66:]: line[:64] for line in lines}
        if walk(target) != {*sums, MARK}:
            return []
        same = all(not (path := target / name).is_symlink() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
                   for name, digest in sums.items())
    except (OSError, ValueError):
        return []
    return list(sums) if same else []


def listed(target: Path) -> str:
    """The SHA-256 of the list of a published site, in hexadecimal; empty where there is none."""
    try:
        return hashlib.sha256((target / MARK).read_bytes()).hexdigest()
    except OSError:
        return ""


def clashes(paths: Iterable[str]) -> list[str]:
    """Those of some paths that differ from another in letter case only, sorted: on Windows and macOS they are one file."""
    every = list(paths)
    count = Counter(path.casefold() for path in every)
    return sorted(path for path in every if count[path.casefold()] > 1)
