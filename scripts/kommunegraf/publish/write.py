"""Writes the site to a folder: all of it or nothing, and only what has changed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kommunegraf.findings import Finding
from kommunegraf.publish.documents import Documents
from kommunegraf.publish.processes import spread
from kommunegraf.publish.replace import Tree
from kommunegraf.rdf.formats import WrongFormat


@dataclass(frozen=True)
class Published:
    """The outcome: how many files the site has, how many were written and removed, and what could not be published."""

    files: int
    written: int
    removed: int
    findings: list[Finding]


def publish(documents: Documents, target: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Published:
    """Write a site to the folder `target`, in the place of an older one. `progress` is called with the files done and the total.

    A file that cannot be made is left out and reported as a finding. Raises BadInput and OSError as `replace.Tree` does.
    """
    names = list(documents.names())
    findings = documents.findings()
    with spread(partial(_made, documents), names) as files, Tree(target) as tree:  # in this order, so that no process inherits its locks
        for done, (name, made) in enumerate(zip(names, files)):
            progress(done, len(names))
            if isinstance(made, Finding):
                findings.append(made)
            elif made is not None:
                tree.write(name, made)
        clashes = tree.clashes
    if clashes:
        message = f"{len(clashes)} files differ from another in upper and lower case only: on Windows and macOS copy the site as an archive"
        findings.append(Finding("info", "file", message, "such as " + ", ".join(clashes[:3]), str(target)))
    return Published(len(names), tree.written, tree.removed, findings)


def _made(documents: Documents, name: str) -> bytes | Finding | None:
    """The content of a file, or why it cannot be made."""
    try:
        return documents.read(name)
    except WrongFormat as error:
        return Finding("warning", "file", f"left out: {error}", "text and names that the format can write", name)
