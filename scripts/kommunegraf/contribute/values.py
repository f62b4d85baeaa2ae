"""What a cell means: names, choices, years, dates and addresses as people write them."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache

from kommunegraf.contribute.forms import choices, settled
from kommunegraf.contribute.register import Register, last
from kommunegraf.contribute.submission import Fault
from kommunegraf.findings import nearest
from kommunegraf.languages import LANGUAGES, texts
from kommunegraf.names import UnknownName, plain
from kommunegraf.namespaces import mint

_CODE = re.compile(r".*\(\s*(\d{3,4})\s*\)")
_YEAR = re.compile(r"(?:år )?((?:19[6-9]|20[0-4])\d|2050)(?:-\d\d-\d\d)?", re.IGNORECASE)
_NEW = re.compile(r"\s*(?:nyt?|new)\s*:\s*(.+)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://(?:[^\s<>\"{}|\\^`\[\]%]|%[0-9A-Fa-f]{2})+")
_LISTED = re.compile(r"\s*[;\n]\s*")
_LOOSELY = re.compile(r"\s*,\s*|\s+(?:og|and)\s+|\s*/\s*")
_DAYS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%y", "%d.%m.%y", "%d/%m/%y", "%Y%m%d")
_MONTHS = {name: number for number, names in enumerate((
    ("januar", "january", "jan"), ("februar", "february", "feb"), ("marts", "march", "mar"), ("april", "apr"), ("maj", "may"),
    ("juni", "june", "jun"), ("juli", "july", "jul"), ("august", "aug"), ("september", "sep"), ("oktober", "october", "okt", "oct"),
    ("november", "nov"), ("december", "dec"),
), 1) for name in names}  # fmt: skip
_IN_WORDS = re.compile(r"(\d{1,2})\.?\s+([a-z]+)\.?,?\s+(\d{4})", re.IGNORECASE)
_DAY_ZERO = date(1899, 12, 30)
"""From which spreadsheets count days."""


class Wrong(Exception):
    """A cell that cannot be understood: the code of the fault, what is allowed and what is nearest."""

    def __init__(self, code: str, value: str = "", allowed: tuple[str, ...] = (), near: tuple[str, ...] = ()) -> None:
        self.code, self.value, self.allowed, self.near = code, value, allowed, near
        super().__init__(code)

    def fault(self, sheet: str, row: int, column: int, heading: str) -> Fault:
        """The fault at a place."""
        return Fault(self.code, sheet, row, column, heading, self.value, self.allowed, self.near)


def choice(cell: str, name: str, lang: str) -> str:
    """The key of what a cell chooses from a list of the words, in either language. Raises Wrong."""
    keys = _chosen(name)
    if key := keys.get(plain(cell)):
        return key
    begun = {key for written, key in keys.items() if written.startswith(f"{plain(cell)} ")}
    if len(begun) == 1:
        return begun.pop()
    shown = {plain(label): label for label in choices(lang, name)}
    labels = dict(zip(texts("contribute")[name], choices(lang, name)))
    near = tuple(shown[one] for one in nearest(plain(cell), shown, 2)) or tuple(labels[keys[one]] for one in nearest(plain(cell), keys, 1))
    raise Wrong(f"unknown-{name}", cell, tuple(shown.values()), near)


@cache
def _chosen(name: str) -> dict[str, str]:
    """The keys of a list by what people write for each."""
    words = texts("contribute")
    written = {plain(text[lang]): key for key, text in words[name].items() for lang in LANGUAGES}
    for key, text in words.get(f"{name}_other", {}).items():
        for lang in LANGUAGES:
            for other in text[lang].split("|"):
                written.setdefault(plain(other), key)
    return {**written, **{plain(key): key for key in words[name]}}


def year(cell: str) -> int | None:
    """A year; None for an empty cell. Raises Wrong."""
    if not cell:
        return None
    match = _YEAR.fullmatch(settled(cell))
    if not match:
        raise Wrong("unknown-year", cell)
    return int(match[1])


def day(cell: str) -> date:
    """A date, in figures or in words, or as the number of days that a spreadsheet counts. Raises Wrong."""
    text = settled(cell).removesuffix(" 00:00:00")
    if match := _IN_WORDS.fullmatch(text):
        with suppress(ValueError, KeyError):
            return date(int(match[3]), _MONTHS[match[2].lower()], int(match[1]))
    if re.fullmatch(r"[34567]\d{4}", text):
        return _DAY_ZERO + timedelta(days=int(text))
    for form in _DAYS:
        with suppress(ValueError):
            return datetime.strptime(text, form).date()
    raise Wrong("unknown-date", cell)


def address(cell: str) -> str:
    """A web address; one that lacks its beginning gets it. Raises Wrong."""
    text = cell if not re.match(r"www\.", cell, re.IGNORECASE) else f"https://{cell}"
    if text and not _ADDRESS.fullmatch(text):
        raise Wrong("unknown-address", cell)
    return text


class Cells:
    """Names in cells, by what a register holds. Each distinct cell is resolved once."""

    def __init__(self, register: Register, lang: str) -> None:
        self.register, self.lang = register, lang
        self._resolved: dict[tuple[str, str], str | Wrong] = {}

    def municipality(self, cell: str) -> str:
        """A kommunekode. Raises Wrong."""
        match = _CODE.fullmatch(settled(cell))
        return last(self._resolve("municipality", match[1] if match else settled(cell), "unknown-municipality"))

    def initiative(self, cell: str) -> str:
        """The id of an initiative. Raises Wrong."""
        return last(self._resolve("initiative", cell, "unknown-initiative"))

    def organisation(self, cell: str) -> str:
        """The id of an organisation. Raises Wrong."""
        return last(self._resolve("organisation", cell, "unknown-organisation"))

    def solutions(self, cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids of the solutions that a cell names, sorted, and names that it says are new. Raises Wrong."""
        return self._several(cell, lambda one: last(self._resolve("solution", one, "unknown-solution")))

    def partners(self, cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The paths of the organisations and kommuner that a cell names, sorted, and names that it says are new. Raises Wrong."""

        def path(one: str) -> str:
            try:
                return f"municipality/{self.municipality(one)}"
            except Wrong as place:
                near = place.near
            try:
                return f"organisation/{last(self._resolve('organisation', one, 'unknown-partner'))}"
            except Wrong as wrong:
                closest = nearest(one, [*near, *wrong.near], 2) or [*near, *wrong.near][:2]
                raise Wrong(wrong.code, one, near=tuple(closest)) from None

        return self._several(cell, path)

    def _several(self, cell: str, resolve: Callable[[str], str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        named, new = set(), []
        for one in filter(None, _LISTED.split(cell)):
            if match := _NEW.fullmatch(one):
                new.append(match[1])
                continue
            try:
                named.add(resolve(one))
            except Wrong:
                parts = [part for part in _LOOSELY.split(one) if part]
                if len(parts) < 2:
                    raise
                named.update(map(resolve, parts))
        return tuple(sorted(named)), tuple(new)

    def _resolve(self, kind: str, cell: str, code: str) -> str:
        key = (kind, cell)
        if key not in self._resolved:
            try:
                self._resolved[key] = self.register.names[kind].resolve(cell)
            except UnknownName as error:
                self._resolved[key] = self._beginning(kind, cell) or Wrong(code, cell, near=self._nearest(kind, error.suggestions))
        answer = self._resolved[key]
        if isinstance(answer, Wrong):
            raise Wrong(code, answer.value, answer.allowed, answer.near)
        return answer

    def _beginning(self, kind: str, cell: str) -> str:
        """The one resource whose name has the letters of a cell, or begins with its words. Empty if there is none.

        'Gate21' is Gate 21, and 'Åbne data' is 'Åbne data til rådighed'.
        """
        start = f"{plain(cell)} "
        labels = [(path, label) for lang in LANGUAGES for path, label in self.register.labels[lang].items() if path.startswith(f"{kind}/")]
        letters = start.replace(" ", "")
        paths = {path for path, label in labels if letters and plain(label).replace(" ", "") == letters}
        paths = paths or {path for path, label in labels if len(start) > 4 and plain(label).startswith(start)}
        return mint(paths.pop()) if len(paths) == 1 else ""

    def _nearest(self, kind: str, suggestions: list[str]) -> tuple[str, ...]:
        """The labels of the two nearest resources."""
        iris = dict.fromkeys(self.register.names[kind].resolve(name) for name in suggestions)
        return tuple(self.register.label(f"{kind}/{last(iri)}", self.lang) for iri in list(iris)[:2])
