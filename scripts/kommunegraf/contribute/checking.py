"""Check a contributed file: everything that is wrong with it at once, and what it says where nothing is."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kommunegraf.contribute import forms, limits, rows
from kommunegraf.contribute.forms import SAID, VERSION, settled, word
from kommunegraf.contribute.layout import Layout, Section, recognise
from kommunegraf.contribute.reading import Sheet
from kommunegraf.contribute.register import Register
from kommunegraf.contribute.submission import Check, Fault, Submission
from kommunegraf.contribute.values import Cells, Wrong, choice, day
from kommunegraf.languages import LANGUAGES
from kommunegraf.names import plain


@dataclass(frozen=True)
class Given:
    """What the caller knows of a file and the file need not say: for lists, which name many kommuner. Empty where it does not."""

    municipality: str = ""
    respondent: str = ""
    role: str = ""
    day: date | None = None


def check(sheets: list[Sheet], register: Register, today: date, lang: str = "da", given: Given | None = None) -> Check:
    """What some sheets say. `today` bounds the date of the answer."""
    layout = recognise(sheets, lang)
    checker = _Checker(register, today, lang, given or Given(), layout)
    for section in layout.sections:
        checker.section(section)
    order = [sheet.name for sheet in sheets]
    faults = sorted(checker.faults, key=lambda one: (order.index(one.sheet) if one.sheet in order else -1, one.row, one.column))
    return Check(list(checker.submissions.values()), faults)


@dataclass
class _Checker:
    register: Register
    today: date
    lang: str
    given: Given
    layout: Layout
    faults: list[Fault] = field(default_factory=list)
    submissions: dict[tuple[str, str, date], Submission] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells = Cells(self.register, self.lang)
        self.faults = self.layout.faults
        self._forms: dict[str, dict[str, dict[str, str]]] = {}
        fields = self.layout.fields
        if "language" in fields and (said := plain(fields["language"][0])) in LANGUAGES:
            self.cells.lang = said
        if "version" in fields and fields["version"][0] not in ("", str(VERSION)):
            self._version(*fields["version"])
        lists = any("municipality" in section.columns for section in self.layout.sections)
        self._fields: dict[str, Any] = {
            key: self._field(key, read) for key, read in self._readers().items() if not lists or key in fields
        }

    def _readers(self) -> dict[str, Callable[[str], Any]]:
        """How the fields are read that say whose answer it is."""
        return {"municipality": self.cells.municipality, "role": self._role, "date": self._day}

    def _given(self, key: str) -> Any:
        return {"municipality": self.given.municipality, "role": self.given.role, "date": self.given.day}[key]

    def _version(self, value: str, sheet: str, line: int) -> None:
        heading, newer = word(self.lang, "columns", "version"), not value.isdigit() or int(value) > VERSION
        self.faults.append(
            Fault("unknown-version", sheet, line, 1, heading, value, (str(VERSION),), severity="fault" if newer else "remark")
        )

    def _field(self, key: str, read: Callable[[str], Any]) -> Any:
        """A field about the answer, from the caller or from its sheet. What is missing or wrong is a fault."""
        value, sheet, line = self.layout.fields.get(key, ("", self.layout.answer_sheet, 0))
        named = self._given(key)
        return named if named and not value else self._read(value, read, key, sheet, line, 1)

    def _read(self, value: str, read: Callable[[str], Any], key: str, sheet: str, line: int, column: int) -> Any:
        heading = word(self.lang, "columns", key)
        if not value:
            allowed = tuple(forms.choices(self.lang, "role")) if key == "role" else ()
            self.faults.append(Fault(f"missing-{key}", sheet, line, column if line else -1, heading, allowed=allowed))
            return None
        try:
            return read(value)
        except Wrong as wrong:
            self.faults.append(wrong.fault(sheet, line, column, heading))
            return None

    def _role(self, cell: str) -> str:
        return choice(cell, "role", self.lang)

    def _day(self, cell: str) -> date:
        read = day(cell)
        if read > self.today:
            raise Wrong("future-date", cell, (f"{self.today:%d-%m-%Y}",))
        return read

    def section(self, section: Section) -> None:
        """Read the rows of one section."""
        reader = rows.READERS[section.kind]
        for line, cells in section.cells():
            if not any(cells.get(key) for key in (*SAID.get(section.kind, ()), "answer", "confirm")):
                continue
            self._unfit(section, line, cells)
            reader(self, section, line, cells, self._target(section, line, cells)).read()

    def _unfit(self, section: Section, line: int, cells: dict[str, str]) -> None:
        """What no cell of a contributor may hold."""
        for key, cell in cells.items():
            if len(cell) > limits.CELL and key not in ("known", "against"):
                self.fault(section, line, key, Wrong("too-long", str(len(cell)), (str(limits.CELL),)))
            if self.register.person.search(cell):
                self.fault(section, line, key, Wrong("personal-number"))

    def _target(self, section: Section, line: int, cells: dict[str, str]) -> Submission:
        """The submission that a row belongs to; in a list the row says so. What cannot be told is a fault, and the rest is checked on."""
        about = dict(self._fields)
        for key, read in self._readers().items():
            if cells.get(key) or key not in about:
                value, place = cells.get(key, ""), section.columns.get(key, 0)
                named = self._given(key)
                about[key] = named if named and not value else self._read(value, read, key, section.sheet, line, place)
        code, role, when = about["municipality"] or "", about["role"] or "other", about["date"] or self.today
        year = cells.get("round") or self.layout.fields.get("round", ("", "", 0))[0]
        made = Submission(code, role, when, self.given.respondent, self.cells.lang, settled(year))
        return self.submissions.setdefault((made.municipality, made.role, made.day), made)

    def fault(self, section: Section, line: int, key: str, wrong: Wrong, remark: bool = False) -> None:
        """Note what is wrong in a cell."""
        one = wrong.fault(section.sheet, line, section.columns.get(key, -1), section.headings.get(key, ""))
        self.faults.append(one if not remark else Fault(**{**one.__dict__, "severity": "remark"}))

    def filled(self, code: str, name: str) -> dict[str, str]:
        """What a new form would show of a kommune's initiative."""
        if not code:
            return {}
        if code not in self._forms:
            form = forms.make(self.register, code, self.cells.lang)
            self._forms[code] = {row["key"].split("#")[0]: row for row in form.sheets["initiatives"]}
        with suppress(KeyError):
            return self._forms[code][name]
        return {}
