"""The forms that kommuner fill, as files of the site: `form/0751-da.xlsx`."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from kommunegraf.contribute import register, template
from kommunegraf.contribute.register import Register
from kommunegraf.languages import LANGUAGES

FORMS = "form/"
_NAME = re.compile(rf"{FORMS}([0-9]{{4}})-({'|'.join(LANGUAGES)})\.xlsx")


class Forms(Mapping[str, bytes]):
    """The form of each kommune in each language by its path; each is made when it is read, and not kept."""

    def __init__(self, data: Path) -> None:
        self._data = data

    @cached_property
    def _register(self) -> Register:
        return register.read(self._data)

    def __getitem__(self, name: str) -> bytes:
        """A form. Raises KeyError."""
        match = _NAME.fullmatch(name)
        if match is None or match[1] not in self._register.codes:
            raise KeyError(name)
        return template.make(self._register, match[1], match[2])

    def __iter__(self) -> Iterator[str]:
        return (f"{FORMS}{code}-{lang}.xlsx" for code in self._register.codes for lang in LANGUAGES)

    def __len__(self) -> int:
        return len(self._register.codes) * len(LANGUAGES)
