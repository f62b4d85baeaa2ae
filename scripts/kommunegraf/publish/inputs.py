"""What a site is made of as one digest, and the record of it beside a published site: who has the same makes nothing."""

import hashlib
import json
import os
import secrets
import sys
import sysconfig
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from kommunegraf import paths
from kommunegraf.namespaces import BASE

_PACKAGE = Path(__file__).parents[1]
_SHARED = ("data", "docs", "ontology", "queries")
"""The folders of the project that pages, forms and dumps are made from."""
_PAST = ("version", "changes", "ontology")
"""The folders of the previous site that a new one reads."""
_HEAD = "kommunegraf publish makes nothing as long as both are the same\n"


@dataclass(frozen=True)
class Inputs:
    """All that the bytes of a site rest on.

    `graph` is the file of the graph, `data` the folder of its tables, `previous` that of the site published before, None where there
    is none, and `options` what else was asked for. To these `digest` adds the files of the package and of the project, Python, zlib
    and the installed libraries; neither the time, nor the environment but for the base of IRIs, nor the name of a folder has a part
    in a site. Libraries count by version and by their own list of files (RECORD), so one that was edited in place is not seen.
    """

    graph: Path
    data: Path
    previous: Path | None = None
    options: tuple[str, ...] = ()

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file, and more than are read, with a name that does not depend on where it lies."""
        yield "graph", self.graph
        root = paths.root()
        yield "CHANGELOG.md", root / "CHANGELOG.md"
        folders = {"tables": self.data, "package": _PACKAGE, **{name: root / name for name in _SHARED}}
        if self.previous is not None:
            folders |= {f"previous/{name}": self.previous / name for name in _PAST}
        for name, folder in folders.items():
            yield from ((f"{name}/{path}", folder / path) for path in _below(folder) if (folder / path).is_file())

    def digest(self) -> str:
        """The SHA-256 of all, in hexadecimal. Raises OSError for a file that cannot be read."""
        every = {
            "files": sorted((name, paths.digest(path)) for name, path in self.files()),
            "options": self.options, "base": BASE, "previous": self.previous is not None,
            "python": [sys.version, sysconfig.get_platform(), zlib.ZLIB_RUNTIME_VERSION, list(sys.flags)],
            "libraries": libraries(),
        }
        return hashlib.sha256(json.dumps(every).encode()).hexdigest()


def libraries() -> list[tuple[str, str, str]]:
    """Each installed library, sorted: its name, its version and the digest of its list of files."""
    every = metadata.distributions()
    return sorted((str(one.name), str(one.version), hashlib.sha256((one.read_text("RECORD") or "").encode()).hexdigest()) for one in every)


def recorded(target: Path) -> tuple[str, ...]:
    """What was recorded of the site at `target`: the digest of its inputs and that of its list of files; empty where nothing was."""
    try:
        head, *lines = _place(target).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return ()
    return tuple(lines) if head + "\n" == _HEAD else ()


def record(target: Path, inputs: str, files: str) -> None:
    """Record of what the site at `target` was made.

    The record lies beside the site, where no host publishes it with the site. Without the right to write there it is left out, and the
    next site is made anew.
    """
    place = _place(target)
    aside = place.with_name(f"{place.name}-{secrets.token_hex(4)}")
    with suppress(OSError):
        aside.write_text(f"{_HEAD}{inputs}\n{files}\n", "utf-8")
        aside.replace(place)  # whole, or not at all
    aside.unlink(missing_ok=True)


def _place(target: Path) -> Path:
    place = target.resolve()
    return place.with_name(f".{place.name}.inputs")


def _below(folder: Path) -> Iterator[str]:
    """The path below a folder of every file in it, but for compiled Python."""
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (Path(place, name).relative_to(folder).as_posix() for name in names)
