"""The forms that kommuner fill, as files of the site: `form/0751-da.xlsx`."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kommunegraf.languages import LANGUAGES

if TYPE_CHECKING:
    from kommunegraf.contribute.register import Register

FORMS = "form/"
_NAME = re.compile(rf"{FORMS}([a-z0-9-]+)-({'|'.join(LANGUAGES)})\.xlsx")


class Forms(Mapping[str, bytes]):
    """The form of each kommune in each language by its path; each is made when it is read, and not kept."""

    def __init__(self, data: Path) -> None:
        self._data = data

    @cached_property
    def register(self) -> "Register":
        """What the tables hold, read when it is first asked for. Raises BadInput."""
        from kommunegraf.contribute import register  # reads tables with csvw, which pages do not need

        return register.read(self._data)

    def __getitem__(self, name: str) -> bytes:
        """A form. Raises KeyError."""
        match = _NAME.fullmatch(name)
        if match is None or match[1] not in self.register.codes:
            raise KeyError(name)
        from kommunegraf.contribute import template

        return template.make(self.register, match[1], match[2])

    def __iter__(self) -> Iterator[str]:
        return (f"{FORMS}{code}-{lang}.xlsx" for code in self.register.codes for lang in LANGUAGES)

    def __len__(self) -> int:
        return len(self.register.codes) * len(LANGUAGES)
