"""Writes a published site so that readers see the whole old site or the whole new one, never a part."""

import ctypes
import errno
import hashlib
import os
import re
import secrets
import shutil
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from kommunegraf.findings import BadInput, Finding
from kommunegraf.paths import lock, named, unlock

MARK = "SHA256SUMS"
"""The file that marks a published site. It lists every other file (`sha256sum --check SHA256SUMS`)."""
_HEAD = b"# Kommunegraf: a published site, replaced as a whole by the next one\n"
_UNFIT = re.compile("[\x00-\x1f\x7f\\\\\ud800-\udfff]")
_EXCHANGE, _HERE = 2, -100
"""RENAME_EXCHANGE of linux/fs.h, and AT_FDCWD of fcntl.h: paths are relative to the working folder."""
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP}
"""What renameat2 answers on a file system or a kernel that cannot exchange."""


class Tree:
    """A site received file by file in a `with` block, which replaces the folder `target` as a whole when the block ends.

    Nothing is written as long as every file is unchanged. The first changed file creates a folder beside `target`, which receives the
    changed files and, at the end, hard links to the unchanged ones. If the block raises or the process is killed, `target` stays as
    it was, and the next run removes what is left over. After the block, `written` and `removed` count files.

    Raises BadInput if the target is a file, holds files that no site has listed, or is being replaced by another process. Raises
    OSError if the disk is full.
    """

    def __init__(self, target: Path) -> None:
        self.target = target.resolve()
        self.written = 0
        self.removed = 0
        self._sums: dict[str, str] = {}
        self._same: list[str] = []
        self._folders: set[str] = set()
        self._staging: Path | None = None
        self._locks: list[int] = []

    def __enter__(self) -> Self:
        clean(self.target)
        if self.target.is_dir():
            try:
                self._locks += lock(self.target)
            except BlockingIOError:
                fault = Finding("violation", "file", "another process is publishing to it", "wait until that has ended", str(self.target))
                raise BadInput([fault]) from None
        try:
            self._existing = _files(self.target)
        except BadInput:
            unlock(self._locks)
            raise
        return self

    def write(self, path: str, data: bytes) -> None:
        """Add a file; `path` has `/` between its parts. Raises BadInput for a path that cannot be a file, or comes twice."""
        if fault := self._fault(path):
            raise BadInput([Finding("violation", "file", f"{path!r} cannot be a file of the site: {fault}", "another path", path)])
        self._put(path, data)
        self._sums[path] = hashlib.sha256(data).hexdigest()
        if path.rpartition("/")[0] not in self._folders:
            self._folders.update(_folders(path))

    @property
    def paths(self) -> list[str]:
        """The paths of all files so far."""
        return list(self._sums)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            if self._staging:
                shutil.rmtree(self._staging, ignore_errors=True)
            unlock(self._locks)

    def _fault(self, path: str) -> str:
        parts = path.split("/")
        if any(part in ("", ".", "..") for part in parts):
            return "it has an empty part, . or .."
        if _UNFIT.search(path):
            return "it has a control character or a backslash"
        if any(len(part.encode()) > 255 for part in parts):
            return "a part has more than 255 bytes"
        if path == MARK or path in self._sums:
            return "it comes twice"
        folder = path.rpartition("/")[0]
        if path in self._folders or (folder not in self._folders and not self._sums.keys().isdisjoint(_folders(path))):
            return "it is a folder and a file"
        return ""

    def _put(self, path: str, data: bytes) -> None:
        if path in self._existing and _holds(f"{self.target}/{path}", data):
            self._same.append(path)
            return
        new = f"{self._stage()}/{path}"
        os.makedirs(os.path.dirname(new), exist_ok=True)
        with named(Path(new)):
            Path(new).write_bytes(data)
        self.written += 1

    def _stage(self) -> Path:
        if self._staging is None:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._staging = _beside(self.target, secrets.token_hex(4))
            self._staging.mkdir()
            self._locks += lock(self._staging)
        return self._staging

    def _finish(self) -> None:
        self._put(MARK, _HEAD + "".join(f"{self._sums[path]}  {path}\n" for path in sorted(self._sums)).encode())
        if self._staging is None:  # the list of checksums is unchanged, so every file is
            return
        for path in self._same:
            _link(self.target / path, self._staging / path)
        missing = {*self._sums, MARK} - walk(self._staging)
        if missing:
            repair = "a file system that distinguishes upper and lower case"
            message = "another file has taken its name in the folder"
            raise BadInput([Finding("violation", "file", message, repair, path) for path in sorted(missing)])
        self.removed = len(self._existing - self._sums.keys() - {MARK})
        if self.target.exists():
            shutil.copymode(self.target, self._staging)
        exchange(self._staging, self.target)


def exchange(new: Path, old: Path) -> None:
    """Exchange two folders; if there is no `old`, `new` is renamed to it.

    On Linux this is one step (renameat2 with RENAME_EXCHANGE), elsewhere three renames; if the process is killed between these, the
    next `Tree` puts things right. Raises OSError, and both folders are where they were.
    """
    if not old.exists():
        new.rename(old)
    elif not _exchanged(new, old):
        aside = _beside(old, "old")
        old.rename(aside)
        try:
            new.rename(old)
        except OSError:
            aside.rename(old)
            raise
        aside.rename(new)


def _exchanged(new: Path, old: Path) -> bool:
    """Exchange two paths in one step. False if the system cannot, and then nothing has changed."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_HERE, os.fsencode(new), _HERE, os.fsencode(old), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNSUPPORTED:
        return False
    raise OSError(code, os.strerror(code), str(old))


def _beside(target: Path, name: str) -> Path:
    return target.parent / f".{target.name}.publish-{name}"


def clean(target: Path) -> None:
    """Bring back a site that a killed run had put aside, and remove what killed runs have left over."""
    aside = _beside(target, "old")
    if aside.is_dir() and not target.exists():
        aside.rename(target)
    beside = target.parent.iterdir() if target.parent.is_dir() else ()
    for left in [path for path in beside if path.name.startswith(_beside(target, "").name)]:
        try:
            locks = lock(left)
        except BlockingIOError:  # it belongs to a run that is alive
            continue
        shutil.rmtree(left, ignore_errors=True)
        unlock(locks)


def _files(target: Path) -> set[str]:
    """The files of the site at `target`, none if there is none. Raises BadInput if something else is there."""
    if not target.exists():
        return set()
    repair = "a new or empty folder, or one that was published before"
    if not target.is_dir():
        raise BadInput([Finding("violation", "file", "is a file, and a site is a folder", repair, str(target))])
    files = walk(target)
    listing = sums(target) if MARK in files and (target / MARK).is_file() else None
    own = {} if listing is None else {**listing, MARK: ""}
    foreign = sorted(path for path in files if path not in own or (path != MARK and (target / path).is_symlink()))
    if foreign:
        message = f"has files that are not of a published site, {foreign[0]} first; they would be lost"
        raise BadInput([Finding("violation", "file", message, repair, str(target))])
    return files


def sums(target: Path) -> dict[str, str] | None:
    """The SHA-256 of each file that the list of a published site names, by its path; None for a list of others. Raises OSError."""
    text = (target / MARK).read_bytes()
    if not text.startswith(_HEAD):
        return None
    lines = (line.decode("utf-8", "replace") for line in text.removeprefix(_HEAD).split(b"\n") if line)
    return {line[66:]: line[:64] for line in lines}


def walk(folder: Path) -> set[str]:
    """The paths of everything below a folder that is not a folder itself; links to folders count."""
    paths = set()
    for place, folders, names in os.walk(folder):
        below = Path(place).relative_to(folder).as_posix() + "/"
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        paths |= {below.removeprefix("./") + name for name in names + links}
    return paths


def _folders(path: str) -> list[str]:
    return [path[:end] for end, sign in enumerate(path) if sign == "/"]


def _holds(path: str, data: bytes) -> bool:
    """Whether a file holds some bytes."""
    if os.stat(path).st_size != len(data):
        return False
    with open(path, "rb") as file:
        return file.read() == data


def _link(old: Path, new: Path) -> None:
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(old, new)
    except OSError:  # no hard links here, or too many of this file
        shutil.copyfile(old, new)
