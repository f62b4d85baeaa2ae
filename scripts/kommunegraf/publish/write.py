"""Writes the site to a folder: all of it or nothing, and only what has changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kommunegraf.findings import Finding
from kommunegraf.languages import LANGUAGES
from kommunegraf.publish import inputs, integrity
from kommunegraf.publish.processes import spread
from kommunegraf.publish.replace import Tree
from kommunegraf.rdf.formats import HTML, WrongFormat

if TYPE_CHECKING:  # a run without changes makes no page, and loads nothing that would
    from kommunegraf.publish.documents import Documents

Progress = Callable[[int, int], None]
"""Called with the number of files done and of all."""


@dataclass(frozen=True)
class Published:
    """The outcome: how many files the site has, how many were written and removed, and what could not be published."""

    files: int
    written: int
    removed: int
    findings: list[Finding]


def renew(
    made_of: inputs.Inputs, documents: "Callable[[], Documents]", target: Path, progress: Progress = lambda done, total: None,
) -> Published:
    """Write a site as `publish` does, unless the one at `target` was made of the same and is whole. Raises as `publish` does.

    Of the same: all inputs have the digest that is recorded beside the site. Whole: the folder holds the files of its list and no
    others, each with its digest, and the list is the one that was recorded. A site of which there is something to tell beside letter
    case, or that has no tables, is not recorded, so that this is told again.
    """
    digest = made_of.digest()
    if inputs.recorded(target) == (digest, integrity.listed(target)) and (paths := integrity.intact(target)):
        return Published(len(paths), 0, 0, _alike(paths, target))
    pages = documents()
    done = publish(pages, target, progress)
    told = [finding for finding in done.findings if finding.severity != "info"]
    if not told and pages.data is not None and made_of.digest() == digest:  # else something changed while the site was made
        inputs.record(target, digest, integrity.listed(target))
    return done


def publish(documents: "Documents", target: Path, progress: Progress = lambda done, total: None) -> Published:
    """Write a site to the folder `target`, in the place of an older one.

    A file that cannot be made is left out and reported as a finding. Raises BadInput and OSError as `Tree` does.
    """
    names = documents.prepare()
    with spread(partial(_made, documents), names, _language) as files, Tree(target) as tree:  # in this order: no process inherits its locks
        findings = documents.findings()
        for done, (name, made) in enumerate(zip(names, files)):
            progress(done, len(names))
            if isinstance(made, Finding):
                findings.append(made)
            elif made is not None:
                tree.write(name, made)
    return Published(len(names), tree.written, tree.removed, [*findings, *_alike(tree.paths, target)])


def _alike(paths: Iterable[str], target: Path) -> list[Finding]:
    """What there is to tell of paths that are one file on some systems."""
    clashes = integrity.clashes(paths)
    message = f"{len(clashes)} files differ from another in upper and lower case only: on Windows and macOS copy the site as an archive"
    return [Finding("info", "file", message, "such as " + ", ".join(clashes[:3]), str(target))] if clashes else []


def _language(name: str) -> int | None:
    """The number of the language of a file, by what names of pages, answers and forms say; None for data, which has none."""
    number = next((number for number, lang in enumerate(LANGUAGES) if f".{lang}." in name or f"-{lang}." in name), None)
    return 0 if number is None and (name.endswith(HTML.suffix) or name.startswith("query/")) else number


def _made(documents: "Documents", name: str) -> bytes | Finding | None:
    """The content of a file, or why it cannot be made."""
    try:
        return documents.read(name)
    except WrongFormat as error:
        return Finding("warning", "file", f"left out: {error}", "text and names that the format can write", name)
