"""Files and folders of contributions: each read and checked, in the order of their names."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kommunegraf.contribute import checking, linked, mapping, reading
from kommunegraf.contribute.checking import Given
from kommunegraf.contribute.reading import TEXTS, WORKBOOKS, Sheet, Unreadable
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Check
from kommunegraf.errors import KommunegrafError

_KINDS = (*WORKBOOKS, *TEXTS, *linked.SUFFIXES)


class NoFiles(KommunegrafError):
    """A folder without a file that could be a contribution."""


@dataclass
class Checked:
    """A file with what it says; `refusal` says why it cannot be read at all, empty where it can."""

    path: Path
    check: Check = field(default_factory=Check)
    sheets: list[Sheet] = field(default_factory=list)
    refusal: str = ""

    @property
    def fit(self) -> bool:
        """Whether it can be taken in."""
        return not self.refusal and not self.check.wrong

    def text(self, lang: str) -> str:
        """What is to correct, and how it stands."""
        return self.refusal or self.check.text(lang)

    def as_dict(self, lang: str) -> dict[str, Any]:
        """The same for programs."""
        return {
            "file": str(self.path), "fit": self.fit, "refusal": self.refusal, "summary": self.text(lang).rsplit("\n", 1)[-1],
            "faults": [fault.as_dict(lang) for fault in self.check.faults],
        }  # fmt: skip


def listed(files: Iterable[Path]) -> list[Path]:
    """The files, and those in the folders, of the kinds that can be read. Raises NoFiles for a folder without any."""
    paths: list[Path] = []
    for path in files:
        if not path.is_dir():
            paths.append(path)
            continue
        inside = sorted(
            one for one in path.iterdir() if one.is_file() and one.suffix.lower() in _KINDS and not one.name.startswith((".", "~$"))
        )
        if not inside:
            raise NoFiles(f"{path} holds no file of the kinds {', '.join(_KINDS)}")
        paths += inside
    return paths


def check(path: Path, register: Register, today: date, lang: str, given: Given | None = None, map_file: Path | None = None) -> Checked:
    """A file, read and checked. Raises OSError, and BadMapping for a mapping that does not fit."""
    try:
        if path.suffix.lower() in linked.SUFFIXES:
            return Checked(path, linked.read(path, register, today, lang, given or Given()))
        sheets = reading.read(path)
    except Unreadable as error:
        return Checked(path, refusal=error.message(lang))
    if map_file:
        try:
            mapped = json.loads(map_file.read_text("utf-8"))
        except ValueError as error:
            raise mapping.BadMapping(f"{map_file} is not JSON: {error}") from None
        sheets, faults = mapping.applied(sheets, mapped, lang)
        found = checking.check(sheets, register, today, lang, given)
        return Checked(path, Check(found.submissions, [*faults, *found.faults]), sheets)
    return Checked(path, checking.check(sheets, register, today, lang, given), sheets)
